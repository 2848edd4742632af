//! Many packed rows at once, block by block and on several threads.

use super::Engine;
use crate::base::{SHARE, in_order, widest};
use crate::policy::resolve;
use crate::rank::{Key, Top};
use crate::score::{Lanes, Scores, lane_of_outcome};

/// Rows worked on at once: the buffers of a block stay in the first-level cache.
pub(crate) const BLOCK: usize = 512;

/// Buffers for one block, reused from block to block.
#[derive(Debug, Clone, Default)]
pub(crate) struct Workspace {
    sums: Vec<Lanes>,
    scores: Vec<i32>,
    probabilities: Vec<u32>,
    bits: Vec<u32>,
    effects: Vec<u32>,
    priorities: Vec<u32>,
}

impl Engine {
    fn sum_block(&self, packed: &[u8], rows: usize, space: &mut Workspace) {
        let (outcomes, words) = (self.table.outcomes(), self.rules.words());
        space.sums.resize(rows, Lanes::default());
        space.scores.resize(outcomes * rows, 0);
        space.bits.resize(words * rows, 0);
        for group in 0..self.table.groups() {
            self.table.add_rows(group, packed, &mut space.sums);
            for outcome in 0..outcomes {
                let (scored_in, lane) = lane_of_outcome(outcome);
                if scored_in == group {
                    let scores = &mut space.scores[outcome * rows..][..rows];
                    for (score, sum) in scores.iter_mut().zip(&space.sums) {
                        *score = sum[lane];
                    }
                }
            }
            for word in 0..words {
                let (held_in, lane) = self.table.lane_of_word(word);
                if held_in == group {
                    let bits = &mut space.bits[word * rows..][..rows];
                    for (bits, sum) in bits.iter_mut().zip(&space.sums) {
                        *bits = sum[lane] as u32;
                    }
                }
            }
        }
    }

    /// Scores of all packed rows, in row order; the same at any number of threads.
    pub(crate) fn score(&self, packed: &[u8]) -> Scores {
        let (width, outcomes) = (self.width.max(1), self.links.len());
        let rows = packed.len() / width;
        let mut steps = vec![0; rows * outcomes];
        let mut billionths = vec![0; rows * outcomes];
        let mut inapplicable = vec![0; rows];
        let shares = Shares { rows: SHARE, width, outcomes };
        shares.run(packed, &mut steps, &mut billionths, &mut inapplicable, |packed, mut out| {
            self.score_rows(packed, &mut out);
        });
        // Where nothing can strike an outcome, its column was never touched and takes no memory.
        let restricted = self.rules.restrict_outcomes();
        if !restricted || inapplicable.iter().all(|&bits| bits == 0) {
            inapplicable.clear();
        }
        Scores::new(outcomes, steps, billionths, inapplicable)
    }

    fn score_rows(&self, packed: &[u8], out: &mut ScoreColumns<'_>) {
        let (outcomes, words) = (self.links.len(), self.rules.words());
        let mut space = Workspace::default();
        let mut bits = vec![0; words];
        let blocks = packed.chunks(BLOCK * self.width.max(1));
        let block_outputs = out.steps.chunks_mut(BLOCK * outcomes);
        let block_outputs = block_outputs.zip(out.billionths.chunks_mut(BLOCK * outcomes));
        for ((packed, (steps, billionths)), inapplicable) in
            blocks.zip(block_outputs).zip(out.inapplicable.chunks_mut(BLOCK))
        {
            let rows = inapplicable.len();
            self.sum_block(packed, rows, &mut space);
            self.link_block(rows, &mut space);
            for outcome in 0..outcomes {
                let values = space.scores[outcome * rows..].iter();
                let values = values.zip(&space.probabilities[outcome * rows..]);
                let block_outputs = steps.chunks_exact_mut(outcomes);
                let block_outputs = block_outputs.zip(billionths.chunks_exact_mut(outcomes));
                for ((steps, billionths), (&score, &probability)) in block_outputs.zip(values) {
                    (steps[outcome], billionths[outcome]) = (score, probability);
                }
            }
            if !self.rules.restrict_outcomes() {
                continue;
            }
            for (row, inapplicable) in inapplicable.iter_mut().enumerate() {
                for (word, bits) in bits.iter_mut().enumerate() {
                    *bits = space.bits[word * rows + row];
                }
                for outcome in 0..outcomes {
                    let applies = self.rules.applies(outcome, &bits);
                    *inapplicable |= u64::from(!applies) << outcome;
                }
            }
        }
    }

    fn link_block(&self, rows: usize, space: &mut Workspace) {
        space.probabilities.resize(self.links.len() * rows, 0);
        for (outcome, link) in self.links.iter().enumerate() {
            let probabilities = &mut space.probabilities[outcome * rows..][..rows];
            link.apply_block(&space.scores[outcome * rows..][..rows], probabilities);
            self.rules.strike_inapplicable(outcome, &space.bits, probabilities);
        }
    }

