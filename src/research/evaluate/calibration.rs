//! Do probabilities mean what they say on the whole, and channel by channel.

use serde::Serialize;

use super::data::{EvaluateError, Predicted};
use super::figure::{Because, ByKey, Caution, Confidence, Figure, Interval, Method, NotEstimable};
use super::groups::in_each_channel;
use super::proportions::poisson_exact;
use super::weights::MaybeWeighted;
use crate::research::numeric::distributions::{chi_square_upper, normal_two_sided};
use crate::research::numeric::sum;

/// A test's outcome.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Test {
    /// The statistic.
    pub statistic: f64,
    /// Degrees of freedom; 0 for a normal statistic.
    pub degrees: f64,
    /// Two-sided (normal) or upper-tail (chi-square) p value.
    pub p_value: f64,
    /// What a reader must be told beside it.
    pub cautions: &'static [Caution],
}

impl Test {
    pub(crate) fn chi_square(statistic: f64, degrees: f64) -> Self {
        Self { statistic, degrees, p_value: chi_square_upper(statistic, degrees), cautions: &[] }
    }

    pub(crate) fn normal(statistic: f64) -> Self {
        Self { statistic, degrees: 0.0, p_value: normal_two_sided(statistic), cautions: &[] }
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
}

/// E/O with exact Poisson bounds on the observed number, the expected one taken as fixed. Takes sampling weights.
///
/// Under weights the interval is made on the log scale from the linearized variance.
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
    let interval = if data.weights().is_some() {
        if observed == 0.0 {
            NotEstimable::because(Because::AtTheEnd { value: 0.0 })
        } else {
            let squares = sum(predicted
                .rows()
                .enumerate()
                .map(|(row, (y, p))| (weight(row) * (y - p)).powi(2)));
            let error = squares.sqrt() / observed;
            Ok(Interval::wald(value.ln(), error, confidence, Method::Log).map(f64::exp))
        }
    } else {
        let (lower, upper) = poisson_exact(observed as u64, confidence);
        Ok(Interval {
            lower: lower / expected,
            upper: upper / expected,
            confidence,
            method: Method::PoissonExact,
        })
    };
    let flipped =
        interval.clone().map(|i| Interval { lower: 1.0 / i.upper, upper: 1.0 / i.lower, ..i });
    Ok(ExpectedObserved {
        expected,
        observed,
        ratio: Figure::new(expected / observed, count, flipped),
        inverse: Figure::new(value, count, interval),
    })
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
    in_each_channel(data, channels, |own| expected_observed(own, confidence))
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
