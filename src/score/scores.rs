//! Scores of many complaints: integers, complaints × outcomes.

use ndarray::{Array2, ArrayView2};

use super::link::Probability;
use crate::Fixed;
use crate::instrument::OutcomeIndex;

/// Scores of a backlog's complaints, rows in the backlog's order, one column per outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scores {
    steps: Array2<i32>,
    billionths: Array2<u32>,
    /// One bit per outcome and row; empty where every outcome always applies.
    inapplicable: Vec<u64>,
}

impl Scores {
    /// From columns in row order, `outcomes` cells a row.
    pub(crate) fn new(
        outcomes: usize,
        steps: Vec<i32>,
        billionths: Vec<u32>,
        inapplicable: Vec<u64>,
    ) -> Self {
        let rows = steps.len() / outcomes.max(1);
        Scores {
            // The columns are made row by row, so the shape always fits.
            steps: Array2::from_shape_vec((rows, outcomes), steps).unwrap_or_default(),
            billionths: Array2::from_shape_vec((rows, outcomes), billionths).unwrap_or_default(),
            inapplicable,
        }
    }

    /// How many complaints were scored.
    #[must_use]
    pub fn len(&self) -> usize {
        self.steps.nrows()
    }

    /// Whether none was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many outcomes each complaint was scored for.
    #[must_use]
    pub fn outcomes(&self) -> usize {
        self.steps.ncols()
    }

    /// Whether the outcome applies to the complaint.
    ///
    /// # Panics
    /// For a row beyond the last, and where `outcome` is of an instrument with more outcomes; so do
    /// the two below.
    #[must_use]
    pub fn applies(&self, row: usize, outcome: OutcomeIndex) -> bool {
        let (outcomes, outcome) = (self.outcomes(), outcome.position());
        assert!(row < self.len() && outcome < outcomes, "no score {outcome} of row {row}");
        self.inapplicable.get(row).is_none_or(|bits| bits >> outcome & 1 == 0)
    }

    /// The score, or `None` where the outcome does not apply.
    ///
    /// # Panics
    /// As [`Scores::applies`].
    #[must_use]
    pub fn score(&self, row: usize, outcome: OutcomeIndex) -> Option<Fixed> {
        let steps = || Fixed::from_steps(self.steps[[row, outcome.position()]]);
        self.applies(row, outcome).then(steps)
    }

    /// The probability by the instrument's link, 0 where the outcome does not apply. It is a
    /// probability only where the instrument is calibrated.
    ///
    /// # Panics
    /// As [`Scores::applies`].
    #[must_use]
    pub fn probability(&self, row: usize, outcome: OutcomeIndex) -> Probability {
        Probability::from_billionths(self.billionths[[row, outcome.position()]])
    }

    /// Millionths of every score, complaints × outcomes; those of outcomes that do not apply are
    /// there too, and mean nothing.
    #[must_use]
    pub fn steps(&self) -> ArrayView2<'_, i32> {
        self.steps.view()
    }

    /// Billionths of every probability, complaints × outcomes.
    #[must_use]
    pub fn billionths(&self) -> ArrayView2<'_, u32> {
        self.billionths.view()
    }
}
