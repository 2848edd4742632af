//! A backlog in order.

use std::sync::OnceLock;

use super::Triage;
use crate::backlog::Backlog;
use crate::codebook::CodebookError;
use crate::policy::{ActiveOverrides, Band, Lane, Placement, Priority, danger, place};
use crate::rank::{Key, Order};

/// One complaint's place in a ranking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Place in the order, from 1.
    pub position: usize,
    /// Row in the backlog.
    pub row: usize,
    /// Id of the complaint.
    pub id: &'a str,
    /// Which queue it stands in.
    pub lane: Lane,
    /// Its band.
    pub band: Band,
    /// Its priority index.
    pub priority: Priority,
}

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
    /// Ranks a backlog under the overrides that hold now. O(n).
    ///
    /// # Errors
    /// [`CodebookError::OtherCodebook`] or [`CodebookError::OtherAnswers`] for a backlog of another
    /// codebook.
    pub fn rank(
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
    /// [`CodebookError::OtherCodebook`] or [`CodebookError::OtherAnswers`] for a backlog of another
    /// codebook.
    pub fn top(
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
            let (priority, placement) = self.place_row(backlog, row, overrides);
            (row, Key::of(placement.lane, placement.band, priority, row))
        })
        .collect()
    }

    /// Priority and placement of one row of a backlog of this codebook.
    pub(crate) fn place_row(
        &self,
        backlog: &Backlog,
        row: usize,
        overrides: &ActiveOverrides,
    ) -> (Priority, Placement) {
        let mut tally = self.engine().empty_tally();
        self.engine().tally_into(backlog.packed_row(row), &mut tally);
        let placement = self.placement(&tally, overrides.get(backlog.id(row)));
        (Priority::from_billionths(tally.priority), placement)
    }

    /// The key of a packed row, under the overrides of its id.
    pub(super) fn key_under(
        &self,
        packed: &[u8],
        row: usize,
        id: &str,
        overrides: &ActiveOverrides,
    ) -> Key {
        let mut tally = self.engine().empty_tally();
        self.engine().tally_into(packed, &mut tally);
        let placement = self.placement(&tally, overrides.get(id));
        let priority = Priority::from_billionths(tally.priority);
        Key::of(placement.lane, placement.band, priority, row)
    }

    /// Lane and band of a tallied complaint, with what set them.
    pub(crate) fn placement(
        &self,
        tally: &super::Tally,
        active: Option<&crate::policy::ActiveOverride>,
    ) -> Placement {
        let fired = self.engine().rules().fired(&tally.bits);
        let by_priority = Band::from_level(self.engine().cut_offs().level(tally.priority));
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
    pub fn at(&self, position: usize) -> Option<Entry<'_>> {
        let key = self.order.get(position.checked_sub(1)?)?;
        Some(Entry {
            position,
            row: key.row(),
            id: self.backlog.id(key.row()),
            lane: key.lane(),
            band: key.band(),
            priority: key.priority(),
        })
    }

    /// Entries first to last.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Entry<'_>> + Clone {
        self.top(self.len())
    }

    /// The first `k` entries, or all where there are fewer.
    pub fn top(&self, k: usize) -> impl ExactSizeIterator<Item = Entry<'_>> + Clone {
        self.order.iter().take(k).enumerate().map(|(place, key)| Entry {
            position: place + 1,
            row: key.row(),
            id: self.backlog.id(key.row()),
            lane: key.lane(),
            band: key.band(),
            priority: key.priority(),
        })
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
            for (place, key) in self.order.iter().enumerate() {
                positions[key.row()] = place as u32 + 1;
            }
            positions
        });
        positions.get(row).map(|&position| position as usize).filter(|&position| position > 0)
    }

    /// Lane and band of an entry with what set them, and the model's own result beside an
    /// override's.
    #[must_use]
    pub fn placement(&self, entry: &Entry<'_>) -> Placement {
        self.triage.place_row(&self.backlog, entry.row, &self.overrides).1
    }

    /// The overrides under which it was made.
    #[must_use]
    pub fn overrides(&self) -> &ActiveOverrides {
        &self.overrides
    }

    /// How many complaints stand in each lane and band, in ranking order.
    #[must_use]
    pub fn counts(&self) -> Vec<(Lane, Band, usize)> {
        let mut counts = Vec::new();
        let mut start = 0;
        for lane in [Lane::Must, Lane::Open] {
            for band in Band::ALL {
                // Keys are sorted by lane, then band: each pair is one run.
                let run = self.order.run(start, |key| (key.lane(), key.band()) == (lane, band));
                start += run;
                counts.push((lane, band, run));
            }
        }
        counts
    }
}
