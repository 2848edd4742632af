//! Reading a live queue: everything that does not change it.

use std::cmp::Ordering;
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use super::held::{ById, Decided, Held, Placed, hash};
use crate::backlog::{Backlog, BacklogBuilder, BacklogError, Packing};
use crate::codebook::Codebook;
use crate::complaint::{Complaint, Deadline, Unlisted};
use crate::explain::Assessment;
use crate::policy::{ActiveOverride, Band, Lane, Override, Overrides, Placement, Priority};
use crate::rank::{BandCount, Index, Key, Placed as Compared, Rank, Standing};
use crate::triage::{Ranking, Triage};
use crate::{Error, Timestamp};

/// A live queue as it stood at one moment. `Send + Sync`; a clone takes constant time.
///
/// It shares what it holds with the queue and with other snapshots. While it lives, the queue
/// copies only the small parts that it changes.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub(super) triage: Triage,
    pub(super) packing: Arc<Packing>,
    pub(super) now: Timestamp,
    pub(super) order: Index<Placed>,
    pub(super) ids: Index<ById>,
    pub(super) decided: Index<Decided>,
}

/// One complaint's place in a live queue.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    snapshot: &'a Snapshot,
    placed: &'a Placed,
    position: usize,
}

impl Snapshot {
    /// The model in use.
    #[must_use]
    pub fn triage(&self) -> &Triage {
        &self.triage
    }

    /// The time at which it stands.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// How many complaints are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The position of a complaint, from 1; `None` where it is not in the queue. O(log n).
    #[must_use]
    pub fn position(&self, id: &str) -> Option<usize> {
        Some(self.position_of(self.find(id)?))
    }

