//! In which item, and by which answers, a codebook says that no other agency works on a person.

use serde::{Deserialize, Serialize};

use super::{CodebookError, Item};

/// The item that tells whether somebody made sure that no other agency works on the same person,
/// and which of its answers mean what. Every other answer is *not checked*.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeconflictionItem {
    /// Id of the item.
    pub item: String,
    /// Answers that mean: checked, and nobody else was found.
    pub clear: Vec<String>,
    /// Answers that mean: somebody else works on it. At least one.
    pub conflict: Vec<String>,
}

impl DeconflictionItem {
    /// Item and answers as they are called where a codebook says nothing: `deconfliction`, with
    /// `clear` and `conflict`; `None` where it has no such item and answers.
    pub(super) fn by_name(items: &[Item]) -> Option<Self> {
        let item = items.iter().find(|item| item.id == "deconfliction")?;
        let answer = |id: &str| item.code_of(id).map(|_| vec![id.to_owned()]);
        Some(DeconflictionItem {
            item: item.id.clone(),
            clear: answer("clear")?,
            conflict: answer("conflict")?,
        })
    }

    pub(super) fn check(&self, items: &[Item]) -> Result<(), CodebookError> {
        let unlisted = |answer: Option<&String>| CodebookError::Deconfliction {
            item: self.item.clone(),
            answer: answer.cloned(),
        };
        let item = items.iter().find(|item| item.id == self.item);
        let item = item.ok_or_else(|| unlisted(None))?;
        let answers = || self.clear.iter().chain(&self.conflict);
        if let Some(answer) = answers().find(|answer| item.code_of(answer).is_none()) {
            return Err(unlisted(Some(answer)));
        }
        if let Some(answer) = self.clear.iter().find(|answer| self.conflict.contains(answer)) {
            return Err(unlisted(Some(answer)));
        }
        if self.conflict.is_empty() { Err(unlisted(None)) } else { Ok(()) }
    }
}
