//! One cut-off: the table of hits and misses, its measures, and the same at another base rate.

use serde::Serialize;

use super::data::{Score, Scored};
use super::figure::{Because, Caution, Confidence, Figure, Interval, Method, NotEstimable};
use super::proportions::wilson;
use super::weights::MaybeWeighted;

/// The four counts at a cut-off; under weights, sums of weights.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Confusion {
    /// Flagged, with the outcome.
    pub true_positives: f64,
    /// Flagged, without the outcome.
    pub false_positives: f64,
    /// Not flagged, with the outcome.
    pub false_negatives: f64,
    /// Not flagged, without the outcome.
    pub true_negatives: f64,
    count: usize,
    /// Effective complaints (Kish 1965) per unit of weight; 1 without weights.
    effective: f64,
}

/// The table at a threshold: scores at or above it are flagged. Takes sampling weights. O(n).
///
/// A threshold never parts equal scores. Whole-number scores are compared exactly, also beyond 2^53. A threshold of
/// infinity flags nobody, of minus infinity all.
///
/// # Errors
/// [`Because::Argument`] for a threshold that is not a number.
pub fn confusion<'a, S: Score + 'a>(
    data: impl MaybeWeighted<Data = Scored<'a, S>>,
    threshold: f64,
) -> Result<Confusion, NotEstimable> {
    if threshold.is_nan() {
        let (argument, range) = ("threshold", "the numbers");
        return NotEstimable::because(Because::Argument { argument, value: threshold, range });
    }
    let scored = data.data();
    let mut cells = [0.0; 4];
    for (row, (&label, score)) in scored.labels().iter().zip(scored.scores()).enumerate() {
        let weight = data.weights().map_or(1.0, |w| w[row]);
        cells[usize::from(label) * 2 + usize::from(score.at_least(threshold))] += weight;
    }
    let [true_negatives, false_positives, false_negatives, true_positives] = cells;
    let effective = data.weights().map_or(1.0, |weights| {
        let total: f64 = weights.iter().sum();
        let squares: f64 = weights.iter().map(|w| w * w).sum();
        if squares > 0.0 { total / squares } else { 1.0 }
    });
    let count = scored.len();
    Ok(Confusion {
        true_positives,
        false_positives,
        false_negatives,
        true_negatives,
        count,
        effective,
    })
}

/// The largest count that a double holds exactly.
pub(crate) const MOST_COUNT: u64 = 1 << 53;

/// Refuses counts that a double would round.
pub(crate) fn countable(what: &'static str, counts: &[u64]) -> Result<(), NotEstimable> {
    let total: u128 = counts.iter().map(|&count| u128::from(count)).sum();
    if total <= u128::from(MOST_COUNT) {
        return Ok(());
    }
    let (value, range) = (total as f64, "0 to 2^53, beyond which counts are no longer exact");
    NotEstimable::because(Because::Argument { argument: what, value, range })
}

const BASE_RATE: &[Caution] = &[Caution::DependsOnBaseRate];

impl Confusion {
    /// A table from four counts.
    ///
    /// # Errors
    /// [`Because::Argument`] for counts that add up to more than 2^53.
    ///
    /// ```
    /// use caserank::research::evaluate::{Confidence, Confusion};
    /// let table = Confusion::from_counts(166, 77, 4, 127)?;
    /// assert_eq!(format!("{:.3}", table.sensitivity(Confidence::P95)?.value), "0.976");
    /// # Ok::<(), caserank::research::evaluate::NotEstimable>(())
    /// ```
    pub fn from_counts(
        true_positives: u64,
        false_positives: u64,
        false_negatives: u64,
        true_negatives: u64,
    ) -> Result<Self, NotEstimable> {
        let counts = [true_positives, false_positives, false_negatives, true_negatives];
        countable("the four counts together", &counts)?;
        Ok(Self {
            true_positives: true_positives as f64,
            false_positives: false_positives as f64,
            false_negatives: false_negatives as f64,
            true_negatives: true_negatives as f64,
            count: counts.iter().sum::<u64>() as usize,
            effective: 1.0,
        })
    }

