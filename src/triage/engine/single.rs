//! One answer instead of another, for many answers of one complaint at once.

use super::{Engine, Tally};
use crate::codebook::{Codebook, Stage};
use crate::policy::{Band, Held, Lane, Priority, RuleIndex, Touched, resolve};
use crate::rank::Standing;

/// All answers of a model that can matter, each as a change from *unknown*.
#[derive(Debug, Clone)]
pub(crate) struct SingleAnswers {
    /// The answers, item by item in codebook order.
    answers: Vec<SingleAnswer>,
    /// By item and code, the place in `answers`; none where the answer can change nothing.
    entry_of_code: Vec<Vec<Option<u32>>>,
    /// What each adds to the scores, outcome by outcome.
    changes: Vec<Vec<i32>>,
    /// The answers of each item: from, to.
    of_item: Vec<(u32, u32)>,
    stages: Vec<Stage>,
    rules: RuleIndex,
}

#[derive(Debug, Clone)]
struct SingleAnswer {
    item: u32,
    code: u8,
    /// What the rules make of it, where one of them asks.
    touched: Option<Touched>,
    /// Whether it can take an outcome out of its denominator, or into it.
    restricts: bool,
}

/// The priority that another answer leads to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Changed {
    pub(crate) item: u32,
    pub(crate) code: u8,
    pub(crate) priority: u32,
}

/// Buffers that are kept from complaint to complaint.
#[derive(Debug, Clone)]
pub(crate) struct SingleSpace {
    picked: Vec<u32>,
    scores: Vec<i32>,
    probabilities: Vec<u32>,
    priorities: Vec<u32>,
    held: Held,
    changed: Tally,
    pub(crate) without: Vec<Changed>,
}

impl Engine {
    /// All single answers under this engine.
    pub(crate) fn single_answers(&self, codebook: &Codebook) -> SingleAnswers {
        let outcomes = self.links.len();
        let words = 0..self.rules.words();
        let bits = |item: usize, code: u8| -> Vec<u32> {
            words.clone().map(|word| self.answers.bits(word, item, code)).collect()
        };
        let mut unknown = vec![0; self.rules.words()];
        for item in 0..codebook.items().len() {
            unknown.iter_mut().zip(bits(item, 0)).for_each(|(word, more)| *word |= more);
        }
        let mut single = SingleAnswers {
            answers: Vec::new(),
            entry_of_code: Vec::new(),
            changes: vec![Vec::new(); outcomes],
            of_item: Vec::new(),
            stages: codebook.items().iter().map(|item| item.stage).collect(),
            rules: self.rules.index(&unknown),
        };
        for (item, asked) in codebook.items().iter().enumerate() {
            let from = single.answers.len() as u32;
            let mut entry_of_code = vec![None];
            for code in 1..=u8::try_from(asked.answers.len()).unwrap_or(u8::MAX) {
                let matters = self.matters(item, 0, code);
                entry_of_code.push(matters.then_some(single.answers.len() as u32));
                if !matters {
                    continue;
                }
                let (lost, gained) = (bits(item, 0), bits(item, code));
                single.answers.push(SingleAnswer {
                    item: item as u32,
                    code,
                    restricts: self.rules.restricts_by(&lost) || self.rules.restricts_by(&gained),
                    touched: (lost != gained).then(|| self.rules.touched(&lost, &gained)),
                });
                for (outcome, changes) in single.changes.iter_mut().enumerate() {
                    changes.push(self.answers.score_change(outcome, item, 0, code));
                }
            }
            single.entry_of_code.push(entry_of_code);
            single.of_item.push((from, single.answers.len() as u32));
        }
        single
    }

    /// Buffers for one complaint after another.
    pub(crate) fn single_space(&self) -> SingleSpace {
        SingleSpace {
            picked: Vec::new(),
            scores: Vec::new(),
            probabilities: Vec::new(),
            priorities: Vec::new(),
            held: Held::default(),
            changed: self.empty_tally(),
            without: Vec::new(),
        }
    }

    /// Priorities after each picked answer is given, or taken back where `sign` is -1; the denominators stay as they are.
    fn priorities_of_picked(
        &self,
        single: &SingleAnswers,
        tally: &Tally,
        sign: i32,
        space: &mut SingleSpace,
    ) {
        let picked = space.picked.len();
        space.scores.clear();
        for (changes, &score) in single.changes.iter().zip(&tally.scores) {
            let after = |&answer: &u32| score.wrapping_add(sign * changes[answer as usize]);
            space.scores.extend(space.picked.iter().map(after));
        }
        space.probabilities.resize(space.scores.len(), 0);
        space.priorities.resize(picked, 0);
        if picked == 0 {
            return;
        }
        let blocks = space.scores.chunks_exact(picked);
        let entry_of_code = space.probabilities.chunks_exact_mut(picked);
        for (outcome, (link, (scores, probabilities))) in
            self.links.iter().zip(blocks.zip(entry_of_code)).enumerate()
        {
            if tally.applicable >> outcome & 1 == 1 {
                link.apply_block(scores, probabilities);
            } else {
                probabilities.fill(0);
            }
        }
        self.combiner.priorities(&space.probabilities, &mut space.priorities);
    }

