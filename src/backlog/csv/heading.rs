//! The first line of a file that is not blank.

use memchr::memchr;

use super::COMMA;
use super::fields::Form;
use super::lines::without_carriage_return;
use crate::backlog::BacklogBuilder;
use crate::backlog::blocks::LINE_END;
use crate::backlog::report::{IntakeReport, ReadError};

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
