//! Likeness of two orders that counts the top most: weighted tau, rank-biased overlap, shared top.

use std::collections::BTreeMap;

use super::correlation::check;
use super::data::{EvaluateError, Score};
use super::figure::{Because, Figure, NotEstimable};
use crate::research::numeric::Sum;

/// Which places weigh a pair in [`weighted_tau`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Places {
    /// The mean of the coefficient by the first score's places and by the second's.
    Both,
    /// Places by the first score, ties by the second.
    First,
}

/// How the weights of the two places of a pair combine in [`weighted_tau`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PairWeight {
    /// Their sum.
    Additive,
    /// Their product.
    Multiplicative,
}

/// Kendall's tau with hyperbolic weights: a complaint at place r, from 0 at the top, weighs `1 / (r + 1)` (Vigna 2015).
///
/// O(n log n); interval by the bootstrap.
///
/// # Errors
/// Input faults; [`Because::NoVariation`] when all of one side are equal.
pub fn weighted_tau<S: Score, T: Score>(
    first: &[S],
    second: &[T],
    ranks: Places,
    weight: PairWeight,
) -> Result<Figure, EvaluateError> {
    check(first, second)?;
    let pairs: Vec<(u64, u64)> =
        first.iter().zip(second).map(|(a, b)| (a.key(), b.key())).collect();
    let value = match ranks {
        Places::First => by_first(&pairs, weight)?,
        Places::Both => {
            let turned: Vec<(u64, u64)> = pairs.iter().map(|&(a, b)| (b, a)).collect();
            0.5 * (by_first(&pairs, weight)? + by_first(&turned, weight)?)
        }
    };
    Ok(Figure::plain(value, first.len()))
}

fn by_first(pairs: &[(u64, u64)], weight: PairWeight) -> Result<f64, NotEstimable> {
    let mut sorted = pairs.to_vec();
    sorted.sort_unstable();
    let count = sorted.len();
    // Ascending, so the last one is at place 0.
    let mut entries: Vec<(u64, f64)> =
        sorted.iter().enumerate().map(|(at, pair)| (pair.1, 1.0 / (count - at) as f64)).collect();
    let weights: Vec<f64> = entries.iter().map(|entry| entry.1).collect();
    let all = tied_weight(&vec![(); count], &weights, weight);
    let left: Vec<u64> = sorted.iter().map(|pair| pair.0).collect();
    let in_first = tied_weight(&left, &weights, weight);
    let in_both = tied_weight(&sorted, &weights, weight);
    let mut discordant = Sum::new();
    let mut spare = entries.clone();
    exchange(&mut entries, &mut spare, weight, &mut discordant);
    let right: Vec<u64> = entries.iter().map(|entry| entry.0).collect();
    let weights: Vec<f64> = entries.iter().map(|entry| entry.1).collect();
    let in_second = tied_weight(&right, &weights, weight);
    if count < 2
        || in_first == all
        || in_second == all
        || left[0] == left[count - 1]
        || right[0] == right[count - 1]
    {
        return NotEstimable::because(Because::NoVariation { what: "the scores of one side" });
    }
    let balance = all - in_first - in_second + in_both - 2.0 * discordant.value();
    Ok((balance / (all - in_first).sqrt() / (all - in_second).sqrt()).clamp(-1.0, 1.0))
}

/// The weight of all pairs inside runs of equal keys.
fn tied_weight<K: PartialEq>(keys: &[K], weights: &[f64], weight: PairWeight) -> f64 {
    let mut total = Sum::new();
    let mut from = 0;
    while from < keys.len() {
        let mut to = from;
        let (mut sum, mut squares) = (Sum::new(), Sum::new());
        while to < keys.len() && keys[to] == keys[from] {
            sum.add(weights[to]);
            squares.add(weights[to] * weights[to]);
            to += 1;
        }
        total.add(match weight {
            PairWeight::Additive => (to - from - 1) as f64 * sum.value(),
            PairWeight::Multiplicative => 0.5 * (sum.value() * sum.value() - squares.value()),
        });
        from = to;
    }
    total.value()
}

