//! What of labels was not taken, and why; counts of one reading.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde::ser::SerializeStruct;

use crate::Timestamp;
use crate::base::{TimeError, escaped};

/// A label that was not taken, or a file that does not serve.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LabelError {
    /// The source failed.
    #[error("reading labels failed on line {line}: {cause}")]
    Io {
        /// The line that was being read, from 1.
        line: u64,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// A column that must be there is not.
    #[error(
        "the heading has no column `{column}`: it begins `{heading}`, and labels need complaint, outcome and result", heading = escaped(.heading))]
    MissingColumn {
        /// Its name.
        column: &'static str,
        /// The beginning of the heading as it stands there.
        heading: String,
    },
    /// A column twice.
    #[error("the heading names column `{column}` twice: keep one", column = escaped(.column))]
    RepeatedColumn {
        /// Its name.
        column: String,
    },
    /// An id that no complaint can have.
    #[error("the label's complaint cannot be found: {fault}", fault = escaped(.fault))]
    Id {
        /// What is wrong with it.
        fault: String,
    },
    /// A word that is not listed.
    #[error("field `{field}` holds `{value}`: use {listed}", value = escaped(.value))]
    Word {
        /// The field.
        field: &'static str,
        /// The word as given.
        value: String,
        /// What is listed.
        listed: &'static str,
    },
    /// A time that cannot be read.
    #[error("field `{field}`: {cause}")]
    Time {
        /// The field.
        field: &'static str,
        /// Why.
        cause: TimeError,
    },
    /// A weight that is not a number above 0.
    #[error("the weight is {value}: it must be finite and above 0")]
    Weight {
        /// The value.
        value: f64,
    },
    /// The same outcome of the same complaint twice.
    #[error("complaint `{complaint}` has outcome `{outcome}` twice: keep one label", complaint = escaped(.complaint), outcome = escaped(.outcome))]
    Twice {
        /// The complaint.
        complaint: String,
        /// The outcome.
        outcome: String,
    },
    /// Found before it could be.
    #[error(
        "complaint `{complaint}` was found {found}, after it was followed until {until}: correct one", complaint = escaped(.complaint))]
    FoundAfterFollowUp {
        /// The complaint.
        complaint: String,
        /// When it was found.
        found: Timestamp,
        /// End of follow-up.
        until: Timestamp,
    },
    /// A line that is not a label in JSON.
    #[error("not a label: {fault}", fault = escaped(.fault))]
    Json {
        /// What is wrong, and where.
        fault: String,
    },
    /// A record whose fields cannot be told apart.
    #[error("the record cannot be read: {fault}", fault = escaped(.fault))]
    Record {
        /// What is wrong with it.
        fault: String,
    },
}

/// A line that was not taken, and why.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Refusal {
    /// The line in the file, from 1, on which the record begins.
    pub line: u64,
    /// Why; in words it names the thing, the value and what is listed.
    pub cause: Arc<LabelError>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}: {}", self.line, self.cause)
    }
}

impl PartialEq for Refusal {
    /// The same line for a reason that reads the same.
    fn eq(&self, other: &Self) -> bool {
        self.line == other.line && self.cause.to_string() == other.cause.to_string()
    }
}

impl Eq for Refusal {}

impl Serialize for Refusal {
    /// As `line` and `reason`, in words.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Refusal", 2)?;
        fields.serialize_field("line", &self.line)?;
        fields.serialize_field("reason", &self.cause.to_string())?;
        fields.end()
    }
}

/// Counts of one reading of labels. `taken + refused == lines`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LabelReport {
    /// Labels in the file.
    pub lines: u64,
    /// Labels taken.
    pub taken: u64,
    /// Labels refused.
    pub refused: u64,
    /// Every refusal, in order.
    pub refusals: Vec<Refusal>,
    /// Columns that labels do not have; they were not used.
    pub unlisted: Vec<String>,
    /// Columns that were read under another name: as it stands there, and as what.
    pub renamed: Vec<(String, String)>,
    /// Lines whose complaint had blanks around its id, which were taken off.
    pub trimmed: Vec<u64>,
}
