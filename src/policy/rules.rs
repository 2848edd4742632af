//! Gates and denominators compiled to bit masks over the answers they ask for.
//!
//! Every set of answers that some rule asks for is an *atom*; scoring sets one bit per atom that
//! holds, in the same table look-ups that add the weights. A rule is then a few mask comparisons.

mod single;

pub(crate) use single::{Held, RuleIndex, Touched};

use super::atoms::{AtomSet, Atoms, WORD};
use super::gate::GateEffect;
use crate::base::widest;
use crate::instrument::Answers;

const MUST: u32 = 1;
/// Floors at `medium`, `high`, `very_high`: bits 1 to 3.
const FLOOR: u32 = 1 << 1;
/// Caps at `low`, `medium`, `high`: bits 4 to 6.
const CAP: u32 = 1 << 4;
const DANGER: u32 = 1 << 7;
const DANGER_UNKNOWN: u32 = 1 << 8;

/// One bit per atom, in words.
pub(crate) type Mask = Vec<u32>;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    gate: usize,
    effect: u32,
    mask: Mask,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct DenominatorMasks {
    not_when: Mask,
    established_by: Mask,
}

/// Every rule of a policy and every denominator of an instrument, compiled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rules {
    atoms: Atoms,
    terms: Vec<Term>,
    danger: Mask,
    danger_unknown: Mask,
    denominators: Vec<DenominatorMasks>,
    gates: usize,
    /// Mask and effect of every term that has one, where a single word holds all atoms.
    single: Vec<(u32, u32)>,
    /// Whether some outcome does not apply to every complaint.
    restricts: bool,
}

/// What is possible for a gate or an atom while some items are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Possible {
    /// It holds under some completion, or now.
    pub(crate) sometimes: bool,
    /// It holds now and under every completion.
    pub(crate) always: bool,
}

impl Rules {
    pub(super) fn new() -> Self {
        Rules::default()
    }

    /// Where conditions find and add the sets of answers that they ask for.
    pub(super) fn atoms_mut(&mut self) -> &mut Atoms {
        &mut self.atoms
    }

    /// Whether every set of answers has a bit; terms are not made where it has not.
    pub(super) fn atoms_fit(&self) -> bool {
        self.atoms.fit()
    }

    /// How many terms all gates have together.
    pub(super) fn term_count(&self) -> usize {
        self.terms.len()
    }

    fn mask(&mut self, answers: &[Answers]) -> Mask {
        let mut mask = Mask::new();
        for answers in answers {
            let bit = self.atoms.number(answers.clone());
            let word = bit / WORD;
            if mask.len() <= word {
                mask.resize(word + 1, 0);
            }
            mask[word] |= 1 << (bit % WORD);
        }
        mask
    }

    pub(super) fn add_gate(&mut self, effect: &GateEffect, terms: &[AtomSet]) {
        let effect = match effect {
            GateEffect::Must => MUST,
            GateEffect::Floor(band) => FLOOR << (band.level().max(1) - 1),
            GateEffect::Cap(band) => CAP << band.level().min(2),
            GateEffect::Hold(_) | GateEffect::Route(_) => 0,
        };
        let gate = self.gates;
        self.gates += 1;
        for term in terms {
            self.terms.push(Term { gate, effect, mask: term.words().to_vec() });
        }
    }

    pub(super) fn add_danger_sign(&mut self, answers: &Answers) {
        let present = self.mask(std::slice::from_ref(answers));
        let unknown = self.mask(&[Answers { item: answers.item, codes: vec![0] }]);
        join(&mut self.danger, &present);
        join(&mut self.danger_unknown, &unknown);
    }

    pub(super) fn add_denominator(&mut self, not_when: &[Answers], established_by: &[Answers]) {
        let masks = DenominatorMasks {
            not_when: self.mask(not_when),
            established_by: self.mask(established_by),
        };
        self.denominators.push(masks);
    }

