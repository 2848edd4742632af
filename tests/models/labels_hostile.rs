//! Labels and groups from hostile files: damaged anywhere, coming byte by byte, failing midway. Counts
//! add up, nothing panics, and no line that was left whole loses its label without a word.
#![allow(clippy::unwrap_used)]

use std::io::{self, Read};

use caserank::research::fit::{LabelReport, Labels};
use caserank::research::study::Groups;
use proptest::prelude::*;

/// One byte a call, interrupted before every third.
struct Trickle<'a>(&'a [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 += 1;
        if self.1.is_multiple_of(3) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let (Some((first, rest)), Some(room)) = (self.0.split_first(), buffer.first_mut()) else {
            return Ok(0);
        };
        (*room, self.0) = (*first, rest);
        Ok(1)
    }
}

fn csv() -> String {
    let mut text = "complaint,outcome,result,standard,found,weight,origin\n".to_owned();
    for number in 0..12 {
        let result = ["yes", "no", "not_investigated", "not_applicable"][number % 4];
        let found = if result == "yes" { "charge,2026-02-03" } else { "," };
        text += &format!("c{number},production,{result},{found},1.5,synthetic\n");
    }
    text
}

fn ndjson() -> String {
    let (labels, _) = Labels::read_csv(csv().as_bytes()).unwrap();
    labels.labels().iter().map(|label| serde_json::to_string(label).unwrap() + "\n").collect()
}

fn adds_up(labels: &Labels, report: &LabelReport) {
    assert_eq!(report.lines, report.taken + report.refused, "{report:?}");
    assert_eq!(report.refused, report.refusals.len() as u64);
    assert_eq!(report.taken, labels.len() as u64);
    for refusal in &report.refusals {
        assert!(refusal.line > 0 && !refusal.to_string().is_empty(), "{refusal:?}");
        assert!(refusal.to_string().len() < 1_000, "{refusal:?}");
        assert!(!refusal.to_string().contains(['\n', '\u{1b}', '\u{202e}']), "{refusal:?}");
    }
}

/// Bytes that mean something to a reader, and some that mean nothing.
const JUNK: [&str; 14] = [
    "\"",
    "\n",
    "\r",
    ",",
    "{",
    "}",
    "\\",
    "\0",
    "\u{1b}[31m",
    "\u{202e}",
    ":",
    "9",
    "=",
    "\u{feff}",
];

/// Changes a few places of one line; the others stay whole.
fn damaged(text: &str, line: usize, changes: &[(prop::sample::Index, usize)]) -> Vec<u8> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let line = line % lines.len();
    for (place, junk) in changes {
        let mut place = place.index(lines[line].len() + 1);
        while !lines[line].is_char_boundary(place) {
            place -= 1;
        }
        if junk % 3 == 0 && place < lines[line].len() && lines[line].is_char_boundary(place + 1) {
            lines[line].remove(place);
        } else {
            lines[line].insert_str(place, JUNK[junk % JUNK.len()]);
        }
    }
    (lines.join("\n") + "\n").into_bytes()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 100,
        rng_seed: proptest::test_runner::RngSeed::Fixed(20_261_129),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn one_damaged_line_costs_no_other_label(
        line in 1..13_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0..60_usize), 1..5),
        json in any::<bool>(),
    ) {
        let whole = if json { ndjson() } else { csv() };
        let bytes = damaged(&whole, line, &changes);
        let read = |source: &mut dyn Read| match json {
            true => Labels::read_ndjson(source),
            false => Labels::read_csv(source),
        };
        let (labels, report) = read(&mut &*bytes).unwrap();
        adds_up(&labels, &report);
        let hurt = if json { line % 12 } else { line - 1 };
        for number in (0..12).filter(|number| *number != hurt) {
            let id = format!("c{number}");
            let is_there = labels.labels().iter().any(|label| label.complaint == id);
            // Its id may have been damaged into that of another, whose label then repeats it; or a column
            // of names was opened by a quote: then every line that went with it is told.
            let told = report.refusals.iter().any(|refusal| refusal.line > 0);
            prop_assert!(is_there || told, "{id}: {report:?}\n{}", String::from_utf8_lossy(&bytes));
        }
        // However the bytes come, the result is the same.
        let (again, trickled) = read(&mut Trickle(&bytes, 0)).unwrap();
        prop_assert_eq!(again, labels);
        prop_assert_eq!(trickled, report);
    }

    #[test]
    fn any_bytes_are_labels_groups_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        heading in 0..3_usize,
    ) {
        let heading = ["", "complaint,outcome,result\n", "complaint,group\n"][heading];
        let bytes = [heading.as_bytes(), &bytes].concat();
        if let Ok((labels, report)) = Labels::read_csv(&*bytes) {
            adds_up(&labels, &report);
        }
        let (labels, report) = Labels::read_ndjson(&*bytes).unwrap();
        adds_up(&labels, &report);
        let once = Groups::read_csv(&*bytes);
        let again = Groups::read_csv(Trickle(&bytes, 0));
        prop_assert_eq!(once.as_ref().map_err(ToString::to_string).map(Groups::len),
            again.as_ref().map_err(ToString::to_string).map(Groups::len));
    }

    /// Groups are all there or none: one row that cannot be read refuses the table by its line.
    #[test]
    fn a_damaged_row_of_groups_refuses_the_table_or_changes_that_row_alone(
        line in 1..9_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0..60_usize), 1..4),
    ) {
        let rows: String = (0..8).map(|number| format!("c{number},g{}\n", number % 2)).collect();
        let bytes = damaged(&format!("complaint,group\n{rows}"), line, &changes);
        match Groups::read_csv(&*bytes) {
            Ok(groups) => prop_assert!((7..=8 + changes.len()).contains(&groups.len()), "{bytes:?}"),
            Err(error) => prop_assert!(error.to_string().contains("line") || error.to_string().contains("twice"), "{error}"),
        }
    }
}

/// Labels of ten times the size take ten times the bytes, and no more: lines beyond the limit are
/// refused by number and passed over without being held.
#[test]
fn lines_without_end_are_refused_and_passed_over() {
    struct Endless(u64);
    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = (buffer.len() as u64).min(self.0) as usize;
            buffer[..length].fill(b'x');
            self.0 -= length as u64;
            Ok(length)
        }
    }
    let label = ndjson().lines().next().unwrap().to_owned() + "\n";
    let tail = format!("\n{label}");
    let source = label.as_bytes().chain(Endless(40 << 20)).chain(tail.as_bytes());
    let (labels, report) = Labels::read_ndjson(source).unwrap();
    // The second label is that of the first line again.
    assert_eq!((labels.len(), report.refused), (1, 2), "{report:?}");
    assert_eq!(report.refusals[0].line, 2);
    assert!(report.refusals[0].to_string().contains("more than 1048576 bytes"), "{report:?}");
    let source =
        "complaint,outcome,result\n".as_bytes().chain(Endless(40 << 20)).chain(&b"\na,x,no\n"[..]);
    let (labels, report) = Labels::read_csv(source).unwrap();
    assert_eq!((labels.len(), report.refused), (1, 1), "{report:?}");
}
