//! Why a complaint moved: which answers, gates, decisions or weights did it.

use std::cmp::Reverse;
use std::fmt;

use serde::Serialize;
use thiserror::Error;

use super::assessment::Assessment;
use crate::base::escaped;
use crate::codebook::CodebookError;
use crate::policy::{ActiveOverride, Band, GateEffect, Override, OverrideEffect, Priority};
use crate::policy::{danger, place};
use crate::rank::Standing;
use crate::triage::{Fingerprint, Tally};

/// Why two assessments are not compared.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WhyError {
    /// They are about different complaints.
    #[error(
        "the assessments are about complaints `{earlier}` and `{later}`: compare one with itself", earlier = escaped(.earlier), later = escaped(.later))]
    OtherComplaint {
        /// Id in the earlier assessment.
        earlier: String,
        /// Id in the later one.
        later: String,
    },
    /// They come from models that score, gate, band or order differently.
    #[error(
        "the assessments come from different models ({} and {}): ask for `why_between_models` if that is what you want to see",
        .earlier.short(), .later.short()
    )]
    OtherModel {
        /// Scoring fingerprint of the earlier model.
        earlier: Fingerprint,
        /// Scoring fingerprint of the later one.
        later: Fingerprint,
    },
    /// Two complaints, each under a model of its own.
    #[error(
        "the assessments come from different models ({} and {}): assess both complaints by one",
        .first.short(), .second.short()
    )]
    TwoModels {
        /// Scoring fingerprint of the model of the first.
        first: Fingerprint,
        /// Scoring fingerprint of the model of the second.
        second: Fingerprint,
    },
    /// They come from different codebooks.
    #[error(transparent)]
    OtherCodebook(#[from] CodebookError),
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// An answer.
    Answer {
        /// Id of the item.
        item: String,
        /// Id of the answer before, `unknown` where there was none.
        from: String,
        /// Id of the answer after.
        to: String,
    },
    /// A gate that fires now, or no longer does.
    Gate {
        /// Id of the gate.
        gate: String,
        /// What it does.
        effect: GateEffect,
        /// Whether it fires now.
        fires: bool,
    },
    /// A decision that is in force now, or no longer is.
    Override {
        /// What was decided.
        effect: OverrideEffect,
        /// In which role.
        role: String,
        /// For which reason.
        reason: String,
        /// Whether it is in force now.
        in_force: bool,
    },
    /// Weights, bands, combination or gates of another model, for the same answers.
    Model,
}

/// One cause of a move, with what it does by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ChangeEffect {
    /// What changed.
    pub(crate) change: Change,
    /// Where the complaint would stand without this one change.
    pub(crate) without: Standing,
    /// Where it stands with it.
    pub(crate) with: Standing,
}

/// Why a complaint moved; see [`Assessment::why_since`].
///
/// Each cause is told by what it does as the last of all changes, so causes need not add up: two
/// changes may do the same work, or each may need the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Why {
    /// The complaint.
    pub(crate) complaint: String,
    /// Where it stood.
    pub(crate) from: Standing,
    /// Where it stands.
    pub(crate) to: Standing,
    /// What did it, largest effect first: lane, then bands, then priority.
    pub(crate) causes: Vec<ChangeEffect>,
}

impl fmt::Display for Why {
    /// A line for the move and one for each cause.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let complaint = crate::base::text::OnScreen(&self.complaint);
        match self.from == self.to {
            true => write!(formatter, "{complaint}: still {}", self.to)?,
            false => write!(formatter, "{complaint}: from {} to {}", self.from, self.to)?,
        }
        if self.causes.is_empty() {
            return formatter.write_str("\n  nothing about it changed; others came, went or moved");
        }
        self.causes.iter().try_for_each(|cause| write!(formatter, "\n  {cause}"))
    }
}

impl fmt::Display for ChangeEffect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.change {
            Change::Answer { item, from, to } => write!(formatter, "{item} was {from}, is {to}")?,
            Change::Gate { gate, effect, fires: true } => {
                write!(formatter, "gate {gate} fires ({effect})")?;
            }
            Change::Gate { gate, effect, .. } => {
                write!(formatter, "gate {gate} no longer fires ({effect})")?;
            }
            Change::Override { effect, role, reason, in_force } => {
                let now = if *in_force { "in force" } else { "no longer in force" };
                write!(formatter, "{effect} by {role} ({reason}), {now}")?;
            }
            Change::Model => formatter.write_str("another model, same answers")?,
        }
        let (without, with) = (self.without, self.with);
        if without == with {
            return formatter.write_str(": moves nothing by itself");
        }
        write!(formatter, ": {without} without this, {with} with it")
    }
}

impl Assessment {
    /// Why the complaint stands elsewhere than in an earlier assessment by the same model.
    ///
    /// ```
    /// use caserank::{Complaint, Triage};
    /// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
    /// # let triage = Triage::from_json(json)?;
    /// let complaint = Complaint::new("a", "2026-04-17".parse()?)?;
    /// let before = triage.assess(&complaint)?;
    /// let after = triage.assess(&complaint.with_answer("urgent", "yes"))?;
    /// assert_eq!(after.why_since(&before)?.to_string(), "\
    /// a: from open, medium, 66 to open, high, 143
    ///   urgent was unknown, is yes: open, medium, 66 without this, open, high, 143 with it
    ///   gate urgent_not_cleared fires (at least high): open, medium, 143 without this, open, high, 143 with it");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`WhyError::OtherComplaint`], [`WhyError::OtherCodebook`], or [`WhyError::OtherModel`]
    /// where the models' scoring fingerprints differ.
    pub fn why_since(&self, earlier: &Assessment) -> Result<Why, WhyError> {
        self.require_codebook_of(earlier)?;
        let (before, after) =
            (earlier.triage.scoring_fingerprint(), self.triage.scoring_fingerprint());
        if before != after {
            return Err(WhyError::OtherModel { earlier: before, later: after });
        }
        self.why_between_models(earlier)
    }

