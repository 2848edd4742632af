//! Numbers in files: a number that JSON has no word for is written as a word, never as a bare `null`.

use serde::{Deserialize, Deserializer, Serializer};

/// A finite number as itself; otherwise `"infinite"`, `"minus infinite"` or `"not a number"` in files that people read.
pub(crate) fn number<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if value.is_finite() || !serializer.is_human_readable() {
        return serializer.serialize_f64(*value);
    }
    serializer.serialize_str(if value.is_nan() {
        "not a number"
    } else if *value > 0.0 {
        "infinite"
    } else {
        "minus infinite"
    })
}

/// The same for a number that may be missing; use with `skip_serializing_if`.
pub(crate) fn optional<S: Serializer>(
    value: &Option<f64>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => number(value, serializer),
        None => serializer.serialize_none(),
    }
}

/// Reads what [`number`] has written.
pub(crate) fn read_number<'de, D: Deserializer<'de>>(source: D) -> Result<f64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Number(f64),
        Word(String),
    }
    if !source.is_human_readable() {
        return f64::deserialize(source);
    }
    match Written::deserialize(source)? {
        Written::Number(value) => Ok(value),
        Written::Word(word) if word == "infinite" => Ok(f64::INFINITY),
        Written::Word(word) if word == "minus infinite" => Ok(f64::NEG_INFINITY),
        Written::Word(word) => {
            let unexpected = serde::de::Unexpected::Str(&word);
            Err(serde::de::Error::invalid_value(
                unexpected,
                &"a number, `infinite` or `minus infinite`",
            ))
        }
    }
}
