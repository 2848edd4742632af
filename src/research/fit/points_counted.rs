//! The field's simple standards: points from counts of single answers.

use serde::Serialize;

use super::points::{PointCard, card, scaled};
use super::{FitError, LinearWeights, Sample};

/// Weighted rows and events of a yes/no column.
#[derive(Debug, Clone, Copy)]
struct Answered {
    complaints: f64,
    events: f64,
    rows: usize,
}

/// Counts for every column, which must be 0/1, and for the whole sample, in complaints of mean weight.
fn counted(sample: &Sample<'_>) -> Result<(Vec<Answered>, Answered), FitError> {
    let rows = sample.labels.len();
    if let Some(label) = sample.single_class() {
        return Err(FitError::OneClass { label });
    }
    let unit = sample.complaint_weight();
    let weights: Vec<f64> = (0..rows).map(|row| sample.weight(row) / unit).collect();
    let weighted: Vec<f64> =
        weights.iter().zip(&sample.labels).map(|(w, label)| w * label).collect();
    let whole = Answered { complaints: weights.iter().sum(), events: weighted.iter().sum(), rows };
    let names = sample.columns.names();
    let not_indicator =
        |number: usize, value: f64| FitError::NotIndicator { column: names[number].clone(), value };
    if let Some(number) = sample.columns.dense_places().first() {
        let values = sample.columns.column(*number).unwrap_or_default();
        let value = values.into_iter().find(|value| *value != 0.0 && *value != 1.0);
        return Err(not_indicator(*number, value.unwrap_or(f64::NAN)));
    }
    let mut counts = vec![Answered { complaints: 0.0, events: 0.0, rows: 0 }; names.len()];
    for pack in sample.columns.packs() {
        let (all, with, plain) = (pack.sums(&weights), pack.sums(&weighted), &pack.counts);
        for (at, number) in pack.columns.iter().enumerate() {
            for pattern in 0..pack.patterns {
                let value = pack.value(pattern as u8, at);
                if value == 1.0 {
                    counts[*number].complaints += all[pattern];
                    counts[*number].events += with[pattern];
                    counts[*number].rows += plain[pattern] as usize;
                } else if value != 0.0 {
                    return Err(not_indicator(*number, value));
                }
            }
        }
    }
    Ok((counts, whole))
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

    /// Leaves answers below the whole's rate without points, as the original does.
    #[must_use]
    pub fn only_raising(mut self) -> Self {
        self.only_raising = true;
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
