//! Who said an answer.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Who said an answer. Where nobody is named, the sender of the complaint did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SaidBy {
    /// The provider that reported it.
    Provider,
    /// A clearinghouse that passed it on.
    Clearinghouse,
    /// The host's own system, or a person who entered it there.
    Host,
    /// A register that was asked.
    Register,
    /// An officer who looked.
    Officer,
}

impl SaidBy {
    /// All of them, senders first.
    pub const ALL: [SaidBy; 5] =
        [SaidBy::Provider, SaidBy::Clearinghouse, SaidBy::Host, SaidBy::Register, SaidBy::Officer];

    /// Whether somebody established it, rather than reported it: no sender takes that back.
    #[must_use]
    pub fn is_established(self) -> bool {
        matches!(self, SaidBy::Host | SaidBy::Register | SaidBy::Officer)
    }

    /// The word in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            SaidBy::Provider => "provider",
            SaidBy::Clearinghouse => "clearinghouse",
            SaidBy::Host => "host",
            SaidBy::Register => "register",
            SaidBy::Officer => "officer",
        }
    }
}

impl fmt::Display for SaidBy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// A word that names nobody who says answers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{}` does not say who said an answer: use provider, clearinghouse, host, register or officer",
    crate::base::escaped(.word)
)]
#[non_exhaustive]
pub struct SaidByError {
    /// As given, up to 40 characters.
    pub word: String,
}

impl FromStr for SaidBy {
    type Err = SaidByError;

    fn from_str(word: &str) -> Result<Self, SaidByError> {
        let found = SaidBy::ALL.into_iter().find(|said_by| said_by.as_str() == word);
        found.ok_or_else(|| SaidByError { word: word.chars().take(40).collect() })
    }
}
