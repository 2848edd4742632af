//! From the probabilities of several outcomes to one priority.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Fixed;
use crate::base::widest;
use crate::score::{BILLION, Probability};

/// A complaint's place on the index that orders work: whole billionths, 0 to 1,000,000,000.
///
/// An index, not a probability, whatever the combination. Equal priorities are ties.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(into = "u32", try_from = "u32")]
pub struct Priority(u32);

/// A priority beyond the index, as only a forged or damaged file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a priority of {billionths} billionths: the index ends at {BILLION}")]
#[non_exhaustive]
pub struct PriorityError {
    /// As given.
    pub billionths: u32,
}

impl TryFrom<u32> for Priority {
    type Error = PriorityError;

    fn try_from(billionths: u32) -> Result<Self, PriorityError> {
        if billionths > BILLION {
            Err(PriorityError { billionths })
        } else {
            Ok(Priority(billionths))
        }
    }
}

impl From<Priority> for u32 {
    fn from(priority: Priority) -> u32 {
        priority.0
    }
}

impl Priority {
    /// From billionths, kept within 0 to 1,000,000,000.
    #[must_use]
    pub const fn from_billionths(billionths: u32) -> Self {
        Priority(if billionths > BILLION { BILLION } else { billionths })
    }

    /// Billionths of the index.
    #[must_use]
    pub const fn billionths(self) -> u32 {
        self.0
    }

    /// The index as a whole number from 0 to 1000, halves rounded up.
    #[must_use]
    pub const fn per_thousand(self) -> u32 {
        (self.0 + 500_000) / 1_000_000
    }
}

impl fmt::Display for Priority {
    /// The index as a whole number per thousand.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.per_thousand().fmt(formatter)
    }
}

/// How probabilities become one priority index. An outcome that does not apply counts as 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Combination {
    /// Harm weight × probability, summed, over the sum of all harm weights. An index, not a
    /// probability; it needs no independence.
    ExpectedHarm(HarmWeights),
    /// The probability of at least one outcome *if* outcomes were independent, which they are not:
    /// read it with its bounds.
    AnyIfIndependent,
    /// The largest probability.
    Max,
    /// One outcome alone, by id.
    Single(String),
}

/// What each outcome's harm counts for: a value judgement, signed and dated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HarmWeights {
    /// Weight by outcome id, 0 or more, every outcome, at least one above 0.
    #[serde(deserialize_with = "crate::base::unique_map")]
    pub weights: BTreeMap<String, Fixed>,
    /// Why these weights; says so where they are an assumption.
    pub rationale: String,
    /// Who answers for them.
    pub signed: String,
    /// When they were set.
    pub date: String,
}

/// Parts of one, in 2^-31, that a harm weight has in the sum of all.
const SHARE_BITS: u32 = 31;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Combiner {
    Shares(Vec<u32>),
    AnyIfIndependent,
    Max,
    Single(usize),
}

impl Combiner {
    /// From harm weights in the instrument's order of outcomes; at least one is above 0.
    pub(super) fn shares(weights: &[Fixed]) -> Self {
        let weights: Vec<u64> =
            weights.iter().map(|weight| u64::from(weight.steps().unsigned_abs())).collect();
        let total: u64 = weights.iter().sum::<u64>().max(1);
        let whole = 1_u64 << SHARE_BITS;
        let mut shares: Vec<u32> = weights
            .iter()
            .map(|&weight| (u128::from(weight) * u128::from(whole) / u128::from(total)) as u32)
            .collect();
        // What rounding down left over goes to the heaviest, so that the shares add up to one.
        let left = whole - shares.iter().map(|&share| u64::from(share)).sum::<u64>();
        let heaviest = (0..weights.len()).rev().max_by_key(|&outcome| weights[outcome]);
        if let Some(outcome) = heaviest {
            shares[outcome] += left as u32;
        }
        Combiner::Shares(shares)
    }

