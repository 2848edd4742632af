//! Finding rows by id, ids that are taken, and texts that many rows share.

use std::hash::{DefaultHasher, Hasher};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::names::Names;

/// Finds rows by id. The keys of the hash follow from the caller's seed, and no order is ever read
/// from it: under every seed all results are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct IdIndex {
    rows: HashTable<u32>,
    seed: u64,
}

/// The hash of an id under a seed; ids cannot be chosen to collide by whoever does not know it.
fn hash(seed: u64, id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    // One block more for each id, which hosts without a seed need not pay for.
    if seed != 0 {
        hasher.write_u64(seed);
    }
    hasher.write(id.as_bytes());
    hasher.finish()
}

impl IdIndex {
    pub(crate) fn find(&self, ids: &Names, id: &str) -> Option<usize> {
        let found = self.rows.find(hash(self.seed, id), |&row| ids.get(row as usize) == id);
        found.map(|&row| row as usize)
    }

    /// The row of `id` among `ids`; if none has it, `row` from now on.
    fn find_or_insert(&mut self, ids: &Names, id: &str, row: u32) -> u32 {
        let seed = self.seed;
        let same = |&other: &u32| ids.get(other as usize) == id;
        match self.rows.entry(hash(seed, id), same, |&row| hash(seed, ids.get(row as usize))) {
            Entry::Occupied(entry) => *entry.get(),
            Entry::Vacant(entry) => *entry.insert(row).get(),
        }
    }

    /// Makes `row` the row of `id`, unless another of the rows in `ids` has it.
    fn insert(&mut self, ids: &Names, id: &str, row: u32) -> bool {
        self.find_or_insert(ids, id, row) == row
    }

    /// Makes `row` the row of an id that is there.
    fn replace(&mut self, ids: &Names, id: &str, row: u32) {
        let hash = hash(self.seed, id);
        if let Some(known) = self.rows.find_mut(hash, |&row| ids.get(row as usize) == id) {
            *known = row;
        }
    }

    /// The rows of all ids, or the first row whose id was there before.
    pub(crate) fn of(ids: &Names, seed: u64) -> Result<Self, usize> {
        let mut index = IdIndex { rows: HashTable::with_capacity(ids.len()), seed };
        for row in 0..ids.len() {
            if !index.insert(ids, ids.get(row), row as u32) {
                return Err(row);
            }
        }
        Ok(index)
    }

    /// The rows of all ids; where an id stands twice, its first row.
    pub(crate) fn of_first(ids: &Names, seed: u64) -> Self {
        let mut index = IdIndex { rows: HashTable::with_capacity(ids.len()), seed };
        for row in 0..ids.len() {
            index.insert(ids, ids.get(row), row as u32);
        }
        index
    }
}

/// Tells which row has an id. While ids arrive in ascending order none can, and no
/// index is needed.
#[derive(Debug, Clone, Default)]
pub(crate) struct TakenIds {
    index: Option<IdIndex>,
    seed: u64,
}

impl TakenIds {
    /// Sets the seed of the index; one that is there already is made again under it.
    pub(crate) fn set_seed(&mut self, seed: u64, ids: &Names) {
        if self.seed != seed {
            self.seed = seed;
            if self.index.is_some() {
                self.index = Some(IdIndex { seed, ..IdIndex::default() });
                self.restore(ids);
            }
        }
    }

    /// Adds an id to `ids`, unless it is there: then the row that has it.
    pub(crate) fn take(&mut self, ids: &mut Names, id: &str) -> Result<(), usize> {
        if self.index.is_none() && ids.last().is_none_or(|last| last < id) {
            ids.push(id);
            return Ok(());
        }
        let index = self.index.get_or_insert_with(|| IdIndex::of_first(ids, self.seed));
        let next = ids.len() as u32;
        let row = index.find_or_insert(ids, id, next);
        if row != next {
            return Err(row as usize);
        }
        ids.push(id);
        Ok(())
    }

    /// Adds an id that is there once more: from now on its row is the new one.
    pub(crate) fn take_again(&mut self, ids: &mut Names, id: &str) {
        let index = self.index.get_or_insert_with(|| IdIndex::of_first(ids, self.seed));
        index.replace(ids, id, ids.len() as u32);
        ids.push(id);
    }

    /// After rows were taken off the end: each id is in its last row.
    pub(crate) fn restore(&mut self, ids: &Names) {
        if let Some(index) = &mut self.index {
            *index = IdIndex { seed: self.seed, ..IdIndex::default() };
            for row in 0..ids.len() as u32 {
                let id = ids.get(row as usize);
                if index.find_or_insert(ids, id, row) != row {
                    index.replace(ids, id, row);
                }
            }
        }
    }

