//! A backlog straight from answer codes, for hosts that keep them in columns.

mod ids;
mod rows;

use ndarray::ArrayView2;

use super::columns::{Columns, Due};
use super::names::IdIndex;
use super::packing::Packing;
use super::{Backlog, BacklogError, MOST_COMPLAINTS, order};
use crate::Timestamp;
use crate::codebook::Codebook;
use crate::complaint::{Deadline, EncodeError, Origin};

/// Complaints as columns: the inverse of [`Backlog::codes`].
#[derive(Debug, Clone, Copy)]
pub struct Coded<'a, Id> {
    /// Ids, one per complaint, each its own.
    pub ids: &'a [Id],
    /// When each complaint came in.
    pub received: &'a [Timestamp],
    /// The deadline of each complaint, if it has one; empty where none has.
    pub deadlines: &'a [Option<Deadline>],
    /// Complaints × items: codes in codebook order, 0 for *unknown*. Rows one after another in
    /// memory are packed fastest.
    pub codes: ArrayView2<'a, u8>,
    /// Where the complaints come from.
    pub origin: Origin,
}

impl Backlog {
    /// Makes a backlog from columns of codes. O(n); ids in ascending order are the cheapest.
    ///
    /// # Errors
    /// [`BacklogError::Shape`] for columns of different lengths, [`BacklogError::Code`] for a code
    /// that its item does not have, [`BacklogError::RepeatedId`] for an id that stands twice,
    /// [`BacklogError::Encode`] for an id or a kind of deadline that is not allowed,
    /// [`BacklogError::Full`] beyond the most a backlog holds.
    pub fn from_codes<Id: AsRef<str> + Sync>(
        codebook: &Codebook,
        coded: &Coded<'_, Id>,
    ) -> Result<Self, BacklogError> {
        let rows = coded.ids.len();
        let packing = Packing::new(codebook);
        let shape = |what, found: usize, expected: usize| {
            if found == expected {
                Ok(())
            } else {
                Err(BacklogError::Shape { what, found, expected })
            }
        };
        shape("`received`", coded.received.len(), rows)?;
        shape("`codes`", coded.codes.nrows(), rows)?;
        shape("a row of `codes`", coded.codes.ncols(), packing.items())?;
        if !coded.deadlines.is_empty() {
            shape("`deadlines`", coded.deadlines.len(), rows)?;
        }
        if rows > MOST_COMPLAINTS {
            return Err(BacklogError::Full { limit: MOST_COMPLAINTS });
        }
        let (ids, ((packed, greatest), timed)) = both(
            || ids::names(coded.ids),
            || both(|| rows::pack(&packing, coded.codes), || timed_columns(coded)),
        );
        let (ids, ascend) = ids?;
        check_codes(codebook, coded, &greatest)?;
        let index = if ascend {
            None
        } else {
            let repeated = |row: usize| BacklogError::RepeatedId { id: ids.get(row).to_owned() };
            Some(IdIndex::of(&ids, 0).map_err(repeated)?)
        };
        let (columns, order) = timed?;
        let columns = Columns { ids, packed, ..columns };
        let order = order::break_ties(order, &columns, ascend);
        Ok(Backlog::in_order(codebook.clone(), packing, None, columns, order, (index, 0)))
    }
}

/// The columns that need neither ids nor answers, and the order that their times give.
fn timed_columns<Id: AsRef<str>>(
    coded: &Coded<'_, Id>,
) -> Result<(Columns, Option<Vec<u32>>), BacklogError> {
    let mut columns = Columns { received: coded.received.to_vec(), ..Columns::default() };
    for (row, due) in coded.deadlines.iter().enumerate() {
        if let Some(deadline) = due {
            deadline.check().map_err(|cause| EncodeError::Complaint {
                complaint: coded.ids[row].as_ref().to_owned(),
                cause,
            })?;
            columns.set_deadlines(row, std::iter::once(Due::of(deadline)));
        }
    }
    if coded.origin != Origin::default() {
        columns.origin.append(0, std::iter::repeat_n(coded.origin, coded.received.len()));
    }
    let order = order::order_by_time(&columns);
    Ok((columns, order))
}

/// Two things at once, where several threads are allowed.
fn both<A: Send, B: Send>(
    first: impl FnOnce() -> A + Send,
    second: impl FnOnce() -> B + Send,
) -> (A, B) {
    #[cfg(feature = "parallel")]
    return rayon::join(first, second);
    #[cfg(not(feature = "parallel"))]
    (first(), second())
}

/// Looks for a code that its item does not have: where the greatest of a column is too great, the
/// complaint that has it.
fn check_codes<Id: AsRef<str>>(
    codebook: &Codebook,
    coded: &Coded<'_, Id>,
    greatest: &[u8],
) -> Result<(), BacklogError> {
    for (place, item) in codebook.items().iter().enumerate() {
        let limit = item.answers.len();
        if usize::from(greatest[place]) > limit {
            let column = coded.codes.column(place);
            let row = column.iter().position(|&code| usize::from(code) > limit).unwrap_or(0);
            return Err(BacklogError::Code {
                id: coded.ids[row].as_ref().to_owned(),
                item: item.id.clone(),
                code: column[row],
                limit,
            });
        }
    }
    Ok(())
}
