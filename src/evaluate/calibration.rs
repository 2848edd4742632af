//! Do probabilities mean what they say: on the whole, along the scale, and channel by channel.

use ndarray::{ArrayView1, ArrayView2};
use serde::Serialize;

use super::data::{EvaluateError, Predicted, same_length};
use super::figure::{Because, ByKey, Caution, Confidence, Figure, Interval, Method, NotEstimable};
use super::proportions::poisson_exact;
use super::weights::MaybeWeighted;
use crate::numeric::distributions::{chi_square_upper, normal_two_sided};
use crate::numeric::{LogisticError, LogisticFit, LogisticProblem, Sum, sum};

/// A test's outcome.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Test {
    /// The statistic.
    pub statistic: f64,
    /// Degrees of freedom; 0 for a normal statistic.
    pub degrees: f64,
    /// Two-sided (normal) or upper-tail (chi-square) p value.
    pub p_value: f64,
    /// What a reader must be told beside it.
    pub cautions: &'static [Caution],
}

impl Test {
    pub(crate) fn chi_square(statistic: f64, degrees: f64) -> Self {
        Self { statistic, degrees, p_value: chi_square_upper(statistic, degrees), cautions: &[] }
    }

    pub(crate) fn normal(statistic: f64) -> Self {
        Self { statistic, degrees: 0.0, p_value: normal_two_sided(statistic), cautions: &[] }
    }
}

fn refused(what: &'static str, data: Predicted<'_>) -> impl FnOnce(LogisticError) -> NotEstimable {
    let events = data.events();
    let others = data.len() - events;
    move |error| NotEstimable {
        because: match error {
            _ if events == 0 || others == 0 => Because::OneClass { events, others },
            LogisticError::Separated { .. } => Because::Separated,
            _ => Because::NotConverged { what },
        },
    }
}

fn outcomes(data: Predicted<'_>) -> Vec<f64> {
    data.rows().map(|(y, _)| y).collect()
}

fn coefficient(fit: &LogisticFit, at: usize, count: usize, confidence: Confidence) -> Figure {
    let value = fit.coefficients[at];
    let error = fit.covariance[[at, at]].sqrt();
    let interval = Interval::wald(value, error, confidence, Method::Wald);
    Figure::new(value, count, Ok(interval)).with_error(error)
}

/// The intercept of the outcome on the log-odds with the slope held at 1: 0 is right on the whole, above 0 the
/// probabilities are too low.
///
/// # Errors
/// [`Because::OneClass`]; [`Because::CertainProbability`] for a probability of 0 or 1.
pub fn calibration_in_the_large(
    data: Predicted<'_>,
    confidence: Confidence,
) -> Result<Figure, NotEstimable> {
    data.scored().both_classes()?;
    let offset = data.log_odds()?;
    let labels = outcomes(data);
    let Ok(nothing) = ArrayView2::from_shape((data.len(), 0), &[]) else {
        return NotEstimable::because(Because::NotConverged { what: "the intercept" });
    };
    let fit = LogisticProblem::new(nothing, ArrayView1::from(&labels))
        .offset(ArrayView1::from(&offset))
        .solve()
        .map_err(refused("the intercept", data))?;
    Ok(coefficient(&fit, 0, data.len(), confidence))
}

/// The outcome regressed on the log-odds of the probability (Cox 1958).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CalibrationLine {
    /// Intercept fitted together with the slope; for *calibration in the large* see [`calibration_in_the_large`].
    pub intercept: Figure,
    /// 1 is right; below 1 the probabilities are too extreme.
    pub slope: Figure,
    /// Covariance of the two.
    pub covariance: f64,
    /// Likelihood-ratio test that intercept is 0 and slope 1, two degrees of freedom.
    pub joint: Test,
}

