//! Texts of many complaints in one allocation: ids, and interned units, subjects and bundles.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hasher};

use hashbrown::HashTable;

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

    /// The same texts in another order: row `i` of the result is row `order[i]` of this.
    pub(crate) fn permuted(&self, order: &[u32]) -> Self {
        let mut permuted = Names::with_capacity(order.len(), self.text.len());
        for &row in order {
            permuted.push(self.get(row as usize));
        }
        permuted
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

    /// Adds the last of `ids`; it must not be there yet.
    pub(crate) fn insert_last(&mut self, ids: &Names) {
        let row = ids.len() - 1;
        let key = hash(ids.get(row));
        self.rows.insert_unique(key, row as u32, |&row| hash(ids.get(row as usize)));
    }

    /// Follows a permutation: what was row `r` is row `places[r]` afterwards.
    pub(crate) fn renumber(&mut self, places: &[u32]) {
        for row in &mut self.rows {
            *row = places[*row as usize];
        }
    }
}

/// Texts that many rows share, numbered from 1; 0 stands for none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Interner {
    texts: Vec<String>,
    numbers: BTreeMap<String, u32>,
}

impl Interner {
    pub(crate) fn number(&mut self, text: Option<&str>) -> u32 {
        let Some(text) = text else { return 0 };
        if let Some(&number) = self.numbers.get(text) {
            return number;
        }
        self.texts.push(text.to_owned());
        let number = self.texts.len() as u32;
        self.numbers.insert(text.to_owned(), number);
        number
    }

    pub(crate) fn text(&self, number: u32) -> Option<&str> {
        self.texts.get((number as usize).checked_sub(1)?).map(String::as_str)
    }

    pub(crate) fn texts(&self) -> &[String] {
        &self.texts
    }
}
