//! The known traps of linfa 0.8.1 that this crate goes round by not using the part: each is pinned, so that an upgrade
//! which mends or moves one is noticed. Those of the parts that are used are in `fit_linfa.rs`.
#![cfg(feature = "fit")]

use caserank::evaluate::{Confidence, Scored, auc};
use caserank::fit::Scores;
use caserank::linfa::Dataset;
use caserank::linfa::dataset::Pr;
use caserank::linfa::prelude::*;
use caserank::ndarray::{Array1, Array2, array};
use linfa_logistic::MultiLogisticRegression;

/// linfa's area under the curve for these scores.
fn theirs(scores: &[f64], labels: &[bool]) -> f32 {
    let scores: Array1<Pr> = scores.iter().map(|score| Pr::new(*score as f32)).collect();
    scores.roc(labels).unwrap().area_under_curve()
}

fn ours(scores: &[f64], labels: &[bool]) -> f64 {
    auc(Scored::new(labels, scores).unwrap(), Confidence::P95).unwrap().figure.value
}

#[test]
fn t2_a_confusion_matrix_against_plain_truth_swaps_precision_and_recall() {
    // One of three called positive is positive; one of two positives is called so.
    let called = array![true, true, true, false, false];
    let truth = array![true, false, false, true, false];
    let swapped = called.confusion_matrix(&truth).unwrap();
    let right =
        called.confusion_matrix(&Dataset::new(Array2::<f64>::zeros((5, 1)), truth)).unwrap();
    let rounded = |value: f32| (value * 1_000.0).round();
    assert_eq!((rounded(right.precision()), rounded(right.recall())), (333.0, 500.0));
    assert_eq!(
        (rounded(swapped.precision()), rounded(swapped.recall())),
        (500.0, 333.0),
        "linfa no longer swaps precision and recall"
    );
}

#[test]
fn t3_areas_of_linfa_lose_ties_and_small_differences() {
    let labels = [false, true, false, true];
    assert_eq!(ours(&[0.0, 0.0, 1.0, 1.0], &labels), 0.5);
    assert!(
        (theirs(&[0.0, 0.0, 1.0, 1.0], &labels) - 0.5).abs() > 0.01,
        "linfa's area is right when the lowest score is 0"
    );
    let labels = [false, false, true, true];
    let near_one = [1.0 - 4e-9, 1.0 - 3e-9, 1.0 - 2e-9, 1.0 - 1e-9];
    assert_eq!(ours(&near_one, &labels), 1.0);
    assert!(theirs(&near_one, &labels) < 0.99, "linfa's area tells close scores apart");
    // One class is a typed error here.
    let single = [false, false, false, false];
    assert!(auc(Scored::new(&single, &near_one).unwrap(), Confidence::P95).is_err());
    let outside = std::panic::catch_unwind(|| Pr::new(1.5));
    assert!(outside.is_err(), "linfa takes probabilities outside 0 to 1");
}

#[test]
fn t4_the_multinomial_regression_is_wrong_far_from_its_largest_logit() {
    // Three classes in one column from -100 to 100, mixed near -30 and 30; the gradient of the true loss must vanish at an optimum.
    let x: Vec<f64> = (0..401).map(|row| 0.5 * f64::from(row) - 100.0).collect();
    let label = |(row, x): (usize, &f64)| {
        let mixed = row % 3 == 0 && (x.abs() - 30.0).abs() < 4.0;
        let class = if x.abs() < 30.0 {
            1
        } else if *x < 0.0 {
            0
        } else {
            2
        };
        let other = if class == 1 { if *x < 0.0 { 0 } else { 2 } } else { 1 };
        if mixed { other } else { class }
    };
    let labels: Vec<usize> = x.iter().enumerate().map(label).collect();
    let records = Array2::from_shape_vec((x.len(), 1), x.clone()).unwrap();
    let dataset = Dataset::new(records, Array1::from(labels.clone()));
    let fitted = MultiLogisticRegression::default()
        .alpha(1e-3)
        .gradient_tolerance(1e-8)
        .max_iterations(1_000)
        .fit(&dataset)
        .unwrap();
    let (slopes, intercepts) = (fitted.params(), fitted.intercept());
    let mut gradient = [0.0; 3];
    for (x, label) in x.iter().zip(&labels) {
        let logits: Vec<f64> = (0..3).map(|k| intercepts[k] + slopes[[0, k]] * x).collect();
        let top = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = logits.iter().map(|logit| (logit - top).exp()).sum();
        for (k, gradient) in gradient.iter_mut().enumerate() {
            let class = fitted.classes()[k];
            *gradient += ((logits[k] - top).exp() / sum - f64::from(u8::from(class == *label))) * x;
        }
    }
    let worst = (0..3).map(|k| (gradient[k] + 1e-3 * slopes[[0, k]]).abs()).fold(0.0, f64::max);
    assert!(worst > 1e-2, "linfa's multinomial fit is at its optimum ({worst:e})");
}

#[test]
fn t7_folds_and_shuffles_drop_the_case_weights() {
    let records = Array2::from_shape_fn((6, 1), |(row, _)| row as f64);
    let labels = array![true, false, true, false, true, false];
    let dataset = Dataset::new(records, labels).with_weights(Array1::from_elem(6, 2.0));
    let (train, _) = &dataset.fold(3)[0];
    assert!(train.weights().is_none_or(<[f32]>::is_empty), "linfa's folds keep the weights");
    // Here they count.
    let scores = [0.1, 0.4, -0.3, 0.2];
    let labels = [true, false, true, false];
    let plain = Scores::new(&scores, &labels).unwrap().intercept().unwrap();
    let weights = [9.0, 1.0, 1.0, 1.0];
    let weighted =
        Scores::new(&scores, &labels).unwrap().weights(&weights).unwrap().intercept().unwrap();
    assert!(weighted.intercept > plain.intercept + 0.5);
}

#[test]
fn t8_to_t18_need_crates_that_are_not_here() {
    // Trees, forests, isotonic regression and naive Bayes of linfa give random, unbounded or wrong answers.
    let lock = include_str!("../Cargo.lock");
    for name in ["linfa-trees", "linfa-ensemble", "linfa-linear", "linfa-bayes"] {
        assert!(
            !lock.contains(&format!("name = \"{name}\"")),
            "{name} has come in: pin its traps before it is used"
        );
    }
}
