//! Bringing scores to the probabilities of another place or time.

use ndarray::{Array1, ArrayView1, ArrayView2};
use serde::Serialize;

use super::sample::{effective_count, same_length};
use super::{Advice, FitError, GroupRecalibration};
use crate::research::evaluate::{
    Confidence, ExpectedObserved, Predicted, Weights, expected_observed,
};
use crate::research::numeric::{Isotonic, LogisticFit, LogisticProblem};

/// Log-odds with labels, what a calibration learns from.
#[derive(Debug, Clone)]
pub struct Scores<'a> {
    pub(super) log_odds: &'a [f64],
    pub(super) labels: &'a [bool],
    pub(super) weights: Option<&'a [f64]>,
    pub(super) clusters: Option<&'a [u32]>,
}

/// A calibration on the log-odds scale: `new = intercept + slope * given`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Recalibration {
    /// Added to the log-odds.
    pub intercept: f64,
    /// Multiplies the log-odds; 1 where only the intercept was learnt.
    pub slope: f64,
    /// Standard error of the intercept: over clusters where there are any, the wider of that and the model's where those are
    /// fewer than 40; the model's otherwise.
    pub intercept_error: f64,
    /// Standard error of the slope, where it was learnt, of the same kind.
    pub slope_error: Option<f64>,
    /// Expected over observed before.
    pub before: ExpectedObserved,
    /// Expected over observed after, on the same complaints.
    pub after: ExpectedObserved,
    /// What the number of events, or non-events where fewer, supports.
    pub advice: Advice,
    /// Digest of the scores and labels that it was learnt from.
    #[serde(skip)]
    pub(super) learnt_from: u64,
}

/// How a calibration did on complaints that it was not learnt from: what a calibration record needs.
///
/// On the complaints that set the intercept, expected equals observed whatever the model is worth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judged {
    pub(super) complaints: usize,
    pub(super) events: usize,
    pub(super) expected_over_observed: ExpectedObserved,
}

impl Judged {
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

impl Recalibration {
    /// The new log-odds.
    #[must_use]
    pub fn log_odds(&self, given: f64) -> f64 {
        self.intercept + self.slope * given
    }
}

pub(super) fn chances(log_odds: impl Iterator<Item = f64>) -> Vec<f64> {
    log_odds.map(|eta| 1.0 / (1.0 + (-eta).exp())).collect()
}

impl<'a> Scores<'a> {
    /// Log-odds (or, for Platt and isotonic, any scores) and one label each.
    ///
    /// # Errors
    /// [`FitError`] when they differ in length, a score is not finite or all labels are alike.
    pub fn new(log_odds: &'a [f64], labels: &'a [bool]) -> Result<Self, FitError> {
        same_length("labels", labels.len(), log_odds.len())?;
        if let Some(row) = log_odds.iter().position(|score| !score.is_finite()) {
            return Err(FitError::NotFinite {
                column: "score".to_owned(),
                row,
                value: log_odds[row],
            });
        }
        let events = labels.iter().filter(|label| **label).count();
        if events == 0 || events == labels.len() {
            return Err(FitError::OneClass { label: events > 0 });
        }
        Ok(Self { log_odds, labels, weights: None, clusters: None })
    }

    /// Case weights, above 0 and one each.
    ///
    /// # Errors
    /// [`FitError`] when there is not one each or one is not finite and above 0.
    pub fn weights(mut self, weights: &'a [f64]) -> Result<Self, FitError> {
        same_length("weights", weights.len(), self.labels.len())?;
        if let Some(value) = weights.iter().find(|weight| !(weight.is_finite() && **weight > 0.0)) {
            return Err(FitError::Setting {
                setting: "weights",
                value: *value,
                allowed: "finite and above 0",
            });
        }
        self.weights = Some(weights);
        Ok(self)
    }

    /// The cluster of each complaint (its subject); complaints of one cluster are counted as one event in the advice, and
    /// standard errors of what is learnt are made over clusters. Intervals of expected over observed know nothing of them.
    ///
    /// # Errors
    /// [`FitError::Length`] when there is not one each.
    pub fn clusters(mut self, clusters: &'a [u32]) -> Result<Self, FitError> {
        same_length("clusters", clusters.len(), self.labels.len())?;
        self.clusters = Some(clusters);
        Ok(self)
    }

    pub(super) fn targets(&self) -> Array1<f64> {
        self.labels.iter().map(|label| f64::from(*label)).collect()
    }

    pub(super) fn solve(&self, targets: &Array1<f64>, line: bool) -> Result<LogisticFit, FitError> {
        let offset = ArrayView1::from(self.log_odds);
        let columns = usize::from(line);
        let shape = (self.log_odds.len(), columns);
        let values = if line { self.log_odds } else { &[] };
        // The shape follows from the lengths, so this never fails.
        let design = ArrayView2::from_shape(shape, values).map_err(|_| FitError::NothingHelps)?;
        let mut problem = LogisticProblem::new(design, targets.view());
        if !line {
            problem = problem.offset(offset);
        }
        if let Some(weights) = self.weights {
            problem = problem.weights(ArrayView1::from(weights));
        }
        problem.solve().map_err(|error| FitError::named(error, &["score".to_owned()]))
    }

