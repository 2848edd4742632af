//! Re-ranking one backlog under many sets of weights.
//!
//! Answers do not change between re-rankings, so which gates fire and which outcomes apply is
//! worked out once: what is left is a sum, a link, a combination and a sort.

use std::collections::BTreeMap;

use super::StudyError;
use super::weight_set::WeightSet;
use crate::backlog::Packing;
use crate::policy::{ActiveOverrides, Band, Lane, Priority, place, resolve};
use crate::score::{Lanes, ScoreTable, lane_of_outcome};
use crate::{Backlog, Triage};

/// Rows scored at once, so that their buffers stay in the first-level cache.
const BLOCK: usize = 512;
/// Rows that one thread takes at a time.
#[cfg(feature = "parallel")]
const SHARE: usize = 32 * BLOCK;
const DIGIT: usize = 1 << 11;
/// Priorities are below 2^30, so that their complement sorts first to last.
const HIGHEST: u32 = (1 << 30) - 1;

/// Everything about a backlog under a policy that weights do not change.
#[derive(Debug)]
pub(super) struct Fixture<'a> {
    triage: &'a Triage,
    packed: &'a [u8],
    packing: Packing,
    /// By row: its place among `classes`.
    class: Vec<u16>,
    classes: Vec<Class>,
}

/// What the rules do to a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Class {
    /// Lane and band as sorted (least first), for each level that its priority may have.
    places: [u8; 4],
    /// One bit for each outcome that does not apply.
    inapplicable: u64,
}

/// Lane 0 for `must`, then the band, highest first.
fn place_code(open: u32, level: u32) -> u8 {
    (open << 2 | (3 - level)) as u8
}

/// The band level of a place: 3 for `very_high` to 0 for `low`.
pub(super) fn level_of(place: u8) -> u32 {
    3 - u32::from(place & 3)
}

/// Priorities and places of every row under one set of weights: five bytes a row.
#[derive(Debug, Default)]
pub(super) struct Scored {
    /// Complement of the priority: the least comes first.
    inverted: Vec<u32>,
    pub(super) places: Vec<u8>,
}

/// Room for ordering rows: eight bytes a row.
#[derive(Debug, Default)]
pub(super) struct Room {
    first: Vec<u32>,
    second: Vec<u32>,
}

impl<'a> Fixture<'a> {
    pub(super) fn new(
        triage: &'a Triage,
        backlog: &'a Backlog,
        overrides: &ActiveOverrides,
    ) -> Result<Self, StudyError> {
        triage.codebook().require_of_backlog(backlog.codebook())?;
        let engine = triage.engine();
        let rules = engine.rules();
        let outcomes = triage.instrument().outcomes().len();
        let mut known: BTreeMap<Class, u16> = BTreeMap::new();
        let mut classes = Vec::new();
        let mut tally = engine.empty_tally();
        let mut class = Vec::with_capacity(backlog.len());
        for row in 0..backlog.len() {
            engine.tally_into(backlog.packed_row(row), &mut tally);
            let inapplicable = (0..outcomes)
                .filter(|&outcome| !rules.applies(outcome, &tally.bits))
                .fold(0, |mask, outcome| mask | 1_u64 << outcome);
            let mut places = [0, 1, 2, 3].map(|level| {
                let (open, level) = resolve(level, tally.effects);
                place_code(open, level)
            });
            let active = if overrides.is_empty() { None } else { overrides.get(backlog.id(row)) };
            if active.is_some() {
                let fired = rules.fired(&tally.bits);
                let danger = crate::policy::danger(tally.effects);
                places = [0, 1, 2, 3].map(|level| {
                    let gates = triage.policy().gates();
                    let by_priority = (Priority::from_billionths(0), Band::from_level(level));
                    let decided = place(gates, &fired, danger, by_priority, active).standing();
                    place_code(u32::from(decided.lane() == Lane::Open), decided.band().level())
                });
            }
            let own = Class { places, inapplicable };
            let number = match known.get(&own) {
                Some(&number) => number,
                None => {
                    let number = u16::try_from(classes.len())
                        .map_err(|_| StudyError::TooManyClasses { limit: usize::from(u16::MAX) })?;
                    classes.push(own);
                    known.insert(own, number);
                    number
                }
            };
            class.push(number);
        }
        let packing = Packing::new(backlog.codebook());
        Ok(Fixture { triage, packed: backlog.packed(), packing, class, classes })
    }

    pub(super) fn rows(&self) -> usize {
        self.class.len()
    }

