//! A live order: complaints come, change and go, people decide, time passes.
//!
//! A [`Queue`] is written by one owner and read through [`Snapshot`]s by any number of others. It
//! reads no clock: [`Queue::advance`] is the only passage of time. At any time it equals a fresh
//! ranking of its contents under the overrides then in force.

mod block;
mod change;
mod decide;
mod decided;
mod entry;
mod error;
mod fill;
mod held;
mod item_text;
mod load;
mod model;
mod plain_line;
mod saved;
mod saving;
mod snapshot;
mod unit;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

pub use decide::{Advanced, Forgotten, TurnedBack};
pub use entry::Entry;
pub use error::QueueError;
pub use fill::{Filled, NotTaken, PartlyTaken};
pub use saved::{SAVED_FORMAT, SavedQueue};
pub use snapshot::Snapshot;
pub use unit::UnitView;

use crate::Timestamp;
use crate::backlog::Packing;
use crate::complaint::{Complaint, Unlisted};
use crate::explain::Assessment;
use crate::rank::{BandCount, Index, Key, Move};
use crate::triage::{Tally, Triage};
use decided::Decisions;
use held::{Held, Placed};

/// Complaints in a live order. Every change returns its move. `Send + Sync`.
///
/// [`Queue::view`] is what can be read of it. Each change takes O(log n) and the score of one
/// complaint; a clone takes constant time and the names of the units.
///
/// ```
/// use caserank::{Complaint, Queue, Triage};
/// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
/// let triage = Triage::from_json(json)?;
/// let mut queue = Queue::new(&triage, "2026-04-18".parse()?);
/// queue.receive(Complaint::new("a", "2026-04-17".parse()?)?.with_answer("prior_reports", 5))?;
/// queue.receive(Complaint::new("b", "2026-04-18".parse()?)?)?;
/// let moved = queue.amend("b", |complaint| complaint.set_answer("urgent", "yes"))?;
/// assert_eq!(moved.to_string(), "b: up from 2 (open, medium, 66) to 1 (open, high, 143)");
/// assert_eq!(queue.position("a"), Some(2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Queue {
    state: Snapshot,
    unlisted: Unlisted,
    unlisted_seen: BTreeMap<String, u64>,
    units: BTreeSet<Arc<str>>,
    scratch: Tally,
}

impl fmt::Debug for Queue {
    /// As its [`Snapshot`] prints itself: counts alone.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Queue").field("state", &self.state).finish_non_exhaustive()
    }
}

impl Queue {
    /// An empty queue at a time. Unlisted items are refused.
    #[must_use]
    pub fn new(triage: &Triage, now: Timestamp) -> Self {
        Queue {
            state: Snapshot {
                packing: Arc::new(Packing::new(triage.codebook())),
                triage: triage.clone(),
                now,
                sequence: None,
                unlisted: Unlisted::Refuse,
                order: Index::default(),
                ids: Index::default(),
                by_unit: Index::default(),
                by_subject: Index::default(),
                decisions: Decisions::default(),
            },
            unlisted: Unlisted::Refuse,
            unlisted_seen: BTreeMap::new(),
            units: BTreeSet::new(),
            scratch: triage.engine().empty_tally(),
        }
    }

    /// What to do with answers to items that the codebook does not list; kept in saved queues.
    /// Where they are reported, the queue keeps the complaint without them and counts them in
    /// [`Queue::unlisted_seen`].
    #[must_use]
    pub fn with_unlisted(mut self, unlisted: Unlisted) -> Self {
        (self.unlisted, self.state.unlisted) = (unlisted, unlisted);
        self
    }

    /// What is done with answers to items that the codebook does not list.
    #[must_use]
    pub fn unlisted(&self) -> Unlisted {
        self.unlisted
    }

    /// How often each unlisted item was answered, since the queue was made or restored.
    #[must_use]
    pub fn unlisted_seen(&self) -> &BTreeMap<String, u64> {
        &self.unlisted_seen
    }

