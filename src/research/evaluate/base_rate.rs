//! What rates of error come to where the outcome is more or less common.

use serde::Serialize;

use super::cells::Cell;
use super::figure::{Because, Confidence, Figure, Interval, Method, NotEstimable};
use super::operating::{Confusion, ratio};

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

impl Confusion {
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
        let interval = |value: f64, with: Cell, without: Cell| {
            let cells = self.cells();
            let is_empty = |cell: Cell| cells[cell as usize] <= 0.0;
            if is_empty(with) || is_empty(without) || value <= 0.0 || value >= 1.0 {
                return NotEstimable::because(Because::AtTheEnd { value });
            }
            let (logit, error) = ((value / (1.0 - value)).ln(), self.ratio_error(with, without));
            Ok(Interval::wald(logit, error, confidence, Method::Wald)
                .map(|x| 1.0 / (1.0 + (-x).exp())))
        };
        let positive = &mut at.positive_predictive_value;
        positive.interval = interval(positive.value, Cell::Hit, Cell::Alarm);
        let negative = &mut at.negative_predictive_value;
        negative.interval = interval(negative.value, Cell::Miss, Cell::Clear);
        for figure in [positive, negative] {
            figure.cautions = self.spread.cautions();
        }
        at.positive_predictive_value.count = self.count;
        at.negative_predictive_value.count = self.count;
        Ok(at)
    }
}
