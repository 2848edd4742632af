//! From replicates to intervals.

use serde::Serialize;

use crate::research::evaluate::figure::{
    Because, Confidence, Figure, Interval, Method, NotEstimable,
};
use crate::research::evaluate::numbers::optional;
use crate::research::numeric::distributions::{normal_lower, normal_quantile};
use crate::research::numeric::{QuantileRule, quantile, sum};

/// Which bootstrap interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum BootstrapInterval {
    /// Bias-corrected estimate ± z × standard deviation of the replicates.
    Normal,
    /// Percentiles mirrored at the estimate.
    Basic,
    /// Percentiles.
    Percentile,
}

/// The two corrections of the bias-corrected and accelerated interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct BcaParts {
    /// Normal quantile of the share of replicates below the estimate (Efron's z0); 0 without bias.
    pub bias_correction: f64,
    /// How fast the standard error changes with the estimate, from the values with each unit left out.
    pub acceleration: f64,
}

/// A statistic on the data and on its replicates.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Replicates {
    /// The statistic on the complaints as they are; `None` where it is not estimable.
    #[serde(serialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub observed: Option<f64>,
    /// Its value on every replicate that gave one, in order.
    pub values: Vec<f64>,
    /// Replicates that gave none.
    pub failed: usize,
}

impl Replicates {
    /// From values computed elsewhere, for example on resamples read from a file.
    #[must_use]
    pub fn new(observed: Option<f64>, values: Vec<Option<f64>>) -> Self {
        let drawn = values.len();
        let values: Vec<f64> =
            values.into_iter().flatten().filter(|value| value.is_finite()).collect();
        let failed = drawn - values.len();
        Self { observed, values, failed }
    }

    fn sound(&self) -> Result<f64, NotEstimable> {
        let Some(observed) = self.observed else {
            let what = "values of the statistic on the data as they are";
            return NotEstimable::because(Because::Missing { what });
        };
        let drawn = self.failed + self.values.len();
        if drawn < 2 {
            let what = "replicates";
            return NotEstimable::because(Because::TooFew { what, found: drawn, needed: 2 });
        }
        if let (Some(&first), true) = (self.values.first(), self.failed * 20 <= drawn)
            && self.values.len() > 1
            && self.values.iter().all(|value| *value == first)
        {
            // Resampling cannot leave the end of a range, or what is constant: it says nothing there.
            return NotEstimable::because(Because::NoWidth { value: first });
        }
        // With more than a twentieth missing, the rest is another population.
        if self.values.len() < 2 || self.failed * 20 > self.failed + self.values.len() {
            return NotEstimable::because(Because::Replicates {
                failed: self.failed,
                replicates: self.failed + self.values.len(),
            });
        }
        Ok(observed)
    }

