//! Which rows belong together: about one subject, from one sender.

use super::data::{InputError, same_length};
use super::groups::by_key;
use crate::research::numeric::Sum;

/// Fewer clusters than this vary too little among themselves for their variance to be trusted (Cameron and Miller 2015
/// speak of 20 to 50).
pub(crate) const FEW_CLUSTERS: usize = 40;

/// A sum below this share of its parts is what rounding, and the last step of a fit, have left: it adds 1e-16 to a variance.
pub(crate) const NOTHING: f64 = 1e-8;

/// The cluster of every row, numbered from 0.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Clustering {
    cluster_of: Vec<usize>,
    count: usize,
}

impl Clustering {
    /// From one key a row.
    pub(crate) fn of<K: Ord + Clone>(keys: &[K], rows: usize) -> Result<Self, InputError> {
        same_length("clusters", keys.len(), rows)?;
        let clusters = by_key(keys);
        let mut cluster_of = vec![0; rows];
        for (number, (_, members)) in clusters.iter().enumerate() {
            for &row in members {
                cluster_of[row] = number;
            }
        }
        Ok(Self { cluster_of, count: clusters.len() })
    }

    /// How many clusters there are.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Whether there are too few for their variance to be trusted.
    pub(crate) fn is_few(&self) -> bool {
        self.count < FEW_CLUSTERS
    }

    /// The cluster of a row.
    pub(crate) fn of_row(&self, row: usize) -> usize {
        self.cluster_of[row]
    }

    /// Numbers of rows added up by cluster. A sum that is next to nothing beside its parts is 0: rows that make up for each
    /// other leave nothing to vary.
    pub(crate) fn sums(&self, values: impl Iterator<Item = f64>) -> Vec<f64> {
        let mut sums = vec![(Sum::new(), 0.0_f64); self.count];
        for (value, &cluster) in values.zip(&self.cluster_of) {
            sums[cluster].0.add(value);
            sums[cluster].1 += value.abs();
        }
        let rounded = |(sum, size): (Sum, f64)| {
            let value = sum.value();
            if value.abs() <= NOTHING * size { 0.0 } else { value }
        };
        sums.into_iter().map(rounded).collect()
    }

    /// What brings the variance of a share from clusters to that from rows where every row is a cluster of its own:
    /// `G / (G - 1)` times `(n - 1) / n`; not a number for fewer than two clusters.
    pub(crate) fn share_correction(&self) -> f64 {
        let (clusters, rows) = (self.count as f64, self.cluster_of.len() as f64);
        clusters / (clusters - 1.0) * ((rows - 1.0) / rows)
    }
}
