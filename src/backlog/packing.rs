//! Where each item's answer code sits in a packed row.
//!
//! Items take the bits they need and never cross a byte, so that scoring can look a whole byte
//! up in one table. Wide items are placed first, each into the first byte with room.

use crate::base::{SHARE, in_order, threads};
use crate::codebook::Codebook;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Slot {
    byte: u32,
    shift: u8,
    mask: u8,
}

/// How a byte of a packed row is filled, or two of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fill {
    /// A byte by four neighbouring items of two bits each, in order, from this one on.
    Four { byte: usize, first: usize },
    /// Two neighbouring bytes by eight such items.
    Eight { byte: usize, first: usize },
    /// A byte by at most three items; a part with the factor 0 adds nothing.
    Three { byte: usize, parts: [Part; 3] },
    /// A byte by the items at these places of `by_byte`.
    Any { byte: usize, from: usize, to: usize },
}

/// An item's part in a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    item: usize,
    /// What shifts its code to its place.
    factor: u8,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Packing {
    slots: Vec<Slot>,
    width: usize,
    /// Items with their places, byte by byte.
    by_byte: Vec<Part>,
    fills: Vec<Fill>,
}

impl Packing {
    /// The packing for a codebook: the same for equal codebooks.
    pub(crate) fn new(codebook: &Codebook) -> Self {
        let bits: Vec<u8> =
            codebook.items().iter().map(|item| bits_for(item.code_count())).collect();
        let mut widest_first: Vec<usize> = (0..bits.len()).collect();
        widest_first.sort_by_key(|&item| std::cmp::Reverse(bits[item]));
        let mut used: Vec<u8> = Vec::new();
        let mut slots = vec![Slot { byte: 0, shift: 0, mask: 0 }; bits.len()];
        for item in widest_first {
            let need = bits[item];
            let byte = used.iter().position(|&used| used + need <= 8).unwrap_or_else(|| {
                used.push(0);
                used.len() - 1
            });
            let mask = ((1_u16 << need) - 1) as u8;
            slots[item] = Slot { byte: byte as u32, shift: used[byte], mask };
            used[byte] += need;
        }
        let width = used.len();
        let mut in_order: Vec<(usize, Slot)> = slots.iter().copied().enumerate().collect();
        in_order.sort_by_key(|(_, slot)| (slot.byte, slot.shift));
        let mut fills: Vec<Fill> = Vec::new();
        for byte in 0..width {
            let from = in_order.partition_point(|(_, slot)| (slot.byte as usize) < byte);
            let to = in_order.partition_point(|(_, slot)| slot.byte as usize <= byte);
            let first = in_order[from].0;
            let quad = in_order[from..to].iter().enumerate().all(|(number, (item, slot))| {
                *item == first + number && slot.mask == 3 && usize::from(slot.shift) == 2 * number
            });
            match (quad && to - from == 4, fills.last_mut()) {
                (true, Some(Fill::Four { byte: before, first: start })) if first == *start + 4 => {
                    let (byte, first) = (*before, *start);
                    fills.pop();
                    fills.push(Fill::Eight { byte, first });
                }
                (true, _) => fills.push(Fill::Four { byte, first }),
                (false, _) if to - from <= 3 => {
                    let mut parts = [Part { item: first, factor: 0 }; 3];
                    for (part, (item, slot)) in parts.iter_mut().zip(&in_order[from..to]) {
                        *part = Part { item: *item, factor: 1 << slot.shift };
                    }
                    fills.push(Fill::Three { byte, parts });
                }
                (false, _) => fills.push(Fill::Any { byte, from, to }),
            }
        }
        let parts = in_order.iter();
        let by_byte =
            parts.map(|(item, slot)| Part { item: *item, factor: 1 << slot.shift }).collect();
        Packing { slots, width, by_byte, fills }
    }

    /// Bytes in a packed row.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// How many items a row holds.
    pub(crate) fn items(&self) -> usize {
        self.slots.len()
    }

    /// The byte of the row in which an item sits.
    pub(crate) fn byte_of(&self, item: usize) -> usize {
        self.slots[item].byte as usize
    }

    /// The code that an item has when its byte has this value.
    pub(crate) fn code_in_byte(&self, item: usize, value: u8) -> u8 {
        let slot = self.slots[item];
        (value >> slot.shift) & slot.mask
    }

    /// Reads one item's code from a packed row.
    pub(crate) fn code(&self, row: &[u8], item: usize) -> u8 {
        self.code_in_byte(item, row[self.byte_of(item)])
    }

