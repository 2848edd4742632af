//! Calibration along the scale: bins, smooth curves, and the measures that depend on bins.

use serde::Serialize;

use super::calibration::Test;
use super::data::Predicted;
use super::figure::{Because, Caution, Confidence, Figure, Interval, NotEstimable};
use super::proportions::wilson;
use super::weights::MaybeWeighted;
use crate::research::numeric::{QuantileRule, quantile, sum};

/// How complaints are put into bins by their probability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bins {
    /// Bins of equal width: `min(floor(count × p), count - 1)`; empty ones are left out.
    EqualWidth(usize),
    /// Bins of equal size in order of probability, then row; the first ones take the remainder. May part equal
    /// probabilities, so rows must come in an order that means nothing.
    EqualCount(usize),
}

/// One bin of a calibration curve.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CalibrationBin {
    /// Complaints in the bin.
    pub count: usize,
    /// Complaints with the outcome.
    pub events: usize,
    /// Mean probability.
    pub predicted: f64,
    /// Observed share.
    pub observed: f64,
    /// Wilson's interval of the observed share.
    pub interval: Interval,
}

/// The calibration curve by bins, lowest probability first. Takes sampling weights.
///
/// Under weights means and shares are weighted, counts are of complaints as they are, and the interval is Wilson's with
/// the effective number of complaints (Kish 1965).
///
/// # Errors
/// [`Because::Empty`]; [`Because::Argument`] for no bins.
pub fn calibration_bins<'a>(
    given: impl MaybeWeighted<Data = Predicted<'a>>,
    bins: Bins,
    confidence: Confidence,
) -> Result<Vec<CalibrationBin>, NotEstimable> {
    let data = given.data();
    if data.is_empty() {
        return NotEstimable::because(Because::Empty);
    }
    let members = match bins {
        Bins::EqualWidth(0) | Bins::EqualCount(0) => {
            return NotEstimable::because(Because::Argument {
                argument: "bins",
                value: 0.0,
                range: "1 or more",
            });
        }
        Bins::EqualWidth(count) => {
            let mut members = vec![Vec::new(); count];
            for (row, p) in data.probabilities().iter().enumerate() {
                members[((count as f64 * p) as usize).min(count - 1)].push(row);
            }
            members
        }
        Bins::EqualCount(count) => {
            let mut order: Vec<usize> = (0..data.len()).collect();
            order.sort_by(|&a, &b| data.probabilities()[a].total_cmp(&data.probabilities()[b]));
            let (size, extra) = (data.len() / count, data.len() % count);
            let mut from = 0;
            (0..count)
                .map(|bin| {
                    let to = from + size + usize::from(bin < extra);
                    let rows = order[from..to].to_vec();
                    from = to;
                    rows
                })
                .collect()
        }
    };
    Ok(members
        .iter()
        .filter(|rows| !rows.is_empty())
        .map(|rows| bin(data, given.weights(), rows, confidence))
        .collect())
}

fn bin(
    data: Predicted<'_>,
    weights: Option<&[f64]>,
    rows: &[usize],
    confidence: Confidence,
) -> CalibrationBin {
    let count = rows.len();
    let weight = |row: usize| weights.map_or(1.0, |weights| weights[row]);
    let total = sum(rows.iter().map(|&row| weight(row)));
    let squares = sum(rows.iter().map(|&row| weight(row) * weight(row)));
    let with = || rows.iter().filter(|&&row| data.labels()[row]);
    let predicted = sum(rows.iter().map(|&row| weight(row) * data.probabilities()[row])) / total;
    let observed = sum(with().map(|&row| weight(row))) / total;
    let effective = total * total / squares;
    CalibrationBin {
        count,
        events: with().count(),
        predicted,
        observed,
        interval: wilson(observed * effective, effective, confidence),
    }
}

/// Expected and maximum calibration error over bins.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CalibrationError {
    /// Mean distance of observed share and mean probability, bins weighted by size (ECE).
    pub expected: Figure,
    /// The largest distance (MCE).
    pub maximum: Figure,
}

/// Expected and maximum calibration error.
///
/// Misleads: changes with the bins, and is too high in small samples even for perfect probabilities. Show the curve.
///
/// # Errors
/// As [`calibration_bins`].
pub fn calibration_error(
    data: Predicted<'_>,
    bins: Bins,
) -> Result<CalibrationError, NotEstimable> {
    let bins = calibration_bins(data, bins, Confidence::P95)?;
    let distance = |b: &CalibrationBin| (b.observed - b.predicted).abs();
    let expected = sum(bins.iter().map(|b| b.count as f64 * distance(b))) / data.len() as f64;
    let maximum = bins.iter().map(distance).fold(0.0, f64::max);
    let cautions = &[Caution::DependsOnBinning, Caution::BiasedUpwards];
    Ok(CalibrationError {
        expected: Figure::plain(expected, data.len()).with_cautions(cautions),
        maximum: Figure::plain(maximum, data.len()).with_cautions(cautions),
    })
}

