//! Promise 9: reading what was written gives an equal model; writing again gives equal bytes.
//! Backlogs survive CSV and NDJSON up to binning.
#![allow(clippy::unwrap_used)]

use crate::common::{Case, any_case, any_model, cases};
use caserank::codebook::Codebook;
use caserank::complaint::{Given, Unlisted, Value};
use caserank::{Backlog, Complaint, Instrument, Overrides, Triage};
use proptest::prelude::*;

/// The complaint as it comes back: numbers as the answer of their bin, unknowns left out, the
/// stage raised to that of the latest item answered, answers learned too late gone.
fn kept(case: &Case, complaint: &Complaint) -> Complaint {
    let slow = case.slow();
    let mut kept = complaint.clone();
    let items = case.triage.codebook().items();
    for (item, answer) in items.iter().zip(slow.answers(complaint, case.as_of)) {
        let Some(Given { known_at, .. }) = complaint.given(&item.id) else { continue };
        match (answer, known_at) {
            (None, _) => kept.clear_answer(&item.id),
            (Some(answer), None) => kept.set_answer(item.id.as_str(), answer),
            (Some(answer), Some(time)) => kept.set_answer_known_at(item.id.as_str(), answer, *time),
        }
        if answer.is_some() && item.stage > kept.stage() {
            kept.set_stage(item.stage);
        }
    }
    kept
}

fn by_id(complaints: impl Iterator<Item = Complaint>) -> Vec<Complaint> {
    let mut complaints: Vec<Complaint> = complaints.collect();
    complaints.sort_by(|first, second| first.id().cmp(second.id()));
    complaints
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn models_come_back_equal_and_are_written_again_byte_for_byte(model in any_model()) {
        let text = model.to_json();
        let read = Triage::from_json(&text).unwrap();
        prop_assert!(read == model);
        prop_assert_eq!(read.to_json(), text);
        let codebook = Codebook::from_json(&model.codebook().to_json()).unwrap();
        prop_assert!(codebook == *model.codebook());
        prop_assert_eq!(codebook.to_json(), model.codebook().to_json());
        let instrument = model.instrument();
        let read = Instrument::from_json(&codebook, &instrument.to_json()).unwrap();
        prop_assert!(read == *instrument);
        prop_assert_eq!(read.to_json(), instrument.to_json());
        let policy = serde_json::to_string(model.policy().draft()).unwrap();
        let read: caserank::policy::PolicyDraft = serde_json::from_str(&policy).unwrap();
        prop_assert_eq!(&read, model.policy().draft());
    }

    #[test]
    fn a_backlog_gives_its_complaints_back(case in any_case()) {
        let expected = case.complaints.iter().map(|complaint| kept(&case, complaint));
        prop_assert_eq!(by_id(case.backlog().complaints()), by_id(expected));
    }

    #[test]
    fn complaints_survive_json(case in any_case()) {
        for complaint in &case.complaints {
            let text = serde_json::to_string(complaint).unwrap();
            let read: Complaint = serde_json::from_str(&text).unwrap();
            // Blank text means unknown, wherever it is written.
            for (item, given) in complaint.answers() {
                let back = read.given(item).unwrap();
                prop_assert_eq!(back.known_at, given.known_at);
                let trimmed = match &given.value {
                    Value::Text(text) => Value::from(text.as_str()),
                    other => other.clone(),
                };
                prop_assert_eq!(&back.value, &trimmed);
            }
            prop_assert_eq!(serde_json::to_string(&read).unwrap().len() <= text.len(), true);
        }
    }

    #[test]
    fn ndjson_comes_back_equal(case in any_case()) {
        let backlog = case.backlog();
        let mut text = Vec::new();
        backlog.write_ndjson(&mut text).unwrap();
        let read = Backlog::read_ndjson(backlog.codebook(), &*text, Unlisted::Refuse).unwrap();
        prop_assert_eq!(read.report().understood(), backlog.len() as u64);
        prop_assert!(read.backlog().complaints().eq(backlog.complaints()));
        prop_assert_eq!(read.backlog().codes(), backlog.codes());
        let mut again = Vec::new();
        read.backlog().write_ndjson(&mut again).unwrap();
        prop_assert_eq!(again, text);
    }

    #[cfg(feature = "csv")]
    #[test]
    fn csv_comes_back_equal(case in any_case()) {
        let backlog = case.backlog();
        let mut text = Vec::new();
        backlog.write_csv(&mut text).unwrap();
        let read = Backlog::read_csv(backlog.codebook(), &*text, Unlisted::Refuse).unwrap();
        prop_assert_eq!(read.report().not_rankable(), 0);
        prop_assert_eq!(read.report().understood(), backlog.len() as u64);
        prop_assert!(read.backlog().complaints().eq(backlog.complaints()));
        prop_assert_eq!(read.backlog().origin(), backlog.origin());
        let mut again = Vec::new();
        read.backlog().write_csv(&mut again).unwrap();
        prop_assert_eq!(again, text);
    }

    /// Whichever way complaints come in, answers that became known later are left out.
    #[test]
    fn every_way_in_leaves_out_what_was_learned_later(case in any_case(), day in 0..12_usize) {
        let as_of = crate::common::time(day);
        let codebook = case.triage.codebook();
        let builder = || caserank::BacklogBuilder::new(codebook);
        let (mut whole, mut pushed) = (builder(), builder().with_as_of(as_of));
        for complaint in &case.complaints {
            whole.push(complaint).unwrap();
            pushed.push(complaint).unwrap();
        }
        let (whole, pushed) = (whole.freeze(), pushed.freeze());
        let mut text = Vec::new();
        whole.write_ndjson(&mut text).unwrap();
        let mut read = builder().with_as_of(as_of);
        read.read_ndjson(&*text).unwrap();
        let read = read.freeze();
        prop_assert_eq!(read.codes(), pushed.codes());
        prop_assert_eq!(read.as_of(), Some(as_of));
        #[cfg(feature = "csv")]
        {
            let mut text = Vec::new();
            whole.write_csv(&mut text).unwrap();
            let mut read = builder().with_as_of(as_of);
            let report = read.read_csv(&*text).unwrap();
            let read = read.freeze();
            prop_assert_eq!(read.codes(), pushed.codes());
            let unknown: u64 = report.unknown().iter().map(|(_, count)| count).sum();
            let counted = read.codes().iter().filter(|code| **code == 0).count();
            prop_assert_eq!(unknown, counted as u64);
        }
    }

    #[test]
    fn overrides_come_back_equal(case in any_case()) {
        let overrides = case.overrides();
        let text = serde_json::to_string(&overrides).unwrap();
        let read: Overrides = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&read, &overrides);
        prop_assert_eq!(read.at(case.now), overrides.at(case.now));
    }

    /// A store may be written by hand, in any order.
    #[test]
    fn overrides_read_in_another_order_hold_the_same(case in any_case()) {
        let mut written = case.decisions.clone();
        written.sort_by_key(|decision| std::cmp::Reverse(decision.made));
        let read: Overrides =
            serde_json::from_str(&serde_json::to_string(&written).unwrap()).unwrap();
        prop_assert_eq!(read.at(case.now), case.overrides().at(case.now));
        prop_assert_eq!(read, case.overrides());
    }
}

