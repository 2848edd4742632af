//! Outcomes are known only of complaints that were worked: estimates for all, robust to one wrong model, and what it would
//! take to turn them.

use std::ops::RangeInclusive;

use super::data::{InputError, same_length};
use super::figure::{Because, Confidence, Figure, Interval, Method, NotEstimable};
use crate::complaint::Origin;
use crate::research::numeric::sum;

/// Odds that are an assumption about what officers left; beyond them the sample decides nothing any more, and an interval
/// would be the assumption's own.
const ODDS: RangeInclusive<f64> = 0.001..=1000.0;

/// Doubly robust estimates under selection, with a sensitivity parameter (Robins, Rotnitzky and Scharfstein 2000).
///
/// Two models are given, a number a complaint each: the chance that it was worked, and the chance that it has the outcome,
/// learnt from those that were. Where either is right, estimates are right on average, **given** that complaints of equal
/// chances were worked regardless of their outcome. That cannot be tested, so every estimate takes `odds`: the odds of the
/// outcome among the unworked over those among the worked, of equal chances. 1 is that assumption; 0.5 says that officers
/// picked well, what they left being half as dangerous. [`SelectionModel::turns_at`] says how far it must be from 1 before
/// a comparison turns. For bounds without any assumption see [`selection_bounds`](super::selection_bounds).
///
/// ```
/// use caserank::research::evaluate::{Confidence, SelectionModel};
/// let found = [Some(true), Some(false), None, Some(false), None, Some(true), Some(false), None];
/// let worked = [0.8, 0.8, 0.8, 0.6, 0.6, 0.6, 0.5, 0.5];
/// let danger = [0.5, 0.4, 0.4, 0.3, 0.2, 0.6, 0.2, 0.1];
/// let model = SelectionModel::new(&found, &worked, &danger)?;
/// let [less, even, more] = [0.5, 1.0, 2.0].map(|odds| model.rate(odds, Confidence::P95));
/// assert!(less?.value < even.clone()?.value && even?.value < more?.value);
/// # Ok::<(), caserank::research::evaluate::EvaluateError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct SelectionModel<'a> {
    found: &'a [Option<bool>],
    worked: &'a [f64],
    outcome: &'a [f64],
    origin: Origin,
}

impl<'a> SelectionModel<'a> {
    /// `found` is `None` where nobody looked; `worked` the chance of having been worked, `outcome` that of the outcome.
    ///
    /// # Errors
    /// [`InputError::Length`]; [`InputError::Inclusion`] for a chance of being worked outside `(0, 1]` (a complaint that
    /// could not have been worked says nothing of those like it); [`InputError::Probability`].
    pub fn new(
        found: &'a [Option<bool>],
        worked: &'a [f64],
        outcome: &'a [f64],
    ) -> Result<Self, InputError> {
        same_length("chances of being worked", worked.len(), found.len())?;
        same_length("chances of the outcome", outcome.len(), found.len())?;
        if let Some(row) = worked.iter().position(|p| !(*p > 0.0 && *p <= 1.0)) {
            return Err(InputError::Inclusion { row, value: worked[row] });
        }
        if let Some(row) = outcome.iter().position(|p| !(0.0..=1.0).contains(p)) {
            return Err(InputError::Probability { row, value: outcome[row] });
        }
        Ok(Self { found, worked, outcome, origin: Origin::NotStated })
    }

    /// Says where complaints and outcomes come from; not stated unless this says it.
    #[must_use]
    pub fn with_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// Where complaints and outcomes come from: it belongs beside every estimate.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// What each complaint adds to the number with the outcome: found or expected, plus the weighted error of the
    /// expectation where it was worked.
    fn parts(&self, odds: f64) -> Result<Vec<f64>, NotEstimable> {
        if !ODDS.contains(&odds) {
            let (argument, range) =
                ("odds", "0.001 to 1000; beyond it `selection_bounds` says what holds");
            return NotEstimable::because(Because::Argument { argument, value: odds, range });
        }
        let enough = self.found.iter().flatten().count();
        if enough < 2 {
            let what = "complaints that were worked";
            return NotEstimable::because(Because::TooFew { what, found: enough, needed: 2 });
        }
        let events = self.found.iter().flatten().filter(|found| **found).count();
        if enough < self.found.len() && (events == 0 || events == enough) {
            // Nothing corrects the expectation then, and its spread alone would be taken for what is known.
            return NotEstimable::because(Because::OneClass { events, others: enough - events });
        }
        let rows = self.found.iter().zip(self.worked).zip(self.outcome);
        Ok(rows
            .map(|((found, worked), outcome)| {
                // The mean of odds^outcome among the worked, and the chance among the unworked that it implies.
                let mean = 1.0 - outcome + odds * outcome;
                let unworked = odds * outcome / mean;
                match found {
                    None => unworked,
                    Some(found) => {
                        let label = f64::from(u8::from(*found));
                        let tilt = if *found { odds } else { 1.0 } / mean;
                        label + (1.0 - worked) / worked * tilt * (label - unworked)
                    }
                }
            })
            .collect())
    }

    /// The share of all complaints with the outcome; interval from the influence of each complaint, cut to `[0, 1]`.
    ///
    /// # Errors
    /// [`Because::Argument`] for odds outside 0.001 to 1000; [`Because::TooFew`] below two worked complaints; [`Because::OneClass`]
    /// where some were not worked and all or none of the others have the outcome (`selection_bounds` still holds);
    /// [`Because::OutOfRange`]
    /// where small chances of having been worked weigh so much that the estimate is no share.
    pub fn rate(&self, odds: f64, confidence: Confidence) -> Result<Figure, NotEstimable> {
        let parts = self.parts(odds)?;
        let value = sum(parts.iter().copied()) / parts.len() as f64;
        linearized(value, parts.iter().map(|part| part - value), 1.0, confidence, (0.0, 1.0))
    }

