//! Every reason for which a codebook is refused: reached, and said with the thing, the value, the
//! limit and the way out.
#![allow(clippy::unwrap_used)]

use crate::common::refused;
use caserank::Codebook;
use caserank::codebook::{CodebookError, MOST_ANSWERS, MOST_ITEMS, MOST_OUTCOMES};
use serde_json::{Value, json};

fn toy() -> Value {
    serde_json::from_str(crate::common::TOY_CODEBOOK).unwrap()
}

fn load(value: &Value) -> Result<Codebook, CodebookError> {
    Codebook::from_json(&value.to_string())
}

/// The refusal of the toy codebook with one thing changed.
fn refusal(pointer: &str, other: Value) -> CodebookError {
    let mut value = toy();
    *value.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = other;
    load(&value).expect_err(pointer)
}

/// The same with one thing added.
fn refusal_with(pointer: &str, key: &str, other: Value) -> CodebookError {
    let mut value = toy();
    value.pointer_mut(pointer).unwrap()[key] = other;
    load(&value).expect_err(pointer)
}

#[test]
fn shape_and_format() {
    refused!(refusal("/title", json!(1)), CodebookError::Json(_), "not a codebook", "string");
    refused!(refusal_with("", "surplus", json!(1)), CodebookError::Json(_), "surplus");
    refused!(refusal("/version", json!("one")), CodebookError::Json(_), "not a codebook");
    refused!(
        refusal("/format_version", json!(2)),
        CodebookError::Format { found: 2, supported: 1 },
        "format 2",
        "write format 1"
    );
}

#[test]
fn names() {
    let long = "x".repeat(65);
    for bad in ["", "Urgent", "1st", "_a", "a-b", "a b", "é", "a.b", long.as_str()] {
        for (pointer, what) in [
            ("/id", "codebook"),
            ("/items/0/id", "item"),
            ("/items/0/answers/0/id", "answer"),
            ("/outcomes/0/id", "outcome"),
        ] {
            refused!(
                refusal(pointer, json!(bad)),
                CodebookError::Name { .. },
                what,
                bad,
                "64",
                "a-z"
            );
        }
        let source = json!([{ "id": bad, "citation": "" }]);
        refused!(
            refusal("/sources", source),
            CodebookError::Name { what: "source", .. },
            bad,
            "64"
        );
    }
    refused!(
        refusal("/items/1/id", json!("urgent")),
        CodebookError::Repeated { what: "item", .. },
        "`urgent`",
        "twice",
        "the codebook",
        "its own name"
    );
    refused!(
        refusal("/items/1/answers/1/id", json!("none")),
        CodebookError::Repeated { what: "answer", .. },
        "`none`",
        "item `prior_reports`"
    );
    refused!(
        refusal("/outcomes/1/id", json!("danger")),
        CodebookError::Repeated { what: "outcome", .. },
        "`danger`"
    );
    let twice = json!([{ "id": "s", "citation": "" }, { "id": "s", "citation": "" }]);
    refused!(refusal("/sources", twice), CodebookError::Repeated { what: "source", .. }, "`s`");
}

/// A complaint has fields of these names in every file, so no item may be called so.
#[test]
fn names_of_the_complaints_own_fields() {
    for name in ["id", "received", "unit", "subject", "bundle", "stage", "origin", "deadlines"] {
        refused!(
            refusal("/items/0/id", json!(name)),
            CodebookError::ReservedItem { .. },
            &format!("`{name}`"),
            "own fields",
            "another name"
        );
    }
    let mut value = toy();
    value["items"][0]["id"] = json!("answers");
    assert!(load(&value).is_ok());
}