    fn events(&self) -> f64 {
        self.true_positives + self.false_negatives
    }

    fn others(&self) -> f64 {
        self.false_positives + self.true_negatives
    }

    fn all(&self) -> f64 {
        self.events() + self.others()
    }

    fn part(
        &self,
        part: f64,
        whole: f64,
        denominator: &'static str,
        confidence: Confidence,
    ) -> Result<Figure, NotEstimable> {
        let value = ratio(part, whole, denominator)?;
        let interval = wilson(part * self.effective, whole * self.effective, confidence);
        Ok(Figure::new(value, self.count, Ok(interval)))
    }

    /// Share of those with the outcome that are flagged (recall), with Wilson's interval.
    ///
    /// # Errors
    /// [`Because::ZeroDenominator`].
    pub fn sensitivity(&self, confidence: Confidence) -> Result<Figure, NotEstimable> {
        self.part(self.true_positives, self.events(), "the number with the outcome", confidence)
    }

    /// Share of those without the outcome that are not flagged, with Wilson's interval.
    ///
    /// # Errors
    /// [`Because::ZeroDenominator`].
    pub fn specificity(&self, confidence: Confidence) -> Result<Figure, NotEstimable> {
        self.part(self.true_negatives, self.others(), "the number without the outcome", confidence)
    }

    /// Share of the flagged that have the outcome (precision). Misleads where events were over-sampled: see
    /// [`Confusion::at_base_rate`].
    ///
    /// # Errors
    /// [`Because::ZeroDenominator`].
    pub fn positive_predictive_value(
        &self,
        confidence: Confidence,
    ) -> Result<Figure, NotEstimable> {
        let flagged = self.true_positives + self.false_positives;
        Ok(self
            .part(self.true_positives, flagged, "the number flagged", confidence)?
            .with_cautions(BASE_RATE))
    }

    /// Share of those not flagged that do not have the outcome; misleads as the positive one does.
    ///
    /// # Errors
    /// [`Because::ZeroDenominator`].
    pub fn negative_predictive_value(
        &self,
        confidence: Confidence,
    ) -> Result<Figure, NotEstimable> {
        let passed = self.true_negatives + self.false_negatives;
        Ok(self
            .part(self.true_negatives, passed, "the number not flagged", confidence)?
            .with_cautions(BASE_RATE))
    }

    /// Share of all that are flagged.
    ///
    /// # Errors
    /// [`Because::ZeroDenominator`].
    pub fn flagged(&self, confidence: Confidence) -> Result<Figure, NotEstimable> {
        let flagged = self.true_positives + self.false_positives;
        self.part(flagged, self.all(), "the number of complaints", confidence)
    }

    /// Share of correct calls. Misleads: flagging nobody is very accurate when the outcome is rare.
    ///
    /// # Errors
    /// [`Because::ZeroDenominator`].
    pub fn accuracy(&self, confidence: Confidence) -> Result<Figure, NotEstimable> {
        let right = self.true_positives + self.true_negatives;
        Ok(self
            .part(right, self.all(), "the number of complaints", confidence)?
            .with_cautions(&[Caution::RewardsTheMajority, Caution::DependsOnBaseRate]))
    }

    /// The mean of sensitivity and specificity; no interval by formula.
    ///
    /// # Errors
    /// [`Because::ZeroDenominator`].
    pub fn balanced_accuracy(&self) -> Result<Figure, NotEstimable> {
        let a = ratio(self.true_positives, self.events(), "the number with the outcome")?;
        let b = ratio(self.true_negatives, self.others(), "the number without the outcome")?;
        Ok(Figure::plain(0.5 * (a + b), self.count))
    }

    /// The harmonic mean of precision and recall.
    ///
    /// # Errors
    /// [`Because::ZeroDenominator`] when nothing is flagged and nothing has the outcome.
    pub fn f1(&self) -> Result<Figure, NotEstimable> {
        let whole = 2.0 * self.true_positives + self.false_positives + self.false_negatives;
        let value = ratio(2.0 * self.true_positives, whole, "flagged plus events")?;
        Ok(Figure::plain(value, self.count).with_cautions(BASE_RATE))
    }

