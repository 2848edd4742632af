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

    /// Whether every text is greater than the one before it, so that none stands twice.
    pub(crate) fn ascend(&self) -> bool {
        let bytes = self.text.as_bytes();
        let mut start = 0;
        let mut before: &[u8] = &[];
        self.ends.iter().all(|&end| {
            let own = &bytes[start..end];
            let ascends = before < own;
            (before, start) = (own, end);
            ascends
        })
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

    /// The rows of all ids, or the first row whose id was there before.
    pub(crate) fn of(ids: &Names) -> Result<Self, usize> {
        let mut index = IdIndex { rows: HashTable::with_capacity(ids.len()) };
        for row in 0..ids.len() {
            let id = ids.get(row);
            let own = |&other: &u32| ids.get(other as usize) == id;
            match index.rows.entry(hash(id), own, |&row| hash(ids.get(row as usize))) {
                hashbrown::hash_table::Entry::Occupied(_) => return Err(row),
                hashbrown::hash_table::Entry::Vacant(place) => place.insert(row as u32),
            };
        }
        Ok(index)
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
