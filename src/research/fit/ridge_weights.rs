//! Weights alone: a ridge fit without the account of a report, for audits that make hundreds of them.

use std::ops::ControlFlow;

use super::{Columns, FitError, LinearWeights};
use crate::research::numeric::{DesignProblem, NewtonOptions};

/// Closer to the optimum than this, in standard errors, no order of complaints changes that an audit could see.
const CLOSE: f64 = 1e-6;

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
    let mut penalties = vec![ridge; columns.names().len() + 1];
    penalties[0] = 0.0;
    let problem = DesignProblem {
        labels: &labels,
        weights: None,
        offset: None,
        ridge: penalties,
        start: None,
        options: NewtonOptions { tolerance: CLOSE, ..NewtonOptions::default() },
    };
    let solved = problem
        .solve(&columns.design(true), &mut |_| ControlFlow::Continue(()))
        .map_err(|error| FitError::named(error, columns.names()))?;
    let given = solved.scaling.given(&solved.optimum.coefficients, true);
    let (intercept, weights) = (given[0], given[1..].to_vec());
    Ok(LinearWeights { names: columns.names().to_vec(), intercept, weights })
}
