//! The solver's view of packed columns.

use std::ops::Range;

use ndarray::{Array2, ArrayView2};

use super::Columns;
use super::joint::{add_bilinear, bilinear, joint_sums};
use super::pack::{FEW_ROWS, Pack, all_sums};
use crate::base::{in_order, parts};
use crate::research::numeric::{DenseDesign, Design, Scaling, center_and_scale};

/// Packed columns with or without an intercept in front.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PackedDesign<'a> {
    columns: &'a Columns,
    intercept: bool,
}

impl Columns {
    /// The design as the solver sees it.
    pub(crate) fn design(&self, intercept: bool) -> PackedDesign<'_> {
        PackedDesign { columns: self, intercept }
    }
}

impl PackedDesign<'_> {
    fn lead(&self) -> usize {
        usize::from(self.intercept)
    }

    fn dense(&self) -> ArrayView2<'_, f64> {
        self.columns.dense.t()
    }

    fn dense_scaling(&self, scaling: &Scaling) -> Scaling {
        let pick = |values: &[f64]| {
            self.columns.dense_columns.iter().map(|column| values[column + self.lead()]).collect()
        };
        Scaling { center: pick(&scaling.center), scale: pick(&scaling.scale) }
    }

    /// The standardised values of each pattern: patterns x columns.
    fn table(&self, pack: &Pack, scaling: &Scaling) -> Vec<f64> {
        let width = pack.columns.len();
        let mut table = pack.table.clone();
        for row in table.chunks_exact_mut(width) {
            for (value, column) in row.iter_mut().zip(&pack.columns) {
                let at = column + self.lead();
                *value = (*value - scaling.center[at]) / scaling.scale[at];
            }
        }
        table
    }

    /// What each pattern of a pack adds to the linear predictor.
    fn pattern_values(&self, pack: &Pack, scaling: &Scaling, coefficients: &[f64]) -> Vec<f64> {
        let table = self.table(pack, scaling);
        let value = |row: &[f64]| {
            let products = row.iter().zip(&pack.columns);
            products.map(|(x, column)| x * coefficients[column + self.lead()]).sum()
        };
        table.chunks_exact(pack.columns.len()).map(value).collect()
    }

    /// The same for each pack, with room for any code.
    pub(super) fn looked_up(&self, scaling: &Scaling, coefficients: &[f64]) -> Vec<[f64; 256]> {
        let sums = |pack: &Pack| {
            let mut sums = [0.0; 256];
            let values = self.pattern_values(pack, scaling, coefficients);
            sums[..values.len()].copy_from_slice(&values);
            sums
        };
        self.columns.packs.iter().map(sums).collect()
    }

    /// Design rows of a dense column, standardised and weighted.
    fn weighted(&self, scaling: &Scaling, column: usize, weight: &[f64]) -> Vec<f64> {
        let at = self.columns.dense_columns[column] + self.lead();
        let (center, inverse) = (scaling.center[at], 1.0 / scaling.scale[at]);
        self.columns
            .dense
            .row(column)
            .iter()
            .zip(weight)
            .map(|(x, w)| w * ((x - center) * inverse))
            .collect()
    }

    /// What columns of many values add to the linear predictor of some rows.
    fn add_dense(
        &self,
        scaling: &Scaling,
        coefficients: &[f64],
        rows: Range<usize>,
        out: &mut [f64],
    ) {
        for (dense_row, column) in self.columns.dense_columns.iter().enumerate() {
            let at = column + self.lead();
            let (center, slope) = (scaling.center[at], coefficients[at] / scaling.scale[at]);
            let values = self.columns.dense.row(dense_row);
            for (sum, row) in out.iter_mut().zip(rows.clone()) {
                *sum += (values[row] - center) * slope;
            }
        }
    }

    fn fill(&self, out: &mut [f64], job: impl Fn(Range<usize>, &mut [f64]) + Sync) {
        let mut items = Vec::new();
        let mut rest = out;
        for range in parts(self.columns.rows) {
            let (head, tail) = rest.split_at_mut(range.len());
            items.push((range, head));
            rest = tail;
        }
        self.spread(items, |(range, part): (Range<usize>, &mut [f64])| job(range, part));
    }

    /// Jobs in order, on several threads where there are enough rows for that to pay.
    fn spread<I: Send, T: Send>(&self, items: Vec<I>, job: impl Fn(I) -> T + Sync) -> Vec<T> {
        if self.columns.rows < FEW_ROWS {
            return items.into_iter().map(job).collect();
        }
        in_order(items, job)
    }
}

