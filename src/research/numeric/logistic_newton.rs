//! Newton's method with step control for a penalised binomial log-likelihood.

use std::ops::ControlFlow;

use ndarray::Array2;

use super::logistic_algebra::Factor;
use super::logistic_design::{Design, Scaling};
use super::logistic_error::LogisticError;
use super::{NewtonOptions, NewtonProgress};
use crate::base::{in_order, parts};

/// A pivot below this share of its diagonal entry is a repeated column.
const PIVOT_LIMIT: f64 = 1e-13;
/// Where rounding stops further progress, this distance (in standard errors) still counts as converged.
const ROUNDING_FLOOR: f64 = 1e-6;
/// The information is reused while a step shrinks the distance at least this much.
const GOOD_CONTRACTION: f64 = 0.1;

/// Everything but the design: one entry a row, or one a coefficient for `penalty`.
pub(crate) struct Task<'a> {
    pub(crate) labels: &'a [f64],
    pub(crate) weights: Option<&'a [f64]>,
    pub(crate) offset: Option<&'a [f64]>,
    /// Penalty on each standardised coefficient: half of it times the square.
    pub(crate) penalty: Vec<f64>,
}

/// State at one point.
#[derive(Debug, Clone, Default)]
pub(crate) struct Point {
    pub(crate) linear: Vec<f64>,
    pub(crate) residual: Vec<f64>,
    pub(crate) curvature: Vec<f64>,
    pub(crate) log_likelihood: f64,
}

/// Where the iterations ended, on the standardised scale.
#[derive(Debug)]
pub(crate) struct Optimum {
    pub(crate) coefficients: Vec<f64>,
    pub(crate) point: Point,
    pub(crate) gradient: Vec<f64>,
    pub(crate) information: Array2<f64>,
    pub(crate) factor: Factor,
    pub(crate) decrement: f64,
    pub(crate) iterations: usize,
}

/// Linear predictor, residuals, curvature and log-likelihood at these coefficients.
pub(crate) fn evaluate(
    design: &dyn Design,
    scaling: &Scaling,
    task: &Task<'_>,
    coefficients: &[f64],
) -> Point {
    let mut point = Point::default();
    point.evaluate(design, scaling, task, coefficients);
    point
}

impl Point {
    /// As [`evaluate`], into memory that is there already.
    fn evaluate(
        &mut self,
        design: &dyn Design,
        scaling: &Scaling,
        task: &Task<'_>,
        coefficients: &[f64],
    ) {
        let rows = design.rows();
        for column in [&mut self.linear, &mut self.residual, &mut self.curvature] {
            column.resize(rows, 0.0);
        }
        design.linear(scaling, coefficients, &mut self.linear);
        let mut items = Vec::new();
        let (mut l, mut r, mut c) =
            (&mut self.linear[..], &mut self.residual[..], &mut self.curvature[..]);
        for range in parts(rows) {
            let (l_head, l_tail) = l.split_at_mut(range.len());
            let (r_head, r_tail) = r.split_at_mut(range.len());
            let (c_head, c_tail) = c.split_at_mut(range.len());
            items.push((range, l_head, r_head, c_head));
            (l, r, c) = (l_tail, r_tail, c_tail);
        }
        let sums = in_order(items, |(range, linear, residual, curvature): Part<'_>| {
            if let Some(offset) = task.offset {
                for (eta, offset) in linear.iter_mut().zip(&offset[range.clone()]) {
                    *eta += offset;
                }
            }
            let labels = &task.labels[range.clone()];
            match task.weights {
                None => plain_part(labels, linear, residual, curvature),
                Some(weights) => {
                    weighted_part(labels, &weights[range], linear, residual, curvature)
                }
            }
        });
        self.log_likelihood = sums.into_iter().sum();
    }
}

type Part<'a> = (std::ops::Range<usize>, &'a mut [f64], &'a mut [f64], &'a mut [f64]);

/// Residual, curvature and the loss at one row: `loss = ln(1 + small) + rest`.
#[inline]
fn at_row(eta: f64, label: f64) -> (f64, f64, f64, f64) {
    let small = (-eta.abs()).exp();
    let share = 1.0 / (1.0 + small);
    let tail = small * share;
    let positive = eta >= 0.0;
    let (probability, complement) = if positive { (share, tail) } else { (tail, share) };
    // `label - probability` without cancellation when the label is 0 or 1.
    let residual = label * complement - (1.0 - label) * probability;
    let rest = if positive { (1.0 - label) * eta } else { -label * eta };
    (residual, tail * share, small, rest)
}

