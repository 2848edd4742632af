//! From probabilities to a place in the queue: combination, bands, gates, overrides.
//!
//! Band: by priority; then the lowest cap; then the highest floor; an override last. Holds and
//! routes never move a complaint: they say who must act first.

mod atoms;
mod band;
mod combination;
mod condition;
mod decisions;
mod error;
mod gate;
mod numbers;
mod overrides;
mod place;
mod rules;
pub(crate) mod standing;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use band::{ActionDays, Band, Bands, Lane};
pub use combination::{Combination, HarmWeights, Priority, PriorityError, bounds_of_any};
pub use condition::{Condition, MOST_DEPTH, MOST_TERMS};
pub use decisions::{ActiveOverride, ActiveOverrides, OverrideCount, OverrideSummary, Overrides};
pub use error::PolicyError;
pub use gate::{Gate, GateEffect, GateIndex};
pub use overrides::{
    LOWERING_PREFIX, LOWERING_REASONS, Override, OverrideDirection, OverrideEffect, OverrideError,
};
pub use place::{Placement, SetBy};

pub(crate) use band::CutOffs;
pub(crate) use combination::Combiner;
pub(crate) use numbers::refused_number;
pub(crate) use overrides::EffectKind;
pub(crate) use place::place;
pub(crate) use rules::{Held, Possible, RuleIndex, Rules, Touched, danger, resolve};

use crate::Fixed;
use crate::codebook::ItemAnswers;
use crate::codebook::{About, Codebook, MOST_FAULTS};
use crate::instrument::{Answers, Instrument};
use atoms::MOST_ATOMS;

/// The most alternatives that all gates of a policy may unfold into together: what a complaint is
/// held against.
pub const MOST_TERMS_IN_ALL: usize = 16_384;

/// A policy as it stands in a file; see [`Policy::new`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyDraft {
    /// What it is for, and whose choice it is.
    pub description: String,
    /// How probabilities become one priority.
    pub combination: Combination,
    /// Cut-offs and action times.
    pub bands: Bands,
    /// Answers that suspend every cap; while one of their items is unknown, no cap goes below
    /// `medium`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub danger_signs: Vec<ItemAnswers>,
    /// The gates.
    pub gates: Vec<Gate>,
    /// The share of capacity that goes to a blind audit, 0 to 1.
    pub audit_share: Fixed,
}

#[derive(Debug)]
struct Inner {
    draft: PolicyDraft,
    combiner: Combiner,
    cut_offs: CutOffs,
    rules: Rules,
}

/// A policy held against a codebook and an instrument. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Policy {
    inner: Arc<Inner>,
}

impl Policy {
    /// Holds a draft against a codebook and an instrument.
    ///
    /// # Errors
    /// [`PolicyError`] names the first rule that is broken, where, and the way out.
    pub fn new(
        codebook: &Codebook,
        instrument: &Instrument,
        draft: PolicyDraft,
    ) -> Result<Self, PolicyError> {
        Policy::check(codebook, instrument, draft).map_err(first_of)
    }

    /// The same with every fault, at most [`MOST_FAULTS`].
    pub(crate) fn check(
        codebook: &Codebook,
        instrument: &Instrument,
        draft: PolicyDraft,
    ) -> Result<Self, Vec<PolicyError>> {
        let mut faults: Vec<PolicyError> = check_bands(&draft.bands).err().into_iter().collect();
        faults.extend(check_audit(draft.audit_share).err());
        let combiner = combiner(instrument, &draft.combination).map_err(|fault| faults.push(fault));
        let rules = compile(codebook, instrument, &draft).map_err(|more| faults.extend(more));
        match (combiner, rules) {
            (Ok(combiner), Ok(rules)) if faults.is_empty() => {
                let cut_offs = CutOffs::of(&draft.bands);
                Ok(Policy { inner: Arc::new(Inner { draft, combiner, cut_offs, rules }) })
            }
            _ => {
                faults.truncate(MOST_FAULTS);
                Err(faults)
            }
        }
    }

