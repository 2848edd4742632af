//! Promise 10 for newline-delimited JSON: hostile files give a clear refusal for each line that
//! does not fit, with its number, and never a panic.
#![allow(clippy::unwrap_used)]

use std::io::{self, BufReader, Read};

use crate::common::{Draw, any_case, cases, draws};
use caserank::backlog::{Intake, ReadError};
use caserank::complaint::Unlisted;
use caserank::{Backlog, Codebook};
use proptest::prelude::*;

fn codebook() -> Codebook {
    Codebook::from_json(crate::common::TOY_CODEBOOK).unwrap()
}

fn read(text: &[u8]) -> Intake {
    let intake = Backlog::read_ndjson(&codebook(), text, Unlisted::Refuse).unwrap();
    let report = &intake.report;
    assert_eq!(report.read + report.refused, report.lines);
    assert_eq!(report.refusals.len() as u64, report.refused.min(10_000));
    assert_eq!(intake.backlog.len() as u64, report.read);
    intake
}

fn complaint(id: &str) -> String {
    format!("{{\"id\":\"{id}\",\"received\":\"2026-04-17\",\"answers\":{{\"urgent\":\"yes\"}}}}")
}

fn refusals(text: &[u8]) -> Vec<(u64, String)> {
    let refusals = read(text).report.refusals;
    refusals.into_iter().map(|refusal| (refusal.line, refusal.reason)).collect()
}

#[test]
fn a_file_cut_anywhere_is_read_up_to_the_cut() {
    let lines: Vec<String> = ["a", "é", "c"].map(complaint).into();
    let text = lines.join("\n");
    for end in 0..=text.len() {
        let intake = read(&text.as_bytes()[..end]);
        let whole = lines.iter().scan(0, |start, line| {
            *start += line.len() + 1;
            Some(*start - 1)
        });
        let whole = whole.filter(|&line_end| line_end <= end).count() as u64;
        assert_eq!(intake.report.read, whole, "{end}");
        assert!(intake.report.refused <= 1, "{end}");
        for refusal in &intake.report.refusals {
            assert_eq!(refusal.line, whole + 1, "{end}: {}", refusal.reason);
            assert!(refusal.reason.starts_with("not a complaint: "), "{}", refusal.reason);
        }
    }
}

#[test]
fn marks_line_ends_and_blanks() {
    let (first, second) = (complaint("a"), complaint("b"));
    for text in [
        format!("\u{feff}{first}\n{second}"),
        format!("{first}\r\n{second}\r\n"),
        format!("\n\n {first}\t\n\r\n{second}\n\n\n"),
        format!("\u{feff}\n{first}\n{second}"),
    ] {
        let intake = read(text.as_bytes());
        assert_eq!((intake.report.read, intake.report.refused), (2, 0), "{text:?}");
    }
    // A mark elsewhere is not white space.
    assert_eq!(refusals(format!("{first}\n\u{feff}{second}\n").as_bytes())[0].0, 2);
    // Old Mac line ends make one line of everything.
    assert_eq!(refusals(format!("{first}\r{second}").as_bytes()).len(), 1);
    assert_eq!(read(b"").report.lines, 0);
    assert_eq!(read(b"\xEF\xBB\xBF").report.lines, 0);
    assert_eq!(read(b"\n\r\n \n").report.lines, 0);
}

#[test]
fn each_bad_line_is_refused_by_its_number_and_the_rest_is_read() {
    let good = complaint("good");
    let bad: Vec<Vec<u8>> = vec![
        b"\0".to_vec(),
        b"\xFF\xFE".to_vec(),
        complaint("\u{0}").into_bytes(),
        b"{\"id\":\"\xFF\",\"received\":\"2026-04-17\"}".to_vec(),
        b"{\"id\":\"a\",\"received\":\"2026-04-17\",\"answers\":{\"urgent\":\"\xC3\x28\"}}"
            .to_vec(),
        format!("{good}{good}").into_bytes(),
        format!("{good},").into_bytes(),
        b"[]".to_vec(),
        b"\"text\"".to_vec(),
        b"17".to_vec(),
        b"null".to_vec(),
        b"[\"a\",\"2026-04-17\"]".to_vec(),
        "[".repeat(100_000).into_bytes(),
        "{\"a\":".repeat(50_000).into_bytes(),
        complaint("d").replace("\"yes\"", "\"yes\",\"urgent\":\"no\"").into_bytes(),
        complaint("e").replace("\"id\"", "\"id\":\"x\",\"id\"").into_bytes(),
        complaint("f").replace("yes", &"y".repeat(100_000)).into_bytes(),
        complaint("g").replace("urgent", &"u".repeat(100_000)).into_bytes(),
        complaint(&"h".repeat(129)).into_bytes(),
        complaint("i").replace("2026-04-17", "99999-01-01").into_bytes(),
        complaint("j").replace("\"yes\"", "1e999").into_bytes(),
    ];
    let mut text = Vec::new();
    for line in &bad {
        text.extend_from_slice(line);
        text.extend_from_slice(b"\n\n");
    }
    text.extend_from_slice(good.as_bytes());
    let intake = read(&text);
    assert_eq!(intake.report.read, 1);
    assert_eq!(intake.report.refused, bad.len() as u64);
    for (place, refusal) in intake.report.refusals.iter().enumerate() {
        assert_eq!(refusal.line, 2 * place as u64 + 1, "{}", refusal.reason);
        assert!(!refusal.reason.is_empty() && refusal.reason.len() < 900, "{}", refusal.reason);
    }
}

