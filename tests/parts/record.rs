//! Records hold as they were written, and the first thing that was changed is named.
#![allow(clippy::unwrap_used)]

use crate::common::live::{decision, random_complaint, random_decision, random_model, start, toy};
use caserank::Seed;
use caserank::complaint::Unlisted;
use caserank::policy::{ActiveOverride, OverrideEffect};
use caserank::record::{ChainFault, Note, Record, RecordError, verify_chain};
use caserank::{Band, Complaint, Triage};

fn record(triage: &Triage, complaint: &Complaint, active: Option<&ActiveOverride>) -> Record {
    let assessment = triage.assess_with(complaint, active, Unlisted::Refuse).unwrap();
    Record::new(&assessment, start().plus_days(1)).unwrap()
}

fn toy_record() -> Record {
    let complaint = Complaint::new("a", start())
        .unwrap()
        .with_answer("urgent", "yes")
        .with_answer("prior_reports", 4);
    let lower = decision("a", OverrideEffect::Lower(Band::Low), start());
    record(&toy(), &complaint, ActiveOverride::of(&[lower], start()).as_ref())
}

#[test]
fn records_of_any_model_verify_and_come_back_equal() {
    for seed in 0..60 {
        let triage = random_model(seed);
        let mut stream = Seed(seed).stream(3);
        for place in 0..20 {
            let id = format!("c{place}");
            let complaint = random_complaint(&mut stream, &triage, &id, start());
            let decisions: Vec<_> =
                (0..stream.below(4)).map(|_| random_decision(&mut stream, &id, start())).collect();
            let active = ActiveOverride::of(&decisions, start().plus_days(1));
            let record = record(&triage, &complaint, active.as_ref());
            assert_eq!(record.verify(&triage).unwrap(), []);
            let text = record.to_json();
            let again = Record::from_json(&text).unwrap();
            assert_eq!(again, record);
            assert_eq!(again.to_json(), text);
        }
    }
}

#[test]
fn the_first_difference_is_named() {
    let text = toy_record().to_json();
    let cases = [
        ("\"band\":\"low\"", "\"band\":\"high\"", "result.band"),
        ("\"model_band\":\"high\"", "\"model_band\":\"low\"", "result.model_band"),
        ("\"lane\":\"open\"", "\"lane\":\"must\"", "result.lane"),
        ("\"set_by\":\"override\"", "\"set_by\":\"priority\"", "result.set_by"),
        ("[\"urgent_not_cleared\"]", "[]", "result.gates"),
        ("\"score\":\"-0.5\"", "\"score\":\"-0.6\"", "result.outcomes.danger.score"),
        ("\"applies\":false", "\"applies\":true", "result.outcomes.spread.applies"),
        ("\"urgent\":\"yes\"", "\"urgent\":\"no\"", "result.gates"),
        ("\"second_actor\":\"p2\"", "\"second_actor\":\"p1\"", "result.band"),
        ("\"made\":\"2026-01-01T00:00:00Z\"", "\"made\":\"2026-02-01T00:00:00Z\"", "overrides"),
    ];
    for (from, to, field) in cases {
        assert!(text.contains(from), "{from} in {text}");
        let error =
            Record::from_json(&text.replacen(from, to, 1)).unwrap().verify(&toy()).unwrap_err();
        match error {
            RecordError::Difference { field: named, .. } => {
                assert!(named.starts_with(field), "{from}: {named}");
            }
            other => panic!("{from}: {other}"),
        }
    }
}

#[test]
fn what_does_not_enter_the_result_is_caught_by_the_digest() {
    let text = toy_record().to_json();
    for (from, to) in [
        ("\"complaint\":\"a\",\"crate", "\"complaint\":\"b\",\"crate"),
        ("\"at\":\"2026-01-02", "\"at\":\"2026-01-03"),
        ("\"actor\":\"p1\"", "\"actor\":\"p3\""),
        ("\"stage\":\"intake\"", "\"stage\":\"field\""),
        (
            "\"format_version\":1,\"model\":{\"id\":\"toy\"",
            "\"format_version\":1,\"model\":{\"id\":\"other\"",
        ),
    ] {
        assert!(text.contains(from), "{from} in {text}");
        let changed = Record::from_json(&text.replacen(from, to, 1)).unwrap();
        let error = changed.verify(&toy()).unwrap_err();
        let caught = match &error {
            RecordError::Digest { .. } => true,
            // A decision about another complaint is not in force for this one.
            RecordError::Difference { field, .. } => {
                from.contains("complaint") && field.starts_with("overrides")
            }
            _ => false,
        };
        assert!(caught, "{from}: {error}");
    }
    assert!(Record::from_json(&text.replacen('{', "{\"more\":1,", 1)).is_err());
}

