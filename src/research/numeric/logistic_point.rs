//! The binomial log-likelihood at one point: linear predictor, residuals, curvature.

use super::logistic_design::{Design, Scaling};
use crate::base::{in_order, parts};

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
    pub(super) fn evaluate(
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
