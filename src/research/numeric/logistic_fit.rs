//! What the Newton solver gives.

use ndarray::{Array1, Array2};

/// A logistic regression at its certified optimum. Entry 0 is the intercept where one was fitted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LogisticFit {
    /// Log-odds per unit of each column as given.
    pub(crate) coefficients: Array1<f64>,
    /// Inverse of the penalised observed information: squared standard errors on the diagonal.
    pub(crate) covariance: Array2<f64>,
    /// Observed information of the log-likelihood, without the penalty.
    pub(crate) information: Array2<f64>,
    /// Log-likelihood at the optimum (natural logarithm), without the penalty.
    pub(crate) log_likelihood: f64,
    /// Steps taken.
    pub(crate) iterations: usize,
    /// Gradient of the penalised log-likelihood at the optimum.
    pub(crate) gradient: Array1<f64>,
    /// Distance to the exact optimum, in standard errors: `sqrt(gradient' covariance gradient)`.
    pub(crate) decrement: f64,
    /// Whether entry 0 is an intercept.
    pub(crate) intercept: bool,
}

impl LogisticFit {
    /// Standard errors from the observed information, one a coefficient.
    #[must_use]
    pub(crate) fn standard_errors(&self) -> Array1<f64> {
        self.covariance.diag().mapv(f64::sqrt)
    }
}
