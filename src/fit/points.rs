//! Cards of whole points, and the field's simple ways to make them.

use serde::{Deserialize, Serialize};

use super::{FitError, Interval, LinearWeights, Sample};
use crate::evaluate::{Confidence, EvaluateError, Scored, Weights, auc};
use crate::numeric::Isotonic;
use crate::numeric::distributions::normal_quantile;

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
    /// 95% interval of the observed rate (Wilson 1927).
    pub interval: Interval,
}

/// Whole points by column, and from totals to probabilities.
///
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
            let place = columns.names().iter().position(|known| known == name);
            weights[place.ok_or_else(|| FitError::NoSuchColumn { column: name.clone() })?] =
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

/// Pseudo-complaints at the base rate that smooth each total's rate.
const SMOOTHING: f64 = 2.0;

/// Counts every total of these points on the sample.
pub(crate) fn points_table(
    sample: &Sample<'_>,
    points: Vec<(String, i32)>,
) -> Result<PointCard, FitError> {
    let mut card = PointCard { points, table: Vec::new() };
    let totals = card.totals(sample.columns)?;
    let mut order: Vec<usize> = (0..totals.len()).filter(|row| sample.weight(*row) > 0.0).collect();
    order.sort_by(|a, b| totals[*a].total_cmp(&totals[*b]).then(a.cmp(b)));
    let mut counts = Vec::new();
    for group in order.chunk_by(|a, b| totals[*a] == totals[*b]) {
        let complaints: f64 = group.iter().map(|row| sample.weight(*row)).sum();
        let events: f64 = group.iter().map(|row| sample.weight(*row) * sample.labels[*row]).sum();
        counts.push((totals[group[0]], complaints, events));
    }
    let (all, events) =
        counts.iter().fold((0.0, 0.0), |sum, count| (sum.0 + count.1, sum.1 + count.2));
    let base = events / all;
    let inputs: Vec<f64> = counts.iter().map(|count| count.0).collect();
    let rates: Vec<f64> =
        counts.iter().map(|(_, n, e)| (e + SMOOTHING * base) / (n + SMOOTHING)).collect();
    let weights: Vec<f64> = counts.iter().map(|count| count.1 + SMOOTHING).collect();
    let smooth = Isotonic::fit(&inputs, &rates, Some(&weights)).ok_or(FitError::NothingHelps)?;
    card.table = counts
        .into_iter()
        .zip(smooth.fitted())
        .map(|((total, complaints, events), probability)| Total {
            total,
            complaints,
            events,
            observed: events / complaints,
            probability: *probability,
            interval: wilson(events, complaints),
        })
        .collect();
    Ok(card)
}

fn wilson(events: f64, complaints: f64) -> Interval {
    let z = normal_quantile(0.975);
    let rate = events / complaints;
    let middle = (rate + z * z / (2.0 * complaints)) / (1.0 + z * z / complaints);
    let half = z
        * (rate * (1.0 - rate) / complaints + z * z / (4.0 * complaints * complaints)).sqrt()
        / (1.0 + z * z / complaints);
    Interval { lower: (middle - half).max(0.0), upper: (middle + half).min(1.0) }
}

/// Weighted rows and events of a yes/no column.
#[derive(Debug, Clone, Copy)]
struct Answered {
    complaints: f64,
    events: f64,
    rows: usize,
}

/// Counts for every column, which must be 0/1, and for the whole sample.
fn counted(sample: &Sample<'_>) -> Result<(Vec<Answered>, Answered), FitError> {
    let rows = sample.labels.len();
    let weights: Vec<f64> = (0..rows).map(|row| sample.weight(row)).collect();
    let weighted: Vec<f64> =
        weights.iter().zip(&sample.labels).map(|(w, label)| w * label).collect();
    let whole = Answered { complaints: weights.iter().sum(), events: weighted.iter().sum(), rows };
    if whole.events == 0.0 || whole.events == whole.complaints {
        return Err(FitError::OneClass { label: whole.events > 0.0 });
    }
    let names = sample.columns.names();
    let not_indicator =
        |place: usize, value: f64| FitError::NotIndicator { column: names[place].clone(), value };
    if let Some(place) = sample.columns.dense_places().first() {
        let values = sample.columns.column(*place).unwrap_or_default();
        let value = values.into_iter().find(|value| *value != 0.0 && *value != 1.0);
        return Err(not_indicator(*place, value.unwrap_or(f64::NAN)));
    }
    let ones = vec![1.0; rows];
    let mut counts = vec![Answered { complaints: 0.0, events: 0.0, rows: 0 }; names.len()];
    for pack in sample.columns.packs() {
        let (all, with, plain) = (pack.sums(&weights), pack.sums(&weighted), pack.sums(&ones));
        for (at, place) in pack.columns.iter().enumerate() {
            for pattern in 0..pack.patterns {
                let value = pack.value(pattern as u8, at);
                if value == 1.0 {
                    counts[*place].complaints += all[pattern];
                    counts[*place].events += with[pattern];
                    counts[*place].rows += plain[pattern] as usize;
                } else if value != 0.0 {
                    return Err(not_indicator(*place, value));
                }
            }
        }
    }
    Ok((counts, whole))
}

