//! A design held as a matrix of floats, read in blocks that fit the cache.

use std::ops::Range;

use ndarray::{Array2, ArrayView2};

use super::logistic_design::{Design, Scaling, center_and_scale};
use crate::base::{in_order, parts};

/// Rows packed at a time; one packed column is 2 KiB.
const BLOCK: usize = 256;
/// Sums run in this many lanes, whatever the vector width of the machine.
const LANES: usize = 4;

/// A borrowed matrix (rows x columns), any memory order, with or without an intercept in front.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DenseDesign<'a> {
    matrix: ArrayView2<'a, f64>,
    intercept: bool,
}

impl<'a> DenseDesign<'a> {
    pub(crate) fn new(matrix: ArrayView2<'a, f64>, intercept: bool) -> Self {
        Self { matrix, intercept }
    }

    /// Writes the standardised rows of `range`, one packed column of `BLOCK` after another.
    fn pack(&self, scaling: &Scaling, range: Range<usize>, packed: &mut [f64]) {
        let lead = usize::from(self.intercept);
        let length = range.len();
        if self.intercept {
            packed[..length].fill(1.0);
        }
        let inverse: Vec<f64> = scaling.scale[lead..].iter().map(|scale| 1.0 / scale).collect();
        let centers = &scaling.center[lead..];
        let target = &mut packed[lead * BLOCK..];
        for (slot, row) in range.enumerate() {
            for (j, value) in self.matrix.row(row).iter().enumerate() {
                target[j * BLOCK + slot] = (value - centers[j]) * inverse[j];
            }
        }
        for column in packed.chunks_exact_mut(BLOCK) {
            column[length..].fill(0.0);
        }
    }

    /// Weighted mean of each column and the mean square about it.
    pub(crate) fn moments(&self, weights: Option<&[f64]>) -> Vec<(f64, f64)> {
        let width = self.width();
        let weight = |row: usize| weights.map_or(1.0, |w| w[row]);
        let raw = Scaling { center: vec![0.0; width], scale: vec![1.0; width] };
        let first = self.total(width + 1, |block, packed, sum| {
            self.pack(&raw, block.clone(), packed);
            sum[width] += block.clone().map(weight).sum::<f64>();
            for (column, total) in packed.chunks_exact(BLOCK).zip(sum.iter_mut()) {
                *total += block.clone().zip(column).map(|(row, x)| weight(row) * x).sum::<f64>();
            }
        });
        let all = first[width];
        let means: Vec<f64> = first[..width].iter().map(|sum| sum / all).collect();
        let centered = Scaling { center: means.clone(), scale: vec![1.0; width] };
        let second = self.total(width, |block, packed, sum| {
            self.pack(&centered, block.clone(), packed);
            for (column, total) in packed.chunks_exact(BLOCK).zip(sum.iter_mut()) {
                *total +=
                    block.clone().zip(column).map(|(row, x)| weight(row) * x * x).sum::<f64>();
            }
        });
        means.into_iter().zip(second).map(|(mean, square)| (mean, square / all)).collect()
    }

    fn blocks(range: &Range<usize>) -> impl Iterator<Item = Range<usize>> + use<> {
        let end = range.end;
        range.clone().step_by(BLOCK).map(move |start| start..(start + BLOCK).min(end))
    }

    /// Adds up one vector per part, in part order.
    fn total(
        &self,
        length: usize,
        job: impl Fn(Range<usize>, &mut [f64], &mut [f64]) + Sync,
    ) -> Vec<f64> {
        let partial = in_order(parts(self.rows()), |range| {
            let mut sum = vec![0.0; length];
            let mut packed = vec![0.0; self.width() * BLOCK];
            for block in Self::blocks(&range) {
                job(block, &mut packed, &mut sum);
            }
            sum
        });
        let mut total = vec![0.0; length];
        for part in partial {
            for (sum, value) in total.iter_mut().zip(part) {
                *sum += value;
            }
        }
        total
    }

    /// Fills `out` block by block.
    fn fill(&self, out: &mut [f64], job: impl Fn(Range<usize>, &mut [f64], &mut [f64]) + Sync) {
        let mut items = Vec::new();
        let mut rest = out;
        for range in parts(self.rows()) {
            let (head, tail) = rest.split_at_mut(range.len());
            items.push((range, head));
            rest = tail;
        }
        in_order(items, |(range, part): (Range<usize>, &mut [f64])| {
            let mut packed = vec![0.0; self.width() * BLOCK];
            for (block, target) in Self::blocks(&range).zip(part.chunks_mut(BLOCK)) {
                job(block, &mut packed, target);
            }
        });
    }
}

/// Dot product of two packed columns in a fixed order.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; LANES];
    for (x, y) in a.chunks_exact(LANES).zip(b.chunks_exact(LANES)) {
        for lane in 0..LANES {
            lanes[lane] += x[lane] * y[lane];
        }
    }
    (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
}

