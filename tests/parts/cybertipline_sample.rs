//! The reports of `fixtures/reports/`: those of the generator, and hostile ones.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use caserank::Seed;
use caserank::intake::cybertipline::{Document, ReportEnd, SyntheticReports};

use super::cybertipline::import;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/reports").join(name)
}

fn documents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|cause| panic!("{}: {cause}", folder.display()));
    let paths = entries.map(|entry| entry.expect("can be read").path());
    paths
        .map(|path| {
            let name = path.file_name().expect("a file").to_string_lossy().into_owned();
            (name, fs::read(path).expect("can be read"))
        })
        .collect()
}

#[test]
fn the_sample_is_what_the_generator_writes() {
    let reports = SyntheticReports::new(Seed(1));
    let mut ids = Vec::new();
    for report in (0..60).map(|number| reports.report(number)) {
        let stored = documents(&folder("sample").join(report.id()));
        let written = report.documents().iter().cloned();
        let written: BTreeMap<String, Vec<u8>> =
            written.map(|(name, text)| (name, text.into_bytes())).collect();
        assert_eq!(stored, written, "{}: write it again with --make 60", report.id());
        ids.push(report.id().to_owned());
    }
    let mut stored: Vec<String> = documents_folders();
    stored.sort();
    assert_eq!(stored, ids);
}

fn documents_folders() -> Vec<String> {
    let entries = fs::read_dir(folder("sample")).expect("the sample is there");
    let names = entries.map(|entry| entry.expect("can be read").file_name());
    names.map(|name| name.to_string_lossy().into_owned()).collect()
}

#[test]
fn addresses_and_names_of_the_sample_are_reserved_ones() {
    for id in documents_folders() {
        for (name, bytes) in documents(&folder("sample").join(id)) {
            let text = String::from_utf8(bytes).expect("UTF-8");
            for (before, after) in text.match_indices('@').map(|(at, _)| text.split_at(at)) {
                let host = after[1..].split(['<', '"']).next().unwrap_or("");
                let reserved = host == "example.com" || host.ends_with(".example");
                assert!(
                    reserved,
                    "{name}: {host} after {}",
                    &before[before.len().saturating_sub(20)..]
                );
            }
            for block in text.split(|one: char| !one.is_ascii_digit() && one != '.') {
                let numbers: Vec<&str> = block.split('.').collect();
                if numbers.len() == 4 && numbers.iter().all(|number| !number.is_empty()) {
                    let reserved = ["192.0.2", "198.51.100", "203.0.113"];
                    assert!(reserved.contains(&&*numbers[..3].join(".")), "{name}: {block}");
                }
            }
        }
    }
}

#[test]
fn every_hostile_document_ends_as_it_should() {
    let mut found = BTreeMap::new();
    for (name, bytes) in documents(&folder("hostile")) {
        let mut import = import();
        import.read(&Document::new(&name, &bytes).with_report("1"));
        let ends = import.take();
        assert_eq!(ends.len(), 1, "{name}");
        let (end, danger) = match &ends[0] {
            ReportEnd::Ranked(read) => ("ranked", read.complaint().answers().count()),
            ReportEnd::RankedInPart(read) => ("in part", read.complaint().answers().count()),
            ReportEnd::NotRankable(kept) => ("kept", kept.answers().len()),
        };
        found.insert(name, (end, danger));
    }
    let found: Vec<(&str, &str, bool)> = found
        .iter()
        // Where the complaint came from is answered for every report.
        .map(|(name, (end, answers))| (name.as_str(), *end, *answers > 1))
        .collect();
    assert_eq!(
        found,
        [
            ("broken.json", "in part", true),
            ("deep.xml", "in part", false),
            ("entity-bomb.xml", "in part", false),
            ("external-entity.xml", "in part", true),
            ("latin-1.xml", "ranked", true),
            ("no-report.xml", "kept", false),
            ("truncated.xml", "in part", true),
            ("wrong-encoding.xml", "in part", true),
        ]
    );
}
