//! Lines without quotes, split where they stand.

use memchr::{memchr, memrchr};

use super::ends::{Ends, PIECE};
use super::fields::{Column, Form, Step};
use super::line::Line;
use super::short::find_short;
use super::{COMMA, MOST_RECORD_BYTES};
use crate::backlog::batch::Batch;
use crate::backlog::blocks::LINE_END;
use crate::backlog::intake::WhyNotRankable;

pub(super) fn without_carriage_return(text: &[u8]) -> &[u8] {
    text.strip_suffix(b"\r").unwrap_or(text)
}

/// Reads the lines of a block that holds no quote and no carriage return but in line ends.
pub(super) fn read(form: &Form, block: &[u8]) -> Batch {
    let mut reader = Reader { form, line: form.line(), batch: Batch::default() };
    let mut ends = Ends::new(block.len().min(PIECE));
    let mut rest = block;
    while !rest.is_empty() {
        let whole_lines = match rest.get(..PIECE) {
            Some(piece) => memrchr(LINE_END, piece).map(|end| end + 1),
            None => Some(rest.len()),
        };
        let length = match whole_lines {
            Some(length) => {
                reader.read_piece(rest, ends.find(&rest[..length]));
                length
            }
            None => reader.read_plainly(rest),
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    reader.batch
}

struct Reader<'a> {
    form: &'a Form,
    line: Line<'a>,
    batch: Batch,
}

impl<'a> Reader<'a> {
    /// Reads the lines with which a text begins and whose fields have these ends.
    fn read_piece(&mut self, text: &'a [u8], mut ends: &[u16]) {
        let fields = self.form.columns.len();
        let mut start = 0_u16;
        while let Some(&first) = ends.first() {
            let line = &text[usize::from(start)..];
            let used = if line.starts_with(b"\n") || line.starts_with(b"\r\n") {
                self.batch.line_count += 1;
                self.batch.blank_lines += 1;
                start = first + 1;
                1
            } else if let Some(next) =
                ends.get(..fields).and_then(|line_ends| self.take_line(text, start, line_ends))
            {
                start = next;
                fields
            } else {
                start += self.read_plainly(line) as u16;
                ends.iter().take_while(|&&end| end < start).count()
            };
            ends = &ends[used..];
        }
    }

    /// Reads the line at `start`, whose fields have these ends, and gives the place behind it;
    /// `None` where the line does not fit.
    #[inline]
    fn take_line(&mut self, text: &'a [u8], mut start: u16, ends: &[u16]) -> Option<u16> {
        let (form, line) = (self.form, &mut self.line);
        line.clear();
        let (&last, mut ends) = ends.split_last()?;
        for step in &form.steps {
            match *step {
                Step::Items { first, count } => {
                    let item_ends;
                    (item_ends, ends) = ends.split_at_checked(count)?;
                    let short = form.short.get(first..first + count)?;
                    let codes = line.codes.get_mut(first..first + count)?;
                    let mut done = 0;
                    loop {
                        done += find_short(
                            &short[done..],
                            text,
                            &mut start,
                            &item_ends[done..],
                            &mut codes[done..],
                        );
                        let Some(&end) = item_ends.get(done) else { break };
                        codes[done] = form.code(first + done, before_comma(text, start, end)?)?;
                        (done, start) = (done + 1, end + 1);
                    }
                }
                Step::Field(column) => {
                    let (&end, rest) = ends.split_first()?;
                    form.field(column, before_comma(text, start, end)?, line).ok()?;
                    (start, ends) = (end + 1, rest);
                }
            }
        }
        if text.get(usize::from(last)).is_some_and(|&byte| byte != LINE_END) {
            return None;
        }
        let field = without_carriage_return(text.get(usize::from(start)..usize::from(last))?);
        match *form.columns.last()? {
            Column::Item(item) => {
                let short = form.short.get(item)?.find_last(text, start, field.len());
                *line.codes.get_mut(item)? = short.or_else(|| form.code(item, field))?;
            }
            column => form.field(column, field, line).ok()?,
        }
        if line.trimmed || line.is_unclear() {
            return None;
        }
        form.complete(line);
        let number = self.batch.line_count;
        self.batch.push([number; 2], &line.row(), form.unlisted_of(line), &form.packing);
        self.batch.line_count += 1;
        Some(last + 1)
    }

    /// Reads the line with which a text begins by the way that finds every fault and says what it
    /// is; gives the place behind its end, or where that would be.
    #[cold]
    fn read_plainly(&mut self, text: &'a [u8]) -> usize {
        let number = [self.batch.line_count; 2];
        self.batch.line_count += 1;
        let end = memchr(LINE_END, text).unwrap_or(text.len());
        let line = without_carriage_return(&text[..end]);
        let form = self.form;
        if line.trim_ascii().is_empty() {
            self.batch.blank_lines += 1;
            return end + 1;
        }
        let fields: Vec<&[u8]> = line.split(|&byte| byte == COMMA).collect();
        self.line.clear();
        let read = if line.len() > MOST_RECORD_BYTES {
            Err(WhyNotRankable::TooLong { limit: MOST_RECORD_BYTES })
        } else {
            form.read(&fields, &mut self.line)
        };
        match read {
            Ok(()) => {
                let unlisted = form.unlisted_of(&self.line);
                self.batch.push(number, &self.line.row(), unlisted, &form.packing);
                if self.line.trimmed {
                    self.batch.trimmed();
                }
            }
            Err(why) => self
                .batch
                .set_aside(form.set_aside(line, &fields, why).at_lines(number[0], number[1])),
        }
        end + 1
    }
}

/// The field between these places, if a comma ends it.
#[inline(always)]
fn before_comma(text: &[u8], start: u16, end: u16) -> Option<&[u8]> {
    let (start, end) = (usize::from(start), usize::from(end));
    if *text.get(end)? == COMMA { text.get(start..end) } else { None }
}