    /// The same where the model may be another one of the same codebook.
    ///
    /// # Errors
    /// [`WhyError::OtherComplaint`] and [`WhyError::OtherCodebook`].
    pub fn why_between_models(&self, earlier: &Assessment) -> Result<Why, WhyError> {
        if self.id != earlier.id {
            let (earlier, later) = (earlier.id.clone(), self.id.clone());
            return Err(WhyError::OtherComplaint { earlier, later });
        }
        self.require_codebook_of(earlier)?;
        let mut causes = Vec::new();
        self.answers_since(earlier, &mut causes);
        self.gates_since(earlier, &mut causes);
        self.overrides_since(earlier, &mut causes);
        self.model_since(earlier, &mut causes);
        causes.sort_by_key(|cause| Reverse(size(cause)));
        Ok(Why {
            complaint: self.id.clone(),
            from: earlier.standing(),
            to: self.standing(),
            causes,
        })
    }

    fn require_codebook_of(&self, earlier: &Assessment) -> Result<(), WhyError> {
        let codebook = self.triage.codebook();
        Ok(codebook.require_same("the earlier assessment", earlier.triage.codebook())?)
    }

    /// Where this complaint would stand with another tally, other gates or other decisions.
    fn at(&self, tally: &Tally, fired: &[usize], active: Option<&ActiveOverride>) -> Standing {
        let engine = self.triage.engine();
        let by_priority = Band::from_level(engine.cut_offs().level(tally.priority));
        let gates = self.triage.policy().gates();
        let by_priority = (Priority::from_billionths(tally.priority), by_priority);
        place(gates, fired, danger(tally.effects), by_priority, active).standing()
    }

    fn answers_since(&self, earlier: &Assessment, causes: &mut Vec<ChangeEffect>) {
        let engine = self.triage.engine();
        let mut then = engine.empty_tally();
        let pairs = earlier.codes.iter().zip(&self.codes).enumerate();
        for (position, (&from, &to)) in pairs.filter(|(_, (from, to))| from != to) {
            engine.change(&self.tally, position, (to, from), &mut then);
            let fired = engine.rules().fired(&then.bits);
            let item = &self.triage.codebook().items()[position];
            let change = Change::Answer {
                item: item.id.clone(),
                from: item.answer_id(from).to_owned(),
                to: item.answer_id(to).to_owned(),
            };
            let without = self.at(&then, &fired, self.active.as_ref());
            causes.push(ChangeEffect { change, without, with: self.standing() });
        }
    }

    fn gates_since(&self, earlier: &Assessment, causes: &mut Vec<ChangeEffect>) {
        let names = |assessment: &Assessment| -> Vec<String> {
            assessment.gates().map(|gate| gate.id.clone()).collect()
        };
        let (before, after) = (names(earlier), names(self));
        for (number, gate) in self.triage.policy().gates().iter().enumerate() {
            let fires = after.contains(&gate.id);
            if fires == before.contains(&gate.id) {
                continue;
            }
            let mut fired = self.fired.clone();
            match fired.binary_search(&number) {
                Ok(found) => drop(fired.remove(found)),
                Err(found) => fired.insert(found, number),
            }
            let effect = gate.effect.clone();
            let change = Change::Gate { gate: gate.id.clone(), effect, fires };
            let without = self.at(&self.tally, &fired, self.active.as_ref());
            causes.push(ChangeEffect { change, without, with: self.standing() });
        }
    }

    fn overrides_since(&self, earlier: &Assessment, causes: &mut Vec<ChangeEffect>) {
        let kinds: [fn(&mut ActiveOverride) -> &mut Option<Override>; 3] =
            [|active| &mut active.band, |active| &mut active.lane, |active| &mut active.hold];
        let mut before = earlier.active.clone().unwrap_or_default();
        let mut after = self.active.clone().unwrap_or_default();
        for kind in kinds {
            let (old, new) = (kind(&mut before).clone(), kind(&mut after).clone());
            if old == new {
                continue;
            }
            // Without the change the old decision of this kind would be in force.
            let mut kept = self.active.clone().unwrap_or_default();
            kind(&mut kept).clone_from(&old);
            let without = self.at(&self.tally, &self.fired, Some(&kept));
            for (decision, in_force) in [(new, true), (old, false)] {
                let Some(Override { effect, role, reason, .. }) = decision else { continue };
                let change = Change::Override { effect, role, reason, in_force };
                causes.push(ChangeEffect { change, without, with: self.standing() });
            }
        }
    }

    fn model_since(&self, earlier: &Assessment, causes: &mut Vec<ChangeEffect>) {
        if self.triage.scoring_fingerprint() == earlier.triage.scoring_fingerprint() {
            return;
        }
        let engine = earlier.triage.engine();
        let tally = engine.tally_codes(&self.codes);
        let fired = engine.rules().fired(&tally.bits);
        let without = earlier.at(&tally, &fired, self.active.as_ref());
        causes.push(ChangeEffect { change: Change::Model, without, with: self.standing() });
    }
}

/// How much a cause does by itself: lane, then bands, then billionths of the index.
fn size(cause: &ChangeEffect) -> (bool, u32, u32) {
    let (without, with) = (cause.without, cause.with);
    (
        without.lane() != with.lane(),
        without.band().level().abs_diff(with.band().level()),
        without.priority().billionths().abs_diff(with.priority().billionths()),
    )
}
