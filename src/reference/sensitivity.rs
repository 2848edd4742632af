//! The reference model under other assumptions: every declared number, one at a time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::rules::Rules;
use super::{ReferenceError, derive_with, policy_with, published};
use crate::Fixed;
use crate::codebook::{Codebook, Identity};
use crate::instrument::InstrumentDraft;
use crate::policy::{Combination, PolicyDraft};
use crate::triage::Triage;

const FORMAT: u32 = 1;

/// The reference model with one declared number changed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OtherAssumption {
    /// Short name of the change.
    pub(crate) id: String,
    /// What was changed.
    pub(crate) what: String,
    /// The model; it declares no population, since the shipped one is not its own.
    pub(crate) triage: Triage,
}

/// `fixtures/models/sensitivity.json`: what each change does to the numbers of the published
/// model. Numbers that stay are left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SensitivityFile {
    format_version: u32,
    /// The model that the numbers belong to.
    of: Identity,
    note: String,
    sets: Vec<Numbers>,
}

/// The numbers of one set that differ from the published model's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Numbers {
    id: String,
    what: String,
    cut_offs: [Fixed; 3],
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    harm: BTreeMap<String, Fixed>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    intercepts: BTreeMap<String, Fixed>,
    /// By outcome, item and answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    weights: BTreeMap<String, BTreeMap<String, BTreeMap<String, Fixed>>>,
}

impl Numbers {
    fn between(
        id: &str,
        what: &str,
        base: (&InstrumentDraft, &PolicyDraft),
        other: (&InstrumentDraft, &PolicyDraft),
    ) -> Self {
        let bands = &other.1.bands;
        let mut numbers = Numbers {
            id: id.to_owned(),
            what: what.to_owned(),
            cut_offs: [bands.very_high, bands.high, bands.medium],
            harm: BTreeMap::new(),
            intercepts: BTreeMap::new(),
            weights: BTreeMap::new(),
        };
        if let Combination::ExpectedHarm(after) = &other.1.combination {
            let same = matches!(&base.1.combination, Combination::ExpectedHarm(before) if before.weights == after.weights);
            if !same {
                numbers.harm.clone_from(&after.weights);
            }
        }
        for (before, after) in base.0.outcomes.iter().zip(&other.0.outcomes) {
            let outcome = || after.outcome.clone();
            if before.intercept.value != after.intercept.value {
                numbers.intercepts.insert(outcome(), after.intercept.value);
            }
            for entry in &after.weights {
                let same = before
                    .weights
                    .iter()
                    .any(|rule| rule.item == entry.item && rule.weights == entry.weights);
                if !same {
                    let items = numbers.weights.entry(outcome()).or_default();
                    items.insert(entry.item.clone(), entry.weights.clone());
                }
            }
        }
        numbers
    }

    fn apply(&self, base: &Triage) -> Result<OtherAssumption, ReferenceError> {
        let mut draft = base.instrument().draft().clone();
        draft.population = None;
        draft.id = format!("{}_{}", draft.id, self.id);
        draft.description = format!("{} Sensitivity set: {}", draft.description, self.what);
        for part in &mut draft.outcomes {
            if let Some(&value) = self.intercepts.get(&part.outcome) {
                part.intercept.value = value;
            }
            let Some(items) = self.weights.get(&part.outcome) else { continue };
            for entry in &mut part.weights {
                if let Some(weights) = items.get(&entry.item) {
                    entry.weights.clone_from(weights);
                }
            }
        }
        let mut policy = base.policy().draft().clone();
        let [very_high, high, medium] = self.cut_offs;
        (policy.bands.very_high, policy.bands.high, policy.bands.medium) =
            (very_high, high, medium);
        if let (Combination::ExpectedHarm(harm), false) =
            (&mut policy.combination, self.harm.is_empty())
        {
            harm.weights.clone_from(&self.harm);
        }
        let identity = Identity { id: draft.id.clone(), version: base.identity().version.clone() };
        let codebook = base.codebook().clone();
        let description = draft.description.clone();
        let triage = Triage::new(identity, description, codebook, draft, policy)?;
        Ok(OtherAssumption { id: self.id.clone(), what: self.what.clone(), triage })
    }
}

