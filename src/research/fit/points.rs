//! Cards of whole points, and the field's simple ways to make them.

use serde::{Deserialize, Serialize};

use super::sample::effective_count;
use super::{FitError, LinearWeights, Sample};
use crate::research::evaluate::{
    Confidence, EvaluateError, Interval, Method, Scored, Weights, auc,
};
use crate::research::numeric::Isotonic;
use crate::research::numeric::distributions::normal_quantile;

/// One total of a card and what was seen there.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Total {
    /// Sum of points.
    pub total: f64,
    /// Complaints with this total, weighted.
    pub complaints: f64,
    /// Those among them with the outcome, weighted.
    pub events: f64,
    /// `events / complaints`.
    pub observed: f64,
    /// Observed rates drawn toward the whole sample's by two complaints' worth, made non-decreasing.
    pub probability: f64,
    /// 95% interval of the observed rate (Wilson 1927), on the effective number of complaints where they are weighted or share
    /// clusters.
    pub interval: Interval,
}

/// Whole points by column, and from totals to probabilities.
///
/// A card counts columns: a row in which all columns of an item are 0 gets none of its points. What *unknown* weighs is
/// decided where the card becomes an instrument: the average of the item's points.
/// Totals between two of the table take the lower one's probability; totals beyond it the nearest one's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PointCard {
    /// Columns that carry points, in the order of the design.
    pub points: Vec<(String, i32)>,
    /// Every total seen, rising.
    pub table: Vec<Total>,
}

impl PointCard {
    /// The total of every row.
    ///
    /// # Errors
    /// [`FitError::NoSuchColumn`] when a column of the card is missing.
    pub fn totals(&self, columns: &super::Columns) -> Result<Vec<f64>, FitError> {
        let mut weights = vec![0.0; columns.names().len()];
        for (name, points) in &self.points {
            let column = columns.names().iter().position(|known| known == name);
            weights[column.ok_or_else(|| FitError::NoSuchColumn { column: name.clone() })?] =
                f64::from(*points);
        }
        Ok(columns.log_odds(0.0, &weights))
    }

    /// The probability of a total.
    #[must_use]
    pub fn probability(&self, total: f64) -> f64 {
        let after = self.table.partition_point(|row| row.total <= total);
        self.table.get(after.saturating_sub(1)).map_or(f64::NAN, |row| row.probability)
    }
}

/// Pseudo-complaints of mean weight at the base rate that smooth each total's rate.
const SMOOTHING: f64 = 2.0;

/// Counts every total of these points on the sample.
pub(crate) fn points_table(
    sample: &Sample<'_>,
    points: Vec<(String, i32)>,
) -> Result<PointCard, FitError> {
    let mut card = PointCard { points, table: Vec::new() };
    card.table = table_of(sample, &card.totals(sample.columns)?)?;
    Ok(card)
}

/// Counts every total, one a row of the sample.
pub(super) fn table_of(sample: &Sample<'_>, totals: &[f64]) -> Result<Vec<Total>, FitError> {
    let smoothing = SMOOTHING * sample.complaint_weight();
    let mut order: Vec<usize> = (0..totals.len()).filter(|row| sample.weight(*row) > 0.0).collect();
    order.sort_by(|a, b| totals[*a].total_cmp(&totals[*b]).then(a.cmp(b)));
    let mut counts = Vec::new();
    for group in order.chunk_by(|a, b| totals[*a] == totals[*b]) {
        let complaints: f64 = group.iter().map(|row| sample.weight(*row)).sum();
        let events: f64 = group.iter().map(|row| sample.weight(*row) * sample.labels[*row]).sum();
        // Complaints of one cluster tell as much as one, at worst.
        let cluster = |row: usize| sample.clusters.map(|clusters| clusters[row]);
        let effective =
            effective_count(group.iter().map(|row| (cluster(*row), sample.weight(*row))));
        counts.push((totals[group[0]], complaints, events, effective));
    }
    let (all, events) =
        counts.iter().fold((0.0, 0.0), |sum, count| (sum.0 + count.1, sum.1 + count.2));
    let base = events / all;
    let inputs: Vec<f64> = counts.iter().map(|count| count.0).collect();
    let rates: Vec<f64> =
        counts.iter().map(|(_, n, e, _)| (e + smoothing * base) / (n + smoothing)).collect();
    let weights: Vec<f64> = counts.iter().map(|count| count.1 + smoothing).collect();
    let smooth = Isotonic::fit(&inputs, &rates, Some(&weights)).ok_or(FitError::NothingHelps)?;
    Ok(counts
        .into_iter()
        .zip(smooth.fitted())
        .map(|((total, complaints, events, effective), probability)| Total {
            total,
            complaints,
            events,
            observed: events / complaints,
            probability: *probability,
            interval: wilson(events / complaints, effective),
        })
        .collect())
}

fn wilson(rate: f64, complaints: f64) -> Interval {
    let z = normal_quantile(0.975);
    let middle = (rate + z * z / (2.0 * complaints)) / (1.0 + z * z / complaints);
    let half = z
        * (rate * (1.0 - rate) / complaints + z * z / (4.0 * complaints * complaints)).sqrt()
        / (1.0 + z * z / complaints);
    Interval {
        // Rounding alone would put a rate of 0 or 1 outside.
        lower: (middle - half).clamp(0.0, rate),
        upper: (middle + half).clamp(rate, 1.0),
        confidence: Confidence::P95,
        method: Method::Wilson,
    }
}

