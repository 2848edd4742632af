//! From answers to scores: the same lanes, added up byte by byte for many complaints and answer by answer for one.
//!
//! Weights are added as integers, so scores are exact and the same whatever the order, the number
//! of threads or the platform. The link turns an integer score into an integer probability.

mod answers;
mod lanes;
mod link;
mod scores;
mod table;
mod weight_set;

pub use link::{BILLION, Probability, logistic};
pub use scores::Scores;
pub use weight_set::WeightSet;

pub(crate) use answers::AnswerTable;
pub(crate) use lanes::{Lanes, lane_of_outcome};
pub(crate) use table::ScoreTable;

use crate::base::widest;
use crate::instrument::Link;

/// A link ready for use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LinkTable {
    Logistic,
    /// Scores from which each step holds, and its probability in billionths.
    Steps {
        from: Vec<i32>,
        billionths: Vec<u32>,
    },
}

impl LinkTable {
    pub(crate) fn new(link: &Link) -> Self {
        match link {
            Link::Logistic => LinkTable::Logistic,
            Link::Table(steps) => LinkTable::Steps {
                from: steps.iter().map(|step| step.from.steps()).collect(),
                // Six decimals of one are thousands of billionths; a check at load holds them in 0 to 1.
                billionths: steps
                    .iter()
                    .map(|step| step.probability.steps().unsigned_abs() * 1_000)
                    .collect(),
            },
        }
    }

    /// Billionths of the probability of a score.
    #[inline]
    pub(crate) fn apply(&self, steps: i32) -> u32 {
        match self {
            LinkTable::Logistic => link::logistic_billionths(steps),
            LinkTable::Steps { from, billionths } => {
                let step = from.partition_point(|&from| from <= steps).saturating_sub(1);
                billionths.get(step).copied().unwrap_or(0)
            }
        }
    }

    /// The same for a block.
    pub(crate) fn apply_block(&self, scores: &[i32], billionths: &mut [u32]) {
        match self {
            LinkTable::Logistic => {
                widest!(link::logistic_of_block(scores, billionths));
            }
            LinkTable::Steps { .. } => {
                for (probability, &score) in billionths.iter_mut().zip(scores) {
                    *probability = self.apply(score);
                }
            }
        }
    }
}
