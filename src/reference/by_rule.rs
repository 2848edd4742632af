//! Which numbers of a model still are what the rules give that they cite.

use std::collections::{BTreeMap, BTreeSet};

use super::derive::{derive_unit, weighed};
use super::policy::cut_offs_of;
use super::rules::Rules;
use super::solve::solve;
use super::{CONCERN, ReferenceError};
use crate::Fixed;
use crate::instrument::{Instrument, InstrumentDraft, NumberProvenance, OutcomeDraft};
use crate::policy::Band;
use crate::triage::{Finding, Triage};

/// What [`numbers_by_rule`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NumbersByRule {
    findings: Vec<Finding>,
    held: usize,
    not_computed: BTreeMap<String, usize>,
}

impl NumbersByRule {
    /// Numbers that are not what their rules give; for [`Triage::lint_with`].
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How many weights and intercepts were computed again.
    #[must_use]
    pub fn held(&self) -> usize {
        self.held
    }

    /// How many weights and intercepts cite which rule that cannot be computed here, by rule: one of the model's own, or a
    /// shipped one with other words. Nothing is known of these numbers.
    #[must_use]
    pub fn not_computed(&self) -> &BTreeMap<String, usize> {
        &self.not_computed
    }
}

/// Computes the numbers of a model again that cite the shipped rules, word for word, and tells those that are others:
/// weights from the rules and the model's own codebook, intercepts and channel weights solved for the weights that stand in
/// the file, cut-offs reached under them. So an edited weight tells of itself and of every number that was solved with the old
/// one. Rules of a model's own cannot be computed; how many numbers cite them is counted.
///
/// Takes about two seconds for a model of the shipped rules, and no time for one of other rules.
///
/// ```no_run
/// let triage = caserank::reference::published()?;
/// let numbers = caserank::reference::numbers_by_rule(&triage)?;
/// assert!(numbers.findings().is_empty() && numbers.held() > 100);
/// println!("{}", triage.lint_with(numbers.findings().to_vec()));
/// # Ok::<(), caserank::reference::ReferenceError>(())
/// ```
///
/// # Errors
/// [`ReferenceError`] where a model cites the shipped rules and they do not fit its codebook.
pub fn numbers_by_rule(triage: &Triage) -> Result<NumbersByRule, ReferenceError> {
    let rules = Rules::load()?;
    let draft = triage.instrument().draft();
    let same: BTreeSet<&str> = draft
        .rules
        .iter()
        .filter(|rule| rules.rules.iter().any(|shipped| shipped == *rule))
        .map(|rule| rule.id.as_str())
        .collect();
    let mut found = NumbersByRule::default();
    let computable = |provenance: &NumberProvenance| -> Result<bool, String> {
        match provenance.rules.iter().find(|rule| !same.contains(rule.as_str())) {
            Some(rule) => Err(rule.clone()),
            None => Ok(provenance.rules.iter().any(|rule| rule.starts_with("unit_"))),
        }
    };
    let (mut by_rules, mut by_points) = (false, false);
    for part in &draft.outcomes {
        for (provenance, count) in provenances(part) {
            match computable(provenance) {
                Ok(is_points) => {
                    found.held += count;
                    by_points |= is_points;
                    by_rules |= !is_points;
                }
                Err(rule) => *found.not_computed.entry(rule).or_default() += count,
            }
        }
    }
    let codebook = triage.codebook();
    let draft_of = |instrument: Instrument| instrument.draft().clone();
    let weighed = by_rules.then(|| weighed(codebook, &rules)).transpose()?;
    let points = by_points.then(|| derive_unit(codebook).map(draft_of)).transpose()?;
    // What is solved is solved for the weights that stand there, edited or not.
    let solved = match by_rules && draft.population.is_some() {
        true => Some(draft_of(solve(codebook, draft.clone())?)),
        false => None,
    };
    for part in &draft.outcomes {
        let of = |draft: &Option<InstrumentDraft>| outcome_of(draft.as_ref(), &part.outcome);
        let given = Given { weighed: of(&weighed), points: of(&points), solved: of(&solved) };
        hold(draft, part, &given, |provenance| computable(provenance).ok(), &mut found.findings);
    }
    let bands = triage.policy().bands();
    if found.held > 0 && bands.rationale == rules.bands.rationale && draft.population.is_some() {
        let given = cut_offs_of(triage.instrument(), triage.policy().combiner(), &rules)?;
        let stand = [bands.very_high, bands.high, bands.medium];
        for ((band, value), by_rule) in
            [Band::VeryHigh, Band::High, Band::Medium].into_iter().zip(stand).zip(given)
        {
            if value != by_rule {
                found.findings.push(Finding::CutOffNotByRule { band, value, by_rule });
            }
        }
    }
    Ok(found)
}

/// What the rules give for one outcome.
struct Given {
    weighed: Option<OutcomeDraft>,
    points: Option<OutcomeDraft>,
    solved: Option<OutcomeDraft>,
}

fn outcome_of(draft: Option<&InstrumentDraft>, outcome: &str) -> Option<OutcomeDraft> {
    draft?.outcomes.iter().find(|part| part.outcome == outcome).cloned()
}

/// Every provenance of an outcome's numbers with how many numbers it stands for.
fn provenances(part: &OutcomeDraft) -> impl Iterator<Item = (&NumberProvenance, usize)> {
    let entries = part.weights.iter().map(|entry| (&entry.provenance, entry.weights.len()));
    std::iter::once((&part.intercept.provenance, 1)).chain(entries)
}

/// Holds the numbers of one outcome against what the rules give; `is_points` says which rules, or that they are not known.
fn hold(
    draft: &InstrumentDraft,
    part: &OutcomeDraft,
    given: &Given,
    is_points: impl Fn(&NumberProvenance) -> Option<bool>,
    findings: &mut Vec<Finding>,
) {
    let channel = draft.population.as_ref().map(|population| population.channel_item.as_str());
    let source = |is_points: bool, is_solved: bool| match (is_points, is_solved) {
        (true, _) => &given.points,
        (false, true) => &given.solved,
        (false, false) => &given.weighed,
    };
    let mut differing =
        |answer, provenance: &NumberProvenance, value: Fixed, by_rule: Option<Fixed>| {
            if by_rule != Some(value) {
                findings.push(Finding::NotByRule {
                    outcome: part.outcome.clone(),
                    answer,
                    rules: provenance.rules.clone(),
                    value,
                    by_rule,
                });
            }
        };
    let intercept = &part.intercept;
    if let Some(points) = is_points(&intercept.provenance) {
        let by_rule = source(points, true).as_ref().map(|given| given.intercept.value);
        differing(None, &intercept.provenance, intercept.value, by_rule);
    }
    for entry in &part.weights {
        let Some(points) = is_points(&entry.provenance) else { continue };
        let is_solved = channel == Some(entry.item.as_str()) && entry.item != CONCERN;
        let given = source(points, is_solved).as_ref();
        let by_rule =
            given.and_then(|given| given.weights.iter().find(|given| given.item == entry.item));
        for (answer, &value) in &entry.weights {
            let by_rule = by_rule.and_then(|by_rule| by_rule.weights.get(answer).copied());
            let answer = Some((entry.item.clone(), answer.clone()));
            differing(answer, &entry.provenance, value, by_rule);
        }
    }
}
