//! Promises on any input: no panic, figures inside their range and their interval, order of rows without effect.
#![allow(clippy::unwrap_used)]

use caserank::Seed;
use caserank::research::evaluate::resample::{Bootstrap, clustered_folds, stratified_folds};
use caserank::research::evaluate::*;
use proptest::prelude::*;

const C: Confidence = Confidence::P95;

fn rows() -> impl Strategy<Value = Vec<(bool, u8, u8)>> {
    prop::collection::vec((any::<bool>(), 0_u8..=20, 0_u8..4), 0..40)
}

fn inside(figure: &Figure, lowest: f64, highest: f64) {
    assert!((lowest - 1e-12..=highest + 1e-12).contains(&figure.value), "{figure:?}");
    if let Ok(interval) = &figure.interval {
        assert!(interval.lower <= interval.upper, "{figure:?}");
        assert!(
            interval.lower - 1e-9 <= figure.value && figure.value <= interval.upper + 1e-9,
            "{figure:?}"
        );
    }
}

proptest! {
    #[test]
    fn every_measure_answers_or_says_why(rows in rows(), share_worked in 0.0..=1.0_f64, bins in 0_usize..12) {
        let labels: Vec<bool> = rows.iter().map(|row| row.0).collect();
        let p: Vec<f64> = rows.iter().map(|row| f64::from(row.1) / 20.0).collect();
        let q: Vec<f64> = rows.iter().map(|row| f64::from(row.2) / 4.0).collect();
        let group: Vec<Option<u8>> = rows.iter().map(|row| (row.2 < 3).then_some(row.2)).collect();
        let keys: Vec<u8> = rows.iter().map(|row| row.2).collect();
        let flags: Vec<bool> = p.iter().map(|&p| p > 0.5).collect();
        let weights = Weights::sampling(rows.iter().map(|row| 1.0 + f64::from(row.2)).collect()).unwrap();
        let scored = Scored::new(&labels, &p).unwrap();
        let predicted = Predicted::new(&labels, &p).unwrap();
        for area in [auc(scored, C), auc(scored.weighted(&weights).unwrap(), C)].into_iter().flatten() {
            inside(&area.figure, 0.0, 1.0);
            let _ = area.effect_sizes();
        }
        if let Ok(within) = auc_within(scored, &keys, C) {
            inside(&within.pooled.figure, 0.0, 1.0);
        }
        if let Ok(area) = auc_clustered(scored, &keys, C) {
            inside(&area.figure, 0.0, 1.0);
        }
        let _ = auc_paired(&labels, &p, &q, C);
        let _ = auc_unpaired(scored, Scored::new(&labels, &q).unwrap(), C);
        for region in [Region::SpecificityAbove(share_worked), Region::SensitivityAbove(share_worked)] {
            if let Ok(part) = partial_auc(scored, region) {
                inside(&part.raw, 0.0, 1.0 - share_worked);
            }
        }
        for figure in [
            ks_statistic(scored), average_precision(scored), precision_recall_trapezoid(scored),
            ndcg(scored, Some(bins)), reciprocal_rank(scored), brier(predicted, C),
            sensitivity_at_capacity(scored, Capacity::Share(share_worked), C),
            sensitivity_at_capacity(scored.weighted(&weights).unwrap(), Capacity::Complaints(7), C),
        ].into_iter().flatten() {
            inside(&figure, 0.0, 1.0);
        }
        let _ = youden(scored);
        if let Ok(curve) = capacity_curve(scored, C) {
            inside(&curve.area, 0.0, curve.best_area);
            let work = curve.work_to_reach(share_worked).unwrap();
            prop_assert!((0.0..=labels.len() as f64).contains(&work));
        }
        if let Ok(top) = at_top(scored, Capacity::Share(share_worked), C) {
            inside(&top.precision, 0.0, 1.0);
        }
        let table = confusion(scored.weighted(&weights).unwrap(), share_worked).unwrap();
        for figure in [
            table.sensitivity(C), table.specificity(C), table.positive_predictive_value(C),
            table.negative_predictive_value(C), table.accuracy(C), table.flagged(C), table.f1(),
            table.balanced_accuracy(),
        ].into_iter().flatten() {
            inside(&figure, 0.0, 1.0);
        }
        for figure in [table.matthews(), table.kappa()].into_iter().flatten() {
            inside(&figure, -1.0, 1.0);
        }
        for figure in [
            table.positive_likelihood_ratio(C), table.negative_likelihood_ratio(C), table.diagnostic_odds_ratio(C),
            log_loss(predicted, C),
        ].into_iter().flatten() {
            inside(&figure, 0.0, f64::INFINITY);
        }
        let _ = table.at_base_rate(share_worked, C);
        let _ = (calibration_line(predicted, C), calibration_in_the_large(predicted, C), platt(predicted));
        let _ = (expected_observed(predicted, C), expected_observed(predicted.weighted(&weights).unwrap(), C));
        let _ = (spiegelhalter(predicted), hosmer_lemeshow(predicted, bins), skill(predicted));
        let _ = (brier_murphy(predicted), brier_corp(predicted));
        for kind in [Bins::EqualWidth(bins), Bins::EqualCount(bins)] {
            if let Ok(error) = calibration_error(predicted, kind) {
                inside(&error.expected, 0.0, 1.0);
                prop_assert!(error.expected.value <= error.maximum.value + 1e-12);
            }
        }
        if let Ok(smooth) = calibration_smooth(predicted, share_worked, &[0.0, 0.31, 1.0]) {
            prop_assert!(smooth.iter().all(|value| (0.0..=1.0).contains(value)));
        }
        let _ = decision_curve(predicted, &[0.0, 0.2, share_worked], C);
        let _ = net_benefit_difference(&labels, &p, &q, 0.2, C);
        let _ = reclassification(&labels, &p, &q, C);
        if let Ok(tau) = kendall(&p, &q) {
            inside(&tau.tau_b, -1.0, 1.0);
            prop_assert!((0.0..=1.0).contains(&tau.p_value));
        }
        for places in [Places::Both, Places::First] {
            for weight in [PairWeight::Additive, PairWeight::Multiplicative] {
                if let Ok(tau) = weighted_tau(&p, &q, places, weight) {
                    inside(&tau, -1.0, 1.0);
                }
            }
        }
        if let Ok(rho) = spearman(&p, &q, C) {
            inside(&rho.figure, -1.0, 1.0);
        }
        let _ = (psi(&p, &q, bins, 1e-4), ks_distance(&p, &q));
        let _ = group_audit(&labels, &flags, &group, bins, C);
        let _ = (auc_by_group(scored, &group, C), mean_by_group(&p, &group, bins, C));
        let bands: Vec<usize> = rows.iter().map(|row| usize::from(row.2)).collect();
        let table = bands_table(&labels, &bands, 4, C).unwrap();
        prop_assert_eq!(table.iter().map(|row| row.count).sum::<usize>(), labels.len());
        let _ = conformal_p_values(scored, &[0.3]);
        let found: Vec<Option<bool>> = rows.iter().map(|row| (row.2 > 0).then_some(row.0)).collect();
        if let Ok(bounds) = selection_bounds(&found, &flags) {
            for bounds in [bounds.sensitivity, bounds.specificity, bounds.positive_predictive_value].into_iter().flatten() {
                prop_assert!(0.0 <= bounds.lower && bounds.lower <= bounds.upper && bounds.upper <= 1.0);
            }
        }
        let _ = audited_rate(&labels, &weights, C);
        let drawn = Bootstrap::new(labels.len(), 5, Seed(1)).unwrap().auc(scored).unwrap();
        prop_assert_eq!(drawn.values.len() + drawn.failed, 5);
        let _ = stratified_folds(&labels, bins, 2, Seed(1));
        let _ = clustered_folds(&labels, &keys, bins, 2, Seed(1));
    }

    #[test]
    fn the_order_of_rows_has_no_effect(rows in rows(), seed in any::<u64>()) {
        let mut other = rows.clone();
        Seed(seed).stream(0).shuffle(&mut other);
        let measure = |rows: &[(bool, u8, u8)]| {
            let labels: Vec<bool> = rows.iter().map(|row| row.0).collect();
            let scores: Vec<i64> = rows.iter().map(|row| i64::from(row.1)).collect();
            let scored = Scored::new(&labels, &scores).unwrap();
            (
                auc(scored, C), capacity_curve(scored, C), average_precision(scored), ks_statistic(scored),
                youden(scored), reciprocal_rank(scored), ndcg(scored, Some(5)), confusion(scored, 7.0).unwrap(),
            )
        };
        prop_assert_eq!(measure(&rows), measure(&other));
    }

    #[test]
    fn a_doubled_cluster_is_still_one_cluster(rows in rows()) {
        let labels: Vec<bool> = rows.iter().map(|row| row.0).collect();
        let scores: Vec<i64> = rows.iter().map(|row| i64::from(row.1)).collect();
        let one: Vec<usize> = (0..rows.len()).collect();
        let twice = |x: &[usize]| [x, x].concat();
        let plain = auc(Scored::new(&labels, &scores).unwrap(), C);
        let single = auc_clustered(Scored::new(&labels, &scores).unwrap(), &one, C);
        let (two_labels, two_scores) = ([&labels[..], &labels].concat(), [&scores[..], &scores].concat());
        let double = auc_clustered(Scored::new(&two_labels, &two_scores).unwrap(), &twice(&one), C);
        if let (Ok(plain), Ok(single), Ok(double)) = (plain, single, double) {
            for found in [single.variance(), double.variance()] {
                match (plain.variance(), found) {
                    (Some(a), Some(b)) => prop_assert!((a - b).abs() < 1e-12),
                    (a, b) => prop_assert!(a.unwrap_or(0.0) < 1e-30 && b.unwrap_or(0.0) < 1e-30),
                }
            }
        }
    }
}
