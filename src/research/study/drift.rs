//! Whether complaints answer items as they used to.

use serde::Serialize;

use super::StudyError;
use crate::Backlog;
use crate::complaint::Origin;
use crate::research::evaluate::{Confidence, Figure, UnknownDrift, psi_of_counts, unknown_drift};

/// How the answers to one item changed between two backlogs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ItemDrift {
    /// Id of the item.
    pub item: String,
    /// Population stability index over its answers, *unknown* among them.
    pub stability: Figure,
    /// The change in how often it is unknown.
    pub unknown: UnknownDrift,
    /// Where the complaints come from; the larger origin of both backlogs.
    pub origin: Origin,
}

/// Drift of every item, in the codebook's order: complaints a model was made for against those it is used on.
///
/// An item that is unknown more often loses weight in every score, whatever its other answers; see
/// [`unknown_drift`]. O(complaints x items).
///
/// # Errors
/// [`StudyError::Codebook`] for backlogs of different codebooks; [`StudyError::NotEstimable`] for an empty one.
///
/// ```
/// use caserank::research::evaluate::Confidence;
/// use caserank::Seed;
/// use caserank::research::study::item_drift;
/// use caserank::synthetic::Generator;
/// use caserank::{BacklogBuilder, reference};
/// let triage = reference::published()?;
/// let backlog = |seed| -> Result<_, Box<dyn std::error::Error>> {
///     let mut builder = BacklogBuilder::new(triage.codebook());
///     for case in Generator::new(Seed(seed)).cases().take(300) {
///         builder.push(&case.complaint)?;
///     }
///     Ok(builder.freeze())
/// };
/// let drift = item_drift(&backlog(1)?, &backlog(2)?, Confidence::P95)?;
/// assert!(drift.iter().all(|own| own.stability.value < 0.25));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn item_drift(
    reference: &Backlog,
    recent: &Backlog,
    confidence: Confidence,
) -> Result<Vec<ItemDrift>, StudyError> {
    let codebook = reference.codebook();
    codebook.require_same("the recent backlog", recent.codebook())?;
    let items = codebook.items().iter().enumerate();
    items
        .map(|(position, item)| {
            let counts = |backlog: &Backlog| {
                let mut counts = vec![0_u64; item.code_count()];
                for row in 0..backlog.len() {
                    counts[usize::from(backlog.code_at(row, position))] += 1;
                }
                counts
            };
            let (before, now) = (counts(reference), counts(recent));
            let side = |counts: &[u64]| (counts[0], counts.iter().sum::<u64>());
            Ok(ItemDrift {
                item: item.id.clone(),
                stability: psi_of_counts(&before, &now, 1e-4)?,
                unknown: unknown_drift(side(&before), side(&now), confidence)?,
                origin: reference.origin().max(recent.origin()),
            })
        })
        .collect()
}
