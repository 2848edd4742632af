//! Fingerprints: equal parsed models have equal fingerprints whatever their spelling and order; any
//! parsed field changes `fingerprint`; only what can affect score, gate, band or order changes
//! `scoring_fingerprint`.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use crate::common::{FULL, any_model, cases, draws, full_model};
use caserank::Triage;
use proptest::prelude::*;
use serde_json::Value;

fn load(value: &Value) -> Result<Triage, caserank::triage::ModelError> {
    Triage::from_json(&value.to_string())
}

/// Pointers to everything in a file that is not a map or a list.
fn leaves(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                leaves(value, &format!("{pointer}/{key}"), found);
            }
        }
        Value::Array(list) => {
            for (place, value) in list.iter().enumerate() {
                leaves(value, &format!("{pointer}/{place}"), found);
            }
        }
        _ => found.push(pointer.to_owned()),
    }
}

/// Other values for a leaf, most plausible first.
fn others(value: &Value) -> Vec<Value> {
    match value {
        Value::Bool(so) => vec![Value::from(!so)],
        Value::Number(number) => {
            let number = number.as_i64().unwrap();
            vec![Value::from(number + 1), Value::from(number - 1), Value::from(number / 2)]
        }
        Value::String(text) => {
            let mut others: Vec<Value> = Vec::new();
            if let Ok(number) = text.parse::<caserank::Fixed>() {
                for step in [1, -1] {
                    let other = caserank::Fixed::from_steps(number.steps() + step);
                    others.push(Value::from(other.to_string()));
                }
            }
            let words = [
                "report",
                "arrest",
                "crude",
                "adjusted",
                "A",
                "B",
                "seen",
                "derived",
                "recalled",
                "nominal",
                "ordinal",
                "intake",
                "field",
                "handling",
                "access",
                "material",
                "suspect",
                "complaint",
                "none",
                "subpoena",
                "warrant",
                "raises",
                "lowers",
                "published",
                "assumption",
                "evidence",
                "fitted",
                "synthetic",
                "retrospective",
                "low",
                "medium",
                "high",
                "very_high",
                "no",
                "yes",
                "maybe",
                "many",
                "few",
                "a",
                "b",
                "source_a",
                "source_b",
                "rule_a",
                "rule_b",
                "danger",
                "spread",
                "toll",
                "urgent",
                "reports",
                "route",
                "files",
                "spare",
                "x",
                "y",
                "c",
                "some",
                "0.3.0",
                "2026-04-18T00:00:00Z",
            ];
            others.extend(words.iter().filter(|word| *word != text).map(|word| Value::from(*word)));
            others.push(Value::from(format!("{text}x")));
            others
        }
        _ => Vec::new(),
    }
}

/// What a field is, whatever list it stands in.
fn field(pointer: &str) -> String {
    let parts = pointer.split('/').filter(|part| part.parse::<usize>().is_err());
    parts.collect::<Vec<_>>().join("/")
}

#[test]
fn any_parsed_field_changes_the_fingerprint() {
    let whole = full_model();
    let base = load(&whole).unwrap();
    let (fingerprint, scoring_fingerprint) = (base.fingerprint(), base.scoring_fingerprint());
    let mut pointers = Vec::new();
    leaves(&whole, "", &mut pointers);
    let mut changed: BTreeMap<String, BTreeSet<bool>> = BTreeMap::new();
    let mut fixed = BTreeSet::new();
    for pointer in &pointers {
        let mut any = false;
        for other in others(whole.pointer(pointer).unwrap()) {
            let mut value = whole.clone();
            *value.pointer_mut(pointer).unwrap() = other;
            let Ok(model) = load(&value) else { continue };
            any = true;
            assert_ne!(model.fingerprint(), fingerprint, "{pointer}");
            assert!(model != base, "{pointer}");
            let scoring = model.scoring_fingerprint() != scoring_fingerprint;
            changed.entry(field(pointer)).or_default().insert(scoring);
            break;
        }
        if !any {
            fixed.insert(field(pointer));
        }
    }
    // What cannot be changed alone without another part of the file refusing it.
    fixed.retain(|field| !changed.contains_key(field));
    let bound: BTreeSet<String> = BOUND.iter().map(|field| (*field).to_owned()).collect();
    assert_eq!(fixed, bound);
    let mut unexpected = Vec::new();
    for (field, scoring) in &changed {
        if *scoring != BTreeSet::from([SCORING.contains(&field.as_str())]) {
            unexpected.push((field, scoring));
        }
    }
    assert!(unexpected.is_empty(), "{unexpected:#?}");
    for field in SCORING {
        assert!(changed.contains_key(*field), "{field} was never changed");
    }
}

/// Fields that name something elsewhere in the file, so that no change of one alone loads.
const BOUND: &[&str] = &[
    "/codebook/format_version",
    "/codebook/id",
    "/codebook/items/prevalence/shares/no",
    "/codebook/items/prevalence/shares/refused",
    "/codebook/items/prevalence/shares/yes",
    "/codebook/version",
    "/format_version",
    "/instrument/codebook/id",
    "/instrument/codebook/version",
    "/instrument/outcomes/outcome",
    "/instrument/population/channel_item",
    "/policy/gates/when/any/is_unknown",
];

