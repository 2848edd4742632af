//! Calibration under sampling weights against R's survey; channels, bins and curves under weights.
#![allow(clippy::unwrap_used)]

use crate::evaluate_support::{Expected, SETS, data};
use caserank::research::evaluate::*;

const C: Confidence = Confidence::P95;

#[test]
fn regressions_agree_with_a_survey_package() {
    let mut r = Expected::load("expected_weighted");
    for name in SETS {
        let d = data(name);
        let weights = Weights::inverse_probability(&d.inclusion).unwrap();
        let weighted = Predicted::new(&d.labels, &d.p).unwrap().weighted(&weights).unwrap();
        let line = calibration_line(weighted, C).unwrap();
        r.check(name, "line_intercept", line.intercept.value, 1e-9);
        r.check(name, "line_slope", line.slope.value, 1e-9);
        r.check(name, "line_intercept_se", line.intercept.standard_error.unwrap(), 1e-9);
        r.check(name, "line_slope_se", line.slope.standard_error.unwrap(), 1e-9);
        r.check(name, "line_covariance", line.covariance, 1e-9);
        r.check(name, "joint_wald", line.joint.statistic, 1e-9);
        r.check(name, "joint_p", line.joint.p_value, 1e-9);
        assert_eq!(line.slope.interval.unwrap().method, Method::Linearized);
        let large = calibration_in_the_large(weighted, C).unwrap();
        r.check(name, "large_intercept", large.value, 1e-9);
        r.check(name, "large_se", large.standard_error.unwrap(), 1e-9);
        if name != "ties" {
            let smooth = calibration_smooth(weighted, 0.75, &[0.05, 0.2, 0.4]).unwrap();
            for (at, value) in [0.05, 0.2, 0.4].iter().zip(smooth) {
                r.check(name, &format!("loess_{at:.2}"), value, 1e-9);
            }
        }
    }
}

#[test]
fn the_scale_of_weights_does_not_matter() {
    let d = data("balanced");
    let of = |scale: f64| {
        let values = d.inclusion.iter().map(|p| scale / p).collect();
        let weights = Weights::sampling(values).unwrap();
        let weighted = Predicted::new(&d.labels, &d.p).unwrap().weighted(&weights).unwrap();
        let line = calibration_line(weighted, C).unwrap();
        let within = auc_within(
            Scored::new(&d.labels, &d.p).unwrap().weighted(&weights).unwrap(),
            &d.group,
            C,
        );
        let within = within.unwrap().pooled.figure;
        let bin = &calibration_bins(weighted, Bins::EqualWidth(5), C).unwrap()[2];
        [
            line.slope.value,
            line.slope.standard_error.unwrap(),
            line.joint.statistic,
            within.value,
            within.standard_error.unwrap(),
            bin.observed,
            bin.interval.lower,
        ]
    };
    for (one, other) in of(1.0).into_iter().zip(of(37.5)) {
        assert!((one - other).abs() < 1e-9 * one.abs().max(1.0), "{one} {other}");
    }
}

#[test]
fn equal_weights_leave_values_alone() {
    for name in SETS {
        let d = data(name);
        let weights = Weights::sampling(vec![3.0; d.labels.len()]).unwrap();
        let (predicted, scored) =
            (Predicted::new(&d.labels, &d.p).unwrap(), Scored::new(&d.labels, &d.p).unwrap());
        let weighted = predicted.weighted(&weights).unwrap();
        let close = |one: f64, other: f64| assert!((one - other).abs() < 1e-9, "{one} {other}");
        let (plain, own) =
            (calibration_line(predicted, C).unwrap(), calibration_line(weighted, C).unwrap());
        close(plain.slope.value, own.slope.value);
        let (plain, own) = (
            calibration_bins(predicted, Bins::EqualCount(4), C).unwrap(),
            calibration_bins(weighted, Bins::EqualCount(4), C).unwrap(),
        );
        for (plain, own) in plain.iter().zip(&own) {
            close(plain.observed, own.observed);
            close(plain.interval.upper, own.interval.upper);
            assert_eq!((plain.count, plain.events), (own.count, own.events));
        }
        let by = expected_observed_by(weighted, &d.group, C).unwrap();
        let plain = expected_observed_by(predicted, &d.group, C).unwrap();
        for ((key, plain), (other, own)) in plain.iter().zip(&by) {
            assert_eq!(key, other);
            close(plain.as_ref().unwrap().inverse.value, own.as_ref().unwrap().inverse.value);
        }
        let (plain, own) = (
            auc_within(scored, &d.group, C).unwrap(),
            auc_within(scored.weighted(&weights).unwrap(), &d.group, C).unwrap(),
        );
        close(plain.pooled.figure.value, own.pooled.figure.value);
        let variance = |within: &AucWithin<String>| within.pooled.variance().unwrap_or(0.0);
        close(variance(&plain), variance(&own));
    }
}

