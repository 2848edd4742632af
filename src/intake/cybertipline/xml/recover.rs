//! What is done where the XML is ill-formed: it is told once, and reading goes on behind it.

use super::super::elements::Element;
use super::super::facts::{Counts, Fact, FileFacts};
use super::super::limits::ReportError;
use super::super::note::{Note, NoteCause};
use super::super::salvage::{add_found, search};
use super::XmlReader;
use super::raw::{Level, RawFile, RawReport};

/// How often the length of a document may be searched for ends that are not there.
const SEARCHED: usize = 8;

/// Bytes that may be searched beside that, so that a short document may have several faults.
const SEARCHED_BYTES: usize = 1 << 16;

fn note_of(cause: &ReportError) -> Note {
    Note::new("document", NoteCause::Broken(cause.clone()))
}

impl XmlReader<'_, '_, '_> {
    /// Reads the whole document, however often it is ill-formed.
    pub(super) fn all(&mut self) {
        let length = self.document.len();
        let mut left = length.saturating_mul(SEARCHED).saturating_add(SEARCHED_BYTES);
        let (mut from, mut to) = (0, length);
        loop {
            let read = self.events(from, to);
            let at = self.event.0;
            let next = match &read {
                Ok(()) => (to < length).then_some(to),
                // The tag is whole, and what stands in it is passed over.
                Err(ReportError::Attributes { .. }) => Some(self.event.1),
                Err(ReportError::Xml { .. }) if left > 0 && to == length => {
                    let searched = if self.event.1 > at { self.event.1 - at } else { length - at };
                    left = left.saturating_sub(searched);
                    next_angle(self.document, at + 1)
                }
                Err(ReportError::Elements { .. }) => None,
                Err(ReportError::DocumentType { .. })
                    if self.levels.is_empty() && self.parsed.holds_nothing() =>
                {
                    None
                }
                Err(_) if to < length => Some(to),
                Err(_) => next_report(self.document, at + 1),
            };
            let goes_on = matches!(read, Err(ReportError::Xml { .. })) && left > 0 && to == length
                || matches!(read, Err(ReportError::Attributes { .. }));
            match (&read, next) {
                (Ok(()), _) => {}
                (Err(cause), Some(_)) if goes_on => self.fault(cause),
                (Err(cause), next) => self.break_off(cause, next.unwrap_or(length)),
            }
            let Some(next) = next else { break };
            from = next;
            // Ends were looked for too often: from now on each report is read by itself.
            if left == 0 {
                to = next_report(self.document, from + 1).unwrap_or(length);
            }
        }
        self.close_file();
        self.close_report();
        if let Some(last) = self.parsed.files.last_mut() {
            last.notes.append(&mut self.notes);
        }
    }

    /// Tells what is ill-formed where it stands: each report and each file says it once.
    pub(super) fn fault(&mut self, cause: &ReportError) {
        self.fault.get_or_insert_with(|| cause.clone());
        if let Some(file) = &mut self.file {
            if !file.is_broken {
                file.facts.notes.push(note_of(cause));
            }
            file.is_broken = true;
        }
        if let Some(report) = &mut self.report {
            if !report.is_broken {
                report.facts.notes.push(note_of(cause));
            }
            report.is_broken = true;
        } else if self.file.is_none() {
            self.tell_beside(cause);
        }
    }

    /// Tells what stands between reports with the one that ended last, or with the next.
    fn tell_beside(&mut self, cause: &ReportError) {
        let last = self.parsed.reports.last_mut().map(|last| &mut last.notes);
        let last = last.or_else(|| self.parsed.files.last_mut().map(|last| &mut last.notes));
        let notes = last.unwrap_or(&mut self.notes);
        let is_told = |note: &Note| note.is_of_broken_document();
        if !notes.last().is_some_and(is_told) {
            notes.push(note_of(cause));
        }
    }

    /// Ends the element that an end tag names, and with it those within it that have no end. A name that nothing has is the
    /// misspelt end of an element of which the text is read, or belongs to a tag that is damaged.
    pub(super) fn end(&mut self, name: &str) -> Result<(), ReportError> {
        let document = self.document;
        let is_named = |level: &Level| document.get(level.name.0..level.name.1) == Some(name);
        if self.levels.last().is_some_and(is_named) {
            self.leave();
            return Ok(());
        }
        let fault = ReportError::Xml { at: self.event.0 };
        if name.contains('<') {
            return Err(fault);
        }
        self.fault(&fault);
        match self.levels.iter().rposition(is_named) {
            Some(position) => self.leave_to(position),
            None if last_is_leaf(self) => self.leave(),
            None => {}
        }
        Ok(())
    }

    fn leave_to(&mut self, position: usize) {
        while self.levels.len() > position {
            self.leave();
        }
    }

    /// An element of which the text is read holds no others: where one begins, its end is missing, and its text counts.
    pub(super) fn close_leaf(&mut self) {
        if !self.text.trim_ascii().is_empty() && last_is_leaf(self) {
            self.leave();
            // Its end tag will find nothing, or is not there.
            self.fault(&ReportError::Xml { at: self.event.0 });
        }
    }

    /// A report begins within another: the other has no end, or is only wrapped around it.
    pub(super) fn end_open_report(&mut self) {
        let Some(open) = &self.report else { return };
        if open.says_nothing() && self.person.is_none() {
            self.report = None;
            return;
        }
        let level = open.level;
        self.fault(&ReportError::Xml { at: self.event.0 });
        self.leave_to(level);
        self.close_report();
    }

    /// A report whose own tag is missing or damaged; what it says counts all the same. Its id may stand before it; without
    /// any, what stands beside the report before is the rest of that.
    pub(super) fn open_report_without_tag(&mut self) {
        let (level, from) = (self.levels.len(), self.event.0);
        let mut report = RawReport { level, from, ..RawReport::default() };
        if !self.parsed.is_answer {
            report.facts.id = self.parsed.answered.pop();
        }
        if self.last.0 == Some(level) {
            report.beside = self.parsed.reports.len().checked_sub(1);
        }
        report.facts.notes.push(Note::new("report", NoteCause::WithoutReport));
        self.report = Some(report);
    }

    /// Searches a report that could not be read whole for flags by name: what the damage hides stands there still.
    pub(super) fn search_report(&mut self, raw: &mut RawReport) {
        let (counts, mut file) = (&mut raw.facts.counts, FileFacts::default());
        let known = &raw.facts.files;
        let mut has_new = false;
        search(self.bytes_from(raw.from), |fact| {
            let is_known = || known.iter().any(|file| file.provider.has(fact));
            if !add_to_report(counts, fact) && !is_known() {
                file.provider.add(fact);
                has_new = true;
            }
        });
        if has_new {
            file.close();
            raw.facts.files.push(file);
        }
    }

    pub(super) fn search_file(&mut self, raw: &mut RawFile) {
        let provider = &mut raw.facts.provider;
        let mut of_report = Vec::new();
        search(self.bytes_from(raw.from), |fact| match fact.is_of_file() {
            true => provider.add(fact),
            false => of_report.push(fact),
        });
        // A report of which the tag is damaged may stand there; its flags are told with the file.
        of_report.dedup();
        for fact in of_report.into_iter().filter(|_| self.report.is_none()).take(8) {
            raw.facts.notes.push(Note::showing("flag", fact.field(), NoteCause::Flag));
        }
    }

    fn bytes_from(&self, from: usize) -> &[u8] {
        &self.document.as_bytes()[from.min(self.event.1)..self.event.1]
    }

    /// Hands over what was read up to a place behind which nothing, or only another report, is read; all before it is searched
    /// for flags by name.
    fn break_off(&mut self, cause: &ReportError, end: usize) {
        self.fault.get_or_insert_with(|| cause.clone());
        self.event.1 = end;
        let searched_from = std::mem::replace(&mut self.last.1, end);
        // A flag that was begun is there. An id or a time that was begun may be cut, and is not used.
        if let Some(level) = self.levels.pop().filter(|level| level.element.is_flag()) {
            let text = std::mem::take(&mut self.text);
            self.closed(level, &text);
        }
        // What is around the report stays around the next.
        self.levels.truncate(self.report.as_ref().map_or(0, |report| report.level));
        let in_file = self.file.is_some();
        if in_file || self.report.is_some() {
            self.fault(cause);
        }
        self.close_file();
        if self.report.is_some() {
            return self.close_report();
        }
        let mut report = RawReport { from: searched_from, ..RawReport::default() };
        let bytes = self.bytes_from(report.from);
        let found = match in_file {
            true => {
                let (counts, mut found) = (&mut report.facts.counts, false);
                search(bytes, |fact| found |= add_to_report(counts, fact));
                found
            }
            false => add_found(bytes, &mut report.facts),
        };
        if found || !in_file && self.parsed.holds_nothing() {
            report.facts.notes.push(note_of(cause));
            self.report = Some(report);
            self.close_report();
        } else if !in_file {
            self.tell_beside(cause);
        }
    }
}

