//! Texts of many complaints in one allocation: ids, and interned units, subjects and bundles.

use std::hash::{DefaultHasher, Hasher};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

/// Texts one after another, by row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Names {
    text: String,
    ends: Vec<usize>,
}

impl Names {
    pub(crate) fn with_capacity(rows: usize, bytes: usize) -> Self {
        Names { text: String::with_capacity(bytes), ends: Vec::with_capacity(rows) }
    }

    pub(crate) fn push(&mut self, name: &str) {
        self.text.push_str(name);
        self.ends.push(self.text.len());
    }

    pub(crate) fn get(&self, row: usize) -> &str {
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[row]]
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        (0..self.len()).map(|row| self.get(row))
    }

    pub(crate) fn last(&self) -> Option<&str> {
        self.len().checked_sub(1).map(|row| self.get(row))
    }

    pub(crate) fn append(&mut self, other: &Names) {
        let start = self.text.len();
        self.text.push_str(&other.text);
        self.ends.extend(other.ends.iter().map(|end| start + end));
    }

    /// Adds texts that stand one after another, by their lengths; `false` if the lengths do not
    /// cut `text` into whole texts, and then nothing is added.
    pub(crate) fn append_cut(&mut self, text: &str, lengths: &[u8]) -> bool {
        let before = (self.text.len(), self.ends.len());
        self.text.push_str(text);
        let mut end = before.0;
        self.ends.extend(lengths.iter().map(|&length| {
            end += usize::from(length);
            end
        }));
        let added = &self.ends[before.1..];
        // Every place of plain ASCII is a boundary between characters.
        let whole = end == self.text.len()
            && (text.is_ascii() || added.iter().all(|&end| self.text.is_char_boundary(end)));
        if !whole {
            self.text.truncate(before.0);
            self.ends.truncate(before.1);
        }
        whole
    }
}

/// Finds rows by id. The hash has fixed keys and no order is ever read from it.
#[derive(Debug, Clone, Default)]
pub(crate) struct IdIndex {
    rows: HashTable<u32>,
}

fn hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(id.as_bytes());
    hasher.finish()
}

impl IdIndex {
    pub(crate) fn find(&self, ids: &Names, id: &str) -> Option<usize> {
        let found = self.rows.find(hash(id), |&row| ids.get(row as usize) == id);
        found.map(|&row| row as usize)
    }

    /// The row of `id` among `ids`; if none has it, `row` from now on.
    fn find_or_insert(&mut self, ids: &Names, id: &str, row: u32) -> u32 {
        let own = |&other: &u32| ids.get(other as usize) == id;
        match self.rows.entry(hash(id), own, |&row| hash(ids.get(row as usize))) {
            Entry::Occupied(place) => *place.get(),
            Entry::Vacant(place) => *place.insert(row).get(),
        }
    }

    /// Makes `row` the row of `id`, unless another of the rows in `ids` has it.
    fn insert(&mut self, ids: &Names, id: &str, row: u32) -> bool {
        self.find_or_insert(ids, id, row) == row
    }

    /// The rows of all ids, or the first row whose id was there before.
    pub(crate) fn of(ids: &Names) -> Result<Self, usize> {
        let mut index = IdIndex { rows: HashTable::with_capacity(ids.len()) };
        for row in 0..ids.len() {
            if !index.insert(ids, ids.get(row), row as u32) {
                return Err(row);
            }
        }
        Ok(index)
    }

    /// The rows of all ids; where an id stands twice, its first row.
    pub(crate) fn of_first(ids: &Names) -> Self {
        let mut index = IdIndex { rows: HashTable::with_capacity(ids.len()) };
        for row in 0..ids.len() {
            index.insert(ids, ids.get(row), row as u32);
        }
        index
    }
}

/// Sees to it that no id is taken twice. While ids arrive in ascending order none can, and no
/// index is needed.
#[derive(Debug, Clone, Default)]
pub(crate) struct TakenIds {
    index: Option<IdIndex>,
}

impl TakenIds {
    /// Adds an id to `ids`, unless it is there.
    pub(crate) fn take(&mut self, ids: &mut Names, id: &str) -> bool {
        if self.index.is_none() && ids.last().is_none_or(|last| last < id) {
            ids.push(id);
            return true;
        }
        let index = self.index.get_or_insert_with(|| IdIndex::of_first(ids));
        let taken = index.insert(ids, id, ids.len() as u32);
        if taken {
            ids.push(id);
        }
        taken
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
            self.index = IdIndex::of_first(&self.names);
        }
        let next = self.names.len() as u32;
        let place = self.index.find_or_insert(&self.names, text, next);
        if place == next {
            self.names.push(text);
        }
        self.last = place + 1;
        self.last
    }

    pub(crate) fn text(&self, number: u32) -> Option<&str> {
        let place = (number as usize).checked_sub(1)?;
        (place < self.names.len()).then(|| self.names.get(place))
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
            assert_eq!(taken.take(&mut ids, id), fits, "{id}");
        }
        assert_eq!(ids.iter().collect::<Vec<_>>(), ["b", "d", "a"]);
        assert_eq!(taken.into_index().and_then(|index| index.find(&ids, "a")), Some(2));
    }

    #[test]
    fn names_are_cut_at_characters_only() {
        let mut names = Names::default();
        assert!(names.append_cut("aéb", &[1, 2, 0, 1]));
        assert!(!names.append_cut("aéb", &[2, 2]));
        assert!(!names.append_cut("ab", &[1]));
        assert_eq!(names.iter().collect::<Vec<_>>(), ["a", "é", "", "b"]);
    }
}
