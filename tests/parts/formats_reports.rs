//! The schema of mappings of reports asks for what their reader asks for.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use crate::formats::Schema;
use caserank::intake::ReportMappingError;
use caserank::intake::cybertipline::ReportMapping;

const SCHEMA: &str = include_str!("../../docs/formats/report_mapping.schema.json");

/// A table with every key that a file may have.
fn whole() -> Value {
    json!({
        "format_version": 1,
        "id": "own",
        "version": "1.0.0",
        "description": "x",
        "rows": [
            {"item": "a", "answer": ["yes"], "said_by": "provider", "when": {"always": true}},
            {"item": "a", "answer": ["yes"], "said_by": "officer", "when": {"any": ["report.spam"], "and": ["type.material"]}},
            {"item": "a", "answer": ["yes"], "said_by": "register", "when": {"share": {"fact": "file.infant", "percent": 100}}},
            {"item": "b", "number": {"count": "file.reported"}, "said_by": "clearinghouse"},
            {"item": "b", "number": "youngest_victim", "said_by": "host"}
        ],
        "least_dangerous_first": {"a": ["no", "yes"]}
    })
}

#[test]
fn mappings_of_reports_fit_their_schema() {
    let mut schema = Schema::new(SCHEMA);
    let shipped = include_str!("../../fixtures/reports/mapping.json");
    for table in [serde_json::from_str(shipped).unwrap(), whole()] {
        ReportMapping::from_json(&table.to_string()).unwrap();
        schema.assert_fits(&table);
    }
    assert_eq!(schema.never_met(), Vec::<String>::new());
    let facts: Vec<&str> = ReportMapping::facts().map(|(name, _)| name).collect();
    let listed: Value = serde_json::from_str(SCHEMA).unwrap();
    assert_eq!(listed["$defs"]["fact"]["enum"], json!(facts));
}

#[test]
fn what_the_schema_refuses_the_reader_refuses() {
    let schema = Schema::new(SCHEMA);
    let places = [
        ("/id", json!(1)),
        ("/version", json!(1)),
        ("/rows", json!({})),
        ("/rows/0/more", json!(1)),
        ("/rows/0/said_by", json!("sender")),
        ("/rows/1/when/any/0", json!("report.span")),
        ("/rows/1/when/more", json!(true)),
        ("/rows/2/when/share/percent", json!(-1)),
        ("/rows/3/number", json!("every_day")),
        ("/rows/3/number/more", json!(1)),
        ("/least_dangerous_first/a", json!("no")),
        ("/more", json!(1)),
    ];
    for (place, faulty) in places {
        let mut table = whole();
        let (parent, key) = place.rsplit_once('/').unwrap();
        let parent = table.pointer_mut(parent).unwrap();
        match parent {
            Value::Array(list) => list[key.parse::<usize>().unwrap()] = faulty,
            parent => parent[key] = faulty,
        }
        assert!(schema.fits(&table).is_err(), "{place}: the schema takes it");
        assert!(
            ReportMapping::from_json(&table.to_string()).is_err(),
            "{place}: the reader takes it"
        );
    }
    for key in ["id", "version", "description", "rows"] {
        let mut table = whole();
        table.as_object_mut().unwrap().remove(key);
        assert!(
            schema.fits(&table).is_err() && ReportMapping::from_json(&table.to_string()).is_err()
        );
    }
}

#[test]
fn the_format_of_a_mapping_of_reports_is_read_before_all_else() {
    let later = r#"{"format_version": 2, "more": [1], "rows": "none"}"#;
    let refused = ReportMapping::from_json(later).unwrap_err();
    assert!(matches!(refused, ReportMappingError::Format { found: 2 }), "{refused}");
    assert!(refused.to_string().contains("format 2"), "{refused}");
}
