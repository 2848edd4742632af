//! What is kept of one complaint's positions over many re-rankings: 40 bytes.

/// Counters that fit the 40 bytes.
const BUCKETS: usize = 13;

/// Counts of positions in buckets of equal width that adapt to where the positions fall.
///
/// Bucket `i` holds positions from `(base + i) << shift` on, `1 << shift` of them. `shift` is the
/// least at which all positions seen fit, and `base` is where the lowest one falls: so the tally
/// depends on which positions were seen, not on their order, and up to thirteen neighbouring
/// positions are kept exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tally {
    base: u32,
    /// How often the complaint fell into `very_high`, `high`, `medium`; the rest is `low`.
    bands: [u16; 3],
    /// How often it stood among the first k.
    top: u16,
    counts: [u16; BUCKETS],
    shift: u8,
}

/// A position read off a tally, and how many neighbouring positions it cannot be told from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) position: u32,
    pub(super) resolution: u32,
}

/// The base of an empty tally: no position is near it, so that the first one makes room.
const NOWHERE: u32 = 1 << 31;

impl Default for Tally {
    fn default() -> Self {
        Tally { base: NOWHERE, bands: [0; 3], top: 0, counts: [0; BUCKETS], shift: 0 }
    }
}

impl Tally {
    /// Adds one re-ranking: position from 1, band level 3 (`very_high`) to 0, among the first k.
    #[inline]
    pub(super) fn add(&mut self, position: u32, level: u32, top: bool) {
        let mut bucket = (position >> self.shift).wrapping_sub(self.base) as usize;
        if bucket >= BUCKETS {
            bucket = self.make_room(position);
        }
        // The number of re-rankings is at most what a counter holds.
        self.counts[bucket] += 1;
        if let Some(count) = self.bands.get_mut(3_usize.wrapping_sub(level as usize)) {
            *count += 1;
        }
        self.top += u16::from(top);
    }

    /// Moves and widens buckets until the position fits; the first position sets the base.
    #[cold]
    fn make_room(&mut self, position: u32) -> usize {
        let Some(last) = self.counts.iter().rposition(|&count| count > 0) else {
            self.base = position;
            return 0;
        };
        let mut highest = self.base + last as u32;
        loop {
            let bucket = position >> self.shift;
            let (low, high) = (self.base.min(bucket), highest.max(bucket));
            if ((high - low) as usize) < BUCKETS {
                let by = (self.base - low) as usize;
                self.counts.rotate_right(by);
                self.base = low;
                return (bucket - low) as usize;
            }
            self.widen();
            highest >>= 1;
        }
    }

    fn widen(&mut self) {
        let mut wider = [0; BUCKETS];
        for (number, count) in self.counts.iter().enumerate() {
            let bucket = (self.base + number as u32) >> 1;
            wider[(bucket - (self.base >> 1)) as usize] += count;
        }
        self.counts = wider;
        self.base >>= 1;
        self.shift += 1;
    }

    /// The position of the `place`-th lowest (from 1) of all, by straight lines inside a bucket.
    pub(super) fn read(&self, rank: u32) -> Read {
        let width = 1_u32 << self.shift;
        let (mut before, mut read) = (0_u32, Read { position: self.base, resolution: width });
        for (bucket, &count) in self.counts.iter().enumerate() {
            let count = u32::from(count);
            if count > 0 && before + count >= rank {
                // Positions inside a bucket are taken as evenly spread over it.
                let into = (2 * u64::from(rank - before) - 1) * u64::from(width);
                let into = into / (2 * u64::from(count));
                let first = (self.base + bucket as u32) << self.shift;
                read.position = (first + into as u32).max(1);
                return read;
            }
            before += count;
        }
        read
    }

    /// How often each band was reached, `very_high` first, of `replicates`.
    pub(super) fn bands(&self, replicates: u32) -> [u32; 4] {
        let [very_high, high, medium] = self.bands.map(u32::from);
        [very_high, high, medium, replicates - very_high - high - medium]
    }

    pub(super) fn top(&self) -> u32 {
        u32::from(self.top)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn takes_forty_bytes() {
        assert_eq!(size_of::<Tally>(), 40);
    }

    #[test]
    fn few_neighbouring_positions_are_kept_exactly() {
        let mut tally = Tally::default();
        for position in [9, 3, 4, 15, 4] {
            tally.add(position, 0, false);
        }
        let read: Vec<u32> = (1..=5).map(|rank| tally.read(rank).position).collect();
        assert_eq!(read, [3, 4, 4, 9, 15]);
        assert_eq!(tally.read(1).resolution, 1);
    }

    proptest! {
        #[test]
        fn order_changes_nothing_and_reads_are_within_their_resolution(
            positions in prop::collection::vec(1_u32..2_000_000, 1..200),
            narrow in any::<bool>(),
            seed in any::<u64>(),
        ) {
            let positions: Vec<u32> =
                positions.iter().map(|p| if narrow { p % 40 + 1 } else { *p }).collect();
            let tally_of = |positions: &[u32]| {
                let mut tally = Tally::default();
                for &position in positions {
                    tally.add(position, position % 4, position % 2 == 0);
                }
                tally
            };
            let tally = tally_of(&positions);
            let mut sorted = positions.clone();
            sorted.sort_unstable();
            let mut shuffled = positions.clone();
            crate::base::Seed(seed).stream(0).shuffle(&mut shuffled);
            prop_assert_eq!(tally, tally_of(&sorted));
            prop_assert_eq!(tally, tally_of(&shuffled));
            for (number, &exact) in sorted.iter().enumerate() {
                let read = tally.read(number as u32 + 1);
                prop_assert!(read.position.abs_diff(exact) < read.resolution, "{read:?} for {exact}");
            }
            // No wider than it must be.
            let span = (sorted[sorted.len() - 1] - sorted[0]) as usize;
            let width = tally.read(1).resolution as usize;
            prop_assert!(width == 1 || span + width > BUCKETS * width / 2);
            let bands = tally.bands(positions.len() as u32);
            let expected = [3, 2, 1, 0].map(|level| positions.iter().filter(|&&p| p % 4 == level).count() as u32);
            prop_assert_eq!(bands, expected);
        }
    }
}
