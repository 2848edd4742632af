//! What was answered: an answer's id, a number, or nothing known.

use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Speaker;
use crate::Timestamp;
use crate::codebook::UNKNOWN;

/// An answer as given, before a codebook has looked at it.
///
/// `null`, blank text and `unknown` are [`Value::Unknown`]; `true` and `false` are the answers
/// `yes` and `no`; a number with decimals is kept as text, and means something for a binned item
/// that takes decimals.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
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

impl From<f64> for Value {
    /// A whole number is [`Value::Number`]; any other is kept as the text of its digits.
    fn from(number: f64) -> Self {
        /// Up to here every whole number has a float of its own.
        const MOST: f64 = 9_007_199_254_740_992.0;
        if number.fract() == 0.0 && number.abs() <= MOST {
            Value::Number(number as i64)
        } else {
            Value::Text(number.to_string())
        }
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        i64::try_from(number).map_or_else(|_| Value::Text(number.to_string()), Value::Number)
    }
}

/// The key under which JSON numbers come as their digits, where a host builds serde_json so that
/// it keeps them.
pub(crate) const DIGITS: &str = "$serde_json::private::Number";

/// A number by its digits.
pub(crate) fn of_digits(digits: &str) -> Value {
    match digits.parse::<i64>() {
        Ok(number) => Value::Number(number),
        Err(_) if digits.contains(['e', 'E']) => {
            digits.parse::<f64>().map_or_else(|_| Value::from(digits), Value::from)
        }
        Err(_) => Value::from(digits),
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
                Ok(number.into())
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
                Ok(number.into())
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
                Ok(text.into())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
                match access.next_key::<String>()? {
                    Some(key) if key == DIGITS => Ok(of_digits(&access.next_value::<String>()?)),
                    _ => Err(A::Error::custom("a map where an answer belongs")),
                }
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
/// use caserank::complaint::{Given, Speaker};
/// let given = Given::new("yes").with_known_at("2026-04-17".parse()?).with_said_by(Speaker::Officer);
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
    pub said_by: Option<Speaker>,
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
    pub fn with_said_by(mut self, said_by: Speaker) -> Self {
        self.said_by = Some(said_by);
        self
    }

    /// Whether somebody established it, rather than reported it; see [`Speaker::is_established`].
    #[must_use]
    pub fn is_established(&self) -> bool {
        self.said_by.is_some_and(Speaker::is_established)
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
                Ok(Given::new(number))
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Given, E> {
                Ok(Given::new(number))
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
                            said_by = Some(access.next_value::<Option<Speaker>>()?);
                        }
                        Field::Digits if value.is_none() && known_at.is_none() => {
                            value = Some(of_digits(&access.next_value::<String>()?));
                        }
                        Field::Digits => return Err(A::Error::custom("a number out of place")),
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
