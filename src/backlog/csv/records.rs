//! Records read by the csv crate: the way for files with quotes.

use std::io::Read;

use ::csv::{ByteRecord, ReaderBuilder};

use super::fields::Line;
use super::heading::Heading;
use crate::backlog::BacklogBuilder;
use crate::backlog::batch::Batch;
use crate::backlog::blocks::{LINE_END, Rest};
use crate::backlog::lines::Lines;
use crate::backlog::report::{IntakeReport, ReadError};

/// Records that are added at once.
const BATCH: usize = 4_096;

impl BacklogBuilder {
    /// Reads the rest of a file. A blank line was put before it; the next one is line `line`.
    pub(super) fn read_records(
        &mut self,
        rest: Rest<impl Read>,
        heading: &mut Heading,
        line: u64,
        report: &mut IntakeReport,
    ) -> Result<(), ReadError> {
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(1 << 16)
            .from_reader(Lines::new(rest));
        let mut record = ByteRecord::new();
        let mut batch = Batch::default();
        let mut spare = None;
        loop {
            let read = reader.read_byte_record(&mut record).map_err(io_error);
            if !matches!(read, Ok(true)) || batch.len() >= BATCH {
                self.add_batch(std::mem::take(&mut batch), 0, report);
            }
            if !read? {
                return Ok(());
            }
            let Some(form) = heading.form() else {
                heading.set(self, record.iter(), report)?;
                continue;
            };
            // The blank line counts as one.
            let number = |own: u64| (line + own).saturating_sub(2);
            let inside = record.as_slice().iter().filter(|&&byte| byte == LINE_END).count();
            let first = number(reader.get_ref().reached()).saturating_sub(inside as u64);
            let mut own = Line::blank(spare.take().unwrap_or_else(|| form.line()));
            let lines = [first, number(reader.get_ref().number())];
            match form.read(&record.iter(), &mut own) {
                Ok(()) => batch.push(lines, &own.row(), form.unlisted_of(&own), &form.packing),
                Err(error) => batch.refuse(lines, &error),
            }
            spare = Some(Line::blank(own));
        }
    }
}

fn io_error(error: ::csv::Error) -> ReadError {
    let text = error.to_string();
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => ReadError::Io(error),
        _ => ReadError::Io(std::io::Error::other(text)),
    }
}
