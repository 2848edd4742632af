//! Group audits: means of a number per complaint, such as days waited or the share of answers unknown.

use serde::Serialize;

use super::audit::joined;
use super::data::{EvaluateError, InputError};
use super::figure::{Because, ByKey, Confidence, Figure, Interval, Method, NotEstimable};
use crate::research::numeric::distributions::student_quantile;
use crate::research::numeric::sum;

/// The largest number whose square can be added up.
const MOST: f64 = 1e150;

/// The mean of one group.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GroupMean {
    /// The mean, Student's interval.
    pub mean: Figure,
    /// The mean less that of everybody else whose group is known, Welch's interval (1947).
    pub gap: Result<Figure, NotEstimable>,
}

/// Count, mean and sum of squared distances of some values; merged without a difference of large sums (Chan, Golub and
/// LeVeque 1983).
#[derive(Clone, Copy)]
struct Moments {
    count: usize,
    mean: f64,
    squares: f64,
    /// Whether all values are the same, which rounding could hide.
    constant: Option<f64>,
}

impl Moments {
    const NONE: Self = Self { count: 0, mean: 0.0, squares: 0.0, constant: None };

    fn of(values: impl Iterator<Item = f64> + Clone) -> Self {
        let count = values.clone().count();
        let mean = sum(values.clone()) / count as f64;
        let first = values.clone().next();
        let constant = first.filter(|first| values.clone().all(|value| value == *first));
        let squares = match constant {
            Some(_) => 0.0,
            None => sum(values.map(|value| (value - mean).powi(2))),
        };
        Self { count, mean, squares, constant }
    }

    fn merged(self, other: Self) -> Self {
        if self.count == 0 || other.count == 0 {
            return if self.count == 0 { other } else { self };
        }
        let (m, n) = (self.count as f64, other.count as f64);
        let (apart, all) = (other.mean - self.mean, m + n);
        let constant = self.constant.filter(|value| other.constant == Some(*value));
        Self {
            count: self.count + other.count,
            mean: constant.unwrap_or(self.mean + apart * (n / all)),
            squares: self.squares + other.squares + apart * apart * (m * n / all),
            constant,
        }
    }

    /// Variance of the mean.
    fn spread(&self) -> f64 {
        let count = self.count as f64;
        self.squares / (count - 1.0) / count
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
    // Squares of larger ones cannot be added up, and a mean of infinity is none.
    let is_beyond = |value: &f64| !value.is_finite() || value.abs() > MOST;
    if let Some(row) = values.iter().position(is_beyond) {
        let (what, value, range) = ("the number", values[row], "finite, from -1e150 to 1e150");
        return Err(InputError::Value { what, row, value, range }.into());
    }
    let joined = joined(values.len(), groups)?;
    let needed = smallest.max(2);
    let of_group: Vec<Moments> =
        joined.iter().map(|(_, rows)| Moments::of(rows.iter().map(|&row| values[row]))).collect();
    // What stands before each group and what stands after it, so that everybody else is two merges away.
    let mut after = vec![Moments::NONE; of_group.len() + 1];
    for position in (0..of_group.len()).rev() {
        after[position] = of_group[position].merged(after[position + 1]);
    }
    let mut before = Moments::NONE;
    let mut results = Vec::with_capacity(of_group.len());
    for (position, (key, rows)) in joined.iter().enumerate() {
        let (group, rest) = (of_group[position], before.merged(after[position + 1]));
        before = before.merged(group);
        let found = rows.len();
        let result = if found < needed {
            let what = "complaints in the group";
            NotEstimable::because(Because::TooFew { what, found, needed })
        } else {
            let mean = if group.constant.is_some() {
                let because = Because::NoVariation { what: "the numbers of the group" };
                Figure::new(group.mean, found, Err(NotEstimable { because }))
            } else {
                student(group.mean, group.spread(), found as f64 - 1.0, found, confidence)
            };
            Ok(GroupMean { mean, gap: gap(&group, &rest, confidence) })
        };
        results.push((key.clone(), result));
    }
    Ok(results)
}

fn student(value: f64, spread: f64, degrees: f64, count: usize, confidence: Confidence) -> Figure {
    let error = spread.sqrt();
    let half = -student_quantile(confidence.tail(), degrees) * error;
    let (lower, upper) = (value - half, value + half);
    let interval = Interval { lower, upper, confidence, method: Method::Student };
    Figure::new(value, count, Ok(interval)).with_error(error)
}

fn gap(of_group: &Moments, rest: &Moments, confidence: Confidence) -> Result<Figure, NotEstimable> {
    if rest.count < 2 {
        let what = "complaints of other groups";
        return NotEstimable::because(Because::TooFew { what, found: rest.count, needed: 2 });
    }
    let spread = of_group.spread() + rest.spread();
    let (value, count) = (of_group.mean - rest.mean, of_group.count + rest.count);
    if spread <= 0.0 {
        let because = Because::ZeroVariance { what: "the difference" };
        return Ok(Figure::new(value, count, Err(NotEstimable { because })));
    }
    let part = |moments: &Moments| moments.spread().powi(2) / (moments.count as f64 - 1.0);
    let degrees = spread * spread / (part(of_group) + part(rest));
    Ok(student(value, spread, degrees, count, confidence))
}
