//! Standard errors of calibrations: over clusters where there are any, and whatever the scale of weights.

use ndarray::{Array1, Array2};

use super::calibrate::Scores;
use super::cautions::FEW_CLUSTERS;
use super::sample::effective_count;
use crate::research::numeric::{LogisticFit, sandwich};

impl Scores<'_> {
    /// Standard errors of the intercept and, where it was learnt, the slope: the sandwich over clusters, or under weights over
    /// complaints, with the correction of statsmodels and Stata; the wider of that and the model's where clusters are few.
    pub(super) fn errors(&self, targets: &Array1<f64>, fit: &LogisticFit, line: bool) -> Vec<f64> {
        let every: Vec<usize> = (0..self.labels.len()).collect();
        let scale = self.weight_unit(&every).sqrt();
        let model: Vec<f64> = fit.standard_errors().iter().map(|error| error / scale).collect();
        if self.clusters.is_none() && self.weights.is_none() {
            return model;
        }
        let intercept = fit.coefficients[0];
        let slope = if line { fit.coefficients[1] } else { 1.0 };
        let residual = |row: usize| {
            let p = 1.0 / (1.0 + (-(intercept + slope * self.log_odds[row])).exp());
            self.weights.map_or(1.0, |weights| weights[row]) * (targets[row] - p)
        };
        let size = model.len();
        let score = |row: usize| [1.0, self.log_odds[row]].map(|x| residual(row) * x);
        let (meat, count) = over_clusters(self.clusters, every, size, score);
        let (groups, n, k) = (count as f64, self.labels.len() as f64, size as f64);
        let factor = groups / (groups - 1.0).max(1.0) * (n - 1.0) / (n - k).max(1.0);
        let covariance = sandwich(&fit.covariance, &meat);
        let squares = covariance.diag().to_vec();
        let clustered = squares.into_iter().map(|square| (factor * square).max(0.0).sqrt());
        let wider = |(clustered, model): (f64, f64)| {
            if count < FEW_CLUSTERS { clustered.max(model) } else { clustered }
        };
        clustered.zip(model).map(wider).collect()
    }

    /// The variance of a shift learnt from these rows alone, as [`Self::errors`]; `inverse` is the inverse information.
    pub(super) fn variance_of_shift(&self, rows: &[usize], shift: f64, inverse: f64) -> f64 {
        let model = inverse / self.weight_unit(rows);
        if self.clusters.is_none() && self.weights.is_none() {
            return model;
        }
        let score = |row: usize| {
            let p = 1.0 / (1.0 + (-(self.log_odds[row] + shift)).exp());
            let weight = self.weights.map_or(1.0, |weights| weights[row]);
            [weight * (f64::from(u8::from(self.labels[row])) - p), 0.0]
        };
        let (meat, count) = over_clusters(self.clusters, rows.to_vec(), 1, score);
        let groups = count as f64;
        let clustered = groups / (groups - 1.0).max(1.0) * inverse * inverse * meat[[0, 0]];
        if count < FEW_CLUSTERS { clustered.max(model) } else { clustered }
    }

    /// What a unit of weight in these rows counts for, so that they count for as many complaints as they are effectively
    /// (Kish 1965); 1 without weights.
    fn weight_unit(&self, rows: &[usize]) -> f64 {
        let Some(weights) = self.weights else { return 1.0 };
        let of_rows = rows.iter().map(|&row| (None, weights[row]));
        effective_count(of_rows) / rows.iter().map(|&row| weights[row]).sum::<f64>()
    }

    /// The same with clusters counted once; 1 without weights and clusters.
    pub(super) fn effective_weight(&self, rows: &[usize]) -> f64 {
        if self.weights.is_none() && self.clusters.is_none() {
            return 1.0;
        }
        let weight = |row: usize| self.weights.map_or(1.0, |weights| weights[row]);
        let of_rows = rows.iter().map(|&row| (self.clusters.map(|of| of[row]), weight(row)));
        effective_count(of_rows) / rows.iter().map(|&row| weight(row)).sum::<f64>()
    }
}

/// The sum over clusters of the outer product of their scores, and how many clusters there are.
fn over_clusters(
    clusters: Option<&[u32]>,
    mut rows: Vec<usize>,
    size: usize,
    score: impl Fn(usize) -> [f64; 2],
) -> (Array2<f64>, usize) {
    // Without clusters each complaint is one.
    let cluster = |row: usize| clusters.map_or(row, |clusters| clusters[row] as usize);
    rows.sort_by_key(|row| (cluster(*row), *row));
    let mut meat = Array2::zeros((size, size));
    let mut count = 0;
    for group in rows.chunk_by(|a, b| cluster(*a) == cluster(*b)) {
        let sum = group.iter().fold([0.0; 2], |sum, row| {
            let of_row = score(*row);
            [sum[0] + of_row[0], sum[1] + of_row[1]]
        });
        for ((j, k), cell) in meat.indexed_iter_mut() {
            *cell += sum[j] * sum[k];
        }
        count += 1;
    }
    (meat, count)
}
