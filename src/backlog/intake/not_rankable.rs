//! Records without an id or a time that can be read: kept whole, to be mended and read again.

use std::fmt;
use std::io::Write;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use thiserror::Error;

use super::DangerAnswers;
use crate::base::escaped;
use crate::base::text::cut;
use crate::codebook::{Answer, Codebook, Item, ItemIndex};
use crate::complaint::NotUnderstood;

/// Why a record cannot be ranked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WhyNotRankable {
    /// No id, or a blank one.
    #[error("it has no id: give every complaint one of its own")]
    NoId,
    /// An id that no id may be.
    #[error("its id `{id}` {fault}: give it 1 to 128 bytes of text without control characters", id = escaped(.id))]
    Id {
        /// The id, made safe to show and cut.
        id: String,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// No time of receipt.
    #[error("it has no time of receipt: fill in `received`, or give the time of intake")]
    NoTime,
    /// A time of receipt that cannot be read.
    #[error(
        "its time of receipt `{text}` {fault}: write RFC 3339 such as 2026-04-17T09:30:00Z, or a date such as 2026-04-17", text = escaped(.text))]
    Time {
        /// The text, made safe to show and cut.
        text: String,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// Other fields than the heading has, so that no cell can be told from the next.
    #[error(
        "it has {found} fields and the heading {expected}, so that no cell is sure: give each column one, and put a field with a comma in quotes"
    )]
    Fields {
        /// How many there are.
        found: usize,
        /// How many the heading has.
        expected: usize,
    },
    /// Another heading, of other columns or of the same in another order. The whole source is refused for it
    /// ([`ReadError::OtherHeading`](crate::backlog::ReadError::OtherHeading)).
    #[error("it is another heading, and its columns are not those of the first")]
    OtherHeading,
    /// A row that the mapping passes over as a title, a note or a comment, and that has a time of receipt where records have theirs.
    #[error(
        "it is passed over by `rows_before_heading`, `rows_after_heading` or `comment` of the mapping, and reads like a complaint: correct the mapping, or the row"
    )]
    PassedOver,
    /// A quote that is not closed where it should be.
    #[error("a quote in it is left open, or closed before the field ends: close it, or double it")]
    Quote,
    /// A quote that is left open at the end of the line, in a column of short words, before what
    /// looks like another record, or beyond the limits.
    #[error(
        "a quote in it is left open, so that it would go on to line {last} at least; the lines behind it were read by themselves: close the quote"
    )]
    Swallows {
        /// The last line that it would have swallowed for certain.
        last: u64,
    },
    /// Longer than a record may be.
    #[error("it has more than {limit} bytes")]
    TooLong {
        /// The most bytes.
        limit: usize,
    },
    /// Not a JSON object.
    #[error("it is not one whole JSON object: {fault}", fault = escaped(.fault))]
    Json {
        /// What is wrong, and where.
        fault: String,
    },
    /// Something was not understood, and the caller asked for strict reading.
    #[error("{what} (strict reading)")]
    Strict {
        /// The first that was not understood.
        what: NotUnderstood,
    },
    /// The backlog is full.
    #[error("a backlog holds at most {limit} complaints: split it")]
    Full {
        /// The most it holds.
        limit: usize,
    },
}

/// A record that cannot be ranked, as it came.
#[derive(Clone, PartialEq, Eq)]
pub struct NotRankable {
    pub(crate) lines: [u64; 2],
    pub(crate) bytes: Vec<u8>,
    pub(crate) why: WhyNotRankable,
    id: Option<String>,
    /// Place of the item and code of the answer.
    pub(crate) answers: Vec<(u16, u8)>,
}

impl fmt::Debug for NotRankable {
    /// Without what the record holds.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("NotRankable")
            .field("lines", &self.lines)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

impl Serialize for NotRankable {
    /// Lines, id and reason; not what else the record holds.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut record = serializer.serialize_struct("NotRankable", 4)?;
        record.serialize_field("first_line", &self.lines[0])?;
        record.serialize_field("last_line", &self.lines[1])?;
        record.serialize_field("id", &self.id)?;
        record.serialize_field("why", &self.why.to_string())?;
        record.end()
    }
}

