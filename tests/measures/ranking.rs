//! The top of the list and rank agreement against trec_eval, scikit-learn, SciPy and rbo.
#![allow(clippy::unwrap_used)]

use crate::evaluate_support::{Expected, SETS, data};
use caserank::research::evaluate::*;

const C: Confidence = Confidence::P95;

#[test]
fn the_top_on_a_total_order() {
    let mut python = Expected::load("expected_python");
    for name in SETS {
        let d = data(name);
        // Rows are in order of id.
        let order = total_order(&d.score);
        let scored = Scored::new(&d.labels, &order).unwrap();
        python.check(name, "trec_ap", average_precision(scored).unwrap().value, 1e-12);
        python.check(name, "trec_rr", reciprocal_rank(scored).unwrap().value, 1e-12);
        python.check(name, "trec_ndcg10", ndcg(scored, Some(10)).unwrap().value, 1e-12);
        let top = at_top(scored, Capacity::Complaints(10), C).unwrap();
        python.check(name, "trec_p10", top.precision.value, 1e-12);
        python.check(name, "trec_r10", top.recall.value, 1e-12);
        for k in [10, 30] {
            let top = at_top(scored, Capacity::Complaints(k), C).unwrap();
            python.check(name, &format!("precision_at_{k}"), top.precision.value, 1e-14);
            python.check(name, &format!("recall_at_{k}"), top.recall.value, 1e-14);
            python.check(name, &format!("lift_at_{k}"), top.lift.value, 1e-13);
        }
        let curve = capacity_curve(scored, C).unwrap();
        for share in [90, 95] {
            let work = curve.work_to_reach(f64::from(share) / 100.0).unwrap();
            python.check(name, &format!("cases_for_{share}"), work, 0.0);
        }
    }
}

#[test]
fn ties_share_their_places() {
    let mut python = Expected::load("expected_python");
    for name in SETS {
        let d = data(name);
        let scored = Scored::new(&d.labels, &d.score).unwrap();
        for (key, depth) in [("5", Some(5)), ("20", Some(20)), ("None", None)] {
            python.check(name, &format!("ndcg_{key}"), ndcg(scored, depth).unwrap().value, 1e-12);
        }
        let gains: Vec<f64> = d.labels.iter().map(|&l| f64::from(u8::from(l))).collect();
        assert_eq!(
            ndcg_graded(&gains, &d.score, Some(20)).unwrap(),
            ndcg(scored, Some(20)).unwrap()
        );
    }
}

/// Every order of the tied ones, one by one.
fn orders(of: &[usize]) -> Vec<Vec<usize>> {
    if of.is_empty() {
        return vec![vec![]];
    }
    let mut all = vec![];
    for at in 0..of.len() {
        let mut rest = of.to_vec();
        let first = rest.remove(at);
        for mut tail in orders(&rest) {
            tail.insert(0, first);
            all.push(tail);
        }
    }
    all
}

#[test]
fn the_tie_rule_is_the_mean_over_all_orders() {
    let labels = [false, true, false, true, false, true, false];
    let scores = [5, 3, 3, 3, 3, 3, 1];
    let tied = Scored::new(&labels, &scores).unwrap();
    let all = orders(&[1, 2, 3, 4, 5]);
    let mean = |f: &dyn Fn(Scored<'_, i64>) -> f64| {
        let total: f64 = all
            .iter()
            .map(|order| {
                let mut own = [10, 0, 0, 0, 0, 0, -10_i64];
                for (place, &row) in order.iter().enumerate() {
                    own[row] = -(place as i64);
                }
                f(Scored::new(&labels, &own).unwrap())
            })
            .sum();
        total / all.len() as f64
    };
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
    near(reciprocal_rank(tied).unwrap().value, mean(&|s| reciprocal_rank(s).unwrap().value));
    near(auc(tied, C).unwrap().figure.value, mean(&|s| auc(s, C).unwrap().figure.value));
    for k in 1..=7 {
        near(ndcg(tied, Some(k)).unwrap().value, mean(&|s| ndcg(s, Some(k)).unwrap().value));
        let capacity = Capacity::Complaints(k as u64);
        near(
            sensitivity_at_capacity(tied, capacity, C).unwrap().value,
            mean(&|s| sensitivity_at_capacity(s, capacity, C).unwrap().value),
        );
        near(
            at_top(tied, capacity, C).unwrap().precision.value,
            mean(&|s| at_top(s, capacity, C).unwrap().precision.value),
        );
    }
    near(
        capacity_curve(tied, C).unwrap().area.value,
        mean(&|s| capacity_curve(s, C).unwrap().area.value),
    );
}

