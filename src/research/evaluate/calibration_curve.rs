//! Calibration along the scale: bins, smooth curves, and the measures that depend on bins.

use serde::Serialize;

use super::calibration::Test;
use super::data::Predicted;
use super::figure::{Because, Caution, Confidence, Figure, Interval, NotEstimable, parts};
use super::proportions::wilson;
use super::weights::MaybeWeighted;
use crate::research::numeric::{QuantileRule, Sum, quantile, sum};

/// How complaints are put into bins by their probability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Bins {
    /// Bins of equal width: `min(floor(count × p), count - 1)`; empty ones are left out.
    EqualWidth(usize),
    /// Bins of equal size in order of probability; the first ones take the remainder. Equal probabilities stay together,
    /// in the bin of their middle one, so that the order of rows means nothing; bins that are left empty are left out.
    EqualCount(usize),
}

/// One bin of a calibration curve.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CalibrationBin {
    /// Complaints in the bin, as they are.
    pub count: usize,
    /// Complaints with the outcome, as they are.
    pub events: usize,
    /// What the complaints of the bin stand for: their weights added up, their count without weights.
    pub weight: f64,
    /// What those with the outcome stand for; `observed` is this over `weight`.
    pub event_weight: f64,
    /// Mean probability (weighted).
    pub predicted: f64,
    /// Observed share (weighted).
    pub observed: f64,
    /// Wilson's interval of the observed share.
    pub interval: Interval,
}

