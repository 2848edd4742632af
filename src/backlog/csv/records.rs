//! Records one after another: the way for files with quotes, or with carriage returns alone.
//!
//! A quote that is left open would swallow the rest of a file. So a record that goes over several
//! lines is looked at line by line, and ends where a line looks like a record itself: then the line
//! with the open quote alone is set aside, and reading goes on behind it.

#[cfg(feature = "research")]
mod table;

use std::io::Read;

use memchr::{memchr2, memchr3};

use super::fields::{Column, Form};
use super::heading::Heading;
use super::line::Line;
use super::lines::{self, without_carriage_return};
use super::values::received;
use super::{COMMA, MOST_RECORD_BYTES, MOST_RECORD_LINES, SPECIAL};
use crate::backlog::BacklogBuilder;
use crate::backlog::batch::Batch;
use crate::backlog::blocks::{LINE_END, Rest, stop};
use crate::backlog::intake::{IntakeReport, Span, WhyNotRankable};
use crate::backlog::report::ReadError;
#[cfg(feature = "research")]
pub(crate) use table::Table;

/// Bytes held at a time, where records are short.
const HELD: usize = 1 << 18;
/// Records that are added at once.
const BATCH: usize = 4_096;
/// Lines without quotes are read together from so many bytes on.
const WORTH_IT: usize = 1 << 12;

const QUOTE: u8 = b'"';
const RETURN: u8 = b'\r';

/// A source of which the part that is being read is held.
struct Held<R> {
    rest: Rest<R>,
    bytes: Vec<u8>,
    /// Where the next record begins.
    start: usize,
    ended: bool,
}

impl<R: Read> Held<R> {
    /// Holds so many bytes behind the start of the next record, if there are so many.
    fn hold(&mut self, bytes: usize) -> std::io::Result<()> {
        if self.bytes.len() - self.start >= bytes || self.ended {
            return Ok(());
        }
        self.bytes.drain(..self.start);
        self.start = 0;
        // Well beyond, so that what is left is not moved for every record.
        while self.bytes.len() < bytes + 4 * HELD && !self.ended {
            // Room is made once for many calls: a source may give a byte at each.
            let read = self.rest.by_ref().take(HELD as u64).read_to_end(&mut self.bytes)?;
            self.ended = read < HELD;
        }
        Ok(())
    }

    fn next(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    /// Passes over the rest of a line that is too long to be held.
    fn skip_line(&mut self) -> std::io::Result<()> {
        loop {
            let (line, length) = line_of(self.next());
            let ends = line.len() < length;
            self.start += length;
            self.hold(2)?;
            if ends || self.next().is_empty() {
                return Ok(());
            }
        }
    }
}

/// What the text before the end of one line is, and where the next line begins; the end of the
/// text where there is none.
fn line_of(text: &[u8]) -> (&[u8], usize) {
    match memchr2(LINE_END, RETURN, text) {
        None => (text, text.len()),
        Some(end) => {
            let both = text[end] == RETURN && text.get(end + 1) == Some(&LINE_END);
            (&text[..end], end + 1 + usize::from(both))
        }
    }
}

/// One record as it stands in a text.
struct Record {
    /// Bytes of the record with its line end.
    length: usize,
    /// Bytes without it.
    text: usize,
    lines: u64,
    fault: Option<WhyNotRankable>,
    /// The first field with a line end in it.
    spanning: Option<usize>,
}

/// Where fields end in unquoted bytes.
#[derive(Default)]
struct Fields {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Fields {
    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    fn end(&mut self) {
        self.ends.push(self.bytes.len());
    }

