//! Calibration, scoring rules and decision curves against R, rms's rules, scikit-learn and dcurves.
#![allow(clippy::unwrap_used)]

use crate::evaluate_support::{Expected, SETS, data};
use caserank::research::evaluate::*;
use caserank::research::fit::Isotonic;

const C: Confidence = Confidence::P95;

#[test]
fn regressions_and_tests() {
    let (mut python, mut r) = (Expected::load("expected_python"), Expected::load("expected_r"));
    for name in SETS {
        let d = data(name);
        let predicted = Predicted::new(&d.labels, &d.p).unwrap();
        let line = calibration_line(predicted, C).unwrap();
        r.check(name, "line_intercept", line.intercept.value, 1e-9);
        r.check(name, "line_slope", line.slope.value, 1e-9);
        r.check(name, "line_intercept_se", line.intercept.standard_error.unwrap(), 1e-9);
        r.check(name, "line_slope_se", line.slope.standard_error.unwrap(), 1e-9);
        r.check(name, "line_covariance", line.covariance, 1e-9);
        let interval = line.slope.interval.clone().unwrap();
        r.check(name, "line_slope_low", interval.lower, 1e-9);
        r.check(name, "line_slope_high", interval.upper, 1e-9);
        r.check(name, "joint_lr", line.joint.statistic, 1e-9);
        r.check(name, "joint_p", line.joint.p_value, 1e-9);
        let large = calibration_in_the_large(predicted, C).unwrap();
        r.check(name, "large_intercept", large.value, 1e-9);
        r.check(name, "large_se", large.standard_error.unwrap(), 1e-9);
        let test = spiegelhalter(predicted).unwrap();
        r.check(name, "spiegelhalter_z", test.statistic, 1e-12);
        r.check(name, "spiegelhalter_p", test.p_value, 1e-12);
        let eo = expected_observed(predicted, C).unwrap();
        r.check(name, "oe", eo.inverse.value, 1e-10);
        let test = hosmer_lemeshow(predicted, 10).unwrap().test;
        r.check(name, "hl", test.statistic, 1e-11);
        r.check(name, "hl_df", test.degrees, 0.0);
        r.check(name, "hl_p", test.p_value, 1e-11);
        assert!(test.cautions.contains(&Caution::TestOfFit));
        let line = platt(predicted).unwrap();
        python.check(name, "platt_intercept", line.intercept, 1e-9);
        python.check(name, "platt_slope", line.slope, 1e-9);
        if name != "ties" {
            let smooth = calibration_smooth(predicted, 0.75, &[0.05, 0.2, 0.4]).unwrap();
            for (at, value) in [0.05, 0.2, 0.4].iter().zip(smooth) {
                r.check(name, &format!("loess_{at:.2}"), value, 1e-9);
            }
        }
    }
}

