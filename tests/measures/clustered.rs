//! Clusters, weights and few rows: errors against statsmodels, exact tests against SciPy, and what must be told.
#![allow(clippy::unwrap_used)]

use crate::evaluate_support::{Data, Expected, SETS, data};
use caserank::complaint::Origin;
use caserank::research::evaluate::*;

const C: Confidence = Confidence::P95;

/// As in `make_clustered.py`: clusters of three, far apart.
fn clusters(rows: usize) -> Vec<usize> {
    (0..rows).map(|row| row * 11 % rows.div_ceil(3)).collect()
}

fn weights(d: &Data) -> Weights {
    Weights::inverse_probability(&d.inclusion).unwrap()
}

#[test]
fn calibration_by_clusters_agrees_with_statsmodels() {
    let mut python = Expected::load("expected_clustered");
    for name in SETS {
        let d = data(name);
        let (of, weights) = (clusters(d.labels.len()), weights(&d));
        let predicted = Predicted::new(&d.labels, &d.p).unwrap();
        let weighted = predicted.weighted(&weights).unwrap();
        let found = [
            (
                "plain",
                calibration_line_clustered(predicted, &of, C).unwrap(),
                calibration_in_the_large_clustered(predicted, &of, C).unwrap(),
                expected_observed_clustered(predicted, &of, C).unwrap(),
            ),
            (
                "weighted",
                calibration_line_clustered(weighted, &of, C).unwrap(),
                calibration_in_the_large_clustered(weighted, &of, C).unwrap(),
                expected_observed_clustered(weighted, &of, C).unwrap(),
            ),
        ];
        for (kind, line, large, ratio) in found {
            let mut check = |key: &str, value: f64| {
                python.check(name, &format!("{kind}_{key}"), value, 1e-8);
            };
            check("intercept", line.intercept.value);
            check("slope", line.slope.value);
            check("intercept_se", line.intercept.standard_error.unwrap());
            check("slope_se", line.slope.standard_error.unwrap());
            check("covariance", line.covariance);
            check("joint", line.joint.statistic);
            check("joint_p", line.joint.p_value);
            check("large", large.value);
            check("large_se", large.standard_error.unwrap());
            check("eo_effective", ratio.effective_count);
            let few = name == "small";
            for cautions in [line.slope.cautions, line.joint.cautions, large.cautions] {
                assert_eq!(cautions.contains(&Caution::FewClusters), few, "{name}");
            }
            assert_eq!(ratio.ratio.cautions.contains(&Caution::FewClusters), few, "{name}");
        }
        let plain = expected_observed(predicted, C).unwrap();
        let clustered = expected_observed_clustered(predicted, &of, C).unwrap();
        assert!(clustered.effective_count <= plain.effective_count);
        assert_eq!(clustered.ratio.value, plain.ratio.value);
    }
}

#[test]
fn rows_of_one_cluster_count_once_whatever_the_scale_of_weights() {
    let d = data("balanced");
    let rows = d.labels.len();
    let alone: Vec<usize> = (0..rows).collect();
    let predicted = Predicted::new(&d.labels, &d.p).unwrap();
    // Each row by itself, under equal weights: what the weights alone give.
    let even = Weights::sampling(vec![1.0; rows]).unwrap();
    let by_rows = calibration_line(predicted.weighted(&even).unwrap(), C).unwrap();
    let by_clusters = calibration_line_clustered(predicted, &alone, C).unwrap();
    let same = |a: &Figure, b: &Figure| {
        let [a, b] = [a, b].map(|figure| figure.standard_error.unwrap());
        assert!((a / b - 1.0).abs() < 1e-9, "{a} for {b}");
    };
    same(&by_clusters.slope, &by_rows.slope);
    same(&by_clusters.intercept, &by_rows.intercept);
    // Three copies of each row in its cluster say no more than one; ten times the weight neither.
    let copied = |values: &[f64]| values.repeat(3);
    let labels = d.labels.repeat(3);
    let (p, of) = (copied(&d.p), alone.repeat(3));
    for scale in [1.0, 10.0, 1e-6] {
        let values = copied(&d.inclusion).iter().map(|chance| scale / chance).collect();
        let (three, once) = (Weights::sampling(values).unwrap(), weights(&d));
        let copies = Predicted::new(&labels, &p).unwrap().weighted(&three).unwrap();
        let single = predicted.weighted(&once).unwrap();
        let line = calibration_line_clustered(copies, &of, C).unwrap();
        let one = calibration_line(single, C).unwrap();
        same(&line.slope, &one.slope);
        same(&line.intercept, &one.intercept);
        assert!((line.joint.statistic / one.joint.statistic - 1.0).abs() < 1e-8);
        let large = calibration_in_the_large_clustered(copies, &of, C).unwrap();
        same(&large, &calibration_in_the_large(single, C).unwrap());
        let scored = Scored::new(&labels, &p).unwrap().weighted(&three).unwrap();
        let once = Scored::new(&d.labels, &d.p).unwrap().weighted(&once).unwrap();
        let [table, plain] =
            [confusion_clustered(scored, &of, 0.4).unwrap(), confusion(once, 0.4).unwrap()];
        for of in [
            Confusion::sensitivity,
            Confusion::positive_predictive_value,
            Confusion::positive_likelihood_ratio,
        ] {
            let [a, b] =
                [of(&table, C).unwrap(), of(&plain, C).unwrap()].map(|f| f.interval.unwrap());
            // But for 3n - 1 instead of n - 1 rows in a correction.
            assert!(
                (a.lower - b.lower).abs() < 2e-3 * b.lower
                    && (a.upper - b.upper).abs() < 2e-3 * b.upper
            );
        }
    }
}

