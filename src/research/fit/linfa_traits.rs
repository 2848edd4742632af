//! linfa's vocabulary: thin adaptors over the inherent methods.

use linfa::DatasetBase;
use linfa::ParamGuard;
use linfa::dataset::AsSingleTargets;
use linfa::traits::{Fit, PredictInplace};
use ndarray::{Array1, ArrayBase, Data, Ix2};
use thiserror::Error;

use super::progress::unobserved;
use super::{Columns, Firth, FitError, Logistic, LogisticModel, Sample, ValidFirth, ValidLogistic};

/// What linfa's `fit` returns instead of a model.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LinfaFitError {
    /// The fit failed.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// linfa failed.
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}

impl ParamGuard for Logistic {
    type Checked = ValidLogistic;
    type Error = FitError;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        self.validated()
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.validated()?;
        Ok(self.0)
    }
}

impl ParamGuard for Firth {
    type Checked = ValidFirth;
    type Error = FitError;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        self.validated()
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.validated()?;
        Ok(self.0)
    }
}

/// Columns of a dataset by name, numbered `x0`, `x1`, … where it has no names.
fn columns_of<D: Data<Elem = f64>, T>(
    dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
) -> Result<Columns, FitError> {
    let records = dataset.records();
    let numbered: Vec<String> = (0..records.ncols()).map(|number| format!("x{number}")).collect();
    let names = if dataset.feature_names().len() == numbered.len() {
        dataset.feature_names()
    } else {
        &numbered
    };
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Columns::from_matrix(&names, records.view())
}

fn with_sample<D: Data<Elem = f64>, T: AsSingleTargets<Elem = bool>, R>(
    dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
    fit: impl FnOnce(&Sample<'_>) -> Result<R, FitError>,
) -> Result<R, LinfaFitError> {
    let columns = columns_of(dataset)?;
    let labels: Vec<bool> = dataset.targets().as_single_targets().iter().copied().collect();
    let mut sample = Sample::new(&columns, &labels)?;
    let weights: Vec<f64> =
        dataset.weights().unwrap_or(&[]).iter().map(|weight| f64::from(*weight)).collect();
    if !weights.is_empty() {
        sample = sample.weights(&weights)?;
    }
    Ok(fit(&sample)?)
}

/// Case weights of the dataset are honoured; targets are `bool`, `true` for the outcome.
impl<D: Data<Elem = f64>, T: AsSingleTargets<Elem = bool>> Fit<ArrayBase<D, Ix2>, T, LinfaFitError>
    for ValidLogistic
{
    type Object = LogisticModel;

    fn fit(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
    ) -> Result<LogisticModel, LinfaFitError> {
        with_sample(dataset, |sample| self.fit_sample_observed(sample, &mut unobserved))
    }
}

/// Case weights of the dataset are honoured; targets are `bool`, `true` for the outcome.
impl<D: Data<Elem = f64>, T: AsSingleTargets<Elem = bool>> Fit<ArrayBase<D, Ix2>, T, LinfaFitError>
    for ValidFirth
{
    type Object = LogisticModel;

    fn fit(
        &self,
        dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
    ) -> Result<LogisticModel, LinfaFitError> {
        with_sample(dataset, |sample| self.fit_sample_observed(sample, &mut unobserved))
    }
}

/// Writes probabilities, which rank; compare them with a threshold of your own for labels.
///
/// # Panics
/// As linfa's contract has it, when the matrix has another number of columns than the model or
/// the target another number of rows. [`LogisticModel::probabilities`] returns an error instead.
impl<D: Data<Elem = f64>> PredictInplace<ArrayBase<D, Ix2>, Array1<f64>> for LogisticModel {
    fn predict_inplace(&self, records: &ArrayBase<D, Ix2>, target: &mut Array1<f64>) {
        assert_eq!(
            records.ncols(),
            self.weights.len(),
            "the model has {} columns",
            self.weights.len()
        );
        assert_eq!(records.nrows(), target.len(), "one target a row is needed");
        for (row, target) in records.rows().into_iter().zip(target) {
            let mut sum = self.intercept;
            for (value, weight) in row.iter().zip(&self.weights) {
                sum += value * weight;
            }
            *target = 1.0 / (1.0 + (-sum).exp());
        }
    }

    fn default_target(&self, records: &ArrayBase<D, Ix2>) -> Array1<f64> {
        Array1::zeros(records.nrows())
    }
}