    /// Gives every mask the same number of words.
    pub(super) fn finish(&mut self) {
        let words = self.words();
        let masks = self.terms.iter_mut().map(|term| &mut term.mask);
        let denominators = self.denominators.iter_mut();
        let pairs = denominators.flat_map(|masks| [&mut masks.not_when, &mut masks.established_by]);
        for mask in masks.chain(pairs).chain([&mut self.danger, &mut self.danger_unknown]) {
            mask.resize(words, 0);
        }
        let strikes = |masks: &DenominatorMasks| masks.not_when.iter().any(|&word| word != 0);
        self.restricts = self.denominators.iter().any(strikes);
        if words == 1 {
            let effective = self.terms.iter().filter(|term| term.effect != 0);
            self.single = effective.map(|term| (term.mask[0], term.effect)).collect();
        }
    }

    /// The atoms, in the order of their bits.
    pub(crate) fn atoms(&self) -> &[Answers] {
        self.atoms.list()
    }

    /// Words that hold the bits of one complaint.
    pub(crate) fn words(&self) -> usize {
        self.atoms.list().len().div_ceil(WORD)
    }

    /// Whether any rule could change a lane or a band.
    pub(crate) fn has_effects(&self) -> bool {
        self.terms.iter().any(|term| term.effect != 0)
    }

    /// The effects of all gates on one complaint, from its words of atom bits.
    pub(crate) fn effects(&self, bits: &[u32]) -> u32 {
        let mut effects = 0;
        if let [bits] = *bits {
            for &(mask, effect) in &self.single {
                effects |= if bits & mask == mask { effect } else { 0 };
            }
        } else {
            for term in &self.terms {
                if holds(bits, &term.mask) {
                    effects |= term.effect;
                }
            }
        }
        effects | self.danger_effects(bits)
    }

    fn danger_effects(&self, bits: &[u32]) -> u32 {
        let mut effects = 0;
        if touches(bits, &self.danger) {
            effects |= DANGER;
        }
        if touches(bits, &self.danger_unknown) {
            effects |= DANGER_UNKNOWN;
        }
        effects
    }

    /// The same for a block: `bits` is word by word, each as long as `effects`.
    pub(crate) fn effects_of_block(&self, bits: &[u32], effects: &mut [u32]) {
        effects.fill(0);
        let rows = effects.len();
        if self.words() == 0 {
            return;
        }
        if self.words() != 1 {
            let mut words = vec![0; self.words()];
            for (row, effects) in effects.iter_mut().enumerate() {
                for (word, bits_of_row) in words.iter_mut().enumerate() {
                    *bits_of_row = bits[word * rows + row];
                }
                *effects = self.effects(&words);
            }
            return;
        }
        widest!(self.effects_of_words(bits, effects));
    }

    /// One word of atoms: a branch-free loop per term, which the compiler turns into vector compares.
    #[inline(always)]
    fn effects_of_words(&self, bits: &[u32], effects: &mut [u32]) {
        for &(mask, effect) in &self.single {
            for (effects, &bits) in effects.iter_mut().zip(bits) {
                *effects |= if bits & mask == mask { effect } else { 0 };
            }
        }
        for (mask, effect) in [(self.danger[0], DANGER), (self.danger_unknown[0], DANGER_UNKNOWN)] {
            if mask != 0 {
                for (effects, &bits) in effects.iter_mut().zip(bits) {
                    *effects |= if bits & mask != 0 { effect } else { 0 };
                }
            }
        }
    }

    /// Whether some outcome does not apply to every complaint.
    pub(crate) fn restrict_outcomes(&self) -> bool {
        self.restricts
    }

    /// Whether an outcome applies to a complaint with these bits.
    pub(crate) fn applies(&self, outcome: usize, bits: &[u32]) -> bool {
        let masks = &self.denominators[outcome];
        !touches(bits, &masks.not_when) || touches(bits, &masks.established_by)
    }

