//! Bootstrap intervals on given resamples against R's boot and SciPy; folds, splits, optimism, threads.
#![allow(clippy::unwrap_used)]

use crate::evaluate_support::{Expected, data, read};
use caserank::Seed;
use caserank::research::evaluate::resample::QuantileRule;
use caserank::research::evaluate::resample::*;
use caserank::research::evaluate::*;

const C: Confidence = Confidence::P95;

#[test]
fn intervals_on_given_resamples() {
    let (mut python, mut r) = (Expected::load("expected_python"), Expected::load("expected_r"));
    let d = data("small");
    let rows: Vec<Vec<u32>> = read("resamples")
        .lines()
        .map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect())
        .collect();
    let picked = |rows: &[u32]| -> (Vec<bool>, Vec<f64>) {
        rows.iter().map(|&row| (d.labels[row as usize], d.p[row as usize])).unzip()
    };
    let loss = |rows: &[u32]| {
        let (labels, p) = picked(rows);
        brier(Predicted::new(&labels, &p).unwrap(), C).ok().map(|f| f.value)
    };
    let area = |rows: &[u32]| {
        let (labels, p) = picked(rows);
        auc(Scored::new(&labels, &p).unwrap(), C).ok().map(|a| a.figure.value)
    };
    let whole: Vec<u32> = (0..40).collect();
    let kinds = [
        ("normal", BootstrapInterval::Normal),
        ("basic", BootstrapInterval::Basic),
        ("percent", BootstrapInterval::Percentile),
    ];
    let losses = Replicates::new(loss(&whole), rows.iter().map(|r| loss(r)).collect());
    let areas = Replicates::new(area(&whole), rows.iter().map(|r| area(r)).collect());
    for (name, drawn, left) in [
        ("brier", &losses, jackknife(40, loss).unwrap()),
        ("auc", &areas, jackknife(40, area).unwrap()),
    ] {
        for (key, kind) in kinds {
            let found = drawn.interval(kind, QuantileRule::NormalScale, C).unwrap();
            r.check("resamples", &format!("{name}_{key}_low"), found.lower, 1e-10);
            r.check("resamples", &format!("{name}_{key}_high"), found.upper, 1e-10);
        }
        let found = drawn.bca(&left, QuantileRule::NormalScale, C).unwrap();
        r.check("resamples", &format!("{name}_bca_low"), found.lower, 1e-10);
        r.check("resamples", &format!("{name}_bca_high"), found.upper, 1e-10);
    }
    for (key, kind) in
        [("basic", BootstrapInterval::Basic), ("percentile", BootstrapInterval::Percentile)]
    {
        let found = losses.interval(kind, QuantileRule::Linear, C).unwrap();
        python.check("resamples", &format!("scipy_{key}_low"), found.lower, 1e-10);
        python.check("resamples", &format!("scipy_{key}_high"), found.upper, 1e-10);
    }
    let found = losses.bca(&jackknife(40, loss).unwrap(), QuantileRule::Linear, C).unwrap();
    python.check("resamples", "scipy_bca_low", found.lower, 1e-10);
    python.check("resamples", "scipy_bca_high", found.upper, 1e-10);
}

#[test]
fn acceleration_is_by_cluster_where_clusters_are_drawn() {
    let mut r = Expected::load("expected_weighted");
    let d = data("small");
    // Clusters of 1, 2, 3, 4, 1, 2, ... rows; the given resamples, modulo their number, draw them.
    let clusters: Vec<usize> =
        (0..16).flat_map(|cluster| std::iter::repeat_n(cluster, 1 + cluster % 4)).collect();
    let mean = |rows: &[u32]| {
        let loss = |row: usize| (d.p[row] - f64::from(u8::from(d.labels[row]))).powi(2);
        Some(rows.iter().map(|&row| loss(row as usize)).sum::<f64>() / rows.len() as f64)
    };
    let of = |drawn: &[usize]| -> Option<f64> {
        let member = |cluster: &usize| {
            (0..40_u32).filter(|&row| clusters[row as usize] == *cluster).collect::<Vec<_>>()
        };
        mean(&drawn.iter().flat_map(member).collect::<Vec<u32>>())
    };
    let drawn: Vec<Option<f64>> = read("resamples")
        .lines()
        .map(|line| {
            let cells = line.split(',').take(16).map(|cell| cell.parse::<usize>().unwrap() % 16);
            of(&cells.collect::<Vec<_>>())
        })
        .collect();
    let replicates = Replicates::new(of(&(0..16).collect::<Vec<_>>()), drawn);
    let plan = Bootstrap::new(40, 1, Seed(1)).unwrap();
    let left_out = plan.clone().clustered(&clusters).unwrap().jackknife(mean).unwrap();
    assert_eq!(left_out.len(), 16);
    let found = replicates.bca(&left_out, QuantileRule::NormalScale, C).unwrap();
    r.check("clusters", "observed", replicates.observed.unwrap(), 1e-12);
    r.check("clusters", "bca_low", found.lower, 1e-10);
    r.check("clusters", "bca_high", found.upper, 1e-10);
    // Without clusters it is that of single complaints, strata or not.
    let single = jackknife(40, mean).unwrap();
    assert_eq!(plan.jackknife(mean).unwrap(), single);
    assert_eq!(plan.clone().stratified(&d.labels).unwrap().jackknife(mean).unwrap(), single);
    assert_ne!(found, replicates.bca(&single, QuantileRule::NormalScale, C).unwrap());
    assert!(plan.jackknife(|rows| (rows[0] == 0).then_some(1.0)).is_none());
}

