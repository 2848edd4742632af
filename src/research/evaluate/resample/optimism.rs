//! How much better a model looks on the complaints that made it (Harrell, Lee and Mark 1996).

use serde::Serialize;

use super::bootstrap::Bootstrap;
use crate::research::evaluate::figure::{
    Because, Confidence, Figure, Interval, Method, NotEstimable,
};
use crate::research::numeric::{QuantileRule, quantile, sum};

/// What one replicate's model achieves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Performance {
    /// On the replicate that it was fitted on.
    pub on_replicate: f64,
    /// On the complaints as they are.
    pub on_original: f64,
}

/// A performance figure with its optimism taken off.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Optimism {
    /// The figure on the complaints that made the model.
    pub apparent: f64,
    /// The mean of `on_replicate - on_original`.
    pub optimism: f64,
    /// `apparent - optimism`; the interval is the percentile interval of the replicates' apparent figures moved by the
    /// optimism (Noma et al. 2021).
    pub corrected: Figure,
    /// Replicates on which the model could not be fitted or judged.
    pub failed: usize,
}

impl Bootstrap {
    /// Optimism-corrected performance: `refit` fits the whole procedure on the rows it is given and judges the result
    /// twice. Everything that was chosen by looking at outcomes must happen inside it.
    ///
    /// # Errors
    /// [`Because::Replicates`] when more than 5% of the replicates fail or fewer than two are left.
    pub fn optimism(
        &self,
        apparent: f64,
        confidence: Confidence,
        refit: impl Fn(&[u32]) -> Option<Performance> + Sync,
    ) -> Result<Optimism, NotEstimable> {
        let results = self.map(refit);
        let replicates = results.len();
        let done: Vec<Performance> = results.into_iter().flatten().collect();
        let failed = replicates - done.len();
        if done.len() < 2 || failed * 20 > replicates {
            return NotEstimable::because(Because::Replicates { failed, replicates });
        }
        let unsound = |p: &Performance| !(p.on_replicate.is_finite() && p.on_original.is_finite());
        if done.iter().any(unsound) || !apparent.is_finite() {
            return NotEstimable::because(Because::NotFinite { what: "a performance" });
        }
        let optimism = sum(done.iter().map(|p| p.on_replicate - p.on_original)) / done.len() as f64;
        let mut sorted: Vec<f64> = done.iter().map(|p| p.on_replicate).collect();
        sorted.sort_by(f64::total_cmp);
        let read = |p| quantile(&sorted, p, QuantileRule::Linear).unwrap_or(f64::NAN) - optimism;
        let tail = confidence.tail();
        let interval = Interval {
            lower: read(tail),
            upper: read(1.0 - tail),
            confidence,
            method: Method::BootstrapPercentile,
        };
        let corrected = Figure::new(apparent - optimism, self.count, Ok(interval));
        Ok(Optimism { apparent, optimism, corrected, failed })
    }
}
