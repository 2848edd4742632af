//! From which file and line a complaint came, where the sources were named.

use super::Backlog;
use super::columns::Columns;

/// Where a complaint was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceLine<'a> {
    file: &'a str,
    line: u64,
}

impl<'a> SourceLine<'a> {
    /// The source, as it was named to the reader.
    #[must_use]
    pub fn file(&self) -> &'a str {
        self.file
    }

    /// The first line of its record there, from 1, as an editor counts them; of a table without lines its row.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }
}

impl Columns {
    /// Says where rows from `start` on were read; nothing where no source was named.
    pub(super) fn set_source(
        &mut self,
        start: usize,
        name: Option<&str>,
        lines: impl ExactSizeIterator<Item = u64>,
    ) {
        let Some(name) = name else { return };
        let (number, rows) = (self.sources.number(Some(name)), lines.len());
        let lines = lines.map(|line| u32::try_from(line).unwrap_or(u32::MAX));
        self.source.append(start, std::iter::repeat_n(number, rows));
        self.line.append(start, lines);
    }

    /// Gives the last row the source of another.
    pub(super) fn copy_source(&mut self, from: usize) {
        let last = self.len() - 1;
        self.source.set(last, self.source.get(from));
        self.line.set(last, self.line.get(from));
    }

    pub(super) fn source_of(&self, number: u32, line: u32) -> Option<SourceLine<'_>> {
        Some(SourceLine { file: self.sources.text(number)?, line: line.into() })
    }
}

impl Backlog {
    /// The file and line that a row was read from; `None` where its source was not named
    /// ([`Reading::with_source`](super::Reading::with_source)) or it was not read from one. Snapshots do not keep it.
    #[must_use]
    pub fn source(&self, row: usize) -> Option<SourceLine<'_>> {
        let (columns, arrival) = (&self.inner.columns, self.inner.arrival(row));
        columns.source_of(columns.source.get(arrival), columns.line.get(arrival))
    }
}