impl Design for PackedDesign<'_> {
    fn rows(&self) -> usize {
        self.columns.rows
    }

    fn width(&self) -> usize {
        self.columns.names.len() + self.lead()
    }

    fn has_intercept(&self) -> bool {
        self.intercept
    }

    fn scaling(&self, weights: Option<&[f64]>) -> Scaling {
        let all = weights.map_or(self.columns.rows as f64, |weights| weights.iter().sum());
        let mut scaling =
            Scaling { center: vec![0.0; self.width()], scale: vec![1.0; self.width()] };
        let packs: Vec<&Pack> = self.columns.packs.iter().collect();
        let sums = match weights {
            None => packs.iter().map(|pack| pack.counts.clone()).collect(),
            Some(weights) => self.columns.pattern_sums(weights),
        };
        for (pack, sums) in packs.into_iter().zip(sums) {
            for (at, column) in pack.columns.iter().enumerate() {
                let values = |f: &dyn Fn(f64) -> f64| {
                    sums.iter()
                        .enumerate()
                        .map(|(code, w)| w * f(pack.value(code as u8, at)))
                        .sum::<f64>()
                        / all
                };
                let mean = values(&|x| x);
                let square = values(&|x| (x - mean) * (x - mean));
                let at = column + self.lead();
                (scaling.center[at], scaling.scale[at]) =
                    center_and_scale(mean, square, self.intercept);
            }
        }
        let dense = DenseDesign::new(self.dense(), false).moments(weights);
        for (column, (mean, square)) in self.columns.dense_columns.iter().zip(dense) {
            let at = column + self.lead();
            (scaling.center[at], scaling.scale[at]) =
                center_and_scale(mean, square, self.intercept);
        }
        scaling
    }

    fn linear(&self, scaling: &Scaling, coefficients: &[f64], out: &mut [f64]) {
        let base = if self.intercept { coefficients[0] } else { 0.0 };
        if let Some(cover) = &self.columns.cover {
            let packs = &self.columns.packs;
            let values = packs.iter().map(|pack| self.pattern_values(pack, scaling, coefficients));
            out.fill(base);
            cover.add_looked_up(packs, &values.collect::<Vec<_>>(), out);
            self.add_dense(scaling, coefficients, 0..out.len(), out);
            return;
        }
        let looked_up = self.looked_up(scaling, coefficients);
        self.fill(out, |range, target| {
            target.fill(base);
            for (packs, tables) in self.columns.packs.chunks(2).zip(looked_up.chunks(2)) {
                if let ([a, b], [for_a, for_b]) = (packs, tables) {
                    for ((sum, x), y) in
                        target.iter_mut().zip(&a.codes[range.clone()]).zip(&b.codes[range.clone()])
                    {
                        *sum += for_a[usize::from(*x)] + for_b[usize::from(*y)];
                    }
                } else if let ([a], [for_a]) = (packs, tables) {
                    for (sum, x) in target.iter_mut().zip(&a.codes[range.clone()]) {
                        *sum += for_a[usize::from(*x)];
                    }
                }
            }
            self.add_dense(scaling, coefficients, range, target);
        });
    }

    fn gradient(&self, scaling: &Scaling, residual: &[f64]) -> Vec<f64> {
        let mut gradient = vec![0.0; self.width()];
        let packs: Vec<&Pack> = self.columns.packs.iter().collect();
        let sums = self.columns.pattern_sums(residual);
        if self.intercept {
            gradient[0] = match sums.first() {
                Some(sums) => sums.iter().sum(),
                None => residual.iter().sum(),
            };
        }
        for (pack, sums) in packs.into_iter().zip(sums) {
            for (row, sum) in self.table(pack, scaling).chunks_exact(pack.columns.len()).zip(sums) {
                for (x, column) in row.iter().zip(&pack.columns) {
                    gradient[column + self.lead()] += x * sum;
                }
            }
        }
        if !self.columns.dense_columns.is_empty() {
            let part = DenseDesign::new(self.dense(), false)
                .gradient(&self.dense_scaling(scaling), residual);
            for (column, value) in self.columns.dense_columns.iter().zip(part) {
                gradient[column + self.lead()] = value;
            }
        }
        gradient
    }

    fn information(&self, scaling: &Scaling, weight: &[f64]) -> Array2<f64> {
        let mut information = Array2::zeros((self.width(), self.width()));
        self.coded_information(scaling, weight, &mut information);
        self.mixed_information(scaling, weight, &mut information);
        information
    }

    fn quadratic(&self, scaling: &Scaling, matrix: &Array2<f64>, out: &mut [f64]) {
        let matrix = matrix.view();
        self.fill(out, |range, target| {
            let mut row = vec![0.0; self.width()];
            for (value, at) in target.iter_mut().zip(range) {
                self.row(scaling, at, &mut row);
                *value = row
                    .iter()
                    .zip(matrix.rows())
                    .map(|(x, line)| x * line.iter().zip(&row).map(|(m, y)| m * y).sum::<f64>())
                    .sum();
            }
        });
    }

    fn row(&self, scaling: &Scaling, row: usize, out: &mut [f64]) {
        if self.intercept {
            out[0] = 1.0;
        }
        let mut put = |column: usize, value: f64| {
            let at = column + self.lead();
            out[at] = (value - scaling.center[at]) / scaling.scale[at];
        };
        for pack in &self.columns.packs {
            for (at, column) in pack.columns.iter().enumerate() {
                put(*column, pack.value(pack.codes[row], at));
            }
        }
        for (dense_row, column) in self.columns.dense_columns.iter().enumerate() {
            put(*column, self.columns.dense[[dense_row, row]]);
        }
    }
}

