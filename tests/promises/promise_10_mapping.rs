//! Promise 10 for mappings: hostile sources and hostile mapping files give an error or a report that
//! adds up, and never a panic.
#![allow(clippy::unwrap_used)]

use crate::common::{Draw, TOY_CODEBOOK, cases, draws};
use caserank::Codebook;
use caserank::backlog::Reading;
use caserank::intake::{Importer, Mapping, SourceKind};
use proptest::prelude::*;

const MAPPINGS: [&str; 4] = [
    include_str!("../../fixtures/messy/german.csv.mapping.json"),
    include_str!("../../fixtures/messy/title_and_totals.csv.mapping.json"),
    include_str!("../../fixtures/messy/flags.csv.mapping.json"),
    include_str!("../../fixtures/messy/nested.json.mapping.json"),
];
const SOURCES: [&[u8]; 6] = [
    include_bytes!("../../fixtures/messy/german.csv"),
    include_bytes!("../../fixtures/messy/title_and_totals.csv"),
    include_bytes!("../../fixtures/messy/flags.csv"),
    include_bytes!("../../fixtures/messy/nested.json"),
    include_bytes!("../../fixtures/messy/flat.ndjson"),
    include_bytes!("../../fixtures/messy/us_spreadsheet.tsv"),
];

/// Bytes with some of them changed, taken out or put in.
fn damaged(draw: &mut Draw, bytes: &[u8]) -> Vec<u8> {
    const PIECES: [&[u8]; 14] = [
        b"\"",
        b";",
        b",",
        b"\n",
        b"\r",
        b"\0",
        b"\xFF",
        b"\xC3",
        b"{",
        b"]",
        b"9999999999999999999",
        b"null",
        b"\\u0000",
        b"\x1F",
    ];
    let mut bytes = bytes.to_vec();
    for _ in 0..draw.below(12) {
        let at = draw.below(bytes.len() + 1);
        match draw.below(4) {
            0 => bytes.truncate(at),
            1 if at < bytes.len() => drop(bytes.remove(at)),
            _ => drop(bytes.splice(at..at, draw.pick(&PIECES).iter().copied())),
        }
    }
    bytes
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn hostile_sources_are_read_or_refused(draw in draws()) {
        let mut draw = draw;
        let codebook = Codebook::from_json(TOY_CODEBOOK).unwrap();
        let source = draw.pick(&SOURCES);
        let bytes = damaged(&mut draw, source);
        let _ = SourceKind::of(&bytes);
        for mapping in MAPPINGS {
            let mapping = Mapping::from_json(mapping).unwrap();
            match mapping.read(&codebook, &bytes[..], &Reading::new()) {
                Err(error) => prop_assert!(!error.to_string().contains(['\u{0}', '\u{1b}']), "{}", error),
                Ok(intake) => {
                    let report = intake.report();
                    prop_assert_eq!(report.records(), report.understood() + report.partly_understood() + report.not_rankable());
                    prop_assert_eq!(report.lines(), report.heading_lines() + report.blank_lines() + report.record_lines());
                    prop_assert_eq!(intake.backlog().len() as u64, report.complaints());
                    let _ = report.to_string();
                }
            }
        }
        if let Ok(proposal) = Mapping::propose(&bytes, &codebook) {
            prop_assert!(!proposal.to_string().contains(['\u{0}', '\u{1b}']), "{}", proposal);
            if let Ok(mapping) = proposal.mapping() {
                let _ = mapping.read(&codebook, &bytes[..], &Reading::new());
            }
        }
    }

    #[test]
    fn hostile_mappings_are_refused_or_whole(draw in draws()) {
        let mut draw = draw;
        let codebook = Codebook::from_json(TOY_CODEBOOK).unwrap();
        let text = draw.pick(&MAPPINGS);
        let text = damaged(&mut draw, text.as_bytes());
        match Mapping::from_json(&String::from_utf8_lossy(&text)) {
            Err(error) => prop_assert!(!error.to_string().is_empty()),
            Ok(mapping) => {
                let again = Mapping::from_json(&mapping.to_json().unwrap()).unwrap();
                prop_assert_eq!(again.fingerprint(), mapping.fingerprint());
                let _ = Importer::new(&mapping, &codebook).map(|importer| {
                    importer.read_bytes(SOURCES[0], &Reading::new()).is_ok()
                });
            }
        }
    }
}