    fn all(&self) -> Vec<&[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| &self.bytes[start..end]).collect()
    }
}

/// Cuts the record with which a text begins into fields. Only columns that `may_span` go over
/// several lines, and only over lines that do not look like records.
fn cut(
    text: &[u8],
    fields: &mut Fields,
    may_span: impl Fn(usize) -> bool,
    looks_like_a_record: impl Fn(&[u8]) -> bool,
) -> Record {
    fields.clear();
    let (first_line, first_length) = line_of(text);
    let alone = |fault, fields: &mut Fields| {
        // The line alone, its quotes taken as they stand.
        fields.clear();
        for field in first_line.split(|&byte| byte == COMMA) {
            fields.bytes.extend_from_slice(field);
            fields.end();
        }
        Record {
            length: first_length,
            text: first_line.len(),
            lines: 1,
            fault: Some(fault),
            spanning: None,
        }
    };
    let (mut at, mut lines, mut spanning) = (0, 1, None);
    loop {
        if text.get(at) == Some(&QUOTE) {
            at += 1;
            loop {
                let Some(next) = memchr3(QUOTE, LINE_END, RETURN, &text[at..]) else {
                    return alone(WhyNotRankable::Swallows { last: lines }, fields);
                };
                fields.bytes.extend_from_slice(&text[at..at + next]);
                at += next;
                if text[at] == QUOTE {
                    at += 1;
                    if text.get(at) != Some(&QUOTE) {
                        break;
                    }
                    fields.bytes.push(QUOTE);
                    at += 1;
                    continue;
                }
                let (_, length) = line_of(&text[at..]);
                fields.bytes.extend_from_slice(&text[at..at + length]);
                at += length;
                lines += 1;
                spanning = spanning.or(Some(fields.ends.len()));
                let (following, _) = line_of(&text[at..]);
                let beyond = lines > MOST_RECORD_LINES || at > MOST_RECORD_BYTES;
                let short = !may_span(fields.ends.len());
                if at >= text.len() || short || beyond || looks_like_a_record(following) {
                    let last = if at >= text.len() { lines - 1 } else { lines };
                    return alone(WhyNotRankable::Swallows { last }, fields);
                }
            }
            if !matches!(text.get(at), None | Some(&(COMMA | LINE_END | RETURN))) {
                return alone(WhyNotRankable::Quote, fields);
            }
        } else {
            let end = memchr3(COMMA, LINE_END, RETURN, &text[at..]);
            let end = end.map_or(text.len(), |end| at + end);
            fields.bytes.extend_from_slice(&text[at..end]);
            at = end;
        }
        fields.end();
        if text.get(at) == Some(&COMMA) {
            at += 1;
            continue;
        }
        let (_, end) = line_of(&text[at..]);
        return Record { length: at + end, text: at, lines, fault: None, spanning };
    }
}

/// Whether a line inside a field may be a record of its own: a quote is left open then.
fn looks_like_a_record(form: &Form, line: &[u8]) -> bool {
    let fields = || line.split(|&byte| byte == COMMA);
    let unquoted = |field: &[u8]| {
        let field = field.trim_ascii();
        let field = field.strip_prefix(b"\"").unwrap_or(field);
        field.strip_suffix(b"\"").unwrap_or(field).to_vec()
    };
    let column = form.columns.iter().position(|&column| column == Column::Received);
    let time = column.and_then(|column| fields().nth(column)).map(unquoted);
    is_as_long(fields().count(), form.columns.len())
        || time.is_some_and(|time| received(&time).is_ok())
}

/// Whether a line with so many fields may be a damaged record.
fn is_as_long(found: usize, expected: usize) -> bool {
    found == expected && expected > 1 || expected >= 6 && found >= expected / 2
}

impl BacklogBuilder {
    /// Reads the rest of a file, whose next line is line `line`.
    pub(super) fn read_records(
        &mut self,
        rest: Rest<impl Read>,
        heading: &mut Heading,
        mut line: u64,
        report: &mut IntakeReport,
    ) -> Result<(), ReadError> {
        let mut held = Held { rest, bytes: Vec::new(), start: 0, ended: false };
        let mut fields = Fields::default();
        let mut batch = Batch::default();
        let mut spare = None;
        loop {
            // A record, and behind it a line that tells whether it has swallowed others.
            let failure = |cause| ReadError::Io { line, cause };
            held.hold(MOST_RECORD_BYTES + HELD).map_err(failure)?;
            if held.next().is_empty() {
                self.add_batch(batch, 0, report);
                return Ok(());
            }
            if let Some(form) = heading.form() {
                let plain = plain_length(held.next(), held.ended);
                if plain >= WORTH_IT {
                    self.add_batch(std::mem::take(&mut batch), 0, report);
                    let block = lines::read(form, &held.next()[..plain]);
                    let count = block.line_count;
                    self.add_batch(block, line, report);
                    held.start += plain;
                    line += count;
                    continue;
                }
            }
            let likely =
                |text: &[u8]| heading.form().is_some_and(|form| looks_like_a_record(form, text));
            let may_span = |position: usize| match heading.form() {
                Some(form) => matches!(form.columns.get(position), Some(Column::Unlisted(_))),
                None => true,
            };
            let mut record = cut(held.next(), &mut fields, may_span, likely);
            let goes_on = !held.ended && record.length == held.next().len();
            let text = &held.next()[..record.text];
            let numbers = [line, line + record.lines - 1];
            batch.line_count += record.lines;
            line += record.lines;
            let all = fields.all();
            if text.trim_ascii().is_empty() {
                batch.blank_lines += record.lines;
            } else if let Some(form) = heading.form() {
                let mut parsed = Line::blank(spare.take().unwrap_or_else(|| form.line()));
                let read = match record.fault.take() {
                    _ if goes_on || text.len() > MOST_RECORD_BYTES => {
                        Err(WhyNotRankable::TooLong { limit: MOST_RECORD_BYTES })
                    }
                    Some(WhyNotRankable::Swallows { last }) => {
                        Err(WhyNotRankable::Swallows { last: numbers[0] + last - 1 })
                    }
                    Some(why) => Err(why),
                    None => form.read(&all, &mut parsed),
                };
                if let Some(column) = record.spanning {
                    let column = form.columns.get(column).copied();
                    batch.spans.push(Span {
                        first: numbers[0],
                        last: numbers[1],
                        column: column.map_or_else(String::new, |column| {
                            crate::base::text::cut(form.column_name(column), 64)
                        }),
                    });
                }
                match read {
                    Ok(()) => {
                        batch.push(
                            numbers,
                            &parsed.row(),
                            form.unlisted_of(&parsed),
                            &form.packing,
                        );
                        if parsed.trimmed {
                            batch.trimmed();
                        }
                    }
                    Err(why) => {
                        let set_aside = form.set_aside(text, &all, why);
                        batch.set_aside(set_aside.at_lines(numbers[0], numbers[1]));
                    }
                }
                spare = Some(Line::blank(parsed));
            } else {
                report.heading_lines = record.lines;
                heading.set(self, without_carriage_return(text), &all, report)?;
            }
            held.start += record.length;
            if goes_on {
                held.skip_line().map_err(|cause| ReadError::Io { line, cause })?;
            }
            if batch.len() >= BATCH {
                self.add_batch(std::mem::take(&mut batch), 0, report);
            }
        }
    }
}

/// How many bytes of whole lines without anything special a text begins with.
fn plain_length(text: &[u8], ended: bool) -> usize {
    let special = stop(text, SPECIAL);
    let unsure = !ended && text.last() == Some(&RETURN);
    let until = special.unwrap_or(text.len() - usize::from(unsure));
    if special.is_none() && ended {
        return if text.last() == Some(&RETURN) { 0 } else { text.len() };
    }
    memchr::memrchr(LINE_END, &text[..until]).map_or(0, |end| end + 1)
}
