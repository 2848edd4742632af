//! What a whole model file is refused for: its format first, then the part that is at fault, with
//! nothing that overflows or takes its time.
#![allow(clippy::unwrap_used)]

use crate::common::{changed_model, full_model, refused};
use caserank::codebook::{CodebookError, MOST_FAULTS};
use caserank::policy::{Condition, MOST_DEPTH, PolicyError};
use caserank::triage::ModelError;
use caserank::{Codebook, Instrument, Triage};
use serde_json::{Value, json};

fn refusal(value: &Value) -> ModelError {
    Triage::from_json(&value.to_string()).unwrap_err()
}

#[test]
fn a_later_format_is_told_before_the_fields_that_it_adds() {
    let mut later = changed_model("/format_version", json!(2));
    later["added_later"] = json!({ "some": [1, 2] });
    refused!(refusal(&later), ModelError::Format { found: 2, .. }, "format 2", "format 1");
    // Whatever else changed its form.
    later["codebook"] = json!("elsewhere");
    refused!(refusal(&later), ModelError::Format { found: 2, .. }, "format 2");

    let mut codebook = full_model()["codebook"].take();
    codebook["format_version"] = json!(3);
    codebook["added_later"] = json!(true);
    refused!(
        Codebook::from_json(&codebook.to_string()).unwrap_err(),
        CodebookError::Format { found: 3, supported: 1 },
        "format 3"
    );
    let mut inside = full_model();
    inside["codebook"] = codebook;
    refused!(
        refusal(&inside),
        ModelError::Codebook(CodebookError::Format { found: 3, .. }),
        "format 3"
    );
}

