//! Lines without quotes, split where they stand.

use memchr::memchr;

use super::fields::{Column, Form, Line};
use crate::backlog::BacklogBuilder;
use crate::backlog::batch::Batch;
use crate::backlog::blocks::LINE_END;
use crate::backlog::report::{IntakeReport, ReadError};
use crate::backlog::words::{SHORT, short_key};

const COMMA: u8 = b',';
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The heading of a file, once it has been read.
#[derive(Debug, Default)]
pub(super) struct Heading {
    form: Option<Form>,
    /// Whether the beginning of the file has been looked at.
    begun: bool,
}

impl Heading {
    pub(super) fn is_missing(&self) -> bool {
        self.form.is_none()
    }

    pub(super) fn form(&self) -> Option<&Form> {
        self.form.as_ref()
    }

    /// Whether the beginning of the file has been looked at.
    pub(super) fn has_begun(&self) -> bool {
        self.begun
    }

    /// Takes the byte-order mark, blank lines and the heading off the beginning of a block, and
    /// counts their lines.
    pub(super) fn find(
        &mut self,
        builder: &BacklogBuilder,
        block: &mut Vec<u8>,
        line: &mut u64,
        report: &mut IntakeReport,
    ) -> Result<(), ReadError> {
        let mut at = 0;
        if !self.begun && block.starts_with(BYTE_ORDER_MARK) {
            at = BYTE_ORDER_MARK.len();
        }
        self.begun |= !block.is_empty();
        while at < block.len() && self.form.is_none() {
            let end = memchr(LINE_END, &block[at..]).map_or(block.len(), |end| at + end);
            let text = without_carriage_return(&block[at..end]);
            if !text.is_empty() {
                self.set(builder, text.split(|&byte| byte == COMMA), report)?;
            }
            at = (end + 1).min(block.len());
            *line += 1;
        }
        block.drain(..at);
        Ok(())
    }

    pub(super) fn set<'a>(
        &mut self,
        builder: &BacklogBuilder,
        fields: impl Iterator<Item = &'a [u8]>,
        report: &mut IntakeReport,
    ) -> Result<(), ReadError> {
        let form = Form::new(builder, fields)?;
        report.unlisted.extend(form.unlisted.iter().map(|name| (name.clone(), 0)));
        self.form = Some(form);
        Ok(())
    }
}

fn without_carriage_return(text: &[u8]) -> &[u8] {
    text.strip_suffix(b"\r").unwrap_or(text)
}

/// Reads the lines of a block that holds no quote and no carriage return but in line ends.
pub(super) fn read(form: &Form, block: &[u8]) -> Batch {
    let mut batch = Batch::default();
    let mut line = form.line();
    let mut at = 0;
    while at < block.len() {
        let number = batch.line_count;
        batch.line_count += 1;
        if let Some(blank) = [&b"\n"[..], b"\r\n"].iter().find(|end| block[at..].starts_with(end)) {
            at += blank.len();
            continue;
        }
        line.clear();
        if let Some(next) = take_line(form, block, at, &mut line) {
            batch.push([number; 2], &line.row(), form.unlisted_of(&line), &form.packing);
            at = next;
        } else {
            let end = memchr(LINE_END, &block[at..]).map_or(block.len(), |end| at + end);
            let text = without_carriage_return(&block[at..end]);
            let fields: Vec<&[u8]> = text.split(|&byte| byte == COMMA).collect();
            // The plain way finds the same fault and says what it is.
            if let Err(error) = form.read(&fields.iter().copied(), &mut form.line()) {
                batch.refuse([number; 2], &error);
            }
            at = end + 1;
        }
    }
    batch
}

/// Reads the line at `start` and gives the place behind it; `None` where the line does not fit.
#[inline]
fn take_line<'a>(form: &Form, block: &'a [u8], start: usize, line: &mut Line<'a>) -> Option<usize> {
    let mut at = start;
    let last = form.columns.len() - 1;
    for (place, &column) in form.columns.iter().enumerate() {
        let Found { end, key } = find_end(block, at);
        let ends_line = block.get(end).is_none_or(|&byte| byte == LINE_END);
        if ends_line != (place == last) {
            return None;
        }
        let short = match column {
            Column::Item(item) => key.and_then(|key| {
                line.codes[item] = form.answers[item].find_short(key)?;
                Some(())
            }),
            _ => None,
        };
        if short.is_none() {
            let mut field = &block[at..end];
            if ends_line {
                field = without_carriage_return(field);
            }
            form.field(column, field, line).ok()?;
        }
        at = end + 1;
    }
    form.complete(line);
    Some(at)
}

/// Where a field ends, and its key if it is short.
struct Found {
    end: usize,
    key: Option<u64>,
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = ONES << 7;

/// A high bit for each byte of a word that is `byte`; bits above the first such may be wrong.
#[inline(always)]
fn matches(word: u64, byte: u8) -> u64 {
    let zero_where_equal = word ^ (ONES * u64::from(byte));
    zero_where_equal.wrapping_sub(ONES) & !zero_where_equal & HIGHS
}

/// The next comma or line end from `at` on, or the end of the block.
#[inline(always)]
fn find_end(block: &[u8], at: usize) -> Found {
    let mut place = at;
    while let Some(eight) = block.get(place..).and_then(|rest| rest.first_chunk()) {
        let word = u64::from_le_bytes(*eight);
        let ends = matches(word, COMMA) | matches(word, LINE_END);
        if ends != 0 {
            let length = ends.trailing_zeros() as usize / 8;
            debug_assert!(length <= SHORT);
            let key = (place == at).then(|| short_key(word, length));
            return Found { end: place + length, key };
        }
        place += 8;
    }
    let rest = block.get(place..).unwrap_or_default();
    let length = rest.iter().position(|&byte| byte == COMMA || byte == LINE_END);
    Found { end: place + length.unwrap_or(rest.len()), key: None }
}
