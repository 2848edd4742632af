//! Documents of a report put together, and what becomes of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::facts::{Counts, Fact, FileFacts, Person, ReportFacts};
use super::limits::ReportError;
use super::mapping::{Known, Said};
use super::note::{Note, NoteCause};
use super::report::{KeptReport, ReadReport, ReportEnd};
use super::{ComplaintPer, ReportImport};
use crate::Timestamp;
use crate::complaint::{Complaint, Provenance, Statement, Value};
use crate::intake::{KeyedDigest, Traces};

/// What is held of a report until its documents are there.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) reports: Vec<ReportFacts>,
    pub(super) files: Vec<FileFacts>,
}

/// Documents without an id of a report.
#[derive(Debug)]
pub(super) struct Anonymous {
    pub(super) name: String,
    pub(super) group: Option<String>,
    pub(super) bytes: Arc<[u8]>,
    pub(super) cause: ReportError,
    pub(super) report: Option<ReportFacts>,
    pub(super) files: Vec<FileFacts>,
}

/// Files of a report counted: by the provider's word and by the clearing house's.
struct Files {
    counts: [Counts; 2],
    hashes: Vec<KeyedDigest>,
    latest: Option<Timestamp>,
    /// Whether every reported file has a digest.
    all_hashed: bool,
}

impl ReportImport {
    /// Ends all reports read so far. Memory is given back, so that a run over any number of reports is
    /// as large as the largest group of documents between two calls.
    pub fn take(&mut self) -> Vec<ReportEnd> {
        self.resolve_anonymous();
        let held = std::mem::take(&mut self.held);
        let answered = std::mem::take(&mut self.answered);
        for id in answered.into_iter().filter(|id| !held.contains_key(id)) {
            self.report.missing.push(|| id);
        }
        let mut ends: Vec<ReportEnd> = Vec::with_capacity(held.len() + self.kept.len());
        let mut kept = std::mem::take(&mut self.kept);
        // What says most comes first: it may say that a child is in danger.
        kept.sort_by_key(|kept| std::cmp::Reverse(kept.answers().len()));
        ends.extend(kept.into_iter().map(ReportEnd::NotRankable));
        for (id, held) in held {
            for read in self.end(&id, held) {
                ends.push(match read.complaint().not_understood().is_empty() {
                    true => ReportEnd::Ranked(read),
                    false => ReportEnd::RankedInPart(read),
                });
            }
        }
        self.groups.clear();
        self.report.count(&ends, &self.totals);
        ends
    }

    fn resolve_anonymous(&mut self) {
        let mut given = BTreeSet::new();
        for mut waiting in std::mem::take(&mut self.anonymous) {
            let ids = waiting.group.as_ref().and_then(|group| self.groups.get(group));
            let only = ids.filter(|ids| ids.len() == 1).and_then(|ids| ids.first().cloned());
            match only {
                Some(id) => {
                    // They may be copies of one, or two: the more dangerous answers count, and it is told.
                    let held = self.held.entry(id.clone()).or_default();
                    if let Some(report) = &mut waiting.report
                        && (!given.insert(id) || !held.reports.is_empty())
                    {
                        report.notes.push(Note::new("report", NoteCause::SeveralReports));
                    }
                    held.reports.extend(waiting.report);
                    held.files.extend(waiting.files);
                }
                None => {
                    let report = waiting.report.unwrap_or_default();
                    let answers = self.answers_of(report, waiting.files);
                    let Anonymous { name, bytes, cause, .. } = waiting;
                    self.kept.push(KeptReport::new(&name, bytes, cause, answers));
                }
            }
        }
    }

    /// What a report that cannot be ranked says all the same, by item and answer.
    pub(super) fn answers_of(
        &self,
        mut report: ReportFacts,
        mut files: Vec<FileFacts>,
    ) -> Vec<(String, String)> {
        files.append(&mut report.files);
        let files = joined(files);
        let said = self.said(&[report], &files, self.intake, None);
        let best = self.most_dangerous(&said);
        let items = self.codebook.items();
        best.iter()
            .map(|answer| {
                let item = &items[answer.item];
                (item.id.clone(), item.answer_id(answer.code).to_owned())
            })
            .collect()
    }

