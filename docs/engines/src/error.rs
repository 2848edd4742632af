//! Why a function cannot be planned or run.

use caserank::tables::TableError;
use datafusion::common::DataFusionError;
use thiserror::Error;

/// Why a call of one of the functions cannot be planned or run. It comes inside [`DataFusionError::External`].
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The columns do not serve, or a batch cannot be read.
    #[error("{function}: {cause}")]
    Table {
        /// The function, or relation, that was called.
        function: String,
        /// Why.
        #[source]
        cause: TableError,
    },
    /// The mapping does not serve the model's codebook.
    #[error("the mapping does not serve the model: {cause}")]
    Mapping {
        /// Why.
        #[source]
        cause: caserank::intake::MappingError,
    },
    /// A column was given that nothing reads.
    #[error(
        "{function}: nothing reads column `{column}`{}: give columns by the names of the codebook or the mapping, or leave it out",
        nearest(.resembles.as_deref())
    )]
    Unread {
        /// The function that was called.
        function: String,
        /// The column.
        column: String,
        /// What it resembles.
        resembles: Option<String>,
    },
    /// A column of a table looks like one that is missing.
    #[error(
        "{function}: nothing reads column `{column}`, which looks like `{resembles}`, and no other column is read as that: name it so in a query (`SELECT *, \"{column}\" AS {resembles} FROM …`), or leave it out of the query"
    )]
    LooksLike {
        /// The relation that was called.
        function: String,
        /// The column.
        column: String,
        /// The item or field that it resembles.
        resembles: String,
    },
    /// No column answers items that alone put a complaint into `must`.
    #[error(
        "{function}: no column answers {}, and an answer to it alone puts a complaint into `must`: name the column, or say that there is none (`{}`)",
        quoted(.items), nulls(.items)
    )]
    NoDanger {
        /// The function or relation that was called.
        function: String,
        /// The items.
        items: Vec<String>,
    },
    /// An argument without a name.
    #[error(
        "{function}: argument {place} (`{argument}`) has no name: give a column, or `named_struct('name', value, …)`"
    )]
    NoName {
        /// The function that was called.
        function: String,
        /// Its place, from 1.
        place: usize,
        /// The argument.
        argument: String,
    },
    /// Columns came without their names.
    #[error(
        "{function}: the columns came without their names, as where a plan was not analysed: give `named_struct('id', id, …)`"
    )]
    Unnamed {
        /// The function that was called.
        function: String,
    },
    /// A relation was called with other arguments than it takes.
    #[error("{function}: {found} where {expected} is needed")]
    Arguments {
        /// The relation that was called.
        function: String,
        /// What was found.
        found: String,
        /// What it takes.
        expected: &'static str,
    },
    /// No such table, or its catalog does not answer at once.
    #[error(
        "{function}: there is no table `{table}` here, or its catalog answers later: write `{function}((SELECT * FROM {table}))`"
    )]
    NoTable {
        /// The relation that was called.
        function: String,
        /// The table.
        table: String,
    },
    /// A table has a column of the name of one that would be added.
    #[error(
        "{function}: the table has a column `{column}` already: give it another name in a query"
    )]
    Taken {
        /// The relation that was called.
        function: String,
        /// The column.
        column: String,
    },
}

fn nearest(name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| format!(" (did you mean `{name}`?)"))
}

fn quoted(items: &[String]) -> String {
    items.iter().map(|item| format!("`{item}`")).collect::<Vec<_>>().join(", ")
}

fn nulls(items: &[String]) -> String {
    items.iter().map(|item| format!("NULL AS {item}")).collect::<Vec<_>>().join(", ")
}

impl From<EngineError> for DataFusionError {
    fn from(error: EngineError) -> Self {
        DataFusionError::External(Box::new(error))
    }
}
