//! Models, codebooks, findings and reports fit their schemas in `docs/formats/`, key by key, and a
//! model's schema asks for what its reader asks for.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::common::full_model;
use crate::formats::Schema;
use caserank::policy::Band;
use caserank::triage::{DOMAIN_CAP, Finding, LINT_FORMAT, Lowering};
use caserank::{Codebook, Triage};

const MODEL: &str = include_str!("../../docs/formats/model.schema.json");
const CODEBOOK: &str = include_str!("../../docs/formats/codebook.schema.json");

/// Every model file of the project, as it stands there.
const MODELS: [&str; 5] = [
    include_str!("../../fixtures/models/published.json"),
    include_str!("../../fixtures/models/unit.json"),
    include_str!("../../fixtures/models/skeleton.json"),
    include_str!("../../fixtures/models/toy.json"),
    include_str!("../../fixtures/museum/model-1.json"),
];

/// A made-up model with every field that a file may have.
fn whole_model() -> Value {
    let mut model = full_model();
    let codebook = &mut model["codebook"];
    codebook["unions"] =
        json!([{"id": "either", "title": "x", "any_of": ["danger", "spread"], "note": "x"}]);
    codebook["deconfliction"] = json!({"item": "files", "clear": ["x"], "conflict": ["y"]});
    let declared = json!({"by": "x", "on": "2026-11-29", "because": "x"});
    codebook["items"][0]["declared"] = declared;
    codebook["items"][1]["plausible"] = json!({"least": 0, "most": 99, "decimals": true});
    codebook["items"][1]["missing"] = json!(["n/a", "-9"]);
    codebook["items"][1]["found_or_not"] = json!(false);
    let row = &mut codebook["items"][0]["evidence"][0];
    row["direct"] = json!(false);
    row["studied"] = json!("spread");
    row["within"] = json!({"item": "files", "is": ["x"]});
    row["overlap"] = json!("x");
    let share = &mut model["instrument"]["population"]["channels"][0]["share"];
    share["range"] = json!(["0.9", "1"]);
    model["instrument"]["outcomes"][0]["link"] = json!("logistic");
    model["accepted"] = json!([
        { "because": "x", "by": "x", "on": "2026-11-29", "findings": ["no_audit"] }
    ]);
    model
}

/// A model under every other word that a field takes.
fn other_models() -> Vec<Value> {
    let changed = |at: &str, value: Value| {
        let mut model = whole_model();
        *model.pointer_mut(at).unwrap() = value;
        model
    };
    let gate = |effect: Value| changed("/policy/gates/0/effect", effect);
    let mut models: Vec<Value> =
        [json!("max"), json!("any_if_independent"), json!({"single": "danger"})]
            .map(|how| changed("/policy/combination", how))
            .into();
    models.extend([json!("must"), json!({"hold": "a"}), json!({"route": "b"})].map(gate));
    models
}

#[test]
fn models_and_codebooks_fit_their_schemas() {
    let (mut models, mut codebooks) = (Schema::new(MODEL), Schema::new(CODEBOOK));
    let made = other_models().into_iter().chain([whole_model()]).map(|model| model.to_string());
    for text in MODELS.into_iter().map(str::to_owned).chain(made) {
        let triage = Triage::from_json(&text).unwrap_or_else(|fault| panic!("{fault}\n{text}"));
        models.assert_fits(&serde_json::from_str(&text).unwrap());
        models.assert_fits(&serde_json::from_str(&triage.to_json()).unwrap());
        codebooks.assert_fits(&serde_json::from_str(&triage.codebook().to_json()).unwrap());
    }
    models.assert_fits(&json!(caserank::reference::icac_scale().unwrap()));
    for text in [
        include_str!("../../fixtures/models/codebook.json"),
        include_str!("../../fixtures/models/toy-codebook.json"),
        include_str!("../../fixtures/museum/codebook-0.1.0.json"),
    ] {
        Codebook::from_json(text).unwrap();
        codebooks.assert_fits(&serde_json::from_str(text).unwrap());
    }
    let mut study = whole_model()["codebook"].take();
    study["id"] = json!("full_study_only");
    study["study_only"] = json!({"by": "x", "on": "2026-11-29", "purpose": "x"});
    Codebook::from_json(&study.to_string()).unwrap();
    codebooks.assert_fits(&study);
    assert_eq!(models.never_met(), Vec::<String>::new());
    assert_eq!(codebooks.never_met(), Vec::<String>::new());
}