    /// Packs rows of codes, one byte after another: few enough rows to stay in the first-level cache.
    /// `packed` is all zero. A code above those of its item
    /// spills into its neighbours: the caller looks for such codes.
    pub(crate) fn pack_rows(&self, codes: &[u8], packed: &mut [u8]) {
        let (items, width) = (self.slots.len().max(1), self.width.max(1));
        for fill in &self.fills {
            let rows = packed.chunks_exact_mut(width).zip(codes.chunks_exact(items));
            match *fill {
                Fill::Four { byte, first } => {
                    rows.for_each(|(row, codes)| four(byte, first, codes, row));
                }
                Fill::Eight { byte, first } => {
                    rows.for_each(|(row, codes)| eight(byte, first, codes, row));
                }
                Fill::Three { byte, parts } => {
                    rows.for_each(|(row, codes)| row[byte] = any(&parts, codes));
                }
                Fill::Any { byte, from, to } => {
                    let parts = &self.by_byte[from..to];
                    rows.for_each(|(row, codes)| row[byte] = any(parts, codes));
                }
            }
        }
    }

    /// Packs one row of codes; `row` is as wide as [`Packing::width`].
    #[inline]
    pub(crate) fn pack(&self, codes: &[u8], row: &mut [u8]) {
        for fill in &self.fills {
            match *fill {
                Fill::Four { byte, first } => four(byte, first, codes, row),
                Fill::Eight { byte, first } => eight(byte, first, codes, row),
                Fill::Three { byte, ref parts } => row[byte] = any(parts, codes),
                Fill::Any { byte, from, to } => row[byte] = any(&self.by_byte[from..to], codes),
            }
        }
    }

    /// How many packed rows leave each item *unknown*, items in codebook order.
    pub(crate) fn count_unknown(&self, packed: &[u8]) -> Vec<u64> {
        // A share holds a table of its own: few of them, however many rows there are.
        let width = self.width.max(1);
        let share = (packed.len() / width).div_ceil(4 * threads()).max(SHARE);
        let mut values = self.count_values(&[]);
        for of_share in in_order(packed.chunks(share * width), |share| self.count_values(share)) {
            let counts = values.as_flattened_mut().iter_mut();
            counts.zip(of_share.as_flattened()).for_each(|(sum, other)| *sum += other);
        }
        let unknown = |slot: &Slot| {
            let counts = values[slot.byte as usize].iter().zip(0..=u8::MAX);
            counts.filter(|(_, value)| (value >> slot.shift) & slot.mask == 0).map(|(n, _)| n).sum()
        };
        self.slots.iter().map(unknown).collect()
    }

    /// How many rows have each value, byte by byte.
    fn count_values(&self, packed: &[u8]) -> Vec<[u64; 256]> {
        let mut values = vec![[0; 256]; self.width];
        for row in packed.chunks_exact(self.width.max(1)) {
            for (counts, &value) in values.iter_mut().zip(row) {
                counts[usize::from(value)] += 1;
            }
        }
        values
    }

    /// Per byte of a row and per value: not 0 if some item would have a code above its limit.
    pub(crate) fn wrong_values(&self, limits: &[u8]) -> Vec<[u8; 256]> {
        let mut wrong = vec![[0; 256]; self.width];
        for (slot, &limit) in self.slots.iter().zip(limits) {
            for (wrong, value) in wrong[slot.byte as usize].iter_mut().zip(0..=u8::MAX) {
                *wrong |= u8::from((value >> slot.shift) & slot.mask > limit);
            }
        }
        // Bits that no item uses are never set.
        for (byte, wrong) in (0_u32..).zip(&mut wrong) {
            let in_byte = self.slots.iter().filter(|slot| slot.byte == byte);
            let used = in_byte.fold(0_u8, |used, slot| used | slot.mask << slot.shift);
            for (wrong, value) in wrong.iter_mut().zip(0..=u8::MAX) {
                *wrong |= u8::from(value & !used != 0);
            }
        }
        wrong
    }

    /// The same rows in another order: row `i` of the result is row `order[i]` of `packed`.
    pub(crate) fn permute(&self, packed: &[u8], order: &[u32]) -> Vec<u8> {
        let mut permuted = vec![0; packed.len()];
        let shares = permuted.chunks_mut(SHARE * self.width.max(1)).zip(order.chunks(SHARE));
        in_order(shares, |(to, order)| self.copy_rows(packed, order, to));
        permuted
    }