    /// The correlation of flag and outcome (Matthews 1975).
    ///
    /// # Errors
    /// [`Because::NoVariation`] when all or none are flagged, or all or none have the outcome.
    pub fn matthews(&self) -> Result<Figure, NotEstimable> {
        let flagged = self.true_positives + self.false_positives;
        let passed = self.all() - flagged;
        let product = flagged.sqrt() * passed.sqrt() * self.events().sqrt() * self.others().sqrt();
        if product == 0.0 {
            return NotEstimable::because(Because::NoVariation { what: "flags or outcomes" });
        }
        let cross =
            self.true_positives * self.true_negatives - self.false_positives * self.false_negatives;
        Ok(Figure::plain(cross / product, self.count).with_cautions(BASE_RATE))
    }

    /// Agreement of flag and outcome beyond chance (Cohen 1960).
    ///
    /// # Errors
    /// [`Because::NoVariation`].
    pub fn kappa(&self) -> Result<Figure, NotEstimable> {
        let all = self.all();
        let flagged = self.true_positives + self.false_positives;
        let chance = (flagged * self.events() + (all - flagged) * self.others()) / (all * all);
        if all == 0.0 || chance == 1.0 {
            return NotEstimable::because(Because::NoVariation { what: "flags and outcomes" });
        }
        let agreed = (self.true_positives + self.true_negatives) / all;
        Ok(Figure::plain((agreed - chance) / (1.0 - chance), self.count).with_cautions(BASE_RATE))
    }

    /// How much a flag raises the odds of the outcome; interval on the log scale (Simel et al. 1991).
    ///
    /// # Errors
    /// [`Because::ZeroDenominator`] when a share involved is 0.
    pub fn positive_likelihood_ratio(
        &self,
        confidence: Confidence,
    ) -> Result<Figure, NotEstimable> {
        self.risk_ratio(self.true_positives, self.false_positives, confidence)
    }

    /// How much the absence of a flag leaves of the odds of the outcome.
    ///
    /// # Errors
    /// [`Because::ZeroDenominator`] when a share involved is 0.
    pub fn negative_likelihood_ratio(
        &self,
        confidence: Confidence,
    ) -> Result<Figure, NotEstimable> {
        self.risk_ratio(self.false_negatives, self.true_negatives, confidence)
    }

    fn risk_ratio(&self, a: f64, b: f64, confidence: Confidence) -> Result<Figure, NotEstimable> {
        let (m, n) = (self.events(), self.others());
        let first = ratio(a, m, "the number with the outcome")?;
        let second = ratio(b, n, "the number without the outcome")?;
        if b == 0.0 {
            return NotEstimable::because(Because::ZeroDenominator {
                denominator: "the rate among others",
            });
        }
        let value = first / second;
        let interval = if a == 0.0 {
            NotEstimable::because(Because::AtTheEnd { value: 0.0 })
        } else {
            let error = ((1.0 / a - 1.0 / m + 1.0 / b - 1.0 / n) / self.effective).sqrt();
            Ok(Interval::wald(value.ln(), error, confidence, Method::Log).map(f64::exp))
        };
        Ok(Figure::new(value, self.count, interval))
    }

    /// The odds of a flag with the outcome against without it.
    ///
    /// # Errors
    /// [`Because::ZeroDenominator`] when a cell is 0.
    pub fn diagnostic_odds_ratio(&self, confidence: Confidence) -> Result<Figure, NotEstimable> {
        let cells =
            [self.true_positives, self.false_positives, self.false_negatives, self.true_negatives];
        if cells.contains(&0.0) {
            return NotEstimable::because(Because::ZeroDenominator {
                denominator: "a cell of the table",
            });
        }
        let value = (cells[0] * cells[3]) / (cells[1] * cells[2]);
        let error = (cells.iter().map(|cell| 1.0 / cell).sum::<f64>() / self.effective).sqrt();
        let interval = Interval::wald(value.ln(), error, confidence, Method::Log).map(f64::exp);
        Ok(Figure::new(value, self.count, Ok(interval)))
    }

