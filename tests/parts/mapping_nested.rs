//! Objects and long numbers in mapped JSON: nothing is taken for what it does not say.
#![allow(clippy::unwrap_used)]

use caserank::backlog::{Backlog, Intake, Reading};
use caserank::intake::{Importer, Mapping, RecordEnd};
use serde_json::{Value, json};

use crate::common::live::toy;

fn importer() -> Importer {
    let mapping = json!({
        "format_version": 1, "id": "a", "version": "1.0.0", "description": "", "source": {"json": {}},
        "complaint": {"id": {"from": "id"}, "received": {"from": "received"}},
        "items": {"urgent": {"from": "urgent"}}
    });
    Importer::new(&Mapping::from_json(&mapping.to_string()).unwrap(), toy().codebook()).unwrap()
}

fn read(importer: &Importer, text: &str) -> Intake {
    importer.read_bytes(text.as_bytes(), &toy().reading()).unwrap()
}

fn urgent(backlog: &Backlog, row: usize) -> Option<String> {
    backlog.complaint(row).given("urgent").map(|given| given.value.to_string())
}

#[test]
fn an_object_that_wraps_a_value_is_that_value_and_others_are_told() {
    let importer = importer();
    let record = |urgent: &Value| json!({"id": "a", "received": "2026-04-17", "urgent": urgent});
    for (value, answer, told) in [
        (json!({"value": "yes"}), Some("yes"), 0),
        (json!({"Value": "no"}), Some("no"), 0),
        (json!([{"value": "no"}, {"value": "yes"}]), Some("yes"), 0),
        (json!({"value": "yes", "by": "somebody"}), Some("yes"), 1),
        (json!({"answer": "yes"}), None, 1),
        (json!({"answer": {"deep": "yes"}}), None, 1),
        (json!([{"name": "yes"}]), None, 1),
        (json!({"answer": null}), None, 0),
    ] {
        let line = record(&value).to_string();
        let intake = read(&importer, &line);
        assert_eq!(urgent(intake.backlog(), 0).as_deref(), answer, "{value}");
        assert_eq!(intake.backlog().not_understood(0).len(), told, "{value}");
        assert_eq!(intake.report().is_clean(), told == 0 && answer.is_some(), "{value}");
        if told > 0 && answer.is_none() {
            let shown = intake.report().to_string();
            assert!(shown.contains("`urgent` holds `yes`"), "{shown}");
        }
        // The same by a host's own record.
        let end = importer.record(&record(&value), &Reading::new());
        let complaint = end.complaint().unwrap();
        assert_eq!(
            complaint.given("urgent").map(|given| given.value.to_string()).as_deref(),
            answer
        );
        assert_eq!(matches!(end, RecordEnd::PartlyUnderstood(_)), told > 0, "{value}");
    }
}

#[test]
fn ids_of_many_digits_stay_apart() {
    let importer = importer();
    let ids = ["12345678901234567890123", "12345678901234567890124", "9007199254740993"];
    let lines: String = ids
        .iter()
        .map(|id| format!("{{\"id\":{id},\"received\":\"2026-04-17\",\"urgent\":\"yes\"}}\n"))
        .collect();
    let intake = read(&importer, &lines);
    let mut found: Vec<&str> = (0..3).map(|row| intake.backlog().id(row)).collect();
    found.sort_unstable();
    assert_eq!(found, ids);
    assert!(intake.report().is_clean(), "{}", intake.report());
}

