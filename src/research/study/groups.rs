//! Which group a complaint belongs to, from a table of its own.

use std::collections::BTreeMap;
use std::fmt;

use super::StudyError;
use crate::Backlog;

/// Groups by complaint id, kept apart from complaints: read for an audit, joined inside it, and dropped with it.
///
/// Nothing else in this crate takes it: it cannot be serialized, it prints as a number of entries, and no record, backlog
/// or model has a place for it.
///
/// ```
/// use caserank::research::study::Groups;
/// let groups: Groups = [("c1", "north"), ("c2", "south")].into_iter().collect();
/// assert_eq!(format!("{groups:?}"), "Groups { entries: 2 }");
/// ```
#[derive(Clone, Default)]
pub struct Groups {
    of: BTreeMap<String, String>,
}

impl fmt::Debug for Groups {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Groups").field("entries", &self.of.len()).finish()
    }
}

impl<C: Into<String>, G: Into<String>> FromIterator<(C, G)> for Groups {
    /// Of a complaint that stands twice the last entry counts; [`Groups::insert`] tells.
    fn from_iter<I: IntoIterator<Item = (C, G)>>(pairs: I) -> Self {
        let pairs = pairs.into_iter();
        Groups { of: pairs.map(|(complaint, group)| (complaint.into(), group.into())).collect() }
    }
}

impl Groups {
    /// No groups.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a complaint's group.
    ///
    /// # Errors
    /// [`StudyError::Repeated`] for a complaint that is already there.
    pub fn insert(&mut self, complaint: &str, group: &str) -> Result<(), StudyError> {
        if self.of.contains_key(complaint) {
            let name = complaint.to_owned();
            return Err(StudyError::Repeated { what: "complaints with a group", name });
        }
        self.of.insert(complaint.to_owned(), group.to_owned());
        Ok(())
    }

    /// Reads columns `complaint` and `group`, in any order, others left unread. A blank group is an unknown one.
    ///
    /// # Errors
    /// [`StudyError::GroupFile`] with the line; [`StudyError::Repeated`].
    ///
    /// ```
    /// use caserank::research::study::Groups;
    /// let groups = Groups::read_csv("complaint,group\nc1,north\nc2,\n".as_bytes())?;
    /// assert_eq!(groups.len(), 1);
    /// # Ok::<(), caserank::research::study::StudyError>(())
    /// ```
    #[cfg(feature = "csv")]
    pub fn read_csv(source: impl std::io::Read) -> Result<Self, StudyError> {
        let fault = |line: usize, fault: String| StudyError::GroupFile { line, fault };
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(source);
        let heading = reader.headers().map_err(|error| fault(1, error.to_string()))?.clone();
        let column = |name: &str| {
            let found = heading.iter().position(|own| own.trim_start_matches('\u{feff}') == name);
            found.ok_or_else(|| fault(1, format!("there is no column `{name}`")))
        };
        let (complaint, group) = (column("complaint")?, column("group")?);
        let mut groups = Self::new();
        for (place, record) in reader.into_records().enumerate() {
            let line = place + 2;
            let record = record.map_err(|error| fault(line, error.to_string()))?;
            let cell = |column: usize| record.get(column).unwrap_or_default();
            if cell(complaint).is_empty() {
                return Err(fault(line, "the complaint is blank".to_owned()));
            }
            if !cell(group).is_empty() {
                groups.insert(cell(complaint), cell(group))?;
            }
        }
        Ok(groups)
    }

    /// How many complaints have a group.
    #[must_use]
    pub fn len(&self) -> usize {
        self.of.len()
    }

    /// Whether none has.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// The group of every row of a backlog.
    pub(super) fn of_rows(&self, backlog: &Backlog) -> Vec<Option<&str>> {
        (0..backlog.len()).map(|row| self.of.get(backlog.id(row)).map(String::as_str)).collect()
    }

    /// How many entries belong to no complaint of the backlog.
    pub(super) fn without_complaint(&self, backlog: &Backlog) -> usize {
        self.of.keys().filter(|id| backlog.row_of(id).is_none()).count()
    }
}
