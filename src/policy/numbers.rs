//! Finds the number for which a policy's text was refused, so that the error can say where it stands.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::error::PolicyError;
use crate::Fixed;

#[derive(Deserialize)]
struct Text {
    combination: Box<RawValue>,
    bands: BTreeMap<String, Box<RawValue>>,
    audit_share: Box<RawValue>,
}

#[derive(Deserialize)]
struct Combination {
    expected_harm: Harm,
}

#[derive(Deserialize)]
struct Harm {
    weights: BTreeMap<String, Box<RawValue>>,
}

/// The first number that is no [`Fixed`] among harm weights, cut-offs and the audit share; `None` where
/// the text was refused for something else.
pub(crate) fn refused_number(text: &str) -> Option<PolicyError> {
    let text: Text = serde_json::from_str(text).ok()?;
    let harm: BTreeMap<_, _> = serde_json::from_str::<Combination>(text.combination.get())
        .map(|combination| combination.expected_harm.weights)
        .unwrap_or_default();
    let harm = harm.iter().map(|(outcome, number)| (format!("harm weight of `{outcome}`"), number));
    let bands = ["very_high", "high", "medium"];
    let bands =
        bands.iter().filter_map(|&band| Some((format!("cut-off `{band}`"), text.bands.get(band)?)));
    let audit = ("`audit_share`".to_owned(), &text.audit_share);
    harm.chain(bands).chain([audit]).find_map(|(what, number)| {
        Fixed::refusal(number).map(|fault| PolicyError::Number { what, fault })
    })
}
