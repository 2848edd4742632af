//! Promise 17, no certainty from nothing: no interval without width, no p of 0, no figure from arguments that mean nothing.
#![allow(clippy::unwrap_used)]

use caserank::Seed;
use caserank::research::evaluate::resample::QuantileRule;
use caserank::research::evaluate::resample::{
    Bootstrap, BootstrapInterval, Replicates, clustered_folds, jackknife_auc, stratified_folds,
};
use caserank::research::evaluate::*;
use caserank::research::fit::Isotonic;
use proptest::prelude::*;

use crate::evaluate_support::{Expected, SETS, data, read};

const C: Confidence = Confidence::P95;

/// Every interval has a width and every standard error is above 0.
fn honest(figure: &Figure) {
    if let Ok(interval) = &figure.interval {
        assert!(interval.lower < interval.upper, "{figure:?}");
    }
    assert!(figure.standard_error.is_none_or(|error| error > 0.0), "{figure:?}");
}

#[test]
fn agrees_with_scipy_and_statsmodels() {
    let mut python = Expected::load("expected_figures");
    for name in SETS {
        let d = data(name);
        let predicted = Predicted::new(&d.labels, &d.p).unwrap();
        let scored = Scored::new(&d.labels, &d.p).unwrap();
        let weights = Weights::inverse_probability(&d.inclusion).unwrap();
        let eo = expected_observed(predicted, C).unwrap();
        let interval = eo.inverse.interval.clone().unwrap();
        python.check(name, "oe_low", interval.lower, 1e-10);
        python.check(name, "oe_high", interval.upper, 1e-10);
        python.check(name, "oe_p", eo.p_value, 1e-9);
        assert!((eo.ratio.interval.unwrap().lower * interval.upper - 1.0).abs() < 1e-12);
        let eo = expected_observed(predicted.weighted(&weights).unwrap(), C).unwrap();
        let interval = eo.inverse.interval.unwrap();
        python.check(name, "oe_weighted", eo.inverse.value, 1e-12);
        python.check(name, "oe_weighted_low", interval.lower, 1e-9);
        python.check(name, "oe_weighted_high", interval.upper, 1e-9);
        let half = d.p.len() / 2;
        python.check(name, "psi_pq", psi(&d.p, &d.q, 10, 1e-4).unwrap().figure.value, 1e-12);
        let halves = psi(&d.p[..half], &d.p[half..], 10, 1e-4).unwrap();
        python.check(name, "psi_half", halves.figure.value, 1e-12);
        let error = calibration_error(predicted, Bins::EqualCount(10)).unwrap();
        python.check(name, "ece_count", error.expected.value, 1e-12);
        python.check(name, "mce_count", error.maximum.value, 1e-12);
        let test = mann_whitney(scored).unwrap();
        python.check(name, "mann_whitney_u", test.statistic, 0.0);
        // The normal approximation; below fifty of either kind without ties this crate is exact.
        if test.exactness == Exactness::Normal {
            python.check(name, "mann_whitney_p", test.p_value, 1e-9);
        }
        let area = auc(scored, C).unwrap();
        let interval = auc_score_interval(area.figure.value, area.events, area.others, C).unwrap();
        python.check(name, "score_low", interval.lower, 1e-10);
        python.check(name, "score_high", interval.upper, 1e-10);
        if name != "ties" {
            let index = calibration_index(predicted, 0.75).unwrap();
            // `rare` has more distinct probabilities than the curve is computed at.
            let tolerance = if name == "rare" { 2e-4 } else { 1e-9 };
            python.check(name, "ici", index.mean.value, tolerance);
            python.check(name, "e50", index.median.value, tolerance);
            python.check(name, "e90", index.ninetieth.value, tolerance);
            python.check(name, "emax", index.largest.value, tolerance.max(1e-9));
        }
    }
    let text = read("expected_figures");
    for (m, n) in [(3, 4), (6, 9), (20, 25)] {
        let name = format!("exact_{m}_{n},");
        let of = |key: &str| -> f64 {
            let line = text.lines().find(|line| line.starts_with(&format!("{name}{key},")));
            line.unwrap().rsplit(',').next().unwrap().parse().unwrap()
        };
        let scores: Vec<f64> = (0..m + n).map(|at| of(&format!("score_{at}"))).collect();
        let labels: Vec<bool> = (0..m + n).map(|at| at < m).collect();
        let test = mann_whitney(Scored::new(&labels, &scores).unwrap()).unwrap();
        assert_eq!(test.exactness, Exactness::Exact);
        assert!((test.p_value / of("p") - 1.0).abs() < 1e-9, "{test:?}");
    }
    for (area, m, n) in [(1.0, 10, 30), (0.0, 5, 5), (0.5, 20, 400), (0.93, 12, 50)] {
        let interval = auc_score_interval(area, m, n, C).unwrap();
        let name = format!("score_{area:?}_{m}_{n}");
        python.check(&name, "low", interval.lower, 1e-10);
        python.check(&name, "high", interval.upper, 1e-10);
    }
    let (mut labels, mut p) = (Vec::new(), Vec::new());
    for (level, events) in [(0.2, 14), (0.4, 22), (0.7, 24)] {
        labels.extend((0..40).map(|row| row < events));
        p.extend([level; 40]);
    }
    for groups in [3, 6] {
        let found = hosmer_lemeshow(Predicted::new(&labels, &p).unwrap(), groups).unwrap();
        python.check("levels", "hl", found.test.statistic, 1e-12);
        python.check("levels", "hl_p", found.test.p_value, 1e-12);
        assert_eq!(found.groups.iter().map(|group| group.count).collect::<Vec<_>>(), [40; 3]);
        assert_eq!(found.groups.iter().map(|group| group.events).sum::<usize>(), 60);
    }
}

