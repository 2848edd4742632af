//! Calibration and capacity over agencies, from counts by score.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::error::FederatedError;
use super::plan::FORMAT;
use super::pooling::once;
use super::warning::FederatedWarning;
use crate::complaint::Origin;
use crate::research::evaluate::{Confidence, ExpectedObserved, NotEstimable};
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
        if labels.len() != probabilities.len() {
            return Err(FederatedError::Length {
                agency: agency.to_owned(),
                what: "the list of labels".to_owned(),
                found: labels.len(),
                expected: probabilities.len(),
            });
        }
        if probabilities.len() < minimum {
            return Err(FederatedError::TooFew {
                agency: agency.to_owned(),
                found: probabilities.len(),
                unit: "complaints",
                minimum,
            });
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
        let mut bins: Vec<ScoreBin> = std::iter::once(0.0)
            .chain(cuts.iter().copied())
            .map(|from| ScoreBin { from, complaints: 0, events: 0, expected: 0.0 })
            .collect();
        for (probability, label) in probabilities.iter().zip(labels) {
            let bin = &mut bins[cuts.partition_point(|cut| cut <= probability)];
            bin.complaints += 1;
            bin.events += u64::from(*label);
            bin.expected += probability;
        }
        let bins = joined(bins, minimum as u64);
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

/// Joins bins that hold too few to their neighbours, by halves: of bins 0 to 7 first two, then four, then all. Cuts that
/// go at one agency are then those that go at another before any else.
fn joined(bins: Vec<ScoreBin>, minimum: u64) -> Vec<ScoreBin> {
    // Of each block: its first bin, and how many times it was doubled.
    let mut blocks: Vec<(usize, u32, ScoreBin)> =
        bins.into_iter().enumerate().map(|(bin_number, bin)| (bin_number, 0, bin)).collect();
    let is_small = |bin: &ScoreBin| bin.complaints > 0 && bin.complaints < minimum;
    let mut least = blocks.iter().filter(|(_, _, bin)| is_small(bin)).map(|block| block.1).min();
    while let Some(level) = least {
        let parent = blocks
            .iter()
            .find(|(_, doubled, bin)| *doubled == level && is_small(bin))
            .map_or(0, |(bin_number, ..)| bin_number >> (level + 1));
        let mut next: Vec<(usize, u32, ScoreBin)> = Vec::new();
        for (bin_number, doubled, bin) in blocks {
            match next.last_mut() {
                Some((first, _, into))
                    if bin_number >> (level + 1) == parent && *first >> (level + 1) == parent =>
                {
                    into.complaints += bin.complaints;
                    into.events += bin.events;
                    into.expected += bin.expected;
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

/// A bin over all agencies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PooledBin {
    /// Lowest probability of the bin.
    pub from: f64,
    /// Complaints.
    pub complaints: u64,
    /// Those with the outcome.
    pub events: u64,
    /// Mean probability; `None` for an empty bin.
    pub predicted: Option<f64>,
    /// Share with the outcome; `None` for an empty bin.
    pub observed: Option<f64>,
}

/// What a capacity reaches: everything at and above one bin's start.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ReachedShare {
    /// Lowest probability that is worked.
    pub from: f64,
    /// Share of all complaints that are worked.
    pub worked: f64,
    /// Share of complaints with the outcome among those worked; of all that have it.
    pub reached: f64,
}

/// Calibration and capacity of one model over agencies, at the cuts that all of them have.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PooledCurves {
    bins: Vec<PooledBin>,
    capacity: Vec<ReachedShare>,
    expected_over_observed: f64,
    lost_cuts: usize,
    left_out: Vec<String>,
    origin: Origin,
    warnings: Vec<FederatedWarning>,
}

impl PooledCurves {
    /// Adds up the counts of agencies that have at least `least_bins` bins; the others, whose few complaints would take
    /// the cuts of all, are left out and named.
    ///
    /// # Errors
    /// [`FederatedError`] for no counts, other formats or models, an agency that comes twice, numbers out of range, or no complaint with the outcome.
    pub fn new(parts: &[ScoreCounts], least_bins: usize) -> Result<Self, FederatedError> {
        let nothing = |what, way_out| Err(FederatedError::Nothing { what, way_out });
        let (parts, out): (Vec<&ScoreCounts>, Vec<&ScoreCounts>) =
            parts.iter().partition(|part| part.bins.len() >= least_bins);
        let Some(first) = parts.first() else {
            return nothing(
                "no agency has sent counts by score with so many bins",
                "ask for fewer bins, or wait for more complaints",
            );
        };
        let mut common: Option<BTreeSet<u64>> = None;
        let mut all: BTreeSet<u64> = BTreeSet::new();
        for (number, part) in parts.iter().enumerate() {
            check(part, first.model)?;
            once(&part.agency, parts[..number].iter().map(|earlier| &*earlier.agency))?;
            let cuts: BTreeSet<u64> = part.bins.iter().map(|bin| bin.from.to_bits()).collect();
            all.extend(&cuts);
            common = Some(match common {
                None => cuts,
                Some(known) => known.intersection(&cuts).copied().collect(),
            });
        }
        // Bits of numbers from 0 on rise as the numbers do.
        let cuts: Vec<f64> = common.unwrap_or_default().into_iter().map(f64::from_bits).collect();
        let mut sums = vec![(0_u64, 0_u64, 0.0); cuts.len()];
        for bin in parts.iter().flat_map(|part| &part.bins) {
            let sum = &mut sums[cuts.partition_point(|cut| *cut <= bin.from) - 1];
            sum.0 += bin.complaints;
            sum.1 += bin.events;
            sum.2 += bin.expected;
        }
        let complaints: u64 = sums.iter().map(|sum| sum.0).sum();
        let events: u64 = sums.iter().map(|sum| sum.1).sum();
        if events == 0 {
            return nothing("no complaint has the outcome", "pool more agencies or a longer time");
        }
        let bins = cuts.iter().zip(&sums).map(|(from, (complaints, events, expected))| {
            let share = |part: f64| (*complaints > 0).then(|| part / *complaints as f64);
            PooledBin {
                from: *from,
                complaints: *complaints,
                events: *events,
                predicted: share(*expected),
                observed: share(*events as f64),
            }
        });
        let bins = bins.collect();
        let (mut worked, mut reached) = (0, 0);
        let capacity = cuts.iter().zip(&sums).rev().map(|(from, sum)| {
            worked += sum.0;
            reached += sum.1;
            ReachedShare {
                from: *from,
                worked: worked as f64 / complaints as f64,
                reached: reached as f64 / events as f64,
            }
        });
        let origin = parts.iter().map(|part| part.origin).max().unwrap_or_default();
        Ok(Self {
            bins,
            capacity: capacity.collect(),
            expected_over_observed: sums.iter().map(|sum| sum.2).sum::<f64>() / events as f64,
            lost_cuts: all.len() - cuts.len(),
            left_out: out.iter().map(|part| part.agency.clone()).collect(),
            origin,
            warnings: FederatedWarning::of_origin(origin).into_iter().collect(),
        })
    }

    /// The bins, rising.
    #[must_use]
    pub fn bins(&self) -> &[PooledBin] {
        &self.bins
    }

    /// What is reached by working everything from a probability up; the fewest first.
    #[must_use]
    pub fn capacity(&self) -> &[ReachedShare] {
        &self.capacity
    }

    /// Expected over observed complaints with the outcome.
    #[must_use]
    pub fn expected_over_observed(&self) -> f64 {
        self.expected_over_observed
    }

    /// The same with its exact binomial bounds and p value, the expected number taken as fixed. It takes complaints as
    /// independent: agencies send no subjects.
    ///
    /// # Errors
    /// [`NotEstimable`] where nothing was expected.
    ///
    /// ```
    /// use caserank::research::evaluate::Confidence;
    /// use caserank::research::fit::federated::{PooledCurves, ScoreCounts};
    /// use caserank::triage::Fingerprint;
    /// let model: Fingerprint = caserank::reference::published()?.fingerprint();
    /// let labels: Vec<bool> = (0..40).map(|row| row < 10).collect();
    /// let sent = ScoreCounts::new("north", model, &[0.3; 40], &labels, &[0.5], 10)?;
    /// let curves = PooledCurves::new(&[sent], 1)?;
    /// let found = curves.expected_observed(Confidence::P95)?;
    /// assert!((found.ratio.value - 1.2).abs() < 1e-12);
    /// assert!(found.ratio.interval?.contains(1.0), "twelve for ten may be chance");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn expected_observed(
        &self,
        confidence: Confidence,
    ) -> Result<ExpectedObserved, NotEstimable> {
        let complaints = self.bins.iter().map(|bin| bin.complaints).sum();
        let events: u64 = self.bins.iter().map(|bin| bin.events).sum();
        let expected = self.expected_over_observed * events as f64;
        ExpectedObserved::of_counts(expected, events, complaints, confidence)
    }

    /// Agencies left out because their few complaints leave them with too few bins.
    #[must_use]
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// Cuts that had to go because some agency had too few complaints beside them.
    #[must_use]
    pub fn lost_cuts(&self) -> usize {
        self.lost_cuts
    }

    /// Where the complaints come from: the largest origin of the agencies that are counted.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// What a reader should know.
    #[must_use]
    pub fn warnings(&self) -> &[FederatedWarning] {
        &self.warnings
    }
}

impl fmt::Display for PooledCurves {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<6} {:>10} {:>9} {:>9} {:>8} {:>7} {:>7}",
            "from", "complaints", "outcomes", "predicted", "observed", "worked", "reached"
        )?;
        let share =
            |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.3}"));
        // What is worked from a bin up stands beside the bin.
        for (bin, reached) in self.bins.iter().zip(self.capacity.iter().rev()) {
            write!(
                f,
                "\n{:<6.3} {:>10} {:>9} {:>9} {:>8} {:>6.1}% {:>6.1}%",
                bin.from,
                bin.complaints,
                bin.events,
                share(bin.predicted),
                share(bin.observed),
                100.0 * reached.worked,
                100.0 * reached.reached
            )?;
        }
        write!(f, "\nexpected over observed {:.3}", self.expected_over_observed)?;
        let found = self.expected_observed(Confidence::P95);
        match found.and_then(|found| found.ratio.interval) {
            Ok(ends) => write!(f, " (95% interval {:.3} to {:.3})", ends.lower, ends.upper)?,
            Err(why) => write!(f, " (no interval: {})", why.because)?,
        }
        if !self.left_out.is_empty() {
            write!(f, "\ntoo small, and left out: `{}`", self.left_out.join("`, `"))?;
        }
        for warning in &self.warnings {
            write!(f, "\nwarning: {warning}")?;
        }
        Ok(())
    }
}

fn check(part: &ScoreCounts, model: Fingerprint) -> Result<(), FederatedError> {
    if part.format != FORMAT {
        return Err(FederatedError::Format { found: part.format, read: FORMAT });
    }
    if part.model != model {
        return Err(FederatedError::Other {
            from: part.agency.clone(),
            what: "model",
            found: part.model.to_string(),
            expected: model.to_string(),
        });
    }
    let number = |what, value| FederatedError::Number {
        from: part.agency.clone(),
        what,
        value,
        positive: true,
    };
    if part.bins.first().is_none_or(|bin| bin.from != 0.0) {
        return Err(number(
            "the first bin's start",
            part.bins.first().map_or(f64::NAN, |b| b.from),
        ));
    }
    for pair in part.bins.windows(2) {
        if pair[0].from.partial_cmp(&pair[1].from) != Some(std::cmp::Ordering::Less) {
            return Err(number("a bin's start", pair[1].from));
        }
    }
    for bin in &part.bins {
        if !(bin.expected.is_finite() && bin.expected >= 0.0) || bin.events > bin.complaints {
            return Err(number("a bin's sum", bin.expected));
        }
    }
    Ok(())
}
