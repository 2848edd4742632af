//! Reading a live queue: everything that does not change it.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use super::QueueError;
use super::decided::Decisions;
use super::entry::Entry;
use super::held::{ById, Held, InUnit, OfSubject, Placed, hash};
use crate::backlog::{Backlog, BacklogBuilder, BacklogError, CodedRow, Packing};
use crate::base::both;
use crate::codebook::Codebook;
use crate::complaint::{Complaint, Unlisted};
use crate::explain::Assessment;
use crate::policy::{ActiveOverride, Band, Lane, Override, Overrides, Placement, Priority};
use crate::rank::{BandCount, Index, Key, Placed as Compared, Rank, Standing};
use crate::triage::{Ranking, Tally, Triage};
use crate::{Error, Timestamp};

/// A live queue as it stood at one moment. `Send + Sync`; a clone takes constant time.
///
/// It shares what it holds with the queue and with other snapshots. While it lives, the queue
/// copies only the small parts that it changes.
#[derive(Clone)]
pub struct Snapshot {
    pub(super) triage: Triage,
    pub(super) packing: Arc<Packing>,
    pub(super) now: Timestamp,
    /// Number of the host's last event.
    pub(super) sequence: Option<u64>,
    pub(super) unlisted: Unlisted,
    pub(super) order: Index<Placed>,
    pub(super) ids: Index<ById>,
    pub(super) by_unit: Index<InUnit>,
    pub(super) by_subject: Index<OfSubject>,
    pub(super) decisions: Decisions,
}

