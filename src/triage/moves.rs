//! Who moved between two rankings.

use thiserror::Error;

use super::{Fingerprint, Ranking, Triage};
use crate::Timestamp;
use crate::codebook::CodebookError;
use crate::rank::{Moves, Placed};

/// Why two rankings are not compared.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CompareError {
    /// They come from models that score, gate, band or order differently.
    #[error(
        "the rankings come from different models ({} and {}): ask for `moves_between_models` if that is what you want to see",
        .earlier.short(), .later.short()
    )]
    OtherModel {
        /// Scoring fingerprint of the earlier ranking's model.
        earlier: Fingerprint,
        /// Scoring fingerprint of the later one's.
        later: Fingerprint,
    },
    /// They come from different codebooks, also of one name.
    #[error(transparent)]
    OtherCodebook(#[from] CodebookError),
}

impl CompareError {
    /// Whether two models may be compared by their priorities: the codebook first, since it names
    /// the item that differs.
    pub(crate) fn check(what: &str, earlier: &Triage, later: &Triage) -> Result<(), CompareError> {
        later.codebook().require_same(what, earlier.codebook())?;
        let (earlier, later) = (earlier.scoring_fingerprint(), later.scoring_fingerprint());
        match earlier == later {
            true => Ok(()),
            false => Err(CompareError::OtherModel { earlier, later }),
        }
    }
}

impl Ranking {
    /// Who moved since an earlier ranking by the same model. O(n log n).
    ///
    /// ```
    /// use caserank::{BacklogBuilder, Complaint, Triage};
    /// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
    /// # let triage = Triage::from_json(json)?;
    /// let rank = |reports: i32| {
    ///     let mut backlog = BacklogBuilder::new(triage.codebook());
    ///     backlog.push(&Complaint::new("a", "2026-04-17".parse()?)?.with_answer("prior_reports", 1))?;
    ///     backlog.push(&Complaint::new("b", "2026-04-18".parse()?)?.with_answer("prior_reports", reports))?;
    ///     Ok::<_, Box<dyn std::error::Error>>(triage.rank(&backlog.freeze())?)
    /// };
    /// let moves = rank(5)?.moves_since(&rank(0)?)?;
    /// assert_eq!(moves.changed().map(|moved| moved.id()).collect::<Vec<_>>(), ["b"]); // `a` was only pushed
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`CompareError::OtherCodebook`] for another codebook, also of one name, with the item that
    /// differs; [`CompareError::OtherModel`] where the models' scoring fingerprints differ.
    pub fn moves_since(&self, earlier: &Ranking) -> Result<Moves, CompareError> {
        CompareError::check("the earlier ranking", earlier.triage(), self.triage())?;
        Ok(self.moves_between_models(earlier))
    }

    /// Who stands elsewhere than in another ranking, whatever the models. Priorities of different
    /// models are different numbers: read positions and bands only. O(n log n).
    #[must_use]
    pub fn moves_between_models(&self, earlier: &Ranking) -> Moves {
        Moves::between(earlier.placed(), self.placed())
    }

    fn placed(&self) -> impl Iterator<Item = Placed<'_>> {
        self.iter().map(|entry| {
            let due = self.backlog().earliest_deadline(entry.row());
            let received = self.backlog().received(entry.row()).unix_seconds();
            Placed {
                id: entry.id(),
                rank: entry.rank(),
                ties: (due.map_or(i64::MAX, Timestamp::unix_seconds), received),
            }
        })
    }
}
