//! The police side's JSON. No schema of it is public: keys are those that published parsers read,
//! and everything may be null, absent, nested once more, or spelled as the sender spells it.

mod broken;
mod files;
mod misplaced;
mod people;

use broken::{broken, pieces};

use super::facts::{Counts, Fact, ReportFacts};
use super::limits::ReportError;
use super::note::{Note, NoteCause};
use super::reading::{self, Identifier, Reading, Truth, truth};
use super::salvage;
use super::tree::{self, Tree, WRAPPED, is_one_of};
use super::xml::add_file;

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
    "reportedPerson",
    "reportedPersons",
    "intendedRecipients",
    "intendedRecipient",
    "uploadedFiles",
    "uploadedFile",
    "files",
    "additionalInformations",
    "additionalInfo",
    "victims",
    "victim",
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
const POLICE: &[&str] =
    &["reportedToLe", "servedLegalProcessDomestic", "servedLegalProcessInternational"];

/// The objects within another that are reports by their own keys; what is within a report is its own. Beside reports in a
/// list, whatever else stands there was meant to be one, and is not passed over.
fn reports_within<'s, 't>(tree: &'s Tree<'t>, depth: usize, found: &mut Vec<&'s Tree<'t>>) {
    let is_report = tree.get(&["reportedInformation", "incidentSummary", "reportId"]).is_some();
    match tree {
        Tree::Map(_) if is_report => {
            found.push(tree);
            // What is within it by a name that is not known here may be reports by themselves.
            let mut inner = Vec::new();
            misplaced::within_unknown(tree, depth, &mut inner);
            found.extend(inner.into_iter().filter(|tree| misplaced::is_whole_report(tree)));
        }
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

fn report(tree: &Tree<'_>, reading: &mut Reading<'_>) -> ReportFacts {
    let mut facts = ReportFacts::default();
    unknown(tree, &[REPORT, INFORMATION].concat(), &mut facts.notes, reading);
    identity(tree, &mut facts, reading);
    priority(tree, &mut facts);
    // What stands beside the information counts as what stands within it.
    information(tree, &mut facts, reading);
    each_part(tree, "reportedInformation", INFORMATION, &mut facts, reading, named_information);
    let mut wrapped = Vec::new();
    misplaced::within_unknown(tree, WRAPPED, &mut wrapped);
    for part in wrapped.into_iter().filter(|part| !misplaced::is_whole_report(part)) {
        facts.notes.push(Note::new("reportedInformation", NoteCause::Misplaced));
        information(part, &mut facts, reading);
        each_part(part, "reportedInformation", INFORMATION, &mut facts, reading, named_information);
    }
    misplaced::add_flags(tree, &mut facts, reading);
    facts.close(reading.intake);
    facts
}

fn named_information(part: &Tree<'_>, facts: &mut ReportFacts, reading: &mut Reading<'_>) {
    unknown(part, INFORMATION, &mut facts.notes, reading);
    information(part, facts, reading);
}

/// Reads every part under a key, however often it stands there and in whatever it is wrapped. One that is no object is told; a text
/// may hold it all the same.
fn each_part(
    tree: &Tree<'_>,
    key: &'static str,
    of_part: &[&str],
    facts: &mut ReportFacts,
    reading: &mut Reading<'_>,
    read: fn(&Tree<'_>, &mut ReportFacts, &mut Reading<'_>),
) {
    for part in tree.list(&[key], of_part) {
        if let Tree::Map(_) = part {
            read(part, facts, reading);
        } else if part.text().is_none_or(|text| !text.trim().is_empty()) {
            facts.notes.push(Note::new(key, NoteCause::Misplaced));
            let text = part.text().unwrap_or("");
            match tree::parse(text, reading.limits) {
                Ok(inner @ Tree::Map(_)) => read(&inner, facts, reading),
                _ => _ = salvage::add_found(text.as_bytes(), facts),
            }
        }
    }
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
    for text in tree.all("dateReceived").flat_map(Tree::texts) {
        let read = reading.time("dateReceived", text, &mut facts.notes);
        facts.received = facts.received.into_iter().chain(read).min();
    }
}

fn information(part: &Tree<'_>, facts: &mut ReportFacts, reading: &mut Reading<'_>) {
    let esp = part.get(&["reportingEsp"]);
    let sender = esp.and_then(|esp| esp.get(&["espName", "name"]).unwrap_or(esp).text());
    let digest = sender.and_then(|name| reading.identifier(Identifier::Sender, name, ""));
    facts.sender = facts.sender.or(digest);
    each_part(part, "incidentSummary", SUMMARY, facts, reading, incident);
    let summaries = part.list(&["incidentSummary"], SUMMARY);
    let platform = summaries.iter().find_map(|summary| summary.get(&["platform"])?.text());
    let platform = platform.or(sender).unwrap_or("");
    channels(part, facts);
    for police in part.list(&["lawEnforcement"], POLICE) {
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
    for entry in part.list(&["reportedPeople", "reportedPerson", "reportedPersons"], people::PERSON)
    {
        if !is_object("reportedPeople", entry, facts) {
            continue;
        }
        if facts.people.len() == reading.limits.people {
            let cause = ReportError::People { limit: reading.limits.people };
            facts.notes.push(Note::new("reportedPersons", NoteCause::Broken(cause)));
            break;
        }
        let person = people::reported(entry, platform, facts, reading);
        facts.people.push(person);
    }
    for (keys, is_victim) in
        [(["intendedRecipients", "intendedRecipient"], false), (["victims", "victim"], true)]
    {
        for entry in part.list(&keys, people::PERSON) {
            if is_object(keys[0], entry, facts) {
                people::other(entry, is_victim, facts, reading);
            }
        }
    }
    for entry in part.list(&["uploadedFiles", "uploadedFile", "files"], files::FILE) {
        if is_object("uploadedFiles", entry, facts) {
            let file = files::file(entry, reading);
            add_file(&mut facts.files, file, reading.limits.files);
        }
    }
    texts(part, reading, &mut facts.counts);
}

/// Whether a person or a file is an object; one that is not is told.
fn is_object(key: &str, entry: &Tree<'_>, facts: &mut ReportFacts) -> bool {
    let is_object = matches!(entry, Tree::Map(_));
    if !is_object {
        facts.notes.push(Note::new(key, NoteCause::Misplaced));
    }
    is_object
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

/// Counts the keys that are not known at a place. One that may be a slip for a known key, or under which something known stands, is
/// told with the report.
fn unknown(
    tree: &Tree<'_>,
    known: &[&'static str],
    notes: &mut Vec<Note>,
    reading: &mut Reading<'_>,
) {
    let Tree::Map(entries) = tree else { return };
    for (key, value) in entries.iter().filter(|(key, _)| !is_one_of(key, known)) {
        reading.totals.unknown_fields.add(key, reading.limits.names);
        if let Some(name) = misplaced::meant(key, value, known) {
            notes.push(Note::new(name, NoteCause::Misplaced));
        }
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
    unknown(summary, SUMMARY, &mut facts.notes, reading);
    let types = summary.all("incidentType").chain(summary.all("incidentTypes"));
    for text in types.flat_map(Tree::texts) {
        reading::incident_types(text, &mut facts.counts, &mut facts.notes);
    }
    for text in summary.all("incidentDateTime").flat_map(Tree::texts) {
        let read = reading.time("incidentDateTime", text, &mut facts.notes);
        facts.set_incident(read);
    }
    if summary.all("escalateToHighPriority").any(is_urgent) {
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

/// The sender's call for urgency is free text: that it is there is what counts.
fn is_urgent(value: &Tree<'_>) -> bool {
    match value {
        Tree::Bool(said) => *said,
        Tree::Text(text) => !text.trim().is_empty(),
        _ => true,
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
