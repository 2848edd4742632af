//! Sums over the joint patterns of two packs.

use super::pack::Pack;
use crate::base::widest;

/// Sums over joint patterns: a line for each pattern of the first pack, with room for `stride` of the second.
#[derive(Debug)]
pub(super) struct JointSums {
    sums: Vec<f64>,
    stride: usize,
}

/// One sum a joint pattern of a pack and each of one or two others.
// Inlined it takes a fifth longer: registers of its loop are lost to what is around it.
#[inline(never)]
pub(super) fn joint_sums(first: &Pack, others: &[&Pack], weight: &[f64]) -> Vec<JointSums> {
    let most = others.iter().map(|pack| pack.patterns).max().unwrap_or(0);
    match others {
        [b, c] if most <= 32 => two_at_once::<32>(first, [b, c], weight).into(),
        [b, c] if most <= 64 => two_at_once::<64>(first, [b, c], weight).into(),
        [b, c] if most <= 128 => two_at_once::<128>(first, [b, c], weight).into(),
        [b, c] => two_at_once::<256>(first, [b, c], weight).into(),
        _ => others.iter().map(|other| one_by_one(first, other, weight)).collect(),
    }
}

/// Two second packs at once; `STRIDE` is a power of 2 above every second code: the less room, the
/// nearer it stands.
fn two_at_once<const STRIDE: usize>(
    first: &Pack,
    [b, c]: [&Pack; 2],
    weight: &[f64],
) -> [JointSums; 2] {
    // A fixed stride needs no bounds check on the second code.
    let mut sums_b = vec![[0.0; STRIDE]; first.patterns];
    let mut sums_c = vec![[0.0; STRIDE]; first.patterns];
    let limit = first.patterns - 1;
    for (((x, y), z), w) in first.codes.iter().zip(&b.codes).zip(&c.codes).zip(weight) {
        let x = usize::from(*x).min(limit);
        sums_b[x][usize::from(*y) & (STRIDE - 1)] += w;
        sums_c[x][usize::from(*z) & (STRIDE - 1)] += w;
    }
    [sums_b, sums_c].map(|sums| JointSums { sums: sums.into_flattened(), stride: STRIDE })
}

fn one_by_one(a: &Pack, b: &Pack, weight: &[f64]) -> JointSums {
    let mut sums = vec![0.0; a.patterns * b.patterns];
    for ((x, y), w) in a.codes.iter().zip(&b.codes).zip(weight) {
        sums[usize::from(*x) * b.patterns + usize::from(*y)] += w;
    }
    JointSums { sums, stride: b.patterns }
}

/// Sum of products, in eight sums side by side that any processor adds up in the same order.
#[inline(always)]
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

/// `left' * sums * right` for tables (patterns x columns) of two packs.
pub(super) fn bilinear(
    left: &[f64],
    middle: &JointSums,
    right: &[f64],
    columns: [usize; 2],
) -> Vec<f64> {
    widest!(line_by_line(left, middle, right, columns))
}

#[inline(always)]
fn line_by_line(left: &[f64], middle: &JointSums, right: &[f64], columns: [usize; 2]) -> Vec<f64> {
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
    for (values, sums) in left.chunks_exact(left_width).zip(middle.sums.chunks_exact(middle.stride))
    {
        for (h, column) in half.iter_mut().zip(turned.chunks_exact(patterns)) {
            *h = dot(&sums[..patterns], column);
        }
        for (value, row) in values.iter().zip(result.chunks_exact_mut(right_width)) {
            for (r, h) in row.iter_mut().zip(&half) {
                *r += value * h;
            }
        }
    }
    result
}

/// The same for few patterns, whose sums stand line by line without gaps; `result` starts at 0.
pub(super) fn add_bilinear(
    left: &[f64],
    sums: &[f64],
    right: &[f64],
    [left_width, right_width]: [usize; 2],
    result: &mut [f64],
) {
    let patterns = (right.len() / right_width).max(1);
    if let ([target], 1, 1) = (&mut *result, left_width, right_width) {
        for (x, sums) in left.iter().zip(sums.chunks_exact(patterns)) {
            *target += x * sums.iter().zip(right).map(|(sum, y)| sum * y).sum::<f64>();
        }
        return;
    }
    for (values, sums) in left.chunks_exact(left_width).zip(sums.chunks_exact(patterns)) {
        for column in 0..right_width {
            let each = right[column..].iter().step_by(right_width);
            let half: f64 = sums.iter().zip(each).map(|(sum, y)| sum * y).sum();
            let targets = result[column..].iter_mut().step_by(right_width);
            for (target, x) in targets.zip(values) {
                *target += x * half;
            }
        }
    }
}
