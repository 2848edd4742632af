//! Marks that cannot be seen: shown where people read, kept out of logs, told where ids differ by them.
#![allow(clippy::unwrap_used)]

use crate::common::live::{decision, start, toy};
use caserank::backlog::{DangerAnswers, Reading};
use caserank::codebook::Renames;
use caserank::complaint::MigrationReport;
use caserank::listing::Listing;
use caserank::policy::OverrideEffect;
use caserank::queue::SavedQueue;
use caserank::worklist::{Carry, Period, Planner, Request};
use caserank::{Backlog, BacklogBuilder, Complaint, Overrides, Queue, Seed};

/// Right-to-left marks, zero-width letters, separators, tags, isolates, fillers.
const HIDDEN: [char; 12] = [
    '\u{202e}',
    '\u{202b}',
    '\u{2066}',
    '\u{2069}',
    '\u{200b}',
    '\u{200d}',
    '\u{feff}',
    '\u{2060}',
    '\u{061c}',
    '\u{00ad}',
    '\u{e0041}',
    '\u{3164}',
];

fn hidden_complaints() -> Vec<Complaint> {
    let complaint = |(number, mark): (usize, &char)| {
        Complaint::new(format!("a{mark}{number}"), start())
            .unwrap()
            .with_unit(format!("no{mark}rth"))
            .unwrap()
            .with_subject(format!("s{mark}x"))
            .unwrap()
            .with_answer("urgent", "yes")
    };
    HIDDEN.iter().enumerate().map(complaint).collect()
}

fn shows_no_mark(what: &str, text: &str) {
    let found: Vec<char> = text.chars().filter(|letter| HIDDEN.contains(letter)).collect();
    assert!(found.is_empty(), "{what} holds {found:?}");
    assert!(text.contains("\\u{202e}"), "{what} does not show that a mark is there:\n{text}");
}

#[test]
fn marks_are_shown_in_everything_that_people_read() {
    let triage = toy();
    let mut builder = BacklogBuilder::new(triage.codebook());
    for complaint in hidden_complaints() {
        builder.push(&complaint).unwrap();
    }
    let ranking = triage.rank(&builder.freeze()).unwrap();
    let listing = Listing::of(&ranking);
    shows_no_mark("the table", &listing.table(50).to_string());
    let mut csv = Vec::new();
    listing.write_csv(&mut csv).unwrap();
    shows_no_mark("the CSV", &String::from_utf8(csv).unwrap());
    // Units too: each plan and sheet of the unit with the first mark.
    let period = Period { start: start(), end: start().plus_days(1) };
    let request = Request::new(period, 20).with_unit(format!("no{}rth", HIDDEN[0]));
    let planner = Planner::new(&triage, Seed(1)).unwrap();
    let plan = planner.plan(&ranking, &request, &Carry::default()).unwrap();
    assert_eq!(plan.entries().len(), 1);
    shows_no_mark("the planner's sheet", &plan.planner_sheet());
    shows_no_mark("the investigator's sheet", &plan.investigator_sheet().to_string());
    shows_no_mark("the morning sheet", &plan.morning_sheet(&ranking, None).to_string());
    shows_no_mark("the page", &plan.morning_page(&ranking, None));
    let mut queue = Queue::new(&triage, start());
    let moved = queue.receive(hidden_complaints().swap_remove(0)).unwrap();
    shows_no_mark("a move", &moved.to_string());
    shows_no_mark(
        "an assessment",
        &ranking.entry(hidden_complaints()[0].id()).unwrap().assess().to_string(),
    );
}

/// Ids that look alike are told, whatever makes them differ.
#[test]
fn ids_that_look_alike_are_told_by_every_reader() {
    for (first, second) in [
        ("c1", "C1"),
        ("c1", "c\u{200b}1"),
        ("c1", "\u{ff43}1"),
        ("caf\u{e9}", "cafe\u{301}"),
        ("c 1", "c\u{a0}1"),
        ("c10", "c\u{2066}1\u{2069}0"),
        ("c1", "c\u{e0041}1"),
    ] {
        let triage = toy();
        let line = |id: &str| {
            let complaint = Complaint::new(id, start()).unwrap();
            serde_json::to_string(&complaint).unwrap() + "\n"
        };
        let text = line(first) + &line(second);
        let read = Backlog::read_ndjson(triage.codebook(), text.as_bytes(), triage.reading());
        let report = read.unwrap().report().clone();
        assert_eq!(report.look_alikes().count(), 1, "{first:?} {second:?}: {report}");
        assert!(!report.is_clean());
        shows_plainly(&report.to_string());
    }
}

fn shows_plainly(text: &str) {
    assert!(!text.chars().any(|letter| HIDDEN.contains(&letter)), "{text:?}");
}

