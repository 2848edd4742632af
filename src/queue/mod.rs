//! A live order: complaints come, change and go, people decide, time passes.
//!
//! A [`Queue`] is written by one owner and read through [`Snapshot`]s by any number of others. It
//! reads no clock: [`Queue::advance`] is the only passage of time. At any time it equals a fresh
//! ranking of its contents under the overrides then in force.

mod error;
mod held;
mod saved;
mod snapshot;

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

pub use error::QueueError;
pub use saved::{SAVED_FORMAT, SavedQueue};
pub use snapshot::{Entry, Snapshot};

use crate::Timestamp;
use crate::backlog::Packing;
use crate::codebook::Migration;
use crate::complaint::{Complaint, MigrationReport, Unlisted};
use crate::policy::{ActiveOverride, Override, Overrides, insert_by_time};
use crate::rank::{Index, Key, Move, Moves};
use crate::triage::{Tally, Triage};
use held::{ById, Decided, Held, Placed, hash};

/// Complaints in a live order. Every change returns its move. `Send + Sync`.
///
/// It reads like its own [`Snapshot`] (`position`, `top`, `counts`, `assess` and the rest).
/// Each change takes O(log n) and the score of one complaint.
///
/// ```
/// use caserank::{Complaint, Queue, Triage};
/// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
/// let triage = Triage::from_json(json)?;
/// let mut queue = Queue::new(&triage, "2026-04-18".parse()?);
/// queue.upsert(Complaint::new("a", "2026-04-17".parse()?)?.answer("prior_reports", 5))?;
/// queue.upsert(Complaint::new("b", "2026-04-18".parse()?)?)?;
/// let moved = queue.amend("b", |complaint| complaint.set("urgent", "yes"))?;
/// assert_eq!(moved.to_string(), "b: up from 2 (open, medium, 66) to 1 (open, high, 143)");
/// assert_eq!(queue.position("a"), Some(2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Queue {
    state: Snapshot,
    unlisted: Unlisted,
    unlisted_seen: BTreeMap<String, u64>,
    units: BTreeSet<Arc<str>>,
    /// Complaints whose overrides begin or end at a time still to come.
    clocks: BTreeMap<Timestamp, BTreeSet<Arc<str>>>,
    scratch: Tally,
}

/// What the passage of time brought; see [`Queue::advance`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Advanced {
    /// Who moved.
    pub moves: Moves,
    /// Decisions that took effect.
    pub began: Vec<Override>,
    /// Decisions that ended, whether or not anything moved: none ends in silence.
    pub ended: Vec<Override>,
}

impl fmt::Display for Advanced {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.moves)?;
        for (word, decisions) in [("began", &self.began), ("ended", &self.ended)] {
            for decision in decisions {
                let Override { complaint, effect, role, reason, .. } = decision;
                write!(formatter, "\n{complaint}: {effect} {word} ({role}, {reason})")?;
            }
        }
        Ok(())
    }
}

