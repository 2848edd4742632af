//! What a measure returns: a figure with its interval, or the reason why there is none.

use serde::{Deserialize, Serialize};

pub use super::because::Because;
use super::numbers::{number, optional, read_number};
use crate::research::numeric::distributions::normal_quantile;

/// How sure an interval is meant to be: 1% to 99.9999999999%.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(into = "f64", try_from = "f64")]
pub struct Confidence(f64);

impl From<Confidence> for f64 {
    fn from(confidence: Confidence) -> Self {
        confidence.0
    }
}

impl TryFrom<f64> for Confidence {
    type Error = NotEstimable;

    /// # Errors
    /// [`Because::Argument`] for a level that [`Confidence::new`] refuses.
    fn try_from(level: f64) -> Result<Self, NotEstimable> {
        Self::new(level).ok_or(NotEstimable {
            because: Because::Argument {
                argument: "the confidence level",
                value: level,
                range: "0.01 to 0.999999999999",
            },
        })
    }
}

impl Default for Confidence {
    /// 95%.
    fn default() -> Self {
        Self::P95
    }
}

impl Confidence {
    /// 95%.
    pub const P95: Self = Self(0.95);
    /// 90%.
    pub const P90: Self = Self(0.90);
    /// 99%.
    pub const P99: Self = Self(0.99);

    /// A level from 0.01 to 1 - 1e-12; `None` otherwise, since beyond those an interval has no width or no ends.
    #[must_use]
    pub fn new(level: f64) -> Option<Self> {
        (0.01..=1.0 - 1e-12).contains(&level).then_some(Self(level))
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    /// The score interval of an area under the ROC curve (Newcombe 2006, method 5).
    ScoreNewcombe,
    /// The score interval of Wilson (1927).
    Wilson,
    /// The exact binomial interval of Clopper and Pearson (1934).
    ClopperPearson,
    /// Agresti and Coull (1998).
    AgrestiCoull,
    /// Equal-tailed under Jeffreys' prior.
    Jeffreys,
    /// Estimate and standard error on the log scale.
    Log,
    /// The values that a likelihood-ratio test does not refuse.
    ProfileLikelihood,
    /// Where a new unit's figure is expected, with Student's t.
    Prediction,
    /// Fisher's z transformation.
    FisherZ,
    /// Newcombe's difference of two Wilson intervals (1998, method 10).
    Newcombe,
    /// Standard error from the linearized (sandwich) estimator under sampling weights.
    Linearized,
    /// Standard error by leaving out each unit in turn.
    Jackknife,
    /// Bootstrap, normal approximation with bias correction.
    BootstrapNormal,
    /// Bootstrap, reflected percentiles.
    BootstrapBasic,
    /// Bootstrap percentiles.
    BootstrapPercentile,
    /// Bootstrap, bias-corrected and accelerated.
    BootstrapBca,
}

/// A range for a figure, with some width: where a formula gives none, the figure says why there is no interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Interval {
    /// Lower end; may be infinite.
    #[serde(serialize_with = "number", deserialize_with = "read_number")]
    pub lower: f64,
    /// Upper end; may be infinite.
    #[serde(serialize_with = "number", deserialize_with = "read_number")]
    pub upper: f64,
    /// The confidence level.
    pub confidence: Confidence,
    /// How it was made.
    pub method: Method,
}

impl Interval {
    /// An interval from its ends.
    ///
    /// # Errors
    /// [`Because::NoWidth`] where the ends are equal, but for rounding; [`Because::NotFinite`] where one is not a number.
    ///
    /// ```
    /// use caserank::research::evaluate::{Confidence, Interval, Method};
    /// assert!(Interval::new(0.2, 0.4, Confidence::P95, Method::Wald).is_ok());
    /// assert!(Interval::new(0.3, 0.3, Confidence::P95, Method::Wald).is_err());
    /// ```
    pub fn new(
        lower: f64,
        upper: f64,
        confidence: Confidence,
        method: Method,
    ) -> Result<Self, NotEstimable> {
        Self { lower, upper, confidence, method }.sound()
    }

    /// Itself, unless it has no width: nothing that was counted or drawn is ever known for certain.
    pub(crate) fn sound(self) -> Result<Self, NotEstimable> {
        if self.lower.is_nan() || self.upper.is_nan() {
            return NotEstimable::because(Because::NotFinite { what: "an end of the interval" });
        }
        // An infinite end is no size: an interval that reaches to infinity has a width.
        let size = [self.lower, self.upper].into_iter().filter(|end| end.is_finite());
        let size = size.fold(0.0_f64, |size, end| size.max(end.abs()));
        if self.lower == self.upper || self.upper - self.lower <= 8.0 * f64::EPSILON * size {
            return NotEstimable::because(Because::NoWidth { value: self.lower });
        }
        Ok(self)
    }

