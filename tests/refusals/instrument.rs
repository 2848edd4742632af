//! Every reason for which an instrument or a model file is refused: reached, and said with the
//! thing, the value, the limit and the way out.
#![allow(clippy::unwrap_used)]

use crate::common::{changed_model, full_model, of_instrument, refused};
use caserank::instrument::InstrumentError;
use caserank::triage::ModelError;
use caserank::{Instrument, Triage};
use serde_json::{Value, json};

fn load(value: &Value) -> ModelError {
    Triage::from_json(&value.to_string()).unwrap_err()
}

/// The refusal of the full model with one thing of the instrument changed.
fn refusal(pointer: &str, other: Value) -> InstrumentError {
    of_instrument(load(&changed_model(&format!("/instrument{pointer}"), other)))
}

#[test]
fn shape_and_format() {
    refused!(
        load(&changed_model("/format_version", json!(7))),
        ModelError::Format { found: 7, .. },
        "model format 7",
        "write format 1"
    );
    refused!(
        load(&changed_model("/instrument/rules", json!(1))),
        ModelError::Json(_),
        "not a model file"
    );
    let codebook = Triage::from_json(&full_model().to_string()).unwrap().codebook().clone();
    refused!(
        Instrument::from_json(&codebook, "{}").unwrap_err(),
        InstrumentError::Json(_),
        "not an instrument"
    );
    // A codebook inside a model file is refused with its own reason.
    let message = load(&changed_model("/codebook/items/0/id", json!("Urgent"))).to_string();
    assert!(message.contains("`Urgent` is not a name"), "{message}");
}

#[test]
fn another_codebook() {
    refused!(
        refusal("/codebook/version", json!("0.2.0")),
        InstrumentError::OtherCodebook(_),
        "instrument `full`",
        "full 0.2.0",
        "full 0.1.0"
    );
}

#[test]
fn outcomes() {
    refused!(
        refusal("/outcomes", json!([])),
        InstrumentError::OutcomeCount { found: 0, limit: 64 },
        "0 outcomes",
        "1 to 64"
    );
    let part = &full_model()["instrument"]["outcomes"][0];
    refused!(
        refusal("/outcomes", json!(vec![part; 65])),
        InstrumentError::OutcomeCount { found: 65, .. },
        "65 outcomes"
    );
    refused!(
        refusal("/outcomes/0/outcome", json!("doom")),
        InstrumentError::UnknownOutcome { .. },
        "`doom`",
        "codebook"
    );
    refused!(
        refusal("/outcomes/1/outcome", json!("danger")),
        InstrumentError::Repeated { .. },
        "outcome `danger`",
        "keep one"
    );
}

#[test]
fn items_and_answers() {
    let entries = |item: &str, weights: Value| {
        let provenance = json!({ "rules": ["rule_a"] });
        let entry = json!({ "item": item, "weights": weights, "provenance": provenance });
        refusal("/outcomes/0/weights", json!([entry]))
    };
    refused!(
        entries("urgnet", json!({})),
        InstrumentError::UnknownItem { .. },
        "`danger`",
        "`urgnet`",
        "did you mean `urgent`"
    );
    refused!(
        entries("urgent", json!({ "maybe": "1" })),
        InstrumentError::UnknownAnswer { .. },
        "`danger`",
        "`urgent`",
        "`maybe`",
        "no, yes, refused"
    );
    refused!(
        entries("urgent", json!({ "unknown": "0.5" })),
        InstrumentError::UnknownWeighed { .. },
        "`danger`",
        "`urgent`",
        "0.5",
        "must be 0",
        "intercept"
    );
    refused!(
        entries("urgent", json!({ "unknown": "-0.000001" })),
        InstrumentError::UnknownWeighed { .. },
        "-0.000001"
    );
    refused!(
        entries("urgent", json!({ "no": "-0.25" })),
        InstrumentError::AbsentWeighed { .. },
        "`no`",
        "`urgent`",
        "-0.25",
        "found-or-not"
    );
    let first = full_model()["instrument"]["outcomes"][0]["weights"][0].clone();
    refused!(
        refusal("/outcomes/0/weights", json!([first, first])),
        InstrumentError::Repeated { .. },
        "item (of outcome `danger`)",
        "`urgent`",
        "keep one"
    );
}

/// The full model with the item `files` about a victim.
fn victims() -> Value {
    let mut value = changed_model("/codebook/items/3/about", json!("victim"));
    value["policy"]["gates"][2]["when"]["item"] = json!("spare");
    value
}

