//! Plans as files: written as JSON, read back, their format first.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

use super::plan::Plan;
use crate::base::{escaped, json};

/// The version of the plan format that this release reads and writes.
pub const PLAN_FORMAT: u32 = 1;

/// Why a text is not a plan.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PlanFileError {
    /// The text is not JSON of a plan's shape.
    #[error("not a plan: {}", escaped(&.0.to_string()))]
    Json(#[from] serde_json::Error),
    /// A format that this release does not read.
    #[error(
        "plan format {found} is not read by this release, which reads format {PLAN_FORMAT}: use one that reads it"
    )]
    Format {
        /// As given.
        found: u32,
    },
}

/// The format number in a file: the one of this release, or it is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PlanFormat;

impl Serialize for PlanFormat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(PLAN_FORMAT)
    }
}

impl<'de> Deserialize<'de> for PlanFormat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            PLAN_FORMAT => Ok(PlanFormat),
            found => Err(de::Error::custom(PlanFileError::Format { found })),
        }
    }
}

impl Plan {
    /// Reads a plan that [`Plan::to_json`] wrote: its sheets, bounds and counts are those of the plan that was made.
    ///
    /// # Errors
    /// [`PlanFileError::Format`] for another format, whatever else stands in it; [`PlanFileError::Json`] for text of
    /// another shape.
    pub fn from_json(text: &str) -> Result<Self, PlanFileError> {
        let text = json::without_mark(text);
        match json::format_of(text) {
            Some(found) if found != PLAN_FORMAT => Err(PlanFileError::Format { found }),
            _ => Ok(serde_json::from_str(text)?),
        }
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
