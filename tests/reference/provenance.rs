//! Every number of the shipped models says where it comes from.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first thing that fails")]

use std::collections::BTreeSet;

use serde_json::Value;

const FILES: [(&str, &str); 2] = [
    ("published", include_str!("../../fixtures/models/published.json")),
    ("unit", include_str!("../../fixtures/models/unit.json")),
];

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// Weights, intercepts, rates and prevalences without a ground.
fn ungrounded(model: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let instrument = &model["instrument"];
    let sources: BTreeSet<&str> = list(&model["codebook"], "sources")
        .iter()
        .filter_map(|source| source["id"].as_str())
        .collect();
    let grounded: BTreeSet<&str> = list(instrument, "rules")
        .iter()
        .filter(|rule| {
            let cited = list(rule, "sources");
            let known = cited.iter().all(|id| id.as_str().is_some_and(|id| sources.contains(id)));
            let ground = rule["ground"].as_str();
            let assumed = matches!(ground, Some("assumption" | "derived"));
            known && (assumed || (ground == Some("evidence") && !cited.is_empty()))
        })
        .filter_map(|rule| rule["id"].as_str())
        .collect();
    let mut hold = |what: String, provenance: &Value| {
        let rules = list(provenance, "rules");
        let fits = |rule: &Value| rule.as_str().is_some_and(|rule| grounded.contains(rule));
        if rules.is_empty() || !rules.iter().all(fits) {
            faults.push(what);
        }
    };
    for part in list(instrument, "outcomes") {
        let outcome = part["outcome"].as_str().unwrap_or("?");
        hold(format!("intercept of {outcome}"), &part["intercept"]["provenance"]);
        for entry in list(part, "weights") {
            hold(format!("{} for {outcome}", entry["item"]), &entry["provenance"]);
        }
    }
    let mut figure = |what: String, value: &Value| {
        let source = value["source"].as_str();
        let published = value["basis"] == "published";
        if !(published || value["basis"] == "assumption")
            || (published && !source.is_some_and(|source| sources.contains(source)))
        {
            faults.push(what);
        }
    };
    for channel in list(&instrument["population"], "channels") {
        figure(format!("share of {}", channel["answer"]), &channel["share"]);
        for (outcome, rate) in channel["base_rates"].as_object().into_iter().flatten() {
            figure(format!("rate of {outcome} in {}", channel["answer"]), rate);
        }
    }
    for item in list(&instrument["population"], "items") {
        figure(format!("population of {}", item["item"]), &item["usual"]);
        for (channel, own) in item["by_channel"].as_object().into_iter().flatten() {
            figure(format!("population of {} in {channel}", item["item"]), own);
        }
    }
    for gate in list(&model["policy"], "gates") {
        if gate["citation"].as_str().is_none_or(|citation| citation.trim().is_empty()) {
            faults.push(format!("gate {}", gate["id"]));
        }
    }
    faults
}

#[test]
fn every_number_has_its_ground() {
    for (name, text) in FILES {
        let model: Value = serde_json::from_str(text).unwrap();
        assert!(list(&model["instrument"], "outcomes").len() == 3, "{name}");
        assert_eq!(ungrounded(&model), [""; 0], "{name}");
    }
}

#[test]
fn a_number_without_its_ground_is_found() {
    let whole: Value = serde_json::from_str(FILES[0].1).unwrap();
    let weight = |model: &mut Value, provenance: Value| {
        model["instrument"]["outcomes"][0]["weights"][2]["provenance"] = provenance;
    };
    for provenance in [
        Value::Null,
        serde_json::json!({ "rules": [] }),
        serde_json::json!({ "rules": ["nowhere"] }),
    ] {
        let mut model = whole.clone();
        weight(&mut model, provenance);
        assert_eq!(ungrounded(&model).len(), 1);
    }
    let mut model = whole.clone();
    model["instrument"]["population"]["channels"][1]["base_rates"]["contact_offending"]["source"] =
        Value::Null;
    assert_eq!(ungrounded(&model).len(), 1);
    let mut model = whole;
    let rules = model["instrument"]["rules"].as_array_mut().unwrap();
    let rule = rules.iter_mut().find(|rule| rule["id"] == "size_with_interval").unwrap();
    rule["sources"] = serde_json::json!([]);
    assert_eq!(ungrounded(&model).len(), 2, "violent offences and convictions rest on it");
}

/// Every weight that claims evidence has a row that can carry one.
#[test]
fn weights_by_evidence_have_rows_that_carry_them() {
    let model: Value = serde_json::from_str(FILES[0].1).unwrap();
    let items = list(&model["codebook"], "items");
    let mut checked = 0;
    for part in list(&model["instrument"], "outcomes") {
        for entry in list(part, "weights") {
            let rules = list(&entry["provenance"], "rules");
            let common = rules.iter().any(|rule| rule == "common_step");
            let sized = |name: &str| rules.iter().any(|rule| rule == name);
            let (half, quarter) = (sized("size_with_interval"), sized("size_without_interval"));
            let direct = half || quarter;
            if !common && !direct {
                continue;
            }
            let item = items.iter().find(|item| item["id"] == entry["item"]).unwrap();
            let carried = list(item, "evidence").iter().any(|row| {
                row["outcome"] == part["outcome"]
                    && row["quality"] != "D"
                    && row["reading"] != "recalled"
                    && row["contested"] != true
                    && !row["comparison"].as_str().unwrap().starts_with("none")
                    && (common
                        || (row["odds_ratio"]["value"].is_number()
                            && row["direct"] == true
                            && row["within"].is_null()
                            && row["population"] != "community"
                            && row["odds_ratio"]["low"].is_number() == half))
            });
            assert!(carried, "{} for {}", entry["item"], part["outcome"]);
            checked += 1;
        }
    }
    assert!(checked > 30, "{checked}");
}

fn texts<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(values) => values.iter().for_each(|value| texts(value, found)),
        Value::Object(values) => values.values().for_each(|value| texts(value, found)),
        _ => {}
    }
}

/// The report's body was not available: nothing may be attributed to it beyond its abstract.
#[test]
fn nothing_is_attributed_to_the_report_beyond_its_abstract() {
    let others = [
        ("codebook", include_str!("../../fixtures/models/codebook.json")),
        ("rules", include_str!("../../fixtures/models/rules.json")),
        ("gates", include_str!("../../fixtures/models/gates.json")),
        ("sentinels", include_str!("../../fixtures/sentinels.json")),
    ];
    let mut mentions = 0;
    for (name, text) in FILES.into_iter().chain(others) {
        let file: Value = serde_json::from_str(text).unwrap();
        let mut found = Vec::new();
        texts(&file, &mut found);
        for text in found.iter().filter(|text| text.contains("250154")) {
            mentions += 1;
            assert!(text.contains("abstract") || *text == "ojjdp_250154", "{name}: {text}");
        }
        let rules = list(&file["instrument"], "rules").iter().chain(list(&file, "rules"));
        for rule in rules {
            let cited = list(rule, "sources").iter().any(|source| source == "ojjdp_250154");
            assert!(!cited, "{name}: no number rests on the report");
        }
    }
    assert!(mentions > 10);
    for page in
        [include_str!("../../docs/codebook.md"), include_str!("../../docs/reference-model.md")]
    {
        let lines = page.lines().filter(|line| line.contains("250154"));
        let fits = |line: &str| line.contains("abstract");
        let bad: Vec<&str> = lines.filter(|line| !fits(line)).collect();
        assert_eq!(bad, [""; 0]);
    }
}
