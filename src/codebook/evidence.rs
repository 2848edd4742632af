//! What research says about an item: one row per contrast and outcome.

use serde::{Deserialize, Serialize};

use crate::Fixed;

/// A published work that rows of evidence refer to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Short name in `snake_case`, such as `smid_2014`.
    pub id: String,
    /// Authors, year, title or venue.
    pub citation: String,
}

/// Who was studied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Population {
    /// Reports or notifications as they came in.
    Report,
    /// Reports passed on to police for action.
    Referral,
    /// People arrested.
    Arrest,
    /// People convicted.
    Conviction,
    /// People at large.
    Community,
    /// Practice, law or expert judgement rather than a sample.
    Practice,
}

/// Whether other variables were taken into account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Adjustment {
    /// A two-way comparison.
    Crude,
    /// Adjusted for other variables.
    Adjusted,
    /// Not applicable, or not stated where it was read.
    NotStated,
}

/// How far a row can carry a weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Quality {
    /// An effect size is visible or can be computed.
    A,
    /// An empirical study shows the direction.
    B,
    /// An expert instrument, or recalled from the literature.
    C,
    /// A rule or a design choice, not a predictor.
    D,
}

/// How the row was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// In the source's own public pages.
    Seen,
    /// In a secondary source.
    SeenSecondHand,
    /// Computed from figures that were seen.
    Derived,
    /// From general knowledge of the literature; carries no weight.
    Recalled,
}

/// An effect as an odds ratio, with its 95% interval where one is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OddsRatio {
    /// The odds ratio, above 0.
    pub value: Fixed,
    /// Lower end of the 95% interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<Fixed>,
    /// Upper end of the 95% interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<Fixed>,
}

/// One row of evidence: an item's contrast against one outcome in one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Which answers are compared, such as `yes against no`.
    pub contrast: String,
    /// Id of the outcome.
    pub outcome: String,
    /// Id of the source.
    pub source: String,
    /// Who was studied.
    pub population: Population,
    /// The study's design in a few words.
    pub design: String,
    /// What the outcome group was compared with.
    pub comparison: String,
    /// Crude or adjusted.
    pub adjustment: Adjustment,
    /// How many were studied, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<u32>,
    /// The effect, where its size is visible or was computed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub odds_ratio: Option<OddsRatio>,
    /// What was found, in plain words.
    pub finding: String,
    /// Whether the outcome studied is the outcome asked about, not a stand-in.
    pub direct: bool,
    /// Whether the size of the effect could be seen.
    pub size_visible: bool,
    /// How far the row can carry a weight.
    pub quality: Quality,
    /// How it was read.
    pub reading: Reading,
    /// Whether other sources point the other way.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub contested: bool,
}
