//! The sender's XML: reports, file details and answers to them, in any order and nesting.

mod fields;
mod misplaced;
mod names;
mod raw;
mod recover;

pub(super) use recover::add_file;
use recover::next_report;

use quick_xml::Reader;
use quick_xml::errors::{Error, SyntaxError};
use quick_xml::events::{BytesStart, Event};

use super::elements::Element;
use super::facts::{Fact, FileFacts, ReportFacts};
use super::limits::ReportError;
use super::note::{Note, NoteCause};
use super::reading::{Reading, Truth, truth};
use names::{attribute, local_of, predefined};
use raw::{Level, RawFile, RawPerson, RawReport, Who};

/// What a document holds.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    pub(super) reports: Vec<ReportFacts>,
    pub(super) files: Vec<FileFacts>,
    /// Report ids in answers of the receiver.
    pub(super) answered: Vec<String>,
    /// Whether it is an answer of the receiver, which holds no complaint.
    pub(super) is_answer: bool,
}

impl Parsed {
    fn holds_nothing(&self) -> bool {
        self.holds_no_complaint() && !self.is_answer
    }

    pub(super) fn holds_no_complaint(&self) -> bool {
        self.reports.is_empty() && self.files.is_empty()
    }
}

struct XmlReader<'r, 'a, 't> {
    reading: &'r mut Reading<'a>,
    document: &'t str,
    parsed: Parsed,
    levels: Vec<Level>,
    text: String,
    report: Option<RawReport>,
    person: Option<RawPerson>,
    /// Somebody within whom another person stands, and how many elements that stands within.
    outer: Option<(usize, Box<RawPerson>)>,
    file: Option<RawFile>,
    /// Notes of what belongs to no report and no file.
    notes: Vec<Note>,
    /// Name of the unknown element that was entered last.
    unknown_name: String,
    elements: usize,
    /// Where the event being read begins and ends.
    event: (usize, usize),
    /// The first fault of the document.
    fault: Option<ReportError>,
    /// How many elements the report that ended last stands within, and where it ended.
    last: (Option<usize>, usize),
}

/// Reads a document. What is ill-formed is told, and what stands behind it is read all the same.
pub(super) fn read(text: &str, reading: &mut Reading<'_>) -> (Parsed, Option<ReportError>) {
    let mut reader = XmlReader {
        reading,
        document: text,
        parsed: Parsed::default(),
        levels: Vec::with_capacity(16),
        text: String::with_capacity(64),
        report: None,
        person: None,
        outer: None,
        file: None,
        notes: Vec::new(),
        unknown_name: String::new(),
        elements: 0,
        event: (0, 0),
        fault: None,
        last: (None, 0),
    };
    reader.all();
    (reader.parsed, reader.fault)
}