/// Fields that can affect score, gate, band or order; the stage is among them for the bands that
/// the open questions of a stage leave reachable.
const SCORING: &[&str] = &[
    "/codebook/items/answers/id",
    "/codebook/items/id",
    "/codebook/items/kind/binned/edges",
    "/codebook/items/stage",
    "/instrument/outcomes/denominator/established_by/is",
    "/instrument/outcomes/denominator/established_by/item",
    "/instrument/outcomes/denominator/not_when/is",
    "/instrument/outcomes/denominator/not_when/item",
    "/instrument/outcomes/intercept/value",
    "/instrument/outcomes/link/table/from",
    "/instrument/outcomes/link/table/probability",
    "/instrument/outcomes/weights/item",
    "/instrument/outcomes/weights/weights/few",
    "/instrument/outcomes/weights/weights/many",
    "/instrument/outcomes/weights/weights/some",
    "/instrument/outcomes/weights/weights/yes",
    "/policy/bands/high",
    "/policy/bands/medium",
    "/policy/bands/very_high",
    "/policy/combination/expected_harm/weights/danger",
    "/policy/combination/expected_harm/weights/spread",
    "/policy/danger_signs/is",
    "/policy/danger_signs/item",
    "/policy/gates/effect/cap",
    "/policy/gates/effect/floor",
    "/policy/gates/effect/hold",
    "/policy/gates/id",
    "/policy/gates/when/all/is",
    "/policy/gates/when/all/is_not",
    "/policy/gates/when/all/item",
    "/policy/gates/when/any/is",
    "/policy/gates/when/any/item",
    "/policy/gates/when/is",
    "/policy/gates/when/item",
];

/// Choices between kinds of things, and shares that must add up, changed as a whole.
#[test]
fn whole_choices_change_what_they_should() {
    let base = load(&full_model()).unwrap();
    let changes = [
        ("/policy/combination", serde_json::json!("max"), true),
        ("/policy/combination", serde_json::json!("any_if_independent"), true),
        ("/policy/combination", serde_json::json!({"single": "danger"}), true),
        ("/instrument/outcomes/1/link", serde_json::json!("logistic"), true),
        ("/policy/gates/1/effect", serde_json::json!("must"), true),
        ("/policy/gates/1/effect", serde_json::json!({"route": "supervisor"}), true),
        ("/policy/gates/0/when/all/1", serde_json::json!({"item": "route", "is": ["c"]}), true),
        ("/codebook/items/1/kind", serde_json::json!("ordinal"), true),
        ("/codebook/items/3/kind", serde_json::json!("ordinal"), false),
        (
            "/codebook/items/0/prevalence/shares",
            serde_json::json!({"no": "0.25", "yes": "0.5", "refused": "0.25"}),
            false,
        ),
    ];
    let mut seen = BTreeSet::from([base.fingerprint()]);
    for (pointer, other, scoring) in changes {
        let mut value = full_model();
        *value.pointer_mut(pointer).unwrap() = other;
        let model = load(&value).unwrap();
        assert!(seen.insert(model.fingerprint()), "{pointer}");
        let differs = model.scoring_fingerprint() != base.scoring_fingerprint();
        assert_eq!(differs, scoring, "{pointer}");
    }
}

#[test]
fn spelling_and_order_do_not_matter() {
    let base = load(&full_model()).unwrap();
    let same = |text: &str| {
        let model = Triage::from_json(text).unwrap();
        assert!(model == base);
        assert_eq!(model.fingerprint(), base.fingerprint());
        assert_eq!(model.scoring_fingerprint(), base.scoring_fingerprint());
        assert_eq!(model.to_json(), base.to_json());
    };
    same(FULL);
    same(&full_model().to_string());
    same(&serde_json::to_string_pretty(&full_model()).unwrap());
    same(&FULL.replace("\"0.25\"", "0.25"));
    same(&FULL.replace("\"0.25\"", "0.250000000"));
    same(&FULL.replace("\"0.25\"", "\"+0.25\""));
    same(&FULL.replace("urgent", "\\u0075rgent"));
    same(&FULL.replace("2026-04-17T00:00:00Z", "2026-04-17T02:00:00+02:00"));
    same(&FULL.replace("2026-04-17T00:00:00Z", "2026-04-17"));
    // Defaults written out, and a weight of 0 for *unknown*.
    let mut value = full_model();
    value["policy"]["gates"][1]["safeguarding"] = Value::from(false);
    value["codebook"]["items"][2]["found_or_not"] = Value::from(false);
    value["codebook"]["items"][0]["effort"]["process"] = Value::from("none");
    value["instrument"]["outcomes"][0]["weights"][0]["weights"]["unknown"] = Value::from(0);
    value["instrument"]["outcomes"][0]["link"] = Value::from("logistic");
    same(&value.to_string());
    // Entries of weights in another order.
    let mut value = full_model();
    let weights = value["instrument"]["outcomes"][0]["weights"].as_array_mut().unwrap();
    assert!(weights.len() > 1);
    weights.reverse();
    same(&value.to_string());
}