/// Calibration intercept and slope with Wald intervals, and their joint test.
///
/// # Errors
/// [`Because::OneClass`], [`Because::Separated`], [`Because::NoVariation`]; [`Because::CertainProbability`] for a
/// probability of exactly 0 or 1.
///
/// ```
/// use caserank::evaluate::{Confidence, Predicted, calibration_line};
/// let labels = [true, true, false, true, false, false, false, false];
/// let line = calibration_line(
///     Predicted::new(&labels, &[0.9, 0.7, 0.6, 0.4, 0.4, 0.2, 0.2, 0.1])?, Confidence::P95,
/// )?;
/// assert!(line.slope.interval?.contains(1.0));
/// # Ok::<(), caserank::evaluate::EvaluateError>(())
/// ```
pub fn calibration_line(
    data: Predicted<'_>,
    confidence: Confidence,
) -> Result<CalibrationLine, NotEstimable> {
    data.scored().both_classes()?;
    let log_odds = data.log_odds()?;
    if log_odds.iter().all(|x| *x == log_odds[0]) {
        return NotEstimable::because(Because::NoVariation { what: "the probabilities" });
    }
    let labels = outcomes(data);
    let Ok(design) = ArrayView2::from_shape((data.len(), 1), &log_odds) else {
        return NotEstimable::because(Because::NotConverged { what: "the calibration line" });
    };
    let fit = LogisticProblem::new(design, ArrayView1::from(&labels))
        .solve()
        .map_err(refused("the calibration line", data))?;
    let (a, b) = (fit.coefficients[0], fit.coefficients[1]);
    let mut gain = Sum::new();
    for (label, x) in labels.iter().zip(&log_odds) {
        let side = if *label > 0.5 { 1.0 } else { -1.0 };
        gain.add(log_sigmoid(side * (a + b * x)));
        gain.add(-log_sigmoid(side * x));
    }
    Ok(CalibrationLine {
        intercept: coefficient(&fit, 0, data.len(), confidence),
        slope: coefficient(&fit, 1, data.len(), confidence),
        covariance: fit.covariance[[0, 1]],
        joint: Test::chi_square((2.0 * gain.value()).max(0.0), 2.0),
    })
}

/// Platt's recalibration (1999): `log-odds = intercept + slope × log-odds given`, fitted to smoothed outcomes
/// `(events + 1) / (events + 2)` and `1 / (others + 2)`, so that it stays finite under separation.
///
/// Values without intervals: judge the recalibrated probabilities on other complaints.
///
/// # Errors
/// As [`calibration_line`], separation excepted.
pub fn platt(data: Predicted<'_>) -> Result<Platt, NotEstimable> {
    let (events, others) = data.scored().both_classes()?;
    let log_odds = data.log_odds()?;
    if log_odds.iter().all(|x| *x == log_odds[0]) {
        return NotEstimable::because(Because::NoVariation { what: "the probabilities" });
    }
    let (up, down) = ((events as f64 + 1.0) / (events as f64 + 2.0), 1.0 / (others as f64 + 2.0));
    let targets: Vec<f64> =
        data.labels().iter().map(|&label| if label { up } else { down }).collect();
    let Ok(design) = ArrayView2::from_shape((data.len(), 1), &log_odds) else {
        return NotEstimable::because(Because::NotConverged { what: "Platt's line" });
    };
    let fit = LogisticProblem::new(design, ArrayView1::from(&targets))
        .solve()
        .map_err(refused("Platt's line", data))?;
    Ok(Platt { intercept: fit.coefficients[0], slope: fit.coefficients[1] })
}

/// A recalibration on the log-odds scale; see [`platt`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Platt {
    /// Added to the log-odds.
    pub intercept: f64,
    /// Multiplies the log-odds.
    pub slope: f64,
}

impl Platt {
    /// The recalibrated probability of a probability above 0 and below 1; 0 and 1 stay where they are.
    #[must_use]
    pub fn probability(&self, given: f64) -> f64 {
        if given <= 0.0 || given >= 1.0 {
            return given;
        }
        log_sigmoid(self.intercept + self.slope * (given / (1.0 - given)).ln()).exp()
    }
}

fn log_sigmoid(x: f64) -> f64 {
    if x >= 0.0 { -(-x).exp().ln_1p() } else { x - x.exp().ln_1p() }
}

