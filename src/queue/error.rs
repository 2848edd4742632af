//! Why a live queue refuses something. It is then as it was before.

use thiserror::Error;

use crate::Timestamp;
use crate::codebook::CodebookError;
use crate::complaint::EncodeError;
use crate::policy::OverrideError;
use crate::triage::Fingerprint;

/// Why a live queue refuses something.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum QueueError {
    /// A complaint that is not in the queue.
    #[error("complaint `{id}` is not in the queue: upsert it first")]
    NotHere {
        /// The id.
        id: String,
    },
    /// An id that stands twice among complaints taken in at once.
    #[error("complaint `{id}` stands twice: give each its own id")]
    RepeatedId {
        /// The id.
        id: String,
    },
    /// An amendment that turned a complaint into another.
    #[error("amending complaint `{id}` gave it the id `{other}`: remove it and upsert the other")]
    OtherId {
        /// The id asked for.
        id: String,
        /// The id after the amendment.
        other: String,
    },
    /// Answers that do not fit the codebook.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// An override that does not hold together.
    #[error(transparent)]
    Override(#[from] OverrideError),
    /// A time before the queue's own.
    #[error("the queue stands at {now} and cannot go back to {asked}")]
    Backwards {
        /// Where it stands.
        now: Timestamp,
        /// Where it was asked to go.
        asked: Timestamp,
    },
    /// A model of another codebook.
    #[error("{0}: migrate the complaints with `Queue::migrate`")]
    OtherCodebook(#[from] CodebookError),
    /// A saved queue of a model that scores, gates, bands or orders differently.
    #[error(
        "the queue was saved under another model ({}, not {}): restore it with the model it was saved under, then call `replace_model`",
        .saved.short(), .given.short()
    )]
    OtherModel {
        /// Scoring fingerprint in the file.
        saved: Fingerprint,
        /// Scoring fingerprint of the model given.
        given: Fingerprint,
    },
    /// A saved queue of a format that this release does not read.
    #[error(
        "saved queue format {found} is not read by this release: save it in format {}",
        super::SAVED_FORMAT
    )]
    Format {
        /// As given.
        found: u32,
    },
}
