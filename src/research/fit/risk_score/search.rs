//! Which items: beam search over supports, then exchanges.

use std::collections::BTreeSet;
use std::ops::Range;

use ndarray::Array2;

use super::super::progress::{FitProgress, Observer};
use super::super::{Columns, FitError};
use super::Counted;
use super::patterns::{Continuous, Patterns, Source, Weighted, sources};
use crate::base::in_order;
use crate::research::numeric::Factor;

/// Everything a search reads.
#[derive(Debug)]
pub(super) struct Problem<'a> {
    pub(super) columns: &'a Columns,
    pub(super) sources: Vec<Source<'a>>,
    pub(super) labels: Weighted,
    /// Lowest and highest points of each column.
    pub(super) bounds: Vec<(i32, i32)>,
    /// The columns of each item that may carry points; an item's are in one pack.
    pub(super) items: Vec<Vec<usize>>,
    pub(super) beam: usize,
    pub(super) children: usize,
}

/// Items in the order in which they came in, with the best real weights of their columns.
#[derive(Debug, Clone)]
pub(super) struct Support {
    pub(super) items: Vec<usize>,
    pub(super) fit: Continuous,
}

/// First and second moments of some columns of one item, weighted.
struct Moments {
    /// Residual times value, a column.
    score: Vec<f64>,
    /// Curvature times value, a column.
    mean: Vec<f64>,
    /// Curvature times the product of two values.
    square: Array2<f64>,
}

impl<'a> Problem<'a> {
    pub(super) fn new(
        columns: &'a Columns,
        labels: Weighted,
        bounds: Vec<(i32, i32)>,
        beam: usize,
        counted: Counted,
    ) -> Self {
        let mut items: Vec<Vec<usize>> = Vec::new();
        let mut last = None;
        for (column, item) in columns.items().iter().enumerate() {
            if bounds[column] == (0, 0) {
                continue;
            }
            match items.last_mut() {
                Some(group) if counted == Counted::Items && last == Some(item) => {
                    group.push(column);
                }
                _ => items.push(vec![column]),
            }
            last = Some(item);
        }
        Self { columns, sources: sources(columns), labels, bounds, items, beam, children: beam }
    }

    /// The columns of these items, in their order.
    pub(super) fn columns_of(&self, items: &[usize]) -> Vec<usize> {
        items.iter().flat_map(|item| self.items[*item].iter().copied()).collect()
    }

    /// Where the columns of one of these items are among the columns of all.
    pub(super) fn span(&self, items: &[usize], at: usize) -> Range<usize> {
        let start: usize = items[..at].iter().map(|item| self.items[*item].len()).sum();
        start..start + self.items[items[at]].len()
    }

    /// Rows folded by these items.
    pub(super) fn patterns(&self, items: &[usize], keep: bool) -> Patterns {
        let mut patterns = Patterns::whole(&self.labels);
        for (at, item) in items.iter().enumerate() {
            patterns = self.widened(&patterns, *item, keep || at + 1 < items.len());
        }
        patterns
    }

    /// Folds by one more item; `keep` says whether the rows' patterns are needed afterwards.
    pub(super) fn widened(&self, patterns: &Patterns, item: usize, keep: bool) -> Patterns {
        let add = |patterns: &Patterns, column: usize, keep: bool| {
            patterns.with_column(&self.sources[column], &self.labels, keep)
        };
        let columns = &self.items[item];
        let mut wider = add(patterns, columns[0], keep || columns.len() > 1);
        for (at, column) in columns.iter().enumerate().skip(1) {
            wider = add(&wider, *column, keep || at + 1 < columns.len());
        }
        wider
    }

