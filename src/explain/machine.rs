//! An assessment for machines: everything, exact.

use serde::{Serialize, Serializer};

use super::assessment::{Assessment, Place};
use crate::Fixed;
use crate::codebook::{Identity, Stage};
use crate::complaint::Origin;
use crate::policy::{ActiveOverride, Band, GateEffect, Lane, Placement, Priority};
use crate::rank::Standing;
use crate::triage::Fingerprint;

#[derive(Serialize)]
struct Whole<'a> {
    complaint: &'a str,
    origin: Origin,
    model: &'a Identity,
    fingerprint: Fingerprint,
    scoring_fingerprint: Fingerprint,
    stage: Stage,
    placement: Placement,
    /// Billionths of the index.
    priority: Priority,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<&'a Place>,
    calibrated: bool,
    studied: bool,
    outcomes: Vec<Outcome<'a>>,
    reasons: Vec<Reason<'a>>,
    gates: Vec<Fired<'a>>,
    reachable: Vec<Reachable<'a>>,
    bound: Bound,
    next_questions: Vec<Question<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    overrides: Option<&'a ActiveOverride>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    unlisted: &'a [String],
    #[serde(skip_serializing_if = "<[crate::complaint::NotUnderstood]>::is_empty")]
    not_understood: &'a [crate::complaint::NotUnderstood],
}

#[derive(Serialize)]
struct Outcome<'a> {
    outcome: &'a str,
    applies: bool,
    score: Option<Fixed>,
    /// Billionths; a probability only where `calibrated`.
    probability: u32,
    calibrated: bool,
    intercept: Fixed,
    contributions: Vec<(&'a str, &'a str, Fixed)>,
}

#[derive(Serialize)]
struct Reason<'a> {
    item: &'a str,
    answer: &'a str,
    /// Billionths of the index.
    change: i64,
}

#[derive(Serialize)]
struct Fired<'a> {
    gate: &'a str,
    effect: &'a GateEffect,
    citation: &'a str,
}

#[derive(Serialize)]
struct Reachable<'a> {
    item: &'a str,
    answer: &'a str,
    standing: LaneAndBand,
}

/// Lane and band without the priority.
#[derive(Serialize)]
struct LaneAndBand {
    lane: Lane,
    band: Band,
}

impl From<Standing> for LaneAndBand {
    fn from(standing: Standing) -> Self {
        LaneAndBand { lane: standing.lane(), band: standing.band() }
    }
}

#[derive(Serialize)]
struct Bound {
    last: LaneAndBand,
    first: LaneAndBand,
    lowest: Priority,
    highest: Priority,
}

#[derive(Serialize)]
struct Question<'a> {
    item: &'a str,
    /// Millionths.
    chance: u32,
    declared: bool,
}

impl Serialize for Assessment {
    /// Ids and exact numbers, in a fixed order of fields.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let items = self.triage.codebook().items();
        let instrument = self.triage.instrument();
        let outcomes = instrument.outcomes().iter().enumerate().map(|(place, part)| {
            let result = self.outcome(place);
            let contributions = self.contributions(place).map(|part| {
                let item = &items[part.item];
                (item.id.as_str(), item.answer_id(part.code), part.weight)
            });
            Outcome {
                outcome: &part.outcome,
                applies: result.applies,
                score: result.applies.then_some(result.score),
                probability: result.probability.billionths(),
                calibrated: part.calibration.is_some(),
                intercept: part.intercept.value,
                contributions: contributions.collect(),
            }
        });
        let whole = Whole {
            complaint: &self.id,
            origin: self.origin,
            model: self.triage.identity(),
            fingerprint: self.triage.fingerprint(),
            scoring_fingerprint: self.triage.scoring_fingerprint(),
            stage: self.stage,
            placement: self.placement,
            priority: self.priority(),
            place: self.place.as_ref(),
            calibrated: instrument.is_calibrated(),
            studied: !self.is_unstudied(),
            outcomes: outcomes.collect(),
            reasons: self
                .reasons
                .iter()
                .map(|reason| Reason {
                    item: &items[reason.item].id,
                    answer: items[reason.item].answer_id(reason.code),
                    change: reason.change,
                })
                .collect(),
            gates: self
                .gates()
                .map(|gate| Fired {
                    gate: &gate.id,
                    effect: &gate.effect,
                    citation: &gate.citation,
                })
                .collect(),
            reachable: self
                .answered
                .iter()
                .map(|answered| Reachable {
                    item: &items[answered.item].id,
                    answer: items[answered.item].answer_id(answered.code),
                    standing: answered.standing.into(),
                })
                .collect(),
            bound: Bound {
                last: self.bound.last().into(),
                first: self.bound.first().into(),
                lowest: self.bound.last().priority(),
                highest: self.bound.first().priority(),
            },
            next_questions: self
                .next
                .iter()
                .map(|question| Question {
                    item: &items[question.item].id,
                    chance: question.chance,
                    declared: question.declared,
                })
                .collect(),
            overrides: self.active.as_ref(),
            unlisted: &self.unlisted,
            not_understood: &self.not_understood,
        };
        whole.serialize(serializer)
    }
}
