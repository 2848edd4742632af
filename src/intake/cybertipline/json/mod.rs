//! The police side's JSON. No schema of it is public: keys are those that published parsers read,
//! and everything may be null, absent, nested once more, or spelled as the sender spells it.

mod files;
mod people;

use serde::de::IgnoredAny;

use super::facts::{Counts, Fact, ReportFacts};
use super::limits::ReportError;
use super::note::{Note, NoteCause};
use super::reading::{self, Identifier, Reading, Truth, truth};
use super::salvage;
use super::tree::{self, Tree};
use super::xml::add_file;
use crate::intake::SourceKind;
use crate::intake::json::records;

/// Keys that are known at each place; others are counted by name.
const REPORT: &[&str] = &[
    "reportId",
    "dateReceived",
    "reportedInformation",
    "priority",
    "priorityLevel",
    "incidentSummary",
];
const INFORMATION: &[&str] = &[
    "reportingEsp",
    "incidentSummary",
    "incidentDetails",
    "reportedPeople",
    "intendedRecipients",
    "uploadedFiles",
    "additionalInformations",
    "additionalInfo",
    "victims",
    "lawEnforcement",
    "batchedReport",
];
const SUMMARY: &[&str] = &[
    "incidentType",
    "incidentTypes",
    "incidentDateTime",
    "incidentDateTimeDescription",
    "escalateToHighPriority",
    "reportAnnotations",
    "platform",
];
/// How many lists of a document that does not parse are looked at, whether they are of reports.
const MOST_LISTS: usize = 4;
/// How deep reports may be wrapped in objects and lists of others.
const WRAPPED: usize = 4;

/// The objects within another that are reports by their own keys; what is within a report is its own. Beside reports in a
/// list, whatever else stands there was meant to be one, and is not passed over.
fn reports_within<'s, 't>(tree: &'s Tree<'t>, depth: usize, found: &mut Vec<&'s Tree<'t>>) {
    let is_report = tree.get(&["reportedInformation", "incidentSummary", "reportId"]).is_some();
    match tree {
        Tree::Map(_) if is_report => found.push(tree),
        Tree::Map(entries) if depth > 0 => {
            entries.iter().for_each(|(_, value)| reports_within(value, depth - 1, found));
        }
        Tree::List(members) if depth > 0 => {
            let before = found.len();
            let mut others = Vec::new();
            for member in members {
                let so_far = found.len();
                reports_within(member, depth - 1, found);
                if found.len() == so_far && !matches!(member, Tree::Null) {
                    others.push(member);
                }
            }
            if found.len() > before {
                found.append(&mut others);
            }
        }
        _ => {}
    }
}

/// Reads a document: a report, or a list of reports.
pub(super) fn read(
    text: &str,
    reading: &mut Reading<'_>,
) -> (Vec<ReportFacts>, Option<ReportError>) {
    match tree::parse(text, reading.limits) {
        Ok(tree @ (Tree::Map(_) | Tree::List(_))) => {
            let mut found = Vec::new();
            reports_within(&tree, WRAPPED, &mut found);
            match &tree {
                Tree::List(members) if found.is_empty() => {
                    found.extend(members.iter().filter(|member| matches!(member, Tree::Map(_))));
                }
                _ if found.is_empty() => found.push(&tree),
                _ => {}
            }
            (found.into_iter().map(|entry| report(entry, reading)).collect(), None)
        }
        Ok(_) => (Vec::new(), Some(ReportError::NoReport)),
        Err(cause) => {
            let pieces = match cause {
                ReportError::Json { .. } => pieces(text),
                _ => Vec::new(),
            };
            // More than a text that parses may hold are not taken apart either.
            if !(2..=reading.limits.elements).contains(&pieces.len()) {
                return (vec![broken(text, &cause, reading)], Some(cause));
            }
            // Of a piece that is broken by itself there are no pieces.
            let read = pieces.into_iter().map(|piece| read(piece, reading).0);
            (read.flatten().collect(), Some(cause))
        }
    }
}

