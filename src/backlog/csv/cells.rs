//! Tables that are no text, read by the rules of CSV: the same names of columns, answers, times and reports.

use super::fields::{Column, Form};
use super::line::Line;
use super::{KNOWN_AT, heading};
use crate::Timestamp;
use crate::backlog::batch::Batch;
use crate::backlog::intake::IntakeReport;
use crate::backlog::table::{CellTime, ColumnUse, NO_CODE, TableCells, csv_line};
use crate::backlog::waves::in_waves;
use crate::backlog::{
    BacklogBuilder, EARLIEST_RECEIVED, LATEST_RECEIVED, ReadError, Reading, SeparateRows,
};
use crate::codebook::Codebook;

impl BacklogBuilder {
    /// Reads the parts of a table with columns of these names, several parts at once where that is allowed. A row
    /// is counted as a line, from 1; there is no line for the heading. `check` refuses columns that cannot be read
    /// as what they are.
    ///
    /// # Errors
    /// Where the heading does not serve or a part fails; the builder is then as it was.
    pub(crate) fn read_table<P: TableCells, E: From<ReadError>>(
        &mut self,
        names: &[&str],
        check: impl Fn(usize, ColumnUse) -> Result<(), E>,
        mut next: impl FnMut() -> Option<Result<P, E>>,
    ) -> Result<IntakeReport, E> {
        let mark = self.mark();
        let (form, mut report) = self.form_of(names, check)?;
        let (mut failure, mut line) = (None, 1);
        in_waves(
            |_| match next()? {
                Ok(part) => Some(part),
                Err(error) => {
                    failure = Some(error);
                    None
                }
            },
            |part: &P| Reader::new(&form, part).read(),
            |batch| {
                let rows = batch.line_count;
                self.add_batch(batch, line, &mut report);
                line += rows;
            },
        );
        if let Some(error) = failure {
            self.restore(mark);
            return Err(error);
        }
        Ok(self.finish(mark, Ok(()), report)?)
    }

    /// Holds the names of a table's columns against the codebook, and the columns against what they are read as.
    fn form_of<E: From<ReadError>>(
        &self,
        names: &[&str],
        check: impl Fn(usize, ColumnUse) -> Result<(), E>,
    ) -> Result<(Form, IntakeReport), E> {
        let mut report = IntakeReport::new(&self.codebook, &self.reading.danger);
        let fields: Vec<&[u8]> = names.iter().map(|name| name.as_bytes()).collect();
        let text = csv_line(fields.iter().copied());
        let form = heading::form(self, &text, &fields, &mut report)?;
        report.heading = Some(text);
        for (column_position, &column) in form.columns.iter().enumerate() {
            match column {
                Column::Unlisted(_) => {}
                Column::Received | Column::KnownAt(_) => check(column_position, ColumnUse::Time)?,
                Column::Deadlines => check(column_position, ColumnUse::Deadlines)?,
                _ => check(column_position, ColumnUse::Value)?,
            }
        }
        Ok((form, report))
    }
}

/// A table's columns, held against the codebook, to read parts of it row for row.
#[derive(Debug)]
pub(crate) struct RowForm {
    form: Form,
    report: IntakeReport,
}

impl RowForm {
    /// # Errors
    /// As [`BacklogBuilder::read_table`].
    pub(crate) fn new<E: From<ReadError>>(
        codebook: &Codebook,
        reading: Reading,
        names: &[&str],
        check: impl Fn(usize, ColumnUse) -> Result<(), E>,
    ) -> Result<Self, E> {
        let builder = BacklogBuilder::new(codebook).with_reading(reading);
        let (form, report) = builder.form_of(names, check)?;
        Ok(RowForm { form, report })
    }

    /// What is to be told of the columns.
    pub(crate) fn report(&self) -> &IntakeReport {
        &self.report
    }

    /// By column: what it is read as; `None` where nothing reads it.
    pub(crate) fn read_as(&self) -> impl Iterator<Item = Option<String>> {
        self.form.columns.iter().map(|&column| match column {
            Column::Unlisted(_) => None,
            Column::KnownAt(_) => Some(format!("{}{KNOWN_AT}", self.form.column_name(column))),
            _ => Some(self.form.column_name(column).to_owned()),
        })
    }