    /// The standard deviation of the replicates.
    ///
    /// # Errors
    /// [`Because::Missing`] when the statistic itself has no value, [`Because::Replicates`] when more than 5% of its
    /// replicates have none, [`Because::NoWidth`] when all are equal.
    pub fn standard_error(&self) -> Result<f64, NotEstimable> {
        self.sound()?;
        let n = self.values.len() as f64;
        let mean = sum(self.values.iter().copied()) / n;
        Ok((sum(self.values.iter().map(|v| (v - mean).powi(2))) / (n - 1.0)).sqrt())
    }

    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.values.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }

    fn read(sorted: &[f64], probability: f64, rule: QuantileRule) -> f64 {
        quantile(sorted, probability, rule).unwrap_or(f64::NAN)
    }

    /// A normal, basic or percentile interval (Davison and Hinkley 1997).
    ///
    /// [`QuantileRule::NormalScale`] gives the intervals of R's `boot`, [`QuantileRule::Linear`] those of SciPy.
    ///
    /// # Errors
    /// [`Because::Replicates`].
    pub fn interval(
        &self,
        kind: BootstrapInterval,
        rule: QuantileRule,
        confidence: Confidence,
    ) -> Result<Interval, NotEstimable> {
        let observed = self.sound()?;
        let tail = confidence.tail();
        let sorted = self.sorted();
        let (low, high) = (Self::read(&sorted, tail, rule), Self::read(&sorted, 1.0 - tail, rule));
        match kind {
            BootstrapInterval::Normal => {
                let mean = sum(self.values.iter().copied()) / self.values.len() as f64;
                let error = self.standard_error()?;
                Interval::wald(2.0 * observed - mean, error, confidence, Method::BootstrapNormal)
            }
            BootstrapInterval::Basic => Interval {
                lower: 2.0 * observed - high,
                upper: 2.0 * observed - low,
                confidence,
                method: Method::BootstrapBasic,
            },
            BootstrapInterval::Percentile => Interval {
                lower: low,
                upper: high,
                confidence,
                method: Method::BootstrapPercentile,
            },
        }
        .sound()
    }

    /// The bias-corrected and accelerated interval (Efron 1987); `left_out` is the statistic without each unit that was
    /// drawn (complaint or cluster): [`Bootstrap::jackknife`](super::Bootstrap::jackknife).
    ///
    /// [`QuantileRule::NormalScale`] follows R's `boot` (replicates strictly below the estimate count for the bias, and
    /// the jackknife is centred at the estimate); [`QuantileRule::Linear`] follows SciPy (ties count one half, centred
    /// at the jackknife's mean).
    ///
    /// # Errors
    /// [`Because::Replicates`]; [`Because::ZeroVariance`] when leaving complaints out changes nothing;
    /// [`Because::AtTheEnd`] when all replicates lie on one side of the estimate.
    pub fn bca(
        &self,
        left_out: &[f64],
        rule: QuantileRule,
        confidence: Confidence,
    ) -> Result<Interval, NotEstimable> {
        let BcaParts { bias_correction: bias, acceleration } = self.bca_parts(left_out, rule)?;
        let sorted = self.sorted();
        let end = |z: f64| {
            let shifted = bias + z;
            let quantile = normal_lower(bias + shifted / (1.0 - acceleration * shifted));
            Self::read(&sorted, quantile, rule)
        };
        let z = confidence.z();
        Interval::new(end(-z), end(z), confidence, Method::BootstrapBca)
    }

    /// The mean of the replicates.
    ///
    /// # Errors
    /// As [`Replicates::standard_error`].
    pub fn mean(&self) -> Result<f64, NotEstimable> {
        self.sound()?;
        Ok(sum(self.values.iter().copied()) / self.values.len() as f64)
    }

    /// The mean of the replicates less the statistic on the complaints as they are.
    ///
    /// # Errors
    /// As [`Replicates::standard_error`].
    pub fn bias(&self) -> Result<f64, NotEstimable> {
        Ok(self.mean()? - self.sound()?)
    }

    /// What [`Replicates::bca`] corrects by.
    ///
    /// # Errors
    /// As [`Replicates::bca`].
    pub fn bca_parts(
        &self,
        left_out: &[f64],
        rule: QuantileRule,
    ) -> Result<BcaParts, NotEstimable> {
        let observed = self.sound()?;
        let count = self.values.len() as f64;
        let below = self.values.iter().filter(|&&v| v < observed).count() as f64;
        let equal = self.values.iter().filter(|&&v| v == observed).count() as f64;
        let (share, centre) = match rule {
            QuantileRule::Linear => {
                let mean = sum(left_out.iter().copied()) / left_out.len().max(1) as f64;
                ((below + 0.5 * equal) / count, mean)
            }
            _ => (below / count, observed),
        };
        if share <= 0.0 || share >= 1.0 {
            return NotEstimable::because(Because::AtTheEnd { value: observed });
        }
        let squares = sum(left_out.iter().map(|v| (centre - v).powi(2)));
        if squares.is_nan() || squares <= 0.0 {
            return NotEstimable::because(Because::ZeroVariance { what: "the jackknife" });
        }
        let acceleration =
            sum(left_out.iter().map(|v| (centre - v).powi(3))) / (6.0 * squares.powf(1.5));
        Ok(BcaParts { bias_correction: normal_quantile(share), acceleration })
    }

    /// The statistic as a figure with a percentile interval and the replicates' standard deviation.
    ///
    /// # Errors
    /// [`Because::Replicates`].
    pub fn figure(&self, count: usize, confidence: Confidence) -> Result<Figure, NotEstimable> {
        let observed = self.sound()?;
        let interval =
            self.interval(BootstrapInterval::Percentile, QuantileRule::Linear, confidence);
        Ok(Figure::new(observed, count, interval).with_error(self.standard_error()?))
    }
}

/// A statistic without each complaint in turn, for [`Replicates::bca`]; `None` as soon as one is not estimable.
///
/// O(n) calls of the statistic. Where clusters are drawn, use [`Bootstrap::jackknife`](super::Bootstrap::jackknife).
pub fn jackknife(
    count: usize,
    statistic: impl Fn(&[u32]) -> Option<f64> + Sync,
) -> Option<Vec<f64>> {
    super::bootstrap::chunks(count, |from, to| {
        (from..to)
            .map(|left| {
                let rows: Vec<u32> =
                    (0..count as u32).filter(|&row| row as usize != left).collect();
                statistic(&rows)
            })
            .collect()
    })
    .into_iter()
    .collect()
}
