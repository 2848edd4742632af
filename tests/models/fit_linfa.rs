//! linfa's traits over our fits, and the known traps of linfa 0.8.1, each pinned so that an upgrade is noticed.

use caserank::Seed;
use caserank::linfa::prelude::*;
use caserank::linfa::traits::PredictInplace;
use caserank::linfa::{Dataset, ParamGuard};
use caserank::ndarray::{Array1, Array2, Axis, array};
use caserank::research::fit::{Columns, FitError, LinearWeights, Logistic, LogisticModel, Sample};
use linfa_logistic::LogisticRegression;

/// `rows` rows of three columns; the outcome follows the first column; `base` moves its frequency.
fn data(rows: usize, base: f64) -> (Array2<f64>, Array1<bool>) {
    let mut stream = Seed(5).stream(0);
    let mut unit = || (stream.bits() >> 11) as f64 / (1u64 << 53) as f64;
    let records = Array2::from_shape_simple_fn((rows, 3), &mut unit);
    let labels = records
        .rows()
        .into_iter()
        .map(|row| 1.0 / (1.0 + (-(base + 3.0 * row[0] - row[1])).exp()) > unit())
        .collect();
    (records, labels)
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|place| format!("x{place}")).collect()
}

fn columns(records: &Array2<f64>) -> Columns {
    let names = names(records.ncols());
    Columns::from_matrix(&names.iter().map(String::as_str).collect::<Vec<_>>(), records.view())
        .unwrap()
}

fn ours(records: &Array2<f64>, labels: &Array1<bool>, ridge: f64) -> LogisticModel {
    let columns = columns(records);
    let labels = labels.to_vec();
    Logistic::new().ridge(ridge).fit_sample(&Sample::new(&columns, &labels).unwrap()).unwrap()
}

#[test]
fn the_traits_give_what_the_inherent_methods_give() {
    let (records, labels) = data(500, -1.0);
    let dataset = Dataset::new(records.clone(), labels.clone());
    let model = Logistic::new().ridge(0.5).fit(&dataset).unwrap();
    assert_eq!(model, ours(&records, &labels, 0.5));
    let probabilities: Array1<f64> = model.predict(&records);
    let expected = model.probabilities(&columns(&records)).unwrap();
    assert!(probabilities.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-14));
    assert!(matches!(
        Logistic::new().ridge(-1.0).check_ref(),
        Err(FitError::Setting { setting: "ridge", .. })
    ));
    assert!(Logistic::new().ridge(f64::NAN).fit(&dataset).is_err());
    let named = dataset.with_feature_names(vec!["a", "b", "c"]);
    assert_eq!(Logistic::new().fit(&named).unwrap().names(), ["a", "b", "c"]);
}

#[test]
fn t1_the_sign_is_right_whatever_linfa_takes_for_its_positive_class() {
    let mut chosen = Vec::new();
    for base in [-3.0, 0.5] {
        for reversed in [false, true] {
            let (mut records, mut labels) = data(600, base);
            if reversed {
                records.invert_axis(Axis(0));
                labels.invert_axis(Axis(0));
            }
            let dataset = Dataset::new(records.clone(), labels.clone());
            let fitted = LogisticRegression::default()
                .alpha(1.0)
                .gradient_tolerance(1e-8)
                .fit(&dataset)
                .unwrap();
            chosen.push(fitted.labels().pos.class);
            let imported = LinearWeights::from_linfa(&fitted, &true, &names(3)).unwrap();
            let model = ours(&records, &labels, 1.0);
            assert!(imported.weights[0] > 0.0);
            for (a, b) in imported.weights.iter().zip(model.weights()) {
                assert!((a - b).abs() < 1e-5, "{a} {b}");
            }
            assert!((imported.intercept - model.intercept()).abs() < 1e-5);
            let columns = columns(&records);
            let labels = labels.to_vec();
            assert!(
                imported.distance(&Sample::new(&columns, &labels).unwrap(), 1.0).unwrap() < 1e-4
            );
        }
    }
    // The trap itself: the more frequent class is the positive one. When this fails, linfa has changed its rule.
    assert_eq!(chosen, [false, false, true, true]);
    let balanced = |labels: Array1<bool>| {
        let dataset = Dataset::new(array![[0.0], [0.3], [1.0], [0.6]], labels);
        let fitted = LogisticRegression::default().fit(&dataset).unwrap();
        (
            fitted.labels().pos.class,
            LinearWeights::from_linfa(&fitted, &true, &names(1)).unwrap().weights[0],
        )
    };
    let (first, up) = balanced(array![false, false, true, true]);
    let (second, down) = balanced(array![true, true, false, false]);
    assert!(up > 0.0 && down < 0.0);
    assert_eq!(
        (first, second),
        (false, true),
        "linfa no longer takes the first class seen in a tie"
    );
}

