//! Promise 7: every complaint goes somewhere: scored, or refused with an error that names it.
//! Counts add up, in readers and rankings.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use crate::common::{Case, Draw, adds_up, any_case, cases, draws};
use caserank::backlog::{BacklogError, Intake, Reading};
use caserank::complaint::{DeadlineKind, EncodeError, Unlisted};
use caserank::{ActiveOverrides, Backlog, Complaint, Lane};
use proptest::prelude::*;

/// A line that does not fit as a whole, what is told of it, and whether its complaint is ranked.
struct Bad {
    json: String,
    words: Vec<String>,
    ranked: bool,
}

fn bad(draw: &mut Draw, case: &Case, number: usize) -> Bad {
    let item = draw.pick(case.triage.codebook().items()).id;
    let id = format!("bad{number}");
    let received = "\"received\":\"2026-04-17T00:00:00Z\"";
    let kind = draw.below(9);
    let (json, words) = match kind {
        0 => (
            format!("{{\"id\":\"{id}\",{received},\"answers\":{{\"{item}\":\"nosuch\"}}}}"),
            vec![item, "nosuch".to_owned()],
        ),
        1 => (
            format!("{{\"id\":\"{id}\",{received},\"answers\":{{\"{item}x\":\"yes\"}}}}"),
            vec![format!("{item}x")],
        ),
        2 => (format!("{{\"id\":\"{id}\",{received},\"colour\":1}}"), vec!["colour".to_owned()]),
        3 => (format!("{{\"id\":\"{}\",{received}}}", "x".repeat(129)), vec!["128".to_owned()]),
        4 => (
            format!("{{\"id\":\"{id}\",\"received\":\"yesterday\"}}"),
            vec!["yesterday".to_owned(), "RFC 3339".to_owned()],
        ),
        5 => (format!("{{\"id\":\"{id}\"}}"), vec!["received".to_owned()]),
        6 => (format!("{{\"id\":\"\",{received}}}"), vec!["no id".to_owned()]),
        7 => ("{".to_owned(), vec!["EOF".to_owned()]),
        _ => ("17".to_owned(), Vec::new()),
    };
    Bad { json, words, ranked: kind < 3 }
}