    /// One complaint's tally and, in the order of gates, those that fire.
    pub(crate) fn tally_of_single(
        &self,
        single: &SingleAnswers,
        codes: &[u8],
        (tally, fired): (&mut Tally, &mut Vec<usize>),
        space: &mut SingleSpace,
    ) {
        self.answers.add(codes, &mut tally.scores, &mut tally.bits);
        tally.effects = single.rules.hold(&tally.bits, &mut space.held);
        fired.clear();
        single.rules.fired_into(&space.held, fired);
        tally.applicable = self.applicable(&tally.bits);
        self.complete_probabilities(tally);
    }

    /// Into `space.without`: for each answer of a complaint that matters, the priority were it unknown, in codebook order.
    pub(crate) fn without_each(
        &self,
        single: &SingleAnswers,
        codes: &[u8],
        tally: &Tally,
        space: &mut SingleSpace,
    ) {
        space.picked.clear();
        for (entry_of_code, &code) in single.entry_of_code.iter().zip(codes) {
            space.picked.extend(entry_of_code.get(usize::from(code)).copied().flatten());
        }
        self.priorities_of_picked(single, tally, -1, space);
        space.without.clear();
        for (&picked, &priority) in space.picked.iter().zip(&space.priorities) {
            let answer = &single.answers[picked as usize];
            let (item, code) = (answer.item, answer.code);
            let priority = if answer.restricts {
                let codes = (code, 0);
                self.priority_of_change(tally, item as usize, codes, priority, &mut space.changed)
            } else {
                priority
            };
            space.without.push(Changed { item, code, priority });
        }
    }

    /// The first and the last place that one answer to an open item of the stage reached leads to, the present one
    /// included; `declared` is the stage that the complaint states. The complaint is the one last tallied in `space`.
    pub(crate) fn reach_of_one(
        &self,
        single: &SingleAnswers,
        (codes, declared): (&[u8], Stage),
        tally: &Tally,
        space: &mut SingleSpace,
    ) -> (Standing, Standing) {
        let answered = single.stages.iter().zip(codes).filter(|&(_, &code)| code != 0);
        let stage = answered.fold(declared, |stage, (&needs, _)| stage.max(needs));
        space.picked.clear();
        for ((&(from, to), &code), &needs) in single.of_item.iter().zip(codes).zip(&single.stages) {
            if code == 0 && needs <= stage {
                space.picked.extend(from..to);
            }
        }
        self.priorities_of_picked(single, tally, 1, space);
        let lane_band = |(open, level): (u32, u32)| 4 * (1 - open) + level;
        let now = lane_band(resolve(self.cut_offs.level(tally.priority), tally.effects));
        // By rank, then priority: one word to compare.
        let word = |rank: u32, priority: u32| u64::from(rank) << 32 | u64::from(priority);
        let here = word(now, tally.priority);
        let (mut first, mut last) = (here, here);
        for (&answered, &priority) in space.picked.iter().zip(&space.priorities) {
            let answer = &single.answers[answered as usize];
            let mut priority = priority;
            if answer.restricts {
                let (item, codes) = (answer.item as usize, (0, answer.code));
                priority =
                    self.priority_of_change(tally, item, codes, priority, &mut space.changed);
            }
            let level = self.cut_offs.level(priority);
            let Some(touched) = &answer.touched else {
                let then = word(lane_band(resolve(level, tally.effects)), priority);
                (first, last) = (first.max(then), last.min(then));
                continue;
            };
            let (highest, lowest) = single.rules.effects_between(&space.held, touched);
            // A bound that moves neither end spares the rules.
            if word(lane_band(resolve(level, highest)), priority) <= first
                && word(lane_band(resolve(level, lowest)), priority) >= last
            {
                continue;
            }
            let effects = single.rules.effects_after(&space.held, touched);
            let then = word(lane_band(resolve(level, effects)), priority);
            (first, last) = (first.max(then), last.min(then));
        }
        let standing = |word: u64| {
            let rank = (word >> 32) as u32;
            let lane = if rank >= 4 { Lane::Must } else { Lane::Open };
            let band = Band::from_level(rank % 4);
            Standing::new(lane, band, Priority::from_billionths(word as u32))
        };
        (standing(first), standing(last))
    }
}
