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

/// A sample as the measures take it.
struct Sample {
    labels: Vec<bool>,
    p: Vec<f64>,
    q: Vec<f64>,
    keys: Vec<u8>,
    /// Keys, unknown for some.
    groups: Vec<Option<u8>>,
    flags: Vec<bool>,
    weights: Weights,
}

impl Sample {
    fn of(rows: &[(bool, u8, u8)]) -> Self {
        let p: Vec<f64> = rows.iter().map(|row| f64::from(row.1) / 20.0).collect();
        let weights = rows.iter().map(|row| 1.0 + f64::from(row.2)).collect();
        Sample {
            labels: rows.iter().map(|row| row.0).collect(),
            q: rows.iter().map(|row| f64::from(row.2) / 4.0).collect(),
            keys: rows.iter().map(|row| row.2).collect(),
            groups: rows.iter().map(|row| (row.2 < 3).then_some(row.2)).collect(),
            flags: p.iter().map(|&p| p > 0.5).collect(),
            p,
            weights: Weights::sampling(weights).unwrap(),
        }
    }

    fn scored(&self) -> Scored<'_, f64> {
        Scored::new(&self.labels, &self.p).unwrap()
    }

    fn predicted(&self) -> Predicted<'_> {
        Predicted::new(&self.labels, &self.p).unwrap()
    }

    /// Whether both outcomes occur, without which little can be told apart.
    fn has_both(&self) -> bool {
        self.labels.contains(&true) && self.labels.contains(&false)
    }
}

/// A share, whatever it is of.
fn is_share(value: f64) -> bool {
    (-1e-12..=1.0 + 1e-12).contains(&value)
}

