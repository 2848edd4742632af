//! A queue filled at once, with an end for every complaint: taken, taken in part, or not taken.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::held::Placed;
use super::{Queue, QueueError};
use crate::Timestamp;
use crate::complaint::{Complaint, PartChange, Unlisted};
use crate::policy::Overrides;
use crate::triage::Triage;

/// A complaint that is in the queue without some of its answers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartlyTaken {
    /// Its id.
    pub id: String,
    /// What was not understood, and is *unknown* in the queue.
    pub changes: Vec<PartChange>,
}

/// A complaint that is not in the queue, whole, with the reason.
#[derive(Debug)]
#[non_exhaustive]
pub struct NotTaken {
    /// As given: mend it, and give it to [`Queue::receive`].
    pub complaint: Complaint,
    /// Why it is not in the queue.
    pub reason: QueueError,
}

/// A queue, and what became of every complaint that was to fill it; see [`Queue::fill`].
#[derive(Debug)]
#[must_use = "complaints that were not taken are in here, and nowhere else"]
pub struct Filled {
    queue: Queue,
    given: usize,
    partly: Vec<PartlyTaken>,
    not_taken: Vec<NotTaken>,
}

impl Filled {
    /// The queue.
    #[must_use]
    pub fn queue(&self) -> &Queue {
        &self.queue
    }

    /// How many complaints were given: those in the queue and those not taken.
    #[must_use]
    pub fn given(&self) -> usize {
        self.given
    }

    /// Complaints in the queue without some of their answers.
    #[must_use]
    pub fn partly(&self) -> &[PartlyTaken] {
        &self.partly
    }

    /// Complaints that are not in the queue: show them to a person, above the first place.
    #[must_use]
    pub fn not_taken(&self) -> &[NotTaken] {
        &self.not_taken
    }

    /// The queue and the complaints that are not in it.
    #[must_use]
    pub fn into_parts(self) -> (Queue, Vec<PartlyTaken>, Vec<NotTaken>) {
        (self.queue, self.partly, self.not_taken)
    }

    /// The queue, where every complaint was taken whole.
    ///
    /// # Errors
    /// The reason of the first that was not taken, or [`QueueError::Partly`].
    pub fn whole(mut self) -> Result<Queue, QueueError> {
        if !self.not_taken.is_empty() {
            return Err(self.not_taken.swap_remove(0).reason);
        }
        match self.partly.first() {
            None => Ok(self.queue),
            Some(first) => {
                let (id, count) = (first.id.clone(), self.partly.len());
                let change = first.changes.first().map(ToString::to_string).unwrap_or_default();
                Err(QueueError::Partly { id, change, count })
            }
        }
    }
}

impl fmt::Display for Filled {
    /// A line of counts, then a line for everything that a person must look at: what is not in the
    /// queue first.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (taken, partly) = (self.queue.len(), self.partly.len());
        let (given, not_taken) = (self.given, self.not_taken.len());
        write!(
            formatter,
            "{given} complaints: {taken} in the queue, {partly} of them in part, {not_taken} not"
        )?;
        for NotTaken { complaint, reason } in &self.not_taken {
            let id = crate::base::escaped(complaint.id());
            write!(formatter, "\n{id} is not in the queue: {reason}")?;
        }
        for PartlyTaken { id, changes } in &self.partly {
            for change in changes {
                write!(formatter, "\n{}: {change}", crate::base::escaped(id))?;
            }
        }
        Ok(())
    }
}

impl Queue {
    /// A queue filled at once: faster than one by one, and the same in the end. Decisions about
    /// complaints that are not there take effect when they come. O(n log n).
    ///
    /// Every complaint ends in one of three places, and they add up: in the queue; in the queue
    /// without the answers that were not understood, which are told; or not taken, kept whole with
    /// the reason. Of two with one id the one that stands further ahead is taken.
    ///
    /// ```
    /// use caserank::{Complaint, Overrides, Queue, Triage};
    /// use caserank::complaint::Unlisted;
    /// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
    /// # let triage = Triage::from_json(json)?;
    /// let monday = "2026-04-13".parse()?;
    /// let store = [
    ///     Complaint::new("a", monday)?.answer("urgent", "yes"),
    ///     Complaint::new("b", monday)?.answer("urgent", "perhaps"),
    /// ];
    /// let filled = Queue::fill(&triage, "2026-04-18".parse()?, Unlisted::Refuse, &Overrides::new(), store);
    /// assert_eq!((filled.given(), filled.queue().len(), filled.not_taken().len()), (2, 2, 0));
    /// assert_eq!(filled.partly()[0].changes[0].to_string(), "urgent: perhaps is not understood; unknown stays");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fill(
        triage: &Triage,
        now: Timestamp,
        unlisted: Unlisted,
        overrides: &Overrides,
        complaints: impl IntoIterator<Item = impl Borrow<Complaint>>,
    ) -> Filled {
        let mut queue = Queue::new(triage, now).with_unlisted(unlisted);
        queue.decide_all(overrides.iter());
        queue.fill_with(complaints)
    }

    pub(super) fn fill_with(
        mut self,
        complaints: impl IntoIterator<Item = impl Borrow<Complaint>>,
    ) -> Filled {
        let (mut given, mut partly, mut not_taken) = (0, Vec::new(), Vec::new());
        let mut placed: Vec<Placed> = Vec::new();
        let mut places: BTreeMap<Box<str>, usize> = BTreeMap::new();
        for complaint in complaints {
            given += 1;
            let complaint = complaint.borrow();
            // What can be coded as it is needs no second look.
            let (held, changes) = match self.hold(complaint) {
                Ok(held) => (Ok(held), Vec::new()),
                Err(_) => {
                    let (understood, changes) = self.understood(complaint, None);
                    (self.hold(&understood), changes)
                }
            };
            let held = match held {
                Ok(held) => Arc::new(held),
                Err(reason) => {
                    not_taken.push(NotTaken { complaint: complaint.clone(), reason });
                    continue;
                }
            };
            let own = self.placed(held);
            let id = complaint.id();
            match places.get(id) {
                None => {
                    places.insert(id.into(), placed.len());
                    placed.push(own);
                }
                Some(&place) => {
                    let reason = QueueError::RepeatedId { id: id.to_owned() };
                    if own < placed[place] {
                        let other = std::mem::replace(&mut placed[place], own);
                        partly.retain(|one: &PartlyTaken| one.id != id);
                        let complaint = self.state.complaint_of(&other.held);
                        not_taken.push(NotTaken { complaint, reason });
                    } else {
                        not_taken.push(NotTaken { complaint: complaint.clone(), reason });
                        continue;
                    }
                }
            }
            if !changes.is_empty() {
                partly.push(PartlyTaken { id: id.to_owned(), changes });
            }
        }
        self.state.put_all(placed);
        Filled { queue: self, given, partly, not_taken }
    }
}