    fn end(&mut self, id: &str, held: Held) -> Vec<ReadReport> {
        let Held { mut reports, mut files } = held;
        let mut notes: Vec<Note> = Vec::new();
        if reports.is_empty() {
            self.report.orphans.push(|| (id.to_owned(), files.len()));
            notes.push(Note::new("fileDetails", NoteCause::WithoutReport));
            reports.push(ReportFacts::default());
        }
        self.report.merged += reports.len() as u64 - 1;
        for report in &mut reports {
            files.append(&mut report.files);
            notes.append(&mut report.notes);
        }
        notes.extend(files.iter_mut().flat_map(|file| std::mem::take(&mut file.notes)));
        let people: usize = reports.iter().map(|report| report.people.len()).max().unwrap_or(0);
        self.report.people += people as u64;
        self.count_facts(&reports);
        let files = joined(files);
        let stated = reports.iter().filter_map(|report| report.received).min();
        let received = stated.unwrap_or(self.intake);
        let latest = reports.iter().map(|report| report.latest).chain([files.latest]);
        let incidents = reports.iter().map(|report| report.incident);
        if latest.chain(incidents).flatten().any(|time| time > received) {
            notes.push(Note::new("dateTime", NoteCause::LaterThanReceipt));
        }
        same_once(&mut notes);
        notes.iter().for_each(|note| self.report.causes.add_grouped(note.group()));
        let whom: Vec<Option<usize>> = match self.per {
            ComplaintPer::Person if people > 1 => (0..people).map(Some).collect(),
            _ => vec![None],
        };
        let per_person = whom.len() > 1;
        let mut ends = Vec::with_capacity(whom.len());
        for person in whom {
            let complaint_id = match person {
                Some(person) if per_person => format!("{id}.{}", person + 1),
                _ => id.to_owned(),
            };
            let said = self.said(&reports, &files, received, person);
            let best = self.most_dangerous(&said);
            let mut complaint =
                Complaint::unchecked(complaint_id, received).with_origin(self.origin);
            if let Some(stated) = stated {
                // A provider's duty to keep what it reported runs from its report.
                complaint = complaint.reported(stated);
            }
            self.answer(&mut complaint, &best, &said);
            let traces = self.traces(&reports, &files, person);
            notes.iter().for_each(|note| complaint.add_not_understood(note.kept()));
            let people = if per_person { 1 } else { people };
            ends.push(ReadReport::new(complaint, traces, people));
        }
        ends
    }

    fn said(
        &self,
        reports: &[ReportFacts],
        files: &Files,
        received: Timestamp,
        person: Option<usize>,
    ) -> Vec<Said> {
        let mut said = Vec::new();
        for report in reports {
            let activity = [report.latest, files.latest, report.incident];
            let latest = activity.into_iter().flatten().filter(|time| *time <= received).max();
            let days = |time: Timestamp| received.seconds_since(time) / 86_400;
            let connection = report.latest.filter(|time| *time <= received);
            let wanted = |position: usize| person.is_none_or(|person| person == position);
            let people = report.people.iter().enumerate().filter(|(position, _)| wanted(*position));
            let mut people: Vec<Option<&Person>> = people.map(|(_, person)| Some(person)).collect();
            if people.is_empty() {
                people.push(None);
            }
            for person in people {
                let known = Known {
                    report: &report.counts,
                    files: [&files.counts[0], &files.counts[1]],
                    person: person.map(|person| &person.counts),
                    days_since_activity: latest.map(days),
                    days_since_connection: connection.map(days),
                    youngest_victim: report.youngest_victim,
                };
                self.bound.say(&self.codebook, &known, &mut said);
            }
        }
        said
    }