#[test]
fn constant_and_perfect_samples_say_why() {
    let labels = [true, true, true, false, false, false];
    let flat = Scored::new(&labels, &[5; 6]).unwrap();
    let area = auc(flat, C).unwrap();
    assert_eq!(area.figure.value, 0.5);
    assert_eq!(area.figure.standard_error, None);
    assert!(matches!(area.figure.interval.unwrap_err().because, Because::NoVariation { .. }));
    assert!(area.logit_interval.is_err());
    assert!(matches!(mann_whitney(flat).unwrap_err().because, Because::NoVariation { .. }));
    let perfect = Scored::new(&labels, &[6, 5, 4, 3, 2, 1]).unwrap();
    let area = auc(perfect, C).unwrap();
    assert!(matches!(area.figure.interval.unwrap_err().because, Because::AtTheEnd { value: 1.0 }));
    let drawn = Bootstrap::new(6, 400, Seed(1)).unwrap().stratified(&labels).unwrap();
    let drawn = drawn.auc(perfect).unwrap();
    for kind in [BootstrapInterval::Normal, BootstrapInterval::Basic, BootstrapInterval::Percentile]
    {
        let why = drawn.interval(kind, QuantileRule::Linear, C).unwrap_err();
        assert_eq!(why.because, Because::NoWidth { value: 1.0 });
    }
    assert!(drawn.figure(6, C).is_err() && drawn.standard_error().is_err());
    let left_out = jackknife_auc(perfect).unwrap();
    assert!(drawn.bca(&left_out, QuantileRule::Linear, C).is_err());
    // A score that is perfect has no variance to be compared by.
    assert!(auc_paired(&labels, &[6, 5, 4, 3, 2, 1], &[6, 2, 4, 3, 5, 1], C).is_err());
    assert!(auc_unpaired(perfect, Scored::new(&labels, &[6, 2, 4, 3, 5, 1]).unwrap(), C).is_err());
    let told = Predicted::new(&labels, &[1.0, 1.0, 1.0, 0.0, 0.0, 0.0]).unwrap();
    for figure in [brier(told, C).unwrap(), log_loss(told, C).unwrap()] {
        assert_eq!(figure.value, 0.0);
        assert_eq!(figure.interval.unwrap_err().because, Because::AtTheEnd { value: 0.0 });
    }
    let even = Predicted::new(&labels, &[0.1; 6]).unwrap();
    honest(&brier(even, C).unwrap());
    let half = Predicted::new(&labels, &[0.5; 6]).unwrap();
    assert!(brier(half, C).unwrap().interval.is_err());
    for point in decision_curve(told, &[0.2, 0.9], C).unwrap() {
        honest(&point.model);
    }
    assert!(decision_curve(half, &[0.9], C).unwrap()[0].model.interval.is_err());
    let alike = pearson(&[1.0, 2.0, 3.0, 4.0], &[2.0, 4.0, 6.0, 8.0], C).unwrap();
    assert!(alike.figure.interval.is_err() && alike.p_value.is_err());
    let means = mean_by_group(&[0.1; 8], &[Some("a"), Some("b")].repeat(4), 2, C).unwrap();
    for (_, own) in means {
        let own = own.unwrap();
        assert!(own.mean.interval.is_err() && own.gap.unwrap().interval.is_err());
    }
    // Beyond what can be squared there would be a mean of infinity.
    let beyond = mean_by_group(&[1e308, 1e308, -1e308, 1.0], &[Some("a"); 4], 2, C).unwrap_err();
    assert!(beyond.to_string().contains("1e150"), "{beyond}");
    let none = audited_rate(&[false; 50], &Weights::sampling(vec![3.0; 50]).unwrap(), C).unwrap();
    assert!(none.interval.unwrap().upper > 0.07, "Wilson's 0 of 50");
    let far = Replicates::new(Some(1.0), vec![Some(1.0); 100]);
    assert_eq!(far.bias().unwrap_err().because, Because::NoWidth { value: 1.0 });
    let one = Replicates::new(Some(1.0), vec![Some(1.0)]);
    let why = one.standard_error().unwrap_err().to_string();
    assert!(why.contains("1 replicates are too few"), "{why}");
}

