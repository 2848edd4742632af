//! One incoming complaint: when it came, what is known, and which clocks run.
//!
//! A [`Complaint`] knows no codebook; [`Complaint::encode`] holds it against one.

mod clock;
mod deconfliction;
mod encode;
mod error;
mod migrate;
mod value;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

pub use clock::preservation_due;
pub use deconfliction::{DECONFLICTION_ITEM, Deconfliction};
#[cfg(feature = "csv")]
pub(crate) use encode::unlisted_answer;
pub use encode::{Encoded, Unlisted};
pub use error::{ComplaintError, EncodeError};
pub use migrate::MigrationReport;
pub use value::{Given, Value};

use crate::Timestamp;
use crate::codebook::Stage;

/// The most bytes that an id, unit, subject or bundle key may have.
pub const MOST_ID_BYTES: usize = 128;

/// Where complaints come from; whatever is computed from them says so.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// As they came in, before anything was known of their outcome.
    #[default]
    Prospective,
    /// Coded afterwards from closed files.
    Retrospective,
    /// Made up. Nothing computed from them says anything about performance.
    Synthetic,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Origin::Prospective => "prospective",
            Origin::Retrospective => "retrospective",
            Origin::Synthetic => "synthetic",
        })
    }
}

/// What a deadline is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum DeadlineKind {
    /// Connection data by which an address leads to a person is deleted: days to weeks after use,
    /// whatever the law says of content.
    ConnectionData,
    /// Evidence held by a provider expires.
    Preservation,
    /// A duty in law.
    Statutory,
    /// The host's own.
    Custom(String),
}

impl From<String> for DeadlineKind {
    fn from(text: String) -> Self {
        match text.as_str() {
            "connection_data" => DeadlineKind::ConnectionData,
            "preservation" => DeadlineKind::Preservation,
            "statutory" => DeadlineKind::Statutory,
            _ => DeadlineKind::Custom(text),
        }
    }
}

impl From<DeadlineKind> for String {
    fn from(kind: DeadlineKind) -> Self {
        kind.to_string()
    }
}

impl fmt::Display for DeadlineKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            DeadlineKind::ConnectionData => "connection_data",
            DeadlineKind::Preservation => "preservation",
            DeadlineKind::Statutory => "statutory",
            DeadlineKind::Custom(name) => name,
        })
    }
}

/// A time by which something must have happened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// When.
    pub due: Timestamp,
    /// What for.
    pub kind: DeadlineKind,
}

impl Deadline {
    /// Checks that a custom kind has a plain name.
    pub(crate) fn check(&self) -> Result<(), ComplaintError> {
        let DeadlineKind::Custom(name) = &self.kind else { return Ok(()) };
        check_name("deadline kind", name)?;
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if name.bytes().all(plain) {
            Ok(())
        } else {
            Err(ComplaintError::DeadlineKind { name: name.clone() })
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "complaint")]
struct ComplaintFile {
    id: String,
    received: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bundle: Option<String>,
    #[serde(default)]
    stage: Stage,
    #[serde(default)]
    origin: Origin,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    deadlines: Vec<Deadline>,
    #[serde(default, deserialize_with = "crate::base::unique_map")]
    answers: BTreeMap<String, Given>,
}

/// A complaint with its answers by item id.
///
/// ```
/// use caserank::Complaint;
/// let mut complaint = Complaint::new("2026-0417", "2026-04-17T09:30:00Z".parse()?)?
///     .unit("north")
///     .answer("urgent", true)
///     .answer("prior_reports", 3);
/// complaint.clear("urgent");
/// assert_eq!(complaint.answers().count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "ComplaintFile", try_from = "ComplaintFile")]
pub struct Complaint {
    file: ComplaintFile,
}

/// Checks the length of an id or a key.
pub(crate) fn check_name(what: &'static str, value: &str) -> Result<(), ComplaintError> {
    if (1..=MOST_ID_BYTES).contains(&value.len()) {
        return Ok(());
    }
    let beginning = value.chars().take(40).collect();
    Err(ComplaintError::Length { what, value: beginning, bytes: value.len() })
}

impl Complaint {
    /// A complaint of which nothing but its arrival is known.
    ///
    /// # Errors
    /// [`ComplaintError::Length`] for an id that is empty or longer than 128 bytes.
    pub fn new(id: impl Into<String>, received: Timestamp) -> Result<Self, ComplaintError> {
        let complaint = Complaint::unchecked(id, received);
        complaint.check()?;
        Ok(complaint)
    }

    /// For an id that was checked before, or that is checked when the complaint is encoded.
    pub(crate) fn unchecked(id: impl Into<String>, received: Timestamp) -> Self {
        Complaint {
            file: ComplaintFile {
                id: id.into(),
                received,
                unit: None,
                subject: None,
                bundle: None,
                stage: Stage::Intake,
                origin: Origin::Prospective,
                deadlines: Vec::new(),
                answers: BTreeMap::new(),
            },
        }
    }

    /// With the unit that works it.
    #[must_use]
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.file.unit = Some(unit.into());
        self
    }

