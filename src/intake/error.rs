//! Why a source cannot be read at all.

use thiserror::Error;

use super::kind::SourceKind;
use super::mapping::{MappingError, Separator};
use crate::backlog::ReadError;
use crate::base::escaped;

/// Why a source cannot be read by a mapping. Single records that cannot be ranked are no such
/// error: they stand in the [`Intake`](crate::backlog::Intake).
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The source failed.
    #[error("reading failed: {0}")]
    Io(std::io::Error),
    /// The mapping does not fit the codebook.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// A kind of file that is not read here.
    #[error("this is {kind}: {}", .kind.way_out().unwrap_or("give a table or JSON"))]
    Kind {
        /// What its content shows.
        kind: SourceKind,
    },
    /// Another kind than the mapping is written for.
    #[error(
        "this is {found}, and the mapping is written for {expected}: draft a mapping for it, or give the other file"
    )]
    OtherKind {
        /// What its content shows.
        found: SourceKind,
        /// What the mapping says.
        expected: SourceKind,
    },
    /// Nothing where the mapping says that the records are.
    #[error("there is no list of records {}", escaped(&no_records(.path)))]
    NoRecords {
        /// The path, keys joined by dots.
        path: String,
    },
    /// A column that every complaint needs is not there.
    #[error("no column `{column}` for the {part} of complaints: {}{}", seen(.heading), proposed(.separator), column = escaped(.column))]
    MissingColumn {
        /// `id` or `time of receipt`.
        part: &'static str,
        /// What the mapping names.
        column: String,
        /// The columns that there are, made safe to show.
        heading: Vec<String>,
        /// The separator by which the heading would have more columns.
        separator: Option<Separator>,
    },
    /// No column is there of an item that alone can put a complaint into `must`.
    #[error("no column `{column}` for the item `{item}`, which alone can put a complaint into `must`: correct the heading, or take the item out of the mapping; {}", seen(.heading), column = escaped(.column), item = escaped(.item))]
    MissingDanger {
        /// The item.
        item: String,
        /// What the mapping names.
        column: String,
        /// The columns that there are, made safe to show.
        heading: Vec<String>,
    },
    /// Columns that are told apart by case, blanks or marks alone.
    #[error("columns `{first}` and `{second}` are one name: rename or take out one of them", first = escaped(.first), second = escaped(.second))]
    RepeatedColumn {
        /// One of them.
        first: String,
        /// The other.
        second: String,
    },
    /// No column of an item is there, so that every complaint would be unknown.
    #[error("none of the columns of items that the mapping names is there: {}{}", seen(.heading), proposed(.separator))]
    NoItems {
        /// The columns that there are, made safe to show.
        heading: Vec<String>,
        /// The separator by which the heading would have more columns.
        separator: Option<Separator>,
    },
    /// The backlog cannot hold it.
    #[error(transparent)]
    Read(#[from] ReadError),
}

fn no_records(path: &str) -> String {
    if path.is_empty() {
        return "in this JSON: write one list of objects, or one object a line, or name the list in `source.json.records`".to_owned();
    }
    format!("at `{path}`: correct `source.json.records`")
}

fn seen(heading: &[String]) -> String {
    let mut names: Vec<String> =
        heading.iter().take(30).map(|name| format!("`{}`", escaped(name))).collect();
    if heading.len() > 30 {
        names.push(format!("and {} more", heading.len() - 30));
    }
    format!("the source has {}", names.join(", "))
}

fn proposed(separator: &Option<Separator>) -> String {
    separator.map_or_else(String::new, |separator| format!("; is it separated by {separator}?"))
}

// Its text holds the cause, so the cause is no source as well.
impl From<std::io::Error> for SourceError {
    fn from(cause: std::io::Error) -> Self {
        SourceError::Io(cause)
    }
}
