//! Clearing-house reports: the sender's XML, and the JSON that police receive.
//!
//! [`ReportImport`] takes documents one by one, in any order, joins file details to their report, and
//! ends every report in one of three ways ([`ReportEnd`]). Fields become answers by the rows of a
//! [`ReportMapping`]; each answer says who gave it. Free text is never read, kept or shown, and
//! identifiers leave as digests under the host's key alone.

mod decode;
mod elements;
mod facts;
mod join;
mod json;
mod limits;
mod mapping;
mod note;
mod reading;
mod report;
mod salvage;
mod synthetic;
mod times;
mod tree;
mod xml;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use limits::{Limits, ReportError};
pub use mapping::{ReportMapping, ReportMappingError, SkippedRow};
pub use reading::NameCounts;
pub use report::{ImportReport, KeptReport, ReadReport, ReportEnd};
pub use synthetic::{SyntheticReport, SyntheticReports};

use crate::Timestamp;
use crate::base::text::{cut, is_outer};
use crate::codebook::Codebook;
use crate::complaint::{MOST_ID_BYTES, Origin};
use crate::intake::DigestKey;
use facts::{FileFacts, ReportFacts};
use join::{Anonymous, Held};
use mapping::BoundMapping;
use note::{Note, NoteCause};
use reading::{Reading, Totals};
use xml::Parsed;

/// Bytes that are left in an id for the number of a person.
const MOST_SUFFIX_BYTES: usize = 8;

/// A document as it lies in a folder or comes over a line: a report, details of files, an answer of the
/// receiver, or any of these within an envelope.
#[derive(Debug, Clone)]
pub struct Document<'d> {
    name: String,
    bytes: &'d [u8],
    report: Option<String>,
    group: Option<String>,
}

impl<'d> Document<'d> {
    /// A document with a name by which it is told.
    pub fn new(name: impl Into<String>, bytes: &'d [u8]) -> Self {
        Document { name: name.into(), bytes, report: None, group: None }
    }

    /// With the id of the report it belongs to, where the document names none: a sender's report is
    /// given its id by the receiver's answer, so the report itself does not hold it.
    #[must_use]
    pub fn with_report(mut self, id: impl Into<String>) -> Self {
        self.report = Some(id.into());
        self
    }

    /// With the name of a group, such as a folder: a document that names no report belongs to the
    /// report of its group, where the group names exactly one.
    #[must_use]
    pub fn in_group(mut self, group: impl Into<String>) -> Self {
        self.group = Some(group.into());
        self
    }
}

/// What becomes a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ComplaintPer {
    /// Each report; item by item the most dangerous answer of its people counts.
    #[default]
    Report,
    /// Each person complained about, with ids such as `123.2`; a report without any is one complaint.
    Person,
}

/// Reads reports into complaints.
///
/// ```
/// use caserank::intake::DigestKey;
/// use caserank::intake::cybertipline::{Document, ReportEnd, ReportImport};
/// let codebook = caserank::reference::codebook()?;
/// let key = DigestKey::new(b"thirty-two bytes kept by the host")?;
/// let mut import = ReportImport::new(&codebook, &key, "2026-03-02T08:00:00Z".parse()?)?;
/// let report = b"<report><incidentSummary>
///   <incidentType>Online Enticement of Children for Sexual Acts</incidentType>
///   <reportAnnotations><sadisticOnlineExploitation/></reportAnnotations>
///   <incidentDateTime>2026-03-01T10:00:00Z</incidentDateTime>
/// </incidentSummary></report>";
/// import.read(&Document::new("report.xml", report).with_report("4611686018427387904"));
/// let ends = import.take();
/// let ReportEnd::Ranked(read) = &ends[0] else { panic!("it can be ranked") };
/// let complaint = read.complaint();
/// assert_eq!(complaint.given("sadistic_coercion").map(|given| given.value.to_string()).as_deref(), Some("yes"));
/// assert_eq!(complaint.provenance("sadistic_coercion").map(|said| said.source().to_string()).as_deref(),
///     Some("provider (reportAnnotations/sadisticOnlineExploitation)"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ReportImport {
    codebook: Codebook,
    bound: BoundMapping,
    key: DigestKey,
    limits: Limits,
    per: ComplaintPer,
    origin: Origin,
    intake: Timestamp,
    totals: Totals,
    report: ImportReport,
    held: BTreeMap<String, Held>,
    anonymous: Vec<Anonymous>,
    groups: BTreeMap<String, BTreeSet<String>>,
    kept: Vec<KeptReport>,
    /// Ids in answers of the receiver, of which a report should be there.
    answered: BTreeSet<String>,
    /// The document being read, once something in it has to be kept.
    whole: Option<Arc<[u8]>>,
}

