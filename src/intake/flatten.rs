//! A JSON record as fields: keys joined by dots, and what stands there as text.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::backlog::JsonEntries;

/// The most levels of a record; serde_json itself stops at 128.
const MOST_LEVELS: usize = 32;

/// The key that serde_json uses for a number where a host builds it with `arbitrary_precision`.
const EXACT_NUMBER: &str = "$serde_json::private::Number";

/// Hands every text, number and truth value of a JSON value to `field`, with its path. Elements of
/// a list have the path of the list. `null` is handed on as blank.
pub(super) fn flatten(
    json: &str,
    field: &mut dyn FnMut(&str, &str),
) -> Result<(), serde_json::Error> {
    let mut path = String::new();
    // Numbers of so many digits may be ids: they are handed on as they stand, which takes longer.
    if has_long_number(json) && serde_json::from_str::<IgnoredAny>(json).is_ok() {
        return exactly(json, &mut path, field, 0);
    }
    let mut deserializer = serde_json::Deserializer::from_str(json);
    Flatten { path: &mut path, field, level: 0 }.deserialize(&mut deserializer)?;
    deserializer.end()
}

/// Digits in a row from which on a number may lose some on its way through one of the machine.
const LONG_NUMBER: usize = 16;

fn has_long_number(json: &str) -> bool {
    let (mut digits, mut in_text, mut is_escaped) = (0, false, false);
    json.bytes().any(|byte| {
        if in_text {
            in_text = is_escaped || byte != b'"';
            is_escaped = !is_escaped && byte == b'\\';
            return false;
        }
        in_text = byte == b'"';
        digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
        digits >= LONG_NUMBER
    })
}

/// The same by the text of each value.
fn exactly(
    json: &str,
    path: &mut String,
    field: &mut dyn FnMut(&str, &str),
    level: usize,
) -> Result<(), serde_json::Error> {
    if level > MOST_LEVELS {
        return Err(too_deep());
    }
    match json.trim_start().as_bytes().first() {
        Some(b'[') => {
            let members: Vec<&RawValue> = serde_json::from_str(json)?;
            members.iter().try_for_each(|member| exactly(member.get(), path, field, level + 1))
        }
        Some(b'{') => {
            let JsonEntries(entries) = serde_json::from_str(json)?;
            entries.iter().try_for_each(|(key, value)| {
                let before = path.len();
                if before > 0 {
                    path.push('.');
                }
                path.push_str(key);
                exactly(value.get(), path, field, level + 1)?;
                path.truncate(before);
                Ok(())
            })
        }
        Some(b'-' | b'0'..=b'9') if has_long_number(json) => {
            let number: &RawValue = serde_json::from_str(json)?;
            field(path, number.get());
            Ok(())
        }
        _ => {
            let mut deserializer = serde_json::Deserializer::from_str(json);
            Flatten { path, field, level }.deserialize(&mut deserializer)?;
            deserializer.end()
        }
    }
}

fn too_deep<E: Error>() -> E {
    E::custom(format_args!("a record has more than {MOST_LEVELS} levels"))
}

struct Flatten<'a> {
    path: &'a mut String,
    field: &'a mut dyn FnMut(&str, &str),
    level: usize,
}

impl Flatten<'_> {
    fn deeper(&mut self) -> Flatten<'_> {
        Flatten { path: self.path, field: self.field, level: self.level + 1 }
    }
}

impl<'de> DeserializeSeed<'de> for Flatten<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.level > MOST_LEVELS {
            return Err(too_deep());
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Flatten<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a record")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        (self.field)(self.path, "");
        Ok(())
    }

    fn visit_bool<E>(self, truth: bool) -> Result<(), E> {
        (self.field)(self.path, if truth { "true" } else { "false" });
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        (self.field)(self.path, &number.to_string());
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        (self.field)(self.path, &number.to_string());
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        (self.field)(self.path, &number.to_string());
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        (self.field)(self.path, text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(self.deeper())?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == EXACT_NUMBER {
                let number: String = map.next_value()?;
                (self.field)(self.path, &number);
                continue;
            }
            let before = self.path.len();
            if before > 0 {
                self.path.push('.');
            }
            self.path.push_str(&key);
            map.next_value_seed(self.deeper())?;
            self.path.truncate(before);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(json: &str) -> Vec<(String, String)> {
        let mut fields = Vec::new();
        flatten(json, &mut |path, text| fields.push((path.to_owned(), text.to_owned()))).unwrap();
        fields
    }

    #[test]
    fn a_record_is_its_paths_and_texts() {
        let json = r#"{"id": 7, "a": {"b": [{"c": "x"}, {"c": null}, {"d": true}]}, "e": [1.5, "y"], "f": {}}"#;
        let expected = [
            ("id", "7"),
            ("a.b.c", "x"),
            ("a.b.c", ""),
            ("a.b.d", "true"),
            ("e", "1.5"),
            ("e", "y"),
        ];
        let expected: Vec<_> =
            expected.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
        assert_eq!(fields(json), expected);
        assert_eq!(
            fields(r#"{"n": {"$serde_json::private::Number": "12"}}"#),
            [("n".to_owned(), "12".to_owned())]
        );
    }

    #[test]
    fn long_numbers_are_handed_on_as_they_stand() {
        let json = r#"{"id": 123456789012345678901234, "a": {"b": [1.5, 98765432109876543210]}, "c": null, "d": -1e300, "e": true}"#;
        let expected = [
            ("id", "123456789012345678901234"),
            ("a.b", "1.5"),
            ("a.b", "98765432109876543210"),
            ("c", ""),
            ("d", &format!("-1{}", "0".repeat(300))),
            ("e", "true"),
        ];
        let expected: Vec<_> =
            expected.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
        assert_eq!(fields(json), expected);
        let deep = format!("{}1234567890123456{}", "[".repeat(60), "]".repeat(60));
        for json in ["{\"a\": 1234567890123456", "{\"a\": 1234567890123456} x", &deep] {
            assert!(flatten(json, &mut |_, _| {}).is_err(), "{json}");
        }
    }

    #[test]
    fn what_is_not_json_or_too_deep_is_refused() {
        for json in ["{", "{} x", &format!("{}1{}", "[".repeat(60), "]".repeat(60))] {
            assert!(flatten(json, &mut |_, _| {}).is_err(), "{json}");
        }
    }
}
