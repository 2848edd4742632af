//! Investigators' sheets as files: written as JSON, read back, their format first.

use super::investigators::InvestigatorSheet;
use super::plan_file::{WorklistFileError, read};
use crate::base::json;

/// The version of the format of investigators' sheets that this release reads and writes.
pub const SHEET_FORMAT: u32 = 1;

impl InvestigatorSheet {
    /// Writes the sheet as JSON; see `docs/formats/investigator_sheet.schema.json`.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::pretty(self)
    }

    /// Reads a sheet that [`InvestigatorSheet::to_json`] wrote.
    ///
    /// # Errors
    /// [`WorklistFileError::Format`] for another format, whatever else stands in it;
    /// [`WorklistFileError::Json`] for text of another shape.
    pub fn from_json(text: &str) -> Result<Self, WorklistFileError> {
        read("an investigators' sheet", SHEET_FORMAT, text)
    }
}
