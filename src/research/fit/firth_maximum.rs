//! Whether a point where Firth's gradient vanishes is a maximum, and where to go on where it is not.
//!
//! The determinant may curve the penalised likelihood upward, so that in small samples a vanishing gradient can stand at a
//! saddle, or at the lower of two tops.

use linfa_linalg::eigh::EighInto;
use ndarray::Array2;

use super::FitError;
use super::ascent::{Ascent, Reached};
use super::firth_likelihood::PenalisedLikelihood;
use super::objective::{Held, Objective};
use super::progress::{Observer, unobserved};
use crate::research::numeric::Factor;

/// Saddles left before the search is given up.
const MOST_SADDLES: usize = 8;

/// The maximum that a climb from `reached` on comes to, with its curvature checked.
///
/// Where the data do not outweigh the penalty, climbs from perturbed points and from `others` are tried, too.
pub(super) fn certified(
    penalised: &PenalisedLikelihood<'_>,
    ascent: Ascent,
    free: &[usize],
    reached: Reached,
    others: &[Vec<f64>],
    observer: &mut Observer<'_>,
) -> Result<Reached, FitError> {
    let held = Held { objective: penalised, free, width: penalised.task.penalty.len() };
    if is_concave_by_bound(penalised, &held, &reached.theta) {
        return Ok(reached);
    }
    let mut best = leave_saddles(&held, ascent, reached, observer)?;
    let expansion = held.expand(&best.theta).ok_or_else(|| ascent.not_converged(0))?;
    let error = |at: usize| 1.0 / expansion.information[[at, at]].max(f64::MIN_POSITIVE).sqrt();
    let alternating = |side: f64| -> Vec<f64> {
        (0..free.len()).map(|at| side * error(at) * if at % 2 == 0 { 1.0 } else { -1.0 }).collect()
    };
    let starts = [alternating(2.0), alternating(-2.0)].into_iter().chain(others.iter().cloned());
    for start in starts {
        // A climb from elsewhere that fails says nothing against the top that there is.
        let Ok(found) = ascent.climb(&held, start, &mut unobserved) else { continue };
        if found.value > best.value + 1e-9 * best.value.abs().max(1.0) {
            best = leave_saddles(&held, ascent, found, observer)?;
        }
    }
    Ok(best)
}

/// Whether a lower bound of the curvature, made in one pass over the rows, is that of a maximum.
fn is_concave_by_bound(
    penalised: &PenalisedLikelihood<'_>,
    held: &Held<'_>,
    theta: &[f64],
) -> bool {
    let Ok(state) = penalised.state(&held.spread(theta)) else { return false };
    let bound = penalised.least_curvature(&state);
    let size = held.free.len();
    let part = Array2::from_shape_fn((size, size), |(j, k)| bound[[held.free[j], held.free[k]]]);
    Factor::new(&part, 1e-6).is_ok()
}

/// Climbs on from saddle points until the curvature is downward on all sides.
fn leave_saddles(
    held: &Held<'_>,
    ascent: Ascent,
    mut reached: Reached,
    observer: &mut Observer<'_>,
) -> Result<Reached, FitError> {
    for _ in 0..MOST_SADDLES {
        let stopped = || ascent.not_converged(reached.iterations);
        let curvature = curvature(held, &reached.theta).ok_or_else(stopped)?;
        if Factor::new(&curvature, 1e-7).is_ok() {
            return Ok(reached);
        }
        let (values, vectors) = curvature.clone().eigh_into().map_err(|_| stopped())?;
        let least = (0..values.len()).min_by(|a, b| values[*a].total_cmp(&values[*b]));
        let along = vectors.column(least.ok_or_else(stopped)?).to_vec();
        let before = reached.value;
        let mut next: Option<Reached> = None;
        for side in [1.0, -1.0] {
            let start: Vec<f64> =
                reached.theta.iter().zip(&along).map(|(t, v)| t + side * v).collect();
            if let Ok(found) = ascent.climb(held, start, observer)
                && next.as_ref().is_none_or(|next| found.value > next.value)
            {
                next = Some(found);
            }
        }
        reached = next.filter(|next| next.value > before).ok_or_else(stopped)?;
    }
    Err(ascent.not_converged(reached.iterations))
}

/// Minus the matrix of second derivatives, by central differences of the gradient.
fn curvature(held: &Held<'_>, theta: &[f64]) -> Option<Array2<f64>> {
    let size = theta.len();
    let center = held.expand(theta)?;
    let mut curvature = Array2::zeros((size, size));
    for j in 0..size {
        let step = 1e-4 / center.information[[j, j]].sqrt().max(1e-3);
        let gradient_at = |side: f64| {
            let mut moved = theta.to_vec();
            moved[j] += side * step;
            Some(held.expand(&moved)?.gradient)
        };
        let (above, below) = (gradient_at(1.0)?, gradient_at(-1.0)?);
        for k in 0..size {
            curvature[[j, k]] = (below[k] - above[k]) / (2.0 * step);
        }
    }
    let turned = curvature.t().to_owned();
    Some((curvature + turned) * 0.5)
}

/// The best value with all but the intercept held at 0, and where it is.
pub(super) fn without_columns(
    penalised: &PenalisedLikelihood<'_>,
    ascent: Ascent,
    lead: usize,
) -> Result<(f64, Vec<f64>), FitError> {
    let width = penalised.task.penalty.len();
    let zeros = vec![0.0; width];
    if lead == 0 {
        let value = penalised.value(&zeros).ok_or_else(|| ascent.not_converged(0))?;
        return Ok((value, zeros));
    }
    let held = Held { objective: penalised, free: &[0], width };
    let reached = ascent.climb(&held, vec![0.0], &mut unobserved)?;
    Ok((reached.value, held.spread(&reached.theta)))
}
