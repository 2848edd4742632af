//! Why reports and their mappings are refused; there whatever features are on.

use thiserror::Error;

use crate::base::{JsonError, escaped};

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
    #[error("the document is written as `{encoding}`: convert it to UTF-8", encoding = escaped(.encoding))]
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
    /// An id with control characters in it.
    #[error("the id of the report, `{id}`, holds control characters: correct it, or name it with `Document::with_report`", id = escaped(.id))]
    IdLetters {
        /// Its beginning.
        id: String,
    },
}

/// The version of the format of mappings of reports that this release reads; a file without a
/// number is of format 1.
pub const REPORT_MAPPING_FORMAT: u32 = 1;

/// Why a table of rows is refused.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReportMappingError {
    /// A format that this release does not read.
    #[error(
        "mapping of reports format {found} is not read by this release, which reads format {}: use one that reads it",
        REPORT_MAPPING_FORMAT
    )]
    Format {
        /// As given.
        found: u32,
    },
    /// Not of its shape, or with a fact that does not exist.
    #[error("the mapping of reports is refused: {0}")]
    Json(JsonError),
    /// A row with both an answer and a number, or neither, or a condition where none belongs.
    #[error("row {row} of the mapping of reports (item `{item}`) {fault}", item = escaped(.item))]
    Row {
        /// Place of the row, from 1.
        row: usize,
        /// Its item.
        item: String,
        /// What is wrong.
        fault: &'static str,
    },
}
