//! Packing rows of codes, in the order in which they come.

use ndarray::ArrayView2;

use crate::backlog::packing::Packing;
use crate::base::{SHARE, in_order};

/// Rows packed and looked over while they are in the first-level cache.
const TILE: usize = 256;

/// Packed rows, and the greatest code of every column.
pub(super) fn pack(packing: &Packing, codes: ArrayView2<'_, u8>) -> (Vec<u8>, Vec<u8>) {
    let (items, width) = (packing.items().max(1), packing.width().max(1));
    let mut packed = vec![0; codes.nrows() * packing.width()];
    let Some(codes) = codes.as_slice() else {
        let mut greatest = vec![0; items];
        let mut row_codes = vec![0; packing.items()];
        for (row, packed) in codes.outer_iter().zip(packed.chunks_exact_mut(width)) {
            for ((kept, greatest), &code) in row_codes.iter_mut().zip(&mut greatest).zip(row) {
                (*kept, *greatest) = (code, code.max(*greatest));
            }
            packing.pack(&row_codes, packed);
        }
        return (packed, greatest);
    };
    let shares = codes.chunks(SHARE * items).zip(packed.chunks_mut(SHARE * width));
    let of_shares = in_order(shares, |(codes, packed)| pack_share(packing, codes, packed));
    let mut greatest = vec![0; items];
    of_shares.iter().for_each(|of_share| raise(&mut greatest, of_share));
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
