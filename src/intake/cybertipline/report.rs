//! How a report ends, and how all of them did.

use std::fmt;
use std::sync::Arc;

use super::limits::ReportError;
use super::mapping::SkippedRow;
use super::reading::{NameCounts, Totals};
use crate::Timestamp;
use crate::backlog::Told;
use crate::complaint::{Complaint, ComplaintError};
use crate::intake::Traces;

/// Orphans and causes shown before the rest is counted.
const MOST_SHOWN: usize = 10;

/// A report as a complaint.
#[derive(Debug, Clone)]
pub struct ReadReport {
    complaint: Complaint,
    traces: Traces,
    people: usize,
}

impl ReadReport {
    pub(super) fn new(complaint: Complaint, traces: Traces, people: usize) -> Self {
        ReadReport { complaint, traces, people }
    }

    /// The complaint, with who gave each answer beside it, and with what was not understood.
    #[must_use]
    pub fn complaint(&self) -> &Complaint {
        &self.complaint
    }

    /// What ties it to others: digests alone.
    #[must_use]
    pub fn traces(&self) -> &Traces {
        &self.traces
    }

    /// How many people the report complains about.
    #[must_use]
    pub fn people(&self) -> usize {
        self.people
    }

    /// Takes it apart into complaint and traces.
    #[must_use]
    pub fn into_parts(self) -> (Complaint, Traces) {
        (self.complaint, self.traces)
    }
}

/// A document that cannot be ranked, whole.
#[derive(Clone)]
pub struct KeptReport {
    name: String,
    bytes: Arc<[u8]>,
    cause: ReportError,
    answers: Vec<(String, String)>,
}

impl fmt::Debug for KeptReport {
    /// Without the bytes, which hold people's data.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("KeptReport")
            .field("name", &self.name)
            .field("bytes", &self.bytes.len())
            .field("cause", &self.cause)
            .field("answers", &self.answers)
            .finish()
    }
}

impl KeptReport {
    pub(super) fn new(
        name: &str,
        bytes: Arc<[u8]>,
        cause: ReportError,
        answers: Vec<(String, String)>,
    ) -> Self {
        KeptReport { name: name.to_owned(), bytes, cause, answers }
    }

    /// The name of the document.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The document as it came, to be written out and mended.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Why it cannot be ranked.
    #[must_use]
    pub fn cause(&self) -> &ReportError {
        &self.cause
    }

    /// Items and answers that could be read all the same, in order of the codebook.
    #[must_use]
    pub fn answers(&self) -> &[(String, String)] {
        &self.answers
    }

    /// The same as a complaint under an id of the host's, so that a model can say how urgent it is to
    /// mend it.
    ///
    /// # Errors
    /// [`ComplaintError::Length`] for an id that cannot be one.
    pub fn as_complaint(&self, id: &str, received: Timestamp) -> Result<Complaint, ComplaintError> {
        let complaint = Complaint::new(id, received)?;
        let answers = self.answers.iter();
        Ok(answers.fold(complaint, |complaint, (item, answer)| {
            complaint.with_answer(item.as_str(), answer.as_str())
        }))
    }
}

/// How a report ends: one of three ways.
#[derive(Debug, Clone)]
pub enum ReportEnd {
    /// Everything in it that matters here was understood.
    Ranked(ReadReport),
    /// It is ranked with what was understood; [`Complaint::not_understood`] tells the rest.
    RankedInPart(ReadReport),
    /// It has no id, or cannot be read at all: it is kept whole, for a person to look at.
    NotRankable(KeptReport),
}

impl ReportEnd {
    /// The report, where it can be ranked.
    #[must_use]
    pub fn read(&self) -> Option<&ReadReport> {
        match self {
            ReportEnd::Ranked(read) | ReportEnd::RankedInPart(read) => Some(read),
            ReportEnd::NotRankable(_) => None,
        }
    }
}

/// All reports of an import, counted.
#[derive(Debug, Clone, Default)]
pub struct ImportReport {
    pub(super) documents: u64,
    pub(super) bytes: u64,
    pub(super) reports: u64,
    pub(super) files: u64,
    pub(super) merged: u64,
    pub(super) people: u64,
    pub(super) orphans: Told<(String, usize)>,
    pub(super) missing: Told<String>,
    pub(super) disagreements: NameCounts,
    pub(super) facts_without_row: NameCounts,
    skipped: Vec<SkippedRow>,
    ranked: u64,
    ranked_in_part: u64,
    not_rankable: u64,
    pub(super) causes: NameCounts,
    totals: Totals,
}

impl ImportReport {
    pub(super) fn new(skipped: &[SkippedRow]) -> Self {
        ImportReport { skipped: skipped.to_vec(), ..ImportReport::default() }
    }

    pub(super) fn count(&mut self, ends: &[ReportEnd], totals: &Totals) {
        for end in ends {
            match end {
                ReportEnd::Ranked(_) => self.ranked += 1,
                ReportEnd::RankedInPart(_) => self.ranked_in_part += 1,
                ReportEnd::NotRankable(kept) => {
                    self.not_rankable += 1;
                    self.causes.add_grouped(format!("document: {}", kept.cause().kind()));
                }
            }
        }
        self.totals = totals.clone();
    }

    /// Documents read.
    #[must_use]
    pub fn documents(&self) -> u64 {
        self.documents
    }

    /// Their bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Reports in them, repeated ones counted each time.
    #[must_use]
    pub fn reports(&self) -> u64 {
        self.reports
    }

    /// File details in them.
    #[must_use]
    pub fn files(&self) -> u64 {
        self.files
    }

    /// Reports that came again under an id and were joined: item by item the more dangerous answer
    /// counts.
    #[must_use]
    pub fn merged(&self) -> u64 {
        self.merged
    }