    /// The share of all complaints with the outcome that are flagged, worked or not.
    ///
    /// # Errors
    /// As [`SelectionModel::rate`]; [`Because::ZeroDenominator`] where no complaint is expected to have the outcome;
    /// [`Because::Missing`] without one flag a complaint.
    pub fn sensitivity(
        &self,
        flagged: &[bool],
        odds: f64,
        confidence: Confidence,
    ) -> Result<Figure, NotEstimable> {
        self.share_by(flagged, odds, confidence, (0.0, 1.0), |flag| f64::from(u8::from(flag)))
    }

    /// The sensitivity of the first flags less that of the second, on the same complaints.
    ///
    /// # Errors
    /// As [`SelectionModel::sensitivity`].
    pub fn difference(
        &self,
        first: &[bool],
        second: &[bool],
        odds: f64,
        confidence: Confidence,
    ) -> Result<Figure, NotEstimable> {
        if first.len() != second.len() {
            return NotEstimable::because(Because::Missing { what: "flags for every complaint" });
        }
        let pairs: Vec<(bool, bool)> = first.iter().copied().zip(second.iter().copied()).collect();
        let gain = |(first, second)| f64::from(u8::from(first)) - f64::from(u8::from(second));
        self.share_by(&pairs, odds, confidence, (-1.0, 1.0), gain)
    }

    fn share_by<T: Copy>(
        &self,
        flags: &[T],
        odds: f64,
        confidence: Confidence,
        range: (f64, f64),
        counts: impl Fn(T) -> f64,
    ) -> Result<Figure, NotEstimable> {
        if flags.len() != self.found.len() {
            return NotEstimable::because(Because::Missing { what: "flags for every complaint" });
        }
        let parts = self.parts(odds)?;
        let all = sum(parts.iter().copied());
        let rounding = 1e-12 * parts.len() as f64;
        if all < -rounding {
            let (value, range) = (all / parts.len() as f64, "0 to 1");
            return NotEstimable::because(Because::OutOfRange { value, range });
        }
        if all <= rounding {
            let denominator = "the expected number with the outcome";
            return NotEstimable::because(Because::ZeroDenominator { denominator });
        }
        let rows = || parts.iter().zip(flags).map(|(part, &flag)| (*part, counts(flag)));
        let value = sum(rows().map(|(part, flag)| part * flag)) / all;
        let influence = rows().map(|(part, flag)| part * (flag - value));
        let mean = all / parts.len() as f64;
        linearized(value, influence, mean, confidence, range)
    }

    /// The odds nearest to 1 at which the first flags no longer reach more (or fewer) than the second beyond doubt: where
    /// the interval of [`SelectionModel::difference`] first meets 0. 1 where it does so already, `None` where it never
    /// does between 1/100 and 100.
    ///
    /// # Errors
    /// As [`SelectionModel::difference`].
    pub fn turns_at(
        &self,
        first: &[bool],
        second: &[bool],
        confidence: Confidence,
    ) -> Result<Option<f64>, NotEstimable> {
        let open = |log: f64| -> Result<bool, NotEstimable> {
            match self.difference(first, second, log.exp(), confidence) {
                // Without an interval nothing is beyond doubt, and even less without an estimate that can be.
                Ok(figure) => Ok(figure.interval.map_or(true, |interval| interval.contains(0.0))),
                Err(NotEstimable { because: Because::OutOfRange { .. } }) => Ok(true),
                Err(why) => Err(why),
            }
        };
        if open(0.0)? {
            return Ok(Some(1.0));
        }
        const STEP: f64 = 0.05;
        let most = 100.0_f64.ln();
        let mut reach = STEP;
        while reach <= most {
            for log in [reach, -reach] {
                if open(log)? {
                    // Between the last that was closed and this one.
                    let (mut closed, mut open_at) = (log - STEP.copysign(log), log);
                    for _ in 0..40 {
                        let middle = 0.5 * (closed + open_at);
                        if open(middle)? { open_at = middle } else { closed = middle }
                    }
                    return Ok(Some(open_at.exp()));
                }
            }
            reach += STEP;
        }
        Ok(None)
    }
}

/// A value with the interval that the influence of single complaints gives, each over `scale`.
fn linearized(
    value: f64,
    influence: impl ExactSizeIterator<Item = f64>,
    scale: f64,
    confidence: Confidence,
    range: (f64, f64),
) -> Result<Figure, NotEstimable> {
    const ROUNDING: f64 = 1e-12;
    if !(range.0 - ROUNDING..=range.1 + ROUNDING).contains(&value) {
        let range = if range.0 < 0.0 { "-1 to 1" } else { "0 to 1" };
        return NotEstimable::because(Because::OutOfRange { value, range });
    }
    let value = value.clamp(range.0, range.1);
    let count = influence.len();
    let squares = sum(influence.map(|part| part * part));
    let n = count as f64;
    let error = (squares / (n - 1.0).max(1.0) / n).sqrt() / scale;
    let interval = if squares > 0.0 {
        Ok(Interval::wald(value, error, confidence, Method::Linearized).within(range.0, range.1))
    } else {
        NotEstimable::because(Because::NoVariation { what: "what single complaints add" })
    };
    Ok(Figure::new(value, count, interval).with_error(error).with_range(range.0, range.1))
}
