//! Tables, row by row.

use super::cells::Cells;
use super::error::SourceError;
use super::headings::folded;
use super::importer::Importer;
use super::kind::SourceKind;
use super::mapping::{Quote, Separator, TableForm};
use super::plan::{ItemSource, Plan};
use super::reader::{RecordReader, Remembers};
use super::rows::{Guard, Row, Rows};
use super::table::{Signs, Table};
use super::text::decoded;
use crate::backlog::{
    HeadingNames, Intake, IntakeReport, MappedIntake, MappedRows, NotRankable, Reading,
    RenamedColumn, Span, WhyNotRankable, in_waves,
};
use crate::base::text::cut;

/// Far beyond every row, and one more is no overflow.
const NO_COLUMN: usize = usize::MAX / 2;
/// Rows by which the usual number of fields is told.
const ROWS_COUNTED: usize = 100;
/// Bytes of a table that one thread reads at a time.
const PART_BYTES: usize = 1 << 20;
/// Rows that are read and added at once where threads are of no use.
const ROWS_TOGETHER: usize = 4_096;
/// The most letters of a name in a message.
const MOST_SHOWN: usize = 64;

/// Which column of a table is which that the mapping names.
#[derive(Debug)]
pub(super) struct Columns {
    /// By place in [`Plan::names`].
    pub(super) of_name: Vec<Option<usize>>,
    /// Columns that nothing reads and that are not to be ignored, with how many rows fill them in.
    pub(super) unmatched: Vec<(usize, u64)>,
    renamed: Vec<RenamedColumn>,
}

/// A row, seen by the names of the mapping.
struct RowCells<'a> {
    row: &'a Row,
    source: &'a [u8],
    of_name: &'a [Option<usize>],
    of_use: &'a [usize],
}

impl Cells for RowCells<'_> {
    #[inline]
    fn cell(&self, column: usize) -> &[u8] {
        self.of_name[column].map_or(b"", |field| self.row.field(field, self.source))
    }

    #[inline(always)]
    fn short_key(&self, number: usize) -> Option<u64> {
        self.row.short_key(*self.of_use.get(number)?, self.source)
    }
}

pub(super) fn read(
    importer: &Importer,
    form: &TableForm,
    bytes: &[u8],
    reading: &Reading,
) -> Result<Intake, SourceError> {
    let plan = &importer.plan;
    let text = decoded(bytes, form.encoding);
    let empty = SourceError::Kind { kind: SourceKind::Empty };
    let signs = Signs(Some(plan));
    let mut table = Table::open(&text, form, signs).ok_or(empty)?;
    let mut columns =
        Columns::find(plan, &table.names, || better_separator(&table, form.quote), reading)?;
    table.skip_below_heading(signs);
    let reader = PartReader::new(plan, form, &table, &columns);
    let mut intake = MappedIntake::new(&plan.codebook, reading.clone());
    let mut record_lines = 0;
    let mut above = MappedRows::new(&plan.codebook);
    let mut records = RecordReader::new(plan, reading, Remembers::Cells);
    reader.with_guard(|guard| reader.add_passed_over(&mut table, &mut records, &mut above, guard));
    intake.add_rows(above, 0);
    let whole = table.clone();
    let mut line = table.rows.line();
    // Where no quote can take a row beyond its line, parts of the table are read by themselves.
    in_waves(
        |_| table.rows.next_part(PART_BYTES),
        |part| {
            let mut part = whole.part(part.clone());
            let mut records = RecordReader::new(plan, reading, Remembers::Cells);
            let read = reader.read(&mut part, &mut records, usize::MAX);
            (read, part.heading_lines, part.blank_lines, part.rows.line())
        },
        |(read, heading_lines, blank_lines, lines)| {
            table.heading_lines += heading_lines;
            table.blank_lines += blank_lines;
            record_lines += read.add_to(&mut intake, &mut columns, line);
            line += lines;
        },
    );
    table.rows.set_line(line);
    let mut records = RecordReader::new(plan, reading, Remembers::Cells);
    while !table.rows.is_at_end() {
        let read = reader.read(&mut table, &mut records, ROWS_TOGETHER);
        record_lines += read.add_to(&mut intake, &mut columns, 0);
    }
    let report = intake.report_mut();
    report.set_lines(table.heading_lines, table.blank_lines, record_lines);
    // What is set aside is written out as UTF-8; a mark says so where the source was not.
    let mark: &[u8] = if text.as_ptr() == bytes.as_ptr() || bytes.ends_with(&text) {
        b""
    } else {
        b"\xEF\xBB\xBF"
    };
    report.heading = Some([mark, table.heading].concat());
    columns.tell(plan, &table.names, report);
    importer.name_in(report);
    Ok(intake.finish()?)
}

