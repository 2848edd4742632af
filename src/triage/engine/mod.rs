//! Instrument and policy compiled into one pass over packed rows.

mod blocks;
mod single;

pub(crate) use blocks::{BLOCK, Workspace};
pub(crate) use single::{Changed, SingleAnswers, SingleSpace};

use crate::backlog::Packing;
use crate::instrument::Instrument;
use crate::policy::{Band, Combiner, CutOffs, Lane, Policy, Priority, Rules, resolve};
use crate::rank::Standing;
use crate::score::{AnswerTable, LinkTable, ScoreTable};

/// One pass over packed rows: sums, probabilities, rule effects, priorities.
#[derive(Debug, Clone)]
pub(crate) struct Engine {
    table: ScoreTable,
    links: Vec<LinkTable>,
    rules: Rules,
    combiner: Combiner,
    cut_offs: CutOffs,
    width: usize,
    answers: AnswerTable,
}

/// What one complaint's answers come to, before any override.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Score per outcome.
    pub(crate) scores: Vec<i32>,
    /// Billionths per outcome, 0 where it does not apply.
    pub(crate) probabilities: Vec<u32>,
    /// Words of rule bits.
    pub(crate) bits: Vec<u32>,
    /// One bit per outcome that applies.
    pub(crate) applicable: u64,
    /// Effects of all gates together.
    pub(crate) effects: u32,
    /// Billionths of the priority index.
    pub(crate) priority: u32,
}

impl Engine {
    pub(crate) fn new(instrument: &Instrument, policy: &Policy) -> Self {
        let packing = Packing::new(instrument.codebook());
        let rules = policy.rules().clone();
        let table = ScoreTable::new(&packing, instrument, rules.atoms());
        Engine {
            table,
            links: instrument.outcomes().iter().map(|part| LinkTable::new(&part.link)).collect(),
            combiner: policy.combiner().clone(),
            cut_offs: policy.cut_offs(),
            width: packing.width(),
            answers: AnswerTable::new(instrument, rules.atoms()),
            rules,
        }
    }

    /// One complaint, from the code of each item.
    pub(crate) fn tally_codes(&self, codes: &[u8]) -> Tally {
        let mut tally = self.empty_tally();
        self.tally_codes_into(codes, &mut tally);
        tally
    }

    /// The same into a tally that is kept; every code is one that its item has.
    pub(crate) fn tally_codes_into(&self, codes: &[u8], tally: &mut Tally) {
        self.answers.add(codes, &mut tally.scores, &mut tally.bits);
        self.complete(tally);
    }

    /// Whether one answer instead of another can change anything.
    pub(crate) fn matters(&self, item: usize, from: u8, to: u8) -> bool {
        self.answers.differ(item, from, to)
    }

    /// `to` becomes `from`, which must be complete, with one answer changed; it is complete again.
    pub(crate) fn change(&self, from: &Tally, item: usize, codes: (u8, u8), to: &mut Tally) {
        self.change_sums(from, item, codes, to);
        // Few items act in a rule or weigh for every outcome: do again only what has changed.
        if to.bits == from.bits {
            (to.applicable, to.effects) = (from.applicable, from.effects);
        } else {
            self.apply_rules(to);
        }
        for (outcome, link) in self.links.iter().enumerate() {
            let same = to.scores[outcome] == from.scores[outcome]
                && (to.applicable ^ from.applicable) >> outcome & 1 == 0;
            to.probabilities[outcome] = if same {
                from.probabilities[outcome]
            } else if to.applicable >> outcome & 1 == 1 {
                link.apply(to.scores[outcome])
            } else {
                0
            };
        }
        self.combine(to);
    }

    /// The priority with one answer changed that can take an outcome out of its denominator; `unrestricted` is what it is
    /// where none goes and none comes.
    fn priority_of_change(
        &self,
        from: &Tally,
        item: usize,
        codes: (u8, u8),
        unrestricted: u32,
        scratch: &mut Tally,
    ) -> u32 {
        self.change_sums(from, item, codes, scratch);
        scratch.applicable = self.applicable(&scratch.bits);
        if scratch.applicable == from.applicable {
            return unrestricted;
        }
        self.complete_probabilities(scratch);
        scratch.priority
    }

    /// The same for scores and bits alone.
    fn change_sums(&self, from: &Tally, item: usize, codes: (u8, u8), to: &mut Tally) {
        for (outcome, to) in to.scores.iter_mut().enumerate() {
            let change = self.answers.score_change(outcome, item, codes.0, codes.1);
            *to = from.scores[outcome].wrapping_add(change);
        }
        for (word, to) in to.bits.iter_mut().enumerate() {
            let [old, new] = [codes.0, codes.1].map(|code| self.answers.bits(word, item, code));
            *to = from.bits[word] & !old | new;
        }
    }

    /// Where a tally stands, before any override.
    pub(crate) fn standing(&self, tally: &Tally) -> Standing {
        self.standing_of(tally.priority, tally.effects)
    }

    fn standing_of(&self, priority: u32, effects: u32) -> Standing {
        let (open, level) = resolve(self.cut_offs.level(priority), effects);
        let lane = if open == 0 { Lane::Must } else { Lane::Open };
        Standing::new(lane, Band::from_level(level), Priority::from_billionths(priority))
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }

    pub(crate) fn combiner(&self) -> &Combiner {
        &self.combiner
    }

    pub(crate) fn cut_offs(&self) -> CutOffs {
        self.cut_offs
    }

    pub(crate) fn link(&self, outcome: usize) -> &LinkTable {
        &self.links[outcome]
    }

    /// A tally to be filled by [`Engine::tally_into`].
    pub(crate) fn empty_tally(&self) -> Tally {
        let outcomes = self.table.outcomes();
        Tally {
            scores: vec![0; outcomes],
            probabilities: vec![0; outcomes],
            bits: vec![0; self.rules.words()],
            applicable: 0,
            effects: 0,
            priority: 0,
        }
    }

    /// One complaint, from its packed row.
    pub(crate) fn tally_into(&self, row: &[u8], tally: &mut Tally) {
        self.table.add_row(row, &mut tally.scores, &mut tally.bits);
        self.complete(tally);
    }

    /// From scores and bits to everything else.
    pub(crate) fn complete(&self, tally: &mut Tally) {
        self.apply_rules(tally);
        self.complete_probabilities(tally);
    }

    /// From scores and what applies to probabilities and priority.
    fn complete_probabilities(&self, tally: &mut Tally) {
        for (outcome, link) in self.links.iter().enumerate() {
            let applies = tally.applicable >> outcome & 1 == 1;
            tally.probabilities[outcome] =
                if applies { link.apply(tally.scores[outcome]) } else { 0 };
        }
        self.combine(tally);
    }

    fn apply_rules(&self, tally: &mut Tally) {
        tally.applicable = self.applicable(&tally.bits);
        tally.effects = self.rules.effects(&tally.bits);
    }

    /// One bit per outcome that applies.
    fn applicable(&self, bits: &[u32]) -> u64 {
        (0..self.links.len()).fold(0, |applicable, outcome| {
            let applies = !self.rules.restrict_outcomes() || self.rules.applies(outcome, bits);
            applicable | u64::from(applies) << outcome
        })
    }

    fn combine(&self, tally: &mut Tally) {
        tally.priority =
            self.combiner.priority(|outcome| tally.probabilities[outcome], self.links.len());
    }
}