#[test]
fn counts() {
    refused!(
        refusal("/items", json!([])),
        CodebookError::Count { what: "items", found: 0, limit: MOST_ITEMS },
        "0 items",
        "4096"
    );
    refused!(
        refusal("/outcomes", json!([])),
        CodebookError::Count { what: "outcomes", found: 0, limit: MOST_OUTCOMES },
        "0 outcomes",
        "64"
    );
    let item = &toy()["items"][0];
    let items: Vec<Value> = (0..=MOST_ITEMS)
        .map(|number| {
            let mut item = item.clone();
            item["id"] = json!(format!("i{number}"));
            item
        })
        .collect();
    let mut value = toy();
    value["items"] = json!(items[..MOST_ITEMS]);
    assert_eq!(load(&value).unwrap().items().len(), MOST_ITEMS);
    refused!(
        refusal("/items", json!(items)),
        CodebookError::Count { what: "items", found: 4_097, .. },
        "4097",
        "4096"
    );
    let outcomes: Vec<Value> = (0..=MOST_OUTCOMES)
        .map(|number| json!({ "id": format!("o{number}"), "title": "made up", "ahead_of": "" }))
        .collect();
    refused!(
        refusal("/outcomes", json!(outcomes)),
        CodebookError::Count { what: "outcomes", found: 65, .. },
        "65",
        "64"
    );
    let answers = |count: usize| -> Vec<Value> {
        (0..count).map(|number| json!({ "id": format!("a{number}"), "label": "made up" })).collect()
    };
    let mut value = toy();
    value["items"][2]["answers"] = json!(answers(MOST_ANSWERS));
    value["items"][2]["absent"] = json!("a0");
    value["items"][2]["bears_on"] = json!({});
    assert_eq!(load(&value).unwrap().items()[2].code_count(), 255);
    for count in [0, 255] {
        refused!(
            refusal("/items/2/answers", json!(answers(count))),
            CodebookError::AnswerCount { .. },
            "`access_route`",
            &count.to_string(),
            "1 to 254"
        );
    }
}

#[test]
fn answers() {
    refused!(
        refusal("/items/2/answers/1/id", json!("unknown")),
        CodebookError::UnknownListed { .. },
        "`access_route`",
        "`unknown`",
        "leave it out"
    );
    refused!(
        refusal("/items/0/absent", json!("never")),
        CodebookError::AbsentNotListed { .. },
        "`urgent`",
        "`never`"
    );
    refused!(
        refusal("/items/0/absent", Value::Null),
        CodebookError::FoundOrNotWithoutAbsent { .. },
        "`urgent`",
        "found_or_not",
        "checked and absent"
    );
    let two = json!({ "binned": { "unit": "count", "edges": [3, 3] } });
    for edges in
        [json!([]), json!([1]), json!([1, 2, 3]), json!([3, 1]), two["binned"]["edges"].clone()]
    {
        let kind = json!({ "binned": { "unit": "count", "edges": edges } });
        refused!(
            refusal("/items/1/kind", kind),
            CodebookError::Edges { .. },
            "`prior_reports`",
            &format!("{} edges", edges.as_array().unwrap().len()),
            "3 answers",
            "strictly increasing"
        );
    }
    // Aside: only in ordinal items, only after all ordered answers, not all of them.
    for (item, answer) in [(0, 0), (1, 2), (2, 2)] {
        let pointer = format!("/items/{item}/answers/{answer}");
        refused!(
            refusal_with(&pointer, "aside", json!(true)),
            CodebookError::Aside { .. },
            "aside",
            "ordinal"
        );
    }
    let mut value = toy();
    value["items"][0]["answers"][1]["aside"] = json!(true);
    assert!(load(&value).is_ok());
}

