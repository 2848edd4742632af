//! Tables as they really arrive: every file of `fixtures/messy`, read by its mapping, gives the rows
//! of the clean one; what is damaged is told and not lost.
#![allow(clippy::unwrap_used)]

use caserank::backlog::{DangerAnswers, Intake, Reading, WhyNotRankable, write_not_rankable};
use caserank::codebook::ItemIndex;
use caserank::intake::{Importer, Mapping, SourceError, SourceKind};
use caserank::{Backlog, Codebook, Timestamp};

use crate::common::TOY_CODEBOOK;

macro_rules! messy {
    ($name:literal) => {
        Messy {
            name: $name,
            bytes: include_bytes!(concat!("../../fixtures/messy/", $name)),
            mapping: include_str!(concat!("../../fixtures/messy/", $name, ".mapping.json")),
        }
    };
}

/// A messy file, and the mapping that stands beside it.
struct Messy {
    name: &'static str,
    bytes: &'static [u8],
    mapping: &'static str,
}

const CLEAN: &[u8] = include_bytes!("../../fixtures/messy/clean.csv");
const MESSY: [Messy; 6] = [
    messy!("german.csv"),
    messy!("us_spreadsheet.tsv"),
    messy!("title_and_totals.csv"),
    messy!("flags.csv"),
    messy!("flat.ndjson"),
    messy!("nested.json"),
];
const DAMAGED: Messy = messy!("damaged.csv");

fn item(id: &str) -> ItemIndex {
    codebook().item_index(id).unwrap()
}

fn codebook() -> Codebook {
    Codebook::from_json(TOY_CODEBOOK).unwrap()
}

/// The answer that must not be lost.
fn danger() -> DangerAnswers {
    DangerAnswers::new(&codebook(), [("urgent", "yes")])
}

fn mapping(name: &str) -> Mapping {
    let found = MESSY.iter().chain([&DAMAGED]).find(|messy| messy.name == name).unwrap();
    Mapping::from_json(found.mapping).unwrap()
}

/// Every row: id, time, unit and codes, in tie order.
fn rows(backlog: &Backlog) -> Vec<(String, Timestamp, Option<String>, Vec<u8>)> {
    let row = |row: usize| {
        let mut codes = vec![0; backlog.codebook().items().len()];
        backlog.codes_of(row, &mut codes);
        let unit = backlog.unit(row).map(str::to_owned);
        (backlog.id(row).to_owned(), backlog.received(row), unit, codes)
    };
    (0..backlog.len()).map(row).collect()
}

fn counts_add_up(intake: &Intake) {
    let report = intake.report();
    assert_eq!(
        report.records(),
        report.understood() + report.partly_understood() + report.not_rankable()
    );
    assert_eq!(
        report.lines(),
        report.heading_lines() + report.blank_lines() + report.record_lines()
    );
    assert_eq!(intake.backlog().len() as u64, report.complaints());
}

/// A table in the toy codebook's own names, read by a mapping that says no more than it must.
fn plain(extra: &str) -> Mapping {
    Mapping::from_json(&format!(
        r#"{{"format_version": 1, "id": "plain", "version": "1.0.0",
            "source": {{"table": {{}}}}, {extra}
            "complaint": {{"id": {{"from": "id"}}, "received": {{"from": "received"}}, "unit": {{"from": "unit"}}}},
            "items": {{"urgent": {{"from": "urgent"}}, "prior_reports": {{"from": "prior_reports"}}}}}}"#
    ))
    .unwrap()
}

fn read(mapping: &Mapping, table: impl AsRef<[u8]>) -> Intake {
    let reading = Reading::new().with_danger(danger());
    let intake = mapping.read(&codebook(), table.as_ref(), &reading).unwrap();
    counts_add_up(&intake);
    intake
}

