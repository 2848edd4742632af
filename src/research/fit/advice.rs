//! How much updating the events at hand support, and how many a new model needs.

use std::fmt;

use serde::Serialize;

use super::report::INTERCEPT;
use super::{FitError, FitReport};

/// What to do with a model, by the number of effective events. Rules of thumb, not laws.
///
/// After the practice of updating by steps (Steyerberg 2019, "Clinical Prediction Models", chapter 20;
/// Vergouwe et al. 2017): the fewer the events, the fewer parameters may move. Events are effective
/// ones, after weighting and clustering; where complaints without the outcome are fewer, those.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "advice")]
#[non_exhaustive]
pub enum Advice {
    /// Under 50 events: watch, change nothing.
    Monitor {
        /// Effective events, or non-events where fewer.
        events: f64,
    },
    /// From 50: the intercept may move.
    Intercept {
        /// Effective events, or non-events where fewer.
        events: f64,
    },
    /// From 100: intercept and slope may move.
    InterceptAndSlope {
        /// Effective events, or non-events where fewer.
        events: f64,
    },
    /// From 200: a refit may be considered where [`Riley`]'s criteria pass; else intercept and slope.
    RefitIfRileyPasses {
        /// Effective events, or non-events where fewer.
        events: f64,
    },
}

impl Advice {
    /// The advice for this many effective events, or non-events where those are fewer
    /// ([`FitReport::effective_rarer`]).
    #[must_use]
    pub fn for_events(events: f64) -> Self {
        if events >= 200.0 {
            Self::RefitIfRileyPasses { events }
        } else if events >= 100.0 {
            Self::InterceptAndSlope { events }
        } else if events >= 50.0 {
            Self::Intercept { events }
        } else {
            Self::Monitor { events }
        }
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (events, what) = match self {
            Self::Monitor { events } => (events, "monitor only"),
            Self::Intercept { events } => (events, "recalibrate the intercept"),
            Self::InterceptAndSlope { events } => (events, "recalibrate intercept and slope"),
            Self::RefitIfRileyPasses { events } => (
                events,
                "refit only if Riley's criteria pass; otherwise recalibrate intercept and slope",
            ),
        };
        write!(
            f,
            "{events:.0} effective complaints of the rarer outcome: {what} (rule of thumb, Steyerberg 2019)"
        )
    }
}

/// Least sample size for a new model of a yes/no outcome (Riley et al. 2019, 2020).
///
/// ```
/// use caserank::research::fit::Riley;
/// // The worked example of Riley et al. 2020, BMJ 368:m441.
/// let size = Riley::new(24, 0.174, 0.288)?;
/// assert_eq!((size.shrinkage, size.optimism, size.rate, size.needed), (623, 662, 221, 662));
/// # Ok::<(), caserank::research::fit::FitError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Riley {
    /// Complaints for an expected shrinkage of at least 0.9.
    pub shrinkage: u64,
    /// Complaints for an optimism of at most 0.05 in Nagelkerke's R².
    pub optimism: u64,
    /// Complaints for a base rate known to ±0.05.
    pub rate: u64,
    /// The largest of the three.
    pub needed: u64,
    /// Events among `needed` at the given rate.
    pub events: f64,
}

/// A sample size beyond this is a number that nobody can use.
const MOST_COMPLAINTS: u64 = 1_000_000_000_000;

impl Riley {
    /// For a number of candidate coefficients, a base rate and an anticipated Cox-Snell R².
    ///
    /// # Errors
    /// [`FitError::Setting`] for no coefficients, a rate not between 0 and 1, or an R² not between 0 and its largest
    /// possible value at that rate.
    pub fn new(coefficients: usize, rate: f64, cox_snell: f64) -> Result<Self, FitError> {
        let refuse = |setting, value, allowed| Err(FitError::Setting { setting, value, allowed });
        if coefficients == 0 {
            return refuse("coefficients", 0.0, "1 or more");
        }
        if !(rate > 0.0 && rate < 1.0) {
            return refuse("rate", rate, "between 0 and 1");
        }
        let null = rate * rate.ln() + (1.0 - rate) * (1.0 - rate).ln();
        let most = 1.0 - (2.0 * null).exp();
        if !(cox_snell > 0.0 && cox_snell < most) {
            return refuse(
                "Cox-Snell R²",
                cox_snell,
                "above 0 and below its largest value at this rate",
            );
        }
        let size = |shrinkage: f64| {
            (coefficients as f64 / ((shrinkage - 1.0) * (1.0 - cox_snell / shrinkage).ln())).ceil()
                as u64
        };
        let shrinkage = size(0.9);
        let optimism = size(cox_snell / (cox_snell + 0.05 * most));
        let rate_size = ((1.96_f64 / 0.05).powi(2) * rate * (1.0 - rate)).ceil() as u64;
        let needed = shrinkage.max(optimism).max(rate_size);
        if needed > MOST_COMPLAINTS {
            return refuse("Cox-Snell R²", cox_snell, "large enough that 10^12 complaints suffice");
        }
        Ok(Self { shrinkage, optimism, rate: rate_size, needed, events: needed as f64 * rate })
    }

    /// For a model as large and as telling as one that was fitted: its columns, its rate, and its R² after shrinkage.
    ///
    /// The R² is Cox and Snell's times `1 - columns / likelihood ratio` (van Houwelingen and le Cessie 1990), since the
    /// sample's own is too hopeful. Columns held at 0 by a sign count: they were candidates.
    ///
    /// # Errors
    /// [`FitError::Setting`] as [`Self::new`]; also where the shrinkage leaves no R², so that no size would do.
    pub fn for_fit(report: &FitReport) -> Result<Self, FitError> {
        let candidates =
            report.estimates.iter().filter(|estimate| estimate.name != INTERCEPT).count();
        let rate = report.events as f64 / report.rows.max(1) as f64;
        let shrinkage = 1.0 - candidates as f64 / report.likelihood_ratio.statistic;
        Self::new(candidates, rate, report.cox_snell * shrinkage)
    }

    /// Whether this many effective events and complaints suffice.
    #[must_use]
    pub fn passes(&self, complaints: f64, effective_events: f64) -> bool {
        complaints >= self.needed as f64 && effective_events >= self.events
    }
}
