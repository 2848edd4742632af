//! What single fields say that are not answers.

use crate::Timestamp;
use crate::backlog::columns::{Due, DueKind};
use crate::backlog::intake::{WhyNotRankable, shown};
use crate::backlog::keys::{self, id_fault};
use crate::backlog::{EARLIEST_RECEIVED, LATEST_RECEIVED, MOST_DEADLINES};
use crate::codebook::Stage;
use crate::complaint::{Origin, WhyNotUnderstood};

/// A key such as a unit; blanks around it do not count.
#[inline]
pub(super) fn key(field: &[u8]) -> Result<Option<&str>, WhyNotUnderstood> {
    if field.is_empty() {
        return Ok(None);
    }
    keys::key(std::str::from_utf8(field).map_err(|_| WhyNotUnderstood::NotText)?)
}

/// An id, and whether blanks were taken off it.
#[inline]
pub(super) fn id(field: &[u8]) -> Result<(&str, bool), WhyNotRankable> {
    let Ok(text) = std::str::from_utf8(field) else {
        return Err(WhyNotRankable::Id { id: shown(field), fault: "is not UTF-8 text" });
    };
    id_fault(text)
}

/// A time of receipt.
#[inline]
pub(super) fn received(field: &[u8]) -> Result<Timestamp, WhyNotRankable> {
    let text = field.trim_ascii();
    let fault = match Timestamp::parse_bytes(text) {
        Ok(time) if (EARLIEST_RECEIVED..=LATEST_RECEIVED).contains(&time) => return Ok(time),
        _ if text.is_empty() => return Err(WhyNotRankable::NoTime),
        Ok(_) => "lies outside the years 1970 to 2199",
        Err(_) => "is not a time",
    };
    Err(WhyNotRankable::Time { text: shown(text), fault })
}

pub(super) fn known_at(field: &[u8]) -> Result<Timestamp, WhyNotUnderstood> {
    Timestamp::parse_bytes(field.trim_ascii()).map_err(|_| WhyNotUnderstood::NotATime)
}

pub(super) fn stage(field: &[u8]) -> Result<Stage, WhyNotUnderstood> {
    match keys::word(field, &["intake", "field", "post_search"])? {
        Some("field") => Ok(Stage::Field),
        Some("post_search") => Ok(Stage::PostSearch),
        _ => Ok(Stage::Intake),
    }
}

pub(super) fn origin(field: &[u8]) -> Result<Origin, WhyNotUnderstood> {
    match keys::word(field, &["prospective", "retrospective", "not_stated", "synthetic"])? {
        Some("prospective") => Ok(Origin::Prospective),
        Some("retrospective") => Ok(Origin::Retrospective),
        Some("synthetic") => Ok(Origin::Synthetic),
        _ => Ok(Origin::NotStated),
    }
}

/// All deadlines that can be understood, and what could not be.
pub(super) fn deadlines<'a>(
    field: &'a [u8],
    deadlines: &mut Vec<Due<'a>>,
    mut fault: impl FnMut(&'a str, WhyNotUnderstood),
) -> Result<(), WhyNotUnderstood> {
    let field = std::str::from_utf8(field).map_err(|_| WhyNotUnderstood::NotText)?;
    let parts = field.split(';').map(str::trim).filter(|part| !part.is_empty());
    for (number, part) in parts.enumerate() {
        if number >= MOST_DEADLINES {
            fault(part, WhyNotUnderstood::TooMany { limit: MOST_DEADLINES });
            break;
        }
        match deadline(part) {
            Some(deadline) => deadlines.push(deadline),
            None => fault(part, WhyNotUnderstood::NotADeadline),
        }
    }
    deadlines.sort_unstable();
    Ok(())
}

fn deadline(part: &str) -> Option<Due<'_>> {
    let (kind, due) = part.split_once('=')?;
    let due = Timestamp::parse_end(due.trim().as_bytes()).ok()?;
    let deadline = Due { due, kind: DueKind::of(kind.trim()) };
    deadline.check().is_ok().then_some(deadline)
}
