//! From real weights to whole points that lose least.

use std::collections::BTreeSet;

use super::patterns::{Patterns, cell_loss};

/// Totals are counted in bins where they are whole and span no more than this.
const MOST_BINS: i32 = 8_192;

/// Points with the best intercept and slope for their totals.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rounded {
    pub(super) points: Vec<i32>,
    pub(super) intercept: f64,
    /// Log-odds a point; above 0.
    pub(super) slope: f64,
    pub(super) loss: f64,
}

/// Patterns ready for whole points: columns of small whole numbers where all values are such.
#[derive(Debug)]
pub(super) struct Scorer<'a> {
    patterns: &'a Patterns,
    /// One entry a pattern for each column; empty where a value is not a small whole number.
    whole: Vec<Vec<i32>>,
}

/// A trial that loses this much more than the best after its first step is given up.
const HOPELESS: f64 = 1.01;

impl<'a> Scorer<'a> {
    pub(super) fn new(patterns: &'a Patterns) -> Self {
        let small = patterns.values.iter().all(|x| x.fract() == 0.0 && x.abs() <= 1_000.0);
        let column = |j: usize| {
            patterns.values.iter().skip(j).step_by(patterns.width).map(|x| *x as i32).collect()
        };
        let whole = if small { (0..patterns.width).map(column).collect() } else { Vec::new() };
        Self { patterns, whole }
    }

    /// The totals of these points with their weights with and without the outcome.
    fn totals(&self, points: &[i32]) -> Vec<(f64, f64, f64)> {
        let patterns = self.patterns;
        let count = patterns.with.len();
        if !self.whole.is_empty() {
            let mut totals = vec![0; count];
            for (column, points) in
                self.whole.iter().zip(points).filter(|(_, points)| **points != 0)
            {
                for (total, x) in totals.iter_mut().zip(column) {
                    *total += x * points;
                }
            }
            let (low, high) =
                totals.iter().fold((0, 0), |(low, high), t| ((*t).min(low), (*t).max(high)));
            if high - low < MOST_BINS {
                let mut bins = vec![(0.0, 0.0); (high - low) as usize + 1];
                for ((total, with), without) in
                    totals.iter().zip(&patterns.with).zip(&patterns.without)
                {
                    let bin = &mut bins[(total - low) as usize];
                    bin.0 += with;
                    bin.1 += without;
                }
                let filled = bins.into_iter().enumerate().filter(|(_, bin)| bin.0 + bin.1 > 0.0);
                return filled
                    .map(|(at, (with, without))| (f64::from(low) + at as f64, with, without))
                    .collect();
            }
        }
        let total = |pattern: usize| {
            let row = &patterns.values[pattern * patterns.width..(pattern + 1) * patterns.width];
            row.iter().zip(points).map(|(x, p)| x * f64::from(*p)).sum::<f64>()
        };
        (0..count).map(|at| (total(at), patterns.with[at], patterns.without[at])).collect()
    }
}

/// Rounds one support: rays of multipliers, then single steps while they improve.
///
/// After Liu et al. 2022 ("FasterRisk: fast and accurate interpretable risk scores"), section 3.3,
/// except that the intercept and the multiplier are refitted to every card instead of being rounded
/// with it, which costs two parameters of a fit on the totals.
pub(super) fn round(
    patterns: &Patterns,
    weights: &[f64],
    bounds: &[(i32, i32)],
    rays: usize,
) -> Option<Rounded> {
    let largest = weights.iter().fold(0.0_f64, |top, w| top.max(w.abs()));
    if largest == 0.0 {
        return None;
    }
    let scorer = Scorer::new(patterns);
    let reach = bounds.iter().map(|(low, high)| low.abs().max(high.abs())).max().unwrap_or(1);
    let mut starts: Vec<Rounded> = Vec::new();
    let mut seen = BTreeSet::new();
    for ray in 0..rays {
        // From one point for the largest weight to the whole range for it, and a little beyond.
        let share = (ray + 1) as f64 / rays as f64;
        let multiplier = (1.0 + share * (1.5 * f64::from(reach) - 1.0)) / largest;
        let points: Vec<i32> = weights
            .iter()
            .zip(bounds)
            .map(|(w, (low, high))| ((w * multiplier).round() as i32).clamp(*low, *high))
            .collect();
        if points.iter().any(|point| *point != 0) && seen.insert(points.clone()) {
            starts.extend(evaluate(&scorer, points, 1.0 / multiplier, f64::INFINITY));
        }
    }
    starts.sort_by(|a, b| a.loss.total_cmp(&b.loss).then_with(|| a.points.cmp(&b.points)));
    starts.truncate(2);
    let descended = starts.into_iter().map(|start| descend(&scorer, start, bounds, false));
    descended.min_by(|a, b| a.loss.total_cmp(&b.loss).then_with(|| a.points.cmp(&b.points)))
}

