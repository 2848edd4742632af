//! What was not understood when a complaint was read is told wherever the complaint is: rankings, lists, plans, sheets,
//! records.
#![allow(clippy::unwrap_used)]

use caserank::backlog::Repeated;
use caserank::complaint::Unlisted;
use caserank::listing::Listing;
use caserank::record::Record;
use caserank::worklist::{Carry, Period, Plan, PlanError, Planner, Request};
use caserank::{Backlog, BacklogBuilder, Seed, Timestamp, Triage};

use crate::common::live::toy;

const TABLE: &str = "id,received,unit,urgent,prior_reports\n\
    plain,2026-04-17,north,no,2\n\
    partly,2026-04-17,north,no,a <b> few\n\
    elsewhere,2026-04-17,south,perhaps,\n\
    danger,2026-04-17,north,yes,=1+1\n";

fn backlog(triage: &Triage) -> Backlog {
    Backlog::read_csv(triage.codebook(), TABLE.as_bytes(), triage.reading())
        .unwrap()
        .backlog()
        .clone()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn plan(triage: &Triage, capacity: usize) -> (caserank::Ranking, Plan) {
    let ranking = triage.rank(&backlog(triage)).unwrap();
    let period = Period { start: time("2026-04-18"), end: time("2026-04-19") };
    let planner = Planner::new(triage, Seed(7)).unwrap().with_scale("prior_reports");
    let request = Request::new(period, capacity).with_unit("north");
    let plan = planner.plan(&ranking, &request, &Carry::default()).unwrap();
    (ranking, plan)
}

#[test]
fn rankings_and_lists_say_it_of_each_complaint() {
    let triage = toy();
    let ranking = triage.rank(&backlog(&triage)).unwrap();
    let marked: Vec<&str> = ranking
        .iter()
        .filter(|entry| !entry.not_understood().is_empty())
        .map(|entry| entry.id())
        .collect();
    assert_eq!(marked.len(), 3);
    assert!(!marked.contains(&"plain"));

    let listing = Listing::of(&ranking);
    for line in listing.lines() {
        let entry = ranking.at(line.position()).unwrap();
        assert_eq!(line.not_understood(), entry.not_understood());
        let assessment = entry.assess();
        assert_eq!(assessment.not_understood(), line.not_understood());
        let record = Record::new(&assessment, time("2026-04-18")).unwrap();
        assert_eq!(record.not_understood().len(), line.not_understood().len());
        assert!(record.verify(&triage).unwrap().is_empty());
    }
    let mut written = Vec::new();
    listing.write_csv(&mut written).unwrap();
    let mut rows = csv::Reader::from_reader(&*written);
    let column = rows.headers().unwrap().iter().position(|name| name == "not_understood").unwrap();
    for (row, line) in rows.records().zip(listing.lines()) {
        let row = row.unwrap();
        let parts = line.not_understood();
        assert_eq!(row[column].is_empty(), parts.is_empty());
        parts.iter().for_each(|part| assert!(row[column].contains(part.item()), "{row:?}"));
    }
    let mut written = Vec::new();
    listing.write_ndjson(&mut written).unwrap();
    for (row, line) in written.split(|byte| *byte == b'\n').zip(listing.lines()) {
        let row: serde_json::Value = serde_json::from_slice(row).unwrap();
        assert_eq!(row["not_understood"], serde_json::json!(line.not_understood()));
    }
    let table = listing.table(10).to_string();
    assert_eq!(table.matches("not understood: ").count(), 3, "{table}");
}

#[test]
fn plans_tell_it_of_those_who_wait_as_well() {
    let triage = toy();
    for capacity in [0, 1, 9] {
        let (ranking, plan) = plan(&triage, capacity);
        let told: Vec<&str> =
            plan.partly_understood().iter().map(|complaint| complaint.id()).collect();
        let expected: Vec<&str> = ranking
            .iter()
            .map(|entry| entry.id())
            .filter(|id| ["danger", "partly"].contains(id))
            .collect();
        assert_eq!(told, expected);
        let sheets = [
            plan.planner_sheet(),
            plan.morning_sheet(&ranking, None).to_string(),
            plan.morning_page(&ranking, None),
        ];
        for sheet in sheets {
            // Before the work: danger may stand in what was not understood.
            let told = sheet.find("Not wholly understood: 2").unwrap();
            assert!(sheet.find("Must act").is_none_or(|work| told < work));
            assert!(!sheet.contains("<b>"), "{sheet}");
        }
    }
}

#[test]
fn another_scale_counts_everybody_once() {
    let triage = toy();
    let (ranking, plan) = plan(&triage, 1);
    let scale = plan.scale().unwrap();
    let counted: usize =
        scale.rows().iter().map(|row| row.must() + row.bands().iter().sum::<usize>()).sum();
    assert_eq!(counted, 3);
    let unknown = scale.rows().last().unwrap();
    assert_eq!(
        (unknown.answer(), unknown.must() + unknown.bands().iter().sum::<usize>()),
        ("unknown", 2)
    );
    for sheet in [plan.planner_sheet(), plan.morning_sheet(&ranking, None).to_string()] {
        assert!(sheet.contains("## `prior_reports` beside our bands"), "{sheet}");
    }
    assert!(plan.morning_page(&ranking, None).contains("prior_reports beside our bands"));
}

#[test]
fn a_scale_that_the_codebook_does_not_list_is_refused() {
    let triage = toy();
    let ranking = triage.rank(&backlog(&triage)).unwrap();
    let period = Period { start: time("2026-04-18"), end: time("2026-04-19") };
    let planner = Planner::new(&triage, Seed(7)).unwrap().with_scale("level");
    let refused = planner.plan(&ranking, &Request::new(period, 1), &Carry::default()).unwrap_err();
    assert!(matches!(&refused, PlanError::UnlistedItem { item, .. } if item == "level"));
    assert_eq!(
        refused.to_string(),
        "the codebook does not list the item `level`, which is laid beside our bands"
    );
}

fn read(text: &str) -> caserank::backlog::IntakeReport {
    read_by(&toy(), text)
}

fn read_by(triage: &Triage, text: &str) -> caserank::backlog::IntakeReport {
    let reading = triage.reading().with_unlisted(Unlisted::Report);
    let read = match text.starts_with('{') {
        true => Backlog::read_ndjson(triage.codebook(), text.as_bytes(), reading),
        false => Backlog::read_csv(triage.codebook(), text.as_bytes(), reading),
    };
    read.unwrap().report().clone()
}

/// A source of which nothing answers any item is ranked by dates alone, and that is told, whatever its form.
#[test]
fn a_source_without_any_answer_needs_a_person() {
    for text in [
        "id,received\na,2026-04-17\nb,2026-04-18\n",
        "id,received,unit,urgent\na,2026-04-17,north,\n",
        "{\"id\":\"a\",\"received\":\"2026-04-17\",\"answers\":{}}\n",
        "{\"id\":\"a\",\"received\":\"2026-04-17\",\"answers\":null}\n",
    ] {
        let report = read(text);
        assert!(report.answers_nothing() && !report.is_clean(), "{text}");
        assert!(report.to_string().contains("NOTHING ANSWERED"), "{report}");
    }
    let some = read("id,received,urgent\na,2026-04-17,\nb,2026-04-17,no\n");
    assert!(!some.answers_nothing() && some.is_clean(), "{some}");
    let none = read("id,received,urgent\n");
    assert!(!none.answers_nothing() && none.is_clean(), "{none}");
}

/// Answers are found under their item's name in other letters, whichever way a line is read.
#[test]
fn items_of_json_are_found_in_other_letters() {
    for name in ["URGENT", "Urgent", "urgent?", "\u{ff35}rgent", "ur\u{200b}gent", "_urgent"] {
        for more in ["", ",\"unit\":\"n\\u006frth\"", ",\"stage\":\"intake\""] {
            let text = format!(
                "{{\"id\":\"a\",\"received\":\"2026-04-17\"{more},\"answers\":{{\"{name}\":\"yes\"}}}}\n"
            );
            let triage = toy();
            let read = Backlog::read_ndjson(triage.codebook(), text.as_bytes(), triage.reading());
            let read = read.unwrap();
            assert_eq!(read.backlog().codes()[[0, 0]], 2, "{text}: {}", read.report());
        }
    }
}

/// A column that shares the telling words of an item is asked about, though its name is no misspelling.
#[test]
fn columns_that_share_words_with_an_item_are_asked_about() {
    for heading in ["reports prior to this", "Reports", "Number of prior reports (all)"] {
        let text = format!("id,received,urgent,{heading}\na,2026-04-17,no,3\n");
        let report = read(&text);
        assert_eq!(report.unmatched()[0].resembles(), Some("prior_reports"), "{report}");
        assert!(!report.is_clean());
    }
    // Forms of width are no other letters.
    let wide =
        read("id,received,\u{ff35}\u{ff32}\u{ff27}\u{ff25}\u{ff2e}\u{ff34}\na,2026-04-17,no\n");
    assert!(wide.unmatched().is_empty(), "{wide}");
}

/// All answers of a record that cannot be read could be any answer.
#[test]
fn answers_that_cannot_be_read_at_all_could_hide_danger() {
    let text = "{\"id\":\"a\",\"received\":\"2026-04-17\",\"answers\":[\"urgent\"]}\n";
    let report = read_by(&caserank::reference::published().unwrap(), text);
    assert!(report.to_string().contains("could hide danger: `answers`"), "{report}");
}

#[test]
fn an_answer_whose_value_stands_twice_is_the_more_dangerous_and_told() {
    let triage = toy();
    for values in [r#""value":"yes","value":"no""#, r#""value":"no","value":"yes""#] {
        let line =
            format!(r#"{{"id":"a","received":"2026-04-17","answers":{{"urgent":{{{values}}}}}}}"#);
        let read = Backlog::read_ndjson(triage.codebook(), line.as_bytes(), triage.reading());
        let backlog = read.unwrap().backlog().clone();
        let complaint = backlog.complaint(0);
        assert_eq!(complaint.given("urgent").unwrap().value.to_string(), "yes", "{values}");
        assert_eq!(backlog.not_understood(0).len(), 1, "{values}");
    }
}

#[test]
fn a_file_that_comes_again_and_whose_times_lie_far_apart_adds_nothing() {
    let triage = toy();
    let reading = triage.reading().with_repeated(Repeated::First);
    let mut builder = BacklogBuilder::new(triage.codebook()).with_reading(reading);
    let file =
        "{\"id\":\"a\",\"received\":\"2026-04-17\"}\n{\"id\":\"b\",\"received\":\"2062-04-17\"}\n";
    for repeated in [0, 2] {
        let report = builder.read_ndjson(file.as_bytes()).unwrap();
        assert_eq!((report.repeated(), builder.len()), (repeated, 2));
    }
}

#[test]
fn a_unit_with_a_letter_that_is_none_is_told_and_not_taken() {
    let triage = toy();
    let line = b"{\"id\":\"a\",\"received\":\"2026-04-17\",\"unit\":\"K\xF6ln\"}";
    let read = Backlog::read_ndjson(triage.codebook(), &line[..], triage.reading()).unwrap();
    assert_eq!(read.backlog().unit(0), None);
    assert_eq!(read.backlog().not_understood(0).len(), 1);
}

/// A key that stands twice hides nothing: the first unit counts, the earlier time and the later stage, and it is told.
#[test]
fn a_key_of_a_line_that_stands_twice_is_told() {
    let triage = toy();
    for (twice, told) in [
        (r#""unit":"north","unit":"south""#, 1),
        (r#""unit":"north","unit":"north""#, 0),
        (r#""subject":"p","subject":"q""#, 1),
        (r#""bundle":"p","bundle":"q""#, 1),
        (r#""received":"2026-05-17","stage":"field","stage":"intake""#, 1),
    ] {
        let line = format!(r#"{{"id":"a","received":"2026-04-17",{twice}}}"#);
        let read = Backlog::read_ndjson(triage.codebook(), line.as_bytes(), triage.reading());
        let backlog = read.unwrap().backlog().clone();
        assert_eq!(backlog.not_understood(0).len(), told, "{twice}");
        assert_eq!(backlog.received(0), time("2026-04-17"), "{twice}");
        if twice.contains("unit") {
            assert_eq!(backlog.unit(0), Some("north"));
        }
        if twice.contains("stage") {
            assert_eq!(backlog.complaint(0).stage(), caserank::codebook::Stage::Field);
        }
    }
}

/// Of more deadlines than a complaint may have, those that come first count, and the others are told.
#[test]
fn deadlines_of_records_that_are_joined_are_not_dropped_without_a_word() {
    let triage = toy();
    let line = |month: usize, days: std::ops::Range<usize>| {
        let deadlines: Vec<String> = days
            .map(|day| {
                format!(
                    r#"{{"due":"2026-{month:02}-{:02}T{:02}:00:00Z","kind":"preservation"}}"#,
                    day / 20 + 1,
                    day % 20
                )
            })
            .collect();
        format!(
            "{{\"id\":\"a\",\"received\":\"2026-04-17\",\"deadlines\":[{}]}}\n",
            deadlines.join(",")
        )
    };
    let file = line(6, 0..60) + &line(5, 0..10);
    let read = Backlog::read_ndjson(triage.codebook(), file.as_bytes(), triage.reading()).unwrap();
    let backlog = read.backlog();
    let complaint = backlog.complaint(0);
    assert_eq!(complaint.deadlines().len(), 64);
    assert_eq!(complaint.deadlines()[0].due, time("2026-05-01"));
    assert_eq!(backlog.not_understood(0).len(), 6, "{:?}", backlog.not_understood(0));
}