    /// The entry of a complaint. O(log n).
    #[must_use]
    pub fn entry(&self, id: &str) -> Option<Entry<'_>> {
        let placed = self.find(id)?;
        Some(Entry { snapshot: self, placed, position: self.position_of(placed) })
    }

    /// The entry at a position, from 1. O(log n).
    #[must_use]
    pub fn at(&self, position: usize) -> Option<Entry<'_>> {
        self.range(position..=position).next()
    }

    /// The first `k` entries, or all where there are fewer. O(k + log n).
    pub fn top(&self, k: usize) -> impl ExactSizeIterator<Item = Entry<'_>> {
        self.range(1..k.saturating_add(1))
    }

    /// All entries, first to last.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Entry<'_>> {
        self.range(..)
    }

    /// The entries at these positions, counted from 1. O(log n) and what is taken.
    pub fn range(
        &self,
        positions: impl RangeBounds<usize>,
    ) -> impl ExactSizeIterator<Item = Entry<'_>> {
        let start = match positions.start_bound() {
            Bound::Included(&first) => first.max(1) - 1,
            Bound::Excluded(&before) => before,
            Bound::Unbounded => 0,
        };
        let end = match positions.end_bound() {
            Bound::Included(&last) => last,
            Bound::Excluded(&after) => after.saturating_sub(1),
            Bound::Unbounded => usize::MAX,
        };
        let entries = self.order.iter_from(start).take(end.saturating_sub(start)).enumerate();
        entries.map(move |(place, placed)| Entry {
            snapshot: self,
            placed,
            position: start + place + 1,
        })
    }

    /// How many complaints stand in each lane and band, in order. O(log n).
    #[must_use]
    pub fn counts(&self) -> Vec<BandCount> {
        let mut counts = Vec::new();
        let mut before = 0;
        for lane in [Lane::Must, Lane::Open] {
            for band in Band::ALL {
                // The last key of this lane and band has priority 0.
                let last = Key::of(Standing::new(lane, band, Priority::default()), 0);
                let through = self.order.count_before(|placed| {
                    if placed.key <= last { Ordering::Less } else { Ordering::Greater }
                });
                counts.push(BandCount { lane, band, count: through - before });
                before = through;
            }
        }
        counts
    }

    /// The complaint as it was last given or amended.
    #[must_use]
    pub fn complaint(&self, id: &str) -> Option<Complaint> {
        Some(self.complaint_of(&self.find(id)?.held))
    }

    /// Assesses a complaint under the overrides in force, with its position.
    ///
    /// # Errors
    /// [`QueueError::NotHere`](super::QueueError::NotHere), and what [`Triage::assess`] refuses.
    pub fn assess(&self, id: &str) -> Result<Assessment, super::QueueError> {
        let entry = self.entry(id).ok_or_else(|| super::QueueError::NotHere { id: id.into() })?;
        let active = self.active_override(id);
        let complaint = entry.complaint();
        let assessment = self.triage.assess_with(&complaint, active.as_ref(), Unlisted::Refuse)?;
        Ok(assessment.placed(entry.position, self.len()))
    }

    /// What people decided about a complaint, as it holds now.
    #[must_use]
    pub fn active_override(&self, id: &str) -> Option<ActiveOverride> {
        ActiveOverride::of(self.decisions(id), self.now)
    }

    /// All decisions about a complaint, oldest first, ended ones among them.
    #[must_use]
    pub fn decisions(&self, id: &str) -> &[Override] {
        let decided = self.decided.get(|decided| (*decided.complaint).cmp(id));
        decided.map_or(&[], |decided| &decided.decisions)
    }

    /// All decisions, those about complaints that have left among them.
    #[must_use]
    pub fn overrides(&self) -> Overrides {
        let decisions = self.decided.iter_from(0).flat_map(|decided| decided.decisions.iter());
        Overrides::from_checked(decisions.cloned())
    }

    /// The contents as a frozen backlog, for planning and for work on the whole. O(n log n).
    ///
    /// # Errors
    /// [`BacklogError`]; what is in the queue has been checked, so only
    /// [`BacklogError::Full`] can come.
    pub fn backlog(&self) -> Result<Backlog, BacklogError> {
        let mut builder = BacklogBuilder::new(self.codebook());
        for placed in self.order.iter_from(0) {
            builder.push(&self.complaint_of(&placed.held))?;
        }
        Ok(builder.freeze())
    }

    /// The contents as a ranking, equal in every position. O(n log n).
    ///
    /// # Errors
    /// As [`Snapshot::backlog`].
    pub fn ranking(&self) -> Result<Ranking, Error> {
        Ok(self.triage.rank_with(&self.backlog()?, &self.overrides().at(self.now))?)
    }

    pub(super) fn placed(&self) -> impl Iterator<Item = Compared<'_>> {
        self.order.iter_from(0).zip(1..).map(|(placed, position)| Compared {
            id: &placed.held.id,
            rank: placed.rank(position),
            ties: placed.held.ties(),
        })
    }

    fn codebook(&self) -> &Codebook {
        self.triage.codebook()
    }

    pub(super) fn complaint_of(&self, held: &Held) -> Complaint {
        held.complaint(self.codebook(), &self.packing)
    }

    pub(super) fn find(&self, id: &str) -> Option<&Placed> {
        Some(&self.ids.get(ById::probe(hash(id), id))?.placed)
    }

    pub(super) fn position_of(&self, placed: &Placed) -> usize {
        self.order.count_before(|other| other.cmp(placed)) + 1
    }

    pub(super) fn rank_of(&self, placed: &Placed) -> Rank {
        placed.rank(self.position_of(placed))
    }

    /// Takes a complaint out of the order; gives back where it stood.
    pub(super) fn take_out(&mut self, placed: &Placed) -> Option<Rank> {
        let (ahead, _) = self.order.remove(|other| other.cmp(placed))?;
        Some(placed.rank(ahead + 1))
    }

    /// Lane and band with what set them.
    fn placement_of(&self, held: &Held) -> Placement {
        let mut tally = self.triage.engine().empty_tally();
        self.triage.engine().tally_into(&held.packed, &mut tally);
        self.triage.placement(&tally, self.active_override(&held.id).as_ref())
    }
}

impl<'a> Entry<'a> {
    /// Place in the order, from 1.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// Id of the complaint.
    #[must_use]
    pub fn id(&self) -> &'a str {
        &self.placed.held.id
    }

    /// Which queue it stands in.
    #[must_use]
    pub fn lane(&self) -> Lane {
        self.placed.key.lane()
    }

    /// Its band.
    #[must_use]
    pub fn band(&self) -> Band {
        self.placed.key.band()
    }

    /// Its priority index.
    #[must_use]
    pub fn priority(&self) -> Priority {
        self.placed.key.priority()
    }

    /// Position, lane, band and priority.
    #[must_use]
    pub fn rank(&self) -> Rank {
        self.placed.rank(self.position)
    }

    /// When it came in.
    #[must_use]
    pub fn received(&self) -> Timestamp {
        self.placed.held.received
    }

    /// The unit that works it.
    #[must_use]
    pub fn unit(&self) -> Option<&'a str> {
        self.placed.held.unit.as_deref()
    }

    /// Its deadlines, earliest first.
    #[must_use]
    pub fn deadlines(&self) -> &'a [Deadline] {
        &self.placed.held.deadlines
    }

    /// The complaint as it was last given or amended.
    #[must_use]
    pub fn complaint(&self) -> Complaint {
        self.snapshot.complaint_of(&self.placed.held)
    }

    /// Lane and band with what set them, and the model's own result beside an override's.
    #[must_use]
    pub fn placement(&self) -> Placement {
        self.snapshot.placement_of(&self.placed.held)
    }
}
