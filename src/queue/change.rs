//! Complaints that come, come again, change and go.

use std::borrow::Borrow;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::held::Placed;
use super::{Queue, QueueError};
use crate::complaint::{ChangeKind, Complaint, Given, Part, PartChange, Speaker};
use crate::rank::{Key, Move};

impl Queue {
    /// Takes in a complaint as its sender sends it, for the first time or again.
    ///
    /// One that is here already is merged, part by part, by the rules of
    /// [`Complaint::merged_with`]: silence takes nothing back, and what a person established stands.
    /// An answer that cannot be understood is left *unknown* (or as it stood), and the complaint
    /// keeps its other answers and its place. What changed, what did not count and what was not
    /// understood stands in [`Move::changes`]; show it, first of all where
    /// [`PartChange::would_lead`] is set.
    ///
    /// ```
    /// use caserank::{Complaint, Queue, Triage};
    /// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
    /// # let triage = Triage::from_json(json)?;
    /// # let mut queue = Queue::new(&triage, "2026-04-18".parse()?);
    /// let sent = Complaint::new("a", "2026-04-17".parse()?)?.with_answer("prior_reports", 1);
    /// queue.receive(&sent)?;
    /// queue.amend("a", |complaint| complaint.set_answer("urgent", "yes"))?; // an officer found out
    /// let moved = queue.receive(&sent)?; // the sender does not know that
    /// assert!(moved.changes().is_empty());
    /// let moved = queue.receive(sent.with_answer("urgent", "no"))?;
    /// assert_eq!(moved.changes()[0].to_string(), "urgent: stays yes (host); no was given");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`QueueError::Encode`] for an id, key or deadline that does not fit, and for items that are
    /// not listed, where those are refused.
    pub fn receive(&mut self, complaint: impl Borrow<Complaint>) -> Result<Move, QueueError> {
        let sent = complaint.borrow();
        let stands = self.complaint(sent.id());
        let (understood, mut changes) = self.understood(sent, stands.as_ref());
        let merged = match &stands {
            None => understood,
            Some(stands) => {
                let (merged, more) = stands.merged_with(&understood);
                changes.extend(more);
                merged
            }
        };
        let held = Arc::new(self.hold(&merged)?);
        let key = self.key(&held);
        // Items that are not listed are counted, not held: nothing of them stands or changes.
        let codebook = self.state.triage.codebook();
        changes.retain(|change| match &change.part {
            Part::Answer(item) => codebook.item(item).is_some(),
            _ => true,
        });
        for change in changes.iter_mut().filter(|change| change.kind == ChangeKind::Kept) {
            change.would_lead = self.would_lead(change, &merged, key);
        }
        changes.sort_by_key(|change| (!change.would_lead, change.kind));
        Ok(self.place(held).with_changes(changes))
    }

    /// Adds a complaint, or replaces the whole of the one with its id: for a host that says on
    /// purpose how a complaint stands. Every answer counts at once, whatever the time it became
    /// known. What is gone stands in [`Move::changes`] as [`ChangeKind::Lost`]. A sender's word
    /// goes through [`Queue::receive`].
    ///
    /// # Errors
    /// [`QueueError::Encode`] for answers that do not fit the codebook.
    pub fn replace(&mut self, complaint: impl Borrow<Complaint>) -> Result<Move, QueueError> {
        let complaint = complaint.borrow();
        let stands = self.complaint(complaint.id());
        let held = Arc::new(self.hold(complaint)?);
        let changes = stands.map(|stands| complaint.changes_since(&stands)).unwrap_or_default();
        Ok(self.place(held).with_changes(changes))
    }

    /// Changes a complaint: a question is answered or taken back, a unit, a key, a deadline is set
    /// or cleared. An answer that is set without saying who said it counts as the host's, also where
    /// it confirms what the sender said, and one that is taken back stays so, whatever the sender
    /// repeats. A unit, key or deadline has nobody beside it: a sender that names its own again
    /// brings it back, and the move says so.
    ///
    /// # Errors
    /// [`QueueError::NotHere`], [`QueueError::OtherId`], or what [`Queue::replace`] refuses.
    pub fn amend(
        &mut self,
        id: &str,
        change: impl FnOnce(&mut Complaint),
    ) -> Result<Move, QueueError> {
        self.try_amend(id, |complaint| {
            change(complaint);
            Ok(())
        })
    }