/// A key of many dots is a name like any other.
#[test]
fn keys_of_many_dots_are_read_in_linear_time() {
    let key = format!("{}a", ".".repeat(100_000));
    let line = format!(r#"{{"id":"a","received":"2026-04-17","urgent":"yes","{key}":"x"}}"#);
    assert_eq!(read(&importer(), &line).backlog().len(), 1);
}

/// However many values there are in one field, those of another are told.
#[test]
fn values_within_one_field_hide_none_within_another() {
    let mapping = json!({
        "format_version": 1, "id": "a", "version": "1.0.0", "description": "", "source": {"json": {}},
        "complaint": {"id": {"from": "id"}, "received": {"from": "received"}},
        "items": {"urgent": {"from": "urgent"}, "prior_reports": {"from": "prior"}}
    });
    let mapping = Mapping::from_json(&mapping.to_string()).unwrap();
    let importer = Importer::new(&mapping, toy().codebook()).unwrap();
    let many: Vec<Value> = (0..500).map(|number| json!({"n": number})).collect();
    let record =
        json!({"id": "a", "received": "2026-04-17", "prior": many, "urgent": {"x": "yes"}});
    let intake = read(&importer, &record.to_string());
    let told = intake.backlog().not_understood(0);
    assert!(told.iter().any(|what| what.item() == "urgent" && what.text() == "yes"), "{told:?}");
    assert!(told.len() < 100);
}

/// Records beside the list that is read are set aside, each with what it says of danger.
#[test]
fn records_beside_the_list_are_told() {
    let mapping = |records: &str| {
        let mapping = json!({
            "format_version": 1, "id": "a", "version": "1.0.0", "description": "",
            "source": {"json": {"records": records}},
            "complaint": {"id": {"from": "id"}, "received": {"from": "received"}},
            "items": {"urgent": {"from": "urgent"}}
        });
        Importer::new(&Mapping::from_json(&mapping.to_string()).unwrap(), toy().codebook()).unwrap()
    };
    let of = |id: &str, urgent: &str| json!({"id": id, "received": "2026-04-17", "urgent": urgent});
    for source in [
        json!({"reports": [of("b", "no")], "urgent": [of("a", "yes")]}),
        json!({"urgent": {"all": [[of("a", "yes")]]}, "reports": [of("b", "no")]}),
        json!({"first": of("a", "yes"), "reports": [of("b", "no")]}),
    ] {
        let text = source.to_string();
        let intake = read(&mapping("reports"), &text);
        let report = intake.report();
        assert_eq!((intake.backlog().len(), report.not_rankable()), (1, 1), "{text}: {report}");
        assert_eq!(report.records_not_rankable()[0].id(), Some("a"), "{text}");
        assert!(report.to_string().contains("beside the list `reports`"), "{report}");
    }
    let plain =
        json!({"page": {"size": 1}, "fields": [{"id": "text"}], "reports": [of("b", "no")]});
    assert_eq!(read(&mapping("reports"), &plain.to_string()).report().not_rankable(), 0);
    // A draft takes the longest list.
    let source = json!({"urgent": [of("a", "yes")], "reports": [of("b", "no"), of("c", "no")]});
    let proposal = Mapping::propose(source.to_string().as_bytes(), toy().codebook()).unwrap();
    let drafted = serde_json::to_value(proposal.draft()).unwrap();
    assert_eq!(drafted["source"]["json"]["records"], "reports", "{drafted}");
}

#[test]
fn the_kind_of_json_does_not_depend_on_line_ends_or_a_damaged_first_line() {
    use caserank::intake::SourceKind;
    let record = r#"{"id":"a","received":"2026-04-17","urgent":"yes"}"#;
    for (text, kind) in [
        (format!("{{\"reports\":[{record},{record}]}}"), SourceKind::Json),
        (format!("{{\"page\":1,\"reports\":[{record}]}}\n"), SourceKind::Json),
        (format!("{{\n\"reports\":[\n{record}\n]}}"), SourceKind::Json),
        (record.to_owned(), SourceKind::NdJson),
        (
            r#"{"id":"a","received":"2026-04-17","files":[{"name":"x"}]}"#.to_owned(),
            SourceKind::NdJson,
        ),
        (format!("{}\n{record}\n{record}\n", &record[..record.len() - 1]), SourceKind::NdJson),
        (format!("{}\n{record}\n", &record[1..]), SourceKind::NdJson),
        (format!("{record}{record}\n{record}\n{record}\n"), SourceKind::NdJson),
        ("id,received\n{\"a\": 1},2026-04-17\n".to_owned(), SourceKind::Table),
    ] {
        assert_eq!(SourceKind::of(text.as_bytes()), kind, "{text}");
    }
}
