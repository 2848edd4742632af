//! Another heading among the records of a table, as where files were put behind each other.

use crate::codebook::plain_name;

/// The names of a table's columns, without case and marks, and which of them hold the id and the time of receipt.
#[derive(Debug)]
pub(crate) struct HeadingNames {
    names: Vec<String>,
    ids: Vec<usize>,
    times: Vec<usize>,
}

impl HeadingNames {
    /// `names` as they stand in the heading, and where the columns of ids and of times of receipt stand.
    pub(crate) fn new(names: &[String], ids: Vec<usize>, times: Vec<usize>) -> Self {
        HeadingNames { names: names.iter().map(|name| beginning(name)).collect(), ids, times }
    }

    /// Whether a record whose time of receipt cannot be read is a heading of as many columns, of which some are others or
    /// stand in another order: what stands behind it must not be read under these names.
    pub(crate) fn are_not_those_of<'a>(&self, cells: impl Iterator<Item = &'a [u8]>) -> bool {
        let cells: Vec<String> = cells
            .take(self.names.len() + 1)
            .map(|cell| beginning(&String::from_utf8_lossy(cell)))
            .collect();
        let names_any =
            |columns: &[usize]| columns.iter().any(|&column| cells.contains(&self.names[column]));
        cells.len() == self.names.len()
            && cells != self.names
            && names_any(&self.ids)
            && names_any(&self.times)
    }
}

/// Names may come cut.
fn beginning(name: &str) -> String {
    plain_name(name).chars().take(48).collect()
}
