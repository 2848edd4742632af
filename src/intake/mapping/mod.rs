//! One declarative file for every source: which field becomes which answer.

mod check;
mod draft;
mod error;
mod locate;
mod source;

use std::sync::Arc;

use semver::Version;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub(in crate::intake) use check::{Faults, Path};
pub use draft::{
    ComplaintDraft, DeadlineDraft, DecimalMark, IdDraft, ItemDraft, KeyDraft, MAPPING_FORMAT,
    MappingDraft, Names, NumbersDraft, SummerTime, Take, ThousandsMark, TimeDraft, TimeForm,
    TimesDraft,
};
pub use error::{MappingError, MappingFault, MappingProblem};
pub use source::{Encoding, JsonForm, Quote, Separator, SourceForm, TableForm};

use crate::base::{JsonError, json};
use crate::triage::Fingerprint;

/// A checked mapping: how one source is read. Cheap to clone; `Send + Sync`.
///
/// It names columns, words and forms, and knows no record. Whether its items and answers are those
/// of a codebook is looked at when the two meet, in [`Importer::new`](crate::intake::Importer::new).
///
/// ```
/// use caserank::intake::Mapping;
/// let mapping = Mapping::from_json(r#"{
///     "format_version": 1, "id": "north", "version": "1.0.0",
///     "source": { "table": { "separator": ";" } },
///     "words": { "Y": "yes", "N": "no" },
///     "times": { "forms": ["day_first"], "zone": "+01:00", "summer_time": "european_union" },
///     "complaint": { "id": { "from": "Case No" }, "received": { "from": "Date Received" } },
///     "items": { "urgent": { "from": "Marked urgent?" } }
/// }"#)?;
/// assert_eq!(mapping.id(), "north");
/// // One more word, one more meaning: the fingerprint says so.
/// let mut draft = mapping.draft().clone();
/// draft.missing.push("n/k".to_owned());
/// assert_ne!(Mapping::from_draft(draft)?.fingerprint(), mapping.fingerprint());
/// # Ok::<(), caserank::intake::MappingError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Mapping {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    draft: MappingDraft,
    fingerprint: Fingerprint,
    /// The text it was read from, to name lines.
    text: Option<String>,
}

impl Mapping {
    /// Reads and checks a mapping from JSON; a byte-order mark before it is skipped.
    ///
    /// # Errors
    /// [`MappingError`] names line and entry, what is wrong, and the way out.
    pub fn from_json(text: &str) -> Result<Self, MappingError> {
        #[derive(Deserialize)]
        struct Format {
            format_version: Option<u64>,
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        // The format first: a later one may well have fields that this release does not know.
        if let Ok(Format { format_version: Some(found) }) = serde_json::from_str(text)
            && found != u64::from(MAPPING_FORMAT)
        {
            return Err(MappingError::Format { found });
        }
        let draft = json::read(text).map_err(MappingError::Json)?;
        Mapping::checked(draft, Some(text.to_owned()))
    }

    /// Checks a mapping that was made in code, such as an edited proposal.
    ///
    /// # Errors
    /// As [`Mapping::from_json`], without lines.
    pub fn from_draft(draft: MappingDraft) -> Result<Self, MappingError> {
        Mapping::checked(draft, None)
    }

    fn checked(draft: MappingDraft, text: Option<String>) -> Result<Self, MappingError> {
        if draft.format_version != MAPPING_FORMAT {
            return Err(MappingError::Format { found: draft.format_version.into() });
        }
        let written = serde_json::to_vec(&draft)
            .map_err(|fault| MappingError::Unwritable(JsonError::of(fault)))?;
        let mut faults = Faults::new(text.as_deref());
        check::check(&draft, &mut faults);
        faults.none()?;
        let fingerprint = Fingerprint::of(&written);
        Ok(Mapping { inner: Arc::new(Inner { draft, fingerprint, text }) })
    }

    /// Writes it as JSON, the same bytes for equal mappings.
    ///
    /// # Errors
    /// [`MappingError::Unwritable`]; a mapping that was checked has been written once already.
    pub fn to_json(&self) -> Result<String, MappingError> {
        serde_json::to_string_pretty(self.draft())
            .map_err(|fault| MappingError::Unwritable(JsonError::of(fault)))
    }

    /// What stands in its file.
    #[must_use]
    pub fn draft(&self) -> &MappingDraft {
        &self.inner.draft
    }

    /// Its short name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.draft().id
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.draft().version
    }

    /// SHA-256 of what was parsed: equal mappings have equal fingerprints whatever their spelling.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.inner.fingerprint
    }

    pub(in crate::intake) fn faults(&self) -> Faults<'_> {
        Faults::new(self.inner.text.as_deref())
    }
}

/// serde_json puts the place behind its message; the error has it apart.
impl PartialEq for Mapping {
    fn eq(&self, other: &Self) -> bool {
        self.draft() == other.draft()
    }
}

impl Eq for Mapping {}

impl Serialize for Mapping {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.draft().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Mapping {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let draft = MappingDraft::deserialize(deserializer)?;
        Mapping::from_draft(draft).map_err(serde::de::Error::custom)
    }
}