#[test]
fn items_about_victims() {
    let provenance = json!({ "rules": ["rule_a"] });
    let mut value = victims();
    value["instrument"]["outcomes"][0]["denominator"] = Value::Null;
    assert!(Triage::from_json(&value.to_string()).is_ok());
    value["instrument"]["outcomes"][1]["weights"] =
        json!([{ "item": "files", "weights": { "x": "1" }, "provenance": provenance }]);
    refused!(
        of_instrument(load(&value)),
        InstrumentError::VictimWeighed { .. },
        "`spread`",
        "`files`",
        "victim",
        "safeguarding gate"
    );
    // A denominator could take an outcome away by what is known of a victim.
    refused!(
        of_instrument(load(&victims())),
        InstrumentError::VictimDenominator { .. },
        "`danger`",
        "`files`",
        "victim",
        "safeguarding gate"
    );
    let mut value = victims();
    value["instrument"]["outcomes"][0]["denominator"]["not_when"] = json!([]);
    value["instrument"]["outcomes"][0]["denominator"]["established_by"] =
        json!([{ "item": "files", "is": ["x"] }]);
    refused!(of_instrument(load(&value)), InstrumentError::VictimDenominator { .. }, "`files`");
}

#[test]
fn overflow_is_refused_to_the_last_step() {
    let with = |intercept: &str, yes: &str| {
        let mut value = changed_model("/instrument/outcomes/0/intercept/value", json!(intercept));
        value["instrument"]["outcomes"][0]["weights"][0]["weights"]["yes"] = json!(yes);
        value
    };
    // The other weights reach 1 at most.
    for (intercept, yes) in [("2000", "146.483647"), ("-2000", "-146.483647"), ("0", "2146.483647")]
    {
        let model = Triage::from_json(&with(intercept, yes).to_string()).unwrap();
        let instrument = model.instrument();
        let (low, high) = instrument.range(instrument.outcome_indices().next().unwrap());
        assert!(low <= high, "{intercept} {yes}");
    }
    for (intercept, yes) in
        [("2000", "146.483648"), ("-2000", "-146.483648"), ("0", "-2147"), ("-2147.483648", "0")]
    {
        refused!(
            of_instrument(load(&with(intercept, yes))),
            InstrumentError::Overflow { .. },
            "`danger`",
            "2147.483647",
            "scale the weights down"
        );
    }
}

#[test]
fn tables() {
    let table = |steps: Value| refusal("/outcomes/1/link", json!({ "table": steps }));
    let step = |from: &str, probability: &str| json!({ "from": from, "probability": probability });
    for (steps, fault) in [
        (json!([]), "is empty"),
        (json!([step("0", "1.000001")]), "outside 0 to 1"),
        (json!([step("0", "-0.000001")]), "outside 0 to 1"),
        (json!([step("0", "0.1"), step("0", "0.2")]), "do not increase"),
        (json!([step("1", "0.1"), step("0.999999", "0.2")]), "do not increase"),
        (json!([step("0", "0.2"), step("1", "0.199999")]), "falls"),
    ] {
        refused!(
            table(steps),
            InstrumentError::Table { .. },
            "`spread`",
            fault,
            "at least one step",
            "never falling"
        );
    }
    let flat = json!({ "table": [step("0", "0"), step("1", "0"), step("2", "1")] });
    assert!(
        Triage::from_json(&changed_model("/instrument/outcomes/1/link", flat).to_string()).is_ok()
    );
}

#[test]
fn provenance() {
    refused!(
        refusal("/outcomes/0/intercept/provenance/rules", json!([])),
        InstrumentError::NoProvenance { .. },
        "the intercept",
        "`danger`",
        "at least one rule"
    );
    refused!(
        refusal("/outcomes/0/weights/1/provenance/rules", json!([])),
        InstrumentError::NoProvenance { .. },
        "item `reports`",
        "`danger`"
    );
    refused!(
        refusal("/outcomes/0/weights/1/provenance/rules/0", json!("hearsay")),
        InstrumentError::UnknownRule { .. },
        "item `reports`",
        "`hearsay`"
    );
    refused!(
        refusal("/outcomes/0/intercept/provenance/rules/0", json!("hearsay")),
        InstrumentError::UnknownRule { .. },
        "the intercept"
    );
    refused!(
        refusal("/rules/1/id", json!("rule_a")),
        InstrumentError::Repeated { .. },
        "rule `rule_a`"
    );
    refused!(
        refusal("/rules/1/sources", json!([])),
        InstrumentError::RuleSource { .. },
        "`rule_b`",
        "names no source"
    );
    refused!(
        refusal("/rules/1/sources", json!(["hearsay"])),
        InstrumentError::RuleSource { .. },
        "`rule_b`",
        "`hearsay`"
    );
}

