//! The area under the ROC curve with DeLong's variance: pooled, and compared between scores.

use serde::Serialize;

use super::data::{EvaluateError, Score, Scored};
use super::figure::{Because, Confidence, Figure, Interval, Method, NotEstimable, p_value};
use super::ties::{merge_keys, placements, sorted_keys, tied_groups};
use super::weights::{MaybeWeighted, effective_rows, needed_of};
use crate::research::numeric::distributions::{
    normal_two_sided, student_quantile, student_two_sided,
};

/// The area under the ROC curve: the chance that a complaint with the outcome scores above one without.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Auc {
    /// The area, with DeLong's interval cut to `[0, 1]`.
    pub figure: Figure,
    /// DeLong's interval made on the log-odds scale; the better one near 1.
    pub logit_interval: Result<Interval, NotEstimable>,
    /// Complaints with the outcome.
    pub events: usize,
    /// Complaints without.
    pub others: usize,
}

impl Auc {
    /// DeLong's variance, where it is estimable.
    #[must_use]
    pub fn variance(&self) -> Option<f64> {
        self.figure.standard_error.map(|error| error * error)
    }
}

/// The area under the ROC curve; a tie counts one half (mid-ranks). Takes sampling weights.
///
/// O(n log n). The variance is that of DeLong, DeLong and Clarke-Pearson (1988), with whole-number sums, so it is
/// exact up to one rounding. With weights it is the linearized form of the same, which equals it for equal weights.
/// The direction is never flipped: an area below one half says that the score points the wrong way.
///
/// # Errors
/// [`Because::Empty`], [`Because::OneClass`]. At an area of exactly 0 or 1, or with a single complaint of a kind, the
/// value is given and the interval is not estimable: see [`auc_score_interval`](super::auc_score_interval) for one that is
/// honest there. Nor is it where all scores are equal.
///
/// ```
/// use caserank::research::evaluate::{Confidence, Scored, auc};
/// let labels = [true, true, false, false, false];
/// let area = auc(Scored::new(&labels, &[9_i64, 4, 4, 2, 1])?, Confidence::P95)?;
/// assert_eq!(area.figure.value, 5.5 / 6.0);
/// # Ok::<(), caserank::research::evaluate::EvaluateError>(())
/// ```
pub fn auc<'a, S: Score + 'a>(
    data: impl MaybeWeighted<Data = Scored<'a, S>>,
    confidence: Confidence,
) -> Result<Auc, NotEstimable> {
    let scored = data.data();
    let (events, others) = scored.both_classes()?;
    let (value, variance) = match data.weights() {
        None => {
            let exact = exact(scored, events, others);
            (exact.value, exact.variance())
        }
        Some(weights) => {
            let linearized = weighted(scored, weights, events, others);
            (linearized.value, linearized.variance())
        }
    };
    Ok(assemble(value, variance, events, others, confidence))
}

pub(crate) fn assemble(
    value: f64,
    variance: Result<f64, NotEstimable>,
    events: usize,
    others: usize,
    confidence: Confidence,
) -> Auc {
    let variance = variance.and_then(|variance| estimable(value, variance));
    let interval = variance
        .clone()
        .map(|v| Interval::wald(value, v.sqrt(), confidence, Method::DeLong).within(0.0, 1.0));
    let logit_interval = variance.clone().and_then(|v| {
        let error = v.sqrt() / (value * (1.0 - value));
        Interval::wald((value / (1.0 - value)).ln(), error, confidence, Method::DeLongLogit)
            .map(|x| 1.0 / (1.0 + (-x).exp()))
            .sound()
    });
    let mut figure = Figure::new(value, events + others, interval).with_range(0.0, 1.0);
    figure.standard_error = variance.ok().map(f64::sqrt);
    Auc { figure, logit_interval, events, others }
}

