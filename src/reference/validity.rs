//! Instruments without the items that overlap an outcome's definition.

use super::ReferenceError;
use super::rules::Rules;
use super::solve::solve;
use crate::instrument::Instrument;

/// What is left of an instrument for claims about validity.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Validity {
    /// The instrument without the overlapping items of this outcome, solved again.
    Estimable {
        /// The instrument.
        instrument: Instrument,
        /// The items taken out.
        without: Vec<String>,
    },
    /// Too little remains to say anything.
    NotEstimable {
        /// The outcome.
        outcome: String,
        /// The items taken out.
        without: Vec<String>,
        /// The weighted items that remain, starting groups apart.
        remaining: Vec<String>,
    },
}

/// Takes every item that overlaps an outcome's definition out of that outcome's weights and
/// solves intercepts and channels again.
///
/// Where fewer than three weighted items remain, starting groups apart, the outcome is *not
/// estimable*: what would be measured is little more than how complaints came in.
///
/// # Errors
/// [`ReferenceError::Missing`] for an outcome that the instrument does not have, or an instrument
/// without a declared population.
pub fn validity(instrument: &Instrument, outcome: &str) -> Result<Validity, ReferenceError> {
    let rules = Rules::load()?;
    let codebook = instrument.codebook();
    let mut draft = instrument.draft().clone();
    let part = draft
        .outcomes
        .iter_mut()
        .find(|part| part.outcome == outcome)
        .ok_or_else(|| ReferenceError::missing("outcome", outcome))?;
    let overlaps = |item: &str| {
        codebook
            .item(item)
            .and_then(|item| item.bears_on.get(outcome))
            .is_some_and(|bearing| bearing.criterion_of)
    };
    let (out, kept): (Vec<_>, Vec<_>) =
        std::mem::take(&mut part.weights).into_iter().partition(|entry| overlaps(&entry.item));
    let without: Vec<String> = out.into_iter().map(|entry| entry.item).collect();
    let starting = [&*rules.population.channel_item, super::CONCERN];
    let remaining: Vec<String> = kept
        .iter()
        .map(|entry| entry.item.clone())
        .filter(|item| !starting.contains(&item.as_str()))
        .collect();
    if remaining.len() < rules.fewest_items {
        return Ok(Validity::NotEstimable { outcome: outcome.to_owned(), without, remaining });
    }
    part.weights = kept;
    draft.id = format!("{}_validity_{outcome}", draft.id);
    let said =
        format!("Without items that overlap the definition of {outcome}: {}.", without.join(", "));
    draft.warnings.push(said);
    Ok(Validity::Estimable { instrument: solve(codebook, draft)?, without })
}
