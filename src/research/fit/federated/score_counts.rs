//! What an agency sends of its scores: counts by probability, none of few.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::error::FederatedError;
use super::plan::FORMAT;
use crate::complaint::Origin;
use crate::triage::Fingerprint;

/// Complaints of an agency whose probability lies in a bin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ScoreBin {
    /// Lowest probability of the bin; the next bin's is its end.
    pub from: f64,
    /// Complaints.
    pub complaints: u64,
    /// Those with the outcome.
    pub events: u64,
    /// Their probabilities added up.
    pub expected: f64,
}

/// An agency's counts by probability: no bin holds fewer complaints than the minimum, save none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ScoreCounts {
    /// Format of the message.
    pub format: u32,
    /// Who sends it.
    pub agency: String,
    /// Fingerprint of the model whose probabilities they are.
    pub model: Fingerprint,
    /// Where the complaints and their outcomes come from; not stated where a message does not say it.
    #[serde(default)]
    pub origin: Origin,
    /// Rising; the first starts at 0.
    pub bins: Vec<ScoreBin>,
}

impl ScoreCounts {
    /// Counts probabilities and labels between `cuts` (rising, within 0 and 1), joining bins that hold too few to
    /// their neighbours. O(rows log cuts).
    ///
    /// # Errors
    /// [`FederatedError`] for probabilities outside 0 to 1, cuts that do not rise, or fewer complaints than the minimum.
    pub fn new(
        agency: &str,
        model: Fingerprint,
        probabilities: &[f64],
        labels: &[bool],
        cuts: &[f64],
        minimum: usize,
    ) -> Result<Self, FederatedError> {
        Self::counted(agency, model, probabilities, labels, None::<&[u32]>, cuts, minimum)
    }

    /// As [`Self::new`], with the minimum held for subjects: `subjects` has a key for each complaint, and no bin is about
    /// fewer of them than the minimum, save none. Twenty complaints about one person are one person. The keys stay here.
    ///
    /// # Errors
    /// As [`Self::new`]; fewer subjects than the minimum; another number of keys than of complaints.
    ///
    /// ```
    /// use caserank::research::fit::federated::ScoreCounts;
    /// use caserank::triage::Fingerprint;
    /// let model: Fingerprint = caserank::reference::published()?.fingerprint();
    /// let chances: Vec<f64> = (0..40).map(|row| if row < 20 { 0.2 } else { 0.8 }).collect();
    /// let labels = [false; 40];
    /// let by_complaint = ScoreCounts::new("north", model, &chances, &labels, &[0.5], 10)?;
    /// // All complaints with a high probability are about one person.
    /// let subjects: Vec<u32> = (0..40).map(|row| row.min(20)).collect();
    /// let by_subject =
    ///     ScoreCounts::over_subjects("north", model, &chances, &labels, &subjects, &[0.5], 10)?;
    /// assert_eq!((by_complaint.bins.len(), by_subject.bins.len()), (2, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn over_subjects<K: Ord>(
        agency: &str,
        model: Fingerprint,
        probabilities: &[f64],
        labels: &[bool],
        subjects: &[K],
        cuts: &[f64],
        minimum: usize,
    ) -> Result<Self, FederatedError> {
        Self::counted(agency, model, probabilities, labels, Some(subjects), cuts, minimum)
    }

    fn counted<K: Ord>(
        agency: &str,
        model: Fingerprint,
        probabilities: &[f64],
        labels: &[bool],
        subjects: Option<&[K]>,
        cuts: &[f64],
        minimum: usize,
    ) -> Result<Self, FederatedError> {
        let length = |what: &str, found: usize| {
            let (agency, what, expected) =
                (agency.to_owned(), what.to_owned(), probabilities.len());
            match found == expected {
                true => Ok(()),
                false => Err(FederatedError::Length { agency, what, found, expected }),
            }
        };
        length("the list of labels", labels.len())?;
        length("the list of subjects", subjects.map_or(probabilities.len(), <[K]>::len))?;
        let count = |rows: &[usize]| match subjects {
            None => rows.len(),
            Some(keys) => rows.iter().map(|row| &keys[*row]).collect::<BTreeSet<&K>>().len(),
        };
        let found = count(&(0..probabilities.len()).collect::<Vec<usize>>());
        if found < minimum {
            let (agency, unit) =
                (agency.to_owned(), if subjects.is_some() { "subjects" } else { "complaints" });
            return Err(FederatedError::TooFew { agency, found, unit, minimum });
        }
        let number = |what, value| FederatedError::Number {
            from: agency.to_owned(),
            what,
            value,
            positive: true,
        };
        if let Some(value) = probabilities.iter().find(|value| !(0.0..=1.0).contains(*value)) {
            return Err(number("a probability", *value));
        }
        let inside = cuts.iter().all(|cut| *cut > 0.0 && *cut < 1.0);
        if !inside || !cuts.is_sorted_by(|a, b| a < b) {
            return Err(number("a cut", cuts.first().copied().unwrap_or(0.0)));
        }
        let mut inside = vec![Vec::new(); cuts.len() + 1];
        for (row, probability) in probabilities.iter().enumerate() {
            inside[cuts.partition_point(|cut| cut <= probability)].push(row);
        }
        let starts = std::iter::once(0.0).chain(cuts.iter().copied());
        let bins = joined(starts.zip(inside).collect(), &|rows| count(rows) < minimum);
        let bins = bins.into_iter().map(|(from, rows)| ScoreBin {
            from,
            complaints: rows.len() as u64,
            events: rows.iter().filter(|row| labels[**row]).count() as u64,
            expected: rows.iter().map(|row| probabilities[*row]).sum(),
        });
        let bins = bins.collect();
        let origin = Origin::NotStated;
        Ok(Self { format: FORMAT, agency: agency.to_owned(), model, origin, bins })
    }

    /// Where the complaints come from; not stated unless this says it.
    #[must_use]
    pub fn with_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }
}

