//! How good the top of the list is: precision, recall, lift, NDCG, reciprocal rank.

use serde::Serialize;

use super::capacity::{Capacity, capacity_curve};
use super::cells::{Cell, CellSpread};
use super::data::{EvaluateError, InputError, Score, Scored, same_length};
use super::figure::{Because, Caution, Confidence, Figure, Interval, NotEstimable};
use super::operating::FLAGGED;
use super::proportions::wilson;
use super::ties::tied_groups;
use super::weights::MaybeWeighted;
use crate::research::numeric::{Sum, sum};

/// Whole-number scores, all distinct, in the order of the given ones: equal scores are parted by row, earlier rows first.
///
/// For measures on a total order: put rows in order of id (or use a ranking's positions) and measure these.
///
/// ```
/// use caserank::research::evaluate::total_order;
/// assert_eq!(total_order(&[0.5, 0.9, 0.5]), [-1, 0, -2]);
/// ```
#[must_use]
pub fn total_order<S: Score>(scores: &[S]) -> Vec<i64> {
    let mut order: Vec<(u64, usize)> =
        scores.iter().enumerate().map(|(row, score)| (!score.key(), row)).collect();
    order.sort_unstable();
    let mut ranks = vec![0; scores.len()];
    for (rank, (_, row)) in order.into_iter().enumerate() {
        ranks[row] = -(rank as i64);
    }
    ranks
}

/// Precision, recall and lift among the highest scores.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AtTop {
    /// Share of those worked that have the outcome, Wilson's interval.
    pub precision: Figure,
    /// Share of those with the outcome that are worked, Wilson's interval.
    pub recall: Figure,
    /// Precision over the base rate; the interval is the precision's, the base rate taken as known.
    pub lift: Figure,
}

/// Precision, recall and lift at a capacity. Takes sampling weights.
///
/// Inside a group of equal scores each place counts the group's share of events: the expected value over random orders.
/// Under weights the intervals have the effective number of complaints worked, and of those with the outcome.
///
/// # Errors
/// [`Because::OneClass`]; [`Because::Argument`] for a capacity of 0 or a share outside 0 to 1.
///
/// ```
/// use caserank::research::evaluate::{Capacity, Confidence, Scored, at_top};
/// let labels = [true, false, true, false];
/// let top = at_top(Scored::new(&labels, &[4, 3, 2, 1])?, Capacity::Complaints(2), Confidence::P95)?;
/// assert_eq!((top.precision.value, top.recall.value, top.lift.value), (0.5, 0.5, 1.0));
/// # Ok::<(), caserank::research::evaluate::EvaluateError>(())
/// ```
pub fn at_top<'a, S: Score + 'a>(
    data: impl MaybeWeighted<Data = Scored<'a, S>>,
    capacity: Capacity,
    confidence: Confidence,
) -> Result<AtTop, NotEstimable> {
    let curve = capacity_curve(data, confidence)?;
    let recall = curve.sensitivity(capacity, confidence)?;
    let (all, events) = curve.totals();
    let worked = match capacity {
        Capacity::Complaints(count) => (count as f64).min(all),
        Capacity::Share(share) => share * all,
    };
    if worked <= 0.0 {
        return NotEstimable::because(Because::Argument {
            argument: "capacity",
            value: worked,
            range: "above 0",
        });
    }
    let hits = recall.value * events;
    let value = (hits / worked).min(1.0);
    let effective = match data.weights() {
        None => worked,
        Some(weights) => {
            let spread = spread_at_top(data.data(), weights, worked);
            spread.effective(FLAGGED, |cell| cell == Cell::Hit, value, worked)
        }
    };
    let interval = wilson(value * effective, effective, confidence);
    let cautions = &[Caution::DependsOnBaseRate];
    let rate = events / all;
    let scaled =
        Interval { lower: interval.lower / rate, upper: interval.upper / rate, ..interval };
    Ok(AtTop {
        precision: Figure::new(value, recall.count, Ok(interval)).with_cautions(cautions),
        lift: Figure::new(value / rate, recall.count, Ok(scaled)).with_cautions(cautions),
        recall,
    })
}

