//! People decide, and time passes.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::{Queue, QueueError, Snapshot};
use crate::Timestamp;
use crate::base::escaped;
use crate::policy::{Override, Overrides};
use crate::rank::{Move, Moves};

/// What the passage of time brought; see [`Queue::advance`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Advanced {
    /// Who moved.
    pub moves: Moves,
    /// Decisions that took effect.
    pub began: Vec<Override>,
    /// Decisions that ended, whether or not anything moved: none ends in silence.
    pub ended: Vec<Override>,
}

/// What it brought to put the clock back; see [`Queue::turn_back`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TurnedBack {
    /// Who moved.
    pub moves: Moves,
    /// Decisions that had ended, and hold again.
    pub resumed: Vec<Override>,
    /// Decisions that had begun, and do not hold yet.
    pub not_yet: Vec<Override>,
}

/// What was forgotten; see [`Queue::forget_ended`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Forgotten {
    /// How many decisions.
    pub decisions: usize,
    /// About how many complaints.
    pub complaints: usize,
    /// How many decisions are still kept.
    pub kept: usize,
}

fn write_decisions(
    formatter: &mut fmt::Formatter<'_>,
    word: &str,
    decisions: &[Override],
) -> fmt::Result {
    decisions.iter().try_for_each(|decision| {
        let Override { complaint, effect, role, reason, .. } = decision;
        write!(formatter, "\n{}: {effect} {word} ({role}, {reason})", escaped(complaint))
    })
}

impl fmt::Display for Advanced {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.moves)?;
        write_decisions(formatter, "began", &self.began)?;
        write_decisions(formatter, "ended", &self.ended)
    }
}

impl fmt::Display for TurnedBack {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.moves)?;
        write_decisions(formatter, "holds again", &self.resumed)?;
        write_decisions(formatter, "does not hold yet", &self.not_yet)
    }
}

impl fmt::Display for Forgotten {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Forgotten { decisions, complaints, kept } = self;
        write!(
            formatter,
            "{decisions} decisions about {complaints} complaints forgotten, {kept} kept"
        )
    }
}

impl Queue {
    /// Records a decision about a complaint. It counts from the time it was made; until the queue
    /// has advanced to that time nothing moves. A decision that was recorded before, by its id or
    /// equal in everything, changes nothing. O(log n).
    ///
    /// # Errors
    /// [`QueueError::Override`] where it does not hold together or has the id of another,
    /// [`QueueError::NotHere`] for a complaint that is not in the queue, [`QueueError::Over`] for a
    /// decision that had ended before it came.
    pub fn apply(&mut self, decision: Override) -> Result<Move, QueueError> {
        decision.check()?;
        let id = decision.complaint.clone();
        let placed = self.state.find(&id);
        if self.state.decisions.is_repeat(&decision)? {
            let rank = placed.map(|placed| self.state.rank_of(placed));
            return Ok(Move::new(id, rank, rank));
        }
        let Some(placed) = placed else { return Err(QueueError::NotHere { id }) };
        let now = self.state.now;
        if let Some(expires) = decision.expires.filter(|expires| *expires <= now) {
            return Err(QueueError::Over { id, expires, now });
        }
        let held = Arc::clone(&placed.held);
        self.state.decisions.insert(decision, self.state.now);
        Ok(self.place(held))
    }

    /// What [`Queue::apply`] would answer, with the queue left as it is: for a host that writes its
    /// own log first. O(log n), and a copy of the list of units.
    ///
    /// # Errors
    /// As [`Queue::apply`].
    pub fn would_apply(&self, decision: &Override) -> Result<Move, QueueError> {
        self.clone().apply(decision.clone())
    }

