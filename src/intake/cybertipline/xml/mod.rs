//! The sender's XML: reports, file details and answers to them, in any order and nesting.

mod fields;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::elements::Element;
use super::facts::{Fact, FileFacts, OtherPerson, Person, ReportFacts};
use super::limits::ReportError;
use super::note::{Note, NoteCause};
use super::reading::{Identifier, Reading, Truth, truth};

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
    pub(super) fn holds_nothing(&self) -> bool {
        self.reports.is_empty() && self.files.is_empty() && !self.is_answer
    }
}

/// Whose data an element holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Nobody,
    Suspect,
    /// An account of a suspect's that is theirs: linked, billing, business, creator.
    SuspectAccount,
    Other,
    Sender,
    File,
    /// Somebody who is neither linked nor counted: a parent, a friend, an officer.
    Bystander,
}

#[derive(Debug, Clone, Copy)]
struct Level {
    element: Element,
    who: Who,
    holds_text: bool,
}

/// Identifiers of the person being read, kept until the person is complete.
#[derive(Debug)]
struct RawPerson {
    who: Who,
    person: Person,
    other: OtherPerson,
    accounts: Vec<String>,
    handles: Vec<String>,
    service: String,
    priors: Vec<String>,
}

impl RawPerson {
    fn new(who: Who, is_victim: bool) -> Self {
        RawPerson {
            who,
            person: Person::default(),
            other: OtherPerson { is_victim, ..OtherPerson::default() },
            accounts: Vec::new(),
            handles: Vec::new(),
            service: String::new(),
            priors: Vec::new(),
        }
    }
}

#[derive(Debug, Default)]
struct RawReport {
    facts: ReportFacts,
    platform: String,
    sender_mail: String,
    sender_name: String,
    /// Identifiers that are told apart by the platform, which may come last.
    waiting: Vec<(usize, Identifier, String, String)>,
    victim_priors: Vec<String>,
}

struct XmlReader<'r, 'a> {
    reading: &'r mut Reading<'a>,
    parsed: Parsed,
    levels: Vec<Level>,
    text: String,
    report: Option<RawReport>,
    person: Option<RawPerson>,
    file: Option<FileFacts>,
    /// Notes of what belongs to no report and no file.
    notes: Vec<Note>,
    /// Name of the unknown element that was entered last.
    unknown_name: String,
}

/// Reads a document. Whatever stops it, what came before stays, and the place is told.
pub(super) fn read(text: &str, reading: &mut Reading<'_>) -> (Parsed, Option<ReportError>) {
    let mut reader = XmlReader {
        reading,
        parsed: Parsed::default(),
        levels: Vec::new(),
        text: String::new(),
        report: None,
        person: None,
        file: None,
        notes: Vec::new(),
        unknown_name: String::new(),
    };
    let end = reader.document(text);
    let error = end.err();
    if let Some(cause) = &error {
        reader.break_off(cause, text);
    }
    (reader.parsed, error)
}