    /// Items not among `taken`, by how much one Newton step on each alone would gain, best first.
    pub(super) fn candidates(
        &self,
        patterns: &Patterns,
        beta: &[f64],
        taken: &[usize],
        most: usize,
    ) -> Vec<usize> {
        let (probability, share) = patterns.derivatives(beta);
        let rows = self.labels.with.len();
        let mut residual = vec![0.0; rows];
        let mut curvature = vec![0.0; rows];
        for row in 0..rows {
            let id = patterns.ids[row] as usize;
            let all = self.labels.with[row] + self.labels.without[row];
            residual[row] = self.labels.with[row] - all * probability[id];
            curvature[row] = all * share[id];
        }
        let total: f64 = curvature.iter().sum();
        let scores = self.columns.pattern_sums(&residual);
        let spreads = self.columns.pattern_sums(&curvature);
        let sums: Vec<_> = self.columns.packs().iter().zip(scores).zip(spreads).collect();
        let mut gains = Vec::new();
        for (item, columns) in self.items.iter().enumerate() {
            if taken.contains(&item) {
                continue;
            }
            let pack = sums.iter().find(|((pack, _), _)| pack.columns.contains(&columns[0]));
            let moments = match pack {
                Some(((pack, scores), spreads)) => {
                    let in_pack: Vec<usize> = columns
                        .iter()
                        .filter_map(|column| {
                            pack.columns.iter().position(|packed| packed == column)
                        })
                        .collect();
                    let value = |pattern: usize, at: usize| pack.value(pattern as u8, in_pack[at]);
                    Moments::of(in_pack.len(), pack.patterns, scores, spreads, value)
                }
                None => {
                    let values = self.columns.column(columns[0]).unwrap_or_default();
                    Moments::of(1, rows, &residual, &curvature, |row, _| values[row])
                }
            };
            let bounds: Vec<(i32, i32)> =
                columns.iter().map(|column| self.bounds[*column]).collect();
            gains.extend(moments.gain(total, &bounds).map(|gain| (gain, item)));
        }
        gains.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        gains.into_iter().take(most).map(|(_, item)| item).collect()
    }

    /// The best supports of at most `size` items, best first.
    pub(super) fn search(
        &self,
        size: usize,
        observer: &mut Observer<'_>,
    ) -> Result<Vec<Support>, FitError> {
        let empty = Patterns::whole(&self.labels).fit(&[]);
        let mut beam = vec![Support { items: Vec::new(), fit: empty }];
        let of = size.min(self.items.len());
        for items in 0..of {
            let log_loss = beam.first().map_or(f64::INFINITY, |best| best.fit.loss);
            if observer(&FitProgress::Supports { items, of, log_loss }).is_break() {
                return Err(FitError::Cancelled);
            }
            let mut seen = BTreeSet::new();
            let mut jobs = Vec::new();
            let parents = in_order(beam.clone(), |parent| {
                let patterns = self.patterns(&parent.items, true);
                let candidates =
                    self.candidates(&patterns, &parent.fit.beta, &parent.items, self.children);
                (patterns, candidates)
            });
            for (number, (_, candidates)) in parents.iter().enumerate() {
                for item in candidates {
                    let mut items = beam[number].items.clone();
                    items.push(*item);
                    items.sort_unstable();
                    if seen.insert(items) {
                        jobs.push((number, *item));
                    }
                }
            }
            if jobs.is_empty() {
                break;
            }
            let mut next = in_order(jobs, |(number, item)| {
                let patterns = self.widened(&parents[number].0, item, false);
                let mut items = beam[number].items.clone();
                items.push(item);
                Support { items, fit: patterns.fit(&beam[number].fit.beta) }
            });
            sort(&mut next);
            next.truncate(self.beam);
            beam = next;
        }
        Ok(beam)
    }

