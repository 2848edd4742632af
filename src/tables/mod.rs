//! Complaints in Arrow record batches, and rankings, scores, assessments and worklists as such (feature `arrow-59`):
//! how warehouses, data frames and query engines hand tables over.
//!
//! [`read`] takes batches whose columns have the names of the plain CSV; [`TableReader::read_mapped`] takes any others
//! through a [`Mapping`](crate::intake::Mapping). Either gives an [`Intake`](crate::backlog::Intake) like any other
//! reader: the three ends of a record, the same report, and a ranking that is that of the same complaints as CSV, to
//! the last tie. A row counts as a line, from 1.
//!
//! # Types
//!
//! | Column | Is read as |
//! |---|---|
//! | text of any layout, binary, dictionaries of any | the text, as in a CSV field |
//! | boolean | `yes` or `no`; `true` or `false` through a mapping |
//! | integers; floats and decimals that are whole | digits; what is not whole is told, never rounded |
//! | timestamps of any unit | the second they fall in; one without a zone needs [`TableReader::with_wall_clock`], or the mapping's zone |
//! | dates | the first second of the day in UTC, or the last for a deadline |
//! | `deadlines`: list of text | each `kind=time` |
//! | `deadlines`: list of structs, or a map | text and time of each |
//! | `deadlines`: list of times | deadlines of the kind `deadline`, since none is named |
//! | structs | their fields, under `column.field` |
//! | null | *unknown* |

mod error;

#[cfg(feature = "arrow-59")]
mod carried;
#[cfg(feature = "arrow-59")]
mod columns;
#[cfg(feature = "arrow-59")]
mod part;
#[cfg(feature = "arrow-59")]
mod read;
#[cfg(feature = "arrow-59")]
mod text;

pub use error::TableError;
#[cfg(feature = "arrow-59")]
pub use read::{TableReader, read, read_batch};
