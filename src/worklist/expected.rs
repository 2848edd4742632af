//! How much of an outcome a model expects among the complaints of a plan, where it may say so.

use std::fmt;

use super::plan::Plan;
use crate::instrument::Calibration;
use crate::triage::Ranking;

/// Why no figure is given.
pub(super) const NO_YIELD: &str = "No expected yield is given: no outcome of this model was calibrated on complaints that really came in.";

/// What a model expects of a plan for one outcome: the sum of the probabilities of its complaints.
///
/// It is there for outcomes alone that were calibrated on complaints that really came in
/// ([`OutcomeDraft::quotable_calibration`](crate::instrument::OutcomeDraft::quotable_calibration)). It is a statement about
/// a list of work, not about any complaint on it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExpectedYield {
    outcome: String,
    complaints: usize,
    billionths: u64,
    calibration: Calibration,
}

impl ExpectedYield {
    /// Id of the outcome.
    #[must_use]
    pub fn outcome(&self) -> &str {
        &self.outcome
    }

    /// Complaints of the plan of which the outcome is asked.
    #[must_use]
    pub fn complaints(&self) -> usize {
        self.complaints
    }

    /// How many of them are expected to have the outcome, in billionths of a complaint.
    #[must_use]
    pub fn billionths(&self) -> u64 {
        self.billionths
    }

    /// Where and how the probabilities were held against outcomes.
    #[must_use]
    pub fn calibration(&self) -> &Calibration {
        &self.calibration
    }
}

impl fmt::Display for ExpectedYield {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.billionths + 50_000_000) / 100_000_000;
        let Calibration { place, until, complaints, events, ascertainment, .. } = &self.calibration;
        let ratio = &self.calibration.expected_over_observed;
        write!(
            out,
            "{}: about {}.{} of {} complaints of this plan, as calibrated in {place} up to {until} ({events} of {complaints} had it; found by {ascertainment}; expected over observed {}, {} to {})",
            self.outcome,
            tenths / 10,
            tenths % 10,
            self.complaints,
            ratio.value,
            ratio.low,
            ratio.high
        )
    }
}

impl Plan {
    /// How much of each outcome the model expects among the complaints of the plan: one entry for each outcome that was
    /// calibrated on complaints that really came in, in the model's order; none where no outcome was.
    ///
    /// `ranking` is the one that was planned from.
    ///
    /// ```
    /// use caserank::worklist::{Carry, Period, Planner, Request};
    /// use caserank::{BacklogBuilder, Complaint, Seed, Triage};
    /// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
    /// let triage = Triage::from_json(json)?;
    /// let mut backlog = BacklogBuilder::new(triage.codebook());
    /// backlog.push(&Complaint::new("a", "2026-04-17".parse()?)?.with_answer("prior_reports", 5))?;
    /// let ranking = triage.rank(&backlog.freeze())?;
    /// let period = Period { start: "2026-04-18".parse()?, end: "2026-04-19".parse()? };
    /// let plan = Planner::new(&triage, Seed(7))?.plan(&ranking, &Request::new(period, 2), &Carry::default())?;
    /// // The toy model was never held against outcomes, so it may not say.
    /// assert!(plan.expected_yield(&ranking).is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn expected_yield(&self, ranking: &Ranking) -> Vec<ExpectedYield> {
        let outcomes = ranking.triage().instrument().outcomes();
        let mut expected: Vec<(usize, ExpectedYield)> = outcomes
            .iter()
            .enumerate()
            .filter_map(|(number, part)| {
                let calibration = part.quotable_calibration()?.clone();
                let outcome = part.outcome.clone();
                Some((number, ExpectedYield { outcome, complaints: 0, billionths: 0, calibration }))
            })
            .collect();
        if expected.is_empty() {
            return Vec::new();
        }
        for entry in self.entries.iter().filter_map(|planned| ranking.entry(&planned.id)) {
            let assessment = entry.assess();
            for (number, sum) in &mut expected {
                let result = assessment.outcome_at(*number);
                if result.applies {
                    sum.complaints += 1;
                    sum.billionths += u64::from(result.probability.billionths());
                }
            }
        }
        expected.into_iter().map(|(_, sum)| sum).collect()
    }

    /// The same in words, or why nothing is said.
    pub(super) fn expected_words(&self, ranking: &Ranking) -> String {
        let expected: Vec<String> =
            self.expected_yield(ranking).iter().map(ToString::to_string).collect();
        match expected.is_empty() {
            true => NO_YIELD.to_owned(),
            false => format!("Expected yield: {}.", expected.join("; ")),
        }
    }
}