    /// The priority, in billionths of the index, of one complaint.
    pub(crate) fn priority(&self, probabilities: impl Fn(usize) -> u32, outcomes: usize) -> u32 {
        match self {
            Combiner::Shares(shares) => {
                let sum = shares.iter().enumerate().fold(0_u64, |sum, (outcome, &share)| {
                    sum + u64::from(share) * u64::from(probabilities(outcome))
                });
                (sum >> SHARE_BITS) as u32
            }
            Combiner::AnyIfIndependent => {
                let none = (0..outcomes).fold(u64::from(BILLION), |none, outcome| {
                    // Rounding up keeps the priority from exceeding the true value.
                    (none * u64::from(BILLION - probabilities(outcome)))
                        .div_ceil(u64::from(BILLION))
                });
                BILLION - none as u32
            }
            Combiner::Max => (0..outcomes).map(probabilities).max().unwrap_or(0),
            Combiner::Single(outcome) => probabilities(*outcome),
        }
    }

    /// The same for a block: `probabilities` is outcome by outcome, each as long as `priorities`.
    pub(crate) fn priorities(&self, probabilities: &[u32], priorities: &mut [u32]) {
        let rows = priorities.len();
        let outcomes = probabilities.len() / rows.max(1);
        match self {
            // The common case by itself, so that its loop has a fixed shape.
            Combiner::Shares(shares) if shares.len() == 3 && outcomes == 3 => {
                let shares = [shares[0], shares[1], shares[2]];
                widest!(three_shares(shares, probabilities, priorities));
            }
            _ => {
                for (row, priority) in priorities.iter_mut().enumerate() {
                    *priority =
                        self.priority(|outcome| probabilities[outcome * rows + row], outcomes);
                }
            }
        }
    }
}

#[inline(always)]
fn three_shares(shares: [u32; 3], probabilities: &[u32], priorities: &mut [u32]) {
    let rows = priorities.len();
    let shares = shares.map(u64::from);
    let (first, rest) = probabilities.split_at(rows);
    let (second, third) = rest.split_at(rows);
    let pairs = first.iter().zip(second).zip(third);
    for (priority, ((&first, &second), &third)) in priorities.iter_mut().zip(pairs) {
        let sum = shares[0] * u64::from(first)
            + shares[1] * u64::from(second)
            + shares[2] * u64::from(third);
        *priority = (sum >> SHARE_BITS) as u32;
    }
}

/// The least and the greatest probability of at least one outcome that the single ones allow,
/// whatever their dependence (Fréchet 1935): the largest of them, and their sum, at most 1.
#[must_use]
pub fn bounds_of_any(probabilities: &[Probability]) -> (Probability, Probability) {
    let least = probabilities.iter().copied().max().unwrap_or_default();
    let sum: u64 =
        probabilities.iter().map(|probability| u64::from(probability.billionths())).sum();
    let greatest = Probability::from_billionths(u32::try_from(sum).unwrap_or(u32::MAX));
    (least, greatest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shares_add_up_to_one() {
        let thirds = Combiner::shares(&["1", "1", "1"].map(|text| text.parse().unwrap()));
        let Combiner::Shares(shares) = &thirds else { panic!("{thirds:?}") };
        assert_eq!(shares.iter().map(|&share| u64::from(share)).sum::<u64>(), 1 << SHARE_BITS);
        assert_eq!(thirds.priority(|_| BILLION, 3), BILLION);
        assert_eq!(thirds.priority(|_| 0, 3), 0);
    }

    proptest! {
        #[test]
        fn one_and_many_agree_and_no_probability_lowers(
            rows in prop::collection::vec(prop::array::uniform3(0..=BILLION), 1..9),
            weights in prop::array::uniform3(0_i32..5_000_000),
            which in 0..4_usize,
            raised in 0..3_usize,
        ) {
            let mut weights = weights.map(Fixed::from_steps);
            weights[0] = Fixed::from_steps(weights[0].steps() + 1);
            let combiner = match which {
                0 => Combiner::shares(&weights),
                1 => Combiner::AnyIfIndependent,
                2 => Combiner::Max,
                _ => Combiner::Single(1),
            };
            let columns: Vec<u32> =
                (0..3).flat_map(|outcome| rows.iter().map(move |row| row[outcome])).collect();
            let mut block = vec![0; rows.len()];
            combiner.priorities(&columns, &mut block);
            for (row, &many) in rows.iter().zip(&block) {
                let single = combiner.priority(|outcome| row[outcome], 3);
                prop_assert_eq!(single, many);
                let mut more = *row;
                more[raised] = more[raised].saturating_add(1_000).min(BILLION);
                prop_assert!(combiner.priority(|outcome| more[outcome], 3) >= single);
            }
        }
    }
}