/// Computes `fixtures/models/sensitivity.json` from the rules: every change that they list, each
/// solved anew. Takes about a second a set.
///
/// # Errors
/// [`ReferenceError`] where rules and codebook do not fit each other.
pub fn derive_sensitivity(codebook: &Codebook, rules: &Rules) -> Result<String, ReferenceError> {
    let all: Vec<usize> = (0..rules.vary().len()).collect();
    let sets = numbers(codebook, rules, &all)?;
    let base = super::model_with(&derive_with(codebook, rules)?, rules)?;
    let file = SensitivityFile {
        format_version: FORMAT,
        of: base.identity().clone(),
        note: "Computed: the numbers of the published model that change when one declared number does, and the cut-offs that the same shares of the population then reach.".to_owned(),
        sets,
    };
    let text = serde_json::to_string(&file)
        .map_err(|cause| ReferenceError::Rules { fault: cause.to_string() })?;
    // A line a set, so that a change of one is a line in a comparison.
    Ok(text.replace("},{\"id\":", "},\n{\"id\":").replace("\"sets\":[{", "\"sets\":[\n{") + "\n")
}

/// The numbers of some of the listed changes, by their places.
fn numbers(
    codebook: &Codebook,
    rules: &Rules,
    positions: &[usize],
) -> Result<Vec<Numbers>, ReferenceError> {
    let instrument = derive_with(codebook, rules)?;
    let policy = policy_with(&instrument, rules)?;
    let mut sets = Vec::new();
    for varied in positions.iter().filter_map(|&position| rules.vary().get(position)) {
        let changed = rules.with(&varied.change)?;
        let other = derive_with(codebook, &changed)?;
        let other_policy = policy_with(&other, &changed)?;
        sets.push(Numbers::between(
            &varied.id,
            &varied.what,
            (instrument.draft(), &policy),
            (other.draft(), &other_policy),
        ));
    }
    Ok(sets)
}

/// The reference model under every other assumption that its rules list, from the shipped file.
///
/// ```
/// let sets = caserank::reference::other_assumptions()?;
/// assert!(sets.iter().any(|set| set.id() == "step_ln_4"));
/// # Ok::<(), caserank::reference::ReferenceError>(())
/// ```
///
/// # Errors
/// [`ReferenceError::Model`] where the shipped file was changed.
pub fn other_assumptions() -> Result<Vec<OtherAssumption>, ReferenceError> {
    let base = published()?;
    let file = file()?;
    if &file.of != base.identity() {
        let fault = format!("is of {}, not of {}", file.of, base.identity());
        return Err(ReferenceError::Rules { fault });
    }
    file.sets.iter().map(|set| set.apply(&base)).collect()
}

fn file() -> Result<SensitivityFile, ReferenceError> {
    let text = include_str!("../../fixtures/models/sensitivity.json");
    let file: SensitivityFile = serde_json::from_str(text)
        .map_err(|cause| ReferenceError::Rules { fault: cause.to_string() })?;
    if file.format_version == FORMAT {
        Ok(file)
    } else {
        let found = file.format_version;
        Err(ReferenceError::Rules { fault: format!("is of format {found}, not {FORMAT}") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::codebook;

    /// Solving every set takes too long here; `build_reference --check` compares them all.
    #[test]
    fn shipped_sets_are_what_the_rules_give() {
        let (codebook, rules) = (codebook().unwrap(), Rules::load().unwrap());
        let shipped = file().unwrap();
        let named: Vec<&str> = shipped.sets.iter().map(|set| &*set.id).collect();
        let listed: Vec<&str> = rules.vary().iter().map(|varied| &*varied.id).collect();
        assert_eq!(named, listed, "run the example build_reference");
        let position = |id: &str| listed.iter().position(|rule| *rule == id).unwrap();
        let positions = [position("overlap_0"), position("briggs_30")];
        for (position, computed) in
            positions.iter().zip(numbers(&codebook, &rules, &positions).unwrap())
        {
            assert!(shipped.sets[*position] == computed, "{}", computed.id);
        }
    }
}
