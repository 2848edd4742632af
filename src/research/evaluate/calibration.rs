//! Do probabilities mean what they say on the whole, and channel by channel.

use serde::Serialize;

use super::clustering::Clustering;
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
    /// The number of unweighted complaints that the observed share is as sure as; their count without weights. Where
    /// it is above the number of complaints the ratios carry [`Caution::SurerThanItsRows`].
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
    expected_and_observed(data.data(), data.weights(), None, confidence)
}

/// As [`expected_observed`], with the effective number of complaints from the variance between clusters (subjects). Takes
/// sampling weights. O(n log n).
///
/// Never surer than [`expected_observed`], whatever clusters happen to make up for. Below 40 clusters the figures carry
/// [`Caution::FewClusters`].
///
/// # Errors
/// As [`expected_observed`]; [`InputError::Length`](super::InputError::Length) without one cluster a complaint,
/// [`Because::TooFew`] below two clusters.
pub fn expected_observed_clustered<'a, K: Ord + Clone>(
    data: impl MaybeWeighted<Data = Predicted<'a>>,
    clusters: &[K],
    confidence: Confidence,
) -> Result<ExpectedObserved, EvaluateError> {
    let clusters = Clustering::of(clusters, data.data().len())?;
    Ok(expected_and_observed(data.data(), data.weights(), Some(&clusters), confidence)?)
}

fn expected_and_observed(
    predicted: Predicted<'_>,
    weights: Option<&[f64]>,
    clusters: Option<&Clustering>,
    confidence: Confidence,
) -> Result<ExpectedObserved, NotEstimable> {
    let count = predicted.len();
    if count == 0 {
        return NotEstimable::because(Because::Empty);
    }
    let weight = |row: usize| weights.map_or(1.0, |w| w[row]);
    let expected = sum(predicted.rows().enumerate().map(|(row, (_, p))| weight(row) * p));
    let observed = sum(predicted.rows().enumerate().map(|(row, (y, _))| weight(row) * y));
    if expected <= 0.0 {
        return NotEstimable::because(Because::ZeroDenominator {
            denominator: "the expected number",
        });
    }
    let effective = EffectiveShare::of(predicted.labels(), weights, clusters)?;
    let total = observed / effective.share.max(f64::MIN_POSITIVE);
    let total = if observed > 0.0 { total } else { sum((0..count).map(weight)) };
    Ok(ExpectedObserved::of(expected, observed, total, &effective, confidence))
}

impl ExpectedObserved {
    /// From counts: so many expected and found among so many complaints, of which one at least.
    pub(crate) fn of_counts(
        expected: f64,
        found: u64,
        complaints: u64,
        confidence: Confidence,
    ) -> Result<Self, NotEstimable> {
        if expected <= 0.0 {
            let denominator = "the expected number";
            return NotEstimable::because(Because::ZeroDenominator { denominator });
        }
        let (found, count) = (found as f64, complaints as f64);
        let rows = complaints as usize;
        let share = EffectiveShare { share: found / count, count, rows, is_few: false };
        Ok(Self::of(expected, found, count, &share, confidence))
    }

    fn of(
        expected: f64,
        observed: f64,
        total: f64,
        effective: &EffectiveShare,
        confidence: Confidence,
    ) -> Self {
        let value = observed / expected;
        let (x, n) = (effective.events(), effective.count);
        let interval = clopper_pearson(x, n, confidence).map(|share| share * total / expected);
        let flipped =
            Interval { lower: 1.0 / interval.upper, upper: 1.0 / interval.lower, ..interval };
        // On the scale of the ratio; none where nothing or everything was observed.
        let error = ((1.0 - effective.share) / x).sqrt();
        let (below, above) = binomial_tails(x, n, (expected / total).min(1.0));
        let figure = |value: f64, interval| {
            Figure::new(value, effective.rows, Ok(interval))
                .with_range(0.0, f64::INFINITY)
                .with_error(value * error)
                .with_cautions(effective.cautions())
        };
        Self {
            expected,
            observed,
            ratio: figure(expected / observed, flipped),
            inverse: figure(value, interval),
            p_value: p_value((2.0 * below.min(above)).min(1.0)),
            effective_count: n,
        }
    }
}

/// A share under sampling weights or by clusters, and how many unweighted complaints would be as sure of it.
pub(crate) struct EffectiveShare {
    pub(crate) share: f64,
    pub(crate) count: f64,
    /// Complaints as they are.
    pub(crate) rows: usize,
    /// Whether it rests on few clusters.
    is_few: bool,
}

impl EffectiveShare {
    /// From the linearized variance of the share (Korn and Graubard 1998); at 0 and 1, where that is 0, Kish's number.
    /// With clusters the lesser of the number by clusters and by rows.
    pub(crate) fn of(
        labels: &[bool],
        weights: Option<&[f64]>,
        clusters: Option<&Clustering>,
    ) -> Result<Self, NotEstimable> {
        let rows = labels.len();
        let weight = |row: usize| weights.map_or(1.0, |weights| weights[row]);
        let total = sum((0..rows).map(weight));
        let with = sum((0..rows).filter(|&row| labels[row]).map(weight));
        let share = (with / total).min(1.0);
        let residual =
            |row: usize| weight(row) / total * (if labels[row] { 1.0 - share } else { -share });
        // The effective number of units that add these parts to the share, and these to its weight.
        let effective = |parts: f64, weights: f64| {
            if parts > 0.0 { share * (1.0 - share) / parts } else { 1.0 / weights }
        };
        let square = |value: f64| value * value;
        let mut count = match weights {
            None => rows as f64,
            Some(_) => effective(
                sum((0..rows).map(|row| square(residual(row)))),
                sum((0..rows).map(|row| square(weight(row) / total))),
            ),
        };
        if let Some(clusters) = clusters {
            let (what, found) = ("clusters", clusters.count());
            if found < 2 {
                return NotEstimable::because(Because::TooFew { what, found, needed: 2 });
            }
            let squares = |values: Vec<f64>| sum(values.into_iter().map(square));
            let parts = squares(clusters.sums((0..rows).map(residual)));
            let held = squares(clusters.sums((0..rows).map(|row| weight(row) / total)));
            count = count.min(effective(parts * clusters.share_correction(), held));
        }
        Ok(Self { share, count, rows, is_few: clusters.is_some_and(Clustering::is_few) })
    }

    pub(crate) fn events(&self) -> f64 {
        self.share * self.count
    }

    /// What a reader must be told of a figure that rests on it.
    pub(crate) fn cautions(&self) -> &'static [Caution] {
        match (is_surer(self.count, self.rows), self.is_few) {
            (false, false) => &[],
            (true, false) => &[Caution::SurerThanItsRows],
            (false, true) => &[Caution::FewClusters],
            (true, true) => &[Caution::SurerThanItsRows, Caution::FewClusters],
        }
    }
}

/// Whether an effective number is above the number of complaints, but for rounding.
pub(crate) fn is_surer(effective: f64, rows: usize) -> bool {
    effective > rows as f64 * (1.0 + 1e-9)
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
