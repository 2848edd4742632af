//! How much a document may hold.

pub use crate::intake::report_error::ReportError;

/// How much a document may hold. What goes beyond is an error of its own, never a longer wait:
/// reading takes time and memory linear in the bytes of the document.
///
/// Document types (DTDs) are refused and external entities never resolved, so entities do not
/// expand at all: the five of XML itself and numbered characters are one character each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a document: 256 MiB.
    pub document_bytes: usize,
    /// Elements, objects or lists within each other: 64.
    pub depth: usize,
    /// Elements or values in a document: 20 million.
    pub elements: usize,
    /// Bytes of all attributes of an element: 64 KiB.
    pub attribute_bytes: usize,
    /// Bytes of a text that is read (an id, a time, an identifier): 4 KiB. Free text is not read
    /// and not counted against this.
    pub text_bytes: usize,
    /// People complained about in a report: 10,000.
    pub people: usize,
    /// Files of a report: 1 million.
    pub files: usize,
    /// Different names of unknown fields that are told apart: 1,000. The rest is counted.
    pub names: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            document_bytes: 256 << 20,
            depth: 64,
            elements: 20_000_000,
            attribute_bytes: 64 << 10,
            text_bytes: 4 << 10,
            people: 10_000,
            files: 1_000_000,
            names: 1_000,
        }
    }
}

impl ReportError {
    /// The kind of fault without its numbers, by which faults are counted together.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            ReportError::Document { .. } => "too many bytes",
            ReportError::Kind => "neither XML nor JSON",
            ReportError::Encoding { .. } => "an encoding that is not read",
            ReportError::NotUtf8 { .. } => "bytes that are not UTF-8",
            ReportError::DocumentType { .. } => "a document type",
            ReportError::Depth { .. } => "too deep",
            ReportError::Elements { .. } => "too many elements",
            ReportError::Attributes { .. } => "attributes too long",
            ReportError::People { .. } => "too many people",
            ReportError::Files { .. } => "too many files",
            ReportError::Xml { .. } => "broken XML",
            ReportError::Json { .. } => "broken JSON",
            ReportError::NoReport => "no report in it",
            ReportError::NoId => "no id of the report",
            ReportError::NoReportOfFile => "file details that name no report",
            ReportError::Id { .. } => "an id that is too long",
            ReportError::IdLetters { .. } => "an id with control characters",
        }
    }
}
