//! Do probabilities mean what they say on the whole, and channel by channel.

use serde::Serialize;

use super::data::{EvaluateError, Predicted};
use super::figure::{Because, ByKey, Caution, Confidence, Figure, Interval, NotEstimable, p_value};
use super::groups::in_each_channel;
use super::proportions::clopper_pearson;
use super::weights::MaybeWeighted;
use crate::research::numeric::distributions::{beta_tails, chi_square_upper, normal_two_sided};
use crate::research::numeric::sum;

/// A test's outcome.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Test {
    /// The statistic.
    pub statistic: f64,
    /// Degrees of freedom; 0 for a normal statistic.
    pub degrees: f64,
    /// Two-sided (normal) or upper-tail (chi-square) p value; never 0, at the least 2.2e-308.
    pub p_value: f64,
    /// What a reader must be told beside it.
    pub cautions: &'static [Caution],
}

impl Test {
    pub(crate) fn chi_square(statistic: f64, degrees: f64) -> Self {
        let p_value = p_value(chi_square_upper(statistic, degrees));
        Self { statistic, degrees, p_value, cautions: &[] }
    }

    pub(crate) fn normal(statistic: f64) -> Self {
        let p_value = p_value(normal_two_sided(statistic));
        Self { statistic, degrees: 0.0, p_value, cautions: &[] }
    }
}

/// Expected against observed numbers of outcomes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ExpectedObserved {
    /// Sum of the probabilities.
    pub expected: f64,
    /// Number of outcomes (under weights, their weight).
    pub observed: f64,
    /// E/O: 1 is right, above 1 over-predicts. The upper end is infinite when nothing was observed.
    pub ratio: Figure,
    /// O/E, its inverse.
    pub inverse: Figure,
    /// Two-sided p value of a ratio of 1: twice the smaller tail of the binomial distribution, so that it is below 5%
    /// just where the 95% interval leaves out 1.
    pub p_value: f64,
    /// The number of unweighted complaints that the observed share is as sure as; their count without weights.
    pub effective_count: f64,
}

/// E/O with exact binomial bounds on the observed share (Clopper and Pearson 1934), the expected number taken as fixed.
/// Takes sampling weights.
///
/// One method throughout: at rare outcomes the binomial bounds are the Poisson ones, at common ones they stay within what
/// can be observed. Under weights the share and its effective number of complaints (from the linearized variance; Korn and
/// Graubard 1998) stand for the counts, so that equal weights of any size change nothing. Where probabilities differ much
/// between complaints, the bounds are wider than they need be.
///
/// # Errors
/// [`Because::Empty`]; [`Because::ZeroDenominator`] when the expected number is 0. With no observed outcome E/O is
/// infinite and O/E is 0, both with their bounds.
pub fn expected_observed<'a>(
    data: impl MaybeWeighted<Data = Predicted<'a>>,
    confidence: Confidence,
) -> Result<ExpectedObserved, NotEstimable> {
    let predicted = data.data();
    let count = predicted.len();
    if count == 0 {
        return NotEstimable::because(Because::Empty);
    }
    let weight = |row: usize| data.weights().map_or(1.0, |w| w[row]);
    let expected = sum(predicted.rows().enumerate().map(|(row, (_, p))| weight(row) * p));
    let observed = sum(predicted.rows().enumerate().map(|(row, (y, _))| weight(row) * y));
    if expected <= 0.0 {
        return NotEstimable::because(Because::ZeroDenominator {
            denominator: "the expected number",
        });
    }
    let value = observed / expected;
    let effective = EffectiveShare::of(predicted.labels(), data.weights());
    let bounds = clopper_pearson(effective.events(), effective.count, confidence);
    let total = observed / effective.share.max(f64::MIN_POSITIVE);
    let total = if observed > 0.0 { total } else { sum((0..count).map(weight)) };
    let interval = bounds.map(|share| share * total / expected);
    let flipped = Interval { lower: 1.0 / interval.upper, upper: 1.0 / interval.lower, ..interval };
    // On the scale of the ratio; none where nothing or everything was observed.
    let error = ((1.0 - effective.share) / effective.events()).sqrt();
    let (x, n, rate) = (effective.events(), effective.count, (expected / total).min(1.0));
    let (below, above) = binomial_tails(x, n, rate);
    Ok(ExpectedObserved {
        expected,
        observed,
        ratio: Figure::new(expected / observed, count, Ok(flipped))
            .with_error(expected / observed * error),
        inverse: Figure::new(value, count, Ok(interval)).with_error(value * error),
        p_value: p_value((2.0 * below.min(above)).min(1.0)),
        effective_count: effective.count,
    })
}

/// A share under sampling weights, and how many unweighted complaints would be as sure of it.
pub(crate) struct EffectiveShare {
    pub(crate) share: f64,
    pub(crate) count: f64,
}

impl EffectiveShare {
    /// From the linearized variance of the share (Korn and Graubard 1998); at 0 and 1, where that is 0, Kish's number.
    pub(crate) fn of(labels: &[bool], weights: Option<&[f64]>) -> Self {
        let all = labels.len() as f64;
        let Some(weights) = weights else {
            let events = labels.iter().filter(|&&label| label).count() as f64;
            return Self { share: events / all, count: all };
        };
        let total = sum(weights.iter().copied());
        let with = || weights.iter().zip(labels).filter(|(_, label)| **label).map(|(w, _)| *w);
        let share = (sum(with()) / total).min(1.0);
        let residual = |(w, &label): (&f64, &bool)| {
            (w / total * (if label { 1.0 - share } else { -share })).powi(2)
        };
        let variance = sum(weights.iter().zip(labels).map(residual));
        let count = if variance > 0.0 {
            share * (1.0 - share) / variance
        } else {
            1.0 / sum(weights.iter().map(|w| (w / total).powi(2)))
        };
        Self { share, count }
    }

    pub(crate) fn events(&self) -> f64 {
        self.share * self.count
    }
}

/// `(P(X <= x), P(X >= x))` of a binomial distribution, whose numbers may be effective ones.
fn binomial_tails(x: f64, n: f64, rate: f64) -> (f64, f64) {
    let below = if x >= n { 1.0 } else { beta_tails(x + 1.0, n - x, rate).1 };
    let above = if x <= 0.0 { 1.0 } else { beta_tails(x, n - x + 1.0, rate).0 };
    (below, above)
}

/// E/O for every channel, in the order of the keys. Takes sampling weights.
///
/// # Errors
/// Input faults.
pub fn expected_observed_by<'a, K: Ord + Clone>(
    data: impl MaybeWeighted<Data = Predicted<'a>>,
    channels: &[K],
    confidence: Confidence,
) -> Result<ByKey<K, ExpectedObserved>, EvaluateError> {
    in_each_channel(data, channels, |of_channel| expected_observed(of_channel, confidence))
}

/// Spiegelhalter's test of calibration (1986): standard normal when the probabilities are right.
///
/// # Errors
/// [`Because::ZeroVariance`] when every probability is 0, one half or 1.
pub fn spiegelhalter(data: Predicted<'_>) -> Result<Test, NotEstimable> {
    let top = sum(data.rows().map(|(y, p)| (y - p) * (1.0 - 2.0 * p)));
    let variance = sum(data.rows().map(|(_, p)| (1.0 - 2.0 * p).powi(2) * p * (1.0 - p)));
    if variance <= 0.0 {
        return NotEstimable::because(Because::ZeroVariance { what: "the statistic" });
    }
    Ok(Test::normal(top / variance.sqrt()))
}
