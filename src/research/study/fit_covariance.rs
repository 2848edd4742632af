//! The covariance of a fit that counts subjects and weights, not rows.

use ndarray::Array2;

use super::StudyError;
use crate::research::fit::{Designed, LogisticModel};

/// The covariance of a fit's estimates, and over how many subjects; `None` where each row is a subject of its own and
/// weighs 1, so that the model's covariance stands.
pub(super) struct FitCovariance {
    pub(super) matrix: Array2<f64>,
    pub(super) subjects: Option<usize>,
}

impl FitCovariance {
    /// The sandwich over subjects (Liang and Zeger 1986) with the correction `G / (G - 1) × (n - 1) / (n - k)`; where a
    /// parameter's error comes out below the model's, as it does for answers that few subjects gave, its row and column
    /// are widened to that.
    pub(super) fn of(designed: &Designed, model: &LogisticModel) -> Result<Self, StudyError> {
        let bread = model.covariance();
        let joined = &designed.joined;
        let weighted = joined.weights.iter().any(|&weight| weight != 1.0);
        let mut order: Vec<usize> = (0..joined.clusters.len()).collect();
        order.sort_by_key(|&row| (joined.clusters[row], row));
        let groups: Vec<&[usize]> =
            order.chunk_by(|&a, &b| joined.clusters[a] == joined.clusters[b]).collect();
        if !weighted && groups.len() == joined.rows.len() {
            return Ok(Self { matrix: bread.clone(), subjects: None });
        }
        let columns = designed.columns.to_matrix();
        let (rows, size) = (columns.nrows(), columns.ncols() + 1);
        let given = bread.dim();
        let fitted = model.probabilities(&designed.columns).ok();
        let (Some(fitted), true) = (fitted, given == (size, size)) else {
            let (rows, columns) = given;
            return Err(StudyError::CovarianceShape { rows, columns, parameters: size });
        };
        let mut meat = Array2::<f64>::zeros((size, size));
        let mut score = vec![0.0; size];
        for group in &groups {
            score.fill(0.0);
            for &row in *group {
                let label = f64::from(u8::from(joined.labels[row]));
                let residual = joined.weights[row] * (label - fitted[row]);
                score[0] += residual;
                for (sum, x) in score[1..].iter_mut().zip(columns.row(row)) {
                    *sum += residual * x;
                }
            }
            for (i, a) in score.iter().enumerate() {
                for (j, b) in score.iter().enumerate() {
                    meat[[i, j]] += a * b;
                }
            }
        }
        let (all, n, k) = (groups.len() as f64, rows as f64, size as f64);
        let factor = all / (all - 1.0).max(1.0) * (n - 1.0) / (n - k).max(1.0);
        let mut matrix = bread.dot(&meat).dot(bread) * factor;
        let widen: Vec<f64> = (0..size)
            .map(|at| {
                let (variance, least) = (matrix[[at, at]], bread[[at, at]]);
                if variance > 0.0 && variance < least { (least / variance).sqrt() } else { 1.0 }
            })
            .collect();
        for ((i, j), value) in matrix.indexed_iter_mut() {
            *value *= widen[i] * widen[j];
        }
        // Sums that make up for each other to the last bit leave nothing to widen.
        for at in 0..size {
            matrix[[at, at]] = matrix[[at, at]].max(bread[[at, at]]);
        }
        // What rounding left unlike on both sides.
        let matrix = 0.5 * (&matrix + &matrix.t());
        Ok(Self { matrix, subjects: Some(groups.len()) })
    }
}
