//! A queue filled at once, with an end for every complaint: taken, taken in part, or not taken.

use std::borrow::Borrow;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use hashbrown::HashTable;

use super::held::{Placed, hash};
use super::plain_line::PlainComplaint;
use super::{Queue, QueueError, Snapshot};
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
    ///     Complaint::new("a", monday)?.with_answer("urgent", "yes"),
    ///     Complaint::new("b", monday)?.with_answer("urgent", "perhaps"),
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
        self,
        complaints: impl IntoIterator<Item = impl Borrow<Complaint>>,
    ) -> Filled {
        let mut filling = Filling::new(self);
        complaints.into_iter().for_each(|complaint| filling.take(complaint.borrow()));
        filling.finish().0
    }
}

/// A queue that is being filled.
pub(super) struct Filling {
    queue: Queue,
    given: usize,
    partly: Vec<PartlyTaken>,
    not_taken: Vec<NotTaken>,
    /// With the hash of the id.
    placed: Vec<(u64, Placed)>,
    /// Where in `placed` an id stands, with its hash: ids lie all over memory.
    by_id: HashTable<(u64, usize)>,
}

impl Filling {
    pub(super) fn new(queue: Queue) -> Self {
        Filling {
            queue,
            given: 0,
            partly: Vec::new(),
            not_taken: Vec::new(),
            placed: Vec::new(),
            by_id: HashTable::new(),
        }
    }

    /// Takes what can be understood of a complaint.
    pub(super) fn take(&mut self, complaint: &Complaint) {
        // What can be coded as it is needs no second look.
        let (held, changes) = match self.queue.hold(complaint) {
            Ok(held) => (Ok(held), Vec::new()),
            Err(_) => {
                let (understood, changes) = self.queue.understood(complaint, None);
                (self.queue.hold(&understood), changes)
            }
        };
        match held {
            Ok(held) => {
                let coming = self.queue.placed(Arc::new(held));
                let hash = hash(&coming.held.id);
                self.take_placed(coming, hash, changes, Some(complaint));
            }
            Err(reason) => {
                self.given += 1;
                self.not_taken.push(NotTaken { complaint: complaint.clone(), reason });
            }
        }
    }

    /// Takes a complaint that was read whole from its line. Whether its id came before is seen in the end.
    pub(super) fn take_plain(&mut self, plain: PlainComplaint) {
        let PlainComplaint { mut placed, hash, new_unit } = plain;
        if let Some(unit) = new_unit
            && let Some(held) = Arc::get_mut(&mut placed.held)
        {
            held.unit = Some(self.queue.unit_named(&unit));
        }
        self.given += 1;
        self.placed.push((hash, placed));
    }

    /// Names of the units of complaints taken so far.
    pub(super) fn units(&self) -> &BTreeSet<Arc<str>> {
        &self.queue.units
    }

    /// As it stands, with what has been decided.
    pub(super) fn state(&self) -> &Snapshot {
        &self.queue.state
    }

    /// Takes a complaint with the hash of its id; `given` is how it came, where it did not come packed.
    fn take_placed(
        &mut self,
        coming: Placed,
        hash: u64,
        changes: Vec<PartChange>,
        given: Option<&Complaint>,
    ) {
        self.given += 1;
        let id = &*coming.held.id;
        let is_same =
            |&(other, taken): &(u64, usize)| other == hash && *self.placed[taken].1.held.id == *id;
        match self.by_id.find(hash, is_same) {
            None => {
                if !changes.is_empty() {
                    self.partly.push(PartlyTaken { id: id.to_owned(), changes });
                }
                self.by_id.insert_unique(hash, (hash, self.placed.len()), |&(hash, _)| hash);
                self.placed.push((hash, coming));
            }
            Some(&(_, taken)) => {
                let (id, reason) = (id.to_owned(), QueueError::RepeatedId { id: id.to_owned() });
                let is_ahead = coming < self.placed[taken].1;
                let other = match is_ahead {
                    true => std::mem::replace(&mut self.placed[taken].1, coming),
                    false => coming,
                };
                let complaint = match given.filter(|_| !is_ahead) {
                    Some(given) => given.clone(),
                    None => self.queue.state.complaint_of(&other.held),
                };
                self.not_taken.push(NotTaken { complaint, reason });
                if is_ahead {
                    self.partly.retain(|taken: &PartlyTaken| taken.id != id);
                    if !changes.is_empty() {
                        self.partly.push(PartlyTaken { id, changes });
                    }
                }
            }
        }
    }

    /// The queue, with the least id of those that stand in it twice: none but what came as plain lines can.
    pub(super) fn finish(mut self) -> (Filled, Option<String>) {
        let twice = self.queue.state.put_all(self.placed);
        let Filling { queue, given, partly, not_taken, .. } = self;
        (Filled { queue, given, partly, not_taken }, twice)
    }
}