proptest! {
    #[test]
    fn areas_lie_between_nothing_and_all(rows in rows(), share in 0.0..=1.0_f64) {
        let sample = Sample::of(&rows);
        let scored = sample.scored();
        let areas = [auc(scored, C), auc(scored.weighted(&sample.weights).unwrap(), C)];
        prop_assert_eq!(areas[0].is_ok(), sample.has_both());
        for area in areas.into_iter().flatten() {
            inside(&area.figure, 0.0, 1.0);
            if let Ok(sizes) = area.effect_sizes() {
                inside(&sizes.gini, -1.0, 1.0);
                inside(&sizes.odds_ratio, 0.0, f64::INFINITY);
            }
        }
        if let Ok(within) = auc_within(scored, &sample.keys, C) {
            inside(&within.pooled.figure, 0.0, 1.0);
        }
        if let Ok(area) = auc_clustered(scored, &sample.keys, C) {
            inside(&area.figure, 0.0, 1.0);
        }
        let other = Scored::new(&sample.labels, &sample.q).unwrap();
        let paired = auc_paired(&sample.labels, &sample.p, &sample.q, C);
        let unpaired = auc_unpaired(scored, other, C);
        prop_assert!(sample.has_both() || (paired.is_err() && unpaired.is_err()));
        for difference in paired.ok().into_iter().chain(unpaired.ok()) {
            inside(&difference.figure, -1.0, 1.0);
            prop_assert!((difference.first - difference.second - difference.figure.value).abs() < 1e-12);
        }
        for region in [Region::SpecificityAbove(share), Region::SensitivityAbove(share)] {
            if let Ok(part) = partial_auc(scored, region) {
                inside(&part.raw, 0.0, 1.0 - share);
            }
        }
    }

    #[test]
    fn what_is_at_the_front_is_a_share(rows in rows(), share in 0.0..=1.0_f64, most in 0_usize..12) {
        let sample = Sample::of(&rows);
        let scored = sample.scored();
        for figure in [
            ks_statistic(scored), average_precision(scored), precision_recall_trapezoid(scored),
            ndcg(scored, Some(most)), reciprocal_rank(scored),
            sensitivity_at_capacity(scored, Capacity::Share(share), C),
            sensitivity_at_capacity(scored.weighted(&sample.weights).unwrap(), Capacity::Complaints(7), C),
        ].into_iter().flatten() {
            inside(&figure, 0.0, 1.0);
        }
        if let Ok(best) = youden(scored) {
            prop_assert!(!best.is_empty());
            let sums: Vec<f64> = best.iter().map(|point| point.sensitivity + point.specificity).collect();
            prop_assert!(best.iter().all(|point| is_share(point.sensitivity) && is_share(point.specificity)));
            prop_assert!(sums.iter().all(|sum| (sum - sums[0]).abs() < 1e-9 && *sum >= 1.0 - 1e-12), "{:?}", sums);
        }
        if let Ok(curve) = capacity_curve(scored, C) {
            inside(&curve.area, 0.0, curve.best_area);
            let work = curve.work_to_reach(share).unwrap();
            prop_assert!((0.0..=sample.labels.len() as f64).contains(&work));
        }
        if let Ok(top) = at_top(scored, Capacity::Share(share), C) {
            inside(&top.precision, 0.0, 1.0);
        }
        for (place, p) in conformal_p_values(scored, &[0.3]).unwrap_or_default() {
            prop_assert!(is_share(place) && is_share(p), "{} {}", place, p);
        }
    }

    #[test]
    fn a_table_of_four_holds_shares_and_ratios(rows in rows(), share in 0.0..=1.0_f64) {
        let sample = Sample::of(&rows);
        let weighted = sample.scored().weighted(&sample.weights).unwrap();
        let table = confusion(weighted, share).unwrap();
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
        ].into_iter().flatten() {
            inside(&figure, 0.0, f64::INFINITY);
        }
        if let Ok(there) = table.at_base_rate(share, C) {
            inside(&there.positive_predictive_value, 0.0, 1.0);
        }
        let found: Vec<Option<bool>> = rows.iter().map(|row| (row.2 > 0).then_some(row.0)).collect();
        if let Ok(bounds) = selection_bounds(&found, &sample.flags) {
            for bounds in [bounds.sensitivity, bounds.specificity, bounds.positive_predictive_value].into_iter().flatten() {
                prop_assert!(0.0 <= bounds.lower && bounds.lower <= bounds.upper && bounds.upper <= 1.0);
            }
        }
        if let Ok(rate) = audited_rate(&sample.labels, &sample.weights, C) {
            inside(&rate, 0.0, 1.0);
        }
    }

    #[test]
    fn calibration_is_told_in_numbers_or_with_a_reason(rows in rows(), share in 0.0..=1.0_f64, bins in 0_usize..12) {
        let sample = Sample::of(&rows);
        let predicted = sample.predicted();
        if let Ok(figure) = brier(predicted, C) {
            inside(&figure, 0.0, 1.0);
        }
        if let Ok(figure) = log_loss(predicted, C) {
            inside(&figure, 0.0, f64::INFINITY);
        }
        if let Ok(skill) = skill(predicted) {
            inside(&skill.brier, f64::NEG_INFINITY, 1.0);
            inside(&skill.log_loss, f64::NEG_INFINITY, 1.0);
        }
        if let Ok(line) = calibration_line(predicted, C) {
            inside(&line.slope, f64::NEG_INFINITY, f64::INFINITY);
            inside(&line.intercept, f64::NEG_INFINITY, f64::INFINITY);
            prop_assert!(0.0 < line.joint.p_value && line.joint.p_value <= 1.0);
        }
        if let Ok(large) = calibration_in_the_large(predicted, C) {
            inside(&large, f64::NEG_INFINITY, f64::INFINITY);
        }
        if let Ok(platt) = platt(predicted) {
            prop_assert!(sample.p.iter().all(|&p| is_share(platt.probability(p))));
        }
        for both in [
            expected_observed(predicted, C), expected_observed(predicted.weighted(&sample.weights).unwrap(), C),
        ].into_iter().flatten() {
            inside(&both.ratio, 0.0, f64::INFINITY);
            inside(&both.inverse, 0.0, f64::INFINITY);
            prop_assert!((both.observed / both.expected - both.inverse.value).abs() < 1e-9);
        }
        if let Ok(test) = spiegelhalter(predicted) {
            prop_assert!(0.0 < test.p_value && test.p_value <= 1.0);
        }
        if let Ok(table) = hosmer_lemeshow(predicted, bins) {
            prop_assert_eq!(table.groups.iter().map(|group| group.count).sum::<usize>(), sample.labels.len());
            prop_assert!(0.0 < table.test.p_value && table.test.p_value <= 1.0);
        }
        for parts in [brier_murphy(predicted), brier_corp(predicted)].into_iter().flatten() {
            let whole = brier(predicted, C).unwrap().value;
            let sum = parts.miscalibration - parts.discrimination + parts.uncertainty;
            prop_assert!((whole - sum).abs() < 1e-9, "{} {:?}", whole, parts);
        }
        for kind in [Bins::EqualWidth(bins), Bins::EqualCount(bins)] {
            if let Ok(error) = calibration_error(predicted, kind) {
                inside(&error.expected, 0.0, 1.0);
                prop_assert!(error.expected.value <= error.maximum.value + 1e-12);
            }
        }
        if let Ok(smooth) = calibration_smooth(predicted, share, &[0.0, 0.31, 1.0]) {
            prop_assert!(smooth.iter().all(|value| (0.0..=1.0).contains(value)));
        }
        let rate = sample.labels.iter().filter(|found| **found).count() as f64 / rows.len().max(1) as f64;
        for point in decision_curve(predicted, &[0.0, 0.2, share], C).unwrap_or_default() {
            prop_assert!(point.model.value <= rate + 1e-12, "{:?}", point);
        }
    }

    #[test]
    fn two_sets_of_scores_are_compared_within_bounds(rows in rows(), bins in 0_usize..12) {
        let sample = Sample::of(&rows);
        let (labels, p, q) = (&sample.labels, &sample.p, &sample.q);
        if let Ok(difference) = net_benefit_difference(labels, p, q, 0.2, C) {
            inside(&difference, -1.25, 1.25);
        }
        if let Ok(moved) = reclassification(labels, p, q, C) {
            inside(&moved.nri, -2.0, 2.0);
            inside(&moved.idi, -2.0, 2.0);
            prop_assert!((moved.nri_events.value + moved.nri_others.value - moved.nri.value).abs() < 1e-12);
        }
        if let Ok(tau) = kendall(p, q) {
            inside(&tau.tau_b, -1.0, 1.0);
            prop_assert!((0.0..=1.0).contains(&tau.p_value));
        }
        for places in [Places::Both, Places::First] {
            for weight in [PairWeight::Additive, PairWeight::Multiplicative] {
                if let Ok(tau) = weighted_tau(p, q, places, weight) {
                    inside(&tau, -1.0, 1.0);
                }
            }
        }
        if let Ok(rho) = spearman(p, q, C) {
            inside(&rho.figure, -1.0, 1.0);
        }
        if let Ok(shift) = psi(p, q, bins, 1e-4) {
            inside(&shift.figure, 0.0, f64::INFINITY);
        }
        if let Ok(distance) = ks_distance(p, q) {
            inside(&distance, 0.0, 1.0);
        }
        if !p.is_empty() {
            prop_assert_eq!(ks_distance(p, p).unwrap().value, 0.0);
        }
    }

    #[test]
    fn groups_hold_everybody(rows in rows(), least in 0_usize..12) {
        let sample = Sample::of(&rows);
        let known = sample.groups.iter().flatten().count();
        if let Ok(audit) = group_audit(&sample.labels, &sample.flags, &sample.groups, least, C) {
            prop_assert!(is_share(audit.coverage));
            prop_assert!((audit.coverage - known as f64 / rows.len() as f64).abs() < 1e-12);
        }
        if let Ok(areas) = auc_by_group(sample.scored(), &sample.groups, C) {
            prop_assert!(areas.len() <= 3);
            for (_, area) in areas {
                if let Ok(area) = area {
                    inside(&area.figure, 0.0, 1.0);
                }
            }
        }
        if let Ok(means) = mean_by_group(&sample.p, &sample.groups, least, C) {
            for (_, mean) in means {
                if let Ok(mean) = mean {
                    inside(&mean.mean, 0.0, 1.0);
                }
            }
        }
        let bands: Vec<usize> = rows.iter().map(|row| usize::from(row.2)).collect();
        let table = bands_table(&sample.labels, &bands, 4, C).unwrap();
        prop_assert_eq!(table.iter().map(|row| row.count).sum::<usize>(), rows.len());
    }

    #[test]
    fn resamples_and_folds_lose_nobody(rows in rows(), folds in 0_usize..12) {
        let sample = Sample::of(&rows);
        let drawn = Bootstrap::new(rows.len(), 5, Seed(1)).unwrap().auc(sample.scored()).unwrap();
        prop_assert_eq!(drawn.values.len() + drawn.failed, 5);
        let splits = [
            stratified_folds(&sample.labels, folds, 2, Seed(1)).ok(),
            clustered_folds(&sample.labels, &sample.keys, folds, 2, Seed(1)).ok(),
        ];
        for splits in splits.into_iter().flatten() {
            for split in splits {
                prop_assert_eq!(split.train.len() + split.test.len(), rows.len());
            }
        }
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