/// The test of Hosmer and Lemeshow (1980) over groups cut at quantiles of the probability.
///
/// Cuts are quantiles by [`QuantileRule::Linear`], groups closed on the right; equal cuts are merged, and the degrees of
/// freedom are the number of groups left less 2. Misleads: misses large faults in small samples, rejects trifles in large
/// ones, and says neither where nor which way.
///
/// # Errors
/// [`Because::TooFew`] when fewer than three groups are left; [`Because::ZeroVariance`] when a group expects none or all.
pub fn hosmer_lemeshow(data: Predicted<'_>, groups: usize) -> Result<Test, NotEstimable> {
    let mut sorted = data.probabilities().to_vec();
    sorted.sort_by(f64::total_cmp);
    let mut cuts: Vec<f64> = (0..=groups)
        .filter_map(|at| quantile(&sorted, at as f64 / groups.max(1) as f64, QuantileRule::Linear))
        .collect();
    cuts.dedup();
    let found = cuts.len().saturating_sub(1);
    if found < 3 {
        return NotEstimable::because(Because::TooFew { what: "groups", found, needed: 3 });
    }
    let mut cells = vec![(0.0, crate::research::numeric::Sum::new(), 0.0); found];
    for (y, p) in data.rows() {
        let at = cuts.partition_point(|&cut| cut < p).saturating_sub(1).min(found - 1);
        cells[at].0 += y;
        cells[at].1.add(p);
        cells[at].2 += 1.0;
    }
    let mut statistic = 0.0;
    for (observed, expected, count) in cells {
        let expected: f64 = expected.value();
        if count == 0.0 {
            continue;
        }
        if expected <= 0.0 || expected >= count {
            return NotEstimable::because(Because::ZeroVariance {
                what: "a group's number of outcomes",
            });
        }
        let distance = observed - expected;
        statistic += distance * distance / expected + distance * distance / (count - expected);
    }
    let mut test = Test::chi_square(statistic, found as f64 - 2.0);
    test.cautions = &[Caution::TestOfFit, Caution::DependsOnBinning];
    Ok(test)
}

/// The observed share near each grid point, by local linear regression with tricube weights (Cleveland 1979).
///
/// `span` is the share of complaints in each neighbourhood (0.75 is usual), above 0 and at most 1. Values are cut to
/// `[0, 1]`. O(n) a grid point. R's `loess(degree = 1, surface = "direct")` before the cut. Takes sampling weights: they
/// multiply the tricube ones; neighbourhoods are counted in complaints.
///
/// # Errors
/// [`Because::Empty`]; [`Because::Argument`] for a span outside its range.
pub fn calibration_smooth<'a>(
    given: impl MaybeWeighted<Data = Predicted<'a>>,
    span: f64,
    grid: &[f64],
) -> Result<Vec<f64>, NotEstimable> {
    let data = given.data();
    if data.is_empty() {
        return NotEstimable::because(Because::Empty);
    }
    if !(span > 0.0 && span <= 1.0) {
        return NotEstimable::because(Because::Argument {
            argument: "span",
            value: span,
            range: "above 0 to 1",
        });
    }
    let near = ((data.len() as f64 * span) as usize).max(2).min(data.len());
    let mut distances = vec![0.0; data.len()];
    Ok(grid
        .iter()
        .map(|&at| {
            for (distance, p) in distances.iter_mut().zip(data.probabilities()) {
                *distance = (p - at).abs();
            }
            let mut copy = distances.clone();
            let (_, &mut reach, _) = copy.select_nth_unstable_by(near - 1, f64::total_cmp);
            local_line(data, given.weights(), &distances, reach, at).clamp(0.0, 1.0)
        })
        .collect())
}

fn local_line(
    data: Predicted<'_>,
    weights: Option<&[f64]>,
    distances: &[f64],
    reach: f64,
    at: f64,
) -> f64 {
    let sampled = |row: usize| weights.map_or(1.0, |weights| weights[row]);
    let near = |distance: f64| {
        if reach <= 0.0 {
            return if distance <= 0.0 { 1.0 } else { 0.0 };
        }
        let share = distance / reach;
        if share >= 1.0 { 0.0 } else { (1.0 - share * share * share).powi(3) }
    };
    let rows = || {
        let pairs = data.rows().zip(distances).enumerate();
        pairs.map(|(row, ((y, p), &distance))| (y, p, sampled(row), distance))
    };
    let mut totals = [0.0; 3];
    for (y, p, sampled, distance) in rows() {
        let w = sampled * near(distance);
        totals[0] += w;
        totals[1] += w * p;
        totals[2] += w * y;
    }
    // Everything in reach lies at its very edge: take the plain mean of those.
    if totals[0] <= 0.0 {
        let edge = rows().filter(|(.., distance)| *distance <= reach);
        let (count, total) = edge.fold((0.0, 0.0), |(n, t), (y, _, w, _)| (n + w, t + w * y));
        return total / count;
    }
    let (centre, level) = (totals[1] / totals[0], totals[2] / totals[0]);
    let (mut spread, mut cross) = (0.0, 0.0);
    for (y, p, sampled, distance) in rows() {
        let w = sampled * near(distance);
        spread += w * (p - centre) * (p - centre);
        cross += w * (p - centre) * (y - level);
    }
    if spread <= 1e-14 * totals[0] { level } else { level + cross / spread * (at - centre) }
}
