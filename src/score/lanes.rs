//! What an answer adds, lane by lane: weights of outcomes first, then bits that rules ask for.

use crate::instrument::{Answers, Instrument};

/// Lanes that are added at once.
pub(super) const LANES: usize = 4;

/// One lane per outcome or word of bits.
pub(crate) type Lanes = [i32; LANES];

/// The group and lane that hold the scores of an outcome.
pub(crate) fn lane_of_outcome(outcome: usize) -> (usize, usize) {
    (outcome / LANES, outcome % LANES)
}

/// What the answers to a codebook's items add.
pub(super) struct Added<'a, W> {
    pub(super) intercepts: &'a [i32],
    /// Millionths by outcome, item and code.
    pub(super) weight: W,
    /// Sets of answers with a bit each.
    pub(super) atoms: &'a [Answers],
}

/// Millionths of an instrument's weight by outcome, item and code.
pub(super) fn weight_of(instrument: &Instrument) -> impl Fn(usize, usize, u8) -> i32 {
    |outcome, item, code| instrument.weight_at(outcome, item, code).steps()
}

impl<W: Fn(usize, usize, u8) -> i32> Added<'_, W> {
    pub(super) fn outcomes(&self) -> usize {
        self.intercepts.len()
    }

    /// Words of rule bits.
    pub(super) fn words(&self) -> usize {
        self.atoms.len().div_ceil(32)
    }

    /// Groups of lanes.
    pub(super) fn groups(&self) -> usize {
        (self.outcomes() + self.words()).div_ceil(LANES).max(1)
    }

    /// What every complaint begins with.
    pub(super) fn start(&self, group: usize) -> Lanes {
        self.lanes(group, |lane| self.intercepts.get(lane).copied().unwrap_or(0))
    }

    /// What a code of an item adds.
    pub(super) fn code(&self, group: usize, item: usize, code: u8) -> Lanes {
        self.lanes(group, |lane| {
            if lane < self.outcomes() {
                return (self.weight)(lane, item, code);
            }
            let first = (lane - self.outcomes()) * 32;
            let of_group = self.atoms.iter().enumerate().skip(first).take(32);
            let held = of_group.filter(|(_, atom)| atom.item == item && atom.codes.contains(&code));
            held.fold(0_u32, |bits, (bit, _)| bits | 1 << (bit - first)) as i32
        })
    }

    /// Lanes of a group; 0 in those that nothing uses.
    fn lanes(&self, group: usize, value: impl Fn(usize) -> i32) -> Lanes {
        let in_use = self.outcomes() + self.words();
        std::array::from_fn(|lane| {
            let lane = group * LANES + lane;
            if lane < in_use { value(lane) } else { 0 }
        })
    }
}