/// Pointers to every key of every object.
fn keys(value: &Value, at: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => {
            for (key, part) in map {
                found.push((at.to_owned(), key.clone()));
                keys(part, &format!("{at}/{key}"), found);
            }
        }
        Value::Array(list) => {
            for (place, part) in list.iter().enumerate() {
                keys(part, &format!("{at}/{place}"), found);
            }
        }
        _ => {}
    }
}

/// What is done to a key of an object.
type Change = fn(&mut Map<String, Value>, &str);

/// What the schema refuses the reader refuses; what the reader refuses by its shape the schema
/// refuses: a key that is gone, misspelt, or holds something else.
#[test]
fn schema_and_reader_of_a_model_agree_on_its_shape() {
    let schema = Schema::new(MODEL);
    let model = whole_model();
    let mut places = Vec::new();
    keys(&model, "", &mut places);
    // Of a list, the first element that has the key.
    let mut seen = BTreeSet::new();
    places.retain(|(at, key)| {
        let steps = at.split('/').filter(|step| step.parse::<usize>().is_err());
        seen.insert((steps.collect::<Vec<_>>().join("/"), key.clone()))
    });
    let mut refused = 0;
    for (at, key) in places {
        let changes: [Change; 3] = [
            |map, key| drop(map.remove(key)),
            |map, key| {
                let part = map.remove(key).unwrap();
                map.insert(format!("{key}_2"), part);
            },
            |map, key| drop(map.insert(key.to_owned(), json!([[1]]))),
        ];
        for (which, change) in changes.iter().enumerate() {
            let mut other = model.clone();
            change(other.pointer_mut(&at).unwrap().as_object_mut().unwrap(), &key);
            let by_schema = schema.fits(&other).is_err();
            let by_reader = Triage::from_json(&other.to_string());
            let fault = by_reader.as_ref().err().map(ToString::to_string).unwrap_or_default();
            // Under the name of an item, answer or outcome any key has the right shape.
            let by_shape = fault.starts_with("not a model file");
            assert!(
                !by_schema || by_reader.is_err(),
                "{at}/{key}, {which}: only the schema refuses"
            );
            assert!(
                !by_shape || by_schema,
                "{at}/{key}, {which}: only the reader refuses: {fault}"
            );
            refused += usize::from(by_schema);
        }
    }
    assert!(refused > 300, "{refused}");
}