    /// The policy as it stands in a file: change a copy to make another policy.
    #[must_use]
    pub fn draft(&self) -> &PolicyDraft {
        &self.inner.draft
    }

    /// The gates in their order.
    #[must_use]
    pub fn gates(&self) -> &[Gate] {
        &self.inner.draft.gates
    }

    /// The gate that set a band; `None` where the priority or a person did, and for a gate of
    /// another policy, with more of them.
    #[must_use]
    pub fn gate_that_set(&self, band: SetBy) -> Option<&Gate> {
        match band {
            SetBy::Cap(gate) | SetBy::Floor(gate) => self.gates().get(gate.position()),
            SetBy::Priority | SetBy::Override => None,
        }
    }

    /// Cut-offs and action times.
    #[must_use]
    pub fn bands(&self) -> &Bands {
        &self.inner.draft.bands
    }

    pub(crate) fn combiner(&self) -> &Combiner {
        &self.inner.combiner
    }

    pub(crate) fn cut_offs(&self) -> CutOffs {
        self.inner.cut_offs
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.inner.rules
    }
}

/// The first of faults that are not none.
fn first_of(faults: Vec<PolicyError>) -> PolicyError {
    let found = faults.len();
    let first = faults.into_iter().next();
    first.unwrap_or(PolicyError::TooManyAtoms { found, limit: MOST_ATOMS })
}

fn check_audit(share: Fixed) -> Result<(), PolicyError> {
    let whole = Fixed::from_steps(crate::base::STEPS_PER_UNIT);
    match (Fixed::ZERO..=whole).contains(&share) {
        true => Ok(()),
        false => Err(PolicyError::AuditShare { share }),
    }
}

fn not_blank(
    field: &'static str,
    place: impl FnOnce() -> String,
    text: &str,
) -> Result<(), PolicyError> {
    match text.trim().is_empty() {
        true => Err(PolicyError::Blank { field, place: place() }),
        false => Ok(()),
    }
}

fn check_bands(bands: &Bands) -> Result<(), PolicyError> {
    let whole = Fixed::from_steps(crate::base::STEPS_PER_UNIT);
    let (medium, high, very_high) = (bands.medium, bands.high, bands.very_high);
    let rising = Fixed::ZERO < medium && medium < high && high < very_high && very_high <= whole;
    if !rising {
        return Err(PolicyError::CutOffs { medium, high, very_high });
    }
    not_blank("rationale", || "the bands".to_owned(), &bands.rationale)?;
    not_blank("rationale", || "the action days".to_owned(), &bands.action_days.rationale)?;
    let days = &bands.action_days;
    let days = [days.very_high, days.high, days.medium, days.low];
    if days[0] == 0 || !days.is_sorted() {
        return Err(PolicyError::ActionDays);
    }
    Ok(())
}

fn combiner(instrument: &Instrument, combination: &Combination) -> Result<Combiner, PolicyError> {
    match combination {
        Combination::AnyIfIndependent => Ok(Combiner::AnyIfIndependent),
        Combination::Max => Ok(Combiner::Max),
        Combination::Single(outcome) => instrument
            .outcome_position(outcome)
            .map(Combiner::Single)
            .ok_or_else(|| PolicyError::UnknownOutcome { outcome: outcome.clone() }),
        Combination::ExpectedHarm(harm) => {
            not_blank("rationale", || "the harm weights".to_owned(), &harm.rationale)?;
            not_blank("signed", || "the harm weights".to_owned(), &harm.signed)?;
            let fault = |fault: String| Err(PolicyError::HarmWeights { fault });
            if let Some(stray) =
                harm.weights.keys().find(|outcome| instrument.outcome_position(outcome).is_none())
            {
                return Err(PolicyError::UnknownOutcome { outcome: stray.clone() });
            }
            let mut weights = Vec::with_capacity(instrument.outcomes().len());
            for part in instrument.outcomes() {
                match harm.weights.get(&part.outcome) {
                    Some(&weight) if weight < Fixed::ZERO => {
                        return fault(format!("give `{}` a negative weight", part.outcome));
                    }
                    Some(&weight) => weights.push(weight),
                    None => return fault(format!("leave out `{}`", part.outcome)),
                }
            }
            if weights.iter().all(|&weight| weight == Fixed::ZERO) {
                return fault("are all 0".to_owned());
            }
            Ok(Combiner::shares(&weights))
        }
    }
}

