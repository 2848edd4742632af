//! Finds the number for which an instrument's text was refused, so that the error can say where it stands.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::error::InstrumentError;
use crate::base::{Fixed, FixedError};

#[derive(Deserialize)]
struct Text {
    outcomes: Vec<Outcome>,
}

#[derive(Deserialize)]
struct Outcome {
    outcome: String,
    intercept: Intercept,
    weights: Vec<Weights>,
    #[serde(default)]
    link: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Intercept {
    value: Box<RawValue>,
}

#[derive(Deserialize)]
struct Weights {
    item: String,
    weights: BTreeMap<String, Box<RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Link {
    Table(Vec<BTreeMap<String, Box<RawValue>>>),
}

/// The first number that is no [`Fixed`] among intercepts, weights and tables, with its place; `None`
/// where the text was refused for something else.
pub(crate) fn refused_number(text: &str) -> Option<InstrumentError> {
    let text: Text = serde_json::from_str(text).ok()?;
    text.outcomes.iter().find_map(refused_of)
}

fn refused_of(part: &Outcome) -> Option<InstrumentError> {
    let refused = |what: String, fault: FixedError| {
        let outcome = part.outcome.clone();
        match fault {
            FixedError::TooManyDecimals { text: number } => {
                InstrumentError::TooManyDecimals { outcome, what, number }
            }
            fault => InstrumentError::Number { outcome, what, fault },
        }
    };
    if let Some(fault) = Fixed::refusal(&part.intercept.value) {
        return Some(refused("the intercept".to_owned(), fault));
    }
    for entry in &part.weights {
        for (answer, number) in &entry.weights {
            if let Some(fault) = Fixed::refusal(number) {
                let what = format!("the weight of answer `{answer}` of item `{}`", entry.item);
                return Some(refused(what, fault));
            }
        }
    }
    let Link::Table(steps) = serde_json::from_str(part.link.as_ref()?.get()).ok()?;
    steps.iter().enumerate().find_map(|(number, step)| {
        step.iter().find_map(|(field, given)| {
            let what = format!("`{field}` of step {} of the table link", number + 1);
            Fixed::refusal(given).map(|fault| refused(what, fault))
        })
    })
}
