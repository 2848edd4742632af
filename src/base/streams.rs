//! Seeded streams of random numbers whose values never change.
//!
//! One [`Seed`] opens any number of independent numbered streams, so that the
//! replicates of a study draw the same numbers whichever thread runs them.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

/// A seed chosen by the caller. Equal seeds give equal results, on every platform and for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seed(pub u64);

impl Seed {
    /// Opens the stream with this number (ChaCha8, 2^64 streams a seed).
    ///
    /// ```
    /// use caserank::Seed;
    /// let first: Vec<u64> = { let mut s = Seed(7).stream(0); (0..3).map(|_| s.below(100)).collect() };
    /// let again: Vec<u64> = { let mut s = Seed(7).stream(0); (0..3).map(|_| s.below(100)).collect() };
    /// assert_eq!(first, again);
    /// ```
    #[must_use]
    pub fn stream(self, number: u64) -> Stream {
        let mut generator = ChaCha8Rng::seed_from_u64(self.0);
        generator.set_stream(number);
        Stream { generator }
    }
}

/// A stream of random numbers; see [`Seed::stream`].
#[derive(Debug, Clone)]
pub struct Stream {
    generator: ChaCha8Rng,
}

impl Stream {
    /// The next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.generator.next_u64()
    }

    /// A whole number from `0` to `bound - 1`, each equally likely; `0` when `bound` is 0.
    ///
    /// Unbiased multiplication with rejection (Lemire 2019, "Fast random integer
    /// generation in an interval"); draws once, rarely twice.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        let threshold = bound.wrapping_neg() % bound;
        loop {
            let product = u128::from(self.bits()) * u128::from(bound);
            if product as u64 >= threshold {
                return (product >> 64) as u64;
            }
        }
    }

    /// A number in `[0, 1)` with 53 random bits.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// `true` with the given probability (0 or less: never; 1 or more: always).
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A draw close to the standard normal: the sum of twelve uniform draws less six
    /// (mean 0, variance 1, range ±6). Additions only, so the same bits on every platform;
    /// good for latent traits, not for tails beyond about three.
    pub fn nearly_normal(&mut self) -> f64 {
        let mut sum = -6.0;
        for _ in 0..12 {
            sum += self.unit();
        }
        sum
    }

    /// Puts the slice into a random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, slice: &mut [T]) {
        for end in (1..slice.len()).rev() {
            let other = self.below(end as u64 + 1) as usize;
            slice.swap(end, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_stability() {
        let mut stream = Seed(7).stream(3);
        let below: Vec<u64> = (0..8).map(|_| stream.below(1_000)).collect();
        let unit = stream.unit();
        let normal = stream.nearly_normal();
        let mut order = [0, 1, 2, 3, 4, 5, 6, 7];
        stream.shuffle(&mut order);
        assert_eq!(
            (below, unit, normal, order),
            (
                vec![181, 92, 979, 334, 351, 384, 919, 328],
                0.091_475_177_706_194_84,
                -0.241_434_812_165_190_47,
                [3, 7, 0, 1, 5, 6, 4, 2]
            )
        );
    }

    #[test]
    fn streams_of_one_seed_differ() {
        assert_ne!(Seed(7).stream(0).bits(), Seed(7).stream(1).bits());
        assert_ne!(Seed(7).stream(0).bits(), Seed(8).stream(0).bits());
    }

    #[test]
    fn below_covers_every_value_and_no_other() {
        let mut stream = Seed(1).stream(0);
        let mut seen = [0_u32; 6];
        for _ in 0..6_000 {
            seen[stream.below(6) as usize] += 1;
        }
        assert!(seen.iter().all(|&count| (800..1_200).contains(&count)), "{seen:?}");
        assert_eq!(stream.below(0), 0);
        assert_eq!(stream.below(1), 0);
    }
}