    /// The predictive values that these rates of error give where the outcome is more or less common than here.
    ///
    /// Intervals by the delta method on the log-odds scale (Mercaldo, Lau and Zhou 2007); the base rate is taken as known.
    ///
    /// # Errors
    /// [`Because::ZeroDenominator`], [`Because::Argument`].
    pub fn at_base_rate(
        &self,
        rate: f64,
        confidence: Confidence,
    ) -> Result<AtBaseRate, NotEstimable> {
        let (m, n) = (self.events(), self.others());
        let sensitivity = ratio(self.true_positives, m, "the number with the outcome")?;
        let specificity = ratio(self.true_negatives, n, "the number without the outcome")?;
        let mut at = AtBaseRate::of(sensitivity, specificity, rate)?;
        let interval = |value: f64, a: f64, b: f64, hit_a: f64, hit_b: f64| {
            if hit_a <= 0.0 || hit_b <= 0.0 || value <= 0.0 || value >= 1.0 {
                return NotEstimable::because(Because::AtTheEnd { value });
            }
            let error = ((1.0 / hit_a - 1.0 / a + 1.0 / hit_b - 1.0 / b) / self.effective).sqrt();
            Ok(Interval::wald((value / (1.0 - value)).ln(), error, confidence, Method::Wald)
                .map(|x| 1.0 / (1.0 + (-x).exp())))
        };
        at.positive_predictive_value.interval = interval(
            at.positive_predictive_value.value,
            m,
            n,
            self.true_positives,
            self.false_positives,
        );
        at.negative_predictive_value.interval = interval(
            at.negative_predictive_value.value,
            m,
            n,
            self.false_negatives,
            self.true_negatives,
        );
        at.positive_predictive_value.count = self.count;
        at.negative_predictive_value.count = self.count;
        Ok(at)
    }
}

/// Predictive values at a stated base rate.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AtBaseRate {
    /// The base rate.
    pub rate: f64,
    /// Share of all that would be flagged.
    pub flagged: f64,
    /// Share of the flagged that would have the outcome.
    pub positive_predictive_value: Figure,
    /// Share of the others that would not.
    pub negative_predictive_value: Figure,
}

impl AtBaseRate {
    /// From a sensitivity and a specificity as published, without intervals (Bayes' rule).
    ///
    /// # Errors
    /// [`Because::Argument`] for a number outside 0 to 1; [`Because::ZeroDenominator`] when all or none would be flagged.
    ///
    /// ```
    /// use caserank::research::evaluate::AtBaseRate;
    /// let at = AtBaseRate::of(0.976, 0.623, 0.10)?;
    /// assert_eq!(format!("{:.3} {:.4}", at.positive_predictive_value.value, at.negative_predictive_value.value), "0.223 0.9957");
    /// # Ok::<(), caserank::research::evaluate::NotEstimable>(())
    /// ```
    pub fn of(sensitivity: f64, specificity: f64, rate: f64) -> Result<Self, NotEstimable> {
        for (argument, value) in
            [("sensitivity", sensitivity), ("specificity", specificity), ("rate", rate)]
        {
            if !(0.0..=1.0).contains(&value) {
                return NotEstimable::because(Because::Argument {
                    argument,
                    value,
                    range: "0 to 1",
                });
            }
        }
        let hits = sensitivity * rate;
        let false_alarms = (1.0 - specificity) * (1.0 - rate);
        let cleared = specificity * (1.0 - rate);
        let missed = (1.0 - sensitivity) * rate;
        let flagged = hits + false_alarms;
        let ppv = ratio(hits, flagged, "the share flagged")?;
        let npv = ratio(cleared, cleared + missed, "the share not flagged")?;
        Ok(Self {
            rate,
            flagged,
            positive_predictive_value: Figure::plain(ppv, 0),
            negative_predictive_value: Figure::plain(npv, 0),
        })
    }
}

pub(crate) fn ratio(part: f64, whole: f64, denominator: &'static str) -> Result<f64, NotEstimable> {
    if whole == 0.0 {
        return NotEstimable::because(Because::ZeroDenominator { denominator });
    }
    Ok(part / whole)
}