    /// Of each item the most dangerous person; the first that said it, in order of items.
    fn most_dangerous<'s>(&self, said: &'s [Said]) -> Vec<&'s Said> {
        let mut best: Vec<Option<&Said>> = vec![None; self.codebook.items().len()];
        for answer in said {
            let rank = |said: &Said| self.bound.danger(said.item, said.code);
            let kept = &mut best[answer.item];
            if kept.is_none_or(|kept| rank(answer) > rank(kept)) {
                *kept = Some(answer);
            }
        }
        best.into_iter().flatten().collect()
    }

    fn answer(&mut self, complaint: &mut Complaint, best: &[&Said], said: &[Said]) {
        for answer in best {
            let item = &self.codebook.items()[answer.item];
            let value = |said: &Said| match said.number {
                Some(number) => Value::from(number),
                None => Value::from(item.answer_id(said.code)),
            };
            complaint.set_answer(item.id.as_str(), value(answer));
            let mut provenance = Provenance::new(answer.source.clone());
            let mut speakers = vec![answer.source.speaker()];
            for other in
                said.iter().filter(|other| other.item == answer.item && other.code != answer.code)
            {
                // Several people of one report differ without anybody disagreeing.
                if !speakers.contains(&other.source.speaker()) {
                    speakers.push(other.source.speaker());
                    let statement = Statement::new(value(other), other.source.clone());
                    provenance = provenance.contradicted_by(statement);
                }
            }
            if provenance.is_disputed() {
                self.report.disagreements.add(&item.id, usize::MAX);
            }
            complaint.set_provenance(&item.id, provenance);
        }
    }

    fn traces(&self, reports: &[ReportFacts], files: &Files, person: Option<usize>) -> Traces {
        let people = || {
            let all = reports.iter().flat_map(|report| report.people.iter().enumerate());
            all.filter(move |(position, _)| person.is_none_or(|person| person == *position))
        };
        let identifiers: Vec<KeyedDigest> =
            people().flat_map(|(_, person)| person.identifiers.iter().copied()).collect();
        let mut traces = Traces::new().with_subjects(identifiers);
        if let Some(sender) = reports.iter().find_map(|report| report.sender) {
            traces = traces.with_sender(sender);
        }
        let provider = &files.counts[0];
        let reported = provider.of(Fact::FileReported);
        let viral = provider.of(Fact::FileViralOrMeme);
        if reported > 0 && viral == reported && files.all_hashed {
            let parts = files.hashes.iter().map(KeyedDigest::bytes);
            traces = traces.with_viral_batch(self.key.digest_parts("viral batch", parts));
        }
        if traces.subjects().is_empty() && files.hashes.is_empty() {
            // Nothing tells a report without files and people from any other: it has no copies.
            return traces;
        }
        let mut whole: Vec<u8> = Vec::new();
        let counts = reports.iter().map(|report| &report.counts);
        let counts = counts.chain(&files.counts).chain(people().map(|(_, person)| &person.counts));
        counts.for_each(|counts| counts.write_to(&mut whole));
        for report in reports {
            let times = [report.incident, report.latest];
            times.into_iter().flatten().for_each(|time| {
                whole.extend_from_slice(&time.unix_seconds().to_le_bytes());
            });
        }
        let parts = std::iter::once(whole.as_slice());
        let parts = parts.chain(traces.subjects().iter().map(KeyedDigest::bytes));
        let parts = parts.chain(files.hashes.iter().map(KeyedDigest::bytes));
        let content = self.key.digest_parts("report", parts);
        traces.with_content(content)
    }

    /// Facts that no row asks for are told, so that nobody takes them for answered.
    fn count_facts(&mut self, reports: &[ReportFacts]) {
        for &fact in self.bound.unasked() {
            let of_people = |report: &ReportFacts| {
                report.people.iter().any(|person| person.counts.of(fact) > 0)
            };
            if reports.iter().any(|report| report.counts.of(fact) > 0 || of_people(report)) {
                self.report.facts_without_row.add(fact.name(), usize::MAX);
            }
        }
    }
}

/// Files counted once each; a file that came twice is one with the facts of both.
fn joined(files: Vec<FileFacts>) -> Files {
    let mut by_id: BTreeMap<String, usize> = BTreeMap::new();
    let mut once: Vec<FileFacts> = Vec::with_capacity(files.len());
    for file in files {
        let before = file.file.as_ref().and_then(|id| by_id.get(id)).copied();
        match before {
            Some(before) => once[before].join(file),
            None => {
                if let Some(id) = &file.file {
                    by_id.insert(id.clone(), once.len());
                }
                once.push(file);
            }
        }
    }
    let mut joined = Files {
        counts: [Counts::default(), Counts::default()],
        hashes: Vec::new(),
        latest: None,
        all_hashed: true,
    };
    for file in once {
        joined.counts[0].add_file(file.provider);
        joined.counts[1].add_file(file.clearinghouse);
        joined.all_hashed &= !file.hashes.is_empty() || file.provider.has(Fact::FileSupplemental);
        joined.latest = joined.latest.max(file.latest);
        joined.hashes.extend(file.hashes);
    }
    joined.hashes.sort_unstable();
    joined.hashes.dedup();
    joined
}

/// The same note from a hundred files is one note.
fn same_once(notes: &mut Vec<Note>) {
    let mut seen = std::collections::BTreeSet::new();
    notes.retain(|note| seen.insert(note.kept().to_string()));
}