/// Four dot products at once: rows `a0`, `a1` against `b0`, `b1`.
fn dot_tile(a0: &[f64], a1: &[f64], b0: &[f64], b1: &[f64]) -> [f64; 4] {
    let mut lanes = [[0.0; LANES]; 4];
    for (((x0, x1), y0), y1) in a0
        .chunks_exact(LANES)
        .zip(a1.chunks_exact(LANES))
        .zip(b0.chunks_exact(LANES))
        .zip(b1.chunks_exact(LANES))
    {
        for lane in 0..LANES {
            lanes[0][lane] += x0[lane] * y0[lane];
            lanes[1][lane] += x0[lane] * y1[lane];
            lanes[2][lane] += x1[lane] * y0[lane];
            lanes[3][lane] += x1[lane] * y1[lane];
        }
    }
    lanes.map(|lane| (lane[0] + lane[2]) + (lane[1] + lane[3]))
}

impl Design for DenseDesign<'_> {
    fn rows(&self) -> usize {
        self.matrix.nrows()
    }

    fn width(&self) -> usize {
        self.matrix.ncols() + usize::from(self.intercept)
    }

    fn has_intercept(&self) -> bool {
        self.intercept
    }

    fn scaling(&self, weights: Option<&[f64]>) -> Scaling {
        let (mut center, mut scale): (Vec<f64>, Vec<f64>) = self
            .moments(weights)
            .into_iter()
            .map(|(mean, square)| center_and_scale(mean, square, self.intercept))
            .unzip();
        if self.intercept {
            center[0] = 0.0;
            scale[0] = 1.0;
        }
        Scaling { center, scale }
    }

    fn linear(&self, scaling: &Scaling, coefficients: &[f64], out: &mut [f64]) {
        self.fill(out, |block, packed, target| {
            self.pack(scaling, block, packed);
            target.fill(0.0);
            for (column, coefficient) in packed.chunks_exact(BLOCK).zip(coefficients) {
                for (sum, x) in target.iter_mut().zip(column) {
                    *sum += coefficient * x;
                }
            }
        });
    }

    fn gradient(&self, scaling: &Scaling, residual: &[f64]) -> Vec<f64> {
        self.total(self.width(), |block, packed, sum| {
            self.pack(scaling, block.clone(), packed);
            let mut padded = [0.0; BLOCK];
            padded[..block.len()].copy_from_slice(&residual[block]);
            for (column, total) in packed.chunks_exact(BLOCK).zip(sum.iter_mut()) {
                *total += dot(column, &padded);
            }
        })
    }

    fn information(&self, scaling: &Scaling, weight: &[f64]) -> Array2<f64> {
        let width = self.width();
        let flat = self.total(width * width, |block, packed, sum| {
            self.pack(scaling, block.clone(), packed);
            let mut weighted = packed.to_vec();
            for column in weighted.chunks_exact_mut(BLOCK) {
                for (x, w) in column.iter_mut().zip(&weight[block.clone()]) {
                    *x *= w;
                }
            }
            let plain = |j: usize| &packed[j * BLOCK..(j + 1) * BLOCK];
            let heavy = |j: usize| &weighted[j * BLOCK..(j + 1) * BLOCK];
            let mut j = 0;
            while j < width {
                // An odd last column stands in for its missing neighbour; its double is not kept.
                let next_j = (j + 1).min(width - 1);
                let mut k = 0;
                while k <= next_j {
                    let next_k = (k + 1).min(width - 1);
                    let tile = dot_tile(heavy(j), heavy(next_j), plain(k), plain(next_k));
                    sum[j * width + k] += tile[0];
                    if next_k > k {
                        sum[j * width + next_k] += tile[1];
                    }
                    if next_j > j {
                        sum[next_j * width + k] += tile[2];
                    }
                    if next_j > j && next_k > k {
                        sum[next_j * width + next_k] += tile[3];
                    }
                    k += 2;
                }
                j += 2;
            }
        });
        Array2::from_shape_fn((width, width), |(j, k)| flat[j.max(k) * width + j.min(k)])
    }

    fn quadratic(&self, scaling: &Scaling, matrix: &Array2<f64>, out: &mut [f64]) {
        let width = self.width();
        self.fill(out, |block, packed, target| {
            self.pack(scaling, block, packed);
            target.fill(0.0);
            let column = |j: usize| &packed[j * BLOCK..(j + 1) * BLOCK];
            let mut inner = [0.0; BLOCK];
            for j in 0..width {
                inner.fill(0.0);
                for k in 0..j {
                    let twice = 2.0 * matrix[[j, k]];
                    for (sum, x) in inner.iter_mut().zip(column(k)) {
                        *sum += twice * x;
                    }
                }
                let diagonal = matrix[[j, j]];
                for ((sum, x), part) in target.iter_mut().zip(column(j)).zip(&inner) {
                    *sum += x * (part + diagonal * x);
                }
            }
        });
    }

    fn row(&self, scaling: &Scaling, row: usize, out: &mut [f64]) {
        let lead = usize::from(self.intercept);
        if self.intercept {
            out[0] = 1.0;
        }
        for (j, value) in self.matrix.row(row).iter().enumerate() {
            out[lead + j] = (value - scaling.center[lead + j]) / scaling.scale[lead + j];
        }
    }
}