/// What reading any part of a table needs.
struct PartReader<'t> {
    plan: &'t Plan,
    form: &'t TableForm,
    names: Vec<String>,
    of_name: Vec<Option<usize>>,
    /// By number of use: the column of the table; [`NO_COLUMN`] where it has none.
    of_use: Vec<usize>,
    unmatched: Vec<usize>,
    /// Columns with the time of receipt.
    received: Vec<usize>,
    heading: HeadingNames,
    /// How many fields a row has.
    fields: usize,
}

/// What a part of a table came to.
struct PartRead {
    rows: MappedRows,
    /// In how many rows each of the unmatched columns is filled in.
    filled: Vec<u64>,
    record_lines: u64,
}

impl PartRead {
    /// Adds the part, whose lines are counted from this one, and says how many lines its records have.
    fn add_to(self, intake: &mut MappedIntake, columns: &mut Columns, line: u64) -> u64 {
        for ((_, filled), more) in columns.unmatched.iter_mut().zip(self.filled) {
            *filled += more;
        }
        intake.add_rows(self.rows, line);
        self.record_lines
    }
}

impl<'t> PartReader<'t> {
    fn new(plan: &'t Plan, form: &'t TableForm, table: &Table<'_>, columns: &Columns) -> Self {
        let of = |names: &[usize]| -> Vec<usize> {
            names.iter().filter_map(|&name| columns.of_name[name]).collect()
        };
        let received = of(&plan.received.columns);
        let mut reader = PartReader {
            heading: HeadingNames::new(&table.names, of(&plan.id), received.clone()),
            plan,
            form,
            names: table.names.clone(),
            of_name: columns.of_name.clone(),
            of_use: RecordReader::columns_of_uses(plan)
                .map(|name| columns.of_name[name].unwrap_or(NO_COLUMN))
                .collect(),
            unmatched: columns.unmatched.iter().map(|&(field, _)| field).collect(),
            received,
            fields: table.names.len(),
        };
        reader.fields = reader.with_guard(|guard| usual_fields(table, guard));
        reader
    }

