//! What became of parts and answers, by name.

use super::merge::{ChangeKind, Part, PartChange};
use super::migrate::{Loss, MigratedAnswer};
use super::{Encoded, NotUnderstood, Speaker};
use crate::codebook::{Fate, Stage};

impl PartChange {
    /// Which part.
    #[must_use]
    pub fn part(&self) -> &Part {
        &self.part
    }

    /// What became of it.
    #[must_use]
    pub fn kind(&self) -> ChangeKind {
        self.kind
    }

    /// What stood, as text; `unknown` for nothing.
    #[must_use]
    pub fn stood(&self) -> &str {
        &self.stood
    }

    /// What was given, as text; `unknown` for nothing.
    #[must_use]
    pub fn given(&self) -> &str {
        &self.given
    }

    /// Who said what stood, where that was recorded.
    #[must_use]
    pub fn stood_by(&self) -> Option<Speaker> {
        self.stood_by
    }

    /// Who said what was given, where that was recorded.
    #[must_use]
    pub fn given_by(&self) -> Option<Speaker> {
        self.given_by
    }

    /// What was given does not count, and would put the complaint further ahead: somebody should
    /// look at once.
    #[must_use]
    pub fn would_lead(&self) -> bool {
        self.would_lead
    }
}

impl Loss {
    /// Id of the complaint.
    #[must_use]
    pub fn complaint(&self) -> &str {
        &self.complaint
    }

    /// The old item.
    #[must_use]
    pub fn item(&self) -> &str {
        &self.item
    }

    /// The old answer, or the number.
    #[must_use]
    pub fn answer(&self) -> &str {
        &self.answer
    }

    /// Why it is *unknown* now.
    #[must_use]
    pub fn fate(&self) -> Fate {
        self.fate
    }
}

impl<'a> MigratedAnswer<'a> {
    /// What became of it.
    #[must_use]
    pub fn fate(&self) -> Fate {
        self.fate
    }

    /// The old item.
    #[must_use]
    pub fn item(&self) -> &'a str {
        self.item
    }

    /// The old answer; `a number` for numbers.
    #[must_use]
    pub fn answer(&self) -> &'a str {
        self.answer
    }

    /// How many complaints had it.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }
}

impl Encoded {
    /// One code per item in codebook order; 0 is *unknown*.
    #[must_use]
    pub fn codes(&self) -> &[u8] {
        &self.codes
    }

    /// The stage reached: the declared one, or that of the latest item answered.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// Items that the codebook does not list, where they are reported.
    #[must_use]
    pub fn unlisted(&self) -> &[String] {
        &self.unlisted
    }

    /// What was not understood: what the complaint carries, and what [`understand`](crate::Complaint::understand)
    /// found.
    #[must_use]
    pub fn not_understood(&self) -> &[NotUnderstood] {
        &self.not_understood
    }
}