    /// Whether some column answers the item of this place.
    pub(crate) fn answers(&self, item: usize) -> bool {
        self.form.columns.contains(&Column::Item(item))
    }

    pub(crate) fn read(&self, part: &impl TableCells) -> SeparateRows {
        Reader::new(&self.form, part).read().into_separate_rows(&self.form.codebook)
    }
}

/// Reads one part of a table.
struct Reader<'a, P> {
    form: &'a Form,
    part: &'a P,
    /// Codes of all rows, one row after another.
    codes: Vec<u8>,
    /// Whether some cell has no code.
    some_without: bool,
    /// Columns that answer no item.
    others: Vec<(usize, Column)>,
}

impl<'a, P: TableCells> Reader<'a, P> {
    fn new(form: &'a Form, part: &'a P) -> Self {
        let items = form.codebook.items().len();
        let mut codes = vec![0; part.rows() * items];
        let (mut some_without, mut others) = (false, Vec::new());
        for (position, &column) in form.columns.iter().enumerate() {
            let Column::Item(item) = column else {
                others.push((position, column));
                continue;
            };
            let Some(codes) = codes.get_mut(item..) else { continue };
            some_without |= part.codes(position, item, |text| form.code(item, text), codes, items);
        }
        Reader { form, part, codes, some_without, others }
    }

    fn read(&self) -> Batch {
        let (form, part) = (self.form, self.part);
        let items = form.codebook.items().len();
        let mut batch = Batch::default();
        batch.line_count = part.rows() as u64;
        let mut line = form.line();
        for row in 0..part.rows() {
            let lines = [row as u64; 2];
            let codes = &self.codes[row * items..][..items];
            line.clear();
            let carried = part.not_understood(row);
            let whole = carried.is_empty() && (!self.some_without || !codes.contains(&NO_CODE));
            if !whole || !self.read_whole(row, codes, &mut line) {
                // The way of a line of text, for whatever needs a word.
                line.clear();
                line.add_not_understood(carried);
                let texts: Vec<&[u8]> =
                    (0..form.columns.len()).map(|column| part.text(column, row)).collect();
                if let Err(why) = form.read(&texts, &mut line) {
                    let bytes = csv_line(texts.iter().copied());
                    let record = form.set_aside(&bytes, &texts, why);
                    batch.set_aside(record.at_lines(lines[0], lines[1]));
                    continue;
                }
            }
            batch.push(lines, &line.row(), form.unlisted_of(&line), &form.packing);
            if line.trimmed {
                batch.trimmed();
            }
        }
        batch
    }

    /// Reads a row of which everything is understood; `false` where something is not.
    fn read_whole(&self, row: usize, codes: &[u8], line: &mut Line<'a>) -> bool {
        line.codes.copy_from_slice(codes);
        for &(position, column) in &self.others {
            let time = match column {
                Column::Received | Column::KnownAt(_) => self.time(position, row),
                Column::Unlisted(list) => {
                    if self.part.is_filled(position, row) {
                        line.fill_unlisted(list);
                    }
                    continue;
                }
                _ => None,
            };
            match (column, time) {
                (Column::Received, Some(time)) => {
                    if !(EARLIEST_RECEIVED..=LATEST_RECEIVED).contains(&time) {
                        return false;
                    }
                    line.set_received(time);
                }
                (Column::KnownAt(item), Some(time)) => line.set_known_at(item, time),
                _ => {
                    if self.form.field(column, self.part.text(position, row), line).is_err() {
                        return false;
                    }
                }
            }
        }
        self.form.complete(line);
        !line.is_unclear()
    }

    fn time(&self, column: usize, row: usize) -> Option<Timestamp> {
        match self.part.time(column, row)? {
            CellTime::Moment(time) | CellTime::Day(time) => Some(time),
            CellTime::Wall(_) => None,
        }
    }
}
