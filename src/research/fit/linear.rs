//! Weights of a linear model by column name, wherever they were learnt.

#[cfg(feature = "linfa-logistic")]
use linfa_logistic::FittedLogisticRegression;
use serde::{Deserialize, Serialize};

use super::objective::{Expansion, Likelihood, Objective};
use super::{Columns, FitError, Sample};
use crate::research::numeric::{Design, Factor, Task};

/// An intercept and one weight a column, in log-odds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinearWeights {
    /// Names of the columns.
    pub names: Vec<String>,
    /// Log-odds when every column is 0.
    pub intercept: f64,
    /// Log-odds per unit of each column.
    pub weights: Vec<f64>,
}

impl LinearWeights {
    /// Weights learnt elsewhere.
    ///
    /// # Errors
    /// [`FitError`] when names and weights differ in number or a weight is not finite.
    pub fn new(names: &[String], intercept: f64, weights: &[f64]) -> Result<Self, FitError> {
        if names.len() != weights.len() {
            return Err(FitError::Length {
                what: "weights",
                found: weights.len(),
                expected: names.len(),
            });
        }
        if let Some(number) = weights.iter().position(|weight| !weight.is_finite()) {
            let column = names[number].clone();
            return Err(FitError::NotFinite { column, row: 0, value: weights[number] });
        }
        if !intercept.is_finite() {
            return Err(FitError::NotFinite {
                column: "(intercept)".to_owned(),
                row: 0,
                value: intercept,
            });
        }
        Ok(Self { names: names.to_vec(), intercept, weights: weights.to_vec() })
    }

    /// A logistic model that linfa fitted, with the sign that makes `positive` the outcome.
    ///
    /// linfa-logistic 0.8.1 takes the more frequent class for its positive one, and the first
    /// seen where both are equally frequent; later versions may choose otherwise. The class is
    /// therefore read from the model itself. linfa reports no convergence: see [`Self::distance`].
    ///
    /// # Errors
    /// [`FitError`] when names and weights differ in number, a weight is not finite or the model does not know the class.
    #[cfg(feature = "linfa-logistic")]
    pub fn from_linfa<C: PartialOrd + Clone>(
        fitted: &FittedLogisticRegression<f64, C>,
        positive: &C,
        names: &[String],
    ) -> Result<Self, FitError> {
        let labels = fitted.labels();
        let sign = if labels.pos.class == *positive {
            1.0
        } else if labels.neg.class == *positive {
            -1.0
        } else {
            return Err(FitError::UnknownClass);
        };
        let weights: Vec<f64> = fitted.params().iter().map(|weight| sign * weight).collect();
        Self::new(names, sign * fitted.intercept(), &weights)
    }

    /// Log-odds of each row.
    ///
    /// # Errors
    /// [`FitError::OtherColumns`] when the columns are not those of the model.
    pub fn log_odds(&self, columns: &Columns) -> Result<Vec<f64>, FitError> {
        if columns.names() != self.names {
            return Err(FitError::OtherColumns {
                expected: self.names.clone(),
                found: columns.names().to_vec(),
            });
        }
        Ok(columns.log_odds(self.intercept, &self.weights))
    }

    /// How far these weights are from the optimum of a ridge-penalised fit to the sample, in standard errors.
    ///
    /// Near 0 for a converged fit. `ridge` is on the scale of the columns, linfa's `alpha`.
    ///
    /// # Errors
    /// [`FitError`] when the columns are not those of the model or repeat each other.
    pub fn distance(&self, sample: &Sample<'_>, ridge: f64) -> Result<f64, FitError> {
        if sample.columns.names() != self.names {
            let found = sample.columns.names().to_vec();
            return Err(FitError::OtherColumns { expected: self.names.clone(), found });
        }
        let design = sample.columns.design(true);
        let scaling = design.scaling(sample.weights);
        let mut penalty: Vec<f64> =
            scaling.scale.iter().map(|scale| ridge / (scale * scale)).collect();
        penalty[0] = 0.0;
        let task = Task {
            labels: &sample.labels,
            weights: sample.weights,
            offset: sample.offset,
            penalty,
        };
        let given: Vec<f64> =
            std::iter::once(self.intercept).chain(self.weights.iter().copied()).collect();
        let theta = scaling.standardised(&given, true);
        let likelihood = Likelihood { design: &design, scaling: &scaling, task: &task };
        let stopped =
            || FitError::NotConverged { what: "the check of given weights", iterations: 0 };
        let Expansion { gradient, information, .. } =
            likelihood.expand(&theta).ok_or_else(stopped)?;
        let factor = Factor::new(&information, 1e-14).map_err(|_| stopped())?;
        let step = factor.solve(&gradient);
        Ok(step.iter().zip(&gradient).map(|(s, g)| s * g).sum::<f64>().max(0.0).sqrt())
    }
}

impl From<&super::LogisticModel> for LinearWeights {
    fn from(model: &super::LogisticModel) -> Self {
        Self {
            names: model.names().to_vec(),
            intercept: model.intercept(),
            weights: model.weights().to_vec(),
        }
    }
}