/// Compiles the gates, the danger signs and the instrument's denominators; or tells every fault,
/// the first of every gate, at most [`MOST_FAULTS`].
fn compile(
    codebook: &Codebook,
    instrument: &Instrument,
    draft: &PolicyDraft,
) -> Result<Rules, Vec<PolicyError>> {
    let mut rules = Rules::new();
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for gate in &draft.gates {
        let fault = if seen.insert(&gate.id) {
            add_gate(codebook, draft, gate, &mut rules).err()
        } else {
            Some(PolicyError::RepeatedGate { gate: gate.id.clone() })
        };
        faults.extend(fault);
        if faults.len() == MOST_FAULTS {
            return Err(faults);
        }
    }
    for sign in &draft.danger_signs {
        match condition::codes(codebook, "danger_signs", &sign.item, &sign.is) {
            Ok((item, codes)) => rules.add_danger_sign(&Answers { item, codes }),
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        faults.truncate(MOST_FAULTS);
        return Err(faults);
    }
    for outcome in 0..instrument.outcomes().len() {
        rules.add_denominator(instrument.not_when(outcome), instrument.established_by(outcome));
    }
    rules.finish();
    let found = rules.atoms().len();
    if found > MOST_ATOMS {
        return Err(vec![PolicyError::TooManyAtoms { found, limit: MOST_ATOMS }]);
    }
    Ok(rules)
}

fn add_gate(
    codebook: &Codebook,
    draft: &PolicyDraft,
    gate: &Gate,
    rules: &mut Rules,
) -> Result<(), PolicyError> {
    let owned = || gate.id.clone();
    if gate.citation.trim().is_empty() {
        return Err(PolicyError::NoCitation { gate: owned() });
    }
    not_blank("title", || format!("gate `{}`", gate.id), &gate.title)?;
    let resolved = gate.when.resolve(codebook, &gate.id, rules.atoms_mut())?;
    let numbers: BTreeSet<usize> = resolved.atoms().into_iter().collect();
    let asked = || numbers.iter().map(|&number| &rules.atoms()[number]);
    match gate.effect {
        GateEffect::Floor(Band::Low) | GateEffect::Cap(Band::VeryHigh) => {
            return Err(PolicyError::Toothless { gate: owned() });
        }
        GateEffect::Cap(_) => {
            if draft.danger_signs.is_empty() {
                return Err(PolicyError::CapWithoutDangerSigns { gate: owned() });
            }
            if let Some(open) = asked().find(|atom| atom.codes.contains(&0)) {
                let item = codebook.items()[open.item].id.clone();
                return Err(PolicyError::CapOnUnknown { gate: owned(), item });
            }
        }
        _ => {}
    }
    let raises = !matches!(gate.effect, GateEffect::Cap(_));
    let of_victim = |atom: &&Answers| codebook.items()[atom.item].about == About::Victim;
    if let Some(atom) = asked().find(of_victim).filter(|_| !(gate.safeguarding && raises)) {
        let item = codebook.items()[atom.item].id.clone();
        return Err(PolicyError::VictimItem { gate: owned(), item });
    }
    // Where there are more sets of answers than bits, the policy is refused once all are counted.
    if rules.atoms_fit() {
        let terms = resolved.unfold(&gate.id)?;
        if rules.term_count() + terms.len() > MOST_TERMS_IN_ALL {
            let limit = MOST_TERMS_IN_ALL;
            return Err(PolicyError::TooManyTermsInAll { gate: owned(), limit });
        }
        rules.add_gate(&gate.effect, &terms);
    }
    Ok(())
}
