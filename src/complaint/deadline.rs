//! A time by which something must have happened, and what for.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{ComplaintError, check_name};
use crate::Timestamp;

/// What a deadline is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum DeadlineKind {
    /// Connection data by which an address leads to a person is deleted: days to weeks after use,
    /// whatever the law says of content.
    ConnectionData,
    /// Evidence held by a provider expires.
    Preservation,
    /// A duty in law.
    Statutory,
    /// The host's own.
    Custom(String),
}

impl From<String> for DeadlineKind {
    fn from(text: String) -> Self {
        match text.as_str() {
            "connection_data" => DeadlineKind::ConnectionData,
            "preservation" => DeadlineKind::Preservation,
            "statutory" => DeadlineKind::Statutory,
            _ => DeadlineKind::Custom(text),
        }
    }
}

impl From<DeadlineKind> for String {
    fn from(kind: DeadlineKind) -> Self {
        kind.to_string()
    }
}

impl fmt::Display for DeadlineKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            DeadlineKind::ConnectionData => "connection_data",
            DeadlineKind::Preservation => "preservation",
            DeadlineKind::Statutory => "statutory",
            DeadlineKind::Custom(name) => name,
        })
    }
}

/// A time by which something must have happened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// When. In files a bare date means the last second of that day.
    #[serde(deserialize_with = "end_of_day")]
    pub due: Timestamp,
    /// What for.
    pub kind: DeadlineKind,
}

fn end_of_day<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
    Timestamp::parse_end(text.as_bytes()).map_err(serde::de::Error::custom)
}

impl Deadline {
    /// Checks that a custom kind has a plain name.
    pub(crate) fn check(&self) -> Result<(), ComplaintError> {
        let DeadlineKind::Custom(name) = &self.kind else { return Ok(()) };
        check_name("deadline kind", name)?;
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if name.bytes().all(plain) {
            Ok(())
        } else {
            Err(ComplaintError::DeadlineKind { name: name.clone() })
        }
    }
}
