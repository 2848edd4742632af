//! How alike two scores order the same complaints: Kendall, Spearman, Pearson.

use serde::Serialize;

use super::data::{EvaluateError, InputError, Score, same_length};
use super::figure::{
    Because, Caution, Confidence, Figure, Interval, Method, NotEstimable, p_value,
};
use super::mann_whitney::Exactness;
use super::ties::doubled_mid_ranks;
use crate::research::numeric::distributions::{normal_two_sided, student_two_sided};
use crate::research::numeric::sum;

/// Kendall's rank correlation with its test.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Kendall {
    /// Tau-b, corrected for ties on either side.
    pub tau_b: Figure,
    /// Tau-c (Stuart), for tables that are not square.
    pub tau_c: Figure,
    /// Two-sided p value.
    pub p_value: f64,
    /// How it was computed: exactly for fewer than 50 complaints without ties, and for at most 8 with ties.
    pub exactness: Exactness,
    /// What a reader must be told beside it: [`Caution::RoughApproximation`] where fewer than 50 complaints have ties.
    pub cautions: &'static [Caution],
}

/// Below so many complaints p is exact, or said to be rough.
const FEW_PAIRED: usize = 50;
/// So many can be put into all their orders.
const MOST_ORDERED: usize = 8;
/// Below so many Student's t is rough for a correlation of ranks.
const FEW_RANKED: usize = 10;

/// Kendall's tau-b and tau-c. O(n log n); intervals by the bootstrap.
///
/// p is exact below 50 complaints without ties and, over all orders, for at most 8 with ties; else it is the normal
/// approximation with its variance corrected for ties.
///
/// # Errors
/// Input faults; [`Because::NoVariation`] when all of one side are equal.
///
/// ```
/// use caserank::research::evaluate::kendall;
/// assert_eq!(kendall(&[1, 2, 3], &[1, 3, 2])?.tau_b.value, 1.0 / 3.0);
/// # Ok::<(), caserank::research::evaluate::EvaluateError>(())
/// ```
pub fn kendall<S: Score, T: Score>(first: &[S], second: &[T]) -> Result<Kendall, EvaluateError> {
    check(first, second)?;
    let count = first.len();
    let mut pairs: Vec<(u64, u64)> =
        first.iter().zip(second).map(|(a, b)| (a.key(), b.key())).collect();
    pairs.sort_unstable();
    let x = TieSums::of(pairs.iter().map(|pair| pair.0));
    let both = TieSums::of(pairs.iter());
    let mut right: Vec<u64> = pairs.iter().map(|pair| pair.1).collect();
    let mut spare = vec![0; count];
    let discordant = inversions(&mut right, &mut spare) as f64;
    let y = TieSums::of(right.iter());
    let all = count as f64 * (count as f64 - 1.0) / 2.0;
    if count < 2 || x.pairs == all || y.pairs == all {
        return Err(NotEstimable {
            because: Because::NoVariation { what: "the scores of one side" },
        }
        .into());
    }
    // Concordant less discordant; whole numbers below 2^53 for up to a hundred million complaints.
    let balance = all - x.pairs - y.pairs + both.pairs - 2.0 * discordant;
    let tau_b = (balance / ((all - x.pairs) * (all - y.pairs)).sqrt()).clamp(-1.0, 1.0);
    let classes = x.groups.min(y.groups) as f64;
    let n = count as f64;
    let tau_c = 2.0 * balance / (n * n * (classes - 1.0) / classes);
    let tied = x.pairs > 0.0 || y.pairs > 0.0;
    let is_exact = count < FEW_PAIRED && (!tied || count <= MOST_ORDERED);
    let p_value = if is_exact && tied {
        let pairs: Vec<_> =
            first.iter().map(|a| a.key()).zip(second.iter().map(|b| b.key())).collect();
        tied_p(&pairs)
    } else if is_exact {
        exact_p(count, discordant as usize)
    } else {
        let m = n * (n - 1.0);
        let mut variance =
            (m * (2.0 * n + 5.0) - x.cubes - y.cubes) / 18.0 + 2.0 * x.pairs * y.pairs / m;
        if count > 2 {
            variance += x.triples * y.triples / (9.0 * m * (n - 2.0));
        }
        p_value(normal_two_sided(balance / variance.sqrt()))
    };
    let is_rough = !is_exact && count < FEW_PAIRED;
    Ok(Kendall {
        tau_b: Figure::plain(tau_b, count),
        tau_c: Figure::plain(tau_c, count),
        p_value,
        exactness: if is_exact { Exactness::Exact } else { Exactness::Normal },
        cautions: if is_rough { &[Caution::RoughApproximation] } else { &[] },
    })
}

