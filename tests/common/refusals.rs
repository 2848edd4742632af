//! What the files of refusals share: the fullest model with one thing changed, and a check of variant and words.

use caserank::instrument::InstrumentError;
use caserank::triage::ModelError;
use serde_json::Value;

/// A model with every optional field filled in. Numbers with decimals are text, so that changing
/// the file as a `Value` loses nothing.
pub(crate) const FULL: &str = include_str!("full_model.json");

pub(crate) fn full_model() -> Value {
    serde_json::from_str(FULL).unwrap()
}

/// The full model with one thing changed.
pub(crate) fn changed_model(pointer: &str, other: Value) -> Value {
    let mut value = full_model();
    *value.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = other;
    value
}

/// What is wrong with the instrument of a model that was refused for it.
pub(crate) fn of_instrument(error: ModelError) -> InstrumentError {
    match error {
        ModelError::Instrument(error) => error,
        other => panic!("{other:?}"),
    }
}

/// Checks the variant of a refusal, and that its message holds all these words.
macro_rules! refused {
    ($error:expr, $variant:pat, $($word:expr),+) => {{
        let error = $error;
        assert!(matches!(error, $variant), "{error:?}");
        let message = error.to_string();
        for word in [$($word),+] {
            assert!(message.contains(word), "`{word}` is not in: {message}");
        }
    }};
}
pub(crate) use refused;
