//! Average marginal effects: what a fit says on the scale of probabilities.

use serde::Serialize;

use super::columns::Columns;
use super::error::FitError;
use super::model::LogisticModel;
use crate::research::evaluate::{Confidence, Figure, Interval, Method};
use crate::research::numeric::sum;

/// How much the probability changes with a column, on average over the rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MarginalEffect {
    /// The column.
    pub name: String,
    /// Mean slope of the probability in the column, Wald's interval by the delta method.
    pub effect: Figure,
}

impl LogisticModel {
    /// The average of `dP/dx` over the rows for every column, with standard errors by the delta method from the
    /// observed information (statsmodels' `get_margeff` at its defaults). O(rows x columns²).
    ///
    /// For an indicator it is the slope at each row, not the jump from 0 to 1. A figure about these rows: with another mix
    /// of complaints, the same log-odds give other effects. Offsets used in the fit are not added.
    ///
    /// # Errors
    /// [`FitError::OtherColumns`] when the columns are not those of the fit.
    ///
    /// ```
    /// use caserank::research::evaluate::Confidence;
    /// use caserank::research::fit::{Columns, Logistic, Sample};
    /// use caserank::ndarray::array;
    /// let columns = Columns::from_matrix(&["x"], array![[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]].view())?;
    /// let labels = [false, false, true, false, true, true];
    /// let model = Logistic::new().fit_sample(&Sample::new(&columns, &labels)?)?;
    /// let effects = model.marginal_effects(&columns, Confidence::P95)?;
    /// assert!(effects[0].effect.value > 0.0 && effects[0].effect.value < model.weights()[0] / 4.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn marginal_effects(
        &self,
        columns: &Columns,
        confidence: Confidence,
    ) -> Result<Vec<MarginalEffect>, FitError> {
        let given: Vec<Vec<f64>> =
            (0..columns.names().len()).filter_map(|column| columns.column(column)).collect();
        let probabilities = self.probabilities(columns)?;
        let rows = probabilities.len();
        let mean = |value: &dyn Fn(f64, usize) -> f64| {
            sum(probabilities.iter().enumerate().map(|(row, &p)| value(p, row))) / rows as f64
        };
        let slope = mean(&|p, _| p * (1.0 - p));
        // How the mean slope moves with each coefficient, the intercept first where there is one.
        let bend = |p: f64| p * (1.0 - p) * (1.0 - 2.0 * p);
        let lead = self.covariance.nrows().saturating_sub(given.len());
        let mut bends = Vec::with_capacity(lead + given.len());
        if lead > 0 {
            bends.push(mean(&|p, _| bend(p)));
        }
        bends.extend(given.iter().map(|column| mean(&|p, row| bend(p) * column[row])));
        let effects =
            self.names.iter().zip(&self.weights).enumerate().map(|(column, (name, &weight))| {
                let gradient: Vec<f64> = bends
                    .iter()
                    .enumerate()
                    .map(|(at, bend)| weight * bend + if at == lead + column { slope } else { 0.0 })
                    .collect();
                let cells = self.covariance.indexed_iter();
                let variance = sum(cells.map(|((i, j), value)| gradient[i] * value * gradient[j]));
                let (value, error) = (weight * slope, variance.max(0.0).sqrt());
                let interval = Interval::wald(value, error, confidence, Method::Wald);
                let effect = Figure::new(value, rows, Ok(interval)).with_error(error);
                MarginalEffect { name: name.clone(), effect }
            });
        Ok(effects.collect())
    }
}