/// Merge sort by key that adds the weight of every pair found out of order.
fn exchange(
    entries: &mut [(u64, f64)],
    spare: &mut [(u64, f64)],
    weight: PairWeight,
    found: &mut Sum,
) {
    let count = entries.len();
    if count < 2 {
        return;
    }
    let (left, right) = entries.split_at_mut(count / 2);
    let (left_spare, right_spare) = spare.split_at_mut(count / 2);
    exchange(left, left_spare, weight, found);
    exchange(right, right_spare, weight, found);
    let mut waiting: f64 = left.iter().map(|entry| entry.1).sum();
    let (mut i, mut j) = (0, 0);
    for slot in spare.iter_mut() {
        if j == right.len() || (i < left.len() && left[i].0 <= right[j].0) {
            waiting -= left[i].1;
            *slot = left[i];
            i += 1;
        } else {
            let passed = (left.len() - i) as f64;
            if passed > 0.0 {
                found.add(match weight {
                    PairWeight::Additive => passed * right[j].1 + waiting,
                    PairWeight::Multiplicative => right[j].1 * waiting,
                });
            }
            *slot = right[j];
            j += 1;
        }
    }
    entries.copy_from_slice(spare);
}

/// Rank-biased overlap of two lists (Webber, Moffat and Zobel 2010).
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct RankBiasedOverlap {
    /// The sum over the places seen, as if nothing agreed below: `(1 - p) sum p^(d - 1) A(d)`.
    pub truncated: f64,
    /// Extrapolated: as if agreement went on as it stands at the end of the lists.
    pub extrapolated: f64,
}

/// Rank-biased overlap of two lists of ids, best first, with persistence `p` in `(0, 1)`.
///
/// The lists may differ in length; `truncated` then runs to the shorter one's end. An id that comes twice in one list
/// counts at its first place only. O(n log n).
///
/// # Errors
/// [`Because::Empty`]; [`Because::Argument`] for `p` outside `(0, 1)`.
pub fn rank_biased_overlap<I: Ord>(
    first: &[I],
    second: &[I],
    p: f64,
) -> Result<RankBiasedOverlap, NotEstimable> {
    if first.is_empty() || second.is_empty() {
        return NotEstimable::because(Because::Empty);
    }
    if !(p > 0.0 && p < 1.0) {
        return NotEstimable::because(Because::Argument {
            argument: "p",
            value: p,
            range: "above 0 to below 1",
        });
    }
    let (short, long) = if first.len() <= second.len() { (first, second) } else { (second, first) };
    let (s, l) = (short.len(), long.len());
    let mut rank_of: BTreeMap<&I, usize> = BTreeMap::new();
    for (rank, id) in short.iter().enumerate() {
        rank_of.entry(id).or_insert(rank);
    }
    // At which depth each shared id has been seen in both lists.
    let mut arrivals = vec![0_u64; l];
    let mut seen = std::collections::BTreeSet::new();
    for (rank, id) in long.iter().enumerate() {
        if let Some(&other) = rank_of.get(id)
            && seen.insert(id)
        {
            arrivals[rank.max(other)] += 1;
        }
    }
    let (mut shared, mut shared_short) = (0.0, 0.0);
    let (mut truncated, mut total) = (Sum::new(), Sum::new());
    let mut power = 1.0;
    for (at, arrived) in arrivals.iter().enumerate() {
        let depth = at as f64 + 1.0;
        shared += *arrived as f64;
        if at + 1 == s {
            shared_short = shared;
        }
        total.add(power * shared / depth);
        if at < s {
            truncated.add(power * shared / depth);
        } else {
            total.add(power * shared_short * (depth - s as f64) / (s as f64 * depth));
        }
        power *= p;
    }
    let rest = ((shared - shared_short) / l as f64 + shared_short / s as f64) * power;
    Ok(RankBiasedOverlap {
        truncated: (1.0 - p) * truncated.value(),
        extrapolated: (1.0 - p) * total.value() + rest,
    })
}

/// How many ids the first `k` places of two lists share.
#[must_use]
pub fn top_overlap<I: Ord>(first: &[I], second: &[I], k: usize) -> usize {
    let head: std::collections::BTreeSet<&I> = first.iter().take(k).collect();
    let other: std::collections::BTreeSet<&I> = second.iter().take(k).collect();
    head.intersection(&other).count()
}