#[test]
fn too_few_clusters_and_rows_that_make_up_for_each_other_are_no_certainty() {
    let labels = [true, false, true, false, true, false, true, false];
    let p = [0.7, 0.4, 0.6, 0.3, 0.35, 0.2, 0.8, 0.65];
    let predicted = Predicted::new(&labels, &p).unwrap();
    let too_few = |error: EvaluateError| match error {
        EvaluateError::NotEstimable(why) => matches!(why.because, Because::TooFew { .. }),
        _ => false,
    };
    for of in [[0; 8], [0, 0, 0, 0, 1, 1, 1, 1]] {
        assert!(too_few(calibration_line_clustered(predicted, &of, C).unwrap_err()));
    }
    assert!(too_few(calibration_in_the_large_clustered(predicted, &[0; 8], C).unwrap_err()));
    assert!(too_few(expected_observed_clustered(predicted, &[0; 8], C).unwrap_err()));
    let scored = Scored::new(&labels, &p).unwrap();
    assert!(too_few(confusion_clustered(scored, &[0; 8], 0.5).unwrap_err()));
    assert!(matches!(
        calibration_line_clustered(predicted, &[1, 2], C).unwrap_err(),
        EvaluateError::Input(InputError::Length { expected: 8, .. })
    ));
    // A yes and a no in each cluster, all with one half: clusters never differ, and that proves nothing.
    let of = [0, 0, 1, 1, 2, 2, 3, 3];
    let half = Predicted::new(&labels, &[0.5; 8]).unwrap();
    let large = calibration_in_the_large_clustered(half, &of, C).unwrap();
    assert!(large.interval.is_err() && large.standard_error.is_none(), "{large:?}");
    // The same where a fit has to find it: one composition in every cluster, twenty of them.
    let labels_of: Vec<bool> = [true, false, false, true, false].repeat(20);
    let p_of: Vec<f64> = [0.63, 0.21, 0.37, 0.11, 0.48].repeat(20);
    let of_five: Vec<usize> = (0..100).map(|row| row / 5).collect();
    let alike = Predicted::new(&labels_of, &p_of).unwrap();
    let large = calibration_in_the_large_clustered(alike, &of_five, C).unwrap();
    assert!(large.interval.is_err() && large.standard_error.is_none(), "{large:?}");
    if let Ok(line) = calibration_line_clustered(alike, &of_five, C) {
        assert!(line.slope.interval.is_err() && line.intercept.interval.is_err(), "{line:?}");
    }
    let ratio = expected_observed_clustered(half, &of, C).unwrap();
    assert_eq!(ratio.effective_count, 4.0);
    // All hit: the variance is 0, and four clusters are what there is.
    let all = confusion_clustered(scored, &of, 0.0).unwrap().sensitivity(C).unwrap();
    assert_eq!((all.value, all.cautions), (1.0, &[Caution::FewClusters][..]));
    let four = share(4, 4, C, ShareInterval::Wilson).unwrap();
    assert!((all.interval.unwrap().lower - four.interval.unwrap().lower).abs() < 1e-12);
}