#[test]
fn each_messy_file_has_the_rows_of_the_clean_one() {
    let codebook = codebook();
    let clean = plain("").read(&codebook, CLEAN, &Reading::new());
    // The clean file has one item more than `plain` reads.
    let clean = rows(clean.unwrap().backlog()).len();
    let own = mapping("damaged.csv").read(&codebook, CLEAN, &Reading::new()).unwrap();
    let expected = rows(own.backlog());
    assert_eq!((clean, expected.len()), (5, 5));
    for messy in &MESSY {
        let mapping = Mapping::from_json(messy.mapping).unwrap();
        let intake = mapping.read(&codebook, messy.bytes, &Reading::new()).unwrap();
        counts_add_up(&intake);
        assert_eq!(rows(intake.backlog()), expected, "{}", messy.name);
        assert_eq!(intake.report().partly_understood(), 0, "{}: {}", messy.name, intake.report());
        let named = intake.report().mapping().unwrap();
        assert_eq!(named.fingerprint(), mapping.fingerprint().to_string());
    }
}

#[test]
fn a_row_of_totals_is_no_complaint_and_is_told() {
    let messy = MESSY.iter().find(|messy| messy.name == "title_and_totals.csv").unwrap();
    let intake = read(&mapping(messy.name), messy.bytes);
    assert_eq!(intake.report().not_rankable(), 1);
    let record = &intake.not_rankable()[0];
    assert!(matches!(record.why(), WhyNotRankable::NoTime), "{record}");
    assert_eq!(record.bytes(), b"TOTAL|||2|1209|||");
    assert_eq!((record.first_line(), record.last_line()), (11, 11));
}

#[test]
fn damage_is_told_and_no_danger_is_lost() {
    let intake = read(&mapping("damaged.csv"), DAMAGED.bytes);
    let report = intake.report();
    let (backlog, aside) = (intake.backlog(), intake.not_rankable());
    // Nine rows below the heading: two with one id, one that is the heading again.
    assert_eq!(report.records(), 8);
    let row = backlog.row_of("2026-001").unwrap();
    assert_eq!(
        backlog.code(row, item("urgent")),
        2,
        "the second row of the id says no, and does not win"
    );
    assert_eq!(report.repeated(), 1);
    let what = backlog.not_understood(row);
    assert!(what.iter().any(|what| what.text() == "1.200"), "{what:?}");
    let mut lines: Vec<u64> = aside.iter().map(|record| record.first_line()).collect();
    lines.sort_unstable();
    assert_eq!(lines, [3, 4, 5, 6, 8], "{report}");
    let whys: Vec<String> = aside.iter().map(ToString::to_string).collect();
    for text in ["quote", "01/04/2026", "5 fields", "no id", "`received`"] {
        assert!(whys.iter().any(|why| why.contains(text)), "{text}: {whys:?}");
    }
    // The records that say danger come first.
    let danger = danger();
    let is_danger: Vec<bool> = aside.iter().map(|record| record.is_danger(&danger)).collect();
    // The date that is not read, and the row without an id.
    assert_eq!(is_danger.iter().filter(|&&danger| danger).count(), 2, "{is_danger:?}");
    assert!(is_danger.is_sorted_by(|first, second| first >= second), "{is_danger:?}");
}

#[test]
fn what_is_set_aside_reads_again_once_it_is_mended() {
    let messy = MESSY.iter().find(|messy| messy.name == "german.csv").unwrap();
    let broken = String::from_utf8_lossy(messy.bytes).into_owned();
    let broken: Vec<u8> = broken
        .replace("02.04.2026 07:15", "2.4. 07:15")
        .chars()
        .map(
            |letter| {
                if letter == char::REPLACEMENT_CHARACTER { 0xFC } else { letter as u32 as u8 }
            },
        )
        .collect();
    let mapping = mapping("german.csv");
    let intake = read(&mapping, &broken);
    assert_eq!((intake.backlog().len(), intake.not_rankable().len()), (4, 1));
    let mut written = Vec::new();
    write_not_rankable(intake.not_rankable(), intake.report().heading(), &mut written).unwrap();
    // What is written is UTF-8 and says so, though the mapping states another encoding.
    let mended = String::from_utf8(written).unwrap().replace("2.4. 07:15", "02.04.2026 07:15");
    let again = read(&mapping, &mended);
    assert_eq!((again.backlog().len(), again.not_rankable().len()), (1, 0), "{}", again.report());
    assert_eq!(again.backlog().id(0), "2026-003");
}

