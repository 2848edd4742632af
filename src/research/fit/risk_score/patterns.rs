//! Rows folded into the distinct patterns of a few columns.

use ndarray::Array2;

use super::super::Columns;
use crate::research::numeric::Factor;

/// Keeps fits on separated patterns finite; too small to move any other.
const RIDGE: f64 = 1e-6;

/// One column as codes into its distinct values.
#[derive(Debug)]
pub(super) struct Source<'a> {
    rows: Rows<'a>,
    pub(super) values: Vec<f64>,
}

#[derive(Debug)]
enum Rows<'a> {
    Packed { codes: &'a [u8], map: Box<[u32; 256]> },
    Own(Vec<u32>),
}

impl Source<'_> {
    #[inline]
    fn code(&self, row: usize) -> usize {
        match &self.rows {
            Rows::Packed { codes, map } => map[usize::from(codes[row])] as usize,
            Rows::Own(codes) => codes[row] as usize,
        }
    }
}

/// Distinct values, rising, and each entry's place among them.
fn ranked(entries: &[f64]) -> (Vec<f64>, Vec<u32>) {
    let mut values = entries.to_vec();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let rank = |x: &f64| values.partition_point(|value| value < x).min(values.len() - 1) as u32;
    (values.clone(), entries.iter().map(rank).collect())
}

/// Every column of the design as codes.
pub(super) fn sources(columns: &Columns) -> Vec<Source<'_>> {
    (0..columns.names().len())
        .map(|column_number| {
            for pack in columns.packs() {
                if let Some(at) = pack.columns.iter().position(|column| *column == column_number) {
                    let entries: Vec<f64> =
                        (0..pack.patterns).map(|code| pack.value(code as u8, at)).collect();
                    let (values, ranks) = ranked(&entries);
                    let mut map = Box::new([0; 256]);
                    map[..ranks.len()].copy_from_slice(&ranks);
                    return Source { rows: Rows::Packed { codes: &pack.codes, map }, values };
                }
            }
            let (values, codes) = ranked(&columns.column(column_number).unwrap_or_default());
            Source { rows: Rows::Own(codes), values }
        })
        .collect()
}

/// Rows folded by the values of some columns.
#[derive(Debug, Clone)]
pub(super) struct Patterns {
    /// Pattern of each row; empty where the rows are no longer needed.
    pub(super) ids: Vec<u32>,
    /// Patterns x columns, row by row.
    pub(super) values: Vec<f64>,
    pub(super) width: usize,
    /// Weight with the outcome, a pattern.
    pub(super) with: Vec<f64>,
    /// Weight without the outcome, a pattern.
    pub(super) without: Vec<f64>,
}

/// Labels as weights with and without the outcome, one each a row.
#[derive(Debug)]
pub(super) struct Weighted {
    pub(super) with: Vec<f64>,
    pub(super) without: Vec<f64>,
}

impl Patterns {
    /// All rows in one pattern of no columns.
    pub(super) fn whole(labels: &Weighted) -> Self {
        Self {
            ids: vec![0; labels.with.len()],
            values: Vec::new(),
            width: 0,
            with: vec![labels.with.iter().sum()],
            without: vec![labels.without.iter().sum()],
        }
    }

    /// Folds by one more column; `keep` says whether the rows' patterns are needed afterwards.
    pub(super) fn with_column(&self, source: &Source<'_>, labels: &Weighted, keep: bool) -> Self {
        let codes = source.values.len();
        let cells = self.with.len() * codes;
        let rows = self.ids.len();
        let joint = |row: usize| self.ids[row] as usize * codes + source.code(row);
        // Cells are few for coded columns; with many values only the rows' own cells are looked at.
        let mut order: Vec<usize> = Vec::new();
        let (mut with, mut without);
        let mut numbers = vec![u32::MAX; cells.min(4 * rows + 4_096)];
        if cells == numbers.len() {
            with = vec![0.0; cells];
            without = vec![0.0; cells];
            for row in 0..rows {
                let cell = joint(row);
                with[cell] += labels.with[row];
                without[cell] += labels.without[row];
            }
            order.extend((0..cells).filter(|cell| with[*cell] + without[*cell] > 0.0));
            for (number, cell) in order.iter().enumerate() {
                numbers[*cell] = number as u32;
            }
            with = order.iter().map(|cell| with[*cell]).collect();
            without = order.iter().map(|cell| without[*cell]).collect();
            let ids = if keep {
                (0..rows).map(|row| numbers[joint(row)].min(order.len() as u32)).collect()
            } else {
                Vec::new()
            };
            return self.assembled(&order, codes, &source.values, ids, with, without);
        }
        order.extend((0..rows).map(joint));
        order.sort_unstable();
        order.dedup();
        with = vec![0.0; order.len()];
        without = vec![0.0; order.len()];
        let mut ids = Vec::with_capacity(rows);
        for row in 0..rows {
            let at = order.partition_point(|cell| *cell < joint(row));
            with[at] += labels.with[row];
            without[at] += labels.without[row];
            ids.push(at as u32);
        }
        self.assembled(
            &order,
            codes,
            &source.values,
            if keep { ids } else { Vec::new() },
            with,
            without,
        )
    }

