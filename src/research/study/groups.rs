//! Which group a complaint belongs to, from a table of its own.

use std::collections::BTreeMap;
use std::fmt;

use super::StudyError;
use crate::Backlog;
#[cfg(feature = "csv")]
use crate::backlog::{Table, id_fault};
#[cfg(feature = "csv")]
use crate::codebook::plain_name;

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
        let fault = |line: u64, fault: String| StudyError::GroupFile { line: line as usize, fault };
        let mut table = Table::new(source);
        let mut groups = Self::new();
        let mut columns: Option<(usize, usize)> = None;
        loop {
            let line = table.line();
            let record =
                table.next().map_err(|error| fault(line, format!("reading failed: {error}")))?;
            let Some(record) = record else { break };
            let line = record.line;
            let fields = record.fields.map_err(|why| fault(line, why.to_string()))?;
            let texts = fields.iter().map(|field| std::str::from_utf8(field).map(str::trim));
            let texts: Result<Vec<&str>, _> = texts.collect();
            let texts = texts.map_err(|_| fault(line, "it is not UTF-8 text".to_owned()))?;
            let Some((complaint, group)) = columns else {
                let column = |name: &str| {
                    let mut found =
                        (0..texts.len()).filter(|&column| plain_name(texts[column]) == name);
                    match (found.next(), found.next()) {
                        (Some(column), None) => Ok(column),
                        (None, _) => Err(fault(line, format!("there is no column `{name}`"))),
                        _ => Err(fault(line, format!("column `{name}` stands twice"))),
                    }
                };
                columns = Some((column("complaint")?, column("group")?));
                continue;
            };
            let (id, _) = id_fault(texts[complaint]).map_err(|why| fault(line, why.to_string()))?;
            if !texts[group].is_empty() {
                groups.insert(id, texts[group])?;
            }
        }
        if columns.is_none() {
            return Err(fault(1, "there is no heading".to_owned()));
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
