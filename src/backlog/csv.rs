//! Backlogs as CSV: a heading, then one complaint a line.
//!
//! Columns are told apart by name, in any order: `id` and `received` (required), `unit`,
//! `subject`, `bundle`, `stage`, `origin`, `deadlines` (`preservation=2027-04-17;…`), one column
//! per item, and `<item>.known_at` for the time at which its answer became known.

use std::io::{Read, Write};

use ::csv::{ByteRecord, ReaderBuilder};
use thiserror::Error;

use super::columns::{KnownAt, Row};
use super::lines::Lines;
use super::report::{IntakeReport, ReadError};
use super::{Backlog, BacklogBuilder, BacklogError, Intake};
use crate::Timestamp;
use crate::codebook::{Codebook, Stage};
use crate::complaint::{
    ComplaintError, Deadline, DeadlineKind, EncodeError, Origin, Unlisted, check_name,
    unlisted_answer,
};
use crate::time::TimeError;

const KNOWN_AT: &str = ".known_at";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Id,
    Received,
    Unit,
    Subject,
    Bundle,
    Stage,
    Origin,
    Deadlines,
    Item(usize),
    KnownAt(usize),
    /// Not in the codebook, and reported: its place in the list of such columns.
    Unlisted(usize),
}

#[derive(Debug, Error)]
enum LineError {
    #[error("the line has {found} fields and the heading {expected}")]
    Fields { found: usize, expected: usize },
    #[error("field `{column}` is not UTF-8 text")]
    NotText { column: &'static str },
    #[error("field `{column}`: {cause}")]
    Time { column: &'static str, cause: TimeError },
    #[error("field `{column}` holds `{value}`: use {listed}")]
    Word { column: &'static str, value: String, listed: &'static str },
    #[error("field `deadlines` holds `{value}`: write kind=time, several joined by `;`")]
    Deadline { value: String },
    #[error(transparent)]
    Complaint(#[from] ComplaintError),
    #[error(transparent)]
    Encode(#[from] EncodeError),
    #[error(transparent)]
    Backlog(#[from] BacklogError),
}

/// What one line says, reused from line to line.
#[derive(Debug, Default)]
struct Line {
    codes: Vec<u8>,
    known: Vec<(usize, Timestamp)>,
    deadlines: Vec<Deadline>,
    unlisted: Vec<usize>,
}

impl BacklogBuilder {
    /// Reads complaints from CSV, a line at a time, and reports what was read and what was
    /// refused. Blank fields and `unknown` are *unknown*. Quoted fields, CRLF and a byte-order
    /// mark are accepted.
    ///
    /// # Errors
    /// [`ReadError`] where the source fails or the heading does not serve. A line that does not
    /// fit is refused in the report, and reading goes on.
    pub fn read_csv(&mut self, source: impl Read) -> Result<IntakeReport, ReadError> {
        let mut report = IntakeReport::new(&self.codebook);
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(1 << 16)
            .from_reader(Lines::new(source));
        let mut record = ByteRecord::new();
        if !reader.read_byte_record(&mut record).map_err(io_error)? {
            return Err(ReadError::MissingColumn { column: "id" });
        }
        let mut unlisted_names = Vec::new();
        let columns = self.columns_of(&record, &mut unlisted_names)?;
        let mut unlisted_counts = vec![0_u64; unlisted_names.len()];
        let mut line = Line::default();
        while reader.read_byte_record(&mut record).map_err(io_error)? {
            match self.take_record(&columns, &record, &mut line) {
                Ok(()) => {
                    report.took(&line.codes);
                    for &place in &line.unlisted {
                        unlisted_counts[place] += 1;
                    }
                }
                Err(error) => refuse(&record, reader.get_ref(), &error, &mut report),
            }
        }
        report.unlisted = unlisted_names.into_iter().zip(unlisted_counts).collect();
        Ok(report)
    }

    fn columns_of(
        &self,
        heading: &ByteRecord,
        unlisted: &mut Vec<String>,
    ) -> Result<Vec<Column>, ReadError> {
        let mut columns: Vec<Column> = Vec::with_capacity(heading.len());
        let mut seen = std::collections::BTreeSet::new();
        for name in heading {
            let name = std::str::from_utf8(name).map_err(|_| ReadError::HeadingNotText)?.trim();
            if !seen.insert(name) {
                return Err(ReadError::RepeatedColumn { column: name.to_owned() });
            }
            columns.push(self.column(name, unlisted)?);
        }
        for (needed, column) in [(Column::Id, "id"), (Column::Received, "received")] {
            if !columns.contains(&needed) {
                return Err(ReadError::MissingColumn { column });
            }
        }
        Ok(columns)
    }

    fn column(&self, name: &str, unlisted: &mut Vec<String>) -> Result<Column, ReadError> {
        let item = |name: &str| self.codebook.item_place(name);
        let known_at = || item(name.strip_suffix(KNOWN_AT)?).map(Column::KnownAt);
        Ok(match name {
            "id" => Column::Id,
            "received" => Column::Received,
            "unit" => Column::Unit,
            "subject" => Column::Subject,
            "bundle" => Column::Bundle,
            "stage" => Column::Stage,
            "origin" => Column::Origin,
            "deadlines" => Column::Deadlines,
            _ => match item(name).map(Column::Item).or_else(known_at) {
                Some(column) => column,
                None if self.unlisted == Unlisted::Report => {
                    unlisted.push(name.to_owned());
                    Column::Unlisted(unlisted.len() - 1)
                }
                None => {
                    return Err(ReadError::UnlistedColumn {
                        column: name.chars().take(80).collect(),
                        nearest: self.codebook.nearest_item(name).map(str::to_owned),
                    });
                }
            },
        })
    }

    fn take_record(
        &mut self,
        columns: &[Column],
        record: &ByteRecord,
        line: &mut Line,
    ) -> Result<(), LineError> {
        if record.len() != columns.len() {
            return Err(LineError::Fields { found: record.len(), expected: columns.len() });
        }
        line.codes.clear();
        line.codes.resize(self.packing.items(), 0);
        line.known.clear();
        line.deadlines.clear();
        line.unlisted.clear();
        let mut row = Row {
            id: "",
            received: Timestamp::MIN,
            unit: None,
            subject: None,
            bundle: None,
            stage: Stage::Intake,
            origin: Origin::Prospective,
            deadlines: &[],
            codes: &[],
        };
        for (&column, field) in columns.iter().zip(record) {
            match column {
                Column::Item(item) => match self.codebook.items()[item].code_of_text(field) {
                    Some(code) => line.codes[item] = code,
                    None => return Err(self.unlisted_field(columns, record, item, field).into()),
                },
                Column::Id => {
                    row.id = text("id", field)?;
                    check_name("id", row.id)?;
                }
                Column::Received => row.received = time("received", field)?,
                Column::Unit => row.unit = key("unit", field)?,
                Column::Subject => row.subject = key("subject", field)?,
                Column::Bundle => row.bundle = key("bundle", field)?,
                Column::Stage => row.stage = stage(field)?,
                Column::Origin => row.origin = origin(field)?,
                Column::Deadlines => deadlines(field, &mut line.deadlines)?,
                Column::KnownAt(item) => {
                    if !field.trim_ascii().is_empty() {
                        line.known.push((item, time("known_at", field)?));
                    }
                }
                Column::Unlisted(place) => {
                    if !field.trim_ascii().is_empty() {
                        line.unlisted.push(place);
                    }
                }
            }
        }
        if let Some(as_of) = self.as_of {
            for &(item, known_at) in &line.known {
                if known_at > as_of {
                    line.codes[item] = 0;
                }
            }
        }
        line.known.retain(|&(item, _)| line.codes[item] != 0);
        line.known.sort_unstable_by_key(|&(item, _)| item);
        let answered = self.codebook.items().iter().zip(&line.codes);
        let latest = answered.filter(|(_, code)| **code != 0).map(|(item, _)| item.stage).max();
        row.stage = row.stage.max(latest.unwrap_or_default());
        let place = self.len() as u32;
        self.push_row(&Row { deadlines: &line.deadlines, codes: &line.codes, ..row })?;
        let known = line.known.iter();
        let known = known.map(|&(item, time)| KnownAt { row: place, item: item as u32, time });
        self.columns.known.extend(known);
        Ok(())
    }

    #[cold]
    fn unlisted_field(
        &self,
        columns: &[Column],
        record: &ByteRecord,
        item: usize,
        field: &[u8],
    ) -> EncodeError {
        let id = columns.iter().position(|&column| column == Column::Id);
        let id = id.and_then(|place| record.get(place)).unwrap_or_default();
        let item = &self.codebook.items()[item];
        unlisted_answer(&String::from_utf8_lossy(id), item, &String::from_utf8_lossy(field))
    }
}

/// Refuses the record that was read last from `lines`, by the line on which it begins.
#[cold]
fn refuse<R: Read>(
    record: &ByteRecord,
    lines: &Lines<R>,
    error: &LineError,
    report: &mut IntakeReport,
) {
    let ends = record.as_slice().iter().filter(|&&byte| byte == b'\n').count() as u64;
    let first = lines.reached().saturating_sub(ends);
    let last = lines.number();
    if first == last {
        return report.refuse(first, error);
    }
    let told = format!("lines {first} to {last} are one record (is a quote left open?): {error}");
    report.refuse(first, &told);
}

fn io_error(error: ::csv::Error) -> ReadError {
    let text = error.to_string();
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => ReadError::Io(error),
        _ => ReadError::Io(std::io::Error::other(text)),
    }
}

fn text<'a>(column: &'static str, field: &'a [u8]) -> Result<&'a str, LineError> {
    std::str::from_utf8(field).map_err(|_| LineError::NotText { column })
}

fn key<'a>(column: &'static str, field: &'a [u8]) -> Result<Option<&'a str>, LineError> {
    let text = text(column, field)?;
    if text.is_empty() {
        return Ok(None);
    }
    check_name(column, text)?;
    Ok(Some(text))
}

fn time(column: &'static str, field: &[u8]) -> Result<Timestamp, LineError> {
    Timestamp::parse_bytes(field.trim_ascii()).map_err(|cause| LineError::Time { column, cause })
}

fn stage(field: &[u8]) -> Result<Stage, LineError> {
    match field.trim_ascii() {
        b"" | b"intake" => Ok(Stage::Intake),
        b"field" => Ok(Stage::Field),
        b"post_search" => Ok(Stage::PostSearch),
        other => Err(word("stage", other, "`intake`, `field` or `post_search`")),
    }
}

fn origin(field: &[u8]) -> Result<Origin, LineError> {
    match field.trim_ascii() {
        b"" | b"prospective" => Ok(Origin::Prospective),
        b"retrospective" => Ok(Origin::Retrospective),
        b"synthetic" => Ok(Origin::Synthetic),
        other => Err(word("origin", other, "`prospective`, `retrospective` or `synthetic`")),
    }
}

fn word(column: &'static str, value: &[u8], listed: &'static str) -> LineError {
    let value = String::from_utf8_lossy(value).chars().take(80).collect();
    LineError::Word { column, value, listed }
}

fn deadlines(field: &[u8], deadlines: &mut Vec<Deadline>) -> Result<(), LineError> {
    let field = text("deadlines", field)?;
    for part in field.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let malformed = || LineError::Deadline { value: part.chars().take(80).collect() };
        let (kind, due) = part.split_once('=').ok_or_else(malformed)?;
        let due = due.trim().parse().map_err(|_| malformed())?;
        let deadline = Deadline { due, kind: DeadlineKind::from(kind.trim().to_owned()) };
        deadline.check()?;
        deadlines.push(deadline);
    }
    deadlines.sort();
    Ok(())
}

impl Backlog {
    /// Reads a backlog from CSV; see [`BacklogBuilder::read_csv`].
    ///
    /// # Errors
    /// As [`BacklogBuilder::read_csv`].
    pub fn read_csv(
        codebook: &Codebook,
        source: impl Read,
        unlisted: Unlisted,
    ) -> Result<Intake, ReadError> {
        let mut builder = BacklogBuilder::new(codebook).unlisted(unlisted);
        let report = builder.read_csv(source)?;
        Ok(Intake { backlog: builder.freeze(), report })
    }

    /// Writes the backlog as CSV, rows in tie order; *unknown* is a blank field. Columns of
    /// `known_at` are written for items that have one.
    ///
    /// # Errors
    /// Where the sink fails.
    pub fn write_csv(&self, sink: impl Write) -> std::io::Result<()> {
        let mut writer = ::csv::Writer::from_writer(sink);
        let items = self.codebook().items();
        let known = &self.inner.columns.known;
        let mut dated: Vec<u32> = known.iter().map(|known| known.item).collect();
        dated.sort_unstable();
        dated.dedup();
        let leading =
            ["id", "received", "unit", "subject", "bundle", "stage", "origin", "deadlines"];
        let mut record: Vec<String> = leading.map(str::to_owned).into();
        record.extend(items.iter().map(|item| item.id.clone()));
        record.extend(dated.iter().map(|&item| format!("{}{KNOWN_AT}", items[item as usize].id)));
        writer.write_record(&record)?;
        for row in 0..self.len() {
            let deadlines: Vec<String> = self
                .deadlines(row)
                .iter()
                .map(|deadline| format!("{}={}", deadline.kind, deadline.due))
                .collect();
            record.clear();
            record.push(self.id(row).to_owned());
            record.push(self.received(row).to_string());
            for name in [self.unit(row), self.subject(row), self.bundle(row)] {
                record.push(name.unwrap_or_default().to_owned());
            }
            record.push(self.stage(row).to_string());
            record.push(self.origin_of(row).to_string());
            record.push(deadlines.join(";"));
            for (place, item) in items.iter().enumerate() {
                let answer = item.answer(self.code(row, place));
                record.push(answer.map_or_else(String::new, |answer| answer.id.clone()));
            }
            for &item in &dated {
                let known = self.known_times(row).find(|known| known.item == item);
                record.push(known.map_or_else(String::new, |known| known.time.to_string()));
            }
            writer.write_record(&record)?;
        }
        writer.flush()
    }
}
