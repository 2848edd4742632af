//! What happened while a backlog was read: nothing is dropped in silence.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use thiserror::Error;

use super::BacklogError;
use crate::codebook::Codebook;

/// How many refusals are told in full; all of them are counted.
pub const REFUSALS_TOLD: usize = 10_000;

/// A complaint that was not taken, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The line in the file, from 1, on which the complaint begins.
    pub line: u64,
    /// The reason in words; it names the thing, the value and what is listed.
    pub reason: String,
}

/// Counts of one reading. `read + refused == lines`, always.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct IntakeReport {
    /// Complaints in the file, blank lines and the heading not counted.
    pub lines: u64,
    /// Complaints taken.
    pub read: u64,
    /// Complaints refused.
    pub refused: u64,
    /// The first [`REFUSALS_TOLD`] refusals, in order.
    pub refusals: Vec<Refusal>,
    /// Items that the codebook does not list, with how many complaints answered them.
    pub unlisted: BTreeMap<String, u64>,
    /// Per item of the codebook, in its order: how many complaints taken leave it unknown.
    pub unknown: Vec<(String, u64)>,
}

impl IntakeReport {
    pub(super) fn new(codebook: &Codebook) -> Self {
        IntakeReport {
            unknown: codebook.items().iter().map(|item| (item.id.clone(), 0)).collect(),
            ..IntakeReport::default()
        }
    }

    pub(super) fn took(&mut self, codes: &[u8]) {
        self.lines += 1;
        self.read += 1;
        for ((_, unknown), &code) in self.unknown.iter_mut().zip(codes) {
            *unknown += u64::from(code == 0);
        }
    }

    pub(super) fn refuse(&mut self, line: u64, reason: &dyn fmt::Display) {
        self.lines += 1;
        self.refused += 1;
        if self.refusals.len() < REFUSALS_TOLD {
            self.refusals.push(Refusal { line, reason: reason.to_string() });
        }
    }
}

impl fmt::Display for IntakeReport {
    /// Counts, the first refusals, unlisted items, and the items most often unknown.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (lines, read, refused) = (self.lines, self.read, self.refused);
        write!(formatter, "{lines} complaints: {read} read, {refused} refused")?;
        for refusal in self.refusals.iter().take(10) {
            write!(formatter, "\n  line {}: {}", refusal.line, refusal.reason)?;
        }
        if self.refused > 10 {
            write!(formatter, "\n  and {} more", self.refused - 10)?;
        }
        for (item, count) in self.unlisted.iter().take(10) {
            write!(formatter, "\n  not in the codebook: {item} ({count} complaints)")?;
        }
        if self.unlisted.len() > 10 {
            write!(formatter, "\n  and {} more items", self.unlisted.len() - 10)?;
        }
        let mut unknown: Vec<_> = self.unknown.iter().filter(|(_, count)| *count > 0).collect();
        unknown.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        if self.read > 0 && !unknown.is_empty() {
            let most: Vec<String> = unknown
                .iter()
                .take(5)
                .map(|(item, count)| format!("{item} {}%", count * 100 / self.read))
                .collect();
            write!(formatter, "\n  most often unknown: {}", most.join(", "))?;
        }
        Ok(())
    }
}

/// Why a file cannot be read at all; single complaints are refused in the [`IntakeReport`].
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The source failed.
    #[error("reading failed: {0}")]
    Io(#[from] std::io::Error),
    /// A column that must be there is not.
    #[error(
        "the heading has no column `{column}`: add one (columns are told apart by name, in any order)"
    )]
    MissingColumn {
        /// The name of the column.
        column: &'static str,
    },
    /// The same column twice.
    #[error("the heading names column `{column}` twice: keep one")]
    RepeatedColumn {
        /// The name of the column.
        column: String,
    },
    /// A column that the codebook does not list, where such are refused.
    #[error("column `{column}` is not an item of the codebook{}: rename it, or have unlisted items reported", .nearest.as_ref().map_or_else(String::new, |nearest| format!(" (did you mean `{nearest}`?)")))]
    UnlistedColumn {
        /// The name as given.
        column: String,
        /// The listed item with the nearest name.
        nearest: Option<String>,
    },
    /// The heading is not text.
    #[error("the heading is not UTF-8 text: save the file as UTF-8")]
    HeadingNotText,
    /// The backlog cannot hold it.
    #[error(transparent)]
    Backlog(#[from] BacklogError),
}
