//! What earlier releases wrote loads, verifies and stands as it did.
#![allow(clippy::unwrap_used)]

use crate::common::live::{decision, random_complaint, start};
use crate::formats::Schema;
use caserank::complaint::{NotUnderstood, WhyNotUnderstood};
use caserank::policy::OverrideEffect;
use caserank::queue::SavedQueue;
use caserank::record::{AGREEING_RELEASES, Agreement, Record, RecordError, verify_chain};
use caserank::{Queue, Seed, Triage};

const MODEL: &str = include_str!("../../fixtures/museum/model-1.json");

/// A line for each complaint: position, id, lane, band, billionths.
fn order(queue: &Queue) -> String {
    let line = |entry: caserank::queue::Entry<'_>| {
        let (position, id, priority) = (entry.position(), entry.id(), entry.priority());
        let (lane, band, billionths) = (entry.lane(), entry.band(), priority.billionths());
        format!("{position} {id} {lane} {band} {billionths}\n")
    };
    queue.iter().map(line).collect()
}

fn restored(file: &str) -> Queue {
    let saved = SavedQueue::load(file.as_bytes()).unwrap();
    let triage = Triage::from_json(MODEL).unwrap();
    Queue::restore(&triage, saved).unwrap().whole().unwrap()
}

#[test]
fn a_queue_of_format_1_stands_as_it_did() {
    let file = include_str!("../../fixtures/museum/queue-1.json");
    let mut queue = restored(file);
    assert_eq!(order(&queue), include_str!("../../fixtures/museum/queue-1.order.txt"));
    assert_eq!(queue.view().overrides().len(), 5);
    assert_eq!(queue.view().decisions("m-03").count(), 1);
    let advanced = queue.advance(queue.now().plus_days(2)).unwrap();
    assert_eq!((advanced.began.len(), advanced.ended.len()), (1, 0));
    // The same file over many lines.
    let pretty: serde_json::Value = serde_json::from_str(file).unwrap();
    let pretty = serde_json::to_string_pretty(&pretty).unwrap();
    assert_eq!(order(&restored(&pretty)), include_str!("../../fixtures/museum/queue-1.order.txt"));
}

#[test]
fn a_queue_of_format_2_stands_as_it_did() {
    let file = include_str!("../../fixtures/museum/queue-2.ndjson");
    let queue = restored(file);
    assert_eq!(order(&queue), include_str!("../../fixtures/museum/queue-1.order.txt"));
    assert_eq!(queue.sequence(), Some(41));
    let mut again = Vec::new();
    queue.save(&mut again).unwrap();
    let (again, file) = (String::from_utf8(again).unwrap(), file.to_owned());
    // Only the release that wrote it, and with it the digest, may differ.
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (again, file) = (lines(&again), lines(&file));
    assert_eq!(again[1..again.len() - 1], file[1..file.len() - 1]);
}

/// A log of records for each release, oldest first.
const RECORDS: &[(&str, &str)] = &[
    ("0.1.0", include_str!("../../fixtures/museum/records-0.1.0.ndjson")),
    ("0.2.0", include_str!("../../fixtures/museum/records-0.2.0.ndjson")),
];

#[test]
fn records_of_every_agreeing_release_are_made_again() {
    let releases: Vec<&str> = RECORDS.iter().map(|(release, _)| *release).collect();
    assert_eq!(releases, AGREEING_RELEASES, "a release without test vectors, or the other way");
    let triage = Triage::from_json(MODEL).unwrap();
    for (release, log) in RECORDS {
        let records: Vec<Record> =
            log.lines().map(|line| Record::from_json(line).unwrap()).collect();
        assert!(records.len() >= 6, "{release}");
        let mut schema = Schema::new(include_str!("../../docs/formats/record.schema.json"));
        log.lines().for_each(|line| schema.assert_fits(&serde_json::from_str(line).unwrap()));
        for (line, record) in log.lines().zip(&records) {
            let notes = record.verify(&triage).unwrap();
            let told: Vec<String> = notes.iter().map(ToString::to_string).collect();
            let is_this = *release == env!("CARGO_PKG_VERSION");
            assert_eq!(told.iter().any(|note| note.contains("bit for bit")), !is_this, "{told:?}");
            assert_eq!(record.to_json(), line);
        }
        let last = records.last().unwrap();
        assert_eq!(verify_chain(&records, None).unwrap(), Some(last.sha256()));
    }
    let stability = include_str!("../../docs/stability.md");
    for release in AGREEING_RELEASES {
        assert!(stability.contains(&format!("| {release} |")), "no row of {release}");
    }
}

#[test]
fn a_release_without_test_vectors_is_told() {
    let (_, log) = RECORDS[0];
    let text = log
        .lines()
        .next()
        .unwrap()
        .replace("\"crate_version\":\"0.1.0\"", "\"crate_version\":\"0.0.7\"");
    // Nothing of a record may be changed: its digest says so before anything else is believed.
    let error = Record::from_json(&text).unwrap().verify(&Triage::from_json(MODEL).unwrap());
    assert!(matches!(error, Err(RecordError::Digest { .. })), "{error:?}");
    assert!(Agreement::with("0.0.7").to_string().contains("no records of that release"));
}

/// Prints the log that a new release adds to the museum; see `docs/RELEASE.md`.
#[test]
#[ignore = "writes what the museum keeps of a release"]
fn print_records_of_this_release() {
    let triage = Triage::from_json(MODEL).unwrap();
    let mut stream = Seed(20_261_129).stream(0);
    let mut queue = Queue::new(&triage, start().plus_days(30));
    for number in 0..12 {
        let mut complaint =
            random_complaint(&mut stream, &triage, &format!("m-{number:02}"), start());
        if number % 4 == 0 {
            let item = &triage.codebook().items()[0].id;
            let why = WhyNotUnderstood::NotAnAnswer;
            complaint.add_not_understood(NotUnderstood::new(item, "?", why).at_line(number + 2));
        }
        queue.replace(complaint).unwrap();
    }
    queue.apply(decision("m-03", OverrideEffect::Must, start())).unwrap();
    queue.apply(decision("m-05", OverrideEffect::Hold("wait".to_owned()), start())).unwrap();
    let mut last: Option<Record> = None;
    for number in 0..12 {
        let assessment = queue.assess(&format!("m-{number:02}")).unwrap();
        let record = Record::new(&assessment, queue.now()).unwrap();
        let record = match &last {
            Some(last) => record.after(last),
            None => record,
        };
        println!("{}", record.to_json());
        last = Some(record);
    }
}
