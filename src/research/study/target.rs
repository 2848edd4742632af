//! What a study is about, and what is stamped on all that comes of it.

use std::fmt;

use serde::Serialize;

use crate::complaint::Origin;

/// The stamp on everything that was computed from synthetic complaints.
pub const STAMP: &str = "Synthetic: tests software, says nothing about performance";

/// The stamp where nobody said where the complaints come from.
pub const NOT_STATED_STAMP: &str =
    "Origin of the complaints not stated: no verdict until it is (column or field `origin`)";

/// Which outcome a study is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Target {
    /// One outcome, by id: instruments are judged by their score for it.
    Outcome(String),
    /// At least one of the outcomes was found: instruments are judged by the priority index. It is
    /// no probability, so measures of probabilities are not estimable.
    Any,
    /// A union of outcomes that the codebook declares: found, and judged, as [`Target::Any`] over
    /// the outcomes that it names.
    Union(String),
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Target::Outcome(outcome) => outcome,
            Target::Any => "any outcome",
            Target::Union(union) => union,
        })
    }
}

/// The stamp of an origin.
pub(crate) fn stamp_of(origin: Origin) -> Option<&'static str> {
    match origin {
        Origin::Synthetic => Some(STAMP),
        Origin::NotStated => Some(NOT_STATED_STAMP),
        Origin::Prospective | Origin::Retrospective => None,
    }
}
