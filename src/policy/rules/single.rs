//! What holds for one complaint, and what one more answer does to it, without asking every rule again.

use super::{CAP, DANGER, DANGER_UNKNOWN, FLOOR, MUST, Rules};
use crate::policy::atoms::MOST_ATOMS;

const WORDS: usize = MOST_ATOMS / 64;

/// All atoms of one complaint, in words of a fixed number: the compiler does them at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Bits([u64; WORDS]);

impl Bits {
    /// From words of 32 atoms.
    pub(crate) fn of(words: &[u32]) -> Self {
        let mut bits = Bits::default();
        for (number, &word) in words.iter().enumerate().take(2 * WORDS) {
            bits.0[number / 2] |= u64::from(word) << (32 * (number % 2));
        }
        bits
    }

    #[inline(always)]
    fn join(mut self, more: &Bits) -> Self {
        self.0.iter_mut().zip(&more.0).for_each(|(word, more)| *word |= more);
        self
    }

    #[inline(always)]
    fn without(mut self, lost: &Bits) -> Self {
        self.0.iter_mut().zip(&lost.0).for_each(|(word, lost)| *word &= !lost);
        self
    }

    #[inline(always)]
    fn holds(&self, mask: &Bits) -> bool {
        let missing = mask.0.iter().zip(&self.0).fold(0, |sum, (mask, held)| sum | (mask & !held));
        missing == 0
    }

    #[inline(always)]
    fn touches(&self, mask: &Bits) -> bool {
        self.0.iter().zip(&mask.0).fold(0, |sum, (held, mask)| sum | (held & mask)) != 0
    }

    fn numbers(self) -> impl Iterator<Item = usize> {
        self.0.into_iter().enumerate().flat_map(|(number, mut word)| {
            std::iter::from_fn(move || {
                let bit = word.checked_ilog2()? as usize;
                word ^= 1 << bit;
                Some(64 * number + bit)
            })
        })
    }
}

#[derive(Debug, Clone)]
struct Watched {
    mask: Bits,
    effect: u32,
    gate: u32,
}

/// The rules, found by one of the atoms that each asks for.
#[derive(Debug, Clone)]
pub(crate) struct RuleIndex {
    terms: Vec<Watched>,
    /// Terms that ask for nothing.
    free: Vec<u32>,
    /// By atom, the terms that are looked at where it is set.
    by_atom: Vec<Vec<u32>>,
    /// The atoms by which some term is found.
    watched: Bits,
    danger: Bits,
    danger_unknown: Bits,
}

/// The terms that hold for one complaint.
#[derive(Debug, Clone, Default)]
pub(crate) struct Held {
    bits: Bits,
    terms: Vec<u32>,
    /// All atoms that the held ones ask for.
    asked: Bits,
    effects: u32,
}

/// The rules that one answer can touch.
#[derive(Debug, Clone)]
pub(crate) struct Touched {
    /// Bits that go where the item is *unknown* no more.
    lost: Bits,
    /// Bits that come with the answer.
    gained: Bits,
    /// Masks and effects of the terms that ask for a gained bit.
    terms: Vec<(Bits, u32)>,
    /// All their effects.
    effects: u32,
}

impl Rules {
    /// The rules ready to be found; `unknown` are the bits of a complaint of which nothing is known.
    pub(crate) fn index(&self, unknown: &[u32]) -> RuleIndex {
        let unknown = Bits::of(unknown);
        let mut index = RuleIndex {
            terms: Vec::new(),
            free: Vec::new(),
            by_atom: vec![Vec::new(); MOST_ATOMS],
            watched: Bits::default(),
            danger: Bits::of(&self.danger),
            danger_unknown: Bits::of(&self.danger_unknown),
        };
        for (term, number) in self.terms.iter().zip(0..) {
            let mask = Bits::of(&term.mask);
            // An atom that few complaints have is the best to be found by.
            let telling = mask.without(&unknown).numbers().next();
            match telling.or_else(|| mask.numbers().next()) {
                Some(atom) => {
                    index.by_atom[atom].push(number);
                    index.watched.0[atom / 64] |= 1 << (atom % 64);
                }
                None => index.free.push(number),
            }
            index.terms.push(Watched { mask, effect: term.effect, gate: term.gate as u32 });
        }
        index
    }

