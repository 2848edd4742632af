//! Fits under sign constraints against a search that tries every set of free columns.

use crate::fit_support::{Set, close};
use caserank::Seed;
use caserank::research::fit::{
    Columns, Estimate, Firth, FitError, FitWarning, Logistic, LogisticModel, Sample, Sign,
};
use serde_json::Value;

/// Sets with reference values for one method: the set, its signs by column, the values.
fn cases(method: &str) -> Vec<(Set, Vec<Sign>, Vec<Value>)> {
    let text = include_str!("../../fixtures/reference/fit/signs.json");
    let all: Value = serde_json::from_str(text).unwrap();
    let names = ["anes96", "modechoice", "badly_scaled", "nearly_separated", "separated"];
    let mut found = Vec::new();
    for name in names {
        let Some(values) = all[name][method].as_array() else { continue };
        let set = Set::load(name);
        let turned = all[name]["turned"].as_array().unwrap();
        let sign = |column: &String| {
            let is_turned = turned.iter().any(|turned| turned == column.as_str());
            if is_turned { Sign::NonPositive } else { Sign::NonNegative }
        };
        let signs = set.names.iter().map(sign).collect();
        found.push((set, signs, values.clone()));
    }
    found
}

/// Compares estimates, tests and intervals; says how many coefficients are held at their bound.
fn agree(set: &Set, signs: &[Sign], model: &LogisticModel, expected: &[Value]) -> usize {
    let mut held = 0;
    let deviations = set.deviations();
    for (place, expected) in expected.iter().enumerate() {
        let estimate: &Estimate = &model.report().estimates[place + 1];
        let what = format!("{} {}", set.name, estimate.name);
        // On the standardised scale, as the reference was found.
        let scale = deviations[place];
        let value = |field: &str| expected[field].as_f64().unwrap();
        close(&what, estimate.estimate * scale, value("estimate") * scale, 1e-8);
        let interval = estimate.profile.unwrap();
        close(&what, interval.lower * scale, value("lower") * scale, 1e-8);
        close(&what, interval.upper * scale, value("upper") * scale, 1e-8);
        let test = estimate.likelihood_ratio.unwrap();
        close(&what, test.statistic, value("lr"), 1e-8);
        // Limits at the bound are exactly there, and the allowed side is never left.
        assert_eq!(value("lower") == 0.0, interval.lower == 0.0, "{what}");
        assert_eq!(value("upper") == 0.0, interval.upper == 0.0, "{what}");
        match signs[place] {
            Sign::NonNegative => assert!(interval.lower >= 0.0 && interval.upper > 0.0, "{what}"),
            Sign::NonPositive => assert!(interval.upper <= 0.0 && interval.lower < 0.0, "{what}"),
        }
        assert_eq!(estimate.sign, Some(signs[place]));
        let bound = FitWarning::AtBound { column: estimate.name.clone() };
        assert_eq!(estimate.standard_error.is_none(), model.report().warnings.contains(&bound));
        if estimate.standard_error.is_none() {
            assert_eq!((estimate.estimate, test.statistic, test.p), (0.0, 0.0, 1.0), "{what}");
            held += 1;
        }
    }
    held
}

#[test]
fn likelihood_intervals_beside_a_bound_agree() {
    let mut held = 0;
    for (set, signs, expected) in cases("logistic") {
        let columns = set.columns();
        let mut logistic = Logistic::new().with_profile();
        for (name, sign) in set.names.iter().zip(&signs) {
            logistic = logistic.sign(name, *sign);
        }
        let model = logistic.fit_sample(&Sample::new(&columns, &set.labels).unwrap()).unwrap();
        held += agree(&set, &signs, &model, &expected);
        let intercept = &model.report().estimates[0];
        let interval = intercept.profile.unwrap();
        assert!(interval.lower < intercept.estimate && intercept.estimate < interval.upper);
        assert_eq!(intercept.sign, None);
    }
    assert!(held >= 8, "{held}");
}

#[test]
fn firth_keeps_signs_with_the_determinant_of_all_columns() {
    let mut held = 0;
    for (set, signs, expected) in cases("firth") {
        let columns = set.columns();
        let mut firth = Firth::new().with_profile();
        for (name, sign) in set.names.iter().zip(&signs) {
            firth = firth.sign(name, *sign);
        }
        let model = firth.fit_sample(&Sample::new(&columns, &set.labels).unwrap()).unwrap();
        held += agree(&set, &signs, &model, &expected);
    }
    assert_eq!(held, 2);
}

#[test]
fn signs_that_bind_nothing_change_nothing() {
    let set = Set::load("separated");
    let columns = set.columns();
    let sample = Sample::new(&columns, &set.labels).unwrap();
    let free = Firth::new().with_profile().fit_sample(&sample).unwrap();
    let mut signed = Firth::new().with_profile();
    for name in &set.names {
        signed = signed.sign(name, Sign::NonNegative);
    }
    let signed = signed.fit_sample(&sample).unwrap();
    for (a, b) in free.report().estimates.iter().zip(&signed.report().estimates) {
        close(&a.name, b.estimate, a.estimate, 1e-9);
        close(&a.name, b.standard_error.unwrap(), a.standard_error.unwrap(), 1e-9);
        close(&a.name, b.profile.unwrap().upper, a.profile.unwrap().upper, 1e-9);
        // The lower limits of the free fit cross 0 where the signed ones stop.
        close(
            &a.name,
            b.profile.unwrap().lower,
            a.profile.unwrap().lower.max(if a.name == "(intercept)" { f64::MIN } else { 0.0 }),
            1e-9,
        );
    }
}

#[test]
fn small_separated_samples_always_settle_and_keep_their_signs() {
    let mut stream = Seed(78).stream(0);
    let mut settled = 0;
    for trial in 0..50 {
        let rows = 12 + trial % 30;
        let mut builder = Columns::builder(rows);
        for name in ["a", "b", "c"] {
            let values = (0..rows).map(|_| f64::from(u8::from(stream.below(100) < 25))).collect();
            builder = builder.numbers(name, values).unwrap();
        }
        let columns = builder.build();
        let labels: Vec<bool> = (0..rows).map(|_| stream.below(100) < 30).collect();
        let sample = Sample::new(&columns, &labels).unwrap();
        let signs = [Sign::NonNegative, Sign::NonPositive, Sign::NonNegative];
        let mut firth = Firth::new().with_profile();
        for (name, sign) in ["a", "b", "c"].into_iter().zip(signs) {
            firth = firth.sign(name, sign);
        }
        let free = Firth::new().fit_sample(&sample);
        let signed = firth.fit_sample(&sample);
        match (&free, &signed) {
            (Ok(free), Ok(signed)) => {
                settled += 1;
                let best = |model: &LogisticModel| model.report().penalized_log_likelihood.unwrap();
                assert!(best(signed) <= best(free) + 1e-9, "{trial}");
                for (estimate, sign) in signed.report().estimates[1..].iter().zip(signs) {
                    let interval = estimate.profile.unwrap();
                    let (low, high) = (interval.lower, interval.upper);
                    assert!(low <= estimate.estimate && estimate.estimate <= high, "{trial}");
                    assert!(if sign == Sign::NonNegative { low >= 0.0 } else { high <= 0.0 });
                }
            }
            (
                Err(
                    FitError::OneClass { .. }
                    | FitError::Collinear { .. }
                    | FitError::Constant { .. },
                ),
                Err(_),
            ) => {}
            other => panic!("{trial}: {:?} {:?}", other.0.as_ref().err(), other.1.as_ref().err()),
        }
    }
    assert!(settled > 35, "{settled}");
}
