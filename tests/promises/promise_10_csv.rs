//! Promise 10 for CSV: hostile files give a clear error or a refusal for each line that does not
//! fit, with its number, and never a panic.
#![allow(clippy::unwrap_used)]

use crate::common::{Draw, any_case, cases, draws};
use caserank::backlog::{Intake, ReadError};
use caserank::complaint::Unlisted;
use caserank::{Backlog, Codebook};
use proptest::prelude::*;

fn codebook() -> Codebook {
    Codebook::from_json(crate::common::TOY_CODEBOOK).unwrap()
}

fn read(text: impl AsRef<[u8]>) -> Intake {
    let intake = Backlog::read_csv(&codebook(), text.as_ref(), Unlisted::Refuse).unwrap();
    let report = &intake.report;
    assert_eq!(report.read + report.refused, report.lines);
    assert_eq!(report.refusals.len() as u64, report.refused.min(10_000));
    assert_eq!(intake.backlog.len() as u64, report.read);
    intake
}

fn heading_error(text: &str) -> ReadError {
    Backlog::read_csv(&codebook(), text.as_bytes(), Unlisted::Refuse).unwrap_err()
}

fn refusals(text: impl AsRef<[u8]>) -> Vec<(u64, String)> {
    let refusals = read(text).report.refusals;
    refusals.into_iter().map(|refusal| (refusal.line, refusal.reason)).collect()
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
        read(text).backlog.save(&mut file).unwrap();
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
                let report = intake.report;
                assert_eq!(report.read + report.refused, report.lines);
                let lines = text.iter().filter(|byte| **byte == b'\n').count() as u64;
                // Every line before the cut is read; the one that is cut may be read or refused.
                assert!(report.read + 1 >= lines, "{end}: {report}");
                assert!(report.refusals.iter().all(|one| one.line == lines + 1), "{end}: {report}");
            }
            Err(error) => {
                assert!(end <= heading, "{end}: {error}");
                let known = matches!(
                    error,
                    ReadError::MissingColumn { .. } | ReadError::UnlistedColumn { .. }
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
        ("ID,received\n", "`ID`"),
        ("id,received,id\n", "`id` twice"),
        ("id,received,urgent,urgent\n", "`urgent` twice"),
        ("id,received,urgent, urgent \n", "`urgent` twice"),
        ("id,received,urgnt\n", "did you mean `urgent`"),
        ("id,received,urgent.known_a\n", "`urgent.known_a`"),
        ("id,received,\n", "column ``"),
        ("id;received\n", "`id;received`"),
        ("id,received,\u{0}\n", "not an item"),
    ] {
        let message = heading_error(text).to_string();
        assert!(message.contains(words), "{text:?}: {message}");
    }
    let error = Backlog::read_csv(&codebook(), &b"id,received,\xFF\n"[..], Unlisted::Report);
    assert!(matches!(error, Err(ReadError::HeadingNotText)));
    let long = format!("id,received,{}\n", "x".repeat(5_000_000));
    assert!(heading_error(&long).to_string().len() < 300);
}

#[test]
fn marks_line_ends_and_blank_lines_and_their_numbers() {
    let lines = ["id,received,urgent", "a,2026-04-17,yes", "b,never,no", "c,2026-04-17,maybe"];
    let expected = |numbers: [u64; 2], text: String| {
        let found = refusals(&text);
        assert_eq!([found[0].0, found[1].0], numbers, "{text:?}");
        assert!(found[0].1.contains("never"), "{}", found[0].1);
        assert!(found[1].1.contains("maybe") && found[1].1.contains("`c`"), "{}", found[1].1);
        assert_eq!(read(&text).report.read, 1);
    };
    expected([3, 4], lines.join("\n"));
    expected([3, 4], format!("\u{feff}{}\n", lines.join("\n")));
    expected([3, 4], lines.join("\r\n"));
    expected([3, 4], format!("{}\r\n", lines.join("\r\n")));
    expected([5, 7], lines.join("\n\n"));
    expected([5, 7], lines.join("\r\n\r\n"));
    expected([5, 6], format!("\n\n{}", lines.join("\n")));
    expected([4, 5], lines.join("\n").replacen("a,", "\"a\n\",", 1));
    expected([4, 5], lines.join("\r\n").replacen("a,", "\"a\r\n\",", 1));
}

