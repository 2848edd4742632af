//! What one model says otherwise than another: for whoever edits a model by hand, and whoever answers for it.

use std::collections::BTreeMap;
use std::fmt;

use super::Triage;
use crate::Fixed;
use crate::policy::{Gate, GateEffect};

/// One difference between two models. Those that can hide danger come first.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ModelChange {
    /// No gate puts anything into the `must` lane any more.
    NoMustGate,
    /// A gate that is gone.
    GateGone {
        /// Its id.
        gate: String,
        /// What it did.
        effect: GateEffect,
    },
    /// A gate that asks for, or does, something else.
    GateChanged {
        /// Its id.
        gate: String,
        /// What it did.
        from: GateEffect,
        /// What it does.
        to: GateEffect,
    },
    /// A gate that is new.
    GateNew {
        /// Its id.
        gate: String,
        /// What it does.
        effect: GateEffect,
    },
    /// Items or answers differ.
    Codebook {
        /// Items that are gone.
        gone: Vec<String>,
        /// Items that are new.
        new: Vec<String>,
        /// Items whose answers, edges or stage differ.
        changed: Vec<String>,
    },
    /// Bands begin elsewhere.
    CutOff {
        /// Which band.
        band: crate::policy::Band,
        /// Where it began.
        from: Fixed,
        /// Where it begins.
        to: Fixed,
    },
    /// A weight, or the intercept where no item is named.
    Weight {
        /// The outcome.
        outcome: String,
        /// Item and answer.
        answer: Option<(String, String)>,
        /// What it was.
        from: Fixed,
        /// What it is.
        to: Fixed,
    },
    /// Danger signs, combination, links, denominators or texts differ.
    Else,
}

impl fmt::Display for ModelChange {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ModelChange::NoMustGate => {
                out.write_str("no gate puts a complaint into `must` any more")
            }
            ModelChange::GateGone { gate, effect } => {
                write!(out, "gate `{gate}` is gone ({effect})")
            }
            ModelChange::GateChanged { gate, from, to } if from == to => {
                write!(out, "gate `{gate}` ({to}) fires under another condition")
            }
            ModelChange::GateChanged { gate, from, to } => {
                write!(out, "gate `{gate}`: {from} before, {to} now")
            }
            ModelChange::GateNew { gate, effect } => write!(out, "gate `{gate}` is new ({effect})"),
            ModelChange::Codebook { gone, new, changed } => {
                out.write_str("codebook:")?;
                for (what, items) in [("gone", gone), ("new", new), ("changed", changed)] {
                    if !items.is_empty() {
                        write!(out, " {what} {};", items.join(", "))?;
                    }
                }
                Ok(())
            }
            ModelChange::CutOff { band, from, to } => {
                write!(out, "`{band}` begins at {to} instead of {from}")
            }
            ModelChange::Weight { outcome, answer: Some((item, answer)), from, to } => {
                write!(out, "{outcome}: `{item}` = `{answer}` weighs {to} instead of {from}")
            }
            ModelChange::Weight { outcome, answer: None, from, to } => {
                write!(out, "{outcome}: the intercept is {to} instead of {from}")
            }
            ModelChange::Else => out.write_str(
                "something else that is fingerprinted differs: danger signs, combination, links, denominators, evidence or texts",
            ),
        }
    }
}

impl Triage {
    /// What this model says otherwise than an older one: gates first, then items, cut-offs, weights. Empty where both
    /// have the same fingerprint.
    #[must_use]
    pub fn changes_since(&self, older: &Triage) -> Vec<ModelChange> {
        if self.fingerprint() == older.fingerprint() {
            return Vec::new();
        }
        let mut changes = Vec::new();
        gates(self, older, &mut changes);
        codebook(self, older, &mut changes);
        cut_offs(self, older, &mut changes);
        weights(self, older, &mut changes);
        if changes.is_empty() {
            changes.push(ModelChange::Else);
        }
        changes
    }
}

