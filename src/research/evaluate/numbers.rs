//! Numbers in files: a number that JSON has no word for is written as a word, never as a bare `null`.

use serde::Serializer;

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
