//! Rows of a part of a table by themselves, for those who score rows and keep no backlog.

use super::{Backlog, NotRankable};

/// Rows in the order in which they came, each at its place; ids may repeat.
#[derive(Debug)]
pub(crate) struct SeparateRows {
    /// Those that can be ranked. Its rows stand as they came and not in tie order, and it is never asked for an id.
    backlog: Backlog,
    /// By row of the backlog: the row of the part, from 0, rising.
    source_rows: Vec<usize>,
    not_rankable: Vec<NotRankable>,
    /// Rows of the backlog whose id had blanks around it.
    trimmed: Vec<u32>,
}

impl SeparateRows {
    pub(super) fn new(
        backlog: Backlog,
        source_rows: Vec<usize>,
        not_rankable: Vec<NotRankable>,
        trimmed: Vec<u32>,
    ) -> Self {
        SeparateRows { backlog, source_rows, not_rankable, trimmed }
    }

    /// Rows that can be ranked.
    pub(crate) fn backlog(&self) -> &Backlog {
        &self.backlog
    }

    /// By row of the backlog: the row of the part.
    pub(crate) fn source_rows(&self) -> &[usize] {
        &self.source_rows
    }

    /// Rows that cannot be ranked, with the row of the part.
    pub(crate) fn not_rankable(&self) -> impl Iterator<Item = (usize, &NotRankable)> {
        self.not_rankable.iter().map(|record| (record.lines[0] as usize, record))
    }

    /// Whether blanks were taken off the id of a row of the backlog.
    pub(crate) fn is_trimmed(&self, row: usize) -> bool {
        u32::try_from(row).is_ok_and(|row| self.trimmed.binary_search(&row).is_ok())
    }
}