#[test]
fn weights_within_channels_are_pairs_of_complaints_they_stand_for() {
    // Whole weights: as if each complaint stood there that many times.
    let d = data("small");
    let counts: Vec<usize> = (0..40).map(|row| 1 + row % 3).collect();
    let rows: Vec<usize> = (0..40).flat_map(|row| std::iter::repeat_n(row, counts[row])).collect();
    let labels: Vec<bool> = rows.iter().map(|&row| d.labels[row]).collect();
    let scores: Vec<i64> = rows.iter().map(|&row| d.score[row]).collect();
    let groups: Vec<&str> = rows.iter().map(|&row| d.group[row].as_str()).collect();
    let plain = auc_within(Scored::new(&labels, &scores).unwrap(), &groups, C).unwrap();
    let weights = Weights::sampling(counts.iter().map(|&count| count as f64).collect()).unwrap();
    let scored = Scored::new(&d.labels, &d.score).unwrap().weighted(&weights).unwrap();
    let own = auc_within(scored, &d.group, C).unwrap();
    assert!((plain.pooled.figure.value - own.pooled.figure.value).abs() < 1e-12);
}

#[test]
fn weight_on_one_row_gives_no_interval() {
    let labels = [true, false, true, false, false, true, false, false];
    let p = [0.6, 0.2, 0.9, 0.4, 0.1, 0.3, 0.7, 0.5];
    for (row, light) in [(1, 1e-3), (5, 1e-9), (0, 1e-30)] {
        let mut values = vec![light; 8];
        values[row] = 1.0;
        let weights = Weights::sampling(values).unwrap();
        let predicted = Predicted::new(&labels, &p).unwrap().weighted(&weights).unwrap();
        let scored = Scored::new(&labels, &p).unwrap().weighted(&weights).unwrap();
        let figures = [
            brier(predicted, C).unwrap(),
            log_loss(predicted, C).unwrap(),
            decision_curve(predicted, &[0.3], C).unwrap().remove(0).model,
            audited_rate(&labels, &weights, C).unwrap(),
            auc(scored, C).unwrap().figure,
            capacity_curve(scored, C).unwrap().area,
        ];
        for figure in figures {
            assert_eq!(figure.standard_error, None, "{figure:?}");
            let why = figure.interval.unwrap_err();
            assert!(matches!(why.because, Because::TooFew { found: 1, needed: 10, .. }), "{why}");
            assert!(why.to_string().contains("counted by their weight"), "{why}");
        }
        // Shares have an interval by effective numbers, and the share lies in it.
        let table = confusion(scored, 0.35).unwrap();
        for figure in [table.sensitivity(C), table.specificity(C), table.accuracy(C)] {
            let figure = figure.unwrap();
            assert!(figure.interval.as_ref().unwrap().contains(figure.value), "{figure:?}");
        }
        for bin in calibration_bins(predicted, Bins::EqualCount(2), C).unwrap() {
            assert!(bin.interval.contains(bin.observed), "{bin:?}");
        }
    }
}

#[test]
fn a_few_heavy_rows_that_are_alike_give_no_narrow_interval() {
    // Four complaints that are alike stand for nearly all; sixty others vary and hardly count.
    let labels: Vec<bool> = (0..64).map(|row| row >= 4 && row % 3 == 0).collect();
    let p: Vec<f64> =
        (0..64).map(|row| if row < 4 { 0.5 } else { f64::from(row) / 70.0 }).collect();
    let heavy: Vec<f64> = (0..64).map(|row| if row < 4 { 1e6 } else { 1.0 }).collect();
    let weights = Weights::sampling(heavy).unwrap();
    let predicted = Predicted::new(&labels, &p).unwrap().weighted(&weights).unwrap();
    let figures = [
        brier(predicted, C).unwrap(),
        log_loss(predicted, C).unwrap(),
        decision_curve(predicted, &[0.3], C).unwrap().remove(0).model,
        audited_rate(&labels, &weights, C).unwrap(),
    ];
    for figure in figures {
        let why = figure.interval.unwrap_err();
        assert!(matches!(why.because, Because::TooFew { found: 4, needed: 10, .. }), "{why}");
    }
    // Two of either kind, the same: placements that hardly vary are no knowledge of an area.
    let both: Vec<f64> =
        (0..64).map(|row| if row < 4 { f64::from(row % 2) } else { p[row as usize] }).collect();
    let kinds: Vec<bool> = labels
        .iter()
        .enumerate()
        .map(|(row, label)| if row < 4 { row % 2 == 1 } else { *label })
        .collect();
    let scored = Scored::new(&kinds, &both).unwrap().weighted(&weights).unwrap();
    for figure in [auc(scored, C).unwrap().figure, capacity_curve(scored, C).unwrap().area] {
        let why = figure.interval.unwrap_err();
        assert!(matches!(why.because, Because::TooFew { found: 2, needed: 10, .. }), "{why}");
    }
    // Twelve of them are enough, and so are few complaints of about equal weight.
    let twelve = Weights::sampling((0..64).map(|row| if row < 12 { 1e6 } else { 1.0 }).collect());
    assert!(audited_rate(&labels, &twelve.unwrap(), C).unwrap().interval.is_ok());
    let even = Weights::sampling(vec![1.0, 1.5, 1.0, 2.0, 1.0, 1.2]).unwrap();
    assert!(audited_rate(&labels[2..8], &even, C).unwrap().interval.is_ok());
}