#[test]
fn each_bad_line_is_refused_by_its_number_and_the_rest_is_read() {
    let heading = "id,received,unit,stage,origin,deadlines,urgent,prior_reports,urgent.known_at";
    let bad: &[(&[u8], &str)] = &[
        (b"a", "1 fields and the heading 9"),
        (b"a,2026-04-17,,,,,,,,", "10 fields and the heading 9: give each column one"),
        (b"   ", "1 fields"),
        (b",2026-04-17,,,,,,,", "1 to 128"),
        (b"a,,,,,,,,", "`received`"),
        (b"a,17/04/2026,,,,,,,", "17/04/2026"),
        (b"a,2026-04-17,,later,,,,,", "later"),
        (b"a,2026-04-17,,,real,,,,", "real"),
        (b"a,2026-04-17,,,,tomorrow,,,", "tomorrow"),
        (b"a,2026-04-17,,,,preservation=,,,", "preservation="),
        (b"a,2026-04-17,,,,=2026-04-17,,,", "deadline kind"),
        (b"a,2026-04-17,,,,A b=2026-04-17,,,", "`A b`"),
        (b"a,2026-04-17,,,,,yess,,", "did you mean `yes`"),
        (b"a,2026-04-17,,,,,,1e3,", "1e3"),
        (b"a,2026-04-17,,,,,,\"1,5\",", "1,5"),
        (b"a,2026-04-17,,,,,,1.,", "`1.`"),
        (b"a,2026-04-17,,,,,yes,,soon", "soon"),
        (b"\xFF,2026-04-17,,,,,,,", "`id` is not UTF-8"),
        (b"a,\xFF,,,,,,,", "`received`"),
        (b"a,2026-04-17,\xFF,,,,,,", "`unit` is not UTF-8 text: save the file as UTF-8"),
        (b"a,2026-04-17,,,,\xFF,,,", "`deadlines` is not UTF-8"),
        (b"a,2026-04-17,,,,,\xFF,,", "`urgent`"),
        (b"a,2026-04-17,,,,,\0,,", "`urgent`"),
        (b"a,2026-04-17,,,,,\"ye\"s,,x", "x"),
    ];
    let mut text = heading.as_bytes().to_vec();
    for (line, _) in bad {
        text.push(b'\n');
        text.extend_from_slice(line);
    }
    text.extend_from_slice(b"\nlast,2026-04-17,,,,,,,\n");
    let intake = read(&text);
    assert_eq!(intake.report.read, 1);
    let found = &intake.report.refusals;
    assert_eq!(found.len(), bad.len(), "{}", intake.report);
    for (place, (refusal, (_, words))) in found.iter().zip(bad).enumerate() {
        assert_eq!(refusal.line, place as u64 + 2, "{}", refusal.reason);
        assert!(refusal.reason.contains(words), "{}: {words}", refusal.reason);
    }
}

#[test]
fn long_fields_are_refused_in_few_words() {
    let long = "x".repeat(2_000_000);
    for line in [
        format!("{long},2026-04-17,,,"),
        format!("a,{long},,,"),
        format!("a,2026-04-17,{long},,"),
        format!("a,2026-04-17,,{long},"),
        format!("a,2026-04-17,,{long}=2026-04-17,"),
        format!("a,2026-04-17,,,{long}"),
        format!("{long},2026-04-17,,,maybe"),
        format!("a,2026-04-17,,,\"{long}\nb,2026-04-17,,,"),
    ] {
        let text = format!("id,received,unit,deadlines,urgent\n{line}\n");
        let found = refusals(&text);
        assert_eq!((found.len(), found[0].0), (1, 2));
        assert!(found[0].1.len() < 900, "{} bytes", found[0].1.len());
    }
}

/// A quote left open takes in the lines after it. They are not read as complaints, and the refusal
/// says how far the field goes.
#[test]
fn a_quote_left_open_is_told_with_the_lines_it_takes_in() {
    let text = "id,received,urgent\na,2026-04-17,yes\nb,2026-04-17,\"yes\nc,2026-04-17,no\nd,2026-04-17,no\n";
    let intake = read(text);
    assert_eq!(intake.report.read, 1);
    let refusal = &intake.report.refusals[0];
    assert_eq!(refusal.line, 3);
    assert!(refusal.reason.contains("lines 3 to 5"), "{}", refusal.reason);
    assert!(refusal.reason.contains("quote"), "{}", refusal.reason);
}

#[test]
fn a_hundred_thousand_columns() {
    let names: Vec<String> = (0..100_000).map(|number| format!("c{number}")).collect();
    let text = format!("id,received,{}\na,2026-04-17,{}\n", names.join(","), ",".repeat(99_999));
    assert!(heading_error(&text).to_string().contains("column `c0`"));
    let taken = Backlog::read_csv(&codebook(), text.as_bytes(), Unlisted::Report).unwrap();
    assert_eq!((taken.report.read, taken.report.unlisted.len()), (1, 100_000));
    assert!(taken.report.unlisted.values().all(|count| *count == 0));
    // As many fields in a line, but not in the heading.
    let text = format!("id,received\na,2026-04-17{}\n", ",".repeat(100_000));
    assert!(refusals(&text)[0].1.contains("100002 fields"));
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
        assert_eq!(csv.backlog.codes(), other.backlog.codes(), "{field}");
        let reason =
            |intake: &Intake| intake.report.refusals.first().map(|refusal| refusal.reason.clone());
        assert_eq!(reason(&csv), reason(&other), "{field}");
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
        prop_assert_eq!(intake.report.read + intake.report.refused, intake.report.lines);
        prop_assert_eq!(intake.report.read, intake.backlog.len() as u64);
        let numbers: Vec<u64> = intake.report.refusals.iter().map(|one| one.line).collect();
        // A line may hold several records, if a lone carriage return stands in it.
        prop_assert!(numbers.is_sorted(), "{numbers:?}");
    }
}
