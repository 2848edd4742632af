//! Whether a message is what was asked for.

use super::error::FederatedError;
use super::messages::{Ask, Counts, Proposal, Sums, SumsMessage};
use super::plan::{FORMAT, Plan};
use crate::triage::Fingerprint;

pub(super) fn check_counts(
    plan: &Plan,
    fingerprint: Fingerprint,
    counts: &Counts,
) -> Result<(), FederatedError> {
    let agency = || counts.agency.clone();
    if counts.format != FORMAT {
        return Err(FederatedError::Format { found: counts.format, read: FORMAT });
    }
    if counts.plan != fingerprint {
        return Err(FederatedError::Other {
            from: agency(),
            what: "plan",
            found: counts.plan.to_string(),
            expected: fingerprint.to_string(),
        });
    }
    let length = |what: &str, found: usize, expected: usize| {
        let (agency, what) = (agency(), what.to_owned());
        if found == expected {
            Ok(())
        } else {
            Err(FederatedError::Length { agency, what, found, expected })
        }
    };
    length("the list of items", counts.answers.len(), plan.items().len())?;
    for (item, answers) in plan.items().iter().zip(&counts.answers) {
        length(&item.id, answers.len(), item.codes())?;
        let all: u64 = answers.iter().map(|answer| answer.complaints).sum();
        length(&item.id, all as usize, counts.complaints as usize)?;
        for answer in answers {
            if answer.complaints > 0 && answer.complaints < plan.minimum() as u64 {
                return Err(FederatedError::SmallGroup {
                    agency: agency(),
                    item: item.id.clone(),
                    found: answer.complaints,
                    minimum: plan.minimum(),
                });
            }
            if !(answer.weight.is_finite() && answer.weight >= 0.0) {
                let (what, value) = ("a sum of case weights", answer.weight);
                return Err(FederatedError::Number { from: agency(), what, value, positive: true });
            }
            let Some(outcome) = answer.outcome else { continue };
            if outcome.complaints > answer.complaints {
                let (found, most) = (outcome.complaints as usize, answer.complaints as usize);
                length(&item.id, found, most)?;
            }
            let sums = [outcome.weight, outcome.squares, outcome.squares_without];
            if let Some(value) = sums.into_iter().find(|sum| !(sum.is_finite() && *sum >= 0.0)) {
                let (what, from) = ("a sum of case weights", agency());
                return Err(FederatedError::Number { from, what, value, positive: true });
            }
        }
    }
    Ok(())
}

pub(super) fn check_sums(
    proposal: &Proposal,
    fingerprint: Fingerprint,
    answer: &SumsMessage,
) -> Result<(), FederatedError> {
    if answer.format != FORMAT {
        return Err(FederatedError::Format { found: answer.format, read: FORMAT });
    }
    if answer.plan != proposal.plan {
        return Err(FederatedError::Other {
            from: answer.agency.clone(),
            what: "plan",
            found: answer.plan.to_string(),
            expected: proposal.plan.to_string(),
        });
    }
    let width = proposal.coefficients.len();
    let lists: Vec<(&str, &[f64], usize)> = match (&answer.sums, &proposal.ask) {
        (Sums::Likelihood { log_likelihood, gradient, information, .. }, Ask::Likelihood) => vec![
            ("the log-likelihood", std::slice::from_ref(log_likelihood), 1),
            ("the gradient", gradient, width),
            ("the information", information, width * (width + 1) / 2),
        ],
        (Sums::Gradient { log_likelihood, gradient }, Ask::Gradient) => vec![
            ("the log-likelihood", std::slice::from_ref(log_likelihood), 1),
            ("the gradient", gradient, width),
        ],
        (Sums::Leverage { gradient }, Ask::Leverage { .. }) => {
            vec![("the gradient", gradient, width)]
        }
        (Sums::ClusterErrors { squares, .. }, Ask::ClusterErrors { .. }) => {
            vec![("the squares", squares, width)]
        }
        _ => Vec::new(),
    };
    if lists.is_empty() || answer.round != proposal.round || answer.proposal != fingerprint {
        return Err(FederatedError::Round {
            round: proposal.round,
            fault: "another question was answered by",
            agency: answer.agency.clone(),
        });
    }
    for (what, values, expected) in lists {
        if values.len() != expected {
            return Err(FederatedError::Length {
                agency: answer.agency.clone(),
                what: what.to_owned(),
                found: values.len(),
                expected,
            });
        }
        if let Some(value) = values.iter().find(|value| !value.is_finite()) {
            let (from, what) = (answer.agency.clone(), "a sum");
            return Err(FederatedError::Number { from, what, value: *value, positive: false });
        }
    }
    Ok(())
}
