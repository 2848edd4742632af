//! One group of rows of a snapshot, and whether it is such as a backlog holds.

use super::{BUNDLES, DEADLINES, GROUP, ORIGINS, STAGES, SUBJECTS, UNITS};
use crate::Timestamp;
use crate::backlog::columns::NO_DEADLINE;

/// Some rows of a snapshot, borrowed from its bytes.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    /// The row that comes first.
    pub(crate) first_row: usize,
    /// Packed answers.
    pub(crate) packed: &'a [u8],
    pub(super) received: &'a [[u8; 8]],
    pub(super) deadlines: &'a [[u8; 8]],
    pub(super) deadline_kinds: &'a [[u8; 4]],
    pub(super) units: &'a [[u8; 4]],
    pub(super) subjects: &'a [[u8; 4]],
    pub(super) bundles: &'a [[u8; 4]],
    pub(super) stages: &'a [u8],
    pub(super) origins: &'a [u8],
    pub(super) later: &'a [[u8; 16]],
    pub(super) known: &'a [[u8; 16]],
    pub(super) id_lengths: &'a [u8],
    pub(super) ids: &'a str,
}

impl<'a> Group<'a> {
    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.received.len()
    }

    /// Earliest deadline of a row, the greatest number for none.
    pub(crate) fn deadline(&self, row: usize) -> i64 {
        self.deadlines.get(row).map_or(NO_DEADLINE, |due| i64::from_le_bytes(*due))
    }

    /// Time received of a row, in seconds.
    pub(crate) fn received(&self, row: usize) -> i64 {
        i64::from_le_bytes(self.received[row])
    }

    /// Ids, row by row.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &'a str> {
        let mut rest = self.ids;
        self.id_lengths.iter().map(move |&length| {
            let (id, after) = rest.split_at(usize::from(length));
            rest = after;
            id
        })
    }
}

/// Cuts columns off the front of a payload.
pub(super) struct Cut<'a>(pub(super) &'a [u8]);

impl<'a> Cut<'a> {
    pub(super) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    pub(super) fn column<const WIDTH: usize>(&mut self, count: usize) -> Option<&'a [[u8; WIDTH]]> {
        Some(self.bytes(count.checked_mul(WIDTH)?)?.as_chunks().0)
    }

    pub(super) fn number(&mut self) -> Option<u32> {
        self.column::<4>(1).map(|number| u32::from_le_bytes(number[0]))
    }
}

pub(super) fn cut_group(payload: &[u8], first_row: usize, width: usize) -> Option<Group<'_>> {
    let mut cut = Cut(payload);
    let (rows, present) = (cut.number()? as usize, cut.number()?);
    let (later, known) = (cut.number()? as usize, cut.number()? as usize);
    let rows_if = |bit: u32| if present & bit == 0 { 0 } else { rows };
    let group = Group {
        first_row,
        received: cut.column(rows)?,
        deadlines: cut.column(rows_if(DEADLINES))?,
        deadline_kinds: cut.column(rows_if(DEADLINES))?,
        units: cut.column(rows_if(UNITS))?,
        subjects: cut.column(rows_if(SUBJECTS))?,
        bundles: cut.column(rows_if(BUNDLES))?,
        stages: cut.bytes(rows_if(STAGES))?,
        origins: cut.bytes(rows_if(ORIGINS))?,
        later: cut.column(later)?,
        known: cut.column(known)?,
        id_lengths: cut.bytes(rows)?,
        packed: cut.bytes(rows.checked_mul(width)?)?,
        ids: std::str::from_utf8(cut.0).ok()?,
    };
    (1..=GROUP).contains(&rows).then_some(group)
}

/// Checks what a checksum cannot: that rows are such as a backlog holds, and stand in tie order
/// behind the last row of the group before. Gives the last row.
pub(super) fn check(
    group: &Group<'_>,
    wrong: &[[u8; 256]],
    items: usize,
    last: Option<&(i64, i64, Vec<u8>)>,
) -> Result<(i64, i64, Vec<u8>), &'static str> {
    let is_time =
        |time: i64| (Timestamp::MIN.unix_seconds()..=Timestamp::MAX.unix_seconds()).contains(&time);
    let lengths = group.id_lengths.iter();
    let whole =
        lengths.clone().map(|&length| usize::from(length)).sum::<usize>() == group.ids.len();
    let named = group.id_lengths.iter().all(|length| (1..=128).contains(length));
    let mut end = 0;
    let mut ends = lengths.map(|&length| {
        end += usize::from(length);
        end
    });
    if !whole
        || !named
        || !(group.ids.is_ascii() || ends.all(|end| group.ids.is_char_boundary(end)))
    {
        return Err("ids of a wrong length");
    }
    if !(0..group.len()).all(|row| is_time(group.received(row))) {
        return Err("a time outside the years 0000 to 9999");
    }
    let due = group.deadlines.iter().map(|due| i64::from_le_bytes(*due));
    if !due.into_iter().all(|due| due == NO_DEADLINE || is_time(due)) {
        return Err("a deadline outside the years 0000 to 9999");
    }
    let rows = group.packed.chunks_exact(wrong.len().max(1));
    let any_wrong = rows.fold(0, |any, row| {
        row.iter().zip(wrong).fold(any, |any, (&byte, wrong)| any | wrong[usize::from(byte)])
    });
    if any_wrong != 0 {
        return Err("a code that its item does not have");
    }
    if group.stages.iter().any(|&stage| stage > 2) || group.origins.iter().any(|&origin| origin > 3)
    {
        return Err("a stage or an origin that there is none of");
    }
    for (column, limit) in [(group.later, u32::MAX), (group.known, items as u32)] {
        let fits = |entry: &[u8; 16]| {
            let (row, number, time) = entry_of(entry);
            (row as usize) < group.len() && number < limit && is_time(time)
        };
        if !column.iter().all(fits) || !column.is_sorted_by_key(|entry| entry_of(entry).0) {
            return Err("a deadline or a time known of no row");
        }
    }
    let mut last = last.map(|(due, received, id)| (*due, *received, id.as_slice()));
    let mut rest = group.ids.as_bytes();
    for (row, &length) in group.id_lengths.iter().enumerate() {
        let (id, after) = rest.split_at(usize::from(length));
        rest = after;
        let key = (group.deadline(row), group.received(row), id);
        // The tuple is compared from the front, so ids are looked at in ties alone.
        if last.is_some_and(|last| last >= key) {
            return Err("complaints out of their order");
        }
        last = Some(key);
    }
    last.map(|(due, received, id)| (due, received, id.to_vec())).ok_or("no complaint")
}

pub(super) fn entry_of(entry: &[u8; 16]) -> (u32, u32, i64) {
    let mut cut = Cut(entry);
    let (row, number) = (cut.number().unwrap_or(0), cut.number().unwrap_or(0));
    let time = cut.column::<8>(1).map_or(0, |time| i64::from_le_bytes(time[0]));
    (row, number, time)
}
