//! Lists that are cut off with a count, never in silence.

use serde::Serialize;

/// The most entries of one list that a report keeps.
pub const MOST_TOLD: usize = 1_000;

/// The first entries of a list, and how many there were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told<T> {
    count: u64,
    first: Vec<T>,
}

impl<T> Default for Told<T> {
    fn default() -> Self {
        Told { count: 0, first: Vec::new() }
    }
}

impl<T> Told<T> {
    pub(crate) fn push(&mut self, entry: impl FnOnce() -> T) {
        self.count += 1;
        if self.first.len() < MOST_TOLD {
            self.first.push(entry());
        }
    }

    pub(crate) fn first_mut(&mut self) -> &mut Vec<T> {
        &mut self.first
    }

    /// How many there were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The entries kept: the first [`MOST_TOLD`].
    #[must_use]
    pub fn first(&self) -> &[T] {
        &self.first
    }

    /// How many are counted but not kept.
    #[must_use]
    pub fn left_off(&self) -> u64 {
        self.count - self.first.len() as u64
    }

    /// Whether there were none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}