proptest! {
    #![proptest_config(cases(70))]

    #[test]
    fn every_line_is_read_or_refused_by_its_number(case in any_case(), draw in draws()) {
        let mut draw: Draw = draw;
        let mut text = String::new();
        let (mut line, mut number) = (0_u64, 0);
        let (mut good, mut aside, mut partly, mut again) = (Vec::new(), BTreeMap::new(), 0, 0);
        for complaint in &case.complaints {
            while draw.chance(40) {
                line += 1;
                match draw.below(4) {
                    0 => text.push('\n'),
                    1 => text.push_str("  \r\n"),
                    _ => {
                        let bad = bad(&mut draw, &case, number);
                        number += 1;
                        text.push_str(&bad.json);
                        text.push('\n');
                        if bad.ranked {
                            partly += 1;
                        } else {
                            aside.insert(line, bad.words);
                        }
                    }
                }
            }
            line += 1;
            text.push_str(&serde_json::to_string(complaint).unwrap());
            text.push('\n');
            good.push(complaint.id());
            if draw.chance(20) {
                // The same complaint once more.
                line += 1;
                text.push_str(&serde_json::to_string(complaint).unwrap());
                text.push_str("\r\n");
                again += 1;
            }
        }
        let mut builder = case.builder();
        let report = builder.read_ndjson(text.as_bytes()).unwrap();
        let backlog = builder.freeze();
        prop_assert!(good.iter().all(|id| backlog.row_of(id).is_some()));
        prop_assert_eq!((report.partly_understood(), report.repeated()), (partly, again));
        prop_assert_eq!(report.understood(), good.len() as u64 + again);
        prop_assert_eq!(report.records_not_rankable().len(), aside.len());
        for (record, (line, words)) in report.records_not_rankable().iter().zip(&aside) {
            prop_assert_eq!(record.first_line(), *line, "{}", record);
            let reason = record.why().to_string();
            for word in words {
                prop_assert!(reason.contains(word.as_str()), "{reason}: {word}");
            }
            // The one number of a line in a message is the line's own.
            prop_assert!(!reason.contains("line 1 "), "{reason}");
        }
        adds_up(&Intake::new(backlog, report));
    }

    #[test]
    fn a_refused_complaint_leaves_the_builder_as_it_was(case in any_case()) {
        let Some(first) = case.complaints.first() else { return Ok(()) };
        let mut builder = case.builder();
        for complaint in &case.complaints {
            builder.push(complaint).unwrap();
        }
        // The same once more changes nothing.
        prop_assert!(builder.push(first).unwrap().is_repeated());
        let mut strict = builder.clone().with_reading(Reading::new().strict());
        let stray = Complaint::new("stray", first.received()).unwrap();
        let error = strict.push(&stray.clone().with_answer("no_such_item", "yes")).unwrap_err();
        let text = error.to_string();
        prop_assert!(text.contains("stray") && text.contains("no_such_item"), "{text}");
        let item = &case.triage.codebook().items()[0].id;
        let wrong = stray.clone().with_answer(item.as_str(), "no such");
        let error = strict.push(&wrong).unwrap_err();
        prop_assert!(
            matches!(&error, BacklogError::Encode(EncodeError::UnlistedAnswer { .. })),
            "{error}"
        );
        let text = error.to_string();
        prop_assert!(text.contains("stray") && text.contains(item.as_str()), "{text}");
        prop_assert!(text.contains("no such") && text.contains("`unknown`"), "{text}");
        // A key that is not allowed does not get as far as the builder.
        let mut refused = stray.clone();
        for refusal in [
            refused.set_unit(Some("")),
            refused.set_subject(Some(" s")),
            refused.set_bundle(Some("b".repeat(129))),
            refused.add_deadline(DeadlineKind::Custom(String::new()), first.received()),
        ] {
            prop_assert!(refusal.is_err());
            prop_assert_eq!(&refused, &stray);
        }
        let untouched = builder.clone().freeze();
        let (found, expected) = (untouched.complaints(), case.backlog());
        prop_assert!(found.eq(expected.complaints()));
        // By default it is taken, and carries what was not understood.
        prop_assert_eq!(builder.push(&wrong).unwrap().not_understood(), 1);
        let backlog = builder.freeze();
        let row = backlog.row_of("stray").unwrap();
        let kept = backlog.not_understood(row);
        prop_assert_eq!(kept[0].text(), "no such");
    }

    #[test]
    fn unlisted_items_are_refused_or_counted(case in any_case(), draw in draws()) {
        let mut draw: Draw = draw;
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        let mut text = String::new();
        for complaint in &case.complaints {
            let mut complaint = complaint.clone();
            for stray in ["colour", "question_0x"] {
                if draw.chance(30) {
                    complaint.set_answer(stray, "blue");
                    *counts.entry(stray.to_owned()).or_default() += 1;
                }
            }
            text.push_str(&serde_json::to_string(&complaint).unwrap());
            text.push('\n');
        }
        let codebook = case.triage.codebook();
        let taken = Backlog::read_ndjson(codebook, text.as_bytes(), Unlisted::Report).unwrap();
        prop_assert_eq!(taken.report().understood(), case.complaints.len() as u64);
        let unmatched = taken.report().unmatched().iter();
        let unmatched = unmatched.map(|column| (column.name().to_owned(), column.filled()));
        prop_assert_eq!(&unmatched.collect::<BTreeMap<_, _>>(), &counts);
        adds_up(&taken);
        let kept = Backlog::read_ndjson(codebook, text.as_bytes(), Unlisted::Refuse).unwrap();
        prop_assert_eq!(kept.report().partly_understood() > 0, !counts.is_empty());
        adds_up(&kept);
        let strict = Reading::new().strict();
        let strict = Backlog::read_ndjson(codebook, text.as_bytes(), strict).unwrap();
        prop_assert_eq!(strict.report().not_rankable(), kept.report().partly_understood());
        adds_up(&strict);
    }

    #[test]
    fn counts_of_a_ranking_add_up(case in any_case()) {
        let backlog = case.backlog();
        prop_assert_eq!(backlog.len(), case.complaints.len());
        let overrides = case.overrides().at(case.now);
        let ranking = case.triage.rank_with(&backlog, &overrides).unwrap();
        let counts = ranking.counts();
        prop_assert_eq!(counts.iter().map(|run| run.count()).sum::<usize>(), ranking.len());
        for run in counts {
            let counted =
                ranking.iter().filter(|entry| (entry.lane(), entry.band()) == (run.lane(), run.band())).count();
            prop_assert_eq!(run.count(), counted);
        }
        prop_assert_eq!(ranking.iter().len(), ranking.len());
        prop_assert_eq!(case.triage.score(&backlog).unwrap().len(), backlog.len());
    }

    #[test]
    fn the_look_up_by_id_goes_both_ways(case in any_case()) {
        let backlog = case.backlog();
        for row in 0..backlog.len() {
            prop_assert_eq!(backlog.row_of(backlog.id(row)), Some(row));
        }
        for complaint in &case.complaints {
            let row = backlog.row_of(complaint.id()).unwrap();
            prop_assert_eq!(backlog.id(row), complaint.id());
        }
        prop_assert_eq!(backlog.row_of("no such complaint"), None);
    }
}

#[test]
fn an_empty_backlog_has_an_empty_ranking() {
    let triage = caserank::Triage::from_json(crate::common::TOY).unwrap();
    let backlog = caserank::BacklogBuilder::new(triage.codebook()).freeze();
    let ranking = triage.rank(&backlog).unwrap();
    assert!(ranking.is_empty() && backlog.is_empty());
    assert!(triage.score(&backlog).unwrap().is_empty());
    assert_eq!(triage.top(&backlog, 5).unwrap().len(), 0);
    assert_eq!(ranking.counts().len(), 8);
    assert!(ranking.counts().iter().all(|run| run.lane() <= Lane::Open && run.count() == 0));
    assert_eq!(backlog.codes().dim(), (0, 3));
}

#[test]
fn things_made_for_another_codebook_are_refused_by_name() {
    let triage = caserank::Triage::from_json(crate::common::TOY).unwrap();
    let other = crate::common::TOY_CODEBOOK.replacen("\"0.1.0\"", "\"0.2.0\"", 1);
    let other = caserank::Codebook::from_json(&other).unwrap();
    let backlog = caserank::BacklogBuilder::new(&other).freeze();
    let named = |error: &dyn std::error::Error| {
        let text = error.to_string();
        assert!(text.contains("toy 0.2.0") && text.contains("toy 0.1.0"), "{text}");
    };
    let _none = ActiveOverrides::none();
    named(&triage.score(&backlog).unwrap_err());
    named(&triage.rank(&backlog).unwrap_err());
    named(&triage.top(&backlog, 1).unwrap_err());
    named(&caserank::BacklogBuilder::new(triage.codebook()).extend(&backlog).unwrap_err());
    named(&caserank::Instrument::new(&other, triage.instrument().draft().clone()).unwrap_err());
}
