//! What a report tells of a reading through a mapping.

use std::fmt;

use serde::Serialize;

use super::IntakeReport;

/// Which mapping a source was read by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MappingName {
    id: String,
    version: String,
    fingerprint: String,
}

impl MappingName {
    pub(crate) fn new(id: &str, version: &str, fingerprint: &str) -> Self {
        let [id, version, fingerprint] = [id, version, fingerprint].map(str::to_owned);
        MappingName { id, version, fingerprint }
    }

    /// Id of the mapping.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// SHA-256 of it, in hexadecimal digits.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

impl fmt::Display for MappingName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, version) = (&self.id, &self.version);
        let short = self.fingerprint.get(..12).unwrap_or(&self.fingerprint);
        write!(out, "{id} {version} ({short})")
    }
}

impl IntakeReport {
    /// The mapping that the source was read by, where it was read by one.
    #[must_use]
    pub fn mapping(&self) -> Option<&MappingName> {
        self.mapping.as_ref()
    }

    /// Columns that the mapping names and the source does not have. What is read from them alone is
    /// *unknown* in every record.
    #[must_use]
    pub fn absent_columns(&self) -> &[String] {
        &self.absent
    }

    /// Lines of the heading, of nothing, and of records; together they are the lines of the source.
    pub(crate) fn set_lines(&mut self, heading: u64, blank: u64, records: u64) {
        self.heading_lines = heading;
        self.blank_lines = blank;
        self.lines = heading + blank + records;
    }
}