#[test]
fn the_order_of_items_and_answers_counts_in_both() {
    let base = load(&full_model()).unwrap();
    for list in ["/codebook/items", "/codebook/items/2/answers"] {
        let mut value = full_model();
        value.pointer_mut(list).unwrap().as_array_mut().unwrap().reverse();
        let model = load(&value).unwrap();
        assert_ne!(model.fingerprint(), base.fingerprint(), "{list}");
        assert_ne!(model.scoring_fingerprint(), base.scoring_fingerprint(), "{list}");
    }
}

#[test]
fn unknown_fields_are_refused_wherever_they_stand() {
    fn maps(value: &Value, pointer: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                // These are keyed by names of the file's own.
                let keyed = ["bears_on", "shares", "weights", "base_rates", "by_channel"];
                if !keyed.iter().any(|name| pointer.ends_with(&format!("/{name}"))) {
                    found.push(pointer.to_owned());
                }
                for (key, value) in map {
                    maps(value, &format!("{pointer}/{key}"), found);
                }
            }
            Value::Array(list) => {
                for (place, value) in list.iter().enumerate() {
                    maps(value, &format!("{pointer}/{place}"), found);
                }
            }
            _ => {}
        }
    }
    let mut pointers = Vec::new();
    maps(&full_model(), "", &mut pointers);
    assert!(pointers.len() > 60, "{}", pointers.len());
    for pointer in pointers {
        let mut value = full_model();
        let map = value.pointer_mut(&pointer).unwrap().as_object_mut().unwrap();
        map.insert("surplus".to_owned(), Value::from(1));
        let error = load(&value).unwrap_err().to_string();
        // Of a choice with two names the parser says only where it stands.
        let choice = ["kind", "link", "effect", "combination"];
        let choice = choice.iter().any(|name| pointer.ends_with(&format!("/{name}")));
        assert!(choice || error.contains("surplus"), "{pointer}: {error}");
    }
}

proptest! {
    #![proptest_config(cases(30))]

    #[test]
    fn random_models_keep_their_fingerprints(model in any_model()) {
        let read = Triage::from_json(&model.to_json()).unwrap();
        prop_assert_eq!(read.fingerprint(), model.fingerprint());
        prop_assert_eq!(read.scoring_fingerprint(), model.scoring_fingerprint());
        // Without a single space between the words: another spelling of the same file.
        let dense = Triage::from_json(&dense(&model.to_json())).unwrap();
        prop_assert_eq!(dense.fingerprint(), model.fingerprint());
        prop_assert_eq!(dense.scoring_fingerprint(), model.scoring_fingerprint());
    }

    /// Two models with the same scoring fingerprint place every complaint alike.
    #[test]
    fn texts_do_not_count_in_the_scoring_fingerprint(draw in draws()) {
        let mut draw = draw;
        let case = crate::common::Case::draw(&mut draw, crate::common::Weights::Any, crate::common::Rules::Any);
        let mut policy = case.triage.policy().draft().clone();
        policy.description.push('.');
        policy.bands.rationale.push('.');
        policy.bands.action_days.low += 1;
        policy.audit_share = "0.5".parse().unwrap();
        for gate in &mut policy.gates {
            gate.title.push('.');
            gate.citation.push('.');
        }
        let other = case.triage.with_policy("9.9.9".parse().unwrap(), policy).unwrap();
        prop_assert_ne!(other.fingerprint(), case.triage.fingerprint());
        prop_assert_eq!(other.scoring_fingerprint(), case.triage.scoring_fingerprint());
        let backlog = case.backlog();
        prop_assert!(other.score(&backlog).unwrap() == case.triage.score(&backlog).unwrap());
    }
}

/// A JSON text without the spaces outside its strings.
fn dense(text: &str) -> String {
    let (mut inside, mut escaped) = (false, false);
    text.chars()
        .filter(|&symbol| {
            let kept = inside || !symbol.is_whitespace();
            inside ^= symbol == '"' && !escaped;
            escaped = symbol == '\\' && !escaped;
            kept
        })
        .collect()
}

/// Fingerprints print as 64 digits, and are read back only as such.
#[test]
fn fingerprints_survive_their_text() {
    let print = load(&full_model()).unwrap().fingerprint();
    let text = serde_json::to_string(&print).unwrap();
    assert_eq!(text.len(), 66);
    assert_eq!(serde_json::from_str::<caserank::triage::Fingerprint>(&text).unwrap(), print);
    assert!(print.to_string().starts_with(&print.short()));
    let refused = [
        "\"\"".to_owned(),
        text.to_uppercase(),
        text[..64].to_owned() + "\"",
        text.replacen('"', "\"0", 1),
        text.replacen('"', "\"00", 1),
        format!("\"{}\"", "g".repeat(64)),
        format!("\"{}\"", "é".repeat(32)),
    ];
    for text in refused {
        let read = serde_json::from_str::<caserank::triage::Fingerprint>(&text);
        assert!(read.is_err(), "{text}");
    }
}
