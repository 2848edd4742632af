//! Random policies that load.

use std::collections::BTreeMap;

use caserank::codebook::{About, Item};
use caserank::instrument::{InstrumentDraft, Link};
use caserank::policy::{
    ActionDays, Band, Bands, Combination, Condition, Gate, GateEffect, HarmWeights, PolicyDraft,
};
use caserank::{Codebook, Fixed};

use super::Draw;
use super::instruments::named;

/// Which gates are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rules {
    /// Every kind.
    Any,
    /// None.
    None,
    /// Few and with plain conditions, so that lint finds some policies in order.
    Few,
}

/// A random policy: every combination, gates of every kind with nested conditions, danger signs.
pub(crate) fn policy(
    draw: &mut Draw,
    codebook: &Codebook,
    instrument: &InstrumentDraft,
    rules: Rules,
) -> PolicyDraft {
    let count = match rules {
        Rules::None => 0,
        Rules::Few => draw.below(3),
        // Now and then enough for several words of rule bits.
        Rules::Any if draw.chance(10) => 20 + draw.below(10),
        Rules::Any => draw.below(9),
    };
    let mut danger_signs = if rules == Rules::None { Vec::new() } else { named(draw, codebook, 2) };
    let gates: Vec<Gate> = (0..count).map(|number| gate(draw, codebook, number, rules)).collect();
    let gates: Vec<Gate> = gates
        .into_iter()
        .map(|mut gate| {
            // A cap needs a danger sign, which a codebook about victims alone cannot give.
            if matches!(gate.effect, GateEffect::Cap(_)) && danger_signs.is_empty() {
                danger_signs = named(draw, codebook, 1);
                if danger_signs.is_empty() {
                    gate.effect = GateEffect::Hold("supervisor".to_owned());
                }
            }
            gate
        })
        .collect();
    PolicyDraft {
        description: "Random, for tests.".to_owned(),
        combination: combination(draw, instrument),
        bands: bands(draw, instrument),
        danger_signs,
        gates,
        audit_share: Fixed::from_steps(draw.between(0, 1_000_000)),
    }
}

fn combination(draw: &mut Draw, instrument: &InstrumentDraft) -> Combination {
    let outcomes: Vec<String> =
        instrument.outcomes.iter().map(|part| part.outcome.clone()).collect();
    match draw.below(5) {
        0 | 1 => {
            let mut weights = BTreeMap::new();
            for outcome in &outcomes {
                let steps = match draw.below(4) {
                    0 => 1_000_000,
                    1 => 0,
                    2 => draw.between(0, 5_000_000),
                    _ => draw.between(0, i32::MAX),
                };
                weights.insert(outcome.clone(), Fixed::from_steps(steps));
            }
            if weights.values().all(|&weight| weight == Fixed::ZERO) {
                weights.insert(draw.pick(&outcomes), Fixed::from_steps(1));
            }
            Combination::ExpectedHarm(HarmWeights {
                weights,
                rationale: "made up".to_owned(),
                signed: "nobody".to_owned(),
                date: "2026-11-21".to_owned(),
            })
        }
        2 => Combination::AnyIfIndependent,
        3 => Combination::Max,
        _ => Combination::Single(draw.pick(&outcomes)),
    }
}

fn bands(draw: &mut Draw, instrument: &InstrumentDraft) -> Bands {
    // Probabilities of table links, so that a priority meets a cut-off exactly now and then.
    let mut likely: Vec<i32> = vec![20_000, 100_000, 300_000];
    for part in &instrument.outcomes {
        if let Link::Table(steps) = &part.link {
            likely.extend(steps.iter().map(|step| step.probability.steps()));
        }
    }
    let mut cuts = std::collections::BTreeSet::new();
    while cuts.len() < 3 {
        let cut = match draw.below(3) {
            0 => draw.pick(&likely),
            1 => draw.between(1, 1_000_000),
            _ => 1_000_000 >> draw.below(12),
        };
        cuts.insert(cut.clamp(1, 1_000_000));
        // A source that always gives the same number must not hold this up.
        likely.push(1 + (cuts.len() * 37 % 1_000) as i32 + cut % 997);
    }
    let cuts: Vec<Fixed> = cuts.into_iter().map(Fixed::from_steps).collect();
    Bands {
        medium: cuts[0],
        high: cuts[1],
        very_high: cuts[2],
        rationale: "made up".to_owned(),
        action_days: ActionDays {
            very_high: 1,
            high: 7,
            medium: 14,
            low: 30,
            rationale: "made up".to_owned(),
        },
    }
}

fn gate(draw: &mut Draw, codebook: &Codebook, number: usize, rules: Rules) -> Gate {
    let free: Vec<&Item> =
        codebook.items().iter().filter(|item| item.about != About::Victim).collect();
    let every: Vec<&Item> = codebook.items().iter().collect();
    let mut effect = match draw.below(if rules == Rules::Few { 4 } else { 10 }) {
        0 | 1 => GateEffect::Floor(draw.pick(&[Band::Medium, Band::High, Band::VeryHigh])),
        2 => GateEffect::Must,
        3 => GateEffect::Route("minors".to_owned()),
        4 => GateEffect::Hold("deconfliction".to_owned()),
        5 => GateEffect::Floor(Band::VeryHigh),
        _ => GateEffect::Cap(draw.pick(&[Band::Low, Band::Low, Band::Medium, Band::High])),
    };
    if free.is_empty() && matches!(effect, GateEffect::Cap(_)) {
        effect = GateEffect::Route("elsewhere".to_owned());
    }
    let safeguarding = free.is_empty() || draw.chance(25);
    let cap = matches!(effect, GateEffect::Cap(_));
    let items = if safeguarding && !cap { &every } else { &free };
    let depth = if rules == Rules::Few { 1 } else { 3 };
    Gate {
        id: format!("gate_{number}"),
        title: "made up".to_owned(),
        when: condition(draw, items, depth, cap),
        effect,
        citation: "made up".to_owned(),
        safeguarding,
    }
}

fn condition(draw: &mut Draw, items: &[&Item], depth: usize, cap: bool) -> Condition {
    if depth > 1 && draw.chance(55) {
        let parts = (0..=draw.below(3)).map(|_| condition(draw, items, depth - 1, cap)).collect();
        return if draw.chance(50) { Condition::All(parts) } else { Condition::Any(parts) };
    }
    let chosen = draw.pick(items);
    let ids: Vec<String> = chosen.answers.iter().map(|answer| answer.id.clone()).collect();
    let item = chosen.id.clone();
    let answers = draw.some(&ids);
    match draw.below(if cap { 1 } else { 4 }) {
        0 | 1 => Condition::Is { item, answers },
        2 => Condition::IsNot { item, answers },
        _ => Condition::IsUnknown { item },
    }
}