    /// Records decisions that need no complaint in the queue yet, as when it is filled.
    pub(super) fn decide_all<'a>(&mut self, decisions: impl Iterator<Item = &'a Override>) {
        for decision in decisions {
            self.state.decisions.insert(decision.clone(), self.state.now);
        }
    }

    /// Lets time pass: decisions begin and end. The same time twice changes nothing.
    ///
    /// # Errors
    /// [`QueueError::Backwards`] for a time before the queue's own: see [`Queue::turn_back`].
    pub fn advance(&mut self, now: Timestamp) -> Result<Advanced, QueueError> {
        if now < self.state.now {
            return Err(QueueError::Backwards { now: self.state.now, asked: now });
        }
        let earlier = self.snapshot();
        self.state.now = now;
        let due = self.state.decisions.pass(now);
        let touched = due.iter().map(|due| due.decision().complaint.clone()).collect();
        let (mut began, mut ended) = (Vec::new(), Vec::new());
        for due in due {
            let list = if due.is_end { &mut ended } else { &mut began };
            list.push(Override::clone(due.decision()));
        }
        for list in [&mut began, &mut ended] {
            list.sort_by(|first: &Override, second| first.complaint.cmp(&second.complaint));
        }
        let moves = self.place_touched(touched, &earlier);
        Ok(Advanced { moves, began, ended })
    }

    /// The way back after a clock that had jumped ahead: the queue stands at an earlier time, as if
    /// the later one had never come. What was forgotten meanwhile stays forgotten.
    /// O(d log n) for d decisions.
    ///
    /// # Errors
    /// [`QueueError::NotBackwards`] for a time that is not before the queue's own.
    pub fn turn_back(&mut self, now: Timestamp) -> Result<TurnedBack, QueueError> {
        let before = self.state.now;
        if now >= before {
            return Err(QueueError::NotBackwards { now: before, asked: now });
        }
        let earlier = self.snapshot();
        self.state.now = now;
        self.state.decisions.rebuild(now);
        let (mut resumed, mut not_yet) = (Vec::new(), Vec::new());
        for decision in earlier.decisions.iter() {
            match (decision.is_active(before), decision.is_active(now)) {
                (false, true) => resumed.push(decision.clone()),
                (true, false) => not_yet.push(decision.clone()),
                _ => {}
            }
        }
        let changed = resumed.iter().chain(&not_yet);
        let touched = changed.map(|decision| decision.complaint.clone()).collect();
        let moves = self.place_touched(touched, &earlier);
        Ok(TurnedBack { moves, resumed, not_yet })
    }

    /// Forgets decisions that ended before a time, for laws on retention; those that still hold,
    /// are to come or never end stay. Records that were written stay the host's. O(n log n).
    pub fn forget_ended(&mut self, before: Timestamp) -> Forgotten {
        let limit = before.min(self.state.now);
        self.forget(|decision| decision.expires.is_some_and(|expires| expires < limit))
    }

    /// Forgets decisions made before a time about complaints that are not in the queue, also those
    /// without an end: should such a complaint come back, nothing is known of them. O(n log n).
    pub fn forget_absent(&mut self, before: Timestamp) -> Forgotten {
        let limit = before.min(self.state.now);
        let view = self.snapshot();
        self.forget(|decision| decision.made < limit && view.find(&decision.complaint).is_none())
    }

    fn forget(&mut self, is_over: impl Fn(&Override) -> bool) -> Forgotten {
        let gone = self.state.decisions.forget(self.state.now, is_over);
        let complaints: BTreeSet<&str> =
            gone.iter().map(|decision| decision.complaint.as_str()).collect();
        Forgotten {
            decisions: gone.len(),
            complaints: complaints.len(),
            kept: self.state.decisions.len(),
        }
    }

    /// Puts complaints where they now belong; gives back who of them moved.
    fn place_touched(&mut self, touched: BTreeSet<String>, earlier: &Snapshot) -> Moves {
        for id in &touched {
            if let Some(held) = self.state.find(id).map(|placed| Arc::clone(&placed.held)) {
                self.place(held);
            }
        }
        let moved = touched.into_iter().filter_map(|id| {
            let (old, new) = (earlier.find(&id)?, self.state.find(&id)?);
            let (from, to) = (earlier.rank_of(old), self.state.rank_of(new));
            let is_pushed = old.stands_as(new);
            let moved = (from != to).then(|| Move::new(id, Some(from), Some(to)))?;
            Some(if is_pushed { moved.by_others() } else { moved })
        });
        Moves::of(moved.collect())
    }

    /// What people decided, all of it; see [`Snapshot::overrides`].
    #[must_use]
    pub fn overrides(&self) -> Overrides {
        self.state.overrides()
    }
}