#[test]
fn very_long_lines_are_refused_and_passed_over() {
    let long = complaint(&"x".repeat(3 << 20));
    let text = format!("{}\n{long}\n{}\n{long}", complaint("a"), complaint("b"));
    let found = refusals(text.as_bytes());
    assert_eq!(found.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 4]);
    assert!(found[0].1.contains("longer than 1048576 bytes"), "{}", found[0].1);
    assert_eq!(read(text.as_bytes()).report.read, 2);
    // A line of exactly the limit is read, one byte more is not; neither is blank padding.
    let short = complaint("c");
    let padded = format!("{short}{}", " ".repeat((1 << 20) - short.len()));
    assert_eq!(read(padded.as_bytes()).report.read, 1);
    assert_eq!(read(format!("{padded} ").as_bytes()).report.refused, 1);
    assert_eq!(read(" ".repeat(2 << 20).as_bytes()).report.refused, 1);
}

#[test]
fn a_hundred_thousand_unlisted_items() {
    let answers: Vec<String> = (0..100_000).map(|number| format!("\"i{number}\":1")).collect();
    let text = complaint("a").replace("\"urgent\":\"yes\"", &answers[..50_000].join(","));
    assert!(refusals(text.as_bytes())[0].1.contains("codebook does not list"));
    let taken = Backlog::read_ndjson(&codebook(), text.as_bytes(), Unlisted::Report).unwrap();
    assert_eq!((taken.report.read, taken.report.unlisted.len()), (1, 50_000));
}

/// Refusals beyond what is told are still counted.
#[test]
fn more_refusals_than_are_told() {
    let text = "{}\n".repeat(10_050);
    let intake = read(text.as_bytes());
    assert_eq!((intake.report.refused, intake.report.refusals.len()), (10_050, 10_000));
    assert!(intake.report.to_string().contains("and 10040 more"));
}

/// A source that fails after some bytes.
struct Failing<'a>(&'a [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() {
            return Err(io::Error::other("the line is dead"));
        }
        let length = self.0.len().min(buffer.len()).min(7);
        buffer[..length].copy_from_slice(&self.0[..length]);
        self.0 = &self.0[length..];
        Ok(length)
    }
}

#[test]
fn a_source_that_fails_is_an_error() {
    let text = complaint("a");
    let found = Backlog::read_ndjson(&codebook(), Failing(text.as_bytes()), Unlisted::Refuse);
    let error = found.unwrap_err();
    assert!(matches!(error, ReadError::Io(_)) && error.to_string().contains("the line is dead"));
}

proptest! {
    #![proptest_config(cases(80))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read(&bytes);
        // However the source hands them out.
        let small = BufReader::with_capacity(1, bytes.as_slice());
        let again = Backlog::read_ndjson(&codebook(), small, Unlisted::Refuse).unwrap();
        prop_assert_eq!(again.report, read(&bytes).report);
    }

    #[test]
    fn damaged_files_never_panic(case in any_case(), draw in draws()) {
        let mut draw: Draw = draw;
        let mut text = Vec::new();
        case.backlog().write_ndjson(&mut text).unwrap();
        for _ in 0..draw.below(20) {
            if !text.is_empty() {
                let place = draw.below(text.len());
                text[place] = draw.below(256) as u8;
            }
        }
        let codebook = case.triage.codebook();
        let intake = Backlog::read_ndjson(codebook, text.as_slice(), Unlisted::Report).unwrap();
        prop_assert_eq!(intake.report.read + intake.report.refused, intake.report.lines);
        prop_assert_eq!(intake.report.read, intake.backlog.len() as u64);
        let lines = text.split(|&byte| byte == b'\n');
        let filled = lines.filter(|line| !line.trim_ascii().is_empty()).count() as u64;
        prop_assert_eq!(intake.report.lines, filled);
    }
}