impl ReportImport {
    /// With the shipped mapping and limits, one complaint a report.
    ///
    /// `intake` is the time of receipt of reports that do not hold one: senders' reports never do.
    ///
    /// # Errors
    /// [`ReportMappingError`] where the shipped mapping was changed.
    pub fn new(
        codebook: &Codebook,
        key: &DigestKey,
        intake: Timestamp,
    ) -> Result<Self, ReportMappingError> {
        let bound = ReportMapping::shipped()?.bind(codebook);
        Ok(ReportImport {
            report: ImportReport::new(bound.skipped()),
            codebook: codebook.clone(),
            bound,
            key: key.clone(),
            limits: Limits::default(),
            per: ComplaintPer::default(),
            origin: Origin::default(),
            intake,
            totals: Totals::default(),
            held: BTreeMap::new(),
            anonymous: Vec::new(),
            groups: BTreeMap::new(),
            kept: Vec::new(),
            answered: BTreeSet::new(),
            whole: None,
        })
    }

    /// With rows of the host's own.
    #[must_use]
    pub fn with_mapping(mut self, mapping: &ReportMapping) -> Self {
        self.bound = mapping.bind(&self.codebook);
        self.report = ImportReport::new(self.bound.skipped());
        self
    }

    /// With other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// With a complaint for each report or for each person.
    #[must_use]
    pub fn with_complaint_per(mut self, per: ComplaintPer) -> Self {
        self.per = per;
        self
    }

    /// With where the reports come from; made-up ones are [`Origin::Synthetic`].
    #[must_use]
    pub fn with_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// Sets the time of receipt of reports read from now on that hold none.
    pub fn set_intake_time(&mut self, intake: Timestamp) {
        self.intake = intake;
    }

    /// Reads a document. It never fails: what cannot be read is kept whole and told.
    ///
    /// What was read is held until [`ReportImport::take`], so that documents of a report are joined
    /// whatever their order. Time and memory are linear in the bytes of the document.
    pub fn read(&mut self, document: &Document<'_>) {
        self.report.documents += 1;
        self.whole = None;
        self.report.bytes += document.bytes.len() as u64;
        let (parsed, error) = self.parse(document.bytes);
        let group = document.group.as_deref();
        for id in parsed.answered.iter().chain(&document.report) {
            self.name(group, id);
        }
        // An answer of the receiver that is damaged may hide a report.
        if parsed.is_answer {
            self.answered.extend(parsed.answered.iter().cloned());
        }
        if parsed.holds_no_complaint() && (error.is_some() || !parsed.is_answer) {
            self.keep(document, error.unwrap_or(ReportError::NoReport), ReportFacts::default());
            return;
        }
        let are_several = parsed.reports.len() > 1 && document.report.is_some();
        for mut facts in parsed.reports {
            if are_several && facts.id.is_none() {
                facts.notes.push(Note::new("report", NoteCause::SeveralReports));
            }
            self.hold_report(document, facts, error.as_ref());
        }
        for file in parsed.files {
            self.hold_file(document, file);
        }
        self.whole = None;
    }

    /// Reads as much as can be had, and says what stopped it.
    fn parse(&mut self, bytes: &[u8]) -> (Parsed, Option<ReportError>) {
        let mut reading = Reading {
            limits: &self.limits,
            key: &self.key,
            intake: self.intake,
            totals: &mut self.totals,
        };
        let (text, lost) = match decode::text(bytes, &self.limits) {
            Ok(decoded) => decoded,
            Err(cause) => return (salvaged(bytes, &cause, self.intake), Some(cause)),
        };
        let (mut parsed, mut error) = if json::looks_like(&text) {
            let (reports, error) = json::read(&text, &mut reading);
            (Parsed { reports, ..Parsed::default() }, error)
        } else if text.trim_start().starts_with('<') {
            xml::read(&text, &mut reading)
        } else {
            (salvaged(bytes, &ReportError::Kind, self.intake), Some(ReportError::Kind))
        };
        if let Some(lost) = lost {
            if parsed.holds_no_complaint() {
                error.get_or_insert_with(|| lost.clone());
            }
            let note = Note::new("document", NoteCause::Broken(lost));
            let notes = parsed.reports.iter_mut().map(|document| &mut document.notes);
            let notes = notes.chain(parsed.files.iter_mut().map(|document| &mut document.notes));
            notes.for_each(|notes| notes.push(note.clone()));
        }
        (parsed, error)
    }

