//! Which columns: beam search over supports, then exchanges.

use std::collections::BTreeSet;

use super::super::Columns;
use super::patterns::{Continuous, Patterns, Source, Weighted, sources};
use crate::numeric::in_order;

/// Everything a search reads.
#[derive(Debug)]
pub(super) struct Problem<'a> {
    pub(super) columns: &'a Columns,
    pub(super) sources: Vec<Source<'a>>,
    pub(super) labels: Weighted,
    /// Lowest and highest points of each column.
    pub(super) bounds: Vec<(i32, i32)>,
    pub(super) beam: usize,
    pub(super) children: usize,
}

/// Columns in rising order with their best real weights, in that order.
#[derive(Debug, Clone)]
pub(super) struct Support {
    pub(super) columns: Vec<usize>,
    pub(super) fit: Continuous,
}

impl<'a> Problem<'a> {
    pub(super) fn new(
        columns: &'a Columns,
        labels: Weighted,
        bounds: Vec<(i32, i32)>,
        beam: usize,
    ) -> Self {
        Self { columns, sources: sources(columns), labels, bounds, beam, children: beam }
    }

    /// Rows folded by these columns.
    pub(super) fn patterns(&self, columns: &[usize], keep: bool) -> Patterns {
        let mut patterns = Patterns::whole(&self.labels);
        for (at, column) in columns.iter().enumerate() {
            patterns = patterns.with_column(
                &self.sources[*column],
                &self.labels,
                keep || at + 1 < columns.len(),
            );
        }
        patterns
    }

    /// Columns not among `taken`, by how much one Newton step on each alone would gain, best first.
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
        let mut gains = Vec::new();
        let mut consider = |place: usize, score: f64, mean: f64, square: f64| {
            let spread = square - mean * mean / total.max(f64::MIN_POSITIVE);
            let (low, high) = self.bounds[place];
            let allowed = (score > 0.0 && high > 0) || (score < 0.0 && low < 0);
            if allowed && spread > 1e-9 * square && !taken.contains(&place) {
                gains.push((score * score / spread, place));
            }
        };
        for pack in self.columns.packs() {
            let (scores, spreads) = (pack.sums(&residual), pack.sums(&curvature));
            for (at, place) in pack.columns.iter().enumerate() {
                let (mut score, mut mean, mut square) = (0.0, 0.0, 0.0);
                for pattern in 0..pack.patterns {
                    let x = pack.value(pattern as u8, at);
                    score += scores[pattern] * x;
                    mean += spreads[pattern] * x;
                    square += spreads[pattern] * x * x;
                }
                consider(*place, score, mean, square);
            }
        }
        for place in self.columns.dense_places() {
            let (mut score, mut mean, mut square) = (0.0, 0.0, 0.0);
            for (row, x) in self.columns.column(*place).unwrap_or_default().into_iter().enumerate()
            {
                score += residual[row] * x;
                mean += curvature[row] * x;
                square += curvature[row] * x * x;
            }
            consider(*place, score, mean, square);
        }
        gains.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        gains.into_iter().take(most).map(|(_, place)| place).collect()
    }

    /// The best supports of at most `size` columns, best first.
    pub(super) fn search(&self, size: usize) -> Vec<Support> {
        let empty = Patterns::whole(&self.labels).fit(&[]);
        let mut beam = vec![Support { columns: Vec::new(), fit: empty }];
        for _ in 0..size {
            let mut seen = BTreeSet::new();
            let mut jobs = Vec::new();
            let parents = in_order(beam.clone(), |parent| {
                let patterns = self.patterns(&parent.columns, true);
                let candidates =
                    self.candidates(&patterns, &parent.fit.beta, &parent.columns, self.children);
                (patterns, candidates)
            });
            for (number, (_, candidates)) in parents.iter().enumerate() {
                for column in candidates {
                    let mut columns = beam[number].columns.clone();
                    columns.push(*column);
                    let mut key = columns.clone();
                    key.sort_unstable();
                    if seen.insert(key) {
                        jobs.push((number, *column));
                    }
                }
            }
            if jobs.is_empty() {
                break;
            }
            let mut next = in_order(jobs, |(number, column)| {
                let patterns =
                    parents[number].0.with_column(&self.sources[column], &self.labels, false);
                let mut columns = beam[number].columns.clone();
                columns.push(column);
                Support { columns, fit: patterns.fit(&beam[number].fit.beta) }
            });
            next.sort_by(|a, b| {
                a.fit.loss.total_cmp(&b.fit.loss).then_with(|| a.columns.cmp(&b.columns))
            });
            next.truncate(self.beam);
            beam = next;
        }
        beam
    }

    /// Exchanges one column at a time, from the best support until nothing improves; all that come within `gap` of the best.
    pub(super) fn exchange(&self, mut pool: Vec<Support>, gap: f64, most: usize) -> Vec<Support> {
        let key = |support: &Support| {
            let mut key = support.columns.clone();
            key.sort_unstable();
            key
        };
        let mut seen: BTreeSet<Vec<usize>> = pool.iter().map(key).collect();
        let mut done: BTreeSet<Vec<usize>> = BTreeSet::new();
        for _ in 0..20 {
            let Some(best) = pool.first().filter(|best| done.insert(key(best))).cloned() else {
                break;
            };
            let found = in_order((0..best.columns.len()).collect(), |out: usize| {
                let mut kept = best.columns.clone();
                kept.remove(out);
                let mut start = best.fit.beta.clone();
                start.remove(out + 1);
                let patterns = self.patterns(&kept, true);
                let reduced = patterns.fit(&start);
                let candidates =
                    self.candidates(&patterns, &reduced.beta, &best.columns, self.children);
                let exchanged = candidates.into_iter().map(|column| {
                    let mut columns = kept.clone();
                    columns.push(column);
                    let fit = patterns
                        .with_column(&self.sources[column], &self.labels, false)
                        .fit(&reduced.beta);
                    Support { columns, fit }
                });
                exchanged.collect::<Vec<_>>()
            });
            for support in found.into_iter().flatten() {
                if seen.insert(key(&support)) {
                    pool.push(support);
                }
            }
            pool.sort_by(|a, b| {
                a.fit.loss.total_cmp(&b.fit.loss).then_with(|| a.columns.cmp(&b.columns))
            });
            let limit = pool.first().map_or(f64::INFINITY, |best| best.fit.loss * (1.0 + gap));
            pool.retain(|support| support.fit.loss <= limit);
            pool.truncate(most);
        }
        pool
    }
}