fn gates(newer: &Triage, older: &Triage, changes: &mut Vec<ModelChange>) {
    let must = |triage: &Triage| {
        triage.policy().gates().iter().any(|gate| gate.effect == GateEffect::Must)
    };
    if must(older) && !must(newer) {
        changes.push(ModelChange::NoMustGate);
    }
    let by_id = |triage: &Triage| -> BTreeMap<String, Gate> {
        triage.policy().gates().iter().map(|gate| (gate.id.clone(), gate.clone())).collect()
    };
    let (new, old) = (by_id(newer), by_id(older));
    for (id, gate) in &old {
        match new.get(id) {
            None => changes
                .push(ModelChange::GateGone { gate: id.clone(), effect: gate.effect.clone() }),
            Some(now) if now.effect != gate.effect || now.when != gate.when => {
                changes.push(ModelChange::GateChanged {
                    gate: id.clone(),
                    from: gate.effect.clone(),
                    to: now.effect.clone(),
                });
            }
            Some(_) => {}
        }
    }
    for (id, gate) in new.iter().filter(|(id, _)| !old.contains_key(*id)) {
        changes.push(ModelChange::GateNew { gate: id.clone(), effect: gate.effect.clone() });
    }
}

fn codebook(newer: &Triage, older: &Triage, changes: &mut Vec<ModelChange>) {
    let find = |triage: &Triage, id: &str| {
        triage.codebook().items().iter().find(|item| item.id == id).cloned()
    };
    let mut parts = [Vec::new(), Vec::new(), Vec::new()];
    for item in older.codebook().items() {
        match find(newer, &item.id) {
            None => parts[0].push(item.id.clone()),
            Some(now) => {
                let same = now.kind == item.kind
                    && now.stage == item.stage
                    && now
                        .answers
                        .iter()
                        .map(|answer| &answer.id)
                        .eq(item.answers.iter().map(|answer| &answer.id));
                if !same {
                    parts[2].push(item.id.clone());
                }
            }
        }
    }
    for item in newer.codebook().items() {
        if find(older, &item.id).is_none() {
            parts[1].push(item.id.clone());
        }
    }
    if parts.iter().any(|part| !part.is_empty()) {
        let [gone, new, changed] = parts;
        changes.push(ModelChange::Codebook { gone, new, changed });
    }
}

fn cut_offs(newer: &Triage, older: &Triage, changes: &mut Vec<ModelChange>) {
    use crate::policy::Band;
    let (new, old) = (&newer.policy().draft().bands, &older.policy().draft().bands);
    for (band, from, to) in [
        (Band::VeryHigh, old.very_high, new.very_high),
        (Band::High, old.high, new.high),
        (Band::Medium, old.medium, new.medium),
    ] {
        if from != to {
            changes.push(ModelChange::CutOff { band, from, to });
        }
    }
}

fn weights(newer: &Triage, older: &Triage, changes: &mut Vec<ModelChange>) {
    let mut all = BTreeMap::new();
    for (triage, is_new) in [(older, false), (newer, true)] {
        let instrument = triage.instrument();
        for (number, part) in instrument.outcomes().iter().enumerate() {
            let mut put = |answer: Option<(String, String)>, weight: Fixed| {
                let pair: &mut (Fixed, Fixed) =
                    all.entry((part.outcome.clone(), answer)).or_insert((Fixed::ZERO, Fixed::ZERO));
                *(if is_new { &mut pair.1 } else { &mut pair.0 }) = weight;
            };
            put(None, instrument.intercept_at(number));
            for (position, item) in triage.codebook().items().iter().enumerate() {
                for code in 1..=u8::try_from(item.answers.len()).unwrap_or(u8::MAX) {
                    let answer = (item.id.clone(), item.answer_id(code).to_owned());
                    put(Some(answer), instrument.weight_at(number, position, code));
                }
            }
        }
    }
    let differing = all.into_iter().filter(|(_, (from, to))| from != to);
    changes.extend(differing.map(|((outcome, answer), (from, to))| ModelChange::Weight {
        outcome,
        answer,
        from,
        to,
    }));
}