#[test]
fn a_rule_of_the_codebook_keeps_its_type_inside_a_model() {
    refused!(
        refusal(&changed_model("/codebook/items/0/id", json!("Not A Name"))),
        ModelError::Codebook(CodebookError::Name { what: "item", .. }),
        "`Not A Name`"
    );
    refused!(
        refusal(&changed_model("/codebook/items/1/effort/minutes", json!(0))),
        ModelError::Codebook(CodebookError::Effort { .. }),
        "effort"
    );
    // A wrong shape is told with the line of the whole file.
    let mut shape = full_model();
    shape["codebook"]["items"][0]["what_is_this"] = json!(1);
    refused!(refusal(&shape), ModelError::Json(_), "what_is_this");
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_file() {
    let model = full_model();
    let marked = |value: &Value| format!("\u{feff}{value}");
    let plain = Triage::from_json(&model.to_string()).unwrap();
    let triage = Triage::from_json(&marked(&model)).unwrap();
    assert_eq!(triage.fingerprint(), plain.fingerprint());
    assert!(!triage.to_json().starts_with('\u{feff}'));
    let codebook = Codebook::from_json(&marked(&model["codebook"])).unwrap();
    assert_eq!(&codebook, plain.codebook());
    let instrument = Instrument::from_json(&codebook, &marked(&model["instrument"])).unwrap();
    assert_eq!(&instrument, plain.instrument());
    assert!(Triage::faults(&marked(&model)).is_empty());
}

#[test]
fn every_fault_of_a_part_is_told_at_once() {
    let mut value = full_model();
    value["codebook"]["items"][0]["effort"]["minutes"] = json!(0);
    value["codebook"]["items"][3]["answers"] = json!([]);
    value["policy"]["gates"][0]["citation"] = json!("");
    let faults = Triage::faults(&value.to_string());
    assert_eq!(faults.len(), 2, "{faults:?}");
    refused!(&faults[0], ModelError::Codebook(CodebookError::Effort { .. }), "effort");
    refused!(&faults[1], ModelError::Codebook(CodebookError::AnswerCount { .. }), "0 answers");
    assert_eq!(faults[0].to_string(), refusal(&value).to_string(), "the first is the one refused");

    let mut value = full_model();
    value["policy"]["gates"][0]["citation"] = json!("");
    value["policy"]["gates"][1]["when"] = json!({ "item": "urgnet", "is": ["yes"] });
    value["policy"]["audit_share"] = json!("1.5");
    let faults = Triage::faults(&value.to_string());
    assert_eq!(faults.len(), 3, "{faults:?}");
    assert_eq!(faults[0].to_string(), refusal(&value).to_string());

    let mut gate = value["policy"]["gates"][0].take();
    let mut many = Vec::new();
    for number in 0..3 * MOST_FAULTS {
        gate["id"] = json!(format!("gate_{number}"));
        many.push(gate.clone());
    }
    value["policy"]["gates"] = json!(many);
    assert_eq!(Triage::faults(&value.to_string()).len(), MOST_FAULTS);

    let outer = Triage::faults("[]");
    refused!(&outer[0], ModelError::Json(_), "not a model file");
    assert_eq!(outer.len(), 1);
}

#[test]
fn every_fault_of_an_instrument_is_told_at_once() {
    let mut value = full_model();
    value["policy"]["audit_share"] = json!("1.5");
    let outcomes = value["instrument"]["outcomes"].as_array_mut().unwrap();
    outcomes[0]["definition"] = json!("");
    outcomes[0]["weights"][0]["item"] = json!("urgnet");
    outcomes[0]["weights"][1]["provenance"]["rules"] = json!(["guess"]);
    outcomes[1]["intercept"]["provenance"]["rules"] = json!([]);
    let told = |value: &Value| -> Vec<String> {
        Triage::faults(&value.to_string()).iter().map(ToString::to_string).collect()
    };
    let found = told(&value);
    assert_eq!(found[0], refusal(&value).to_string());
    let parts = ["has no definition", "`urgnet`", "rule `guess`", "no provenance"];
    assert_eq!(found.len(), parts.len(), "{found:#?}");
    for (said, part) in found.iter().zip(parts) {
        assert!(said.contains(part), "{said}");
    }
    // As many as are stated, whatever there are.
    let entry = value["instrument"]["outcomes"][0]["weights"][0].clone();
    let many = (0..3 * MOST_FAULTS).map(|number| {
        let mut entry = entry.clone();
        entry["item"] = json!(format!("none_{number}"));
        entry
    });
    value["instrument"]["outcomes"][0]["weights"] = many.collect();
    assert_eq!(told(&value).len(), MOST_FAULTS);
    assert!(told(&full_model()).is_empty());
}

/// A condition with so many others around it.
fn nested(depth: usize) -> Condition {
    let mut condition = Condition::IsUnknown { item: "urgent".to_owned() };
    for level in 0..depth {
        let parts = vec![condition];
        condition = if level % 2 == 0 { Condition::All(parts) } else { Condition::Any(parts) };
    }
    condition
}

#[test]
fn conditions_nested_beyond_all_measure_are_refused_and_let_go() {
    let triage = Triage::from_json(&full_model().to_string()).unwrap();
    let under = |condition: Condition| {
        let mut policy = triage.policy().draft().clone();
        policy.gates[0].when = condition;
        triage.with_policy("9.0.0".parse().unwrap(), policy)
    };
    assert!(under(nested(MOST_DEPTH - 1)).is_ok());
    for depth in [MOST_DEPTH, 200_000] {
        refused!(
            under(nested(depth)).unwrap_err(),
            ModelError::Policy(PolicyError::TooDeep { limit: MOST_DEPTH, .. }),
            "`first`",
            "64 deep",
            "split it"
        );
    }
    // As wide as it is deep.
    let mut wide = Condition::Any(Vec::new());
    for _ in 0..50_000 {
        wide = Condition::Any(vec![nested(3), wide, nested(2)]);
    }
    drop(wide);
}

#[test]
fn a_model_of_half_a_megabyte_is_read_in_no_time() {
    let atom = json!({ "item": "urgent", "is": ["yes"] });
    let other = json!({ "item": "files", "is": ["x"] });
    let any: Vec<&Value> = vec![&atom; 1_024];
    let mut all = vec![json!({ "any": any })];
    all.extend(vec![other; 13_000]);
    let value = changed_model("/policy/gates/0/when", json!({ "all": all }));
    let text = value.to_string();
    assert!(text.len() > 400_000);
    let triage = Triage::from_json(&text).unwrap();
    assert_eq!(Triage::from_json(&triage.to_json()).unwrap().fingerprint(), triage.fingerprint());
}

#[test]
fn all_gates_together_have_a_limit() {
    let any: Vec<Value> = vec![json!({ "item": "urgent", "is": ["yes"] }); 1_024];
    let mut value = full_model();
    let mut gate = value["policy"]["gates"][0].take();
    gate["when"] = json!({ "any": any });
    let gates = |count: usize| -> Vec<Value> {
        let gate = |number: usize| {
            let mut gate = gate.clone();
            gate["id"] = json!(format!("gate_{number}"));
            gate
        };
        (0..count).map(gate).collect()
    };
    value["policy"]["gates"] = json!(gates(16));
    assert!(Triage::from_json(&value.to_string()).is_ok());
    value["policy"]["gates"] = json!(gates(17));
    refused!(
        refusal(&value),
        ModelError::Policy(PolicyError::TooManyTermsInAll { limit: 16_384, .. }),
        "`gate_16`",
        "16384"
    );
}