#[test]
fn a_bootstrap_tells_its_parts() {
    let values: Vec<f64> = (0..99).map(|at| f64::from(at) / 50.0).collect();
    let drawn = Replicates::new(Some(1.0), values.iter().copied().map(Some).collect());
    let average = 0.98;
    assert!((drawn.mean().unwrap() - average).abs() < 1e-15);
    assert!((drawn.bias().unwrap() - (average - 1.0)).abs() < 1e-15);
    let parts = drawn.bca_parts(&[0.9, 1.0, 1.2, 1.3], QuantileRule::Linear).unwrap();
    assert!(parts.acceleration.is_finite() && parts.bias_correction > 0.0);
}

#[test]
fn large_scores_are_exact() {
    let base = 1_700_000_000_000_000_000_i64;
    let labels = [true, false, true, false, true, false, false, true];
    let near: Vec<i64> = [7, 5, 6, 4, 1, 2, 3, 0].iter().map(|k| base + k).collect();
    let small: Vec<i64> = near.iter().map(|k| k - base).collect();
    let weights = Weights::sampling(vec![2.0; 8]).unwrap();
    let of = |scores: &[i64]| {
        let scored = Scored::new(&labels, scores).unwrap();
        let weighted = auc(scored.weighted(&weights).unwrap(), C).unwrap().figure;
        (auc(scored, C).unwrap().figure, weighted)
    };
    assert_eq!(of(&near), of(&small));
    let (plain, weighted) = of(&near);
    let [one, other] = [plain, weighted].map(|figure| figure.standard_error.unwrap());
    assert!((one - other).abs() < 1e-12);
    // A threshold is compared as it is, not as the nearest double of each score.
    let table = confusion(Scored::new(&labels, &near).unwrap(), base as f64 + 4.0).unwrap();
    let same = confusion(Scored::new(&labels, &small).unwrap(), 0.0).unwrap();
    assert_eq!(table.true_positives + table.false_positives, 8.0, "2^60 apart doubles round down");
    assert_eq!(same.true_positives, table.true_positives);
}