#[test]
fn capacity_curve_is_what_it_says() {
    let d = data("rare");
    let curve = capacity_curve(Scored::new(&d.labels, &d.score).unwrap(), C).unwrap();
    let area: f64 = curve
        .points
        .windows(2)
        .map(|pair| (pair[1].work - pair[0].work) * 0.5 * (pair[0].reached + pair[1].reached))
        .sum();
    assert!((area - curve.area.value).abs() < 1e-12);
    assert!(curve.area.value <= curve.best_area && curve.area.interval.is_ok());
    let half = curve.sensitivity(Capacity::Share(0.5), C).unwrap();
    assert_eq!(half, curve.sensitivity(Capacity::Complaints(750), C).unwrap());
    assert_eq!(curve.sensitivity(Capacity::Complaints(9_999), C).unwrap().value, 1.0);
    assert!(curve.sensitivity(Capacity::Share(1.2), C).is_err());
    // Weighted by whole numbers is the same as repeating rows.
    let d = data("small");
    let times: Vec<usize> = (0..40).map(|row| 1 + row % 3).collect();
    let weights = Weights::sampling(times.iter().map(|&t| t as f64).collect()).unwrap();
    let repeated = |row: usize| std::iter::repeat_n(row, times[row]);
    let rows: Vec<usize> = (0..40).flat_map(repeated).collect();
    let labels: Vec<bool> = rows.iter().map(|&row| d.labels[row]).collect();
    let scores: Vec<i64> = rows.iter().map(|&row| d.score[row]).collect();
    let long = Scored::new(&labels, &scores).unwrap();
    let short = Scored::new(&d.labels, &d.score).unwrap().weighted(&weights).unwrap();
    for share in [0.05, 0.3, 0.77] {
        let a = sensitivity_at_capacity(long, Capacity::Share(share), C).unwrap().value;
        let b = sensitivity_at_capacity(short, Capacity::Share(share), C).unwrap().value;
        assert!((a - b).abs() < 1e-12);
    }
    assert!((ks_statistic(long).unwrap().value - ks_statistic(short).unwrap().value).abs() < 1e-12);
}

#[test]
fn rank_agreement() {
    let mut python = Expected::load("expected_python");
    for name in SETS {
        let d = data(name);
        let tenths: Vec<f64> = d.q.iter().map(|q| (10.0 * q).round_ties_even()).collect();
        let scores: Vec<f64> = d.score.iter().map(|&s| s as f64).collect();
        let pairs: [(&str, &[f64], &[f64]); 3] =
            [("pq", &d.p, &d.q), ("sq", &scores, &tenths), ("pq30", &d.p[..30], &d.q[..30])];
        for (key, a, b) in pairs {
            let tau = kendall(a, b).unwrap();
            python.check(name, &format!("tau_b_{key}"), tau.tau_b.value, 1e-12);
            // From 34 rows on SciPy takes the normal approximation; below 50 without ties this crate is exact.
            if a.len() <= 33 || tau.exactness == Exactness::Normal {
                python.check(name, &format!("tau_b_p_{key}"), tau.p_value, 1e-12);
            }
            python.check(name, &format!("tau_c_{key}"), tau.tau_c.value, 1e-12);
            let rho = spearman(a, b, C).unwrap();
            python.check(name, &format!("spearman_{key}"), rho.figure.value, 1e-12);
            python.check(name, &format!("spearman_p_{key}"), rho.p_value.unwrap(), 1e-12);
            let r = pearson(a, b, C).unwrap();
            let interval = r.figure.interval.clone().unwrap();
            python.check(name, &format!("pearson_{key}"), r.figure.value, 1e-12);
            python.check(name, &format!("pearson_low_{key}"), interval.lower, 1e-12);
            python.check(name, &format!("pearson_high_{key}"), interval.upper, 1e-12);
            let tau = |places, weight| weighted_tau(a, b, places, weight).unwrap().value;
            let found = tau(Places::Both, PairWeight::Additive);
            python.check(name, &format!("weighted_tau_{key}"), found, 1e-12);
            let found = tau(Places::First, PairWeight::Additive);
            python.check(name, &format!("weighted_tau_first_{key}"), found, 1e-12);
            let found = tau(Places::Both, PairWeight::Multiplicative);
            python.check(name, &format!("weighted_tau_product_{key}"), found, 1e-12);
        }
        let list = |scores: &[f64]| {
            let mut rows: Vec<usize> = (0..scores.len()).collect();
            let order = total_order(scores);
            rows.sort_by_key(|&row| -order[row]);
            rows
        };
        let (first, second) = (list(&d.p), list(&d.q));
        for p in [0.9, 0.98, 0.999] {
            let whole = rank_biased_overlap(&first, &second, p).unwrap();
            python.check(name, &format!("rbo_truncated_{p}"), whole.truncated, 1e-12);
            python.check(name, &format!("rbo_{p}"), whole.extrapolated, 1e-12);
            let uneven = rank_biased_overlap(&first[..17], &second[..30], p).unwrap();
            python.check(name, &format!("rbo_uneven_{p}"), uneven.extrapolated, 1e-12);
        }
        for k in [5, 25] {
            python.check(
                name,
                &format!("overlap_{k}"),
                top_overlap(&first, &second, k) as f64,
                0.0,
            );
        }
    }
}

#[test]
fn agreement_that_is_not_estimable() {
    assert!(kendall(&[1, 1, 1], &[1, 2, 3]).is_err());
    assert!(weighted_tau(&[1, 2, 3], &[5, 5, 5], Places::Both, PairWeight::Additive).is_err());
    assert!(spearman(&[1, 2], &[2, 1], C).is_err());
    assert!(kendall(&[1, 2], &[1]).is_err());
    assert!(rank_biased_overlap::<u8>(&[], &[1], 0.9).is_err());
    assert_eq!(rank_biased_overlap(&[1, 2, 3], &[1, 2, 3], 0.9).unwrap().extrapolated, 1.0);
}
