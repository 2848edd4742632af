//! What the authors of a model know of and stand by, so that whatever else is found stands out.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Timestamp;
use crate::base::escaped;

/// Findings of [`Triage::lint`](crate::Triage::lint) that stand for one reason: an entry of `accepted` in the model file.
///
/// It changes nothing that is asked, weighed or decided, and belongs to no fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// Why they stand.
    pub because: String,
    /// Who answers for that: a person or a role.
    pub by: String,
    /// Since which day, as `2026-11-29`.
    pub on: String,
    /// Their keys, as [`Finding::key`](super::Finding::key) and the desk's `lint` give them.
    pub findings: Vec<String>,
}

/// Why a list of accepted findings is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AcceptedError {
    /// A field without words.
    #[error("`{field}` of entry {entry} of the accepted findings is blank: write it")]
    Blank {
        /// Place of the entry, from 1.
        entry: usize,
        /// The field.
        field: &'static str,
    },
    /// A day that is none.
    #[error(
        "entry {entry} of the accepted findings gives `{on}` as its day: write it as 2026-11-29", on = escaped(.on))]
    Day {
        /// Place of the entry, from 1.
        entry: usize,
        /// As given.
        on: String,
    },
    /// An entry that accepts nothing.
    #[error("entry {entry} of the accepted findings lists none: take it out")]
    Nothing {
        /// Place of the entry, from 1.
        entry: usize,
    },
    /// A finding accepted for two reasons.
    #[error("the finding `{finding}` is accepted twice: keep one", finding = escaped(.finding))]
    Twice {
        /// Its key.
        finding: String,
    },
}

impl Accepted {
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.findings.iter().map(String::as_str)
    }
}

/// Every entry says why, who, when and what, and no finding stands twice.
pub(super) fn check(accepted: &[Accepted]) -> Result<(), AcceptedError> {
    let mut seen = BTreeSet::new();
    for (before, listed) in accepted.iter().enumerate() {
        let entry = before + 1;
        let words = [("because", &listed.because), ("by", &listed.by)];
        if let Some((field, _)) = words.iter().find(|(_, text)| text.trim().is_empty()) {
            return Err(AcceptedError::Blank { entry, field });
        }
        if listed.on.len() != 10 || listed.on.parse::<Timestamp>().is_err() {
            return Err(AcceptedError::Day { entry, on: listed.on.clone() });
        }
        if listed.findings.is_empty() {
            return Err(AcceptedError::Nothing { entry });
        }
        if let Some(twice) = listed.keys().find(|key| !seen.insert(*key)) {
            return Err(AcceptedError::Twice { finding: twice.to_owned() });
        }
    }
    Ok(())
}