#[test]
fn equal_predictions_stay_together() {
    // Sorted by time: all events first. The one bin of equal predictions holds both kinds.
    let labels: Vec<bool> = (0..100).map(|row| row < 50).collect();
    for bins in [1, 2, 5, 10] {
        let found = calibration_bins(
            Predicted::new(&labels, &[0.4; 100]).unwrap(),
            Bins::EqualCount(bins),
            C,
        );
        let found = found.unwrap();
        assert_eq!((found.len(), found[0].count, found[0].observed), (1, 100, 0.5));
    }
    let weights = Weights::sampling((0..100).map(|row| f64::from(1 + row % 3)).collect()).unwrap();
    let p: Vec<f64> = (0..100).map(|row| f64::from(row % 7) / 10.0).collect();
    let data = Predicted::new(&labels, &p).unwrap().weighted(&weights).unwrap();
    for bin in calibration_bins(data, Bins::EqualCount(3), C).unwrap() {
        assert!((bin.event_weight / bin.weight - bin.observed).abs() < 1e-15);
    }
}

#[test]
fn a_stream_that_left_is_drift() {
    let index = |old: &[f64], new: &[f64], bins| psi(old, new, bins, 1e-4).unwrap().figure.value;
    assert!(index(&[0.5; 40], &[0.2; 40], 10) > 1.0);
    assert!(index(&[0.5; 40], &[0.9; 40], 10) > 1.0);
    assert_eq!(index(&[0.5; 40], &[0.5; 40], 10), 0.0);
    let two: Vec<f64> = (0..40).map(|row| f64::from(row % 2)).collect();
    let far: Vec<f64> = two.iter().map(|x| 100.0 * x).collect();
    assert!(index(&two, &far, 2) > 1.0);
    let below: Vec<f64> = two.iter().map(|x| x - 1.0).collect();
    assert!(index(&two, &below, 2) > 1.0);
    let shares = psi(&two, &far, 2, 1e-4).unwrap();
    assert_eq!(shares.cuts.len() + 1, shares.recent.len());
    assert!((shares.reference.iter().sum::<f64>() - 1.0).abs() < 1e-15);
}

#[test]
fn expected_over_observed_is_one_method() {
    let labels: Vec<bool> = (0..200).map(|row| row % 20 == 0).collect();
    let p: Vec<f64> = (0..200).map(|row| f64::from(row % 17) / 100.0).collect();
    let predicted = Predicted::new(&labels, &p).unwrap();
    let plain = expected_observed(predicted, C).unwrap();
    for size in [1e-9, 1.0, 2.0, 1e9] {
        let weights = Weights::sampling(vec![size; 200]).unwrap();
        let own = expected_observed(predicted.weighted(&weights).unwrap(), C).unwrap();
        let [one, other] = [&plain, &own].map(|eo| eo.ratio.interval.clone().unwrap());
        assert!((one.lower / other.lower - 1.0).abs() < 1e-9);
        assert!((one.upper / other.upper - 1.0).abs() < 1e-9);
        assert!((plain.p_value / own.p_value - 1.0).abs() < 1e-9);
    }
    // A common outcome cannot be observed more often than there are complaints.
    let sure = Predicted::new(&[true; 20], &[0.9; 20]).unwrap();
    let interval = expected_observed(sure, C).unwrap().inverse.interval.unwrap();
    assert!(interval.upper <= 1.0 / 0.9 + 1e-12 && interval.lower < 1.0);
    // p and interval agree on whether 1 is ruled out.
    for shift in 1..40 {
        let p = vec![f64::from(shift) / 400.0; 200];
        let eo = expected_observed(Predicted::new(&labels, &p).unwrap(), C).unwrap();
        assert_eq!(eo.p_value < 0.05, !eo.inverse.interval.unwrap().contains(1.0));
    }
}

