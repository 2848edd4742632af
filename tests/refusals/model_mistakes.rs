//! Mistakes that people make when they write a model, and what each is told: the table of `docs/guide-models.md`.
#![allow(clippy::unwrap_used)]

use caserank::Triage;
use serde_json::{Value, json};

const GUIDE: &str = include_str!("../../docs/guide-models.md");

/// What was done to the skeleton.
enum Edit {
    /// Another value at a path.
    Set(&'static str, Value),
    /// The key or element at a path taken away.
    Drop(&'static str),
    /// One more element in the list at a path: a copy of its first.
    Copy(&'static str),
    /// The text itself, one piece for another.
    Text(&'static str, &'static str),
}

use Edit::{Copy, Drop, Set, Text};

const ITEM: &str = "/codebook/items/0";
const GATE: &str = "/policy/gates/0";
const OUTCOME: &str = "/instrument/outcomes/0";

/// Each mistake in a few words, and the edit that makes it.
fn mistakes() -> Vec<(&'static str, Edit)> {
    let at =
        |base: &'static str, rest: &str| -> &'static str { String::leak(format!("{base}{rest}")) };
    vec![
        ("a comma too many", Text("\"ground\": \"assumption\"", "\"ground\": \"assumption\",")),
        ("the file cut short", Text("\"gates\": [", "")),
        ("a key misspelt", Text("\"citation\"", "\"citaton\"")),
        ("a later format", Set("/format_version", json!(9))),
        ("a version that is none", Set("/version", json!("1.0"))),
        ("a name with blanks", Set("/codebook/items/0/id", json!("marked urgent"))),
        ("two items of one name", Copy("/codebook/items")),
        ("two answers of one name", Copy(at(ITEM, "/answers"))),
        ("one answer", Set(at(ITEM, "/answers"), json!([{"id": "yes", "label": "Yes"}]))),
        ("an answer named `unknown`", Set(at(ITEM, "/answers/0/id"), json!("unknown"))),
        ("an answer without words", Set(at(ITEM, "/answers/0/label"), json!(" "))),
        ("a question without words", Set(at(ITEM, "/question"), json!(""))),
        (
            "an answer that stands for absent and is not listed",
            Set(at(ITEM, "/absent"), json!("nope")),
        ),
        ("a kind that there is not", Set(at(ITEM, "/kind"), json!("scale"))),
        ("a stage that there is not", Set(at(ITEM, "/stage"), json!("later"))),
        ("no effort", Set(at(ITEM, "/effort/minutes"), json!(0))),
        ("edges that do not rise", Set("/codebook/items/1/kind/binned/edges", json!([3, 1]))),
        ("an edge too few", Set("/codebook/items/1/kind/binned/edges", json!([1]))),
        (
            "a plausible range turned round",
            Set("/codebook/items/1/plausible", json!({"least": 9, "most": 1})),
        ),
        (
            "a bearing on an outcome that there is not",
            Set(at(ITEM, "/bears_on"), json!({"danger": {"direction": "raises"}})),
        ),
        ("no reason why it is asked", Drop(at(ITEM, "/design"))),
        (
            "a question about a protected attribute",
            Set(at(ITEM, "/id"), json!("suspect_ethnicity")),
        ),
        ("no outcome", Set("/codebook/outcomes", json!([]))),
        ("two outcomes of one name", Copy("/codebook/outcomes")),
        ("weights for another codebook", Set("/instrument/codebook/id", json!("south"))),
        ("weights for another version of it", Set("/instrument/codebook/version", json!("0.2.0"))),
        ("an outcome without weights", Set("/instrument/outcomes", json!([]))),
        (
            "an outcome weighed that the codebook does not name",
            Set(at(OUTCOME, "/outcome"), json!("danger")),
        ),
        ("an outcome without a definition", Set(at(OUTCOME, "/definition"), json!(""))),
        ("an item weighed that is not asked", Set(at(OUTCOME, "/weights/0/item"), json!("urgent"))),
        (
            "an answer weighed that is not listed",
            Set(at(OUTCOME, "/weights/0/weights"), json!({"maybe": "1"})),
        ),
        ("an item weighed twice", Copy(at(OUTCOME, "/weights"))),
        ("a weight that is no number", Set(at(OUTCOME, "/weights/0/weights/yes"), json!("much"))),
        (
            "a weight with seven decimals",
            Set(at(OUTCOME, "/weights/0/weights/yes"), json!("0.1234567")),
        ),
        ("a weight beyond all measure", Set(at(OUTCOME, "/weights/0/weights/yes"), json!("99999"))),
        ("a weight that cites no rule", Set(at(OUTCOME, "/weights/0/provenance/rules"), json!([]))),
        (
            "a weight that cites a rule that there is not",
            Set(at(OUTCOME, "/weights/0/provenance/rules"), json!(["guess"])),
        ),
        ("cut-offs that do not fall", Set("/policy/bands/high", json!("0.5"))),
        ("a cut-off above 1", Set("/policy/bands/very_high", json!("1.5"))),
        ("action times that get shorter", Set("/policy/bands/action_days/low", json!(2))),
        ("no reason for the cut-offs", Set("/policy/bands/rationale", json!(""))),
        (
            "an outcome left out of the combination",
            Set("/policy/combination/expected_harm/weights", json!({})),
        ),
        (
            "a combination that nobody answers for",
            Set("/policy/combination/expected_harm/signed", json!("")),
        ),
        ("an audit share above 1", Set("/policy/audit_share", json!("1.5"))),
        ("a danger sign that is not asked", Set("/policy/danger_signs/0/item", json!("access"))),
        (
            "a gate on an item that is not asked",
            Set(at(GATE, "/when"), json!({"item": "urgnet", "is": ["yes"]})),
        ),
        (
            "a gate on an answer that is not listed",
            Set(at(GATE, "/when"), json!({"item": "marked_urgent", "is": ["y"]})),
        ),
        ("a gate that asks nothing", Set(at(GATE, "/when"), json!({"all": []}))),
        ("a gate that nobody stands behind", Set(at(GATE, "/citation"), json!(""))),
        ("two gates of one name", Copy("/policy/gates")),
        ("an effect that there is not", Set(at(GATE, "/effect"), json!("highest"))),
        (
            "a cap that asks what is not known",
            Set(
                GATE,
                json!({"id": "quiet", "title": "Quiet", "effect": {"cap": "low"},
            "when": {"item": "marked_urgent", "is_not": ["yes"]}, "citation": "made up"}),
            ),
        ),
    ]
}

fn edited(edit: &Edit) -> String {
    let text = Triage::skeleton("north").unwrap();
    let mut model: Value = serde_json::from_str(&text).unwrap();
    match edit {
        Edit::Text(before, after) => {
            assert!(text.contains(before), "{before}");
            if after.is_empty() {
                return text[..text.find(before).unwrap() + before.len()].to_owned();
            }
            return text.replacen(before, after, 1);
        }
        Edit::Set(path, value) => {
            *model.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value.clone();
        }
        Edit::Drop(path) => {
            let (parent, key) = path.rsplit_once('/').unwrap();
            model.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(key).unwrap();
        }
        Edit::Copy(path) => {
            let list = model.pointer_mut(path).unwrap().as_array_mut().unwrap();
            list.push(list[0].clone());
        }
    }
    model.to_string()
}

#[test]
fn every_mistake_is_told_as_the_guide_says() {
    let mut table = String::from("| Mistake | What is said |\n|---|---|\n");
    for (mistake, edit) in mistakes() {
        let text = edited(&edit);
        let faults = Triage::faults(&text);
        assert!(!faults.is_empty(), "{mistake} is not refused");
        let said = faults[0].to_string().replace('|', "\\|");
        table.push_str(&format!("| {mistake} | {said} |\n"));
    }
    let (_, rest) = GUIDE.split_once("<!-- mistakes -->\n").unwrap();
    let (written, _) = rest.split_once("<!-- end -->").unwrap();
    assert!(written == table, "the table in docs/guide-models.md should be:\n{table}");
}