    fn with_guard<T>(&self, work: impl FnOnce(&Guard<'_>) -> T) -> T {
        let (width, rule) = (self.names.len(), &self.plan.received.rule);
        // A line by itself is a row if it has all fields and a time where one belongs.
        let is_row = |row: &Row, source: &[u8]| {
            let time = |&field: &usize| std::str::from_utf8(row.field(field, source)).ok();
            (row.len() == width || row.len() == self.fields)
                && self.received.iter().filter_map(time).any(|text| rule.may_mean(text))
        };
        let may_span = |column| !self.of_name.contains(&Some(column));
        work(&Guard { is_row: &is_row, may_span: &may_span })
    }

    /// Sets aside what the mapping passed over and reads like a complaint.
    fn add_passed_over(
        &self,
        table: &mut Table<'_>,
        records: &mut RecordReader<'_>,
        rows: &mut MappedRows,
        guard: &Guard<'_>,
    ) {
        for (bytes, lines) in table.take_passed_over() {
            let source = &table.source[bytes];
            let mut rows_of_it = Rows::new(source, table.separator, self.form.quote);
            let mut row = Row::default();
            // As many fields as records have, and a time of receipt where they have theirs.
            if rows_of_it.read(&mut row, &Guard::NONE) && (guard.is_row)(&row, source) {
                let (of_name, of_use) = (&self.of_name, &self.of_use);
                let cells = RowCells { row: &row, source, of_name, of_use };
                let id = records.read(&cells).ok().map(|head| head.id.into_owned());
                let record = records.set_aside(source, lines, WhyNotRankable::PassedOver);
                rows.set_aside(id.into_iter().fold(record, NotRankable::with_id));
            }
        }
    }

    fn is_other_heading(&self, row: &Row, text: &[u8]) -> bool {
        let cells = (0..row.len()).map(|field| row.field(field, text));
        self.heading.are_not_those_of(cells, &self.plan.codebook)
    }

    /// Reads the rows that come next, at most so many.
    fn read(&self, table: &mut Table<'_>, records: &mut RecordReader<'_>, most: usize) -> PartRead {
        self.with_guard(|guard| self.read_guarded(table, records, most, guard))
    }

    fn read_guarded(
        &self,
        table: &mut Table<'_>,
        records: &mut RecordReader<'_>,
        most: usize,
        guard: &Guard<'_>,
    ) -> PartRead {
        let (text, width) = (table.source, self.names.len());
        let mut rows = MappedRows::new(&self.plan.codebook);
        let (mut filled, mut record_lines) = (vec![0; self.unmatched.len()], 0);
        let mut row = Row::default();
        loop {
            let is_there = rows.len() < most && table.next(&mut row, guard);
            self.add_passed_over(table, records, &mut rows, guard);
            if !is_there {
                break;
            }
            record_lines += row.lines[1] - row.lines[0] + 1;
            let raw = &text[row.bytes.clone()];
            if row.open_quote || row.len() != self.fields || has_more(&row, text, width) {
                let why = if row.open_quote {
                    WhyNotRankable::Quote
                } else {
                    WhyNotRankable::Fields { found: row.len(), expected: width }
                };
                // Whatever the quotes and separators are: what stands between any two of them.
                let quote = self.form.quote.byte().unwrap_or(b'\n');
                let ends = [table.separator.byte(), quote, b'\n', b'\r'];
                let cells = raw.split(|byte| ends.contains(byte));
                rows.set_aside(records.set_aside_unsure(cells, raw, row.lines, why));
                continue;
            }
            for (&field, filled) in self.unmatched.iter().zip(&mut filled) {
                *filled += u64::from(!row.field(field, text).trim_ascii().is_empty());
            }
            if row.lines[0] != row.lines[1] {
                tell_span(&row, text, &self.names, &mut rows);
            }
            let (of_name, of_use) = (&self.of_name, &self.of_use);
            let cells = RowCells { row: &row, source: text, of_name, of_use };
            let read = records.read(&cells);
            if !read.as_ref().is_ok_and(|head| head.has_time) && self.is_other_heading(&row, text) {
                let why = WhyNotRankable::OtherHeading;
                rows.set_aside(records.set_aside(raw, row.lines, why));
                continue;
            }
            match read {
                Ok(head) => rows.push(row.lines, &records.row(&head), head.trimmed),
                Err(why) => rows.set_aside(records.set_aside(raw, row.lines, why)),
            }
        }
        PartRead { rows, filled, record_lines }
    }
}

/// Whether something stands in a field that has no column.
fn has_more(row: &Row, text: &[u8], width: usize) -> bool {
    (width..row.len()).any(|field| !row.field(field, text).trim_ascii().is_empty())
}

/// How many fields the rows have: as many as the heading, or more where most of the first rows end
/// with as many blank ones. A row with another number has lost or won a separator somewhere, and no
/// cell of it is sure.
fn usual_fields(table: &Table<'_>, guard: &Guard<'_>) -> usize {
    let (width, mut table) = (table.names.len(), table.clone());
    let (mut row, mut counts) = (Row::default(), std::collections::BTreeMap::<usize, usize>::new());
    for _ in 0..ROWS_COUNTED {
        if !table.next(&mut row, guard) {
            break;
        }
        if row.len() >= width && !row.open_quote && !has_more(&row, table.source, width) {
            *counts.entry(row.len()).or_default() += 1;
        }
    }
    let most = counts.iter().max_by_key(|&(&fields, &rows)| (rows, std::cmp::Reverse(fields)));
    most.filter(|(_, rows)| **rows > 1).map_or(width, |(&fields, _)| fields)
}

fn shown_name(names: &[String], field: usize) -> String {
    if names[field].is_empty() {
        return format!("column {}, without a name", field + 1);
    }
    cut(&names[field], MOST_SHOWN)
}

/// The item, or column of the mapping, that a name resembles.
pub(super) fn resembling(plan: &Plan, name: &str) -> Option<String> {
    plan.codebook.resembling_item(name).map(str::to_owned)
}

/// Tells of a field over several lines.
fn tell_span(row: &Row, text: &[u8], names: &[String], rows: &mut MappedRows) {
    let field = (0..row.len())
        .find(|&field| row.field(field, text).iter().any(|byte| b"\n\r".contains(byte)));
    let Some(field) = field.filter(|&field| field < names.len()) else { return };
    let [first, last] = row.lines;
    rows.add_span(Span { first, last, column: shown_name(names, field) });
}

impl Columns {
    /// Reports on columns: those that nothing reads, that have another name, or that are not there.
    pub(super) fn tell(self, plan: &Plan, names: &[String], report: &mut IntakeReport) {
        // Spreadsheets leave columns behind that have neither a name nor anything in them.
        let told = |&(field, filled): &(usize, u64)| filled > 0 || !names[field].is_empty();
        for (field, filled) in self.unmatched.into_iter().filter(told) {
            let name = shown_name(names, field);
            report.add_unmatched(&name, filled, || resembling(plan, &names[field]));
        }
        report.renamed = self.renamed;
        let absent = plan.names.iter().zip(&self.of_name).filter(|(_, field)| field.is_none());
        report.absent = absent.map(|(name, _)| cut(&name.name, MOST_SHOWN)).collect();
    }

