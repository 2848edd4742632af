//! The instruments, computed from the rules and the codebook alone.

use std::collections::BTreeMap;

use semver::Version;

use super::rules::{Rules, share_applying};
use super::solve::solve;
use super::weights::{by_rule, divide};
use super::{CONCERN, ReferenceError, logit};
use crate::Fixed;
use crate::codebook::{Codebook, UNKNOWN};
use crate::instrument::{
    Instrument, InstrumentDraft, Intercept, ItemWeights, Link, NumberProvenance, OutcomeDraft,
    Population, Step,
};

/// The version of the instruments and models that this file computes.
pub(super) const MODEL_VERSION: Version = Version::new(0, 2, 0);

const STATEMENT: &str = "Addresses the three questions named in the abstract of NCJ 250154; not the instrument of that report, not endorsed by OJJDP, not validated.";

fn warnings() -> Vec<String> {
    vec![
        "Not calibrated: scores order complaints and print no percentages.".to_owned(),
        "Nearly every source studied arrested or convicted men; nothing here was validated on incoming complaints, on women or on minors.".to_owned(),
    ]
}

fn draft(rules: &Rules, codebook: &Codebook, id: &str, description: String) -> InstrumentDraft {
    InstrumentDraft {
        id: id.to_owned(),
        version: MODEL_VERSION,
        description,
        codebook: codebook.identity().clone(),
        warnings: warnings(),
        studied: Some(rules.studied.clone()),
        rules: rules.rules.clone(),
        population: None,
        outcomes: Vec::new(),
    }
}

/// Computes the reference instrument from the shipped rules; see [`derive_with`].
///
/// # Errors
/// [`ReferenceError`] where rules and codebook do not fit each other.
pub fn derive(codebook: &Codebook) -> Result<Instrument, ReferenceError> {
    derive_with(codebook, &Rules::load()?)
}

/// Computes the reference instrument from rules: weights by rule, then every intercept and channel
/// weight solved on the draws that the rules ask for. Takes about a second.
///
/// ```no_run
/// use caserank::reference::{RuleChange, Rules, codebook, derive_with, model_with};
/// let rules = Rules::shipped()?.with(&RuleChange::Step("1.386294".parse()?))?;
/// let instrument = derive_with(&codebook()?, &rules)?;
/// let triage = model_with(&instrument, &rules)?;
/// # let _ = triage;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`ReferenceError`] where rules and codebook do not fit each other.
pub fn derive_with(codebook: &Codebook, rules: &Rules) -> Result<Instrument, ReferenceError> {
    solve(codebook, weighed(codebook, rules)?)
}

/// Weights by rule, before intercepts and channel weights are solved.
pub(super) fn weighed(
    codebook: &Codebook,
    rules: &Rules,
) -> Result<InstrumentDraft, ReferenceError> {
    let population = rules.population(codebook)?;
    let description = format!(
        "Weights by rule from published directions, with declared assumptions. {STATEMENT}"
    );
    let mut made = draft(rules, codebook, "published", description);
    for declared in &rules.outcomes {
        let mut all = by_rule(rules, codebook, &declared.outcome)?;
        divide(&mut all, rules.overlap.to_f64(), rules.most.to_f64());
        let mut weights = Vec::new();
        for weighed in &mut all {
            weighed.shift(&population);
            weights.push(weighed.entry()?);
        }
        weights.extend(concern_weights(rules, codebook, &population, &declared.outcome)?);
        made.outcomes.push(OutcomeDraft {
            outcome: declared.outcome.clone(),
            definition: declared.definition.clone(),
            denominator: declared.denominator.clone(),
            intercept: Intercept {
                value: Fixed::ZERO,
                provenance: NumberProvenance {
                    rules: vec!["solved_intercept".to_owned()],
                    note: None,
                },
            },
            weights,
            link: Link::Logistic,
            calibration: None,
        });
    }
    made.population = Some(population);
    Ok(made)
}

/// The whole stream's share of complaints to which an outcome applies, and its rate among all.
fn stream(
    rules: &Rules,
    population: &Population,
    outcome: &str,
) -> Result<(f64, f64), ReferenceError> {
    let denominator = rules.outcome(outcome)?.denominator.as_ref();
    let (mut applying, mut events) = (0.0, 0.0);
    for channel in &population.channels {
        let share = channel.share.value.to_f64();
        applying += share * share_applying(population, &channel.answer, denominator);
        events += share * channel.base_rates.get(outcome).map_or(0.0, |rate| rate.value.to_f64());
    }
    Ok((applying, events))
}