impl RawReport {
    fn says_nothing(&self) -> bool {
        self.facts.id.is_none() && self.facts.notes.is_empty() && !self.facts.has_content()
    }
}

/// Whether the fact is one of a report's; then it is counted.
fn add_to_report(counts: &mut Counts, fact: Fact) -> bool {
    let is_of_report = !fact.is_of_file();
    if is_of_report {
        counts.add(fact);
    }
    is_of_report
}

fn last_is_leaf(reader: &XmlReader<'_, '_, '_>) -> bool {
    let last = reader.levels.last().map(|level| level.element);
    last.is_some_and(|element| element.is_read() && element != Element::Other)
}

/// Where the next tag may begin.
fn next_angle(document: &str, from: usize) -> Option<usize> {
    let rest = document.as_bytes().get(from..)?;
    memchr::memchr(b'<', rest).map(|at| from + at)
}

/// Where the next report, or the next file details, begin.
pub(super) fn next_report(document: &str, from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(found) = next_angle(document, at) {
        let tag = &document.as_bytes()[found + 1..];
        let is_end = |byte: &u8| matches!(byte, b'>' | b'/') || byte.is_ascii_whitespace();
        let tag = &tag[..tag.len().min(64)];
        if let Some(end) = tag.iter().position(is_end) {
            let name = tag[..end].rsplit(|byte| *byte == b':').next().unwrap_or(&[]);
            if [&b"report"[..], b"fileDetails"].iter().any(|of| name.eq_ignore_ascii_case(of)) {
                return Some(found);
            }
        }
        at = found + 1;
    }
    None
}

/// Adds file details; beyond the limit, what they say counts, but not that there is one more.
pub(in super::super) fn add_file(files: &mut Vec<FileFacts>, mut file: FileFacts, limit: usize) {
    let count = files.len();
    match files.last_mut() {
        Some(last) if count >= limit => {
            let note = Note::new("fileDetails", NoteCause::Broken(ReportError::Files { limit }));
            file.notes.retain(|other| *other != note);
            if !last.notes.contains(&note) {
                file.notes.push(note);
            }
            last.join(file);
        }
        _ => files.push(file),
    }
}
