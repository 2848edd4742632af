//! Tables that are no text, through a mapping: the same plan, words, times and reports as for tables in text.

use super::cells::Cells;
use super::error::SourceError;
use super::importer::Importer;
use super::plan::Plan;
use super::read_table::Columns;
use super::reader::{RecordReader, Remembers};
use crate::backlog::{
    CellTime, ColumnUse, Intake, IntakeReport, MappedIntake, MappedRows, NO_CODE, ReadError,
    Reading, SeparateRows, TableCells, csv_line,
};

/// A row of a part, seen by the names of the mapping.
struct Row<'a, P> {
    part: &'a P,
    row: usize,
    of_name: &'a [Option<usize>],
    /// By number of use: codes of all rows of the part, where they were worked out.
    codes: &'a [Vec<u8>],
}

impl<P: TableCells> Cells for Row<'_, P> {
    fn cell(&self, column: usize) -> &[u8] {
        self.of_name[column].map_or(b"", |column| self.part.text(column, self.row))
    }

    #[inline]
    fn code(&self, number: usize) -> Option<u8> {
        self.codes[number].get(self.row).copied().filter(|&code| code != NO_CODE)
    }

    fn is_filled(&self, column: usize) -> bool {
        self.of_name[column].is_some_and(|column| self.part.is_filled(column, self.row))
    }

    fn time(&self, column: usize) -> Option<CellTime> {
        self.part.time(self.of_name[column]?, self.row)
    }

    fn times(&self, column: usize) -> Option<Vec<CellTime>> {
        self.part.times(self.of_name[column]?, self.row)
    }
}

impl Importer {
    /// Reads the parts of a table with columns of these names. A row is counted as a line, from 1; there is no line
    /// for the heading. `check` refuses columns that cannot be read as what they are.
    ///
    /// # Errors
    /// Where columns for id, time or every item are missing, or a part fails.
    pub(crate) fn read_table<P: TableCells, E: From<SourceError> + From<ReadError>>(
        &self,
        names: &[String],
        check: impl Fn(usize, ColumnUse) -> Result<(), E>,
        next: impl Iterator<Item = Result<P, E>>,
        reading: &Reading,
    ) -> Result<Intake, E> {
        let (plan, reading) = (&self.plan, self.reading(reading));
        let mut columns = self.columns_of(names, check, &reading)?;
        let mut intake = MappedIntake::new(&plan.codebook, reading.clone());
        let mut reader = RecordReader::new(plan, &reading, Remembers::Cells);
        let uses = reader.coded_uses();
        let of_name = columns.of_name.clone();
        let mut codes = vec![Vec::new(); uses.len()];
        let mut line = 0;
        for part in next {
            let part = part?;
            code_columns(&part, &mut reader, &uses, &of_name, &mut codes);
            for row in 0..part.rows() {
                line += 1;
                for (column, filled) in &mut columns.unmatched {
                    *filled += u64::from(part.is_filled(*column, row));
                }
                let cells = Row { part: &part, row, of_name: &of_name, codes: &codes };
                match reader.read(&cells) {
                    Ok(head) => intake.push([line; 2], &reader.row(&head), head.trimmed),
                    Err(why) => {
                        let raw = csv_line((0..names.len()).map(|column| part.text(column, row)));
                        intake.set_aside(reader.set_aside(&raw, [line; 2], why));
                    }
                }
            }
        }
        let report = intake.report_mut();
        report.set_lines(0, 0, line);
        report.heading = Some(csv_line(names.iter().map(|name| name.as_bytes())));
        columns.tell(plan, names, report);
        self.name_in(report);
        Ok(intake.finish()?)
    }
}

impl Importer {
    /// Finds the columns that the mapping names, and holds them against what they are read as.
    fn columns_of<E: From<SourceError>>(
        &self,
        names: &[String],
        check: impl Fn(usize, ColumnUse) -> Result<(), E>,
        reading: &Reading,
    ) -> Result<Columns, E> {
        let columns = Columns::find(&self.plan, names, || None, reading)?;
        for (name, column) in columns.of_name.iter().enumerate() {
            if let Some(column) = *column {
                check(column, use_of(&self.plan, name))?;
            }
        }
        Ok(columns)
    }
}