    /// Sort keys of a block of packed rows, the first of which is row `first`.
    pub(crate) fn key_block(
        &self,
        packed: &[u8],
        first: usize,
        space: &mut Workspace,
        keys: &mut [u64],
    ) {
        let rows = keys.len();
        self.sum_block(packed, rows, space);
        self.link_block(rows, space);
        space.priorities.resize(rows, 0);
        self.combiner.priorities(&space.probabilities, &mut space.priorities);
        if self.rules.has_effects() {
            space.effects.resize(rows, 0);
            self.rules.effects_of_block(&space.bits, &mut space.effects);
            widest!(self.keys_under_rules(first as u32, &space.priorities, &space.effects, keys));
        } else {
            widest!(self.keys_by_priority(first as u32, &space.priorities, keys));
        }
    }

    #[inline(always)]
    fn keys_under_rules(&self, first: u32, priorities: &[u32], effects: &[u32], keys: &mut [u64]) {
        let pairs = priorities.iter().zip(effects);
        for ((key, row), (&priority, &effects)) in keys.iter_mut().zip(first..).zip(pairs) {
            let (open, level) = resolve(self.cut_offs.level(priority), effects);
            *key = Key::new(open, level, priority, row).word();
        }
    }

    #[inline(always)]
    fn keys_by_priority(&self, first: u32, priorities: &[u32], keys: &mut [u64]) {
        for ((key, row), &priority) in keys.iter_mut().zip(first..).zip(priorities) {
            *key = Key::new(1, self.cut_offs.level(priority), priority, row).word();
        }
    }

    /// Keys of all packed rows, in row order; the same at any number of threads.
    pub(crate) fn keys(&self, packed: &[u8]) -> Vec<u64> {
        let mut keys = vec![0; packed.len() / self.width.max(1)];
        spread(packed, self.width.max(1), &mut keys, |first, packed, keys| {
            self.key_rows(packed, first, &mut Workspace::default(), keys);
        });
        keys
    }

    /// The first `k` keys, sorted; `overridden` holds keys that people's decisions replace, by row.
    pub(crate) fn top(&self, packed: &[u8], k: usize, overridden: &[(usize, Key)]) -> Vec<Key> {
        let width = self.width.max(1);
        let of_share = |(share, packed): (usize, &[u8])| {
            let mut top = Top::new(k);
            let mut space = Workspace::default();
            let mut keys = vec![0; BLOCK];
            for (block, packed) in packed.chunks(BLOCK * width).enumerate() {
                let first = share * SHARE + block * BLOCK;
                let keys = &mut keys[..packed.len() / width];
                self.key_block(packed, first, &mut space, keys);
                let from = overridden.partition_point(|&(row, _)| row < first);
                let decided = overridden[from..].iter();
                let after = first + keys.len();
                for &(row, key) in decided.take_while(|&&(row, _)| row < after) {
                    keys[row - first] = key.word();
                }
                top.extend(keys.iter().copied().map(Key::from_word));
            }
            top.finish()
        };
        let mut top = Top::new(k);
        let shares = in_order(packed.chunks(SHARE * width).enumerate(), of_share);
        shares.into_iter().for_each(|keys| top.extend(keys));
        top.finish()
    }

    /// Keys of any number of packed rows, block by block.
    pub(crate) fn key_rows(
        &self,
        packed: &[u8],
        first: usize,
        space: &mut Workspace,
        keys: &mut [u64],
    ) {
        let blocks = packed.chunks(BLOCK * self.width.max(1)).zip(keys.chunks_mut(BLOCK));
        for (block, (packed, keys)) in blocks.enumerate() {
            self.key_block(packed, first + block * BLOCK, space, keys);
        }
    }
}

struct ScoreColumns<'a> {
    steps: &'a mut [i32],
    billionths: &'a mut [u32],
    inapplicable: &'a mut [u64],
}

/// How packed rows and columns of scores are cut for several threads.
struct Shares {
    rows: usize,
    width: usize,
    outcomes: usize,
}

impl Shares {
    fn run(
        &self,
        packed: &[u8],
        steps: &mut [i32],
        billionths: &mut [u32],
        inapplicable: &mut [u64],
        run: impl Fn(&[u8], ScoreColumns<'_>) + Sync,
    ) {
        let cells = self.rows * self.outcomes.max(1);
        let columns = steps.chunks_mut(cells).zip(billionths.chunks_mut(cells));
        let columns = columns.zip(inapplicable.chunks_mut(self.rows));
        let shares = packed.chunks(self.rows * self.width).zip(columns);
        in_order(shares, |(packed, ((steps, billionths), inapplicable))| {
            run(packed, ScoreColumns { steps, billionths, inapplicable });
        });
    }
}

// Shares are whole blocks.
const _: () = assert!(SHARE.is_multiple_of(BLOCK));

/// Runs over fixed shares of rows, on several threads where that is allowed. `run` is given the
/// first row of a share, its packed rows and its places in `out`.
fn spread<T: Send>(
    packed: &[u8],
    width: usize,
    out: &mut [T],
    run: impl Fn(usize, &[u8], &mut [T]) + Sync,
) {
    let shares = packed.chunks(SHARE * width).zip(out.chunks_mut(SHARE)).enumerate();
    in_order(shares, |(share, (packed, out))| run(share * SHARE, packed, out));
}
