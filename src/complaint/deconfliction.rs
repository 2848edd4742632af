//! Whether somebody made sure that no other agency works on the same person.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Complaint, Value};

/// The item in which the answer stands.
pub const DECONFLICTION_ITEM: &str = "deconfliction";

/// What a deconfliction check came to. Whatever is not an answer of `clear` or `conflict` is *not
/// checked*, and is never shown as clear.
///
/// ```
/// use caserank::Complaint;
/// use caserank::complaint::Deconfliction;
/// let complaint = Complaint::new("a", "2026-01-01".parse()?)?;
/// assert_eq!(Deconfliction::of(&complaint).to_string(), "not checked");
/// let complaint = complaint.answer("deconfliction", "conflict");
/// assert_eq!(Deconfliction::of(&complaint), Deconfliction::Conflict);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Deconfliction {
    /// Nobody has checked, or nobody has said so.
    #[default]
    NotChecked,
    /// Checked: somebody else works on it.
    Conflict,
    /// Checked: nobody else was found.
    Clear,
}

impl Deconfliction {
    /// From an answer's id.
    #[must_use]
    pub fn of_answer(answer: &str) -> Self {
        match answer {
            "conflict" => Deconfliction::Conflict,
            "clear" => Deconfliction::Clear,
            _ => Deconfliction::NotChecked,
        }
    }

    /// From a complaint's answer to the item `deconfliction`.
    #[must_use]
    pub fn of(complaint: &Complaint) -> Self {
        match complaint.given(DECONFLICTION_ITEM).map(|given| &given.value) {
            Some(Value::Text(answer)) => Deconfliction::of_answer(answer),
            _ => Deconfliction::NotChecked,
        }
    }
}

impl fmt::Display for Deconfliction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Deconfliction::NotChecked => "not checked",
            Deconfliction::Conflict => "conflict",
            Deconfliction::Clear => "clear",
        })
    }
}