impl Deref for Queue {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        &self.state
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
                order: Index::default(),
                ids: Index::default(),
                decided: Index::default(),
            },
            unlisted: Unlisted::Refuse,
            unlisted_seen: BTreeMap::new(),
            units: BTreeSet::new(),
            clocks: BTreeMap::new(),
            scratch: triage.engine().empty_tally(),
        }
    }

    /// A queue filled at once: faster than one by one, and the same in the end. O(n log n).
    /// Overrides of complaints that are not there take effect when they come.
    ///
    /// # Errors
    /// [`QueueError::RepeatedId`], or what [`Queue::upsert`] refuses.
    pub fn fill(
        triage: &Triage,
        now: Timestamp,
        overrides: &Overrides,
        complaints: impl IntoIterator<Item = impl Borrow<Complaint>>,
    ) -> Result<Self, QueueError> {
        let mut queue = Queue::new(triage, now);
        for decision in overrides.iter() {
            queue.decide(decision.clone());
        }
        let held = complaints.into_iter().map(|complaint| queue.hold(complaint.borrow()));
        let held = held.collect::<Result<Vec<_>, _>>()?;
        queue.settle(held)?;
        Ok(queue)
    }

    /// What to do with answers to items that the codebook does not list. Where they are reported,
    /// the queue keeps the complaint without them and counts them in
    /// [`Queue::unlisted_seen`].
    #[must_use]
    pub fn unlisted(mut self, unlisted: Unlisted) -> Self {
        self.unlisted = unlisted;
        self
    }

    /// How often each unlisted item was answered.
    #[must_use]
    pub fn unlisted_seen(&self) -> &BTreeMap<String, u64> {
        &self.unlisted_seen
    }

    /// What readers share: constant time, and consistent whatever the queue does next.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.state.clone()
    }

    /// Adds a complaint, or replaces the one with its id. Every answer counts at once, whatever
    /// the time it became known.
    ///
    /// # Errors
    /// [`QueueError::Encode`] for answers that do not fit the codebook.
    pub fn upsert(&mut self, complaint: impl Borrow<Complaint>) -> Result<Move, QueueError> {
        let held = self.hold(complaint.borrow())?;
        Ok(self.place(Arc::new(held)))
    }

    /// Changes a complaint.
    ///
    /// # Errors
    /// [`QueueError::NotHere`], [`QueueError::OtherId`], or what [`Queue::upsert`] refuses.
    pub fn amend(
        &mut self,
        id: &str,
        change: impl FnOnce(&mut Complaint),
    ) -> Result<Move, QueueError> {
        let mut complaint =
            self.complaint(id).ok_or_else(|| QueueError::NotHere { id: id.to_owned() })?;
        change(&mut complaint);
        if complaint.id() != id {
            let other = complaint.id().to_owned();
            return Err(QueueError::OtherId { id: id.to_owned(), other });
        }
        self.upsert(complaint)
    }

    /// Takes a complaint out: it was taken up by somebody, or closed. Decisions about it stay, in
    /// case it comes back.
    ///
    /// # Errors
    /// [`QueueError::NotHere`].
    pub fn remove(&mut self, id: &str) -> Result<Move, QueueError> {
        let state = &mut self.state;
        let removed = state.ids.remove(ById::probe(hash(id), id));
        let (_, removed) = removed.ok_or_else(|| QueueError::NotHere { id: id.to_owned() })?;
        let from = state.take_out(&removed.placed);
        Ok(Move::new(id, from, None))
    }

    /// Records a decision about a complaint. It counts from the time it was made; until the queue
    /// has advanced to that time nothing moves.
    ///
    /// # Errors
    /// [`QueueError::Override`] where it does not hold together, [`QueueError::NotHere`] for a
    /// complaint that is not in the queue.
    pub fn apply(&mut self, decision: Override) -> Result<Move, QueueError> {
        decision.check()?;
        let id = decision.complaint.clone();
        let Some(placed) = self.find(&id) else { return Err(QueueError::NotHere { id }) };
        let held = Arc::clone(&placed.held);
        self.decide(decision);
        Ok(self.place(held))
    }

    /// Lets time pass: decisions begin and end. The same time twice changes nothing.
    ///
    /// # Errors
    /// [`QueueError::Backwards`] for a time before the queue's own.
    pub fn advance(&mut self, now: Timestamp) -> Result<Advanced, QueueError> {
        let before = self.state.now;
        if now < before {
            return Err(QueueError::Backwards { now: before, asked: now });
        }
        let later = self.clocks.split_off(&now.plus_seconds(1));
        // At the end of time there is no later second, and what is due then is due now.
        let due =
            if now == Timestamp::MAX { later } else { std::mem::replace(&mut self.clocks, later) };
        let touched: BTreeSet<Arc<str>> = due.into_values().flatten().collect();
        let earlier = self.snapshot();
        self.state.now = now;
        let mut advanced = Advanced::default();
        let passed = |time: Timestamp| before < time && time <= now;
        for id in &touched {
            let decisions = self.state.decisions(id);
            let began = decisions.iter().filter(|decision| passed(decision.made));
            advanced.began.extend(began.cloned());
            let ended = decisions.iter().filter(|decision| decision.expires.is_some_and(passed));
            advanced.ended.extend(ended.cloned());
            let found = self.find(id).map(|placed| Arc::clone(&placed.held));
            if let Some(held) = found {
                self.place(held);
            }
        }
        let moved = touched.iter().filter_map(|id| {
            let (old, new) = (earlier.find(id)?, self.find(id)?);
            let (from, to) = (earlier.rank_of(old), self.rank_of(new));
            (from != to).then(|| {
                let moved = Move::new(&**id, Some(from), Some(to));
                if old.stands_as(new) { moved.by_others() } else { moved }
            })
        });
        advanced.moves = Moves::of(moved.collect());
        Ok(advanced)
    }

    /// Scores everything by another model of the same codebook and gives back who moved.
    /// O(n log n).
    ///
    /// # Errors
    /// [`QueueError::OtherCodebook`] for a model of another codebook; see [`Queue::migrate`].
    pub fn replace_model(&mut self, triage: &Triage) -> Result<Moves, QueueError> {
        let found = triage.codebook().identity();
        self.state.triage.codebook().require("the new model", found)?;
        let earlier = self.snapshot();
        self.state.triage = triage.clone();
        self.scratch = triage.engine().empty_tally();
        let held = earlier.order.iter_from(0).map(|placed| Arc::clone(&placed.held)).collect();
        self.settle_shared(held)?;
        Ok(self.moves_since(&earlier))
    }

    /// Carries every complaint to another codebook, and scores it by a model of that. Answers that
    /// the new codebook does not have become *unknown*, and are told. O(n log n).
    ///
    /// # Errors
    /// [`QueueError::OtherCodebook`] where the migration leads from another codebook than the
    /// queue's, or to another than the model's.
    pub fn migrate(
        &mut self,
        triage: &Triage,
        migration: &Migration,
    ) -> Result<(Moves, MigrationReport), QueueError> {
        let own = self.state.triage.codebook();
        own.require("the migration", migration.from().identity())?;
        triage.codebook().require("the migration", migration.to().identity())?;
        let mut report = MigrationReport::new();
        let complaints = self.iter().map(|entry| migration.carry(&entry.complaint(), &mut report));
        let mut migrated =
            Queue::fill(triage, self.now(), &self.overrides(), complaints)?.unlisted(self.unlisted);
        migrated.unlisted_seen = std::mem::take(&mut self.unlisted_seen);
        let earlier = std::mem::replace(self, migrated).state;
        Ok((self.moves_since(&earlier), report))
    }

    /// Who stands elsewhere than in an earlier snapshot. O(n log n).
    #[must_use]
    pub fn moves_since(&self, earlier: &Snapshot) -> Moves {
        Moves::between(earlier.placed(), self.placed())
    }

    /// Encodes and packs a complaint.
    fn hold(&mut self, complaint: &Complaint) -> Result<Held, QueueError> {
        let state = &self.state;
        let encoded = complaint.encode(state.triage.codebook(), None, self.unlisted)?;
        for item in &encoded.unlisted {
            *self.unlisted_seen.entry(item.clone()).or_default() += 1;
        }
        let unit = complaint.unit_name().map(|name| match self.units.get(name) {
            Some(unit) => Arc::clone(unit),
            None => {
                let unit: Arc<str> = name.into();
                self.units.insert(Arc::clone(&unit));
                unit
            }
        });
        Ok(Held::new(complaint, &encoded, state.triage.codebook(), &state.packing, unit))
    }

    /// Where a complaint stands now.
    fn key(&mut self, held: &Held) -> Key {
        let engine = self.state.triage.engine();
        engine.tally_into(&held.packed, &mut self.scratch);
        let active = ActiveOverride::of(self.state.decisions(&held.id), self.state.now);
        let standing = match active {
            None => engine.standing(&self.scratch),
            Some(active) => self.state.triage.placement(&self.scratch, Some(&active)).standing(),
        };
        Key::of(standing, 0)
    }

    /// Puts a complaint where it now belongs.
    fn place(&mut self, held: Arc<Held>) -> Move {
        let placed = Placed::new(self.key(&held), held);
        let state = &mut self.state;
        let (_, before) = state.ids.insert(ById::new(placed.clone()));
        let from = before.and_then(|before| state.take_out(&before.placed));
        let (ahead, _) = state.order.insert(placed.clone());
        Move::new(&*placed.held.id, from, Some(placed.rank(ahead + 1)))
    }

    fn settle(&mut self, held: Vec<Held>) -> Result<(), QueueError> {
        self.settle_shared(held.into_iter().map(Arc::new).collect())
    }

    /// Puts all complaints where they now belong, from scratch.
    fn settle_shared(&mut self, held: Vec<Arc<Held>>) -> Result<(), QueueError> {
        let placed = held.into_iter().map(|held| Placed::new(self.key(&held), held));
        let mut order: Vec<Placed> = placed.collect();
        let mut ids: Vec<ById> = order.iter().cloned().map(ById::new).collect();
        ids.sort_unstable();
        if let Some(pair) = ids.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(QueueError::RepeatedId { id: pair[0].placed.held.id.to_string() });
        }
        order.sort_unstable();
        self.state.order = Index::from_sorted(order);
        self.state.ids = Index::from_sorted(ids);
        Ok(())
    }

    /// Keeps a decision, and the times at which it changes something.
    fn decide(&mut self, decision: Override) {
        let state = &mut self.state;
        let found = state.decided.get(|decided| (*decided.complaint).cmp(&decision.complaint));
        let mut decided = found.cloned().unwrap_or_else(|| Decided {
            complaint: decision.complaint.as_str().into(),
            decisions: Arc::default(),
        });
        for time in [Some(decision.made), decision.expires].into_iter().flatten() {
            if time > state.now {
                self.clocks.entry(time).or_default().insert(Arc::clone(&decided.complaint));
            }
        }
        insert_by_time(Arc::make_mut(&mut decided.decisions), decision);
        state.decided.insert(decided);
    }
}
