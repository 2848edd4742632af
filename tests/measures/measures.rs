//! Shares, cut-offs, groups, drift, coders, conformal p values, reclassification against references.
#![allow(clippy::unwrap_used)]

use crate::evaluate_support::{Expected, SETS, data};
use caserank::research::evaluate::*;

const C: Confidence = Confidence::P95;

#[test]
fn shares() {
    let mut r = Expected::load("expected_r");
    let mut python = Expected::load("expected_python");
    let kinds = [
        ("wilson", ShareInterval::Wilson),
        ("clopper_pearson", ShareInterval::ClopperPearson),
        ("agresti_coull", ShareInterval::AgrestiCoull),
        ("jeffreys", ShareInterval::Jeffreys),
    ];
    for (x, n) in [(0, 20), (1, 20), (3, 17), (50, 100), (20, 20), (7, 5_000), (1, 1_000_000)] {
        for (key, kind) in kinds {
            let interval = share(x, n, C, kind).unwrap().interval.unwrap();
            for (end, value) in [("low", interval.lower), ("high", interval.upper)] {
                let key = format!("{key}_{x}_{n}_{end}");
                python.check("shares", &key, value, 1e-11);
                if r.has("shares", &key) {
                    r.check("shares", &key, value, 1e-11);
                }
            }
        }
    }
    assert!(share(0, 0, C, ShareInterval::Wilson).is_err());
    assert!(share(3, 2, C, ShareInterval::Wilson).is_err());
}

#[test]
fn cut_offs() {
    let mut python = Expected::load("expected_python");
    for name in SETS {
        let d = data(name);
        let scored = Scored::new(&d.labels, &d.p).unwrap();
        let weights = Weights::inverse_probability(&d.inclusion).unwrap();
        let half = confusion(scored, 0.5).unwrap();
        python.check(name, "cell_tp", half.true_positives, 0.0);
        python.check(name, "cell_fp", half.false_positives, 0.0);
        python.check(name, "cell_fn", half.false_negatives, 0.0);
        python.check(name, "cell_tn", half.true_negatives, 0.0);
        for (key, threshold) in [("half", 0.5), ("tenth", 0.1)] {
            let table = confusion(scored, threshold).unwrap();
            let weighted = confusion(scored.weighted(&weights).unwrap(), threshold).unwrap();
            let mut check =
                |measure: &str, figure: Result<Figure, NotEstimable>, reference: f64| {
                    // scikit-learn answers 0 where a denominator is 0.
                    let value = figure.map_or(reference, |f| f.value);
                    python.check(name, &format!("{measure}_{key}"), value, 1e-14);
                };
            check("precision", table.positive_predictive_value(C), 0.0);
            check("recall", table.sensitivity(C), 0.0);
            check("recall_weighted", weighted.sensitivity(C), 0.0);
            check("accuracy", table.accuracy(C), 0.0);
            check("f1", table.f1(), 0.0);
            check("mcc", table.matthews(), 0.0);
            check("kappa", table.kappa(), 0.0);
            check("balanced", table.balanced_accuracy(), 0.0);
        }
    }
}

#[test]
fn groups() {
    let mut python = Expected::load("expected_python");
    for name in SETS {
        let d = data(name);
        let flags: Vec<bool> = d.p.iter().map(|&p| p >= 0.1).collect();
        let groups: Vec<Option<String>> = d.group.iter().cloned().map(Some).collect();
        let audit = group_audit(&d.labels, &flags, &groups, 1, C).unwrap();
        assert_eq!(audit.coverage, 1.0);
        let flagged = audit.flagged.unwrap();
        python.check(name, "parity_difference", flagged.difference, 1e-14);
        python.check(name, "parity_ratio", flagged.ratio, 1e-14);
        // fairlearn counts a group without events as rate 0; here such a spread is not estimable.
        if let (Ok(sensitivity), Ok(odds)) = (audit.sensitivity, audit.equalized_odds) {
            python.check(name, "opportunity_difference", sensitivity.difference, 1e-14);
            python.check(name, "opportunity_ratio", sensitivity.ratio, 1e-14);
            python.check(name, "odds_difference", odds.difference, 1e-14);
            python.check(name, "odds_ratio", odds.ratio, 1e-14);
        }
        for (key, group) in &audit.groups {
            let group = group.as_ref().unwrap();
            let value =
                |figure: &Result<Figure, NotEstimable>| figure.as_ref().map_or(0.0, |f| f.value);
            python.check(name, &format!("group_{key}_flagged"), value(&group.flagged), 1e-14);
            python.check(name, &format!("group_{key}_tpr"), value(&group.sensitivity), 1e-14);
            python.check(
                name,
                &format!("group_{key}_fpr"),
                value(&group.false_positive_rate),
                1e-14,
            );
        }
        for (key, area) in auc_by_group(Scored::new(&d.labels, &d.p).unwrap(), &groups, C).unwrap()
        {
            let key = format!("group_{key}_auc");
            assert_eq!(area.is_ok(), python.has(name, &key));
            if let Ok(area) = area {
                python.check(name, &key, area.figure.value, 1e-13);
            }
        }
    }
}

