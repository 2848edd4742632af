//! Promise 10 for CSV: hostile files give a clear error or a refusal for each line that does not
//! fit, with its number, and never a panic.
#![allow(clippy::unwrap_used)]

use crate::common::{Draw, adds_up, any_case, cases, draws, told};
use caserank::backlog::{Intake, ReadError, Reading, Repeated, write_not_rankable};
use caserank::complaint::Unlisted;
use caserank::{Backlog, Codebook};
use proptest::prelude::*;

fn codebook() -> Codebook {
    Codebook::from_json(crate::common::TOY_CODEBOOK).unwrap()
}

fn read(text: impl AsRef<[u8]>) -> Intake {
    let intake = Backlog::read_csv(&codebook(), text.as_ref(), Unlisted::Refuse).unwrap();
    adds_up(&intake);
    intake
}

fn heading_error(text: &str) -> ReadError {
    Backlog::read_csv(&codebook(), text.as_bytes(), Unlisted::Refuse).unwrap_err()
}

const TEXT: &str = "id,received,unit,deadlines,urgent,prior_reports\n\
    a,2026-04-17,north,preservation=2026-05-01,yes,3\n\
    \"b \"\"x\"\"\",2026-04-17T00:00:00Z,,,no,\n\
    é,2026-04-18,\"a, b\",,,none\n";

#[test]
fn where_the_quotes_begin_changes_no_byte_of_a_snapshot() {
    let lines = [
        "id,received,deadlines",
        "a,2026-04-17,statutory=2026-05-01;own=2026-05-02",
        "b,2026-04-17,other=2026-05-01;preservation=2026-05-02",
        "c,2026-04-17,own=2026-05-01;third=2026-05-02",
    ];
    let saved = |quoted: usize| {
        let mut text = String::new();
        for (place, line) in lines.iter().enumerate() {
            let (id, rest) = line.split_once(',').unwrap();
            let quote = if place == quoted { "\"" } else { "" };
            text += &format!("{quote}{id}{quote},{rest}\n");
        }
        let mut file = Vec::new();
        read(text).backlog().save(&mut file).unwrap();
        file
    };
    for quoted in 1..lines.len() {
        assert_eq!(saved(quoted), saved(lines.len()), "line {}", quoted + 1);
    }
}

#[test]
fn a_file_cut_anywhere_is_read_up_to_the_cut() {
    let heading = TEXT.find('\n').unwrap();
    for end in 0..=TEXT.len() {
        let text = &TEXT.as_bytes()[..end];
        match Backlog::read_csv(&codebook(), text, Unlisted::Refuse) {
            Ok(intake) => {
                adds_up(&intake);
                let lines = text.iter().filter(|byte| **byte == b'\n').count() as u64;
                // Every line before the cut is read; what is told is of the one that is cut.
                let report = intake.report();
                assert!(report.understood() + 1 >= lines, "{end}: {report}");
                assert!(
                    told(&intake).iter().all(|(line, _)| *line == lines + 1),
                    "{end}: {report}"
                );
            }
            Err(error) => {
                assert!(end <= heading, "{end}: {error}");
                let known = matches!(
                    error,
                    ReadError::MissingColumn { .. }
                        | ReadError::UnlistedColumn { .. }
                        | ReadError::NoItems { .. }
                );
                assert!(known, "{end}: {error}");
            }
        }
    }
}

