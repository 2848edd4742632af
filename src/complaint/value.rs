//! What was answered: an answer's id, a number, or nothing known.

use std::fmt;

use serde::de::{Error, MapAccess, Unexpected, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::SaidBy;
use crate::Timestamp;
use crate::base::number;
use crate::codebook::UNKNOWN;

/// An answer as given, before a codebook has looked at it.
///
/// `null`, blank text and `unknown` are [`Value::Unknown`]; `true` and `false` are the answers
/// `yes` and `no`; a number with decimals is rounded down, which changes no bin.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Value {
    /// Not known: never the same as *no*.
    #[default]
    Unknown,
    /// The id of an answer.
    Text(String),
    /// A number, for a binned item.
    Number(i64),
}

impl Value {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        *self == Value::Unknown
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        match text.trim() {
            "" | UNKNOWN => Value::Unknown,
            text => Value::Text(text.to_owned()),
        }
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::from(text.as_str())
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Value::Text(if yes { "yes" } else { "no" }.to_owned())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Number(number)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Value::Number(number.into())
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Value::Number(number.into())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Unknown, Into::into)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Unknown => formatter.write_str(UNKNOWN),
            Value::Text(text) => formatter.write_str(text),
            Value::Number(number) => number.fmt(formatter),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Unknown => serializer.serialize_none(),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Number(number) => serializer.serialize_i64(*number),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyValue;
        impl<'de> Visitor<'de> for AnyValue {
            type Value = Value;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an answer: text, a number, true, false or null")
            }

            fn visit_unit<E: Error>(self) -> Result<Value, E> {
                Ok(Value::Unknown)
            }

            fn visit_bool<E: Error>(self, yes: bool) -> Result<Value, E> {
                Ok(yes.into())
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
                Ok(Value::Number(number))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
                Ok(Value::Number(i64::try_from(number).unwrap_or(i64::MAX)))
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
                // A cast keeps a number beyond the range at its end, which is in the same bin.
                Ok(Value::Number(number.floor() as i64))
            }

            fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<Value, A::Error> {
                let digits = number::text_of(access)?;
                let floor = number::floor_of(&digits);
                floor
                    .map(Value::Number)
                    .ok_or_else(|| A::Error::invalid_value(Unexpected::Str(&digits), &"a number"))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
                Ok(text.into())
            }
        }
        deserializer.deserialize_any(AnyValue)
    }
}

/// An answer with the time at which it became known and who said it, where that was recorded.
///
/// In JSON either the bare answer, or `{"value": …, "known_at": …, "said_by": …}`.
///
/// ```
/// use caserank::complaint::{Given, SaidBy};
/// let given = Given::new("yes").with_known_at("2026-04-17".parse()?).with_said_by(SaidBy::Officer);
/// let text = r#"{"value":"yes","known_at":"2026-04-17T00:00:00Z","said_by":"officer"}"#;
/// assert_eq!(serde_json::to_string(&given)?, text);
/// assert_eq!(serde_json::from_str::<Given>(text)?, given);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Given {
    /// The answer.
    pub value: Value,
    /// When it became known; without it the answer counts as known all along.
    pub known_at: Option<Timestamp>,
    /// Who said it; without it, the sender.
    pub said_by: Option<SaidBy>,
}

impl Given {
    /// An answer of the sender's, known all along.
    #[must_use]
    pub fn new(value: impl Into<Value>) -> Self {
        Given { value: value.into(), known_at: None, said_by: None }
    }

    /// Became known at this time.
    #[must_use]
    pub fn with_known_at(mut self, known_at: Timestamp) -> Self {
        self.known_at = Some(known_at);
        self
    }

    /// Was said by this one.
    #[must_use]
    pub fn with_said_by(mut self, said_by: SaidBy) -> Self {
        self.said_by = Some(said_by);
        self
    }

    /// Whether somebody established it, rather than reported it; see [`SaidBy::is_established`].
    #[must_use]
    pub fn is_established(&self) -> bool {
        self.said_by.is_some_and(SaidBy::is_established)
    }
}

