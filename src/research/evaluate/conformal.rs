//! How unusual a complaint would be among known ones of a kind.

use super::data::{Score, Scored};
use super::figure::{Because, NotEstimable};

/// Class-conditional conformal p values, one pair a new complaint: `(if it had the outcome, if it had not)`.
///
/// For the outcome a low score is strange, without it a high one. `(at least as strange + 1) / (known of that kind + 1)`,
/// no random smoothing (Vovk et al. 2005). Valid only while new complaints come from the same stream as the known ones.
/// O((n + m) log n).
///
/// # Errors
/// [`Because::OneClass`].
///
/// ```
/// use caserank::research::evaluate::{Scored, conformal_p_values};
/// let labels = [true, true, false, false, false];
/// let known = Scored::new(&labels, &[0.9, 0.6, 0.5, 0.2, 0.1])?;
/// assert_eq!(conformal_p_values(known, &[0.7])?, [(2.0 / 3.0, 0.25)]);
/// # Ok::<(), caserank::research::evaluate::EvaluateError>(())
/// ```
pub fn conformal_p_values<S: Score>(
    known: Scored<'_, S>,
    new_scores: &[S],
) -> Result<Vec<(f64, f64)>, NotEstimable> {
    let (events, others) = known.both_classes()?;
    let (with, without) = super::ties::sorted_keys(known);
    new_scores
        .iter()
        .map(|score| {
            if !score.value().is_finite() {
                return NotEstimable::because(Because::Argument {
                    argument: "a new score",
                    value: score.value(),
                    range: "the finite numbers",
                });
            }
            let key = score.key();
            let lower = with.partition_point(|&k| k <= key);
            let higher = others - without.partition_point(|&k| k < key);
            Ok((
                (lower + 1) as f64 / (events + 1) as f64,
                (higher + 1) as f64 / (others + 1) as f64,
            ))
        })
        .collect()
}
