//! Bringing scores to the probabilities of another place or time.

use std::collections::BTreeMap;

use ndarray::{Array1, ArrayView1, ArrayView2};
use serde::Serialize;

use super::overlap::SeenComplaints;
use super::sample::{effective_count, same_length};
use super::{Advice, FitError};
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
    /// Standard error of the intercept: model-based; under weights or with clusters the sandwich estimator over complaints or
    /// clusters, which does not change with the scale of the weights. Where there are no more clusters than coefficients it
    /// is the model-based one for the effective number of complaints (Kish 1965).
    pub intercept_error: f64,
    /// Standard error of the slope, where it was learnt; as the intercept's.
    pub slope_error: Option<f64>,
    /// Expected over observed before.
    pub before: ExpectedObserved,
    /// Expected over observed after, on the same complaints.
    pub after: ExpectedObserved,
    /// What the number of events supports.
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

/// One group's share of a recalibration by group.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GroupShift {
    /// The group, such as an answer of `tip_source`.
    pub group: String,
    /// Complaints in it.
    pub complaints: usize,
    /// Those among them with the outcome.
    pub events: usize,
    /// Shift of the log-odds learnt from the group alone; `None` where all its labels are alike.
    pub alone: Option<f64>,
    /// Its standard error.
    pub alone_error: Option<f64>,
    /// The shift to use: drawn from the group's own toward the whole's by how well it is known.
    pub shift: f64,
}

/// A shift of the log-odds for each group, shrunk toward the shift of all.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GroupRecalibration {
    /// The shift learnt from all complaints, for groups not seen.
    pub whole: f64,
    /// Estimated variance of the true shifts about the whole's.
    pub spread: f64,
    /// The groups, in alphabetical order.
    pub groups: Vec<GroupShift>,
    /// What the number of events in all groups together supports.
    pub advice: Advice,
    /// Expected over observed before.
    pub before: ExpectedObserved,
    /// Expected over observed after, on the same complaints.
    pub after: ExpectedObserved,
    /// The complaints that it was learnt from.
    #[serde(skip)]
    pub(super) learnt_from: SeenComplaints,
}

