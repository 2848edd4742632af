//! What a report tells a person to look at: causes, columns, ids and places in the source.

use serde::Serialize;

use crate::complaint::NotUnderstood;

/// One thing that was not understood, wherever it stood: an item, a text and a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cause {
    pub(super) what: NotUnderstood,
    pub(super) count: u64,
    pub(super) lines: Vec<u64>,
    pub(super) ids: Vec<String>,
}

impl Cause {
    /// Item, text and reason.
    #[must_use]
    pub fn what(&self) -> &NotUnderstood {
        &self.what
    }

    /// In how many places it stood.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The first lines, at most five.
    #[must_use]
    pub fn lines(&self) -> &[u64] {
        &self.lines
    }

    /// The ids of the first complaints, at most five.
    #[must_use]
    pub fn ids(&self) -> &[String] {
        &self.ids
    }
}

/// A column that is no item of the codebook and no field of a complaint, or in NDJSON such an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnmatchedColumn {
    pub(crate) name: String,
    pub(crate) filled: u64,
    pub(crate) resembles: Option<String>,
}

impl UnmatchedColumn {
    /// Its name as it stands in the source, made safe to show and cut.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many records fill it in.
    #[must_use]
    pub fn filled(&self) -> u64 {
        self.filled
    }

    /// The item, or field of a complaint, whose name is near enough to propose.
    #[must_use]
    pub fn resembles(&self) -> Option<&str> {
        self.resembles.as_deref()
    }
}

/// A column that was read under another name than it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RenamedColumn {
    pub(crate) name: String,
    pub(crate) read_as: String,
}

impl RenamedColumn {
    /// Its name as it stands in the source, made safe to show and cut.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The item or field that it was read as.
    #[must_use]
    pub fn read_as(&self) -> &str {
        &self.read_as
    }
}

/// A record whose id another record had before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RepeatedId {
    pub(crate) id: String,
    pub(crate) line: u64,
    pub(crate) differing: Vec<String>,
    pub(crate) danger: bool,
}

impl RepeatedId {
    /// The id, made safe to show.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The line of the later record; 0 where it was read apart and no source was named.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The items that the records answer differently, at most ten.
    #[must_use]
    pub fn differing(&self) -> &[String] {
        &self.differing
    }

    /// Whether one of the records alone says *danger* and was not used, or differs in it.
    #[must_use]
    pub fn is_danger(&self) -> bool {
        self.danger
    }
}

/// A record that goes over several lines, by a field of a column that was not matched: other columns
/// hold short words, and a quote that is left open there sets its line aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Span {
    pub(crate) first: u64,
    pub(crate) last: u64,
    pub(crate) column: String,
}

impl Span {
    /// Its first line, from 1.
    #[must_use]
    pub fn first_line(&self) -> u64 {
        self.first
    }

    /// Its last line.
    #[must_use]
    pub fn last_line(&self) -> u64 {
        self.last
    }

    /// The column whose field goes over several lines.
    #[must_use]
    pub fn column(&self) -> &str {
        &self.column
    }
}

/// An id, and the line on which it stands (0 where there are no lines).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IdAt {
    pub(crate) id: String,
    pub(crate) line: u64,
}

impl IdAt {
    /// The id, made safe to show.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its line.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }
}
