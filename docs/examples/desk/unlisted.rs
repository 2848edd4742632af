//! Columns that nothing reads though what they hold looks like answers: one of them may be the one that says *danger*.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;

use caserank::Codebook;
use caserank::backlog::{IntakeReport, UnmatchedColumn};
use caserank::intake::{Mapping, Question, SourceKind};

use super::Failure;
use super::files::{open, shown};
use super::read::SAMPLE;

/// How much of a file is looked at for what such columns hold: some ten thousands of records.
const MOST_LOOKED_AT: u64 = 1 << 23;

/// What people write for yes and no, and for ticks in a box.
const YES_OR_NO: [&str; 20] = [
    "yes", "no", "y", "n", "true", "false", "t", "f", "1", "0", "1.0", "0.0", "x", "ja", "nein",
    "j", "oui", "non", "si", "s\u{ed}",
];
/// What they write where they do not know.
const NOT_KNOWN: [&str; 8] = ["unknown", "n/a", "na", "null", "none", "-", "?", "not known"];

/// Those that have no name near that of an item, and something in them: the others are asked about by name.
fn nameless(report: &IntakeReport) -> impl Iterator<Item = &UnmatchedColumn> {
    report.unmatched().iter().filter(|column| column.resembles().is_none() && column.filled() > 0)
}

fn described(column: &UnmatchedColumn) -> String {
    let records = if column.filled() == 1 { "record" } else { "records" };
    format!("`{}` ({} {records})", column.name(), column.filled())
}

/// Keys among the answers of records in the library's own form: who wrote them says that they are items.
pub(super) fn answered(report: &IntakeReport) -> Vec<String> {
    nameless(report).map(described).collect()
}

/// Of columns that hold yes and no by their type, those that nothing reads.
#[cfg(feature = "arrow-59")]
pub(super) fn named(report: &IntakeReport, yes_or_no: &BTreeSet<String>) -> Vec<String> {
    nameless(report).filter(|column| yes_or_no.contains(column.name())).map(described).collect()
}

/// Of a table or of flat JSON, columns that hold nothing but yes and no, and those of which too little was looked at to know.
pub(super) fn look(
    path: &Path,
    kind: SourceKind,
    sample: &[u8],
    report: &IntakeReport,
    codebook: &Codebook,
) -> Result<Vec<String>, Failure> {
    if nameless(report).next().is_none() {
        return Ok(Vec::new());
    }
    let is_text = matches!(kind, SourceKind::Table | SourceKind::NdJson | SourceKind::Json);
    let (mut more, mut is_sheet) = (Vec::new(), false);
    // Standard input is read once, and a sheet of a workbook is the whole sample.
    if is_text && path != Path::new("-") {
        let failed = |cause| Failure::of(shown(path), cause);
        open(path)?.take(MOST_LOOKED_AT).read_to_end(&mut more).map_err(failed)?;
        is_sheet = SourceKind::of(&more) == SourceKind::Xlsx;
        if is_sheet {
            more.clear();
        }
    }
    let looked_at = if more.len() > sample.len() { &more } else { sample };
    let most = if path == Path::new("-") { SAMPLE } else { MOST_LOOKED_AT };
    let is_whole = is_sheet || (looked_at.len() as u64) < most;
    let Ok(proposal) = Mapping::propose(looked_at, codebook) else {
        let unseen = |column| format!("{}, not looked at", described(column));
        return Ok(nameless(report).map(unseen).collect());
    };
    let questions = proposal.questions();
    let (mut other, mut yes_or_no) = (BTreeSet::new(), BTreeSet::new());
    for question in questions {
        match question {
            Question::UnmatchedColumn { column, words, .. } if is_yes_or_no(words) => {
                yes_or_no.insert(column.as_str());
            }
            Question::UnmatchedColumn { column, .. } | Question::LikelyPart { column, .. } => {
                other.insert(column.as_str());
            }
            _ => {}
        }
    }
    let asked = nameless(report).filter_map(|column| {
        let seen = match yes_or_no.contains(column.name()) {
            true => "yes and no alone",
            false if is_whole || other.contains(column.name()) => return None,
            false => "filled in late, not looked at",
        };
        Some(format!("{}, {seen}", described(column)))
    });
    Ok(asked.collect())
}

fn is_yes_or_no(words: &[String]) -> bool {
    let mut words = words.iter().map(|word| word.trim().to_lowercase());
    let said: Vec<String> =
        words.by_ref().filter(|word| !NOT_KNOWN.contains(&word.as_str())).collect();
    !said.is_empty() && said.iter().all(|word| YES_OR_NO.contains(&word.as_str()))
}
