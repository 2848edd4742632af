//! Complaints read from one block of a file, until they are added to the backlog in file order.

use std::fmt;

use super::builder::BacklogBuilder;
use super::columns::{Columns, KnownAt, LaterDeadline, Row};
use super::names::Interner;
use super::packing::Packing;
use super::report::{IntakeReport, REFUSALS_TOLD, Refusal};
use super::{BacklogError, MOST_COMPLAINTS};

/// Codes that are packed together: few enough for the first-level cache.
const TILE: usize = 1 << 12;

/// What one block of lines came to. Lines are counted from the first of the block, from 0.
#[derive(Debug, Default)]
pub(super) struct Batch {
    columns: Columns,
    /// Whether some id is not greater than the one before it.
    unordered: bool,
    /// Codes of the last rows, which are packed together: packing is faster for many.
    codes: Vec<u8>,
    /// The first and last line of each row.
    lines: Vec<[u64; 2]>,
    /// The first refusals, in order.
    refusals: Vec<Refused>,
    /// All refusals.
    refused: u64,
    /// Row, and number of an unlisted item that it answers.
    unlisted: Vec<(u32, u32)>,
    unlisted_names: Interner,
    /// How many lines the block has.
    pub(super) line_count: u64,
}

/// A complaint that is not taken.
#[derive(Debug)]
struct Refused {
    /// Twice the number of rows before it; one more, where it was a row itself.
    order: usize,
    line: u64,
    reason: String,
}

impl Batch {
    /// Adds a row; whether its id was there before is looked at when the batch is added.
    pub(super) fn push<'a>(
        &mut self,
        lines: [u64; 2],
        row: &Row<'_>,
        unlisted: impl Iterator<Item = &'a str>,
        packing: &Packing,
    ) {
        for name in unlisted {
            let number = self.unlisted_names.number(Some(name));
            self.unlisted.push((self.lines.len() as u32, number));
        }
        self.unordered |= self.columns.ids.last().is_some_and(|last| last >= row.id);
        self.columns.ids.push(row.id);
        self.columns.push(row);
        self.codes.extend_from_slice(row.codes);
        if self.codes.len() >= TILE {
            self.pack(packing);
        }
        self.lines.push(lines);
    }

    fn pack(&mut self, packing: &Packing) {
        self.columns.pack(&self.codes, packing);
        self.codes.clear();
    }

    pub(super) fn refuse(&mut self, lines: [u64; 2], reason: &dyn fmt::Display) {
        self.refused += 1;
        if self.refusals.len() < REFUSALS_TOLD {
            let order = 2 * self.lines.len();
            self.refusals.push(Refused { order, line: lines[0], reason: told(lines, reason) });
        }
    }

    /// How many complaints it holds, taken and refused.
    #[cfg(feature = "csv")]
    pub(super) fn len(&self) -> usize {
        self.lines.len() + self.refused as usize
    }
}

/// A reason, and the lines it is about if they are several.
fn told([first, last]: [u64; 2], reason: &dyn fmt::Display) -> String {
    if first == last {
        return reason.to_string();
    }
    format!("lines {first} to {last} are one record (is a quote left open?): {reason}")
}

impl BacklogBuilder {
    /// Adds the rows of a batch whose first line is `line`, and reports on them.
    pub(super) fn add_batch(&mut self, mut batch: Batch, line: u64, report: &mut IntakeReport) {
        batch.pack(&self.packing);
        let Batch { columns, lines, unordered, mut refusals, mut refused, .. } = batch;
        let (unlisted, unlisted_names) = (batch.unlisted, batch.unlisted_names);
        let rows = columns.len();
        let fits = self.len() + rows <= MOST_COMPLAINTS;
        let mut places = None;
        if fits && !unordered && self.ids.continue_with(&self.columns.ids, &columns.ids) {
            self.columns.append(&columns, &(0..rows), Some);
            self.columns.ids.append(&columns.ids);
        } else {
            let mut kept = Vec::with_capacity(rows);
            let mut taken = vec![None; rows];
            for row in 0..rows {
                match self.take_id(columns.ids.get(row)) {
                    Ok(()) => {
                        taken[row] = Some(kept.len());
                        kept.push(row);
                    }
                    Err(error) => {
                        refused += 1;
                        let [first, last] = lines[row];
                        let reason = told([line + first, line + last], &error);
                        refusals.push(Refused { order: 2 * row + 1, line: first, reason });
                    }
                }
            }
            self.columns.append(&columns, &kept.iter().copied(), |row| taken[row]);
            refusals.sort_by_key(|refused| refused.order);
            places = Some(taken);
        }
        let read = places.as_ref().map_or(rows, |places| places.iter().flatten().count()) as u64;
        let refusals = refusals.into_iter();
        let refusals = refusals.map(|own| Refusal { line: line + own.line, reason: own.reason });
        report.add(read, refused, refusals);
        let mut counts = vec![0_u64; unlisted_names.texts().len() + 1];
        for (row, number) in unlisted {
            let kept = places.as_ref().is_none_or(|places| places[row as usize].is_some());
            counts[number as usize] += u64::from(kept);
        }
        for (name, count) in unlisted_names.texts().iter().zip(&counts[1..]) {
            if *count > 0 {
                *report.unlisted.entry(name.to_owned()).or_default() += count;
            }
        }
    }