#[test]
fn each_rate_has_the_effective_number_of_its_own_denominator() {
    let mut python = Expected::load("expected_clustered");
    for name in SETS {
        let d = data(name);
        let (of, weights) = (clusters(d.labels.len()), weights(&d));
        let scored = Scored::new(&d.labels, &d.p).unwrap();
        let weighted = scored.weighted(&weights).unwrap();
        let mut sorted = d.p.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        let cut = match sorted.len() % 2 {
            0 => 0.5 * (sorted[middle - 1] + sorted[middle]),
            _ => sorted[middle],
        };
        let tables = [
            ("plain", "rows", confusion(scored, cut).unwrap()),
            ("weighted", "rows", confusion(weighted, cut).unwrap()),
            ("plain", "clusters", confusion_clustered(scored, &of, cut).unwrap()),
            ("weighted", "clusters", confusion_clustered(weighted, &of, cut).unwrap()),
        ];
        for (kind, how, table) in tables {
            let figures = [
                ("sensitivity", table.sensitivity(C)),
                ("specificity", table.specificity(C)),
                ("ppv", table.positive_predictive_value(C)),
                ("npv", table.negative_predictive_value(C)),
                ("flagged", table.flagged(C)),
                ("accuracy", table.accuracy(C)),
            ];
            for (key, figure) in figures {
                let figure = figure.unwrap();
                let interval = figure.interval.unwrap();
                let key = format!("{kind}_{key}_{how}");
                python.check(name, &key, figure.value, 1e-9);
                python.check(name, &format!("{key}_low"), interval.lower, 1e-9);
                python.check(name, &format!("{key}_high"), interval.upper, 1e-9);
            }
        }
    }
}

#[test]
fn weights_of_others_say_nothing_of_events() {
    // Twenty events, all kept, and eighty others of which one stands for fifty.
    let labels: Vec<bool> = (0..100).map(|row| row < 20).collect();
    let scores: Vec<u32> = (0..100).map(|row| (row * 37) % 100).collect();
    let of = |heavy: f64| {
        let values = (0..100).map(|row| if row == 99 { heavy } else { 1.0 }).collect();
        let weights = Weights::sampling(values).unwrap();
        let scored = Scored::new(&labels, &scores).unwrap();
        confusion(scored.weighted(&weights).unwrap(), 50.0).unwrap()
    };
    let (even, uneven) = (of(1.0), of(50.0));
    assert_eq!(even.sensitivity(C), uneven.sensitivity(C));
    let width = |table: &Confusion| {
        let interval = table.specificity(C).unwrap().interval.unwrap();
        interval.upper - interval.lower
    };
    assert!(width(&uneven) > 2.0 * width(&even), "one row is most of those without");
    // Neither here nor there is a rate surer than its rows.
    let rare = of(1e-3).specificity(C).unwrap().interval.unwrap();
    let most = share(39, 79, C, ShareInterval::Wilson).unwrap().interval.unwrap();
    assert!(rare.upper - rare.lower >= 0.99 * (most.upper - most.lower));
}

#[test]
fn the_top_has_the_effective_number_of_what_is_worked() {
    for name in SETS {
        let d = data(name);
        let weights = weights(&d);
        let scored = Scored::new(&d.labels, &d.p).unwrap();
        let weighted = scored.weighted(&weights).unwrap();
        let mut sorted = d.p.clone();
        sorted.sort_by(f64::total_cmp);
        let cut = sorted[sorted.len() * 3 / 4];
        let table = confusion(weighted, cut).unwrap();
        // Worked down to the cut: the same complaints, the same precision, as sure.
        let worked = table.true_positives + table.false_positives;
        let all = worked + table.false_negatives + table.true_negatives;
        let top = at_top(weighted, Capacity::Share(worked / all), C).unwrap();
        let flagged = table.positive_predictive_value(C).unwrap();
        let [a, b] = [&top.precision, &flagged].map(|figure| figure.interval.clone().unwrap());
        assert!(
            (a.lower - b.lower).abs() < 1e-9 && (a.upper - b.upper).abs() < 1e-9,
            "{name} {a:?} {b:?}"
        );
        // Equal weights change nothing, inside a tie either.
        let even = Weights::sampling(vec![4.0; d.labels.len()]).unwrap();
        for share in [0.07, 0.33] {
            let of_all = at_top(scored, Capacity::Share(share), C).unwrap();
            let of_even =
                at_top(scored.weighted(&even).unwrap(), Capacity::Share(share), C).unwrap();
            let [a, b] = [of_all, of_even].map(|top| top.precision.interval.unwrap());
            assert!((a.lower - b.lower).abs() < 1e-9 && (a.upper - b.upper).abs() < 1e-9);
        }
    }
}