/// No door takes an id that another would change: what readers take off, the typed one refuses.
#[test]
fn no_id_or_key_begins_or_ends_in_a_mark() {
    for mark in HIDDEN.into_iter().chain([' ', '\u{a0}', '\t', '\u{3000}']) {
        for id in [format!("{mark}a"), format!("a{mark}"), mark.to_string()] {
            assert!(Complaint::new(&*id, start()).is_err(), "{id:?}");
            let keyed = Complaint::new("a", start()).unwrap().with_unit(&*id);
            assert!(keyed.is_err(), "{id:?}");
        }
    }
    let triage = toy();
    let mut builder = BacklogBuilder::new(triage.codebook());
    for complaint in hidden_complaints() {
        builder.push(&complaint).unwrap();
    }
    let backlog = builder.freeze();
    let mut file = Vec::new();
    backlog.write_ndjson(&mut file).unwrap();
    let again = Backlog::read_ndjson(triage.codebook(), &*file, triage.reading()).unwrap();
    let ids = |backlog: &Backlog| {
        (0..backlog.len()).map(|row| backlog.id(row).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(again.backlog()), ids(&backlog));
}

/// A report names every record that cannot be ranked: those with danger in them first, by line and reason.
#[test]
fn records_that_cannot_be_ranked_are_named_in_the_report() {
    let triage = toy();
    let danger = DangerAnswers::new(triage.codebook(), [("urgent", "yes")]);
    let plain = (0..14).map(|number| format!("{{\"id\":\"p\u{202e}{number}\"}}\n"));
    let grave = "{\"id\":\"g\",\"answers\":{\"urgent\":\"yes\"}}\n";
    let text = plain.collect::<String>() + grave;
    let reading = Reading::new().with_danger(danger);
    let intake = Backlog::read_ndjson(triage.codebook(), text.as_bytes(), reading).unwrap();
    let told = intake.report().to_string();
    shows_plainly(&told);
    let (first, second) =
        (told.find("DANGER, not rankable: line 15 (g): "), told.find("line 1 (p\\u{202e}0): "));
    assert!(first.is_some() && first < second, "{told}");
    assert!(told.contains("and 4 more records that cannot be ranked"), "{told}");
}

/// The seed by which ids are found changes no result.
#[test]
fn no_order_depends_on_the_seed_of_ids() {
    let triage = toy();
    let text: String = (0..300)
        .map(|number| {
            let complaint = Complaint::new(format!("c{}", number * 7 % 250), start()).unwrap();
            let complaint = complaint.with_answer("prior_reports", i64::from(number % 6));
            serde_json::to_string(&complaint.with_unit(format!("u{}", number % 9)).unwrap())
                .unwrap()
                + "\n"
        })
        .collect();
    let read = |seed| {
        let reading = triage.reading().with_id_seed(seed);
        let intake = Backlog::read_ndjson(triage.codebook(), text.as_bytes(), reading).unwrap();
        let backlog = intake.backlog().clone();
        let ranking = triage.rank(&backlog).unwrap();
        let order: Vec<String> = ranking.iter().map(|entry| entry.id().to_owned()).collect();
        let rows: Vec<_> = (0..251).map(|number| backlog.row_of(&format!("c{number}"))).collect();
        let mut file = Vec::new();
        backlog.save(&mut file).unwrap();
        (order, rows, file, intake.report().clone())
    };
    let fixed = read(0);
    assert_eq!(fixed.0.len(), 250);
    for seed in [1, 7_731, u64::MAX] {
        let other = read(seed);
        assert!(other.0 == fixed.0 && other.1 == fixed.1 && other.2 == fixed.2, "{seed}");
        assert_eq!(other.3.to_string(), fixed.3.to_string());
    }
}

/// What a host's log may catch in passing: no id, no key of a person, no actor.
#[test]
fn debug_output_names_nobody() {
    let triage = toy();
    let mut queue = Queue::new(&triage, start());
    let mut builder = BacklogBuilder::new(triage.codebook());
    let complaint = Complaint::new("id-7731", start())
        .unwrap()
        .with_subject("key-9902")
        .unwrap()
        .with_bundle("set-5518")
        .unwrap();
    builder.push(&complaint).unwrap();
    queue.receive(complaint.clone()).unwrap();
    queue.apply(decision("id-7731", OverrideEffect::Must, start())).unwrap();
    let mut overrides = Overrides::new();
    overrides.add(decision("id-7731", OverrideEffect::Must, start())).unwrap();
    let actor = overrides.iter().next().unwrap().actor.clone();
    let mut file = Vec::new();
    queue.save(&mut file).unwrap();
    let saved = SavedQueue::load(&*file).unwrap();
    let aside = br#"{"id":"id-7731","received":"never","subject":"key-9902"}"#;
    let intake = Backlog::read_ndjson(triage.codebook(), &aside[..], triage.reading()).unwrap();
    let builder_text = format!("{builder:?}");
    let backlog = builder.freeze();
    let ranking = triage.rank_with(&backlog, &overrides.at(start())).unwrap();
    let entry = ranking.at(1).unwrap();
    for (what, text) in [
        ("a complaint", format!("{complaint:?}")),
        ("a builder", builder_text),
        ("a backlog", format!("{backlog:?}")),
        ("a queue", format!("{queue:?}")),
        ("a snapshot of it", format!("{:?}", queue.snapshot())),
        ("its units", format!("{:?}", queue.view().unit(None))),
        ("its entries", format!("{:?}", queue.view().at(1))),
        ("a saved queue", format!("{saved:?}")),
        ("decisions", format!("{overrides:?} {:?}", overrides.at(start()))),
        ("a ranking", format!("{ranking:?}")),
        ("a listing", format!("{:?}", Listing::of(&ranking))),
        ("an entry", format!("{entry:?}")),
        ("records set aside", format!("{:?}", intake.not_rankable())),
    ] {
        for private in ["id-7731", "key-9902", "set-5518", &actor] {
            assert!(!text.contains(private), "{what} prints {private}: {text}");
        }
    }
}

#[test]
fn what_a_migration_loses_is_told_without_steering_a_terminal() {
    let codebook = toy().codebook().clone();
    let migration = codebook.migrate(&codebook, &Renames::new()).unwrap();
    let mut report = MigrationReport::new();
    let complaint = Complaint::new("a", start()).unwrap();
    migration.carry(&complaint.with_answer("x\u{1b}[2J\ny", "yes"), &mut report);
    let told = [report.to_string(), report.losses()[0].to_string()];
    for text in told {
        assert!(text.contains("[2J") && !text.contains('\u{1b}'), "{text}");
        assert!(text.lines().all(|line| !line.starts_with('y')), "{text}");
    }
}
