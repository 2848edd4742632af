//! Complaints read from one block of a file, until they are added to the backlog in file order.

use super::builder::{BacklogBuilder, Taken};
use super::columns::{Columns, KnownAt, LaterDeadline, Row};
use super::ids::Interner;
use super::intake::{IdAt, IntakeReport, NotRankable, RepeatedId, Span, WhyNotRankable};
use super::merge::OwnedRow;
use super::packing::Packing;
use super::said::Said;
use super::unclear::Unclear;
#[cfg(feature = "arrow-59")]
use super::{Backlog, SeparateRows};
use super::{MOST_COMPLAINTS, Repeated};
use crate::base::text::cut;
#[cfg(feature = "arrow-59")]
use crate::codebook::Codebook;

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
    not_rankable: Vec<NotRankable>,
    /// Row, and number of an unlisted item that it answers.
    unlisted: Vec<(u32, u32)>,
    unlisted_names: Interner,
    /// Rows whose id had blanks around it.
    trimmed: Vec<u32>,
    pub(super) spans: Vec<Span>,
    /// How many lines the block has.
    pub(super) line_count: u64,
    pub(super) blank_lines: u64,
}

impl Batch {
    /// Adds a row; whether its id was there before is looked at when the batch is added.
    #[inline]
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

    /// Takes note that blanks were taken off the id of the row added last.
    pub(super) fn trimmed(&mut self) {
        self.trimmed.extend(self.lines.len().checked_sub(1).map(|row| row as u32));
    }

    pub(super) fn set_aside(&mut self, record: NotRankable) {
        self.not_rankable.push(record);
    }

    /// How many records it holds.
    pub(super) fn len(&self) -> usize {
        self.lines.len() + self.not_rankable.len()
    }

    /// Its rows by themselves, as they came: nothing is merged.
    #[cfg(feature = "arrow-59")]
    pub(super) fn into_separate_rows(mut self, codebook: &Codebook) -> SeparateRows {
        let packing = Packing::new(codebook);
        self.pack(&packing);
        let rows_of_lines = self.lines.iter().map(|&[first, _]| first as usize).collect();
        let backlog =
            Backlog::in_order(codebook.clone(), packing, None, self.columns, None, (None, 0));
        SeparateRows::new(backlog, rows_of_lines, self.not_rankable, self.trimmed)
    }
}

impl BacklogBuilder {
    /// Adds the rows of a batch whose first line is `line`, and reports on them.
    pub(super) fn add_batch(&mut self, mut batch: Batch, line: u64, report: &mut IntakeReport) {
        batch.pack(&self.packing);
        report.lines += batch.line_count;
        report.blank_lines += batch.blank_lines;
        self.report_rows(&batch, line, report);
        let Batch { columns, lines, unordered, not_rankable, .. } = batch;
        for mut record in not_rankable {
            record.lines = record.lines.map(|number| number + line);
            report.set_aside(record);
        }
        let rows = columns.len();
        let fits = self.columns.len() + rows <= MOST_COMPLAINTS;
        if fits && !unordered && self.ids.continue_with(&self.columns.ids, &columns.ids) {
            self.columns.append(&columns, &(0..rows), Some);
            self.columns.ids.append(&columns.ids);
            self.set_lines(rows, &lines, line);
            return;
        }
        // All rows up to the first whose id is there already are added together.
        let mut new = 0;
        let mut earlier = None;
        while fits && new < rows && earlier.is_none() {
            match self.ids.take(&mut self.columns.ids, columns.ids.get(new)) {
                Ok(()) => new += 1,
                Err(row) => earlier = Some(row),
            }
        }
        let kept_as = |row: usize| (row < new).then_some(row);
        self.columns.append(&columns, &(0..new), kept_as);
        self.set_lines(new, &lines, line);
        for (row, &[first, last]) in lines.iter().enumerate().skip(new) {
            let (first, last) = (line + first, line + last);
            let mut repeated = OwnedRow::of(&columns, &self.packing, row);
            repeated.set_line(first);
            let taken = repeated.with_row(|row| match earlier.take() {
                Some(earlier) => Ok(Taken::Again(self.add_again(row, earlier))),
                None => self.add_row(row),
            });
            let is_last = self.reading.repeated == Repeated::Last;
            if matches!(taken, Ok(Taken::New)) || is_last && taken.is_ok() {
                let row = self.columns.len() - 1;
                self.columns.set_source(row, self.reading.source.as_deref(), [first].into_iter());
            }
            match taken {
                Ok(Taken::New) => {}
                Ok(Taken::Again(differing)) => {
                    report.repeated += 1;
                    report.repeated_ids.push(|| RepeatedId {
                        id: cut(columns.ids.get(row), 128),
                        line: first,
                        differing: differing.names,
                        danger: differing.danger,
                    });
                }
                Err(_) => {
                    // It was counted as one that can be ranked.
                    if repeated.not_understood().is_empty() {
                        report.understood -= 1;
                    } else {
                        report.partly_understood -= 1;
                    }
                    report.record_lines -= last - first + 1;
                    let why = WhyNotRankable::Full { limit: MOST_COMPLAINTS };
                    report.set_aside(NotRankable::new(Vec::new(), why).at_lines(first, last));
                }
            }
        }
    }

