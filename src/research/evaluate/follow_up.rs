//! Outcomes take time: a *no* of one day is not a *no* of a year.

use super::data::{EvaluateError, InputError, same_length};
use super::figure::{Because, NotEstimable};
use super::weights::Weights;
use crate::complaint::Origin;

/// What is known at a horizon, with weights for what was lost before it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AtHorizon {
    /// Rows whose outcome at the horizon is known, ascending.
    pub rows: Vec<usize>,
    /// Whether it was found by then.
    pub labels: Vec<bool>,
    /// One over the chance of having been followed that long: give them to any measure that takes sampling weights. Where rows
    /// have weights of their own, multiply by those of `rows`, as `Known::at_horizon` of a study does.
    pub weights: Weights,
    /// Rows followed for too short a time to say; not among `rows`.
    pub censored: usize,
    /// Where complaints and outcomes come from; not stated unless [`AtHorizon::with_origin`] says it.
    pub origin: Origin,
}

impl AtHorizon {
    /// Says where complaints and outcomes come from.
    #[must_use]
    pub fn with_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }
}

/// Labels at a horizon by inverse-censoring weights (Graf et al. 1999; Uno et al. 2007).
///
/// For each complaint: when the outcome was found, if it was, and until when it was followed, both counted from its receipt
/// in one unit. Found by the horizon is *yes*; followed to the horizon without a find is *no*, whatever came later; all else
/// is not known and weighs 0. Those that are known stand for those lost: the weight is one over the Kaplan-Meier share not
/// lost just before the find, or at the horizon. Right where losing a complaint from sight has nothing to do with its
/// outcome. O(n log n).
///
/// # Errors
/// [`InputError::Length`]; [`InputError::Value`] for a time below 0 or not finite, or a find after the end of following.
/// [`Because::Argument`] for a horizon that is not above 0; [`Because::Empty`] where nothing is known at the horizon.
///
/// ```
/// use caserank::research::evaluate::at_horizon;
/// // Found on day 5; lost on day 20; followed for 400 days without a find; found on day 300.
/// let found = [Some(5.0), None, None, Some(300.0)];
/// let known = at_horizon(&found, &[5.0, 20.0, 400.0, 300.0], 90.0)?;
/// assert_eq!((known.rows, known.labels, known.censored), (vec![0, 2, 3], vec![true, false, false], 1));
/// assert!((known.weights.values()[1] - 1.5).abs() < 1e-12);
/// # Ok::<(), caserank::research::evaluate::EvaluateError>(())
/// ```
pub fn at_horizon(
    found: &[Option<f64>],
    followed: &[f64],
    horizon: f64,
) -> Result<AtHorizon, EvaluateError> {
    same_length("ends of following", followed.len(), found.len())?;
    if !(horizon.is_finite() && horizon > 0.0) {
        let (argument, range) = ("horizon", "finite and above 0");
        let because = Because::Argument { argument, value: horizon, range };
        return Err(NotEstimable { because }.into());
    }
    for (row, (&found, &until)) in found.iter().zip(followed).enumerate() {
        let fault = |what, value, range| Err(InputError::Value { what, row, value, range }.into());
        if !(until.is_finite() && until >= 0.0) {
            return fault("the end of following", until, "finite and 0 or more");
        }
        match found {
            Some(at) if !(at.is_finite() && at >= 0.0) => {
                return fault("the time of the find", at, "finite and 0 or more");
            }
            Some(at) if at > until => {
                return fault("the time of the find", at, "at or before the end of following");
            }
            _ => {}
        }
    }
    // Lost: followed without a find, to its end. A find ends the watch and is no loss.
    let mut ends: Vec<(f64, bool)> =
        found.iter().zip(followed).map(|(f, &until)| (f.unwrap_or(until), f.is_none())).collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    // After each time at which some were lost: the share not lost so far. Finds at that time come before losses.
    let mut kept: Vec<(f64, f64)> = Vec::new();
    let (mut share, mut at) = (1.0, 0);
    while at < ends.len() {
        let time = ends[at].0;
        let next = at + ends[at..].partition_point(|end| end.0 <= time);
        let lost = ends[at..next].iter().filter(|end| end.1).count();
        let at_risk = ends.len() - (at + (next - at - lost));
        if lost > 0 {
            share *= (at_risk - lost) as f64 / at_risk as f64;
            kept.push((time, share));
        }
        at = next;
    }
    // The share not lost before a time.
    let before = |time: f64| {
        let after = kept.partition_point(|&(at, _)| at < time);
        if after == 0 { 1.0 } else { kept[after - 1].1 }
    };
    let (mut rows, mut labels, mut weights, mut censored) = (vec![], vec![], vec![], 0);
    for (row, (&found, &until)) in found.iter().zip(followed).enumerate() {
        let (label, chance) = match found {
            Some(at) if at <= horizon => (true, before(at)),
            _ if until >= horizon => (false, before(horizon)),
            _ => {
                censored += 1;
                continue;
            }
        };
        rows.push(row);
        labels.push(label);
        weights.push(1.0 / chance);
    }
    if rows.is_empty() {
        return Err(NotEstimable { because: Because::Empty }.into());
    }
    if censored > 0 && labels.iter().all(|label| *label) {
        // Whoever was followed was lost before: what lies between is not known of anybody.
        let what = "complaints followed to the horizon without a find";
        return Err(NotEstimable { because: Because::TooFew { what, found: 0, needed: 1 } }.into());
    }
    let weights = Weights::sampling(weights)?;
    Ok(AtHorizon { rows, labels, weights, censored, origin: Origin::NotStated })
}