#[test]
fn findings_fit_their_schema() {
    let mut schema = Schema::new(include_str!("../../docs/formats/lint.schema.json"));
    for text in MODELS.into_iter().map(str::to_owned).chain([whole_model().to_string()]) {
        let lint = Triage::from_json(&text).unwrap().lint();
        let written = json!(lint);
        schema.assert_fits(&written);
        // Each finding's sentence is the one that people read.
        let told = written["findings"].as_array().unwrap().iter();
        let told = told.map(|told| {
            format!("{}\n  key: {}", told["text"].as_str().unwrap(), told["key"].as_str().unwrap())
        });
        let told = told.collect::<Vec<_>>().join("\n");
        assert!(lint.to_string().starts_with(&told));
        let accepted = written["accepted"].as_array().unwrap();
        assert_eq!(accepted.len(), lint.accepted().len());
    }
    let a = || "a".to_owned();
    let findings = vec![
        Finding::NotWeighed { item: a(), outcome: a() },
        Finding::DeadItem { item: a() },
        Finding::AgainstDirection { item: a(), outcome: a(), heavier: a(), lighter: a() },
        Finding::UnreachableBand { band: Band::High },
        Finding::LoweringGate { gate: a(), how: Lowering::Cap },
        Finding::Circular { item: a(), outcome: a() },
        Finding::CircularGate { item: a(), gate: a() },
        Finding::DomainBeyondCap {
            domain: caserank::codebook::Domain::Access,
            outcome: a(),
            total: DOMAIN_CAP,
        },
        Finding::WeightBeyondSize { outcome: a(), item: a(), answer: a(), weight: DOMAIN_CAP },
        Finding::NoMustGate,
        Finding::NotByRule {
            outcome: a(),
            answer: Some((a(), a())),
            rules: vec![a()],
            value: DOMAIN_CAP,
            by_rule: Some(DOMAIN_CAP),
        },
        Finding::NotByRule {
            outcome: a(),
            answer: None,
            rules: Vec::new(),
            value: DOMAIN_CAP,
            by_rule: None,
        },
        Finding::CutOffNotByRule { band: Band::High, value: DOMAIN_CAP, by_rule: DOMAIN_CAP },
        Finding::ThinEvidence { item: a(), outcome: a() },
        Finding::UndeclaredDeconfliction { gate: a() },
        Finding::NoAudit,
        Finding::Undeclared { items: vec![a()] },
        Finding::TellingWord { item: a(), attribute: "a", place: a(), word: a(), answered: a() },
        Finding::StudyOnly { by: a(), purpose: a(), items: vec![(a(), "a")] },
    ];
    let told = findings.iter().map(|finding| {
        let mut told = json!(finding);
        told["key"] = json!(finding.key());
        told["text"] = json!(finding.to_string());
        told
    });
    let told: Vec<Value> = told.collect();
    let accepted = json!([{ "because": "a", "by": "a", "on": "2026-11-29", "findings": told }]);
    schema.assert_fits(&json!({
        "format_version": LINT_FORMAT, "findings": told, "gone": ["a"], "accepted": accepted
    }));
    assert_eq!(schema.never_met(), Vec::<String>::new());
}

#[test]
#[cfg(feature = "report")]
fn reports_fit_their_schema() {
    use caserank::research::report::{
        Axis, Cell, Chart, Form, Part, Point, Report, Row, Section, Series, Table, card_section,
    };
    let mut schema = Schema::new(include_str!("../../docs/formats/report.schema.json"));
    let triage = caserank::reference::published().unwrap();
    let axis = || Axis::numbers("x", -1.0, 2.0);
    let points =
        vec![Point::new(0.2, f64::NAN).interval(f64::NEG_INFINITY, f64::INFINITY).label("3/9")];
    let lines = vec![Series::points("a", points), Series::line("b", [(0.0, 0.0), (1.0, 1.0)])];
    let plot = Chart::plot("plot", "x", axis(), Axis::share("y"), lines);
    let rows = vec![Row::new("r", 0.3, Some((0.1, 0.6))).second(0.4), Row::new("s", 0.2, None)];
    let forest = Chart::rows("rows", "x", axis(), Some(0.0), rows);
    let mut table = Table::new("t", "x", &["a", "b", "c", "d", "e"]);
    let number = |interval, no_interval| Cell::Number {
        value: 0.5,
        interval,
        no_interval,
        form: Form::Share,
    };
    let ends = (caserank::research::report::End(0.1), caserank::research::report::End(0.9));
    table.push([
        Cell::Text("x".to_owned()),
        Cell::Count(3),
        number(Some(ends), None),
        number(None, Some("too few".to_owned())),
        Cell::Missing("none".to_owned()),
    ]);
    let mut section = Section::new("s", "x", "how", "what not").text("x").chart(plot).chart(forest);
    section = section.table(table);
    (section.part, section.stamp) = (Part::Front, Some("Synthetic".to_owned()));
    let report =
        Report::new("x", None).dated("2026-11-29").with(section).with(card_section(&triage));
    schema.assert_fits(&serde_json::from_str(&report.to_json()).unwrap());
    assert_eq!(schema.never_met(), Vec::<String>::new());
}