    fn name(&mut self, group: Option<&str>, id: &str) {
        if let Some(group) = group {
            self.groups.entry(group.to_owned()).or_default().insert(id.to_owned());
        }
    }

    /// The bytes of the document being read, copied once however often they are kept.
    fn whole(&mut self, document: &Document<'_>) -> Arc<[u8]> {
        self.whole.get_or_insert_with(|| Arc::from(document.bytes)).clone()
    }

    fn keep(&mut self, document: &Document<'_>, cause: ReportError, facts: ReportFacts) {
        let answers = self.answers_of(facts, Vec::new());
        let kept = KeptReport::new(&document.name, self.whole(document), cause, answers);
        self.kept.push(kept);
    }

    /// The id of a report, by its own word or the document's; an error where a complaint cannot have it.
    fn id(
        &self,
        stated: Option<&String>,
        document: &Document<'_>,
    ) -> Option<Result<String, ReportError>> {
        let plain = |id: &String| id.trim_matches(is_outer).to_owned();
        let stated = stated.map(plain).filter(|id| !id.is_empty());
        let id = stated.or_else(|| document.report.as_ref().map(plain))?;
        let most = match self.per {
            ComplaintPer::Report => MOST_ID_BYTES,
            ComplaintPer::Person => MOST_ID_BYTES - MOST_SUFFIX_BYTES,
        };
        Some(if id.is_empty() || id.len() > most {
            Err(ReportError::Id { bytes: id.len() })
        } else if id.chars().any(char::is_control) {
            Err(ReportError::IdLetters { id: cut(&id, 40) })
        } else {
            Ok(id)
        })
    }

    fn hold_report(
        &mut self,
        document: &Document<'_>,
        facts: ReportFacts,
        error: Option<&ReportError>,
    ) {
        self.report.reports += 1;
        self.report.files += facts.files.len() as u64;
        match self.id(facts.id.as_ref(), document) {
            Some(Err(cause)) => self.keep(document, cause, facts),
            Some(Ok(id)) => {
                self.name(document.group.as_deref(), &id);
                self.held.entry(id).or_default().reports.push(facts);
            }
            None => {
                let bytes = self.whole(document);
                self.anonymous.push(Anonymous {
                    name: document.name.clone(),
                    group: document.group.clone(),
                    bytes,
                    cause: error.cloned().unwrap_or(ReportError::NoId),
                    report: Some(facts),
                    files: Vec::new(),
                });
            }
        }
    }

    fn hold_file(&mut self, document: &Document<'_>, file: FileFacts) {
        self.report.files += 1;
        match self.id(file.report.as_ref(), document) {
            Some(Ok(id)) => {
                self.name(document.group.as_deref(), &id);
                let held = self.held.entry(id).or_default();
                xml::add_file(&mut held.files, file, self.limits.files);
            }
            Some(Err(cause)) => {
                let facts = ReportFacts { files: vec![file], ..ReportFacts::default() };
                self.keep(document, cause, facts);
            }
            None => {
                let bytes = self.whole(document);
                match self.anonymous.last_mut() {
                    Some(last)
                        if last.report.is_none()
                            && last.name == document.name
                            && last.group == document.group =>
                    {
                        last.files.push(file);
                    }
                    _ => self.anonymous.push(Anonymous {
                        name: document.name.clone(),
                        group: document.group.clone(),
                        bytes,
                        cause: ReportError::NoReportOfFile,
                        report: None,
                        files: vec![file],
                    }),
                }
            }
        }
    }

    /// What was read up to now, counted; [`ReportImport::take`] adds the ends.
    #[must_use]
    pub fn report(&self) -> &ImportReport {
        &self.report
    }
}

/// A document of which only flags can be had, by name.
fn salvaged(bytes: &[u8], cause: &ReportError, intake: Timestamp) -> Parsed {
    let mut facts = ReportFacts::default();
    if !salvage::add_found(bytes, &mut facts) {
        return Parsed::default();
    }
    facts.notes.push(Note::new("document", NoteCause::Broken(cause.clone())));
    facts.close(intake);
    Parsed { reports: vec![facts], ..Parsed::default() }
}