#[test]
fn few_rows_have_exact_tests_with_ties_too() {
    let mut python = Expected::load("expected_clustered");
    let column = |of: &Expected, name: &str, what: &str, rows: usize| -> Vec<f64> {
        let keys = of.keys(name);
        let find =
            |row: usize| keys.iter().find(|(key, _)| *key == format!("{what}_{row}")).unwrap().1;
        (0..rows).map(find).collect()
    };
    for (m, n) in [(3, 4), (2, 9), (5, 6), (7, 8)] {
        let name = format!("tied_{m}_{n}");
        let scores = column(&python, &name, "score", m + n);
        let labels: Vec<bool> = (0..m + n).map(|row| row < m).collect();
        let test = mann_whitney(Scored::new(&labels, &scores).unwrap()).unwrap();
        python.check(&name, "p", test.p_value, 1e-12);
        assert_eq!((test.exactness, test.cautions), (Exactness::Exact, &[][..]));
        // The other kind's side of it is the same test.
        let turned: Vec<bool> = labels.iter().map(|label| !label).collect();
        let other = mann_whitney(Scored::new(&turned, &scores).unwrap()).unwrap();
        assert!((other.p_value / test.p_value - 1.0).abs() < 1e-12);
    }
    for n in [5, 20, 40, 49] {
        let name = format!("kendall_{n}");
        let (first, second): (Vec<f64>, _) =
            ((0..n).map(|row| row as f64).collect(), column(&python, &name, "score", n));
        let test = kendall(&first, &second).unwrap();
        python.check(&name, "p", test.p_value, 1e-12);
        assert_eq!((test.exactness, test.cautions), (Exactness::Exact, &[][..]));
    }
    for n in [4, 6, 7, 8] {
        let name = format!("kendall_tied_{n}");
        let [first, second] = ["first", "second"].map(|what| column(&python, &name, what, n));
        let test = kendall(&first, &second).unwrap();
        python.check(&name, "p", test.p_value, 1e-12);
        assert_eq!(test.exactness, Exactness::Exact);
    }
    // With ties the distribution of 98 rows adds up to that without, where none are tied.
    let labels: Vec<bool> = (0..90).map(|row| row % 2 == 0).collect();
    let mut scores: Vec<i64> =
        (0..90).map(|row| (row * 29) % 90 + i64::from(labels[row as usize]) * 12).collect();
    let distinct: Vec<i64> =
        scores.iter().enumerate().map(|(row, score)| score * 100 + row as i64).collect();
    let without = mann_whitney(Scored::new(&labels, &distinct).unwrap()).unwrap();
    scores.iter_mut().for_each(|score| *score /= 2);
    let with = mann_whitney(Scored::new(&labels, &scores).unwrap()).unwrap();
    assert_eq!((with.exactness, without.exactness), (Exactness::Exact, Exactness::Exact));
    assert!((with.p_value / without.p_value).ln().abs() < 0.5, "{with:?} {without:?}");
}

#[test]
fn approximations_for_few_rows_say_so() {
    let rough = &[Caution::RoughApproximation][..];
    let labels: Vec<bool> = (0..200).map(|row| row % 40 == 0).collect();
    let scores: Vec<u32> = (0..200).map(|row| (row * 7) % 23).collect();
    let test = mann_whitney(Scored::new(&labels, &scores).unwrap()).unwrap();
    assert_eq!((test.exactness, test.cautions), (Exactness::Normal, rough));
    let many: Vec<bool> = (0..200).map(|row| row % 3 == 0).collect();
    assert!(mann_whitney(Scored::new(&many, &scores).unwrap()).unwrap().cautions.is_empty());
    let first: Vec<u32> = (0..30).map(|row| row % 7).collect();
    let second: Vec<u32> = (0..30).map(|row| (row * 5) % 8).collect();
    let tau = kendall(&first, &second).unwrap();
    assert_eq!((tau.exactness, tau.cautions), (Exactness::Normal, rough));
    assert!(
        kendall(&scores, &scores[1..].iter().chain(&scores[..1]).copied().collect::<Vec<_>>())
            .unwrap()
            .cautions
            .is_empty()
    );
    assert_eq!(spearman(&first[..9], &second[..9], C).unwrap().figure.cautions, rough);
    assert!(spearman(&first, &second, C).unwrap().figure.cautions.is_empty());
}