proptest! {
    #![proptest_config(cases(60))]

    /// What a host keeps in columns is the same backlog as its complaints one by one.
    #[test]
    fn columns_are_the_same_backlog(case in any_case()) {
        use caserank::backlog::Coded;

        let whole = case.backlog();
        let rows = 0..whole.len();
        let ids: Vec<&str> = rows.clone().map(|row| whole.id(row)).collect();
        let received: Vec<_> = rows.clone().map(|row| whole.received(row)).collect();
        let deadlines: Vec<_> =
            rows.clone().map(|row| whole.deadlines(row).into_iter().next()).collect();
        let units: Vec<_> = rows.clone().map(|row| whole.unit(row)).collect();
        let subjects: Vec<_> = rows.clone().map(|row| whole.subject(row)).collect();
        let bundles: Vec<_> = rows.clone().map(|row| whole.bundle(row)).collect();
        let stages: Vec<_> = rows.map(|row| whole.stage(row)).collect();
        let codes = whole.codes();
        let answered = Coded::new(&ids, &received, codes.view())
            .with_deadlines(&deadlines)
            .with_units(&units)
            .with_subjects(&subjects)
            .with_bundles(&bundles)
            .with_origin(whole.origin());
        let codebook = case.triage.codebook();
        let columns = Backlog::from_codes(codebook, &answered.with_stages(&stages)).unwrap();
        let unstaged = Backlog::from_codes(codebook, &answered).unwrap();
        for (row, &stage) in stages.iter().enumerate() {
            prop_assert_eq!(columns.id(row), whole.id(row));
            prop_assert_eq!(columns.stage(row), stage);
            prop_assert_eq!(columns.unit(row), whole.unit(row));
            prop_assert_eq!(columns.subject(row), whole.subject(row));
            prop_assert_eq!(columns.bundle(row), whole.bundle(row));
            prop_assert_eq!(columns.earliest_deadline(row), whole.earliest_deadline(row));
            // Without stages given, the latest answer says how far a complaint is.
            let answered = codebook.item_indices().filter(|&item| whole.code(row, item) != 0);
            let latest = answered.map(|item| codebook[item].stage).max().unwrap_or_default();
            prop_assert_eq!(unstaged.stage(row), latest);
        }
        let order = |backlog: &Backlog| -> Vec<String> {
            case.triage.rank(backlog).unwrap().iter().map(|entry| entry.id().to_owned()).collect()
        };
        prop_assert_eq!(order(&columns), order(&whole));
        let short = answered.with_units(&units[..units.len().saturating_sub(1)]);
        if units.len() > 1 {
            prop_assert!(Backlog::from_codes(codebook, &short).is_err());
        }
    }
}

/// Every kind of deadline keeps its name, however many there are.
#[test]
fn more_kinds_of_deadlines_than_fit_in_two_bytes_survive() {
    use caserank::backlog::Coded;
    use caserank::complaint::{Deadline, DeadlineKind, Origin};
    use caserank::ndarray::Array2;

    let codebook = Codebook::from_json(crate::common::TOY_CODEBOOK).unwrap();
    let rows = (1 << 16) + 5;
    let ids: Vec<String> = (0..rows).map(|number| format!("{number:06}")).collect();
    let due = crate::common::time(1);
    let kind = |number: usize| DeadlineKind::Custom(format!("kind_{number}"));
    let deadlines: Vec<_> = (0..rows).map(|row| Some(Deadline { due, kind: kind(row) })).collect();
    let (received, codes) = (vec![crate::common::time(0); rows], Array2::zeros((rows, 3)));
    let coded = Coded::new(&ids, &received, codes.view())
        .with_deadlines(&deadlines)
        .with_origin(Origin::Synthetic);
    let backlog = Backlog::from_codes(&codebook, &coded).unwrap();
    for row in [0, 1, rows - 6, rows - 5, rows - 1] {
        assert_eq!(backlog.id(row), ids[row]);
        assert_eq!(backlog.deadlines(row)[0].kind, kind(row));
    }
}
