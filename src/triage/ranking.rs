//! A backlog in order.

use std::sync::OnceLock;

use super::Triage;
use super::entry::{Entries, RankingEntry};
use crate::backlog::Backlog;
use crate::codebook::CodebookError;
use crate::policy::{ActiveOverrides, Band, Lane, Placement, Priority, danger, place};
use crate::rank::{BandCount, Key, Order};

/// A backlog in a total order: lane, band, priority, earliest deadline, time received, id.
///
/// Every tie is broken, and the order is the same on every machine and at any number of threads.
/// It takes eight bytes a complaint.
#[derive(Debug, Clone)]
pub struct Ranking {
    triage: Triage,
    backlog: Backlog,
    overrides: ActiveOverrides,
    order: Order,
    /// Position by row, made when first asked for.
    positions: OnceLock<Vec<u32>>,
}

impl Triage {
    /// Ranks a backlog. O(n).
    ///
    /// # Errors
    /// [`CodebookError::OtherCodebook`] or [`CodebookError::OtherAnswers`] for a backlog of another
    /// codebook.
    pub fn rank(&self, backlog: &Backlog) -> Result<Ranking, CodebookError> {
        self.rank_with(backlog, &ActiveOverrides::none())
    }

    /// Ranks a backlog under the overrides that hold now. O(n).
    ///
    /// # Errors
    /// As [`Triage::rank`].
    pub fn rank_with(
        &self,
        backlog: &Backlog,
        overrides: &ActiveOverrides,
    ) -> Result<Ranking, CodebookError> {
        self.codebook().require_of_backlog(backlog.codebook())?;
        let mut keys = self.engine().keys(backlog.packed());
        for (row, key) in self.overridden_keys(backlog, overrides) {
            keys[row] = key.word();
        }
        Ok(self.ranking(backlog, overrides, Order::of(keys)))
    }

    /// The first `k` entries of [`Triage::rank`], without ordering the rest, in memory that does
    /// not grow with the backlog.
    ///
    /// # Errors
    /// As [`Triage::rank`].
    pub fn top(&self, backlog: &Backlog, k: usize) -> Result<Ranking, CodebookError> {
        self.top_with(backlog, &ActiveOverrides::none(), k)
    }

    /// The first `k` entries of [`Triage::rank_with`], as [`Triage::top`].
    ///
    /// # Errors
    /// As [`Triage::rank`].
    pub fn top_with(
        &self,
        backlog: &Backlog,
        overrides: &ActiveOverrides,
        k: usize,
    ) -> Result<Ranking, CodebookError> {
        self.codebook().require_of_backlog(backlog.codebook())?;
        let mut overridden = self.overridden_keys(backlog, overrides);
        overridden.sort_unstable_by_key(|&(row, _)| row);
        let top = self.engine().top(backlog.packed(), k, &overridden);
        Ok(self.ranking(backlog, overrides, Order::sorted(&top)))
    }

    pub(super) fn ranking(
        &self,
        backlog: &Backlog,
        overrides: &ActiveOverrides,
        order: Order,
    ) -> Ranking {
        Ranking {
            triage: self.clone(),
            backlog: backlog.clone(),
            overrides: overrides.clone(),
            order,
            positions: OnceLock::new(),
        }
    }

    pub(super) fn overridden_keys(
        &self,
        backlog: &Backlog,
        overrides: &ActiveOverrides,
    ) -> Vec<(usize, Key)> {
        let rows = overrides.iter().filter_map(|(complaint, _)| backlog.row_of(complaint));
        rows.map(|row| {
            let placement = self.place_row(backlog, row, overrides);
            (row, Key::of(placement.standing(), row))
        })
        .collect()
    }

    /// Placement of one row of a backlog of this codebook.
    pub(crate) fn place_row(
        &self,
        backlog: &Backlog,
        row: usize,
        overrides: &ActiveOverrides,
    ) -> Placement {
        self.place_packed(backlog.packed_row(row), backlog.id(row), overrides)
    }

    /// Placement of a packed row, under the overrides of its id.
    pub(super) fn place_packed(
        &self,
        packed: &[u8],
        id: &str,
        overrides: &ActiveOverrides,
    ) -> Placement {
        let mut tally = self.engine().empty_tally();
        self.engine().tally_into(packed, &mut tally);
        self.placement(&tally, overrides.get(id))
    }

    /// Lane and band of a tallied complaint, with what set them.
    pub(crate) fn placement(
        &self,
        tally: &super::Tally,
        active: Option<&crate::policy::ActiveOverride>,
    ) -> Placement {
        let fired = self.engine().rules().fired(&tally.bits);
        let by_priority = Band::from_level(self.engine().cut_offs().level(tally.priority));
        let by_priority = (Priority::from_billionths(tally.priority), by_priority);
        place(self.policy().gates(), &fired, danger(tally.effects), by_priority, active)
    }
}

impl Ranking {
    /// How many complaints stand in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether none does.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.order.len() == 0
    }

    /// The model it was made with.
    #[must_use]
    pub fn triage(&self) -> &Triage {
        &self.triage
    }

    /// The backlog that it orders.
    #[must_use]
    pub fn backlog(&self) -> &Backlog {
        &self.backlog
    }

    /// The entry at a position, from 1.
    #[must_use]
    pub fn at(&self, position: usize) -> Option<RankingEntry<'_>> {
        let key = self.order.get(position.checked_sub(1)?)?;
        Some(RankingEntry::new(self, position, key))
    }

    /// Entries first to last.
    #[must_use]
    pub fn iter(&self) -> Entries<'_> {
        self.top(self.len())
    }

    /// The first `k` entries, or all where there are fewer.
    #[must_use]
    pub fn top(&self, k: usize) -> Entries<'_> {
        Entries { ranking: self, passed: 0, until: k.min(self.len()) }
    }

    /// The entry of a complaint; `None` where it does not stand in the ranking. Constant time
    /// after the first call.
    #[must_use]
    pub fn entry(&self, id: &str) -> Option<RankingEntry<'_>> {
        self.at(self.position(id)?)
    }

    /// The position of a complaint, from 1; `None` where it does not stand in the ranking.
    /// Constant time after the first call.
    #[must_use]
    pub fn position(&self, id: &str) -> Option<usize> {
        self.position_of_row(self.backlog.row_of(id)?)
    }

    /// The position of a row of the backlog, from 1.
    #[must_use]
    pub fn position_of_row(&self, row: usize) -> Option<usize> {
        let positions = self.positions.get_or_init(|| {
            let mut positions = vec![0; self.backlog.len()];
            for (before, key) in self.order.iter().enumerate() {
                positions[key.row()] = before as u32 + 1;
            }
            positions
        });
        positions.get(row).map(|&position| position as usize).filter(|&position| position > 0)
    }

    /// The overrides under which it was made.
    #[must_use]
    pub fn overrides(&self) -> &ActiveOverrides {
        &self.overrides
    }

    /// How many complaints stand in each lane and band, in ranking order.
    #[must_use]
    pub fn counts(&self) -> Vec<BandCount> {
        let mut counts = Vec::new();
        let mut start = 0;
        for lane in [Lane::Must, Lane::Open] {
            for band in Band::ALL {
                // Keys are sorted by lane, then band: each pair is one run.
                let count = self.order.run(start, |key| (key.lane(), key.band()) == (lane, band));
                start += count;
                counts.push(BandCount { lane, band, count });
            }
        }
        counts
    }
}

impl<'a> IntoIterator for &'a Ranking {
    type Item = RankingEntry<'a>;
    type IntoIter = Entries<'a>;

    fn into_iter(self) -> Entries<'a> {
        self.iter()
    }
}
