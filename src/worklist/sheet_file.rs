//! Investigators' sheets as files: written as JSON, read back, their format first.

use thiserror::Error;

use super::sheets::InvestigatorSheet;
use crate::base::{escaped, json};

/// The version of the format of investigators' sheets that this release reads and writes.
pub const SHEET_FORMAT: u32 = 1;

/// Why a text is not an investigators' sheet.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SheetFileError {
    /// The text is not JSON of a sheet's shape.
    #[error("not an investigators' sheet: {}", escaped(&.0.to_string()))]
    Json(#[from] serde_json::Error),
    /// A format that this release does not read.
    #[error(
        "sheet format {found} is not read by this release, which reads format {SHEET_FORMAT}: use one that reads it"
    )]
    Format {
        /// As given.
        found: u32,
    },
}

impl InvestigatorSheet {
    /// Writes the sheet as JSON; see `docs/formats/investigator_sheet.schema.json`.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::pretty(self)
    }

    /// Reads a sheet that [`InvestigatorSheet::to_json`] wrote.
    ///
    /// # Errors
    /// [`SheetFileError::Format`] for another format, whatever else stands in it;
    /// [`SheetFileError::Json`] for text of another shape.
    pub fn from_json(text: &str) -> Result<Self, SheetFileError> {
        let text = json::without_mark(text);
        match json::format_of(text) {
            Some(found) if found != SHEET_FORMAT => Err(SheetFileError::Format { found }),
            _ => Ok(serde_json::from_str(text)?),
        }
    }
}