    /// Whether ids that ascend among themselves can be added without looking at each.
    pub(crate) fn continue_with(&self, ids: &Names, more: &Names) -> bool {
        let first = || more.iter().next();
        self.index.is_none() && ids.last().is_none_or(|last| first().is_none_or(|id| last < id))
    }

    /// The index, if one was needed.
    pub(crate) fn into_index(self) -> Option<IdIndex> {
        self.index
    }
}

/// Texts that many rows share, numbered from 1; 0 stands for none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interner {
    names: Names,
    /// May lag behind `names`, which come without it from a snapshot.
    index: IdIndex,
    /// The number last given: neighbours often share their text.
    last: u32,
}

impl Interner {
    /// Texts numbered in their order.
    pub(crate) fn of(names: Names) -> Self {
        Interner { names, ..Interner::default() }
    }

    pub(crate) fn number(&mut self, text: Option<&str>) -> u32 {
        let Some(text) = text else { return 0 };
        if self.text(self.last) == Some(text) {
            return self.last;
        }
        if self.index.rows.len() < self.names.len() {
            self.index = IdIndex::of_first(&self.names, self.index.seed);
        }
        let next = self.names.len() as u32;
        let found = self.index.find_or_insert(&self.names, text, next);
        if found == next {
            self.names.push(text);
        }
        self.last = found + 1;
        self.last
    }

    pub(crate) fn text(&self, number: u32) -> Option<&str> {
        let position = (number as usize).checked_sub(1)?;
        (position < self.names.len()).then(|| self.names.get(position))
    }

    /// Sets the seed of its index.
    pub(crate) fn set_seed(&mut self, seed: u64) {
        if self.index.seed != seed {
            self.index = IdIndex::of_first(&self.names, seed);
        }
    }

    /// Forgets the texts from a place on.
    pub(crate) fn truncate(&mut self, length: usize) {
        if length < self.names.len() {
            self.names.truncate(length);
            self.index = IdIndex::of_first(&self.names, self.index.seed);
            self.last = 0;
        }
    }

    pub(crate) fn texts(&self) -> &Names {
        &self.names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_taken_once_in_any_order() {
        let (mut ids, mut taken) = (Names::default(), TakenIds::default());
        for (id, fits) in [("b", true), ("d", true), ("d", false), ("a", true), ("b", false)] {
            assert_eq!(taken.take(&mut ids, id).is_ok(), fits, "{id}");
        }
        assert_eq!(ids.iter().collect::<Vec<_>>(), ["b", "d", "a"]);
        assert_eq!(taken.into_index().and_then(|index| index.find(&ids, "a")), Some(2));
    }

    /// Whoever does not know the seed cannot choose ids that collide; results do not depend on it.
    #[test]
    fn the_seed_of_the_index_changes_hashes_and_nothing_else() {
        let ids: Vec<String> =
            (0..2_000).map(|number| format!("n{}", number * 7 % 1_500)).collect();
        let under = |seed: u64, later: Option<u64>| {
            let (mut names, mut taken) = (Names::default(), TakenIds::default());
            taken.set_seed(seed, &names);
            let mut found = Vec::new();
            for (number, id) in ids.iter().enumerate() {
                if number == 1_000
                    && let Some(later) = later
                {
                    taken.set_seed(later, &names);
                }
                found.push(taken.take(&mut names, id));
            }
            let index = taken.into_index().unwrap_or_default();
            let rows: Vec<_> = ids.iter().map(|id| index.find(&names, id)).collect();
            (index.seed, names, found, rows)
        };
        let (_, names, found, rows) = under(0, None);
        for (seed, later) in [(1, None), (u64::MAX, None), (3, Some(4)), (5, Some(0))] {
            let (last, other, again, places) = under(seed, later);
            assert_eq!(
                (last, &other, &again, &places),
                (later.unwrap_or(seed), &names, &found, &rows)
            );
        }
        // Half of the pairs that share their lowest ten bits under one seed do not under another.
        let shared = |seed: u64| {
            let mut low: Vec<u64> =
                ids.iter().take(1_500).map(|id| hash(seed, id) & 1_023).collect();
            low.sort_unstable();
            low
        };
        assert_ne!(shared(0), shared(1));
        assert_ne!(hash(1, "a"), hash(2, "a"));
    }
}
