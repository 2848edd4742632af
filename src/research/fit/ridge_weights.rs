//! Weights alone: a ridge fit without the account of a report, for audits that make hundreds of them.

use std::ops::ControlFlow;

use super::{Columns, FitError, LinearWeights};
use crate::research::numeric::{DesignProblem, NewtonOptions};

/// Closer to the optimum than this, in standard errors, no order of complaints changes that an audit could see.
const CLOSE: f64 = 1e-3;
/// From this many rows on, a first guess from every eighth saves whole passes over all.
const MANY: usize = 20_000;

/// The ridge fit of labels on columns, with an intercept. `ridge` is half the weight of the sum of squared coefficients
/// as given, above 0. O(steps x rows x columns), the columns read as codes.
///
/// # Errors
/// [`FitError`] as [`Logistic`](super::Logistic).
pub(crate) fn ridge_weights(
    columns: &Columns,
    labels: &[bool],
    ridge: f64,
) -> Result<LinearWeights, FitError> {
    let labels: Vec<f64> = labels.iter().map(|label| f64::from(u8::from(*label))).collect();
    let start = if labels.len() < MANY {
        None
    } else {
        let some: Vec<usize> = (0..labels.len()).step_by(8).collect();
        let known: Vec<f64> = some.iter().map(|&row| labels[row]).collect();
        // One kind alone, or too few for the guess, is a matter for all rows.
        fitted(&columns.select_rows(&some), &known, ridge / 8.0, 0.5, None).ok()
    };
    let given = fitted(columns, &labels, ridge, CLOSE, start)?;
    let (intercept, weights) = (given[0], given[1..].to_vec());
    Ok(LinearWeights { names: columns.names().to_vec(), intercept, weights })
}

/// Coefficients on the given scale, the intercept first.
fn fitted(
    columns: &Columns,
    labels: &[f64],
    ridge: f64,
    tolerance: f64,
    start: Option<Vec<f64>>,
) -> Result<Vec<f64>, FitError> {
    let mut penalties = vec![ridge; columns.names().len() + 1];
    penalties[0] = 0.0;
    let problem = DesignProblem {
        labels,
        weights: None,
        offset: None,
        ridge: penalties,
        start,
        options: NewtonOptions { tolerance, ..NewtonOptions::default() },
    };
    let solved = problem
        .solve(&columns.design(true), &mut |_| ControlFlow::Continue(()))
        .map_err(|error| FitError::named(error, columns.names()))?;
    Ok(solved.scaling.given(&solved.optimum.coefficients, true))
}
