//! Rows that a mapping made, on their way into a backlog: the same batches, merges and reports as
//! those of the plain readers.

#[cfg(feature = "arrow-59")]
use super::SeparateRows;
use super::batch::Batch;
use super::columns::{Due, Row};
use super::intake::{IntakeReport, NotRankable, Span};
use super::{Backlog, BacklogBuilder, Intake, Packing, ReadError, Reading};
use crate::Timestamp;
use crate::codebook::{Codebook, Stage};
use crate::complaint::{Deadline, NotUnderstood, Origin};

/// Rows that are added at once.
const BATCH: usize = 4_096;

/// One record that can be ranked, checked and coded.
#[derive(Debug)]
pub(crate) struct MappedRow<'a> {
    pub(crate) id: &'a str,
    pub(crate) received: Timestamp,
    pub(crate) unit: Option<&'a str>,
    pub(crate) subject: Option<&'a str>,
    pub(crate) bundle: Option<&'a str>,
    pub(crate) stage: Stage,
    pub(crate) origin: Origin,
    /// Earliest first.
    pub(crate) deadlines: &'a [Deadline],
    pub(crate) codes: &'a [u8],
    /// By item, of items that are not *unknown*, in the order of the items.
    pub(crate) known: &'a [(usize, Timestamp)],
    pub(crate) not_understood: &'a [NotUnderstood],
}

/// Rows that a mapping made of a part of a source, until they are added to the backlog.
#[derive(Debug)]
pub(crate) struct MappedRows {
    packing: Packing,
    batch: Batch,
}

impl MappedRows {
    pub(crate) fn new(codebook: &Codebook) -> Self {
        MappedRows { packing: Packing::new(codebook), batch: Batch::default() }
    }

    /// How many records it holds.
    pub(crate) fn len(&self) -> usize {
        self.batch.len()
    }

    /// Adds a record by its first and last line; `trimmed` where blanks were taken off its id.
    pub(crate) fn push(&mut self, lines: [u64; 2], row: &MappedRow<'_>, trimmed: bool) {
        let deadlines: Vec<Due<'_>> = row.deadlines.iter().map(Due::of).collect();
        let row = Row {
            id: row.id,
            received: row.received,
            unit: row.unit,
            subject: row.subject,
            bundle: row.bundle,
            stage: row.stage,
            origin: row.origin,
            deadlines: &deadlines,
            codes: row.codes,
            known: row.known,
            not_understood: row.not_understood,
            said: &[],
        };
        self.batch.push(lines, &row, std::iter::empty(), &self.packing);
        if trimmed {
            self.batch.trimmed();
        }
    }

    pub(crate) fn set_aside(&mut self, record: NotRankable) {
        self.batch.set_aside(record);
    }

    /// The rows by themselves, as they came.
    #[cfg(feature = "arrow-59")]
    pub(crate) fn into_separate_rows(self, codebook: &Codebook) -> SeparateRows {
        self.batch.into_separate_rows(codebook)
    }

    /// Adds a field over several lines, which are counted from the first of the source.
    pub(crate) fn add_span(&mut self, span: Span) {
        self.batch.spans.push(span);
    }
}

/// A backlog that is filled with rows a mapping made, and the report over them.
#[derive(Debug)]
pub(crate) struct MappedIntake {
    builder: BacklogBuilder,
    rows: MappedRows,
    report: IntakeReport,
}

impl MappedIntake {
    pub(crate) fn new(codebook: &Codebook, reading: Reading) -> Self {
        MappedIntake {
            report: IntakeReport::new(codebook, &reading.danger),
            builder: BacklogBuilder::new(codebook).with_reading(reading),
            rows: MappedRows::new(codebook),
        }
    }

    pub(crate) fn report_mut(&mut self) -> &mut IntakeReport {
        &mut self.report
    }

    /// Adds a record; see [`MappedRows::push`].
    pub(crate) fn push(&mut self, lines: [u64; 2], row: &MappedRow<'_>, trimmed: bool) {
        self.rows.push(lines, row, trimmed);
        if self.rows.len() >= BATCH {
            self.add();
        }
    }

    pub(crate) fn set_aside(&mut self, record: NotRankable) {
        self.rows.set_aside(record);
        if self.rows.len() >= BATCH {
            self.add();
        }
    }

    /// Adds the rows of a part of the source, whose lines are counted from this one.
    pub(crate) fn add_rows(&mut self, rows: MappedRows, line: u64) {
        self.builder.add_batch(rows.batch, line, &mut self.report);
    }

    fn add(&mut self) {
        let batch = std::mem::take(&mut self.rows.batch);
        self.builder.add_batch(batch, 0, &mut self.report);
    }

    /// Freezes the backlog and completes the report.
    pub(crate) fn finish(mut self) -> Result<Intake, ReadError> {
        let mark = BacklogBuilder::new(&self.builder.codebook).mark();
        self.add();
        let report = self.builder.finish(mark, Ok(()), self.report)?;
        let backlog: Backlog = self.builder.freeze();
        Ok(Intake::new(backlog, report))
    }
}
