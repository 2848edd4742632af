//! What is known when only some complaints were investigated: weighting by the audit slice, and bounds for the rest.

use serde::Serialize;

use super::calibration::is_surer;
use super::data::{EvaluateError, same_length};
use super::figure::{Because, Caution, Confidence, Figure, Interval, Method, NotEstimable};
use super::weights::{Weights, carried_by_several};
use crate::complaint::Origin;
use crate::research::numeric::sum;

/// The lowest and highest value that the complaints never investigated allow. Not an interval of confidence: no
/// assumption about them is made, and sampling error is not counted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Bounds {
    /// If those never investigated were as unfavourable as can be.
    pub lower: f64,
    /// If they were as favourable as can be.
    pub upper: f64,
}

/// Bounds for what a set of flags would have achieved (Manski 1989).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SelectionBounds {
    /// Share of all complaints that were investigated.
    pub investigated: f64,
    /// Share of all complaints with the outcome.
    pub rate: Bounds,
    /// Share of those with the outcome that are flagged.
    pub sensitivity: Result<Bounds, NotEstimable>,
    /// Share of those without that are not flagged.
    pub specificity: Result<Bounds, NotEstimable>,
    /// Share of the flagged that have the outcome.
    pub positive_predictive_value: Result<Bounds, NotEstimable>,
    /// Sensitivity on the investigated alone, as papers print it.
    pub sensitivity_if_investigated: Result<Figure, NotEstimable>,
    /// Where complaints and outcomes come from; not stated unless [`SelectionBounds::with_origin`] says it.
    pub origin: Origin,
}

impl SelectionBounds {
    /// Says where complaints and outcomes come from.
    #[must_use]
    pub fn with_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }
}

/// What flags and partly known outcomes allow; `None` is *not investigated*, never *no*. O(n).
///
/// # Errors
/// Input faults; [`Because::Empty`].
///
/// ```
/// use caserank::research::evaluate::selection_bounds;
/// let found = [Some(true), Some(false), None, None];
/// let bounds = selection_bounds(&found, &[true, false, true, false])?;
/// assert_eq!((bounds.rate.lower, bounds.rate.upper), (0.25, 0.75));
/// assert_eq!(bounds.sensitivity.map(|b| (b.lower, b.upper)), Ok((0.5, 1.0)));
/// # Ok::<(), caserank::research::evaluate::EvaluateError>(())
/// ```
pub fn selection_bounds(
    found: &[Option<bool>],
    flagged: &[bool],
) -> Result<SelectionBounds, EvaluateError> {
    same_length("flags", flagged.len(), found.len())?;
    if found.is_empty() {
        return Err(NotEstimable { because: Because::Empty }.into());
    }
    let count = |what: Option<bool>, flag: bool| {
        found.iter().zip(flagged).filter(|&(f, g)| *f == what && *g == flag).count() as f64
    };
    let all = found.len() as f64;
    let (hit, miss) = (count(Some(true), true), count(Some(true), false));
    let (alarm, clear) = (count(Some(false), true), count(Some(false), false));
    let (open_flagged, open) = (count(None, true), count(None, false));
    let share =
        |part: f64, whole: f64, denominator| super::operating::ratio(part, whole, denominator);
    let between = |good: f64, bad: f64, open_good: f64, open_bad: f64, denominator| {
        // An open complaint helps when it has the outcome here, and harms when it has it there.
        let lower = share(good, good + bad + open_bad, denominator);
        let upper = share(good + open_good, good + bad + open_good, denominator);
        match (lower, upper) {
            (Ok(lower), Ok(upper)) => Ok(Bounds { lower, upper }),
            (Err(_), Ok(upper)) => Ok(Bounds { lower: 0.0, upper }),
            (Ok(lower), Err(_)) => Ok(Bounds { lower, upper: 1.0 }),
            (Err(error), Err(_)) => Err(error),
        }
    };
    let flagged_all = hit + alarm + open_flagged;
    let events = hit + miss;
    let investigated = super::proportions::share(
        hit as u64,
        events as u64,
        Confidence::P95,
        super::ShareInterval::Wilson,
    );
    Ok(SelectionBounds {
        investigated: (all - open_flagged - open) / all,
        rate: Bounds { lower: events / all, upper: (events + open_flagged + open) / all },
        sensitivity: between(hit, miss, open_flagged, open, "the number with the outcome"),
        specificity: between(clear, alarm, open, open_flagged, "the number without the outcome"),
        positive_predictive_value: share(hit, flagged_all, "the number flagged").and_then(
            |lower| {
                share(hit + open_flagged, flagged_all, "the number flagged")
                    .map(|upper| Bounds { lower, upper })
            },
        ),
        sensitivity_if_investigated: investigated
            .map(|f| f.with_cautions(&[Caution::InvestigatedOnly])),
        origin: Origin::NotStated,
    })
}

/// The share of complaints with the outcome in the population that an audit slice was drawn from (Hájek's estimator:
/// inverse-probability weights scaled to add up), with a linearized interval cut to `[0, 1]`; where all labels are equal,
/// Wilson's with the effective number of complaints (Kish 1965).
///
/// Where the weights make it surer than as many unweighted complaints the figure carries [`Caution::SurerThanItsRows`].
/// Takes weights by their nature: [`Weights::inverse_probability`] makes them from the slice's recorded probabilities.
/// For sensitivity, AUC and the rest, give the same weights to those measures.
///
/// # Errors
/// Input faults; [`Because::TooFew`] below two complaints.
pub fn audited_rate(
    labels: &[bool],
    weights: &Weights,
    confidence: Confidence,
) -> Result<Figure, EvaluateError> {
    same_length("weights", weights.values().len(), labels.len())?;
    let count = labels.len();
    if count < 2 {
        let because = Because::TooFew { what: "complaints", found: count, needed: 2 };
        return Err(NotEstimable { because }.into());
    }
    let rows = || labels.iter().zip(weights.values()).map(|(&l, &w)| (f64::from(u8::from(l)), w));
    let total = sum(rows().map(|(_, w)| w));
    let value = sum(rows().map(|(y, w)| y * w)) / total;
    let squares = sum(rows().map(|(y, w)| (w * (y - value)).powi(2)));
    if squares <= 0.0 || labels.iter().all(|label| *label == labels[0]) {
        let effective = weights.effective_count();
        let interval = super::proportions::wilson(value * effective, effective, confidence);
        return Ok(Figure::new(value, count, Ok(interval)));
    }
    if let Err(why) = carried_by_several(Some(weights.values())) {
        return Ok(Figure::new(value, count, Err(why)).with_range(0.0, 1.0));
    }
    let error = (squares * count as f64 / (count as f64 - 1.0)).sqrt() / total;
    let interval = Interval::wald(value, error, confidence, Method::Linearized).within(0.0, 1.0);
    let is_surer = is_surer(value * (1.0 - value) / (error * error), count);
    let cautions = if is_surer { &[Caution::SurerThanItsRows][..] } else { &[] };
    Ok(Figure::new(value, count, Ok(interval))
        .with_error(error)
        .with_range(0.0, 1.0)
        .with_cautions(cautions))
}