#[cfg(feature = "parallel")]
#[test]
fn threads_do_not_matter() {
    let d = data("rare");
    let scored = Scored::new(&d.labels, &d.score).unwrap();
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| Bootstrap::new(d.labels.len(), 101, Seed(5)).unwrap().auc(scored).unwrap())
    };
    let one = run(1);
    assert_eq!(one, run(2));
    assert_eq!(one, run(8));
}

#[test]
fn bootstrap_agrees_with_delong() {
    let d = data("balanced");
    let scored = Scored::new(&d.labels, &d.p).unwrap();
    let drawn = Bootstrap::new(d.labels.len(), 2_000, Seed(11)).unwrap().auc(scored).unwrap();
    let (by_formula, by_draw) =
        (auc(scored, C).unwrap().figure.standard_error.unwrap(), drawn.standard_error().unwrap());
    assert!((by_draw / by_formula - 1.0).abs() < 0.08, "{by_draw} {by_formula}");
}

#[test]
fn failed_replicates_are_told() {
    let drawn = Replicates::new(Some(0.5), vec![Some(0.4), None, Some(0.6)]);
    let because =
        drawn.interval(BootstrapInterval::Percentile, QuantileRule::Linear, C).unwrap_err().because;
    assert_eq!(because, Because::Replicates { failed: 1, replicates: 3 });
    let labels = [true, false, false, false, false];
    let scored = Scored::new(&labels, &[3, 2, 1, 0, -1]).unwrap();
    let drawn = Bootstrap::new(5, 200, Seed(1)).unwrap().auc(scored).unwrap();
    assert!(drawn.failed > 20 && drawn.standard_error().is_err());
}

#[test]
fn folds_hold_every_row_once() {
    let d = data("rare");
    let events = d.labels.iter().filter(|&&l| l).count();
    let splits = stratified_folds(&d.labels, 5, 2, Seed(3)).unwrap();
    for repetition in splits.chunks(5) {
        let mut seen: Vec<usize> = repetition.iter().flat_map(|s| s.test.clone()).collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..d.labels.len()).collect::<Vec<_>>());
        for split in repetition {
            assert_eq!(split.train.len() + split.test.len(), d.labels.len());
            assert_eq!(split.test.len(), 300);
            let found = split.test.iter().filter(|&&row| d.labels[row]).count();
            assert!(found.abs_diff(events / 5) <= 1);
        }
    }
    assert_ne!(splits[0], splits[5]);
    assert!(stratified_folds(&[true, false], 2, 1, Seed(3)).is_err());
}

#[test]
fn clusters_and_units_stay_whole() {
    let d = data("balanced");
    let events = d.labels.iter().filter(|&&l| l).count();
    let subjects: Vec<usize> = (0..300).map(|row| row / 4).collect();
    let splits = clustered_folds(&d.labels, &subjects, 5, 2, Seed(3)).unwrap();
    for split in &splits {
        assert!(
            split
                .test
                .iter()
                .all(|row| !split.train.iter().any(|t| subjects[*t] == subjects[*row]))
        );
        assert!((50..=70).contains(&split.test.len()));
        let found = split.test.iter().filter(|&&row| d.labels[row]).count();
        assert!(found.abs_diff(events / 5) <= 2);
    }
    let units = leave_one_unit_out(&d.group);
    assert_eq!(units.iter().map(|(_, split)| split.test.len()).sum::<usize>(), 300);
    assert!(units.iter().all(|(unit, split)| split.train.iter().all(|&row| d.group[row] != *unit)));
    let split = split_by_date(&[1, 5, 9, 12], 9, Some(&["a", "b", "a", "c"])).unwrap();
    assert_eq!((split.train, split.test), (vec![0, 1], vec![3]));
}

#[test]
fn folds_of_clusters_are_even_whatever_the_remainder() {
    // 14 events over five folds leave four folds with one more: the others must not all go to the fifth.
    let labels: Vec<bool> = (0..100).map(|row| row < 14).collect();
    let alone: Vec<usize> = (0..100).collect();
    for split in clustered_folds(&labels, &alone, 5, 3, Seed(8)).unwrap() {
        assert_eq!(split.test.len(), 20);
        let events = split.test.iter().filter(|&&row| labels[row]).count();
        assert!((2..=3).contains(&events), "{events}");
    }
}

#[test]
fn optimism_is_found_where_it_is_made() {
    // Choosing the best of 20 noise scores: its apparent area is luck, and the correction says so.
    let mut stream = Seed(9).stream(0);
    let labels: Vec<bool> = (0..120).map(|_| stream.chance(0.4)).collect();
    let noise: Vec<Vec<f64>> = (0..20).map(|_| (0..120).map(|_| stream.unit()).collect()).collect();
    let all: Vec<u32> = (0..120).collect();
    let area = |rows: &[u32], at: usize| {
        let l: Vec<bool> = rows.iter().map(|&row| labels[row as usize]).collect();
        let s: Vec<f64> = rows.iter().map(|&row| noise[at][row as usize]).collect();
        auc(Scored::new(&l, &s).unwrap(), C).ok().map(|a| a.figure.value)
    };
    let best = |rows: &[u32]| {
        let areas: Option<Vec<f64>> = (0..20).map(|at| area(rows, at)).collect();
        areas.map(|a| (0..20).max_by(|&i, &j| a[i].total_cmp(&a[j])).unwrap())
    };
    let apparent = area(&all, best(&all).unwrap()).unwrap();
    let result = Bootstrap::new(120, 200, Seed(2))
        .unwrap()
        .optimism(apparent, C, |rows| {
            let chosen = best(rows)?;
            Some(Performance {
                on_replicate: area(rows, chosen)?,
                on_original: area(&all, chosen)?,
            })
        })
        .unwrap();
    assert!(result.optimism > 0.03, "{result:?}");
    assert!((result.corrected.value - (apparent - result.optimism)).abs() < 1e-15);
}