/// The calibration curve by bins, lowest probability first. Takes sampling weights.
///
/// Under weights means, shares and what a bin stands for are weighted, counts are of complaints as they are, and the
/// interval is Wilson's with the effective number of complaints (Kish 1965).
///
/// # Errors
/// [`Because::Empty`]; [`Because::Argument`] for no bins or more than [`MOST_PARTS`](super::MOST_PARTS).
pub fn calibration_bins<'a>(
    given: impl MaybeWeighted<Data = Predicted<'a>>,
    bins: Bins,
    confidence: Confidence,
) -> Result<Vec<CalibrationBin>, NotEstimable> {
    let data = given.data();
    if data.is_empty() {
        return NotEstimable::because(Because::Empty);
    }
    let (Bins::EqualWidth(count) | Bins::EqualCount(count)) = bins;
    parts("bins", 1, count)?;
    let members = match bins {
        Bins::EqualWidth(count) => {
            let mut members = vec![Vec::new(); count];
            for (row, p) in data.probabilities().iter().enumerate() {
                members[((count as f64 * p) as usize).min(count - 1)].push(row);
            }
            members
        }
        Bins::EqualCount(count) => {
            let mut order: Vec<usize> = (0..data.len()).collect();
            let mut members = vec![Vec::new(); count];
            order.sort_by(|&a, &b| data.probabilities()[a].total_cmp(&data.probabilities()[b]));
            let p = |at: usize| data.probabilities()[order[at]];
            let (size, extra) = (data.len() / count, data.len() % count);
            let bin_of = |at: usize| {
                let large = extra * (size + 1);
                if at < large { at / (size + 1) } else { extra + (at - large) / size.max(1) }
            };
            let mut from = 0;
            while from < order.len() {
                let mut to = from + 1;
                while to < order.len() && p(to) == p(from) {
                    to += 1;
                }
                members[bin_of((from + to - 1) / 2)].extend_from_slice(&order[from..to]);
                from = to;
            }
            members
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
        weight: total,
        event_weight: sum(with().map(|&row| weight(row))),
        predicted,
        observed,
        interval: wilson(observed * effective, effective, confidence).around(observed),
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

/// One group of the test of Hosmer and Lemeshow.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HosmerLemeshowGroup {
    /// Probabilities in it lie above this one (at or above, in the first group).
    pub from: f64,
    /// And at or below this one.
    pub to: f64,
    /// Complaints.
    pub count: usize,
    /// Those with the outcome.
    pub events: usize,
    /// How many of those were expected.
    pub expected: f64,
    /// What the group adds to the statistic.
    pub part: f64,
}

/// The test of Hosmer and Lemeshow with the groups behind it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HosmerLemeshow {
    /// The test.
    pub test: Test,
    /// The groups that hold somebody, lowest probabilities first.
    pub groups: Vec<HosmerLemeshowGroup>,
}

/// The test of Hosmer and Lemeshow (1980) over groups cut at quantiles of the probability.
///
/// Cuts are quantiles by [`QuantileRule::Linear`], groups closed on the right. Equal cuts are merged, groups that hold
/// nobody are left out, and the degrees of freedom are the number of groups left less 2. Misleads: misses large faults in
/// small samples, rejects trifles in large ones, and says neither where nor which way: look at the groups.
///
/// # Errors
/// [`Because::TooFew`] when fewer than three groups are left; [`Because::ZeroVariance`] when a group expects none or all;
/// [`Because::Argument`] for fewer than three groups asked for, or more than [`MOST_PARTS`](super::MOST_PARTS).
///
/// ```
/// use caserank::research::evaluate::{Predicted, hosmer_lemeshow};
/// // Three levels of probability fill three groups, whatever number is asked for.
/// let p: Vec<f64> = (0..60).map(|row| [0.2, 0.4, 0.7][row % 3]).collect();
/// let labels: Vec<bool> = (0..60).map(|row| row % 7 < 3).collect();
/// let found = hosmer_lemeshow(Predicted::new(&labels, &p)?, 6)?;
/// assert_eq!((found.groups.len(), found.test.degrees), (3, 1.0));
/// # Ok::<(), caserank::research::evaluate::EvaluateError>(())
/// ```
pub fn hosmer_lemeshow(data: Predicted<'_>, groups: usize) -> Result<HosmerLemeshow, NotEstimable> {
    parts("groups", 3, groups)?;
    let mut sorted = data.probabilities().to_vec();
    sorted.sort_by(f64::total_cmp);
    let mut cuts: Vec<f64> = (0..=groups)
        .filter_map(|at| quantile(&sorted, at as f64 / groups.max(1) as f64, QuantileRule::Linear))
        .collect();
    cuts.dedup();
    let spans = cuts.len().saturating_sub(1);
    let mut cells = vec![(0_usize, 0_usize, Sum::new()); spans];
    for (y, p) in data.rows().take(if spans == 0 { 0 } else { data.len() }) {
        let at = cuts.partition_point(|&cut| cut < p).saturating_sub(1).min(spans - 1);
        cells[at].0 += 1;
        cells[at].1 += usize::from(y > 0.5);
        cells[at].2.add(p);
    }
    let mut found = Vec::new();
    for (at, (count, events, expected)) in cells.into_iter().enumerate() {
        if count == 0 {
            continue;
        }
        let (all, expected) = (count as f64, expected.value());
        if expected <= 0.0 || expected >= all {
            return NotEstimable::because(Because::ZeroVariance {
                what: "a group's number of outcomes",
            });
        }
        let distance = events as f64 - expected;
        let part = distance * distance / expected + distance * distance / (all - expected);
        let (from, to) = (cuts[at], cuts[at + 1]);
        found.push(HosmerLemeshowGroup { from, to, count, events, expected, part });
    }
    if found.len() < 3 {
        let holding = found.len().max(usize::from(!data.is_empty()));
        let what = "groups that hold somebody";
        return NotEstimable::because(Because::TooFew { what, found: holding, needed: 3 });
    }
    let statistic = sum(found.iter().map(|group| group.part));
    let mut test = Test::chi_square(statistic, found.len() as f64 - 2.0);
    test.cautions = &[Caution::TestOfFit, Caution::DependsOnBinning];
    Ok(HosmerLemeshow { test, groups: found })
}

/// The observed share near each grid point, by local linear regression with tricube weights (Cleveland 1979).
///
/// `span` is the share of complaints in each neighbourhood (0.75 is usual), above 0 and at most 1. Values are cut to
/// `[0, 1]`. O(n) a grid point. R's `loess(degree = 1, surface = "direct")` before the cut. Takes sampling weights: they
/// multiply the tricube ones; neighbourhoods are counted in complaints.
///
/// # Errors
/// [`Because::Empty`]; [`Because::Argument`] for a span or a grid point outside its range (grid points are probabilities).
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
    if let Some(&value) = grid.iter().find(|at| !(0.0..=1.0).contains(*at)) {
        let (argument, range) = ("a grid point", "0 to 1");
        return NotEstimable::because(Because::Argument { argument, value, range });
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
