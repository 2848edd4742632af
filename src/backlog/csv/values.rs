//! What single fields say that are not answers.

use thiserror::Error;

use crate::Timestamp;
use crate::backlog::columns::{Due, DueKind};
use crate::base::TimeError;
use crate::codebook::Stage;
use crate::complaint::{ComplaintError, EncodeError, Origin, check_name};

#[derive(Debug, Error)]
pub(super) enum LineError {
    #[error(
        "the line has {found} fields and the heading {expected}: give each column one, and put a field with a comma in quotes"
    )]
    Fields { found: usize, expected: usize },
    #[error("field `{column}` is not UTF-8 text: save the file as UTF-8")]
    NotText { column: &'static str },
    #[error("field `{column}`: {cause}")]
    Time { column: &'static str, cause: TimeError },
    #[error("field `{column}` holds `{value}`: use {listed}")]
    Word { column: &'static str, value: String, listed: &'static str },
    #[error("field `deadlines` holds `{value}`: write kind=time, several joined by `;`")]
    Deadline { value: String },
    #[error(transparent)]
    Complaint(#[from] ComplaintError),
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

pub(super) fn text<'a>(column: &'static str, field: &'a [u8]) -> Result<&'a str, LineError> {
    std::str::from_utf8(field).map_err(|_| LineError::NotText { column })
}

pub(super) fn key<'a>(column: &'static str, field: &'a [u8]) -> Result<Option<&'a str>, LineError> {
    let text = text(column, field)?;
    if text.is_empty() {
        return Ok(None);
    }
    check_name(column, text)?;
    Ok(Some(text))
}

pub(super) fn time(column: &'static str, field: &[u8]) -> Result<Timestamp, LineError> {
    Timestamp::parse_bytes(field.trim_ascii()).map_err(|cause| LineError::Time { column, cause })
}

pub(super) fn stage(field: &[u8]) -> Result<Stage, LineError> {
    match field.trim_ascii() {
        b"" | b"intake" => Ok(Stage::Intake),
        b"field" => Ok(Stage::Field),
        b"post_search" => Ok(Stage::PostSearch),
        other => Err(word("stage", other, "`intake`, `field` or `post_search`")),
    }
}

pub(super) fn origin(field: &[u8]) -> Result<Origin, LineError> {
    match field.trim_ascii() {
        b"" | b"not_stated" => Ok(Origin::NotStated),
        b"prospective" => Ok(Origin::Prospective),
        b"retrospective" => Ok(Origin::Retrospective),
        b"synthetic" => Ok(Origin::Synthetic),
        other => Err(word(
            "origin",
            other,
            "`prospective`, `retrospective`, `synthetic` or `not_stated`",
        )),
    }
}

fn word(column: &'static str, value: &[u8], listed: &'static str) -> LineError {
    let value = String::from_utf8_lossy(value).chars().take(80).collect();
    LineError::Word { column, value, listed }
}

pub(super) fn deadlines<'a>(
    field: &'a [u8],
    deadlines: &mut Vec<Due<'a>>,
) -> Result<(), LineError> {
    let field = text("deadlines", field)?;
    for part in field.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let malformed = || LineError::Deadline { value: part.chars().take(80).collect() };
        let (kind, due) = part.split_once('=').ok_or_else(malformed)?;
        let due = due.trim().parse().map_err(|_| malformed())?;
        let deadline = Due { due, kind: DueKind::of(kind.trim()) };
        deadline.check()?;
        deadlines.push(deadline);
    }
    deadlines.sort();
    Ok(())
}
