//! What people decided: all of it in a log, what has not ended in an order by which the latest of
//! each kind is found, and the times at which something still begins or ends.

use std::cmp::Ordering;
use std::sync::Arc;

use super::held::equal_by_order;
use crate::Timestamp;
use crate::policy::{ActiveOverride, EffectKind, Override, OverrideError};
use crate::rank::Index;

/// A decision with the number under which it came.
#[derive(Debug, Clone)]
struct Entry {
    number: u64,
    decision: Arc<Override>,
}

macro_rules! ordered_by {
    ($key:ident, $part:ident => $order:expr) => {
        /// An entry in one of the orders in which decisions are found.
        #[derive(Debug, Clone)]
        struct $key(Entry);

        impl Ord for $key {
            fn cmp(&self, other: &Self) -> Ordering {
                let $part = &self.0;
                let first = $order;
                let $part = &other.0;
                first.cmp(&$order)
            }
        }

        equal_by_order!($key);
    };
}

ordered_by!(Logged, entry => (&entry.decision.complaint, entry.decision.made, entry.number));
ordered_by!(Live, entry => (
    &entry.decision.complaint,
    entry.decision.effect.kind(),
    entry.decision.made,
    entry.decision.effect.care(),
    entry.number,
));

/// By a hash of its id, or of everything where it has none.
#[derive(Debug, Clone)]
struct Told {
    hash: u64,
    entry: Entry,
}

impl Told {
    fn hash(decision: &Override) -> u64 {
        decision.likeness()
    }
}

impl Ord for Told {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.hash, self.entry.number).cmp(&(other.hash, other.entry.number))
    }
}

equal_by_order!(Told);

/// A time at which a decision begins or ends.
#[derive(Debug, Clone)]
pub(super) struct Due {
    time: Timestamp,
    pub(super) is_end: bool,
    entry: Entry,
}

impl Due {
    pub(super) fn decision(&self) -> &Arc<Override> {
        &self.entry.decision
    }

    fn order(&self) -> (Timestamp, u64, bool) {
        (self.time, self.entry.number, self.is_end)
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> Ordering {
        self.order().cmp(&other.order())
    }
}

equal_by_order!(Due);

/// All decisions of a queue. O(log n) to add one and to find what is in force; O(1) to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Decisions {
    log: Index<Logged>,
    /// Those that have not ended, begun or not.
    live: Index<Live>,
    due: Index<Due>,
    told: Index<Told>,
    next_number: u64,
}

impl Decisions {
    pub(super) fn len(&self) -> usize {
        self.log.len()
    }

    /// All decisions, by complaint and oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Override> {
        self.log.iter_from(0).map(|logged| &*logged.0.decision)
    }

    /// All decisions about a complaint, oldest first. O(log n) and their number.
    pub(super) fn of(&self, complaint: &str) -> impl Iterator<Item = &Override> {
        let before = self.log.count_before(|logged| {
            logged.0.decision.complaint.as_str().cmp(complaint).then(Ordering::Greater)
        });
        let from = self.log.iter_from(before).map(|logged| &*logged.0.decision);
        let complaint = complaint.to_owned();
        from.take_while(move |decision| decision.complaint == complaint)
    }

    /// What is in force about a complaint. O(log n).
    pub(super) fn active(&self, complaint: &str, now: Timestamp) -> Option<ActiveOverride> {
        let latest = EffectKind::ALL.into_iter().filter_map(|kind| {
            let through = self.live.count_before(|live| {
                let decision = &live.0.decision;
                let order = decision.complaint.as_str().cmp(complaint);
                let order = order.then_with(|| decision.effect.kind().cmp(&kind));
                order.then(match decision.made <= now {
                    true => Ordering::Less,
                    false => Ordering::Greater,
                })
            });
            let latest = &self.live.iter_from(through.checked_sub(1)?).next()?.0.decision;
            let is_asked = latest.complaint == complaint && latest.effect.kind() == kind;
            is_asked.then(|| Override::clone(latest))
        });
        ActiveOverride::of_latest(latest)
    }

    /// Whether a decision was recorded before. O(log n).
    ///
    /// # Errors
    /// [`OverrideError::RepeatedId`] where its id stands for another.
    pub(super) fn is_repeat(&self, decision: &Override) -> Result<bool, OverrideError> {
        let hash = Told::hash(decision);
        let before = self.told.count_before(|told| told.hash.cmp(&hash).then(Ordering::Greater));
        let alike = self.told.iter_from(before).take_while(|told| told.hash == hash);
        for told in alike {
            let earlier = &*told.entry.decision;
            if earlier == decision {
                return Ok(true);
            }
            if let (Some(id), true) = (&decision.id, earlier.id == decision.id) {
                let complaint = decision.complaint.clone();
                return Err(OverrideError::RepeatedId { id: id.clone(), complaint });
            }
        }
        Ok(false)
    }

    /// Adds a decision that was checked and is new.
    pub(super) fn insert(&mut self, decision: Override, now: Timestamp) {
        let entry = Entry { number: self.next_number, decision: Arc::new(decision) };
        self.next_number += 1;
        self.told.insert(Told { hash: Told::hash(&entry.decision), entry: entry.clone() });
        self.schedule(&entry, now);
        self.log.insert(Logged(entry));
    }

    /// Puts a decision where it is found while it is not over.
    fn schedule(&mut self, entry: &Entry, now: Timestamp) {
        let Override { made, expires, .. } = *entry.decision;
        if expires.is_none_or(|expires| now < expires) {
            self.live.insert(Live(entry.clone()));
        }
        for (time, is_end) in [(Some(made), false), (expires, true)] {
            if let Some(time) = time.filter(|time| *time > now) {
                self.due.insert(Due { time, is_end, entry: entry.clone() });
            }
        }
    }

    /// Lets time pass; gives back what began and what ended, in order of time.
    pub(super) fn pass(&mut self, now: Timestamp) -> Vec<Due> {
        let mut passed = Vec::new();
        while let Some(first) = self.due.iter_from(0).next().filter(|due| due.time <= now) {
            let first = first.clone();
            self.due.remove(|due| due.cmp(&first));
            if first.is_end {
                let ended = Live(first.entry.clone());
                self.live.remove(|live| live.cmp(&ended));
            }
            passed.push(first);
        }
        passed
    }

    /// Sets what has not ended, and what is still to come, anew for a time. O(n log n).
    pub(super) fn rebuild(&mut self, now: Timestamp) {
        (self.live, self.due) = (Index::default(), Index::default());
        let log = self.log.clone();
        for logged in log.iter_from(0) {
            self.schedule(&logged.0, now);
        }
    }

    /// Takes decisions out for good; gives them back. O(n log n).
    pub(super) fn forget(
        &mut self,
        now: Timestamp,
        is_over: impl Fn(&Override) -> bool,
    ) -> Vec<Arc<Override>> {
        let log = self.log.clone();
        let (gone, kept): (Vec<&Logged>, Vec<&Logged>) =
            log.iter_from(0).partition(|logged| is_over(&logged.0.decision));
        if !gone.is_empty() {
            let told = kept.iter().map(|logged| &logged.0);
            let told =
                told.map(|entry| Told { hash: Told::hash(&entry.decision), entry: entry.clone() });
            let mut told: Vec<Told> = told.collect();
            told.sort_unstable();
            self.told = Index::from_sorted(told);
            self.log = Index::from_sorted(kept.into_iter().cloned().collect());
            self.rebuild(now);
        }
        gone.into_iter().map(|logged| Arc::clone(&logged.0.decision)).collect()
    }
}
