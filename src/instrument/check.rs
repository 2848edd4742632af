//! Every rule that an instrument must keep, checked once at load.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::draft::{
    Calibration, Ground, InstrumentDraft, ItemWeights, Link, NumberProvenance, OutcomeDraft, Rule,
};
use super::error::InstrumentError;
use super::{Answers, Inner, Instrument, Part};
use crate::Fixed;
use crate::codebook::{
    About, Codebook, Identity, ItemAnswers, MOST_FAULTS, MOST_OUTCOMES, UNKNOWN,
};

pub(super) fn check(
    codebook: &Codebook,
    mut draft: InstrumentDraft,
) -> Result<Instrument, InstrumentError> {
    codebook.require(&format!("instrument `{}`", draft.id), &draft.codebook)?;
    if !(1..=MOST_OUTCOMES).contains(&draft.outcomes.len()) {
        let found = draft.outcomes.len();
        return Err(InstrumentError::OutcomeCount { found, limit: MOST_OUTCOMES });
    }
    let rules = check_rules(codebook, &draft.rules)?;
    if let Some(population) = &draft.population {
        population.check(codebook)?;
    }
    let unstudied = match &draft.studied {
        Some(studied) => named(codebook, "any (as studied)", &studied.not_when, Silence::Refused)?,
        None => Vec::new(),
    };
    let mut seen = BTreeSet::new();
    let mut parts = Vec::with_capacity(draft.outcomes.len());
    for part in &mut draft.outcomes {
        if codebook.outcome_position(&part.outcome).is_none() {
            return Err(InstrumentError::UnknownOutcome { outcome: part.outcome.clone() });
        }
        if !seen.insert(part.outcome.clone()) {
            let id = part.outcome.clone();
            return Err(InstrumentError::Repeated { what: "outcome".to_owned(), id });
        }
        parts.push(check_outcome(codebook, part, &rules)?);
    }
    Ok(Instrument {
        inner: Arc::new(Inner {
            identity: Identity { id: draft.id.clone(), version: draft.version.clone() },
            codebook: codebook.clone(),
            parts,
            unstudied,
            draft,
        }),
    })
}

fn check_rules(codebook: &Codebook, rules: &[Rule]) -> Result<BTreeSet<String>, InstrumentError> {
    let listed: BTreeSet<&str> = codebook.sources().iter().map(|source| &*source.id).collect();
    let mut ids = BTreeSet::new();
    for rule in rules {
        let fault =
            |fault: String| Err(InstrumentError::RuleSource { rule: rule.id.clone(), fault });
        if !ids.insert(rule.id.clone()) {
            let id = rule.id.clone();
            return Err(InstrumentError::Repeated { what: "rule".to_owned(), id });
        }
        if rule.ground == Ground::Evidence && rule.sources.is_empty() {
            return fault("rests on evidence but names no source".to_owned());
        }
        if let Some(missing) = rule.sources.iter().find(|id| !listed.contains(id.as_str())) {
            return fault(format!("names source `{missing}`, which the codebook does not list"));
        }
    }
    Ok(ids)
}