/// Two-sided p value over all orders of one side: twice the smaller of the shares with at most, and at least, the balance
/// of concordant and discordant pairs found. Ties on both sides stay as they are.
fn tied_p(pairs: &[(u64, u64)]) -> f64 {
    let count = pairs.len();
    let signs = |keys: Vec<u64>| -> Vec<i32> {
        let sign = |i: usize, j: usize| keys[i].cmp(&keys[j]) as i32;
        (0..count).flat_map(|i| (0..count).map(move |j| (i, j))).map(|(i, j)| sign(i, j)).collect()
    };
    let first = signs(pairs.iter().map(|pair| pair.0).collect());
    let second = signs(pairs.iter().map(|pair| pair.1).collect());
    let balance = |order: &[usize]| -> i32 {
        let of_pair =
            |(i, j): (usize, usize)| first[i * count + j] * second[order[i] * count + order[j]];
        (0..count).flat_map(|i| (0..i).map(move |j| (i, j))).map(of_pair).sum()
    };
    let mut order: Vec<usize> = (0..count).collect();
    let found = balance(&order);
    let (mut at_most, mut at_least, mut all) = (0_u32, 0_u32, 0_u32);
    // All orders in the sequence of Heap (1963).
    let mut swaps = vec![0; count];
    let mut depth = 0;
    loop {
        if depth == 0 {
            all += 1;
            let drawn = balance(&order);
            at_most += u32::from(drawn <= found);
            at_least += u32::from(drawn >= found);
            depth = 1;
        }
        if depth >= count {
            return (2.0 * f64::from(at_most.min(at_least)) / f64::from(all)).min(1.0);
        }
        if swaps[depth] < depth {
            let with = if depth % 2 == 0 { 0 } else { swaps[depth] };
            order.swap(with, depth);
            swaps[depth] += 1;
            depth = 0;
        } else {
            swaps[depth] = 0;
            depth += 1;
        }
    }
}

struct TieSums {
    groups: usize,
    pairs: f64,
    triples: f64,
    cubes: f64,
}

impl TieSums {
    /// Over values in which equal ones are neighbours.
    fn of<K: PartialEq>(values: impl Iterator<Item = K>) -> Self {
        let mut sums = Self { groups: 0, pairs: 0.0, triples: 0.0, cubes: 0.0 };
        let mut size = 0.0;
        let mut last = None;
        for value in values {
            if last.as_ref() == Some(&value) {
                size += 1.0;
            } else {
                sums.close(size);
                size = 1.0;
                last = Some(value);
            }
        }
        sums.close(size);
        sums
    }

    fn close(&mut self, size: f64) {
        if size > 0.0 {
            self.groups += 1;
            self.pairs += size * (size - 1.0) / 2.0;
            self.triples += size * (size - 1.0) * (size - 2.0);
            self.cubes += size * (size - 1.0) * (2.0 * size + 5.0);
        }
    }
}

/// Sorts and counts the pairs that were out of order, equal ones not among them.
fn inversions(values: &mut [u64], spare: &mut [u64]) -> u64 {
    let count = values.len();
    if count <= 16 {
        let mut found = 0;
        for at in 1..count {
            let mut slot = at;
            while slot > 0 && values[slot - 1] > values[slot] {
                values.swap(slot - 1, slot);
                slot -= 1;
                found += 1;
            }
        }
        return found;
    }
    let middle = count / 2;
    let (left, right) = values.split_at_mut(middle);
    let (left_spare, right_spare) = spare.split_at_mut(middle);
    let mut found = inversions(left, left_spare) + inversions(right, right_spare);
    let (mut i, mut j) = (0, 0);
    for slot in spare.iter_mut() {
        let from_left = j == right.len() || (i < left.len() && left[i] <= right[j]);
        if from_left {
            *slot = left[i];
            i += 1;
        } else {
            *slot = right[j];
            j += 1;
            found += (left.len() - i) as u64;
        }
    }
    values.copy_from_slice(spare);
    found
}

/// Two-sided p value from the number of permutations with each count of inversions.
fn exact_p(count: usize, discordant: usize) -> f64 {
    let all = count * (count - 1) / 2;
    let low = discordant.min(all - discordant);
    if 2 * low == all {
        return 1.0;
    }
    // Share of permutations of n with k inversions, built up one element at a time.
    let mut shares = vec![0.0; low + 1];
    shares[0] = 1.0;
    for size in 2..=count {
        let before = shares.clone();
        for (k, share) in shares.iter_mut().enumerate() {
            let from = (k + 1).saturating_sub(size);
            *share = sum(before[from..=k].iter().copied()) / size as f64;
        }
    }
    (2.0 * sum(shares.iter().copied())).min(1.0)
}

/// A correlation with its interval and test.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Correlation {
    /// The coefficient; interval by Fisher's z.
    pub figure: Figure,
    /// Two-sided p value of Student's t, never 0; not estimable for a coefficient of 1 or -1, whose t is infinite.
    pub p_value: Result<f64, NotEstimable>,
}