impl fmt::Debug for Snapshot {
    /// Counts alone: ids, keys of people and decisions stay out of logs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Snapshot")
            .field("model", &self.triage.identity().to_string())
            .field("now", &self.now)
            .field("complaints", &self.order.len())
            .field("decisions", &self.decisions.len())
            .finish_non_exhaustive()
    }
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

    /// The number of the host's last event that is in it; see
    /// [`Queue::set_sequence`](super::Queue::set_sequence).
    #[must_use]
    pub fn sequence(&self) -> Option<u64> {
        self.sequence
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
        Some(Entry::new(self, placed, self.position_of(placed)))
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
        let (start, end) = before_and_through(&positions);
        let entries = self.order.iter_from(start).take(end.saturating_sub(start)).enumerate();
        entries.map(move |(after, placed)| Entry::new(self, placed, start + after + 1))
    }

    /// How many complaints stand in each lane and band, in order. O(log n).
    #[must_use]
    pub fn counts(&self) -> Vec<BandCount> {
        counts(|last| {
            self.order.count_before(|placed| match placed.key <= last {
                true => Ordering::Less,
                false => Ordering::Greater,
            })
        })
    }

    /// The complaints about a person, by the host's opaque key, in order of their ids.
    /// O(log n) for each.
    pub fn of_subject(&self, subject: &str) -> impl Iterator<Item = Entry<'_>> {
        let before = self
            .by_subject
            .count_before(|found| (*found.subject).cmp(subject).then(Ordering::Greater));
        let subject = subject.to_owned();
        let found = self.by_subject.iter_from(before);
        let found = found.take_while(move |found| *found.subject == *subject);
        found.filter_map(|found| self.entry(&found.held.id))
    }

    /// The complaint as it was last given or amended.
    #[must_use]
    pub fn complaint(&self, id: &str) -> Option<Complaint> {
        Some(self.complaint_of(&self.find(id)?.held))
    }

    /// Assesses a complaint under the overrides in force, with its position.
    ///
    /// # Errors
    /// [`QueueError::NotHere`].
    pub fn assess(&self, id: &str) -> Result<Assessment, QueueError> {
        let entry = self.entry(id).ok_or_else(|| QueueError::NotHere { id: id.into() })?;
        Ok(entry.assess())
    }

    /// What people decided about a complaint, as it holds now. O(log n).
    #[must_use]
    pub fn active_override(&self, id: &str) -> Option<ActiveOverride> {
        self.decisions.active(id, self.now)
    }

    /// All decisions about a complaint, oldest first, ended ones among them.
    pub fn decisions(&self, id: &str) -> impl Iterator<Item = &Override> {
        self.decisions.of(id)
    }

    /// All decisions, those about complaints that have left among them.
    #[must_use]
    pub fn overrides(&self) -> Overrides {
        Overrides::from_checked(self.decisions.iter().cloned())
    }

    /// The contents as a frozen backlog, for planning and for work on the whole. O(n log n).
    ///
    /// # Errors
    /// [`BacklogError`]; what is in the queue has been checked, so only
    /// [`BacklogError::Full`] can come.
    pub fn backlog(&self) -> Result<Backlog, BacklogError> {
        let mut builder = BacklogBuilder::new(self.codebook());
        let mut codes = vec![0; self.codebook().items().len()];
        for placed in self.order.iter_from(0) {
            let held = &*placed.held;
            self.unpack(held, &mut codes);
            let known: Vec<(usize, Timestamp)> = held
                .known
                .iter()
                .map(|&(item, time)| (usize::from(item), time))
                .filter(|&(item, _)| codes[item] != 0)
                .collect();
            builder.push_coded(&CodedRow {
                id: &held.id,
                received: held.received,
                unit: held.unit.as_deref(),
                subject: held.subject.as_deref(),
                bundle: held.bundle.as_deref(),
                stage: held.stages.1,
                origin: held.origin,
                deadlines: &held.deadlines,
                codes: &codes,
                known: &known,
                not_understood: &held.not_understood,
                said: &held.sayings(&codes),
            })?;
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

    /// Codes of a complaint's answers.
    pub(super) fn unpack(&self, held: &Held, codes: &mut [u8]) {
        for (item, code) in codes.iter_mut().enumerate() {
            *code = self.packing.code(&held.packed, item);
        }
    }

    pub(super) fn codebook(&self) -> &Codebook {
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

    /// Puts a complaint where it belongs, in every order; gives back where it stood and stands.
    pub(super) fn put(&mut self, placed: &Placed) -> (Option<Rank>, Rank) {
        let (_, before) = self.ids.insert(ById::new(placed.clone()));
        let from = before.and_then(|before| self.take_out(&before.placed));
        self.by_unit.insert(InUnit(placed.clone()));
        if let Some(of_subject) = OfSubject::new(&placed.held) {
            self.by_subject.insert(of_subject);
        }
        let (ahead, _) = self.order.insert(placed.clone());
        (from, placed.rank(ahead + 1))
    }

    /// Takes a complaint out; gives back where it stood.
    pub(super) fn take(&mut self, id: &str) -> Option<Rank> {
        let (_, removed) = self.ids.remove(ById::probe(hash(id), id))?;
        self.take_out(&removed.placed)
    }

    /// Takes a complaint out of every order but that of the ids.
    fn take_out(&mut self, placed: &Placed) -> Option<Rank> {
        let unit = placed.held.unit.as_deref();
        self.by_unit.remove(|other| other.compared(unit, Some(placed)));
        if let Some(of_subject) = OfSubject::new(&placed.held) {
            self.by_subject.remove(|other| other.cmp(&of_subject));
        }
        let (ahead, _) = self.order.remove(|other| other.cmp(placed))?;
        Some(placed.rank(ahead + 1))
    }

    /// Puts all complaints in order, from scratch; each comes with the hash of its id. Where ids stand
    /// there twice, which none should, nothing is put and the least of them is given back.
    pub(super) fn put_all(&mut self, placed: Vec<(u64, Placed)>) -> Option<String> {
        let sorted_ids = || {
            let by_id = placed.iter().map(|(hash, placed)| ById::of_hash(*hash, placed.clone()));
            let mut ids: Vec<ById> = by_id.collect();
            ids.sort_unstable();
            let twice = ids.windows(2).filter(|pair| pair[0] == pair[1]);
            let twice = twice.map(|pair| &*pair[0].placed.held.id).min().map(str::to_owned);
            match twice {
                Some(twice) => Err(twice),
                None => Ok(Index::from_sorted(ids)),
            }
        };
        let sorted = || {
            let mut order: Vec<Placed> = placed.iter().map(|(_, placed)| placed.clone()).collect();
            order.sort_unstable();
            order
        };
        let (order, ids) = both(sorted, sorted_ids);
        drop(placed);
        let ids = match ids {
            Ok(ids) => ids,
            Err(twice) => return Some(twice),
        };
        let by_subject = || {
            let subjects = order.iter().filter_map(|placed| OfSubject::new(&placed.held));
            let mut by_subject: Vec<OfSubject> = subjects.collect();
            by_subject.sort_unstable();
            Index::from_sorted(by_subject)
        };
        let by_unit = || {
            let mut by_unit: Vec<InUnit> = order.iter().cloned().map(InUnit).collect();
            // They stand in order already, so only units are sorted, by numbers: names lie all over memory.
            let units: BTreeSet<_> =
                order.iter().map(|placed| placed.held.unit.as_deref()).collect();
            let units: BTreeMap<_, _> = units.into_iter().zip(0_u32..).collect();
            by_unit.sort_by_cached_key(|placed| units[&placed.0.held.unit.as_deref()]);
            Index::from_sorted(by_unit)
        };
        let others = || (by_subject(), Index::from_sorted(order.clone()));
        (self.by_unit, (self.by_subject, self.order)) = both(by_unit, others);
        self.ids = ids;
        None
    }

    /// Where a complaint stands now.
    pub(super) fn key(&self, held: &Held, scratch: &mut Tally) -> Key {
        let engine = self.triage.engine();
        engine.tally_into(&held.packed, scratch);
        let standing = match self.active_override(&held.id) {
            None => engine.standing(scratch),
            Some(active) => self.triage.placement(scratch, Some(&active)).standing(),
        };
        Key::of(standing, 0)
    }

    /// Lane and band with what set them.
    pub(super) fn placement_of(&self, held: &Held) -> Placement {
        let mut tally = self.triage.engine().empty_tally();
        self.triage.engine().tally_into(&held.packed, &mut tally);
        self.triage.placement(&tally, self.active_override(&held.id).as_ref())
    }
}

/// How many positions come before a range of them, counted from 1, and how many through its end.
pub(super) fn before_and_through(positions: &impl RangeBounds<usize>) -> (usize, usize) {
    let before = match positions.start_bound() {
        Bound::Included(&first) => first.max(1) - 1,
        Bound::Excluded(&before) => before,
        Bound::Unbounded => 0,
    };
    let through = match positions.end_bound() {
        Bound::Included(&last) => last,
        Bound::Excluded(&after) => after.saturating_sub(1),
        Bound::Unbounded => usize::MAX,
    };
    (before, through)
}

/// Counts of each lane and band, by how many stand at or before a key.
pub(super) fn counts(through: impl Fn(Key) -> usize) -> Vec<BandCount> {
    let mut counts = Vec::new();
    let mut before = 0;
    for lane in [Lane::Must, Lane::Open] {
        for band in Band::ALL {
            // The last key of this lane and band has priority 0.
            let through = through(Key::of(Standing::new(lane, band, Priority::default()), 0));
            counts.push(BandCount { lane, band, count: through - before });
            before = through;
        }
    }
    counts
}