#[test]
fn arguments_that_mean_nothing_are_refused() {
    let labels = [true, false, true, false];
    let scored = Scored::new(&labels, &[0.4, 0.3, 0.2, 0.1]).unwrap();
    let predicted = Predicted::new(&labels, &[0.4, 0.3, 0.2, 0.1]).unwrap();
    for many in [MOST_PARTS + 1, 1 << 40, usize::MAX] {
        for bins in [Bins::EqualWidth(many), Bins::EqualCount(many)] {
            assert!(calibration_bins(predicted, bins, C).is_err());
        }
        assert!(hosmer_lemeshow(predicted, many).is_err());
        assert!(psi(&[0.1, 0.2], &[0.1], many, 1e-4).is_err());
        assert!(bands_table(&labels, &[0; 4], many, C).is_err());
        assert!(cohen_kappa(&[0, 1], &[0, 1], many, Disagreement::Any, C).is_err());
        assert!(krippendorff_alpha(&[vec![Some(0)]], many, Disagreement::Any).is_err());
        assert!(stratified_folds(&labels, many, 1, Seed(1)).is_err());
        assert!(stratified_folds(&labels, 2, many, Seed(1)).is_err());
        assert!(clustered_folds(&labels, &[1, 2, 3, 4], 2, many, Seed(1)).is_err());
    }
    assert!(Bootstrap::new(4, usize::MAX, Seed(1)).is_err());
    assert!(Bootstrap::new(usize::MAX, 10, Seed(1)).is_err());
    assert!(Bootstrap::new(4, 0, Seed(1)).is_err());
    assert!(at_top(scored, Capacity::Complaints(u64::MAX), C).is_ok());
    for counts in [[u64::MAX, 1, 1, 1], [1, u64::MAX, u64::MAX, 1]] {
        let [a, b, c, d] = counts;
        assert!(Confusion::from_counts(a, b, c, d).is_err());
        assert!(odds_ratio((a, b), (c, d), C).is_err());
        assert!(share_difference((a.min(b), a.max(b)), (1, 2), C).is_err());
        assert!(psi_of_counts(&counts, &[1; 4], 1e-4).is_err());
    }
    for bad in [f64::NAN, f64::INFINITY, -0.1, 1.1] {
        assert!(decision_curve(predicted, &[bad], C).is_err());
        assert!(calibration_smooth(predicted, 0.75, &[bad]).is_err());
        assert!(partial_auc(scored, Region::SpecificityAbove(bad)).is_err());
        assert!(sensitivity_at_capacity(scored, Capacity::Share(bad), C).is_err());
        assert!(auc_score_interval(bad, 3, 3, C).is_err());
    }
    assert!(confusion(scored, f64::NAN).is_err());
    assert_eq!(confusion(scored, f64::INFINITY).unwrap().true_positives, 0.0);
    assert_eq!(confusion(scored, f64::NEG_INFINITY).unwrap().true_positives, 2.0);
    for level in [0.0, 1e-300, 1.0 - 1e-16, 1.0, f64::NAN] {
        assert!(Confidence::new(level).is_none());
    }
    let sure = Confidence::new(1.0 - 1e-12).unwrap();
    assert!((sure.z() - 7.13).abs() < 0.01);
    let told = ndcg_graded(&[0.5, -0.89], &[1, 2], None).unwrap_err().to_string();
    assert!(told.contains("the gain at row 1 is -0.89"), "{told}");
    assert!(Interval::new(0.5, 0.5, C, Method::Wald).is_err());
    assert!(Interval::new(f64::NAN, 0.5, C, Method::Wald).is_err());
}

#[test]
fn extreme_numbers_are_right_or_refused() {
    let large = [1e200, -2e200, 3e200, 5e200, -1e200];
    let small = large.map(|x| x * 1e-200);
    let [one, other] = [&large, &small].map(|x| pearson(x, &small, C).unwrap().figure.value);
    assert!(one > 1.0 - 1e-14 && other > 1.0 - 1e-14, "{one} {other}");
    let tilted = [1.0, -2.0, 2.0, 5.0, -1.0];
    let [one, other] = [&large, &small].map(|x| pearson(x, &tilted, C).unwrap());
    assert!((one.figure.value - other.figure.value).abs() < 1e-15);
    assert!(pearson(&[0.1; 5], &tilted, C).is_err(), "constant, whatever rounding says");
    let curve = Isotonic::fit(&[-1e308, 1e308], &[0.0, 1.0], None).unwrap();
    assert_eq!(curve.predict(0.0), 0.5);
    let thin = Weights::inverse_probability(&[1e-310, 1.0, 1.0, 0.5]);
    assert!(thin.is_err(), "one over 1e-310 is no number");
    assert!(Weights::sampling(vec![1e100; 4]).is_ok_and(|most| most.effective_count() == 4.0));
    // Their squares are no numbers.
    assert!(Weights::sampling(vec![1e200; 4]).is_err());
    assert!(Weights::inverse_probability(&[1e-200, 1.0]).is_err());
}

