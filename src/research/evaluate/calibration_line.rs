//! The outcome regressed on the log-odds: calibration intercept and slope, in the large, and Platt's recalibration.

use ndarray::{Array2, ArrayView1, ArrayView2};
use serde::Serialize;

use super::calibration::Test;
use super::clustering::{Clustering, NOTHING};
use super::data::{EvaluateError, Predicted};
use super::figure::{Because, ByKey, Caution, Confidence, Figure, Interval, Method, NotEstimable};
use super::groups::in_each_channel;
use super::weights::MaybeWeighted;
use crate::research::numeric::{LogisticError, LogisticFit, LogisticProblem, Sum, sum};

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

/// A regression of the outcomes, with the covariance that fits the way complaints were chosen.
struct Regression {
    coefficients: Vec<f64>,
    covariance: Array2<f64>,
    method: Method,
    count: usize,
    cautions: &'static [Caution],
}

impl Regression {
    fn figure(&self, at: usize, confidence: Confidence) -> Figure {
        let value = self.coefficients[at];
        let error = self.covariance[[at, at]].sqrt();
        let interval = Interval::wald(value, error, confidence, self.method);
        Figure::new(value, self.count, Ok(interval)).with_error(error).with_cautions(self.cautions)
    }
}

/// Fits the outcomes on `design` with an intercept. Without weights and clusters the covariance is the inverse
/// information; with either it is the linearized one (Binder 1983), rows or clusters taken as drawn independently.
fn regression(
    data: Predicted<'_>,
    weights: Option<&[f64]>,
    clusters: Option<&Clustering>,
    design: ArrayView2<'_, f64>,
    offset: Option<&[f64]>,
    what: &'static str,
) -> Result<Regression, NotEstimable> {
    let labels = outcomes(data);
    let mut problem = LogisticProblem::new(design.view(), ArrayView1::from(&labels));
    if let Some(offset) = offset {
        problem = problem.offset(ArrayView1::from(offset));
    }
    if let Some(weights) = weights {
        problem = problem.weights(ArrayView1::from(weights));
    }
    let fit = problem.solve().map_err(refused(what, data))?;
    let coefficients = fit.coefficients.to_vec();
    let (covariance, method) = if weights.is_none() && clusters.is_none() {
        (fit.covariance, Method::Wald)
    } else {
        (linearized(&fit, &labels, weights, clusters, design, offset)?, Method::Linearized)
    };
    let is_few = clusters.is_some_and(Clustering::is_few);
    let cautions = if is_few { &[Caution::FewClusters][..] } else { &[] };
    Ok(Regression { coefficients, covariance, method, count: data.len(), cautions })
}

/// Sums of squares of what rows, or clusters of them, add to the coefficients: their part of the gradient times the inverse
/// information. It does not change with the scale of the weights.
fn linearized(
    fit: &LogisticFit,
    labels: &[f64],
    weights: Option<&[f64]>,
    clusters: Option<&Clustering>,
    design: ArrayView2<'_, f64>,
    offset: Option<&[f64]>,
) -> Result<Array2<f64>, NotEstimable> {
    let size = fit.coefficients.len();
    let x = |row: usize, at: usize| if at == 0 { 1.0 } else { design[[row, at - 1]] };
    let residual = |row: usize| {
        let fixed = offset.map_or(0.0, |offset| offset[row]);
        let linear = (0..size).fold(fixed, |sum, at| sum + fit.coefficients[at] * x(row, at));
        weights.map_or(1.0, |weights| weights[row]) * (labels[row] - log_sigmoid(linear).exp())
    };
    let residuals: Vec<f64> = (0..labels.len()).map(residual).collect();
    let added = |at: usize| residuals.iter().enumerate().map(move |(row, r)| r * x(row, at));
    let units: Vec<Vec<f64>> = (0..size)
        .map(|at| match clusters {
            None => added(at).collect(),
            Some(clusters) => clusters.sums(added(at)),
        })
        .collect();
    let found = units[0].len();
    // What clusters add makes up for each other at the maximum: as many as coefficients say nothing of their errors.
    if found <= size {
        let what = "clusters";
        return NotEstimable::because(Because::TooFew { what, found, needed: size + 1 });
    }
    // What each adds to each coefficient; next to nothing beside its parts is nothing, and no certainty.
    let influence = |unit: usize, of: usize| {
        let parts = (0..size).map(|at| fit.covariance[[of, at]] * units[at][unit]);
        let (value, reach) =
            parts.fold((0.0, 0.0_f64), |(value, reach), part| (value + part, reach + part.abs()));
        if value.abs() <= NOTHING * reach { 0.0 } else { value }
    };
    let influences: Vec<Vec<f64>> =
        (0..size).map(|of| (0..found).map(|unit| influence(unit, of)).collect()).collect();
    let squares = Array2::from_shape_fn((size, size), |(i, j)| {
        sum(influences[i].iter().zip(&influences[j]).map(|(a, b)| a * b))
    });
    let correction = found as f64 / (found as f64 - 1.0);
    Ok(squares * correction)
}