#[test]
fn headings_that_do_not_serve() {
    for (text, words) in [
        ("", "no column `id`"),
        ("\n\n", "no column `id`"),
        ("id\n", "no column `received`"),
        ("received\n", "no column `id`"),
        (
            "complaint id,received,urgent\n",
            "begins `complaint id,received,urgent` (is it `complaint id`?)",
        ),
        ("id,recieved,urgent\n", "(is it `recieved`?)"),
        ("id,received,id\n", "`id` twice"),
        ("ID,received,id\n", "`id` twice"),
        ("id,received,urgent,urgent\n", "`urgent` twice"),
        ("id,received,urgent, urgent \n", "`urgent` twice"),
        ("id,received,urgent,Urgent?\n", "`Urgent?` twice"),
        ("id,received,urgent,note,note\n", "`note` twice"),
        ("id,received,urgent,access_rute\n", "did you mean `access_route`"),
        ("id,received,urgent,urgent.known_a\n", "`urgent.known_a`"),
        ("id,received,one,two\n", "no column answers an item"),
        ("id;received\n", "separated by `;`, not by commas: the heading begins `id;received`"),
        ("id\treceived\turgent\n", "separated by `\\t`"),
        ("sep=;\nid;received\n", "separated by `;`"),
        ("Cases of 2026\nid,received,urgent\n", "begins `Cases of 2026`"),
        ("id,received,urgent,\u{0}\n", "not an item"),
        ("\u{1f}\u{8b}", "begins `"),
        ("{\"id\":1}", "this is JSON"),
        ("[{\"id\":1}]", "a JSON array"),
        ("<html>", "XML or HTML"),
    ] {
        let message = heading_error(text).to_string();
        assert!(message.contains(words), "{text:?}: {message}");
    }
    for (bytes, words) in [
        (&b"\x1F\x8B\x08"[..], "a gzip file"),
        (b"PK\x03\x04", "a spreadsheet"),
        (b"PAR1", "a Parquet file"),
        (b"\xFF\xFEi\0d\0", "UTF-16"),
        (b"i\0d\0,\0r\0e\0", "UTF-16"),
    ] {
        let error = Backlog::read_csv(&codebook(), bytes, Unlisted::Report).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
    let error = Backlog::read_csv(&codebook(), &b"id,received,\xFF\n"[..], Unlisted::Report);
    assert!(matches!(error, Err(ReadError::HeadingNotText)));
    let long = format!("id,received,{}\n", "x".repeat(5_000_000));
    assert!(heading_error(&long).to_string().len() < 300);
}

#[test]
fn headings_are_matched_without_case_blanks_and_marks() {
    let text =
        "ID, Received ,URGENT?,Prior Reports,urgent.Known_At,,\na,2026-04-17,yes,3,2026-04-18,,\n";
    let intake = read(text);
    assert_eq!(intake.backlog().codes().as_slice().unwrap(), [2, 3, 0]);
    let renamed = intake.report().renamed().iter().map(|column| (column.name(), column.read_as()));
    assert_eq!(
        renamed.collect::<Vec<_>>(),
        [
            ("ID", "id"),
            ("Received", "received"),
            ("URGENT?", "urgent"),
            ("Prior Reports", "prior_reports"),
            ("urgent.Known_At", "urgent.known_at"),
        ]
    );
    // Columns without a name are no fault, and what they hold is counted.
    let nameless = intake.report().unmatched();
    assert!(nameless[0].name().contains("without a name"), "{:?}", nameless[0]);
}

#[test]
fn columns_that_resemble_an_item_are_told_first() {
    let text = "id,received,prior_reports,a1,a2,a3,urgnet,z\na,2026-04-17,,1,1,1,yes,1\n";
    let intake = Backlog::read_csv(&codebook(), text.as_bytes(), Unlisted::Report).unwrap();
    let first = &intake.report().unmatched()[0];
    assert_eq!((first.name(), first.resembles(), first.filled()), ("urgnet", Some("urgent"), 1));
    assert!(intake.report().to_string().contains("did you mean `urgent`?"));
}

#[test]
fn marks_line_ends_and_blank_lines_and_their_numbers() {
    let lines = ["id,received,urgent", "a,2026-04-17,yes", "b,never,no", "c,2026-04-17,maybe"];
    let expected = |numbers: [u64; 2], text: String| {
        let intake = read(&text);
        let found = told(&intake);
        assert_eq!([found[0].0, found[1].0], numbers, "{text:?}");
        assert!(found[0].1.contains("never"), "{}", found[0].1);
        assert!(found[1].1.contains("maybe"), "{}", found[1].1);
        assert_eq!(intake.report().understood(), 1);
        assert_eq!(intake.report().partly_understood(), 1);
    };
    expected([3, 4], lines.join("\n"));
    expected([3, 4], format!("\u{feff}{}\n", lines.join("\n")));
    expected([3, 4], lines.join("\r\n"));
    expected([3, 4], format!("{}\r\n", lines.join("\r\n")));
    expected([5, 7], lines.join("\n\n"));
    expected([5, 7], lines.join("\r\n\r\n"));
    expected([5, 6], format!("\n\n{}", lines.join("\n")));
}

const HEADING: &str =
    "id,received,unit,stage,origin,deadlines,urgent,prior_reports,urgent.known_at";

fn lines(lines: &[(&[u8], &str)]) -> Vec<u8> {
    let mut text = HEADING.as_bytes().to_vec();
    for (line, _) in lines {
        text.push(b'\n');
        text.extend_from_slice(line);
    }
    text
}

#[test]
fn records_without_an_id_a_time_or_sure_cells_are_set_aside_whole() {
    let bad: &[(&[u8], &str)] = &[
        (b"a", "1 fields and the heading 9"),
        (b"a,2026-04-17,,,,,yes,,,", "10 fields and the heading 9"),
        (b",2026-04-17,,,,,,,", "no id"),
        (b" ,2026-04-17,,,,,,,", "no id"),
        (b"a,,,,,,,,", "no time of receipt"),
        (b"a,17/04/2026,,,,,,,", "17/04/2026"),
        (b"a,2026-04-17T09:30:60Z,,,,,,,", "is not a time"),
        (b"a,0026-04-17,,,,,,,", "outside the years 1970 to 2199"),
        (b"\xFF,2026-04-17,,,,,,,", "is not UTF-8"),
        (b"a\0b,2026-04-17,,,,,,,", "`a\\u{0}b` holds a control character"),
        (b"a,\xFF,,,,,,,", "is not a time"),
        (b"a,2026-04-17,,,,,\"ye\"s,,x", "quote"),
    ];
    let mut text = lines(bad);
    text.extend_from_slice(b"\nlast,2026-04-17,,,,,,,\n");
    let intake = read(&text);
    assert_eq!((intake.report().understood(), intake.report().records()), (1, 13));
    for (place, (record, (line, words))) in intake.not_rankable().iter().zip(bad).enumerate() {
        assert_eq!(record.first_line(), place as u64 + 2);
        assert_eq!(record.bytes(), *line);
        assert!(record.to_string().contains(words), "{record}: {words}");
    }
    // Written out, mended and read again, they are as any others.
    let mut file = Vec::new();
    write_not_rankable(intake.not_rankable(), intake.report().heading(), &mut file).unwrap();
    assert_eq!(file, [lines(bad), b"\n".to_vec()].concat());
}

#[test]
fn cells_that_are_not_understood_stay_with_their_complaint() {
    let bad: &[(&[u8], &str)] = &[
        (b"a0,2026-04-17,,later,,,yes,,", "`stage` holds `later`"),
        (b"a1,2026-04-17,,,real,,yes,,", "`origin` holds `real`"),
        (b"a2,2026-04-17,,,,tomorrow,yes,,", "tomorrow"),
        (b"a3,2026-04-17,,,,preservation=,yes,,", "preservation="),
        (b"a4,2026-04-17,,,,=2026-04-17,yes,,", "not a deadline"),
        (b"a5,2026-04-17,,,,A b=2026-04-17;own=2026-04-17,yes,,", "`A b"),
        (b"a6,2026-04-17,,,,,yes,yess,", "`prior_reports` holds `yess`"),
        (b"a7,2026-04-17,,,,,yes,1e3,", "1e3"),
        (b"a8,2026-04-17,,,,,yes,\"1,5\",", "1,5"),
        (b"a9,2026-04-17,,,,,yes,1.,", "`1.`"),
        (b"b0,2026-04-17,,,,,yes,1.200,", "one way"),
        (b"b1,2026-04-17,,,,,yes,-1,", "a number below 0"),
        (b"b2,2026-04-17,,,,,yes,,soon", "soon"),
        (b"b3,2026-04-17,\xFF,,,,yes,,", "`unit`"),
        (b"b4,2026-04-17,,,,\xFF,yes,,", "`deadlines`"),
        (b"b5,2026-04-17,,,,,yes,\0,", "\\u{0}"),
        (b"b6,2026-04-17,,,,,yes,NA,", "reads like a missing value"),
        (b"b7,2026-04-17,,,,,yes,None,", "reads like a missing value"),
    ];
    let intake = read(lines(bad));
    assert_eq!(intake.report().partly_understood(), bad.len() as u64, "{}", intake.report());
    let urgent = codebook().item_index("urgent").unwrap();
    for (row, (_, words)) in bad.iter().enumerate() {
        let backlog = intake.backlog();
        let row = backlog.row_of(&format!("{}{}", ["a", "b"][row / 10], row % 10)).unwrap();
        let [what] = &backlog.not_understood(row)[..] else { panic!("{words}") };
        assert!(what.to_string().contains(words), "{what}: {words}");
        // What else the record says counts.
        assert_eq!(backlog.code(row, urgent), 2);
        assert_eq!(backlog.complaint(row).not_understood(), std::slice::from_ref(what));
    }
    let late = intake.backlog().row_of("a5").unwrap();
    let due = intake.backlog().earliest_deadline(late).unwrap();
    assert_eq!(due.to_string(), "2026-04-17T23:59:59Z", "a date is a deadline at its end");
    // Strict reading sets the same records aside.
    let strict = Reading::new().strict();
    let strict = Backlog::read_csv(&codebook(), &*lines(bad), strict).unwrap();
    assert_eq!(strict.report().not_rankable(), bad.len() as u64);
}

#[test]
fn one_wrong_word_in_many_lines_is_one_cause() {
    let mut text = "id,received,urgent,prior_reports\n".to_owned();
    for row in 0..5_000 {
        text += &format!("c{row},2026-04-17,{},3\n", if row % 2 == 0 { "jes" } else { "no" });
    }
    let intake = read(text);
    let [cause] = intake.report().causes() else { panic!("{}", intake.report()) };
    assert_eq!((cause.count(), cause.lines()), (2_500, &[2, 4, 6, 8, 10][..]));
    assert_eq!(cause.ids(), ["c0", "c2", "c4", "c6", "c8"]);
    assert!(intake.report().to_string().contains("did you mean `yes`?"));
}

#[test]
fn long_fields_are_told_in_few_words() {
    let long = "x".repeat(600_000);
    for line in [
        format!("{long},2026-04-17,,,"),
        format!("a,{long},,,"),
        format!("a,2026-04-17,{long},,"),
        format!("a,2026-04-17,,{long},"),
        format!("a,2026-04-17,,{long}=2026-04-17,"),
        format!("a,2026-04-17,,,{long}"),
        format!("a,2026-04-17,{long},{long},"),
    ] {
        let intake = read(format!("id,received,unit,deadlines,urgent\n{line}\n"));
        let found = told(&intake);
        assert_eq!((found.len(), found[0].0), (1, 2));
        assert!(found[0].1.len() < 400, "{} bytes", found[0].1.len());
    }
}

#[test]
fn ids_follow_one_rule_and_look_alikes_are_told() {
    let text = "id,received,urgent\n a1 ,2026-04-17,yes\n\u{a0}b1\u{200b},2026-04-17,yes\nA1,2026-04-17,no\n\
        Zo\u{eb},2026-04-17,no\nZoe\u{308},2026-04-17,no\nc\u{200b}1,2026-04-17,no\nc1,2026-04-17,no\n";
    let intake = read(text);
    let trimmed = intake.report().trimmed_ids().first().iter().map(|id| (id.id(), id.line()));
    assert_eq!(trimmed.collect::<Vec<_>>(), [("a1", 2), ("b1", 3)]);
    assert!(intake.backlog().row_of("a1").is_some() && intake.backlog().row_of("b1").is_some());
    let alike: Vec<_> = intake.report().look_alikes().first().iter().map(|[one, _]| one).collect();
    assert_eq!(alike, ["a1", "Zo\u{eb}", "c\\u{200b}1"]);
}

#[test]
fn a_second_record_of_an_id_never_loses_danger() {
    let text = "id,received,urgent,prior_reports\na,2026-04-17,no,3\na,2026-04-18,yes,\na,2026-04-19,no,\n";
    let codes = |repeated| {
        let reading = Reading::new().with_repeated(repeated);
        let intake = Backlog::read_csv(&codebook(), text.as_bytes(), reading).unwrap();
        adds_up(&intake);
        assert_eq!(intake.report().repeated(), 2);
        assert_eq!(intake.report().repeated_ids().first()[0].line(), 3);
        intake.backlog().codes().as_slice().unwrap().to_vec()
    };
    assert_eq!(codes(Repeated::First), [1, 3, 0]);
    assert_eq!(codes(Repeated::Last), [1, 0, 0]);
    assert_eq!(codes(Repeated::Merge), [2, 3, 0]);
    let intake = read(text);
    let what = &intake.backlog().not_understood(0)[0];
    assert_eq!((what.item(), what.text()), ("urgent", "no, then yes"));
}

#[test]
fn a_time_of_intake_stands_in_for_one_that_cannot_be_read() {
    let now: caserank::Timestamp = "2026-05-01T08:00:00Z".parse().unwrap();
    let text = "id,received,urgent\na,17/04/2026,yes\nb,2062-01-01,no\n";
    let reading = Reading::new().with_time_of_intake(now);
    let intake = Backlog::read_csv(&codebook(), text.as_bytes(), reading).unwrap();
    let row = intake.backlog().row_of("a").unwrap();
    assert_eq!(intake.backlog().received(row), now);
    let what = &intake.backlog().not_understood(row)[0];
    assert!(what.to_string().contains("`17/04/2026`: no time of receipt"), "{what}");
    assert_eq!(intake.report().received_late().first()[0].id(), "b");
}

/// A quote left open takes its own line alone: what it would have taken in is read.
#[test]
fn a_quote_left_open_swallows_nothing() {
    let text = "id,received,urgent\na,2026-04-17,yes\nb,2026-04-17,\"yes\nc,2026-04-17,yes\nd,2026-04-17,no\n";
    let intake = read(text);
    assert_eq!(intake.report().understood(), 3);
    let [record] = intake.not_rankable() else { panic!("{}", intake.report()) };
    assert_eq!((record.first_line(), record.last_line()), (3, 3));
    assert!(record.to_string().contains("quote"), "{record}");
    let codebook = codebook();
    let answers: Vec<&str> = record.answers(&codebook).map(|(_, answer)| &*answer.id).collect();
    assert_eq!(answers, ["yes"]);
}

#[test]
fn a_hundred_thousand_columns() {
    let names: Vec<String> = (0..100_000).map(|number| format!("c{number}")).collect();
    let text =
        format!("id,received,urgent,{}\na,2026-04-17,,{}\n", names.join(","), ",".repeat(99_999));
    assert!(heading_error(&text).to_string().contains("column `c0`"));
    let taken = Backlog::read_csv(&codebook(), text.as_bytes(), Unlisted::Report).unwrap();
    assert_eq!(taken.report().understood(), 1);
    assert!(taken.report().to_string().contains("and 99990 more columns"), "{}", taken.report());
    // As many fields in a line, but not in the heading.
    let text = format!("id,received\na,2026-04-17{}\n", ",".repeat(100_000));
    assert!(told(&read(&text))[0].1.contains("100002 fields"));
    // The same column a hundred thousand times.
    let text = format!("id,received{}\n", ",c".repeat(100_000));
    let error = Backlog::read_csv(&codebook(), text.as_bytes(), Unlisted::Report).unwrap_err();
    assert!(error.to_string().contains("`c` twice"), "{error}");
}

/// Both formats say the same about the same complaints.
#[test]
fn csv_and_ndjson_agree_on_values() {
    for (field, json) in [
        ("", "null"),
        (" unknown ", "\" unknown \""),
        ("2.9", "2.9"),
        ("-0.5", "-0.5"),
        ("99999999999999999999", "99999999999999999999"),
        (" three_or_more ", "\" three_or_more \""),
        ("3", "\"3\""),
        ("nope", "\"nope\""),
        ("THREE_OR_MORE", "\"THREE_OR_MORE\""),
    ] {
        let csv = read(format!("id,received,prior_reports\na,2026-04-17,{field}\n"));
        let line = format!(
            "{{\"id\":\"a\",\"received\":\"2026-04-17\",\"answers\":{{\"prior_reports\":{json}}}}}"
        );
        let other = Backlog::read_ndjson(&codebook(), line.as_bytes(), Unlisted::Refuse).unwrap();
        assert_eq!(csv.backlog().codes(), other.backlog().codes(), "{field}");
        let what = |intake: &Intake| intake.report().causes().first().map(|one| one.what().clone());
        assert_eq!(what(&csv), what(&other), "{field}");
    }
}

proptest! {
    #![proptest_config(cases(80))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut text = b"id,received,urgent,prior_reports\n".to_vec();
        text.extend_from_slice(&bytes);
        read(&text);
        let _ = Backlog::read_csv(&codebook(), bytes.as_slice(), Unlisted::Report);
    }

    /// Few symbols, those that mean something.
    #[test]
    fn quotes_and_line_ends_in_any_order(text in "[a\",;= \r\n\u{feff}]{0,60}") {
        read(format!("id,received,urgent\n{text}\nlast,2026-04-17,yes"));
    }

    #[test]
    fn damaged_files_never_panic(case in any_case(), draw in draws()) {
        let mut draw: Draw = draw;
        let mut text = Vec::new();
        case.backlog().write_csv(&mut text).unwrap();
        let heading = text.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        for _ in 0..draw.below(20) {
            if text.len() > heading {
                let place = heading + draw.below(text.len() - heading);
                text[place] = draw.below(256) as u8;
            }
        }
        let codebook = case.triage.codebook();
        let intake = Backlog::read_csv(codebook, text.as_slice(), Unlisted::Report).unwrap();
        adds_up(&intake);
        let lines = intake.not_rankable().iter().map(|record| record.first_line());
        prop_assert!(lines.collect::<Vec<_>>().is_sorted());
    }
}