    /// Exchanges one item at a time, from the best support until nothing improves; all that come within `gap` of the best.
    pub(super) fn exchange(
        &self,
        mut pool: Vec<Support>,
        gap: f64,
        most: usize,
        observer: &mut Observer<'_>,
    ) -> Result<Vec<Support>, FitError> {
        let key = |support: &Support| {
            let mut key = support.items.clone();
            key.sort_unstable();
            key
        };
        let mut seen: BTreeSet<Vec<usize>> = pool.iter().map(key).collect();
        let mut done: BTreeSet<Vec<usize>> = BTreeSet::new();
        for _ in 0..20 {
            let Some(best) = pool.first().filter(|best| done.insert(key(best))).cloned() else {
                break;
            };
            if observer(&FitProgress::Cards { log_loss: best.fit.loss }).is_break() {
                return Err(FitError::Cancelled);
            }
            let found = in_order(0..best.items.len(), |out: usize| {
                let mut kept = best.items.clone();
                kept.remove(out);
                let span = self.span(&best.items, out);
                let mut start = best.fit.beta.clone();
                start.drain(span.start + 1..span.end + 1);
                let patterns = self.patterns(&kept, true);
                let reduced = patterns.fit(&start);
                let candidates =
                    self.candidates(&patterns, &reduced.beta, &best.items, self.children);
                let exchanged = candidates.into_iter().map(|item| {
                    let mut items = kept.clone();
                    items.push(item);
                    let fit = self.widened(&patterns, item, false).fit(&reduced.beta);
                    Support { items, fit }
                });
                exchanged.collect::<Vec<_>>()
            });
            for support in found.into_iter().flatten() {
                if seen.insert(key(&support)) {
                    pool.push(support);
                }
            }
            sort(&mut pool);
            let limit = pool.first().map_or(f64::INFINITY, |best| best.fit.loss * (1.0 + gap));
            pool.retain(|support| support.fit.loss <= limit);
            pool.truncate(most);
        }
        Ok(pool)
    }
}

fn sort(supports: &mut [Support]) {
    supports.sort_by(|a, b| a.fit.loss.total_cmp(&b.fit.loss).then_with(|| a.items.cmp(&b.items)));
}

impl Moments {
    /// Over `entries`, each with a sum of residuals and of curvatures.
    fn of(
        width: usize,
        entries: usize,
        residual: &[f64],
        curvature: &[f64],
        value: impl Fn(usize, usize) -> f64,
    ) -> Self {
        let mut moments = Self {
            score: vec![0.0; width],
            mean: vec![0.0; width],
            square: Array2::zeros((width, width)),
        };
        for entry in 0..entries {
            for at in 0..width {
                let x = value(entry, at);
                moments.score[at] += residual[entry] * x;
                moments.mean[at] += curvature[entry] * x;
                for other in 0..=at {
                    moments.square[[at, other]] += curvature[entry] * x * value(entry, other);
                }
            }
        }
        moments
    }

    /// What one Newton step on the columns whose sign is allowed would gain.
    fn gain(&self, total: f64, bounds: &[(i32, i32)]) -> Option<f64> {
        let total = total.max(f64::MIN_POSITIVE);
        let spread = |at: usize, other: usize| {
            self.square[[at, other]] - self.mean[at] * self.mean[other] / total
        };
        let useful: Vec<usize> = (0..self.score.len())
            .filter(|at| {
                let (low, high) = bounds[*at];
                let allowed =
                    (self.score[*at] > 0.0 && high > 0) || (self.score[*at] < 0.0 && low < 0);
                allowed && spread(*at, *at) > 1e-9 * self.square[[*at, *at]]
            })
            .collect();
        let alone = |at: usize| self.score[at] * self.score[at] / spread(at, at);
        if let [at] = useful[..] {
            return Some(alone(at));
        }
        let matrix = Array2::from_shape_fn((useful.len(), useful.len()), |(j, k)| {
            spread(useful[j.max(k)], useful[j.min(k)])
        });
        // Columns that repeat each other gain what the best of them does.
        let most = useful.iter().map(|at| alone(*at)).reduce(f64::max)?;
        let Ok(factor) = Factor::new(&matrix, 1e-9) else { return Some(most) };
        let score: Vec<f64> = useful.iter().map(|at| self.score[*at]).collect();
        Some(factor.solve(&score).iter().zip(&score).map(|(step, s)| step * s).sum())
    }
}
