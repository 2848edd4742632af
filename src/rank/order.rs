//! Keys in their total order.

use super::key::{Key, ROW_BITS, SORT_BITS};
use crate::base::sort_by_bits;

/// Keys of some complaints, first to last: eight bytes each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    words: Vec<u64>,
}

impl Order {
    /// Sorts keys whose rows ascend, so that a stable sort of lane, band and priority breaks
    /// ties by row.
    pub(crate) fn of(keys: Vec<u64>) -> Self {
        let mut words = keys;
        sort_by_bits(&mut words, ROW_BITS, SORT_BITS);
        Order { words }
    }

    /// Takes keys that are sorted already.
    pub(crate) fn sorted(keys: &[Key]) -> Self {
        Order { words: keys.iter().map(|key| key.word()).collect() }
    }

    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    pub(crate) fn get(&self, position: usize) -> Option<Key> {
        self.words.get(position).copied().map(Key::from_word)
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = Key> + Clone {
        self.words.iter().copied().map(Key::from_word)
    }

    /// How many keys from `start` on satisfy a condition that holds for a run of them.
    pub(crate) fn run(&self, start: usize, holds: impl Fn(Key) -> bool) -> usize {
        self.words[start..].partition_point(|&word| holds(Key::from_word(word)))
    }
}
