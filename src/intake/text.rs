//! Bytes to text: the encoding of a source.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::mapping::Encoding;

/// Byte-order marks; a file begins with one, or with none.
const MARKS: [(&[u8], Encoding); 3] = [
    (b"\xEF\xBB\xBF", Encoding::Utf8),
    (b"\xFF\xFE", Encoding::Utf16Le),
    (b"\xFE\xFF", Encoding::Utf16Be),
];

/// What a byte-order mark says, and the bytes behind it. A mark that stands twice, as programs leave
/// it that add one to a file with one, is taken off twice.
pub(super) fn behind_mark(bytes: &[u8]) -> (Option<Encoding>, &[u8]) {
    for (mark, encoding) in MARKS {
        if let Some(mut rest) = bytes.strip_prefix(mark) {
            while let Some(behind) = rest.strip_prefix(mark) {
                rest = behind;
            }
            return (Some(encoding), rest);
        }
    }
    (None, bytes)
}

/// The text of a source, in UTF-8 as far as the source is text; without its byte-order mark.
/// Bytes that are no UTF-8 stay as they are where the source is UTF-8, so that one cell is not
/// understood, not the file.
pub(super) fn decoded(bytes: &[u8], stated: Encoding) -> Cow<'_, [u8]> {
    let (marked, bytes) = behind_mark(bytes);
    let encoding = match marked.unwrap_or(stated) {
        Encoding::Utf8 => return Cow::Borrowed(bytes),
        Encoding::Utf16Le => UTF_16LE,
        Encoding::Utf16Be => UTF_16BE,
        Encoding::Windows1252 => WINDOWS_1252,
    };
    match encoding.decode_without_bom_handling(bytes).0 {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

/// The encoding that the beginning of a source shows: by its mark; by where its zero bytes stand;
/// UTF-8 where it is UTF-8; else Windows-1252, which any bytes are.
pub(super) fn guessed(sample: &[u8]) -> Encoding {
    if let (Some(encoding), _) = behind_mark(sample) {
        return encoding;
    }
    let zeros =
        |offset: usize| sample.iter().skip(offset).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), sample.len() / 2);
    // Headings are mostly Latin letters, so half of the bytes are zero, all on one side.
    if pairs > 0 && odd * 2 > pairs && even * 8 < pairs {
        return Encoding::Utf16Le;
    }
    if pairs > 0 && even * 2 > pairs && odd * 8 < pairs {
        return Encoding::Utf16Be;
    }
    match std::str::from_utf8(sample) {
        Ok(_) => Encoding::Utf8,
        // A letter that the sample cuts through is no fault.
        Err(error) if error.error_len().is_none() => Encoding::Utf8,
        Err(_) => Encoding::Windows1252,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn encodings_are_told_apart_and_read() {
        let text = "id,unit\n1,Köln\n";
        let latin: Vec<u8> = text.chars().map(|letter| letter as u8).collect();
        let marked = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
        let (little, big) = (utf16(text, u16::to_le_bytes), utf16(text, u16::to_be_bytes));
        for (bytes, encoding) in [
            (text.as_bytes().to_vec(), Encoding::Utf8),
            (marked(b"\xEF\xBB\xBF", text.as_bytes()), Encoding::Utf8),
            (marked(b"\xEF\xBB\xBF\xEF\xBB\xBF", text.as_bytes()), Encoding::Utf8),
            (little.clone(), Encoding::Utf16Le),
            (marked(b"\xFF\xFE", &little), Encoding::Utf16Le),
            (big.clone(), Encoding::Utf16Be),
            (marked(b"\xFE\xFF", &big), Encoding::Utf16Be),
            (latin, Encoding::Windows1252),
        ] {
            assert_eq!(guessed(&bytes), encoding);
            assert_eq!(decoded(&bytes, encoding), text.as_bytes(), "{encoding}");
        }
    }

    #[test]
    fn a_mark_counts_more_than_what_is_stated() {
        let bytes = [&b"\xFF\xFE"[..], &utf16("id", u16::to_le_bytes)].concat();
        assert_eq!(decoded(&bytes, Encoding::Utf8), &b"id"[..]);
    }
}
