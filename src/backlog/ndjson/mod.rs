//! Backlogs as newline-delimited JSON: one complaint a line.

mod borrowed;
#[cfg(test)]
mod tests;

use std::io::{Read, Write};

use serde_json::Deserializer;
use thiserror::Error;

use super::batch::Batch;
use super::blocks::{BLOCK_BYTES, Blocks, LINE_END};
use super::builder::known_times;
use super::columns::{Due, Row};
use super::report::{IntakeReport, ReadError};
use super::waves::in_waves;
use super::{Backlog, BacklogBuilder, Intake};
use crate::codebook::Codebook;
use crate::complaint::{Complaint, EncodeError, Unlisted};
use borrowed::{Coder, Scratch};

/// The most bytes that one line may have; a longer one is refused and skipped.
const MOST_LINE_BYTES: usize = 1 << 20;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

#[derive(Debug, Error)]
enum LineError {
    #[error("the line is longer than {MOST_LINE_BYTES} bytes")]
    TooLong,
    #[error("not a complaint: a line holds one JSON object")]
    NotAnObject,
    #[error("not a complaint: {}", within_line(.0))]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

/// The message without `line 1`, which every line would be: the report says which line it is.
fn within_line(error: &serde_json::Error) -> String {
    error.to_string().replacen(" at line 1 column ", " at column ", 1)
}

impl BacklogBuilder {
    /// Reads complaints from newline-delimited JSON and reports what was read and what was
    /// refused. Blank lines are passed over; a byte-order mark is accepted.
    ///
    /// Lines are coded as they are parsed, several blocks of them at once with the feature
    /// `parallel`; the result is the same at any number of threads.
    ///
    /// # Errors
    /// [`ReadError::Io`] where the source fails. A line that does not fit is refused in the
    /// report, and reading goes on.
    pub fn read_ndjson(&mut self, source: impl Read) -> Result<IntakeReport, ReadError> {
        self.read_ndjson_in_blocks(source, BLOCK_BYTES, true)
    }

    /// With `borrowed` off, every line goes by way of an owned complaint.
    fn read_ndjson_in_blocks(
        &mut self,
        source: impl Read,
        block_bytes: usize,
        borrowed: bool,
    ) -> Result<IntakeReport, ReadError> {
        let mut report = IntakeReport::new(&self.codebook);
        let first_row = self.len();
        let mut blocks = Blocks::new(source, block_bytes, MOST_LINE_BYTES);
        let coder = Coder::new(self);
        let (mut failure, mut begun) = (None, false);
        // Only the first line of the file can begin with a byte-order mark.
        let next = |(spare, _)| {
            let block = blocks.next(spare, None).unwrap_or_else(|error| {
                failure = Some(error);
                None
            })?;
            Some((block, !std::mem::replace(&mut begun, true)))
        };
        let read = |(block, first): &(Vec<u8>, bool)| coder.read(block, *first, borrowed);
        let mut line = 1;
        in_waves(next, read, |batch| {
            let lines = batch.line_count;
            self.add_batch(batch, line, &mut report);
            line += lines;
        });
        if let Some(error) = failure {
            return Err(error.into());
        }
        let packed = &self.columns.packed[first_row * self.packing.width()..];
        report.count_unknown(&self.packing, packed);
        Ok(report)
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
                continue;
            }
            let mut borrow = || match whole.and_then(|whole| whole.get(from..to)) {
                Some(text) => self.code(Deserializer::from_str(text), &mut scratch),
                None => self.code(Deserializer::from_slice(text), &mut scratch),
            };
            if borrowed && length <= MOST_LINE_BYTES && borrow() {
                let unlisted = scratch.unlisted.iter().copied();
                batch.push([number; 2], &scratch.row(), unlisted, &self.packing);
            } else if let Err(error) = self.read_owned(text, length, number, &mut batch) {
                batch.refuse([number; 2], &error);
            }
        }
        batch
    }

    /// The long way, for whatever was not coded at once: it finds every fault and names it.
    fn read_owned(
        &self,
        text: &[u8],
        length: usize,
        line: u64,
        batch: &mut Batch,
    ) -> Result<(), LineError> {
        let complaint = parse(text, length)?;
        let encoded = complaint.encode(&self.codebook, self.as_of, self.unlisted)?;
        let deadlines: Vec<Due<'_>> = complaint.deadlines().iter().map(Due::of).collect();
        let row = Row {
            known: &known_times(&self.codebook, &complaint, &encoded),
            ..Row::of(&complaint, &encoded, &deadlines)
        };
        batch.push([line; 2], &row, encoded.unlisted.iter().map(String::as_str), &self.packing);
        Ok(())
    }
}

fn parse(text: &[u8], length: usize) -> Result<Complaint, LineError> {
    if length > MOST_LINE_BYTES {
        return Err(LineError::TooLong);
    }
    if text.trim_ascii_start().first().is_some_and(|&byte| byte != b'{') {
        return Err(LineError::NotAnObject);
    }
    Ok(serde_json::from_slice(text)?)
}

impl Backlog {
    /// Reads a backlog from newline-delimited JSON; see [`BacklogBuilder::read_ndjson`].
    ///
    /// # Errors
    /// As [`BacklogBuilder::read_ndjson`].
    pub fn read_ndjson(
        codebook: &Codebook,
        source: impl Read,
        unlisted: Unlisted,
    ) -> Result<Intake, ReadError> {
        let mut builder = BacklogBuilder::new(codebook).unlisted(unlisted);
        let report = builder.read_ndjson(source)?;
        Ok(Intake { backlog: builder.freeze(), report })
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
