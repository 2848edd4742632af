//! JSON texts of the crate's own files: the format is read before all else, and nothing is ever
//! written as an empty text because it could not be written.

use serde::{Deserialize, Serialize};

/// A text without the byte-order mark that some editors put before it.
pub(crate) fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The `format_version` of a file, whatever else stands in it; `None` where there is none that is
/// a whole number.
pub(crate) fn format_of(text: &str) -> Option<u32> {
    #[derive(Deserialize)]
    struct Head {
        format_version: u32,
    }
    serde_json::from_str::<Head>(text).ok().map(|head| head.format_version)
}

/// Pretty JSON of a part of a model.
///
/// # Panics
/// Where it cannot be written: an empty text in its place would pass for the part. Parts hold maps
/// with text keys and checked numbers only, so that none of them ever fails.
pub(crate) fn pretty(part: &impl Serialize) -> String {
    match serde_json::to_string_pretty(part) {
        Ok(text) => text,
        Err(fault) => panic!("a checked part of a model could not be written: {fault}"),
    }
}

/// The JSON value of a part, for digests.
///
/// # Panics
/// As [`pretty`]: a digest of nothing would be equal for all.
pub(crate) fn value(part: &impl Serialize) -> serde_json::Value {
    match serde_json::to_value(part) {
        Ok(value) => value,
        Err(fault) => panic!("a value to be digested could not be written: {fault}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Unwritable;

    impl Serialize for Unwritable {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("out of reach"))
        }
    }

    #[test]
    fn the_format_is_read_past_everything_else() {
        assert_eq!(format_of(r#"{"later": [{"x": 1}], "format_version": 2}"#), Some(2));
        for none in ["", "[]", "{}", r#"{"format_version": "2"}"#, r#"{"format_version": 2"#] {
            assert_eq!(format_of(none), None, "{none}");
        }
        assert_eq!(without_mark("\u{feff}{}"), "{}");
        assert_eq!(without_mark("{}\u{feff}"), "{}\u{feff}");
    }

    #[test]
    #[should_panic(expected = "could not be written: out of reach")]
    fn nothing_is_written_as_an_empty_text() {
        pretty(&Unwritable);
    }

    #[test]
    #[should_panic(expected = "could not be written: out of reach")]
    fn no_digest_is_taken_of_nothing() {
        value(&Unwritable);
    }
}