    fn assembled(
        &self,
        order: &[usize],
        codes: usize,
        column: &[f64],
        mut ids: Vec<u32>,
        mut with: Vec<f64>,
        mut without: Vec<f64>,
    ) -> Self {
        let width = self.width + 1;
        let mut values = Vec::with_capacity(order.len() * width);
        for cell in order {
            values.extend_from_slice(&self.values[cell / codes * self.width..][..self.width]);
            values.push(column[cell % codes]);
        }
        // Rows without weight may have no pattern: they get an empty one.
        if ids.iter().any(|id| *id as usize == order.len()) {
            values.extend(std::iter::repeat_n(0.0, width));
            with.push(0.0);
            without.push(0.0);
        }
        ids.shrink_to_fit();
        Self { ids, values, width, with, without }
    }

    /// Intercept and weights that lose least, starting from `start`, with the log loss.
    pub(super) fn fit(&self, start: &[f64]) -> Continuous {
        let size = self.width + 1;
        let mut beta = start.to_vec();
        beta.resize(size, 0.0);
        let mut loss = self.loss(&beta);
        let mut information = Array2::zeros((size, size));
        for _ in 0..50 {
            information.fill(0.0);
            let mut gradient: Vec<f64> = beta.iter().map(|b| -RIDGE * b).collect();
            for j in 0..size {
                information[[j, j]] = RIDGE;
            }
            for (pattern, (with, without)) in self.with.iter().zip(&self.without).enumerate() {
                let row = &self.values[pattern * self.width..(pattern + 1) * self.width];
                let eta = beta[0] + row.iter().zip(&beta[1..]).map(|(x, b)| x * b).sum::<f64>();
                let p = 1.0 / (1.0 + (-eta).exp());
                let residual = with - (with + without) * p;
                let curvature = (with + without) * p * (1.0 - p);
                gradient[0] += residual;
                information[[0, 0]] += curvature;
                for (j, x) in row.iter().enumerate() {
                    if *x != 0.0 {
                        gradient[j + 1] += residual * x;
                        information[[j + 1, 0]] += curvature * x;
                        for (k, y) in row[..=j].iter().enumerate() {
                            information[[j + 1, k + 1]] += curvature * x * y;
                        }
                    }
                }
            }
            let Ok(factor) = Factor::new(&information, 1e-15) else { break };
            let step = factor.solve(&gradient);
            let gain: f64 = step.iter().zip(&gradient).map(|(s, g)| s * g).sum();
            if gain < 1e-10 * (1.0 + loss) {
                break;
            }
            let mut length = 1.0;
            loop {
                let next: Vec<f64> = beta.iter().zip(&step).map(|(b, s)| b + length * s).collect();
                let after = self.loss(&next);
                if after <= loss {
                    (beta, loss) = (next, after);
                    break;
                }
                length *= 0.5;
                if length < 1e-6 {
                    return Continuous { beta, loss };
                }
            }
        }
        Continuous { beta, loss }
    }

    fn loss(&self, beta: &[f64]) -> f64 {
        let mut loss = 0.5 * RIDGE * beta.iter().map(|b| b * b).sum::<f64>();
        for (pattern, (with, without)) in self.with.iter().zip(&self.without).enumerate() {
            let row = &self.values[pattern * self.width..(pattern + 1) * self.width];
            loss += cell_loss(
                beta[0] + row.iter().zip(&beta[1..]).map(|(x, b)| x * b).sum::<f64>(),
                *with,
                *without,
            );
        }
        loss
    }

    /// Residual and curvature of each pattern at these weights.
    pub(super) fn derivatives(&self, beta: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let mut residual = Vec::with_capacity(self.with.len());
        let mut curvature = Vec::with_capacity(self.with.len());
        for pattern in 0..self.with.len() {
            let row = &self.values[pattern * self.width..(pattern + 1) * self.width];
            let eta = beta[0] + row.iter().zip(&beta[1..]).map(|(x, b)| x * b).sum::<f64>();
            let p = 1.0 / (1.0 + (-eta).exp());
            residual.push(p);
            curvature.push(p * (1.0 - p));
        }
        (residual, curvature)
    }
}

/// Log loss of a cell at these log-odds.
pub(super) fn cell_loss(eta: f64, with: f64, without: f64) -> f64 {
    let tail = (-eta.abs()).exp().ln_1p();
    if eta >= 0.0 {
        (with + without) * tail + without * eta
    } else {
        (with + without) * tail - with * eta
    }
}

/// A fit with real weights: the intercept first.
#[derive(Debug, Clone)]
pub(super) struct Continuous {
    pub(super) beta: Vec<f64>,
    pub(super) loss: f64,
}
