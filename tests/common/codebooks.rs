//! Random codebooks that load.

use std::collections::BTreeMap;

use caserank::codebook::{
    About, Adjustment, Answer, Basis, Bearing, Declaration, Direction, Domain, Effort, Evidence,
    HowRead, Item, Kind, OddsRatio, Outcome, Prevalence, Process, Quality, Source, Stage,
    StudyPopulation,
};
use caserank::{Codebook, Fixed};
use serde::Serialize;

use super::Draw;

#[derive(Serialize)]
struct CodebookFile {
    format_version: u32,
    id: &'static str,
    version: &'static str,
    title: &'static str,
    description: &'static str,
    outcomes: Vec<Outcome>,
    items: Vec<Item>,
    sources: Vec<Source>,
}

/// A random codebook: 1 to 60 items of every kind, 1 to 9 outcomes, now and then 254 answers.
pub(crate) fn codebook(draw: &mut Draw) -> Codebook {
    let items = match draw.below(20) {
        0..=13 => 1 + draw.below(10),
        14..=18 => 11 + draw.below(30),
        _ => 60,
    };
    codebook_of(draw, items)
}

/// A random codebook of so many items.
pub(crate) fn codebook_of(draw: &mut Draw, items: usize) -> Codebook {
    let outcomes = if draw.chance(20) { 4 + draw.below(6) } else { 1 + draw.below(3) };
    let outcomes: Vec<Outcome> = (0..outcomes)
        .map(|number| Outcome {
            id: format!("outcome_{number}"),
            title: format!("outcome {number}"),
            ahead_of: "everything else".to_owned(),
        })
        .collect();
    let sources: Vec<Source> = (0..draw.below(3))
        .map(|number| Source { id: format!("source_{number}"), citation: "Made up.".to_owned() })
        .collect();
    let mut wide = 0;
    let items = (0..items).map(|number| item(draw, number, &outcomes, &sources, &mut wide));
    let file = CodebookFile {
        format_version: 1,
        id: "made_up",
        version: "1.2.3-test.1",
        title: "Made up",
        description: "Random, for tests. It measures nothing.",
        items: items.collect(),
        outcomes,
        sources,
    };
    Codebook::from_json(&serde_json::to_string(&file).unwrap()).unwrap()
}

fn item(
    draw: &mut Draw,
    number: usize,
    outcomes: &[Outcome],
    sources: &[Source],
    wide: &mut usize,
) -> Item {
    let count = match draw.below(100) {
        0..=96 => 1 + draw.below(6),
        // At most two very wide items, so that a model is built quickly.
        _ if *wide < 2 => {
            *wide += 1;
            if draw.chance(40) { 254 } else { 254 - draw.below(100) }
        }
        _ => 15,
    };
    let mut answers: Vec<Answer> = (0..count)
        .map(|place| Answer {
            id: format!("a{place}"),
            label: format!("Answer {place}"),
            aside: false,
        })
        .collect();
    if count == 2 {
        answers[0].id = "no".to_owned();
        answers[1].id = "yes".to_owned();
    }
    let kind = match draw.below(3) {
        0 => Kind::Ordinal,
        1 => Kind::Nominal,
        _ => binned(draw, count),
    };
    if kind == Kind::Ordinal && count > 2 {
        for aside in 0..draw.below(3).min(count - 1) {
            answers[count - 1 - aside].aside = true;
        }
    }
    let ids: Vec<String> = answers.iter().map(|answer| answer.id.clone()).collect();
    let absent = draw.chance(60).then(|| {
        // Most often the first, as in practice, but any will do.
        if draw.chance(20) { draw.pick(&ids) } else { ids[0].clone() }
    });
    let about = draw.pick(&[
        About::Complaint,
        About::Suspect,
        About::Suspect,
        About::Suspect,
        About::Material,
        About::Victim,
    ]);
    let mut id = format!("question_{number}");
    if draw.chance(3) {
        id = format!("{id}_{}", "x".repeat(63 - id.len()));
    }
    let evidence: Vec<Evidence> = (0..if sources.is_empty() { 0 } else { draw.below(3) })
        .map(|_| evidence(draw, outcomes, sources))
        .collect();
    Item {
        id,
        question: format!("Question {number}?"),
        plausible: None,
        missing: Vec::new(),
        guidance: draw.chance(10).then(|| "Look it up.".to_owned()),
        found_or_not: absent.is_some() && draw.chance(50),
        absent,
        stage: draw.pick(&[Stage::Intake, Stage::Field, Stage::PostSearch]),
        domain: draw.pick(&[Domain::Handling, Domain::Access, Domain::Material, Domain::Network]),
        about,
        effort: Effort {
            minutes: 1 + draw.below(240) as u32,
            process: draw.pick(&[Process::None, Process::Subpoena, Process::Warrant]),
        },
        bears_on: if about == About::Victim {
            BTreeMap::new()
        } else {
            bearings(draw, &kind, &ids, outcomes)
        },
        prevalence: draw.chance(40).then(|| prevalence(draw, &ids, sources)),
        design: (evidence.is_empty() || draw.chance(10)).then(|| "Made up.".to_owned()),
        evidence,
        declared: draw.chance(50).then(|| Declaration {
            by: "made up".to_owned(),
            on: "2026-11-29".to_owned(),
            because: draw.chance(50).then(|| "made up".to_owned()),
        }),
        kind,
        answers,
    }
}

