//! Which complaint is meant by an id that is in no file.

use caserank::Backlog;

/// Stands in an id that was cut in the middle to fit a screen.
const CUT: char = '\u{2026}';

/// An id that is the same but for capitals, blanks and the zeros that spreadsheets take off its front, or that was cut in the
/// middle on a screen; `None` where none or several are.
pub(crate) fn near_id<'a>(backlog: &'a Backlog, wanted: &str) -> Option<&'a str> {
    let plain = |id: &str| id.trim().trim_start_matches('0').to_lowercase();
    let same = plain(wanted);
    let is_near = |id: &str| match wanted.split_once(CUT) {
        Some((head, tail)) => {
            id.len() >= head.len() + tail.len() && id.starts_with(head) && id.ends_with(tail)
        }
        None => plain(id) == same,
    };
    let mut near = (0..backlog.len()).map(|row| backlog.id(row)).filter(|id| is_near(id));
    near.next().filter(|_| near.next().is_none())
}
