//! What a measure returns: a figure with its interval, or the reason why there is none.

use serde::Serialize;

use crate::research::numeric::distributions::normal_quantile;

/// How sure an interval is meant to be, between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Confidence(f64);

impl Confidence {
    /// 95%.
    pub const P95: Self = Self(0.95);
    /// 90%.
    pub const P90: Self = Self(0.90);
    /// 99%.
    pub const P99: Self = Self(0.99);

    /// A level strictly between 0 and 1; `None` otherwise.
    #[must_use]
    pub fn new(level: f64) -> Option<Self> {
        (level > 0.0 && level < 1.0).then_some(Self(level))
    }

    /// The level as a number.
    #[must_use]
    pub fn level(self) -> f64 {
        self.0
    }

    /// The normal quantile that leaves half of the rest above it: 1.96 at 95%.
    #[must_use]
    pub fn z(self) -> f64 {
        normal_quantile(0.5 + 0.5 * self.0)
    }

    /// The probability left in each tail.
    pub(crate) fn tail(self) -> f64 {
        (1.0 - self.0) / 2.0
    }
}

/// How an interval was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Method {
    /// Estimate ± z × standard error, cut to the measure's range where it has one.
    Wald,
    /// Student's t, for a difference with Welch's degrees of freedom.
    Student,
    /// DeLong's variance, estimate ± z × standard error, cut to `[0, 1]`.
    DeLong,
    /// DeLong's variance, made on the log-odds scale of the AUC and brought back.
    DeLongLogit,
    /// The score interval of Wilson (1927).
    Wilson,
    /// The exact binomial interval of Clopper and Pearson (1934).
    ClopperPearson,
    /// Agresti and Coull (1998).
    AgrestiCoull,
    /// Equal-tailed under Jeffreys' prior.
    Jeffreys,
    /// Exact Poisson bounds on the observed count.
    PoissonExact,
    /// Estimate and standard error on the log scale.
    Log,
    /// Fisher's z transformation.
    FisherZ,
    /// Newcombe's difference of two Wilson intervals (1998, method 10).
    Newcombe,
    /// Standard error from the linearized (sandwich) estimator under sampling weights.
    Linearized,
    /// Bootstrap, normal approximation with bias correction.
    BootstrapNormal,
    /// Bootstrap, reflected percentiles.
    BootstrapBasic,
    /// Bootstrap percentiles.
    BootstrapPercentile,
    /// Bootstrap, bias-corrected and accelerated.
    BootstrapBca,
}

/// A range for a figure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// The confidence level.
    pub confidence: Confidence,
    /// How it was made.
    pub method: Method,
}

impl Interval {
    pub(crate) fn wald(value: f64, error: f64, confidence: Confidence, method: Method) -> Self {
        let half = confidence.z() * error;
        Self { lower: value - half, upper: value + half, confidence, method }
    }

    pub(crate) fn within(self, lowest: f64, highest: f64) -> Self {
        Self { lower: self.lower.max(lowest), upper: self.upper.min(highest), ..self }
    }

    /// Both ends through a function that keeps their order.
    pub(crate) fn map(self, f: impl Fn(f64) -> f64) -> Self {
        Self { lower: f(self.lower), upper: f(self.upper), ..self }
    }

    /// Whether the value lies inside, ends included.
    #[must_use]
    pub fn contains(&self, value: f64) -> bool {
        (self.lower..=self.upper).contains(&value)
    }
}

/// A measure's value with its uncertainty.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Figure {
    /// The estimate.
    pub value: f64,
    /// Its standard error, where there is a formula for one.
    pub standard_error: Option<f64>,
    /// Its interval, or why there is none. [`Because::NoFormula`] says: use the bootstrap.
    pub interval: Result<Interval, NotEstimable>,
    /// How many complaints it rests on.
    pub count: usize,
    /// What a reader must be told beside it.
    pub cautions: &'static [Caution],
}

impl Figure {
    pub(crate) fn new(value: f64, count: usize, interval: Result<Interval, NotEstimable>) -> Self {
        Self { value, standard_error: None, interval, count, cautions: &[] }
    }

    /// A figure for which only resampling gives an interval.
    pub(crate) fn plain(value: f64, count: usize) -> Self {
        Self::new(value, count, Err(NotEstimable { because: Because::NoFormula }))
    }

    pub(crate) fn with_error(mut self, error: f64) -> Self {
        self.standard_error = Some(error);
        self
    }

    pub(crate) fn with_cautions(mut self, cautions: &'static [Caution]) -> Self {
        self.cautions = cautions;
        self
    }
}

/// A measure cannot be had from these data, and why.
#[derive(Debug, Clone, PartialEq, Serialize, thiserror::Error)]
#[error("not estimable, because {because}")]
pub struct NotEstimable {
    /// The reason.
    pub because: Because,
}

