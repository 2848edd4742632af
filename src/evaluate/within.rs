//! The area under the ROC curve inside channels.

use serde::Serialize;

use super::data::{EvaluateError, Score, Scored, same_length};
use super::discrimination::{Auc, assemble, exact};
use super::figure::{Because, ByKey, Confidence, NotEstimable};

/// The area within channels: pairs of complaints are compared only inside one stratum.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AucWithin<K> {
    /// The share of within-stratum pairs in the right order, with DeLong's interval.
    pub pooled: Auc,
    /// Each stratum by itself, in order of its key.
    pub strata: ByKey<K, Auc>,
    /// The share of complaints in strata with both kinds of complaint; the others say nothing here.
    pub covered: f64,
}

/// The area under the ROC curve within strata (channels), each pair of complaints counted once.
///
/// A pooled area mostly shows that channels differ in base rate; this one shows whether the score orders the
/// complaints of one channel. Strata count by their number of pairs; the variance treats those numbers as fixed, and where
/// a stratum has a single complaint of a kind it takes the largest variance possible for it, so that one thin channel
/// neither hides nor spoils the interval.
///
/// # Errors
/// Input faults; [`Because::OneClass`] when no stratum has both kinds.
pub fn auc_within<S: Score, K: Ord + Clone>(
    data: Scored<'_, S>,
    strata: &[K],
    confidence: Confidence,
) -> Result<AucWithin<K>, EvaluateError> {
    same_length("strata", strata.len(), data.len())?;
    let mut results = Vec::new();
    let (mut pairs, mut wins, mut spread, mut covered) = (0.0, 0.0, 0.0, 0);
    let (mut all_events, mut all_others) = (0, 0);
    for (key, rows) in super::groups::by_key(strata) {
        let labels: Vec<bool> = rows.iter().map(|&row| data.labels()[row]).collect();
        let scores: Vec<S> = rows.iter().map(|&row| data.scores()[row]).collect();
        let part = Scored::new(&labels, &scores)?;
        let result = part.both_classes().map(|(events, others)| {
            let exact = exact(part, events, others);
            let weight = events as f64 * others as f64;
            pairs += weight;
            wins += weight * exact.value;
            spread += weight * weight * exact.cautious_variance();
            covered += rows.len();
            all_events += events;
            all_others += others;
            assemble(exact.value, exact.variance(), events, others, confidence)
        });
        results.push((key, result));
    }
    if pairs == 0.0 {
        let events = data.events();
        return Err(NotEstimable {
            because: Because::OneClass { events, others: data.len() - events },
        }
        .into());
    }
    let pooled =
        assemble(wins / pairs, Ok(spread / (pairs * pairs)), all_events, all_others, confidence);
    Ok(AucWithin { pooled, strata: results, covered: covered as f64 / data.len() as f64 })
}