impl GroupRecalibration {
    /// The shift of a group; the whole's where the group was not seen.
    #[must_use]
    pub fn shift(&self, group: &str) -> f64 {
        self.groups
            .iter()
            .find(|known| known.group == group)
            .map_or(self.whole, |known| known.shift)
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
    /// together in errors.
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

    fn targets(&self) -> Array1<f64> {
        self.labels.iter().map(|label| f64::from(*label)).collect()
    }

    /// The column of scores for a line; without one they are the offset.
    pub(super) fn design(
        &self,
        line: bool,
    ) -> Result<(ArrayView2<'a, f64>, Option<&'a [f64]>), FitError> {
        let values = if line { self.log_odds } else { &[] };
        let shape = (self.log_odds.len(), usize::from(line));
        // The shape follows from the lengths, so this never fails.
        let design = ArrayView2::from_shape(shape, values).map_err(|_| FitError::NothingHelps)?;
        Ok((design, (!line).then_some(self.log_odds)))
    }

    fn solve(&self, targets: &Array1<f64>, line: bool) -> Result<LogisticFit, FitError> {
        let (design, offset) = self.design(line)?;
        let mut problem = LogisticProblem::new(design, targets.view());
        if let Some(offset) = offset {
            problem = problem.offset(ArrayView1::from(offset));
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

    fn effective_events(&self) -> f64 {
        let with = (0..self.labels.len()).filter(|row| self.labels[*row]);
        let weighted = with.map(|row| {
            let cluster = self.clusters.map(|clusters| clusters[row]);
            (cluster, self.weights.map_or(1.0, |weights| weights[row]))
        });
        effective_count(weighted)
    }

    fn finish(&self, targets: &Array1<f64>, line: bool) -> Result<Recalibration, FitError> {
        let fit = &self.solve(targets, line)?;
        let errors = self.errors(fit, targets, line)?;
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
            advice: Advice::for_events(self.effective_events()),
            learnt_from: self.seen(),
        })
    }

    /// Learns a shift of the log-odds, the slope staying 1.
    ///
    /// # Errors
    /// [`FitError`] where the regression has no optimum.
    pub fn intercept(&self) -> Result<Recalibration, FitError> {
        self.finish(&self.targets(), false)
    }

    /// Learns intercept and slope (Cox 1958).
    ///
    /// # Errors
    /// [`FitError`] where the regression has no optimum: the scores separate the labels, or do not vary.
    pub fn line(&self) -> Result<Recalibration, FitError> {
        self.finish(&self.targets(), true)
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
        self.finish(&targets, true)
    }

    /// Isotonic regression of the labels on the scores; equal scores are pooled first.
    ///
    /// # Errors
    /// [`FitError::NothingHelps`] for input that cannot be pooled; none of it passes [`Self::new`].
    pub fn isotonic(&self) -> Result<Isotonic, FitError> {
        let targets = self.targets().to_vec();
        Isotonic::fit(self.log_odds, &targets, self.weights).ok_or(FitError::NothingHelps)
    }

    /// Learns a shift for each group, drawn toward the shift of all complaints.
    ///
    /// Each group's own shift is the maximum likelihood one; the variance of the true shifts is
    /// DerSimonian and Laird's (1986); the shift used maximises the likelihood times a normal prior about
    /// the whole's shift with that variance, so that groups whose labels are all alike have one too. Under weights and
    /// clusters a group counts for as many complaints as it has effectively (Kish 1965), whatever the scale of its weights.
    ///
    /// # Errors
    /// [`FitError`] when there is not one group each or the whole has no optimum.
    pub fn by_group(&self, groups: &[&str]) -> Result<GroupRecalibration, FitError> {
        same_length("groups", groups.len(), self.labels.len())?;
        let whole = self.solve(&self.targets(), false)?.coefficients[0];
        let mut members: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (row, group) in groups.iter().enumerate() {
            members.entry(group).or_default().push(row);
        }
        let mut known = Vec::new();
        let mut shifts = Vec::new();
        for (group, rows) in &members {
            let events = rows.iter().filter(|row| self.labels[**row]).count();
            let both = events > 0 && events < rows.len();
            let alone = both.then(|| self.shift(rows, 0.0, 0.0));
            if let Some((shift, variance)) = alone {
                known.push((shift, variance));
            }
            shifts.push(GroupShift {
                group: (*group).to_owned(),
                complaints: rows.len(),
                events,
                alone: alone.map(|alone| alone.0),
                alone_error: alone.map(|alone| alone.1.sqrt()),
                shift: whole,
            });
        }
        let spread = spread_about(whole, &known);
        if spread > 0.0 {
            for (shift, rows) in shifts.iter_mut().zip(members.values()) {
                shift.shift = self.shift(rows, whole, 1.0 / spread).0;
            }
        }
        let mut moved = self.log_odds.to_vec();
        for (shift, rows) in shifts.iter().zip(members.values()) {
            for row in rows {
                moved[*row] += shift.shift;
            }
        }
        Ok(GroupRecalibration {
            whole,
            spread,
            groups: shifts,
            advice: Advice::for_events(self.effective_events()),
            before: self.expected(&chances(self.log_odds.iter().copied()))?,
            after: self.expected(&chances(moved.into_iter()))?,
            learnt_from: self.seen(),
        })
    }

    /// The shift of these rows with a normal prior of this precision about `center`, and its variance.
    fn shift(&self, rows: &[usize], center: f64, precision: f64) -> (f64, f64) {
        let (mut shift, mut information) = (center, precision);
        // The scale of weights must not decide how far a group is drawn toward the whole.
        let unit = self.effective_weight(rows);
        for _ in 0..100 {
            let mut gradient = precision * (center - shift);
            information = precision;
            for row in rows {
                let weight = unit * self.weights.map_or(1.0, |weights| weights[*row]);
                let p = 1.0 / (1.0 + (-(self.log_odds[*row] + shift)).exp());
                gradient += weight * (f64::from(self.labels[*row]) - p);
                information += weight * p * (1.0 - p);
            }
            // Steps of at most 2 keep Newton inside the region where it converges.
            let step = (gradient / information).clamp(-2.0, 2.0);
            shift += step;
            if step.abs() < 1e-13 * shift.abs().max(1.0) {
                break;
            }
        }
        (shift, 1.0 / information)
    }
}

/// DerSimonian and Laird's variance of true values, from estimates with their variances, about a given centre.
fn spread_about(center: f64, known: &[(f64, f64)]) -> f64 {
    let precision: f64 = known.iter().map(|(_, variance)| 1.0 / variance).sum();
    if precision == 0.0 {
        return 0.0;
    }
    let deviance: f64 =
        known.iter().map(|(shift, variance)| (shift - center) * (shift - center) / variance).sum();
    let squares: f64 = known.iter().map(|(_, variance)| 1.0 / (variance * variance)).sum();
    let denominator = precision - squares / precision;
    if denominator <= 0.0 {
        0.0
    } else {
        ((deviance - (known.len() as f64 - 1.0)) / denominator).max(0.0)
    }
}