#[test]
fn a_table_is_read_whatever_its_line_ends_marks_and_comments() {
    let mapping = plain("");
    let expected = rows(
        read(
            &mapping,
            "id,received,unit,urgent,prior_reports\na,2026-04-17,n,yes,3\nb,2026-04-18,,no,\n",
        )
        .backlog(),
    );
    for table in [
        "id,received,unit,urgent,prior_reports\r\na,2026-04-17,n,yes,3\r\nb,2026-04-18,,no,\r\n",
        "id,received,unit,urgent,prior_reports\ra,2026-04-17,n,yes,3\rb,2026-04-18,,no,",
        "\u{feff}\u{feff}ID,Received,UNIT,Urgent?,Prior-Reports\n\n\na,2026-04-17,n,YES,3\n,,,,\nb,2026-04-18,,No,",
        "\n\nsep=,\nid,received,unit,urgent,prior_reports,,\na,2026-04-17,n,yes,3,,\nb,2026-04-18,,no,,,\n",
        "sep=;\nid;received;unit;urgent;prior_reports\na;2026-04-17;n;yes;3\nb;2026-04-18;;no;\n",
        "\"id\",\"received\",\"unit\",\"urgent\",\"prior_reports\"\n\"a\",\"2026-04-17\",\"n\",\"yes\",\"3\"\n\"b\",\"2026-04-18\",\"\",\"no\",\"\"\n",
    ] {
        assert_eq!(rows(read(&mapping, table).backlog()), expected, "{table:?}");
    }
    let commented = Mapping::from_json(
        &serde_json::to_string(&mapping)
            .unwrap()
            .replace("\"table\":{", "\"table\":{\"comment\":\"#\","),
    );
    let table = "# made up\nid,received,unit,urgent,prior_reports\na,2026-04-17,n,yes,3\n# half-way\nb,2026-04-18,,no,\n";
    assert_eq!(rows(read(&commented.unwrap(), table).backlog()), expected);
}

#[test]
fn what_cannot_be_read_is_refused_with_the_way_out() {
    let codebook = codebook();
    let refused = |mapping: &Mapping, bytes: &[u8]| {
        mapping.read(&codebook, bytes, &Reading::new()).unwrap_err()
    };
    let mapping = plain("");
    for (bytes, texts) in [
        (&b"\x1F\x8B\x08\x00\x00"[..], ["gzip", "gunzip"]),
        (b"\x28\xB5\x2F\xFD\x00", ["Zstandard", "zstd"]),
        (b"PK\x03\x04....xl/workbook.xml", ["XLSX", "CSV"]),
        (b"PAR1\x00", ["Parquet", "CSV"]),
        (b"%PDF-1.7", ["PDF", "data"]),
        (b"<?xml version=\"1.0\"?><a/>", ["XML", "cybertipline"]),
        (b"<!DOCTYPE html><html>", ["web page", "again"]),
        (b"", ["empty", "heading"]),
        (b"\n \n", ["empty", "heading"]),
        (b"[{\"id\": \"a\"}]", ["JSON", "draft a mapping"]),
        (b"id;received;urgent\na;2026-04-17;yes\n", ["`id;received;urgent`", "a semicolon"]),
        (b"case,received,urgent\na,2026-04-17,yes\n", ["no column `id`", "`case`"]),
        (b"id,day,urgent\na,2026-04-17,yes\n", ["time of receipt", "`day`"]),
        (
            b"id,received,Urgency level\na,2026-04-17,yes\n",
            ["none of the columns of items", "`Urgency level`"],
        ),
        (b"id,received,urgent,urgent\na,2026-04-17,yes,no\n", ["`urgent`", "one name"]),
    ] {
        let error = refused(&mapping, bytes).to_string();
        for text in texts {
            assert!(error.contains(text), "{text}: {error}");
        }
    }
    // The column that alone can say danger has another name: nothing is ranked without it.
    let table = b"id,received,urgnt,prior_reports\na,2026-04-17,yes,3\n";
    let reading = Reading::new().with_danger(danger());
    let error = mapping.read(&codebook, &table[..], &reading).unwrap_err().to_string();
    assert!(error.contains("item `urgent`") && error.contains("`urgnt`"), "{error}");
    let error = refused(&plain(""), b"{\"id\": 1}\n{\"id\": 2}\n");
    assert!(matches!(error, SourceError::OtherKind { found: SourceKind::NdJson, .. }), "{error}");
}

