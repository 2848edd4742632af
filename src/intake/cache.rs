//! What cells say, worked out once for each that differs.

use hashbrown::HashTable;
use twox_hash::XxHash3_64;

/// Cells of up to so many bytes are told apart by one number.
const SHORT: usize = 7;
/// Slots for short cells: few enough that those of all columns stay in the first-level cache.
const SLOTS: usize = 16;
/// The most cells that are remembered; a column of free numbers has no end of them.
const MOST_KEPT: usize = 1 << 12;
/// Spreads keys over slots (Knuth's multiplicative hashing, with the golden ratio).
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// Code of a cell, and whether all of it was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CellCode {
    pub(super) code: u8,
    pub(super) understood: bool,
}

/// What the cells of one column say about one item.
#[derive(Debug, Clone)]
pub(super) struct CellCache {
    short: Box<[(u64, CellCode); SLOTS]>,
    all: HashTable<(Box<[u8]>, CellCode)>,
}

impl CellCache {
    pub(super) fn new() -> Self {
        // The key of the blank cell is 0; no cell has this one.
        let nothing = (u64::MAX, CellCode { code: 0, understood: true });
        CellCache { short: Box::new([nothing; SLOTS]), all: HashTable::new() }
    }

    /// What a cell says: remembered, or worked out.
    #[inline]
    pub(super) fn get(
        &mut self,
        cell: &[u8],
        work_out: impl FnOnce(&[u8]) -> CellCode,
    ) -> CellCode {
        if cell.len() > SHORT {
            return self.get_any(cell, work_out);
        }
        let key = short_key(cell);
        let place = (key.wrapping_mul(SPREAD) >> (u64::BITS - SLOTS.ilog2())) as usize;
        if self.short[place].0 != key {
            // Two frequent words may share a slot: neither is worked out anew for that.
            self.short[place] = (key, self.get_any(cell, work_out));
        }
        self.short[place].1
    }

    fn get_any(&mut self, cell: &[u8], work_out: impl FnOnce(&[u8]) -> CellCode) -> CellCode {
        let hash = XxHash3_64::oneshot(cell);
        if let Some((_, known)) = self.all.find(hash, |(text, _)| **text == *cell) {
            return *known;
        }
        let code = work_out(cell);
        if self.all.len() < MOST_KEPT {
            let entry = (Box::from(cell), code);
            self.all.insert_unique(hash, entry, |(text, _)| XxHash3_64::oneshot(text));
        }
        code
    }
}

/// The bytes of a short cell, and its length in the highest byte. Loads that overlap put the same
/// bytes in the same places.
#[inline]
fn short_key(cell: &[u8]) -> u64 {
    let length = cell.len();
    let bytes = if let Some((first, last)) = cell.first_chunk().zip(cell.last_chunk()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        u64::from(first) | u64::from(last) << (8 * (length - 4))
    } else if let [first, .., last] = *cell {
        let middle = u64::from(cell[length / 2]) << (8 * (length / 2));
        u64::from(first) | middle | u64::from(last) << (8 * (length - 1))
    } else {
        u64::from(cell.first().copied().unwrap_or(0))
    };
    bytes | (length as u64) << 56
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_says_the_same_however_often_it_is_asked() {
        let mut cache = CellCache::new();
        let texts = ["", "y", "yes", "yes\0", "1234567", "12345678", "a long cell", "\0", "\0\0"];
        let say = |cell: &[u8]| CellCode {
            code: 1 + cell.len() as u8,
            understood: cell.len().is_multiple_of(2),
        };
        for _ in 0..3 {
            for number in 0..2_000 {
                for text in
                    texts.into_iter().chain([&*format!("{number}"), &*format!("n{number:08}")])
                {
                    let cell = text.as_bytes();
                    assert_eq!(cache.get(cell, say), say(cell), "{text:?}");
                }
            }
        }
        assert!(cache.all.len() <= MOST_KEPT);
    }
}