/// A variance, unless it is none: at the end of the range, or where equal scores leave nothing to vary.
fn estimable(area: f64, variance: f64) -> Result<f64, NotEstimable> {
    if area <= 0.0 || area >= 1.0 {
        return NotEstimable::because(Because::AtTheEnd { value: area });
    }
    if variance.is_nan() || variance <= 0.0 {
        return NotEstimable::because(Because::NoVariation { what: "the scores of either kind" });
    }
    Ok(variance)
}

/// An area and the two parts of its variance; a part needs two complaints of its kind.
pub(super) struct Exact {
    pub(super) value: f64,
    events: usize,
    others: usize,
    /// The same counted by weight.
    effective: (usize, usize),
    event_part: f64,
    other_part: f64,
}

impl Exact {
    pub(super) fn variance(&self) -> Result<f64, NotEstimable> {
        enough(self.events, self.others)?;
        for (what, found, rows) in [
            (
                "complaints with the outcome, counted by their weight,",
                self.effective.0,
                self.events,
            ),
            (
                "complaints without the outcome, counted by their weight,",
                self.effective.1,
                self.others,
            ),
        ] {
            let needed = needed_of(found, rows);
            if found < needed {
                return NotEstimable::because(Because::TooFew { what, found, needed });
            }
        }
        Ok(self.event_part + self.other_part)
    }

    /// With a part that cannot be estimated set to the largest that placements between 0 and 1 allow.
    pub(super) fn cautious_variance(&self) -> f64 {
        let part = |found: usize, rows: usize, part: f64| {
            if found < needed_of(found, rows) { 0.25 } else { part }
        };
        part(self.effective.0, self.events, self.event_part)
            + part(self.effective.1, self.others, self.other_part)
    }
}

pub(super) fn exact<S: Score>(scored: Scored<'_, S>, events: usize, others: usize) -> Exact {
    let (with, without) = sorted_keys(scored);
    let (m, n) = (events as u64, others as u64);
    let (mut above, mut below) = (m, 0_u64);
    let (mut wins, mut event_squares, mut other_squares) = (0_u128, 0_u128, 0_u128);
    merge_keys(&with, &without, |p, q| {
        above -= p;
        // Placements in halves: others beaten by an event here, events that beat an other here.
        let beats = u128::from(2 * below + q);
        let beaten = u128::from(2 * above + p);
        wins += u128::from(p) * beats;
        event_squares += u128::from(p) * beats * beats;
        other_squares += u128::from(q) * beaten * beaten;
        below += q;
    });
    Exact {
        value: wins as f64 / (2.0 * m as f64 * n as f64),
        events,
        others,
        effective: (events, others),
        event_part: placement_variance(event_squares, wins, m, n),
        other_part: placement_variance(other_squares, wins, n, m),
    }
}

fn enough(events: usize, others: usize) -> Result<(), NotEstimable> {
    for (what, found) in
        [("complaints with the outcome", events), ("complaints without the outcome", others)]
    {
        if found < 2 {
            return NotEstimable::because(Because::TooFew { what, found, needed: 2 });
        }
    }
    Ok(())
}

/// Variance of the mean of `m` placements given in halves out of `n`.
fn placement_variance(squares: u128, total: u128, m: u64, n: u64) -> f64 {
    let spread = (u128::from(m) * squares - total * total) as f64;
    let (m, n) = (m as f64, n as f64);
    spread / (m * m * (m - 1.0)) / (4.0 * n * n)
}

