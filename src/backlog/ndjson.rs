//! Backlogs as newline-delimited JSON: one complaint a line.

use std::io::{BufRead, BufReader, Read, Write};

use thiserror::Error;

use super::report::{IntakeReport, ReadError};
use super::{Backlog, BacklogBuilder, Intake};
use crate::codebook::Codebook;
use crate::complaint::{Complaint, Unlisted};

/// The most bytes that one line may have; a longer one is refused and skipped.
const MOST_LINE_BYTES: usize = 1 << 20;

#[derive(Debug, Error)]
enum LineError {
    #[error("the line is longer than {MOST_LINE_BYTES} bytes")]
    TooLong,
    #[error("not a complaint: a line holds one JSON object")]
    NotAnObject,
    #[error("not a complaint: {}", within_line(.0))]
    Json(#[from] serde_json::Error),
}

/// The message without `line 1`, which every line would be: the report says which line it is.
fn within_line(error: &serde_json::Error) -> String {
    error.to_string().replacen(" at line 1 column ", " at column ", 1)
}

impl BacklogBuilder {
    /// Reads complaints from newline-delimited JSON, a line at a time, and reports what was read
    /// and what was refused. Blank lines are passed over; a byte-order mark is accepted.
    ///
    /// # Errors
    /// [`ReadError::Io`] where the source fails. A line that does not fit is refused in the
    /// report, and reading goes on.
    pub fn read_ndjson(&mut self, source: impl Read) -> Result<IntakeReport, ReadError> {
        let mut report = IntakeReport::new(&self.codebook);
        let mut source = BufReader::with_capacity(1 << 16, source);
        let mut line = Vec::new();
        let mut number = 0_u64;
        while let Some(length) = next_line(&mut source, &mut line)? {
            number += 1;
            let mut text = line.as_slice();
            if number == 1 {
                text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
            }
            if length <= MOST_LINE_BYTES && text.trim_ascii().is_empty() {
                continue;
            }
            match parse(text, length) {
                Ok(complaint) => self.take(&complaint, number, &mut report),
                Err(error) => report.refuse(number, &error),
            }
        }
        Ok(report)
    }

    fn take(&mut self, complaint: &Complaint, line: u64, report: &mut IntakeReport) {
        let encoded = match complaint.encode(&self.codebook, self.as_of, self.unlisted) {
            Ok(encoded) => encoded,
            Err(error) => return report.refuse(line, &error),
        };
        let codes = encoded.codes.clone();
        match self.push_encoded(complaint, encoded) {
            Ok(unlisted) => {
                report.took(&codes);
                for item in unlisted {
                    *report.unlisted.entry(item).or_default() += 1;
                }
            }
            Err(error) => report.refuse(line, &error),
        }
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

/// Reads to the next line end; keeps at most the first [`MOST_LINE_BYTES`] + 1 bytes and gives the
/// full length, or `None` at the end.
fn next_line(source: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<Option<usize>> {
    line.clear();
    let mut length = 0;
    loop {
        let block = source.fill_buf()?;
        if block.is_empty() {
            return Ok((length > 0).then_some(length));
        }
        let end = block.iter().position(|&byte| byte == b'\n');
        let part = &block[..end.unwrap_or(block.len())];
        let room = (MOST_LINE_BYTES + 1).saturating_sub(line.len());
        line.extend_from_slice(&part[..part.len().min(room)]);
        let used = part.len();
        length += used;
        source.consume(used + usize::from(end.is_some()));
        if end.is_some() {
            return Ok(Some(length));
        }
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
