//! What cells say, worked out once for each that differs.

use hashbrown::HashTable;
use twox_hash::XxHash3_64;

/// Cells of up to so many bytes are told apart by one number.
const SHORT: usize = 7;
/// Slots for short cells: few enough that those of all columns stay in the first-level cache.
const SLOTS: usize = 16;
/// The most short cells that have slots.
const MOST_SHORT: usize = 12;
/// How many ways to spread keys are tried, so that each has a slot of its own.
const TRIES: u64 = 64;
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
    /// Keys and codes of short cells of which all was understood, each alone in its slot.
    keys: [u64; SLOTS],
    codes: [u8; SLOTS],
    spread: u64,
    short: Vec<(u64, u8)>,
    /// Whether one more short cell found no way to a slot of its own: the others are looked up among all.
    is_full: bool,
    all: HashTable<(Box<[u8]>, CellCode)>,
}

impl CellCache {
    pub(super) fn new() -> Self {
        let mut cache = CellCache {
            keys: [NOTHING; SLOTS],
            codes: [0; SLOTS],
            spread: SPREAD,
            short: Vec::new(),
            is_full: false,
            all: HashTable::new(),
        };
        // A blank cell says nothing.
        cache.learn(0, 0);
        cache
    }

    /// The code of the short cell with this key, where it is remembered and all of it was understood.
    #[inline(always)]
    pub(super) fn get_short(&self, key: u64) -> Option<u8> {
        let slot = slot(key, self.spread);
        (self.keys[slot] == key).then_some(self.codes[slot])
    }

    /// Gives a short cell a slot of its own, if there is a way to.
    #[cold]
    fn learn(&mut self, key: u64, code: u8) {
        if self.is_full {
            return;
        }
        self.short.push((key, code));
        let spreads = (0..TRIES).map(|number| SPREAD.wrapping_mul(2 * number + 1));
        for spread in std::iter::once(self.spread).chain(spreads) {
            let (mut keys, mut codes) = ([NOTHING; SLOTS], [0; SLOTS]);
            let placed = self.short.iter().all(|&(key, code)| {
                let slot = slot(key, spread);
                let is_free = keys[slot] == NOTHING;
                (keys[slot], codes[slot]) = (key, code);
                is_free
            });
            if placed {
                (self.keys, self.codes, self.spread) = (keys, codes, spread);
                self.is_full = self.short.len() >= MOST_SHORT;
                return;
            }
        }
        self.short.pop();
        self.is_full = true;
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
        if let Some(code) = self.get_short(key) {
            return CellCode { code, understood: true };
        }
        let found = self.get_any(cell, work_out);
        if found.understood {
            self.learn(key, found.code);
        }
        found
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

/// No cell has this key.
const NOTHING: u64 = u64::MAX;

#[inline(always)]
fn slot(key: u64, spread: u64) -> usize {
    (key.wrapping_mul(spread) >> (u64::BITS - SLOTS.ilog2())) as usize
}

/// The key of the cell of this length that begins the text; `None` where it is long, or where the text ends too
/// soon to be read by eight bytes.
#[inline(always)]
pub(super) fn short_key_at(text: &[u8], start: usize, length: usize) -> Option<u64> {
    /// By length: the bytes of the cell.
    const OF_CELL: [u64; SHORT + 1] = {
        let mut masks = [0; SHORT + 1];
        let mut length = 0;
        while length <= SHORT {
            masks[length] = (1 << (8 * length)) - 1;
            length += 1;
        }
        masks
    };
    let mask = OF_CELL.get(length)?;
    let eight = text.get(start..start + 8)?.first_chunk()?;
    Some(u64::from_le_bytes(*eight) & mask | (length as u64) << 56)
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
            code: cell.len() as u8,
            understood: cell.len().is_multiple_of(2),
        };
        for _ in 0..3 {
            for number in 0..2_000 {
                for text in
                    texts.into_iter().chain([&*format!("{number}"), &*format!("n{number:08}")])
                {
                    let cell = text.as_bytes();
                    let longer = [cell, b"12345678"].concat();
                    let key = short_key_at(&longer, 0, cell.len());
                    assert_eq!(key, (cell.len() <= SHORT).then(|| short_key(cell)), "{text:?}");
                    assert_eq!(cache.get(cell, say), say(cell), "{text:?}");
                }
            }
        }
        assert!(cache.all.len() <= MOST_KEPT && cache.short.len() <= MOST_SHORT);
    }
}