#[test]
fn columns_that_nothing_reads_are_told_danger_first() {
    let table = "id,received,Urgent flag,colour,note,prior_reports,assigned\na,2026-04-17,yes,red,,3,x\nb,2026-04-18,,red,x,,\n";
    let mapping = Mapping::from_json(
        r#"{"format_version": 1, "id": "plain", "version": "1.0.0", "source": {"table": {}},
            "complaint": {"id": {"from": "id"}, "received": {"from": "received"}},
            "items": {"prior_reports": {"from": "Prior reports"}, "access_route": {"from": "Access"}},
            "ignore": ["Assigned"]}"#,
    );
    let intake = read(&mapping.unwrap(), table);
    let report = intake.report();
    let told: Vec<(&str, u64)> =
        report.unmatched().iter().map(|column| (column.name(), column.filled())).collect();
    assert_eq!(told, [("Urgent flag", 1), ("colour", 2), ("note", 1)]);
    assert_eq!(report.unmatched()[0].resembles(), Some("urgent"));
    assert_eq!(report.absent_columns(), ["Access"]);
    assert_eq!(report.renamed().len(), 1, "`prior_reports` for `Prior reports`");
    assert!(report.to_string().contains("Access"), "{report}");
}

#[test]
fn missing_words_never_lead_to_no_and_codes_for_missing_are_declared() {
    let words = ["NA", "N/A", "NaN", "None", "null", "unk.", "?", "-", "-9", "999"];
    let table: String = words
        .iter()
        .enumerate()
        .map(|(place, word)| format!("{place},2026-04-17,,{word},{word}\n"))
        .collect();
    let table = format!("id,received,unit,urgent,prior_reports\n{table}");
    let intake = read(&plain(""), &table);
    for (row, word) in words.iter().enumerate() {
        assert_eq!(intake.backlog().code(row, item("urgent")), 0, "{word}");
    }
    assert_eq!(intake.report().partly_understood(), words.len() as u64);
    // `None` is an answer of the second item in small letters; in capitals it is not taken for it.
    assert_eq!(intake.backlog().code(3, item("prior_reports")), 0);
    let declared = r#""missing": ["NA", "N/A", "NaN", "null", "unk.", "?", "-"], "missing_numbers": [-9, 999],"#;
    let intake = read(&plain(declared), &table);
    let told: Vec<String> =
        intake.report().causes().iter().map(|cause| cause.what().to_string()).collect();
    // What is left: the word that is an answer elsewhere, and numbers for an item that takes none.
    assert_eq!(told.len(), 4, "{told:?}");
}

#[test]
fn the_mapping_says_what_a_second_row_does() {
    let table = "id,received,unit,urgent,prior_reports\na,2026-04-17,,no,3\na,2026-04-18,,yes,\n";
    for (rule, urgent, reports) in [("merge", 2, 3), ("first", 1, 3), ("last", 2, 0)] {
        let intake = read(&plain(&format!("\"second_row\": \"{rule}\",")), table);
        let backlog = intake.backlog();
        assert_eq!(backlog.len(), 1);
        let codes = ["urgent", "prior_reports"].map(|id| backlog.code(0, item(id)));
        assert_eq!(codes, [urgent, reports], "{rule}");
        assert_eq!(intake.report().repeated_ids().count(), 1);
    }
}

