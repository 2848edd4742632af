//! The area under the ROC curve when complaints come in clusters.

use super::clustering::FEW_CLUSTERS;
use super::data::{EvaluateError, Score, Scored, same_length};
use super::discrimination::{Auc, assemble};
use super::figure::{Because, Caution, Confidence, NotEstimable};
use super::groups::by_key;
use super::ties::placements;
use crate::research::numeric::Sum;

/// The area under the ROC curve with a variance that counts clusters (subjects), not complaints (Obuchowski 1997).
///
/// Below 40 clusters the figure carries [`Caution::FewClusters`].
///
/// The area is that of [`auc`](super::auc). With one complaint a cluster the variance is DeLong's. O(n log n).
///
/// # Errors
/// Input faults; [`Because::OneClass`]. With fewer than two clusters of a kind the interval is not estimable.
///
/// ```
/// use caserank::research::evaluate::{Confidence, Scored, auc_clustered};
/// let labels = [true, true, false, false, true, false];
/// let scores = [9, 7, 8, 3, 5, 1];
/// let subjects = ["a", "a", "b", "c", "d", "d"];
/// let area = auc_clustered(Scored::new(&labels, &scores)?, &subjects, Confidence::P95)?;
/// assert_eq!(area.figure.value, 7.0 / 9.0);
/// # Ok::<(), caserank::research::evaluate::EvaluateError>(())
/// ```
pub fn auc_clustered<S: Score, K: Ord + Clone>(
    data: Scored<'_, S>,
    clusters: &[K],
    confidence: Confidence,
) -> Result<Auc, EvaluateError> {
    same_length("clusters", clusters.len(), data.len())?;
    let (events, others) = data.both_classes()?;
    let (m, n) = (events as f64, others as f64);
    let halves = placements(data);
    let wins: u128 = data
        .labels()
        .iter()
        .zip(&halves)
        .map(|(&label, &v)| if label { u128::from(v) } else { 0 })
        .sum();
    let value = wins as f64 / (2.0 * m * n);
    // The share of the other kind that a complaint is on the right side of.
    let placed =
        |row: usize, kind: usize| halves[row] as f64 / (2.0 * if kind == 1 { n } else { m });
    let (mut event_squares, mut other_squares, mut cross) = (Sum::new(), Sum::new(), Sum::new());
    let (mut event_clusters, mut other_clusters, mut all) = (0_usize, 0_usize, 0_usize);
    for (_, rows) in by_key(clusters) {
        let (mut within, mut sums) = ([0.0; 2], [0.0; 2]);
        for row in rows {
            let kind = usize::from(data.labels()[row]);
            within[kind] += 1.0;
            sums[kind] += placed(row, kind);
        }
        let (others, event) = (sums[0] - within[0] * value, sums[1] - within[1] * value);
        event_squares.add(event * event);
        other_squares.add(others * others);
        cross.add(event * others);
        event_clusters += usize::from(within[1] > 0.0);
        other_clusters += usize::from(within[0] > 0.0);
        all += 1;
    }
    let few = [
        ("clusters with the outcome", event_clusters),
        ("clusters without the outcome", other_clusters),
    ]
    .into_iter()
    .find(|(_, found)| *found < 2);
    let variance = match few {
        Some((what, found)) => NotEstimable::because(Because::TooFew { what, found, needed: 2 }),
        None => {
            let correction = |count: usize| count as f64 / (count as f64 - 1.0);
            let sum = correction(event_clusters) * event_squares.value() / (m * m)
                + correction(other_clusters) * other_squares.value() / (n * n)
                + 2.0 * correction(all) * cross.value() / (m * n);
            // A negative covariance can outweigh the rest in tiny samples.
            if sum > 0.0 {
                Ok(sum)
            } else {
                NotEstimable::because(Because::ZeroVariance { what: "the area" })
            }
        }
    };
    let mut area = assemble(value, variance, events, others, confidence);
    if all < FEW_CLUSTERS {
        area.figure.cautions = &[Caution::FewClusters];
    }
    Ok(area)
}
