//! One text for one value: what digests are taken of.
//!
//! Keys in ascending order of their bytes, no blanks, no fractions: as RFC 8785 has it (Rundgren,
//! Jordan and Erdtman, 2020) for objects with plain keys and whole numbers, which is all that a
//! record holds.

use serde::Serialize;
use serde_json::Value;

use crate::triage::Fingerprint;

/// Writes a value in its one form.
pub(super) fn text(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        // Sorted here, since a map may keep another order when another crate asks for that.
        Value::Object(map) => {
            let mut entries: Vec<(&String, &Value)> = map.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            text.push('{');
            for (number, (key, value)) in entries.into_iter().enumerate() {
                text.push_str(if number == 0 { "" } else { "," });
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                write(value, text);
            }
            text.push('}');
        }
        Value::Array(list) => {
            text.push('[');
            for (number, value) in list.iter().enumerate() {
                text.push_str(if number == 0 { "" } else { "," });
                write(value, text);
            }
            text.push(']');
        }
        plain => text.push_str(&plain.to_string()),
    }
}

/// A record as a value.
pub(super) fn value(record: &impl Serialize) -> Value {
    crate::base::json::value(record)
}

/// Digest of everything but the digest itself.
pub(super) fn digest(record: &impl Serialize) -> Fingerprint {
    let mut value = value(record);
    if let Value::Object(map) = &mut value {
        map.remove("sha256");
    }
    Fingerprint::of(text(&value).as_bytes())
}

/// The first difference between two values, by path, in order of the paths: what stands in the
/// first and in the second, with nothing for a field that is not there.
pub(super) fn first_difference(
    path: &str,
    first: &Value,
    second: &Value,
) -> Option<(String, String, String)> {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match (first, second) {
        (Value::Object(first), Value::Object(second)) => {
            let keys: std::collections::BTreeSet<&String> =
                first.keys().chain(second.keys()).collect();
            let null = Value::Null;
            keys.into_iter().find_map(|key| {
                let values = (first.get(key), second.get(key));
                first_difference(&below(key), values.0.unwrap_or(&null), values.1.unwrap_or(&null))
            })
        }
        (first, second) if first == second => None,
        (first, second) => {
            let shown = |value: &Value| match value {
                Value::Null => "nothing".to_owned(),
                Value::String(text) => text.clone(),
                other => text(other),
            };
            Some((path.to_owned(), shown(first), shown(second)))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_text_for_one_value() {
        let value = json!({"b": [1, -2, {"z": null, "a": true}], "a": "é\n\"\u{1f}/"});
        assert_eq!(
            text(&value),
            "{\"a\":\"é\\n\\\"\\u001f/\",\"b\":[1,-2,{\"a\":true,\"z\":null}]}"
        );
    }

    #[test]
    fn the_first_difference_is_named() {
        let first = json!({"a": {"x": 1, "y": 2}, "b": [1]});
        let second = json!({"a": {"x": 1, "z": 2}, "b": [2]});
        let difference = first_difference("", &first, &second);
        assert_eq!(difference, Some(("a.y".into(), "2".into(), "nothing".into())));
        assert_eq!(first_difference("", &first, &first), None);
    }
}