#[test]
fn one_answer_from_several_columns_and_several_from_one() {
    let mapping = |take: &str| {
        Mapping::from_json(&format!(
            r#"{{"format_version": 1, "id": "several", "version": "1.0.0", "source": {{"table": {{}}}},
                "complaint": {{"id": {{"from": "id"}}, "received": {{"from": "received"}}, "origin": {{"constant": "synthetic"}},
                    "deadlines": [{{"kind": "preservation", "from": "reported", "plus_days": 365}}]}},
                "items": {{
                    "urgent": {{"from": ["first", "second"], "take": "{take}"}},
                    "prior_reports": {{"constant": "none"}},
                    "access_route": {{"from": "place", "words": {{"home": "household"}}, "present": "work",
                        "known_at": {{"from": "seen"}}}}}}}}"#
        ))
        .unwrap()
    };
    let table = "id,received,reported,first,second,place,seen\n\
        a,2026-04-17,2026-04-16,no,yes,home,2026-04-20\nb,2026-04-18,,perhaps,no,a school,\nc,2026-04-19,x,,,,\n";
    for (take, urgent) in [("most_dangerous", 2), ("first_known", 1)] {
        let intake = read(&mapping(take), table);
        let backlog = intake.backlog();
        let items: Vec<_> = codebook().item_indices().collect();
        let code = |id: &str, item: usize| backlog.code(backlog.row_of(id).unwrap(), items[item]);
        assert_eq!([code("a", 0), code("b", 0), code("c", 0)], [urgent, 1, 0], "{take}");
        assert_eq!([code("a", 1), code("a", 2), code("b", 2), code("c", 2)], [1, 2, 3, 0]);
        let a = backlog.row_of("a").unwrap();
        // A day as a deadline ends with its last second.
        assert_eq!(backlog.deadlines(a)[0].due, "2027-04-16T23:59:59Z".parse().unwrap());
        assert_eq!(
            backlog.complaint(a).given("access_route").unwrap().known_at,
            "2026-04-20".parse().ok()
        );
        let told = |id: &str| backlog.not_understood(backlog.row_of(id).unwrap());
        assert_eq!(told("b")[0].text(), "perhaps");
        assert_eq!(told("c")[0].item(), "preservation");
        assert_eq!(backlog.origin().to_string(), "synthetic");
    }
}

#[test]
fn a_time_that_cannot_be_read_takes_that_of_intake_where_the_caller_gives_one() {
    let table =
        "id,received,unit,urgent,prior_reports\na,17/4/2026,,yes,\nb,,,yes,\nc,2062-04-17,,yes,\n";
    let reading = Reading::new().with_time_of_intake("2026-05-01".parse().unwrap());
    let mapping = plain(r#""times": {"earliest": "1990-01-01", "latest": "2030-01-01"},"#);
    let intake = mapping.read(&codebook(), table.as_bytes(), &reading).unwrap();
    assert_eq!((intake.backlog().len(), intake.report().partly_understood()), (3, 3));
    assert_eq!(intake.backlog().received(0), "2026-05-01".parse().unwrap());
    let intake = read(&mapping, table);
    assert_eq!(intake.not_rankable().len(), 3);
    let strict = mapping.read(&codebook(), table.as_bytes(), &reading.strict()).unwrap();
    assert_eq!((strict.backlog().len(), strict.not_rankable().len()), (0, 3));
}

#[test]
fn json_that_breaks_off_keeps_what_came_before() {
    let mapping = Mapping::from_json(
        r#"{"format_version": 1, "id": "json", "version": "1.0.0", "source": {"json": {}},
            "complaint": {"id": {"from": "id"}, "received": {"from": "received"}},
            "items": {"urgent": {"from": "urgent"}}}"#,
    )
    .unwrap();
    let intake = read(
        &mapping,
        "[{\"id\": 1, \"received\": \"2026-04-17\", \"urgent\": true},\n {\"id\": 2, \"urgent\": true, \"rec",
    );
    assert_eq!((intake.backlog().len(), intake.not_rankable().len()), (1, 1));
    assert_eq!(intake.report().not_rankable_with_danger(), 1, "{}", intake.report());
    let lines = "{\"id\": 1, \"received\": \"2026-04-17\", \"urgent\": [false, true]}\nno JSON\n{\"id\": [2, 3], \"received\": \"2026-04-17\"}\n{\"id\": 4, \"received\": \"2026-04-17\", \"urgent\": {\"level\": 1}}\n";
    let intake = read(&mapping, lines);
    assert_eq!((intake.backlog().len(), intake.not_rankable().len()), (2, 2));
    assert_eq!(intake.backlog().code(0, item("urgent")), 2);
    // What stands deeper than a value is asked for could be danger: it is told with its complaint.
    let told = intake.backlog().not_understood(1);
    assert_eq!((told[0].item(), told[0].column()), ("urgent", Some("urgent.level")));
    assert!(Importer::new(&mapping, &codebook()).is_ok());
}