pub(super) fn weighted<S: Score>(
    scored: Scored<'_, S>,
    weights: &[f64],
    events: usize,
    others: usize,
) -> Exact {
    let groups = tied_groups(scored, Some(weights));
    let all_events: f64 = groups.iter().map(|g| g.events).sum();
    let all_others: f64 = groups.iter().map(|g| g.others).sum();
    let (mut seen_events, mut seen_others) = (0.0, 0.0);
    let mut wins = 0.0;
    // Placements of each group, by descending score.
    let mut placed = Vec::with_capacity(groups.len());
    for group in &groups {
        let beats = (all_others - seen_others - 0.5 * group.others) / all_others;
        let beaten = (seen_events + 0.5 * group.events) / all_events;
        wins += group.events * beats;
        placed.push((beats, beaten));
        seen_events += group.events;
        seen_others += group.others;
    }
    let value = wins / all_events;
    let (mut event_part, mut other_part) = (0.0, 0.0);
    // By key, since neighbouring whole numbers can share a double.
    let mut keys: Vec<u64> = scored.scores().iter().map(|score| score.key()).collect();
    keys.sort_unstable_by(|a, b| b.cmp(a));
    keys.dedup();
    for ((&label, score), &w) in scored.labels().iter().zip(scored.scores()).zip(weights) {
        let at = keys.partition_point(|&key| key > score.key());
        let (beats, beaten) = placed[at];
        if label {
            event_part += (w * (beats - value)).powi(2);
        } else {
            other_part += (w * (beaten - value)).powi(2);
        }
    }
    // With a single complaint of a kind its part is not estimable, and `variance` says so.
    let correction = |count: usize| count as f64 / (count as f64 - 1.0);
    let of_kind = |kind: bool| {
        let rows = scored.labels().iter().zip(weights).filter(move |(label, _)| **label == kind);
        effective_rows(rows.map(|(_, weight)| *weight))
    };
    Exact {
        value,
        events,
        others,
        effective: (of_kind(true), of_kind(false)),
        event_part: event_part / (all_events * all_events) * correction(events),
        other_part: other_part / (all_others * all_others) * correction(others),
    }
}

/// The difference between two areas, with its test.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AucDifference {
    /// First area less second, with a Wald interval.
    pub figure: Figure,
    /// The first area.
    pub first: f64,
    /// The second area.
    pub second: f64,
    /// DeLong's covariance of the two; 0 for separate complaints.
    pub covariance: f64,
    /// Difference over its standard error.
    pub statistic: f64,
    /// Degrees of freedom of the t distribution; `None` for the normal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub degrees: Option<f64>,
    /// Two-sided p value.
    pub p_value: f64,
}

/// Placements in halves for every complaint: how many of the other kind it is on the right side of.
struct Placements {
    events: Vec<u64>,
    others: Vec<u64>,
}

impl Placements {
    fn of<S: Score>(data: Scored<'_, S>) -> Self {
        let (mut events, mut others) = (Vec::new(), Vec::new());
        for (&label, halves) in data.labels().iter().zip(placements(data)) {
            if label { events.push(halves) } else { others.push(halves) }
        }
        Self { events, others }
    }

    fn area(&self) -> f64 {
        let wins: u128 = self.events.iter().map(|&v| u128::from(v)).sum();
        wins as f64 / (2.0 * self.events.len() as f64 * self.others.len() as f64)
    }

    fn covariance(&self, other: &Self) -> f64 {
        mean_covariance(&self.events, &other.events, self.others.len())
            + mean_covariance(&self.others, &other.others, self.events.len())
    }
}

/// Covariance of the means of two lists of placements, given in halves out of `n`.
fn mean_covariance(a: &[u64], b: &[u64], n: usize) -> f64 {
    let m = a.len() as i128;
    let product: i128 = a.iter().zip(b).map(|(&x, &y)| i128::from(x) * i128::from(y)).sum();
    let sum = |list: &[u64]| -> i128 { list.iter().map(|&x| i128::from(x)).sum() };
    let spread = (m * product - sum(a) * sum(b)) as f64;
    let (m, n) = (m as f64, n as f64);
    spread / (m * m * (m - 1.0)) / (4.0 * n * n)
}

