//! Backlogs as CSV: a heading, then one complaint a line.
//!
//! Columns are told apart by name, in any order: `id` and `received` (required), `unit`,
//! `subject`, `bundle`, `stage`, `origin`, `deadlines` (`preservation=2027-04-17;…`), one column
//! per item, and `<item>.known_at` for the time at which its answer became known.

mod ends;
mod fields;
mod heading;
mod lines;
mod records;
mod short;
#[cfg(test)]
mod tests;
mod values;
mod write;

use std::io::Read;

use super::blocks::{BLOCK_BYTES, Blocks, LINE_END, stop};
use super::report::{IntakeReport, ReadError};
use super::waves::in_waves;
use super::{Backlog, BacklogBuilder, Intake};
use crate::codebook::Codebook;
use crate::complaint::Unlisted;
use heading::{BYTE_ORDER_MARK, Heading};

const KNOWN_AT: &str = ".known_at";

const COMMA: u8 = b',';

/// Bytes that only the csv crate can make sense of: quotes, and carriage returns by themselves.
const SPECIAL: [u8; 2] = [b'"', b'\r'];

impl BacklogBuilder {
    /// Reads complaints from CSV and reports what was read and what was refused. Blank fields and
    /// `unknown` are *unknown*. Quoted fields, CRLF and a byte-order mark are accepted.
    ///
    /// Up to the first quote, lines are split where they stand, several blocks of them at once
    /// with the feature `parallel`; from there on the csv crate reads. The result is the same
    /// either way, and at any number of threads.
    ///
    /// # Errors
    /// [`ReadError`] where the source fails or the heading does not serve. A line that does not
    /// fit is refused in the report, and reading goes on.
    pub fn read_csv(&mut self, source: impl Read) -> Result<IntakeReport, ReadError> {
        self.read_csv_in_blocks(source, BLOCK_BYTES)
    }

    fn read_csv_in_blocks(
        &mut self,
        source: impl Read,
        block_bytes: usize,
    ) -> Result<IntakeReport, ReadError> {
        let mut report = IntakeReport::new(&self.codebook);
        let first_row = self.len();
        let mut blocks = Blocks::new(source, block_bytes, usize::MAX);
        let (mut failure, mut special) = (None, None);
        let mut next = |spare| {
            if special.is_some() || failure.is_some() {
                return None;
            }
            let mut block = blocks.next(spare, Some(SPECIAL)).unwrap_or_else(|error| {
                failure = Some(error);
                None
            })?;
            special = cut_before_special(&mut block);
            Some(block)
        };
        let mut heading = Heading::default();
        let mut line = 1;
        let mut first = None;
        while heading.is_missing()
            && let Some(mut block) = next(Vec::new())
        {
            heading.find(self, &mut block, &mut line, &mut report)?;
            first = Some(block);
        }
        if let Some(form) = heading.form() {
            let next = |spare| first.take().or_else(|| next(spare));
            let read = |block: &Vec<u8>| lines::read(form, block);
            in_waves(next, read, |batch| {
                let lines = batch.line_count;
                self.add_batch(batch, line, &mut report);
                line += lines;
            });
        }
        if let Some(special) = special {
            // The csv crate takes a byte-order mark off whatever it is given first; a blank line
            // before the rest keeps it from doing so in the middle of a file.
            let mark = if heading.has_begun() { &[][..] } else { BYTE_ORDER_MARK };
            let special = special.strip_prefix(mark).unwrap_or(&special);
            let rest = blocks.rest(&[b"\n", special].concat());
            self.read_records(rest, &mut heading, line, &mut report)?;
        }
        if let Some(error) = failure {
            return Err(error.into());
        }
        if heading.is_missing() {
            return Err(ReadError::MissingColumn { column: "id" });
        }
        let packed = &self.columns.packed[first_row * self.packing.width()..];
        report.count_unknown(&self.packing, packed);
        Ok(report)
    }
}

/// Takes the line with the first special byte, and what follows, out of a block.
fn cut_before_special(block: &mut Vec<u8>) -> Option<Vec<u8>> {
    let last = || (block.last() == Some(&SPECIAL[1])).then(|| block.len() - 1);
    let place = stop(block, SPECIAL).or_else(last)?;
    let start = memchr::memrchr(LINE_END, &block[..place]).map_or(0, |end| end + 1);
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
        unlisted: Unlisted,
    ) -> Result<Intake, ReadError> {
        let mut builder = BacklogBuilder::new(codebook).unlisted(unlisted);
        let report = builder.read_csv(source)?;
        Ok(Intake { backlog: builder.freeze(), report })
    }
}
