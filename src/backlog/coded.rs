//! A backlog straight from answer codes, for hosts that keep them in columns.

use ndarray::ArrayView2;

use super::columns::{Columns, Due};
use super::names::{IdIndex, Names};
use super::packing::Packing;
use super::{Backlog, BacklogError, MOST_COMPLAINTS};
use crate::Timestamp;
use crate::codebook::Codebook;
use crate::complaint::{ComplaintError, Deadline, EncodeError, Origin, check_name};

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
    /// that its item does not have, [`BacklogError::RepeatedId`] for an id that stands twice.
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
        let (ids, packed) = both(|| names(coded.ids), || pack(&packing, coded.codes));
        let (ids, ascend) = ids?;
        let mut columns =
            Columns { ids, packed, received: coded.received.to_vec(), ..Columns::default() };
        check_codes(codebook, coded)?;
        let ids = if ascend {
            None
        } else {
            let repeated =
                |row: usize| BacklogError::RepeatedId { id: columns.ids.get(row).to_owned() };
            Some(IdIndex::of(&columns.ids).map_err(repeated)?)
        };
        for (row, due) in coded.deadlines.iter().enumerate() {
            if let Some(deadline) = due {
                deadline.check().map_err(|cause| EncodeError::Complaint {
                    complaint: columns.ids.get(row).to_owned(),
                    cause,
                })?;
                columns.set_deadlines(row, std::iter::once(Due::of(deadline)));
            }
        }
        if coded.origin != Origin::default() {
            columns.origin.append(0, std::iter::repeat_n(coded.origin, rows));
        }
        Ok(Backlog::freeze(codebook.clone(), packing, None, columns, ids))
    }
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

/// All ids, and whether every one is greater than the one before it, so that none stands twice.
fn names<Id: AsRef<str>>(ids: &[Id]) -> Result<(Names, bool), BacklogError> {
    let bytes = ids.iter().map(|id| id.as_ref().len()).sum();
    let mut names = Names::with_capacity(ids.len(), bytes);
    let (mut before, mut ascend) = ("", true);
    for id in ids {
        let id = id.as_ref();
        ascend &= before < id;
        before = id;
        check_name("id", id).map_err(|cause: ComplaintError| EncodeError::Complaint {
            complaint: id.chars().take(40).collect(),
            cause,
        })?;
        names.push(id);
    }
    Ok((names, ascend))
}

/// Rows that one thread packs at a time.
#[cfg(feature = "parallel")]
const SHARE: usize = 1 << 15;

fn pack(packing: &Packing, codes: ArrayView2<'_, u8>) -> Vec<u8> {
    let mut packed = vec![0; codes.nrows() * packing.width()];
    if let Some(codes) = codes.as_slice() {
        #[cfg(feature = "parallel")]
        if codes.len() > SHARE * packing.items() && rayon::current_num_threads() > 1 {
            use rayon::prelude::*;
            let packed = packed.par_chunks_mut(SHARE * packing.width().max(1));
            let shares = codes.par_chunks(SHARE * packing.items().max(1)).zip(packed);
            shares.for_each(|(codes, packed)| packing.pack_rows(codes, packed));
        } else {
            packing.pack_rows(codes, &mut packed);
        }
        #[cfg(not(feature = "parallel"))]
        packing.pack_rows(codes, &mut packed);
        return packed;
    }
    let mut own = vec![0; packing.items()];
    for (row, packed) in codes.outer_iter().zip(packed.chunks_exact_mut(packing.width().max(1))) {
        for (own, &code) in own.iter_mut().zip(row) {
            *own = code;
        }
        packing.pack(&own, packed);
    }
    packed
}

/// The greatest code of every column.
fn greatest_codes(codes: ArrayView2<'_, u8>, items: usize) -> Vec<u8> {
    /// Rows compared at once: enough for whole vectors whatever the number of items.
    const ROWS: usize = 16;
    let mut greatest = vec![0_u8; ROWS * items];
    match codes.as_slice() {
        Some(codes) => {
            for rows in codes.chunks(ROWS * items.max(1)) {
                for (greatest, &code) in greatest.iter_mut().zip(rows) {
                    *greatest = code.max(*greatest);
                }
            }
        }
        None => {
            for row in codes.outer_iter() {
                for (greatest, &code) in greatest.iter_mut().zip(row) {
                    *greatest = code.max(*greatest);
                }
            }
        }
    }
    let mut columns = vec![0_u8; items];
    for row in greatest.chunks(items.max(1)) {
        for (column, &code) in columns.iter_mut().zip(row) {
            *column = code.max(*column);
        }
    }
    columns
}

/// Looks for a code that its item does not have: the greatest of every column first, then, if one
/// is too great, the complaint that has it.
fn check_codes<Id: AsRef<str>>(
    codebook: &Codebook,
    coded: &Coded<'_, Id>,
) -> Result<(), BacklogError> {
    let greatest = greatest_codes(coded.codes, codebook.items().len());
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
