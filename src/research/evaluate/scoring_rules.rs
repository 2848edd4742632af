//! Brier score and log-loss, whole and taken apart.

use serde::Serialize;

use super::data::Predicted;
use super::figure::{Because, Confidence, Figure, Interval, Method, NotEstimable};
use super::weights::{MaybeWeighted, carried_by_several};
use crate::research::numeric::{Isotonic, Sum, sum};

/// The mean squared distance of probability and outcome (Brier 1950). Takes sampling weights.
///
/// Wald interval from the standard deviation of the squared distances, cut to `[0, 1]`; not estimable where they are all
/// equal, as for perfect forecasts.
///
/// # Errors
/// [`Because::Empty`].
///
/// ```
/// use caserank::research::evaluate::{Confidence, Predicted, brier};
/// let score = brier(Predicted::new(&[true, false], &[0.5, 0.5])?, Confidence::P95)?;
/// assert_eq!(score.value, 0.25);
/// # Ok::<(), caserank::research::evaluate::EvaluateError>(())
/// ```
pub fn brier<'a>(
    data: impl MaybeWeighted<Data = Predicted<'a>>,
    confidence: Confidence,
) -> Result<Figure, NotEstimable> {
    let losses = data.data().rows().map(|(y, p)| (p - y) * (p - y)).collect::<Vec<_>>();
    mean_loss(&losses, data.weights(), confidence, 1.0)
}

/// The mean of `-ln` of the probability given to what happened. Takes sampling weights.
///
/// # Errors
/// [`Because::Empty`]; [`Because::CertainProbability`] when a probability of 0 or 1 was wrong.
pub fn log_loss<'a>(
    data: impl MaybeWeighted<Data = Predicted<'a>>,
    confidence: Confidence,
) -> Result<Figure, NotEstimable> {
    let losses = log_losses(data.data())?;
    mean_loss(&losses, data.weights(), confidence, f64::INFINITY)
}

fn log_losses(data: Predicted<'_>) -> Result<Vec<f64>, NotEstimable> {
    data.rows()
        .enumerate()
        .map(|(row, (y, p))| {
            let given = if y > 0.5 { p } else { 1.0 - p };
            if given > 0.0 {
                Ok(-given.ln())
            } else {
                NotEstimable::because(Because::CertainProbability { row, value: p })
            }
        })
        .collect()
}

fn mean_loss(
    losses: &[f64],
    weights: Option<&[f64]>,
    confidence: Confidence,
    highest: f64,
) -> Result<Figure, NotEstimable> {
    let count = losses.len();
    if count == 0 {
        return NotEstimable::because(Because::Empty);
    }
    let weight = |row: usize| weights.map_or(1.0, |w| w[row]);
    let total = sum((0..count).map(weight));
    let value = sum(losses.iter().enumerate().map(|(row, loss)| weight(row) * loss)) / total;
    if count < 2 {
        let because = Because::TooFew { what: "complaints", found: count, needed: 2 };
        return Ok(Figure::new(value, count, Err(NotEstimable { because })));
    }
    if losses.iter().all(|loss| *loss == losses[0]) {
        let because = match value {
            0.0 => Because::AtTheEnd { value },
            _ => Because::NoVariation { what: "the losses of single complaints" },
        };
        return Ok(Figure::new(value, count, Err(NotEstimable { because })));
    }
    if let Err(why) = carried_by_several(weights) {
        return Ok(Figure::new(value, count, Err(why)).with_range(0.0, highest));
    }
    let squares =
        sum(losses.iter().enumerate().map(|(row, loss)| (weight(row) * (loss - value)).powi(2)));
    let error = (squares * count as f64 / (count as f64 - 1.0)).sqrt() / total;
    let method = if weights.is_some() { Method::Linearized } else { Method::Wald };
    let interval = Interval::wald(value, error, confidence, method).within(0.0, highest);
    Ok(Figure::new(value, count, Ok(interval)).with_error(error).with_range(0.0, highest))
}

/// How much better than the base rate alone: `1 - loss / loss of the base rate`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Skill {
    /// From the Brier score (scaled Brier, index of prediction accuracy).
    pub brier: Figure,
    /// From the log-loss (share of deviance explained).
    pub log_loss: Figure,
}

/// Skill against the base rate of the same sample; intervals by the bootstrap.
///
/// # Errors
/// [`Because::OneClass`]; as [`log_loss`].
pub fn skill(data: Predicted<'_>) -> Result<Skill, NotEstimable> {
    let (events, others) = data.scored().both_classes()?;
    let count = data.len();
    let rate = events as f64 / count as f64;
    let base = rate * (1.0 - rate);
    let base_log = -(rate * rate.ln() + (1.0 - rate) * (others as f64 / count as f64).ln());
    let brier = brier(data, Confidence::P95)?.value;
    let loss = log_loss(data, Confidence::P95)?.value;
    Ok(Skill {
        brier: Figure::plain(1.0 - brier / base, count),
        log_loss: Figure::plain(1.0 - loss / base_log, count),
    })
}

/// A Brier score in three parts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct BrierParts {
    /// How far probabilities are from observed shares (reliability, miscalibration); lower is better.
    pub miscalibration: f64,
    /// How far observed shares differ from the base rate (resolution, discrimination); higher is better.
    pub discrimination: f64,
    /// What the base rate alone would score.
    pub uncertainty: f64,
}

impl BrierParts {
    /// `miscalibration - discrimination + uncertainty`, the Brier score.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.miscalibration - self.discrimination + self.uncertainty
    }
}

/// Taken apart over distinct probabilities (Murphy 1973).
///
/// With as many distinct probabilities as complaints the parts say nothing: prefer [`brier_corp`].
///
/// # Errors
/// [`Because::Empty`].
pub fn brier_murphy(data: Predicted<'_>) -> Result<BrierParts, NotEstimable> {
    let count = data.len() as f64;
    if data.is_empty() {
        return NotEstimable::because(Because::Empty);
    }
    let rate = data.events() as f64 / count;
    let (mut reliability, mut resolution) = (Sum::new(), Sum::new());
    for group in super::ties::tied_groups(data.scored(), None) {
        let observed = group.events / group.all();
        reliability.add(group.all() * (group.score - observed).powi(2));
        resolution.add(group.all() * (observed - rate).powi(2));
    }
    Ok(BrierParts {
        miscalibration: reliability.value() / count,
        discrimination: resolution.value() / count,
        uncertainty: rate * (1.0 - rate),
    })
}

/// Taken apart through the isotonic recalibration (CORP: Dimitriadis, Gneiting and Jordan 2021).
///
/// # Errors
/// [`Because::Empty`].
pub fn brier_corp(data: Predicted<'_>) -> Result<BrierParts, NotEstimable> {
    let outcomes: Vec<f64> = data.rows().map(|(y, _)| y).collect();
    let Some(fit) = Isotonic::fit(data.probabilities(), &outcomes, None) else {
        return NotEstimable::because(Because::Empty);
    };
    let count = data.len() as f64;
    let rate = data.events() as f64 / count;
    let recalibrated = sum(data.rows().map(|(y, p)| (fit.predict(p) - y).powi(2))) / count;
    let score = sum(data.rows().map(|(y, p)| (p - y).powi(2))) / count;
    let uncertainty = rate * (1.0 - rate);
    Ok(BrierParts {
        miscalibration: score - recalibrated,
        discrimination: uncertainty - recalibrated,
        uncertainty,
    })
}
