//! Who said the answers stays with a complaint in a backlog, wherever that goes, and shows in what is made of it.
#![allow(clippy::unwrap_used)]

use caserank::complaint::{AnswerSource, Given, Provenance, Speaker, Statement};
use caserank::listing::Listing;
use caserank::record::Record;
use caserank::{Backlog, BacklogBuilder, Complaint, Queue, Seed, Stream, Triage};
use serde_json::{Value, json};

use crate::common::live::{random_complaint, random_model, start, toy};

const SPEAKERS: [Speaker; 5] =
    [Speaker::Provider, Speaker::Clearinghouse, Speaker::Officer, Speaker::Register, Speaker::Host];

fn speaker(stream: &mut Stream) -> Speaker {
    SPEAKERS[stream.below(5) as usize]
}

fn source(stream: &mut Stream) -> AnswerSource {
    let field = ["a field", "another", ""][stream.below(3) as usize];
    AnswerSource::new(speaker(stream), field)
}

/// A complaint of which it is known, here and there, who said an answer and who another.
fn told(stream: &mut Stream, triage: &Triage, id: &str) -> Complaint {
    let mut complaint = random_complaint(stream, triage, id, start());
    let answers: Vec<(String, Given)> =
        complaint.answers().map(|(item, given)| (item.to_owned(), given.clone())).collect();
    for (item, given) in answers {
        let is_open = given.value.is_unknown();
        if stream.below(3) == 0 && !is_open {
            complaint.set_given(item.as_str(), given.with_said_by(speaker(stream)));
        }
        if stream.below(3) == 0 && !is_open {
            let mut provenance = Provenance::new(source(stream));
            if stream.below(4) == 0 {
                let statement = Statement::new("otherwise", source(stream));
                provenance = provenance.contradicted_by(statement);
            }
            complaint.set_provenance(&item, provenance);
        }
    }
    complaint
}

