//! Ids, keys and words, by one rule in every reader.

use std::borrow::Cow;

use super::intake::{WhyNotRankable, shown};
use crate::Timestamp;
use crate::base::text::{is_hidden, is_outer};
use crate::codebook::nearest;
use crate::complaint::{MOST_ID_BYTES, WhyNotUnderstood};

/// The earliest time of receipt that can be meant: 1970-01-01.
pub(crate) const EARLIEST_RECEIVED: Timestamp = Timestamp::EPOCH;
/// The latest: the end of the year 2199.
pub(crate) const LATEST_RECEIVED: Timestamp = Timestamp::END_OF_2199;

/// An id without the blanks around it, and whether there were any.
///
/// # Errors
/// For an id that is blank, too long, or holds control characters.
#[inline]
pub(crate) fn id_fault(text: &str) -> Result<(&str, bool), WhyNotRankable> {
    let plain = |byte: &u8| byte.is_ascii_graphic();
    if (1..=MOST_ID_BYTES).contains(&text.len()) && text.as_bytes().iter().all(plain) {
        return Ok((text, false));
    }
    trimmed_id(text)
}

#[cold]
fn trimmed_id(text: &str) -> Result<(&str, bool), WhyNotRankable> {
    let id = text.trim_matches(is_outer);
    let fault = if id.is_empty() {
        if text.chars().all(char::is_whitespace) {
            return Err(WhyNotRankable::NoId);
        }
        "is blank"
    } else if id.len() > MOST_ID_BYTES {
        "is too long"
    } else if id.chars().any(char::is_control) {
        "holds a control character"
    } else {
        return Ok((id, id.len() != text.len()));
    };
    Err(WhyNotRankable::Id { id: shown(text.as_bytes()), fault })
}

/// A key such as a unit, without the blanks around it; `None` for a blank one.
pub(crate) fn key(text: &str) -> Result<Option<&str>, WhyNotUnderstood> {
    let plain = |byte: &u8| byte.is_ascii_graphic();
    if (1..=MOST_ID_BYTES).contains(&text.len()) && text.as_bytes().iter().all(plain) {
        return Ok(Some(text));
    }
    let key = text.trim_matches(is_outer);
    if key.len() > MOST_ID_BYTES {
        return Err(WhyNotUnderstood::TooLong { limit: MOST_ID_BYTES });
    }
    // Some reader before put the last of these where a letter was none.
    let is_none = |letter: char| letter.is_control() || letter == char::REPLACEMENT_CHARACTER;
    if key.chars().any(is_none) {
        return Err(WhyNotUnderstood::NotText);
    }
    Ok((!key.is_empty()).then_some(key))
}

/// Which of a few words a field holds, whatever its case; `None` for a blank field.
pub(crate) fn word<'w>(
    field: &[u8],
    words: &[&'w str],
) -> Result<Option<&'w str>, WhyNotUnderstood> {
    let field = field.trim_ascii();
    if field.is_empty() {
        return Ok(None);
    }
    if let Some(word) = words.iter().find(|word| field.eq_ignore_ascii_case(word.as_bytes())) {
        return Ok(Some(word));
    }
    let text = std::str::from_utf8(field).map_err(|_| WhyNotUnderstood::NotText)?;
    let nearest = nearest(text, words.iter().copied()).map(str::to_owned);
    Err(WhyNotUnderstood::NotListed { nearest })
}

/// What is left of an id without case, blanks, hidden letters and normal forms: ids with the same
/// rest look alike.
pub(crate) fn likeness(id: &str) -> Cow<'_, str> {
    use unicode_normalization::UnicodeNormalization;
    if id.bytes().all(|byte| byte.is_ascii_graphic() && !byte.is_ascii_uppercase()) {
        return Cow::Borrowed(id);
    }
    let letters = id.nfkc().filter(|&letter| !letter.is_whitespace() && !is_hidden(letter));
    // Folded twice, since lower case can make marks that compose anew.
    letters.flat_map(char::to_lowercase).collect::<String>().nfkc().collect::<String>().into()
}