    /// Adds an id whose row follows.
    pub(super) fn take_id(&mut self, id: &str) -> Result<(), BacklogError> {
        if self.len() >= MOST_COMPLAINTS {
            return Err(BacklogError::Full { limit: MOST_COMPLAINTS });
        }
        if self.ids.take(&mut self.columns.ids, id) {
            Ok(())
        } else {
            Err(BacklogError::RepeatedId { id: id.to_owned() })
        }
    }
}

/// Numbers of one interner in another, made as they are met, so that texts of rows that were not
/// taken never get one.
struct Renumber(Vec<u32>);

impl Renumber {
    fn new(from: &Interner) -> Self {
        Renumber(vec![0; from.texts().len() + 1])
    }

    fn number(&mut self, number: u32, from: &Interner, to: &mut Interner) -> u32 {
        let known = &mut self.0[number as usize];
        if *known == 0 && number != 0 {
            *known = to.number(from.text(number));
        }
        *known
    }
}

impl Columns {
    /// Adds rows of others behind these, all but their ids; `place` is the place of a row of
    /// `more` among those that are added.
    fn append(
        &mut self,
        more: &Columns,
        rows: &(impl ExactSizeIterator<Item = usize> + Clone),
        place: impl Fn(usize) -> Option<usize>,
    ) {
        let start = self.received.len();
        let width = more.packed.len().checked_div(more.received.len()).unwrap_or(0);
        if rows.len() == more.received.len() {
            self.packed.extend_from_slice(&more.packed);
        } else {
            for row in rows.clone() {
                self.packed.extend_from_slice(&more.packed[row * width..][..width]);
            }
        }
        self.received.extend(rows.clone().map(|row| more.received[row]));
        macro_rules! append {
            ($($column:ident)+) => {$(
                let unusual = |row| !more.$column.is_usual(row);
                if !more.$column.is_plain() && rows.clone().any(unusual) {
                    self.$column.append(start, rows.clone().map(|row| more.$column.get(row)));
                }
            )+};
        }
        append!(deadline stage origin);
        macro_rules! append_numbers {
            ($($column:ident of $texts:ident)+) => {$(
                let unusual = |row| !more.$column.is_usual(row);
                if !more.$column.is_plain() && rows.clone().any(unusual) {
                    let mut renumber = Renumber::new(&more.$texts);
                    let (from, to) = (&more.$texts, &mut self.$texts);
                    let numbers = rows.clone().map(|row| more.$column.get(row));
                    let numbers = numbers.map(|number| renumber.number(number, from, to));
                    self.$column.append(start, numbers);
                }
            )+};
        }
        self.number_kinds(more, rows.clone());
        append_numbers!(unit of units subject of subjects bundle of bundles deadline_kind of kinds);
        let mut renumber = Renumber::new(&more.kinds);
        let new_row = |row: u32| place(row as usize).map(|place| (start + place) as u32);
        for later in &more.later {
            if let Some(row) = new_row(later.row) {
                let kind = renumber.number(later.kind, &more.kinds, &mut self.kinds);
                self.later.push(LaterDeadline { row, kind, ..*later });
            }
        }
        let known = more.known.iter();
        let known = known.filter_map(|known| Some(KnownAt { row: new_row(known.row)?, ..*known }));
        self.known.extend(known);
    }

    /// Numbers the kinds of deadlines in the order in which complaint after complaint names them, so
    /// that the numbers do not tell where a file was cut.
    fn number_kinds(&mut self, more: &Columns, rows: impl Iterator<Item = usize>) {
        if more.kinds.texts().len() < 2 {
            return;
        }
        let mut renumber = Renumber::new(&more.kinds);
        let mut later = more.later.iter().peekable();
        for row in rows {
            renumber.number(more.deadline_kind.get(row), &more.kinds, &mut self.kinds);
            while let Some(own) = later.next_if(|later| later.row as usize <= row) {
                if own.row as usize == row {
                    renumber.number(own.kind, &more.kinds, &mut self.kinds);
                }
            }
        }
    }
}
