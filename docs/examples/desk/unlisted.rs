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

/// What people write for yes and no, and for ticks in a box, in words that mean nothing else.
const YES_OR_NO: [&str; 66] = [
    "yes",
    "no",
    "true",
    "false",
    "checked",
    "unchecked",
    "on",
    "off",
    "ja",
    "nein",
    "wahr",
    "falsch",
    "oui",
    "non",
    "vrai",
    "faux",
    "si",
    "s\u{ed}",
    "s\u{ec}",
    "verdadero",
    "falso",
    "vero",
    "sim",
    "n\u{e3}o",
    "nao",
    "verdadeiro",
    "nee",
    "nej",
    "nei",
    "waar",
    "onwaar",
    "kyll\u{e4}",
    "ei",
    "tak",
    "nie",
    "prawda",
    "fa\u{142}sz",
    "ano",
    "ne",
    "\u{e1}no",
    "igen",
    "nem",
    "da",
    "nu",
    "evet",
    "hay\u{131}r",
    "\u{434}\u{430}",
    "\u{43d}\u{435}\u{442}",
    "\u{43d}\u{456}",
    "\u{442}\u{430}\u{43a}",
    "\u{3bd}\u{3b1}\u{3b9}",
    "\u{3cc}\u{3c7}\u{3b9}",
    "\u{662f}",
    "\u{5426}",
    "\u{306f}\u{3044}",
    "\u{3044}\u{3044}\u{3048}",
    "\u{c608}",
    "\u{c544}\u{b2c8}\u{c694}",
    "\u{2713}",
    "\u{2714}",
    "\u{2717}",
    "\u{2718}",
    "\u{2611}",
    "\u{2610}",
    "[x]",
    "[ ]",
];
/// What people write for yes and no, among other things.
const PERHAPS_YES_OR_NO: [&str; 16] =
    ["y", "n", "t", "f", "j", "1", "0", "-1", "1.0", "0.0", "x", "+", "-", "*", "[]", "v"];
/// What they write where they do not know.
const NOT_KNOWN: [&str; 8] = ["unknown", "n/a", "na", "null", "none", "-", "?", "not known"];

/// Those that have no name near that of an item, and something in them: the others are asked about by name.
fn nameless(report: &IntakeReport) -> impl Iterator<Item = &UnmatchedColumn> {
    report.unmatched().iter().filter(|column| column.resembles().is_none() && column.filled() > 0)
}

/// As readers call a column that the heading leaves blank.
fn is_without_name(column: &UnmatchedColumn) -> bool {
    column.name().is_empty() || column.name().ends_with(", without a name)")
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
        let name = if is_without_name(column) { "" } else { column.name() };
        let seen = match yes_or_no.contains(name) {
            true => "yes and no",
            false if name.is_empty() && kind != SourceKind::Table => "without a name",
            false if is_whole || other.contains(name) => return None,
            false => "filled in late, not looked at",
        };
        Some(format!("{}, {seen}", described(column)))
    });
    Ok(asked.collect())
}

/// Whether words are those of yes and no: all of them, or, where some mean nothing else, most. One odd word hides no column.
fn is_yes_or_no(words: &[String]) -> bool {
    let (mut surely, mut perhaps, mut others) = (0, 0, 0);
    for word in words.iter().map(|word| word.trim().to_lowercase()) {
        let end = word.find(|letter: char| ".,;:!/ ".contains(letter)).unwrap_or(word.len());
        if NOT_KNOWN.contains(&word.as_str()) {
        } else if YES_OR_NO.contains(&word.as_str()) || YES_OR_NO.contains(&&word[..end]) {
            surely += 1;
        } else if PERHAPS_YES_OR_NO.contains(&word.as_str()) {
            perhaps += 1;
        } else {
            others += 1;
        }
    }
    surely > 0 && others <= surely + perhaps || perhaps > 0 && others == 0
}

#[cfg(test)]
mod tests {
    use super::is_yes_or_no;

    #[test]
    fn yes_and_no_are_known_in_what_people_write() {
        for (words, is) in [
            (&["yes", "no"][..], true),
            (&["yes", "pending", "no"], true),
            (&["Yes - see memo", "no"], true),
            (&["WAHR", "FALSCH"], true),
            (&["\u{414}\u{430}", "unknown"], true),
            (&["\u{2713}"], true),
            (&["-1", "0"], true),
            (&["0", "1", "2"], false),
            (&["no", "low", "high"], false),
            (&["open", "closed"], false),
            (&["unknown"], false),
            (&[], false),
        ] {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(is_yes_or_no(&words), is, "{words:?}");
        }
    }
}