/// Expected against observed numbers of outcomes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ExpectedObserved {
    /// Sum of the probabilities.
    pub expected: f64,
    /// Number of outcomes (under weights, their weight).
    pub observed: f64,
    /// E/O: 1 is right, above 1 over-predicts. The upper end is infinite when nothing was observed.
    pub ratio: Figure,
    /// O/E, its inverse.
    pub inverse: Figure,
}

/// E/O with exact Poisson bounds on the observed number, the expected one taken as fixed. Takes sampling weights.
///
/// Under weights the interval is made on the log scale from the linearized variance.
///
/// # Errors
/// [`Because::Empty`]; [`Because::ZeroDenominator`] when the expected number is 0. With no observed outcome E/O is
/// infinite and O/E is 0, both with their bounds.
pub fn expected_observed<'a>(
    data: impl MaybeWeighted<Data = Predicted<'a>>,
    confidence: Confidence,
) -> Result<ExpectedObserved, NotEstimable> {
    let predicted = data.data();
    let count = predicted.len();
    if count == 0 {
        return NotEstimable::because(Because::Empty);
    }
    let weight = |row: usize| data.weights().map_or(1.0, |w| w[row]);
    let expected = sum(predicted.rows().enumerate().map(|(row, (_, p))| weight(row) * p));
    let observed = sum(predicted.rows().enumerate().map(|(row, (y, _))| weight(row) * y));
    if expected <= 0.0 {
        return NotEstimable::because(Because::ZeroDenominator {
            denominator: "the expected number",
        });
    }
    let value = observed / expected;
    let interval = if data.weights().is_some() {
        if observed == 0.0 {
            NotEstimable::because(Because::AtTheEnd { value: 0.0 })
        } else {
            let squares = sum(predicted
                .rows()
                .enumerate()
                .map(|(row, (y, p))| (weight(row) * (y - p)).powi(2)));
            let error = squares.sqrt() / observed;
            Ok(Interval::wald(value.ln(), error, confidence, Method::Log).map(f64::exp))
        }
    } else {
        let (lower, upper) = poisson_exact(observed as u64, confidence);
        Ok(Interval {
            lower: lower / expected,
            upper: upper / expected,
            confidence,
            method: Method::PoissonExact,
        })
    };
    let flipped =
        interval.clone().map(|i| Interval { lower: 1.0 / i.upper, upper: 1.0 / i.lower, ..i });
    Ok(ExpectedObserved {
        expected,
        observed,
        ratio: Figure::new(expected / observed, count, flipped),
        inverse: Figure::new(value, count, interval),
    })
}

/// E/O for every channel, in the order of the keys.
///
/// # Errors
/// Input faults.
pub fn expected_observed_by<K: Ord + Clone>(
    data: Predicted<'_>,
    channels: &[K],
    confidence: Confidence,
) -> Result<ByKey<K, ExpectedObserved>, EvaluateError> {
    same_length("channels", channels.len(), data.len())?;
    super::groups::by_key(channels)
        .into_iter()
        .map(|(key, rows)| {
            let labels: Vec<bool> = rows.iter().map(|&row| data.labels()[row]).collect();
            let probabilities: Vec<f64> =
                rows.iter().map(|&row| data.probabilities()[row]).collect();
            let part = Predicted::new(&labels, &probabilities)?;
            Ok((key, expected_observed(part, confidence)))
        })
        .collect()
}

/// Spiegelhalter's test of calibration (1986): standard normal when the probabilities are right.
///
/// # Errors
/// [`Because::ZeroVariance`] when every probability is 0, one half or 1.
pub fn spiegelhalter(data: Predicted<'_>) -> Result<Test, NotEstimable> {
    let top = sum(data.rows().map(|(y, p)| (y - p) * (1.0 - 2.0 * p)));
    let variance = sum(data.rows().map(|(_, p)| (1.0 - 2.0 * p).powi(2) * p * (1.0 - p)));
    if variance <= 0.0 {
        return NotEstimable::because(Because::ZeroVariance { what: "the statistic" });
    }
    Ok(Test::normal(top / variance.sqrt()))
}
