//! Sums over the joint patterns of two packs.

use super::pack::Pack;

/// One sum a joint pattern of two packs, for one or two second packs at once; `STRIDE` is 32, 128 or 256, above
/// every second code.
pub(super) fn joint_sums<const STRIDE: usize>(
    first: &Pack,
    second: [&Pack; 2],
    weight: &[f64],
) -> [Vec<f64>; 2] {
    let [b, c] = second;
    // A fixed stride needs no bounds check on the second code.
    let mut sums_b = vec![[0.0; STRIDE]; first.patterns];
    let mut sums_c = vec![[0.0; STRIDE]; first.patterns];
    let limit = first.patterns - 1;
    for (((x, y), z), w) in first.codes.iter().zip(&b.codes).zip(&c.codes).zip(weight) {
        let x = usize::from(*x).min(limit);
        sums_b[x][usize::from(*y) & (STRIDE - 1)] += w;
        sums_c[x][usize::from(*z) & (STRIDE - 1)] += w;
    }
    let flat = |sums: &[[f64; STRIDE]], patterns: usize| {
        sums.iter().flat_map(|row| row[..patterns].iter().copied()).collect()
    };
    [flat(&sums_b, b.patterns), flat(&sums_c, c.patterns)]
}

/// One sum a joint pattern of two packs of any size.
pub(super) fn joint_sums_wide(a: &Pack, b: &Pack, weight: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; a.patterns * b.patterns];
    for ((x, y), w) in a.codes.iter().zip(&b.codes).zip(weight) {
        sums[usize::from(*x) * b.patterns + usize::from(*y)] += w;
    }
    sums
}

/// Sum of products, in eight sums side by side that any processor adds up in the same order.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; 8];
    let (eights, others) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f64 = eights.remainder().iter().zip(others.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in eights.zip(others) {
        for (lane, (x, y)) in lanes.iter_mut().zip(x.iter().zip(y)) {
            *lane += x * y;
        }
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    (((a + b) + (c + d)) + ((e + f) + (g + h))) + rest
}

/// `left' * middle * right` for tables (patterns x columns) and a matrix (patterns x patterns).
pub(super) fn bilinear(
    left: &[f64],
    middle: &[f64],
    right: &[f64],
    columns: [usize; 2],
) -> Vec<f64> {
    let [left_width, right_width] = columns;
    let patterns = right.len() / right_width;
    let mut turned = vec![0.0; right.len()];
    for (pattern, row) in right.chunks_exact(right_width).enumerate() {
        for (column, value) in row.iter().enumerate() {
            turned[column * patterns + pattern] = *value;
        }
    }
    let mut result = vec![0.0; left_width * right_width];
    let mut half = vec![0.0; right_width];
    for (values, sums) in left.chunks_exact(left_width).zip(middle.chunks_exact(patterns)) {
        for (h, column) in half.iter_mut().zip(turned.chunks_exact(patterns)) {
            *h = dot(sums, column);
        }
        for (value, row) in values.iter().zip(result.chunks_exact_mut(right_width)) {
            for (r, h) in row.iter_mut().zip(&half) {
                *r += value * h;
            }
        }
    }
    result
}