impl<'t> XmlReader<'_, '_, 't> {
    /// Reads events between two bytes of the document, or until something is ill-formed or beyond a limit.
    fn events(&mut self, from: usize, to: usize) -> Result<(), ReportError> {
        let document: &'t str = self.document;
        let mut reader = Reader::from_str(&document[from..to]);
        let config = reader.config_mut();
        config.check_comments = false;
        config.allow_dangling_amp = true;
        // Names are compared here, so that a wrong one is told and does not end the reading.
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        loop {
            let at = from + reader.buffer_position() as usize;
            self.event = (at, at);
            let event = reader.read_event().map_err(|cause| {
                // Others were looked for up to the end of the document.
                if matches!(cause, Error::Syntax(SyntaxError::InvalidBangMarkup)) {
                    self.event.1 += 1;
                }
                ReportError::Xml { at: from + reader.error_position() as usize }
            })?;
            self.event = (at, from + reader.buffer_position() as usize);
            match event {
                Event::Start(start) => {
                    self.check(&start)?;
                    self.enter(&start);
                }
                Event::Empty(start) => {
                    self.check(&start)?;
                    self.enter(&start);
                    self.leave();
                }
                Event::End(end) => self.end(end.name().into_inner())?,
                Event::Text(text) => self.take(&text.into_inner()),
                Event::CData(text) => {
                    let text = text.into_inner();
                    // A section that was left open and ends with a later one took what stands between.
                    if text.contains("<![CDATA[") {
                        self.fault(&ReportError::Xml { at });
                        if next_report(&text, 0).is_some() {
                            return Err(ReportError::Xml { at });
                        }
                    }
                    self.take(&text);
                }
                Event::Comment(text) if text.contains("<!--") => {
                    return Err(ReportError::Xml { at });
                }
                Event::PI(text) if text.contains('<') => return Err(ReportError::Xml { at }),
                Event::GeneralRef(entity) => {
                    let resolved = match entity.resolve_char_ref() {
                        Ok(Some(character)) => Some(character),
                        _ => predefined(&entity.into_inner()),
                    };
                    match resolved {
                        Some(character) => self.take(character.encode_utf8(&mut [0; 4])),
                        None => self.note(Note::new("entity", NoteCause::Entity)),
                    }
                }
                Event::DocType(_) => return Err(ReportError::DocumentType { at }),
                Event::Eof if self.levels.is_empty() || to < document.len() => return Ok(()),
                Event::Eof => return Err(ReportError::Xml { at }),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
    }

    fn check(&mut self, start: &BytesStart<'_>) -> Result<(), ReportError> {
        let (limits, at) = (self.reading.limits, self.event.0);
        self.elements += 1;
        let attributes = start.attributes_raw();
        if attributes.len() > limits.attribute_bytes {
            let (bytes, limit) = (attributes.len(), limits.attribute_bytes);
            return Err(ReportError::Attributes { at, bytes, limit });
        }
        if self.levels.len() >= limits.depth {
            return Err(ReportError::Depth { at, limit: limits.depth });
        }
        if self.elements > limits.elements {
            return Err(ReportError::Elements { limit: limits.elements });
        }
        // A quote or an angle that was left open takes what follows into the tag.
        match memchr::memchr(b'<', start.as_bytes()).is_some() {
            true => Err(ReportError::Xml { at }),
            false => Ok(()),
        }
    }

    fn take(&mut self, text: &str) {
        let Some(level) = self.levels.last_mut() else { return };
        if level.element.holds_flags() {
            if !text.trim_ascii().is_empty() {
                self.flags_in_text(text);
            }
        } else if level.element.is_read() {
            if self.text.len() + text.len() <= self.reading.limits.text_bytes {
                self.text.push_str(text);
            } else {
                level.holds_text = true;
            }
        } else if !level.holds_text && level.element.is_free_text() {
            level.holds_text = !text.trim_ascii().is_empty();
        }
    }

    fn note(&mut self, note: Note) {
        match (&mut self.file, &mut self.report) {
            (Some(file), _) => file.facts.notes.push(note),
            (None, Some(report)) => report.facts.notes.push(note),
            (None, None) => self.notes.push(note),
        }
    }

    fn count(&mut self, fact: Fact) {
        if let Some(report) = &mut self.report {
            report.facts.counts.add(fact);
        }
    }

    /// A flag of the report, of the person or of the file, by what is being read.
    fn flag(&mut self, fact: Fact, said: Truth, text: &str) {
        let of_file = fact.is_of_file();
        match (&mut self.file, &mut self.report) {
            (Some(file), _) if of_file => {
                let FileFacts { provider, notes, .. } = &mut file.facts;
                self.reading.flag(fact, said, text, provider, notes);
            }
            (_, Some(report)) if !of_file => {
                let facts = match &mut self.person {
                    Some(person) if fact.name().starts_with("suspect.") => {
                        &mut person.person.counts
                    }
                    _ => &mut report.facts.counts,
                };
                self.reading.flag(fact, said, text, facts, &mut report.facts.notes);
            }
            // One of a report within file details, or the other way round.
            _ if said != Truth::Denied && fact.field().contains("Annotations/") => {
                self.note(Note::showing("flag", fact.field(), NoteCause::Flag));
            }
            _ => {}
        }
    }

    /// File details whose own tag is missing or damaged. An id that stood before them by itself was
    /// that of their report.
    fn open_file_without_tag(&mut self) {
        let mut file = RawFile { from: self.event.0, ..RawFile::default() };
        file.facts.notes.push(Note::new("fileDetails", NoteCause::WithoutReport));
        if self.report.is_none() && !self.parsed.is_answer {
            file.facts.report = self.parsed.answered.pop();
        }
        self.file = Some(file);
    }

    fn enter(&mut self, start: &BytesStart<'_>) {
        self.close_leaf();
        let name = (self.event.0 + 1, self.event.0 + 1 + start.name().as_ref().len());
        let local = local_of(start.name().into_inner());
        let element = Element::by_name(local);
        let above = self.levels.last().copied();
        let mut who = above.map_or(Who::Nobody, |above| above.who);
        self.text.clear();
        // A field that says itself that it holds nothing counts as one that is not there.
        if attribute(start, &["nil"]).is_some_and(|said| truth(&said) == Truth::Yes) {
            self.levels.push(Level { element: Element::Nothing, who, holds_text: false, name });
            return;
        }
        if element.is_part_of_report() && self.report.is_none() {
            // None of these but flags stands in file details: their end is missing.
            if self.file.is_some() && !element.is_flag() {
                self.fault(&ReportError::Xml { at: self.event.0 });
                self.close_file();
            }
            if self.file.is_none() {
                self.open_report_without_tag();
            }
        }
        if element.is_part_of_file() {
            who = Who::File;
            if self.file.is_none() {
                self.open_file_without_tag();
            }
        }
        match element {
            Element::Response | Element::DoneResponse => self.parsed.is_answer = true,
            Element::Report => {
                self.close_file();
                self.end_open_report();
                let (level, from) = (self.levels.len(), self.event.0);
                self.report = Some(RawReport { level, from, ..RawReport::default() });
                if let Some(id) = attribute(start, &["reportId", "id"]) {
                    self.set_report_id(&id);
                }
            }
            Element::FileDetails => {
                who = Who::File;
                // One within another ends the other.
                self.close_file();
                let from = self.event.0;
                self.file = Some(RawFile { from, has_tag: true, ..RawFile::default() });
            }
            Element::Suspect | Element::Recipient | Element::Victim => {
                if self.person.is_some() {
                    self.note(Note::new("person within a person", NoteCause::Value));
                    self.close_person();
                }
                who = if element == Element::Suspect { Who::Suspect } else { Who::Other };
                self.person = Some(RawPerson::new(who, element == Element::Victim));
            }
            // The tag around it is missing or damaged, which is told.
            Element::SuspectPerson | Element::RecipientPerson | Element::VictimPerson
                if self.person.is_none() =>
            {
                who = if element == Element::SuspectPerson { Who::Suspect } else { Who::Other };
                self.person = Some(RawPerson::new(who, element == Element::VictimPerson));
            }
            // A child within somebody complained about is somebody else.
            Element::RecipientPerson | Element::VictimPerson if who == Who::Suspect => {
                self.note(Note::new("person within a person", NoteCause::Misplaced));
                who = Who::Other;
                let inner = RawPerson::new(who, element == Element::VictimPerson);
                let outer = self.person.replace(inner);
                self.outer = outer.map(|outer| (self.levels.len(), Box::new(outer)));
            }
            // Its presence is what counts, even where the document is cut within it.
            Element::Escalate => self.count(Fact::HighPriority),
            Element::Reporter => who = Who::Sender,
            Element::ContactPerson | Element::OfficerContact => who = Who::Bystander,
            Element::Associated => {
                let of = attribute(start, &["type", "accountType"]).unwrap_or_default();
                let parent = of.to_ascii_lowercase().starts_with("parent");
                let theirs = ["Linked", "Billing", "Business", "Creator"].contains(&&*of);
                if who == Who::Suspect {
                    let truth = Truth::Yes;
                    self.flag(Fact::SuspectOtherAccount, truth, "");
                    if parent {
                        self.flag(Fact::SuspectParentAccount, truth, "");
                    }
                }
                who = match who {
                    Who::Suspect if theirs => Who::SuspectAccount,
                    _ => Who::Bystander,
                };
            }
            Element::BatchedReport => {
                let reason = attribute(start, &["reason"]).unwrap_or_default();
                let said = match &*reason {
                    "VIRAL_POTENTIAL_MEME" => Truth::Yes,
                    _ => Truth::Unclear,
                };
                self.flag(Fact::BatchedViral, said, &reason);
            }
            Element::WebPage => {
                self.count(Fact::ChannelWeb);
                if let Some(said) = attribute(start, &["thirdPartyHostedContent"]) {
                    self.flag(Fact::ThirdPartyHosted, truth(&said), &said);
                }
            }
            Element::Mail => self.count(Fact::ChannelMail),
            Element::News => self.count(Fact::ChannelNews),
            Element::Chat => self.count(Fact::ChannelChat),
            Element::Game => self.count(Fact::ChannelGame),
            Element::CellPhone => self.count(Fact::ChannelPhone),
            Element::Offline => self.count(Fact::ChannelOffline),
            Element::Peer => self.count(Fact::ChannelPeer),
            Element::Phone | Element::EMail if who == Who::Suspect => {
                if let Some(said) = attribute(start, &["verified"]) {
                    self.flag(Fact::SuspectVerified, truth(&said), &said);
                }
            }
            Element::Disabled | Element::DisabledFor if who == Who::Suspect => {
                if let Some(said) = attribute(start, &["userNotified"]) {
                    self.flag(Fact::SuspectTold, truth(&said), &said);
                }
            }
            Element::Details if who == Who::File => {
                let of = attribute(start, &["type"]).unwrap_or_default();
                if of.eq_ignore_ascii_case("EXIF") {
                    self.flag(Fact::FileExif, Truth::Yes, "");
                }
            }
            Element::Location if who == Who::Suspect => {
                self.flag(Fact::SuspectLocated, Truth::Yes, "");
            }
            Element::Other => {
                let in_flags = above.is_some_and(|above| above.element.holds_flags());
                if in_flags {
                    local.clone_into(&mut self.unknown_name);
                } else {
                    let limit = self.reading.limits.names;
                    self.reading.totals.unknown_fields.add(local, limit);
                }
            }
            _ => {}
        }
        if above.is_some_and(|above| above.element.holds_flags()) && !element.is_flag() {
            self.misplaced("annotations");
        }
        self.levels.push(Level { element, who, holds_text: false, name });
        if !start.attributes_raw().is_empty() {
            self.misplaced_in(start);
        }
    }

    fn leave(&mut self) {
        let Some(level) = self.levels.pop() else { return };
        let text = std::mem::take(&mut self.text);
        if level.holds_text && level.element.is_read() && level.element != Element::Value {
            let limit = self.reading.limits.text_bytes;
            let name = self.document.get(level.name.0..level.name.1).unwrap_or_default();
            self.note(Note::new(local_of(name), NoteCause::Length(limit)));
        }
        self.closed(level, &text);
        // Where a value stands in an element of its own, it is that of the field around it, which is told.
        let is_value = matches!(level.element, Element::Other | Element::Value);
        if is_value && !text.trim_ascii().is_empty() {
            self.take_value(&text);
        }
        self.text = text;
        self.text.clear();
    }
}
