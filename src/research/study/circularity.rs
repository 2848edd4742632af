//! The same model without the items that overlap an outcome's definition.

use super::StudyError;
use super::target::Target;
use crate::Triage;
use crate::reference::{Validity, validity};

/// The model with the validity variant of its instrument, or why there is none.
///
/// The policy stays as it is: gates that ask for overlapping items still move complaints, so
/// measures of the order keep that much of the overlap and measures of the score keep none. A model
/// that weighs no overlapping item is its own variant.
///
/// # Errors
/// [`StudyError::Model`] where the variant does not fit the policy.
pub fn without_overlap(
    triage: &Triage,
    target: &Target,
) -> Result<Result<Triage, String>, StudyError> {
    let Target::Outcome(outcome) = target else {
        return Ok(Err("overlap is defined for one outcome at a time".to_owned()));
    };
    let codebook = triage.codebook();
    let overlaps = |item: &str| {
        let bearing = codebook.item(item).and_then(|item| item.bears_on.get(outcome));
        bearing.is_some_and(|bearing| bearing.criterion_of)
    };
    let part = triage.instrument().outcomes().iter().find(|part| part.outcome == *outcome);
    if part.is_some_and(|part| part.weights.iter().all(|entry| !overlaps(&entry.item))) {
        return Ok(Ok(triage.clone()));
    }
    match validity(triage.instrument(), outcome) {
        Ok(Validity::Estimable { instrument, .. }) => {
            let version = triage.identity().version.clone();
            Ok(Ok(triage.with_instrument(version, instrument.draft().clone())?))
        }
        Ok(Validity::NotEstimable { without, remaining, .. }) => Ok(Err(format!(
            "not estimable: without {} only {} weighted item(s) remain",
            without.join(", "),
            remaining.len()
        ))),
        Err(error) => Ok(Err(format!("not available: {error}"))),
    }
}
