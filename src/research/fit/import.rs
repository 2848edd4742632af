//! Weights that another program learnt, checked against what it predicts.

use super::design::{Coding, Designed};
use super::{FitError, LinearWeights};

/// How the other program saw the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnCoding {
    /// 0 and 1 (or steps), as R's `glm` with treatment contrasts and scikit-learn after one-hot encoding see them.
    Raw,
    /// As [`Designed::columns`] has them: the known answers' share taken off.
    Centred,
}

/// Coefficients of another program with predictions to check them by.
///
/// ```
/// use caserank::research::fit::{ColumnCoding, Imported};
/// let imported = Imported::new(ColumnCoding::Raw, -2.1)
///     .weight("prior_csem_offence=yes", 0.8)
///     .check(17, 0.214); // row 17 of the backlog, the probability that the other program gives it
/// # let _ = imported;
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    coding: ColumnCoding,
    intercept: f64,
    weights: Vec<(String, f64)>,
    checks: Vec<(usize, f64)>,
}

impl Imported {
    /// An intercept, and how the columns were coded.
    #[must_use]
    pub fn new(coding: ColumnCoding, intercept: f64) -> Self {
        Self { coding, intercept, weights: Vec::new(), checks: Vec::new() }
    }

    /// The weight of a column, named as in [`Designed::columns`].
    #[must_use]
    pub fn weight(mut self, column: &str, weight: f64) -> Self {
        self.weights.push((column.to_owned(), weight));
        self
    }

    /// What the other program predicts for a row of the backlog. Rows whose answers are all known check raw columns best:
    /// programs differ in what they take *unknown* for.
    #[must_use]
    pub fn check(mut self, row: usize, probability: f64) -> Self {
        self.checks.push((row, probability));
        self
    }
}

impl Designed {
    /// Another program's coefficients as weights for these columns, once they give the predictions that it gives.
    ///
    /// Raw coefficients are brought to centred columns: the intercept takes up what the centring took off, so that
    /// *unknown* counts as the average.
    ///
    /// # Errors
    /// [`FitError`] for a column that is not there, missing or twice, a number that is not finite, no check, a row without
    /// a label, or [`FitError::ImportDiffers`] where a prediction differs by more than 0.000001.
    pub fn import(&self, imported: &Imported) -> Result<LinearWeights, FitError> {
        let names = self.columns.names();
        let mut weights = vec![None; names.len()];
        for (name, weight) in &imported.weights {
            let column = names.iter().position(|known| known == name);
            let column = column.ok_or_else(|| FitError::NoSuchColumn { column: name.clone() })?;
            if weights[column].replace(*weight).is_some() {
                return Err(FitError::DuplicateName { column: name.clone() });
            }
        }
        let found: Vec<f64> = weights.iter().copied().flatten().collect();
        if found.len() < names.len() {
            let (expected, found) =
                (names.to_vec(), imported.weights.iter().map(|(name, _)| name.clone()).collect());
            return Err(FitError::OtherColumns { expected, found });
        }
        if imported.checks.is_empty() {
            return Err(FitError::Setting {
                setting: "number of checks",
                value: 0.0,
                allowed: "1 or more: give rows with the probabilities that the other program predicts",
            });
        }
        let mut intercept = imported.intercept;
        if imported.coding == ColumnCoding::Raw {
            intercept += self.centers().iter().zip(&found).map(|(c, b)| c * b).sum::<f64>();
        }
        let weights = LinearWeights::new(names, intercept, &found)?;
        let log_odds = weights.log_odds(&self.columns)?;
        for (row, expected) in &imported.checks {
            let at = self.joined.rows.iter().position(|known| known == row);
            let at = at.ok_or(FitError::Setting {
                setting: "checked row",
                value: *row as f64,
                allowed: "a row of the backlog whose outcome is known",
            })?;
            let found = 1.0 / (1.0 + (-log_odds[at]).exp());
            let differs = (found - expected).abs();
            if differs.is_nan() || differs > 1e-6 {
                return Err(FitError::ImportDiffers { row: *row, expected: *expected, found });
            }
        }
        Ok(weights)
    }

    /// What was taken off each column's known values: 0 where the column is not centred.
    fn centers(&self) -> Vec<f64> {
        let mut centers = vec![0.0; self.columns.names().len()];
        for item in self.items.iter().filter(|item| !item.found_or_not) {
            for (at, column) in item.columns.iter().enumerate() {
                let least = item.table.column(at).iter().copied().fold(0.0, f64::min);
                if self.coding != Coding::Answers {
                    centers[*column] = -least;
                }
            }
        }
        centers
    }
}