    /// With the host's opaque key of the person complained about, the same for every complaint
    /// about that person.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.file.subject = Some(subject.into());
        self
    }

    /// With the host's opaque key of the bundle of look-alike complaints it belongs to.
    #[must_use]
    pub fn bundle(mut self, bundle: impl Into<String>) -> Self {
        self.file.bundle = Some(bundle.into());
        self
    }

    /// With the stage that the investigation has reached.
    #[must_use]
    pub fn reached(mut self, stage: Stage) -> Self {
        self.file.stage = stage;
        self
    }

    /// With where it comes from.
    #[must_use]
    pub fn origin(mut self, origin: Origin) -> Self {
        self.file.origin = origin;
        self
    }

    /// With one more deadline.
    #[must_use]
    pub fn deadline(mut self, kind: DeadlineKind, due: Timestamp) -> Self {
        self.file.deadlines.push(Deadline { due, kind });
        self.file.deadlines.sort();
        self
    }

    /// With an answer; see [`Value`] for what counts as *unknown*.
    #[must_use]
    pub fn answer(mut self, item: impl Into<String>, value: impl Into<Value>) -> Self {
        self.set(item, value);
        self
    }

    /// With an answer that became known at a time.
    #[must_use]
    pub fn answer_known_at(
        mut self,
        item: impl Into<String>,
        value: impl Into<Value>,
        known_at: Timestamp,
    ) -> Self {
        self.set_known_at(item, value, known_at);
        self
    }

    /// Sets or replaces an answer.
    pub fn set(&mut self, item: impl Into<String>, value: impl Into<Value>) {
        let given = Given { value: value.into(), known_at: None };
        self.file.answers.insert(item.into(), given);
    }

    /// Sets or replaces an answer that became known at a time.
    pub fn set_known_at(
        &mut self,
        item: impl Into<String>,
        value: impl Into<Value>,
        known_at: Timestamp,
    ) {
        let given = Given { value: value.into(), known_at: Some(known_at) };
        self.file.answers.insert(item.into(), given);
    }

    /// Takes an answer back, so that the item is *unknown* again.
    pub fn clear(&mut self, item: &str) {
        self.file.answers.remove(item);
    }

    /// Records that the investigation has reached a stage.
    pub fn reach(&mut self, stage: Stage) {
        self.file.stage = stage;
    }

    /// Replaces the deadlines.
    pub fn set_deadlines(&mut self, deadlines: impl IntoIterator<Item = Deadline>) {
        self.file.deadlines = deadlines.into_iter().collect();
        self.file.deadlines.sort();
    }

    /// Checks the lengths of the id and the keys, and the names of the deadlines. Reading from a
    /// file and [`Complaint::encode`] do so too.
    ///
    /// # Errors
    /// [`ComplaintError`] names the first that does not fit.
    pub fn check(&self) -> Result<(), ComplaintError> {
        check_name("id", &self.file.id)?;
        let optional = [
            ("unit", &self.file.unit),
            ("subject", &self.file.subject),
            ("bundle", &self.file.bundle),
        ];
        for (what, value) in optional {
            value.as_deref().map_or(Ok(()), |value| check_name(what, value))?;
        }
        self.file.deadlines.iter().try_for_each(Deadline::check)
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.file.id
    }

    /// When it came in.
    #[must_use]
    pub fn received(&self) -> Timestamp {
        self.file.received
    }

    /// The unit that works it.
    #[must_use]
    pub fn unit_name(&self) -> Option<&str> {
        self.file.unit.as_deref()
    }

    /// The opaque key of the person complained about.
    #[must_use]
    pub fn subject_key(&self) -> Option<&str> {
        self.file.subject.as_deref()
    }

    /// The opaque key of its bundle.
    #[must_use]
    pub fn bundle_key(&self) -> Option<&str> {
        self.file.bundle.as_deref()
    }

    /// The stage declared; encoding raises it to that of the latest item answered.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.file.stage
    }

    /// Where it comes from.
    #[must_use]
    pub fn origin_kind(&self) -> Origin {
        self.file.origin
    }

    /// The deadlines, earliest first.
    #[must_use]
    pub fn deadlines(&self) -> &[Deadline] {
        &self.file.deadlines
    }

    /// The earliest time that a deadline is due.
    #[must_use]
    pub fn earliest_deadline(&self) -> Option<Timestamp> {
        self.file.deadlines.first().map(|deadline| deadline.due)
    }

    /// The answers by item id, in order of the ids.
    pub fn answers(&self) -> impl Iterator<Item = (&str, &Given)> {
        self.file.answers.iter().map(|(item, given)| (item.as_str(), given))
    }

    /// The answer to an item, if one was given.
    #[must_use]
    pub fn given(&self, item: &str) -> Option<&Given> {
        self.file.answers.get(item)
    }
}

impl TryFrom<ComplaintFile> for Complaint {
    type Error = ComplaintError;

    fn try_from(mut file: ComplaintFile) -> Result<Self, ComplaintError> {
        file.deadlines.sort();
        let complaint = Complaint { file };
        complaint.check()?;
        Ok(complaint)
    }
}

impl From<Complaint> for ComplaintFile {
    fn from(complaint: Complaint) -> Self {
        complaint.file
    }
}
