//! What is known of a complaint, set and taken back; a key that is not allowed is refused at once.

use std::collections::BTreeSet;

use super::{
    Complaint, ComplaintError, Deadline, DeadlineKind, Given, NotUnderstood, Origin, Provenance,
    Speaker, Value, check_name,
};
use crate::Timestamp;
use crate::codebook::Stage;

fn checked_name(
    what: &'static str,
    name: Option<impl Into<String>>,
) -> Result<Option<String>, ComplaintError> {
    let name = name.map(Into::into);
    name.as_deref().map_or(Ok(()), |name| check_name(what, name))?;
    Ok(name)
}

impl Complaint {
    /// With the unit that works it.
    ///
    /// # Errors
    /// As [`Complaint::set_unit`].
    pub fn with_unit(mut self, unit: impl Into<String>) -> Result<Self, ComplaintError> {
        self.set_unit(Some(unit))?;
        Ok(self)
    }

    /// With the host's opaque key of the person complained about, the same for every complaint
    /// about that person.
    ///
    /// # Errors
    /// As [`Complaint::set_subject`].
    pub fn with_subject(mut self, subject: impl Into<String>) -> Result<Self, ComplaintError> {
        self.set_subject(Some(subject))?;
        Ok(self)
    }

    /// With the host's opaque key of the bundle of look-alike complaints it belongs to.
    ///
    /// # Errors
    /// As [`Complaint::set_bundle`].
    pub fn with_bundle(mut self, bundle: impl Into<String>) -> Result<Self, ComplaintError> {
        self.set_bundle(Some(bundle))?;
        Ok(self)
    }

    /// With the stage that the investigation has reached.
    #[must_use]
    pub fn with_stage(mut self, stage: Stage) -> Self {
        self.set_stage(stage);
        self
    }

    /// With where it comes from.
    #[must_use]
    pub fn with_origin(mut self, origin: Origin) -> Self {
        self.set_origin(origin);
        self
    }

    /// With one more deadline.
    ///
    /// # Errors
    /// As [`Complaint::add_deadline`].
    pub fn with_deadline(
        mut self,
        kind: DeadlineKind,
        due: Timestamp,
    ) -> Result<Self, ComplaintError> {
        self.add_deadline(kind, due)?;
        Ok(self)
    }

    /// With an answer; see [`Value`] for what counts as *unknown*.
    #[must_use]
    pub fn with_answer(mut self, item: impl Into<String>, value: impl Into<Value>) -> Self {
        self.set_answer(item, value);
        self
    }

    /// With an answer that became known at a time.
    #[must_use]
    pub fn with_answer_known_at(
        mut self,
        item: impl Into<String>,
        value: impl Into<Value>,
        known_at: Timestamp,
    ) -> Self {
        self.set_answer_known_at(item, value, known_at);
        self
    }

    /// Sets or replaces an answer. Who said the earlier one is forgotten with it.
    pub fn set_answer(&mut self, item: impl Into<String>, value: impl Into<Value>) {
        self.set_given(item, Given::new(value));
    }

    /// Sets or replaces an answer that became known at a time.
    pub fn set_answer_known_at(
        &mut self,
        item: impl Into<String>,
        value: impl Into<Value>,
        known_at: Timestamp,
    ) {
        self.set_given(item, Given::new(value).with_known_at(known_at));
    }

    /// Sets or replaces an answer with the time at which it became known and who said it. From
    /// which field the earlier one came is forgotten with it.
    pub fn set_given(&mut self, item: impl Into<String>, given: Given) {
        let item = item.into();
        self.file.provenance.remove(&item);
        if let Some(set_items) = &mut self.set_items {
            set_items.insert(item.clone());
        }
        self.file.answers.insert(item, given);
    }

    /// Keeps who said an answer that is there.
    pub(crate) fn set_said_by(&mut self, item: &str, speaker: Speaker) {
        if let Some(given) = self.file.answers.get_mut(item) {
            given.said_by = Some(speaker);
        }
    }

