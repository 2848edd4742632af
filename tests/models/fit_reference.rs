//! Logistic regression against statsmodels, scikit-learn and R.

use crate::fit_support::{NAMES, Set, all_close, close, numbers};
use caserank::research::fit::{
    ClassWeights, Estimate, FitError, FitWarning, Logistic, Sample, Sign,
};

fn pick(estimates: &[Estimate], field: impl Fn(&Estimate) -> Option<f64>) -> Vec<f64> {
    estimates.iter().map(|estimate| field(estimate).unwrap()).collect()
}

fn regular() -> impl Iterator<Item = Set> {
    NAMES.into_iter().filter(|name| *name != "separated").map(Set::load)
}

#[test]
fn estimates_errors_and_whole_fit_figures_agree() {
    for set in regular() {
        let columns = set.columns();
        let clusters: Vec<u32> = (0..set.labels.len() as u32).map(|row| row / 3).collect();
        let sample = Sample::new(&columns, &set.labels).unwrap();
        let model = Logistic::new().with_robust_errors().fit_sample(&sample).unwrap();
        let report = model.report();
        let what = |figure: &str| format!("{} {figure}", set.name);
        let coefficients = pick(&report.estimates, |e| Some(e.estimate));
        for other in [&set.python, &set.r] {
            all_close(&what("coef"), &coefficients, &numbers(&other["coef"]), 1e-9);
            all_close(
                &what("se"),
                &pick(&report.estimates, |e| e.standard_error),
                &numbers(&other["se"]),
                1e-8,
            );
        }
        all_close(&what("p"), &pick(&report.estimates, |e| e.p), &numbers(&set.python["p"]), 1e-8);
        all_close(
            &what("hc0"),
            &pick(&report.estimates, |e| e.robust_hc0),
            &numbers(&set.python["HC0"]),
            1e-8,
        );
        all_close(
            &what("hc1"),
            &pick(&report.estimates, |e| e.robust_hc1),
            &numbers(&set.r["hc1"]),
            1e-8,
        );
        for (figure, found) in [
            ("loglik", report.log_likelihood),
            ("null", report.null_log_likelihood),
            ("aic", report.aic),
            ("bic", report.bic),
        ] {
            close(&what(figure), found, set.python[figure].as_f64().unwrap(), 1e-10);
        }
        for (figure, found) in [
            ("mcfadden", report.mcfadden),
            ("cox_snell", report.cox_snell),
            ("nagelkerke", report.nagelkerke),
        ] {
            close(&what(figure), found, set.python[figure].as_f64().unwrap(), 1e-11);
        }
        let deviances =
            [&set.r["deviance"], &set.r["null_deviance"]].map(|value| numbers(value)[0]);
        close(&what("deviance"), report.deviance, deviances[0], 1e-10);
        close(&what("lr"), report.likelihood_ratio.statistic, deviances[1] - deviances[0], 1e-10);
        let inner = &report.estimates[1..];
        all_close(&what("vif"), &pick(inner, |e| e.vif), &numbers(&set.python["vif"]), 1e-9);
        all_close(
            &what("vif b"),
            &pick(inner, |e| e.vif_of_coefficients),
            &numbers(&set.python["vif_coef"]),
            1e-9,
        );

        let grouped = sample.clusters(&clusters).unwrap();
        let model = Logistic::new().fit_sample(&grouped).unwrap();
        let found = pick(&model.report().estimates, |e| e.clustered);
        all_close(&what("clustered"), &found, &numbers(&set.python["cluster"]), 1e-8);
    }
}

#[test]
fn profile_intervals_and_likelihood_ratio_tests_agree() {
    for set in regular().filter(|set| set.python["profile"].is_array()) {
        let columns = set.columns();
        let model = Logistic::new()
            .with_profile()
            .fit_sample(&Sample::new(&columns, &set.labels).unwrap())
            .unwrap();
        let estimates = &model.report().estimates;
        for (j, expected) in set.python["profile"].as_array().unwrap().iter().enumerate() {
            let estimate = &estimates[j + 1];
            let what = format!("{} {}", set.name, estimate.name);
            let interval = estimate.profile.unwrap();
            close(&what, interval.lower, expected["lower"].as_f64().unwrap(), 1e-9);
            close(&what, interval.upper, expected["upper"].as_f64().unwrap(), 1e-9);
            let statistic = estimate.likelihood_ratio.unwrap().statistic;
            close(&what, statistic, expected["lr"].as_f64().unwrap(), 1e-9);
            // R's drop1 stops its own refits at a deviance tolerance.
            close(&what, statistic, numbers(&set.r["drop1"])[j], 1e-8);
            close(&what, estimate.likelihood_ratio.unwrap().p, numbers(&set.r["drop1_p"])[j], 1e-8);
        }
        // The intercept's limits are where the profile reaches them too.
        assert!(estimates[0].profile.is_some_and(|interval| interval.lower < interval.upper));
    }
}

#[test]
fn ridge_case_weights_and_class_weights_agree() {
    for set in regular() {
        let columns = set.columns();
        let sample = Sample::new(&columns, &set.labels).unwrap();
        let model = Logistic::new().ridge_standardised(1.0).fit_sample(&sample).unwrap();
        let scaled: Vec<f64> =
            model.weights().iter().zip(set.deviations()).map(|(b, s)| b * s).collect();
        let expected = numbers(&set.python["ridge_standardised"]);
        all_close(set.name, &scaled, &expected[..scaled.len()], 1e-8);

        let weights: Vec<f64> = (0..set.labels.len()).map(|row| 0.5 + (row % 4) as f64).collect();
        let weighted =
            Logistic::new().fit_sample(&sample.clone().weights(&weights).unwrap()).unwrap();
        let found = pick(&weighted.report().estimates, |e| Some(e.estimate));
        all_close(set.name, &found, &numbers(&set.python["weighted"]), 1e-8);

        let balanced =
            Logistic::new().class_weights(ClassWeights::Balanced).fit_sample(&sample).unwrap();
        let found = pick(&balanced.report().estimates, |e| Some(e.estimate));
        all_close(set.name, &found, &numbers(&set.python["balanced"]), 1e-8);
        assert!(balanced.report().warnings.contains(&FitWarning::ClassWeights));
    }
}

#[test]
fn sign_constraints_agree_with_a_bounded_search() {
    for set in regular() {
        let columns = set.columns();
        let mut logistic = Logistic::new();
        for name in &set.names {
            logistic = logistic.sign(name, Sign::NonNegative);
        }
        let model = logistic.fit_sample(&Sample::new(&columns, &set.labels).unwrap()).unwrap();
        let estimates = &model.report().estimates;
        let found = pick(estimates, |e| Some(e.estimate));
        all_close(set.name, &found, &numbers(&set.python["nonnegative"]), 1e-8);
        for estimate in &estimates[1..] {
            assert!(estimate.estimate >= 0.0);
            let bound = FitWarning::AtBound { column: estimate.name.clone() };
            assert_eq!(estimate.standard_error.is_none(), model.report().warnings.contains(&bound));
        }
    }
}

#[test]
fn separation_is_an_error_and_names_the_column() {
    let set = Set::load("separated");
    let columns = set.columns();
    let error =
        Logistic::new().fit_sample(&Sample::new(&columns, &set.labels).unwrap()).unwrap_err();
    assert_eq!(error, FitError::Separated { columns: vec!["a".to_owned()], complete: false });
    assert!(error.to_string().contains("Firth"), "{error}");
    assert!(
        Logistic::new().ridge(0.5).fit_sample(&Sample::new(&columns, &set.labels).unwrap()).is_ok()
    );
}