#[test]
fn a_figure_surer_than_its_rows_says_so() {
    // Events were all kept, one of a hundred others: known exactly, the share of events is surer than 100 rows.
    let labels: Vec<bool> = (0..100).map(|row| row < 50).collect();
    let values = |other: f64| labels.iter().map(|&label| if label { 1.0 } else { other }).collect();
    let p: Vec<f64> = labels.iter().map(|&label| if label { 0.6 } else { 0.3 }).collect();
    let predicted = Predicted::new(&labels, &p).unwrap();
    for (other, surer) in [(1.0, false), (100.0, true)] {
        let weights = Weights::sampling(values(other)).unwrap();
        let found = expected_observed(predicted.weighted(&weights).unwrap(), C).unwrap();
        let rate = audited_rate(&labels, &weights, C).unwrap();
        assert_eq!(found.effective_count > 100.0 + 1e-6, surer);
        let told: &[Caution] = if surer { &[Caution::SurerThanItsRows] } else { &[] };
        assert_eq!([found.ratio.cautions, found.inverse.cautions, rate.cautions], [told; 3]);
    }
    assert!(Caution::SurerThanItsRows.text().contains("unweighted complaints"));
}

#[test]
fn predictions_for_the_next_unit_stay_in_the_range_of_their_measure() {
    let mut units: ByKey<u32, Figure> = Vec::new();
    for unit in 0..5_u32 {
        let labels: Vec<bool> = (0..24).map(|row| (row * 7 + unit) % 3 == 0).collect();
        let scores: Vec<u32> = (0..24_usize)
            .map(|row| {
                u32::from(labels[row]) * (9 - 2 * unit.min(3)) + (row as u32 * 11 + unit) % 8
            })
            .collect();
        units.push((unit, auc(Scored::new(&labels, &scores).unwrap(), C).map(|area| area.figure)));
    }
    let found = across_units(&units, Scale::Identity, C).unwrap();
    let next = found.prediction.clone().unwrap();
    assert_eq!(next.upper, 1.0, "{next:?}");
    assert_eq!(found.mean.cautions, [Caution::CutToRange]);
    let logit = across_units(&units, Scale::Logit, C).unwrap();
    assert!(logit.prediction.unwrap().upper < 1.0 && logit.mean.cautions.is_empty());
    // What has no ends is not cut, nor what has other ends: a difference of areas may be below 0.
    let slopes: ByKey<u32, Figure> = (0..4)
        .map(|unit| {
            let labels: Vec<bool> = (0..40).map(|row| (row * 7 + unit) % 3 == 0).collect();
            let p: Vec<f64> =
                (0..40).map(|row| 0.1 + f64::from((row * 13 + unit) % 8) / 10.0).collect();
            let p: Vec<f64> =
                p.iter().zip(&labels).map(|(p, &l)| p * if l { 1.0 } else { 0.7 }).collect();
            (unit, calibration_line(Predicted::new(&labels, &p).unwrap(), C).map(|line| line.slope))
        })
        .collect();
    let found = across_units(&slopes, Scale::Identity, C).unwrap();
    assert!(found.mean.cautions.is_empty() && found.prediction.unwrap().upper > 1.0);
    let differences: ByKey<u32, Figure> = (0..4)
        .map(|unit| {
            let labels: Vec<bool> = (0..30).map(|row| (row * 7 + unit) % 3 == 0).collect();
            let of = |step: u32| -> Vec<u32> {
                (0..30_usize)
                    .map(|row| u32::from(labels[row]) * 2 + (row as u32 * step + unit) % 9)
                    .collect()
            };
            (unit, auc_paired(&labels, &of(11), &of(5), C).map(|found| found.figure))
        })
        .filter_map(|(unit, figure)| Some((unit, Ok(figure.ok()?))))
        .collect();
    let found = across_units(&differences, Scale::Identity, C).unwrap();
    assert!(found.prediction.unwrap().lower < 0.0);
}

#[test]
fn results_about_what_is_not_known_carry_their_origin() {
    let found = [Some(true), Some(false), None, Some(false)];
    let bounds = selection_bounds(&found, &[true, false, true, false]).unwrap();
    let chances = [0.5; 4];
    let model = SelectionModel::new(&found, &chances, &chances).unwrap();
    let at = at_horizon(&[Some(5.0), None], &[5.0, 400.0], 90.0).unwrap();
    let figure = |value| share(value, 20, C, ShareInterval::Wilson);
    let units: ByKey<u8, Figure> = vec![(1, figure(3)), (2, figure(4))];
    assert!(across_units(&units, Scale::Logit, C).is_err(), "no standard errors");
    assert_eq!([bounds.origin, model.origin(), at.origin], [Origin::NotStated; 3]);
    let told = serde_json::to_value(bounds.with_origin(Origin::Synthetic)).unwrap();
    assert_eq!(told["origin"], "synthetic");
    assert_eq!(model.with_origin(Origin::Retrospective).origin(), Origin::Retrospective);
    assert_eq!(at.with_origin(Origin::Prospective).origin, Origin::Prospective);
}
