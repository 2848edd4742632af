//! Why a complaint cannot be added to a backlog.

use thiserror::Error;

use crate::base::escaped;
use crate::codebook::CodebookError;
use crate::complaint::EncodeError;

/// Why a complaint cannot be added to a backlog.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BacklogError {
    /// Its answers do not fit the codebook.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// Its id is there already.
    #[error(
        "complaint `{id}` is there already: give each its own id, or amend the one that is there", id = escaped(.id))]
    RepeatedId {
        /// The id.
        id: String,
    },
    /// The backlog is full.
    #[error("a backlog holds at most {limit} complaints: split it")]
    Full {
        /// The most it holds.
        limit: usize,
    },
    /// Columns of different lengths.
    #[error("{what} has {found} rows or columns where {expected} are needed")]
    Shape {
        /// Which column.
        what: &'static str,
        /// How long it is.
        found: usize,
        /// How long it must be.
        expected: usize,
    },
    /// A code that its item does not have.
    #[error(
        "complaint `{id}` has code {code} for item `{item}`, whose codes go from 0 (unknown) to {limit}", id = escaped(.id), item = escaped(.item))]
    Code {
        /// Id of the complaint.
        id: String,
        /// The item.
        item: String,
        /// The code as given.
        code: u8,
        /// The highest code that the item has.
        limit: usize,
    },
    /// A backlog of another codebook.
    #[error(transparent)]
    OtherCodebook(#[from] CodebookError),
}
