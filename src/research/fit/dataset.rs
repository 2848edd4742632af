//! Backlogs as linfa datasets.

use linfa::Dataset;
use ndarray::{Array1, Ix1};

use super::FitError;
use super::design::Design;
use super::labels::Labels;
use crate::backlog::Backlog;

/// What linfa's learners take, from a backlog.
pub trait ToDataset {
    /// A linfa dataset of the labelled complaints, with named columns and case weights, for any of linfa's learners.
    ///
    /// # Errors
    /// [`FitError`] as [`Design::apply`].
    fn dataset(
        &self,
        labels: &Labels,
        outcome: &str,
        design: &Design,
    ) -> Result<Dataset<f64, bool, Ix1>, FitError>;
}

impl ToDataset for Backlog {
    fn dataset(
        &self,
        labels: &Labels,
        outcome: &str,
        design: &Design,
    ) -> Result<Dataset<f64, bool, Ix1>, FitError> {
        let designed = design.apply(self, labels, outcome)?;
        let weights: Array1<f32> =
            designed.joined.weights.iter().map(|weight| *weight as f32).collect();
        let targets = Array1::from(designed.joined.labels.clone());
        Ok(Dataset::new(designed.columns.to_matrix(), targets)
            .with_weights(weights)
            .with_feature_names(designed.columns.names().to_vec()))
    }
}
