//! Whom complaints are about, and how many people that makes.

use std::collections::BTreeMap;

use super::known::Known;
use crate::Backlog;
use crate::research::fit::{effective_count, stands_for_nobody};

/// A number for the subject of each of these rows, and how many have which key that stands for nobody: taken at its word,
/// `unknown` would be one person with most of the complaints.
pub(super) fn clusters(backlog: &Backlog, rows: &[usize]) -> (Vec<u32>, BTreeMap<String, usize>) {
    let (mut numbers, mut nobody) = (BTreeMap::new(), BTreeMap::new());
    let mut next = 0;
    let mut number_of = |row: usize| {
        let fresh = next;
        let number = match backlog.subject(row) {
            Some(key) if stands_for_nobody(key) => {
                *nobody.entry(key.to_owned()).or_default() += 1;
                fresh
            }
            Some(subject) => *numbers.entry(subject.to_owned()).or_insert(fresh),
            None => fresh,
        };
        next = next.max(number + 1);
        number
    };
    let clusters = rows.iter().map(|&row| number_of(row)).collect();
    (clusters, nobody)
}

impl Known {
    /// How many subjects there are. Complaints whose subject key stands for nobody (`unknown`, `n/a`, `-`) count as one each.
    #[must_use]
    pub fn cluster_count(&self) -> usize {
        let mut numbers = self.clusters.clone();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.len()
    }

    /// How many subjects of equal weight would tell as much (Kish 1965): less than [`Self::cluster_count`] where a few have
    /// most of the complaints or of the weight.
    ///
    /// ```
    /// use caserank::complaint::Origin;
    /// use caserank::research::evaluate::Weights;
    /// use caserank::research::study::Known;
    /// let known = Known::of_labels("found", &[true, false, true, false], Origin::Prospective);
    /// assert_eq!(known.effective_subjects(), 4.0);
    /// let heavy = known.with_weights(Weights::sampling(vec![1e6, 1.0, 1.0, 1.0])?)?;
    /// assert!(heavy.effective_subjects() < 1.01);
    /// # Ok::<(), caserank::research::evaluate::InputError>(())
    /// ```
    #[must_use]
    pub fn effective_subjects(&self) -> f64 {
        let weight = |row: usize| self.weights.as_ref().map_or(1.0, |all| all.values()[row]);
        effective_count(self.clusters.iter().enumerate().map(|(row, &of)| (Some(of), weight(row))))
    }

    /// How many subjects there are, where some have several complaints.
    pub(crate) fn repeated_subjects(&self) -> Option<usize> {
        let subjects = self.cluster_count();
        (subjects < self.len()).then_some(subjects)
    }
}
