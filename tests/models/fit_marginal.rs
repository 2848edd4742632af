//! Average marginal effects and their errors against statsmodels.
#![allow(missing_docs)]

use crate::fit_support::{NAMES, Set, all_close, numbers};
use caserank::research::evaluate::Confidence;
use caserank::research::fit::{Logistic, Sample};
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
