//! An assessment for machines: everything, exact, and all that a screen needs to show it.
//!
//! `docs/formats/assessment.schema.json` is its schema. Ids and words, never places in a list; one
//! unit for each quantity, named in its key.

use serde::{Serialize, Serializer};

use super::assessment::Assessment;
use crate::Timestamp;
use crate::codebook::{Identity, Item, Stage};
use crate::complaint::{Deadline, Deconfliction, Origin, SaidBy};
use crate::policy::{Band, GateEffect, Lane, Override, SetBy};
use crate::rank::Standing;
use crate::triage::Fingerprint;

/// The version of the form in which assessments are written.
pub const ASSESSMENT_FORMAT: u32 = 1;

/// Billionths in a millionth.
const BILLIONTHS: u64 = 1_000;

#[derive(Serialize)]
struct Written<'a> {
    format_version: u32,
    complaint: Complaint<'a>,
    model: Model<'a>,
    standing: WrittenStanding,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    positions: Option<usize>,
    model_lane: Lane,
    model_band: Band,
    set_by: Setter<'a>,
    studied: bool,
    answers: Vec<Answer<'a>>,
    open: Vec<Open<'a>>,
    reasons: Vec<Reason<'a>>,
    gates: Vec<Fired<'a>>,
    reachable: Vec<Reachable<'a>>,
    bound: Bound,
    next_questions: Vec<Question<'a>>,
    outcomes: Vec<Outcome<'a>>,
    overrides: Vec<&'a Override>,
    unlisted: &'a [String],
    #[serde(skip_serializing_if = "<[crate::complaint::NotUnderstood]>::is_empty")]
    not_understood: &'a [crate::complaint::NotUnderstood],
}

#[derive(Serialize)]
struct Complaint<'a> {
    id: &'a str,
    received: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'a str>,
    origin: Origin,
    stage: Stage,
    deadlines: &'a [Deadline],
    deconfliction: Deconfliction,
}

#[derive(Serialize)]
struct Model<'a> {
    id: &'a str,
    version: String,
    codebook: &'a Identity,
    fingerprint: Fingerprint,
    scoring_fingerprint: Fingerprint,
    calibrated: bool,
}

#[derive(Serialize)]
struct WrittenStanding {
    lane: Lane,
    band: Band,
    priority_billionths: u32,
}

impl From<Standing> for WrittenStanding {
    fn from(standing: Standing) -> Self {
        WrittenStanding {
            lane: standing.lane(),
            band: standing.band(),
            priority_billionths: standing.priority().billionths(),
        }
    }
}

#[derive(Serialize)]
struct Setter<'a> {
    by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    gate: Option<&'a str>,
}

#[derive(Serialize)]
struct Answer<'a> {
    item: &'a str,
    question: &'a str,
    answer: &'a str,
    label: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    said_by: Option<SaidBy<'a>>,
}

#[derive(Serialize)]
struct Open<'a> {
    item: &'a str,
    question: &'a str,
}

#[derive(Serialize)]
struct Reason<'a> {
    item: &'a str,
    answer: &'a str,
    label: &'a str,
    change_billionths: i64,
}

#[derive(Serialize)]
struct Fired<'a> {
    gate: &'a str,
    title: &'a str,
    effect: &'a GateEffect,
    citation: &'a str,
}

#[derive(Serialize)]
struct Reachable<'a> {
    item: &'a str,
    answer: &'a str,
    label: &'a str,
    lane: Lane,
    band: Band,
}

#[derive(Serialize)]
struct Bound {
    first: WrittenStanding,
    last: WrittenStanding,
}

#[derive(Serialize)]
struct Question<'a> {
    item: &'a str,
    question: &'a str,
    chance_billionths: u64,
    declared: bool,
}

#[derive(Serialize)]
struct Outcome<'a> {
    outcome: &'a str,
    title: &'a str,
    applies: bool,
    calibrated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    score_millionths: Option<i32>,
    /// A probability only where `calibrated`.
    probability_billionths: u32,
    intercept_millionths: i32,
    contributions: Vec<Contribution<'a>>,
}

#[derive(Serialize)]
struct Contribution<'a> {
    item: &'a str,
    answer: &'a str,
    weight_millionths: i32,
}

/// The words of an answer; `unknown` for code 0.
fn label(item: &Item, code: u8) -> &str {
    let answer = usize::from(code).checked_sub(1).and_then(|position| item.answers.get(position));
    answer.map_or(crate::codebook::UNKNOWN, |answer| &answer.label)
}