    /// The same, by a change that may think better of it.
    ///
    /// # Errors
    /// [`QueueError::Declined`] with the cause that `change` gives, or as [`Queue::amend`]; the
    /// queue is then as it was.
    pub fn try_amend(
        &mut self,
        id: &str,
        change: impl FnOnce(&mut Complaint) -> Result<(), Box<dyn std::error::Error + Send + Sync>>,
    ) -> Result<Move, QueueError> {
        let not_here = || QueueError::NotHere { id: id.to_owned() };
        let stands = self.complaint(id).ok_or_else(not_here)?;
        let mut complaint = stands.clone();
        complaint.note_set_items();
        change(&mut complaint)
            .map_err(|source| QueueError::Declined { id: id.to_owned(), source })?;
        let set_items = complaint.take_set_items();
        if complaint.id() != id {
            let other = complaint.id().to_owned();
            return Err(QueueError::OtherId { id: id.to_owned(), other });
        }
        establish(&mut complaint, &stands, &set_items);
        let amended = complaint.clone();
        complaint.clear_marks(|item| amended.given(item) != stands.given(item));
        let changes = complaint.changes_since(&stands);
        let held = Arc::new(self.hold(&complaint)?);
        Ok(self.place(held).with_changes(changes))
    }

    /// Takes a complaint out: it was taken up by somebody, or closed. Decisions about it stay, in
    /// case it comes back; its answers go. Where a sender sends it again, [`Queue::replace`] it first
    /// as the host keeps it, then [`Queue::receive`] what was sent: the queue no longer knows what
    /// people had found.
    ///
    /// # Errors
    /// [`QueueError::NotHere`].
    pub fn remove(&mut self, id: &str) -> Result<Move, QueueError> {
        match self.state.take(id) {
            Some(from) => Ok(Move::new(id, Some(from), None)),
            None => Err(QueueError::NotHere { id: id.to_owned() }),
        }
    }

    /// A complaint without the answers that the codebook does not understand, and these.
    pub(super) fn understood(
        &self,
        sent: &Complaint,
        stands: Option<&Complaint>,
    ) -> (Complaint, Vec<PartChange>) {
        let mut understood = sent.clone();
        let taken = understood.take_not_understood(self.state.triage.codebook());
        let nothing = Given::default();
        let changes = taken.iter().map(|(id, given)| {
            let stood = stands.and_then(|stands| stands.given(id)).unwrap_or(&nothing);
            PartChange::of_answer(id, ChangeKind::NotUnderstood, stood, given)
        });
        let changes = changes.collect();
        (understood, changes)
    }

    /// Whether an answer that did not count would put a complaint further ahead.
    fn would_lead(&mut self, change: &PartChange, merged: &Complaint, key: Key) -> bool {
        let Part::Answer(item) = &change.part else { return false };
        let mut other = merged.clone();
        other.set_answer(item.as_str(), change.given.as_str());
        let Ok(held) = self.hold(&other) else { return false };
        self.key(&held) < key
    }

    /// Whether one of two ways to hold a complaint comes before the other.
    pub(super) fn placed(&mut self, held: Arc<super::Held>) -> Placed {
        Placed::new(self.key(&held), held)
    }
}

/// Answers that were set, confirmed or taken back without saying who did count as the host's.
fn establish(complaint: &mut Complaint, stands: &Complaint, set_items: &BTreeSet<String>) {
    let is_set =
        |item: &str, given: &Given| set_items.contains(item) || stands.given(item) != Some(given);
    let set: Vec<(String, Given)> = complaint
        .answers()
        .filter(|(item, given)| given.said_by.is_none() && is_set(item, given))
        .map(|(item, given)| (item.to_owned(), given.clone()))
        .collect();
    for (item, given) in set {
        complaint.set_given(item, given.with_said_by(Speaker::Host));
    }
    let taken_back: Vec<String> = stands
        .answers()
        .filter(|(item, _)| complaint.given(item).is_none())
        .map(|(item, _)| item.to_owned())
        .collect();
    for item in taken_back {
        let unknown = Given::new(crate::complaint::Value::Unknown);
        complaint.set_given(item, unknown.with_said_by(Speaker::Host));
    }
}
