//! Has the stream changed: population stability, distance of distributions, unknown answers.

use serde::Serialize;

use super::data::{EvaluateError, InputError, Score, same_length};
use super::figure::{Because, Caution, Confidence, Figure, NotEstimable, parts};
use super::operating::countable;
use super::proportions::share_difference;
use super::ties::merge_keys;
use crate::research::numeric::{QuantileRule, quantile, sum};

/// The population stability index of two lists of counts over the same bins.
///
/// `sum (new - old) ln(new / old)` over shares, each share at least `floor` (1e-4 is usual), so that an empty bin counts
/// without being infinite. The usual limits, 0.1 and 0.25, are conventions: a small sample passes them by
/// chance, so resample before acting on one.
///
/// # Errors
/// Input faults; [`Because::Empty`] when a side has no complaints; [`Because::Argument`] for a floor that is not above 0, and
/// for counts beyond 2^53.
pub fn psi_of_counts(
    reference: &[u64],
    recent: &[u64],
    floor: f64,
) -> Result<Figure, EvaluateError> {
    same_length("recent counts", recent.len(), reference.len())?;
    if !(floor > 0.0 && floor < 1.0) {
        let because =
            Because::Argument { argument: "floor", value: floor, range: "above 0 to below 1" };
        return Err(NotEstimable { because }.into());
    }
    countable("the old counts together", reference)?;
    countable("the recent counts together", recent)?;
    let totals = (reference.iter().sum::<u64>(), recent.iter().sum::<u64>());
    if totals.0 == 0 || totals.1 == 0 {
        return Err(NotEstimable { because: Because::Empty }.into());
    }
    let value = sum(reference.iter().zip(recent).map(|(&a, &b)| {
        let old = (a as f64 / totals.0 as f64).max(floor);
        let new = (b as f64 / totals.1 as f64).max(floor);
        (new - old) * (new / old).ln()
    }));
    let count = (totals.0 + totals.1) as usize;
    Ok(Figure::plain(value, count).with_cautions(&[Caution::DependsOnBinning]))
}

/// A population stability index with the bins behind it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct StabilityIndex {
    /// The index.
    pub figure: Figure,
    /// Where bins are cut, ascending: the first bin holds scores at or below the first cut, the last those above the last.
    pub cuts: Vec<f64>,
    /// Share of the old scores in each bin, one more than cuts.
    pub reference: Vec<f64>,
    /// Share of the recent scores in each bin.
    pub recent: Vec<f64>,
}

/// The population stability index of scores over bins cut at the reference's quantiles.
///
/// Cuts by [`QuantileRule::Linear`], equal ones merged; bins closed on the right, the outer two open-ended. Where all old
/// scores of an outer bin are one value, scores beyond it get a bin of their own: else a stream that left a common lowest
/// score downwards, or a constant one in either direction, would count as unchanged.
///
/// # Errors
/// Input faults; as [`psi_of_counts`]; [`Because::Argument`] for fewer than two bins or more than
/// [`MOST_PARTS`](super::MOST_PARTS).
///
/// ```
/// use caserank::research::evaluate::psi;
/// let drift = psi(&[0.5; 40], &[0.2; 40], 10, 1e-4)?;
/// assert!(drift.figure.value > 1.0 && drift.recent[0] == 1.0);
/// # Ok::<(), caserank::research::evaluate::EvaluateError>(())
/// ```
pub fn psi(
    reference: &[f64],
    recent: &[f64],
    bins: usize,
    floor: f64,
) -> Result<StabilityIndex, EvaluateError> {
    for values in [reference, recent] {
        if let Some(row) = values.iter().position(|value| !value.is_finite()) {
            return Err(InputError::Score { row, value: values[row] }.into());
        }
    }
    parts("bins", 2, bins)?;
    let mut sorted = reference.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mut cuts: Vec<f64> = (1..bins)
        .filter_map(|at| quantile(&sorted, at as f64 / bins as f64, QuantileRule::Linear))
        .collect();
    cuts.dedup();
    if let (Some(&lowest), Some(&highest)) = (sorted.first(), sorted.last()) {
        // The old scores of an outer bin are all one value: what lies beyond it is a bin of its own.
        let first = sorted.partition_point(|&value| value <= cuts[0]);
        if sorted[first.saturating_sub(1)] == lowest {
            cuts.insert(0, lowest.next_down());
        }
        let last = sorted.partition_point(|&value| value <= cuts[cuts.len() - 1]);
        if sorted.get(last).is_none_or(|&value| value == highest) && cuts[cuts.len() - 1] < highest
        {
            cuts.push(highest);
        }
    }
    let counts = |values: &[f64]| {
        let mut counts = vec![0_u64; cuts.len() + 1];
        for &value in values {
            counts[cuts.partition_point(|&cut| cut < value)] += 1;
        }
        counts
    };
    let (old, new) = (counts(reference), counts(recent));
    let figure = psi_of_counts(&old, &new, floor)?;
    let shares = |counts: &[u64], all: usize| -> Vec<f64> {
        counts.iter().map(|&count| count as f64 / all as f64).collect()
    };
    let (old, new) = (shares(&old, reference.len()), shares(&new, recent.len()));
    Ok(StabilityIndex { figure, cuts, reference: old, recent: new })
}

/// The largest distance between the distributions of two samples (Kolmogorov and Smirnov). Interval by the bootstrap.
///
/// # Errors
/// Input faults; [`Because::Empty`].
pub fn ks_distance<S: Score>(reference: &[S], recent: &[S]) -> Result<Figure, EvaluateError> {
    let mut keys = [Vec::with_capacity(reference.len()), Vec::with_capacity(recent.len())];
    for (values, keys) in [reference, recent].into_iter().zip(&mut keys) {
        for (row, value) in values.iter().enumerate() {
            if !value.value().is_finite() {
                return Err(InputError::Score { row, value: value.value() }.into());
            }
            keys.push(value.key());
        }
        keys.sort_unstable();
    }
    let [a, b] = keys;
    if a.is_empty() || b.is_empty() {
        return Err(NotEstimable { because: Because::Empty }.into());
    }
    let (mut from_a, mut from_b, mut distance) = (0, 0, 0.0_f64);
    merge_keys(&a, &b, |p, q| {
        from_a += p;
        from_b += q;
        distance =
            distance.max((from_a as f64 / a.len() as f64 - from_b as f64 / b.len() as f64).abs());
    });
    Ok(Figure::plain(distance, a.len() + b.len()))
}

/// The change in the share of unknown answers, recent less reference, with Newcombe's interval.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct UnknownDrift {
    /// Share unknown before.
    pub reference: f64,
    /// Share unknown now.
    pub recent: f64,
    /// The change.
    pub change: Figure,
}

/// Compares the share of unknown answers, each side `(unknown, complaints)`.
///
/// # Errors
/// [`Because::ZeroDenominator`] for a side without complaints; [`Because::Argument`] for more unknown than complaints.
pub fn unknown_drift(
    reference: (u64, u64),
    recent: (u64, u64),
    confidence: Confidence,
) -> Result<UnknownDrift, NotEstimable> {
    let change = share_difference(recent, reference, confidence)?;
    Ok(UnknownDrift {
        reference: reference.0 as f64 / reference.1 as f64,
        recent: recent.0 as f64 / recent.1 as f64,
        change,
    })
}