fn card(sample: &Sample<'_>, points: impl Iterator<Item = i32>) -> Result<PointCard, FitError> {
    let named = sample.columns.names().iter().cloned().zip(points);
    let points: Vec<(String, i32)> = named.filter(|(_, points)| *points != 0).collect();
    if points.is_empty() {
        return Err(FitError::NothingHelps);
    }
    points_table(sample, points)
}

/// Burgess's method (1928): one point for each answer whose rate lies above the whole's, one off for each below.
///
/// Columns must be 0/1, one an answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Burgess {
    least_difference: f64,
    least_rows: usize,
    only_raising: bool,
}

impl Default for Burgess {
    fn default() -> Self {
        Self::new()
    }
}

impl Burgess {
    /// Answers given by at least 10 complaints whose rate differs by at least 5 percentage points.
    #[must_use]
    pub fn new() -> Self {
        Self { least_difference: 0.05, least_rows: 10, only_raising: false }
    }

    /// Smallest difference of rates that earns a point, such as 0.05.
    #[must_use]
    pub fn least_difference(mut self, difference: f64) -> Self {
        self.least_difference = difference;
        self
    }

    /// Fewest complaints with the answer.
    #[must_use]
    pub fn least_rows(mut self, rows: usize) -> Self {
        self.least_rows = rows;
        self
    }

    /// Whether answers below the whole's rate stay without points, as in the original.
    #[must_use]
    pub fn only_raising(mut self, only_raising: bool) -> Self {
        self.only_raising = only_raising;
        self
    }

    /// Makes the card.
    ///
    /// # Errors
    /// [`FitError`] for columns that are not 0/1, one class only, or where no answer earns a point.
    pub fn fit_sample(&self, sample: &Sample<'_>) -> Result<PointCard, FitError> {
        let (counts, whole) = counted(sample)?;
        let base = whole.events / whole.complaints;
        let point = |count: &Answered| {
            let difference = count.events / count.complaints - base;
            if count.rows < self.least_rows.max(1)
                || difference.abs() < self.least_difference
                || difference == 0.0
            {
                0
            } else if difference > 0.0 {
                1
            } else {
                -i32::from(!self.only_raising)
            }
        };
        card(sample, counts.iter().map(point))
    }
}

/// The Nuffield method (1982): a point for every five percentage points between an answer's rate and the whole's.
///
/// Columns must be 0/1, one an answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nuffield {
    step: f64,
    least_rows: usize,
}

impl Default for Nuffield {
    fn default() -> Self {
        Self::new()
    }
}

impl Nuffield {
    /// A point for each 5 percentage points, answers given by at least 10 complaints.
    #[must_use]
    pub fn new() -> Self {
        Self { step: 0.05, least_rows: 10 }
    }

    /// Difference of rates worth one point, above 0. Rare outcomes need a smaller one than 0.05.
    #[must_use]
    pub fn step(mut self, step: f64) -> Self {
        self.step = step;
        self
    }

    /// Fewest complaints with the answer.
    #[must_use]
    pub fn least_rows(mut self, rows: usize) -> Self {
        self.least_rows = rows;
        self
    }

    /// Makes the card. Halves round away from 0.
    ///
    /// # Errors
    /// [`FitError`] for a step out of range, columns that are not 0/1, one class only, or where no answer earns a point.
    pub fn fit_sample(&self, sample: &Sample<'_>) -> Result<PointCard, FitError> {
        if !(self.step > 1e-6 && self.step <= 1.0) {
            return Err(FitError::Setting {
                setting: "step",
                value: self.step,
                allowed: "above 0.000001, at most 1",
            });
        }
        let (counts, whole) = counted(sample)?;
        let base = whole.events / whole.complaints;
        let point = |count: &Answered| {
            if count.rows < self.least_rows.max(1) {
                return 0;
            }
            // The smallest nudge, so that a difference of exactly half a step does not hang on rounding.
            let steps = (count.events / count.complaints - base) / self.step;
            (steps + steps.signum() * 1e-9).round() as i32
        };
        card(sample, counts.iter().map(point))
    }
}

