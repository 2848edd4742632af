//! Random models, complaints and decisions for tests of live orders. All made up.
#![allow(dead_code, reason = "each test file uses its own part")]

use caserank::policy::{Override, OverrideEffect};
use caserank::worklist::Shares;
use caserank::{Band, Complaint, Fixed, Timestamp, Triage};
use caserank::{Seed, Stream};
use serde_json::{Value, json};

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn start() -> Timestamp {
    time("2026-01-01")
}

pub(crate) fn toy() -> Triage {
    Triage::from_json(include_str!("../../fixtures/models/toy.json")).unwrap()
}

fn pick<'a, T>(stream: &mut Stream, list: &'a [T]) -> &'a T {
    &list[stream.below(list.len() as u64) as usize]
}

/// A codebook of ordered items, weights that rise with the answers, random gates of every kind.
pub(crate) fn random_model(seed: u64) -> Triage {
    random_model_with(seed, seed, 8)
}

/// Models of equal `shape` have equal codebooks; `seed` moves weights and policy.
pub(crate) fn random_model_with(shape: u64, seed: u64, most_items: u64) -> Triage {
    let mut stream = Seed(shape).stream(1);
    let items = 2 + stream.below(most_items - 1);
    let outcomes = 1 + stream.below(3);
    let outcome_ids: Vec<String> = (0..outcomes).map(|place| format!("outcome_{place}")).collect();
    let mut listed = Vec::new();
    let mut answer_counts = Vec::new();
    for item in 0..items {
        let answers = 2 + stream.below(3);
        answer_counts.push(answers);
        let ids: Vec<Value> =
            (0..answers).map(|answer| json!({"id": format!("a{answer}"), "label": "x"})).collect();
        let kind = match stream.below(3) {
            0 => {
                json!({"binned": {"unit": "count", "edges": (1..answers).map(|edge| edge * 3).collect::<Vec<_>>()}})
            }
            _ => json!("ordinal"),
        };
        let bears: serde_json::Map<String, Value> = outcome_ids
            .iter()
            .map(|outcome| (outcome.clone(), json!({"direction": "raises"})))
            .collect();
        listed.push(json!({
            "id": format!("item_{item}"), "question": "?", "kind": kind, "answers": ids,
            "absent": "a0", "stage": pick(&mut stream, &["intake", "intake", "field"]),
            "domain": "network", "about": "complaint",
            "effort": {"minutes": 5 + stream.below(60), "process": pick(&mut stream, &["none", "none", "subpoena"])},
            "bears_on": bears, "design": "made up",
        }));
    }
    let mut stream = Seed(seed).stream(2);
    let decimal = |steps: i64| {
        json!(format!(
            "{}{}.{:06}",
            if steps < 0 { "-" } else { "" },
            steps.abs() / 1_000_000,
            steps.abs() % 1_000_000
        ))
    };
    let provenance = json!({"rules": ["made_up"]});
    let parts: Vec<Value> = outcome_ids
        .iter()
        .map(|outcome| {
            let weights: Vec<Value> = (0..items)
                .map(|item| {
                    // Few distinct weights, so that ties are common.
                    let mut values: Vec<i64> = (0..answer_counts[item as usize])
                        .map(|_| (stream.below(7) as i64 - 3) * 400_000)
                        .collect();
                    values.sort_unstable();
                    let weights: serde_json::Map<String, Value> = values
                        .iter()
                        .enumerate()
                        .map(|(answer, value)| (format!("a{answer}"), decimal(*value)))
                        .collect();
                    json!({"item": format!("item_{item}"), "weights": weights, "provenance": provenance})
                })
                .collect();
            let mut part = json!({
                "outcome": outcome, "definition": "made up",
                "intercept": {"value": decimal(-(stream.below(4) as i64) * 500_000), "provenance": provenance},
                "weights": weights,
            });
            if stream.chance(0.4) {
                // Silence excludes too, beside an answer or by itself.
                let excluded =
                    *pick(&mut stream, &[&["a0"][..], &["a0", "unknown"], &["unknown"]]);
                part["denominator"] = json!({"text": "made up", "not_when": [{"item": "item_0", "is": excluded}]});
            }
            part
        })
        .collect();
    let mut gates = Vec::new();
    for gate in 0..stream.below(6) {
        let atom = |stream: &mut Stream, may_be_open: bool| {
            let item = stream.below(items);
            let answer = format!("a{}", stream.below(answer_counts[item as usize]));
            let item = format!("item_{item}");
            match stream.below(if may_be_open { 4 } else { 2 }) {
                2 => json!({"item": item, "is_not": [answer]}),
                3 => json!({"item": item, "is_unknown": true}),
                _ => json!({"item": item, "is": [answer]}),
            }
        };
        let (effect, may_be_open) = match stream.below(5) {
            0 => (json!("must"), true),
            1 => (json!({"floor": pick(&mut stream, &["medium", "high", "very_high"])}), true),
            2 => (json!({"cap": pick(&mut stream, &["low", "medium", "high"])}), false),
            3 => (json!({"hold": "check_first"}), true),
            _ => (json!({"route": "elsewhere"}), true),
        };
        let when = match stream.below(3) {
            0 => atom(&mut stream, may_be_open),
            1 => json!({"all": [atom(&mut stream, may_be_open), atom(&mut stream, may_be_open)]}),
            _ => json!({"any": [atom(&mut stream, may_be_open), atom(&mut stream, may_be_open)]}),
        };
        gates.push(json!({"id": format!("gate_{gate}"), "title": "made up", "effect": effect, "when": when, "citation": "made up"}));
    }
    let harm: serde_json::Map<String, Value> = outcome_ids
        .iter()
        .map(|outcome| (outcome.clone(), json!(format!("{}", 1 + stream.below(3)))))
        .collect();
    let combination = match stream.below(4) {
        0 => json!("max"),
        1 => json!("any_if_independent"),
        2 => json!({"single": "outcome_0"}),
        _ => {
            json!({"expected_harm": {"weights": harm, "rationale": "x", "signed": "x", "date": "x"}})
        }
    };
    let model = json!({
        "format_version": 1, "id": "random", "version": "0.1.0", "description": "Made up.",
        "codebook": {
            "format_version": 1, "id": format!("random_{shape}"), "version": "0.1.0", "title": "Random", "description": "Made up.",
            "outcomes": outcome_ids.iter().map(|outcome| json!({"id": outcome, "title": "x", "ahead_of": "x"})).collect::<Vec<_>>(),
            "items": listed, "sources": [],
        },
        "instrument": {
            "id": "random", "version": "0.1.0", "description": "Made up.",
            "codebook": {"id": format!("random_{shape}"), "version": "0.1.0"},
            "rules": [{"id": "made_up", "text": "made up", "ground": "assumption"}],
            "outcomes": parts,
        },
        "policy": {
            "description": "Made up.", "combination": combination,
            "bands": {"very_high": "0.7", "high": "0.5", "medium": "0.25", "rationale": "x",
                "action_days": {"very_high": 1, "high": 7, "medium": 14, "low": 30, "rationale": "x"}},
            "danger_signs": [{"item": "item_1", "is": [format!("a{}", answer_counts[1] - 1)]}],
            "gates": gates, "audit_share": "0.02",
        },
    });
    Triage::from_json(&model.to_string()).unwrap_or_else(|error| panic!("{error}\n{model:#}"))
}

