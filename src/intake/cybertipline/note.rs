//! What in a report was not understood, until it is kept with the complaint.

use super::ReportError;
use crate::complaint::{NotUnderstood, WhyNotUnderstood};

/// Stands for a text that is not shown, since people write there as they like.
const NOT_SHOWN: &str = "(not shown)";

/// Longest value that can be a code or a time.
const MOST_CODE_BYTES: usize = 40;

/// Why something was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoteCause {
    /// A value that the field is not known to have.
    Value,
    Time,
    LaterThanReceipt,
    /// A date at which nobody concerned can have been born.
    Birth,
    Flag,
    /// Age and date of birth that cannot both be true; the younger counts.
    Age,
    Length(usize),
    Entity,
    Broken(ReportError),
    WithoutReport,
    /// Known, but where it is not read or in another shape.
    Misplaced,
    /// Said twice, differently.
    Twice,
    /// Several reports of which none says its id, beside one id.
    SeveralReports,
}

/// Something in a report that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    field: String,
    shown: Option<String>,
    cause: NoteCause,
}

impl Note {
    pub(super) fn new(field: impl Into<String>, cause: NoteCause) -> Self {
        Note { field: field.into(), shown: None, cause }
    }

    /// With a coded value. What looks like words that somebody wrote is not kept.
    pub(super) fn showing(field: &str, value: &str, cause: NoteCause) -> Self {
        let value = value.trim();
        let is_code = value.len() <= MOST_CODE_BYTES
            && (!value.contains(char::is_whitespace)
                || value.starts_with(|first: char| first.is_ascii_digit()));
        Note { field: field.to_owned(), shown: is_code.then(|| value.to_owned()), cause }
    }

    pub(super) fn age(field: &str) -> Self {
        Note::new(field, NoteCause::Age)
    }

    /// Whether it says that the document is broken.
    pub(super) fn is_of_broken_document(&self) -> bool {
        self.field == "document" && matches!(self.cause, NoteCause::Broken(_))
    }

    /// As it is kept with the complaint.
    pub(super) fn kept(&self) -> NotUnderstood {
        let why = match &self.cause {
            NoteCause::Value => WhyNotUnderstood::NotListed { nearest: None },
            NoteCause::Time => WhyNotUnderstood::NotATime,
            NoteCause::LaterThanReceipt | NoteCause::Birth => WhyNotUnderstood::ImplausibleTime,
            NoteCause::Flag => WhyNotUnderstood::UnknownFlag,
            NoteCause::Age | NoteCause::Twice | NoteCause::SeveralReports => {
                WhyNotUnderstood::Twice
            }
            NoteCause::Length(limit) => WhyNotUnderstood::TooLong { limit: *limit },
            NoteCause::Entity => WhyNotUnderstood::Entity,
            NoteCause::Broken(cause) => WhyNotUnderstood::BrokenOff { fault: cause.to_string() },
            NoteCause::Misplaced => WhyNotUnderstood::Misplaced,
            NoteCause::WithoutReport => WhyNotUnderstood::WithoutReport,
        };
        NotUnderstood::new(&self.field, self.shown.as_deref().unwrap_or(NOT_SHOWN), why)
    }

    /// The field and the kind of cause, by which notes are counted together.
    pub(super) fn group(&self) -> String {
        let kind = match &self.cause {
            NoteCause::Broken(cause) => cause.kind(),
            NoteCause::Value => "a value not known here",
            NoteCause::Time => "not a time",
            NoteCause::LaterThanReceipt => "a time after the receipt",
            NoteCause::Birth => "not the birth of somebody alive at the incident",
            NoteCause::Flag => "not known here",
            NoteCause::Age => "an age and a date of birth that cannot both be true",
            NoteCause::Twice => "said twice, differently",
            NoteCause::Length(_) => "too long",
            NoteCause::Entity => "not resolved",
            NoteCause::Misplaced => "where it is not read, or in another shape",
            NoteCause::WithoutReport => "without their report",
            NoteCause::SeveralReports => "several without an id of their own, taken for one",
        };
        format!("{}: {kind}", self.field)
    }
}