#[test]
fn directions() {
    let to = |item: usize, bearing: Value| refusal(&format!("/items/{item}/bears_on"), bearing);
    refused!(
        to(0, json!({ "doom": { "direction": "raises" } })),
        CodebookError::UnknownOutcome { .. },
        "`urgent`",
        "`doom`",
        "does not list"
    );
    refused!(
        to(0, json!({ "danger": { "direction": "raises", "answers": ["yes"] } })),
        CodebookError::Direction { .. },
        "`urgent`",
        "`danger`",
        "leave `answers` out"
    );
    for direction in ["raises", "lowers"] {
        refused!(
            to(2, json!({ "danger": { "direction": direction } })),
            CodebookError::Direction { .. },
            "`access_route`",
            "name in `answers`"
        );
    }
    refused!(
        to(2, json!({ "danger": { "direction": "none", "answers": ["work"] } })),
        CodebookError::Direction { .. },
        "without a direction"
    );
    refused!(
        to(2, json!({ "danger": { "direction": "raises", "answers": ["wrok"] } })),
        CodebookError::Direction { .. },
        "must be listed"
    );
    let mut value = toy();
    value["items"][0]["answers"] = json!([{ "id": "no", "label": "made up" }]);
    refused!(load(&value).unwrap_err(), CodebookError::Direction { .. }, "one answer", "`none`");
}

#[test]
fn grounds() {
    for design in [Value::Null, json!(" \t")] {
        refused!(
            refusal("/items/0/design", design),
            CodebookError::NoGround { .. },
            "`urgent`",
            "add rows of evidence",
            "`design`"
        );
    }
    let full: Value = serde_json::from_str(include_str!("../common/full_model.json")).unwrap();
    let with = |pointer: &str, other: Value| {
        let mut codebook = full["codebook"].clone();
        *codebook.pointer_mut(pointer).unwrap() = other;
        load(&codebook).expect_err(pointer)
    };
    refused!(
        with("/items/0/evidence/0/outcome", json!("doom")),
        CodebookError::UnknownOutcome { .. },
        "`urgent`",
        "`doom`"
    );
    refused!(
        with("/items/0/evidence/0/source", json!("hearsay")),
        CodebookError::UnknownSource { .. },
        "`urgent`",
        "`hearsay`"
    );
    for (end, value) in
        [("value", "0"), ("value", "-1"), ("low", "2.1"), ("low", "0"), ("high", "1.9")]
    {
        refused!(
            with(&format!("/items/0/evidence/0/odds_ratio/{end}"), json!(value)),
            CodebookError::OddsRatio { .. },
            "`urgent`",
            "`source_a`",
            "above 0",
            "interval"
        );
    }
    refused!(
        with("/items/0/effort/minutes", json!(0)),
        CodebookError::Effort { .. },
        "`urgent`",
        "0 minutes",
        "at least 1"
    );
    let shares = |shares: Value| with("/items/0/prevalence/shares", shares);
    refused!(
        shares(json!({ "no": "0.5", "yes": "0.5" })),
        CodebookError::Prevalence { .. },
        "`urgent`",
        "every answer"
    );
    refused!(
        shares(json!({ "no": "0.5", "yes": "0.5", "maybe": "0" })),
        CodebookError::Prevalence { .. },
        "every answer"
    );
    refused!(
        shares(json!({ "no": "0.5", "yes": "0.75", "refused": "-0.25" })),
        CodebookError::Prevalence { .. },
        "negative"
    );
    for sum in ["0.249999", "0.250001", "2147"] {
        refused!(
            shares(json!({ "no": "0.5", "yes": "0.25", "refused": sum })),
            CodebookError::Prevalence { .. },
            "add up to 1"
        );
    }
    refused!(
        with("/items/0/prevalence/source", json!("hearsay")),
        CodebookError::UnknownSource { .. },
        "`hearsay`"
    );
    refused!(
        with("/items/0/prevalence/source", Value::Null),
        CodebookError::PrevalenceWithoutSource { .. },
        "`urgent`",
        "mark it as an assumption"
    );
}

#[test]
fn victims_weigh_nothing() {
    refused!(
        refusal("/items/0/about", json!("victim")),
        CodebookError::VictimWeighed { .. },
        "`urgent`",
        "victim",
        "`danger`",
        "safeguarding gates only"
    );
}
