//! What complaints that were never investigated leave open.

use super::StudyError;
use super::known::Known;
use super::target::Target;
use crate::research::evaluate::{SelectionBounds, selection_bounds};
use crate::research::fit::{Found, Labels};
use crate::{Backlog, Triage};

/// What the first `k` complaints of a model's order reach, if those never investigated were all as unfavourable, or all
/// as favourable, as can be (Manski 1989).
///
/// Every complaint of the backlog without a known outcome counts as open, labelled *not investigated* or not labelled at
/// all; those to which the outcome does not apply are left out. Bounds need no assumption and no weights, so they are
/// wide where little was investigated: that is the finding.
///
/// # Errors
/// As [`Known::new`]; [`StudyError::Codebook`]; [`StudyError::NotEstimable`] for an empty backlog.
///
/// ```
/// use caserank::research::fit::Labels;
/// use caserank::Seed;
/// use caserank::research::study::{Target, bounds_at_capacity};
/// use caserank::synthetic::{Generator, write_outcomes};
/// use caserank::{BacklogBuilder, reference};
/// let triage = reference::published()?;
/// let cases: Vec<_> = Generator::new(Seed(5)).cases().take(300).collect();
/// let mut backlog = BacklogBuilder::new(triage.codebook());
/// for case in &cases {
///     backlog.push(&case.complaint)?;
/// }
/// let mut text = Vec::new();
/// write_outcomes(&mut text, cases)?;
/// let (labels, _) = Labels::read_csv(text.as_slice())?;
/// let target = Target::Outcome("contact_offending".to_owned());
/// let bounds = bounds_at_capacity(&triage, &backlog.freeze(), &labels, &target, 30)?;
/// assert!(bounds.investigated < 1.0 && bounds.sensitivity?.lower < 0.5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn bounds_at_capacity(
    triage: &Triage,
    backlog: &Backlog,
    labels: &Labels,
    target: &Target,
    k: usize,
) -> Result<SelectionBounds, StudyError> {
    let known = Known::new(backlog, labels, target.clone(), None)?;
    let ranking = triage.rank(backlog)?;
    let mut outside = vec![false; backlog.len()];
    if let Target::Outcome(outcome) = target {
        let not_applicable = labels
            .labels()
            .iter()
            .filter(|label| label.result == Found::NotApplicable && label.outcome == *outcome);
        for row in not_applicable.filter_map(|label| backlog.row_of(&label.complaint)) {
            outside[row] = true;
        }
    }
    let mut found = vec![None; backlog.len()];
    for (&row, &label) in known.rows.iter().zip(&known.labels) {
        found[row] = Some(label);
    }
    let rows: Vec<usize> = (0..backlog.len()).filter(|&row| !outside[row]).collect();
    let flagged: Vec<bool> = rows
        .iter()
        .map(|&row| ranking.position_of_row(row).is_some_and(|position| position <= k))
        .collect();
    let found: Vec<Option<bool>> = rows.iter().map(|&row| found[row]).collect();
    Ok(selection_bounds(&found, &flagged)?.with_origin(known.origin()))
}
