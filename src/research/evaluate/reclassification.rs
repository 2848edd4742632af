//! Net reclassification and integrated discrimination improvement: widely printed, easily misled.

use serde::Serialize;

use super::data::{EvaluateError, Predicted};
use super::figure::{Caution, Confidence, Figure, Interval, Method, NotEstimable};
use crate::research::numeric::sum;

/// Improvement of a second set of probabilities over a first one (Pencina et al. 2008, 2011).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Reclassification {
    /// Continuous (category-free) net reclassification improvement, both kinds added.
    pub nri: Figure,
    /// Share of events moved up less share moved down.
    pub nri_events: Figure,
    /// Share of others moved down less share moved up.
    pub nri_others: Figure,
    /// Integrated discrimination improvement: gain in mean probability of events less that of others.
    pub idi: Figure,
}

/// Continuous NRI and IDI with Wald intervals, as R's `Hmisc::improveProb`, cut to the range of each (-2 to 2, for one
/// kind -1 to 1).
///
/// Misleads: a miscalibrated or overfitted model can win both. Prefer net benefit and the paired AUC.
///
/// # Errors
/// Input faults; [`OneClass`](super::Because::OneClass).
pub fn reclassification(
    labels: &[bool],
    old: &[f64],
    new: &[f64],
    confidence: Confidence,
) -> Result<Reclassification, EvaluateError> {
    let (a, b) = (Predicted::new(labels, old)?, Predicted::new(labels, new)?);
    let (events, others) = a.scored().both_classes()?;
    let (m, n) = (events as f64, others as f64);
    let moved = |label: bool, up: bool| {
        labels
            .iter()
            .zip(old.iter().zip(new))
            .filter(|&(l, (o, n))| *l == label && if up { n > o } else { n < o })
            .count() as f64
    };
    let (up_events, down_events) = (moved(true, true) / m, moved(true, false) / m);
    let (up_others, down_others) = (moved(false, true) / n, moved(false, false) / n);
    let events_error = ((up_events + down_events - (up_events - down_events).powi(2)) / m).sqrt();
    let others_error = ((up_others + down_others - (down_others - up_others).powi(2)) / n).sqrt();
    let cautions: &[Caution] = &[Caution::RewardsMiscalibration];
    let figure = |value: f64, error: f64, count: usize, most: f64| {
        let interval = if count < 2 {
            let what = "complaints of a kind";
            NotEstimable::because(super::Because::TooFew { what, found: count, needed: 2 })
        } else if error > 0.0 {
            Ok(Interval::wald(value, error, confidence, Method::Wald).within(-most, most))
        } else {
            NotEstimable::because(super::Because::ZeroVariance { what: "the improvement" })
        };
        Figure::new(value, count, interval).with_error(error).with_cautions(cautions)
    };
    let mean_and_variance = |label: bool, count: f64| {
        let gains = || {
            a.rows()
                .zip(b.rows())
                .filter(move |((y, _), _)| (*y > 0.5) == label)
                .map(|((_, o), (_, n))| n - o)
        };
        let mean = sum(gains()) / count;
        (mean, sum(gains().map(|g| (g - mean).powi(2))) / (count - 1.0) / count)
    };
    let (event_gain, event_variance) = mean_and_variance(true, m);
    let (other_gain, other_variance) = mean_and_variance(false, n);
    let total = labels.len();
    Ok(Reclassification {
        nri: figure(
            up_events - down_events + down_others - up_others,
            events_error.hypot(others_error),
            total,
            2.0,
        ),
        nri_events: figure(up_events - down_events, events_error, events, 1.0),
        nri_others: figure(down_others - up_others, others_error, others, 1.0),
        idi: match [events, others].into_iter().find(|&found| found < 2) {
            Some(found) => {
                let what = "complaints of a kind";
                let because = super::Because::TooFew { what, found, needed: 2 };
                let value = event_gain - other_gain;
                Figure::new(value, total, Err(NotEstimable { because })).with_cautions(cautions)
            }
            None => {
                let error = (event_variance + other_variance).sqrt();
                figure(event_gain - other_gain, error, total, 2.0)
            }
        },
    })
}