#[test]
fn numbers_without_a_word_in_json_get_one() {
    let none = Predicted::new(&[false, false, false], &[0.3, 0.4, 0.2]).unwrap();
    let text = serde_json::to_string(&expected_observed(none, C).unwrap()).unwrap();
    assert!(text.contains("\"infinite\"") && !text.contains("null"), "{text}");
    let labels = [true, true, false, false];
    let scored = Scored::new(&labels, &[4, 3, 2, 1]).unwrap();
    for text in [
        serde_json::to_string(&auc(scored, C).unwrap()).unwrap(),
        serde_json::to_string(&capacity_curve(scored, C).unwrap()).unwrap(),
        serde_json::to_string(&roc_curve(scored).unwrap()).unwrap(),
        serde_json::to_string(&decision_curve(none, &[f64::NAN], C).unwrap_err()).unwrap(),
        serde_json::to_string(&youden(scored).unwrap()).unwrap(),
    ] {
        assert!(!text.contains("null"), "{text}");
    }
    let why = serde_json::to_string(&decision_curve(none, &[f64::NAN], C).unwrap_err()).unwrap();
    assert!(why.contains("not a number"), "{why}");
}

#[test]
fn a_group_without_a_figure_is_named() {
    let labels = [true, false, true, false, false, false];
    let groups = ["a", "a", "b", "b", "c", "c"].map(Some);
    let audit = group_audit(&labels, &[true; 6], &groups, 1, C).unwrap();
    let why = audit.sensitivity.unwrap_err().to_string();
    assert!(why.contains("group 3"), "{why}");
}

#[test]
fn many_groups_take_their_time_once() {
    let values: Vec<f64> = (0..40_000).map(|row| f64::from(row % 97)).collect();
    let groups: Vec<Option<usize>> = (0..40_000).map(|row| Some(row / 2)).collect();
    let means = mean_by_group(&values, &groups, 2, C).unwrap();
    assert_eq!(means.len(), 20_000);
    let rest = values[2..].iter().sum::<f64>() / 39_998.0;
    let gap = means[0].1.as_ref().unwrap().gap.clone().unwrap().value;
    assert!((gap - (0.5 - rest)).abs() < 1e-9);
}

