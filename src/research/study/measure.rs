//! The measures that a study compares instruments by.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::arm::Arm;
use super::known::Known;
use crate::research::evaluate::{
    Because, Capacity, Caution, Confidence, EvaluateError, NotEstimable, Predicted, Scored,
    Weights, auc, auc_within, average_precision, brier, calibration_line, capacity_curve,
    decision_curve, expected_observed, log_loss, sensitivity_at_capacity,
};

/// A measure of one instrument on complaints with known outcomes.
///
/// Sampling weights are honoured by all of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Measure {
    /// Share of complaints with the outcome reached when this share of the queue is worked in the
    /// model's order, gates included.
    Reached(f64),
    /// Area under the capacity curve of the model's order.
    CapacityArea,
    /// Area under the ROC curve of the outcome's score.
    Auc,
    /// The same inside channels.
    AucWithinChannel,
    /// Average precision of the outcome's score.
    AveragePrecision,
    /// Net benefit at a threshold probability.
    NetBenefit(f64),
    /// Brier score.
    Brier,
    /// Logarithmic loss.
    LogLoss,
    /// Expected over observed events.
    ExpectedOverObserved,
    /// Calibration slope.
    CalibrationSlope,
}

/// Which values of a measure are better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Better {
    /// Larger ones.
    Larger,
    /// Smaller ones.
    Smaller,
    /// Those nearer to 1: compared by distance from 1, on the log scale for a ratio.
    NearerToOne,
}

impl Measure {
    /// Which values are better.
    #[must_use]
    pub fn better(self) -> Better {
        match self {
            Measure::Brier | Measure::LogLoss => Better::Smaller,
            Measure::ExpectedOverObserved | Measure::CalibrationSlope => Better::NearerToOne,
            _ => Better::Larger,
        }
    }

    /// How much better the first value is than the second: above 0 where it is.
    pub(super) fn advantage(self, value: f64, reference: f64) -> f64 {
        match self {
            Measure::ExpectedOverObserved => reference.ln().abs() - value.ln().abs(),
            Measure::CalibrationSlope => (reference - 1.0).abs() - (value - 1.0).abs(),
            _ if self.better() == Better::Smaller => reference - value,
            _ => value - reference,
        }
    }

    /// What a reader must be told beside it.
    #[must_use]
    pub fn cautions(self) -> &'static [Caution] {
        match self {
            Measure::AveragePrecision | Measure::Brier | Measure::LogLoss => {
                &[Caution::DependsOnBaseRate]
            }
            Measure::NetBenefit(_) => &[Caution::DependsOnBaseRate],
            _ => &[],
        }
    }

    /// The value on some of the known complaints, given by place, repeats allowed.
    pub(super) fn on(self, known: &Known, arm: &Arm, drawn: &[u32]) -> Result<f64, EvaluateError> {
        let take =
            |values: &[f64]| -> Vec<f64> { drawn.iter().map(|&at| values[at as usize]).collect() };
        let labels: Vec<bool> = drawn.iter().map(|&at| known.labels[at as usize]).collect();
        let weights = known.weights.as_ref().map(|weights| take(weights.values()));
        let weights = weights.map(Weights::sampling).transpose()?;
        let missing = |what: &'static str| NotEstimable { because: Because::Missing { what } };
        let value = match self {
            Measure::Reached(_) | Measure::CapacityArea => {
                self.value(&labels, &take(&arm.order), &[], weights.as_ref(), &[])
            }
            Measure::Auc | Measure::AveragePrecision => {
                self.value(&labels, &take(&arm.scores), &[], weights.as_ref(), &[])
            }
            Measure::AucWithinChannel => {
                let channels = known.channels.as_ref().ok_or_else(|| missing("channels"))?;
                let channels: Vec<u32> = drawn.iter().map(|&at| channels.of[at as usize]).collect();
                self.value(&labels, &take(&arm.scores), &[], weights.as_ref(), &channels)
            }
            _ if arm.probabilities.is_empty() => return Err(missing("probabilities").into()),
            _ => self.value(&labels, &[], &take(&arm.probabilities), weights.as_ref(), &[]),
        }?;
        // E/O without an observed event is infinite: true, and of no use in a comparison.
        if value.is_finite() {
            Ok(value)
        } else {
            let because = Because::ZeroDenominator { denominator: "the number observed" };
            Err(NotEstimable { because }.into())
        }
    }

    fn value(
        self,
        labels: &[bool],
        scores: &[f64],
        probabilities: &[f64],
        weights: Option<&Weights>,
        channels: &[u32],
    ) -> Result<f64, EvaluateError> {
        let level = Confidence::P95;
        macro_rules! with_weights {
            ($data:expr, $measure:expr) => {
                match weights {
                    Some(weights) => $measure($data.weighted(weights)?)?,
                    None => $measure($data)?,
                }
            };
        }
        Ok(match self {
            Measure::Reached(share) => {
                let data = Scored::new(labels, scores)?;
                with_weights!(data, |data| sensitivity_at_capacity(
                    data,
                    Capacity::Share(share),
                    level
                ))
                .value
            }
            Measure::CapacityArea => {
                let data = Scored::new(labels, scores)?;
                with_weights!(data, |data| capacity_curve(data, level)).area.value
            }
            Measure::Auc => {
                let data = Scored::new(labels, scores)?;
                with_weights!(data, |data| auc(data, level)).figure.value
            }
            Measure::AveragePrecision => {
                with_weights!(Scored::new(labels, scores)?, average_precision).value
            }
            Measure::AucWithinChannel => {
                let data = Scored::new(labels, scores)?;
                with_weights!(data, |data| auc_within(data, channels, level)).pooled.figure.value
            }
            Measure::NetBenefit(threshold) => {
                let data = Predicted::new(labels, probabilities)?;
                let curve = with_weights!(data, |data| decision_curve(data, &[threshold], level));
                curve.first().map_or(f64::NAN, |point| point.model.value)
            }
            Measure::Brier => {
                let data = Predicted::new(labels, probabilities)?;
                with_weights!(data, |data| brier(data, level)).value
            }
            Measure::LogLoss => {
                let data = Predicted::new(labels, probabilities)?;
                with_weights!(data, |data| log_loss(data, level)).value
            }
            Measure::ExpectedOverObserved => {
                let data = Predicted::new(labels, probabilities)?;
                with_weights!(data, |data| expected_observed(data, level)).ratio.value
            }
            Measure::CalibrationSlope => {
                let data = Predicted::new(labels, probabilities)?;
                with_weights!(data, |data| calibration_line(data, level)).slope.value
            }
        })
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Measure::Reached(share) => {
                write!(formatter, "share reached when {:.0}% is worked", share * 100.0)
            }
            Measure::CapacityArea => formatter.write_str("area under the capacity curve"),
            Measure::Auc => formatter.write_str("AUC"),
            Measure::AucWithinChannel => formatter.write_str("AUC within channel"),
            Measure::AveragePrecision => formatter.write_str("average precision"),
            Measure::NetBenefit(threshold) => write!(formatter, "net benefit at {threshold}"),
            Measure::Brier => formatter.write_str("Brier score"),
            Measure::LogLoss => formatter.write_str("log loss"),
            Measure::ExpectedOverObserved => formatter.write_str("E/O"),
            Measure::CalibrationSlope => formatter.write_str("calibration slope"),
        }
    }
}
