//! What `lint` finds in the shipped models and their authors stand by, with the reasons.

use std::collections::BTreeMap;

use super::ReferenceError;
use crate::triage::Accepted;

/// The findings that a shipped model accepts, by the model's name; none for another name.
pub(super) fn accepted(model: &str) -> Result<Vec<Accepted>, ReferenceError> {
    let text = include_str!("../../fixtures/models/accepted.json");
    let mut by_model: BTreeMap<String, Vec<Accepted>> = serde_json::from_str(text)
        .map_err(|cause| ReferenceError::Rules { fault: cause.to_string() })?;
    Ok(by_model.remove(model).unwrap_or_default())
}