/// What any answer to `concern` adds where an outcome is not asked of all complaints.
fn concern_weights(
    rules: &Rules,
    codebook: &Codebook,
    population: &Population,
    outcome: &str,
) -> Result<Option<ItemWeights>, ReferenceError> {
    let (applying, events) = stream(rules, population, outcome)?;
    // Nothing to step up from where silence takes the outcome away.
    let from_silence = rules.outcome(outcome)?.denominator.as_ref().is_some_and(|denominator| {
        let named = |named: &crate::codebook::ItemAnswers| {
            named.item == CONCERN && named.is.iter().any(|answer| answer == UNKNOWN)
        };
        !denominator.not_when.iter().any(named)
    });
    if !from_silence {
        return Ok(None);
    }
    let weight = Fixed::nearest(logit(events / applying) - logit(events))
        .ok_or_else(|| ReferenceError::missing("weight of", CONCERN))?;
    let item = super::item_of(codebook, CONCERN)?;
    Ok(Some(ItemWeights {
        item: item.id.clone(),
        weights: item.answers.iter().map(|answer| (answer.id.clone(), weight)).collect(),
        provenance: NumberProvenance {
            rules: vec!["concern_share".to_owned()],
            note: Some(format!("applies to {applying:.6} of the stream")),
        },
    }))
}

/// Computes the unit instrument: a point for each answer that weighs anything by rule.
///
/// # Errors
/// [`ReferenceError`] where rules and codebook do not fit each other.
pub fn derive_unit(codebook: &Codebook) -> Result<Instrument, ReferenceError> {
    let rules = Rules::load()?;
    let population = rules.population(codebook)?;
    let description = format!(
        "Unit weights: one point for each answer that weighs anything in `published`. {STATEMENT}"
    );
    let mut made = draft(&rules, codebook, "unit", description);
    for declared in &rules.outcomes {
        let weights: Vec<ItemWeights> = by_rule(&rules, codebook, &declared.outcome)?
            .iter()
            .map(|weighed| {
                let ordered = weighed.item.kind != crate::codebook::Kind::Nominal;
                let highest = weighed.item.answers.iter().rposition(|answer| !answer.aside);
                let points = weighed.item.answers.iter().enumerate().map(|(position, answer)| {
                    let counts = !ordered || Some(position) == highest;
                    let sign = match weighed.weights[position] {
                        weight if weight > 0.0 && counts => 1,
                        weight if weight < 0.0 && counts => -1,
                        _ => 0,
                    };
                    (answer.id.clone(), Fixed::from_steps(sign * crate::base::STEPS_PER_UNIT))
                });
                points_of(&weighed.item.id, points.collect())
            })
            .collect();
        let (_, rate) = stream(&rules, &population, &declared.outcome)?;
        made.outcomes.push(OutcomeDraft {
            outcome: declared.outcome.clone(),
            definition: declared.definition.clone(),
            denominator: declared.denominator.clone(),
            intercept: Intercept {
                value: Fixed::ZERO,
                provenance: NumberProvenance { rules: vec!["unit_points".to_owned()], note: None },
            },
            weights,
            link: Link::Table(table(rate, &rules)?),
            calibration: None,
        });
    }
    made.population = Some(population);
    Ok(Instrument::new(codebook, made)?)
}

fn points_of(item: &str, weights: BTreeMap<String, Fixed>) -> ItemWeights {
    let provenance = NumberProvenance {
        rules: vec!["unit_points".to_owned(), "unit_table".to_owned()],
        note: None,
    };
    ItemWeights { item: item.to_owned(), weights, provenance }
}

fn table(rate: f64, rules: &Rules) -> Result<Vec<Step>, ReferenceError> {
    let (factor, ends) = (rules.unit.factor.to_f64(), rules.unit.ends);
    (-ends..=ends)
        .map(|points| {
            let odds = rate / (1.0 - rate) * factor.powi(points);
            let fixed = |value: f64| {
                Fixed::nearest(value).ok_or_else(|| ReferenceError::missing("step", "unit_table"))
            };
            Ok(Step { from: fixed(f64::from(points))?, probability: fixed(odds / (1.0 + odds))? })
        })
        .collect()
}
