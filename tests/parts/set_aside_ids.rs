//! A record that cannot be ranked is named by its id, where it gives itself one that can be read.
#![allow(clippy::unwrap_used)]

use crate::common::live::toy;
use caserank::Backlog;
use caserank::backlog::{Intake, Reading};
use caserank::intake::{Importer, Mapping};

fn ids(intake: &Intake) -> Vec<Option<String>> {
    let records = intake.report().records_not_rankable().iter();
    records.map(|record| record.id().map(str::to_owned)).collect()
}

fn told(intake: &Intake) -> String {
    intake.report().to_string()
}

#[cfg(feature = "csv")]
#[test]
fn csv_records_are_named() {
    let text = "id,received,urgent,prior_reports\n\
        a,yesterday,yes,\n\
        b,,no,\n\
        c,2026-04-17,yes\n\
        \"d,2026-04-17,yes,\n\
        e\n";
    let intake = Backlog::read_csv(toy().codebook(), text.as_bytes(), Reading::new()).unwrap();
    let some = |id: &str| Some(id.to_owned());
    // An open quote may have taken the id with it, and what stands alone may be cut.
    assert_eq!(ids(&intake), [some("a"), some("b"), some("c"), None, None]);
    assert!(told(&intake).contains("line 2 (a): its time of receipt"), "{}", told(&intake));

    // Behind a cell that is missing, nothing stands where it should.
    let text = "received,urgent,id,prior_reports\n2026-04-17,a,\n";
    let intake = Backlog::read_csv(toy().codebook(), text.as_bytes(), Reading::new()).unwrap();
    assert_eq!(ids(&intake), [None]);
}

#[test]
fn json_records_are_named() {
    let text = "{\"id\":\"a\",\"answers\":{\"urgent\":\"yes\"}}\n\
        {\"id\":\"b\",\"received\":\"soon\"}\n\
        {\"id\":\"c\",\"received\":\"2026-04-17\",\"answers\":{\"urgent\":\"yes\"\n\
        {\"received\":\"2026-04-17\",\"id\":\"dd\n\
        {\"received\":\"2026-04-17\"}\n";
    let codebook = toy().codebook().clone();
    let intake = Backlog::read_ndjson(&codebook, text.as_bytes(), Reading::new()).unwrap();
    let some = |id: &str| Some(id.to_owned());
    // An id that is not closed may be cut.
    assert_eq!(ids(&intake), [some("a"), some("b"), some("c"), None, None]);
    assert!(told(&intake).contains("line 1 (a): it has no time of receipt"), "{}", told(&intake));
    let strict = Reading::new().strict();
    let text = "{\"id\":\"a\",\"received\":\"2026-04-17\",\"answers\":{\"urgent\":\"maybe\"}}\n";
    let intake = Backlog::read_ndjson(&codebook, text.as_bytes(), strict).unwrap();
    assert_eq!(ids(&intake), [some("a")]);
}

fn mapping(source: &str) -> Mapping {
    let text = format!(
        r#"{{ "format_version": 1, "id": "made-up", "version": "1.0.0", "source": {source},
            "complaint": {{ "id": {{ "from": "Case" }}, "received": {{ "from": "Day" }} }},
            "items": {{ "urgent": {{ "from": "Urgent" }} }} }}"#
    );
    Mapping::from_json(&text).unwrap()
}

#[test]
fn mapped_records_are_named() {
    let triage = toy();
    let table = mapping(r#"{ "table": { "separator": ";" } }"#);
    let importer = Importer::new(&table, triage.codebook()).unwrap();
    let text =
        "Case;Day;Urgent\na;soon;yes\nb;2026-04-17;yes\n;2026-04-17;yes\nc;2026-04-17;maybe\n";
    let read = |reading: Reading| importer.read_bytes(text.as_bytes(), &reading).unwrap();
    let some = |id: &str| Some(id.to_owned());
    assert_eq!(ids(&read(Reading::new())), [some("a"), None]);
    assert_eq!(ids(&read(Reading::new().strict())), [some("a"), None, some("c")]);
}
