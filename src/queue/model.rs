//! Another model, another codebook: who moves, and what is lost.

use std::sync::Arc;

use super::{Queue, QueueError, Snapshot};
use crate::codebook::Migration;
use crate::complaint::MigrationReport;
use crate::rank::Moves;
use crate::triage::{CompareError, Triage};

impl Snapshot {
    /// Who stands elsewhere than in an earlier snapshot, under the same model. O(n log n).
    ///
    /// # Errors
    /// [`CompareError::OtherCodebook`] for another codebook, also of one name, with the item that
    /// differs; [`CompareError::OtherModel`] where the models' scoring fingerprints differ.
    pub fn moves_since(&self, earlier: &Snapshot) -> Result<Moves, CompareError> {
        CompareError::check("the earlier snapshot", &earlier.triage, &self.triage)?;
        Ok(self.moves_between_models(earlier))
    }

    /// Who stands elsewhere than in an earlier snapshot, whatever the models. Priorities of
    /// different models are different numbers: read positions and bands only. O(n log n).
    #[must_use]
    pub fn moves_between_models(&self, earlier: &Snapshot) -> Moves {
        Moves::between(earlier.placed(), self.placed())
    }
}

impl Queue {
    /// As [`Snapshot::moves_since`].
    ///
    /// # Errors
    /// As [`Snapshot::moves_since`].
    pub fn moves_since(&self, earlier: &Snapshot) -> Result<Moves, CompareError> {
        self.state.moves_since(earlier)
    }

    /// Scores everything by another model of the same codebook and gives back who moved.
    /// O(n log n).
    ///
    /// # Errors
    /// [`QueueError::Codebook`] for a model of another codebook, or of one with the same name whose
    /// items, answers, edges or stages differ; see [`Queue::migrate`].
    pub fn replace_model(&mut self, triage: &Triage) -> Result<Moves, QueueError> {
        self.state.triage.codebook().require_same("the new model", triage.codebook())?;
        let earlier = self.snapshot();
        self.state.triage = triage.clone();
        self.scratch = triage.engine().empty_tally();
        self.settle(earlier.order.iter_from(0).map(|placed| Arc::clone(&placed.held)));
        Ok(self.state.moves_between_models(&earlier))
    }

    /// Carries every complaint to another codebook, and scores it by a model of that. Answers that
    /// the new codebook does not have become *unknown*, and are told. O(n log n).
    ///
    /// # Errors
    /// [`QueueError::Codebook`] where the migration leads from another codebook than the queue's,
    /// or to another than the model's; the queue is then as it was.
    pub fn migrate(
        &mut self,
        triage: &Triage,
        migration: &Migration,
    ) -> Result<(Moves, MigrationReport), QueueError> {
        let codebook = self.state.triage.codebook();
        codebook.require_same("the migration", migration.from())?;
        migration.to().require_same("the new model", triage.codebook())?;
        let mut report = MigrationReport::new();
        let mut migrated = Queue::new(triage, self.now()).with_unlisted(self.unlisted);
        migrated.state.sequence = self.state.sequence;
        migrated.state.decisions = self.state.decisions.clone();
        let mut held = Vec::with_capacity(self.len());
        for entry in self.iter() {
            let carried = migration.carry(&entry.complaint(), &mut report);
            held.push(Arc::new(migrated.hold(&carried)?));
        }
        migrated.settle(held);
        migrated.unlisted_seen = self.unlisted_seen.clone();
        let earlier = std::mem::replace(self, migrated).state;
        Ok((self.state.moves_between_models(&earlier), report))
    }

    /// What [`Queue::migrate`] would do, with the queue left as it is. O(n log n).
    ///
    /// # Errors
    /// As [`Queue::migrate`].
    pub fn would_migrate(
        &self,
        triage: &Triage,
        migration: &Migration,
    ) -> Result<(Moves, MigrationReport), QueueError> {
        self.clone().migrate(triage, migration)
    }
}