fn check_outcome(
    codebook: &Codebook,
    part: &mut OutcomeDraft,
    rules: &BTreeSet<String>,
) -> Result<Part, InstrumentError> {
    let outcome = part.outcome.as_str();
    if part.definition.trim().is_empty() {
        return Err(InstrumentError::NoDefinition { outcome: outcome.to_owned() });
    }
    check_provenance("the intercept".to_owned(), outcome, &part.intercept.provenance, rules)?;
    check_link(outcome, &part.link)?;
    check_calibration(outcome, part.calibration.as_ref())?;
    let mut weights: Vec<Vec<Fixed>> =
        codebook.items().iter().map(|item| vec![Fixed::ZERO; item.code_count()]).collect();
    let mut weighed = BTreeSet::new();
    for entry in &mut part.weights {
        let position = position_of(codebook, outcome, entry)?;
        if !weighed.insert(position) {
            let what = format!("item (of outcome `{outcome}`)");
            return Err(InstrumentError::Repeated { what, id: entry.item.clone() });
        }
        weights[position] = check_weights(codebook, outcome, entry, rules)?;
    }
    let reach = weights.iter().map(|weights| largest(weights)).sum::<u64>()
        + u64::from(part.intercept.value.steps().unsigned_abs());
    if reach > i32::MAX as u64 {
        let reach = format!("{}.{:06}", reach / 1_000_000, reach % 1_000_000);
        return Err(InstrumentError::Overflow { outcome: outcome.to_owned(), reach });
    }
    let (mut not_when, mut established_by) = (Vec::new(), Vec::new());
    if let Some(denominator) = &part.denominator {
        not_when = named(codebook, outcome, &denominator.not_when, Silence::Named)?;
        established_by = named(codebook, outcome, &denominator.established_by, Silence::Refused)?;
        let asked =
            not_when.iter().chain(&established_by).map(|named| &codebook.items()[named.item]);
        if let Some(item) = asked.into_iter().find(|item| item.about == About::Victim) {
            let (outcome, item) = (outcome.to_owned(), item.id.clone());
            return Err(InstrumentError::VictimDenominator { outcome, item });
        }
    }
    // Codebook order, so that equal instruments are written with equal bytes.
    part.weights.sort_by_key(|entry| codebook.item_position(&entry.item));
    Ok(Part { weights, not_when, established_by })
}

fn position_of(
    codebook: &Codebook,
    outcome: &str,
    entry: &ItemWeights,
) -> Result<usize, InstrumentError> {
    codebook.item_position(&entry.item).ok_or_else(|| InstrumentError::UnknownItem {
        outcome: outcome.to_owned(),
        item: entry.item.clone(),
        nearest: codebook.nearest_item(&entry.item).map(str::to_owned),
    })
}

/// The weights of one item by code.
fn check_weights(
    codebook: &Codebook,
    outcome: &str,
    entry: &mut ItemWeights,
    rules: &BTreeSet<String>,
) -> Result<Vec<Fixed>, InstrumentError> {
    let position = position_of(codebook, outcome, entry)?;
    let what = format!("item `{}`", entry.item);
    check_provenance(what, outcome, &entry.provenance, rules)?;
    let mut weights = vec![Fixed::ZERO; codebook.items()[position].code_count()];
    spread(codebook, position, outcome, entry, &mut weights)?;
    Ok(weights)
}

/// Every fault of a draft, at most [`MOST_FAULTS`]: the one that it is refused for; with sound rules
/// the first of every outcome beside its weights, and the first of every item weighed.
pub(super) fn faults(codebook: &Codebook, draft: InstrumentDraft) -> Vec<InstrumentError> {
    let rules = check_rules(codebook, &draft.rules);
    let mut outcomes = draft.outcomes.clone();
    let Err(first) = check(codebook, draft) else { return Vec::new() };
    let Ok(rules) = rules else { return vec![first] };
    let mut told = BTreeSet::from([first.to_string()]);
    let mut found = vec![first];
    let mut tell = |fault: InstrumentError| {
        if told.insert(fault.to_string()) {
            found.push(fault);
        }
    };
    for part in &mut outcomes {
        let weights = std::mem::take(&mut part.weights);
        if codebook.outcome_position(&part.outcome).is_none() {
            tell(InstrumentError::UnknownOutcome { outcome: part.outcome.clone() });
        }
        check_outcome(codebook, part, &rules).err().into_iter().for_each(&mut tell);
        for mut entry in weights {
            let checked = check_weights(codebook, &part.outcome, &mut entry, &rules);
            checked.err().into_iter().for_each(&mut tell);
        }
    }
    found.truncate(MOST_FAULTS);
    found
}

fn largest(weights: &[Fixed]) -> u64 {
    weights.iter().map(|weight| u64::from(weight.steps().unsigned_abs())).max().unwrap_or(0)
}

