//! Why a figure is not to be had.

use serde::Serialize;

use super::numbers::number;

/// Why a measure is not estimable.
#[derive(Debug, Clone, PartialEq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Because {
    /// Nothing was given.
    #[error("there are no complaints")]
    Empty,
    /// Both kinds of complaint are needed.
    #[error(
        "both kinds of complaint are needed, and there are {events} events and {others} others"
    )]
    OneClass {
        /// Complaints with the outcome.
        events: usize,
        /// Complaints without it.
        others: usize,
    },
    /// Fewer than needed.
    #[error("{found} {what} are too few: at least {needed} are needed")]
    TooFew {
        /// What is counted.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many are needed.
        needed: usize,
    },
    /// Everything has the same value.
    #[error("{what} do not vary")]
    NoVariation {
        /// What does not vary.
        what: &'static str,
    },
    /// The estimate lies at the end of its range, where its variance formula and its resamples say 0.
    #[error(
        "the estimate is {value}, the end of its range, where formulas and resamples give no spread; use an exact interval (for a share Wilson's, for an AUC `auc_score_interval`), or more data"
    )]
    AtTheEnd {
        /// The estimate.
        #[serde(serialize_with = "number")]
        value: f64,
    },
    /// Both ends of the interval are the same number, which would claim certainty.
    #[error(
        "every way of computing its interval gives {value} for both ends, which would claim a certainty that no sample gives; use more data or a figure that varies in these"
    )]
    NoWidth {
        /// Both ends.
        #[serde(serialize_with = "number")]
        value: f64,
    },
    /// Weights have put an estimate where no value can lie.
    #[error(
        "the estimate is {value}, outside {range}: a few complaints that were hardly ever worked outweigh all others; leave those out, or give bounds (`selection_bounds`)"
    )]
    OutOfRange {
        /// The estimate.
        #[serde(serialize_with = "number")]
        value: f64,
        /// Where it must lie.
        range: &'static str,
    },
    /// A number that a computation left without a value.
    #[error("{what} is not a number: the values are too large or too small to compute with")]
    NotFinite {
        /// What has no value.
        what: &'static str,
    },
    /// The formula for the variance gives 0.
    #[error("the variance of {what} is 0")]
    ZeroVariance {
        /// Of what.
        what: &'static str,
    },
    /// A denominator is 0.
    #[error("{denominator} is 0")]
    ZeroDenominator {
        /// Which.
        denominator: &'static str,
    },
    /// A probability of exactly 0 or 1, whose log-odds are infinite.
    #[error("the probability at row {row} is exactly {value}; its log-odds are infinite")]
    CertainProbability {
        /// The row, from 0.
        row: usize,
        /// 0 or 1.
        value: f64,
    },
    /// The maximum likelihood lies at infinity, because a score separates the outcomes.
    #[error("the scores separate the outcomes, so the likelihood has no finite maximum")]
    Separated,
    /// Iterations ended without a certified answer.
    #[error("the iterations for {what} did not converge")]
    NotConverged {
        /// What was fitted.
        what: &'static str,
    },
    /// There is no formula; resample.
    #[error("there is no formula for its interval; use the bootstrap")]
    NoFormula,
    /// An argument is outside its range.
    #[error("{argument} is {value}, outside {range}")]
    Argument {
        /// Which.
        argument: &'static str,
        /// What was given.
        #[serde(serialize_with = "number")]
        value: f64,
        /// What is allowed.
        range: &'static str,
    },
    /// One group of several has no such figure, so that they cannot be set side by side.
    #[error("group {} of those listed (by key) has no such figure: {because}", group + 1)]
    Group {
        /// Which group, counted from 0 in the order of the keys.
        group: usize,
        /// Why it has none.
        because: Box<Because>,
    },
    /// Something that the measure needs was not given.
    #[error("there are no {what}")]
    Missing {
        /// What.
        what: &'static str,
    },
    /// Too few replicates of a resampling gave a value.
    #[error(
        "{failed} of {replicates} replicates gave no value, and an interval needs at least two that do and at most a twentieth that do not"
    )]
    Replicates {
        /// Replicates without a value.
        failed: usize,
        /// Replicates drawn.
        replicates: usize,
    },
}
