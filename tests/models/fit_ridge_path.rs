//! Penalties judged on folds left out, against scikit-learn.

use caserank::research::fit::{FitError, Logistic, RidgePath, Sample};

use crate::fit_support::{Set, close};

fn stored() -> serde_json::Value {
    let text = include_str!("../../fixtures/reference/fit/ridge_path.json");
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_path_is_that_of_scikit_learn() {
    for (name, theirs) in stored().as_object().unwrap() {
        let name: &'static str = crate::fit_support::NAMES.iter().find(|own| *own == name).unwrap();
        let set = Set::load(name);
        let columns = set.columns();
        let sample = Sample::new(&columns, &set.labels).unwrap();
        let folds: Vec<usize> = (0..set.labels.len()).map(|row| row % 5).collect();
        let steps = theirs["steps"].as_array().unwrap();
        let number = |value: &serde_json::Value| value.as_f64().unwrap();
        // In another order, and one twice: the path is the same.
        let mut penalties: Vec<f64> = steps.iter().map(|step| number(&step["penalty"])).collect();
        penalties.reverse();
        penalties.push(penalties[0]);
        let path = RidgePath::new(&Logistic::new(), &sample, &penalties, &folds).unwrap();
        assert_eq!(path.steps().len(), steps.len());
        for (own, step) in path.steps().iter().zip(steps) {
            assert_eq!(own.penalty, number(&step["penalty"]));
            close(
                &format!("{name} loss at {}", own.penalty),
                own.log_loss,
                number(&step["log_loss"]),
                1e-9,
            );
            close(
                &format!("{name} error at {}", own.penalty),
                own.standard_error,
                number(&step["error"]),
                1e-7,
            );
        }
        assert_eq!(path.best().penalty, number(&theirs["best"]), "{name}");
        assert_eq!(path.careful().penalty, number(&theirs["careful"]), "{name}");
    }
}

#[test]
fn weights_count_as_rows_and_what_cannot_be_judged_is_refused() {
    let set = Set::load("modechoice");
    let columns = set.columns();
    let rows = set.labels.len();
    let folds: Vec<usize> = (0..rows).map(|row| row % 4).collect();
    let plain = Sample::new(&columns, &set.labels).unwrap();
    // Every third row twice, as a weight and as rows.
    let weights: Vec<f64> = (0..rows).map(|row| if row % 3 == 0 { 2.0 } else { 1.0 }).collect();
    let twice: Vec<usize> = (0..rows).chain((0..rows).step_by(3)).collect();
    let repeated = columns.select_rows(&twice);
    let labels: Vec<bool> = twice.iter().map(|&row| set.labels[row]).collect();
    let of_twice: Vec<usize> = twice.iter().map(|&row| folds[row]).collect();
    let path = |sample: &Sample<'_>, folds: &[usize]| {
        RidgePath::new(&Logistic::new(), sample, &[0.5, 5.0], folds)
    };
    let weighted = path(&plain.weights(&weights).unwrap(), &folds).unwrap();
    let by_rows = path(&Sample::new(&repeated, &labels).unwrap(), &of_twice).unwrap();
    for (a, b) in weighted.steps().iter().zip(by_rows.steps()) {
        close("weighted loss", a.log_loss, b.log_loss, 1e-9);
    }
    let sample = Sample::new(&columns, &set.labels).unwrap();
    assert!(path(&sample, &vec![0; rows]).is_err());
    assert!(path(&sample, &folds[1..]).is_err());
    for penalty in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let wrong = RidgePath::new(&Logistic::new(), &sample, &[penalty], &folds);
        assert!(matches!(wrong, Err(FitError::Setting { setting: "penalty", .. })));
    }
}