    /// The number of the last event of the host's that is in the queue; see
    /// [`Queue::set_sequence`].
    #[must_use]
    pub fn sequence(&self) -> Option<u64> {
        self.state.sequence
    }

    /// Notes the number of the last event of the host's own log that the queue has taken in. A
    /// saved queue keeps it: after a crash the host restores, and replays what came after.
    pub fn set_sequence(&mut self, sequence: u64) {
        self.state.sequence = Some(sequence);
    }

    /// What can be read of it, as it stands.
    #[must_use]
    pub fn view(&self) -> &Snapshot {
        &self.state
    }

    /// What readers share: constant time, and consistent whatever the queue does next.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.state.clone()
    }

    /// The time at which it stands.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.state.now()
    }

    /// How many complaints are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.state.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.state.is_empty()
    }

    /// As [`Snapshot::position`].
    #[must_use]
    pub fn position(&self, id: &str) -> Option<usize> {
        self.state.position(id)
    }

    /// As [`Snapshot::entry`].
    #[must_use]
    pub fn entry(&self, id: &str) -> Option<Entry<'_>> {
        self.state.entry(id)
    }

    /// As [`Snapshot::top`].
    pub fn top(&self, k: usize) -> impl ExactSizeIterator<Item = Entry<'_>> {
        self.state.top(k)
    }

    /// As [`Snapshot::iter`].
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Entry<'_>> {
        self.state.iter()
    }

    /// As [`Snapshot::counts`].
    #[must_use]
    pub fn counts(&self) -> Vec<BandCount> {
        self.state.counts()
    }

    /// As [`Snapshot::complaint`].
    #[must_use]
    pub fn complaint(&self, id: &str) -> Option<Complaint> {
        self.state.complaint(id)
    }

    /// As [`Snapshot::assess`].
    ///
    /// # Errors
    /// [`QueueError::NotHere`].
    pub fn assess(&self, id: &str) -> Result<Assessment, QueueError> {
        self.state.assess(id)
    }

    /// Encodes and packs a complaint.
    fn hold(&mut self, complaint: &Complaint) -> Result<Held, QueueError> {
        let state = &self.state;
        let encoded = complaint.encode(state.triage.codebook(), None, self.unlisted)?;
        for item in &encoded.unlisted {
            *self.unlisted_seen.entry(item.clone()).or_default() += 1;
        }
        let unit = complaint.unit().map(|name| self.unit_named(name));
        let state = &self.state;
        Ok(Held::new(complaint, &encoded, state.triage.codebook(), &state.packing, unit))
    }

    /// The name of a unit, kept once for all of its complaints.
    fn unit_named(&mut self, name: &str) -> Arc<str> {
        match self.units.get(name) {
            Some(unit) => Arc::clone(unit),
            None => {
                let unit: Arc<str> = name.into();
                self.units.insert(Arc::clone(&unit));
                unit
            }
        }
    }

    /// Where a complaint stands now.
    fn key(&mut self, held: &Held) -> Key {
        self.state.key(held, &mut self.scratch)
    }

    /// Puts a complaint where it now belongs.
    fn place(&mut self, held: Arc<Held>) -> Move {
        let placed = Placed::new(self.key(&held), held);
        let id = String::from(&*placed.held.id);
        let (from, to) = self.state.put(&placed);
        Move::new(id, from, Some(to))
    }

    /// Puts all complaints where they now belong, from scratch; their ids are all different.
    fn settle(&mut self, held: impl IntoIterator<Item = Arc<Held>>) {
        let placed =
            held.into_iter().map(|held| (held::hash(&held.id), Placed::new(self.key(&held), held)));
        let placed = placed.collect();
        let twice = self.state.put_all(placed);
        assert_eq!(twice, None, "a queue holds no id twice");
    }
}

/// The code on the page for embedders, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guide-embedding.md")]
struct Guide;
