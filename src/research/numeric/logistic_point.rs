//! The binomial log-likelihood at one point: linear predictor, residuals, curvature.

use super::exponential;
use super::logistic_design::{Design, Scaling};
use crate::base::{in_order, parts, widest};

/// Everything but the design: one entry a row, or one a coefficient for `penalty`.
pub(crate) struct Task<'a> {
    pub(crate) labels: &'a [f64],
    pub(crate) weights: Option<&'a [f64]>,
    pub(crate) offset: Option<&'a [f64]>,
    /// Penalty on each standardised coefficient: half of it times the square.
    pub(crate) penalty: Vec<f64>,
}

/// Fewer rows than these are looked at by one thread.
const FEW_ROWS: usize = 8_192;

/// State at one point.
#[derive(Debug, Clone, Default)]
pub(crate) struct Point {
    pub(crate) linear: Vec<f64>,
    pub(crate) residual: Vec<f64>,
    pub(crate) curvature: Vec<f64>,
    pub(crate) log_likelihood: f64,
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
    pub(crate) fn evaluate(
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
        let sum_up = |(range, linear, residual, curvature): Part<'_>| {
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
        };
        // Other threads take longer to wake than few rows take.
        self.log_likelihood = if rows < FEW_ROWS {
            items.into_iter().map(sum_up).sum()
        } else {
            in_order(items, sum_up).into_iter().sum()
        };
    }
}

type Part<'a> = (std::ops::Range<usize>, &'a mut [f64], &'a mut [f64], &'a mut [f64]);

/// Residual and curvature at one row; `small` is `exp(-|eta|)`.
#[inline(always)]
fn at_row(eta: f64, small: f64, label: f64) -> (f64, f64) {
    let share = 1.0 / (1.0 + small);
    let tail = small * share;
    let (probability, complement) = if eta >= 0.0 { (share, tail) } else { (tail, share) };
    // `label - probability` without cancellation when the label is 0 or 1.
    (label * complement - (1.0 - label) * probability, tail * share)
}

/// The loss at one row but for `ln(1 + exp(-|eta|))`.
#[inline(always)]
fn rest(eta: f64, label: f64) -> f64 {
    if eta >= 0.0 { (1.0 - label) * eta } else { -label * eta }
}

/// Rows that share one logarithm: of a product of at most 2^32.
const TOGETHER: usize = 32;
/// Sums side by side, so that no row waits for the one before it.
const LANES: usize = 8;

fn plain_part(labels: &[f64], linear: &[f64], residual: &mut [f64], curvature: &mut [f64]) -> f64 {
    widest!(plain_rows(labels, linear, residual, curvature))
}

#[inline(always)]
fn plain_rows(labels: &[f64], linear: &[f64], residual: &mut [f64], curvature: &mut [f64]) -> f64 {
    let mut loss = 0.0;
    let groups = labels.chunks(TOGETHER).zip(linear.chunks(TOGETHER));
    let results = residual.chunks_mut(TOGETHER).zip(curvature.chunks_mut(TOGETHER));
    for ((labels, linear), (residual, curvature)) in groups.zip(results) {
        let within = linear.iter().fold(true, |all, eta| all & (eta.abs() <= exponential::MOST));
        loss +=
            match (labels.try_into(), linear.try_into(), residual.try_into(), curvature.try_into())
            {
                (Ok(labels), Ok(linear), Ok(residual), Ok(curvature)) if within => {
                    whole_group(labels, linear, residual, curvature)
                }
                _ => odd_group(labels, linear, residual, curvature),
            };
    }
    -loss
}

type Group = [f64; TOGETHER];

/// Loops without branches over a fixed number of rows, which become vectors.
#[inline(always)]
fn whole_group(labels: &Group, linear: &Group, residual: &mut Group, curvature: &mut Group) -> f64 {
    let mut small = [0.0; TOGETHER];
    for (small, eta) in small.iter_mut().zip(linear) {
        *small = exponential::exp(-eta.abs());
    }
    for row in 0..TOGETHER {
        (residual[row], curvature[row]) = at_row(linear[row], small[row], labels[row]);
    }
    let (mut product, mut rests) = ([1.0; LANES], [0.0; LANES]);
    for first in (0..TOGETHER).step_by(LANES) {
        for lane in 0..LANES {
            let (eta, label) = (linear[first + lane], labels[first + lane]);
            product[lane] *= 1.0 + small[first + lane];
            rests[lane] += rest(eta, label);
        }
    }
    product.iter().product::<f64>().ln() + rests.iter().sum::<f64>()
}

/// A group that is short, or has a row that is all but certain.
#[inline(never)]
fn odd_group(labels: &[f64], linear: &[f64], residual: &mut [f64], curvature: &mut [f64]) -> f64 {
    let mut loss = 0.0;
    let mut product = 1.0;
    for (((label, eta), r), c) in labels.iter().zip(linear).zip(residual).zip(curvature) {
        let small = (-eta.abs()).exp();
        (*r, *c) = at_row(*eta, small, *label);
        product *= 1.0 + small;
        loss += rest(*eta, *label);
    }
    loss + product.ln()
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
        let small = (-eta.abs()).exp();
        let (score, weight) = at_row(*eta, small, *label);
        *r = w * score;
        *c = w * weight;
        loss += w * (small.ln_1p() + rest(*eta, *label));
    }
    -loss
}
