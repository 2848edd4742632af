//! Bringing scores to the probabilities of another place or time.

use ndarray::{Array1, ArrayView1, ArrayView2};
use serde::Serialize;

use super::overlap::SeenComplaints;
use super::sample::{effective_count, same_length};
use super::{Advice, FitError};
use crate::research::evaluate::{
    Confidence, ExpectedObserved, MaybeWeighted, Predicted, Weights, expected_observed,
    expected_observed_clustered,
};
use crate::research::numeric::{Isotonic, LogisticFit, LogisticProblem};

/// Log-odds with labels, what a calibration learns from.
#[derive(Debug, Clone)]
pub struct Scores<'a> {
    pub(super) log_odds: &'a [f64],
    pub(super) labels: &'a [bool],
    pub(super) weights: Option<&'a [f64]>,
    pub(super) clusters: Option<&'a [u32]>,
    pub(super) keys: Option<&'a [&'a str]>,
}

/// A calibration on the log-odds scale: `new = intercept + slope * given`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Recalibration {
    /// Added to the log-odds.
    pub intercept: f64,
    /// Multiplies the log-odds; 1 where only the intercept was learnt.
    pub slope: f64,
    /// Standard error of the intercept: under weights the sandwich over complaints, which does not change with their scale;
    /// over clusters where there are any, the wider of that and the model's where those are fewer than 40; else the model's.
    pub intercept_error: f64,
    /// Standard error of the slope, where it was learnt, of the same kind.
    pub slope_error: Option<f64>,
    /// Expected over observed before.
    pub before: ExpectedObserved,
    /// Expected over observed after, on the same complaints.
    pub after: ExpectedObserved,
    /// What the number of events, or non-events where fewer, supports.
    pub advice: Advice,
    /// The complaints that it was learnt from.
    #[serde(skip)]
    pub(super) learnt_from: SeenComplaints,
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
        Ok(Self { log_odds, labels, weights: None, clusters: None, keys: None })
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
    /// standard errors of what is learnt and intervals of expected over observed are made over clusters.
    ///
    /// # Errors
    /// [`FitError::Length`] when there is not one each.
    pub fn clusters(mut self, clusters: &'a [u32]) -> Result<Self, FitError> {
        same_length("clusters", clusters.len(), self.labels.len())?;
        self.clusters = Some(clusters);
        Ok(self)
    }

    /// What tells each complaint from those of other bodies: its id, or its subject where one has several. With keys on both
    /// sides, judging says how many complaints were learnt from, even where others are among them.
    ///
    /// # Errors
    /// [`FitError::Length`] when there is not one each.
    pub fn with_keys(mut self, keys: &'a [&'a str]) -> Result<Self, FitError> {
        same_length("keys", keys.len(), self.labels.len())?;
        self.keys = Some(keys);
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
        match self.weights {
            None => ratio(predicted, self.clusters),
            Some(weights) => {
                let weights = Weights::sampling(weights.to_vec()).map_err(refuse)?;
                ratio(predicted.weighted(&weights).map_err(refuse)?, self.clusters)
            }
        }
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
            learnt_from: self.seen(),
        })
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

/// Expected over observed, between clusters where there are at least two.
fn ratio<'d>(
    data: impl MaybeWeighted<Data = Predicted<'d>>,
    clusters: Option<&[u32]>,
) -> Result<ExpectedObserved, FitError> {
    let between =
        clusters.map(|clusters| expected_observed_clustered(data, clusters, Confidence::P95));
    match between {
        Some(Ok(found)) => Ok(found),
        _ => expected_observed(data, Confidence::P95).map_err(|_| FitError::NothingHelps),
    }
}