fn plain_part(labels: &[f64], linear: &[f64], residual: &mut [f64], curvature: &mut [f64]) -> f64 {
    const TOGETHER: usize = 32;
    let mut loss = 0.0;
    let groups = labels.chunks(TOGETHER).zip(linear.chunks(TOGETHER));
    for ((labels, linear), (residual, curvature)) in
        groups.zip(residual.chunks_mut(TOGETHER).zip(curvature.chunks_mut(TOGETHER)))
    {
        // One logarithm of a product (at most 2^32) for many rows.
        let mut product = 1.0;
        for (((label, eta), r), c) in labels.iter().zip(linear).zip(residual).zip(curvature) {
            let (score, weight, small, rest) = at_row(*eta, *label);
            *r = score;
            *c = weight;
            product *= 1.0 + small;
            loss += rest;
        }
        loss += product.ln();
    }
    -loss
}

fn weighted_part(
    labels: &[f64],
    weights: &[f64],
    linear: &[f64],
    residual: &mut [f64],
    curvature: &mut [f64],
) -> f64 {
    let mut loss = 0.0;
    for ((((label, eta), w), r), c) in
        labels.iter().zip(linear).zip(weights).zip(residual).zip(curvature)
    {
        let (score, weight, small, rest) = at_row(*eta, *label);
        *r = w * score;
        *c = w * weight;
        loss += w * (small.ln_1p() + rest);
    }
    -loss
}

/// Iterates to the optimum, or says why there is none.
pub(crate) fn maximise(
    design: &dyn Design,
    scaling: &Scaling,
    task: &Task<'_>,
    start: Vec<f64>,
    options: &NewtonOptions,
    observer: &mut dyn FnMut(&NewtonProgress) -> ControlFlow<()>,
) -> Result<Optimum, LogisticError> {
    let width = design.width();
    let mut coefficients = start;
    let mut point = evaluate(design, scaling, task, &coefficients);
    let mut spare = Point::default();
    let mut information: Option<(Array2<f64>, Factor)> = None;
    let mut fresh = false;
    let mut previous = f64::INFINITY;
    let mut iterations = 0;
    loop {
        let mut gradient = design.gradient(scaling, &point.residual);
        for ((g, penalty), theta) in gradient.iter_mut().zip(&task.penalty).zip(&coefficients) {
            *g -= penalty * theta;
        }
        let decrement_of = |factor: &Factor| {
            let step = factor.solve(&gradient);
            let square: f64 = step.iter().zip(&gradient).map(|(s, g)| s * g).sum();
            (step, square.max(0.0).sqrt())
        };
        let mut step = None;
        if let Some((_, factor)) = &information {
            let (direction, decrement) = decrement_of(factor);
            if decrement <= GOOD_CONTRACTION * previous && decrement > options.tolerance {
                step = Some((direction, decrement));
                fresh = false;
            }
        }
        let (direction, decrement) = match step {
            Some(step) => step,
            None => {
                let raw = design.information(scaling, &point.curvature);
                let mut penalised = raw.clone();
                for j in 0..width {
                    penalised[[j, j]] += task.penalty[j];
                }
                let factor = match Factor::new(&penalised, PIVOT_LIMIT) {
                    Ok(factor) => factor,
                    Err(small) => {
                        return Err(singular(
                            design,
                            scaling,
                            task,
                            &point,
                            &coefficients,
                            small.place,
                            small.pivot,
                        ));
                    }
                };
                let result = decrement_of(&factor);
                information = Some((raw, factor));
                fresh = true;
                result
            }
        };
        let progress = NewtonProgress {
            iteration: iterations,
            log_likelihood: point.log_likelihood,
            decrement,
        };
        if observer(&progress).is_break() {
            return Err(LogisticError::Cancelled { iterations });
        }
        let stalled = fresh && decrement <= ROUNDING_FLOOR && decrement > 0.5 * previous;
        // A slow fall to a small distance is also how separated data end: ask before settling.
        if stalled && let Some(separated) = separation(design, scaling, task, &direction, 1e-5) {
            return Err(separated);
        }
        if fresh && (decrement <= options.tolerance || stalled) {
            if let Some((information, factor)) = information {
                return Ok(Optimum {
                    coefficients,
                    point,
                    gradient,
                    information,
                    factor,
                    decrement,
                    iterations,
                });
            }
            return Err(LogisticError::NotConverged {
                iterations,
                decrement,
                tolerance: options.tolerance,
            });
        }
        // Newton's steps keep their length when the optimum lies at infinity.
        if iterations >= 4
            && decrement > 0.2 * previous
            && let Some(separated) = separation(design, scaling, task, &direction, 1e-5)
        {
            return Err(separated);
        }
        if iterations >= options.max_iterations {
            return Err(LogisticError::NotConverged {
                iterations,
                decrement,
                tolerance: options.tolerance,
            });
        }
        previous = decrement;
        iterations += 1;
        let gain = decrement * decrement;
        let found =
            line_search(design, scaling, task, &coefficients, &point, &direction, gain, &mut spare);
        let Some(next) = found else {
            if decrement <= ROUNDING_FLOOR && !fresh {
                // Rounding hides the gain of so small a step: settle here with fresh information.
                information = None;
                continue;
            }
            return Err(LogisticError::NotConverged {
                iterations,
                decrement,
                tolerance: options.tolerance,
            });
        };
        coefficients = next;
        std::mem::swap(&mut point, &mut spare);
    }
}

