//! Whether somebody made sure that no other agency works on the same person.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Complaint, Value};
use crate::codebook::{Codebook, DeconflictionItem};

/// What a deconfliction check came to. Whatever is not an answer of *clear* or *conflict* is *not
/// checked*, and is never shown as clear. Which item and answers these are, the codebook says: see
/// [`Codebook::deconfliction`].
///
/// ```
/// use caserank::{Complaint, reference};
/// use caserank::complaint::Deconfliction;
/// let triage = reference::published()?;
/// let complaint = Complaint::new("a", "2026-01-01".parse()?)?;
/// assert_eq!(Deconfliction::of(&complaint, triage.codebook()).to_string(), "not checked");
/// let complaint = complaint.with_answer("deconfliction", "conflict");
/// assert_eq!(Deconfliction::of(&complaint, triage.codebook()), Deconfliction::Conflict);
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
    /// From an answer to the item that the codebook names.
    pub(crate) fn of_answer(answer: &str, declared: &DeconflictionItem) -> Self {
        let is_one_of = |answers: &[String]| answers.iter().any(|listed| listed == answer);
        match (is_one_of(&declared.conflict), is_one_of(&declared.clear)) {
            (true, _) => Deconfliction::Conflict,
            (_, true) => Deconfliction::Clear,
            _ => Deconfliction::NotChecked,
        }
    }

    /// From a complaint's answers.
    #[must_use]
    pub fn of(complaint: &Complaint, codebook: &Codebook) -> Self {
        let Some(declared) = codebook.deconfliction() else { return Deconfliction::NotChecked };
        match complaint.given(&declared.item).map(|given| &given.value) {
            Some(Value::Text(answer)) => Deconfliction::of_answer(answer, declared),
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