/// How sure the complaints worked are by their weights; of a group of equal scores the share that is worked.
fn spread_at_top<S: Score>(scored: Scored<'_, S>, weights: &[f64], worked: f64) -> CellSpread {
    let key = |row: &usize| scored.scores()[*row].key();
    let mut order: Vec<usize> = (0..scored.len()).collect();
    order.sort_by_key(|row| std::cmp::Reverse(key(row)));
    let (mut rows, mut squares, mut left) = ([0.0; 4], [0.0; 4], worked);
    for group in order.chunk_by(|a, b| key(a) == key(b)) {
        let weight = sum(group.iter().map(|&row| weights[row]));
        let share = (left / weight).min(1.0);
        for &row in group {
            let cell = Cell::of(scored.labels()[row], true) as usize;
            rows[cell] += share;
            squares[cell] += share * weights[row] * weights[row];
        }
        left -= weight;
        if left <= 0.0 {
            break;
        }
    }
    CellSpread::of_parts(rows, squares)
}

/// Normalized discounted cumulative gain: gain 1 for an event, discount `1 / log2(place + 1)`, the first `depth` places.
///
/// Tied complaints each get the mean discount of their places. Interval by the bootstrap.
///
/// # Errors
/// [`Because::TooFew`] without an event; [`Because::Argument`] for depth 0.
pub fn ndcg<S: Score>(data: Scored<'_, S>, depth: Option<usize>) -> Result<Figure, NotEstimable> {
    let gains: Vec<f64> = data.labels().iter().map(|&l| f64::from(u8::from(l))).collect();
    graded(&gains, data.scores(), depth)
}

/// As [`ndcg`] with a gain of the caller's for each complaint, finite and not below 0.
///
/// # Errors
/// Input faults; as [`ndcg`].
pub fn ndcg_graded<S: Score>(
    gains: &[f64],
    scores: &[S],
    depth: Option<usize>,
) -> Result<Figure, EvaluateError> {
    same_length("gains", gains.len(), scores.len())?;
    if let Some(row) = gains.iter().position(|g| !(g.is_finite() && *g >= 0.0)) {
        let (what, value, range) = ("the gain", gains[row], "finite and not below 0");
        return Err(InputError::Value { what, row, value, range }.into());
    }
    if let Some(row) = scores.iter().position(|s| !s.value().is_finite()) {
        return Err(InputError::Score { row, value: scores[row].value() }.into());
    }
    Ok(graded(gains, scores, depth)?)
}

fn graded<S: Score>(
    gains: &[f64],
    scores: &[S],
    depth: Option<usize>,
) -> Result<Figure, NotEstimable> {
    let depth = depth.unwrap_or(gains.len()).min(gains.len());
    if depth == 0 {
        return NotEstimable::because(Because::Argument {
            argument: "depth",
            value: 0.0,
            range: "1 or more",
        });
    }
    let keys: Vec<u64> = scores.iter().map(|score| score.key()).collect();
    let perfect: Vec<u64> = gains.iter().map(|gain| gain.key()).collect();
    let best = discounted(gains, &perfect, depth);
    if best <= 0.0 {
        return NotEstimable::because(Because::TooFew { what: "events", found: 0, needed: 1 });
    }
    Ok(Figure::plain(discounted(gains, &keys, depth) / best, gains.len()))
}

fn discounted(gains: &[f64], keys: &[u64], depth: usize) -> f64 {
    let mut order: Vec<(u64, usize)> =
        keys.iter().enumerate().map(|(row, &key)| (!key, row)).collect();
    order.sort_unstable();
    let mut total = Sum::new();
    let mut from = 0;
    while from < depth {
        let mut to = from + 1;
        while to < order.len() && order[to].0 == order[from].0 {
            to += 1;
        }
        let mut gain = Sum::new();
        for &(_, row) in &order[from..to] {
            gain.add(gains[row]);
        }
        let mut discount = Sum::new();
        for rank in from..to.min(depth) {
            discount.add(1.0 / (rank as f64 + 2.0).log2());
        }
        total.add(gain.value() / (to - from) as f64 * discount.value());
        from = to;
    }
    total.value()
}

/// One over the place of the first event; with ties, its mean over random orders.
///
/// # Errors
/// [`Because::TooFew`] without an event.
pub fn reciprocal_rank<S: Score>(data: Scored<'_, S>) -> Result<Figure, NotEstimable> {
    let mut before = 0.0;
    for group in tied_groups(data, None) {
        if group.events > 0.0 {
            // Chance that the first j places of the group held no event, times the chance that the next does.
            let (mut none, mut total, size) = (1.0, Sum::new(), group.all());
            let mut filled = 0.0;
            while none > 0.0 && filled < size {
                let hit = group.events / (size - filled);
                total.add(none * hit / (before + filled + 1.0));
                none *= 1.0 - hit;
                filled += 1.0;
            }
            return Ok(Figure::plain(total.value(), data.len()));
        }
        before += group.all();
    }
    NotEstimable::because(Because::TooFew { what: "events", found: 0, needed: 1 })
}