    pub(super) fn expected(&self, probabilities: &[f64]) -> Result<ExpectedObserved, FitError> {
        let refuse = |_| FitError::NothingHelps;
        let predicted = Predicted::new(self.labels, probabilities).map_err(refuse)?;
        let found = match self.weights {
            None => expected_observed(predicted, Confidence::P95),
            Some(weights) => {
                let weights = Weights::sampling(weights.to_vec()).map_err(refuse)?;
                let weighted = predicted.weighted(&weights).map_err(refuse)?;
                return expected_observed(weighted, Confidence::P95)
                    .map_err(|_| FitError::NothingHelps);
            }
        };
        found.map_err(|_| FitError::NothingHelps)
    }

    /// Effective events, or non-events where fewer.
    pub(super) fn effective_rarer(&self) -> f64 {
        let effective = |label: bool| {
            let with = (0..self.labels.len()).filter(|row| self.labels[*row] == label);
            effective_count(with.map(|row| {
                let cluster = self.clusters.map(|clusters| clusters[row]);
                (cluster, self.weights.map_or(1.0, |weights| weights[row]))
            }))
        };
        effective(true).min(effective(false))
    }

    fn finish(
        &self,
        targets: &Array1<f64>,
        fit: &LogisticFit,
        line: bool,
    ) -> Result<Recalibration, FitError> {
        let errors = self.errors(targets, fit, line);
        let (intercept, slope) =
            (fit.coefficients[0], if line { fit.coefficients[1] } else { 1.0 });
        Ok(Recalibration {
            intercept,
            slope,
            intercept_error: errors[0],
            slope_error: line.then(|| errors[1]),
            before: self.expected(&chances(self.log_odds.iter().copied()))?,
            after: self
                .expected(&chances(self.log_odds.iter().map(|given| intercept + slope * given)))?,
            advice: Advice::for_events(self.effective_rarer()),
            learnt_from: self.digest(),
        })
    }

    /// FNV over the bits of scores and labels: tells one body of complaints from another, against accidents.
    pub(super) fn digest(&self) -> u64 {
        let rows = self.log_odds.iter().zip(self.labels);
        rows.flat_map(|(score, label)| [score.to_bits(), u64::from(*label)])
            .fold(0xcbf2_9ce4_8422_2325, |hash, word| {
                (hash ^ word).wrapping_mul(0x0000_0100_0000_01b3)
            })
    }

    fn judged(&self, learnt_from: Option<u64>, log_odds: &[f64]) -> Result<Judged, FitError> {
        if learnt_from == Some(self.digest()) {
            return Err(FitError::SameComplaints);
        }
        self.judged_by(&chances(log_odds.iter().copied()))
    }

    fn judged_by(&self, probabilities: &[f64]) -> Result<Judged, FitError> {
        Ok(Judged {
            complaints: self.labels.len(),
            events: self.labels.iter().filter(|label| **label).count(),
            expected_over_observed: self.expected(probabilities)?,
        })
    }

    /// How a recalibration does on these complaints, which must be others than those it was learnt from.
    ///
    /// # Errors
    /// [`FitError::SameComplaints`] for the complaints that it was learnt from.
    pub fn judge(&self, learnt: &Recalibration) -> Result<Judged, FitError> {
        let moved: Vec<f64> = self.log_odds.iter().map(|given| learnt.log_odds(*given)).collect();
        self.judged(Some(learnt.learnt_from), &moved)
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
        self.judged(Some(learnt.learnt_from), &moved)
    }

    /// As [`Self::judge`] for an isotonic curve. It cannot tell which complaints the curve was learnt from: give others.
    ///
    /// # Errors
    /// [`FitError::NothingHelps`] for a curve without points.
    pub fn judge_isotonic(&self, curve: &Isotonic) -> Result<Judged, FitError> {
        let chances: Vec<f64> = self.log_odds.iter().map(|score| curve.predict(*score)).collect();
        self.judged_by(&chances)
    }

    /// Learns a shift of the log-odds, the slope staying 1.
    ///
    /// # Errors
    /// [`FitError`] where the regression has no optimum.
    pub fn intercept(&self) -> Result<Recalibration, FitError> {
        let targets = self.targets();
        self.finish(&targets, &self.solve(&targets, false)?, false)
    }

    /// Learns intercept and slope (Cox 1958).
    ///
    /// # Errors
    /// [`FitError`] where the regression has no optimum: the scores separate the labels, or do not vary.
    pub fn line(&self) -> Result<Recalibration, FitError> {
        let targets = self.targets();
        self.finish(&targets, &self.solve(&targets, true)?, true)
    }

    /// Platt's calibration (1999): intercept and slope on targets drawn in from 0 and 1, so that it stays finite.
    ///
    /// The targets are `(events + 1) / (events + 2)` and `1 / (others + 2)`, counted without weights.
    ///
    /// # Errors
    /// [`FitError`] where the scores do not vary.
    pub fn platt(&self) -> Result<Recalibration, FitError> {
        let events = self.labels.iter().filter(|label| **label).count() as f64;
        let others = self.labels.len() as f64 - events;
        let (high, low) = ((events + 1.0) / (events + 2.0), 1.0 / (others + 2.0));
        let targets = self.labels.iter().map(|label| if *label { high } else { low }).collect();
        self.finish(&targets, &self.solve(&targets, true)?, true)
    }

    /// Isotonic regression of the labels on the scores; equal scores are pooled first.
    ///
    /// # Errors
    /// [`FitError::NothingHelps`] for input that cannot be pooled; none of it passes [`Self::new`].
    pub fn isotonic(&self) -> Result<Isotonic, FitError> {
        let targets = self.targets().to_vec();
        Isotonic::fit(self.log_odds, &targets, self.weights).ok_or(FitError::NothingHelps)
    }
}
