//! How a calibration does on other complaints than it was learnt from.

use serde::Serialize;

use super::calibrate::chances;
use super::overlap::{Judging, Overlap, SeenComplaints};
use super::sample::same_length;
use super::{FitError, GroupRecalibration, Recalibration, Scores};
use crate::research::evaluate::ExpectedObserved;
use crate::research::numeric::Isotonic;

/// How a calibration did on complaints that it was not learnt from: what a calibration record needs.
///
/// On the complaints that set the intercept, expected equals observed whatever the model is worth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judged {
    pub(super) complaints: usize,
    pub(super) events: usize,
    pub(super) expected_over_observed: ExpectedObserved,
    overlap: Option<Overlap>,
}

impl Judged {
    /// How many of the complaints were learnt from; `None` where none is known to be. It goes into the calibration record.
    #[must_use]
    pub fn overlap(&self) -> Option<Overlap> {
        self.overlap
    }

    /// Complaints that it was judged on.
    #[must_use]
    pub fn complaints(&self) -> usize {
        self.complaints
    }

    /// Those among them with the outcome.
    #[must_use]
    pub fn events(&self) -> usize {
        self.events
    }

    /// Expected over observed there.
    #[must_use]
    pub fn expected_over_observed(&self) -> &ExpectedObserved {
        &self.expected_over_observed
    }
}

impl Scores<'_> {
    pub(super) fn seen(&self) -> SeenComplaints {
        SeenComplaints::of(self.log_odds, self.labels, self.keys)
    }

    fn judged(&self, learnt_from: &SeenComplaints, log_odds: &[f64]) -> Result<Judged, FitError> {
        let overlap = match learnt_from.judging(&self.seen()) {
            Judging::Same => return Err(FitError::SameComplaints),
            Judging::Some(overlap) => Some(overlap),
            Judging::Others => None,
        };
        Ok(Judged { overlap, ..self.judged_by(&chances(log_odds.iter().copied()))? })
    }

    fn judged_by(&self, probabilities: &[f64]) -> Result<Judged, FitError> {
        Ok(Judged {
            complaints: self.labels.len(),
            events: self.labels.iter().filter(|label| **label).count(),
            expected_over_observed: self.expected(probabilities)?,
            overlap: None,
        })
    }

    /// How a recalibration does on these complaints, which must be others than those it was learnt from. Where some are among
    /// those ([`Self::with_keys`]; without keys, where most have the very score and label of one), [`Judged::overlap`] says
    /// how many.
    ///
    /// # Errors
    /// [`FitError::SameComplaints`] for the complaints that it was learnt from.
    pub fn judge(&self, learnt: &Recalibration) -> Result<Judged, FitError> {
        let moved: Vec<f64> = self.log_odds.iter().map(|given| learnt.log_odds(*given)).collect();
        self.judged(&learnt.learnt_from, &moved)
    }

    /// As [`Self::judge`] for shifts by group, one group each.
    ///
    /// # Errors
    /// As [`Self::judge`], and [`FitError::Length`] when there is not one group each.
    pub fn judge_groups(
        &self,
        learnt: &GroupRecalibration,
        groups: &[&str],
    ) -> Result<Judged, FitError> {
        same_length("groups", groups.len(), self.labels.len())?;
        let moved: Vec<f64> = self
            .log_odds
            .iter()
            .zip(groups)
            .map(|(given, group)| given + learnt.shift(group))
            .collect();
        self.judged(&learnt.learnt_from, &moved)
    }

    /// As [`Self::judge`] for an isotonic curve. It cannot tell which complaints the curve was learnt from: give others.
    ///
    /// # Errors
    /// [`FitError::NothingHelps`] for a curve without points.
    pub fn judge_isotonic(&self, curve: &Isotonic) -> Result<Judged, FitError> {
        let chances: Vec<f64> = self.log_odds.iter().map(|score| curve.predict(*score)).collect();
        self.judged_by(&chances)
    }
}
