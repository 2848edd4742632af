//! Complaints that say that they came in after the time at which the work is done.

use std::io::Write;

use caserank::{Backlog, Timestamp};

use super::{Failure, Finish};

/// Clocks differ, and so do zones: a day ahead is nothing to tell.
const LEEWAY_DAYS: i64 = 1;
/// Ids that are named.
const SHOWN: usize = 5;

/// Tells complaints from the future: a year that was mistyped puts them behind all that tie with them, and their age is wrong.
pub(crate) fn tell(
    backlog: &Backlog,
    now: Timestamp,
    out: &mut impl Write,
) -> Result<Finish, Failure> {
    let latest = now.plus_days(LEEWAY_DAYS);
    let rows: Vec<usize> =
        (0..backlog.len()).filter(|&row| backlog.received(row) > latest).collect();
    if rows.is_empty() {
        return Ok(Finish::Clean);
    }
    let named = rows
        .iter()
        .take(SHOWN)
        .map(|&row| format!("{} ({})", backlog.id(row).escape_debug(), backlog.received(row)));
    let named: Vec<String> = named.collect();
    let more = if rows.len() > SHOWN { ", …" } else { "" };
    writeln!(
        out,
        "NEEDS A PERSON: {} {} came in after {now}, if the times are right: {}{more}\n",
        rows.len(),
        if rows.len() == 1 { "complaint" } else { "complaints" },
        named.join(", ")
    )?;
    Ok(Finish::NeedsPerson)
}
