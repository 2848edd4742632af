//! How far a smooth calibration curve lies from the line where probabilities are right.

use serde::Serialize;

use super::calibration_curve::calibration_smooth;
use super::data::Predicted;
use super::figure::{Caution, Figure, NotEstimable};
use super::weights::MaybeWeighted;
use crate::research::numeric::{QuantileRule, quantile, sum};

/// The most points at which the curve is computed; between them it is read by straight lines.
const MOST_POINTS: usize = 1_000;

/// Distances of the smooth calibration curve from the probabilities (Austin and Steyerberg 2019); 0 is right.
///
/// Values without intervals: resample with [`Bootstrap`](super::resample::Bootstrap), the whole curve anew each time.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CalibrationIndex {
    /// The mean distance over complaints (ICI).
    pub mean: Figure,
    /// The median distance (E50).
    pub median: Figure,
    /// The 90th percentile of the distances (E90).
    pub ninetieth: Figure,
    /// The largest distance (Emax).
    pub largest: Figure,
}

/// ICI, E50, E90 and Emax by local linear regression over a `span` of complaints (0.75 is usual). Takes sampling weights.
///
/// The curve is that of [`calibration_smooth`], computed at every distinct probability, or at 1,000 of them, evenly spread
/// by rank, where there are more. O(1,000 n).
///
/// # Errors
/// As [`calibration_smooth`].
///
/// ```
/// use caserank::research::evaluate::{Predicted, calibration_index};
/// let labels = [true, true, false, true, false, false, false, false];
/// let p = [0.9, 0.7, 0.6, 0.4, 0.4, 0.2, 0.2, 0.1];
/// let index = calibration_index(Predicted::new(&labels, &p)?, 0.75)?;
/// assert!(index.median.value <= index.ninetieth.value && index.ninetieth.value <= index.largest.value);
/// # Ok::<(), caserank::research::evaluate::EvaluateError>(())
/// ```
pub fn calibration_index<'a>(
    given: impl MaybeWeighted<Data = Predicted<'a>>,
    span: f64,
) -> Result<CalibrationIndex, NotEstimable> {
    let data = given.data();
    let mut grid = data.probabilities().to_vec();
    grid.sort_by(f64::total_cmp);
    grid.dedup();
    if grid.len() > MOST_POINTS {
        let last = grid.len() - 1;
        let spread = (0..MOST_POINTS).map(|at| grid[at * last / (MOST_POINTS - 1)]);
        grid = spread.collect();
    }
    let curve = calibration_smooth(given, span, &grid)?;
    let read = |p: f64| {
        let after = grid.partition_point(|&at| at < p).min(grid.len() - 1);
        if after == 0 || grid[after] == p {
            return curve[after];
        }
        let (x0, x1) = (grid[after - 1], grid[after]);
        curve[after - 1] + (curve[after] - curve[after - 1]) * ((p - x0) / (x1 - x0))
    };
    let weight = |row: usize| given.weights().map_or(1.0, |weights| weights[row]);
    let gaps: Vec<f64> = data.probabilities().iter().map(|&p| (read(p) - p).abs()).collect();
    let total = sum((0..gaps.len()).map(weight));
    let mean = sum(gaps.iter().enumerate().map(|(row, gap)| weight(row) * gap)) / total;
    let quantile_of = |share: f64| match given.weights() {
        None => {
            let mut sorted = gaps.clone();
            sorted.sort_by(f64::total_cmp);
            quantile(&sorted, share, QuantileRule::Linear).unwrap_or(f64::NAN)
        }
        Some(weights) => weighted_quantile(&gaps, weights, share * total),
    };
    let cautions: &[Caution] = &[Caution::BiasedUpwards];
    let figure = |value: f64| Figure::plain(value, data.len()).with_cautions(cautions);
    Ok(CalibrationIndex {
        mean: figure(mean),
        median: figure(quantile_of(0.5)),
        ninetieth: figure(quantile_of(0.9)),
        largest: figure(gaps.iter().copied().fold(0.0, f64::max)),
    })
}

/// The smallest value at or below which this much weight lies.
fn weighted_quantile(values: &[f64], weights: &[f64], weight: f64) -> f64 {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut below = 0.0;
    for &row in &order {
        below += weights[row];
        if below >= weight {
            return values[row];
        }
    }
    order.last().map_or(f64::NAN, |&row| values[row])
}
