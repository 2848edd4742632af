//! How a source is to be read: what the caller chooses.

use super::DangerAnswers;
use crate::Timestamp;
use crate::base::words;
use crate::complaint::Unlisted;

/// What becomes of a second record with an id that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Repeated {
    /// The first record stays; later ones are told and not used.
    First,
    /// The last record replaces the ones before it.
    Last,
    /// Per item the more dangerous answer, whichever record gave it: an answer that alone puts a
    /// complaint into `must`; else the one that points more strongly to every outcome that the
    /// item bears on; else the later. Known beats *unknown*. Times of receipt: the earlier.
    /// Deadlines: all.
    #[default]
    Merge,
}

words! {
    Repeated, "what becomes of a repeated id",
    First => "first",
    Last => "last",
    Merge => "merge",
}

/// How a source of complaints is read. The default loses nothing that can be understood and keeps
/// the rest with its complaint.
///
/// ```
/// use caserank::backlog::{Reading, Repeated};
/// use caserank::complaint::Unlisted;
/// let reading = Reading::new().with_unlisted(Unlisted::Report).with_repeated(Repeated::Last);
/// # let _ = reading;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    pub(crate) unlisted: Unlisted,
    pub(crate) strict: bool,
    pub(crate) repeated: Repeated,
    pub(crate) time_of_intake: Option<Timestamp>,
    pub(crate) danger: DangerAnswers,
    pub(crate) id_seed: u64,
    pub(crate) source: Option<String>,
}

impl Reading {
    /// What cannot be understood is kept with its complaint; columns that the codebook does not
    /// list refuse the file; repeated ids are merged.
    #[must_use]
    pub fn new() -> Self {
        Reading::default()
    }

    /// What to do with columns and answers that the codebook does not list.
    #[must_use]
    pub fn with_unlisted(mut self, unlisted: Unlisted) -> Self {
        self.unlisted = unlisted;
        self
    }

    /// Names the source, as people know it: a file's name. Every complaint that a reader takes from it is kept with the
    /// name and its first line there ([`Backlog::source`](crate::Backlog::source)), at eight bytes a complaint; of records of
    /// one id that were merged, the first counts. Nothing is kept without a name.
    #[must_use]
    pub fn with_source(mut self, name: impl Into<String>) -> Self {
        self.source = Some(name.into());
        self
    }

    /// Puts a record with anything in it that is not understood among those that cannot be ranked,
    /// instead of ranking it without.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// What becomes of a second record of an id.
    #[must_use]
    pub fn with_repeated(mut self, repeated: Repeated) -> Self {
        self.repeated = repeated;
        self
    }

    /// The time at which the source is read, by the caller's clock. It stands in for a time of
    /// receipt that cannot be read, which is then kept as not understood; without it such a record
    /// cannot be ranked. Complaints received more than a day after it are told.
    #[must_use]
    pub fn with_time_of_intake(mut self, now: Timestamp) -> Self {
        self.time_of_intake = Some(now);
        self
    }

    /// The answers that must not be lost: they win when records of one id are merged, and what
    /// could hide one is told first. See [`Triage::reading`](crate::Triage::reading).
    #[must_use]
    pub fn with_danger(mut self, danger: DangerAnswers) -> Self {
        self.danger = danger;
        self
    }

    /// The seed under which ids are found, 0 by default. Whoever may choose ids, and knows the seed,
    /// can choose many that are slow to tell apart; a host that takes ids from strangers gives a
    /// number that they cannot know. No result and no order depends on it.
    #[must_use]
    pub fn with_id_seed(mut self, seed: u64) -> Self {
        self.id_seed = seed;
        self
    }
}

impl From<Unlisted> for Reading {
    fn from(unlisted: Unlisted) -> Self {
        Reading::new().with_unlisted(unlisted)
    }
}