impl From<Value> for Given {
    fn from(value: Value) -> Self {
        Given::new(value)
    }
}

impl Serialize for Given {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.known_at.is_none() && self.said_by.is_none() {
            return self.value.serialize(serializer);
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("value", &self.value)?;
        if let Some(known_at) = self.known_at {
            map.serialize_entry("known_at", &known_at)?;
        }
        if let Some(said_by) = self.said_by {
            map.serialize_entry("said_by", &said_by)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(field_identifier, rename_all = "snake_case")]
        enum Field {
            Value,
            KnownAt,
            SaidBy,
            #[serde(rename = "$serde_json::private::Number")]
            Digits,
        }

        struct AnyGiven;
        impl<'de> Visitor<'de> for AnyGiven {
            type Value = Given;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an answer, or a map of `value`, `known_at` and `said_by`")
            }

            fn visit_unit<E: Error>(self) -> Result<Given, E> {
                Ok(Given::default())
            }

            fn visit_bool<E: Error>(self, yes: bool) -> Result<Given, E> {
                Ok(Given::new(yes))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Given, E> {
                Ok(Given::new(number))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Given, E> {
                self.visit_i64(i64::try_from(number).unwrap_or(i64::MAX))
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Given, E> {
                self.visit_i64(number.floor() as i64)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Given, E> {
                Ok(Given::new(text))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Given, A::Error> {
                let (mut value, mut known_at, mut said_by) = (None, None, None);
                while let Some(field) = access.next_key::<Field>()? {
                    match field {
                        Field::Value if value.is_none() => value = Some(access.next_value()?),
                        Field::KnownAt if known_at.is_none() => {
                            known_at = Some(access.next_value::<Option<Timestamp>>()?);
                        }
                        Field::SaidBy if said_by.is_none() => {
                            said_by = Some(access.next_value::<Option<SaidBy>>()?);
                        }
                        Field::Digits => {
                            let digits: String = access.next_value()?;
                            let floor = number::floor_of(&digits);
                            let refused =
                                || A::Error::invalid_value(Unexpected::Str(&digits), &"a number");
                            return Ok(Given::new(Value::Number(floor.ok_or_else(refused)?)));
                        }
                        Field::Value => return Err(A::Error::duplicate_field("value")),
                        Field::KnownAt => return Err(A::Error::duplicate_field("known_at")),
                        Field::SaidBy => return Err(A::Error::duplicate_field("said_by")),
                    }
                }
                let value = value.ok_or_else(|| A::Error::missing_field("value"))?;
                Ok(Given { value, known_at: known_at.flatten(), said_by: said_by.flatten() })
            }
        }
        deserializer.deserialize_any(AnyGiven)
    }
}

#[cfg(test)]
mod tests {
    use serde::de::value::{Error, MapDeserializer};

    use super::*;

    /// As `serde_json` hands on every number where its `arbitrary_precision` is on.
    fn digits(
        text: &'static str,
    ) -> MapDeserializer<'static, impl Iterator<Item = (&'static str, &'static str)>, Error> {
        MapDeserializer::new(std::iter::once((number::NUMBER, text)))
    }

    #[test]
    fn numbers_are_read_as_a_host_may_have_them_handed_on() {
        for (text, number) in [
            ("5", 5),
            ("-3", -3),
            ("2.9", 2),
            ("-2.1", -3),
            ("99999999999999999999", i64::MAX),
            ("1e3", 1_000),
        ] {
            assert_eq!(Value::deserialize(digits(text)).unwrap(), Value::Number(number));
            let given = Given::deserialize(digits(text)).unwrap();
            assert_eq!((given.value, given.known_at), (Value::Number(number), None));
            let plain: Value = serde_json::from_str(text).unwrap();
            assert_eq!(plain, Value::Number(number), "{text}");
        }
        assert!(Value::deserialize(digits("five")).is_err());
        assert!(Given::deserialize(digits("five")).is_err());
        assert!(serde_json::from_str::<Value>("{}").is_err());
    }
}
