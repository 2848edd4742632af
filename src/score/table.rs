//! The scoring kernel: packed answers in, sums of weights and rule bits out.
//!
//! Every byte of a packed row has a table of 256 rows. A table row holds, in four lanes of `i32`,
//! what the items in that byte add for that value: a weight per outcome, then one bit per set of
//! answers that some rule asks for. A complaint's lanes are the sum over its bytes.

use super::lanes::{Added, LANES, Lanes, lane_of_outcome, weight_of};
use crate::backlog::Packing;
use crate::instrument::{Answers, Instrument};

#[derive(Debug, Clone)]
struct ByteTable {
    entries: [Lanes; 256],
    /// Puts equal entries of neighbouring tables on different cache sets: without it a row of
    /// similar bytes evicts its own tables.
    _skew: [Lanes; LANES],
}

#[derive(Debug, Clone)]
struct Group {
    start: Lanes,
    bytes: Vec<ByteTable>,
}

/// The tables of one instrument and the rules beside it.
#[derive(Debug, Clone)]
pub(crate) struct ScoreTable {
    groups: Vec<Group>,
    outcomes: usize,
    words: usize,
    width: usize,
}

impl ScoreTable {
    /// Tables for an instrument; `atoms` are the sets of answers whose bits are set beside it.
    pub(crate) fn new(packing: &Packing, instrument: &Instrument, atoms: &[Answers]) -> Self {
        let intercepts: Vec<i32> = (0..instrument.outcomes().len())
            .map(|outcome| instrument.intercept_at(outcome).steps())
            .collect();
        ScoreTable::of_steps(packing, &intercepts, weight_of(instrument), atoms)
    }

    /// Tables for weights that are no instrument's: `weight` gives millionths by outcome, item and
    /// code. The caller has shown that no sum of them leaves the range.
    pub(crate) fn of_steps(
        packing: &Packing,
        intercepts: &[i32],
        weight: impl Fn(usize, usize, u8) -> i32,
        atoms: &[Answers],
    ) -> Self {
        let added = Added { intercepts, weight, atoms };
        let groups = (0..added.groups()).map(|group| {
            let empty = ByteTable { entries: [[0; LANES]; 256], _skew: [[0; LANES]; LANES] };
            let mut bytes = vec![empty; packing.width()];
            for item in 0..packing.items() {
                let table = &mut bytes[packing.byte_of(item)];
                // A value is looked at once per code, so building is cheap for narrow items.
                let codes = (0..=u8::MAX).map(|value| packing.code_in_byte(item, value));
                let highest = codes.clone().max().unwrap_or(0);
                let by_code: Vec<Lanes> =
                    (0..=highest).map(|code| added.code(group, item, code)).collect();
                for (entry, code) in table.entries.iter_mut().zip(codes) {
                    for (entry, added) in entry.iter_mut().zip(&by_code[usize::from(code)]) {
                        *entry = entry.wrapping_add(*added);
                    }
                }
            }
            Group { start: added.start(group), bytes }
        });
        ScoreTable {
            groups: groups.collect(),
            outcomes: added.outcomes(),
            words: added.words(),
            width: packing.width(),
        }
    }

    pub(crate) fn outcomes(&self) -> usize {
        self.outcomes
    }

    /// How many groups of four lanes there are.
    pub(crate) fn groups(&self) -> usize {
        self.groups.len()
    }

    /// Adds up one packed row: scores into `scores`, rule bits into `bits`.
    pub(crate) fn add_row(&self, row: &[u8], scores: &mut [i32], bits: &mut [u32]) {
        for (number, group) in self.groups.iter().enumerate() {
            let sum = add_bytes(group.start, row, &group.bytes);
            for (lane, value) in sum.into_iter().enumerate() {
                let lane = number * LANES + lane;
                if lane < self.outcomes {
                    scores[lane] = value;
                } else if lane < self.outcomes + self.words {
                    bits[lane - self.outcomes] = value as u32;
                }
            }
        }
    }

    /// Adds up many packed rows for one group of lanes; `sums` has a place per row.
    pub(crate) fn add_rows(&self, group: usize, packed: &[u8], sums: &mut [Lanes]) {
        let group = &self.groups[group];
        macro_rules! by_width {
            ($($width:literal)+) => {
                match self.width {
                    $($width => add_rows_of_width::<$width>(group, packed, sums),)+
                    width => {
                        for (row, sum) in packed.chunks_exact(width.max(1)).zip(sums) {
                            *sum = add_bytes(group.start, row, &group.bytes);
                        }
                    }
                }
            };
        }
        by_width!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24);
    }

    /// The group and lane that hold a word of rule bits.
    pub(crate) fn lane_of_word(&self, word: usize) -> (usize, usize) {
        lane_of_outcome(self.outcomes + word)
    }
}

/// The sum over one row. Relies on two things for speed: `u8` cannot leave a table of 256, so no
/// bounds are checked; and four `i32` additions side by side become one vector addition.
#[inline(always)]
fn add_bytes(start: Lanes, row: &[u8], tables: &[ByteTable]) -> Lanes {
    let mut sum = start;
    for (&byte, table) in row.iter().zip(tables) {
        let entry = &table.entries[usize::from(byte)];
        for (sum, entry) in sum.iter_mut().zip(entry) {
            // A check at load has shown that no sum of weights leaves the range.
            *sum = sum.wrapping_add(*entry);
        }
    }
    sum
}

/// With the width known the loop over a row's bytes is unrolled.
fn add_rows_of_width<const WIDTH: usize>(group: &Group, packed: &[u8], sums: &mut [Lanes]) {
    let Some((tables, _)) = group.bytes.split_first_chunk::<WIDTH>() else { return };
    let (rows, _) = packed.as_chunks::<WIDTH>();
    for (row, sum) in rows.iter().zip(sums) {
        *sum = add_bytes(group.start, row, tables);
    }
}
