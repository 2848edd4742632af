//! A queue in a file: saved by one run of the host, restored by the next.

use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use super::{Queue, QueueError, Snapshot};
use crate::Timestamp;
use crate::codebook::Identity;
use crate::complaint::Complaint;
use crate::policy::Overrides;
use crate::triage::{Fingerprint, Triage};

/// The version of the saved queue that this release reads and writes.
pub const SAVED_FORMAT: u32 = 1;

/// A saved queue as it was read, not yet held against a model; see [`Queue::restore`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedQueue {
    format_version: u32,
    codebook: Identity,
    fingerprint: Fingerprint,
    scoring_fingerprint: Fingerprint,
    now: Timestamp,
    overrides: Overrides,
    complaints: Vec<Complaint>,
}

impl SavedQueue {
    /// The time at which the queue stood.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Fingerprint of the model that it was saved under.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// Scoring fingerprint of the model that it was saved under.
    #[must_use]
    pub fn scoring_fingerprint(&self) -> Fingerprint {
        self.scoring_fingerprint
    }

    /// The complaints, in the order in which they stood.
    #[must_use]
    pub fn complaints(&self) -> &[Complaint] {
        &self.complaints
    }
}

impl Serialize for Snapshot {
    /// Complaints one after another, so that nothing is copied as a whole.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Complaints<'a>(&'a Snapshot);
        impl Serialize for Complaints<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(self.0.iter().map(|entry| entry.complaint()))
            }
        }
        let mut saved = serializer.serialize_struct("SavedQueue", 7)?;
        saved.serialize_field("format_version", &SAVED_FORMAT)?;
        saved.serialize_field("codebook", self.triage().codebook().identity())?;
        saved.serialize_field("fingerprint", &self.triage().fingerprint())?;
        saved.serialize_field("scoring_fingerprint", &self.triage().scoring_fingerprint())?;
        saved.serialize_field("now", &self.now())?;
        saved.serialize_field("overrides", &self.overrides())?;
        saved.serialize_field("complaints", &Complaints(self))?;
        saved.end()
    }
}

impl Serialize for Queue {
    /// As its snapshot.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

impl Queue {
    /// The queue as it was saved.
    ///
    /// ```
    /// use caserank::queue::{Queue, SavedQueue};
    /// # use caserank::{Complaint, Triage};
    /// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
    /// # let triage = Triage::from_json(json)?;
    /// # let mut queue = Queue::new(&triage, "2026-04-18".parse()?);
    /// # queue.upsert(Complaint::new("a", "2026-04-17".parse()?)?.answer("prior_reports", 5))?;
    /// let text = serde_json::to_string(&queue)?;
    /// let saved: SavedQueue = serde_json::from_str(&text)?;
    /// let restored = Queue::restore(&triage, saved)?;
    /// assert_eq!(serde_json::to_string(&restored)?, text);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`QueueError::Format`], [`QueueError::OtherCodebook`], [`QueueError::OtherModel`] where the
    /// model's scoring fingerprint is another, or what [`Queue::fill`] refuses.
    pub fn restore(triage: &Triage, saved: SavedQueue) -> Result<Self, QueueError> {
        if saved.format_version != SAVED_FORMAT {
            return Err(QueueError::Format { found: saved.format_version });
        }
        triage.codebook().require("the saved queue", &saved.codebook)?;
        let given = triage.scoring_fingerprint();
        if saved.scoring_fingerprint != given {
            return Err(QueueError::OtherModel { saved: saved.scoring_fingerprint, given });
        }
        Queue::fill(triage, saved.now, &saved.overrides, saved.complaints)
    }
}
