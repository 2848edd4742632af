//! A host's own record, one at a time: the same three ends as those of a table.
#![allow(clippy::unwrap_used)]

use caserank::backlog::Reading;
use caserank::intake::{Importer, Mapping, RecordEnd};
use caserank::{BacklogBuilder, Codebook};
use serde::Serialize;

use crate::common::TOY_CODEBOOK;

#[derive(Debug, Clone, Serialize)]
struct Case {
    number: u64,
    opened: Option<String>,
    office: &'static str,
    marks: Vec<&'static str>,
    person: Person,
    note: &'static str,
}

#[derive(Debug, Clone, Serialize)]
struct Person {
    reports: Option<u32>,
}

fn case() -> Case {
    Case {
        number: 417,
        opened: Some("2026-04-17 09:30".to_owned()),
        office: "N",
        marks: vec!["seen", "urgent"],
        person: Person { reports: Some(3) },
        note: "not read",
    }
}

fn importer() -> Importer {
    let mapping = Mapping::from_json(
        r#"{"format_version": 1, "id": "host", "version": "1.0.0", "source": {"json": {}},
            "times": {"zone": "utc"},
            "complaint": {"id": {"from": "number", "prefix": "C-"}, "received": {"from": "opened"},
                "unit": {"from": "office", "words": {"n": "north"}}},
            "items": {"urgent": {"from": "marks", "words": {"urgent": "yes", "seen": null}},
                "prior_reports": {"from": "person.reports"}},
            "ignore": ["note"]}"#,
    );
    Importer::new(&mapping.unwrap(), &Codebook::from_json(TOY_CODEBOOK).unwrap()).unwrap()
}

#[test]
fn a_record_ends_in_one_of_three_places() {
    let (importer, reading) = (importer(), Reading::new());
    let RecordEnd::Understood(complaint) = importer.record(&case(), &reading) else { panic!() };
    assert_eq!(
        (complaint.id(), complaint.received().to_string().as_str()),
        ("C-417", "2026-04-17T09:30:00Z")
    );
    let mut unclear = case();
    unclear.marks.push("perhaps");
    let RecordEnd::PartlyUnderstood(partly) = importer.record(&unclear, &reading) else { panic!() };
    assert_eq!(partly.not_understood()[0].text(), "perhaps");
    assert_eq!(partly.not_understood()[0].column(), Some("marks"));
    assert_eq!(partly.given("urgent"), complaint.given("urgent"));
    let undated = Case { opened: None, ..case() };
    let RecordEnd::NotRankable(record) = importer.record(&undated, &reading) else { panic!() };
    let answers: Vec<&str> =
        record.answers(importer.codebook()).map(|(item, _)| item.id.as_str()).collect();
    assert_eq!(answers, ["urgent", "prior_reports"]);
    assert!(String::from_utf8_lossy(record.bytes()).contains("\"number\":417"));
    let now = reading.clone().with_time_of_intake("2026-05-01".parse().unwrap());
    assert!(matches!(importer.record(&undated, &now), RecordEnd::PartlyUnderstood(_)));
    assert!(matches!(importer.record(&unclear, &reading.strict()), RecordEnd::NotRankable(_)));
    assert!(matches!(importer.record(&7, &Reading::new()), RecordEnd::NotRankable(_)));
}

#[test]
fn one_record_and_a_line_of_many_are_one_complaint() {
    let importer = importer();
    let cases = [case(), Case { number: 418, marks: vec![], ..case() }];
    let lines: String =
        cases.iter().map(|case| serde_json::to_string(case).unwrap() + "\n").collect();
    let read = importer.read(lines.as_bytes(), &Reading::new()).unwrap();
    let mut builder = BacklogBuilder::new(importer.codebook());
    for case in &cases {
        let end = importer.record(case, &Reading::new());
        builder.push(end.complaint().unwrap()).unwrap();
    }
    let all = |backlog: caserank::Backlog| backlog.complaints().collect::<Vec<_>>();
    assert_eq!(all(builder.freeze()), all(read.into_backlog()));
}

#[test]
fn fields_by_name_are_a_record_too() {
    let pairs = [
        ("number", "417"),
        ("opened", "2026-04-17 09:30"),
        ("office", "N"),
        ("marks", "seen"),
        ("marks", "urgent"),
        ("person.reports", "3"),
    ];
    let importer = importer();
    let by_fields = importer.fields(pairs, &Reading::new());
    assert_eq!(by_fields, importer.record(&case(), &Reading::new()));
}
