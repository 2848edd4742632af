//! Promise 10 for newline-delimited JSON: hostile files give a clear refusal for each line that
//! does not fit, with its number, and never a panic.
#![allow(clippy::unwrap_used)]

use std::io::{self, BufReader, Read};

use crate::common::{Draw, adds_up, any_case, cases, draws, told};
use caserank::backlog::{Intake, ReadError};
use caserank::complaint::Unlisted;
use caserank::{Backlog, Codebook};
use proptest::prelude::*;

fn codebook() -> Codebook {
    Codebook::from_json(crate::common::TOY_CODEBOOK).unwrap()
}

fn read(text: &[u8]) -> Intake {
    let intake = Backlog::read_ndjson(&codebook(), text, Unlisted::Refuse).unwrap();
    adds_up(&intake);
    intake
}

fn complaint(id: &str) -> String {
    format!("{{\"id\":\"{id}\",\"received\":\"2026-04-17\",\"answers\":{{\"urgent\":\"yes\"}}}}")
}

fn set_aside(text: &[u8]) -> Vec<(u64, String)> {
    let intake = read(text);
    let records = intake.not_rankable().iter();
    records.map(|record| (record.first_line(), record.why().to_string())).collect()
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
        assert_eq!(intake.report().understood(), whole, "{end}");
        assert!(intake.not_rankable().len() <= 1, "{end}");
        for record in intake.not_rankable() {
            assert_eq!(record.first_line(), whole + 1, "{end}: {record}");
            assert!(record.to_string().contains("not one whole JSON object"), "{record}");
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
        assert_eq!((intake.report().understood(), intake.report().records()), (2, 2), "{text:?}");
    }
    // A mark elsewhere is not white space.
    assert_eq!(set_aside(format!("{first}\n\u{feff}{second}\n").as_bytes())[0].0, 2);
    // Old Mac line ends make one line of everything.
    assert_eq!(set_aside(format!("{first}\r{second}").as_bytes()).len(), 1);
    assert_eq!(read(b"").report().records(), 0);
    assert_eq!(read(b"\xEF\xBB\xBF").report().records(), 0);
    assert_eq!(read(b"\n\r\n \n").report().records(), 0);
}

#[test]
fn each_bad_line_is_refused_by_its_number_and_the_rest_is_read() {
    let good = complaint("good");
    let bad: Vec<Vec<u8>> = vec![
        b"\0".to_vec(),
        b"\xFF\xFE".to_vec(),
        complaint("\u{0}").into_bytes(),
        b"{\"id\":\"\xFF\",\"received\":\"2026-04-17\"}".to_vec(),
        format!("{good}{good}").into_bytes(),
        format!("{good},").into_bytes(),
        b"[1]".to_vec(),
        b"\"text\"".to_vec(),
        b"17".to_vec(),
        b"null".to_vec(),
        b"[\"a\",\"2026-04-17\"]".to_vec(),
        "[".repeat(100_000).into_bytes(),
        "{\"a\":".repeat(50_000).into_bytes(),
        complaint("e").replace("\"id\"", "\"id\":\"x\",\"id\"").into_bytes(),
        complaint(&"h".repeat(129)).into_bytes(),
        complaint("i").replace("2026-04-17", "99999-01-01").into_bytes(),
        complaint("k").replace("\"2026-04-17\"", "null").into_bytes(),
        complaint("l").replace("\"l\"", "\" \"").into_bytes(),
    ];
    let mut text = Vec::new();
    for line in &bad {
        text.extend_from_slice(line);
        text.extend_from_slice(b"\n\n");
    }
    text.extend_from_slice(good.as_bytes());
    let intake = read(&text);
    assert_eq!(intake.report().understood(), 1);
    assert_eq!(intake.not_rankable().len(), bad.len());
    for (place, (record, line)) in intake.not_rankable().iter().zip(&bad).enumerate() {
        assert_eq!(record.first_line(), 2 * place as u64 + 1, "{record}");
        assert_eq!(record.bytes(), line);
        let reason = record.to_string();
        assert!(!reason.is_empty() && reason.len() < 400, "{reason}");
    }
}

