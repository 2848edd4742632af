//! A stable radix sort of 64-bit words by some of their bits, and one pass of it for small numbers.

/// Bits sorted in one pass: 2,048 buckets, whose counters fit the first-level cache.
pub(crate) const DIGIT_BITS: u32 = 11;
const BUCKETS: usize = 1 << DIGIT_BITS;
/// Below this the standard stable sort is faster.
const SMALL: usize = 2_048;
/// Words that are worth a thread of their own.
#[cfg(feature = "parallel")]
const LEAST_SHARE: usize = 1 << 17;

/// Sorts words by `bits` bits from bit `low` on, and leaves equal ones in their order.
///
/// O(n) a pass of eleven bits; passes in which every word has the same digit are skipped. The
/// result is the same at any number of threads.
pub(crate) fn sort_by_bits(words: &mut Vec<u64>, low: u32, bits: u32) {
    let mask = if bits >= 64 { u64::MAX } else { (1 << bits) - 1 };
    if words.len() < SMALL {
        words.sort_by_key(|word| word >> low & mask);
        return;
    }
    let in_use = differing(words) >> low & mask;
    let mut spare = Vec::new();
    let mut shift = 0;
    while shift < bits {
        // Start the next pass at a bit in which words differ.
        let rest = in_use >> shift;
        if rest == 0 {
            break;
        }
        shift += rest.trailing_zeros();
        let width = DIGIT_BITS.min(bits - shift);
        let digit = Digit { shift: low + shift, mask: (1 << width) - 1 };
        spare.resize(words.len(), 0);
        pass(words, &mut spare, digit);
        std::mem::swap(words, &mut spare);
        shift += width;
    }
}

/// The bits in which at least two words differ.
fn differing(words: &[u64]) -> u64 {
    let (any, all) = words.iter().fold((0, u64::MAX), |(any, all), &word| (any | word, all & word));
    any & !all
}

#[derive(Debug, Clone, Copy)]
struct Digit {
    shift: u32,
    mask: u64,
}

impl Digit {
    #[inline(always)]
    fn of(self, word: u64) -> usize {
        (word >> self.shift & self.mask) as usize
    }
}

fn pass(words: &[u64], sorted: &mut [u64], digit: Digit) {
    distribute(words, sorted, |&word| digit.of(word), |_, &word| word);
}

/// The places of items in the order of a number of each below 2,048, equal ones in their order.
/// O(n); the same at any number of threads.
pub(crate) fn order_by_digit<T: Sync>(items: &[T], digit: impl Fn(&T) -> u64 + Sync) -> Vec<u32> {
    let mut order = vec![0; items.len()];
    distribute(items, &mut order, |item| digit(item) as usize, |position, _| position as u32);
    order
}

/// One stable pass: what is made of each item and its place goes to the items of its digit.
fn distribute<T: Sync, U: Copy + Send>(
    items: &[T],
    sorted: &mut [U],
    digit: impl Fn(&T) -> usize + Sync,
    make: impl Fn(usize, &T) -> U + Sync,
) {
    // Digits are below the number of buckets; the mask shows it to the compiler.
    let digit = |item: &T| digit(item) & (BUCKETS - 1);
    #[cfg(feature = "parallel")]
    {
        let threads = rayon::current_num_threads().min(items.len() / LEAST_SHARE);
        if threads > 1 {
            return distribute_shares(items, sorted, digit, make, items.len().div_ceil(threads));
        }
    }
    let mut starts = count(items, digit);
    let mut start = 0;
    for next in &mut starts {
        (*next, start) = (start, start + *next);
    }
    for (number, item) in items.iter().enumerate() {
        let next = &mut starts[digit(item)];
        sorted[*next as usize] = make(number, item);
        *next += 1;
    }
}

fn count<T>(items: &[T], digit: impl Fn(&T) -> usize) -> [u32; BUCKETS] {
    let mut counts = [0; BUCKETS];
    for item in items {
        counts[digit(item)] += 1;
    }
    counts
}

/// Every share of the items counts its digits and then writes into pieces of the output that are
/// its own: within a bucket, earlier shares come first, so the pass stays stable.
#[cfg(feature = "parallel")]
fn distribute_shares<T: Sync, U: Copy + Send>(
    items: &[T],
    sorted: &mut [U],
    digit: impl Fn(&T) -> usize + Sync,
    make: impl Fn(usize, &T) -> U + Sync,
    share: usize,
) {
    use rayon::prelude::*;
    let counts: Vec<[u32; BUCKETS]> =
        items.par_chunks(share).map(|part| count(part, &digit)).collect();
    let mut pieces: Vec<Vec<&mut [U]>> =
        counts.iter().map(|_| Vec::with_capacity(BUCKETS)).collect();
    let mut rest = sorted;
    for bucket in 0..BUCKETS {
        for (counts, pieces) in counts.iter().zip(&mut pieces) {
            let (piece, after) = rest.split_at_mut(counts[bucket] as usize);
            pieces.push(piece);
            rest = after;
        }
    }
    items.par_chunks(share).zip(pieces).enumerate().for_each(|(part, (items, mut pieces))| {
        let mut starts = [0_u32; BUCKETS];
        for (number, item) in (part * share..).zip(items) {
            let bucket = digit(item);
            let next = &mut starts[bucket];
            pieces[bucket][*next as usize] = make(number, item);
            *next += 1;
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Seed;

    #[test]
    fn equals_the_standard_stable_sort() {
        let mut stream = Seed(11).stream(0);
        let cases = [(0, 31, 33), (1, 31, 33), (2_047, 31, 33), (2_048, 0, 64), (400_000, 31, 33)];
        for (count, low, bits) in cases {
            for keep in [u64::MAX, 0xFFFF_0000_0000_FFFF, 3 << 40, 0] {
                let mut words: Vec<u64> = (0..count).map(|_| stream.bits() & keep).collect();
                let mut expected = words.clone();
                let mask = if bits == 64 { u64::MAX } else { (1 << bits) - 1 };
                expected.sort_by_key(|word| word >> low & mask);
                sort_by_bits(&mut words, low, bits);
                assert_eq!(words, expected, "{count} words from bit {low}, keeping {keep:x}");
            }
        }
    }

    #[cfg(feature = "parallel")]
    #[test]
    fn threads_change_nothing() {
        let mut stream = Seed(12).stream(0);
        let words: Vec<u64> =
            (0..1_000_000).map(|_| stream.bits() & 0xFFF0_000F_FFFF_FFFF).collect();
        let sorted = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let mut words = words.clone();
            pool.install(|| sort_by_bits(&mut words, 31, 33));
            words
        };
        let single = sorted(1);
        assert_eq!(single, sorted(2));
        assert_eq!(single, sorted(8));
        let mut expected: Vec<u32> = (0..words.len() as u32).collect();
        expected.sort_by_key(|&position| words[position as usize] & 0x7FF);
        for threads in [1, 2, 8] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let order = pool.install(|| order_by_digit(&words, |word| word & 0x7FF));
            assert_eq!(order, expected, "{threads}");
        }
    }
}
