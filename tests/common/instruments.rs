//! Random instruments that load.

use std::collections::BTreeMap;

use caserank::codebook::{About, Basis, Direction, Item, ItemAnswers, Kind, UNKNOWN};
use caserank::complaint::Origin;
use caserank::instrument::{
    Answering, Calibration, Channel, Denominator, ExpectedOverObserved, Figure, Ground,
    InstrumentDraft, Intercept, ItemWeights, Link, NumberProvenance, OutcomeDraft, Population,
    PopulationItem, Rule, Step, Studied,
};
use caserank::{Codebook, Fixed};

use super::{Draw, time};

/// Which weights are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weights {
    /// Of either sign, whatever the declared direction.
    Any,
    /// Never against the declared direction.
    Directed,
}

/// A random instrument: some of the outcomes in any order, both kinds of link, denominators.
pub(crate) fn instrument(
    draw: &mut Draw,
    codebook: &Codebook,
    weights: Weights,
) -> InstrumentDraft {
    let outcomes: Vec<String> =
        codebook.outcomes().iter().map(|outcome| outcome.id.clone()).collect();
    let count = outcomes.len() - draw.below(3).min(outcomes.len() - 1);
    let chosen = &draw.shuffled(&outcomes)[..count];
    let style = draw.below(4);
    InstrumentDraft {
        id: "made_up".to_owned(),
        version: "0.1.0".parse().unwrap(),
        description: "Random, for tests.".to_owned(),
        codebook: codebook.identity().clone(),
        warnings: if draw.chance(20) { vec!["Made up.".to_owned()] } else { Vec::new() },
        rules: rules(codebook),
        population: draw.chance(15).then(|| population(codebook, chosen)),
        studied: draw
            .chance(30)
            .then(|| Studied { text: "made up".to_owned(), not_when: named(draw, codebook, 2) }),
        outcomes: chosen
            .iter()
            .map(|outcome| part(draw, codebook, outcome, style, weights))
            .collect(),
    }
}

fn rules(codebook: &Codebook) -> Vec<Rule> {
    let text = "Drawn at random.".to_owned();
    let mut rules = vec![Rule {
        id: "made_up".to_owned(),
        text,
        ground: Ground::Assumption,
        sources: Vec::new(),
    }];
    if let Some(source) = codebook.sources().first() {
        rules.push(Rule {
            id: "read".to_owned(),
            text: "Read.".to_owned(),
            ground: Ground::Evidence,
            sources: vec![source.id.clone()],
        });
    }
    rules
}

fn provenance() -> NumberProvenance {
    NumberProvenance { rules: vec!["made_up".to_owned()], note: None }
}

/// A weight in one of four styles: decimals, points, tiny steps (many ties), now and then large.
fn weight(draw: &mut Draw, style: usize) -> i32 {
    match style {
        0 => draw.between(-2_000_000, 2_000_000),
        1 => draw.between(-2, 3) * 1_000_000,
        2 => draw.between(-3, 3),
        _ if draw.chance(10) => draw.between(-20_000_000, 20_000_000),
        _ => draw.between(-400_000, 700_000),
    }
}

fn part(
    draw: &mut Draw,
    codebook: &Codebook,
    outcome: &str,
    style: usize,
    weights: Weights,
) -> OutcomeDraft {
    let mut entries = Vec::new();
    for item in codebook.items() {
        if item.about != About::Victim && draw.chance(70) {
            let weights = item_weights(draw, item, outcome, style, weights);
            entries.push(ItemWeights { item: item.id.clone(), weights, provenance: provenance() });
        }
    }
    let intercept = draw.between(-6_000_000, 2_000_000);
    OutcomeDraft {
        outcome: outcome.to_owned(),
        definition: "made up".to_owned(),
        denominator: draw.chance(40).then(|| denominator(draw, codebook)),
        intercept: Intercept { value: Fixed::from_steps(intercept), provenance: provenance() },
        weights: draw.shuffled(&entries),
        link: if draw.chance(if style == 1 { 60 } else { 25 }) {
            table(draw, style)
        } else {
            Link::Logistic
        },
        calibration: draw.chance(20).then(calibration),
    }
}