/// A complaint with few distinct times, so that ties are common.
pub(crate) fn random_complaint(
    stream: &mut Stream,
    triage: &Triage,
    id: &str,
    from: Timestamp,
) -> Complaint {
    let mut complaint = Complaint::new(id, from.plus_days(stream.below(20) as i64)).unwrap();
    if stream.chance(0.8) {
        complaint = complaint.unit(*pick(stream, &["north", "south"]));
    }
    if stream.chance(0.4) {
        let due = from.plus_days(10 + stream.below(20) as i64);
        complaint = complaint.deadline(caserank::complaint::DeadlineKind::Preservation, due);
    }
    if stream.chance(0.2) {
        complaint = complaint.reached(caserank::codebook::Stage::Field);
    }
    for item in triage.codebook().items() {
        if stream.chance(0.5) {
            let answer = &item.answers[stream.below(item.answers.len() as u64) as usize].id;
            match item.code_of_number(0) {
                Some(_) if stream.chance(0.5) => {
                    complaint.set(item.id.as_str(), stream.below(12) as u32);
                }
                _ if stream.chance(0.2) => {
                    complaint.set_known_at(item.id.as_str(), answer.as_str(), from);
                }
                _ => complaint.set(item.id.as_str(), answer.as_str()),
            }
        }
    }
    complaint
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

pub(crate) fn random_decision(stream: &mut Stream, complaint: &str, now: Timestamp) -> Override {
    let band = *pick(stream, &Band::ALL);
    let effect = match stream.below(6) {
        0 => OverrideEffect::Raise(band),
        1 => OverrideEffect::Lower(band),
        2 => OverrideEffect::Must,
        3 => OverrideEffect::LiftMust,
        4 => OverrideEffect::Hold("wait".to_owned()),
        _ => OverrideEffect::Release,
    };
    let made = now.plus_days(stream.below(6) as i64 - 2);
    let mut decision = decision(complaint, effect.clone(), made);
    if effect != OverrideEffect::LiftMust && stream.chance(0.5) {
        decision.second_actor = None;
    }
    if stream.chance(0.6) {
        decision.expires = Some(made.plus_days(1 + stream.below(5) as i64));
    }
    decision
}

/// Shares that add up to 1 or less, some of them 0.
pub(crate) fn random_shares(stream: &mut Stream) -> Shares {
    let mut left = 1_000_000;
    let mut share = || {
        let share = if stream.chance(0.3) { 0 } else { stream.below(left / 2 + 1) };
        left -= share;
        Fixed::from_steps(share as i32)
    };
    Shares {
        overdue_very_high: share(),
        overdue_high: share(),
        overdue_medium: share(),
        overdue_low: share(),
        due_soon: share(),
        ask_first: share(),
        audit: share(),
    }
}