fn spread(
    codebook: &Codebook,
    position: usize,
    outcome: &str,
    entry: &mut ItemWeights,
    weights: &mut [Fixed],
) -> Result<(), InstrumentError> {
    let item = &codebook.items()[position];
    let (outcome, id) = (outcome.to_owned(), item.id.clone());
    if item.about == About::Victim {
        return Err(InstrumentError::VictimWeighed { outcome, item: id });
    }
    if let Some(weight) = entry.weights.remove(UNKNOWN).filter(|weight| *weight != Fixed::ZERO) {
        return Err(InstrumentError::UnknownWeighed { outcome, item: id, weight });
    }
    for (answer, &weight) in &entry.weights {
        let Some(code) = item.code_of(answer) else {
            let listed: Vec<&str> = item.answers.iter().map(|answer| &*answer.id).collect();
            let (answer, listed) = (answer.clone(), listed.join(", "));
            return Err(InstrumentError::UnknownAnswer { outcome, item: id, answer, listed });
        };
        if item.found_or_not && item.absent_code() == Some(code) && weight != Fixed::ZERO {
            let absent = answer.clone();
            return Err(InstrumentError::AbsentWeighed { outcome, item: id, absent, weight });
        }
        weights[usize::from(code)] = weight;
    }
    Ok(())
}

fn check_provenance(
    what: String,
    outcome: &str,
    provenance: &NumberProvenance,
    rules: &BTreeSet<String>,
) -> Result<(), InstrumentError> {
    let outcome = outcome.to_owned();
    if provenance.rules.is_empty() {
        return Err(InstrumentError::NoProvenance { what, outcome });
    }
    match provenance.rules.iter().find(|rule| !rules.contains(*rule)) {
        Some(rule) => Err(InstrumentError::UnknownRule { what, outcome, rule: rule.clone() }),
        None => Ok(()),
    }
}

fn check_link(outcome: &str, link: &Link) -> Result<(), InstrumentError> {
    let Link::Table(steps) = link else { return Ok(()) };
    let whole = Fixed::from_steps(crate::base::STEPS_PER_UNIT);
    let within = |probability: Fixed| (Fixed::ZERO..=whole).contains(&probability);
    let fault = if steps.is_empty() {
        "is empty"
    } else if steps.iter().any(|step| !within(step.probability)) {
        "has a probability outside 0 to 1"
    } else if steps.windows(2).any(|pair| pair[0].from >= pair[1].from) {
        "has scores that do not increase"
    } else if steps.windows(2).any(|pair| pair[0].probability > pair[1].probability) {
        "has a probability that falls"
    } else {
        return Ok(());
    };
    Err(InstrumentError::Table { outcome: outcome.to_owned(), fault })
}

fn check_calibration(
    outcome: &str,
    calibration: Option<&Calibration>,
) -> Result<(), InstrumentError> {
    let Some(calibration) = calibration else { return Ok(()) };
    let ratio = &calibration.expected_over_observed;
    let fault = if calibration.events == 0 || calibration.events > calibration.complaints {
        "must count at least one event and no more events than complaints"
    } else if ratio.low > ratio.value || ratio.high < ratio.value || ratio.low < Fixed::ZERO {
        "has an E/O outside its own interval"
    } else {
        return Ok(());
    };
    Err(InstrumentError::Calibration { outcome: outcome.to_owned(), fault })
}

/// Whether *unknown* may stand among the answers: silence can take an outcome away, and never
/// establishes one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Silence {
    Named,
    Refused,
}

fn named(
    codebook: &Codebook,
    outcome: &str,
    named: &[ItemAnswers],
    silence: Silence,
) -> Result<Vec<Answers>, InstrumentError> {
    let unlisted =
        |name: String| InstrumentError::Denominator { outcome: outcome.to_owned(), name };
    named
        .iter()
        .map(|named| {
            let item =
                codebook.item_position(&named.item).ok_or_else(|| unlisted(named.item.clone()))?;
            let code = |answer: &String| {
                let code = if silence == Silence::Named && answer == crate::codebook::UNKNOWN {
                    Some(0)
                } else {
                    codebook.items()[item].code_of(answer)
                };
                code.ok_or_else(|| unlisted(format!("{} = {answer}", named.item)))
            };
            let mut codes = named.is.iter().map(code).collect::<Result<Vec<u8>, _>>()?;
            codes.sort_unstable();
            codes.dedup();
            if codes.is_empty() {
                return Err(unlisted(format!("{} without answers", named.item)));
            }
            Ok(Answers { item, codes })
        })
        .collect()
}