#[test]
fn denominators_and_what_was_studied() {
    for place in ["not_when", "established_by"] {
        let with = |named: Value| refusal(&format!("/outcomes/0/denominator/{place}"), named);
        refused!(
            with(json!([{ "item": "fiels", "is": ["x"] }])),
            InstrumentError::Denominator { .. },
            "`danger`",
            "`fiels`"
        );
        refused!(
            with(json!([{ "item": "files", "is": ["z"] }])),
            InstrumentError::Denominator { .. },
            "`files = z`"
        );
        refused!(
            with(json!([{ "item": "files", "is": [] }])),
            InstrumentError::Denominator { .. },
            "files without answers"
        );
    }
    // Silence can take an outcome away; it establishes none, and leaves nobody unstudied.
    for place in ["/outcomes/0/denominator/established_by", "/studied/not_when"] {
        refused!(
            refusal(place, json!([{ "item": "files", "is": ["unknown"] }])),
            InstrumentError::Denominator { .. },
            "files = unknown"
        );
    }
    refused!(
        refusal("/studied/not_when", json!([{ "item": "fiels", "is": ["x"] }])),
        InstrumentError::Denominator { .. },
        "studied",
        "`fiels`"
    );
}

#[test]
fn calibration_records() {
    let with =
        |field: &str, other: Value| refusal(&format!("/outcomes/0/calibration/{field}"), other);
    for events in [0, 1_001] {
        refused!(
            with("events", json!(events)),
            InstrumentError::Calibration { .. },
            "`danger`",
            "at least one event"
        );
    }
    for (end, value) in [("low", "1.000001"), ("high", "0.999999"), ("low", "-0.1")] {
        refused!(
            with(&format!("expected_over_observed/{end}"), json!(value)),
            InstrumentError::Calibration { .. },
            "`danger`",
            "E/O"
        );
    }
}

#[test]
fn populations() {
    for (pointer, other, words) in [
        ("/channel_item", json!("urgency"), ["item `urgency`", "not listed"]),
        ("/channels/0/answer", json!("maybe"), ["channel `maybe`", "does not list"]),
        ("/channels/0/answer", json!("unknown"), ["answer `unknown`", "does not list"]),
        ("/channels/0/share/value", json!("0.9"), ["its channels", "add up to 0.900000"]),
        ("/channels/0/share/value", json!("1.1"), ["its channels", "from 0 to 1"]),
        ("/channels", json!([]), ["its channels", "must add up to 1"]),
        (
            "/channels/0/base_rates",
            json!({"doom": full_model()["instrument"]["population"]["channels"][0]["share"]}),
            ["outcome `doom` in channel `no`", "does not list"],
        ),
        ("/channels/0/base_rates/danger/value", json!("-0.1"), ["`danger`", "is -0.1"]),
        ("/items/0/item", json!("filing"), ["item `filing`", "not listed"]),
        ("/items/0/usual/unknown", json!("1.5"), ["how often item `files` is unknown", "1.5"]),
        (
            "/items/0/usual/shares",
            json!({"x": "0.5", "z": "0.5"}),
            ["`z`", "`files` does not list"],
        ),
        ("/items/0/usual/shares", json!({"x": "0.5", "y": "0.4"}), ["item `files`", "0.900000"]),
        (
            "/items/0/by_channel/no/shares",
            json!({"x": "0.3", "y": "0.8"}),
            ["item `files` in channel `no`", "add up to 1.100000"],
        ),
    ] {
        let error = refusal(&format!("/population{pointer}"), other);
        refused!(error, InstrumentError::Population { .. }, "the population", words[0], words[1]);
    }
    for part in ["channels", "items"] {
        let mut value = full_model();
        let list = value["instrument"]["population"][part].as_array_mut().unwrap();
        list.push(list[0].clone());
        let error = of_instrument(load(&value));
        let repeated = match part {
            // Twice the whole share is found first.
            "channels" => "add up to 2.000000",
            _ => "stands twice",
        };
        refused!(error, InstrumentError::Population { .. }, repeated);
    }
    // The rounding of a last decimal is no fault.
    let thirds = json!({"x": "0.333333", "y": "0.666666"});
    let value = changed_model("/instrument/population/items/0/usual/shares", thirds);
    assert!(Triage::from_json(&value.to_string()).is_ok());
}
