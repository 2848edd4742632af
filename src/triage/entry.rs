//! One complaint's place in a ranking.

use std::fmt;

use super::Ranking;
use crate::complaint::NotUnderstood;
use crate::policy::{Band, Lane, Placement, Priority};
use crate::rank::{Key, Rank, Standing};

/// One complaint's place in a ranking. It borrows the ranking, so that what is asked of it is
/// answered from the order that it stands in.
#[derive(Clone, Copy)]
pub struct RankingEntry<'a> {
    ranking: &'a Ranking,
    rank: Rank,
    row: usize,
}

impl<'a> RankingEntry<'a> {
    pub(super) fn new(ranking: &'a Ranking, position: usize, key: Key) -> Self {
        RankingEntry { ranking, rank: Rank::new(position, key.standing()), row: key.row() }
    }

    /// The ranking that it stands in.
    #[must_use]
    pub fn ranking(&self) -> &'a Ranking {
        self.ranking
    }

    /// Position, lane, band and priority.
    #[must_use]
    pub fn rank(&self) -> Rank {
        self.rank
    }

    /// Lane, band and priority.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.rank.standing()
    }

    /// Place in the order, from 1.
    #[must_use]
    pub fn position(&self) -> usize {
        self.rank.position()
    }

    /// Row in the backlog.
    #[must_use]
    pub fn row(&self) -> usize {
        self.row
    }

    /// Id of the complaint.
    #[must_use]
    pub fn id(&self) -> &'a str {
        self.ranking.backlog().id(self.row)
    }

    /// Which queue it stands in.
    #[must_use]
    pub fn lane(&self) -> Lane {
        self.rank.lane()
    }

    /// Its band.
    #[must_use]
    pub fn band(&self) -> Band {
        self.rank.band()
    }

    /// Its priority index.
    #[must_use]
    pub fn priority(&self) -> Priority {
        self.rank.priority()
    }

    /// What was not understood when it was read; it is ranked without that.
    #[must_use]
    pub fn not_understood(&self) -> Vec<NotUnderstood> {
        self.ranking.backlog().not_understood(self.row)
    }

    /// Where it stands with what set its band, and the model's own result beside an override's.
    #[must_use]
    pub fn placement(&self) -> Placement {
        let ranking = self.ranking;
        ranking.triage().place_row(ranking.backlog(), self.row, ranking.overrides())
    }
}

impl PartialEq for RankingEntry<'_> {
    /// Whether the same complaint stands at the same rank, in this ranking or another.
    fn eq(&self, other: &Self) -> bool {
        (self.rank, self.id()) == (other.rank, other.id())
    }
}

impl Eq for RankingEntry<'_> {}

impl fmt::Debug for RankingEntry<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("RankingEntry");
        shown.field("rank", &self.rank).field("row", &self.row);
        shown.finish_non_exhaustive()
    }
}

/// Entries of a ranking, first to last.
#[derive(Debug, Clone)]
pub struct Entries<'a> {
    pub(super) ranking: &'a Ranking,
    pub(super) passed: usize,
    pub(super) until: usize,
}

impl<'a> Iterator for Entries<'a> {
    type Item = RankingEntry<'a>;

    fn next(&mut self) -> Option<RankingEntry<'a>> {
        self.nth(0)
    }

    fn nth(&mut self, skipped: usize) -> Option<RankingEntry<'a>> {
        self.passed = self.passed.saturating_add(skipped).saturating_add(1).min(self.until + 1);
        let position = self.passed;
        if position > self.until {
            self.passed = self.until;
            return None;
        }
        self.ranking.at(position)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.until - self.passed;
        (left, Some(left))
    }
}

impl DoubleEndedIterator for Entries<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        if self.passed == self.until {
            return None;
        }
        self.until -= 1;
        self.ranking.at(self.until + 1)
    }
}

impl ExactSizeIterator for Entries<'_> {}

impl std::iter::FusedIterator for Entries<'_> {}
