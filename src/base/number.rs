//! Numbers as `serde_json` hands them on: as raw text, or, where a host has turned on
//! `arbitrary_precision`, as a map of one entry.

use serde::de::{Error, MapAccess, Unexpected};

/// Name under which a raw token is asked for and handed on.
pub(crate) const RAW: &str = "$serde_json::private::RawValue";
/// Key of a number that is handed on as its digits.
pub(crate) const NUMBER: &str = "$serde_json::private::Number";

/// The text of a number that came as a map. Any other map is refused.
pub(crate) fn text_of<'de, A: MapAccess<'de>>(mut access: A) -> Result<String, A::Error> {
    match access.next_key::<String>()? {
        Some(key) if key == RAW || key == NUMBER => access.next_value(),
        _ => Err(A::Error::invalid_type(Unexpected::Map, &"a number")),
    }
}

/// The whole part of a number given as its digits, rounded down and kept within the range: what
/// lies beyond is in the same bin. `None` for what is no number.
pub(crate) fn floor_of(digits: &str) -> Option<i64> {
    digits.parse().ok().or_else(|| {
        let number: f64 = digits.parse().ok()?;
        // A cast keeps a number beyond the range at its end.
        Some(number.floor() as i64)
    })
}
