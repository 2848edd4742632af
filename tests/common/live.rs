//! Models, complaints and decisions for tests of live orders, by the same generator as those of the
//! promises; what a stream of a test draws sets one of them wholly.

use caserank::policy::{Override, OverrideEffect};
use caserank::worklist::{RuleKind, Shares};
use caserank::{Band, Complaint, Fixed, Seed, Stream, Timestamp, Triage};

use super::{Draw, Rules, TOY, Weights, codebooks, complaints, model_of};

/// The day before which nothing happens in these tests.
pub(crate) fn start() -> Timestamp {
    time("2026-01-01")
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn toy() -> Triage {
    Triage::from_json(TOY).unwrap()
}

fn draw_of(stream: &mut Stream) -> Draw {
    Draw::seeded(stream.below(u64::MAX))
}

/// A small model: a few items, with weights, gates and danger signs of every kind.
pub(crate) fn random_model(seed: u64) -> Triage {
    random_model_like(seed, seed)
}

/// Models of equal `shape` have equal codebooks; `seed` moves weights and policy.
pub(crate) fn random_model_like(shape: u64, seed: u64) -> Triage {
    let mut draw = draw_of(&mut Seed(shape).stream(1));
    let items = 2 + draw.below(7);
    let codebook = codebooks::codebook_of(&mut draw, items);
    model_of(&mut draw_of(&mut Seed(seed).stream(2)), codebook, Weights::Any, Rules::Any)
}

/// A complaint of the next days, so that ties are common; said as the codebook says it.
pub(crate) fn random_complaint(
    stream: &mut Stream,
    triage: &Triage,
    id: &str,
    from: Timestamp,
) -> Complaint {
    let said = complaints::Said::Plainly;
    complaints::complaint_since(&mut draw_of(stream), triage.codebook(), id, from, 50, said)
}

pub(crate) fn decision(complaint: &str, effect: OverrideEffect, made: Timestamp) -> Override {
    let lowers = matches!(effect, OverrideEffect::Lower(_) | OverrideEffect::LiftMust);
    Override {
        id: None,
        complaint: complaint.to_owned(),
        effect,
        actor: "p1".to_owned(),
        second_actor: Some("p2".to_owned()),
        role: "supervisor".to_owned(),
        reason: if lowers { "lower_duplicate" } else { "new_information" }.to_owned(),
        note: None,
        made,
        expires: None,
    }
}

/// A decision of these days, in force, over, or still to come.
pub(crate) fn random_decision(stream: &mut Stream, complaint: &str, now: Timestamp) -> Override {
    complaints::decision_since(&mut draw_of(stream), &[complaint], now.plus_days(-2))
}

/// Shares that add up to 1 or less, some of them 0.
pub(crate) fn random_shares(stream: &mut Stream) -> Shares {
    let mut left = 1_000_000;
    let overdue = Band::ALL.map(RuleKind::Overdue);
    let mut shares = Shares::none();
    for rule in overdue.into_iter().chain([RuleKind::DueSoon, RuleKind::AskFirst, RuleKind::Audit])
    {
        let share = if stream.chance(0.3) { 0 } else { stream.below(left / 2 + 1) };
        left -= share;
        shares.set_share(rule, Fixed::from_steps(share as i32)).unwrap();
    }
    shares
}
