//! Why a file cannot be read at all.

use thiserror::Error;

use crate::base::escaped;

use super::BacklogError;

/// Why a source cannot be read at all; what becomes of single records stands in the
/// [`IntakeReport`](super::IntakeReport).
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The source failed.
    #[error("reading failed on line {line}: {cause}; nothing of the source was taken")]
    Io {
        /// The line that was being read, from 1.
        line: u64,
        /// Why.
        cause: std::io::Error,
    },
    /// A column that must be there is not.
    #[error(
        "the heading has no column `{column}`: it begins `{heading}`{}; name one so (columns are told apart by name, in any order)", .nearest.as_ref().map_or_else(String::new, |nearest| format!(" (is it `{nearest}`?)")), heading = escaped(.heading))]
    MissingColumn {
        /// The name of the column.
        column: &'static str,
        /// The beginning of the heading as it stands there.
        heading: String,
        /// The column that may be meant.
        nearest: Option<String>,
    },
    /// Fields are separated by something else.
    #[error(
        "fields are separated by `{}`, not by commas: the heading begins `{heading}`; save the file with commas, or read it through a mapping", .separator.escape_default(), heading = escaped(.heading))]
    Separator {
        /// What stands between them.
        separator: char,
        /// The beginning of the heading as it stands there.
        heading: String,
    },
    /// The source is of another kind than the reader's.
    #[error("this is {kind}, not {expected}: {way_out}")]
    OtherKind {
        /// What it looks like.
        kind: &'static str,
        /// What the reader reads.
        expected: &'static str,
        /// What to do.
        way_out: &'static str,
    },
    /// Another heading among the records, of other columns or of the same in another order, as where files were put behind
    /// each other: what follows would be read under the wrong names.
    #[error(
        "line {line} is another heading, and its columns are not those of the first: what stands behind it would be read under the wrong names; save it as a file of its own, and name both files"
    )]
    OtherHeading {
        /// The line, from 1.
        line: u64,
    },
    /// No column answers an item.
    #[error(
        "no column answers an item of the codebook, so that nothing could be ranked by: the heading begins `{heading}`; name columns by items, not `{column}`", column = escaped(.column), heading = escaped(.heading))]
    NoItems {
        /// The beginning of the heading as it stands there.
        heading: String,
        /// The first column that is not matched.
        column: String,
    },
    /// The same column twice.
    #[error("the heading names column `{column}` twice: keep one", column = escaped(.column))]
    RepeatedColumn {
        /// The name of the column.
        column: String,
    },
    /// A column that the codebook does not list, where such are refused.
    #[error("column `{column}` is not an item of the codebook{}: rename it, or have unlisted items reported", .nearest.as_ref().map_or_else(String::new, |nearest| format!(" (did you mean `{nearest}`?)")), column = escaped(.column))]
    UnlistedColumn {
        /// The name as given.
        column: String,
        /// The listed item with the nearest name.
        nearest: Option<String>,
    },
    /// The heading is not text.
    #[error("the heading is not UTF-8 text: save the file as UTF-8")]
    HeadingNotText,
    /// The heading is longer than one may be.
    #[error("the heading has more than {limit} bytes: leave out columns, or close a quote in it")]
    HeadingTooLong {
        /// The most bytes.
        limit: usize,
    },
    /// The backlog cannot hold it.
    #[error(transparent)]
    Backlog(#[from] BacklogError),
}
