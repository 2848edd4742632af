//! Rows to learn from: columns, labels and what goes with them.

use std::collections::BTreeMap;

use super::{Columns, FitError};
use crate::complaint::Origin;

/// The largest size of an offset: beyond it a probability is 0 or 1 to the last bit, and no row tells anything.
pub const MOST_OFFSET: f64 = 100.0;

/// Columns with labels and, where wanted, case weights, an offset and clusters.
///
/// ```
/// use caserank::research::fit::{Columns, Sample};
/// let columns = Columns::builder(3).numbers("x", vec![0.0, 1.0, 2.0])?.build();
/// let sample = Sample::new(&columns, &[false, true, true])?.clusters(&[1, 1, 2])?;
/// assert_eq!(sample.events(), 2);
/// # Ok::<(), caserank::research::fit::FitError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Sample<'a> {
    pub(crate) columns: &'a Columns,
    pub(crate) labels: Vec<f64>,
    pub(crate) weights: Option<&'a [f64]>,
    pub(crate) offset: Option<&'a [f64]>,
    pub(crate) clusters: Option<&'a [u32]>,
    pub(crate) origin: Origin,
    pub(crate) notes: Vec<String>,
}

impl<'a> Sample<'a> {
    /// Columns and one label a row.
    ///
    /// # Errors
    /// [`FitError::Length`] when they differ in length.
    pub fn new(columns: &'a Columns, labels: &[bool]) -> Result<Self, FitError> {
        same_length("labels", labels.len(), columns.rows())?;
        let labels = labels.iter().map(|label| f64::from(*label)).collect();
        Ok(Self {
            columns,
            labels,
            weights: None,
            offset: None,
            clusters: None,
            origin: Origin::NotStated,
            notes: Vec::new(),
        })
    }

    /// Where complaints and labels come from, which the fit then says; not stated unless this says it. A sample of a
    /// [design](super::Designed::sample) knows it.
    #[must_use]
    pub fn with_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// A sentence that every reader of the fit must be told: it is among the fit's warnings. A sample of a
    /// [design](super::Designed::sample) brings those of the design.
    #[must_use]
    pub fn with_note(mut self, note: &str) -> Self {
        self.notes.push(note.to_owned());
        self
    }

    /// Case weights, one a row: 0, or from 1e-100 to 1e100.
    ///
    /// # Errors
    /// [`FitError::Length`] when there is not one a row, [`FitError::Weight`] for one out of range.
    pub fn weights(mut self, weights: &'a [f64]) -> Result<Self, FitError> {
        same_length("weights", weights.len(), self.columns.rows())?;
        if let Some(row) = weights.iter().position(|w| !(*w == 0.0 || (1e-100..=1e100).contains(w)))
        {
            return Err(FitError::Weight { row, value: weights[row] });
        }
        self.weights = Some(weights);
        Ok(self)
    }

    /// A known part of each row's log-odds, within ±[`MOST_OFFSET`].
    ///
    /// # Errors
    /// [`FitError::Length`] when there is not one a row, [`FitError::Offset`] for one out of range.
    pub fn offset(mut self, offset: &'a [f64]) -> Result<Self, FitError> {
        same_length("offset", offset.len(), self.columns.rows())?;
        if let Some(row) = offset.iter().position(|o| !(-MOST_OFFSET..=MOST_OFFSET).contains(o)) {
            return Err(FitError::Offset { row, value: offset[row], most: MOST_OFFSET });
        }
        self.offset = Some(offset);
        Ok(self)
    }

    /// The cluster of each row (complaints about one subject); equal numbers belong together.
    ///
    /// # Errors
    /// [`FitError::Length`] when there is not one a row.
    pub fn clusters(mut self, clusters: &'a [u32]) -> Result<Self, FitError> {
        same_length("clusters", clusters.len(), self.columns.rows())?;
        self.clusters = Some(clusters);
        Ok(self)
    }

    /// Rows whose label is yes, weights aside.
    #[must_use]
    pub fn events(&self) -> usize {
        self.labels.iter().filter(|label| **label > 0.5).count()
    }

    /// Refuses clusters that all rows share: there is then nothing between clusters to learn errors from.
    pub(crate) fn check_clusters(&self) -> Result<(), FitError> {
        let Some(clusters) = self.clusters else { return Ok(()) };
        let mut used =
            clusters.iter().enumerate().filter(|(row, _)| self.weight(*row) > 0.0).map(|c| c.1);
        let first = used.next();
        match first {
            Some(first) if used.all(|cluster| cluster == first) => {
                Err(FitError::OneCluster { rows: self.labels.len() })
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn weight(&self, row: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[row])
    }

    /// Whether no row with weight has the outcome (`Some(false)`), or each (`Some(true)`).
    pub(crate) fn single_class(&self) -> Option<bool> {
        let used = (0..self.labels.len()).filter(|row| self.weight(*row) > 0.0);
        let events = used.clone().filter(|row| self.labels[*row] > 0.5).count();
        if events == 0 { Some(false) } else { (events == used.count()).then_some(true) }
    }

    /// The mean weight of the rows that have any: what one complaint counts for. 1 without weights.
    pub(crate) fn complaint_weight(&self) -> f64 {
        let Some(weights) = self.weights else { return 1.0 };
        let used = weights.iter().filter(|weight| **weight > 0.0).count();
        if used == 0 { 1.0 } else { self.total_weight() / used as f64 }
    }

    /// Whether a row weighs so little beside the mean that nothing should rest on it; rows without weight do not.
    pub(crate) fn is_negligible(&self, row: usize, complaint_weight: f64) -> bool {
        let weight = self.weight(row);
        weight > 0.0 && weight < 1e-6 * complaint_weight
    }

    /// Whether the case weights are alike within each outcome and differ between them, as weights that rebalance outcomes do.
    pub(crate) fn weights_rebalance(&self) -> bool {
        let Some(weights) = self.weights else { return false };
        let mut found = [None, None];
        for (weight, label) in weights.iter().zip(&self.labels).filter(|(w, _)| **w > 0.0) {
            let known = found[usize::from(*label > 0.5)].get_or_insert(*weight);
            if (*weight - *known).abs() > 1e-9 * *known {
                return false;
            }
        }
        matches!(found, [Some(a), Some(b)] if (a - b).abs() > 1e-6 * f64::max(a, b))
    }

    pub(crate) fn total_weight(&self) -> f64 {
        self.weights.map_or(self.labels.len() as f64, |weights| weights.iter().sum())
    }
}

pub(crate) fn same_length(
    what: &'static str,
    found: usize,
    expected: usize,
) -> Result<(), FitError> {
    if found == expected { Ok(()) } else { Err(FitError::Length { what, found, expected }) }
}

/// `(sum w)² / sum w²` over clusters (Kish 1965); rows without a cluster stand for themselves.
pub(crate) fn effective_count(rows: impl Iterator<Item = (Option<u32>, f64)>) -> f64 {
    let (mut sum, mut squares) = (0.0, 0.0);
    let mut totals = BTreeMap::new();
    let mut add = |weight: f64| {
        sum += weight;
        squares += weight * weight;
    };
    for (cluster, weight) in rows {
        match cluster {
            None => add(weight),
            Some(cluster) => *totals.entry(cluster).or_insert(0.0) += weight,
        }
    }
    totals.into_values().for_each(&mut add);
    if squares > 0.0 { sum * sum / squares } else { 0.0 }
}
