//! How much a document may hold, and why one is not read to its end.

use thiserror::Error;

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

/// Why a document is not read, or not to its end. What was read before counts all the same.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReportError {
    /// More bytes than allowed.
    #[error(
        "the document has {bytes} bytes, of {limit} allowed: raise `document_bytes`, or look at it by hand"
    )]
    Document {
        /// How many it has.
        bytes: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// Neither XML nor JSON.
    #[error("the document begins neither as XML nor as JSON: look at it by hand")]
    Kind,
    /// An encoding that is not read.
    #[error("the document is written as `{encoding}`: convert it to UTF-8")]
    Encoding {
        /// The encoding declared, or what its first bytes suggest.
        encoding: String,
    },
    /// Bytes that are not UTF-8.
    #[error("byte {at} is not UTF-8: convert the document, or have it sent again")]
    NotUtf8 {
        /// Place of the byte.
        at: usize,
    },
    /// A document type declaration.
    #[error(
        "byte {at} begins a document type (DTD), which can expand without end: remove it, or look at the document by hand"
    )]
    DocumentType {
        /// Place in the document.
        at: usize,
    },
    /// Elements or objects too deep within each other.
    #[error(
        "byte {at} lies deeper than {limit} levels: raise `depth`, or look at the document by hand"
    )]
    Depth {
        /// Place in the document.
        at: usize,
        /// How many levels are allowed.
        limit: usize,
    },
    /// Too many elements or values.
    #[error("the document has more than {limit} elements: raise `elements`, or look at it by hand")]
    Elements {
        /// How many are allowed.
        limit: usize,
    },
    /// Attributes too long.
    #[error(
        "the element at byte {at} has {bytes} bytes of attributes, of {limit} allowed: raise `attribute_bytes`, or look at the document by hand"
    )]
    Attributes {
        /// Place in the document.
        at: usize,
        /// How long they are.
        bytes: usize,
        /// How long they may be.
        limit: usize,
    },
    /// More people than allowed.
    #[error("a report names more than {limit} people: raise `people`, or look at it by hand")]
    People {
        /// How many are allowed.
        limit: usize,
    },
    /// More files than allowed.
    #[error("a report has more than {limit} files: raise `files`, or look at it by hand")]
    Files {
        /// How many are allowed.
        limit: usize,
    },
    /// Broken XML.
    #[error("the XML breaks off or is ill-formed at byte {at}: have it sent again")]
    Xml {
        /// Place in the document.
        at: usize,
    },
    /// Broken JSON.
    #[error("the JSON is broken at line {line}, column {column}: have it sent again")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// No report, file details or response in it.
    #[error("the document holds no report and no file details: look at it by hand")]
    NoReport,
    /// A report without an id.
    #[error(
        "no id of the report is known: name it with `Document::with_report`, or put the report beside one of its files"
    )]
    NoId,
    /// File details that name no report.
    #[error("the file details name no report: name it with `Document::with_report`")]
    NoReportOfFile,
    /// An id that cannot be a complaint's.
    #[error("the id of the report has {bytes} bytes: it must have 1 to {limit}", limit = crate::complaint::MOST_ID_BYTES)]
    Id {
        /// How long it is.
        bytes: usize,
    },
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
        }
    }
}
