//! What single answers add: for one complaint by itself, and for one answer instead of another.

use super::lanes::{Added, Lanes, lane_of_outcome, weight_of};
use crate::instrument::{Answers, Instrument};

/// What each answer adds, item by item; small enough to stay in the first-level cache.
#[derive(Debug, Clone)]
pub(crate) struct AnswerTable {
    outcomes: usize,
    /// Where each item's codes begin, and where the last one's end.
    starts: Vec<u32>,
    groups: Vec<Group>,
}

#[derive(Debug, Clone)]
struct Group {
    start: Lanes,
    codes: Vec<Lanes>,
}

impl AnswerTable {
    /// The table of an instrument; `atoms` are the sets of answers whose bits are set beside it.
    pub(crate) fn new(instrument: &Instrument, atoms: &[Answers]) -> Self {
        let intercepts: Vec<i32> = (0..instrument.outcomes().len())
            .map(|outcome| instrument.intercept_at(outcome).steps())
            .collect();
        let added = Added { intercepts: &intercepts, weight: weight_of(instrument), atoms };
        let items = instrument.codebook().items();
        let mut starts = vec![0];
        let mut end = 0;
        for item in items {
            end += item.code_count() as u32;
            starts.push(end);
        }
        let groups = (0..added.groups()).map(|group| {
            let codes = items.iter().enumerate().flat_map(|(position, item)| {
                let codes = (0..=u8::MAX).take(item.code_count());
                codes.map(move |code| (position, code))
            });
            Group {
                start: added.start(group),
                codes: codes.map(|(position, code)| added.code(group, position, code)).collect(),
            }
        });
        AnswerTable { outcomes: added.outcomes(), groups: groups.collect(), starts }
    }

    fn entry(&self, item: usize, code: u8) -> usize {
        self.starts[item] as usize + usize::from(code)
    }

    /// Adds up one complaint, one code per item that the item has: scores into `scores`, rule bits
    /// into `bits`.
    pub(crate) fn add(&self, codes: &[u8], scores: &mut [i32], bits: &mut [u32]) {
        let sums = self.groups.iter().map(|group| {
            let mut sum = group.start;
            for (&code, &start) in codes.iter().zip(&self.starts) {
                if let Some(added) = group.codes.get(start as usize + usize::from(code)) {
                    for (sum, added) in sum.iter_mut().zip(added) {
                        // A check at load has shown that no sum of weights leaves the range.
                        *sum = sum.wrapping_add(*added);
                    }
                }
            }
            sum
        });
        // Outcomes and words fill the lanes of group after group.
        let mut scores = scores.iter_mut();
        let mut words = bits.iter_mut();
        for sum in sums {
            for value in sum {
                if let Some(score) = scores.next() {
                    *score = value;
                } else if let Some(word) = words.next() {
                    *word = value as u32;
                }
            }
        }
    }

    /// Whether one answer instead of another can change anything.
    pub(crate) fn differ(&self, item: usize, from: u8, to: u8) -> bool {
        let (from, to) = (self.entry(item, from), self.entry(item, to));
        self.groups.iter().any(|group| group.codes[from] != group.codes[to])
    }

    /// What changes in an outcome's score with another answer.
    pub(crate) fn score_change(&self, outcome: usize, item: usize, from: u8, to: u8) -> i32 {
        let (group, lane) = lane_of_outcome(outcome);
        let codes = &self.groups[group].codes;
        codes[self.entry(item, to)][lane].wrapping_sub(codes[self.entry(item, from)][lane])
    }

    /// The bits that an answer sets in a word.
    pub(crate) fn bits(&self, word: usize, item: usize, code: u8) -> u32 {
        let (group, lane) = lane_of_outcome(self.outcomes + word);
        self.groups[group].codes[self.entry(item, code)][lane] as u32
    }
}