/// Reports of a text that does not parse as a whole: each on a line of its own, or members of a list behind and before a fault.
fn pieces<'t>(text: &'t str) -> Vec<&'t str> {
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
fn broken(text: &str, cause: &ReportError, reading: &Reading<'_>) -> ReportFacts {
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

fn report(tree: &Tree<'_>, reading: &mut Reading<'_>) -> ReportFacts {
    let mut facts = ReportFacts::default();
    unknown(tree, &[REPORT, INFORMATION].concat(), reading);
    identity(tree, &mut facts, reading);
    priority(tree, &mut facts);
    // A key that stands twice hides nothing of what is under the first or the second.
    let mut parts: Vec<&Tree<'_>> = tree.all("reportedInformation").collect();
    parts.iter().for_each(|part| unknown(part, INFORMATION, reading));
    if parts.is_empty() {
        parts.push(tree);
    }
    for part in parts {
        information(part, &mut facts, reading);
    }
    facts.close(reading.intake);
    facts
}

/// Its id and when it was received: the first of each; another one is told.
fn identity(tree: &Tree<'_>, facts: &mut ReportFacts, reading: &mut Reading<'_>) {
    for found in tree.all("reportId") {
        let Some(id) = found.text().map(str::trim) else { continue };
        let is_number = matches!(found, Tree::Number(_));
        match &facts.id {
            // Two ids of more digits than are exact would be one.
            None if is_number && id.contains('e') => {
                facts.notes.push(Note::new("reportId", NoteCause::Value));
            }
            None => facts.id = Some(id.to_owned()),
            Some(before) if before == id => {}
            Some(_) => facts.notes.push(Note::new("reportId", NoteCause::Twice)),
        }
    }
    for text in tree.all("dateReceived").filter_map(Tree::text) {
        let read = reading.time("dateReceived", text, &mut facts.notes);
        facts.received = facts.received.into_iter().chain(read).min();
    }
}

fn information(part: &Tree<'_>, facts: &mut ReportFacts, reading: &mut Reading<'_>) {
    let esp = part.get(&["reportingEsp"]);
    let sender = esp.and_then(|esp| esp.get(&["espName", "name"]).unwrap_or(esp).text());
    let digest = sender.and_then(|name| reading.identifier(Identifier::Sender, name, ""));
    facts.sender = facts.sender.or(digest);
    let mut platform = None;
    for summary in part.all("incidentSummary") {
        incident(summary, facts, reading);
        platform = platform.or(summary.get(&["platform"]).and_then(Tree::text));
    }
    let platform = platform.or(sender).unwrap_or("");
    channels(part, facts);
    for police in part.all("lawEnforcement") {
        let served = [
            ("reportedToLe", Fact::PoliceReported),
            ("servedLegalProcessDomestic", Fact::PoliceServed),
            ("servedLegalProcessInternational", Fact::PoliceServedAbroad),
        ];
        for (key, fact) in served {
            let ReportFacts { counts, notes, .. } = facts;
            flags(police, key, fact, counts, notes, reading);
        }
    }
    if let Some(batched) = part.get(&["batchedReport"]) {
        let reason = batched.get(&["reason"]).unwrap_or(batched).text().unwrap_or("");
        let said = if reason == "VIRAL_POTENTIAL_MEME" { Truth::Yes } else { Truth::Unclear };
        let ReportFacts { counts, notes, .. } = facts;
        reading.flag(Fact::BatchedViral, said, reason, counts, notes);
    }
    for entry in part.list(&["reportedPeople"], people::PERSON) {
        if facts.people.len() == reading.limits.people {
            let cause = ReportError::People { limit: reading.limits.people };
            facts.notes.push(Note::new("reportedPersons", NoteCause::Broken(cause)));
            break;
        }
        let person = people::reported(entry, platform, facts, reading);
        facts.people.push(person);
    }
    for (key, is_victim) in [("intendedRecipients", false), ("victims", true)] {
        for entry in part.list(&[key], people::PERSON) {
            people::other(entry, is_victim, facts, reading);
        }
    }
    for entry in part.list(&["uploadedFiles"], files::FILE) {
        let file = files::file(entry, reading);
        add_file(&mut facts.files, file, reading.limits.files);
    }
    texts(part, reading, &mut facts.counts);
}

/// The clearing house's level: one, or several in a list. The most urgent counts, and none is passed over.
fn priority(tree: &Tree<'_>, facts: &mut ReportFacts) {
    for found in tree.all("priorityLevel").chain(tree.all("priority")) {
        let levels = match found {
            Tree::List(levels) => levels.as_slice(),
            level => std::slice::from_ref(level),
        };
        for level in levels {
            match level.text().map(str::trim) {
                Some("E" | "e" | "1") => facts.counts.add(Fact::TopPriority),
                Some("2" | "3" | "4" | "5" | "") => {}
                Some(level) => {
                    facts.notes.push(Note::showing("priority", level, NoteCause::Value));
                }
                None => facts.notes.push(Note::new("priority", NoteCause::Value)),
            }
        }
    }
}

fn unknown(tree: &Tree<'_>, known: &[&str], reading: &mut Reading<'_>) {
    let is_known = |key: &&str| known.iter().any(|known| known.eq_ignore_ascii_case(key));
    for key in tree.keys().filter(|key| !is_known(key)) {
        reading.totals.unknown_fields.add(key, reading.limits.names);
    }
}

/// Every value under a key counts, so that a second one cannot hide the first.
fn flags(
    tree: &Tree<'_>,
    key: &str,
    fact: Fact,
    counts: &mut Counts,
    notes: &mut Vec<Note>,
    reading: &mut Reading<'_>,
) {
    for value in tree.all(key) {
        let (said, text) = said(value);
        reading.flag(fact, said, text, counts, notes);
    }
}

/// What a value under the name of a flag says. One that is there and empty says nothing clearly: it raises where it can, and
/// is told.
fn said<'s>(value: &'s Tree<'_>) -> (Truth, &'s str) {
    let text = value.text().unwrap_or("");
    (if text.trim().is_empty() { Truth::Unclear } else { truth(text) }, text)
}

