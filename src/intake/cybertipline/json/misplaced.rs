//! What is known and stands where it is not read: told, and never lost where it speaks of danger.

use super::super::facts::{Counts, Fact, FileFacts, ReportFacts};
use super::super::note::{Note, NoteCause};
use super::super::reading::{self, Reading, Truth, is_same_name};
use super::super::tree::{Tree, is_one_of};
use super::{INFORMATION, REPORT, is_urgent, reports_within, said};

/// Keys under which something stands that a report must not lose.
const PARTS: &[&str] = &[
    "reportedInformation",
    "incidentSummary",
    "incidentType",
    "incidentTypes",
    "incidentDateTime",
    "reportAnnotations",
    "fileAnnotations",
    "escalateToHighPriority",
    "priority",
    "priorityLevel",
    "reportedPeople",
    "intendedRecipients",
    "victims",
    "victim",
    "uploadedFiles",
    "industryClassification",
    "ncmecTags",
    "dateOfBirth",
    "age",
    "approximateAge",
];

/// Keys under which people write as they like.
const TEXTS: &[&str] = &[
    "additionalInformations",
    "additionalInfo",
    "profileBio",
    "physicalDescription",
    "incidentDateTimeDescription",
];

/// Reports and parts of one that stand within a report under keys that are not known there.
pub(super) fn within_unknown<'s, 't>(
    tree: &'s Tree<'t>,
    depth: usize,
    found: &mut Vec<&'s Tree<'t>>,
) {
    let Tree::Map(entries) = tree else { return };
    let is_known = |key: &str| is_one_of(key, REPORT) || is_one_of(key, INFORMATION);
    for (_, value) in entries.iter().filter(|(key, _)| !is_known(key) && !is_one_of(key, TEXTS)) {
        reports_within(value, depth.saturating_sub(1), found);
    }
}

/// Whether it is a report by itself, and neither a part of one nor only the id of another.
pub(super) fn is_whole_report(tree: &Tree<'_>) -> bool {
    let says_more = |key: &str| {
        !is_same_name("reportId", key) && (is_one_of(key, REPORT) || is_one_of(key, INFORMATION))
    };
    tree.get(&["reportId"]).is_some() && tree.keys().any(says_more)
}

/// What was meant by a key that is not known at a place: the known key of which it may be a slip, or the part that stands there.
pub(super) fn meant(key: &str, value: &Tree<'_>, known: &[&'static str]) -> Option<&'static str> {
    if is_one_of(key, TEXTS) || !holds_something(value) {
        return None;
    }
    let folded = key.to_ascii_lowercase();
    let is_slip = |known: &&&'static str| {
        known.len() >= 6
            && known.len().abs_diff(key.len()) <= 2
            && strsim::osa_distance(&known.to_ascii_lowercase(), &folded) <= 2
    };
    let part = PARTS.iter().find(|part| is_same_name(part, key));
    part.or_else(|| known.iter().find(is_slip)).copied().or_else(|| part_within(value))
}

fn holds_something(value: &Tree<'_>) -> bool {
    match value {
        Tree::Null => false,
        Tree::Text(text) => !text.trim().is_empty(),
        Tree::List(members) => members.iter().any(holds_something),
        Tree::Map(entries) => entries.iter().any(|(_, value)| holds_something(value)),
        Tree::Bool(_) | Tree::Number(_) => true,
    }
}

fn part_within(value: &Tree<'_>) -> Option<&'static str> {
    match value {
        Tree::List(members) => members.iter().find_map(part_within),
        Tree::Map(entries) => {
            entries.iter().filter(|(key, _)| !is_one_of(key, TEXTS)).find_map(|(key, value)| {
                let here = PARTS.iter().find(|part| is_same_name(part, key)).copied();
                here.filter(|_| holds_something(value)).or_else(|| part_within(value))
            })
        }
        _ => None,
    }
}

/// Adds flags that stand anywhere in a report and were not read where they stand; each is told.
pub(super) fn add_flags(tree: &Tree<'_>, facts: &mut ReportFacts, reading: &Reading<'_>) {
    let mut found: Vec<Fact> = Vec::new();
    flags_within(tree, reading.limits.depth, &mut |fact| {
        if !fact.lowers() && !found.contains(&fact) {
            found.push(fact);
        }
    });
    for fact in found {
        let is_known = match fact.is_of_file() {
            true => facts
                .files
                .iter()
                .any(|file| file.provider.has(fact) || file.clearinghouse.has(fact)),
            false => facts.counts.of(fact) > 0,
        };
        if is_known {
            continue;
        }
        facts.notes.push(Note::new(fact.field(), NoteCause::Misplaced));
        match facts.files.last_mut() {
            _ if !fact.is_of_file() => facts.counts.add(fact),
            Some(file) => file.provider.add(fact),
            None => {
                let mut file = FileFacts::default();
                file.provider.add(fact);
                file.close();
                facts.files.push(file);
            }
        }
    }
}

fn flags_within(tree: &Tree<'_>, depth: usize, found: &mut dyn FnMut(Fact)) {
    let flag = |name: &str| reading::report_flag(name).or_else(|| reading::file_flag(name));
    match tree {
        Tree::List(members) if depth > 0 => {
            for member in members {
                if let Tree::Text(name) = member
                    && let Some(fact) = flag(name.trim())
                {
                    found(fact);
                }
                if !is_whole_report(member) {
                    flags_within(member, depth - 1, found);
                }
            }
        }
        Tree::Map(entries) if depth > 0 => {
            let named = tree.get(&["name"]).and_then(Tree::text).and_then(|name| flag(name.trim()));
            if let Some(fact) = named
                && tree.get(&["value"]).is_none_or(|value| said(value).0 != Truth::Denied)
            {
                found(fact);
            }
            for (key, value) in entries.iter().filter(|(key, _)| !is_one_of(key, TEXTS)) {
                if !matches!(value, Tree::Null) {
                    flags_of(key, value, flag(key), found);
                }
                // A report within is read by itself.
                if !is_whole_report(value) {
                    flags_within(value, depth - 1, found);
                }
            }
        }
        _ => {}
    }
}

/// What a key and its value say by themselves.
fn flags_of(key: &str, value: &Tree<'_>, flag: Option<Fact>, found: &mut dyn FnMut(Fact)) {
    if let Some(fact) = flag.filter(|_| said(value).0 != Truth::Denied) {
        found(fact);
    }
    if is_same_name("escalateToHighPriority", key) && is_urgent(value) {
        found(Fact::HighPriority);
    }
    if is_one_of(key, &["priority", "priorityLevel"]) {
        let mut levels = value.texts().into_iter().map(str::trim);
        if levels.any(|level| matches!(level, "E" | "e" | "1")) {
            found(Fact::TopPriority);
        }
    }
    if is_same_name("industryClassification", key) {
        value.texts().into_iter().filter_map(reading::classification).for_each(&mut *found);
    }
    if is_one_of(key, &["incidentType", "incidentTypes"]) {
        let mut counts = Counts::default();
        for text in value.texts() {
            reading::incident_types(text, &mut counts, &mut Vec::new());
        }
        Fact::all().filter(|fact| counts.of(*fact) > 0).for_each(found);
    }
}