/// A card of the columns that got points.
pub(super) fn card(
    sample: &Sample<'_>,
    points: impl Iterator<Item = i32>,
) -> Result<PointCard, FitError> {
    let named = sample.columns.names().iter().cloned().zip(points);
    let points: Vec<(String, i32)> = named.filter(|(_, points)| *points != 0).collect();
    if points.is_empty() {
        return Err(FitError::NothingHelps);
    }
    points_table(sample, points)
}

/// Weights in points, the largest as many as asked for.
pub(super) fn scaled(weights: &[f64], most_points: i32) -> Result<Vec<i32>, FitError> {
    if !(1..=1_000).contains(&most_points) {
        let value = f64::from(most_points);
        return Err(FitError::Setting { setting: "most_points", value, allowed: "from 1 to 1000" });
    }
    let largest = weights.iter().fold(0.0_f64, |top, weight| top.max(weight.abs()));
    if largest == 0.0 {
        return Err(FitError::NothingHelps);
    }
    Ok(weights
        .iter()
        .map(|weight| (weight / largest * f64::from(most_points)).round() as i32)
        .collect())
}

/// Regression weights rounded to points, and what the rounding cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RoundedWeights {
    /// The card.
    pub card: PointCard,
    /// AUC of the weights on the sample.
    pub auc: f64,
    /// AUC of the points.
    pub auc_of_points: f64,
    /// Mean log loss of the weights; finite however far off they are.
    pub log_loss: f64,
    /// Mean log loss of the card's table, whose probabilities are taken for no closer to 0 or 1 than floating point can tell
    /// from 1 (2e-16).
    pub log_loss_of_points: f64,
}

impl RoundedWeights {
    /// How much AUC the rounding lost.
    #[must_use]
    pub fn lost_auc(&self) -> f64 {
        self.auc - self.auc_of_points
    }

    /// How much mean log loss the rounding added; below 0 where the card's table fits better than the weights.
    #[must_use]
    pub fn added_log_loss(&self) -> f64 {
        self.log_loss_of_points - self.log_loss
    }

    /// Rounds weights so that the largest becomes `most_points`.
    ///
    /// # Errors
    /// [`FitError`] when the columns are not those of the weights, all weights are 0, one class only is there, or weights
    /// and columns make log-odds beyond all numbers ([`FitError::NotFinite`]).
    pub fn new(
        weights: &LinearWeights,
        sample: &Sample<'_>,
        most_points: i32,
    ) -> Result<Self, FitError> {
        let scores = weights.log_odds(sample.columns)?;
        let card = card(sample, scaled(&weights.weights, most_points)?.into_iter())?;
        let totals = card.totals(sample.columns)?;
        if let Some(row) = scores.iter().position(|score| !score.is_finite()) {
            let column = "(log-odds)".to_owned();
            return Err(FitError::NotFinite { column, row, value: scores[row] });
        }
        // From log-odds directly: a probability that rounds to 1 would make a single miss cost without end.
        let of_scores = |row: usize| {
            let against = if sample.labels[row] > 0.5 { -scores[row] } else { scores[row] };
            against.max(0.0) + (-against.abs()).exp().ln_1p()
        };
        let of_table = |row: usize| {
            let p = card.probability(totals[row]).clamp(f64::EPSILON, 1.0 - f64::EPSILON);
            -if sample.labels[row] > 0.5 { p.ln() } else { (1.0 - p).ln() }
        };
        Ok(Self {
            auc: area(sample, &scores)?,
            auc_of_points: area(sample, &totals)?,
            log_loss: mean_loss(sample, of_scores),
            log_loss_of_points: mean_loss(sample, of_table),
            card,
        })
    }
}

fn area(sample: &Sample<'_>, scores: &[f64]) -> Result<f64, FitError> {
    let kept: Vec<usize> = (0..scores.len()).filter(|row| sample.weight(*row) > 0.0).collect();
    let labels: Vec<bool> = kept.iter().map(|row| sample.labels[*row] > 0.5).collect();
    let scores: Vec<f64> = kept.iter().map(|row| scores[*row]).collect();
    let value = || -> Result<f64, EvaluateError> {
        let scored = Scored::new(&labels, &scores)?;
        if sample.weights.is_none() {
            return Ok(auc(scored, Confidence::P95)?.figure.value);
        }
        let weights = Weights::sampling(kept.iter().map(|row| sample.weight(*row)).collect())?;
        Ok(auc(scored.weighted(&weights)?, Confidence::P95)?.figure.value)
    };
    value().map_err(|_| FitError::OneClass { label: labels.iter().all(|label| *label) })
}

fn mean_loss(sample: &Sample<'_>, loss: impl Fn(usize) -> f64) -> f64 {
    (0..sample.labels.len())
        .filter(|row| sample.weight(*row) > 0.0)
        .map(|row| sample.weight(row) * loss(row))
        .sum::<f64>()
        / sample.total_weight()
}
