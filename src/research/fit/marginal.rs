//! Average marginal effects: what a fit says on the scale of probabilities.

use ndarray::Array2;
use serde::Serialize;

use super::columns::Columns;
use super::error::FitError;
use super::model::LogisticModel;
use super::warning::FitWarning;
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
    /// What must be said wherever it is shown: what the fit says of the column, of its clusters and of its weights.
    pub cautions: Vec<FitWarning>,
}

impl LogisticModel {
    /// The average of `dP/dx` over the rows for every column, with standard errors by the delta method from the
    /// observed information (statsmodels' `get_margeff` at its defaults), or from the clustered covariance where the fit has
    /// one. O(rows x columns²).
    ///
    /// Where clusters cannot tell the error of a column, or of a combination of them because there are no more clusters than
    /// coefficients, the wider of the two errors is used, as in the report of the fit.
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
                let (value, error) = (weight * slope, self.error_of(&gradient, &[lead + column]));
                let interval = Interval::wald(value, error, confidence, Method::Wald);
                let effect = Figure::new(value, rows, Ok(interval)).with_error(error);
                let about = self.report.estimates.get(lead + column);
                let about = about.into_iter().flat_map(|estimate| &estimate.cautions);
                let whole = self.report.warnings.iter().filter(|warning| bears_on_effects(warning));
                let cautions = about.chain(whole).cloned().collect();
                MarginalEffect { name: name.clone(), effect, cautions }
            });
        Ok(effects.collect())
    }

    /// Standard error of a linear combination of the coefficients, about those in these places: over clusters where there
    /// are any; by the wider of both covariances where clusters cannot tell.
    fn error_of(&self, combination: &[f64], about: &[usize]) -> f64 {
        let error = |covariance: &Array2<f64>| {
            let cells = covariance.indexed_iter();
            let variance =
                sum(cells.map(|((i, j), value)| combination[i] * value * combination[j]));
            variance.max(0.0).sqrt()
        };
        match &self.clustered_covariance {
            None => error(&self.covariance),
            Some(clustered) if self.clusters_tell(about) => error(clustered),
            Some(clustered) => error(clustered).max(error(&self.covariance)),
        }
    }

    /// Whether the clustered covariance stands for these coefficients and any combination of them.
    pub(super) fn clusters_tell(&self, about: &[usize]) -> bool {
        let estimates = &self.report.estimates;
        self.report.clusters.is_some_and(|clusters| clusters > estimates.len())
            && about.iter().all(|at| estimates.get(*at).is_some_and(|e| e.clustered.is_some()))
    }
}

/// Whether a warning of the whole fit is about errors over clusters, or about the probabilities.
fn bears_on_effects(warning: &FitWarning) -> bool {
    matches!(
        warning,
        FitWarning::FewClusters { .. }
            | FitWarning::ClustersBelowParameters { .. }
            | FitWarning::ClassWeights
            | FitWarning::WeightScale { .. }
            | FitWarning::NegligibleWeights { .. }
    )
}
