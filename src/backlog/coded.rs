//! A backlog straight from answer codes, for hosts that keep them in columns.

use ndarray::ArrayView2;

use super::columns::{Columns, Due};
use super::names::{IdIndex, Names};
use super::packing::Packing;
use super::{Backlog, BacklogError, MOST_COMPLAINTS};
use crate::Timestamp;
use crate::codebook::Codebook;
use crate::complaint::{ComplaintError, Deadline, EncodeError, MOST_ID_BYTES, Origin, check_name};

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
        let (ids, (packed, greatest)) = both(|| names(coded.ids), || pack(&packing, coded.codes));
        let (ids, ascend) = ids?;
        let mut columns =
            Columns { ids, packed, received: coded.received.to_vec(), ..Columns::default() };
        check_codes(codebook, coded, &greatest)?;
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
    // Most hosts' ids are of one length: reading all lengths first would cost more than growing.
    let first = ids.first().map_or(0, |id| id.as_ref().len().min(MOST_ID_BYTES));
    let mut names = Names::with_capacity(ids.len(), ids.len() * first);
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

/// Rows packed and looked over while they are in the first-level cache.
const TILE: usize = 256;
/// Rows that one thread packs at a time.
#[cfg(feature = "parallel")]
const SHARE: usize = 128 * TILE;

/// Packed rows, and the greatest code of every column.
fn pack(packing: &Packing, codes: ArrayView2<'_, u8>) -> (Vec<u8>, Vec<u8>) {
    let (items, width) = (packing.items().max(1), packing.width().max(1));
    let mut packed = vec![0; codes.nrows() * packing.width()];
    let Some(codes) = codes.as_slice() else {
        let mut greatest = vec![0; items];
        let mut own = vec![0; packing.items()];
        for (row, packed) in codes.outer_iter().zip(packed.chunks_exact_mut(width)) {
            for ((own, greatest), &code) in own.iter_mut().zip(&mut greatest).zip(row) {
                (*own, *greatest) = (code, code.max(*greatest));
            }
            packing.pack(&own, packed);
        }
        return (packed, greatest);
    };
    #[cfg(feature = "parallel")]
    if codes.len() > SHARE * items && rayon::current_num_threads() > 1 {
        use rayon::prelude::*;
        let shares = codes.par_chunks(SHARE * items).zip(packed.par_chunks_mut(SHARE * width));
        let shares = shares.map(|(codes, packed)| pack_share(packing, codes, packed));
        let none = || vec![0; items];
        let greatest = shares.reduce(none, |mut one, other| {
            raise(&mut one, &other);
            one
        });
        return (packed, greatest);
    }
    let greatest = pack_share(packing, codes, &mut packed);
    (packed, greatest)
}

fn pack_share(packing: &Packing, codes: &[u8], packed: &mut [u8]) -> Vec<u8> {
    /// Rows compared at once: enough for whole vectors whatever the number of items.
    const ROWS: usize = 16;
    let (items, width) = (packing.items().max(1), packing.width().max(1));
    let mut of_rows = vec![0; ROWS * items];
    for (codes, packed) in codes.chunks(TILE * items).zip(packed.chunks_mut(TILE * width)) {
        packing.pack_rows(codes, packed);
        codes.chunks(ROWS * items).for_each(|rows| raise(&mut of_rows, rows));
    }
    let mut greatest = vec![0; items];
    of_rows.chunks(items).for_each(|row| raise(&mut greatest, row));
    greatest
}

/// Raises codes to those of others, one by one.
fn raise(greatest: &mut [u8], codes: &[u8]) {
    for (greatest, &code) in greatest.iter_mut().zip(codes) {
        *greatest = code.max(*greatest);
    }
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