proptest! {
    /// Random small and degenerate samples: few distinct values, one kind, one row.
    #[test]
    fn no_interval_without_a_width(
        rows in prop::collection::vec((any::<bool>(), 0_u8..4, 0_u8..3, any::<bool>()), 0..14),
        size in 1e-12..1e12_f64,
    ) {
        let labels: Vec<bool> = rows.iter().map(|row| row.0).collect();
        let p: Vec<f64> = rows.iter().map(|row| f64::from(row.1) / 3.0).collect();
        let q: Vec<f64> = rows.iter().map(|row| f64::from(row.2) / 2.0).collect();
        let flags: Vec<bool> = rows.iter().map(|row| row.3).collect();
        let keys: Vec<u8> = rows.iter().map(|row| row.2).collect();
        let groups: Vec<Option<u8>> = keys.iter().map(|&key| Some(key)).collect();
        let weights = Weights::sampling(rows.iter().map(|row| size * f64::from(1 + row.2)).collect()).unwrap();
        let (scored, predicted) = (Scored::new(&labels, &p).unwrap(), Predicted::new(&labels, &p).unwrap());
        let (ws, wp) = (scored.weighted(&weights).unwrap(), predicted.weighted(&weights).unwrap());
        let mut figures: Vec<Figure> = Vec::new();
        let mut tests: Vec<f64> = Vec::new();
        for area in [auc(scored, C).ok(), auc(ws, C).ok(), auc_clustered(scored, &keys, C).ok(),
            auc_within(scored, &keys, C).ok().map(|own| own.pooled)].into_iter().flatten() {
            prop_assert!(area.logit_interval.as_ref().map_or(true, |own| own.lower < own.upper));
            figures.extend(area.effect_sizes().ok().into_iter().flat_map(|own| [own.cohens_d, own.odds_ratio, own.gini]));
            figures.push(area.figure);
        }
        for difference in [auc_paired(&labels, &p, &q, C).ok(),
            auc_unpaired(scored, Scored::new(&labels, &q).unwrap(), C).ok()].into_iter().flatten() {
            tests.push(difference.p_value);
            figures.push(difference.figure);
        }
        for eo in [expected_observed(predicted, C), expected_observed(wp, C)].into_iter().flatten() {
            tests.push(eo.p_value);
            figures.extend([eo.ratio, eo.inverse]);
        }
        for line in [calibration_line(predicted, C), calibration_line(wp, C)].into_iter().flatten() {
            tests.push(line.joint.p_value);
            figures.extend([line.intercept, line.slope]);
        }
        let pairs: Vec<usize> = (0..rows.len()).map(|row| row / 2).collect();
        let inner: Vec<f64> = p.iter().map(|p| 0.1 + 0.8 * p).collect();
        let inner = Predicted::new(&labels, &inner).unwrap();
        let wi = inner.weighted(&weights).unwrap();
        let lines = [calibration_line_clustered(inner, &keys, C), calibration_line_clustered(inner, &pairs, C),
            calibration_line_clustered(wi, &pairs, C)];
        for line in lines.into_iter().flatten() {
            tests.push(line.joint.p_value);
            figures.extend([line.intercept, line.slope]);
        }
        figures.extend([calibration_in_the_large_clustered(inner, &pairs, C), calibration_in_the_large_clustered(wi, &keys, C)]
            .into_iter().flatten());
        for eo in [expected_observed_clustered(predicted, &pairs, C), expected_observed_clustered(wp, &keys, C)]
            .into_iter().flatten() {
            prop_assert!(eo.effective_count > 0.0);
            tests.push(eo.p_value);
            figures.extend([eo.ratio, eo.inverse]);
        }
        for own in [at_top(scored, Capacity::Share(0.3), C), at_top(ws, Capacity::Share(0.3), C)].into_iter().flatten() {
            figures.extend([own.precision, own.recall, own.lift]);
        }
        figures.extend([brier(predicted, C), brier(wp, C), log_loss(predicted, C), log_loss(wp, C),
            calibration_in_the_large(predicted, C), calibration_in_the_large(wp, C),
            sensitivity_at_capacity(scored, Capacity::Share(0.3), C),
            sensitivity_at_capacity(ws, Capacity::Share(0.3), C)].into_iter().flatten());
        for curve in [capacity_curve(scored, C), capacity_curve(ws, C)].into_iter().flatten() {
            figures.push(curve.area);
        }
        for points in [decision_curve(predicted, &[0.0, 0.3, 0.99], C), decision_curve(wp, &[0.5], C)].into_iter().flatten() {
            figures.extend(points.into_iter().map(|point| point.model));
        }
        let clustered = [confusion_clustered(scored, &pairs, 0.5), confusion_clustered(ws, &keys, 0.5)];
        let tables = [confusion(scored, 0.5).unwrap(), confusion(ws, 0.5).unwrap()];
        for table in tables.into_iter().chain(clustered.into_iter().flatten()) {
            figures.extend([table.sensitivity(C), table.specificity(C), table.positive_predictive_value(C),
                table.negative_predictive_value(C), table.flagged(C), table.accuracy(C), table.positive_likelihood_ratio(C),
                table.negative_likelihood_ratio(C), table.diagnostic_odds_ratio(C)].into_iter().flatten());
        }
        for bins in [calibration_bins(predicted, Bins::EqualCount(3), C), calibration_bins(wp, Bins::EqualWidth(3), C)]
            .into_iter().flatten() {
            for bin in &bins {
                prop_assert!(bin.interval.lower < bin.interval.upper);
            }
            prop_assert_eq!(bins.iter().map(|bin| bin.count).sum::<usize>(), rows.len());
        }
        if let Ok(audit) = group_audit(&labels, &flags, &groups, 1, C) {
            for rates in audit.groups.into_iter().filter_map(|(_, rates)| rates.ok()) {
                figures.extend([rates.flagged, rates.sensitivity, rates.false_positive_rate,
                    rates.positive_predictive_value, rates.sensitivity_gap, rates.false_positive_gap].into_iter().flatten());
            }
        }
        if let Ok(means) = mean_by_group(&p, &groups, 2, C) {
            for own in means.into_iter().filter_map(|(_, own)| own.ok()) {
                figures.push(own.mean);
                figures.extend(own.gap);
            }
        }
        for own in [pearson(&p, &q, C), spearman(&p, &q, C)].into_iter().flatten() {
            tests.extend(own.p_value);
            figures.push(own.figure);
        }
        tests.extend(kendall(&p, &q).map(|own| own.p_value));
        tests.extend(mann_whitney(scored).map(|own| own.p_value));
        tests.extend(hosmer_lemeshow(predicted, 3).map(|own| own.test.p_value));
        tests.extend(spiegelhalter(predicted).map(|own| own.p_value));
        figures.extend(net_benefit_difference(&labels, &p, &q, 0.4, C));
        figures.extend(audited_rate(&labels, &weights, C));
        if let Ok(own) = reclassification(&labels, &p, &q, C) {
            for (figure, most) in [(&own.nri, 2.0), (&own.nri_events, 1.0), (&own.nri_others, 1.0), (&own.idi, 2.0)] {
                if let Ok(interval) = &figure.interval {
                    prop_assert!(-most <= interval.lower && interval.upper <= most);
                }
            }
            figures.extend([own.nri, own.nri_events, own.nri_others, own.idi]);
        }
        let plan = Bootstrap::new(labels.len(), 60, Seed(3)).unwrap();
        figures.extend(plan.auc(scored).unwrap().figure(labels.len(), C));
        for figure in &figures {
            honest(figure);
        }
        for p_value in tests {
            prop_assert!(p_value > 0.0 && p_value <= 1.0, "p of {}", p_value);
        }
    }
}

