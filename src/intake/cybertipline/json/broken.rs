//! JSON that does not parse as a whole: the reports in it, and what can be had of one.

use serde::de::IgnoredAny;

use super::super::facts::ReportFacts;
use super::super::limits::ReportError;
use super::super::note::{Note, NoteCause};
use super::super::reading::Reading;
use super::super::salvage;
use crate::intake::SourceKind;
use crate::intake::json::records;

/// How many lists of a document that does not parse are looked at, whether they are of reports.
const MOST_LISTS: usize = 4;

/// Reports of a text that does not parse as a whole: each on a line of its own, or members of a list behind and before a fault.
pub(super) fn pieces<'t>(text: &'t str) -> Vec<&'t str> {
    let is_report = |raw: &str| raw.contains("reportId") || raw.contains("reportedInformation");
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let is_whole = |line: &&str| serde_json::from_str::<IgnoredAny>(line).is_ok();
    let are_objects = lines.iter().all(|line| line.starts_with('{'));
    if are_objects && lines.iter().any(|line| is_report(line)) && lines.iter().any(is_whole) {
        return lines;
    }
    let members = |list: &'t str, is_report: &dyn Fn(&str) -> bool| {
        let mut pieces = Vec::new();
        records(list, SourceKind::Json, None, is_report, &mut |record| {
            pieces.push(&list[record.bytes]);
            true
        });
        pieces
    };
    if text.trim_start().starts_with('[') {
        return members(text, &is_report);
    }
    // A list within an object is one of reports by what nothing else in a report holds.
    let is_report =
        |raw: &str| ["reportedInformation", "incidentSummary"].iter().any(|key| raw.contains(key));
    let begins = |(at, _): &(usize, &str)| text[at + 1..].trim_start().starts_with('{');
    let lists = text.match_indices('[').filter(begins).take(MOST_LISTS);
    let found = lists.map(|(at, _)| members(&text[at..], &is_report));
    let is_of_reports = |pieces: &Vec<&str>| pieces.iter().filter(|raw| is_report(raw)).count() > 1;
    found.into_iter().find(is_of_reports).unwrap_or_default()
}

/// What can be had of JSON that does not parse: its id, and flags by name.
pub(super) fn broken(text: &str, cause: &ReportError, reading: &Reading<'_>) -> ReportFacts {
    let mut facts = ReportFacts::default();
    salvage::add_found(text.as_bytes(), &mut facts);
    facts.id = text.split_once("\"reportId\"").and_then(|(_, after)| {
        let after = after.trim_start().strip_prefix(':')?.trim_start();
        let after = after.strip_prefix('"').unwrap_or(after);
        let end = after.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(after.len());
        // Digits that run into the end of the text may be cut off.
        (end > 0 && end < after.len()).then(|| after[..end].to_owned())
    });
    facts.notes.push(Note::new("document", NoteCause::Broken(cause.clone())));
    facts.close(reading.intake);
    facts
}
