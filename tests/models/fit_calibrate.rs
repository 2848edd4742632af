//! Calibration against scikit-learn and statsmodels; shrinkage by group; advice.

use crate::fit_support::{Set, all_close, close, numbers};
use caserank::research::fit::{Advice, Columns, FitError, Logistic, Riley, Sample, Scores};

fn scored() -> (Set, Vec<f64>) {
    let set = Set::load("unbalanced");
    let weights = [1.0, 2.0, -1.0, 3.0, 0.5, 0.0];
    let score = |row: usize| {
        let sum: f64 = weights.iter().zip(&set.values).map(|(w, column)| w * column[row]).sum();
        (sum * 10.0).round_ties_even() / 10.0
    };
    let scores = (0..set.labels.len()).map(score).collect();
    (set, scores)
}

#[test]
fn platt_lines_and_intercepts_agree() {
    let (set, scores) = scored();
    let platt = Scores::new(&scores, &set.labels).unwrap().platt().unwrap();
    all_close("platt", &[platt.intercept, platt.slope], &numbers(&set.python["platt"]), 1e-9);
    let log_odds: Vec<f64> = scores.iter().map(|score| score * 0.5 - 4.0).collect();
    let given = Scores::new(&log_odds, &set.labels).unwrap();
    let line = given.line().unwrap();
    all_close(
        "line",
        &[line.intercept, line.slope],
        &numbers(&set.python["recalibrated_both"]),
        1e-9,
    );
    let shift = given.intercept().unwrap();
    close("intercept", shift.intercept, numbers(&set.python["recalibrated_intercept"])[0], 1e-9);
    assert_eq!(shift.slope, 1.0);
    for recalibration in [&line, &shift] {
        close("E/O", recalibration.after.ratio.value, 1.0, 1e-9);
        assert!((recalibration.before.ratio.value - 1.0).abs() > 0.01);
    }
    let events = set.labels.iter().filter(|label| **label).count() as f64;
    assert_eq!(line.advice, Advice::for_events(events));
}

#[test]
fn isotonic_agrees_whatever_the_order_of_rows() {
    let (set, scores) = scored();
    let fit = Scores::new(&scores, &set.labels).unwrap().isotonic().unwrap();
    let expected = &set.python["isotonic"];
    for (x, y) in numbers(&expected["x"]).iter().zip(numbers(&expected["y"])) {
        close("isotonic", fit.predict(*x), y, 1e-12);
    }
    let backwards: Vec<f64> = scores.iter().rev().copied().collect();
    let labels: Vec<bool> = set.labels.iter().rev().copied().collect();
    let other = Scores::new(&backwards, &labels).unwrap().isotonic().unwrap();
    assert_eq!(fit, other, "linfa's isotonic regression depends on the order (its trap T17)");
}

#[test]
fn groups_are_drawn_toward_the_whole() {
    // Three groups of one shift each, one tiny and without events.
    let mut log_odds = Vec::new();
    let mut labels = Vec::new();
    let mut groups = Vec::new();
    for (group, size, every) in [("a", 400, 4), ("b", 400, 8), ("c", 40, 5), ("d", 3, 100)] {
        for row in 0..size {
            log_odds.push(-1.5 + 0.001 * f64::from(row % 7));
            labels.push(row % every == every - 1);
            groups.push(group);
        }
    }
    let scores = Scores::new(&log_odds, &labels).unwrap();
    let found = scores.by_group(&groups).unwrap();
    assert!(found.spread > 0.0);
    for group in &found.groups {
        match group.alone {
            Some(own) => {
                let (low, high) = (own.min(found.whole), own.max(found.whole));
                assert!(low <= group.shift && group.shift <= high, "{group:?}");
            }
            None => assert!(group.shift < found.whole, "{group:?}"),
        }
    }
    let share = |name: &str| {
        let group = found.groups.iter().find(|group| group.group == name).unwrap();
        (group.shift - found.whole) / (group.alone.unwrap() - found.whole)
    };
    assert!(share("a") > 0.8, "a large group keeps most of its own shift");
    assert!(share("c") < share("a"), "a small group keeps less");
    assert_eq!(found.shift("never seen"), found.whole);
    close("E/O", found.after.ratio.value, 1.0, 0.02);
    // Groups that do not differ get the whole's shift, all of them.
    let same: Vec<&str> =
        (0..labels.len()).map(|row| if row % 2 == 0 { "x" } else { "y" }).collect();
    let labels: Vec<bool> = (0..labels.len()).map(|row| row / 2 % 5 == 0).collect();
    let even = Scores::new(&vec![-1.0; labels.len()], &labels).unwrap().by_group(&same).unwrap();
    assert_eq!(even.spread, 0.0);
    assert!(even.groups.iter().all(|group| group.shift == even.whole));
}