    fn copy_rows(&self, packed: &[u8], order: &[u32], permuted: &mut [u8]) {
        macro_rules! by_width {
            ($($width:literal)+) => {
                match self.width {
                    $($width => {
                        // With the width known, a row is copied in a move or two.
                        let (from, _) = packed.as_chunks::<$width>();
                        let (to, _) = permuted.as_chunks_mut::<$width>();
                        for (to, &row) in to.iter_mut().zip(order) {
                            *to = from[row as usize];
                        }
                    })+
                    width => {
                        let rows = permuted.chunks_exact_mut(width.max(1)).zip(order);
                        for (to, &row) in rows {
                            to.copy_from_slice(&packed[row as usize * width..][..width]);
                        }
                    }
                }
            };
        }
        by_width!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24);
    }

    /// Unpacks one row into codes.
    pub(crate) fn unpack(&self, row: &[u8], codes: &mut [u8]) {
        for (slot, code) in self.slots.iter().zip(codes) {
            *code = (row[slot.byte as usize] >> slot.shift) & slot.mask;
        }
    }
}

/// Puts each of four codes of two bits at its place in the highest byte of a word; nothing that comes
/// below reaches it.
const FOUR: u32 = 1 << 24 | 1 << 18 | 1 << 12 | 1 << 6;

#[inline(always)]
fn four(byte: usize, first: usize, codes: &[u8], row: &mut [u8]) {
    if let Some(codes) = codes[first..].first_chunk() {
        let word = u32::from_le_bytes(*codes) & 0x0303_0303;
        row[byte] = (word.wrapping_mul(FOUR) >> 24) as u8;
    }
}

/// The same for eight codes and two bytes: one multiplication does both, since neither half reaches
/// the other's highest byte.
#[inline(always)]
fn eight(byte: usize, first: usize, codes: &[u8], row: &mut [u8]) {
    if let (Some(codes), Some(bytes)) =
        (codes[first..].first_chunk(), row[byte..].first_chunk_mut())
    {
        let word = u64::from_le_bytes(*codes) & 0x0303_0303_0303_0303;
        let word = word.wrapping_mul(u64::from(FOUR));
        *bytes = [(word >> 24) as u8, (word >> 56) as u8];
    }
}

/// The codes of some items, each at its place in a byte.
#[inline(always)]
fn any(parts: &[Part], codes: &[u8]) -> u8 {
    parts.iter().fold(0, |byte, part| byte | codes[part.item].wrapping_mul(part.factor))
}

/// Bits that hold this many codes.
fn bits_for(codes: usize) -> u8 {
    (usize::BITS - codes.saturating_sub(1).leading_zeros()) as u8
}

#[cfg(test)]
mod tests {
    use super::{Packing, bits_for};
    use crate::base::Seed;
    use crate::codebook::Codebook;

    #[test]
    fn packing_many_is_packing_each_and_loses_nothing() {
        let json = include_str!("../../fixtures/models/codebook.json");
        let codebook = Codebook::from_json(json).unwrap();
        let packing = Packing::new(&codebook);
        let mut stream = Seed(3).stream(0);
        let rows = 50;
        let items = codebook.items();
        let codes: Vec<u8> = (0..rows)
            .flat_map(|_| items.iter().map(|item| item.code_count() as u64))
            .map(|codes| stream.below(codes) as u8)
            .collect();
        let mut packed = vec![0; rows * packing.width()];
        packing.pack_rows(&codes, &mut packed);
        for (row_codes, row) in codes.chunks(items.len()).zip(packed.chunks(packing.width())) {
            let mut single = vec![0; packing.width()];
            packing.pack(row_codes, &mut single);
            assert_eq!(single, row);
            let mut back = vec![0; items.len()];
            packing.unpack(row, &mut back);
            assert_eq!(back, row_codes);
        }
        let unknown = packing.count_unknown(&packed);
        for (item, unknown) in unknown.into_iter().enumerate() {
            let of_item = codes.iter().skip(item).step_by(items.len());
            assert_eq!(unknown, of_item.filter(|code| **code == 0).count() as u64);
        }
        let order: Vec<u32> = (0..rows as u32).rev().collect();
        let reversed = packing.permute(&packed, &order);
        assert_eq!(packing.permute(&reversed, &order), packed);
        let eight = |fill: &super::Fill| matches!(fill, super::Fill::Eight { .. });
        assert!(packing.fills.iter().any(eight));
    }

    #[test]
    fn bits_hold_every_code() {
        let bits: Vec<u8> = [2, 3, 4, 5, 8, 9, 255].map(bits_for).into();
        assert_eq!(bits, [1, 2, 2, 3, 3, 4, 8]);
    }
}
