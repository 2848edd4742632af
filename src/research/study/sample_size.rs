//! How many complaints a planned study needs. For a new model see [`Riley`](crate::research::fit::Riley).

use crate::research::evaluate::{Because, Confidence, NotEstimable};

/// The standard error of an AUC to be expected from a study of `complaints` at a base rate
/// (Newcombe 2006, method 4; the criterion of Riley et al. 2021 for validation studies).
///
/// # Errors
/// [`Because::Argument`] for an area or a rate not strictly between 0 and 1, or so few complaints that fewer than one with or
/// without the outcome is to be expected among them.
pub fn auc_standard_error(area: f64, rate: f64, complaints: u64) -> Result<f64, NotEstimable> {
    inside("area", area)?;
    inside("rate", rate)?;
    let among = complaints as f64;
    if !expects_both(rate, among) {
        let range = "so many that one with the outcome and one without are to be expected";
        let because = Because::Argument { argument: "complaints", value: among, range };
        return Err(NotEstimable { because });
    }
    Ok(expected_error(area, rate, among))
}

fn expects_both(rate: f64, complaints: f64) -> bool {
    complaints * rate.min(1.0 - rate) >= 1.0
}

fn expected_error(area: f64, rate: f64, complaints: f64) -> f64 {
    let half = complaints / 2.0 - 1.0;
    let spread = 1.0 + half * (1.0 - area) / (2.0 - area) + half * area / (1.0 + area);
    (area * (1.0 - area) * spread / (complaints * complaints * rate * (1.0 - rate))).sqrt()
}

/// The least number of complaints with which the interval of an AUC is expected to reach no
/// farther than `half_width` to either side.
///
/// ```
/// use caserank::research::evaluate::Confidence;
/// use caserank::research::study::{auc_standard_error, complaints_for_auc};
/// let needed = complaints_for_auc(0.75, 0.1, 0.05, Confidence::P95)?;
/// assert!(1.96 * auc_standard_error(0.75, 0.1, needed)? <= 0.05);
/// assert!(1.959 * auc_standard_error(0.75, 0.1, needed - 1)? > 0.0499);
/// # Ok::<(), caserank::research::evaluate::NotEstimable>(())
/// ```
///
/// # Errors
/// [`Because::Argument`] for an area or a rate not strictly between 0 and 1; for a width not between 0 and one half, or so small that more than
/// 10^15 complaints would be needed.
pub fn complaints_for_auc(
    area: f64,
    rate: f64,
    half_width: f64,
    confidence: Confidence,
) -> Result<u64, NotEstimable> {
    if !(half_width > 0.0 && half_width < 0.5) {
        let (argument, range) = ("half width", "above 0 and below one half");
        let because = Because::Argument { argument, value: half_width, range };
        return Err(NotEstimable { because });
    }
    let (mut low, mut high) = (1_u64, 2_u64);
    inside("area", area)?;
    inside("rate", rate)?;
    let narrow = |complaints: u64| {
        let among = complaints as f64;
        expects_both(rate, among)
            && confidence.z() * expected_error(area, rate, among) <= half_width
    };
    while !narrow(high) {
        if high >= MOST {
            return too_many("half width", half_width);
        }
        (low, high) = (high, high * 2);
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if narrow(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Ok(high)
}

/// The least number of complaints *with* the outcome for the share reached at a capacity to be
/// known to `half_width` on either side (normal approximation of a share).
///
/// # Errors
/// [`Because::Argument`] for a share not strictly between 0 and 1, or a width not above 0 or so small that more than 10^15
/// complaints would be needed.
pub fn events_for_share(
    share: f64,
    half_width: f64,
    confidence: Confidence,
) -> Result<u64, NotEstimable> {
    inside("share", share)?;
    inside("half width", half_width)?;
    let z = confidence.z() / half_width;
    let needed = (z * z * share * (1.0 - share)).ceil();
    if needed <= MOST as f64 { Ok(needed as u64) } else { too_many("half width", half_width) }
}

/// More than anybody will have: a number beyond it is an answer to no question.
const MOST: u64 = 1_000_000_000_000_000;

fn too_many(argument: &'static str, value: f64) -> Result<u64, NotEstimable> {
    let range = "wide enough for 10^15 complaints";
    Err(NotEstimable { because: Because::Argument { argument, value, range } })
}

fn inside(argument: &'static str, value: f64) -> Result<(), NotEstimable> {
    if value > 0.0 && value < 1.0 {
        return Ok(());
    }
    let range = "strictly between 0 and 1";
    Err(NotEstimable { because: Because::Argument { argument, value, range } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formula_by_hand_and_its_inverse() {
        // N = 100, rate 0.5, area 0.8: 0.8*0.2*(1 + 49*0.2/1.2 + 49*0.8/1.8)/(2500)
        let spread = 1.0 + 49.0 * 0.2 / 1.2 + 49.0 * 0.8 / 1.8;
        let expected = (0.16_f64 * spread / 2_500.0).sqrt();
        let found = auc_standard_error(0.8, 0.5, 100).unwrap();
        assert!((found - expected).abs() < 1e-15);
        for (area, rate, width) in [(0.7, 0.01, 0.1), (0.9, 0.3, 0.02), (0.6, 0.5, 0.2)] {
            let needed = complaints_for_auc(area, rate, width, Confidence::P95).unwrap();
            let reach = |n| Confidence::P95.z() * auc_standard_error(area, rate, n).unwrap();
            assert!(reach(needed) <= width && reach(needed - 1) > width);
        }
        assert_eq!(events_for_share(0.5, 0.1, Confidence::P95).unwrap(), 97);
        for bad in [0.0, 1.0, -0.1, f64::NAN] {
            assert!(auc_standard_error(bad, 0.1, 50).is_err());
            assert!(complaints_for_auc(0.7, 0.1, bad, Confidence::P95).is_err());
        }
        for tiny in [1e-8, 1e-200] {
            assert!(complaints_for_auc(0.7, 0.1, tiny, Confidence::P95).is_err());
            assert!(events_for_share(0.5, tiny, Confidence::P95).is_err());
        }
        let needed = complaints_for_auc(0.7, 0.1, 1e-6, Confidence::P95).unwrap();
        assert!(Confidence::P95.z() * auc_standard_error(0.7, 0.1, needed).unwrap() <= 1e-6);
    }

    #[test]
    fn nothing_is_expected_where_no_event_is() {
        assert!(auc_standard_error(0.7, 1e-9, 10).is_err());
        assert!(auc_standard_error(0.7, 1.0 - 1e-9, 10).is_err());
        assert!(auc_standard_error(0.7, 0.1, 9).is_err());
        assert!(auc_standard_error(0.7, 0.1, 10).is_ok());
        // However wide the interval may be, one with the outcome must be to be expected.
        let needed = complaints_for_auc(0.7, 1e-3, 0.499, Confidence::P95).unwrap();
        assert!(needed >= 1_000 && auc_standard_error(0.7, 1e-3, needed).is_ok(), "{needed}");
        assert!(complaints_for_auc(1.0, 0.1, 0.05, Confidence::P95).is_err());
        assert!(complaints_for_auc(0.7, f64::NAN, 0.05, Confidence::P95).is_err());
    }
}
