//! Numbers in a model file that are not exact to six decimals are refused, with their digits and the way out.
#![allow(clippy::unwrap_used)]

use crate::common::{full_model, of_instrument, refused};
use caserank::instrument::InstrumentError;
use caserank::policy::PolicyError;
use caserank::triage::ModelError;
use caserank::{Instrument, Triage};
use serde_json::{Value, json};

/// The file's text with a table link for the first outcome and one number replaced by these digits,
/// as a bare number rather than as text.
fn with_digits(pointer: &str, digits: &str) -> String {
    let mut value = full_model();
    value["instrument"]["outcomes"][0]["link"] =
        json!({ "table": [{ "from": "-1", "probability": "0.1" }] });
    *value.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = json!("digits");
    value.to_string().replace("\"digits\"", digits)
}

#[test]
fn weights_with_more_than_six_decimals() {
    let first = "/instrument/outcomes/0";
    for (pointer, number, what) in [
        ("/weights/0/weights/yes", "0.1234567", "the weight of answer `yes` of item `urgent`"),
        ("/intercept/value", "-2.00000001", "the intercept"),
        ("/link/table/0/probability", "0.30000001", "`probability` of step 1 of the table link"),
    ] {
        for written in [number.to_owned(), format!("\"{number}\"")] {
            let text = with_digits(&format!("{first}{pointer}"), &written);
            let from_model = of_instrument(Triage::from_json(&text).unwrap_err());
            let codebook = Triage::from_json(&full_model().to_string()).unwrap().codebook().clone();
            let whole: Value = serde_json::from_str(&text).unwrap();
            let alone = Instrument::from_json(&codebook, &whole["instrument"].to_string());
            refused!(
                from_model,
                InstrumentError::TooManyDecimals { .. },
                what,
                "`danger`",
                number,
                "more than six decimals",
                "round it to six"
            );
            refused!(alone.unwrap_err(), InstrumentError::TooManyDecimals { .. }, what, number);
        }
    }
    // Trailing zeros are no decimals, and bring no refusal.
    let text = with_digits(&format!("{first}/intercept/value"), "-2.0000000000");
    assert!(Triage::from_json(&text).is_ok());
}

#[test]
fn numbers_that_are_not_exact() {
    for (digits, fault) in
        [("1e-6", "without an exponent"), ("2147.483648", "lies outside"), ("\"many\"", "`many`")]
    {
        let text = with_digits("/instrument/outcomes/0/weights/0/weights/yes", digits);
        let error = of_instrument(Triage::from_json(&text).unwrap_err());
        refused!(error, InstrumentError::Number { .. }, "answer `yes` of item `urgent`", fault);
    }
}

#[test]
fn policy_numbers_that_are_not_exact() {
    for (pointer, what) in [
        ("/policy/bands/high", "cut-off `high`"),
        ("/policy/combination/expected_harm/weights/danger", "harm weight of `danger`"),
        ("/policy/audit_share", "`audit_share`"),
    ] {
        match Triage::from_json(&with_digits(pointer, "0.2000001")).unwrap_err() {
            ModelError::Policy(error) => {
                refused!(error, PolicyError::Number { .. }, what, "0.2000001", "round it to six");
            }
            other => panic!("{other:?}"),
        }
    }
}