/// Single steps, and where asked for pairs of steps, while the loss falls.
pub(super) fn descend(
    scorer: &Scorer<'_>,
    mut best: Rounded,
    bounds: &[(i32, i32)],
    pairs: bool,
) -> Rounded {
    let width = best.points.len();
    let allowed =
        |points: &[i32]| points.iter().zip(bounds).all(|(p, (low, high))| low <= p && p <= high);
    let better = |points: Vec<i32>, best: &Rounded| {
        let found =
            allowed(&points).then(|| evaluate(scorer, points, best.slope, best.loss)).flatten()?;
        (found.loss < best.loss - 1e-9 * best.loss.abs()).then_some(found)
    };
    for _ in 0..100 {
        let mut improved = false;
        for j in 0..width {
            for step in [1, -1] {
                let mut points = best.points.clone();
                points[j] += step;
                if let Some(found) = better(points, &best) {
                    best = found;
                    improved = true;
                    break;
                }
            }
        }
        if improved {
            continue;
        }
        for (j, k) in (0..width).flat_map(|j| (0..j).map(move |k| (j, k))).filter(|_| pairs) {
            for (step, other) in [(1, 1), (-1, -1), (1, -1), (-1, 1)] {
                let mut points = best.points.clone();
                points[j] += step;
                points[k] += other;
                if let Some(found) = better(points, &best) {
                    best = found;
                    improved = true;
                }
            }
        }
        if !improved {
            break;
        }
    }
    best
}

/// Best intercept and slope for these points; `None` where the slope would not be above 0, or the loss far above `best`.
pub(super) fn evaluate(
    scorer: &Scorer<'_>,
    points: Vec<i32>,
    slope: f64,
    best: f64,
) -> Option<Rounded> {
    let cells = scorer.totals(&points);
    let (with, without) =
        cells.iter().fold((0.0, 0.0), |sum, cell| (sum.0 + cell.1, sum.1 + cell.2));
    let center = cells.iter().map(|(total, w, v)| total * (w + v)).sum::<f64>() / (with + without);
    let loss_at = |a: f64, b: f64| {
        cells.iter().map(|(t, w, v)| cell_loss(a + b * (t - center), *w, *v)).sum::<f64>()
    };
    let (mut a, mut b) = ((with / without).ln(), slope);
    let mut loss = loss_at(a, b);
    for step in 0..50 {
        if step == 2 && loss > HOPELESS * best {
            return None;
        }
        let (mut g0, mut g1, mut h00, mut h01, mut h11) = (0.0, 0.0, 0.0, 0.0, 1e-9);
        for (total, with, without) in &cells {
            let t = total - center;
            let p = 1.0 / (1.0 + (-(a + b * t)).exp());
            let residual = with - (with + without) * p;
            let curvature = (with + without) * p * (1.0 - p);
            g0 += residual;
            g1 += residual * t;
            h00 += curvature;
            h01 += curvature * t;
            h11 += curvature * t * t;
        }
        let determinant = h00 * h11 - h01 * h01;
        if determinant <= 0.0 {
            return None;
        }
        let (d0, d1) = ((h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant);
        if d0 * g0 + d1 * g1 < 1e-11 * (1.0 + loss) {
            break;
        }
        let mut length = 1.0;
        loop {
            let after = loss_at(a + length * d0, b + length * d1);
            if after <= loss {
                (a, b, loss) = (a + length * d0, b + length * d1, after);
                break;
            }
            length *= 0.5;
            if length < 1e-6 {
                break;
            }
        }
        if length < 1e-6 {
            break;
        }
    }
    (b > 0.0).then_some(Rounded { points, intercept: a - b * center, slope: b, loss })
}