/// The intercept of the outcome on the log-odds with the slope held at 1: 0 is right on the whole, above 0 the
/// probabilities are too low. Takes sampling weights.
///
/// # Errors
/// [`Because::OneClass`]; [`Because::CertainProbability`] for a probability of 0 or 1.
pub fn calibration_in_the_large<'a>(
    data: impl MaybeWeighted<Data = Predicted<'a>>,
    confidence: Confidence,
) -> Result<Figure, NotEstimable> {
    in_the_large(data.data(), data.weights(), None, confidence)
}

/// As [`calibration_in_the_large`], with errors that count clusters (subjects), not complaints. Takes sampling weights.
///
/// # Errors
/// As [`calibration_line_clustered`].
pub fn calibration_in_the_large_clustered<'a, K: Ord + Clone>(
    data: impl MaybeWeighted<Data = Predicted<'a>>,
    clusters: &[K],
    confidence: Confidence,
) -> Result<Figure, EvaluateError> {
    let clusters = Clustering::of(clusters, data.data().len())?;
    Ok(in_the_large(data.data(), data.weights(), Some(&clusters), confidence)?)
}

fn in_the_large(
    predicted: Predicted<'_>,
    weights: Option<&[f64]>,
    clusters: Option<&Clustering>,
    confidence: Confidence,
) -> Result<Figure, NotEstimable> {
    predicted.scored().both_classes()?;
    let offset = predicted.log_odds()?;
    let what = "the intercept";
    let Ok(nothing) = ArrayView2::from_shape((predicted.len(), 0), &[]) else {
        return NotEstimable::because(Because::NotConverged { what });
    };
    let fit = regression(predicted, weights, clusters, nothing, Some(&offset), what)?;
    Ok(fit.figure(0, confidence))
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
    /// Test that intercept is 0 and slope 1, two degrees of freedom: likelihood ratio; Wald's under weights or by clusters.
    pub joint: Test,
}

/// Calibration intercept and slope with Wald intervals, and their joint test. Takes sampling weights.
///
/// Under weights the likelihood is weighted, the covariance is linearized, and the joint test is Wald's with that
/// covariance, since a ratio of weighted likelihoods has no chi-square distribution.
///
/// # Errors
/// [`Because::OneClass`], [`Because::Separated`], [`Because::NoVariation`]; [`Because::CertainProbability`] for a
/// probability of exactly 0 or 1.
///
/// ```
/// use caserank::research::evaluate::{Confidence, Predicted, calibration_line};
/// let labels = [true, true, false, true, false, false, false, false];
/// let line = calibration_line(
///     Predicted::new(&labels, &[0.9, 0.7, 0.6, 0.4, 0.4, 0.2, 0.2, 0.1])?, Confidence::P95,
/// )?;
/// assert!(line.slope.interval?.contains(1.0));
/// # Ok::<(), caserank::research::evaluate::EvaluateError>(())
/// ```
pub fn calibration_line<'a>(
    data: impl MaybeWeighted<Data = Predicted<'a>>,
    confidence: Confidence,
) -> Result<CalibrationLine, NotEstimable> {
    line(data.data(), data.weights(), None, confidence)
}