    pub(super) fn find(
        plan: &Plan,
        names: &[String],
        separator: impl Fn() -> Option<Separator>,
        reading: &Reading,
    ) -> Result<Self, SourceError> {
        let forms: Vec<String> = names.iter().map(|name| folded(name)).collect();
        let shown = || names.iter().map(|name| cut(name, MOST_SHOWN)).collect::<Vec<_>>();
        let mut columns = Columns {
            of_name: Vec::with_capacity(plan.names.len()),
            unmatched: Vec::new(),
            renamed: Vec::new(),
        };
        let is_exact =
            |field: usize| plan.names.iter().any(|name| name.name.trim() == names[field]);
        for name in &plan.names {
            let exact: Vec<usize> =
                (0..names.len()).filter(|&field| names[field] == name.name.trim()).collect();
            let alike = || {
                let alike = |&field: &usize| forms[field] == name.folded && !is_exact(field);
                (0..names.len()).filter(|_| !name.folded.is_empty()).filter(alike).collect()
            };
            let found = if exact.is_empty() { alike() } else { exact };
            if let [first, second, ..] = found[..] {
                let (first, second) =
                    (cut(&names[first], MOST_SHOWN), cut(&names[second], MOST_SHOWN));
                return Err(SourceError::RepeatedColumn { first, second });
            }
            let read_as = &name.name;
            if let [field] = found[..]
                && names[field] != name.name.trim()
            {
                let name = cut(&names[field], MOST_SHOWN);
                columns.renamed.push(RenamedColumn { name, read_as: read_as.clone() });
            }
            columns.of_name.push(found.first().copied());
        }
        let is_there = |&name: &usize| columns.of_name[name].is_some();
        for (part, needed) in [("id", &plan.id), ("time of receipt", &plan.received.columns)] {
            if !needed.iter().any(is_there) {
                let column = needed.first().map(|&name| plan.names[name].name.clone());
                return Err(SourceError::MissingColumn {
                    part,
                    column: column.unwrap_or_default(),
                    heading: shown(),
                    separator: separator(),
                });
            }
        }
        let mut of_items = plan.items.iter().flat_map(|item| &item.columns).peekable();
        if of_items.peek().is_some() && !of_items.any(is_there) {
            return Err(SourceError::NoItems { heading: shown(), separator: separator() });
        }
        // A table that cannot say *danger* would be ranked as if it said that there is none.
        let danger = plan.items.iter().filter(|item| reading.danger.has_item_at(item.item));
        let silent =
            |item: &&ItemSource| !item.columns.is_empty() && !item.columns.iter().any(is_there);
        if let Some(item) = danger.into_iter().find(silent) {
            let names = item.columns.iter().map(|&name| &*plan.names[name].name);
            return Err(SourceError::MissingDanger {
                item: plan.item(item).id.clone(),
                column: names.collect::<Vec<_>>().join("`, `"),
                heading: shown(),
            });
        }
        let unread = (0..names.len()).filter(|field| !columns.of_name.contains(&Some(*field)));
        let unread = unread
            .filter(|&field| !plan.ignored.contains(&forms[field]) || forms[field].is_empty());
        columns.unmatched = unread.map(|field| (field, 0)).collect();
        Ok(columns)
    }
}

/// The separator by which the heading has more columns than by the one stated.
fn better_separator(table: &Table<'_>, quote: Quote) -> Option<Separator> {
    let count = |separator: Separator| {
        let mut row = Row::default();
        Rows::new(table.heading, separator, quote).read(&mut row, &Guard::NONE);
        row.len()
    };
    let others =
        Separator::ALL.into_iter().filter(|&separator| count(separator) > table.names.len());
    others.max_by_key(|&separator| count(separator))
}
