//! Firth's method against brglm2, firthmodels and a bracketing search.

use std::ops::ControlFlow;

use crate::fit_support::{NAMES, Set, all_close, close, numbers};
use caserank::linfa::prelude::*;
use caserank::linfa::{Dataset, ParamGuard};
use caserank::ndarray::Array1;
use caserank::research::fit::{Firth, FitError, FitProgress, Sample, Sign};

#[test]
fn estimates_both_errors_tests_and_intervals_agree() {
    for set in NAMES.into_iter().map(Set::load).filter(|set| set.python["firth"].is_object()) {
        let columns = set.columns();
        let sample = Sample::new(&columns, &set.labels).unwrap();
        let model = Firth::new().with_profile().fit_sample(&sample).unwrap();
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
fn robust_and_clustered_errors_are_those_of_r() {
    for set in NAMES.into_iter().map(Set::load) {
        let columns = set.columns();
        let clusters: Vec<u32> = (0..set.labels.len() as u32).map(|row| row / 3).collect();
        let sample = Sample::new(&columns, &set.labels).unwrap().clusters(&clusters).unwrap();
        let model = Firth::new().with_robust_errors().fit_sample(&sample).unwrap();
        let estimates = &model.report().estimates;
        let pick = |field: fn(&caserank::research::fit::Estimate) -> Option<f64>| -> Vec<f64> {
            estimates.iter().map(|estimate| field(estimate).unwrap()).collect()
        };
        let (n, k) = (set.labels.len() as f64, estimates.len() as f64);
        let hc0 = pick(|estimate| estimate.robust_hc0);
        all_close(set.name, &hc0, &numbers(&set.r["firth_hc0"]), 1e-8);
        let hc1: Vec<f64> = hc0.iter().map(|error| error * (n / (n - k)).sqrt()).collect();
        all_close(set.name, &pick(|estimate| estimate.robust_hc1), &hc1, 1e-12);
        let covariance = model.clustered_covariance().unwrap();
        let clustered: Vec<f64> = covariance.diag().iter().map(|value| value.sqrt()).collect();
        all_close(set.name, &clustered, &numbers(&set.r["firth_clustered"]), 1e-8);
    }
}

#[test]
fn the_builder_speaks_linfa_and_refuses_bad_settings() {
    let set = Set::load("separated");
    let columns = set.columns();
    let dataset = Dataset::new(columns.to_matrix(), Array1::from(set.labels.clone()))
        .with_feature_names(set.names.clone());
    let through_linfa = Firth::new().with_robust_errors().fit(&dataset).unwrap();
    let sample = Sample::new(&columns, &set.labels).unwrap();
    let direct = Firth::new().with_robust_errors().fit_sample(&sample).unwrap();
    for (a, b) in through_linfa.report().estimates.iter().zip(&direct.report().estimates) {
        close(&a.name, a.estimate, b.estimate, 1e-10);
        close(&a.name, a.standard_error.unwrap(), b.standard_error.unwrap(), 1e-10);
    }
    let checked = Firth::new().check().unwrap();
    assert_eq!(checked.fit(&dataset).unwrap().names(), set.names);
    for (firth, name) in [
        (Firth::new().tolerance(0.0), "tolerance"),
        (Firth::new().max_iterations(0), "max_iterations"),
    ] {
        assert!(
            matches!(firth.check_ref(), Err(FitError::Setting { setting, .. }) if *setting == *name)
        );
        assert!(firth.fit(&dataset).is_err());
    }
    assert_eq!(
        Firth::new().sign("nobody", Sign::NonNegative).fit_sample(&sample).unwrap_err(),
        FitError::NoSuchColumn { column: "nobody".to_owned() }
    );
    assert_eq!(
        Firth::new().max_iterations(1).fit_sample(&sample).unwrap_err(),
        FitError::NotConverged { what: "Firth's method", iterations: 1 }
    );
}

#[test]
fn a_fit_tells_its_steps_and_profiles_and_can_be_stopped() {
    let set = Set::load("separated");
    let columns = set.columns();
    let sample = Sample::new(&columns, &set.labels).unwrap();
    let (mut values, mut profiles) = (Vec::new(), 0);
    let model = Firth::new().with_profile().fit_sample_observed(&sample, &mut |progress| {
        match progress {
            FitProgress::Step { log_likelihood, .. } => values.push(*log_likelihood),
            FitProgress::Profile { .. } => profiles += 1,
            _ => {}
        }
        ControlFlow::Continue(())
    });
    assert!(model.is_ok() && values.len() > 2 && profiles == 1);
    assert!(values.windows(2).all(|pair| pair[0] <= pair[1] + 1e-9), "{values:?}");
    let stop_at = |stop: fn(&FitProgress) -> bool| {
        Firth::new().with_profile().fit_sample_observed(&sample, &mut |progress| {
            if stop(progress) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
    };
    let step = |progress: &FitProgress| matches!(progress, FitProgress::Step { iteration: 2, .. });
    assert_eq!(stop_at(step), Err(FitError::Cancelled));
    let profile = |progress: &FitProgress| matches!(progress, FitProgress::Profile { .. });
    assert_eq!(stop_at(profile), Err(FitError::Cancelled));
}

#[test]
fn one_class_and_repeated_columns_are_refused() {
    let set = Set::load("separated");
    let columns = set.columns();
    let nobody = vec![false; set.labels.len()];
    let error = Firth::new().fit_sample(&Sample::new(&columns, &nobody).unwrap()).unwrap_err();
    assert_eq!(error, FitError::OneClass { label: false });
    let doubled = caserank::research::fit::Columns::builder(set.labels.len())
        .numbers("a", set.values[2].clone())
        .and_then(|builder| builder.numbers("b", set.values[2].clone()))
        .unwrap()
        .build();
    let error = Firth::new().fit_sample(&Sample::new(&doubled, &set.labels).unwrap()).unwrap_err();
    assert_eq!(error, FitError::Collinear { column: "b".to_owned() });
}
