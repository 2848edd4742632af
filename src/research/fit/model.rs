//! What a logistic fit gives.

use ndarray::Array2;

use super::report::FitReport;
use super::{Columns, FitError};

/// A fitted logistic model: an intercept, a weight a column, and the account of the fit.
#[derive(Debug, Clone, PartialEq)]
pub struct LogisticModel {
    pub(crate) names: Vec<String>,
    pub(crate) intercept: f64,
    pub(crate) weights: Vec<f64>,
    pub(crate) covariance: Array2<f64>,
    pub(crate) clustered_covariance: Option<Array2<f64>>,
    /// Of labels, weights and offsets, row by row: fits of other rows are not nested in this one.
    pub(crate) rows_digest: u64,
    pub(crate) report: FitReport,
}

impl LogisticModel {
    /// Names of the columns.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The intercept in log-odds; 0 where none was fitted.
    #[must_use]
    pub fn intercept(&self) -> f64 {
        self.intercept
    }

    /// Log-odds per unit of each column.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Covariance of the estimates in the order of the report, from the observed information.
    ///
    /// Rows and columns of coefficients at a sign bound are 0.
    #[must_use]
    pub fn covariance(&self) -> &Array2<f64> {
        &self.covariance
    }

    /// Covariance of the estimates over clusters, in the order of the report, where clusters were given.
    ///
    /// The sandwich as it is, also where the report takes the model's error for the wider one: see the cautions there.
    #[must_use]
    pub fn clustered_covariance(&self) -> Option<&Array2<f64>> {
        self.clustered_covariance.as_ref()
    }

    /// The account of the fit.
    #[must_use]
    pub fn report(&self) -> &FitReport {
        &self.report
    }

    /// Log-odds of each row; an offset used in the fit is not added.
    ///
    /// # Errors
    /// [`FitError::OtherColumns`] when the columns are not those of the fit.
    pub fn log_odds(&self, columns: &Columns) -> Result<Vec<f64>, FitError> {
        if columns.names() != self.names {
            return Err(FitError::OtherColumns {
                expected: self.names.clone(),
                found: columns.names().to_vec(),
            });
        }
        Ok(columns.log_odds(self.intercept, &self.weights))
    }

    /// Probability of each row.
    ///
    /// # Errors
    /// As [`Self::log_odds`].
    pub fn probabilities(&self, columns: &Columns) -> Result<Vec<f64>, FitError> {
        let mut values = self.log_odds(columns)?;
        for value in &mut values {
            *value = 1.0 / (1.0 + (-*value).exp());
        }
        Ok(values)
    }
}
