//! Plans as files: written as JSON, read back, their format first.

use serde::de::DeserializeOwned;
use thiserror::Error;

use super::plan::Plan;
use crate::base::{JsonError, json};

/// The version of the plan format that this release reads and writes.
pub const PLAN_FORMAT: u32 = 1;

/// Why a text is not the plan or the sheet that it is read as.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WorklistFileError {
    /// The text is not JSON of its shape.
    #[error("not {what}: {fault}")]
    Json {
        /// What was to be read, with its article.
        what: &'static str,
        /// What is wrong, and where.
        fault: JsonError,
    },
    /// A format that this release does not read.
    #[error(
        "the format of {what} is {found}, and this release reads {supported}: use one that reads it"
    )]
    Format {
        /// What was to be read, with its article.
        what: &'static str,
        /// As given.
        found: u32,
        /// The one that is read.
        supported: u32,
    },
}

/// What a file holds, its format first.
pub(super) fn read<T: DeserializeOwned>(
    what: &'static str,
    supported: u32,
    text: &str,
) -> Result<T, WorklistFileError> {
    let text = json::without_mark(text);
    match json::format_of(text) {
        Some(found) if found != supported => {
            Err(WorklistFileError::Format { what, found, supported })
        }
        _ => json::read(text).map_err(|fault| WorklistFileError::Json { what, fault }),
    }
}

impl Plan {
    /// Reads a plan that [`Plan::to_json`] wrote: its sheets, bounds and counts are those of the plan that was made.
    ///
    /// # Errors
    /// [`WorklistFileError::Format`] for another format, whatever else stands in it; [`WorklistFileError::Json`] for
    /// text of another shape.
    pub fn from_json(text: &str) -> Result<Self, WorklistFileError> {
        read("a plan", PLAN_FORMAT, text)
    }

    /// Writes the plan as JSON; see `docs/formats/plan.schema.json`.
    ///
    /// ```
    /// use caserank::worklist::{Carry, Period, Plan, Planner, Request};
    /// use caserank::{BacklogBuilder, Complaint, Seed, Triage};
    /// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
    /// let triage = Triage::from_json(json)?;
    /// let mut backlog = BacklogBuilder::new(triage.codebook());
    /// backlog.push(&Complaint::new("a", "2026-04-17".parse()?)?.with_answer("prior_reports", 5))?;
    /// let ranking = triage.rank(&backlog.freeze())?;
    /// let period = Period { start: "2026-04-18".parse()?, end: "2026-04-19".parse()? };
    /// let plan = Planner::new(&triage, Seed(7))?.plan(&ranking, &Request::new(period, 2), &Carry::default())?;
    /// assert_eq!(Plan::from_json(&plan.to_json())?, plan);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn to_json(&self) -> String {
        json::pretty(self)
    }
}