#[test]
fn what_is_not_understood_stays_with_its_complaint() {
    let lines: [(Vec<u8>, &str); 10] = [
        (
            [&b"{\"id\":\"a\",\"received\":\"2026-04-17\",\"answers\":{\"urgent\":\"yes\",\"prior_reports\":\"\xC3\x28\"}}"[..]]
                .concat(),
            "not UTF-8",
        ),
        (with("b", "\"prior_reports\":1e999"), "`prior_reports`"),
        (with("c", "\"prior_reports\":2.5"), "not a whole number"),
        (with("d", "\"prior_reports\":[1]"), "a list or a map"),
        (with("e", "\"prior_report\":3"), "did you mean `prior_reports`"),
        (with("f", "\"prior_reports\":{\"value\":3,\"known_at\":\"soon\"}"), "not a time"),
        (with("g", &format!("\"{}\":1", "u".repeat(100_000))), "not an item"),
        (with("h", "\"urgent\":\"no\""), "answered twice"),
        (with("i", "\"prior_reports\":\"n/a\""), "missing value"),
        (with("j", "\"prior_reports\":\"a\\u0000\""), "not UTF-8 text"),
    ];
    let urgent = codebook().item_index("urgent").unwrap();
    for (line, words) in lines {
        let intake = read(&line);
        assert_eq!(intake.report().partly_understood(), 1, "{}", intake.report());
        assert_eq!(intake.backlog().code(0, urgent), 2, "the answer beside it counts: {words}");
        let what = &intake.backlog().not_understood(0)[0];
        assert!(what.to_string().contains(words) && what.line() == Some(1), "{what}");
        // It survives both formats that keep everything.
        let mut text = Vec::new();
        intake.backlog().write_ndjson(&mut text).unwrap();
        let again = read(&text);
        let kept: Vec<_> = again.backlog().complaints().collect();
        let texts = |complaint: &caserank::Complaint| {
            complaint.not_understood().iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(texts(&kept[0]), texts(&intake.backlog().complaint(0)));
        let mut file = Vec::new();
        intake.backlog().save(&mut file).unwrap();
        let loaded = Backlog::load(&codebook(), &*file).unwrap();
        assert!(loaded.complaints().eq(intake.backlog().complaints()));
        let mut second = Vec::new();
        loaded.save(&mut second).unwrap();
        assert_eq!(file, second);
    }
}

fn with(id: &str, answer: &str) -> Vec<u8> {
    complaint(id).replace("\"yes\"", &format!("\"yes\",{answer}")).into_bytes()
}

#[test]
fn answers_may_stand_beside_the_id_and_names_differ_in_case() {
    let line = "{\"ID\":17,\"Received\":\"2026-04-17\",\"Urgent\":true,\"Prior Reports\":3}";
    let intake = read(line.as_bytes());
    assert_eq!(intake.backlog().id(0), "17");
    assert_eq!(intake.backlog().codes().as_slice().unwrap(), [2, 3, 0]);
}

#[test]
fn a_broken_line_tells_the_danger_in_it() {
    let broken = &complaint("a")[..complaint("a").len() - 1];
    let intake = read(broken.as_bytes());
    let codebook = codebook();
    let answers = intake.not_rankable()[0].answers(&codebook);
    let answers: Vec<_> = answers.map(|(item, answer)| (&*item.id, &*answer.id)).collect();
    assert_eq!(answers, [("urgent", "yes")]);
}

#[test]
fn very_long_lines_are_refused_and_passed_over() {
    let long = complaint(&"x".repeat(3 << 20));
    let text = format!("{}\n{long}\n{}\n{long}", complaint("a"), complaint("b"));
    let found = set_aside(text.as_bytes());
    assert_eq!(found.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 4]);
    assert!(found[0].1.contains("more than 1048576 bytes"), "{}", found[0].1);
    assert_eq!(read(text.as_bytes()).report().understood(), 2);
    // A line of exactly the limit is read, one byte more is not; neither is blank padding.
    let short = complaint("c");
    let padded = format!("{short}{}", " ".repeat((1 << 20) - short.len()));
    assert_eq!(read(padded.as_bytes()).report().understood(), 1);
    assert_eq!(read(format!("{padded} ").as_bytes()).report().not_rankable(), 1);
    assert_eq!(read(" ".repeat(2 << 20).as_bytes()).report().not_rankable(), 1);
}

#[test]
fn a_hundred_thousand_unlisted_items() {
    let answers: Vec<String> = (0..100_000).map(|number| format!("\"i{number}\":1")).collect();
    let text = complaint("a").replace("\"urgent\":\"yes\"", &answers[..50_000].join(","));
    let refused = read(text.as_bytes());
    assert!(told(&refused).iter().any(|(_, what)| what.contains("not an item of the codebook")));
    assert!(refused.backlog().not_understood(0).len() < 5_000);
    let taken = Backlog::read_ndjson(&codebook(), text.as_bytes(), Unlisted::Report).unwrap();
    assert_eq!(taken.report().understood(), 1);
    assert!(taken.report().to_string().contains("and 49990 more columns"));
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
    assert!(
        matches!(error, ReadError::Io { line: 1, .. })
            && error.to_string().contains("the line is dead")
    );
}

proptest! {
    #![proptest_config(cases(80))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        // Bytes of its own may make it a file of another kind.
        let bytes = [b"x", &*bytes].concat();
        read(&bytes);
        // However the source hands them out.
        let small = BufReader::with_capacity(1, bytes.as_slice());
        let again = Backlog::read_ndjson(&codebook(), small, Unlisted::Refuse).unwrap();
        let whole = read(&bytes);
        prop_assert_eq!(again.report(), whole.report());
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
        adds_up(&intake);
        let lines = text.split(|&byte| byte == b'\n');
        let filled = lines.filter(|line| !line.trim_ascii().is_empty()).count() as u64;
        prop_assert_eq!(intake.report().records(), filled);
    }
}
