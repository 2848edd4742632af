//! A stable radix sort of keys, over the bits in use only.

use super::key::Key;

/// Bits sorted in one pass: 2,048 buckets, whose counters fit the first-level cache.
const DIGIT_BITS: u32 = 11;
const BUCKETS: usize = 1 << DIGIT_BITS;
/// Passes for the 33 bits of lane, band and priority.
const PASSES: usize = 3;
/// Below this the standard sort is faster.
const SMALL: usize = 2_048;

fn digit(key: Key, pass: usize) -> usize {
    (key.digits() >> (pass as u32 * DIGIT_BITS)) as usize & (BUCKETS - 1)
}

/// Sorts keys first to last. Their rows must be in ascending order, so that a stable sort of the
/// other bits breaks ties by row.
pub(crate) fn sort(keys: &mut Vec<Key>) {
    if keys.len() < SMALL {
        keys.sort_unstable();
        return;
    }
    let mut counts = vec![[0_u32; BUCKETS]; PASSES];
    for &key in keys.iter() {
        for (pass, counts) in counts.iter_mut().enumerate() {
            counts[digit(key, pass)] += 1;
        }
    }
    let mut spare = vec![Key::new(0, 0, 0, 0); keys.len()];
    for (pass, counts) in counts.iter_mut().enumerate() {
        // All keys share this digit: nothing to move.
        if counts.iter().any(|&count| count as usize == keys.len()) {
            continue;
        }
        let mut start = 0;
        for count in counts.iter_mut() {
            (*count, start) = (start, start + *count);
        }
        for &key in keys.iter() {
            let place = &mut counts[digit(key, pass)];
            spare[*place as usize] = key;
            *place += 1;
        }
        std::mem::swap(keys, &mut spare);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::Seed;

    #[test]
    fn equals_the_standard_sort() {
        let mut stream = Seed(11).stream(0);
        for (count, priorities) in
            [(0, 1), (1, 1), (2_047, 5), (2_048, 1), (5_000, 3), (20_000, 1_000_000_001)]
        {
            let mut keys: Vec<Key> = (0..count)
                .map(|row| {
                    let priority = stream.below(priorities) as u32;
                    Key::new(stream.below(2) as u32, stream.below(4) as u32, priority, row)
                })
                .collect();
            let mut expected = keys.clone();
            expected.sort();
            sort(&mut keys);
            assert_eq!(keys, expected, "{count} keys");
        }
    }
}