impl Serialize for Assessment {
    /// One documented form with a version of its own; see the module's summary.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let triage = &self.triage;
        let codebook = triage.codebook();
        let set_by = self.placement.set_by();
        let gate = triage.policy().gate_that_set(set_by).map(|gate| gate.id.as_str());
        let by = match set_by {
            SetBy::Priority => "priority",
            SetBy::Cap(_) => "cap",
            SetBy::Floor(_) => "floor",
            SetBy::Override => "override",
        };
        let answered = codebook.items().iter().zip(&self.codes).filter(|(_, code)| **code != 0);
        let written = Written {
            format_version: ASSESSMENT_FORMAT,
            complaint: Complaint {
                id: &self.id,
                received: self.received(),
                unit: self.unit(),
                origin: self.origin,
                stage: self.stage,
                deadlines: self.deadlines(),
                deconfliction: self.deconfliction(),
            },
            model: Model {
                id: &triage.identity().id,
                version: triage.identity().version.to_string(),
                codebook: triage.codebook().identity(),
                fingerprint: triage.fingerprint(),
                scoring_fingerprint: triage.scoring_fingerprint(),
                calibrated: triage.instrument().is_calibrated(),
            },
            standing: self.standing().into(),
            position: self.ranked.map(|ranked| ranked.position),
            positions: self.ranked.map(|ranked| ranked.of),
            model_lane: self.placement.model_standing().lane(),
            model_band: self.placement.model_standing().band(),
            set_by: Setter { by, gate },
            studied: !self.is_unstudied(),
            answers: answered
                .map(|(item, &code)| Answer {
                    item: &item.id,
                    question: &item.question,
                    answer: item.answer_id(code),
                    label: label(item, code),
                    said_by: SaidBy::of(self.provenance(&item.id), self.speaker(&item.id)),
                })
                .collect(),
            open: self
                .open_items()
                .map(|item| Open { item: &item.id, question: &item.question })
                .collect(),
            reasons: self.written_reasons().collect(),
            gates: self
                .gates()
                .map(|gate| Fired {
                    gate: &gate.id,
                    title: &gate.title,
                    effect: &gate.effect,
                    citation: &gate.citation,
                })
                .collect(),
            reachable: self.written_reachable().collect(),
            bound: Bound { first: self.bound.first().into(), last: self.bound.last().into() },
            next_questions: self
                .next
                .iter()
                .map(|question| Question {
                    item: &codebook[question.item].id,
                    question: &codebook[question.item].question,
                    chance_billionths: u64::from(question.chance) * BILLIONTHS,
                    declared: question.declared,
                })
                .collect(),
            outcomes: self.written_outcomes().collect(),
            overrides: self.active.iter().flat_map(|active| active.iter()).collect(),
            unlisted: &self.unlisted,
            not_understood: self.not_understood(),
        };
        written.serialize(serializer)
    }
}

impl Assessment {
    fn written_reasons(&self) -> impl Iterator<Item = Reason<'_>> {
        let codebook = self.triage.codebook();
        self.reasons.iter().map(|reason| Reason {
            item: &codebook[reason.item].id,
            answer: codebook[reason.item].answer_id(reason.code),
            label: label(&codebook[reason.item], reason.code),
            change_billionths: reason.change,
        })
    }

    fn written_reachable(&self) -> impl Iterator<Item = Reachable<'_>> {
        let codebook = self.triage.codebook();
        self.answered.iter().map(|answered| Reachable {
            item: &codebook[answered.item].id,
            answer: codebook[answered.item].answer_id(answered.code),
            label: label(&codebook[answered.item], answered.code),
            lane: answered.standing.lane(),
            band: answered.standing.band(),
        })
    }

    fn written_outcomes(&self) -> impl Iterator<Item = Outcome<'_>> {
        let codebook = self.triage.codebook();
        let instrument = self.triage.instrument();
        instrument.outcome_indices().map(|outcome| {
            let (part, result) = (&instrument[outcome], self.outcome(outcome));
            let listed = codebook.outcome_position(&part.outcome);
            let title = listed.map(|listed| &*codebook.outcomes()[listed].title);
            let contributions = self.contributions(outcome).map(|contribution| {
                let item = &codebook[contribution.item];
                Contribution {
                    item: &item.id,
                    answer: item.answer_id(contribution.code),
                    weight_millionths: contribution.weight.steps(),
                }
            });
            Outcome {
                outcome: &part.outcome,
                title: title.unwrap_or(&part.outcome),
                applies: result.applies,
                calibrated: part.quotable_calibration().is_some(),
                score_millionths: result.applies.then_some(result.score.steps()),
                probability_billionths: result.probability.billionths(),
                intercept_millionths: part.intercept.value.steps(),
                contributions: contributions.collect(),
            }
        })
    }
}
