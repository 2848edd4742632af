//! Firth's method against brglm2, firthmodels and a bracketing search.
#![cfg(feature = "fit")]

mod fit_support;

use caserank::fit::{Firth, FitError, Sample};
use fit_support::{NAMES, Set, all_close, close, numbers};

#[test]
fn estimates_both_errors_tests_and_intervals_agree() {
    for set in NAMES.into_iter().map(Set::load).filter(|set| set.python["firth"].is_object()) {
        let columns = set.columns();
        let sample = Sample::new(&columns, &set.labels).unwrap();
        let model = Firth::new().profile(true).fit_sample(&sample).unwrap();
        let estimates = &model.report().estimates;
        let expected = &set.python["firth"];
        let coefficients: Vec<f64> = estimates.iter().map(|e| e.estimate).collect();
        let errors: Vec<f64> = estimates.iter().map(|e| e.standard_error.unwrap()).collect();
        let augmented: Vec<f64> =
            estimates.iter().map(|e| e.augmented_standard_error.unwrap()).collect();
        all_close(set.name, &coefficients, &numbers(&expected["coef"]), 1e-9);
        all_close(set.name, &coefficients, &numbers(&set.r["firth_coef"]), 1e-9);
        all_close(set.name, &errors, &numbers(&set.r["firth_se"]), 1e-9);
        all_close(set.name, &augmented, &numbers(&expected["se_augmented"]), 1e-9);
        assert!(errors.iter().zip(&augmented).all(|(plain, augmented)| augmented < plain));
        let deviations = set.deviations();
        let standardised: Vec<f64> =
            augmented[1..].iter().zip(&deviations).map(|(e, s)| e * s).collect();
        // firthmodels stops at its own tolerance.
        all_close(
            set.name,
            &standardised,
            &numbers(&expected["firthmodels_se_standardised"])[..standardised.len()],
            1e-6,
        );
        let value = model.report().penalized_log_likelihood.unwrap()
            - deviations.iter().map(|s| s.ln()).sum::<f64>();
        close(set.name, value, expected["penalised_loglik_standardised"].as_f64().unwrap(), 1e-10);
        for (estimate, expected) in
            estimates[1..].iter().zip(expected["profile"].as_array().unwrap())
        {
            let what = format!("{} {}", set.name, estimate.name);
            let interval = estimate.profile.unwrap();
            close(&what, interval.lower, expected["lower"].as_f64().unwrap(), 1e-8);
            close(&what, interval.upper, expected["upper"].as_f64().unwrap(), 1e-8);
            close(
                &what,
                estimate.likelihood_ratio.unwrap().statistic,
                expected["lr"].as_f64().unwrap(),
                1e-9,
            );
        }
    }
}

#[test]
fn one_class_and_repeated_columns_are_refused() {
    let set = Set::load("separated");
    let columns = set.columns();
    let nobody = vec![false; set.labels.len()];
    let error = Firth::new().fit_sample(&Sample::new(&columns, &nobody).unwrap()).unwrap_err();
    assert_eq!(error, FitError::OneClass { label: false });
    let doubled = caserank::fit::Columns::builder(set.labels.len())
        .numbers("a", set.values[2].clone())
        .and_then(|builder| builder.numbers("b", set.values[2].clone()))
        .unwrap()
        .build();
    let error = Firth::new().fit_sample(&Sample::new(&doubled, &set.labels).unwrap()).unwrap_err();
    assert_eq!(error, FitError::Collinear { column: "b".to_owned() });
}
