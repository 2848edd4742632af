//! The fields of a record, wherever they come from.

use std::borrow::Cow;

use crate::backlog::CellTime;
use crate::base::text::cut;

/// The most letters of a text in a message.
pub(super) const MOST_SHOWN: usize = 40;

/// The fields of a record, by place in [`Plan::names`]; blank where the source has none.
pub(super) trait Cells {
    fn cell(&self, column: usize) -> &[u8];

    /// The code of the cell that the reader's `number`-th use of a column asks for, where the source has worked it
    /// out and all of the cell was understood.
    fn code(&self, _number: usize) -> Option<u8> {
        None
    }

    /// The key of the short cell (`cache::short_key_at`) that the reader's `number`-th use asks for, where the source
    /// can give it at once; 0 for a blank one.
    fn short_key(&self, _number: usize) -> Option<u64> {
        None
    }

    /// Whether something stands in the field.
    fn is_filled(&self, column: usize) -> bool {
        !self.cell(column).trim_ascii().is_empty()
    }

    /// The time in the field, where the source holds times as such.
    fn time(&self, _column: usize) -> Option<CellTime> {
        None
    }

    /// What stands within a field that holds an object or a list of them, where one value is asked for: the field, the
    /// path of each value and its text. What no value is, is told and not read.
    fn nested(&self) -> &[(usize, String, String)] {
        &[]
    }

    /// The times in the field, where the source holds lists of them.
    fn times(&self, _column: usize) -> Option<Vec<CellTime>> {
        None
    }
}

pub(super) fn shown(bytes: &[u8]) -> String {
    cut(&String::from_utf8_lossy(&bytes[..bytes.len().min(4 * MOST_SHOWN)]), MOST_SHOWN)
}

/// The first of some columns that is filled in.
pub(super) fn first_filled<'c>(
    columns: &[usize],
    cells: &'c (impl Cells + ?Sized),
) -> Option<&'c [u8]> {
    first_filled_column(columns, cells).map(|column| cells.cell(column))
}

pub(super) fn first_filled_column(
    columns: &[usize],
    cells: &(impl Cells + ?Sized),
) -> Option<usize> {
    columns.iter().copied().find(|&column| cells.is_filled(column))
}

/// The text of a cell, with a mark for every byte of it that is no text.
pub(super) fn text_of(cell: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(cell).map_or_else(|_| String::from_utf8_lossy(cell), Cow::Borrowed)
}