#[test]
fn small_groups_are_reported_not_dropped() {
    let labels = [true, false, true, false, true];
    let groups = [Some("a"), Some("a"), Some("a"), Some("b"), None];
    let audit = group_audit(&labels, &[true; 5], &groups, 2, C).unwrap();
    assert_eq!(audit.coverage, 0.8);
    assert!(audit.groups[0].1.is_ok());
    let too_few = &audit.groups[1].1.as_ref().unwrap_err().because;
    assert!(matches!(too_few, Because::TooFew { found: 1, needed: 2, .. }));
    assert!(audit.flagged.is_err(), "one group alone has no spread");
    let waits = mean_by_group(&[1.0, 2.0, 3.0, 9.0, 9.0], &groups, 2, C).unwrap();
    let figure = &waits[0].1.as_ref().unwrap().mean;
    // R: t.test(c(1, 2, 3))$conf.int
    assert!((figure.interval.clone().unwrap().upper - 4.484_137_711_719_05).abs() < 1e-9);
    assert!(waits[1].1.is_err());
}

#[test]
fn drift() {
    let mut python = Expected::load("expected_python");
    for name in SETS {
        let d = data(name);
        let half = d.p.len() / 2;
        let pairs: [(&str, &[f64], &[f64]); 2] =
            [("pq", &d.p, &d.q), ("half", &d.p[..half], &d.p[half..])];
        for (key, a, b) in pairs {
            python.check(
                name,
                &format!("psi_{key}"),
                psi(a, b, 10, 1e-4).unwrap().figure.value,
                1e-12,
            );
            python.check(
                name,
                &format!("ks_distance_{key}"),
                ks_distance(a, b).unwrap().value,
                1e-13,
            );
        }
    }
    assert!(psi(&[], &[1.0], 10, 1e-4).is_err());
    let change = unknown_drift((10, 100), (30, 100), C).unwrap();
    assert!(
        (change.change.value - 0.2).abs() < 1e-15 && change.change.interval.unwrap().lower > 0.0
    );
}

#[test]
fn coders() {
    let mut python = Expected::load("expected_python");
    for name in SETS {
        let d = data(name);
        let a: Vec<usize> =
            d.p.iter().map(|p| (((10.0 * p).floor().min(9.0) as usize) / 3).min(2)).collect();
        let b: Vec<usize> = d.q.iter().map(|q| ((3.0 * q).floor() as usize).min(2)).collect();
        let third: Vec<Option<usize>> = d
            .score
            .iter()
            .enumerate()
            .map(|(row, s)| (row % 3 != 0).then(|| s.rem_euclid(3).min(2) as usize))
            .collect();
        let kinds = [
            ("any", Disagreement::Any),
            ("distance", Disagreement::Distance),
            ("squared", Disagreement::SquaredDistance),
            ("ranks", Disagreement::Ranks),
        ];
        let some = |x: &[usize]| x.iter().copied().map(Some).collect::<Vec<_>>();
        let table = [some(&a), some(&b), third];
        for (key, kind) in kinds {
            if kind != Disagreement::Ranks {
                let kappa = cohen_kappa(&a, &b, 3, kind, C).unwrap();
                python.check(name, &format!("coder_kappa_{key}"), kappa.value, 1e-12);
                let error = kappa.standard_error.unwrap();
                python.check(name, &format!("coder_kappa_se_{key}"), error, 1e-12);
            }
            if kind != Disagreement::Distance {
                let alpha = krippendorff_alpha(&table, 3, kind).unwrap();
                python.check(name, &format!("coder_alpha_{key}"), alpha.value, 1e-12);
            }
        }
    }
    assert!(cohen_kappa(&[1, 1], &[1, 1], 2, Disagreement::Any, C).is_err());
    assert!(cohen_kappa(&[2], &[1], 2, Disagreement::Any, C).is_err());
}

#[test]
fn conformal_and_reclassification() {
    let mut python = Expected::load("expected_python");
    let mut r = Expected::load("expected_r");
    for name in SETS {
        let d = data(name);
        let known = Scored::new(&d.labels, &d.p).unwrap();
        let values = conformal_p_values(known, &[0.1, 0.5, d.p[0]]).unwrap();
        for (at, (event, other)) in values.into_iter().enumerate() {
            python.check(name, &format!("conformal_event_{at}"), event, 1e-14);
            python.check(name, &format!("conformal_other_{at}"), other, 1e-14);
        }
        let improved = reclassification(&d.labels, &d.p, &d.q, C).unwrap();
        for (key, figure) in [
            ("nri", &improved.nri),
            ("nri_ev", &improved.nri_events),
            ("nri_ne", &improved.nri_others),
        ] {
            r.check(name, key, figure.value, 1e-11);
            r.check(name, &format!("se_{key}"), figure.standard_error.unwrap(), 1e-11);
        }
        r.check(name, "idi", improved.idi.value, 1e-11);
        r.check(name, "se_idi", improved.idi.standard_error.unwrap(), 1e-11);
    }
}
