//! An interval for an area that has a width at its ends.

use super::figure::{Because, Confidence, Interval, Method, NotEstimable};

/// An interval for an area from its value and the two counts alone, which has a width at 0 and 1 too, and for constant
/// scores: every area that the score test does not reject (Newcombe 2006, method 5).
///
/// The variance is that of method 4 there, after Hanley and McNeil (1982), at the area that is tested; it takes
/// complaints as independent. [`auc`](super::auc) gives DeLong's, which uses the scores and serves better away from the ends.
///
/// # Errors
/// [`Because::Argument`] for an area outside 0 to 1; [`Because::OneClass`] without complaints of a kind.
///
/// ```
/// use caserank::research::evaluate::{Confidence, auc_score_interval};
/// let perfect = auc_score_interval(1.0, 10, 30, Confidence::P95)?;
/// assert_eq!((format!("{:.3}", perfect.lower), perfect.upper), ("0.866".to_owned(), 1.0));
/// # Ok::<(), caserank::research::evaluate::NotEstimable>(())
/// ```
pub fn auc_score_interval(
    area: f64,
    events: usize,
    others: usize,
    confidence: Confidence,
) -> Result<Interval, NotEstimable> {
    if !(0.0..=1.0).contains(&area) {
        let (argument, range) = ("area", "0 to 1");
        return NotEstimable::because(Because::Argument { argument, value: area, range });
    }
    if events == 0 || others == 0 {
        return NotEstimable::because(Because::OneClass { events, others });
    }
    let (m, n) = (events as f64, others as f64);
    let half = 0.5 * (m + n) - 1.0;
    let error = |tested: f64| {
        let spread = 1.0 + half * (1.0 - tested) / (2.0 - tested) + half * tested / (1.0 + tested);
        (tested * (1.0 - tested) * spread / (m * n)).sqrt()
    };
    let z = confidence.z();
    // On either side of the estimate the test rejects from some area on; bisection down to neighbouring numbers.
    let end = |mut outer: f64, mut inner: f64| {
        if (inner - outer).abs() <= z * error(outer) {
            return outer;
        }
        for _ in 0..200 {
            let middle = 0.5 * (outer + inner);
            if (area - middle).abs() <= z * error(middle) {
                inner = middle;
            } else {
                outer = middle;
            }
        }
        inner
    };
    let lower = if area <= 0.0 { 0.0 } else { end(0.0, area) };
    let upper = if area >= 1.0 { 1.0 } else { end(1.0, area) };
    Interval::new(lower, upper, confidence, Method::ScoreNewcombe)
}
