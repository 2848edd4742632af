//! What an instrument made of a fit says of the fit.

use super::cautions::thin_answers;
use super::instrument::assembled;
use super::warning::FitWarning;
use super::{Designed, FitError, LinearWeights, LogisticModel, Naming, PointCard};
use crate::codebook::Codebook;
use crate::instrument::Instrument;

/// Notes of an instrument from the warnings of the fit of one outcome: those about the weights and probabilities themselves.
/// An instrument has no errors or tests for the others to be about.
pub(super) fn notes(outcome: &str, warnings: &[FitWarning]) -> Vec<String> {
    sentences(outcome, warnings, |warning| {
        warning.bears_on_weights() && !matches!(warning, FitWarning::Design { .. })
    })
}

/// Everything that a fit says of itself, for what is made from its errors as well.
pub(crate) fn all_notes(outcome: &str, warnings: &[FitWarning]) -> Vec<String> {
    let mut notes =
        sentences(outcome, warnings, |warning| !matches!(warning, FitWarning::Design { .. }));
    notes.extend(warnings.iter().filter_map(|warning| match warning {
        FitWarning::Design { note } => Some(note.clone()),
        _ => None,
    }));
    let few = listed(warnings, &|warning| match warning {
        FitWarning::ClusteredErrorNotEstimable { column, .. } => Some(format!("`{column}`")),
        _ => None,
    });
    notes.extend(few.map(|all| {
        format!("Weights for `{outcome}` that hardly any subjects carry, so that the model's error stands for theirs: {all}.")
    }));
    let held = listed(warnings, &|warning| match warning {
        FitWarning::AtBound { column } => Some(format!("`{column}`")),
        _ => None,
    });
    notes.extend(held.map(|all| {
        format!("Weights for `{outcome}` that their declared direction holds at 0, where they stay: {all}.")
    }));
    notes
}

/// Many columns may share one trouble: one sentence names them all.
fn listed(
    warnings: &[FitWarning],
    named: &dyn Fn(&FitWarning) -> Option<String>,
) -> Option<String> {
    let all: Vec<String> = warnings.iter().filter_map(named).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

fn sentences(
    outcome: &str,
    warnings: &[FitWarning],
    keep: impl Fn(&FitWarning) -> bool,
) -> Vec<String> {
    let mut notes: Vec<String> = warnings
        .iter()
        .filter(|warning| keep(warning) && warning.column().is_none())
        .map(|warning| format!("Weights for `{outcome}`: {warning}."))
        .collect();
    let thin = listed(warnings, &|warning| match warning {
        FitWarning::ThinAnswer { column, rows, events } => {
            let noun = if *rows == 1 { "complaint" } else { "complaints" };
            Some(format!("`{column}` ({rows} {noun}, {events} with the outcome)"))
        }
        _ => None,
    });
    notes.extend(thin.map(|all| {
        format!("Weights for `{outcome}` that rest on fewer than five complaints with or without the outcome, and are hardly known: {all}.")
    }));
    let dependent = listed(warnings, &|warning| match warning {
        FitWarning::Collinear { column, .. } | FitWarning::Repeated { column } => {
            Some(format!("`{column}`"))
        }
        _ => None,
    });
    notes.extend(dependent.map(|all| {
        format!("Weights for `{outcome}` that other answers mostly explain, so that they are right together and hardly known one by one: {all}.")
    }));
    notes
}

impl Designed {
    /// An instrument of this one outcome from a fit to this sample, which says what the fit warns of.
    ///
    /// Weights are rounded to six decimals, as [`Self::instrument`] does, which knows weights alone and nothing of how they
    /// were learnt.
    ///
    /// # Errors
    /// As [`Self::instrument`].
    pub fn fitted_instrument(
        &self,
        codebook: &Codebook,
        naming: &Naming,
        model: &LogisticModel,
    ) -> Result<Instrument, FitError> {
        self.require(codebook)?;
        let mut part = self.linear_part(&LinearWeights::from(model), "Learnt")?;
        part.notes.extend(notes(&self.outcome, &model.report().warnings));
        assembled(codebook, naming, vec![part])
    }

    /// What a card whose points and table were counted on this sample must say: which of its answers hardly occur.
    pub(super) fn notes_of_card(&self, card: &PointCard) -> Result<Vec<String>, FitError> {
        let on_card = |warning: &FitWarning| {
            let column = warning.column();
            card.points.iter().any(|(name, _)| column == Some(name))
        };
        let thin: Vec<FitWarning> =
            thin_answers(&self.sample()?).into_iter().filter(on_card).collect();
        Ok(notes(&self.outcome, &thin))
    }
}