/// Pearson's correlation, interval by Fisher's z.
///
/// # Errors
/// Input faults; [`Because::TooFew`] below 3 complaints; [`Because::NoVariation`].
pub fn pearson(
    first: &[f64],
    second: &[f64],
    confidence: Confidence,
) -> Result<Correlation, EvaluateError> {
    check(first, second)?;
    Ok(product_moment(first, second, confidence, |_| 1.0)?)
}

/// Spearman's correlation of mid-ranks; interval by Fisher's z with Bonett and Wright's variance (2000). Below 10
/// complaints the figure carries [`Caution::RoughApproximation`].
///
/// # Errors
/// As [`pearson`].
pub fn spearman<S: Score, T: Score>(
    first: &[S],
    second: &[T],
    confidence: Confidence,
) -> Result<Correlation, EvaluateError> {
    check(first, second)?;
    let ranks = |keys: Vec<u64>| -> Vec<f64> {
        doubled_mid_ranks(&keys).iter().map(|&rank| rank as f64 / 2.0).collect()
    };
    let a = ranks(first.iter().map(|s| s.key()).collect());
    let b = ranks(second.iter().map(|s| s.key()).collect());
    let mut found = product_moment(&a, &b, confidence, |r| 1.0 + 0.5 * r * r)?;
    if first.len() < FEW_RANKED {
        found.figure.cautions = &[Caution::RoughApproximation];
    }
    Ok(found)
}

fn product_moment(
    first: &[f64],
    second: &[f64],
    confidence: Confidence,
    inflation: impl Fn(f64) -> f64,
) -> Result<Correlation, NotEstimable> {
    let count = first.len();
    if count < 3 {
        return NotEstimable::because(Because::TooFew {
            what: "complaints",
            found: count,
            needed: 3,
        });
    }
    let n = count as f64;
    let constant = |values: &[f64]| values.iter().all(|value| *value == values[0]);
    if constant(first) || constant(second) {
        return NotEstimable::because(Because::NoVariation { what: "the scores of one side" });
    }
    let (first, second) = (&*scaled(first), &*scaled(second));
    let (ma, mb) = (sum(first.iter().copied()) / n, sum(second.iter().copied()) / n);
    let va = sum(first.iter().map(|a| (a - ma).powi(2)));
    let vb = sum(second.iter().map(|b| (b - mb).powi(2)));
    if va <= 0.0 || vb <= 0.0 {
        return NotEstimable::because(Because::NoVariation { what: "the scores of one side" });
    }
    let cross = sum(first.iter().zip(second).map(|(a, b)| (a - ma) * (b - mb)));
    let r = (cross / va.sqrt() / vb.sqrt()).clamp(-1.0, 1.0);
    // Sums of n products are right to about n roundings: what is closer to the end than that is at the end.
    let r = if 1.0 - r.abs() <= 4.0 * n * f64::EPSILON { r.signum() } else { r };
    let interval = if count < 4 {
        NotEstimable::because(Because::TooFew { what: "complaints", found: count, needed: 4 })
    } else if r.abs() == 1.0 {
        NotEstimable::because(Because::AtTheEnd { value: r })
    } else {
        let error = (inflation(r) / (n - 3.0)).sqrt();
        Ok(Interval::wald(r.atanh(), error, confidence, Method::FisherZ).map(f64::tanh))
    };
    let p_value = if r.abs() == 1.0 {
        NotEstimable::because(Because::AtTheEnd { value: r })
    } else {
        let statistic = r * ((n - 2.0) / ((1.0 - r) * (1.0 + r))).sqrt();
        Ok(p_value(student_two_sided(statistic, n - 2.0)))
    };
    Ok(Correlation { figure: Figure::new(r, count, interval).with_range(-1.0, 1.0), p_value })
}

/// The values, times a power of two where their squares would leave the range of numbers.
fn scaled(values: &[f64]) -> std::borrow::Cow<'_, [f64]> {
    let largest = values.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    if (1e-100..=1e100).contains(&largest) {
        return values.into();
    }
    let factor = 2.0_f64.powi(-(largest.log2() as i32).clamp(-1_000, 1_000));
    values.iter().map(|value| value * factor).collect()
}

pub(crate) fn check<S: Score, T: Score>(first: &[S], second: &[T]) -> Result<(), InputError> {
    same_length("second scores", second.len(), first.len())?;
    let a = first.iter().map(|s| s.value()).enumerate();
    let b = second.iter().map(|s| s.value()).enumerate();
    match a.chain(b).find(|(_, value)| !value.is_finite()) {
        Some((row, value)) => Err(InputError::Score { row, value }),
        None => Ok(()),
    }
}
