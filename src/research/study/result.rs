//! What a comparison of instruments found.

use serde::Serialize;

use super::measure::Measure;
use super::noun::Noun;
use super::plan::Registration;
use super::target::Target;
use super::verdict::Verdict;
use crate::base::Seed;
use crate::complaint::Origin;
use crate::research::evaluate::numbers::optional;
use crate::research::evaluate::{Caution, Confidence, Interval, NotEstimable};

/// One measure of one instrument.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MeasureRow {
    /// The measure.
    pub measure: Measure,
    /// Its value, or why there is none.
    pub value: Result<f64, NotEstimable>,
    /// Its percentile interval over resampled subjects.
    pub interval: Result<Interval, NotEstimable>,
    /// What a reader must be told beside it.
    pub cautions: &'static [Caution],
}

/// All measures of one instrument, primary first.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ArmResult {
    /// Its name in the study.
    pub name: String,
    /// Its measures.
    pub measures: Vec<MeasureRow>,
    /// The same without the items that overlap the outcome's definition, or why that cannot be had.
    pub without_overlap: Result<Vec<MeasureRow>, String>,
    /// What the instrument says against itself, in sentences; empty for scores made elsewhere, of which nobody knows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// One instrument against the first.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Comparison {
    /// The instrument.
    pub name: String,
    /// What it is held against.
    pub reference: String,
    /// The measure.
    pub measure: Measure,
    /// Whether the measure was declared as primary.
    pub primary: bool,
    /// How much better the instrument is, above 0 where it is.
    #[serde(serialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub advantage: Option<f64>,
    /// Its percentile interval over resampled subjects.
    pub interval: Result<Interval, NotEstimable>,
    /// Two-sided p value by the bootstrap, never below 2 / (replicates + 1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p_value: Option<f64>,
    /// The same after Holm's correction within its family.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adjusted: Option<f64>,
    /// What may be said; exploratory comparisons get one too, by the same rules.
    pub verdict: Verdict,
    /// The verdict in plain words.
    pub text: String,
}

/// What [`Study::run`](super::Study::run) found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct StudyResult {
    /// The stamp that goes on every page, for synthetic complaints and for those of unstated origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stamp: Option<&'static str>,
    /// Which outcome.
    pub target: Target,
    /// What the rows are called.
    pub noun: Noun,
    /// Whether this was done as registered beforehand.
    pub registration: Registration,
    /// Where the complaints come from.
    pub origin: Origin,
    /// Complaints in the backlog.
    pub complaints: usize,
    /// Complaints with a known outcome.
    pub known: usize,
    /// Complaints with the outcome.
    pub events: usize,
    /// Complaints labelled *not investigated*: left out, never taken for *no*.
    pub not_investigated: usize,
    /// The declared primary measure.
    pub primary: Measure,
    /// The smallest difference in it that matters.
    pub matters: f64,
    /// How often subjects were resampled.
    pub replicates: usize,
    /// The seed.
    pub seed: Seed,
    /// How sure intervals are meant to be.
    pub confidence: Confidence,
    /// The instruments in the order given.
    pub arms: Vec<ArmResult>,
    /// Every instrument but the first against the first, primary measure first.
    pub comparisons: Vec<Comparison>,
    /// What a reader must know of this study.
    pub notes: Vec<String>,
}