#[test]
fn scoring_rules_and_bins() {
    let mut python = Expected::load("expected_python");
    for name in SETS {
        let d = data(name);
        let predicted = Predicted::new(&d.labels, &d.p).unwrap();
        let weights = Weights::inverse_probability(&d.inclusion).unwrap();
        let weighted = predicted.weighted(&weights).unwrap();
        let score = brier(predicted, C).unwrap();
        python.check(name, "brier", score.value, 1e-14);
        python.check(name, "brier_se", score.standard_error.unwrap(), 1e-14);
        python.check(name, "brier_weighted", brier(weighted, C).unwrap().value, 1e-13);
        python.check(name, "log_loss", log_loss(predicted, C).unwrap().value, 1e-13);
        python.check(name, "log_loss_weighted", log_loss(weighted, C).unwrap().value, 1e-13);
        python.check(name, "d2_log_loss", skill(predicted).unwrap().log_loss.value, 1e-13);
        let murphy = brier_murphy(predicted).unwrap();
        python.check(name, "murphy_reliability", murphy.miscalibration, 1e-12);
        python.check(name, "murphy_resolution", murphy.discrimination, 1e-12);
        assert!((murphy.total() - score.value).abs() < 1e-14);
        let corp = brier_corp(predicted).unwrap();
        python.check(name, "corp_mcb", corp.miscalibration, 1e-12);
        python.check(name, "corp_dsc", corp.discrimination, 1e-12);
        assert!((corp.total() - score.value).abs() < 1e-14);
        for (key, bins) in [("width", Bins::EqualWidth(10)), ("count", Bins::EqualCount(10))] {
            // Where probabilities are tied the bins are other ones: see the test of certainty.
            if (key, name) == ("count", "ties") {
                continue;
            }
            let error = calibration_error(predicted, bins).unwrap();
            python.check(name, &format!("ece_{key}"), error.expected.value, 1e-13);
            python.check(name, &format!("mce_{key}"), error.maximum.value, 1e-13);
            assert!(error.expected.cautions.contains(&Caution::BiasedUpwards));
        }
        let outcomes: Vec<f64> = d.labels.iter().map(|&l| f64::from(u8::from(l))).collect();
        let fit = Isotonic::fit(&d.p, &outcomes, None).unwrap();
        for step in 0..13 {
            let at = 0.02 + 0.08 * f64::from(step);
            python.check(name, &format!("isotonic_{at:.2}"), fit.predict(at), 1e-12);
        }
        let curve = decision_curve(predicted, &[0.05, 0.1, 0.25, 0.5], C).unwrap();
        for point in curve {
            let t = point.threshold;
            python.check(name, &format!("net_benefit_p_{t:.2}"), point.model.value, 1e-13);
            python.check(name, &format!("net_benefit_all_{t:.2}"), point.all, 1e-13);
        }
    }
}

#[test]
fn not_estimable_is_typed() {
    let certain = Predicted::new(&[true, false, true], &[0.5, 0.0, 0.7]).unwrap();
    let because = calibration_line(certain, C).unwrap_err().because;
    assert_eq!(because, Because::CertainProbability { row: 1, value: 0.0 });
    assert!(
        log_loss(certain, C).is_ok(),
        "a probability of 0 for what did not happen costs nothing"
    );
    let separated = Predicted::new(&[true, true, false, false], &[0.9, 0.8, 0.2, 0.1]).unwrap();
    assert_eq!(calibration_line(separated, C).unwrap_err().because, Because::Separated);
    assert!(platt(separated).is_ok());
    let flat = Predicted::new(&[true, false], &[0.3, 0.3]).unwrap();
    assert!(matches!(calibration_line(flat, C).unwrap_err().because, Because::NoVariation { .. }));
    let none = Predicted::new(&[false, false], &[0.3, 0.4]).unwrap();
    assert!(matches!(
        calibration_in_the_large(none, C).unwrap_err().because,
        Because::OneClass { .. }
    ));
    let unobserved = expected_observed(none, C).unwrap();
    let interval = unobserved.inverse.interval.unwrap();
    assert_eq!((unobserved.inverse.value, interval.lower), (0.0, 0.0));
    // None of two at 97.5%: 1 - 0.025^(1/2).
    assert!((interval.upper - 2.0 * (1.0 - 0.025_f64.sqrt()) / 0.7).abs() < 1e-12);
    assert!(Predicted::new(&[true], &[1.5]).is_err());
    assert!(Predicted::new(&[true], &[f64::NAN]).is_err());
}

#[test]
fn channels_by_themselves() {
    let d = data("balanced");
    let by = expected_observed_by(Predicted::new(&d.labels, &d.p).unwrap(), &d.group, C).unwrap();
    let observed: f64 = by.iter().map(|(_, eo)| eo.as_ref().unwrap().observed).sum();
    assert_eq!(observed, d.labels.iter().filter(|&&l| l).count() as f64);
    assert_eq!(by.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["a", "b", "c", "d"]);
    let predicted = Predicted::new(&d.labels, &d.p).unwrap();
    for (key, line) in calibration_line_by(predicted, &d.group, C).unwrap() {
        let rows: Vec<usize> = (0..d.labels.len()).filter(|&row| d.group[row] == key).collect();
        let labels: Vec<bool> = rows.iter().map(|&row| d.labels[row]).collect();
        let p: Vec<f64> = rows.iter().map(|&row| d.p[row]).collect();
        assert_eq!(line, calibration_line(Predicted::new(&labels, &p).unwrap(), C));
    }
    assert!(calibration_line_by(predicted, &["a"], C).is_err());
}