#[test]
fn intervals_that_reach_to_infinity_have_a_width_and_hold_their_value() {
    // Nothing was found: expected over observed is infinite, with a lower limit.
    let p: Vec<f64> = (0..60).map(|row| 0.05 + 0.015 * f64::from(row)).collect();
    let none = [false; 60];
    let found = expected_observed(Predicted::new(&none, &p).unwrap(), C).unwrap();
    assert_eq!(found.ratio.value, f64::INFINITY);
    let interval = found.ratio.interval.unwrap();
    assert!(interval.lower > 5.0 && interval.upper == f64::INFINITY, "{interval:?}");
    let text = serde_json::to_string(&interval).unwrap();
    assert_eq!(serde_json::from_str::<Interval>(&text).unwrap(), interval);
    assert!(serde_json::from_str::<Interval>(&text.replace("0.95", "1.0")).is_err());
    // All were: the ends are held by rounding alone, and the value is one of them.
    let all = [true; 60];
    let found = expected_observed(Predicted::new(&all, &p).unwrap(), C).unwrap();
    for figure in [&found.ratio, &found.inverse] {
        assert!(figure.interval.as_ref().unwrap().contains(figure.value), "{figure:?}");
    }
}

#[test]
fn a_perfect_rank_order_is_an_end_and_not_a_p_of_nothing() {
    for count in [5_i32, 60, 2_000] {
        let first: Vec<i32> = (0..count).collect();
        let second: Vec<i32> = first.iter().map(|value| -value * value).collect();
        let found = spearman(&first, &second, C).unwrap();
        assert_eq!(found.figure.value, -1.0);
        assert!(found.figure.interval.is_err());
        assert!(matches!(found.p_value.unwrap_err().because, Because::AtTheEnd { value: -1.0 }));
    }
}

#[test]
fn effect_sizes_outside_their_range_are_refused() {
    for area in [f64::NAN, -0.1, 0.0, 1.0, 1.1, f64::INFINITY] {
        assert!(cohens_d_from_auc(area).is_err(), "{area}");
    }
    for d in [f64::NAN, f64::INFINITY, -1e3] {
        assert!(auc_from_cohens_d(d).is_err() && odds_ratio_from_d(d).is_err(), "{d}");
    }
    // One probability for all is one group that holds somebody, not none.
    let labels: Vec<bool> = (0..40).map(|row| row % 3 == 0).collect();
    let because = hosmer_lemeshow(Predicted::new(&labels, &[0.3; 40]).unwrap(), 10).unwrap_err();
    assert!(matches!(because.because, Because::TooFew { found: 1, needed: 3, .. }), "{because}");
}