/// By item: who said it, and from which field.
fn said(complaint: &Complaint) -> Vec<(String, Option<Speaker>, Option<Provenance>)> {
    let mut found: Vec<_> = complaint
        .answers()
        .filter(|(_, given)| !given.value.is_unknown())
        .map(|(item, given)| (item.to_owned(), given.said_by, complaint.provenance(item).cloned()))
        .filter(|(_, speaker, provenance)| speaker.is_some() || provenance.is_some())
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

fn backlog_of(triage: &Triage, complaints: &[Complaint]) -> Backlog {
    let mut builder = BacklogBuilder::new(triage.codebook());
    for complaint in complaints {
        builder.push(complaint).unwrap();
    }
    builder.freeze()
}

fn assert_says(backlog: &Backlog, complaints: &[Complaint]) {
    for complaint in complaints {
        let row = backlog.row_of(complaint.id()).unwrap();
        assert_eq!(said(&backlog.complaint(row)), said(complaint), "{}", complaint.id());
        for (item, _, provenance) in said(complaint) {
            assert_eq!(backlog.provenance(row, &item), provenance.as_ref());
        }
    }
}

fn lines(written: &[u8]) -> Vec<Value> {
    let lines = written.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
}

#[test]
fn a_backlog_keeps_who_said_answers_wherever_it_goes() {
    for seed in 0..12 {
        let triage = random_model(seed);
        let mut stream = Seed(seed).stream(1);
        let complaints: Vec<Complaint> =
            (0..60).map(|number| told(&mut stream, &triage, &format!("c{number}"))).collect();
        let codebook = triage.codebook();
        let backlog = backlog_of(&triage, &complaints);
        assert_says(&backlog, &complaints);

        let mut file = Vec::new();
        backlog.save(&mut file).unwrap();
        let loaded = Backlog::load(codebook, file.as_slice()).unwrap();
        assert_says(&loaded, &complaints);
        let mut again = Vec::new();
        loaded.save(&mut again).unwrap();
        assert_eq!(file, again);

        let mut ndjson = Vec::new();
        backlog.write_ndjson(&mut ndjson).unwrap();
        let reading = caserank::backlog::Reading::new();
        let read = Backlog::read_ndjson(codebook, ndjson.as_slice(), reading).unwrap();
        assert_eq!(read.report().partly_understood(), 0, "{}", read.report());
        assert_says(read.backlog(), &complaints);

        // Added to another that has rows of its own, in halves.
        let mut builder = BacklogBuilder::new(codebook);
        builder.push(&told(&mut stream, &triage, "before")).unwrap();
        for half in complaints.chunks(30) {
            builder.extend(&backlog_of(&triage, half)).unwrap();
        }
        assert_says(&builder.freeze(), &complaints);

        let mut queue = Queue::new(&triage, start());
        for complaint in &complaints {
            queue.receive(complaint.clone()).unwrap();
        }
        assert_says(&queue.snapshot().backlog().unwrap(), &complaints);
    }
}

#[test]
fn who_said_an_answer_shows_in_assessments_lines_and_records() {
    for seed in 0..12 {
        let triage = random_model(seed);
        let mut stream = Seed(seed).stream(2);
        let complaints: Vec<Complaint> =
            (0..30).map(|number| told(&mut stream, &triage, &format!("c{number}"))).collect();
        let backlog = backlog_of(&triage, &complaints);
        let ranking = triage.rank(&backlog).unwrap();
        let mut written = Vec::new();
        Listing::of(&ranking).write_ndjson(&mut written).unwrap();
        for (line, entry) in lines(&written).iter().zip(&ranking) {
            let complaint = complaints.iter().find(|one| one.id() == entry.id()).unwrap();
            let alone = triage.assess(complaint).unwrap();
            let assessment = entry.assess();
            let json = serde_json::to_value(&assessment).unwrap();
            let record = Record::new(&assessment, start()).unwrap();
            let mut expected = serde_json::Map::new();
            for (item, speaker, provenance) in said(complaint) {
                assert_eq!(assessment.provenance(&item), provenance.as_ref());
                assert_eq!(assessment.speaker(&item), alone.speaker(&item));
                let by_field = provenance.as_ref().map(|said| json!(said.source()));
                let source = by_field.unwrap_or_else(|| json!({"speaker": speaker, "field": ""}));
                let mut entry = json!({"source": source});
                let others = provenance.iter().flat_map(Provenance::contradictions);
                let others: Vec<Value> = others.map(|other| json!(other.source())).collect();
                if !others.is_empty() {
                    entry["contradicted_by"] = json!(others);
                }
                let answers = json["answers"].as_array().unwrap().iter();
                let answer = answers.clone().find(|answer| answer["item"] == *item).unwrap();
                assert_eq!(answer["said_by"], entry);
                expected.insert(item, entry);
            }
            let found = line.get("said_by").cloned().unwrap_or_else(|| json!({}));
            assert_eq!(found, Value::Object(expected.clone()));
            assert_eq!(json!(record.said_by()), Value::Object(expected));
        }
    }
}

#[test]
fn of_two_records_the_one_that_counts_keeps_who_said_it() {
    let triage = caserank::reference::published().unwrap();
    let complaint = |answer: &str, field: &str| {
        let mut complaint = Complaint::new("a", start()).unwrap();
        complaint.set_answer("imminent_danger_flag", answer);
        let source = AnswerSource::new(Speaker::Provider, field);
        complaint.set_provenance("imminent_danger_flag", Provenance::new(source));
        complaint
    };
    for order in [[0, 1], [1, 0]] {
        let records = [complaint("yes", "first"), complaint("no", "second")];
        let mut builder = BacklogBuilder::new(triage.codebook());
        for record in order {
            builder.push(&records[record]).unwrap();
        }
        let backlog = builder.freeze();
        let said = backlog.provenance(0, "imminent_danger_flag").unwrap();
        assert_eq!(said.source().field(), "first");
    }
}

#[test]
fn names_of_fields_cannot_steer_a_terminal() {
    let triage = caserank::reference::published().unwrap();
    let mut complaint = Complaint::new("a", start()).unwrap();
    complaint.set_answer("imminent_danger_flag", "yes");
    let source = || AnswerSource::new(Speaker::Provider, "a\u{1b}[2Jb");
    let other = Statement::new("c\u{1b}[2Jd", source());
    complaint
        .set_provenance("imminent_danger_flag", Provenance::new(source()).contradicted_by(other));
    let shown = triage.assess(&complaint).unwrap().to_string();
    assert!(shown.contains("[2Jb") && !shown.contains('\u{1b}'), "{shown}");
    assert!(!source().to_string().contains('\u{1b}'));
}

#[test]
fn the_same_answer_again_takes_nothing_away_from_who_said_it() {
    let triage = toy();
    let line = r#"{"id":"a","received":"2026-04-17","answers":{"urgent":{"value":"yes","said_by":"officer"}},"urgent":"yes"}"#;
    let reading = caserank::backlog::Reading::new();
    let read = Backlog::read_ndjson(triage.codebook(), line.as_bytes(), reading).unwrap();
    let complaint = read.backlog().complaint(0);
    assert_eq!(said(&complaint), [("urgent".to_owned(), Some(Speaker::Officer), None)]);
}

#[test]
fn a_snapshot_that_names_a_source_of_no_answer_is_refused() {
    let triage = toy();
    let mut complaint = Complaint::new("a", start()).unwrap().with_answer("urgent", "yes");
    let source = AnswerSource::new(Speaker::Provider, "field");
    complaint.set_provenance("urgent", Provenance::new(source));
    let mut file = Vec::new();
    backlog_of(&triage, &[complaint]).save(&mut file).unwrap();
    // Of the item behind it, with the checksum made right again: the frame stands behind the head and the rows.
    let begins = file.windows(4).rposition(|part| part == b"says").unwrap();
    let length = u64::from_le_bytes(file[begins + 4..begins + 12].try_into().unwrap()) as usize;
    let at = file.windows(8).rposition(|part| part == b"\"item\":0").unwrap() + 7;
    file[at] = b'1';
    let seed = 2_u64 << 32 | u64::from(u32::from_le_bytes(*b"says"));
    let payload = &file[begins + 20..][..length];
    let sum = twox_hash::XxHash3_64::oneshot_with_seed(seed, payload);
    file[begins + 12..begins + 20].copy_from_slice(&sum.to_le_bytes());
    let refused = Backlog::load(triage.codebook(), file.as_slice()).unwrap_err();
    assert!(refused.to_string().contains("a source of an answer that is not there"), "{refused}");
}