    pub(crate) fn wald(value: f64, error: f64, confidence: Confidence, method: Method) -> Self {
        let half = confidence.z() * error;
        Self { lower: value - half, upper: value + half, confidence, method }
    }

    /// Takes in a value that only rounding has put outside.
    pub(super) fn around(self, value: f64) -> Self {
        let width = self.upper - self.lower;
        let size = if width.is_finite() { value.abs().max(width) } else { value.abs() };
        let near = |end: f64| (end - value).abs() <= 1e-12 * size;
        let lower = if value < self.lower && near(self.lower) { value } else { self.lower };
        let upper = if value > self.upper && near(self.upper) { value } else { self.upper };
        Self { lower, upper, ..self }
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
    #[serde(serialize_with = "number")]
    pub value: f64,
    /// Its standard error, where there is a formula for one; never 0.
    #[serde(serialize_with = "optional", skip_serializing_if = "Option::is_none")]
    pub standard_error: Option<f64>,
    /// Its interval, or why there is none. [`Because::NoFormula`] says: use the bootstrap.
    pub interval: Result<Interval, NotEstimable>,
    /// How many complaints it rests on.
    pub count: usize,
    /// What a reader must be told beside it.
    pub cautions: &'static [Caution],
    /// The least and the largest value that the measure can have, where it has such.
    #[serde(skip)]
    pub(crate) range: Option<(f64, f64)>,
}

impl Figure {
    pub(crate) fn new(value: f64, count: usize, interval: Result<Interval, NotEstimable>) -> Self {
        let interval = interval.and_then(Interval::sound).map(|interval| interval.around(value));
        Self { value, standard_error: None, interval, count, cautions: &[], range: None }
    }

    /// Says which values the measure can have at all.
    pub(crate) fn with_range(mut self, lowest: f64, highest: f64) -> Self {
        self.range = Some((lowest, highest));
        self
    }

    /// A figure for which only resampling gives an interval.
    pub(crate) fn plain(value: f64, count: usize) -> Self {
        Self::new(value, count, Err(NotEstimable { because: Because::NoFormula }))
    }

    pub(crate) fn with_error(mut self, error: f64) -> Self {
        // An error of 0 claims a certainty that no sample gives.
        self.standard_error = (error > 0.0 && error.is_finite()).then_some(error);
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

/// A p value that is never 0: where it is too small for a number, the smallest normal number stands for it.
pub(crate) fn p_value(computed: f64) -> f64 {
    // Not `max`, which would turn a NaN into a very small p.
    if computed < f64::MIN_POSITIVE { f64::MIN_POSITIVE } else { computed }
}

/// The most bins, bands, groups, categories or thresholds that a measure takes.
pub const MOST_PARTS: usize = 10_000;

/// Refuses a number of parts outside `least..=MOST_PARTS`.
pub(crate) fn parts(
    argument: &'static str,
    least: usize,
    given: usize,
) -> Result<(), NotEstimable> {
    if (least..=MOST_PARTS).contains(&given) {
        return Ok(());
    }
    let range = match least {
        0 => "0 to 10,000",
        1 => "1 to 10,000",
        2 => "2 to 10,000",
        _ => "3 to 10,000",
    };
    NotEstimable::because(Because::Argument { argument, value: given as f64, range })
}

/// A result for every group, in the order of the keys.
pub type ByKey<K, T> = Vec<(K, Result<T, NotEstimable>)>;

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
    /// The interval is narrower than one of as many complaints without weights.
    SurerThanItsRows,
    /// Too few clusters (subjects) for the variance between them to be trusted.
    FewClusters,
    /// The normal approximation of a test with few rows or, among few, ties.
    RoughApproximation,
    /// An end of an interval was cut to the range that the measure can have.
    CutToRange,
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
            Self::SurerThanItsRows => {
                "The weights make it surer than as many unweighted complaints would be: right where they are known exactly, as from a planned sample, and too sure where they were estimated or where a few complaints carry it."
            }
            Self::FewClusters => {
                "Rests on fewer than 40 subjects or other clusters, so that its interval and p are too bold."
            }
            Self::RoughApproximation => {
                "The p value is by the normal approximation, which is rough for so few complaints."
            }
            Self::CutToRange => {
                "An end of an interval was cut to the range of the measure: average on the log-odds scale instead."
            }
        }
    }
}