impl XmlReader<'_, '_> {
    fn document(&mut self, text: &str) -> Result<(), ReportError> {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.check_comments = false;
        config.allow_dangling_amp = true;
        let mut elements = 0;
        loop {
            let at = reader.buffer_position() as usize;
            let event = reader
                .read_event()
                .map_err(|_| ReportError::Xml { at: reader.error_position() as usize })?;
            match event {
                Event::Start(start) => {
                    elements += 1;
                    self.check(&start, elements, at)?;
                    self.enter(&start)?;
                }
                Event::Empty(start) => {
                    elements += 1;
                    self.check(&start, elements, at)?;
                    self.enter(&start)?;
                    self.leave()?;
                }
                Event::End(_) => self.leave()?,
                Event::Text(text) => self.take(&text.into_inner()),
                Event::CData(text) => self.take(&text.into_inner()),
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
                Event::Eof if self.levels.is_empty() => {
                    self.close_file();
                    self.close_report();
                    return Ok(());
                }
                Event::Eof => return Err(ReportError::Xml { at }),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
    }

    fn check(&self, start: &BytesStart<'_>, elements: usize, at: usize) -> Result<(), ReportError> {
        let limits = self.reading.limits;
        let bytes = start.attributes_raw().len();
        if bytes > limits.attribute_bytes {
            let limit = limits.attribute_bytes;
            return Err(ReportError::Attributes { at, bytes, limit });
        }
        if self.levels.len() >= limits.depth {
            return Err(ReportError::Depth { at, limit: limits.depth });
        }
        if elements > limits.elements {
            return Err(ReportError::Elements { limit: limits.elements });
        }
        Ok(())
    }

    fn take(&mut self, text: &str) {
        let Some(level) = self.levels.last_mut() else { return };
        if level.element.is_read() {
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
            (Some(file), _) => file.notes.push(note),
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
                self.reading.flag(fact, said, text, &mut file.provider, &mut file.notes);
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
            _ => {}
        }
    }

    /// File details whose own tag is missing or damaged. An id that stood before them by itself was
    /// that of their report.
    fn open_file_without_tag(&mut self) {
        let mut file = FileFacts::default();
        file.notes.push(Note::new("fileDetails", NoteCause::WithoutReport));
        if self.report.is_none() && !self.parsed.is_answer {
            file.report = self.parsed.answered.pop();
        }
        self.file = Some(file);
    }

    fn enter(&mut self, start: &BytesStart<'_>) -> Result<(), ReportError> {
        let local = start.local_name();
        let element = Element::by_name(local.as_ref());
        let above = self.levels.last().copied();
        let mut who = above.map_or(Who::Nobody, |above| above.who);
        self.text.clear();
        // A field that says itself that it holds nothing counts as one that is not there.
        if attribute(start, &["nil"]).is_some_and(|said| truth(&said) == Truth::Yes) {
            self.levels.push(Level { element: Element::Nothing, who, holds_text: false });
            return Ok(());
        }
        if element.is_part_of_report() && self.report.is_none() && self.file.is_none() {
            // Its report's own tag is missing or damaged; what it says counts all the same.
            let mut report = RawReport::default();
            report.facts.notes.push(Note::new("report", NoteCause::WithoutReport));
            self.report = Some(report);
        }
        if element.is_part_of_file() {
            who = Who::File;
            if self.file.is_none() {
                self.open_file_without_tag();
            }
        }
        match element {
            Element::Response | Element::DoneResponse => self.parsed.is_answer = true,
            Element::Report if self.report.is_none() => {
                self.close_file();
                self.report = Some(RawReport::default());
                if let Some(id) = attribute(start, &["reportId", "id"]) {
                    self.set_report_id(&id);
                }
            }
            Element::FileDetails => {
                who = Who::File;
                // One within another ends the other.
                self.close_file();
                self.file = Some(FileFacts::default());
            }
            Element::Suspect | Element::Recipient | Element::Victim => {
                if self.person.is_some() {
                    self.note(Note::new("person within a person", NoteCause::Value));
                    self.close_person()?;
                }
                who = if element == Element::Suspect { Who::Suspect } else { Who::Other };
                self.person = Some(RawPerson::new(who, element == Element::Victim));
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
                    local.as_ref().clone_into(&mut self.unknown_name);
                } else {
                    let limit = self.reading.limits.names;
                    self.reading.totals.unknown_fields.add(local.as_ref(), limit);
                }
            }
            _ => {}
        }
        self.levels.push(Level { element, who, holds_text: false });
        Ok(())
    }

    fn leave(&mut self) -> Result<(), ReportError> {
        let Some(level) = self.levels.pop() else { return Ok(()) };
        let text = std::mem::take(&mut self.text);
        if level.holds_text && level.element.is_read() {
            let limit = self.reading.limits.text_bytes;
            self.note(Note::new(format!("{:?}", level.element), NoteCause::Length(limit)));
        }
        self.closed(level, &text)?;
        self.text = text;
        self.text.clear();
        Ok(())
    }
}

/// The value of the first attribute with one of these names, prefix or none.
fn attribute(start: &BytesStart<'_>, names: &[&str]) -> Option<String> {
    if start.attributes_raw().is_empty() {
        return None;
    }
    let mut attributes = start.attributes();
    attributes.with_checks(false);
    let named = attributes
        .flatten()
        .find(|attribute| names.contains(&attribute.key.local_name().as_ref()))?;
    Some(named.value.trim().to_owned())
}

/// The five entities of XML itself.
fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "apos" => '\'',
        "quot" => '"',
        _ => return None,
    })
}