    /// Priority and place of every row; the same at any number of threads.
    pub(super) fn score(&self, weights: &WeightSet, scored: &mut Scored) {
        let table = weights.table(&self.packing);
        let rows = self.rows();
        scored.inverted.resize(rows, 0);
        scored.places.resize(rows, 0);
        #[cfg(feature = "parallel")]
        if rows > SHARE && rayon::current_num_threads() > 1 {
            use rayon::prelude::*;
            let width = self.packing.width().max(1);
            let out =
                scored.inverted.par_chunks_mut(SHARE).zip(scored.places.par_chunks_mut(SHARE));
            let given = self.packed.par_chunks(SHARE * width).zip(self.class.par_chunks(SHARE));
            given.zip(out).for_each(|((packed, class), (inverted, places))| {
                self.score_share(&table, packed, class, inverted, places);
            });
            return;
        }
        self.score_share(
            &table,
            self.packed,
            &self.class,
            &mut scored.inverted,
            &mut scored.places,
        );
    }

    fn score_share(
        &self,
        table: &ScoreTable,
        packed: &[u8],
        class: &[u16],
        inverted: &mut [u32],
        places: &mut [u8],
    ) {
        let engine = self.triage.engine();
        let (outcomes, width) = (table.outcomes(), self.packing.width().max(1));
        let mut sums = vec![Lanes::default(); BLOCK];
        let mut scores = vec![0_i32; BLOCK];
        let mut probabilities = vec![0_u32; BLOCK * outcomes];
        let blocks = packed.chunks(BLOCK * width).zip(class.chunks(BLOCK));
        let out = inverted.chunks_mut(BLOCK).zip(places.chunks_mut(BLOCK));
        for ((packed, class), (inverted, places)) in blocks.zip(out) {
            let rows = class.len();
            let probabilities = &mut probabilities[..rows * outcomes];
            for group in 0..table.groups() {
                table.add_rows(group, packed, &mut sums[..rows]);
                for outcome in 0..outcomes {
                    let (own, lane) = lane_of_outcome(outcome);
                    if own != group {
                        continue;
                    }
                    for (score, sum) in scores.iter_mut().zip(&sums[..rows]) {
                        *score = sum[lane];
                    }
                    let own = &mut probabilities[outcome * rows..][..rows];
                    engine.link(outcome).apply_block(&scores[..rows], own);
                    for (probability, &class) in own.iter_mut().zip(class) {
                        let applies =
                            self.classes[usize::from(class)].inapplicable >> outcome & 1 == 0;
                        *probability = if applies { *probability } else { 0 };
                    }
                }
            }
            engine.combiner().priorities(probabilities, inverted);
            let cut_offs = engine.cut_offs();
            for ((inverted, place), &class) in inverted.iter_mut().zip(places).zip(class) {
                let level = cut_offs.level(*inverted) as usize & 3;
                *place = self.classes[usize::from(class)].places[level];
                *inverted = HIGHEST - *inverted;
            }
        }
    }
}

impl Room {
    /// The position of every row, from 1: three stable passes over the rows, which stand in tie
    /// order, so that equal keys stay in it.
    pub(super) fn positions(&mut self, scored: &Scored) -> &[u32] {
        let rows = scored.inverted.len();
        self.first.resize(rows, 0);
        self.second.resize(rows, 0);
        let low = |row: usize| scored.inverted[row] as usize % DIGIT;
        let middle = |row: usize| scored.inverted[row] as usize / DIGIT % DIGIT;
        let high = |row: usize| {
            (scored.inverted[row] >> 22) as usize | usize::from(scored.places[row] & 7) << 8
        };
        let mut counts = [[0_u32; DIGIT]; 3];
        for row in 0..rows {
            counts[0][low(row)] += 1;
            counts[1][middle(row)] += 1;
            counts[2][high(row)] += 1;
        }
        for counts in &mut counts {
            let mut start = 0;
            for count in counts {
                (*count, start) = (start, start + *count);
            }
        }
        let [lows, middles, highs] = &mut counts;
        let take = |counts: &mut [u32; DIGIT], digit: usize| {
            let place = counts[digit];
            counts[digit] += 1;
            place as usize
        };
        for row in 0..rows {
            self.first[take(lows, low(row))] = row as u32;
        }
        for &row in &self.first {
            self.second[take(middles, middle(row as usize))] = row;
        }
        // The last pass would write the order; what is wanted is each row's place in it.
        for &row in &self.second {
            self.first[row as usize] = take(highs, high(row as usize)) as u32 + 1;
        }
        &self.first
    }
}
