//! Why a mapping is refused: line, entry, what is wrong with it, and the way out.

use std::fmt;

use crate::base::{JsonError, escaped};

use thiserror::Error;

/// How many faults of a mapping are told; all of them are counted.
const FAULTS_SHOWN: usize = 20;

/// Why a mapping cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MappingError {
    /// The text is not JSON of a mapping's shape.
    #[error("not a mapping: {0}")]
    Json(JsonError),
    /// A format version that this release does not read.
    #[error(
        "mapping format {found} is not read by this release: write format {}",
        super::MAPPING_FORMAT
    )]
    Format {
        /// As given.
        found: u64,
    },
    /// Entries that cannot be right, by themselves or under the codebook.
    #[error("{}", shown(.faults))]
    Faults {
        /// Every fault, in the order of the entries.
        faults: Vec<MappingFault>,
    },
    /// A mapping that cannot be written as JSON, so that it has no fingerprint.
    #[error("the mapping has no fingerprint, since it cannot be written: {0}")]
    Unwritable(JsonError),
}

fn shown(faults: &[MappingFault]) -> String {
    let mut text = format!("the mapping has {} fault(s)", faults.len());
    for fault in faults.iter().take(FAULTS_SHOWN) {
        text += &format!("\n  {fault}");
    }
    if faults.len() > FAULTS_SHOWN {
        text += &format!("\n  and {} more", faults.len() - FAULTS_SHOWN);
    }
    text
}

/// One entry of a mapping that cannot be right.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MappingFault {
    /// The line of the mapping file, from 1; `None` for a mapping that was not read from text.
    pub(crate) line: Option<usize>,
    /// The entry: keys joined by dots.
    pub(crate) entry: String,
    /// What is wrong with it.
    pub(crate) problem: MappingProblem,
}

impl MappingFault {
    /// The line of the mapping file, from 1; `None` for a mapping that was not read from text.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.line
    }

    /// The entry: keys joined by dots.
    #[must_use]
    pub fn entry(&self) -> &str {
        &self.entry
    }

    /// What is wrong with it.
    #[must_use]
    pub fn problem(&self) -> &MappingProblem {
        &self.problem
    }
}

impl fmt::Display for MappingFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(formatter, "line {line}, ")?;
        }
        write!(formatter, "`{}`: {}", escaped(&self.entry), self.problem)
    }
}

/// What is wrong with an entry of a mapping.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MappingProblem {
    /// A text that must say something.
    #[error("is blank: write {wanted}")]
    Blank {
        /// What belongs there.
        wanted: &'static str,
    },
    /// A text that is not of the form it must have.
    #[error("`{value}` is not {wanted}", value = escaped(.value))]
    Form {
        /// As given, cut after 80 characters.
        value: String,
        /// What belongs there.
        wanted: &'static str,
    },
    /// An item that the codebook does not list.
    #[error("`{item}` is not an item of the codebook{}", suggestion(.nearest.as_deref()), item = escaped(.item))]
    UnlistedItem {
        /// As given.
        item: String,
        /// The listed item with the nearest name.
        nearest: Option<String>,
    },
    /// An answer that the item does not list.
    #[error("`{answer}` is not an answer of `{item}`: use {listed}{}", suggestion(.nearest.as_deref()), answer = escaped(.answer), item = escaped(.item), listed = escaped(.listed))]
    UnlistedAnswer {
        /// The item.
        item: String,
        /// As given.
        answer: String,
        /// What is listed.
        listed: String,
        /// The listed answer with the nearest name.
        nearest: Option<String>,
    },
    /// An answer that no item of the mapping lists.
    #[error("no item of this mapping has the answer `{answer}`: take the word out, or correct it", answer = escaped(.answer))]
    AnswerOfNoItem {
        /// As given.
        answer: String,
    },
    /// Nothing says where the value comes from.
    #[error("says neither `from` nor `constant`: name the columns, or what holds for every record")]
    NoSource,
    /// Two things say where the value comes from.
    #[error("says both `from` and `constant`: keep one")]
    TwoSources,
    /// Two columns, or two words, that are told apart by case, blanks or marks alone.
    #[error("`{first}` and `{second}` are read as one and mean different things: keep one", first = escaped(.first), second = escaped(.second))]
    Twice {
        /// One spelling.
        first: String,
        /// The other.
        second: String,
    },
    /// Day first and month first in one list.
    #[error("lists both `day_first` and `month_first`, so that 1/4 would be guessed: keep one")]
    DayAndMonthFirst,
    /// Two forms by which one number is two times.
    #[error("lists two forms of plain numbers, so that a number would be guessed: keep one")]
    TwoNumberForms,
    /// One sign for two purposes.
    #[error("uses one sign before decimals and between thousands: change one")]
    SameMarks,
    /// A word for *unknown* that is an answer.
    #[error(
        "`{word}` is an answer of `{item}`: to read it as unknown there, say `\"{word}\": null` in that item's `words`", item = escaped(.item), word = escaped(.word))]
    MissingIsAnswer {
        /// The word.
        word: String,
        /// The item that lists it.
        item: String,
    },
    /// Numbers for an item that takes none.
    #[error("`{item}` takes no numbers: write words instead", item = escaped(.item))]
    NotNumbers {
        /// The item.
        item: String,
    },
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |nearest| format!(" (did you mean `{nearest}`?)"))
}
