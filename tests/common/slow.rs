//! A plain, slow evaluator, written from the documentation and not from the crate's code.
//!
//! It looks every answer up by its id, adds weights in 64 bits, walks conditions as they stand and
//! sorts by comparison. The logistic link is the one thing it takes from the crate, since its bits
//! are pinned by a test of their own; it is held against `1 / (1 + exp(-x))` here as well.

use std::cmp::{Ordering, Reverse};

use caserank::codebook::{Item, ItemAnswers, Kind, UNKNOWN};
use caserank::complaint::Value;
use caserank::instrument::{Denominator, InstrumentDraft, Link, OutcomeDraft};
use caserank::policy::{
    Band, Combination, Condition, GateEffect, Lane, Override, OverrideEffect, PolicyDraft, SetBy,
};
use caserank::score::logistic;
use caserank::{Codebook, Complaint, Fixed, Timestamp, Triage};

/// Everything that the documentation says about one complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placed {
    pub(crate) id: String,
    pub(crate) received: Timestamp,
    pub(crate) deadline: Option<Timestamp>,
    pub(crate) scores: Vec<i64>,
    pub(crate) applies: Vec<bool>,
    pub(crate) probabilities: Vec<u64>,
    pub(crate) priority: u64,
    pub(crate) fired: Vec<usize>,
    pub(crate) model_lane: Lane,
    pub(crate) model_band: Band,
    pub(crate) lane: Lane,
    pub(crate) band: Band,
    pub(crate) set_by: BandFrom,
    pub(crate) overridden: bool,
}

/// What set the band; a cap or floor by its position among the gates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BandFrom {
    Priority,
    Cap(usize),
    Floor(usize),
    Override,
}

impl Placed {
    pub(crate) fn is_set_by(&self, told: SetBy) -> bool {
        match (self.set_by, told) {
            (BandFrom::Cap(gate), SetBy::Cap(told)) => told.position() == gate,
            (BandFrom::Floor(gate), SetBy::Floor(told)) => told.position() == gate,
            (BandFrom::Priority, SetBy::Priority) | (BandFrom::Override, SetBy::Override) => true,
            _ => false,
        }
    }
}

pub(crate) struct Slow<'a> {
    pub(crate) codebook: &'a Codebook,
    pub(crate) instrument: &'a InstrumentDraft,
    pub(crate) policy: &'a PolicyDraft,
}

const ONE: u64 = 1_000_000_000;

impl<'a> Slow<'a> {
    pub(crate) fn new(triage: &'a Triage) -> Self {
        Slow {
            codebook: triage.codebook(),
            instrument: triage.instrument().draft(),
            policy: triage.policy().draft(),
        }
    }