#[test]
fn other_models_are_refused_and_other_texts_are_noted() {
    let record = toy_record();
    let texts =
        toy().to_json().replace("A made-up model for tests", "A made-up model for all tests");
    let notes = record.verify(&Triage::from_json(&texts).unwrap()).unwrap();
    assert!(matches!(notes[..], [Note::Fingerprint { .. }]));
    let error = record.verify(&random_model(1)).unwrap_err();
    assert!(matches!(error, RecordError::OtherModel { .. }), "{error}");
    let unlisted = record.to_json().replacen("\"urgent\":\"yes\"", "\"urgent\":\"perhaps\"", 1);
    let error = Record::from_json(&unlisted).unwrap().verify(&toy()).unwrap_err();
    assert!(matches!(error, RecordError::UnlistedAnswer { .. }), "{error}");
}

#[test]
fn a_chain_shows_what_was_changed_taken_out_added_or_moved() {
    let mut chain: Vec<Record> = Vec::new();
    for place in 0..5 {
        let complaint = Complaint::new(format!("c{place}"), start())
            .unwrap()
            .with_answer("prior_reports", place);
        let next = record(&toy(), &complaint, None);
        chain.push(match chain.last() {
            Some(last) => next.after(last),
            None => next,
        });
    }
    let head = verify_chain(&chain, None).unwrap();
    assert_eq!(head, Some(chain[4].sha256()));
    assert_eq!(verify_chain(&chain[2..], Some(chain[1].sha256())).unwrap(), head);
    assert_eq!(verify_chain([], head).unwrap(), head);
    for record in &chain {
        assert_eq!(record.verify(&toy()).unwrap(), []);
    }

    let mut out = chain.clone();
    out.remove(2);
    let error = verify_chain(&out, None).unwrap_err();
    assert!(error.position() == 3 && matches!(error.fault(), ChainFault::Link { .. }));
    let mut moved = chain.clone();
    moved.swap(1, 2);
    assert_eq!(verify_chain(&moved, None).unwrap_err().position(), 2);
    let mut changed = chain.clone();
    changed[3] =
        Record::from_json(&changed[3].to_json().replacen("2026-01-02", "2026-01-03", 1)).unwrap();
    let error = verify_chain(&changed, None).unwrap_err();
    assert!(
        error.position() == 4
            && error.complaint() == "c3"
            && matches!(error.fault(), ChainFault::Digest { .. })
    );
    // A log cut off at its end is a chain: only a digest kept elsewhere shows it.
    assert_ne!(verify_chain(&chain[..4], None).unwrap(), head);
}

#[test]
fn a_time_at_which_the_decisions_were_not_in_force_is_refused() {
    let complaint = Complaint::new("a", start()).unwrap();
    let mut raise = decision("a", OverrideEffect::Raise(Band::VeryHigh), start());
    raise.expires = Some(start().plus_days(1));
    let active = ActiveOverride::of(&[raise], start());
    let assessment = toy().assess_with(&complaint, active.as_ref(), Unlisted::Refuse).unwrap();
    for (seconds, is_in_force) in [(-1, false), (0, true), (86_399, true), (86_400, false)] {
        let made = Record::new(&assessment, start().plus_seconds(seconds));
        match made {
            Ok(record) => {
                assert!(is_in_force, "{seconds}");
                record.verify(&toy()).unwrap();
            }
            Err(RecordError::OtherTime { .. }) => assert!(!is_in_force, "{seconds}"),
            Err(other) => panic!("{other}"),
        }
    }
}

#[test]
fn the_format_is_read_before_all_else() {
    let text = toy_record().to_json();
    let later = text.replacen("\"format_version\":1", "\"format_version\":2,\"more\":1", 1);
    assert!(matches!(Record::from_json(&later), Err(RecordError::Format { found: 2 })));
    // A priority beyond the index is no priority.
    let start = text.find("\"priority\":").unwrap();
    let end = start + text[start..].find(',').unwrap();
    let forged = format!("{}\"priority\":4294967295{}", &text[..start], &text[end..]);
    assert!(Record::from_json(&forged).unwrap_err().to_string().contains("index ends"));
}