fn item_weights(
    draw: &mut Draw,
    item: &Item,
    outcome: &str,
    style: usize,
    weights: Weights,
) -> BTreeMap<String, Fixed> {
    let mut steps: Vec<i32> = item.answers.iter().map(|_| weight(draw, style)).collect();
    let bearing = item.bears_on.get(outcome);
    if let (Weights::Directed, Some(bearing)) = (weights, bearing) {
        // Sorts the weights of the answers that the direction speaks of.
        let mut places: Vec<usize> =
            (0..steps.len()).filter(|&place| !item.answers[place].aside).collect();
        if item.kind == Kind::Nominal {
            places.sort_by_key(|&place| bearing.answers.contains(&item.answers[place].id));
        }
        let mut sorted: Vec<i32> = places.iter().map(|&place| steps[place]).collect();
        sorted.sort_unstable();
        match bearing.direction {
            Direction::Raises => {}
            Direction::Lowers => sorted.reverse(),
            Direction::None => sorted.clear(),
        }
        for (&place, step) in places.iter().zip(sorted) {
            steps[place] = step;
        }
    }
    let absent = item.answers.iter().position(|answer| Some(&answer.id) == item.absent.as_ref());
    if let Some(absent) = absent.filter(|_| item.found_or_not) {
        let shift = steps[absent];
        for step in &mut steps {
            *step -= shift;
        }
    }
    let mut named = BTreeMap::new();
    for (answer, step) in item.answers.iter().zip(steps) {
        // Some answers are left out where that changes nothing that is tested.
        if step != 0 && (weights == Weights::Directed || draw.chance(90)) || draw.chance(10) {
            named.insert(answer.id.clone(), Fixed::from_steps(step));
        }
    }
    if draw.chance(5) {
        named.insert("unknown".to_owned(), Fixed::ZERO);
    }
    named
}

fn table(draw: &mut Draw, style: usize) -> Link {
    let unit = [900_000, 1_000_000, 1, 300_000][style];
    let mut from = draw.between(-6, 2) * unit;
    let mut probability = draw.between(0, 300_000);
    let mut steps = Vec::new();
    for _ in 0..=draw.below(6) {
        steps.push(Step {
            from: Fixed::from_steps(from),
            probability: Fixed::from_steps(probability),
        });
        from += unit * draw.between(1, 3);
        if !draw.chance(20) {
            probability = draw.between(probability, 1_000_000);
        }
    }
    Link::Table(steps)
}

/// Items with some of their answers.
pub(crate) fn named(draw: &mut Draw, codebook: &Codebook, most: usize) -> Vec<ItemAnswers> {
    let free: Vec<&Item> =
        codebook.items().iter().filter(|item| item.about != About::Victim).collect();
    if free.is_empty() {
        return Vec::new();
    }
    (0..draw.below(most + 1))
        .map(|_| {
            let item = draw.pick(&free);
            let ids: Vec<String> = item.answers.iter().map(|answer| answer.id.clone()).collect();
            ItemAnswers { item: item.id.clone(), is: draw.some(&ids) }
        })
        .collect()
}

fn denominator(draw: &mut Draw, codebook: &Codebook) -> Denominator {
    let mut not_when = named(draw, codebook, 3);
    for excluded in &mut not_when {
        // Silence excludes too, beside answers or by itself.
        if draw.chance(40) {
            if draw.chance(30) {
                excluded.is.clear();
            }
            excluded.is.push(UNKNOWN.to_owned());
        }
    }
    Denominator { text: "made up".to_owned(), not_when, established_by: named(draw, codebook, 2) }
}

fn calibration() -> Calibration {
    Calibration {
        place: "made up".to_owned(),
        until: time(3),
        origin: Origin::Synthetic,
        complaints: 1_000,
        events: 100,
        ascertainment: "made up".to_owned(),
        expected_over_observed: ExpectedOverObserved {
            value: "1".parse().unwrap(),
            low: "0.9".parse().unwrap(),
            high: "1.1".parse().unwrap(),
        },
    }
}

fn population(codebook: &Codebook, outcomes: &[String]) -> Population {
    let item = &codebook.items()[0];
    let figure = |value: &str| Figure {
        value: value.parse().unwrap(),
        basis: Basis::Assumption,
        source: None,
        range: None,
        note: "made up".to_owned(),
    };
    let shares = item.answers.iter().enumerate().map(|(place, answer)| {
        (answer.id.clone(), if place == 0 { "1".parse().unwrap() } else { Fixed::ZERO })
    });
    let usual = Answering {
        unknown: "0.5".parse().unwrap(),
        shares: shares.collect(),
        basis: Basis::Assumption,
        source: None,
        note: "made up".to_owned(),
    };
    Population {
        description: "made up".to_owned(),
        channel_item: item.id.clone(),
        channels: vec![Channel {
            answer: item.answers[0].id.clone(),
            share: figure("1"),
            base_rates: outcomes.iter().map(|id| (id.clone(), figure("0.1"))).collect(),
        }],
        items: vec![PopulationItem { item: item.id.clone(), usual, by_channel: BTreeMap::new() }],
        draws: 1_000,
        seed: 7,
    }
}
