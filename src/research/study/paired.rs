//! Differences of instruments on the same replicates, and their p values.

use super::measure::Measure;
use super::result::Comparison;
use super::verdict::holm;
use crate::research::evaluate::NotEstimable;
use crate::research::evaluate::resample::Replicates;

/// Every measure of every arm, as observed and on each replicate.
pub(super) struct Drawn {
    pub(super) measures: usize,
    pub(super) observed: Vec<Result<f64, NotEstimable>>,
    pub(super) values: Vec<Vec<Option<f64>>>,
}

impl Drawn {
    pub(super) fn of(&self, arm: usize, measure: usize) -> Replicates {
        let at = arm * self.measures + measure;
        let observed = self.observed[at].as_ref().ok().copied();
        Replicates::new(observed, self.values.iter().map(|replicate| replicate[at]).collect())
    }

    /// The value as observed, or why there is none.
    pub(super) fn observed(&self, arm: usize, measure: usize) -> Result<f64, NotEstimable> {
        self.observed[arm * self.measures + measure].clone()
    }

    /// How much better an arm is than the first, replicate by replicate.
    pub(super) fn advantage(&self, measure: Measure, reference: usize, arm: usize) -> Replicates {
        let at = arm * self.measures + reference;
        let of = |values: &[Option<f64>]| Some(measure.advantage(values[at]?, values[reference]?));
        let observed: Vec<_> =
            self.observed.iter().map(|of_all| of_all.as_ref().ok().copied()).collect();
        Replicates::new(of(&observed), self.values.iter().map(|of_all| of(of_all)).collect())
    }
}

/// Adjusts the p values of one family. A comparison without a p value was declared all the same and counts as one of 1.
pub(super) fn adjust(family: &mut [Comparison]) {
    let p_values: Vec<f64> =
        family.iter().map(|comparison| comparison.p_value.unwrap_or(1.0)).collect();
    for (comparison, adjusted) in family.iter_mut().zip(holm(&p_values)) {
        comparison.adjusted = comparison.p_value.map(|_| adjusted);
    }
}

/// Twice the smaller share of replicates on either side of no difference.
pub(super) fn p_value(values: &[f64]) -> f64 {
    let count = |holds: &dyn Fn(f64) -> bool| values.iter().filter(|value| holds(**value)).count();
    let least = count(&|value| value <= 0.0).min(count(&|value| value >= 0.0));
    (2.0 * (least as f64 + 1.0) / (values.len() as f64 + 1.0)).min(1.0)
}