/// A table of several parts reads as it does row by row: a quote in its first row keeps it whole. Lines, counts,
/// merges and what is told are the same at any number of threads.
#[test]
fn a_large_table_read_in_parts_is_the_same_table() {
    use std::fmt::Write as _;
    let mut text = String::from("id,received,urgent,prior_reports,note\n");
    for number in 0..50_000 {
        let urgent = ["yes", "no", "", "unknown", "perhaps"][number * number % 7 % 5];
        let time = if number % 9_001 == 0 { "soon" } else { "2026-04-17T09:30:00Z" };
        // Some ids stand far apart twice; some rows have a field too few.
        let id = if number % 7_000 == 6_999 { number - 6_999 } else { number };
        let fields = if number % 11_003 == 5 { "3" } else { "3,seen" };
        writeln!(
            text,
            "k{id},{time},{urgent},{fields}{}",
            if number % 5_000 == 0 { "\r\n" } else { "" }
        )
        .unwrap();
    }
    assert!(text.len() > 1 << 20);
    let mapping = plain("");
    let parts = read(&mapping, &text);
    let whole = read(&mapping, text.replacen("k0", "\"k0\"", 1));
    assert_eq!(rows(parts.backlog()), rows(whole.backlog()));
    let told = |intake: &Intake| {
        let lines =
            intake.not_rankable().iter().map(|record| (record.first_line(), record.to_string()));
        (lines.collect::<Vec<_>>(), intake.report().to_string())
    };
    assert_eq!(told(&parts), told(&whole));
    assert!(parts.report().repeated() > 0 && parts.not_rankable().len() > 5);
    counts_add_up(&parts);
}

/// Of a record that is not whole, a danger answer behind the break is told, whatever its word: with marks in it, or
/// with letters that the writer escaped. What is whole behind it is ranked.
#[test]
fn a_broken_record_of_json_tells_every_word_of_danger() {
    let mapping = Mapping::from_json(
        r#"{"format_version": 1, "id": "json", "version": "1.0.0", "source": {"json": {}},
            "words": {"Yes, at once": "yes", "dringend: möglich": "yes", "nein": "no"},
            "complaint": {"id": {"from": "id"}, "received": {"from": "received"}},
            "items": {"urgent": {"from": "state.urgent"}}}"#,
    )
    .unwrap();
    for (word, is_danger) in [
        ("\"Yes, at once\"", true),
        ("\"dringend: m\\u00f6glich\"", true),
        ("\"dringend: möglich\"", true),
        ("true", true),
        ("[false, \"yes\"]", true),
        ("\"nein\"", false),
        ("null", false),
    ] {
        let record = |id: u32, comma: &str| {
            let state = format!("\"state\": {{\"urgent\": {word}}}");
            format!("{{\"id\": {id}, \"received\": \"2026-04-17\"{comma} {state}}}")
        };
        let broken = record(1, "");
        let list = format!("[{}, {broken}, {}]", record(0, ","), record(2, ","));
        for text in [list, format!("{}\n{broken}\n{}\n", record(0, ","), record(2, ","))] {
            let intake = read(&mapping, &text);
            assert_eq!((intake.backlog().len(), intake.not_rankable().len()), (2, 1), "{text}");
            let told = intake.report().not_rankable_with_danger();
            assert_eq!(told, u64::from(is_danger), "{text}");
        }
    }
}