impl NotEstimable {
    pub(crate) fn because<T>(because: Because) -> Result<T, Self> {
        Err(Self { because })
    }
}

/// A result for every group, in the order of the keys.
pub type ByKey<K, T> = Vec<(K, Result<T, NotEstimable>)>;

/// Why a measure is not estimable.
#[derive(Debug, Clone, PartialEq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Because {
    /// Nothing was given.
    #[error("there are no complaints")]
    Empty,
    /// Both kinds of complaint are needed.
    #[error(
        "both kinds of complaint are needed, and there are {events} events and {others} others"
    )]
    OneClass {
        /// Complaints with the outcome.
        events: usize,
        /// Complaints without it.
        others: usize,
    },
    /// Fewer than needed.
    #[error("{found} {what} are too few: at least {needed} are needed")]
    TooFew {
        /// What is counted.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many are needed.
        needed: usize,
    },
    /// Everything has the same value.
    #[error("{what} do not vary")]
    NoVariation {
        /// What does not vary.
        what: &'static str,
    },
    /// The estimate lies at the end of its range, where its variance formula says 0.
    #[error(
        "the estimate is {value}, the end of its range, where the variance formula gives 0; use an exact or a resampled interval"
    )]
    AtTheEnd {
        /// The estimate.
        value: f64,
    },
    /// The formula for the variance gives 0.
    #[error("the variance of {what} is 0")]
    ZeroVariance {
        /// Of what.
        what: &'static str,
    },
    /// A denominator is 0.
    #[error("{denominator} is 0")]
    ZeroDenominator {
        /// Which.
        denominator: &'static str,
    },
    /// A probability of exactly 0 or 1, whose log-odds are infinite.
    #[error("the probability at row {row} is exactly {value}; its log-odds are infinite")]
    CertainProbability {
        /// The row, from 0.
        row: usize,
        /// 0 or 1.
        value: f64,
    },
    /// The maximum likelihood lies at infinity, because a score separates the outcomes.
    #[error("the scores separate the outcomes, so the likelihood has no finite maximum")]
    Separated,
    /// Iterations ended without a certified answer.
    #[error("the iterations for {what} did not converge")]
    NotConverged {
        /// What was fitted.
        what: &'static str,
    },
    /// There is no formula; resample.
    #[error("there is no formula for its interval; use the bootstrap")]
    NoFormula,
    /// An argument is outside its range.
    #[error("{argument} is {value}, outside {range}")]
    Argument {
        /// Which.
        argument: &'static str,
        /// What was given.
        value: f64,
        /// What is allowed.
        range: &'static str,
    },
    /// Something that the measure needs was not given.
    #[error("there are no {what}")]
    Missing {
        /// What.
        what: &'static str,
    },
    /// Too few replicates of a resampling gave a value.
    #[error("{failed} of {replicates} replicates were not estimable")]
    Replicates {
        /// Replicates without a value.
        failed: usize,
        /// Replicates drawn.
        replicates: usize,
    },
}

/// A warning that belongs beside a figure wherever it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Caution {
    /// Depends on how common the outcome is in this sample; not comparable across samples, wrong in enriched ones.
    DependsOnBaseRate,
    /// High for a rule that flags nobody when the outcome is rare.
    RewardsTheMajority,
    /// Depends on how the bins are drawn.
    DependsOnBinning,
    /// Low power in small samples, rejects trifles in large ones, and does not say where or which way.
    TestOfFit,
    /// Biased upwards in small samples even when calibration is perfect.
    BiasedUpwards,
    /// Holds only for complaints that were investigated.
    InvestigatedOnly,
    /// Counts movements across thresholds or in probabilities that a badly calibrated model can win.
    RewardsMiscalibration,
    /// Linear interpolation in precision-recall space is too optimistic.
    OptimisticInterpolation,
}

impl Caution {
    /// The warning in plain words.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::DependsOnBaseRate => {
                "Depends on how common the outcome is in this sample: not comparable across samples, and wrong where events were over-sampled."
            }
            Self::RewardsTheMajority => "With a rare outcome, flagging nobody scores high.",
            Self::DependsOnBinning => "Changes with how the bins are drawn.",
            Self::TestOfFit => {
                "Misses large faults in small samples, rejects trifles in large ones, and says neither where nor which way."
            }
            Self::BiasedUpwards => "Too high in small samples, even for perfect calibration.",
            Self::InvestigatedOnly => "Holds only for complaints that were investigated.",
            Self::RewardsMiscalibration => "A badly calibrated model can win it.",
            Self::OptimisticInterpolation => {
                "Straight lines between precision-recall points are too optimistic; average precision is the figure to use."
            }
        }
    }
}
