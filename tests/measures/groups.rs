//! Group audits: how well group is told from columns, and gaps of means, against scikit-learn and SciPy.
#![allow(clippy::unwrap_used)]

use crate::evaluate_support::{Data, Expected, data};
use caserank::Seed;
use caserank::ndarray::Array2;
use caserank::research::evaluate::resample::{Split, stratified_folds};
use caserank::research::evaluate::*;

const C: Confidence = Confidence::P95;

/// Row `r` is judged in fold `r % 5`, as in the script.
fn given_folds(count: usize) -> Vec<Split> {
    let fold = |k: usize| {
        let (test, train) = (0..count).partition(|row| row % 5 == k);
        Split { train, test }
    };
    (0..5).map(fold).collect()
}

fn columns(d: &Data) -> Array2<f64> {
    let mut sorted = d.score.clone();
    sorted.sort_unstable();
    let half = sorted.len() / 2;
    let median = if sorted.len() % 2 == 1 {
        sorted[half] as f64
    } else {
        (sorted[half - 1] + sorted[half]) as f64 / 2.0
    };
    let number = |value: bool| f64::from(u8::from(value));
    Array2::from_shape_fn((d.labels.len(), 4), |(row, column)| match column {
        0 => d.p[row],
        1 => d.q[row],
        2 => number(d.labels[row]),
        _ => number(d.score[row] as f64 > median),
    })
}

#[test]
fn areas_by_fold() {
    let mut python = Expected::load("expected_groups");
    for name in ["ties", "balanced", "rare", "cancer"] {
        let d = data(name);
        let belongs: Vec<bool> = d.group.iter().map(|group| group == "a").collect();
        let folds = given_folds(belongs.len());
        let told = group_from_items(columns(&d).view(), &belongs, &folds, 1.0, C).unwrap();
        python.check(name, "told", told.pooled.figure.value, 1e-9);
        for (fold, area) in &told.strata {
            python.check(name, &format!("fold_{fold}"), area.as_ref().unwrap().figure.value, 1e-9);
        }
        assert!(told.pooled.figure.interval.unwrap().contains(told.pooled.figure.value));
    }
}

#[test]
fn gaps_of_means() {
    let mut python = Expected::load("expected_groups");
    for name in ["ties", "balanced", "rare", "cancer"] {
        let d = data(name);
        let groups: Vec<Option<&str>> = d.group.iter().map(|group| Some(group.as_str())).collect();
        for (group, found) in mean_by_group(&d.p, &groups, 2, C).unwrap() {
            if group == "d" {
                continue;
            }
            let found = found.unwrap();
            python.check(name, &format!("mean_{group}"), found.mean.value, 1e-12);
            let gap = found.gap.unwrap();
            let interval = gap.interval.clone().unwrap();
            python.check(name, &format!("gap_{group}"), gap.value, 1e-12);
            python.check(name, &format!("gap_{group}_low"), interval.lower, 1e-10);
            python.check(name, &format!("gap_{group}_high"), interval.upper, 1e-10);
        }
    }
}

#[test]
fn noise_tells_nothing_and_a_copy_tells_all() {
    let mut stream = Seed(4).stream(0);
    let belongs: Vec<bool> = (0..400).map(|_| stream.chance(0.3)).collect();
    let folds = stratified_folds(&belongs, 5, 1, Seed(1)).unwrap();
    let noise = Array2::from_shape_fn((400, 6), |_| f64::from(u8::from(stream.chance(0.5))));
    let told = group_from_items(noise.view(), &belongs, &folds, 1.0, C).unwrap();
    assert!(told.pooled.figure.interval.unwrap().contains(0.5));
    let copy = Array2::from_shape_fn((400, 1), |(row, _)| f64::from(u8::from(belongs[row])));
    let told = group_from_items(copy.view(), &belongs, &folds, 1.0, C).unwrap();
    assert_eq!(told.pooled.figure.value, 1.0);
    assert!(matches!(
        told.pooled.figure.interval.unwrap_err().because,
        Because::AtTheEnd { value: 1.0 }
    ));
}

#[test]
fn refusals_are_typed() {
    let belongs = [true, false, true, false];
    let design = Array2::from_elem((4, 1), 1.0);
    let fold =
        |train: &[usize], test: &[usize]| Split { train: train.to_vec(), test: test.to_vec() };
    let halves = [fold(&[0, 1], &[2, 3]), fold(&[2, 3], &[0, 1])];
    let run = |belongs: &[bool], folds: &[Split], ridge: f64| {
        group_from_items(design.view(), belongs, folds, ridge, C)
    };
    assert_eq!(run(&belongs, &halves, 1.0).unwrap().pooled.figure.value, 0.5);
    assert!(matches!(
        run(&belongs, &halves, 0.0),
        Err(EvaluateError::NotEstimable(NotEstimable { because: Because::Argument { .. } }))
    ));
    let twice = [halves[0].clone(), halves[0].clone()];
    assert!(matches!(
        run(&belongs, &twice, 1.0),
        Err(EvaluateError::Input(InputError::Duplicate { .. }))
    ));
    assert!(matches!(
        run(&belongs, &[fold(&[0, 9], &[1])], 1.0),
        Err(EvaluateError::Input(InputError::Length { .. }))
    ));
    assert!(matches!(
        run(&belongs[..3], &halves, 1.0),
        Err(EvaluateError::Input(InputError::Length { .. }))
    ));
    assert!(matches!(
        run(&[true; 4], &halves, 1.0),
        Err(EvaluateError::NotEstimable(NotEstimable { because: Because::OneClass { .. } }))
    ));
    let hole = Array2::from_elem((4, 1), f64::NAN);
    assert!(group_from_items(hole.view(), &belongs, &halves, 1.0, C).is_err());
    assert!(run(&belongs, &[], 1.0).is_err());
}