fn incident(summary: &Tree<'_>, facts: &mut ReportFacts, reading: &mut Reading<'_>) {
    unknown(summary, SUMMARY, reading);
    let types = summary.all("incidentType").chain(summary.all("incidentTypes"));
    for found in types {
        let several = match found {
            Tree::List(several) => several.as_slice(),
            single => std::slice::from_ref(single),
        };
        for text in several.iter().filter_map(Tree::text).filter(|text| !text.trim().is_empty()) {
            match reading::incident_type(text) {
                Some(fact) => facts.counts.add(fact),
                None => {
                    facts.notes.push(Note::showing("incidentType", text, NoteCause::Value));
                }
            }
        }
    }
    for text in summary.all("incidentDateTime").filter_map(Tree::text) {
        let read = reading.time("incidentDateTime", text, &mut facts.notes);
        facts.set_incident(read);
    }
    // The sender's call for urgency is free text: that it is there is what counts.
    let urgent = |value: &Tree<'_>| match value {
        Tree::Bool(said) => *said,
        Tree::Text(text) => !text.trim().is_empty(),
        _ => true,
    };
    if summary.all("escalateToHighPriority").any(urgent) {
        reading.totals.texts_not_read += 1;
        facts.counts.add(Fact::HighPriority);
    }
    for annotations in summary.all("reportAnnotations") {
        each_flag(annotations, |name, said, text| match reading::report_flag(name) {
            Some(fact) => reading.flag(fact, said, text, &mut facts.counts, &mut facts.notes),
            None => reading.unknown_flag(name, said, &mut facts.notes),
        });
    }
}

/// Flags as an object of truths, a list of names, or a list of objects, which hold truths or a `name` with or without a `value`.
fn each_flag(flags: &Tree<'_>, mut flag: impl FnMut(&str, Truth, &str)) {
    flags_within(flags, WRAPPED, &mut flag);
}

fn flags_within(flags: &Tree<'_>, depth: usize, flag: &mut dyn FnMut(&str, Truth, &str)) {
    match flags {
        Tree::Map(entries) => {
            if let Some(name) = flags.get(&["name"]).and_then(Tree::text) {
                let (said, text) = flags.get(&["value"]).map_or((Truth::Yes, ""), said);
                return flag(name.trim(), said, text);
            }
            for (name, value) in entries.iter().filter(|(_, value)| !matches!(value, Tree::Null)) {
                let (said, text) = said(value);
                flag(name, said, text);
            }
        }
        Tree::List(members) if depth > 0 => {
            members.iter().for_each(|member| flags_within(member, depth - 1, flag));
        }
        Tree::Text(name) => flag(name.trim(), Truth::Yes, ""),
        _ => {}
    }
}

fn channels(information: &Tree<'_>, facts: &mut ReportFacts) {
    let details: Vec<&Tree<'_>> = information.all("incidentDetails").collect();
    for (key, fact) in [
        ("webpageIncident", Fact::ChannelWeb),
        ("webPageIncident", Fact::ChannelWeb),
        ("emailIncident", Fact::ChannelMail),
        ("newsgroupIncident", Fact::ChannelNews),
        ("chatImIncident", Fact::ChannelChat),
        ("onlineGamingIncident", Fact::ChannelGame),
        ("cellPhoneIncident", Fact::ChannelPhone),
        ("nonInternetIncident", Fact::ChannelOffline),
        ("peer2peerIncident", Fact::ChannelPeer),
    ] {
        let mut found = details.iter().flat_map(|details| details.all(key));
        if found.any(|value| !matches!(value, Tree::List(list) if list.is_empty())) {
            facts.counts.add(fact);
        }
    }
}

/// Counts free texts; none is read.
fn texts(tree: &Tree<'_>, reading: &mut Reading<'_>, counts: &mut Counts) {
    let keys = ["additionalInformations", "additionalInfo", "profileBio", "physicalDescription"];
    for _ in keys.iter().filter(|key| !tree.list(&[key], &[]).is_empty()) {
        reading.totals.texts_not_read += 1;
        counts.add(Fact::Text);
    }
}

/// Whether a text is JSON by its first character.
pub(super) fn looks_like(text: &str) -> bool {
    matches!(text.trim_start().as_bytes().first(), Some(b'{' | b'['))
}
