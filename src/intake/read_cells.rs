//! Tables that are no text, through a mapping: the same plan, words, times and reports as for tables in text.

use super::error::SourceError;
use super::importer::Importer;
use super::plan::Plan;
use super::read_table::Columns;
use super::reader::{Cells, RecordReader, Remembers};
use crate::backlog::{
    CellTime, ColumnUse, Intake, MappedIntake, NO_CODE, ReadError, Reading, TableCells, csv_line,
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
        self.of_name[column].map_or(b"", |place| self.part.text(place, self.row))
    }

    #[inline]
    fn code(&self, number: usize) -> Option<u8> {
        self.codes[number].get(self.row).copied().filter(|&code| code != NO_CODE)
    }

    fn is_filled(&self, column: usize) -> bool {
        self.of_name[column].is_some_and(|place| self.part.is_filled(place, self.row))
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
        let mut columns = Columns::find(plan, names, || None, &reading)?;
        for (name, place) in columns.of_name.iter().enumerate() {
            if let Some(place) = *place {
                check(place, use_of(plan, name))?;
            }
        }
        let mut intake = MappedIntake::new(&plan.codebook, reading.clone());
        let mut reader = RecordReader::new(plan, &reading, Remembers::Cells);
        let uses = reader.coded_uses();
        let of_name = columns.of_name.clone();
        let mut codes = vec![Vec::new(); uses.len()];
        let mut line = 0;
        for part in next {
            let part = part?;
            for (number, &(name, is_plain)) in uses.iter().enumerate() {
                codes[number].clear();
                if let (Some(place), true) = (of_name[name], is_plain) {
                    codes[number].resize(part.rows(), 0);
                    let of = |cell: &[u8]| reader.code_of(number, cell);
                    part.codes(place, number, of, &mut codes[number], 1);
                }
            }
            for row in 0..part.rows() {
                line += 1;
                for (place, filled) in &mut columns.unmatched {
                    *filled += u64::from(part.is_filled(*place, row));
                }
                let cells = Row { part: &part, row, of_name: &of_name, codes: &codes };
                match reader.read(&cells) {
                    Ok(head) => intake.push([line; 2], &reader.row(&head), head.trimmed),
                    Err(why) => {
                        let raw = csv_line((0..names.len()).map(|place| part.text(place, row)));
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
