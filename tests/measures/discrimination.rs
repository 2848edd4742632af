//! Discrimination against pROC, scikit-learn, Hmisc and SciPy; stored inputs, tolerances of the last digits.
#![allow(clippy::unwrap_used)]

use crate::evaluate_support::{Expected, SETS, data, read};
use caserank::research::evaluate::*;

const C: Confidence = Confidence::P95;

#[test]
fn areas_and_delong() {
    let (mut python, mut r) = (Expected::load("expected_python"), Expected::load("expected_r"));
    for name in SETS {
        let d = data(name);
        let scored = Scored::new(&d.labels, &d.score).unwrap();
        let by_p = Scored::new(&d.labels, &d.p).unwrap();
        let area = auc(scored, C).unwrap();
        python.check(name, "auc_score", area.figure.value, 1e-13);
        r.check(name, "auc_score", area.figure.value, 1e-13);
        r.check(name, "delong_var_score", area.variance().unwrap(), 1e-11);
        let interval = area.figure.interval.clone().unwrap();
        r.check(name, "delong_low_score", interval.lower, 1e-11);
        r.check(name, "delong_high_score", interval.upper, 1e-11);
        let sizes = area.effect_sizes().unwrap();
        r.check(name, "dxy", sizes.gini.value, 1e-12);
        python.check(name, "d_from_auc", sizes.cohens_d.value, 1e-12);
        let area_p = auc(by_p, C).unwrap();
        python.check(name, "auc_p", area_p.figure.value, 1e-13);
        r.check(name, "delong_var_p", area_p.variance().unwrap(), 1e-11);
        let weights = Weights::inverse_probability(&d.inclusion).unwrap();
        let weighted = auc(scored.weighted(&weights).unwrap(), C).unwrap();
        python.check(name, "auc_weighted", weighted.figure.value, 1e-13);
        let test = auc_paired(&d.labels, &d.p, &d.q, C).unwrap();
        r.check(name, "delong_cov", test.covariance, 1e-11);
        r.check(name, "paired_z", test.statistic, 1e-10);
        r.check(name, "paired_p", test.p_value, 1e-10);
        let half = d.labels.len() / 2;
        let first = Scored::new(&d.labels[..half], &d.p[..half]).unwrap();
        let second = Scored::new(&d.labels[half..], &d.p[half..]).unwrap();
        let test = auc_unpaired(first, second, C).unwrap();
        r.check(name, "unpaired_d", test.statistic, 1e-9);
        r.check(name, "unpaired_df", test.degrees.unwrap(), 1e-9);
        r.check(name, "unpaired_p", test.p_value, 1e-9);
    }
}

#[test]
fn equal_weights_change_nothing() {
    for name in SETS {
        let d = data(name);
        let scored = Scored::new(&d.labels, &d.score).unwrap();
        let weights = Weights::sampling(vec![4.0; d.labels.len()]).unwrap();
        let (plain, weighted) =
            (auc(scored, C).unwrap(), auc(scored.weighted(&weights).unwrap(), C).unwrap());
        assert!((plain.figure.value - weighted.figure.value).abs() < 1e-13);
        let ratio = plain.variance().unwrap() / weighted.variance().unwrap();
        assert!((ratio - 1.0).abs() < 1e-9, "{name}: {ratio}");
    }
}

#[test]
fn readings_of_the_curve() {
    let (mut python, mut r) = (Expected::load("expected_python"), Expected::load("expected_r"));
    for name in SETS {
        let d = data(name);
        let scored = Scored::new(&d.labels, &d.score).unwrap();
        let by_p = Scored::new(&d.labels, &d.p).unwrap();
        for (key, region) in [
            ("specificity", Region::SpecificityAbove(0.9)),
            ("sensitivity", Region::SensitivityAbove(0.9)),
        ] {
            let part = partial_auc(scored, region).unwrap();
            r.check(name, &format!("pauc_{key}"), part.raw.value, 1e-12);
            // pROC answers NA below the diagonal's area.
            if part.raw.value > 0.005 {
                r.check(name, &format!("pauc_corrected_{key}"), part.corrected.value, 1e-12);
            }
        }
        let part = partial_auc(scored, Region::SpecificityAbove(0.9)).unwrap();
        python.check(name, "pauc_mcclish_fpr10", part.corrected.value, 1e-12);
        python.check(name, "ks", ks_statistic(scored).unwrap().value, 1e-13);
        python.check(name, "ap_score", average_precision(scored).unwrap().value, 1e-13);
        python.check(name, "ap_p", average_precision(by_p).unwrap().value, 1e-13);
        python.check(
            name,
            "pr_trapezoid",
            precision_recall_trapezoid(scored).unwrap().value,
            1e-12,
        );
        let weights = Weights::inverse_probability(&d.inclusion).unwrap();
        let weighted = average_precision(scored.weighted(&weights).unwrap()).unwrap();
        python.check(name, "ap_weighted", weighted.value, 1e-13);
        let best = youden(scored).unwrap();
        r.check(name, "youden_count", best.len() as f64, 0.0);
        r.check(name, "youden_threshold", best[0].threshold, 1e-12);
        r.check(name, "youden_sensitivity", best[0].sensitivity, 1e-12);
        r.check(name, "youden_specificity", best[0].specificity, 1e-12);
    }
}