    /// Sets the probability to 0 where an outcome does not apply; `bits` as for
    /// [`Rules::effects_of_block`].
    pub(crate) fn strike_inapplicable(
        &self,
        outcome: usize,
        bits: &[u32],
        probabilities: &mut [u32],
    ) {
        let masks = &self.denominators[outcome];
        if masks.not_when.iter().all(|&word| word == 0) {
            return;
        }
        let rows = probabilities.len();
        if self.words() == 1 {
            let (not_when, established_by) = (masks.not_when[0], masks.established_by[0]);
            for (probability, &bits) in probabilities.iter_mut().zip(bits) {
                let applies = bits & not_when == 0 || bits & established_by != 0;
                *probability = if applies { *probability } else { 0 };
            }
            return;
        }
        for (row, probability) in probabilities.iter_mut().enumerate() {
            let touches = |mask: &Mask| {
                mask.iter().enumerate().any(|(word, &mask)| bits[word * rows + row] & mask != 0)
            };
            if touches(&masks.not_when) && !touches(&masks.established_by) {
                *probability = 0;
            }
        }
    }

    /// The gates that fire on one complaint, in the policy's order.
    pub(crate) fn fired(&self, bits: &[u32]) -> Vec<usize> {
        let mut fired = Vec::new();
        self.fired_into(bits, &mut fired);
        fired
    }

    /// The same into a list that is kept and is empty.
    pub(crate) fn fired_into(&self, bits: &[u32], fired: &mut Vec<usize>) {
        let held = self.terms.iter().filter(|term| holds(bits, &term.mask));
        fired.extend(held.map(|term| term.gate));
        fired.dedup();
    }

    /// What is possible for every gate: `atom` says what is possible for an atom.
    pub(crate) fn possible(&self, atom: impl Fn(&Answers) -> Possible) -> Vec<Possible> {
        // As words, so that a term is held against all of them at once.
        let (mut sometimes, mut always) = (vec![0; self.words()], vec![0; self.words()]);
        for (bit, possible) in self.atoms().iter().map(atom).enumerate() {
            sometimes[bit / WORD] |= u32::from(possible.sometimes) << (bit % WORD);
            always[bit / WORD] |= u32::from(possible.always) << (bit % WORD);
        }
        let mut gates = vec![Possible { sometimes: false, always: false }; self.gates];
        for term in &self.terms {
            gates[term.gate].sometimes |= holds(&sometimes, &term.mask);
            gates[term.gate].always |= holds(&always, &term.mask);
        }
        gates
    }
}

fn join(mask: &mut Mask, more: &[u32]) {
    if mask.len() < more.len() {
        mask.resize(more.len(), 0);
    }
    for (word, more) in mask.iter_mut().zip(more) {
        *word |= more;
    }
}

fn holds(bits: &[u32], mask: &[u32]) -> bool {
    bits.iter().zip(mask).all(|(bits, mask)| bits & mask == *mask)
}

fn touches(bits: &[u32], mask: &[u32]) -> bool {
    bits.iter().zip(mask).any(|(bits, mask)| bits & mask != 0)
}

/// Lane and band level from the priority's own level and the gates' effects: the lowest cap, then
/// the highest floor. Plain selections, so loops vectorise.
#[inline(always)]
pub(crate) fn resolve(level: u32, effects: u32) -> (u32, u32) {
    let cap = if effects & CAP != 0 {
        0
    } else if effects & (CAP << 1) != 0 {
        1
    } else if effects & (CAP << 2) != 0 {
        2
    } else {
        3
    };
    let cap = if effects & DANGER_UNKNOWN != 0 && cap == 0 { 1 } else { cap };
    let cap = if effects & DANGER != 0 { 3 } else { cap };
    let floor = if effects & (FLOOR << 2) != 0 {
        3
    } else if effects & (FLOOR << 1) != 0 {
        2
    } else if effects & FLOOR != 0 {
        1
    } else {
        0
    };
    let open = 1 - (effects & MUST);
    (open, level.min(cap).max(floor))
}

/// What danger signs say about caps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Danger {
    /// A sign is present: no cap applies.
    pub(crate) present: bool,
    /// A sign is unknown: no cap goes below `medium`.
    pub(crate) unknown: bool,
}

pub(crate) fn danger(effects: u32) -> Danger {
    Danger { present: effects & DANGER != 0, unknown: effects & DANGER_UNKNOWN != 0 }
}

#[cfg(test)]
mod tests;