/// As [`calibration_line`], with errors and the joint test counting clusters (subjects), not complaints: the linearized
/// covariance over what clusters add, times `G / (G - 1)` for `G` clusters. Takes sampling weights. O(n log n).
///
/// With one complaint a cluster and weights it is [`calibration_line`]; without weights it is the sandwich estimator. Below
/// 40 clusters the figures carry [`Caution::FewClusters`].
///
/// # Errors
/// As [`calibration_line`]; [`InputError::Length`](super::InputError::Length) without one cluster a complaint,
/// [`Because::TooFew`] for no more clusters than coefficients.
///
/// ```
/// use caserank::research::evaluate::{Confidence, Predicted, calibration_line, calibration_line_clustered};
/// let labels = [true, true, false, true, false, false, false, false];
/// let p = [0.9, 0.7, 0.6, 0.4, 0.4, 0.2, 0.2, 0.1];
/// let subjects = ["a", "a", "b", "c", "d", "e", "e", "f"];
/// let predicted = Predicted::new(&labels, &p)?;
/// let line = calibration_line_clustered(predicted, &subjects, Confidence::P95)?;
/// assert_eq!(line.slope.value, calibration_line(predicted, Confidence::P95)?.slope.value);
/// assert_eq!(line.slope.cautions.len(), 1, "six subjects are few");
/// # Ok::<(), caserank::research::evaluate::EvaluateError>(())
/// ```
pub fn calibration_line_clustered<'a, K: Ord + Clone>(
    data: impl MaybeWeighted<Data = Predicted<'a>>,
    clusters: &[K],
    confidence: Confidence,
) -> Result<CalibrationLine, EvaluateError> {
    let clusters = Clustering::of(clusters, data.data().len())?;
    Ok(line(data.data(), data.weights(), Some(&clusters), confidence)?)
}

fn line(
    predicted: Predicted<'_>,
    weights: Option<&[f64]>,
    clusters: Option<&Clustering>,
    confidence: Confidence,
) -> Result<CalibrationLine, NotEstimable> {
    predicted.scored().both_classes()?;
    let log_odds = predicted.log_odds()?;
    if log_odds.iter().all(|x| *x == log_odds[0]) {
        return NotEstimable::because(Because::NoVariation { what: "the probabilities" });
    }
    let what = "the calibration line";
    let Ok(design) = ArrayView2::from_shape((predicted.len(), 1), &log_odds) else {
        return NotEstimable::because(Because::NotConverged { what });
    };
    let fit = regression(predicted, weights, clusters, design, None, what)?;
    let (a, b) = (fit.coefficients[0], fit.coefficients[1]);
    let statistic = if weights.is_some() || clusters.is_some() {
        wald(a, b - 1.0, &fit.covariance)?
    } else {
        let mut gain = Sum::new();
        for (&label, x) in predicted.labels().iter().zip(&log_odds) {
            let side = if label { 1.0 } else { -1.0 };
            gain.add(log_sigmoid(side * (a + b * x)));
            gain.add(-log_sigmoid(side * x));
        }
        (2.0 * gain.value()).max(0.0)
    };
    Ok(CalibrationLine {
        intercept: fit.figure(0, confidence),
        slope: fit.figure(1, confidence),
        covariance: fit.covariance[[0, 1]],
        joint: Test { cautions: fit.cautions, ..Test::chi_square(statistic, 2.0) },
    })
}

/// Intercept and slope for every channel, in the order of the keys. Takes sampling weights.
///
/// # Errors
/// Input faults; a channel without both kinds of complaint has its reason in place of a line.
///
/// ```
/// use caserank::research::evaluate::{Confidence, Predicted, calibration_line_by};
/// let labels = [true, false, true, false, false, true, false, false];
/// let p = [0.9, 0.7, 0.6, 0.4, 0.4, 0.2, 0.2, 0.1];
/// let channels = ["tip", "tip", "tip", "tip", "tip", "tip", "chat", "chat"];
/// let lines = calibration_line_by(Predicted::new(&labels, &p)?, &channels, Confidence::P95)?;
/// assert!(lines[0].1.is_err() && lines[1].1.is_ok());
/// # Ok::<(), caserank::research::evaluate::EvaluateError>(())
/// ```
pub fn calibration_line_by<'a, K: Ord + Clone>(
    data: impl MaybeWeighted<Data = Predicted<'a>>,
    channels: &[K],
    confidence: Confidence,
) -> Result<ByKey<K, CalibrationLine>, EvaluateError> {
    in_each_channel(data, channels, |of_channel| calibration_line(of_channel, confidence))
}

/// Squared distance of two coefficients from 0 in units of their covariance.
fn wald(a: f64, b: f64, covariance: &Array2<f64>) -> Result<f64, NotEstimable> {
    let [v, c, w] = [covariance[[0, 0]], covariance[[0, 1]], covariance[[1, 1]]];
    let determinant = v * w - c * c;
    // A determinant of rounding is none: then one error is all that both have.
    if determinant.is_nan() || determinant <= 1e-12 * v * w {
        return NotEstimable::because(Because::ZeroVariance { what: "intercept and slope" });
    }
    Ok((w * a * a - 2.0 * c * a * b + v * b * b) / determinant)
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
