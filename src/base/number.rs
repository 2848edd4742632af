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