    /// Gives the last rows' causes their lines, and the rows their source where one is named.
    fn set_lines(&mut self, rows: usize, lines: &[[u64; 2]], line: u64) {
        let start = self.columns.received.len() - rows;
        if rows > 0 {
            let lines = lines[..rows].iter().map(|&[first, _]| line + first);
            self.columns.set_source(start, self.reading.source.as_deref(), lines);
        }
        for unclear in self.columns.unclear.iter_mut().rev() {
            let Some(row) = (unclear.row as usize).checked_sub(start) else { break };
            unclear.line = u32::try_from(line + lines[row][0]).unwrap_or(u32::MAX);
        }
    }

    fn report_rows(&self, batch: &Batch, line: u64, report: &mut IntakeReport) {
        let columns = &batch.columns;
        let id = |row: usize| columns.ids.get(row);
        let mut partly = 0;
        let mut last = None;
        for unclear in &columns.unclear {
            let row = unclear.row as usize;
            partly += u64::from(last != Some(row));
            last = Some(row);
            let cause = columns.causes.cause(unclear.cause);
            report.add_cause(cause, 1, line + batch.lines[row][0], id(row));
        }
        report.partly_understood += partly;
        report.understood += columns.len() as u64 - partly;
        let spans = |lines: &[u64; 2]| lines[1] - lines[0] + 1;
        report.record_lines += batch.lines.iter().map(spans).sum::<u64>();
        for &row in &batch.trimmed {
            let row = row as usize;
            let line = line + batch.lines[row][0];
            report.trimmed_ids.push(|| IdAt { id: cut(id(row), 128), line });
        }
        for span in &batch.spans {
            let (first, last) = (span.first + line, span.last + line);
            report.spans.push(|| Span { first, last, ..span.clone() });
        }
        let texts = batch.unlisted_names.texts();
        let mut counts = vec![0_u64; texts.len() + 1];
        for &(_, number) in &batch.unlisted {
            counts[number as usize] += 1;
        }
        for (name, &count) in texts.iter().zip(&counts[1..]) {
            report.add_unmatched(name, count, || {
                self.codebook.resembling_item(name).map(str::to_owned)
            });
        }
        let received = columns.received.iter();
        if let (Some(&first), Some(&last)) = (received.clone().min(), received.max()) {
            let (least, most) = report.received.unwrap_or((first, last));
            report.received = Some((least.min(first), most.max(last)));
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
    /// Adds rows of others behind these, all but their ids; `kept_as` is which of those added a row
    /// of `more` is, from 0.
    pub(super) fn append(
        &mut self,
        more: &Columns,
        rows: &(impl ExactSizeIterator<Item = usize> + Clone),
        kept_as: impl Fn(usize) -> Option<usize>,
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
        append!(deadline stage origin line);
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
        append_numbers!(unit of units subject of subjects bundle of bundles deadline_kind of kinds source of sources);
        let mut renumber = Renumber::new(&more.kinds);
        let new_row = |row: u32| kept_as(row as usize).map(|kept| (start + kept) as u32);
        for later in &more.later {
            if let Some(row) = new_row(later.row) {
                let kind = renumber.number(later.kind, &more.kinds, &mut self.kinds);
                self.later.push(LaterDeadline { row, kind, ..*later });
            }
        }
        let known = more.known.iter();
        let known = known.filter_map(|known| Some(KnownAt { row: new_row(known.row)?, ..*known }));
        self.known.extend(known);
        let mut lists: Vec<Option<u32>> = vec![None; more.sayings.len()];
        for said in &more.said {
            let Some(row) = new_row(said.row) else { continue };
            let number = &mut lists[said.list as usize];
            let list =
                *number.get_or_insert_with(|| self.sayings.number(more.sayings.get(said.list)));
            self.said.push(Said { row, list });
        }
        if more.unclear.is_empty() {
            return;
        }
        let mut numbers: Vec<Option<u32>> = vec![None; more.causes.len()];
        for unclear in &more.unclear {
            let Some(row) = new_row(unclear.row) else { continue };
            let number = &mut numbers[unclear.cause as usize];
            let cause = match *number {
                Some(cause) => cause,
                None => *number.insert(self.causes.number(more.causes.cause(unclear.cause)).0),
            };
            self.unclear.push(Unclear { row, cause, line: unclear.line });
        }
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
            while let Some(deadline) = later.next_if(|later| later.row as usize <= row) {
                if deadline.row as usize == row {
                    renumber.number(deadline.kind, &more.kinds, &mut self.kinds);
                }
            }
        }
    }
}
