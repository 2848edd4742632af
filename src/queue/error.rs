//! Why a live queue refuses something. It is then as it was before.

use std::io;

use thiserror::Error;

use crate::Timestamp;
use crate::base::{JsonError, escaped};
use crate::codebook::CodebookError;
use crate::complaint::EncodeError;
use crate::policy::OverrideError;
use crate::triage::Fingerprint;

/// Why a live queue refuses something.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum QueueError {
    /// A complaint that is not in the queue.
    #[error("complaint `{}` is not in the queue: `receive` it first", escaped(.id))]
    NotHere {
        /// The id.
        id: String,
    },
    /// An id that stands twice among complaints taken in at once.
    #[error("complaint `{}` stands twice: give each its own id", escaped(.id))]
    RepeatedId {
        /// The id.
        id: String,
    },
    /// A complaint of which something was not understood, where all was to be.
    #[error(
        "complaint `{}` is taken without one of its answers ({change}); {count} complaints in all are: look at `partly`",
        escaped(.id), change = escaped(.change))]
    Partly {
        /// The first of them.
        id: String,
        /// What was not understood.
        change: String,
        /// How many there are.
        count: usize,
    },
    /// An amendment that turned a complaint into another.
    #[error(
        "amending complaint `{}` gave it the id `{}`: remove it and receive the other",
        escaped(.id), escaped(.other)
    )]
    OtherId {
        /// The id asked for.
        id: String,
        /// The id after the amendment.
        other: String,
    },
    /// An amendment that thought better of it.
    #[error("complaint `{}` is not amended", escaped(.id))]
    Declined {
        /// The id.
        id: String,
        /// What the amendment said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Answers that do not fit the codebook.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// An override that does not hold together.
    #[error(transparent)]
    Override(#[from] OverrideError),
    /// A decision that had ended before it came.
    #[error(
        "the decision about complaint `{}` ended at {expires}, and the queue stands at {now}: it came too late to hold; decide anew if it still should",
        escaped(.id)
    )]
    Over {
        /// The complaint.
        id: String,
        /// When the decision ended.
        expires: Timestamp,
        /// Where the queue stands.
        now: Timestamp,
    },
    /// A time before the queue's own.
    #[error(
        "the queue stands at {now} and cannot advance to {asked}: if its clock had jumped ahead, `turn_back` takes it there"
    )]
    Backwards {
        /// Where it stands.
        now: Timestamp,
        /// Where it was asked to go.
        asked: Timestamp,
    },
    /// A time that is not before the queue's own.
    #[error("the queue stands at {now}, and {asked} is not before that: `advance` takes it there")]
    NotBackwards {
        /// Where it stands.
        now: Timestamp,
        /// Where it was asked to go.
        asked: Timestamp,
    },
    /// A model or migration of another codebook, or of one that means something else.
    #[error("{0}; migrate the complaints with `Queue::migrate`")]
    Codebook(CodebookError),
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
    /// A saved queue could not be read or written.
    #[error("the saved queue could not be read or written: {0}")]
    Io(io::Error),
    /// Text that no queue was saved as.
    #[error("not a saved queue: no `format_version` stands at its beginning")]
    NotASavedQueue,
    /// A saved queue of a format that this release does not read.
    #[error(
        "saved queue format {found} is not read by this release, which reads formats 1 to {}: load it with a release that reads it",
        super::SAVED_FORMAT
    )]
    Format {
        /// As given.
        found: u32,
    },
    /// A saved queue that ends too early.
    #[error(
        "the saved queue ends after line {lines}, before its last: it was cut off; take the file before it, and replay the events since"
    )]
    Cut {
        /// How many whole lines there are.
        lines: usize,
    },
    /// A saved queue that was changed after it was written.
    #[error(
        "the saved queue was altered after it was written: its digest is {}, not {}; copy it again, or take the file before it",
        .computed.short(), .saved.short()
    )]
    Altered {
        /// The digest in its last line.
        saved: Fingerprint,
        /// The digest of what stands in it.
        computed: Fingerprint,
    },
    /// A line of a saved queue that no queue was saved as.
    #[error("line {line} of the saved queue cannot be read: {cause}")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        cause: JsonError,
    },
    /// A saved queue with something twice, or without what it says that it has.
    #[error("line {line} of the saved queue: {what}; no queue is saved so", what = escaped(.what))]
    Malformed {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        what: String,
    },
}

// Its text holds the cause, so the cause is no source as well.
impl From<CodebookError> for QueueError {
    fn from(refused: CodebookError) -> Self {
        QueueError::Codebook(refused)
    }
}
