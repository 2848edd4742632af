//! What in a report was not understood.

use std::fmt;

use super::ReportError;

/// Most characters of a field that are shown.
const MOST_SHOWN: usize = 40;

/// Why something was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoteCause {
    /// A value that the field is not known to have.
    Value,
    /// A time that is not one.
    Time,
    /// A time after the report came in; it was left out.
    LaterThanReceipt,
    /// A flag that is not known by its name.
    Flag,
    /// Age and date of birth that cannot both be true; the younger counts.
    Age,
    /// A text longer than the limit.
    Length,
    /// An entity that is not one of XML's own; it was left out.
    Entity,
    /// The document breaks off or is refused; what was read before counts, and flags after that place
    /// were searched for by name.
    Broken(ReportError),
    /// Files came without their report.
    WithoutReport,
}

impl fmt::Display for NoteCause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            NoteCause::Value => "is not a value known here",
            NoteCause::Time => "is not a time",
            NoteCause::LaterThanReceipt => "is later than the report came in, and was left out",
            NoteCause::Flag => "is a flag not known here",
            NoteCause::Age => "holds an age and a date of birth that cannot both be true",
            NoteCause::Length => "is longer than is read",
            NoteCause::Entity => "holds an entity that is not resolved",
            NoteCause::Broken(cause) => return cause.fmt(formatter),
            NoteCause::WithoutReport => "came without the report they belong to",
        })
    }
}

/// Something in a report that was not understood. The complaint is ranked with what was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    field: String,
    shown: Option<String>,
    cause: NoteCause,
}

impl Note {
    pub(super) fn new(field: impl Into<String>, cause: NoteCause) -> Self {
        Note { field: field.into(), shown: None, cause }
    }

    /// With the beginning of a coded value; never of free text.
    pub(super) fn showing(field: &str, value: &str, cause: NoteCause) -> Self {
        let shown = value.trim().chars().take(MOST_SHOWN).collect();
        Note { field: field.to_owned(), shown: Some(shown), cause }
    }

    pub(super) fn age(field: &str) -> Self {
        Note::new(field, NoteCause::Age)
    }

    /// Name of the field.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// The first 40 characters of what stood there, for fields of codes and times alone.
    #[must_use]
    pub fn shown(&self) -> Option<&str> {
        self.shown.as_deref()
    }

    /// Why it was not understood.
    #[must_use]
    pub fn cause(&self) -> &NoteCause {
        &self.cause
    }
}

impl fmt::Display for Note {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.shown {
            Some(shown) => {
                write!(formatter, "{} `{}` {}", self.field, shown.escape_debug(), self.cause)
            }
            None => write!(formatter, "{}: {}", self.field, self.cause),
        }
    }
}
