//! Backlogs as CSV: a heading, then one complaint a line.
//!
//! Columns are told apart by name, in any order: `id` and `received` (required), `unit`,
//! `subject`, `bundle`, `stage`, `origin`, `deadlines` (`preservation=2027-04-17;…`), one column
//! per item, and `<item>.known_at` for the time at which its answer became known.

#[cfg(feature = "arrow-59")]
mod cells;
mod ends;
mod fields;
mod heading;
mod line;
mod lines;
mod records;
mod short;
#[cfg(all(test, feature = "csv"))]
mod tests;
mod values;
#[cfg(feature = "csv")]
mod write;

use std::io::Read;

use super::blocks::{BLOCK_BYTES, Blocks, LINE_END, stop};
use super::intake::{Intake, IntakeReport};
use super::kind;
use super::report::ReadError;
use super::waves::in_waves;
use super::{Backlog, BacklogBuilder, Reading};
use crate::codebook::Codebook;
#[cfg(feature = "arrow-59")]
pub(crate) use cells::RowForm;
use heading::{BYTE_ORDER_MARK, Heading};
#[cfg(feature = "research")]
pub(crate) use records::Table;

const KNOWN_AT: &str = ".known_at";

const COMMA: u8 = b',';

/// The most bytes of one record, and of the heading.
pub(crate) const MOST_RECORD_BYTES: usize = 1 << 20;
/// The most lines of one record.
pub(crate) const MOST_RECORD_LINES: u64 = 1_000;

/// Bytes that lines without them are split faster: quotes, and carriage returns by themselves.
const SPECIAL: [u8; 2] = [b'"', b'\r'];

impl BacklogBuilder {
    /// Reads complaints from CSV and reports what became of every record: understood, partly
    /// understood (what is not is kept with the complaint), or not rankable (no id or time can be
    /// read, or its cells cannot be told apart; kept whole in the report). Columns are matched by
    /// name, without case, blanks, marks and separators. Blank fields and `unknown` are *unknown*.
    /// Quoted fields, CRLF and a byte-order mark are accepted.
    ///
    /// Up to the first quote, lines are split where they stand, several blocks of them at once
    /// with the feature `parallel`; from there on one thread reads. The result is the same either
    /// way, and at any number of threads.
    ///
    /// # Errors
    /// [`ReadError`] where the source fails or the heading does not serve; the builder is then as
    /// it was.
    pub fn read_csv(&mut self, source: impl Read) -> Result<IntakeReport, ReadError> {
        self.read_csv_in_blocks(source, BLOCK_BYTES)
    }

    fn read_csv_in_blocks(
        &mut self,
        source: impl Read,
        block_bytes: usize,
    ) -> Result<IntakeReport, ReadError> {
        let mark = self.mark();
        let mut report = IntakeReport::new(&self.codebook, &self.reading.danger);
        let read = self.read_csv_into(source, block_bytes, &mut report);
        self.finish(mark, read, report)
    }

    fn read_csv_into(
        &mut self,
        source: impl Read,
        block_bytes: usize,
        report: &mut IntakeReport,
    ) -> Result<(), ReadError> {
        let mut blocks = Blocks::new(source, block_bytes, MOST_RECORD_BYTES);
        let (mut failure, mut special) = (None, None);
        let mut beginning = kind::Beginning::default();
        let mut other = None;
        let mut next = |spare| {
            if special.is_some() || failure.is_some() || other.is_some() {
                return None;
            }
            let mut block = blocks.next(spare, Some(SPECIAL)).unwrap_or_else(|error| {
                failure = Some(error);
                None
            })?;
            (_, other) = beginning.look(&block, kind::text_other_than_csv);
            if other.is_some() {
                return None;
            }
            special = cut_before_special(&mut block);
            Some(block)
        };
        let mut heading = Heading::default();
        let mut line = 1;
        let mut first = None;
        while heading.is_missing()
            && let Some(mut block) = next(Vec::new())
        {
            heading.find(self, &mut block, &mut line, report)?;
            first = Some(block);
        }
        if let Some(form) = heading.form() {
            let next = |spare| first.take().or_else(|| next(spare));
            let read = |block: &Vec<u8>| lines::read(form, block);
            in_waves(next, read, |batch| {
                let lines = batch.line_count;
                self.add_batch(batch, line, report);
                line += lines;
            });
        }
        if let Some((kind, way_out)) = other {
            return Err(ReadError::OtherKind { kind, expected: "CSV", way_out });
        }
        if let Some(special) = special {
            let mark = if heading.has_begun() { &[][..] } else { BYTE_ORDER_MARK };
            let special = special.strip_prefix(mark).unwrap_or(&special);
            let rest = blocks.rest(special);
            self.read_records(rest, &mut heading, line, report)?;
        }
        if let Some(cause) = failure {
            return Err(ReadError::Io { line, cause });
        }
        if heading.is_missing() {
            let heading = String::new();
            return Err(ReadError::MissingColumn { column: "id", heading, nearest: None });
        }
        Ok(())
    }
}

/// Takes the line with the first special byte, and what follows, out of a block.
fn cut_before_special(block: &mut Vec<u8>) -> Option<Vec<u8>> {
    let last = || (block.last() == Some(&SPECIAL[1])).then(|| block.len() - 1);
    let at = stop(block, SPECIAL).or_else(last)?;
    let start = memchr::memrchr(LINE_END, &block[..at]).map_or(0, |end| end + 1);
    Some(block.split_off(start))
}

impl Backlog {
    /// Reads a backlog from CSV; see [`BacklogBuilder::read_csv`].
    ///
    /// # Errors
    /// As [`BacklogBuilder::read_csv`].
    pub fn read_csv(
        codebook: &Codebook,
        source: impl Read,
        reading: impl Into<Reading>,
    ) -> Result<Intake, ReadError> {
        let mut builder = BacklogBuilder::new(codebook).with_reading(reading);
        let report = builder.read_csv(source)?;
        Ok(Intake::new(builder.freeze(), report))
    }
}
