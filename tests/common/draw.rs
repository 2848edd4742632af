//! Random choices that shrink: a list of numbers, read from first to last.

use std::fmt;

use proptest::prelude::*;

/// A source of choices. Smaller numbers make simpler things, so shrinking the numbers shrinks what
/// is made of them; beyond the list they come from a small generator.
#[derive(Clone)]
pub(crate) struct Draw {
    choices: Vec<u32>,
    next: usize,
    tail: u64,
}

impl fmt::Debug for Draw {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} choices, then {}", self.choices.len(), self.tail)
    }
}

/// Sources of choices.
pub(crate) fn draws() -> impl Strategy<Value = Draw> {
    (prop::collection::vec(any::<u32>(), 0..400), any::<u64>()).prop_map(|(choices, tail)| Draw {
        choices,
        next: 0,
        tail,
    })
}

impl Draw {
    /// A source that is wholly set by its seed.
    pub(crate) fn seeded(seed: u64) -> Self {
        Draw { choices: Vec::new(), next: 0, tail: seed }
    }

    fn raw(&mut self) -> u32 {
        if let Some(&choice) = self.choices.get(self.next) {
            self.next += 1;
            return choice;
        }
        // SplitMix64 (Steele, Lea, Flood 2014).
        self.tail = self.tail.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.tail;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 32) as u32
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        ((u64::from(self.raw()) * limit as u64) >> 32) as usize
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i32, high: i32) -> i32 {
        let width = (i64::from(high) - i64::from(low) + 1) as u64;
        let offset = (u64::from(self.raw()) * width) >> 32;
        (i64::from(low) + offset as i64) as i32
    }

    /// True in so many of a hundred draws.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    /// One of these.
    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    /// Some of these, in their order, at least one.
    pub(crate) fn some<T: Clone>(&mut self, from: &[T]) -> Vec<T> {
        let mut some: Vec<T> = from.iter().filter(|_| self.chance(40)).cloned().collect();
        if some.is_empty() {
            some.push(self.pick(from));
        }
        some
    }

    /// These in another order.
    pub(crate) fn shuffled<T: Clone>(&mut self, from: &[T]) -> Vec<T> {
        let mut shuffled = from.to_vec();
        for place in (1..shuffled.len()).rev() {
            shuffled.swap(place, place - self.below(place + 1));
        }
        shuffled
    }
}
