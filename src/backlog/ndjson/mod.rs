//! Backlogs as newline-delimited JSON: one complaint a line.

mod borrowed;
mod entries;
mod salvage;
#[cfg(test)]
mod tests;
mod tolerant;

use std::io::{Read, Write};

use serde_json::Deserializer;

use super::batch::Batch;
use super::blocks::{BLOCK_BYTES, Blocks, LINE_END};
use super::intake::{Intake, IntakeReport};
use super::kind;
use super::report::ReadError;
use super::waves::in_waves;
use super::{Backlog, BacklogBuilder, Reading};
use crate::codebook::Codebook;
use borrowed::{Coder, Scratch};
pub(crate) use entries::Entries as JsonEntries;

/// The most bytes that one line may have; a longer one is refused and skipped.
const MOST_LINE_BYTES: usize = 1 << 20;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

impl BacklogBuilder {
    /// Reads complaints from newline-delimited JSON and reports what became of every line, as
    /// [`BacklogBuilder::read_csv`] does. Blank lines are passed over; a byte-order mark is
    /// accepted; answers may stand under `answers` or beside `id`.
    ///
    /// Lines are coded as they are parsed, several blocks of them at once with the feature
    /// `parallel`; the result is the same at any number of threads.
    ///
    /// # Errors
    /// [`ReadError::Io`] where the source fails, [`ReadError::OtherKind`] for a source of another
    /// kind; the builder is then as it was.
    pub fn read_ndjson(&mut self, source: impl Read) -> Result<IntakeReport, ReadError> {
        self.read_ndjson_in_blocks(source, BLOCK_BYTES, true)
    }

    /// With `borrowed` off, every line goes the long way.
    fn read_ndjson_in_blocks(
        &mut self,
        source: impl Read,
        block_bytes: usize,
        borrowed: bool,
    ) -> Result<IntakeReport, ReadError> {
        let mark = self.mark();
        let mut report = IntakeReport::new(&self.codebook, &self.reading.danger);
        let mut blocks = Blocks::new(source, block_bytes, MOST_LINE_BYTES);
        let coder = Coder::new(self);
        let (mut failure, mut other) = (None, None);
        let mut beginning = kind::Beginning::default();
        // Only the first line of the file can begin with a byte-order mark.
        let next = |(spare, _)| {
            let block = blocks.next(spare, None).unwrap_or_else(|error| {
                failure = Some(error);
                None
            })?;
            let (first, looks_like) = beginning.look(&block, kind::text_other_than_ndjson);
            other = looks_like;
            other.is_none().then_some((block, first))
        };
        let read = |(block, first): &(Vec<u8>, bool)| coder.read(block, *first, borrowed);
        let mut line = 1;
        in_waves(next, read, |batch| {
            let lines = batch.line_count;
            self.add_batch(batch, line, &mut report);
            line += lines;
        });
        let read = match (failure, other) {
            (Some(cause), _) => Err(ReadError::Io { line, cause }),
            (None, Some((kind, way_out))) => {
                let expected = "newline-delimited JSON";
                Err(ReadError::OtherKind { kind, expected, way_out })
            }
            (None, None) => Ok(()),
        };
        self.finish(mark, read, report)
    }
}

impl Coder {
    fn read(&self, block: &[u8], first: bool, borrowed: bool) -> Batch {
        let mut batch = Batch::default();
        let mut scratch = Scratch::new(self);
        // A line end behind the last line begins no other.
        let lines = block.strip_suffix(&[LINE_END]).unwrap_or(block);
        // What has been found to be text once is not looked at again, text by text.
        let whole = std::str::from_utf8(lines).ok();
        let mut start = 0;
        for text in lines.split(|&byte| byte == LINE_END) {
            let number = batch.line_count;
            batch.line_count += 1;
            let length = text.len();
            let (mut from, to) = (start, start + length);
            start = to + 1;
            if first && number == 0 && text.starts_with(BYTE_ORDER_MARK) {
                from = BYTE_ORDER_MARK.len();
            }
            let text = &lines[from..to];
            if length <= MOST_LINE_BYTES && text.trim_ascii().is_empty() {
                batch.blank_lines += 1;
                continue;
            }
            let mut borrow = || match whole.and_then(|whole| whole.get(from..to)) {
                Some(text) => self.code(Deserializer::from_str(text), &mut scratch),
                None => self.code(Deserializer::from_slice(text), &mut scratch),
            };
            if borrowed && length <= MOST_LINE_BYTES && borrow() {
                let unlisted = scratch.unlisted.iter().copied();
                batch.push([number; 2], &scratch.row(), unlisted, &self.packing);
                continue;
            }
            match self.read_tolerantly(text, length) {
                Ok(read) => {
                    let unlisted = read.unlisted.iter().map(String::as_str);
                    let packing = &self.packing;
                    read.with_row(|row| batch.push([number; 2], row, unlisted, packing));
                    if read.trimmed {
                        batch.trimmed();
                    }
                }
                Err(record) => batch.set_aside(record.at_lines(number, number)),
            }
        }
        batch
    }
}

impl Backlog {
    /// Reads a backlog from newline-delimited JSON; see [`BacklogBuilder::read_ndjson`].
    ///
    /// # Errors
    /// As [`BacklogBuilder::read_ndjson`].
    pub fn read_ndjson(
        codebook: &Codebook,
        source: impl Read,
        reading: impl Into<Reading>,
    ) -> Result<Intake, ReadError> {
        let mut builder = BacklogBuilder::new(codebook).with_reading(reading);
        let report = builder.read_ndjson(source)?;
        Ok(Intake::new(builder.freeze(), report))
    }

    /// Writes the backlog as newline-delimited JSON, rows in tie order.
    ///
    /// # Errors
    /// Where the sink fails.
    pub fn write_ndjson(&self, mut sink: impl Write) -> std::io::Result<()> {
        for complaint in self.complaints() {
            serde_json::to_writer(&mut sink, &complaint)?;
            sink.write_all(b"\n")?;
        }
        sink.flush()
    }
}
