//! Where each item's answer code sits in a packed row.
//!
//! Items take the bits they need and never cross a byte, so that scoring can look a whole byte
//! up in one table. Wide items are placed first, each into the first byte with room.

use crate::codebook::Codebook;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Slot {
    byte: u32,
    shift: u8,
    mask: u8,
}

/// The place of every item of one codebook in a packed row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packing {
    slots: Vec<Slot>,
    width: usize,
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
        Packing { slots, width: used.len() }
    }

    /// Bytes in a packed row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// How many items a row holds.
    #[must_use]
    pub fn items(&self) -> usize {
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

    /// Writes one item's code into a packed row; codes beyond the item's bits are cut.
    pub(crate) fn set(&self, row: &mut [u8], item: usize, code: u8) {
        let slot = self.slots[item];
        let byte = &mut row[slot.byte as usize];
        *byte = (*byte & !(slot.mask << slot.shift)) | ((code & slot.mask) << slot.shift);
    }

    /// Packs one row of codes; `row` is as wide as [`Packing::width`].
    pub(crate) fn pack(&self, codes: &[u8], row: &mut [u8]) {
        row.fill(0);
        for (slot, &code) in self.slots.iter().zip(codes) {
            row[slot.byte as usize] |= (code & slot.mask) << slot.shift;
        }
    }

    /// Unpacks one row into codes.
    pub(crate) fn unpack(&self, row: &[u8], codes: &mut [u8]) {
        for (slot, code) in self.slots.iter().zip(codes) {
            *code = (row[slot.byte as usize] >> slot.shift) & slot.mask;
        }
    }
}

/// Bits that hold this many codes.
fn bits_for(codes: usize) -> u8 {
    (usize::BITS - codes.saturating_sub(1).leading_zeros()) as u8
}

#[cfg(test)]
mod tests {
    use super::bits_for;

    #[test]
    fn bits_hold_every_code() {
        let bits: Vec<u8> = [2, 3, 4, 5, 8, 9, 255].map(bits_for).into();
        assert_eq!(bits, [1, 2, 2, 3, 3, 4, 8]);
    }
}
