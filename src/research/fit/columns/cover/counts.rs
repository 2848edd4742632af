//! How many rows have each two patterns, from a bit a row and pattern: what sums of equal weights come to.

use crate::base::widest;
use crate::research::fit::columns::pack::Pack;

/// Packs of more patterns are better summed.
const MOST_PATTERNS: usize = 16;
/// Bits of a pattern below that.
const DIGITS: usize = 4;

/// A bit a row for each pattern but the first, which the others leave.
#[derive(Debug)]
pub(super) struct Counts {
    /// Words of a pattern.
    words: usize,
    /// Patterns of each pack.
    patterns: Vec<usize>,
    /// Words of each pack's patterns from the second on.
    bits: Vec<Vec<u64>>,
    /// Rows of each pack's patterns.
    alone: Vec<Vec<u32>>,
}

/// Bit `digit` of eight numbers, the first in the lowest bit.
#[inline(always)]
fn bit_of_eight(numbers: [u8; 8], digit: usize) -> u64 {
    // Each byte's lowest bit comes to stand at its place in the highest byte.
    let lowest = (u64::from_le_bytes(numbers) >> digit) & 0x0101_0101_0101_0101;
    lowest.wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// Bits of 64 numbers by digit.
#[inline(always)]
fn digits_of(numbers: &[u8]) -> [u64; DIGITS] {
    let mut digits = [0; DIGITS];
    for (eighth, eight) in numbers.chunks(8).enumerate() {
        let mut numbers = [0; 8];
        numbers[..eight.len()].copy_from_slice(eight);
        for (digit, word) in digits.iter_mut().enumerate() {
            *word |= bit_of_eight(numbers, digit) << (8 * eighth);
        }
    }
    digits
}

#[inline(always)]
fn shared(a: &[u64], b: &[u64]) -> u32 {
    a.iter().zip(b).map(|(x, y)| (x & y).count_ones()).sum()
}

impl Counts {
    /// `None` where a pack has many patterns.
    pub(super) fn new(packs: &[Pack], rows: usize) -> Option<Self> {
        if packs.iter().any(|pack| !(1..=MOST_PATTERNS).contains(&pack.patterns)) {
            return None;
        }
        let words = rows.div_ceil(64);
        let bits: Vec<Vec<u64>> = packs.iter().map(|pack| widest!(bits_of(pack, words))).collect();
        let alone = packs.iter().zip(&bits).map(|(pack, bits)| {
            let mut counts = vec![rows as u32];
            for pattern in bits.chunks_exact(words.max(1)).take(pack.patterns - 1) {
                let count = pattern.iter().map(|word| word.count_ones()).sum();
                counts[0] -= count;
                counts.push(count);
            }
            counts.resize(pack.patterns, 0);
            counts
        });
        let alone = alone.collect();
        let patterns = packs.iter().map(|pack| pack.patterns).collect();
        Some(Self { words, patterns, bits, alone })
    }

    /// Every pack, then every two, with their counts times a weight.
    pub(super) fn each_pair(
        &self,
        weight: f64,
        alone: &mut dyn FnMut(usize, &[f64]),
        pair: &mut dyn FnMut([usize; 2], &[f64]),
    ) {
        let mut sums = Vec::new();
        for (pack, counts) in self.alone.iter().enumerate() {
            sums.clear();
            sums.extend(counts.iter().map(|count| f64::from(*count) * weight));
            alone(pack, &sums);
        }
        let mut counts = Vec::new();
        for b in 0..self.patterns.len() {
            for a in 0..b {
                widest!(self.count([a, b], &mut counts));
                sums.clear();
                sums.extend(counts.iter().map(|count| f64::from(*count) * weight));
                pair([a, b], &sums);
            }
        }
    }

    /// Rows of each two patterns: lines for the first pack's, columns for the second's.
    #[inline(always)]
    fn count(&self, [a, b]: [usize; 2], counts: &mut Vec<u32>) {
        let columns = self.patterns[b];
        counts.clear();
        counts.resize(self.patterns[a] * columns, 0);
        let (first, others) = counts.split_at_mut(columns);
        // What no other pattern has, the first has.
        first.copy_from_slice(&self.alone[b]);
        let lines = others.chunks_exact_mut(columns);
        let bits = self.bits[a].chunks_exact(self.words.max(1));
        for ((line, bits), all) in lines.zip(bits).zip(&self.alone[a][1..]) {
            line[0] = *all;
            let patterns = self.bits[b].chunks_exact(self.words.max(1));
            for (position, other) in patterns.enumerate() {
                let both = shared(bits, other);
                line[position + 1] = both;
                line[0] -= both;
                first[position + 1] -= both;
            }
            first[0] -= line[0];
        }
    }
}

#[inline(always)]
fn bits_of(pack: &Pack, words: usize) -> Vec<u64> {
    let mut bits = vec![0; (pack.patterns - 1) * words];
    for (word, numbers) in pack.codes.chunks(64).enumerate() {
        let digits = digits_of(numbers);
        for pattern in 1..pack.patterns {
            let mut rows = u64::MAX;
            for (digit, word) in digits.iter().enumerate() {
                rows &= if pattern >> digit & 1 == 1 { *word } else { !word };
            }
            bits[(pattern - 1) * words + word] = rows;
        }
    }
    bits
}