    /// From now on notes which items are set, until they are asked for: whoever confirms an answer
    /// changes nothing that could be seen otherwise.
    pub(crate) fn note_set_items(&mut self) {
        self.set_items = Some(BTreeSet::new());
    }

    /// The items that were set meanwhile.
    pub(crate) fn take_set_items(&mut self) -> BTreeSet<String> {
        self.set_items.take().unwrap_or_default()
    }

    /// Keeps who said the answer to an item, and in which field, beside it; without an answer there
    /// is nothing to keep.
    pub fn set_provenance(&mut self, item: &str, provenance: Provenance) {
        if self.file.answers.contains_key(item) {
            self.file.provenance.insert(item.to_owned(), provenance);
        }
    }

    /// Takes an answer back, so that the item is *unknown* again.
    pub fn clear_answer(&mut self, item: &str) {
        self.file.provenance.remove(item);
        self.file.answers.remove(item);
    }

    /// Records the stage that the investigation has reached.
    pub fn set_stage(&mut self, stage: Stage) {
        self.file.stage = stage;
    }

    /// Records where it comes from.
    pub fn set_origin(&mut self, origin: Origin) {
        self.file.origin = origin;
    }

    /// Sets or clears the unit that works it.
    ///
    /// # Errors
    /// [`ComplaintError`] for a name that is empty, longer than [`MOST_ID_BYTES`](super::MOST_ID_BYTES), or has control
    /// characters in it or blanks around it. The complaint is then as it was.
    pub fn set_unit(&mut self, unit: Option<impl Into<String>>) -> Result<(), ComplaintError> {
        self.file.unit = checked_name("unit", unit)?;
        Ok(())
    }

    /// Sets or clears the opaque key of the person complained about.
    ///
    /// # Errors
    /// As [`Complaint::set_unit`].
    pub fn set_subject(
        &mut self,
        subject: Option<impl Into<String>>,
    ) -> Result<(), ComplaintError> {
        self.file.subject = checked_name("subject", subject)?;
        Ok(())
    }

    /// Sets or clears the opaque key of its bundle.
    ///
    /// # Errors
    /// As [`Complaint::set_unit`].
    pub fn set_bundle(&mut self, bundle: Option<impl Into<String>>) -> Result<(), ComplaintError> {
        self.file.bundle = checked_name("bundle", bundle)?;
        Ok(())
    }

    /// Adds a deadline.
    ///
    /// # Errors
    /// [`ComplaintError`] for a kind of the host's own whose name is not allowed. The complaint is
    /// then as it was.
    pub fn add_deadline(
        &mut self,
        kind: DeadlineKind,
        due: Timestamp,
    ) -> Result<(), ComplaintError> {
        let deadline = Deadline { due, kind };
        deadline.check()?;
        self.insert_deadline(deadline);
        Ok(())
    }

    /// Takes every deadline of a kind away; gives back how many there were.
    pub fn clear_deadlines(&mut self, kind: &DeadlineKind) -> usize {
        let before = self.file.deadlines.len();
        self.file.deadlines.retain(|deadline| deadline.kind != *kind);
        before - self.file.deadlines.len()
    }

    /// Replaces the deadlines.
    ///
    /// # Errors
    /// As [`Complaint::add_deadline`].
    pub fn set_deadlines(
        &mut self,
        deadlines: impl IntoIterator<Item = Deadline>,
    ) -> Result<(), ComplaintError> {
        let mut deadlines: Vec<Deadline> = deadlines.into_iter().collect();
        deadlines.iter().try_for_each(Deadline::check)?;
        deadlines.sort();
        self.file.deadlines = deadlines;
        Ok(())
    }

    /// Keeps something that its record said and that could not be understood.
    pub fn add_not_understood(&mut self, what: NotUnderstood) {
        self.file.not_understood.push(what);
    }
}
