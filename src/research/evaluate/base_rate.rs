//! What rates of error come to where the outcome is more or less common.

use serde::Serialize;

use super::figure::{Because, Figure, NotEstimable};
use super::operating::ratio;

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