#[test]
fn advice_moves_at_its_limits_and_riley_names_what_is_wrong() {
    assert!(matches!(Advice::for_events(49.9), Advice::Monitor { .. }));
    assert!(matches!(Advice::for_events(50.0), Advice::Intercept { .. }));
    assert!(matches!(Advice::for_events(100.0), Advice::InterceptAndSlope { .. }));
    assert!(matches!(Advice::for_events(200.0), Advice::RefitIfRileyPasses { .. }));
    assert!(Advice::for_events(30.0).to_string().contains("monitor only"));
    let size = Riley::new(24, 0.174, 0.288).unwrap();
    assert!(size.passes(662.0, 116.0) && !size.passes(661.0, 116.0) && !size.passes(5_000.0, 50.0));
    assert!(matches!(Riley::new(24, 0.174, 0.7), Err(FitError::Setting { .. })));
    // Six columns on 4,000 complaints: the R² is shrunk by 1 - 6 / LR.
    let set = Set::load("unbalanced");
    let columns = set.columns();
    let model = Logistic::new().fit_sample(&Sample::new(&columns, &set.labels).unwrap()).unwrap();
    let report = model.report();
    let kept = 1.0 - 6.0 / report.likelihood_ratio.statistic;
    let rate = report.events as f64 / 4_000.0;
    assert!(kept > 0.5 && kept < 1.0);
    let expected = Riley::new(6, rate, report.cox_snell * kept).unwrap();
    assert_eq!(Riley::for_fit(report).unwrap(), expected);
    assert!(matches!(
        Scores::new(&[1.0, 2.0], &[true, true]),
        Err(FitError::OneClass { label: true })
    ));
    assert!(matches!(
        Scores::new(&[1.0, f64::NAN], &[true, false]),
        Err(FitError::NotFinite { row: 1, .. })
    ));
}

#[test]
fn errors_of_a_calibration_are_made_over_clusters() {
    let set = Set::load("anes96");
    let log_odds: Vec<f64> = set.values[0].iter().map(|x| 0.4 * x - 1.0).collect();
    let columns = Columns::builder(log_odds.len()).numbers("score", log_odds.clone()).unwrap();
    let columns = columns.build();
    for (share, wider) in [(1, false), (3, false), (200, true)] {
        let clusters: Vec<u32> = (0..log_odds.len() as u32).map(|row| row / share).collect();
        let scores = Scores::new(&log_odds, &set.labels).unwrap();
        let plain = scores.line().unwrap();
        let line = scores.clone().clusters(&clusters).unwrap().line().unwrap();
        assert_eq!((line.intercept, line.slope), (plain.intercept, plain.slope));
        // The regression that it is, whose clustered errors are those of R.
        let sample = Sample::new(&columns, &set.labels).unwrap().clusters(&clusters).unwrap();
        let model = Logistic::new().fit_sample(&sample).unwrap();
        let covariance = model.clustered_covariance().unwrap();
        let found = [line.intercept_error, line.slope_error.unwrap()];
        let of_rows = [plain.intercept_error, plain.slope_error.unwrap()];
        for (at, (found, of_rows)) in found.into_iter().zip(of_rows).enumerate() {
            let clustered = covariance[[at, at]].sqrt();
            let expected = if wider { clustered.max(of_rows) } else { clustered };
            close("error", found, expected, 1e-8);
        }
        // A shift alone, with all complaints in one group.
        let groups = vec!["all"; log_odds.len()];
        let shift = scores.clone().clusters(&clusters).unwrap();
        let (whole, group) = (shift.intercept().unwrap(), shift.by_group(&groups).unwrap());
        close("shift", group.groups[0].alone_error.unwrap(), whole.intercept_error, 1e-6);
    }
    // One cluster has no error of its own.
    let all = vec![4; log_odds.len()];
    let scores = Scores::new(&log_odds, &set.labels).unwrap();
    let one = scores.clone().clusters(&all).unwrap().line().unwrap();
    assert!(one.slope_error >= scores.line().unwrap().slope_error);
}
