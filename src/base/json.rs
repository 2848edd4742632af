//! JSON texts of the crate's own files: the format is read before all else, and nothing is ever
//! written as an empty text because it could not be written.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

use crate::base::escaped;

/// Why a text is not the JSON that is read there. It shows what was found, what is allowed, the line and the column.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{text}")]
pub struct JsonError {
    line: usize,
    column: usize,
    text: String,
}

impl JsonError {
    /// The words of the reader, safe to show.
    #[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
    pub(crate) fn of(fault: serde_json::Error) -> Self {
        let text = in_plain_words(&escaped(&fault.to_string()));
        JsonError { line: fault.line(), column: fault.column(), text }
    }

    /// Line of the text, from 1; 0 where the fault is in no line.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// Column of the line, from 1; 0 where the fault is in none.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }
}

/// A reader's message without the names of this crate's types: what was found and what is expected in words of JSON.
fn in_plain_words(message: &str) -> String {
    if let Some(rest) = message.strip_prefix("EOF while parsing ") {
        return format!("the text ends inside {rest}");
    }
    let Some((found, expected)) = message.rsplit_once(", expected ") else {
        return message.to_owned();
    };
    let (what, place) = match expected.rsplit_once(" at line ") {
        Some((what, place)) => (what, format!(" at line {place}")),
        None => (expected, String::new()),
    };
    let what = match what.split(' ').next().unwrap_or_default() {
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" | "usize" => "a whole number from 0 to 18446744073709551615",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "struct" => "an object",
        "enum" => "one of its words",
        _ if what == "a map" => "an object",
        _ if what == "a sequence" => "a list",
        _ => what,
    };
    let found = match found {
        "invalid type: map" => "invalid type: an object",
        "invalid type: sequence" => "invalid type: a list",
        other => other,
    };
    format!("{found}, expected {what}{place}")
}

/// What a JSON text holds.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, JsonError> {
    serde_json::from_str(text).map_err(JsonError::of)
}

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

/// The format number in what is written: `N`, and no other is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Format<const N: u32>;

impl<const N: u32> Serialize for Format<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(N)
    }
}

impl<'de, const N: u32> Deserialize<'de> for Format<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            found if found == N => Ok(Format),
            found => {
                Err(de::Error::custom(format_args!("format {found} is not read: write format {N}")))
            }
        }
    }
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
    fn faults_are_told_in_words_of_json() {
        #[derive(Debug, Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Kind {
            First,
        }
        #[derive(Debug, Deserialize)]
        #[expect(dead_code, reason = "only read")]
        struct Part {
            count: u32,
            share: f64,
            kinds: Vec<Kind>,
        }
        for (text, told) in [
            ("", "the text ends inside a value at line 1 column 0"),
            ("7", "invalid type: integer `7`, expected an object at line 1 column 1"),
            (r#"{"count": 1"#, "the text ends inside an object at line 1 column 11"),
            (
                r#"{"count": "1"}"#,
                r#"invalid type: string "1", expected a whole number from 0 to 4294967295 at line 1 column 13"#,
            ),
            (
                r#"{"count": 4294967296}"#,
                "invalid value: integer `4294967296`, expected a whole number from 0 to 4294967295 at line 1 column 20",
            ),
            (r#"{"share": {}}"#, "invalid type: an object, expected a number at line 1 column 10"),
            (r#"{"kinds": 1}"#, "invalid type: integer `1`, expected a list at line 1 column 11"),
            (r#"{"kinds": ["x"]}"#, "unknown variant `x`, expected `first` at line 1 column 14"),
        ] {
            assert_eq!(read::<Part>(text).unwrap_err().to_string(), told);
        }
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
