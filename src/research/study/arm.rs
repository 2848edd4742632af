//! What one model, program or person says of the rows whose outcome is known.

use super::StudyError;
use super::known::Known;
use super::target::Target;
use crate::research::evaluate::InputError;
use crate::{Backlog, Triage};

/// What one instrument says of the known complaints, one number each, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Arm {
    pub(crate) name: String,
    pub(crate) order: Vec<f64>,
    pub(crate) scores: Vec<f64>,
    pub(crate) probabilities: Vec<f64>,
    /// The band of each, 0 the highest; empty for scores made elsewhere.
    pub(crate) bands: Vec<usize>,
}

impl Arm {
    /// Scores and ranks the backlog of `known` with a model.
    ///
    /// # Errors
    /// [`StudyError::Codebook`]; [`StudyError::Unknown`] for an outcome that the model lacks; [`StudyError::OtherBacklog`]
    /// where `known` was made from another backlog.
    pub fn new(
        name: &str,
        triage: &Triage,
        backlog: &Backlog,
        known: &Known,
    ) -> Result<Self, StudyError> {
        known.require(backlog)?;
        let ranking = triage.rank(backlog)?;
        let scores = triage.score(backlog)?;
        let positions: Vec<usize> =
            known.rows.iter().filter_map(|&row| ranking.position_of_row(row)).collect();
        let order = positions.iter().map(|&position| -(position as f64)).collect();
        let level =
            |&position: &usize| ranking.at(position).map_or(0, |entry| entry.band().level());
        let bands = positions.iter().map(|position| 3 - level(position) as usize).collect();
        let (mut of_outcome, mut probabilities) = (Vec::new(), Vec::new());
        match &known.target {
            Target::Outcome(outcome) => {
                let outcome_position =
                    triage.instrument().outcome_position(outcome).ok_or_else(|| {
                        StudyError::Unknown {
                            what: "outcome of an instrument",
                            name: outcome.clone(),
                        }
                    })?;
                let steps = scores.steps();
                let billionths = scores.billionths();
                for &row in &known.rows {
                    of_outcome.push(f64::from(steps[[row, outcome_position]]) / 1e6);
                    probabilities.push(f64::from(billionths[[row, outcome_position]]) / 1e9);
                }
            }
            Target::Any | Target::Union(_) => {
                let priority = |position: &usize| {
                    ranking.at(*position).map_or(0, |entry| entry.priority().billionths())
                };
                of_outcome =
                    positions.iter().map(|position| f64::from(priority(position)) / 1e9).collect();
            }
        }
        Ok(Arm { name: name.to_owned(), order, scores: of_outcome, probabilities, bands })
    }

    /// An arm of scores made elsewhere (a vendor's, a person's, another program's), larger first; no probabilities where
    /// that slice is empty. One number for each known complaint, or one for each row of the backlog.
    ///
    /// # Errors
    /// [`InputError::Length`]; [`InputError::Score`] and [`InputError::Probability`] for numbers that are none.
    pub fn of_scores(
        name: &str,
        known: &Known,
        scores: &[f64],
        probabilities: &[f64],
    ) -> Result<Self, InputError> {
        let scores = of_known("scores", known, scores)?;
        if let Some(row) = scores.iter().position(|score| !score.is_finite()) {
            return Err(InputError::Score { row, value: scores[row] });
        }
        let probabilities = if probabilities.is_empty() {
            Vec::new()
        } else {
            of_known("probabilities", known, probabilities)?
        };
        if let Some(row) = probabilities.iter().position(|p| !(0.0..=1.0).contains(p)) {
            return Err(InputError::Probability { row, value: probabilities[row] });
        }
        let (name, order, bands) = (name.to_owned(), scores.clone(), Vec::new());
        Ok(Arm { name, order, scores, probabilities, bands })
    }

    /// Its name in the study.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Larger is earlier in the model's ranking of the whole backlog, gates and ties included.
    #[must_use]
    pub fn order(&self) -> &[f64] {
        &self.order
    }

    /// The outcome's score, or the priority index for [`Target::Any`].
    #[must_use]
    pub fn scores(&self) -> &[f64] {
        &self.scores
    }

    /// The outcome's probability by the link, whether calibrated or not; empty for [`Target::Any`] and for scores that came
    /// without.
    #[must_use]
    pub fn probabilities(&self) -> &[f64] {
        &self.probabilities
    }

    /// Whether it speaks of as many complaints as are known.
    #[cfg_attr(not(feature = "report"), allow(dead_code, reason = "reports are its users"))]
    pub(crate) fn fits(&self, known: &Known) -> bool {
        let count = known.len();
        self.order.len() == count
            && self.scores.len() == count
            && (self.probabilities.is_empty() || self.probabilities.len() == count)
            && (self.bands.is_empty() || self.bands.len() == count)
    }
}

/// Numbers by known complaint, from as many or from one for each row of the backlog.
fn of_known(what: &'static str, known: &Known, values: &[f64]) -> Result<Vec<f64>, InputError> {
    if values.len() == known.len() {
        return Ok(values.to_vec());
    }
    if values.len() == known.complaints {
        return Ok(known.rows.iter().map(|&row| values[row]).collect());
    }
    Err(InputError::Length { what, found: values.len(), expected: known.len() })
}