/// Compares two scores given to the same complaints (DeLong, DeLong and Clarke-Pearson 1988). O(n log n).
///
/// # Errors
/// Input faults; [`Because::OneClass`], [`Because::TooFew`]; [`Because::ZeroVariance`] where the difference has no
/// estimated variance (the two scores order the complaints alike, or both perfectly).
///
/// ```
/// use caserank::research::evaluate::{Confidence, auc_paired};
/// let labels = [true, true, true, false, false, false, false];
/// let difference = auc_paired(
///     &labels, &[7, 6, 3, 4, 5, 1, 2], &[5, 7, 2, 6, 4, 3, 1], Confidence::P95,
/// )?;
/// assert!(difference.p_value > 0.05);
/// # Ok::<(), caserank::research::evaluate::EvaluateError>(())
/// ```
pub fn auc_paired<S: Score, T: Score>(
    labels: &[bool],
    first: &[S],
    second: &[T],
    confidence: Confidence,
) -> Result<AucDifference, EvaluateError> {
    let (a, b) = (Scored::new(labels, first)?, Scored::new(labels, second)?);
    let (events, others) = a.both_classes()?;
    enough(events, others)?;
    let (a, b) = (Placements::of(a), Placements::of(b));
    let covariance = a.covariance(&b);
    let variance = a.covariance(&a) + b.covariance(&b) - 2.0 * covariance;
    // Rounding leaves something like 1e-17 where the two orders are the same.
    if variance <= 1e-16 * (a.covariance(&a) + b.covariance(&b))
        || (a.events == b.events && a.others == b.others)
    {
        return Err(
            NotEstimable { because: Because::ZeroVariance { what: "the difference" } }.into()
        );
    }
    let (first, second) = (a.area(), b.area());
    // An area of 0 or 1 has no variance to compare with, whatever the other one has.
    estimable(first, a.covariance(&a))?;
    estimable(second, b.covariance(&b))?;
    let difference = first - second;
    let error = variance.sqrt();
    let statistic = difference / error;
    let interval = Interval::wald(difference, error, confidence, Method::DeLong).within(-1.0, 1.0);
    let figure =
        Figure::new(difference, labels.len(), Ok(interval)).with_error(error).with_range(-1.0, 1.0);
    let p_value = p_value(normal_two_sided(statistic));
    Ok(AucDifference { figure, first, second, covariance, statistic, degrees: None, p_value })
}

/// Compares a score on one set of complaints with a score on another set that shares none with it.
///
/// Welch-like degrees of freedom from the two sets' sizes, as in R's `pROC`.
///
/// # Errors
/// [`Because::OneClass`], [`Because::TooFew`], [`Because::ZeroVariance`].
pub fn auc_unpaired<S: Score, T: Score>(
    first: Scored<'_, S>,
    second: Scored<'_, T>,
    confidence: Confidence,
) -> Result<AucDifference, NotEstimable> {
    let (m, n) = first.both_classes()?;
    let first_area = exact(first, m, n);
    let (m, n) = second.both_classes()?;
    let second_area = exact(second, m, n);
    // An area of 0 or 1 has no variance to compare with, whatever the other one has.
    let (a, b) = (first_area.value, second_area.value);
    let (va, vb) = (estimable(a, first_area.variance()?)?, estimable(b, second_area.variance()?)?);
    let variance = va + vb;
    let degrees = variance * variance
        / (va * va / (first.len() as f64 - 1.0) + vb * vb / (second.len() as f64 - 1.0));
    let (difference, error) = (a - b, variance.sqrt());
    let statistic = difference / error;
    let half = -student_quantile(confidence.tail(), degrees) * error;
    let interval = Interval {
        lower: difference - half,
        upper: difference + half,
        confidence,
        method: Method::DeLong,
    };
    let figure =
        Figure::new(difference, first.len() + second.len(), Ok(interval.within(-1.0, 1.0)))
            .with_range(-1.0, 1.0)
            .with_error(error);
    let p_value = p_value(student_two_sided(statistic, degrees));
    Ok(AucDifference {
        figure,
        first: a,
        second: b,
        covariance: 0.0,
        statistic,
        degrees: Some(degrees),
        p_value,
    })
}