/// Works out the codes of all rows of a part, by number of use.
fn code_columns(
    part: &impl TableCells,
    reader: &mut RecordReader<'_>,
    uses: &[(usize, bool)],
    of_name: &[Option<usize>],
    codes: &mut [Vec<u8>],
) {
    for (number, (&(name, is_plain), codes)) in uses.iter().zip(codes).enumerate() {
        codes.clear();
        if let (Some(column), true) = (of_name[name], is_plain) {
            codes.resize(part.rows(), 0);
            part.codes(column, number, |cell: &[u8]| reader.code_of(number, cell), codes, 1);
        }
    }
}

/// A table's columns, held against a mapping, to read parts of it row for row.
#[derive(Debug)]
pub(crate) struct MappedForm {
    importer: Importer,
    reading: Reading,
    names: Vec<String>,
    of_name: Vec<Option<usize>>,
    report: IntakeReport,
}

impl MappedForm {
    /// # Errors
    /// As [`Importer::read_table`].
    pub(crate) fn new<E: From<SourceError>>(
        importer: &Importer,
        reading: &Reading,
        names: Vec<String>,
        check: impl Fn(usize, ColumnUse) -> Result<(), E>,
    ) -> Result<Self, E> {
        let reading = importer.reading(reading);
        let columns = importer.columns_of(&names, check, &reading)?;
        let mut report = IntakeReport::new(&importer.plan.codebook, &reading.danger);
        let (importer, of_name) = (importer.clone(), columns.of_name.clone());
        columns.tell(&importer.plan, &names, &mut report);
        importer.name_in(&mut report);
        Ok(MappedForm { importer, reading, names, of_name, report })
    }

    /// What is to be told of the columns.
    pub(crate) fn report(&self) -> &IntakeReport {
        &self.report
    }

    /// By column: the name in the mapping that it is read by; `None` where nothing reads it.
    pub(crate) fn read_as(&self) -> impl Iterator<Item = Option<String>> {
        (0..self.names.len()).map(|column| {
            let name = self.of_name.iter().position(|read| *read == Some(column))?;
            Some(self.importer.plan.names[name].name.clone())
        })
    }

    /// Whether some column, or the mapping itself, answers the item of this place.
    pub(crate) fn answers(&self, item: usize) -> bool {
        let is_there = |&name: &usize| self.of_name[name].is_some();
        let mut sources = self.importer.plan.items.iter().filter(|source| source.item == item);
        sources.any(|source| source.constant.is_some() || source.columns.iter().any(is_there))
    }

    pub(crate) fn read(&self, part: &impl TableCells) -> SeparateRows {
        let plan = &self.importer.plan;
        let mut reader = RecordReader::new(plan, &self.reading, Remembers::Cells);
        let uses = reader.coded_uses();
        let mut codes = vec![Vec::new(); uses.len()];
        code_columns(part, &mut reader, &uses, &self.of_name, &mut codes);
        let mut rows = MappedRows::new(&plan.codebook);
        for row in 0..part.rows() {
            let lines = [row as u64; 2];
            let cells = Row { part, row, of_name: &self.of_name, codes: &codes };
            match reader.read(&cells) {
                Ok(head) => rows.push(lines, &reader.row(&head), head.trimmed),
                Err(why) => {
                    let raw = csv_line((0..self.names.len()).map(|column| part.text(column, row)));
                    rows.set_aside(reader.set_aside(&raw, lines, why));
                }
            }
        }
        rows.into_separate_rows(&plan.codebook)
    }
}

/// What the mapping reads a column as; the plainest where it is read as several things.
fn use_of(plan: &Plan, name: usize) -> ColumnUse {
    let lists = plan.deadlines.iter().flat_map(|deadline| &deadline.time.columns);
    let mut lists = lists.chain(&plan.deadline_lists.columns);
    let known = plan.items.iter().filter_map(|item| item.known_at.as_ref());
    let mut times = plan.received.columns.iter().chain(known.flat_map(|known| &known.columns));
    if times.any(|&column| column == name) {
        ColumnUse::Time
    } else if lists.any(|&column| column == name) {
        ColumnUse::Deadlines
    } else if plan.items.iter().any(|item| item.columns.contains(&name)) {
        ColumnUse::Answers
    } else {
        ColumnUse::Value
    }
}
