//! One incoming complaint: when it came, what is known, and which clocks run.
//!
//! A [`Complaint`] knows no codebook; [`Complaint::encode`] holds it against one.

mod clock;
mod deadline;
mod deconfliction;
mod encode;
mod error;
mod getters;
mod merge;
mod migrate;
mod not_understood;
mod origin;
mod provenance;
mod set;
mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

pub use clock::preservation_due;
pub use deadline::{Deadline, DeadlineKind};
pub use deconfliction::Deconfliction;
pub use encode::{Encoded, Unlisted};
pub use error::{ComplaintError, EncodeError};
pub use merge::{ChangeKind, Part, PartChange};
pub use migrate::{Loss, MigratedAnswer, MigrationReport};
pub use not_understood::{MOST_TEXT_KEPT, NotUnderstood, WhyNotUnderstood};
pub use origin::Origin;
pub(crate) use provenance::SaidBy;
pub use provenance::{AnswerSource, Provenance, Speaker, Statement};
pub(crate) use value::of_digits;
pub use value::{Given, Value};

use crate::Timestamp;
use crate::base::text::{cut, is_outer};
use crate::codebook::Stage;

/// The most bytes that an id, unit, subject or bundle key may have.
pub const MOST_ID_BYTES: usize = 128;

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
    #[serde(
        default,
        deserialize_with = "crate::base::unique_map",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    provenance: BTreeMap<String, Provenance>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    not_understood: Vec<NotUnderstood>,
}

/// A complaint with its answers by item id.
///
/// ```
/// use caserank::Complaint;
/// let mut complaint = Complaint::new("2026-0417", "2026-04-17T09:30:00Z".parse()?)?
///     .with_unit("north")?
///     .with_answer("urgent", true)
///     .with_answer("prior_reports", 3);
/// complaint.clear_answer("urgent");
/// assert_eq!(complaint.answers().count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Eq, Deserialize)]
#[serde(try_from = "ComplaintFile")]
pub struct Complaint {
    file: ComplaintFile,
    /// While somebody amends it: the items that were set, also to the answer that stood.
    set_items: Option<BTreeSet<String>>,
}

impl PartialEq for Complaint {
    fn eq(&self, other: &Self) -> bool {
        self.file == other.file
    }
}

impl fmt::Debug for Complaint {
    /// Without id, keys and answers: these are about people, and debug text ends up in logs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Complaint")
            .field("received", &self.file.received.to_string())
            .field("answers", &self.file.answers.len())
            .finish_non_exhaustive()
    }
}

/// Checks an id or a key: its length, and that nothing in it or around it is blank or hidden.
pub(crate) fn check_name(what: &'static str, value: &str) -> Result<(), ComplaintError> {
    if !(1..=MOST_ID_BYTES).contains(&value.len()) {
        return Err(ComplaintError::Length { what, value: cut(value, 40), bytes: value.len() });
    }
    let outer = value.trim_matches(is_outer).len() != value.len();
    if outer || value.chars().any(char::is_control) {
        return Err(ComplaintError::Letters { what, value: cut(value, 40) });
    }
    Ok(())
}

/// Keys that were checked before, or were taken from a complaint.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CheckedKeys<'a> {
    pub(crate) unit: Option<&'a str>,
    pub(crate) subject: Option<&'a str>,
    pub(crate) bundle: Option<&'a str>,
}

impl Complaint {
    /// A complaint of which nothing but its arrival is known.
    ///
    /// # Errors
    /// [`ComplaintError::Length`] for an id that is empty or longer than 128 bytes,
    /// [`ComplaintError::Letters`] for one with control characters in it or blanks around it.
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
                origin: Origin::NotStated,
                deadlines: Vec::new(),
                answers: BTreeMap::new(),
                provenance: BTreeMap::new(),
                not_understood: Vec::new(),
            },
            set_items: None,
        }
    }

    /// For parts that were all checked before.
    pub(crate) fn of_checked(
        id: &str,
        received: Timestamp,
        keys: CheckedKeys<'_>,
        deadlines: impl IntoIterator<Item = Deadline>,
    ) -> Self {
        let mut complaint = Complaint::unchecked(id, received);
        complaint.file.unit = keys.unit.map(str::to_owned);
        complaint.file.subject = keys.subject.map(str::to_owned);
        complaint.put_checked(keys.bundle, deadlines);
        complaint
    }

    /// Replaces bundle key and deadlines by those of a complaint.
    pub(crate) fn put_checked(
        &mut self,
        bundle: Option<&str>,
        deadlines: impl IntoIterator<Item = Deadline>,
    ) {
        self.file.bundle = bundle.map(str::to_owned);
        self.file.deadlines = deadlines.into_iter().collect();
        self.file.deadlines.sort();
    }

    pub(crate) fn insert_deadline(&mut self, deadline: Deadline) {
        let position = self.file.deadlines.partition_point(|other| *other <= deadline);
        self.file.deadlines.insert(position, deadline);
    }

    /// What its record said and could not be understood, in the order in which it was read. Empty
    /// for most complaints; whoever looks at a complaint should be shown it.
    #[must_use]
    pub fn not_understood(&self) -> &[NotUnderstood] {
        &self.file.not_understood
    }

    /// Whether id, keys and names of deadlines are allowed: of those that came from a file.
    pub(crate) fn check(&self) -> Result<(), ComplaintError> {
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
    pub fn unit(&self) -> Option<&str> {
        self.file.unit.as_deref()
    }

    /// The opaque key of the person complained about.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.file.subject.as_deref()
    }

    /// The opaque key of its bundle.
    #[must_use]
    pub fn bundle(&self) -> Option<&str> {
        self.file.bundle.as_deref()
    }

    /// The stage declared; encoding raises it to that of the latest item answered.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.file.stage
    }

    /// Where it comes from.
    #[must_use]
    pub fn origin(&self) -> Origin {
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

    /// Who said the answer to an item, where that is known.
    #[must_use]
    pub fn provenance(&self, item: &str) -> Option<&Provenance> {
        self.file.provenance.get(item)
    }

    /// Items with who said their answers, in order of the ids.
    pub fn provenances(&self) -> impl Iterator<Item = (&str, &Provenance)> {
        self.file.provenance.iter().map(|(item, provenance)| (item.as_str(), provenance))
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
        let complaint = Complaint { file, set_items: None };
        complaint.check()?;
        Ok(complaint)
    }
}

impl Serialize for Complaint {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.file.serialize(serializer)
    }
}
