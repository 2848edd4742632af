//! Where fields end: the places of commas and line ends in a piece of text.
//!
//! They are found for a whole piece before any field is read, so that no field has to wait until
//! the end of the one before it is known.

use super::COMMA;
use crate::backlog::blocks::LINE_END;

/// The most bytes of a piece: text and places stay in the first-level cache together.
pub(super) const PIECE: usize = 1 << 13;

/// Bytes looked at together.
const GROUP: usize = 64;

/// Moves the lowest bit of each byte of a word into its highest byte, in order.
const GATHER: u64 = 0x0102_0408_1020_4080;

/// Per value of a byte: the places of its bits.
static BITS: [[u16; 8]; 256] = bits();

const fn bits() -> [[u16; 8]; 256] {
    let mut all = [[0; 8]; 256];
    let mut value = 0_usize;
    while value < 256 {
        let (mut bit, mut count) = (0, 0);
        while bit < 8 {
            if value >> bit & 1 == 1 {
                all[value][count] = bit;
                count += 1;
            }
            bit += 1;
        }
        value += 1;
    }
    all
}

/// Per value of a byte: how many of its bits are set, which baseline processors do not count.
static COUNTS: [u8; 256] = counts();

const fn counts() -> [u8; 256] {
    let mut all = [0; 256];
    let mut value = 0;
    while value < 256 {
        all[value] = (value as u8).count_ones() as u8;
        value += 1;
    }
    all
}

/// Memory for the places of one piece after another.
#[derive(Debug)]
pub(super) struct Ends {
    offsets: Vec<u16>,
}

impl Ends {
    /// Memory for pieces of so many bytes.
    pub(super) fn new(bytes: usize) -> Self {
        // Places are written by eights, and one may follow those of the text.
        Ends { offsets: vec![0; bytes + 9] }
    }

    /// The places of all commas and line ends, and behind them the end of the last line, if it has
    /// no line end of its own.
    pub(super) fn find(&mut self, piece: &[u8]) -> &[u16] {
        let (groups, rest) = piece.as_chunks::<GROUP>();
        let mut count = 0;
        let mut start = [0; 8];
        for group in groups {
            self.add(group, &mut start, &mut count);
        }
        if !rest.is_empty() {
            let mut group = [0; GROUP];
            group[..rest.len()].copy_from_slice(rest);
            self.add(&group, &mut start, &mut count);
        }
        if piece.last().is_some_and(|&byte| byte != LINE_END) {
            self.offsets[count] = piece.len() as u16;
            count += 1;
        }
        &self.offsets[..count]
    }

    /// Adds the places of one group that begins at `start`, eight bytes of it at a time, without a
    /// branch on the text.
    #[inline(always)]
    fn add(&mut self, group: &[u8; GROUP], start: &mut [u16; 8], count: &mut usize) {
        // In plain steps, so that the compiler compares many bytes at once.
        let mut is_end = [0; GROUP];
        for (is_end, &byte) in is_end.iter_mut().zip(group) {
            *is_end = u8::from(byte == COMMA) | u8::from(byte == LINE_END);
        }
        for eight in is_end.as_chunks().0 {
            let ends = (u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56) as usize;
            if let Some(to) = self.offsets[*count..].first_chunk_mut::<8>() {
                for ((to, start), offset) in to.iter_mut().zip(&mut *start).zip(&BITS[ends]) {
                    *to = *start + offset;
                    *start += 8;
                }
            }
            *count += usize::from(COUNTS[ends]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_those_of_a_plain_search() {
        let mut ends = Ends::new(PIECE);
        let mut stream = crate::base::Seed(5).stream(0);
        for round in 0..2_000 {
            let length = if round % 100 == 0 { PIECE } else { stream.below(300) as usize };
            let often = stream.below(20) + 2;
            let text: Vec<u8> = (0..length)
                .map(|_| match stream.below(often) {
                    0 => COMMA,
                    1 => LINE_END,
                    _ => stream.below(256) as u8,
                })
                .collect();
            let is_end = |at: &usize| matches!(text[*at], COMMA | LINE_END);
            let mut expected: Vec<u16> = (0..length).filter(is_end).map(|at| at as u16).collect();
            if text.last().is_some_and(|&byte| byte != LINE_END) {
                expected.push(length as u16);
            }
            assert_eq!(ends.find(&text), expected);
        }
        assert_eq!(ends.find(&[COMMA; PIECE]).len(), PIECE + 1);
    }
}
