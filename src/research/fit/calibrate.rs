//! Bringing scores to the probabilities of another place or time.

use std::collections::BTreeMap;

use ndarray::{Array1, ArrayView1, ArrayView2};
use serde::Serialize;

use super::sample::{effective_count, same_length};
use super::{Advice, FitError};
use crate::research::evaluate::{
    Confidence, ExpectedObserved, Predicted, Weights, expected_observed,
};
use crate::research::numeric::{Isotonic, LogisticFit, LogisticProblem};

/// Log-odds with labels, what a calibration learns from.
#[derive(Debug, Clone)]
pub struct Scores<'a> {
    log_odds: &'a [f64],
    labels: &'a [bool],
    weights: Option<&'a [f64]>,
    clusters: Option<&'a [u32]>,
}

/// A calibration on the log-odds scale: `new = intercept + slope * given`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Recalibration {
    /// Added to the log-odds.
    pub intercept: f64,
    /// Multiplies the log-odds; 1 where only the intercept was learnt.
    pub slope: f64,
    /// Standard error of the intercept, model-based.
    pub intercept_error: f64,
    /// Standard error of the slope, where it was learnt; model-based.
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
    /// What the number of events, or non-events where fewer, in all groups together supports.
    pub advice: Advice,
    /// Expected over observed before.
    pub before: ExpectedObserved,
    /// Expected over observed after, on the same complaints.
    pub after: ExpectedObserved,
    /// Digest of the scores and labels that it was learnt from.
    #[serde(skip)]
    pub(super) learnt_from: u64,
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

fn chances(log_odds: impl Iterator<Item = f64>) -> Vec<f64> {
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

    /// The cluster of each complaint (its subject); complaints of one cluster are counted as one event in the advice.
    ///
    /// # Errors
    /// [`FitError::Length`] when there is not one each.
    pub fn clusters(mut self, clusters: &'a [u32]) -> Result<Self, FitError> {
        same_length("clusters", clusters.len(), self.labels.len())?;
        self.clusters = Some(clusters);
        Ok(self)
    }

    fn targets(&self) -> Array1<f64> {
        self.labels.iter().map(|label| f64::from(*label)).collect()
    }

    fn solve(&self, targets: &Array1<f64>, line: bool) -> Result<LogisticFit, FitError> {
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

    fn expected(&self, probabilities: &[f64]) -> Result<ExpectedObserved, FitError> {
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
    fn effective_rarer(&self) -> f64 {
        let effective = |label: bool| {
            let with = (0..self.labels.len()).filter(|row| self.labels[*row] == label);
            effective_count(with.map(|row| {
                let cluster = self.clusters.map(|clusters| clusters[row]);
                (cluster, self.weights.map_or(1.0, |weights| weights[row]))
            }))
        };
        effective(true).min(effective(false))
    }

    fn finish(&self, fit: &LogisticFit, line: bool) -> Result<Recalibration, FitError> {
        let errors = fit.standard_errors();
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
    fn digest(&self) -> u64 {
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
        self.finish(&self.solve(&self.targets(), false)?, false)
    }

    /// Learns intercept and slope (Cox 1958).
    ///
    /// # Errors
    /// [`FitError`] where the regression has no optimum: the scores separate the labels, or do not vary.
    pub fn line(&self) -> Result<Recalibration, FitError> {
        self.finish(&self.solve(&self.targets(), true)?, true)
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
        self.finish(&self.solve(&targets, true)?, true)
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
    /// the whole's shift with that variance, so that groups whose labels are all alike have one too.
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
            advice: Advice::for_events(self.effective_rarer()),
            before: self.expected(&chances(self.log_odds.iter().copied()))?,
            after: self.expected(&chances(moved.into_iter()))?,
            learnt_from: self.digest(),
        })
    }

    /// The shift of these rows with a normal prior of this precision about `center`, and its variance.
    fn shift(&self, rows: &[usize], center: f64, precision: f64) -> (f64, f64) {
        let mut shift = center;
        let mut information = precision;
        for _ in 0..100 {
            let mut gradient = precision * (center - shift);
            information = precision;
            for row in rows {
                let weight = self.weights.map_or(1.0, |weights| weights[*row]);
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