#[test]
fn a_class_that_the_model_does_not_know_is_refused() {
    let dataset = Dataset::new(array![[0.0], [1.0], [1.0], [0.0]], array!["yes", "no", "no", "no"]);
    let fitted = LogisticRegression::default().fit(&dataset).unwrap();
    assert_eq!(
        LinearWeights::from_linfa(&fitted, &"maybe", &names(1)),
        Err(FitError::UnknownClass)
    );
    assert!(matches!(
        LinearWeights::from_linfa(&fitted, &"yes", &names(2)),
        Err(FitError::Length { .. })
    ));
}

#[test]
fn t5_linfa_says_ok_far_from_the_optimum_and_our_check_shows_it() {
    let (first, labels) = data(800, -1.0);
    let mut stream = Seed(6).stream(0);
    let mut records = Array2::from_shape_simple_fn((800, 8), || stream.below(1_000) as f64 / 1e3);
    records.column_mut(0).assign(&first.column(0));
    for (place, mut column) in records.columns_mut().into_iter().enumerate() {
        column.mapv_inplace(|x| x * 10.0_f64.powi(place as i32 - 3));
    }
    let dataset = Dataset::new(records.clone(), labels.clone());
    let fitted = LogisticRegression::default().alpha(1e-6).fit(&dataset).unwrap();
    let imported = LinearWeights::from_linfa(&fitted, &true, &names(8)).unwrap();
    let columns = columns(&records);
    let plain = labels.to_vec();
    let sample = Sample::new(&columns, &plain).unwrap();
    let distance = imported.distance(&sample, 1e-6).unwrap();
    assert!(
        distance > 0.1,
        "linfa converged on badly scaled columns ({distance:e}): the trap is gone"
    );
    let model = ours(&records, &labels, 1e-6);
    assert!(LinearWeights::from(&model).distance(&sample, 1e-6).unwrap() < 1e-8);
}

#[test]
fn t6_separated_data_is_ok_for_linfa_and_an_error_here() {
    let records = Array2::from_shape_fn((20, 1), |(row, _)| row as f64);
    let labels = Array1::from_shape_fn(20, |row| row >= 10);
    let dataset = Dataset::new(records, labels);
    assert!(
        LogisticRegression::default().alpha(0.0).fit(&dataset).is_ok(),
        "linfa now refuses separated data"
    );
    let error = Logistic::new().fit(&dataset).unwrap_err();
    assert!(error.to_string().contains("separate"), "{error}");
}

#[test]
fn t7_case_weights_are_ignored_by_linfa_and_honoured_here() {
    let (records, labels) = data(300, -1.0);
    let mut weights = Array1::ones(300);
    weights[7] = 100.0;
    let plain = Dataset::new(records, labels);
    let weighted = plain.clone().with_weights(weights);
    let fit = |dataset: &Dataset<f64, bool, caserank::ndarray::Ix1>| {
        LogisticRegression::default().fit(dataset).unwrap().params().clone()
    };
    assert_eq!(fit(&plain), fit(&weighted), "linfa now honours case weights");
    let model = |dataset: &Dataset<f64, bool, caserank::ndarray::Ix1>| {
        Logistic::new().fit(dataset).unwrap()
    };
    assert_ne!(model(&plain).weights(), model(&weighted).weights());
}

#[test]
fn t19_a_model_survives_json_bit_for_bit() {
    let mut stream = Seed(19).stream(0);
    let weights: Vec<f64> =
        (0..20_000).map(|_| (stream.bits() as f64 / u64::MAX as f64 - 0.5) * 1e3).collect();
    let model = LinearWeights::new(&names(20_000), -1.0 / 3.0, &weights).unwrap();
    let text = serde_json::to_string(&model).unwrap();
    assert_eq!(serde_json::from_str::<LinearWeights>(&text).unwrap(), model);
}

#[test]
fn t20_a_wrong_width_is_a_typed_error_in_the_inherent_methods() {
    let (records, labels) = data(200, 0.0);
    let model = ours(&records, &labels, 0.0);
    let narrow = records.select(Axis(1), &[0, 1]);
    assert!(matches!(model.probabilities(&columns(&narrow)), Err(FitError::OtherColumns { .. })));
    // linfa's contract is a panic; the adaptor keeps it.
    let result = std::panic::catch_unwind(|| {
        let mut target = Array1::zeros(200);
        model.predict_inplace(&narrow, &mut target);
    });
    assert!(result.is_err());
}