    /// What an answer touches that takes `lost` away and brings `gained`, both as words of bits.
    pub(crate) fn touched(&self, lost: &[u32], gained: &[u32]) -> Touched {
        let asks = |mask: &[u32]| mask.iter().zip(gained).any(|(mask, more)| mask & more != 0);
        let terms = self.terms.iter().filter(|term| term.effect != 0 && asks(&term.mask));
        let terms: Vec<(Bits, u32)> =
            terms.map(|term| (Bits::of(&term.mask), term.effect)).collect();
        let effects = terms.iter().fold(0, |all, (_, effect)| all | effect);
        Touched { lost: Bits::of(lost), gained: Bits::of(gained), terms, effects }
    }

    /// Whether a denominator asks for one of these bits.
    pub(crate) fn restricts_by(&self, bits: &[u32]) -> bool {
        let asks = |mask: &[u32]| mask.iter().zip(bits).any(|(mask, bits)| mask & bits != 0);
        self.denominators.iter().any(|masks| asks(&masks.not_when) || asks(&masks.established_by))
    }
}

impl RuleIndex {
    /// Finds what holds for a complaint's bits, and gives the effects of all of it.
    pub(crate) fn hold(&self, bits: &[u32], held: &mut Held) -> u32 {
        held.bits = Bits::of(bits);
        held.asked = Bits::default();
        held.terms.clear();
        held.terms.extend_from_slice(&self.free);
        let mut set = held.bits;
        set.0.iter_mut().zip(&self.watched.0).for_each(|(word, watched)| *word &= watched);
        for atom in set.numbers() {
            let found = self.by_atom[atom].iter().copied();
            held.terms
                .extend(found.filter(|&term| held.bits.holds(&self.terms[term as usize].mask)));
        }
        held.terms.sort_unstable();
        held.effects = self.danger_effects(&held.bits);
        for &number in &held.terms {
            let term = &self.terms[number as usize];
            held.effects |= term.effect;
            if term.effect != 0 {
                held.asked = held.asked.join(&term.mask);
            }
        }
        held.effects
    }

    /// The gates that fire, in the policy's order, into an empty list.
    pub(crate) fn fired_into(&self, held: &Held, fired: &mut Vec<usize>) {
        fired.extend(held.terms.iter().map(|&term| self.terms[term as usize].gate as usize));
        fired.dedup();
    }

    fn danger_effects(&self, bits: &Bits) -> u32 {
        let present = if bits.touches(&self.danger) { DANGER } else { 0 };
        present | if bits.touches(&self.danger_unknown) { DANGER_UNKNOWN } else { 0 }
    }

    /// The effects of all gates after one more answer. A term that holds then held before and lost no bit, or asks for a
    /// bit that the answer brings.
    pub(crate) fn effects_after(&self, held: &Held, touched: &Touched) -> u32 {
        let after = held.bits.without(&touched.lost).join(&touched.gained);
        let mut effects = self.danger_effects(&after);
        for &number in &held.terms {
            let term = &self.terms[number as usize];
            effects |= if after.holds(&term.mask) { term.effect } else { 0 };
        }
        for (mask, effect) in &touched.terms {
            effects |= if after.holds(mask) { *effect } else { 0 };
        }
        effects
    }

    /// Effects between which those after an answer lie, by what they lift at most and what they lower at most: no cap
    /// in the first, no floor that may go in the second.
    pub(crate) fn effects_between(&self, held: &Held, touched: &Touched) -> (u32, u32) {
        const LIFTS: u32 = MUST | FLOOR | FLOOR << 1 | FLOOR << 2;
        const CAPS: u32 = CAP | CAP << 1 | CAP << 2;
        let highest = (held.effects | touched.effects) & LIFTS;
        let caps = (held.effects | touched.effects) & CAPS;
        let lifts = if touched.lost.touches(&held.asked) { 0 } else { held.effects & LIFTS };
        (highest, caps | lifts)
    }
}

#[cfg(test)]
mod tests {
    use super::Bits;

    #[test]
    fn every_bit_has_its_number() {
        let bits = Bits::of(&[1 << 31 | 1, 0, 2, 0, 0, 0, 0, 1 << 31]);
        let mut numbers: Vec<usize> = bits.numbers().collect();
        numbers.sort_unstable();
        assert_eq!(numbers, [0, 31, 65, 255]);
        assert!(bits.holds(&Bits::of(&[1])) && !bits.holds(&Bits::of(&[3])));
    }
}
