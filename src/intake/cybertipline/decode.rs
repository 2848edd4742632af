//! From bytes to text: UTF-8, UTF-16 with its mark, and Latin-1 where the document declares it.

use std::borrow::Cow;

use super::limits::{Limits, ReportError};

/// Text of a document without its byte-order marks, and what was lost on the way: a byte that is no
/// text is one unreadable character, not a reason to lose a report.
pub(super) fn text<'b>(
    bytes: &'b [u8],
    limits: &Limits,
) -> Result<(Cow<'b, str>, Option<ReportError>), ReportError> {
    if bytes.len() > limits.document_bytes {
        let (bytes, limit) = (bytes.len(), limits.document_bytes);
        return Err(ReportError::Document { bytes, limit });
    }
    let (text, lost) = match bytes {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => {
            return Err(ReportError::Encoding { encoding: "UTF-32".to_owned() });
        }
        [0xFF, 0xFE, ..] => (utf16(bytes, u16::from_le_bytes), None),
        [0xFE, 0xFF, ..] => (utf16(bytes, u16::from_be_bytes), None),
        [b'<' | b'{' | b'[', 0, ..] => (utf16(bytes, u16::from_le_bytes), None),
        [0, b'<' | b'{' | b'[', ..] => (utf16(bytes, u16::from_be_bytes), None),
        _ => utf8(bytes),
    };
    // Some programs put a mark before one that is there already.
    let unmarked = |text: &str| text.trim_start_matches('\u{feff}').len();
    Ok(match text {
        Cow::Borrowed(text) => (Cow::Borrowed(&text[text.len() - unmarked(text)..]), lost),
        Cow::Owned(mut text) => {
            text.drain(..text.len() - unmarked(&text));
            (Cow::Owned(text), lost)
        }
    })
}

/// The byte-order mark in UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();

fn utf8(bytes: &[u8]) -> (Cow<'_, str>, Option<ReportError>) {
    let cause = match std::str::from_utf8(bytes) {
        Ok(text) => return (Cow::Borrowed(text), None),
        Err(cause) => cause,
    };
    let declared = declared(bytes.strip_prefix(MARK).unwrap_or(bytes)).unwrap_or_default();
    let lost = match declared.to_ascii_lowercase().as_str() {
        // The first 256 characters are those of Latin-1; Windows-1252 differs in signs alone.
        "iso-8859-1" | "latin1" | "windows-1252" => {
            return (Cow::Owned(bytes.iter().copied().map(char::from).collect()), None);
        }
        "" | "utf-8" | "utf8" => ReportError::NotUtf8 { at: cause.valid_up_to() },
        _ => ReportError::Encoding { encoding: declared.chars().take(40).collect() },
    };
    (String::from_utf8_lossy(bytes), Some(lost))
}

/// The encoding that an XML declaration names.
fn declared(bytes: &[u8]) -> Option<String> {
    let beginning = bytes.get(..bytes.len().min(200))?;
    let beginning = String::from_utf8_lossy(beginning);
    let declaration = beginning.strip_prefix("<?xml")?.split_once("?>")?.0;
    let after = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = after.chars().next().filter(|letter| matches!(letter, '"' | '\''))?;
    Some(after[1..].split_once(quote)?.0.to_owned())
}

/// An odd byte at the end is a cut character: it is left out, and the cut will be told.
fn utf16<'b>(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Cow<'b, str> {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let text = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER));
    Cow::Owned(text.collect())
}