/// Log-odds of each answer on its own, shrunk toward 0 by how well it is known.
///
/// The log odds ratio of an answer against all other complaints, with half a complaint added to each
/// cell (Haldane 1956, Anscombe 1956), times `t² / (t² + variance)`, `t²` being the spread of the true
/// ratios by the method of moments (DerSimonian and Laird 1986). Answers that go together count twice;
/// the card's table, or a recalibration, puts that right on average.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bivariate {
    most_points: i32,
}

impl Default for Bivariate {
    fn default() -> Self {
        Self::new()
    }
}

/// What [`Bivariate`] learnt.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct BivariateWeights {
    /// Shrunk log odds ratios; the intercept is the sample's log-odds.
    pub weights: LinearWeights,
    /// Log odds ratios before shrinkage.
    pub raw: Vec<f64>,
    /// Their standard errors.
    pub standard_errors: Vec<f64>,
    /// Estimated variance of the true log odds ratios.
    pub spread: f64,
    /// The weights in points.
    pub card: PointCard,
}

impl Bivariate {
    /// The largest weight becomes 10 points.
    #[must_use]
    pub fn new() -> Self {
        Self { most_points: 10 }
    }

    /// Points of the largest weight, 1 or more.
    #[must_use]
    pub fn most_points(mut self, points: i32) -> Self {
        self.most_points = points;
        self
    }

    /// Learns the weights.
    ///
    /// # Errors
    /// [`FitError`] for columns that are not 0/1, one class only, or where nothing is left after shrinkage.
    pub fn fit_sample(&self, sample: &Sample<'_>) -> Result<BivariateWeights, FitError> {
        let (counts, whole) = counted(sample)?;
        let mut raw = Vec::new();
        let mut variances = Vec::new();
        for count in &counts {
            let (a, b) = (count.events + 0.5, count.complaints - count.events + 0.5);
            let c = whole.events - count.events + 0.5;
            let d = whole.complaints - whole.events - (count.complaints - count.events) + 0.5;
            raw.push((a / b).ln() - (c / d).ln());
            variances.push(1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d);
        }
        let precision: f64 = variances.iter().map(|variance| 1.0 / variance).sum();
        let deviance: f64 = raw.iter().zip(&variances).map(|(b, variance)| b * b / variance).sum();
        let spread = ((deviance - raw.len() as f64) / precision).max(0.0);
        let shrunk: Vec<f64> = raw
            .iter()
            .zip(&variances)
            .map(|(b, variance)| b * spread / (spread + variance))
            .collect();
        let intercept = (whole.events / (whole.complaints - whole.events)).ln();
        let weights = LinearWeights::new(sample.columns.names(), intercept, &shrunk)?;
        let card = card(sample, scaled(&shrunk, self.most_points)?.into_iter())?;
        let standard_errors = variances.into_iter().map(f64::sqrt).collect();
        Ok(BivariateWeights { weights, raw, standard_errors, spread, card })
    }
}

/// Weights in points, the largest as many as asked for.
fn scaled(weights: &[f64], most_points: i32) -> Result<Vec<i32>, FitError> {
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
    /// Mean log loss of the weights.
    pub log_loss: f64,
    /// Mean log loss of the card's table.
    pub log_loss_of_points: f64,
}

impl RoundedWeights {
    /// Rounds weights so that the largest becomes `most_points`.
    ///
    /// # Errors
    /// [`FitError`] when the columns are not those of the weights, all weights are 0 or one class only is there.
    pub fn new(
        weights: &LinearWeights,
        sample: &Sample<'_>,
        most_points: i32,
    ) -> Result<Self, FitError> {
        let scores = weights.log_odds(sample.columns)?;
        let card = card(sample, scaled(&weights.weights, most_points)?.into_iter())?;
        let totals = card.totals(sample.columns)?;
        let chances: Vec<f64> = scores.iter().map(|score| 1.0 / (1.0 + (-score).exp())).collect();
        let tabled: Vec<f64> = totals.iter().map(|total| card.probability(*total)).collect();
        Ok(Self {
            auc: area(sample, &scores)?,
            auc_of_points: area(sample, &totals)?,
            log_loss: mean_loss(sample, &chances),
            log_loss_of_points: mean_loss(sample, &tabled),
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

fn mean_loss(sample: &Sample<'_>, chances: &[f64]) -> f64 {
    let loss = |row: usize| {
        let (label, p) = (sample.labels[row], chances[row]);
        -sample.weight(row) * if label > 0.5 { p.ln() } else { (1.0 - p).ln() }
    };
    (0..chances.len()).filter(|row| sample.weight(*row) > 0.0).map(loss).sum::<f64>()
        / sample.total_weight()
}