/// Where a bin starts, and the rows that are in it.
type Bin = (f64, Vec<usize>);

/// Joins bins that hold too few to their neighbours, by halves: of bins 0 to 7 first two, then four, then all. Cuts that
/// go at one agency are then those that go at another before any else.
fn joined(bins: Vec<Bin>, is_few: &dyn Fn(&[usize]) -> bool) -> Vec<Bin> {
    // Of each block: its first bin, and how many times it was doubled.
    let mut blocks: Vec<(usize, u32, Bin)> =
        bins.into_iter().enumerate().map(|(bin_number, bin)| (bin_number, 0, bin)).collect();
    let is_small = |(_, rows): &Bin| !rows.is_empty() && is_few(rows);
    let mut least = blocks.iter().filter(|(_, _, bin)| is_small(bin)).map(|block| block.1).min();
    while let Some(level) = least {
        let parent = blocks
            .iter()
            .find(|(_, doubled, bin)| *doubled == level && is_small(bin))
            .map_or(0, |(bin_number, ..)| bin_number >> (level + 1));
        let mut next: Vec<(usize, u32, Bin)> = Vec::new();
        for (bin_number, doubled, bin) in blocks {
            match next.last_mut() {
                Some((first, _, into))
                    if bin_number >> (level + 1) == parent && *first >> (level + 1) == parent =>
                {
                    into.1.extend(bin.1);
                }
                _ => next.push((bin_number, doubled, bin)),
            }
        }
        for block in next.iter_mut().filter(|block| block.0 >> (level + 1) == parent) {
            block.1 = level + 1;
        }
        blocks = next;
        least = blocks.iter().filter(|(_, _, bin)| is_small(bin)).map(|block| block.1).min();
    }
    blocks.into_iter().map(|(_, _, bin)| bin).collect()
}
