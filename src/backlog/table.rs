//! Tables whose cells are not text: what a reader asks of a part of one.

use crate::Timestamp;
#[cfg(feature = "arrow-59")]
use crate::complaint::NotUnderstood;

#[cfg(feature = "arrow-59")]
/// Stands for a cell that no code could be found for: its text says why.
pub(crate) const NO_CODE: u8 = u8::MAX;

/// A time as a column of times holds it; tables of Arrow alone have such columns.
#[cfg_attr(not(feature = "arrow-59"), allow(dead_code))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CellTime {
    /// A point in time.
    Moment(Timestamp),
    /// What a clock on some wall shows: seconds since 1970 as if it stood in UTC.
    Wall(i64),
    /// A day without a time of day: its first second in UTC.
    Day(Timestamp),
}

#[cfg(feature = "arrow-59")]
/// What a column is read as, which not every type of column serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnUse {
    /// One value, which has a text.
    Value,
    /// Answers: one value or a list of them.
    Answers,
    /// A time.
    Time,
    /// Deadlines: one or many.
    Deadlines,
}

#[cfg(feature = "arrow-59")]
/// Some rows of a table, in order.
pub(crate) trait TableCells: Default + Send + Sync {
    fn rows(&self) -> usize;

    /// A cell as a text file would hold it; blank for null.
    fn text(&self, column: usize, row: usize) -> &[u8];

    /// A cell of a column of times.
    fn time(&self, column: usize, row: usize) -> Option<CellTime>;

    /// A cell of a column of lists of times; those that are null are left out.
    fn times(&self, column: usize, row: usize) -> Option<Vec<CellTime>>;

    /// Whether something stands in a cell.
    fn is_filled(&self, column: usize, row: usize) -> bool;

    /// Writes the code of every cell of a column, or [`NO_CODE`], to every `stride`-th place of `codes`, and says
    /// whether some cell has none. `of` gives the code of a text; texts that stand in a dictionary are asked for
    /// once, and the answer is kept under the `reader`'s number.
    fn codes(
        &self,
        column: usize,
        reader: usize,
        of: impl FnMut(&[u8]) -> Option<u8>,
        codes: &mut [u8],
        stride: usize,
    ) -> bool;

    /// What another reader did not understand in a row, where the table carries it along.
    fn not_understood(&self, row: usize) -> Vec<NotUnderstood>;
}

#[cfg(feature = "arrow-59")]
/// Fields as one line of CSV, without its end.
pub(crate) fn csv_line<'a>(fields: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut line = Vec::new();
    for (number, field) in fields.into_iter().enumerate() {
        if number > 0 {
            line.push(b',');
        }
        if field.iter().any(|byte| b",\"\r\n".contains(byte)) {
            line.push(b'"');
            for &byte in field {
                line.extend_from_slice(if byte == b'"' {
                    b"\"\""
                } else {
                    std::slice::from_ref(&byte)
                });
            }
            line.push(b'"');
        } else {
            line.extend_from_slice(field);
        }
    }
    line
}
