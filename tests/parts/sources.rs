//! From which file and line a complaint came: kept where a source is named, through parts, repeats and quotes.
#![allow(clippy::unwrap_used)]

use caserank::backlog::{Reading, Repeated};
use caserank::listing::Listing;
use caserank::{Backlog, BacklogBuilder, Triage, reference};

const FIRST: &str = "id,received,unit\nb,2026-04-18,north\n\n\"a\",2026-04-17,\"north\nof the river\"\nc,2026-04-19,south\n";
const SECOND: &str = "id,received\nd,2026-04-16\nc,2026-04-19\n";

fn published() -> Triage {
    reference::published().unwrap()
}

fn both(repeated: Repeated) -> Backlog {
    let triage = published();
    let reading = Reading::new().with_repeated(repeated);
    let mut builder = BacklogBuilder::new(triage.codebook()).with_reading(reading);
    builder.set_source("monday, first.csv");
    builder.read_csv(FIRST.replace("\"north\nof the river\"", "north").as_bytes()).unwrap();
    builder.set_source("tuesday.csv");
    builder.read_csv(SECOND.as_bytes()).unwrap();
    builder.freeze()
}

fn told(backlog: &Backlog, id: &str) -> Option<(String, u64)> {
    let source = backlog.source(backlog.row_of(id).unwrap())?;
    Some((source.file().to_owned(), source.line()))
}

#[test]
fn each_complaint_knows_its_file_and_line() {
    let at = |file: &str, line| Some((file.to_owned(), line));
    let merged = both(Repeated::Merge);
    assert_eq!(told(&merged, "b"), at("monday, first.csv", 2));
    // A blank line is a line.
    assert_eq!(told(&merged, "a"), at("monday, first.csv", 4));
    assert_eq!(told(&merged, "d"), at("tuesday.csv", 2));
    // Of records of one id the first that counts.
    assert_eq!(told(&merged, "c"), at("monday, first.csv", 5));
    assert_eq!(told(&both(Repeated::First), "c"), at("monday, first.csv", 5));
    assert_eq!(told(&both(Repeated::Last), "c"), at("tuesday.csv", 3));
}

#[test]
fn nothing_is_kept_where_no_source_is_named() {
    let triage = published();
    let read = Backlog::read_csv(triage.codebook(), SECOND.as_bytes(), Reading::new()).unwrap();
    assert_eq!(told(read.backlog(), "d"), None);
    let ranking = triage.rank(read.backlog()).unwrap();
    let mut csv = Vec::new();
    Listing::of(&ranking).write_csv(&mut csv).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert!(csv.lines().next().unwrap().ends_with(",source_file,source_line"), "{csv}");
    assert!(csv.lines().skip(1).all(|line| line.ends_with(",,")), "{csv}");
}

/// Other readers, and a backlog added to another, keep it too.
#[test]
fn other_doors_keep_it_too() {
    let triage = published();
    let lines = "{\"id\":\"n\",\"received\":\"2026-04-17\",\"answers\":{}}\n\n{\"id\":\"m\",\"received\":\"2026-04-16\",\"answers\":{}}\n";
    let reading = Reading::new().with_source("tips.ndjson");
    let read = Backlog::read_ndjson(triage.codebook(), lines.as_bytes(), reading).unwrap();
    let at = |line| Some(("tips.ndjson".to_owned(), line));
    assert_eq!((told(read.backlog(), "n"), told(read.backlog(), "m")), (at(1), at(3)));

    let table = "Case No;Came in;Concern\nx;17.04.2026;both\ny;18.04.2026;csem\n";
    let mapping = r#"{"format_version": 1, "id": "office", "version": "1.0.0", "description": "Made up.",
        "source": {"table": {"separator": ";"}}, "times": {"forms": ["day_first"], "zone": "+00:00"},
        "complaint": {"id": {"from": "Case No"}, "received": {"from": "Came in"}},
        "items": {"concern": {"from": "Concern"}}}"#;
    let mapping = caserank::intake::Mapping::from_json(mapping).unwrap();
    let reading = Reading::new().with_source("x.csv");
    let intake = mapping.read(triage.codebook(), table.as_bytes(), &reading).unwrap();
    assert_eq!(told(intake.backlog(), "y"), Some(("x.csv".to_owned(), 3)));

    let mut all = BacklogBuilder::new(triage.codebook());
    all.extend(read.backlog()).unwrap();
    assert_eq!(told(&all.freeze(), "m"), at(3));
}

#[test]
fn a_ranking_says_it_in_both_forms() {
    let triage = published();
    let backlog = both(Repeated::Merge);
    let ranking = triage.rank(&backlog).unwrap();
    let (mut csv, mut lines) = (Vec::new(), Vec::new());
    Listing::of(&ranking).write_csv(&mut csv).unwrap();
    Listing::of(&ranking).write_ndjson(&mut lines).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    let of = |id: &str| csv.lines().find(|line| line.split(',').nth(1) == Some(id)).unwrap();
    // A comma in a file's name is quoted.
    assert!(of("b").ends_with(",\"monday, first.csv\",2"), "{}", of("b"));
    assert!(of("d").ends_with(",tuesday.csv,2"), "{}", of("d"));
    let mut seen = 0;
    for line in String::from_utf8(lines).unwrap().lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let (file, line) = told(&backlog, row["id"].as_str().unwrap()).unwrap();
        assert_eq!((&row["source_file"], &row["source_line"]), (&file.into(), &line.into()));
        seen += 1;
    }
    assert_eq!(seen, 4);
}

/// A reading by itself cannot know what another source said: ids that were there before are told all the same, danger first.
#[test]
fn what_is_read_apart_is_told_when_it_is_joined() {
    use caserank::intake::Mapping;

    let triage = published();
    let table = |danger: &str| {
        format!("id;received;imminent_danger_flag\nx;2026-04-17;{danger}\nB;2026-04-18;no\n")
    };
    let first = "id,received,imminent_danger_flag\nx,2026-04-17,no\nb,2026-04-18,no\n";
    for (said, danger) in [("yes", true), ("no", false)] {
        let mut builder = BacklogBuilder::new(triage.codebook()).with_reading(triage.reading());
        builder.read_csv(first.as_bytes()).unwrap();
        let table = table(said);
        let mapping = Mapping::propose(table.as_bytes(), triage.codebook()).unwrap();
        let mapping = mapping.mapping().unwrap();
        let intake = mapping
            .read(triage.codebook(), table.as_bytes(), &triage.reading().with_source("second.csv"))
            .unwrap();
        assert!(intake.report().is_clean());
        let report = builder.extend_with(intake).unwrap();
        assert_eq!((report.records(), report.repeated(), report.complaints()), (2, 1, 1));
        let repeated = &report.repeated_ids().first()[0];
        assert_eq!((repeated.id(), repeated.line(), repeated.is_danger()), ("x", 2, danger));
        assert_eq!(report.look_alikes().count(), 1, "{report}");
        assert!(!report.is_clean());
        // The more dangerous answer counts, whichever came first.
        let backlog = builder.freeze();
        let ranking = triage.rank(&backlog).unwrap();
        let must = ranking.iter().filter(|entry| entry.lane() == caserank::Lane::Must).count();
        assert_eq!((ranking.len(), must), (3, usize::from(danger)));
    }
}
