//! Why a table cannot be read or made.

use thiserror::Error;

use crate::backlog::ReadError;
use crate::base::escaped;
use crate::codebook::CodebookError;
use crate::intake::SourceError;

/// Why a table of record batches cannot be read at all, or not be made; what becomes of single rows stands in the
/// [`IntakeReport`](crate::backlog::IntakeReport).
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TableError {
    /// The source of batches failed.
    #[error("reading failed behind row {rows}: {cause}; nothing of the source was taken")]
    Source {
        /// Rows that came before.
        rows: u64,
        /// Why.
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// No batch came at all.
    #[error(
        "no batch came, so that not even the names of its columns are known: give one without rows where there are no complaints"
    )]
    NoBatch,
    /// A later batch has other columns than the first.
    #[error(
        "the batch that begins with row {row} has {found} where the first has {expected}: give batches of one schema", expected = escaped(.expected), found = escaped(.found))]
    OtherSchema {
        /// The first row of the batch, from 1.
        row: u64,
        /// What it has.
        found: String,
        /// What the first has.
        expected: String,
    },
    /// A column of a type that cannot be read as what its name says.
    #[error("column `{column}` is of type {data_type}, and {expected} is needed: cast it", column = escaped(.column), data_type = escaped(.data_type))]
    Type {
        /// The column.
        column: String,
        /// Its type, as Arrow writes it.
        data_type: String,
        /// What can be read.
        expected: &'static str,
    },
    /// A column of times without a zone, where none was given.
    #[error(
        "the times of column `{column}` (type {data_type}) name no zone: give their clock's by `TableReader::with_wall_clock` or in a mapping, or cast them to UTC", column = escaped(.column), data_type = escaped(.data_type))]
    NoZone {
        /// The column.
        column: String,
        /// Its type, as Arrow writes it.
        data_type: String,
    },
    /// A zone that is not understood.
    #[error("`{zone}` is no zone: write `utc`, or hours ahead of it such as `-06:00`", zone = escaped(.zone))]
    Zone {
        /// What was given, cut.
        zone: String,
    },
    /// Scores of another backlog.
    #[error("there are {found} scores and {expected} complaints: give the backlog that was scored")]
    Rows {
        /// Scores.
        found: usize,
        /// Complaints.
        expected: usize,
    },
    /// More than one array of a batch holds.
    #[error(
        "a column would have more than {limit} bytes of text or values in lists: ask for fewer rows at a time"
    )]
    TooMuch {
        /// The most bytes, and values.
        limit: usize,
    },
    /// Bytes that are no key of a row.
    #[error(
        "the value of row {row}, from 0, is no key that `Rows::keys` made: give such keys, unchanged"
    )]
    NotAKey {
        /// The row, from 0.
        row: usize,
    },
    /// Assessments by different models in one table.
    #[error("the assessments come from different models: make one table for each")]
    OtherModel,
    /// A model of another codebook.
    #[error(transparent)]
    Codebook(#[from] CodebookError),
    /// The columns do not serve, or the backlog cannot hold the complaints.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The columns do not serve the mapping.
    #[error(transparent)]
    Mapped(#[from] SourceError),
    /// Arrow refused what was made of it.
    #[error("Arrow refuses the table: {fault}", fault = escaped(.fault))]
    Arrow {
        /// In its words.
        fault: String,
    },
}