#[test]
fn a_public_data_set() {
    let mut r = Expected::load("expected_r");
    let text = read("asah");
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let labels: Vec<bool> = rows.iter().map(|row| row[0] == "1").collect();
    let column =
        |at: usize| -> Vec<f64> { rows.iter().map(|row| row[at].parse().unwrap()).collect() };
    let (s100b, ndka) = (column(1), column(2));
    let area = auc(Scored::new(&labels, &s100b).unwrap(), C).unwrap();
    let interval = area.figure.interval.clone().unwrap();
    r.check("asah", "auc", area.figure.value, 1e-13);
    r.check("asah", "var", area.variance().unwrap(), 1e-11);
    r.check("asah", "low", interval.lower, 1e-11);
    r.check("asah", "high", interval.upper, 1e-11);
    let test = auc_paired(&labels, &s100b, &ndka, C).unwrap();
    r.check("asah", "z", test.statistic, 1e-10);
    r.check("asah", "p", test.p_value, 1e-10);
}

#[test]
fn not_estimable_is_typed() {
    let labels = [true, true, false, false];
    let perfect = Scored::new(&labels, &[4, 3, 2, 1]).unwrap();
    let area = auc(perfect, C).unwrap();
    assert_eq!(area.figure.value, 1.0);
    assert_eq!(
        area.figure.interval,
        Err(NotEstimable { because: Because::AtTheEnd { value: 1.0 } })
    );
    assert!(area.effect_sizes().is_err());
    let one = Scored::new(&[true, true], &[1, 2]).unwrap();
    assert_eq!(auc(one, C).unwrap_err().because, Because::OneClass { events: 2, others: 0 });
    let none: Scored<'_, i64> = Scored::new(&[], &[]).unwrap();
    assert_eq!(auc(none, C).unwrap_err().because, Because::Empty);
    let same = auc_paired(&labels, &[1, 3, 2, 0], &[10, 30, 20, 0], C).unwrap_err();
    assert!(matches!(
        same,
        EvaluateError::NotEstimable(NotEstimable { because: Because::ZeroVariance { .. } })
    ));
    let lone = auc(Scored::new(&[true, false, false], &[1, 2, 0]).unwrap(), C).unwrap();
    assert!(matches!(
        lone.figure.interval.unwrap_err().because,
        Because::TooFew { found: 1, needed: 2, .. }
    ));
}

#[test]
fn within_channels_is_the_weighted_mean_of_channels() {
    let d = data("balanced");
    let within = auc_within(Scored::new(&d.labels, &d.p).unwrap(), &d.group, C).unwrap();
    let (mut wins, mut pairs, mut variance, mut thin) = (0.0, 0.0, 0.0, 0);
    for (_, stratum) in &within.strata {
        let area = stratum.as_ref().unwrap();
        let weight = (area.events * area.others) as f64;
        wins += weight * area.figure.value;
        if area.events < 2 || area.others < 2 {
            thin += 1;
        } else {
            variance += weight * weight * area.variance().unwrap();
        }
        pairs += weight;
    }
    assert!((within.pooled.figure.value - wins / pairs).abs() < 1e-14);
    let pooled = within.pooled.variance().unwrap();
    assert!(if thin == 0 {
        (pooled * pairs * pairs / variance - 1.0).abs() < 1e-12
    } else {
        pooled * pairs * pairs > variance
    });
    assert_eq!(within.covered, 1.0);
    // A score that only tells channels apart is worth nothing within them.
    let labels = [true, true, true, false, true, false, false, false];
    let channel = [1, 1, 1, 1, 0, 0, 0, 0];
    let scored = Scored::new(&labels, &channel).unwrap();
    assert_eq!(auc(scored, C).unwrap().figure.value, 0.75);
    assert_eq!(auc_within(scored, &channel, C).unwrap().pooled.figure.value, 0.5);
}

#[test]
fn integers_and_doubles_agree_and_order_of_rows_does_not_matter() {
    let d = data("ties");
    let doubles: Vec<f64> = d.score.iter().map(|&s| s as f64).collect();
    let a = auc(Scored::new(&d.labels, &d.score).unwrap(), C).unwrap();
    assert_eq!(a, auc(Scored::new(&d.labels, &doubles).unwrap(), C).unwrap());
    let labels: Vec<bool> = d.labels.iter().rev().copied().collect();
    let scores: Vec<i64> = d.score.iter().rev().copied().collect();
    assert_eq!(a, auc(Scored::new(&labels, &scores).unwrap(), C).unwrap());
    let zeros = Scored::new(&[true, false], &[0.0, -0.0]).unwrap();
    assert_eq!(auc(zeros, C).unwrap().figure.value, 0.5);
}
