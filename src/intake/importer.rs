//! A mapping and a codebook together: what reads sources and records.

use std::io::Read;

use super::error::SourceError;
use super::kind::SourceKind;
use super::mapping::{Mapping, MappingError, SourceForm};
use super::plan::Plan;
use super::{read_json, read_table};
use crate::backlog::{Intake, IntakeReport, MappingName, Reading};
use crate::codebook::Codebook;

/// Reads sources and single records through a mapping, under one codebook. Make it once and keep
/// it: making it looks up every item and answer.
///
/// ```
/// use caserank::backlog::Reading;
/// use caserank::Codebook;
/// use caserank::intake::{Importer, Mapping};
/// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy-codebook.json"));
/// # let codebook = Codebook::from_json(json)?;
/// let mapping = Mapping::from_json(r#"{
///     "format_version": 1, "id": "north", "version": "1.0.0",
///     "source": { "table": { "separator": ";" } },
///     "words": { "Y": "yes", "N": "no" },
///     "times": { "forms": ["day_first"] },
///     "complaint": { "id": { "from": "Case No" }, "received": { "from": "Received on" } },
///     "items": { "urgent": { "from": "Marked urgent?" } }
/// }"#)?;
/// let importer = Importer::new(&mapping, &codebook)?;
/// let table = "Case No;Received on;Marked urgent?\n7;17/4/2026;Y\n8;18/4/2026;perhaps\n";
/// let intake = importer.read(table.as_bytes(), &Reading::new())?;
/// assert_eq!((intake.report().understood(), intake.report().partly_understood()), (1, 1));
/// assert_eq!(intake.backlog().not_understood(1)[0].text(), "perhaps");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Importer {
    pub(super) mapping: Mapping,
    pub(super) plan: Plan,
}

impl Importer {
    /// Holds a mapping against a codebook.
    ///
    /// # Errors
    /// [`MappingError::Faults`] names every item and answer that the codebook does not list, with
    /// the line of the mapping and the nearest name.
    pub fn new(mapping: &Mapping, codebook: &Codebook) -> Result<Self, MappingError> {
        Ok(Importer { plan: Plan::new(mapping, codebook)?, mapping: mapping.clone() })
    }

    /// The mapping.
    #[must_use]
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// The codebook.
    #[must_use]
    pub fn codebook(&self) -> &Codebook {
        &self.plan.codebook
    }

    /// Reads a source to its end. Every record is ranked, ranked with something not understood, or
    /// kept as one that cannot be ranked; the report counts and tells them. What becomes of a second
    /// record of an id, and of columns that are not read, is the mapping's to say.
    ///
    /// The whole source is held in memory, and besides it the backlog. O(bytes).
    ///
    /// # Errors
    /// [`SourceError`] for a source that fails, that is of another kind, or in which the columns
    /// for id, time or every item are missing.
    pub fn read(&self, mut source: impl Read, reading: &Reading) -> Result<Intake, SourceError> {
        let mut bytes = Vec::new();
        source.read_to_end(&mut bytes)?;
        self.read_bytes(&bytes, reading)
    }

    /// Reads a source that is in memory already; see [`Importer::read`].
    ///
    /// # Errors
    /// As [`Importer::read`].
    pub fn read_bytes(&self, bytes: &[u8], reading: &Reading) -> Result<Intake, SourceError> {
        let reading = self.reading(reading);
        let found = SourceKind::of(bytes);
        let other = |expected| SourceError::OtherKind { found, expected };
        match (&self.mapping.draft().source, found) {
            (SourceForm::Table(form), SourceKind::Table) => {
                read_table::read(self, form, bytes, &reading)
            }
            (SourceForm::Json(form), SourceKind::Json | SourceKind::NdJson) => {
                read_json::read(self, form, bytes, found, &reading)
            }
            (SourceForm::Table(_), SourceKind::Json | SourceKind::NdJson) => {
                Err(other(SourceKind::Table))
            }
            (SourceForm::Json(_), SourceKind::Table) => Err(other(SourceKind::Json)),
            (_, kind) => Err(SourceError::Kind { kind }),
        }
    }

    /// The caller's reading, with what the mapping says of a second record of an id.
    pub(super) fn reading(&self, reading: &Reading) -> Reading {
        reading.clone().with_repeated(self.mapping.draft().second_row)
    }

    pub(super) fn name_in(&self, report: &mut IntakeReport) {
        report.mapping = Some(MappingName::new(
            self.mapping.id(),
            &self.mapping.version().to_string(),
            &self.mapping.fingerprint().to_string(),
        ));
    }
}

impl Mapping {
    /// Reads a source through this mapping: [`Importer::new`], then [`Importer::read`].
    ///
    /// # Errors
    /// As both.
    pub fn read(
        &self,
        codebook: &Codebook,
        source: impl Read,
        reading: &Reading,
    ) -> Result<Intake, SourceError> {
        Importer::new(self, codebook)?.read(source, reading)
    }
}