impl PackedDesign<'_> {
    fn coded_information(&self, scaling: &Scaling, weight: &[f64], information: &mut Array2<f64>) {
        let packs = &self.columns.packs;
        let tables: Vec<Vec<f64>> = packs.iter().map(|pack| self.table(pack, scaling)).collect();
        if self.intercept && packs.is_empty() {
            information[[0, 0]] = weight.iter().sum();
        }
        let width = |pack: usize| packs[pack].columns.len();
        if let Some(cover) = &self.columns.cover {
            let (mut alone, mut blocks) = (Vec::new(), Vec::new());
            let mut room = Vec::new();
            cover.each_pair(
                packs,
                weight,
                &mut |pack, sums| alone.push((pack, sums.to_vec())),
                &mut |[a, b], sums| {
                    let widths = [width(a), width(b)];
                    let start = room.len();
                    room.resize(start + widths[0] * widths[1], 0.0);
                    add_bilinear(&tables[a], sums, &tables[b], widths, &mut room[start..]);
                    blocks.push((a, b, start..room.len()));
                },
            );
            for (pack, sums) in alone {
                self.put_alone(pack, &tables[pack], &sums, information);
            }
            for (a, b, range) in blocks {
                self.put_block([a, b], &room[range], information);
            }
            return;
        }
        for (pack, sums) in all_sums(packs, weight).into_iter().enumerate() {
            self.put_alone(pack, &tables[pack], &sums, information);
        }
        let mut jobs = Vec::new();
        for a in 0..packs.len() {
            let others: Vec<usize> = (a + 1..packs.len()).collect();
            jobs.extend(others.chunks(2).map(|pair| (a, pair.to_vec())));
        }
        let results = self.spread(jobs, |(a, others): (usize, Vec<usize>)| {
            let pair: Vec<&Pack> = others.iter().map(|b| &packs[*b]).collect();
            let sums = joint_sums(&packs[a], &pair, weight);
            let blocks = others.into_iter().zip(sums).map(|(b, sums)| {
                (a, b, bilinear(&tables[a], &sums, &tables[b], [width(a), width(b)]))
            });
            blocks.collect::<Vec<_>>()
        });
        for (a, b, block) in results.into_iter().flatten() {
            self.put_block([a, b], &block, information);
        }
    }

    /// What the sums of a pack's patterns give: its own columns and, from the first pack, the intercept.
    fn put_alone(&self, pack: usize, table: &[f64], sums: &[f64], information: &mut Array2<f64>) {
        let lead = self.lead();
        let pack_columns = &self.columns.packs[pack].columns;
        if self.intercept && pack == 0 {
            information[[0, 0]] = sums.iter().sum();
        }
        for (row, sum) in table.chunks_exact(pack_columns.len()).zip(sums) {
            for (x, j) in row.iter().zip(pack_columns) {
                if self.intercept {
                    information[[0, j + lead]] += sum * x;
                    information[[j + lead, 0]] += sum * x;
                }
                for (y, k) in row.iter().zip(pack_columns) {
                    information[[j + lead, k + lead]] += (sum * x) * y;
                }
            }
        }
    }

    /// The columns of one pack against those of another.
    fn put_block(&self, [a, b]: [usize; 2], block: &[f64], information: &mut Array2<f64>) {
        let lead = self.lead();
        let [first, second] = [a, b].map(|pack| &self.columns.packs[pack].columns);
        for (j, row) in first.iter().zip(block.chunks_exact(second.len())) {
            for (k, value) in second.iter().zip(row) {
                information[[j + lead, k + lead]] = *value;
                information[[k + lead, j + lead]] = *value;
            }
        }
    }

    fn mixed_information(&self, scaling: &Scaling, weight: &[f64], information: &mut Array2<f64>) {
        let dense_columns = &self.columns.dense_columns;
        if dense_columns.is_empty() {
            return;
        }
        let lead = self.lead();
        let block =
            DenseDesign::new(self.dense(), false).information(&self.dense_scaling(scaling), weight);
        for (j, column) in dense_columns.iter().enumerate() {
            for (k, other) in dense_columns.iter().enumerate() {
                information[[column + lead, other + lead]] = block[[j, k]];
            }
        }
        let packs = &self.columns.packs;
        let rows = in_order(0..dense_columns.len(), |j: usize| {
            let weighted = self.weighted(scaling, j, weight);
            let mut row = vec![0.0; self.width()];
            if self.intercept {
                row[0] = weighted.iter().sum();
            }
            for (pack, sums) in packs.iter().zip(self.columns.pattern_sums(&weighted)) {
                for (values, sum) in
                    self.table(pack, scaling).chunks_exact(pack.columns.len()).zip(sums)
                {
                    for (x, column) in values.iter().zip(&pack.columns) {
                        row[column + lead] += x * sum;
                    }
                }
            }
            row
        });
        for (column, row) in dense_columns.iter().zip(rows) {
            let coded = packs.iter().flat_map(|pack| pack.columns.iter().map(|j| j + lead));
            for j in coded.chain(0..lead) {
                information[[column + lead, j]] = row[j];
                information[[j, column + lead]] = row[j];
            }
        }
    }
}
