//! How sure a recalibration is: by complaints or by clusters, whatever the scale of weights.

use ndarray::Array1;

use super::sample::effective_count;
use super::{FitError, Scores};
use crate::research::evaluate::{Clustering, linearized};
use crate::research::numeric::LogisticFit;

impl Scores<'_> {
    /// Standard errors of a fit on these complaints.
    pub(super) fn errors(
        &self,
        fit: &LogisticFit,
        targets: &Array1<f64>,
        line: bool,
    ) -> Result<Vec<f64>, FitError> {
        if self.weights.is_none() && self.clusters.is_none() {
            return Ok(fit.standard_errors().to_vec());
        }
        let (design, offset) = self.design(line)?;
        let rows = self.labels.len();
        let clusters = self.clusters.map(|clusters| Clustering::of(clusters, rows)).transpose();
        let clusters = clusters.map_err(|_| FitError::NothingHelps)?;
        let targets = targets.to_vec();
        let robust = linearized(fit, &targets, self.weights, clusters.as_ref(), design, offset);
        let covariance = robust.unwrap_or_else(|_| {
            let all: Vec<usize> = (0..rows).collect();
            &fit.covariance / self.effective_weight(&all)
        });
        Ok(covariance.diag().iter().map(|variance| variance.sqrt()).collect())
    }

    /// What a unit of weight in these rows counts for, so that they count for as many complaints as they are effectively
    /// (Kish 1965, clusters counted once); 1 without weights and clusters.
    pub(super) fn effective_weight(&self, rows: &[usize]) -> f64 {
        if self.weights.is_none() && self.clusters.is_none() {
            return 1.0;
        }
        let weight = |row: usize| self.weights.map_or(1.0, |weights| weights[row]);
        let of_rows = rows.iter().map(|&row| (self.clusters.map(|of| of[row]), weight(row)));
        effective_count(of_rows) / rows.iter().map(|&row| weight(row)).sum::<f64>()
    }
}
