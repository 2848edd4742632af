//! Do scores differ between complaints with and without the outcome at all: the test behind the area.

use serde::Serialize;

use super::data::{Score, Scored};
use super::figure::{Because, Caution, NotEstimable, p_value};
use super::ties::{merge_keys, sorted_keys};
use crate::research::numeric::distributions::normal_two_sided;
use crate::research::numeric::sum;

/// How a p value was computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Exactness {
    /// From the number of orders.
    Exact,
    /// From the normal distribution, its variance corrected for ties.
    Normal,
}

/// The test of Mann and Whitney (1947), also Wilcoxon's for two samples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MannWhitney {
    /// Pairs of an event and another complaint in which the event scores higher, ties counting one half; over the number
    /// of pairs it is the area under the ROC curve.
    pub statistic: f64,
    /// Two-sided p value that events and others score alike.
    pub p_value: f64,
    /// How it was computed: exactly for fewer than 50 complaints of either kind.
    pub exactness: Exactness,
    /// What a reader must be told beside it: [`Caution::RoughApproximation`] where one kind has fewer than 10 complaints
    /// and the other too many for an exact value.
    pub cautions: &'static [Caution],
}

/// Fewer complaints of a kind than this are few for the normal approximation.
const FEW: usize = 10;

/// Tests whether events and others score alike. O(n log n).
///
/// With fewer than 50 complaints of either kind p is twice the smaller tail of all orders, ties included (Streitberg and
/// Röhmel 1986). The normal approximation has no correction for continuity. A small p says that the scores tell something, not how much:
/// that is what [`auc`](super::auc) is for.
///
/// # Errors
/// [`Because::OneClass`]; [`Because::NoVariation`] when all scores are equal.
///
/// ```
/// use caserank::research::evaluate::{Scored, mann_whitney};
/// let labels = [true, true, true, false, false, false];
/// let test = mann_whitney(Scored::new(&labels, &[6, 5, 4, 3, 2, 1])?)?;
/// // Two of the twenty orders are as clear-cut.
/// assert!((test.p_value - 0.1).abs() < 1e-12);
/// # Ok::<(), caserank::research::evaluate::EvaluateError>(())
/// ```
pub fn mann_whitney<S: Score>(data: Scored<'_, S>) -> Result<MannWhitney, NotEstimable> {
    let (events, others) = data.both_classes()?;
    let (with, without) = sorted_keys(data);
    let (mut below, mut doubled) = (0_u64, 0_u128);
    let (mut cubes, mut tied) = (0.0, false);
    let mut sizes = Vec::new();
    merge_keys(&with, &without, |p, q| {
        doubled += u128::from(p) * u128::from(2 * below + q);
        below += q;
        let size = (p + q) as f64;
        cubes += size * (size * size - 1.0);
        tied |= p + q > 1;
        sizes.push((p + q) as usize);
    });
    let statistic = doubled as f64 / 2.0;
    let (m, n) = (events as f64, others as f64);
    let all = m + n;
    if sizes.len() == 1 {
        return NotEstimable::because(Because::NoVariation { what: "the scores" });
    }
    if events < 50 && others < 50 {
        let tail = if tied {
            smaller_tail_of_ties(&sizes, events, doubled as usize)
        } else {
            let low = (doubled / 2).min((events * others) as u128 - doubled / 2) as usize;
            orders_up_to(events, others, low)
        };
        let p_value = p_value((2.0 * tail).min(1.0));
        return Ok(MannWhitney { statistic, p_value, exactness: Exactness::Exact, cautions: &[] });
    }
    let variance = m * n / 12.0 * (all + 1.0 - cubes / (all * (all - 1.0)));
    let p_value = p_value(normal_two_sided((statistic - 0.5 * m * n) / variance.sqrt()));
    let few = events < FEW || others < FEW;
    let cautions = if few { &[Caution::RoughApproximation][..] } else { &[] };
    Ok(MannWhitney { statistic, p_value, exactness: Exactness::Normal, cautions })
}

/// The smaller of the shares of all choices of `events` complaints whose doubled statistic is at most, and at least, the
/// one found. `sizes` are those of groups of equal scores, in order.
fn smaller_tail_of_ties(sizes: &[usize], events: usize, doubled: usize) -> f64 {
    // A complaint's doubled mid-rank, lowered so that the smallest sum of ranks is the statistic's 0.
    let mut below = 0;
    let mut ranks = Vec::new();
    for &size in sizes {
        ranks.extend(std::iter::repeat_n(2 * below + size + 1, size));
        below += size;
    }
    let found = doubled + events * (events + 1);
    let most: usize = ranks.iter().rev().take(events).sum();
    // chosen[i][s]: choices of i complaints with this sum of doubled ranks; below 2^98, and only ever added up.
    let mut chosen = vec![vec![0.0_f64; most + 1]; events + 1];
    chosen[0][0] = 1.0;
    for &rank in &ranks {
        for taken in (1..=events).rev() {
            let (fewer, more) = chosen.split_at_mut(taken);
            for (to, from) in more[0][rank.min(most + 1)..].iter_mut().zip(&fewer[taken - 1]) {
                *to += from;
            }
        }
    }
    let all = sum(chosen[events].iter().copied());
    let (low, high) = (&chosen[events][..=found.min(most)], &chosen[events][found.min(most)..]);
    sum(low.iter().copied()).min(sum(high.iter().copied())) / all
}

/// The share of all orders whose statistic is at most `most`: `C(m + n, m)` orders, counted as shares so that nothing
/// overflows. A share of orders of `i` and `j` is that of those ending in an event or in another complaint.
fn orders_up_to(events: usize, others: usize, most: usize) -> f64 {
    // by_others[j][u]: share of orders of i events and j others with statistic u.
    let mut by_others: Vec<Vec<f64>> = vec![single(most); others + 1];
    for i in 1..=events {
        let mut now: Vec<Vec<f64>> = Vec::with_capacity(others + 1);
        now.push(single(most));
        for j in 1..=others {
            let (mine, theirs) = (i as f64 / (i + j) as f64, j as f64 / (i + j) as f64);
            let (fewer_events, fewer_others) = (&by_others[j], &now[j - 1]);
            // The highest of all is an event, which beats every other, or another, which beats nobody.
            let share = |u: usize| {
                let beaten = if u >= j { fewer_events[u - j] } else { 0.0 };
                mine * beaten + theirs * fewer_others[u]
            };
            now.push((0..=most).map(share).collect());
        }
        by_others = now;
    }
    sum(by_others[others].iter().copied())
}

/// All orders have the statistic 0.
fn single(most: usize) -> Vec<f64> {
    let mut shares = vec![0.0; most + 1];
    shares[0] = 1.0;
    shares
}
