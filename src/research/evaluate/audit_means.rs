//! Group audits: means of a number per complaint, such as days waited or the share of answers unknown.

use serde::Serialize;

use super::audit::joined;
use super::data::{EvaluateError, InputError};
use super::figure::{Because, ByKey, Confidence, Figure, Interval, Method, NotEstimable};
use crate::research::numeric::distributions::student_quantile;
use crate::research::numeric::sum;

/// The mean of one group.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GroupMean {
    /// The mean, Student's interval.
    pub mean: Figure,
    /// The mean less that of everybody else whose group is known, Welch's interval (1947).
    pub gap: Result<Figure, NotEstimable>,
}

/// Count, mean and variance of some values.
struct Moments {
    count: usize,
    mean: f64,
    variance: f64,
}

impl Moments {
    fn of(values: impl Iterator<Item = f64> + Clone) -> Self {
        let count = values.clone().count();
        let mean = sum(values.clone()) / count as f64;
        let variance = sum(values.map(|value| (value - mean).powi(2))) / (count as f64 - 1.0);
        Self { count, mean, variance }
    }

    /// Variance of the mean.
    fn spread(&self) -> f64 {
        self.variance / self.count as f64
    }
}

/// The mean of any number per complaint (days waited, share of answers unknown) in every group, and its gap to
/// everybody else. O(n log n).
///
/// Groups with fewer complaints than `smallest` (and than 2) are *too few*, not left out; they still count among
/// everybody else.
///
/// # Errors
/// Input faults; [`Because::Empty`].
///
/// ```
/// use caserank::research::evaluate::{Confidence, mean_by_group};
/// let waited = [1.0, 2.0, 3.0, 5.0, 7.0];
/// let groups = [Some("a"), Some("a"), Some("a"), Some("b"), Some("b")];
/// let means = mean_by_group(&waited, &groups, 2, Confidence::P95)?;
/// let first = means[0].1.as_ref().map_err(Clone::clone)?;
/// assert_eq!((first.mean.value, first.gap.clone()?.value), (2.0, -4.0));
/// # Ok::<(), caserank::research::evaluate::EvaluateError>(())
/// ```
pub fn mean_by_group<K: Ord + Clone>(
    values: &[f64],
    groups: &[Option<K>],
    smallest: usize,
    confidence: Confidence,
) -> Result<ByKey<K, GroupMean>, EvaluateError> {
    if let Some(row) = values.iter().position(|value| !value.is_finite()) {
        return Err(InputError::Score { row, value: values[row] }.into());
    }
    let joined = joined(values.len(), groups)?;
    let needed = smallest.max(2);
    let mean = |place: usize, rows: &[usize]| {
        let found = rows.len();
        if found < needed {
            let what = "complaints in the group";
            return NotEstimable::because(Because::TooFew { what, found, needed });
        }
        let own = Moments::of(rows.iter().map(|&row| values[row]));
        let others = joined.iter().enumerate().filter(|(other, _)| *other != place);
        let others = others.flat_map(|(_, (_, rows))| rows.iter().map(|&row| values[row]));
        let rest = Moments::of(others);
        let degrees = found as f64 - 1.0;
        let mean = student(own.mean, own.spread(), degrees, found, confidence);
        Ok(GroupMean { mean, gap: gap(&own, &rest, confidence) })
    };
    let results =
        joined.iter().enumerate().map(|(place, (key, rows))| (key.clone(), mean(place, rows)));
    Ok(results.collect())
}

fn student(value: f64, spread: f64, degrees: f64, count: usize, confidence: Confidence) -> Figure {
    let error = spread.sqrt();
    let half = student_quantile(0.5 + 0.5 * confidence.level(), degrees) * error;
    let (lower, upper) = (value - half, value + half);
    let interval = Interval { lower, upper, confidence, method: Method::Student };
    Figure::new(value, count, Ok(interval)).with_error(error)
}

fn gap(own: &Moments, rest: &Moments, confidence: Confidence) -> Result<Figure, NotEstimable> {
    if rest.count < 2 {
        let what = "complaints of other groups";
        return NotEstimable::because(Because::TooFew { what, found: rest.count, needed: 2 });
    }
    let spread = own.spread() + rest.spread();
    let (value, count) = (own.mean - rest.mean, own.count + rest.count);
    if spread <= 0.0 {
        let because = Because::ZeroVariance { what: "the difference" };
        return Ok(Figure::new(value, count, Err(NotEstimable { because })));
    }
    let part = |moments: &Moments| moments.spread().powi(2) / (moments.count as f64 - 1.0);
    let degrees = spread * spread / (part(own) + part(rest));
    Ok(student(value, spread, degrees, count, confidence))
}
