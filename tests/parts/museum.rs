//! What earlier releases wrote loads, verifies and stands as it did.
#![allow(clippy::unwrap_used)]

use caserank::queue::SavedQueue;
use caserank::record::{Record, verify_chain};
use caserank::{Queue, Triage};

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

#[test]
fn records_of_format_1_verify() {
    let triage = Triage::from_json(MODEL).unwrap();
    let log = include_str!("../../fixtures/museum/records-1.ndjson");
    let records: Vec<Record> = log.lines().map(|line| Record::from_json(line).unwrap()).collect();
    assert_eq!(records.len(), 6);
    for record in &records {
        record.verify(&triage).unwrap();
    }
    let last = records.last().unwrap();
    assert_eq!(verify_chain(&records, None).unwrap(), Some(last.sha256()));
    for (line, record) in log.lines().zip(&records) {
        assert_eq!(record.to_json(), line);
    }
}
