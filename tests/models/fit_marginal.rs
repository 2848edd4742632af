//! Average marginal effects and their errors against statsmodels.
#![allow(missing_docs)]

use crate::fit_support::{NAMES, Set, all_close, close, numbers};
use caserank::research::evaluate::Confidence;
use caserank::research::fit::{FitError, FitWarning, Logistic, Sample};
use serde_json::Value;

#[test]
fn effects_errors_and_intervals_agree() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reference/fit/marginal.json");
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut compared = 0;
    for name in NAMES {
        let Some(expected) = expected.get(name) else { continue };
        let set = Set::load(name);
        let columns = set.columns();
        let model =
            Logistic::new().fit_sample(&Sample::new(&columns, &set.labels).unwrap()).unwrap();
        let effects = model.marginal_effects(&columns, Confidence::P95).unwrap();
        let pick = |value: &dyn Fn(&caserank::research::evaluate::Figure) -> f64| -> Vec<f64> {
            effects.iter().map(|own| value(&own.effect)).collect()
        };
        let interval = |own: &caserank::research::evaluate::Figure| own.interval.clone().unwrap();
        all_close(name, &pick(&|own| own.value), &numbers(&expected["effect"]), 1e-8);
        all_close(
            name,
            &pick(&|own| own.standard_error.unwrap()),
            &numbers(&expected["error"]),
            1e-8,
        );
        all_close(name, &pick(&|own| interval(own).lower), &numbers(&expected["low"]), 1e-8);
        all_close(name, &pick(&|own| interval(own).upper), &numbers(&expected["high"]), 1e-8);
        compared += effects.len();
    }
    assert_eq!(compared, 22);
}

/// Every three rows in a row are about one subject.
fn by_three(rows: usize) -> Vec<u32> {
    (0..rows as u32).map(|row| row / 3).collect()
}

#[test]
fn errors_over_clusters_and_the_joint_test_agree() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reference/fit/marginal.json");
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut compared = 0;
    for name in NAMES {
        let Some(expected) = expected.get(name) else { continue };
        let set = Set::load(name);
        let columns = set.columns();
        let clusters = by_three(set.labels.len());
        let sample = Sample::new(&columns, &set.labels).unwrap().clusters(&clusters).unwrap();
        let model = Logistic::new().fit_sample(&sample).unwrap();
        let effects = model.marginal_effects(&columns, Confidence::P95).unwrap();
        let errors: Vec<f64> = effects.iter().map(|of| of.effect.standard_error.unwrap()).collect();
        all_close(name, &errors, &numbers(&expected["clustered_error"]), 1e-8);
        for (effect, error) in effects.iter().zip(&errors) {
            let interval = effect.effect.interval.clone().unwrap();
            close(name, (interval.upper - interval.lower) / 2.0, 1.959963984540054 * error, 1e-9);
        }
        let rest: Vec<&str> = set.names[1..].iter().map(String::as_str).collect();
        let test = model.wald_test(&rest).unwrap();
        assert_eq!(test.degrees, rest.len());
        let (statistic, p) = (&expected["clustered_wald"], &expected["clustered_wald_p"]);
        close(name, test.statistic, statistic.as_f64().unwrap(), 1e-7);
        let p = p.as_f64().unwrap();
        assert!((test.p / p - 1.0).abs() < 1e-4, "{name}: {} {p}", test.p);
        compared += effects.len();
    }
    assert_eq!(compared, 22);
}

#[test]
fn where_clusters_cannot_tell_an_effect_has_the_wider_error_and_says_so() {
    let set = Set::load("anes96");
    let columns = set.columns();
    let plain = Sample::new(&columns, &set.labels).unwrap();
    let of_rows = Logistic::new().fit_sample(&plain).unwrap();
    let of_rows = of_rows.marginal_effects(&columns, Confidence::P95).unwrap();
    assert!(of_rows.iter().all(|effect| effect.cautions.is_empty()), "{of_rows:?}");
    // Four clusters for six coefficients: combinations of them have no clustered error at all.
    let clusters: Vec<u32> = (0..set.labels.len() as u32).map(|row| row % 4).collect();
    let model = Logistic::new().fit_sample(&plain.clusters(&clusters).unwrap()).unwrap();
    let effects = model.marginal_effects(&columns, Confidence::P95).unwrap();
    for (effect, plain) in effects.iter().zip(&of_rows) {
        let (error, least) = (&effect.effect.standard_error, &plain.effect.standard_error);
        assert!(error.unwrap() >= least.unwrap() * (1.0 - 1e-12), "{effect:?}");
        let few = FitWarning::FewClusters { clusters: 4 };
        assert!(effect.cautions.contains(&few), "{effect:?}");
    }
    // The joint test is no more certain than the model's.
    let names: Vec<&str> = set.names.iter().map(String::as_str).collect();
    let joint = model.wald_test(&names);
    assert!(matches!(joint, Err(FitError::Collinear { .. })), "{joint:?}");
    let two = model.wald_test(&names[..2]).unwrap();
    let plain = Logistic::new().fit_sample(&Sample::new(&columns, &set.labels).unwrap()).unwrap();
    assert!(two.statistic <= plain.wald_test(&names[..2]).unwrap().statistic * (1.0 + 1e-12));
    for (columns, wanted) in [
        (&[][..], "columns of a Wald test"),
        (&["nobody"][..], "there is no column `nobody`"),
        (&[names[0], names[0]][..], "comes twice"),
    ] {
        let text = plain.wald_test(columns).unwrap_err().to_string();
        assert!(text.contains(wanted), "{text}");
    }
}
