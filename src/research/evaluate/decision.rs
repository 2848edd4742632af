//! Decision curves: what a cut-off is worth when misses and false alarms are weighed against each other.

use serde::Serialize;

use super::data::{EvaluateError, Predicted, same_length};
use super::figure::{Because, Confidence, Figure, Interval, Method, NotEstimable};
use super::weights::{MaybeWeighted, carried_by_several};
use crate::research::numeric::sum;

/// Net benefit at one threshold probability (Vickers and Elkin 2006).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct NetBenefit {
    /// The threshold probability; its odds are the worth of avoiding a false alarm against finding an outcome.
    pub threshold: f64,
    /// Flagging those at or above the threshold.
    pub model: Figure,
    /// Flagging all.
    pub all: f64,
    /// `model` less the better of flagging all and flagging none.
    pub gain: f64,
    /// Flags that could be saved for each 100 complaints at the same finds, against flagging all.
    pub avoided_per_hundred: f64,
}

/// The decision curve at the given thresholds. Takes sampling weights. O(n) a threshold.
///
/// A probability equal to the threshold is flagged. Wald intervals from the spread of each complaint's benefit.
/// In samples where events were over-sampled the curve holds for that mix only; give weights.
///
/// # Errors
/// [`Because::Empty`]; [`Because::Argument`] for a threshold outside `[0, 1)`.
///
/// ```
/// use caserank::research::evaluate::{Confidence, Predicted, decision_curve};
/// let data = Predicted::new(&[true, false, false, false], &[0.8, 0.3, 0.2, 0.1])?;
/// let curve = decision_curve(data, &[0.25], Confidence::P95)?;
/// assert!((curve[0].model.value - (0.25 - 0.25 / 3.0)).abs() < 1e-15);
/// # Ok::<(), caserank::research::evaluate::EvaluateError>(())
/// ```
pub fn decision_curve<'a>(
    data: impl MaybeWeighted<Data = Predicted<'a>>,
    thresholds: &[f64],
    confidence: Confidence,
) -> Result<Vec<NetBenefit>, NotEstimable> {
    let predicted = data.data();
    if predicted.is_empty() {
        return NotEstimable::because(Because::Empty);
    }
    let weight = |row: usize| data.weights().map_or(1.0, |w| w[row]);
    let total = sum((0..predicted.len()).map(weight));
    let rate = sum(predicted.rows().enumerate().map(|(row, (y, _))| weight(row) * y)) / total;
    let carried = carried_by_several(data.weights());
    thresholds
        .iter()
        .map(|&threshold| {
            let odds = odds_of(threshold)?;
            let (mut hits, mut false_alarms) = (0.0, 0.0);
            for (row, (y, p)) in predicted.rows().enumerate() {
                if p >= threshold {
                    hits += weight(row) * y;
                    false_alarms += weight(row) * (1.0 - y);
                }
            }
            let value = hits / total - false_alarms / total * odds;
            let benefit = |y: f64, p: f64| if p < threshold { 0.0 } else { y - (1.0 - y) * odds };
            let squares = sum(predicted
                .rows()
                .enumerate()
                .map(|(row, (y, p))| (weight(row) * (benefit(y, p) - value)).powi(2)));
            let method = if data.weights().is_some() { Method::Linearized } else { Method::Wald };
            let model = match &carried {
                Ok(()) => with_interval(value, squares, total, predicted.len(), confidence, method),
                Err(why) => Figure::new(value, predicted.len(), Err(why.clone())),
            };
            let all = rate - (1.0 - rate) * odds;
            let avoided_per_hundred = if odds > 0.0 { 100.0 * (value - all) / odds } else { 0.0 };
            Ok(NetBenefit {
                threshold,
                model,
                all,
                gain: value - all.max(0.0),
                avoided_per_hundred,
            })
        })
        .collect()
}

/// The difference in net benefit of two sets of probabilities for the same complaints, with a paired interval.
///
/// # Errors
/// Input faults; as [`decision_curve`].
pub fn net_benefit_difference(
    labels: &[bool],
    first: &[f64],
    second: &[f64],
    threshold: f64,
    confidence: Confidence,
) -> Result<Figure, EvaluateError> {
    same_length("second probabilities", second.len(), labels.len())?;
    let (a, b) = (Predicted::new(labels, first)?, Predicted::new(labels, second)?);
    if a.is_empty() {
        return Err(NotEstimable { because: Because::Empty }.into());
    }
    let odds = odds_of(threshold)?;
    let worth = |y: f64, p: f64| if p < threshold { 0.0 } else { y - (1.0 - y) * odds };
    let differences: Vec<f64> =
        a.rows().zip(b.rows()).map(|((y, p), (_, q))| worth(y, p) - worth(y, q)).collect();
    let count = differences.len();
    let value = sum(differences.iter().copied()) / count as f64;
    let squares = sum(differences.iter().map(|d| (d - value).powi(2)));
    Ok(with_interval(value, squares, count as f64, count, confidence, Method::Wald))
}

fn odds_of(threshold: f64) -> Result<f64, NotEstimable> {
    if !(0.0..1.0).contains(&threshold) {
        return NotEstimable::because(Because::Argument {
            argument: "threshold",
            value: threshold,
            range: "0 to below 1",
        });
    }
    Ok(threshold / (1.0 - threshold))
}

fn with_interval(
    value: f64,
    squares: f64,
    total: f64,
    count: usize,
    confidence: Confidence,
    method: Method,
) -> Figure {
    if count < 2 {
        let because = Because::TooFew { what: "complaints", found: count, needed: 2 };
        return Figure::new(value, count, Err(NotEstimable { because }));
    }
    if squares <= 0.0 {
        let because = Because::NoVariation { what: "the benefits of single complaints" };
        return Figure::new(value, count, Err(NotEstimable { because }));
    }
    let error = (squares * count as f64 / (count as f64 - 1.0)).sqrt() / total;
    Figure::new(value, count, Ok(Interval::wald(value, error, confidence, method)))
        .with_error(error)
}