fn binned(draw: &mut Draw, answers: usize) -> Kind {
    let mut edge = i64::from(draw.between(-20, 20));
    if draw.chance(5) {
        edge = i64::MIN;
    }
    let edges = (1..answers).map(|_| {
        edge += 1 + draw.below(9) as i64;
        edge
    });
    Kind::Binned { edges: edges.collect(), unit: "count".to_owned() }
}

fn bearings(
    draw: &mut Draw,
    kind: &Kind,
    answers: &[String],
    outcomes: &[Outcome],
) -> BTreeMap<String, Bearing> {
    let mut bearings = BTreeMap::new();
    for outcome in outcomes {
        if !draw.chance(60) {
            continue;
        }
        let mut direction = draw.pick(&[Direction::Raises, Direction::Lowers, Direction::None]);
        if answers.len() == 1 {
            direction = Direction::None;
        }
        let named = if *kind == Kind::Nominal && direction != Direction::None {
            draw.some(answers)
        } else {
            Vec::new()
        };
        let bearing = Bearing { direction, answers: named, criterion_of: draw.chance(10) };
        bearings.insert(outcome.id.clone(), bearing);
    }
    bearings
}

fn prevalence(draw: &mut Draw, answers: &[String], sources: &[Source]) -> Prevalence {
    let mut left = 1_000_000;
    let mut shares = BTreeMap::new();
    for (place, answer) in answers.iter().enumerate() {
        let share = if place + 1 == answers.len() { left } else { draw.between(0, left) };
        left -= share;
        shares.insert(answer.clone(), Fixed::from_steps(share));
    }
    let source = if sources.is_empty() { None } else { Some(draw.pick(sources).id) };
    let basis = if source.is_some() { Basis::Published } else { Basis::Assumption };
    Prevalence { shares, basis, source }
}

fn evidence(draw: &mut Draw, outcomes: &[Outcome], sources: &[Source]) -> Evidence {
    let value = draw.between(2, 5_000_000);
    Evidence {
        contrast: "the last against the first".to_owned(),
        outcome: draw.pick(outcomes).id,
        source: draw.pick(sources).id,
        population: draw.pick(&[
            StudyPopulation::Report,
            StudyPopulation::Arrest,
            StudyPopulation::Practice,
        ]),
        design: "made up".to_owned(),
        comparison: "made up".to_owned(),
        adjustment: draw.pick(&[Adjustment::Crude, Adjustment::Adjusted, Adjustment::NotStated]),
        n: draw.chance(50).then(|| draw.below(5_000) as u32),
        odds_ratio: draw.chance(50).then(|| OddsRatio {
            value: Fixed::from_steps(value),
            low: draw.chance(50).then(|| Fixed::from_steps(draw.between(1, value))),
            high: draw.chance(50).then(|| Fixed::from_steps(draw.between(value, 9_000_000))),
        }),
        finding: "made up".to_owned(),
        studied: None,
        within: None,
        overlap: draw.chance(20).then(|| "made up".to_owned()),
        direct: draw.chance(50),
        size_visible: draw.chance(50),
        quality: draw.pick(&[Quality::A, Quality::B, Quality::C, Quality::D]),
        reading: draw.pick(&[HowRead::Seen, HowRead::Derived, HowRead::Recalled]),
        contested: draw.chance(20),
    }
}
