//! A model to begin with: every part that must be there, with words to be replaced.

use super::{ModelError, Triage};

const TEXT: &str = include_str!("../../fixtures/models/skeleton.json");
/// The name that stands in for the model's own.
const NAME: &str = "\"skeleton\"";

impl Triage {
    /// The text of a model to begin with, under a name of your own: three items, one outcome with placeholder weights,
    /// bands and one gate. It loads and ranks at once; every text that begins `To be written` waits for its author, and
    /// [`Triage::lint`] and the guide to models go on from there.
    ///
    /// ```
    /// use caserank::Triage;
    /// let text = Triage::skeleton("north_unit")?;
    /// assert_eq!(Triage::from_json(&text)?.identity().to_string(), "north_unit 0.1.0");
    /// assert!(Triage::skeleton("North unit").is_err());
    /// # Ok::<(), caserank::triage::ModelError>(())
    /// ```
    ///
    /// # Errors
    /// [`ModelError`] for a name that is none: short, in `snake_case`.
    pub fn skeleton(id: &str) -> Result<String, ModelError> {
        let name = serde_json::Value::from(id).to_string();
        let text = TEXT.replace(NAME, &name);
        Triage::from_json(&text)?;
        Ok(text)
    }
}
