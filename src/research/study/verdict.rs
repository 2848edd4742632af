//! Correction for several comparisons, and what may be said in words.

use serde::Serialize;

use super::target::{NOT_STATED_STAMP, STAMP};

/// Holm's step-down adjustment (1979) of p values: none is smaller than before, and the chance of
/// any false rejection among all of them stays below the level that the adjusted ones are held to.
///
/// ```
/// use caserank::research::study::holm;
/// assert_eq!(holm(&[0.01, 0.04, 0.03]), [0.03, 0.06, 0.06]);
/// ```
#[must_use]
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&first, &second| p_values[first].total_cmp(&p_values[second]));
    let mut adjusted = vec![0.0; p_values.len()];
    let mut least = 0.0_f64;
    for (rank, &test) in order.iter().enumerate() {
        let factor = (p_values.len() - rank) as f64;
        least = least.max((p_values[test] * factor).min(1.0));
        adjusted[test] = least;
    }
    adjusted
}

/// What a comparison allows to be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// Better, by at least what was declared to matter.
    Better,
    /// Worse, by at least what was declared to matter.
    Worse,
    /// Better, but whether by as much as was declared to matter is open.
    BetterBySome,
    /// Worse, but whether by as much as was declared to matter is open.
    WorseBySome,
    /// The whole interval is smaller than what was declared to matter.
    NoDifferenceThatMatters,
    /// No difference was shown, and none that matters was ruled out.
    Undecided,
    /// The two gave the same value on every replicate: nothing here tells them apart.
    Alike,
    /// Too few of the replicates gave a value.
    NotEstimable,
    /// Fewer than ten subjects, or as if there were: resamples of so few say little of others.
    TooFewSubjects,
    /// Nobody said where the complaints come from: nothing may be said until somebody does.
    RefusedNotStated,
    /// Synthetic complaints: nothing may be said about performance.
    RefusedSynthetic,
}

impl Verdict {
    /// From the interval of an advantage, its adjusted p value, the level, and the smallest
    /// difference that matters where one was declared for the measure.
    pub(super) fn of(
        lower: f64,
        upper: f64,
        adjusted: f64,
        level: f64,
        matters: Option<f64>,
    ) -> Self {
        let shown = adjusted < 1.0 - level;
        match matters {
            Some(matters) if lower > -matters && upper < matters => {
                Verdict::NoDifferenceThatMatters
            }
            Some(matters) if shown && lower >= matters => Verdict::Better,
            Some(matters) if shown && upper <= -matters => Verdict::Worse,
            _ if shown && lower + upper > 0.0 => Verdict::BetterBySome,
            _ if shown => Verdict::WorseBySome,
            _ => Verdict::Undecided,
        }
    }

    /// The verdict in plain words about `name` against `reference`.
    #[must_use]
    pub fn text(self, name: &str, reference: &str) -> String {
        match self {
            Verdict::Better => format!(
                "`{name}` did better than `{reference}`, by at least what was declared to matter."
            ),
            Verdict::Worse => format!(
                "`{name}` did worse than `{reference}`, by at least what was declared to matter."
            ),
            Verdict::BetterBySome => format!(
                "`{name}` did better than `{reference}`; whether by enough to matter is open."
            ),
            Verdict::WorseBySome => format!(
                "`{name}` did worse than `{reference}`; whether by enough to matter is open."
            ),
            Verdict::NoDifferenceThatMatters => format!(
                "Any difference between `{name}` and `{reference}` is smaller than what was declared to matter."
            ),
            Verdict::Undecided => format!(
                "No difference between `{name}` and `{reference}` was shown, and one that matters was not ruled out: these complaints are too few to tell. This is not evidence that they are equal."
            ),
            Verdict::Alike => format!(
                "`{name}` and `{reference}` gave the same value on every resample: nothing in these data tells them apart. That is no interval and no proof that they are equal elsewhere."
            ),
            Verdict::TooFewSubjects => format!(
                "The complaints are about too few subjects to compare `{name}` and `{reference}`, or nearly all of the weight is on a few: what at least ten of equal weight would tell is needed."
            ),
            Verdict::RefusedNotStated => {
                format!("{NOT_STATED_STAMP}. No verdict on `{name}` against `{reference}`.")
            }
            Verdict::NotEstimable => {
                format!("`{name}` and `{reference}` cannot be compared on these complaints.")
            }
            Verdict::RefusedSynthetic => {
                format!("{STAMP}. No verdict on `{name}` against `{reference}`.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_do_not_call_noise_a_difference() {
        let of = |lower, upper, adjusted| Verdict::of(lower, upper, adjusted, 0.95, Some(0.02));
        assert_eq!(of(0.03, 0.05, 0.001), Verdict::Better);
        assert_eq!(of(-0.05, -0.03, 0.001), Verdict::Worse);
        assert_eq!(of(0.01, 0.05, 0.001), Verdict::BetterBySome);
        assert_eq!(of(-0.05, -0.01, 0.001), Verdict::WorseBySome);
        assert_eq!(of(0.001, 0.01, 0.001), Verdict::NoDifferenceThatMatters);
        assert_eq!(of(-0.01, 0.01, 0.6), Verdict::NoDifferenceThatMatters);
        assert_eq!(of(-0.01, 0.05, 0.2), Verdict::Undecided);
        assert_eq!(Verdict::of(0.3, 0.4, 0.01, 0.95, None), Verdict::BetterBySome);
        // An interval clear of 0 whose p value did not survive the correction.
        assert_eq!(of(0.001, 0.05, 0.08), Verdict::Undecided);
    }

    #[test]
    fn holm_never_lowers_and_keeps_order() {
        // R 4.2.2: p.adjust(c(0.0001, 0.02, 0.015, 0.9, 0.04), "holm")
        let given = [0.0001, 0.02, 0.015, 0.9, 0.04];
        let expected = [0.0005, 0.06, 0.06, 0.9, 0.08];
        for (found, expected) in holm(&given).iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} for {expected}");
        }
        assert!(holm(&[]).is_empty());
        assert_eq!(holm(&[0.7, 0.8]), [1.0, 1.0]);
    }
}