    /// The id of each item's answer, `None` where it is unknown, as of a time.
    pub(crate) fn answers(
        &self,
        complaint: &Complaint,
        as_of: Option<Timestamp>,
    ) -> Vec<Option<&'a str>> {
        self.codebook
            .items()
            .iter()
            .map(|item| {
                let given = complaint.given(&item.id)?;
                if let (Some(as_of), Some(known_at)) = (as_of, given.known_at)
                    && known_at > as_of
                {
                    return None;
                }
                answer_of(item, &given.value)
            })
            .collect()
    }

    pub(crate) fn answer(&self, answers: &[Option<&'a str>], item: &str) -> Option<&'a str> {
        let place = self.codebook.items().iter().position(|listed| listed.id == item).unwrap();
        answers[place]
    }

    /// An item left open holds where its silence is named, as only exclusions may.
    fn any_holds(&self, named: &[ItemAnswers], answers: &[Option<&'a str>]) -> bool {
        named.iter().any(|named| {
            let given = self.answer(answers, &named.item).unwrap_or(UNKNOWN);
            named.is.iter().any(|answer| answer == given)
        })
    }

    /// Intercept plus the weight of each known answer, in millionths.
    pub(crate) fn score(&self, part: &OutcomeDraft, answers: &[Option<&'a str>]) -> i64 {
        let mut score = i64::from(part.intercept.value.steps());
        for entry in &part.weights {
            if let Some(given) = self.answer(answers, &entry.item) {
                score += entry.weights.get(given).map_or(0, |weight| i64::from(weight.steps()));
            }
        }
        score
    }

    pub(crate) fn applies(&self, part: &OutcomeDraft, answers: &[Option<&'a str>]) -> bool {
        let Some(Denominator { not_when, established_by, .. }) = &part.denominator else {
            return true;
        };
        !self.any_holds(not_when, answers) || self.any_holds(established_by, answers)
    }

    pub(crate) fn holds(&self, condition: &Condition, answers: &[Option<&'a str>]) -> bool {
        let listed = |item: &str, ids: &[String]| {
            self.answer(answers, item).is_some_and(|given| ids.iter().any(|id| id == given))
        };
        match condition {
            Condition::Is { item, answers } => listed(item, answers),
            Condition::IsNot { item, answers } => !listed(item, answers),
            Condition::IsUnknown { item } => self.answer(answers, item).is_none(),
            Condition::All(all) => all.iter().all(|part| self.holds(part, answers)),
            Condition::Any(any) => any.iter().any(|part| self.holds(part, answers)),
        }
    }

    /// The priority index in billionths.
    pub(crate) fn priority(&self, probabilities: &[u64]) -> u64 {
        match &self.policy.combination {
            Combination::Max => probabilities.iter().copied().max().unwrap(),
            Combination::Single(outcome) => {
                let place =
                    self.instrument.outcomes.iter().position(|part| part.outcome == *outcome);
                probabilities[place.unwrap()]
            }
            Combination::AnyIfIndependent => {
                // The chance of none, rounded up to a billionth after each outcome.
                let none = probabilities.iter().fold(ONE, |none, probability| {
                    let product = u128::from(none) * u128::from(ONE - probability);
                    product.div_ceil(u128::from(ONE)) as u64
                });
                ONE - none
            }
            Combination::ExpectedHarm(harm) => {
                let weights: Vec<u128> = self
                    .instrument
                    .outcomes
                    .iter()
                    .map(|part| harm.weights[&part.outcome].steps() as u128)
                    .collect();
                let total: u128 = weights.iter().sum();
                // Parts of one in 2^-31, rounded down; what is left goes to the heaviest, the
                // first of equals.
                let one = 1_u128 << 31;
                let mut shares: Vec<u128> =
                    weights.iter().map(|weight| weight * one / total).collect();
                let heaviest = weights.iter().max().unwrap();
                let place = weights.iter().position(|weight| weight == heaviest).unwrap();
                shares[place] += one - shares.iter().sum::<u128>();
                let sum: u128 =
                    shares.iter().zip(probabilities).map(|(s, &p)| s * u128::from(p)).sum();
                let priority = (sum / one) as u64;
                let exact: u128 =
                    weights.iter().zip(probabilities).map(|(w, &p)| w * u128::from(p)).sum();
                let exact = (exact / total) as u64;
                assert!(priority.abs_diff(exact) <= weights.len() as u64, "{priority} {exact}");
                priority
            }
        }
    }

    fn band_of(&self, priority: u64) -> Band {
        let bands = &self.policy.bands;
        let reaches = |cut: Fixed| u128::from(priority) >= cut.steps() as u128 * 1_000;
        if reaches(bands.very_high) {
            Band::VeryHigh
        } else if reaches(bands.high) {
            Band::High
        } else if reaches(bands.medium) {
            Band::Medium
        } else {
            Band::Low
        }
    }

    /// Which danger signs are present, and whether one is unknown.
    pub(crate) fn danger(&self, answers: &[Option<&'a str>]) -> (bool, bool) {
        let signs = &self.policy.danger_signs;
        let unknown = signs.iter().any(|sign| self.answer(answers, &sign.item).is_none());
        (self.any_holds(signs, answers), unknown)
    }

    /// The highest floor that fires.
    pub(crate) fn floor(&self, fired: &[usize]) -> Option<Band> {
        let floors = fired.iter().filter_map(|&gate| match self.policy.gates[gate].effect {
            GateEffect::Floor(band) => Some(band),
            _ => None,
        });
        floors.max()
    }

    /// Places one complaint under the decisions that hold now.
    pub(crate) fn place(
        &self,
        complaint: &Complaint,
        as_of: Option<Timestamp>,
        decisions: &[Override],
        now: Timestamp,
    ) -> Placed {
        let mut placed = self.by_answers(complaint, &self.answers(complaint, as_of));
        self.override_with(&mut placed, decisions, now);
        placed
    }

    /// The complaint as the model places it if these were its answers, without any decision.
    pub(crate) fn by_answers(&self, complaint: &Complaint, answers: &[Option<&'a str>]) -> Placed {
        let parts = &self.instrument.outcomes;
        let scores: Vec<i64> = parts.iter().map(|part| self.score(part, answers)).collect();
        let applies: Vec<bool> = parts.iter().map(|part| self.applies(part, answers)).collect();
        let probabilities: Vec<u64> = parts
            .iter()
            .zip(scores.iter().zip(&applies))
            .map(|(part, (&score, &applies))| if applies { linked(&part.link, score) } else { 0 })
            .collect();
        let priority = self.priority(&probabilities);
        let gates = &self.policy.gates;
        let fired: Vec<usize> =
            (0..gates.len()).filter(|&gate| self.holds(&gates[gate].when, answers)).collect();
        let (mut band, mut set_by) = (self.band_of(priority), BandFrom::Priority);
        let (present, unknown) = self.danger(answers);
        let mut lowest: Option<(Band, usize)> = None;
        let mut highest: Option<(Band, usize)> = None;
        let mut lane = Lane::Open;
        for &gate in &fired {
            match gates[gate].effect {
                GateEffect::Must => lane = Lane::Must,
                GateEffect::Cap(cap) if lowest.is_none_or(|(least, _)| cap < least) => {
                    lowest = Some((cap, gate));
                }
                GateEffect::Floor(floor) if highest.is_none_or(|(most, _)| floor > most) => {
                    highest = Some((floor, gate));
                }
                _ => {}
            }
        }
        if let Some((cap, gate)) = lowest
            && !present
        {
            let cap = if unknown && cap == Band::Low { Band::Medium } else { cap };
            if band > cap {
                (band, set_by) = (cap, BandFrom::Cap(gate));
            }
        }
        if let Some((floor, gate)) = highest
            && band < floor
        {
            (band, set_by) = (floor, BandFrom::Floor(gate));
        }
        Placed {
            id: complaint.id().to_owned(),
            received: complaint.received(),
            deadline: complaint.deadlines().iter().map(|deadline| deadline.due).min(),
            scores,
            applies,
            probabilities,
            priority,
            model_lane: lane,
            model_band: band,
            lane,
            band,
            set_by,
            overridden: false,
            fired,
        }
    }

    fn override_with(&self, placed: &mut Placed, decisions: &[Override], now: Timestamp) {
        // Later decisions win over earlier ones of the same kind; of two made at the same second,
        // the one that puts it further to the front or holds it, and of equals the one added later.
        let mut active: Vec<&Override> = decisions
            .iter()
            .filter(|decision| decision.complaint == placed.id)
            .filter(|decision| decision.made <= now)
            .filter(|decision| decision.expires.is_none_or(|expires| now < expires))
            .collect();
        active.sort_by_key(|decision| {
            let forward = match decision.effect {
                OverrideEffect::Raise(band) => (1, band),
                OverrideEffect::Lower(band) => (0, band),
                OverrideEffect::Must | OverrideEffect::Hold(_) => (1, Band::Low),
                _ => (0, Band::Low),
            };
            (decision.made, forward)
        });
        placed.overridden = !active.is_empty();
        let (mut of_band, mut of_lane) = (None, None);
        for decision in active {
            match decision.effect {
                OverrideEffect::Raise(_) | OverrideEffect::Lower(_) => of_band = Some(decision),
                OverrideEffect::Must | OverrideEffect::LiftMust => of_lane = Some(decision),
                _ => {}
            }
        }
        match of_lane.map(|decision| &decision.effect) {
            Some(OverrideEffect::Must) => placed.lane = Lane::Must,
            Some(OverrideEffect::LiftMust) => placed.lane = Lane::Open,
            _ => {}
        }
        let Some(decision) = of_band else { return };
        let two = decision
            .second_actor
            .as_deref()
            .is_some_and(|second| !second.is_empty() && second != decision.actor);
        let before = placed.band;
        match decision.effect {
            OverrideEffect::Raise(band) if band > placed.band => placed.band = band,
            OverrideEffect::Lower(band) if band < placed.band => {
                let floor = if two { None } else { self.floor(&placed.fired) };
                placed.band = floor.map_or(band, |floor| floor.max(band)).min(placed.band);
            }
            _ => {}
        }
        if placed.band != before {
            placed.set_by = BandFrom::Override;
        }
    }
}

fn answer_of<'a>(item: &'a Item, value: &Value) -> Option<&'a str> {
    let bin = |number: i64| {
        let Kind::Binned { edges, .. } = &item.kind else { panic!("{number} for {}", item.id) };
        let passed = edges.iter().filter(|&&edge| edge <= number).count();
        Some(item.answers[passed].id.as_str())
    };
    match value {
        Value::Unknown => None,
        Value::Number(number) => bin(*number),
        Value::Text(text) => match item.answers.iter().find(|answer| answer.id == text.trim()) {
            Some(answer) => Some(&answer.id),
            None => bin(text.trim().parse().unwrap()),
        },
    }
}

/// Billionths of the probability of a score in millionths.
pub(crate) fn linked(link: &Link, score: i64) -> u64 {
    match link {
        Link::Logistic => {
            let found = logistic(Fixed::from_steps(i32::try_from(score).unwrap()));
            let exact = 1.0 / (1.0 + (-(score as f64) / 1e6).exp());
            assert!((found.to_f64() - exact).abs() <= 1e-8, "{score}: {found} {exact}");
            u64::from(found.billionths())
        }
        Link::Table(steps) => {
            // The first step also holds below its score.
            let mut probability = steps[0].probability;
            for step in steps {
                if i64::from(step.from.steps()) <= score {
                    probability = step.probability;
                }
            }
            probability.steps() as u64 * 1_000
        }
    }
}

/// The total order: lane, band, priority, earliest deadline, time received, id by bytes.
pub(crate) fn sorted(mut placed: Vec<Placed>) -> Vec<Placed> {
    let latest_of_all = i64::MAX;
    placed.sort_by(|first, second| -> Ordering {
        let key = |one: &Placed| {
            let due = one.deadline.map_or(latest_of_all, Timestamp::unix_seconds);
            let lane = if one.lane == Lane::Must { 0 } else { 1 };
            (lane, Reverse(one.band), Reverse(one.priority), due, one.received)
        };
        key(first).cmp(&key(second)).then_with(|| first.id.as_bytes().cmp(second.id.as_bytes()))
    });
    placed
}
