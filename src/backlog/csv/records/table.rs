//! Records of a table other than complaints.

use std::io::Read;

use super::{COMMA, Fields, HELD, Held, MOST_RECORD_BYTES, cut, is_as_long};
use crate::backlog::blocks::Blocks;
use crate::backlog::csv::heading::BYTE_ORDER_MARK;
use crate::backlog::intake::WhyNotRankable;

/// Records of a table other than complaints: the heading first, then one after another.
pub(crate) struct Table<R> {
    held: Held<R>,
    fields: Fields,
    line: u64,
    /// Fields of the heading, once it has been read.
    expected: usize,
}

/// One record of a [`Table`].
pub(crate) struct TableRecord<'a> {
    /// Its first line.
    pub(crate) line: u64,
    /// Its fields, or why they cannot be told apart.
    pub(crate) fields: Result<Vec<&'a [u8]>, WhyNotRankable>,
}

impl<R: Read> Table<R> {
    pub(crate) fn new(source: R) -> Self {
        let rest = Blocks::new(source, 1, MOST_RECORD_BYTES).rest(b"");
        let held = Held { rest, bytes: Vec::new(), start: 0, ended: false };
        Table { held, fields: Fields::default(), line: 1, expected: 0 }
    }

    /// The line that is read next.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// The next record that is not blank.
    pub(crate) fn next(&mut self) -> std::io::Result<Option<TableRecord<'_>>> {
        loop {
            self.held.hold(MOST_RECORD_BYTES + HELD)?;
            if self.line == 1 && self.held.next().starts_with(BYTE_ORDER_MARK) {
                self.held.start += BYTE_ORDER_MARK.len();
            }
            let text = self.held.next();
            if text.is_empty() {
                return Ok(None);
            }
            let expected = self.expected;
            let likely = |line: &[u8]| {
                expected > 0 && is_as_long(line.split(|&byte| byte == COMMA).count(), expected)
            };
            let mut record = cut(text, &mut self.fields, |_| true, likely);
            let goes_on = !self.held.ended && record.length == text.len();
            let blank = text[..record.text].trim_ascii().is_empty();
            let line = self.line;
            self.line += record.lines;
            self.held.start += record.length;
            if goes_on {
                self.held.skip_line()?;
                record.fault = Some(WhyNotRankable::TooLong { limit: MOST_RECORD_BYTES });
            }
            if blank && !goes_on {
                continue;
            }
            let found = self.fields.ends.len();
            if expected == 0 {
                self.expected = found;
            } else if found != expected && record.fault.is_none() {
                record.fault = Some(WhyNotRankable::Fields { found, expected });
            }
            let fields = match record.fault {
                Some(WhyNotRankable::Swallows { last }) => {
                    Err(WhyNotRankable::Swallows { last: line + last - 1 })
                }
                Some(why) => Err(why),
                None => Ok(self.fields.all()),
            };
            return Ok(Some(TableRecord { line, fields }));
        }
    }
}
