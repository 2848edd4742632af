//! Another heading among the records of a table, as where files were put behind each other.

use std::collections::BTreeSet;

use crate::codebook::{Codebook, plain_name};

/// The names of a table's columns, without case and marks, and which of them hold the id and the time of receipt.
#[derive(Debug)]
pub(crate) struct HeadingNames {
    names: Vec<String>,
    /// The same as they stand there.
    written: Vec<String>,
    ids: Vec<usize>,
    times: Vec<usize>,
}

impl HeadingNames {
    /// `names` as they stand in the heading, and where the columns of ids and of times of receipt stand.
    pub(crate) fn new(names: &[String], ids: Vec<usize>, times: Vec<usize>) -> Self {
        let beginnings = names.iter().map(|name| beginning(name)).collect();
        HeadingNames { names: beginnings, written: names.to_vec(), ids, times }
    }

    /// Whether a record whose time of receipt cannot be read is a heading of as many columns, of which some are others or
    /// stand in another order: what stands behind it must not be read under these names.
    pub(crate) fn are_not_those_of<'a>(
        &self,
        cells: impl Iterator<Item = &'a [u8]>,
        codebook: &Codebook,
    ) -> bool {
        let written: Vec<String> = cells
            .take(self.names.len() + 1)
            .map(|cell| String::from_utf8_lossy(cell).trim().to_owned())
            .collect();
        if written.len() == self.names.len() && self.items_elsewhere(&written, codebook) {
            return true;
        }
        let cells: Vec<String> = written.iter().map(|cell| beginning(cell)).collect();
        let names_any =
            |columns: &[usize]| columns.iter().any(|&column| cells.contains(&self.names[column]));
        cells.len() == self.names.len()
            && cells != self.names
            && names_any(&self.ids)
            && names_any(&self.times)
    }

    /// Whether words that are all different name items of which two or more have another column.
    fn items_elsewhere(&self, cells: &[String], codebook: &Codebook) -> bool {
        // Ids and times have digits; the names of their columns have none.
        let has_digits =
            |column: &usize| cells[*column].contains(|letter: char| letter.is_ascii_digit());
        if self.ids.iter().chain(&self.times).any(has_digits) {
            return false;
        }
        let words = cells.iter().filter(|cell| !cell.is_empty());
        let is_word = |cell: &&String| !cell.starts_with(|first: char| first.is_ascii_digit());
        let different: BTreeSet<&String> = words.clone().filter(is_word).collect();
        if different.len() < 3 || different.len() != words.count() {
            return false;
        }
        let item = |name: &str| codebook.resembling_item(name);
        let is_elsewhere = |(cell, name): &(&String, &String)| {
            (SHORTEST_NAME..=LONGEST_NAME).contains(&cell.len())
                && item(cell).is_some_and(|found| item(name) != Some(found))
        };
        cells.iter().zip(&self.written).filter(is_elsewhere).nth(1).is_some()
    }
}

/// Shorter words are answers as often as names.
const SHORTEST_NAME: usize = 6;
/// Longer cells are texts.
const LONGEST_NAME: usize = 64;

/// Names may come cut.
fn beginning(name: &str) -> String {
    plain_name(name).chars().take(48).collect()
}
