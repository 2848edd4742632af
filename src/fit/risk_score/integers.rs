//! From real weights to whole points that lose least.

use super::patterns::{Patterns, cell_loss};

/// Totals are counted in bins where they are whole and span no more than this.
const MOST_BINS: usize = 8_192;

/// Points with the best intercept and slope for their totals.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rounded {
    pub(super) points: Vec<i32>,
    pub(super) intercept: f64,
    /// Log-odds a point; above 0.
    pub(super) slope: f64,
    pub(super) loss: f64,
}

/// Rounds one support: rays of multipliers, then single steps and pairs of steps while they improve.
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
    let reach = bounds.iter().map(|(low, high)| low.abs().max(high.abs())).max().unwrap_or(1);
    let mut starts: Vec<Rounded> = Vec::new();
    for ray in 0..rays {
        // From one point for the largest weight to the whole range for it, and a little beyond.
        let share = (ray + 1) as f64 / rays as f64;
        let multiplier = (1.0 + share * (1.5 * f64::from(reach) - 1.0)) / largest;
        let points: Vec<i32> = weights
            .iter()
            .zip(bounds)
            .map(|(w, (low, high))| ((w * multiplier).round() as i32).clamp(*low, *high))
            .collect();
        if points.iter().any(|point| *point != 0)
            && starts.iter().all(|start| start.points != points)
        {
            starts.extend(evaluate(patterns, points, 1.0 / multiplier));
        }
    }
    starts.sort_by(|a, b| a.loss.total_cmp(&b.loss).then_with(|| a.points.cmp(&b.points)));
    starts.truncate(3);
    let descended = starts.into_iter().map(|start| descend(patterns, start, bounds));
    descended.min_by(|a, b| a.loss.total_cmp(&b.loss).then_with(|| a.points.cmp(&b.points)))
}

/// Single steps, then pairs of steps, while the loss falls.
pub(super) fn descend(patterns: &Patterns, mut best: Rounded, bounds: &[(i32, i32)]) -> Rounded {
    let width = best.points.len();
    let allowed =
        |points: &[i32]| points.iter().zip(bounds).all(|(p, (low, high))| low <= p && p <= high);
    let better = |points: Vec<i32>, best: &Rounded| {
        let found = allowed(&points).then(|| evaluate(patterns, points, best.slope)).flatten()?;
        (found.loss < best.loss - 1e-9 * best.loss.abs()).then_some(found)
    };
    for _ in 0..100 {
        let mut improved = false;
        for j in 0..width {
            for step in [1, -1, 2, -2] {
                let mut points = best.points.clone();
                points[j] += step;
                if let Some(found) = better(points, &best) {
                    best = found;
                    improved = true;
                }
            }
        }
        if improved {
            continue;
        }
        for j in 0..width {
            for k in 0..j {
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
        }
        if !improved {
            break;
        }
    }
    best
}

/// The totals of these points with their weights with and without the outcome.
fn totals(patterns: &Patterns, points: &[i32]) -> Vec<(f64, f64, f64)> {
    let total = |pattern: usize| {
        let row = &patterns.values[pattern * patterns.width..(pattern + 1) * patterns.width];
        row.iter().zip(points).map(|(x, p)| x * f64::from(*p)).sum::<f64>()
    };
    let all: Vec<f64> = (0..patterns.with.len()).map(total).collect();
    let low = all.iter().copied().fold(f64::INFINITY, f64::min);
    let high = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let whole = all.iter().all(|total| total.fract() == 0.0) && high - low < MOST_BINS as f64;
    if !whole {
        return (0..all.len())
            .map(|at| (all[at], patterns.with[at], patterns.without[at]))
            .collect();
    }
    let mut bins = vec![(0.0, 0.0); (high - low) as usize + 1];
    for (at, total) in all.iter().enumerate() {
        let bin = &mut bins[(total - low) as usize];
        bin.0 += patterns.with[at];
        bin.1 += patterns.without[at];
    }
    let filled = bins.into_iter().enumerate().filter(|(_, bin)| bin.0 + bin.1 > 0.0);
    filled.map(|(at, (with, without))| (low + at as f64, with, without)).collect()
}

/// Best intercept and slope for these points; `None` where the slope would not be above 0.
pub(super) fn evaluate(patterns: &Patterns, points: Vec<i32>, slope: f64) -> Option<Rounded> {
    let cells = totals(patterns, &points);
    let (with, without) =
        cells.iter().fold((0.0, 0.0), |sum, cell| (sum.0 + cell.1, sum.1 + cell.2));
    let center = cells.iter().map(|(total, w, v)| total * (w + v)).sum::<f64>() / (with + without);
    let loss_at = |a: f64, b: f64| {
        cells.iter().map(|(t, w, v)| cell_loss(a + b * (t - center), *w, *v)).sum::<f64>()
    };
    let (mut a, mut b) = ((with / without).ln(), slope);
    let mut loss = loss_at(a, b);
    for _ in 0..50 {
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
    (b > 0.0).then(|| Rounded { points, intercept: a - b * center, slope: b, loss })
}