impl NotRankable {
    /// A record of a source of other kind: its bytes, and why it cannot be ranked.
    #[must_use]
    pub fn new(bytes: Vec<u8>, why: WhyNotRankable) -> Self {
        NotRankable { lines: [0; 2], bytes, why, id: None, answers: Vec::new() }
    }

    /// With its first and last line in the source, from 1.
    #[must_use]
    pub fn at_lines(mut self, first: u64, last: u64) -> Self {
        self.lines = [first, last];
        self
    }

    /// With the id that it gives itself.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// With an answer that it holds.
    #[must_use]
    pub fn with_answer(self, item: ItemIndex, code: u8) -> Self {
        self.with_answer_at(item.position(), code)
    }

    pub(crate) fn with_answer_at(mut self, item: usize, code: u8) -> Self {
        self.answers.extend(u16::try_from(item).ok().map(|item| (item, code)));
        self
    }

    /// The first line, from 1; 0 where the source has no lines.
    #[must_use]
    pub fn first_line(&self) -> u64 {
        self.lines[0]
    }

    /// The last line.
    #[must_use]
    pub fn last_line(&self) -> u64 {
        self.lines[1]
    }

    /// The bytes as they came, without the line end behind them; of a record above 1 MiB the beginning. Empty where more would
    /// have been kept than [`MOST_BYTES_KEPT`](super::MOST_BYTES_KEPT).
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The id that it gives itself, where one can be read.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Why it cannot be ranked.
    #[must_use]
    pub fn why(&self) -> &WhyNotRankable {
        &self.why
    }

    /// The answers that it holds. Where its cells cannot be told apart: every answer that one of
    /// them may be.
    pub fn answers<'a>(
        &'a self,
        codebook: &'a Codebook,
    ) -> impl Iterator<Item = (&'a Item, &'a Answer)> {
        self.answers.iter().filter_map(|&(item, code)| {
            let item = codebook.items().get(usize::from(item))?;
            Some((item, item.answer(code)?))
        })
    }

    /// Whether one of its answers alone would put it into `must`.
    #[must_use]
    pub fn is_danger(&self, danger: &DangerAnswers) -> bool {
        self.answers.iter().any(|&(item, code)| danger.contains_at(usize::from(item), code))
    }
}

impl fmt::Display for NotRankable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.id.as_deref().map(escaped);
        match (self.lines, id) {
            // Of a source without lines.
            ([0, 0], None) => {}
            ([0, 0], Some(id)) => write!(formatter, "{id}: ")?,
            ([first, last], id) => {
                match first == last {
                    true => write!(formatter, "line {first}")?,
                    false => write!(formatter, "lines {first} to {last}")?,
                }
                match id {
                    Some(id) => write!(formatter, " ({id}): ")?,
                    None => formatter.write_str(": ")?,
                }
            }
        }
        self.why.fmt(formatter)
    }
}

/// Writes records that cannot be ranked as they came, one after another, so that they can be
/// mended and read again. For CSV give the heading of the source (see
/// [`IntakeReport::heading`](super::IntakeReport::heading)).
///
/// # Errors
/// Where the sink fails.
pub fn write_not_rankable(
    records: &[NotRankable],
    heading: Option<&[u8]>,
    mut sink: impl Write,
) -> std::io::Result<()> {
    let heading = heading.into_iter();
    let kept = records.iter().map(NotRankable::bytes).filter(|bytes| !bytes.is_empty());
    for bytes in heading.chain(kept) {
        sink.write_all(bytes)?;
        sink.write_all(b"\n")?;
    }
    sink.flush()
}

/// A text for a message: safe to show, and little of it.
pub(crate) fn shown(bytes: &[u8]) -> String {
    const MOST: usize = 40;
    let beginning = bytes.get(..4 * MOST).unwrap_or(bytes);
    let mut text = cut(&String::from_utf8_lossy(beginning), MOST);
    if beginning.len() < bytes.len() && !text.ends_with('…') {
        text.push('…');
    }
    text
}
