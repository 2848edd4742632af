//! How sure the four cells of a table of hits and misses are: by complaints, weights and clusters.

use super::clustering::Clustering;
use super::figure::Caution;

/// A cell of the table, by its place in the order of [`Confusion::cells`](super::Confusion).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Flagged, with the outcome.
    Hit = 0,
    /// Flagged, without.
    Alarm = 1,
    /// Not flagged, with the outcome.
    Miss = 2,
    /// Not flagged, without.
    Clear = 3,
}

impl Cell {
    pub(crate) fn of(label: bool, is_flagged: bool) -> Self {
        match (label, is_flagged) {
            (true, true) => Self::Hit,
            (false, true) => Self::Alarm,
            (true, false) => Self::Miss,
            (false, false) => Self::Clear,
        }
    }

    pub(crate) fn is_event(self) -> bool {
        matches!(self, Self::Hit | Self::Miss)
    }
}

/// What the variance of any figure of the four cells is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct CellSpread {
    /// Complaints in each cell.
    rows: [f64; 4],
    /// Squares of their weights added up.
    squares: [f64; 4],
    by_cluster: Option<ByCluster>,
}

/// The same between clusters.
#[derive(Debug, Clone, Copy, PartialEq)]
struct ByCluster {
    /// Products of a cluster's weights in two cells, added up over clusters.
    products: [[f64; 4]; 4],
    correction: f64,
    is_few: bool,
}

impl CellSpread {
    pub(crate) fn of_counts(counts: [u64; 4]) -> Self {
        let rows = counts.map(|count| count as f64);
        Self::of_parts(rows, rows)
    }

    /// Of cells that hold parts of complaints, as many as these, with the squares of their weights.
    pub(crate) fn of_parts(rows: [f64; 4], squares: [f64; 4]) -> Self {
        Self { rows, squares, by_cluster: None }
    }

    pub(crate) fn of(
        cell_of: &[Cell],
        weight: impl Fn(usize) -> f64,
        clusters: Option<&Clustering>,
    ) -> Self {
        let (mut rows, mut squares) = ([0.0; 4], [0.0; 4]);
        for (row, &cell) in cell_of.iter().enumerate() {
            rows[cell as usize] += 1.0;
            squares[cell as usize] += weight(row) * weight(row);
        }
        let by_cluster = clusters.map(|clusters| {
            let mut held = vec![[0.0; 4]; clusters.count()];
            for (row, &cell) in cell_of.iter().enumerate() {
                held[clusters.of_row(row)][cell as usize] += weight(row);
            }
            let product = |i: usize, j: usize| held.iter().map(|of| of[i] * of[j]).sum();
            ByCluster {
                products: [0, 1, 2, 3].map(|i| [0, 1, 2, 3].map(|j| product(i, j))),
                correction: clusters.share_correction(),
                is_few: clusters.is_few(),
            }
        });
        Self { rows, squares, by_cluster }
    }

    /// Sums of squares of what complaints, and what clusters, add to a figure to which each unit of weight in a cell adds
    /// this much.
    fn squares(&self, influence: &[f64]) -> (f64, Option<f64>) {
        let by_rows = influence.iter().zip(&self.squares).map(|(u, square)| u * u * square).sum();
        let by_clusters = self.by_cluster.map(|clusters| {
            let of_cell = |(u, products): (&f64, &[f64; 4])| {
                u * influence.iter().zip(products).map(|(v, product)| v * product).sum::<f64>()
            };
            let sum: f64 = influence.iter().zip(&clusters.products).map(of_cell).sum();
            sum.max(0.0)
        });
        (by_rows, by_clusters)
    }

    fn correction(&self) -> f64 {
        self.by_cluster.map_or(1.0, |clusters| clusters.correction)
    }

    /// The standard error of such a figure: the larger of both.
    pub(crate) fn error(&self, influence: &[f64]) -> f64 {
        let (by_rows, by_clusters) = self.squares(influence);
        by_rows.max(by_clusters.unwrap_or(0.0) * self.correction()).sqrt()
    }

    /// How many unweighted complaints would be as sure of a share of the cells in `whole`, whose weight is `total`: by its
    /// linearized variance, or by Kish's number where that is 0; never more than there are.
    pub(crate) fn effective(
        &self,
        whole: &[Cell],
        is_part: impl Fn(Cell) -> bool,
        share: f64,
        total: f64,
    ) -> f64 {
        let (mut residual, mut held) = ([0.0; 4], [0.0; 4]);
        for &cell in whole {
            residual[cell as usize] = (if is_part(cell) { 1.0 - share } else { -share }) / total;
            held[cell as usize] = 1.0 / total;
        }
        let rows: f64 = whole.iter().map(|&cell| self.rows[cell as usize]).sum();
        let binomial = share * (1.0 - share);
        let of = |variance: f64, weights: f64| {
            // What rounding leaves of the variance is none.
            let is_none = variance <= 1e-24 * binomial;
            if is_none { 1.0 / weights } else { binomial / variance }
        };
        let (by_rows, by_clusters) = self.squares(&residual);
        let (rows_held, clusters_held) = self.squares(&held);
        let of_clusters = by_clusters
            .zip(clusters_held)
            .map(|(squares, held)| of(squares * self.correction(), held));
        // Complaints that stand for themselves are as many as they are, without a rounding.
        let stands_alone = |cell: &Cell| self.squares[*cell as usize] == self.rows[*cell as usize];
        let is_plain = total == rows && whole.iter().all(stands_alone);
        let of_rows = if is_plain { rows } else { of(by_rows, rows_held) };
        of_rows.min(rows).min(of_clusters.unwrap_or(f64::INFINITY))
    }

    /// Whether it rests on few clusters.
    pub(crate) fn is_few(&self) -> bool {
        self.by_cluster.is_some_and(|clusters| clusters.is_few)
    }

    /// What a reader must be told of a figure that rests on it.
    pub(crate) fn cautions(&self) -> &'static [Caution] {
        if self.is_few() { &[Caution::FewClusters] } else { &[] }
    }
}