#[allow(clippy::too_many_arguments)] // One call, all of it state of the loop.
/// Halves the step until the penalised log-likelihood rises, up to its rounding.
fn line_search(
    design: &dyn Design,
    scaling: &Scaling,
    task: &Task<'_>,
    coefficients: &[f64],
    point: &Point,
    direction: &[f64],
    gain: f64,
    spare: &mut Point,
) -> Option<Vec<f64>> {
    let objective = |point: &Point, at: &[f64]| {
        point.log_likelihood
            - 0.5
                * task
                    .penalty
                    .iter()
                    .zip(at)
                    .map(|(penalty, theta)| penalty * theta * theta)
                    .sum::<f64>()
    };
    let before = objective(point, coefficients);
    let slack = 1e-12 * before.abs().max(1e-3);
    let mut length = 1.0;
    for _ in 0..40 {
        let next: Vec<f64> =
            coefficients.iter().zip(direction).map(|(b, d)| b + length * d).collect();
        spare.evaluate(design, scaling, task, &next);
        let after = objective(spare, &next);
        if after.is_finite() && after >= before + 1e-4 * length * gain - slack {
            return Some(next);
        }
        length *= 0.5;
    }
    None
}

/// Whether moving along `direction` for ever keeps improving the fit: no row gets worse, one gets better.
fn separation(
    design: &dyn Design,
    scaling: &Scaling,
    task: &Task<'_>,
    direction: &[f64],
    tolerance: f64,
) -> Option<LogisticError> {
    let largest = direction.iter().fold(0.0_f64, |top, d| top.max(d.abs()));
    let penalised = direction
        .iter()
        .zip(&task.penalty)
        .any(|(d, penalty)| *penalty > 0.0 && d.abs() > 1e-9 * largest);
    if penalised || largest == 0.0 {
        return None;
    }
    let mut change = vec![0.0; design.rows()];
    design.linear(scaling, direction, &mut change);
    let most = change.iter().fold(0.0_f64, |top, c| top.max(c.abs()));
    let limit = tolerance * most;
    let mut complete = true;
    for (row, change) in change.iter().enumerate() {
        if task.weights.is_some_and(|weights| weights[row] == 0.0) {
            continue;
        }
        let label = task.labels[row];
        let margin = if label == 1.0 {
            *change
        } else if label == 0.0 {
            -*change
        } else {
            // A label between 0 and 1 gets worse either way.
            -change.abs()
        };
        if margin < -limit {
            return None;
        }
        complete &= margin > limit;
    }
    let lead = usize::from(design.has_intercept());
    let mut columns: Vec<usize> = (lead..direction.len())
        .filter(|j| direction[*j].abs() > 1e-3 * largest)
        .map(|j| j - lead)
        .collect();
    columns.sort_by(|a, b| {
        direction[b + lead].abs().total_cmp(&direction[a + lead].abs()).then(a.cmp(b))
    });
    Some(LogisticError::Separated { columns, complete })
}

/// A vanished pivot means repeated columns, or separation that has flattened the curvature.
fn singular(
    design: &dyn Design,
    scaling: &Scaling,
    task: &Task<'_>,
    point: &Point,
    coefficients: &[f64],
    place: usize,
    pivot: f64,
) -> LogisticError {
    let lead = usize::from(design.has_intercept());
    let flat = point.curvature.iter().zip(&point.residual).all(|(curvature, _)| *curvature < 1e-6);
    if flat && let Some(separated) = separation(design, scaling, task, coefficients, 1e-5) {
        return separated;
    }
    LogisticError::Collinear { column: place.saturating_sub(lead), pivot }
}