    /// People complained about.
    #[must_use]
    pub fn people(&self) -> u64 {
        self.people
    }

    /// Ids of reports of which only file details came, each with how many: all are counted, the first are named.
    #[must_use]
    pub fn orphans(&self) -> &Told<(String, usize)> {
        &self.orphans
    }

    /// Ids of reports that an answer of the receiver names and that did not come: all are counted, the first are named.
    #[must_use]
    pub fn missing(&self) -> &Told<String> {
        &self.missing
    }

    /// Complaints that were understood.
    #[must_use]
    pub fn ranked(&self) -> u64 {
        self.ranked
    }

    /// Complaints that are ranked with something not understood.
    #[must_use]
    pub fn ranked_in_part(&self) -> u64 {
        self.ranked_in_part
    }

    /// Documents kept for a person.
    #[must_use]
    pub fn not_rankable(&self) -> u64 {
        self.not_rankable
    }

    /// Items on which speakers disagreed, each with how often.
    #[must_use]
    pub fn disagreements(&self) -> &NameCounts {
        &self.disagreements
    }

    /// Facts that no row of the mapping asks for, each with in how many reports it was found.
    #[must_use]
    pub fn facts_without_row(&self) -> &NameCounts {
        &self.facts_without_row
    }

    /// Rows of the mapping whose item or answers the codebook lacks.
    #[must_use]
    pub fn skipped_rows(&self) -> &[SkippedRow] {
        &self.skipped
    }

    /// Elements and keys that are not known, each with how often.
    #[must_use]
    pub fn unknown_fields(&self) -> &NameCounts {
        &self.totals.unknown_fields
    }

    /// Flags that are not known, each with how often. The complaints that carry them say so.
    #[must_use]
    pub fn unknown_flags(&self) -> &NameCounts {
        &self.totals.unknown_flags
    }

    /// Tags of the clearing house that are not known, each with how often.
    #[must_use]
    pub fn unknown_tags(&self) -> &NameCounts {
        &self.totals.unknown_tags
    }

    /// Flags said to be false, which is no answer, each with how often.
    #[must_use]
    pub fn denied_flags(&self) -> &NameCounts {
        &self.totals.denied_flags
    }

    /// Times that came without an offset and were read as UTC.
    #[must_use]
    pub fn times_without_offset(&self) -> u64 {
        self.totals.times_without_offset
    }

    /// Free texts that were passed over.
    #[must_use]
    pub fn texts_not_read(&self) -> u64 {
        self.totals.texts_not_read
    }

    /// What was not understood, by field and cause, each with in how many complaints.
    #[must_use]
    pub fn causes(&self) -> &NameCounts {
        &self.causes
    }
}

impl fmt::Display for ImportReport {
    /// What could hide danger first.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            out,
            "{} documents: {} reports ({} of them again), {} file details, {} people",
            self.documents, self.reports, self.merged, self.files, self.people
        )?;
        writeln!(out, "  {:>9} cannot be ranked and need a person", self.not_rankable)?;
        writeln!(out, "  {:>9} ranked, with something not understood", self.ranked_in_part)?;
        writeln!(out, "  {:>9} ranked", self.ranked)?;
        names(out, "Not understood", &self.causes)?;
        names(out, "Unknown flags", self.unknown_flags())?;
        names(out, "Speakers disagree; the more dangerous answer counts", &self.disagreements)?;
        if !self.orphans.is_empty() {
            writeln!(out, "File details without their report: {} reports", self.orphans.count())?;
            for (id, files) in self.orphans.first().iter().take(MOST_SHOWN) {
                writeln!(out, "  {:>9} of {}", files, id.escape_debug())?;
            }
        }
        if !self.missing.is_empty() {
            writeln!(out, "Reports that were answered and did not come: {}", self.missing.count())?;
            for id in self.missing.first().iter().take(MOST_SHOWN) {
                writeln!(out, "  {}", id.escape_debug())?;
            }
        }
        names(out, "Found, and no row of the mapping asks for it", &self.facts_without_row)?;
        names(out, "Unknown tags", self.unknown_tags())?;
        names(out, "Unknown fields", self.unknown_fields())?;
        names(out, "Flags said to be false: no answer", self.denied_flags())?;
        if !self.skipped.is_empty() {
            let mut items: Vec<&str> = self.skipped.iter().map(|row| row.item.as_str()).collect();
            items.dedup();
            let shown = items.len().min(MOST_SHOWN);
            let (listed, rows) = (items[..shown].join(", "), self.skipped.len());
            let more = if items.len() > shown { ", …" } else { "" };
            writeln!(
                out,
                "Rows of the mapping that the codebook cannot take: {rows} ({listed}{more})"
            )?;
        }
        write!(
            out,
            "Read as UTC for want of an offset: {} times. Free texts passed over: {}.",
            self.totals.times_without_offset, self.totals.texts_not_read
        )
    }
}

fn names(out: &mut fmt::Formatter<'_>, title: &str, names: &NameCounts) -> fmt::Result {
    if names.total() == 0 {
        return Ok(());
    }
    writeln!(out, "{title}")?;
    let mut listed: Vec<(&str, u64)> = names.iter().collect();
    listed.sort_by_key(|&(name, count)| (std::cmp::Reverse(count), name));
    for (name, count) in listed.iter().take(MOST_SHOWN) {
        writeln!(out, "  {count:>9} {}", name.escape_debug())?;
    }
    let shown: u64 = listed.iter().take(MOST_SHOWN).map(|(_, count)| count).sum();
    match names.total() - shown {
        0 => Ok(()),
        more => writeln!(out, "  {more:>9} others"),
    }
}
