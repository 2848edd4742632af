//! Sets of answers that rules ask about, each once, and sets of those.

use std::collections::BTreeMap;

use crate::instrument::Answers;

/// The most atoms that fit.
pub(crate) const MOST_ATOMS: usize = 256;
/// Bits in a word of atoms.
pub(super) const WORD: usize = 32;

/// Every set of answers that some rule asks for, in the order in which they were first asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Atoms {
    list: Vec<Answers>,
    known: BTreeMap<Answers, usize>,
}

impl Atoms {
    /// The number of a set of answers, added if it is new. O(log n).
    pub(super) fn number(&mut self, answers: Answers) -> usize {
        let next = self.list.len();
        *self.known.entry(answers).or_insert_with_key(|answers| {
            self.list.push(answers.clone());
            next
        })
    }

    pub(super) fn list(&self) -> &[Answers] {
        &self.list
    }

    pub(super) fn into_list(self) -> Vec<Answers> {
        self.list
    }

    /// Whether a mask has room for all of them.
    pub(super) fn fit(&self) -> bool {
        self.list.len() <= MOST_ATOMS
    }
}

/// Some of the first [`MOST_ATOMS`] atoms, one bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct AtomSet([u32; MOST_ATOMS / WORD]);

impl AtomSet {
    pub(super) fn of(number: usize) -> Self {
        let mut set = AtomSet::default();
        if let Some(word) = set.0.get_mut(number / WORD) {
            *word |= 1 << (number % WORD);
        }
        set
    }

    pub(super) fn with(self, other: AtomSet) -> Self {
        let mut joined = self;
        for (word, more) in joined.0.iter_mut().zip(other.0) {
            *word |= more;
        }
        joined
    }

    pub(super) fn words(&self) -> &[u32] {
        &self.0
    }
}
