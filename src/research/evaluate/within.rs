//! The area under the ROC curve inside channels.

use serde::Serialize;

use super::data::{EvaluateError, Score, Scored, same_length};
use super::discrimination::{Auc, assemble, exact, weighted};
use super::figure::{Because, ByKey, Confidence, NotEstimable};
use super::groups::{by_key, part};
use super::weights::MaybeWeighted;
use crate::research::numeric::sum;

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

/// The area under the ROC curve within strata (channels), each pair of complaints counted once. Takes sampling weights.
///
/// A pooled area mostly shows that channels differ in base rate; this one shows whether the score orders the
/// complaints of one channel. Strata count by their number of pairs (under weights by the weight of their pairs); the
/// variance treats those numbers as fixed, and where a stratum has a single complaint of a kind it takes the largest
/// variance possible for it, so that one thin channel neither hides nor spoils the interval.
///
/// # Errors
/// Input faults; [`Because::OneClass`] when no stratum has both kinds.
pub fn auc_within<'a, S: Score + 'a, K: Ord + Clone>(
    data: impl MaybeWeighted<Data = Scored<'a, S>>,
    strata: &[K],
    confidence: Confidence,
) -> Result<AucWithin<K>, EvaluateError> {
    let scored = data.data();
    same_length("strata", strata.len(), scored.len())?;
    let mut results = Vec::new();
    let (mut pairs, mut wins, mut spread, mut covered) = (0.0, 0.0, 0.0, 0);
    let (mut all_events, mut all_others) = (0, 0);
    for (key, rows) in by_key(strata) {
        let (labels, scores) = (part(scored.labels(), &rows), part(scored.scores(), &rows));
        let of_stratum = Scored::new(&labels, &scores)?;
        let result = of_stratum.both_classes().map(|(events, others)| {
            let (area, weight) = match data.weights() {
                None => (exact(of_stratum, events, others), events as f64 * others as f64),
                Some(weights) => {
                    let weights = part(weights, &rows);
                    let of = |kind: bool| {
                        sum(labels
                            .iter()
                            .zip(&weights)
                            .filter(|(l, _)| **l == kind)
                            .map(|(_, w)| *w))
                    };
                    (weighted(of_stratum, &weights, events, others), of(true) * of(false))
                }
            };
            pairs += weight;
            wins += weight * area.value;
            spread += weight * weight * area.cautious_variance();
            covered += rows.len();
            all_events += events;
            all_others += others;
            assemble(area.value, area.variance(), events, others, confidence)
        });
        results.push((key, result));
    }
    if pairs == 0.0 {
        let events = scored.events();
        return Err(NotEstimable {
            because: Because::OneClass { events, others: scored.len() - events },
        }
        .into());
    }
    let pooled =
        assemble(wins / pairs, Ok(spread / (pairs * pairs)), all_events, all_others, confidence);
    Ok(AucWithin { pooled, strata: results, covered: covered as f64 / scored.len() as f64 })
}
