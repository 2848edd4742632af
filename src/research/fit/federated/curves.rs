//! Calibration and capacity over agencies, from counts by score.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use super::error::FederatedError;
use super::plan::FORMAT;
use super::pooling::once;
use super::score_counts::ScoreCounts;
use super::warning::FederatedWarning;
use crate::complaint::Origin;
use crate::research::evaluate::{Confidence, ExpectedObserved, NotEstimable};
use crate::triage::Fingerprint;

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
