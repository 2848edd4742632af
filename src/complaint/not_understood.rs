//! What a record said that could not be understood: kept with the complaint, never dropped.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::base::text::cut;

/// The most letters kept of a text that was not understood.
pub const MOST_TEXT_KEPT: usize = 80;

/// Why something in a record was not understood.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WhyNotUnderstood {
    /// Not one of the answers that the item lists.
    NotListed {
        /// The listed answer with the nearest name, where one is near enough to propose.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nearest: Option<String>,
    },
    /// It reads like *not known*, but nobody declared that it means so here.
    MissingWord,
    /// Not a number that can be read in one way only, for an item that takes numbers.
    NotANumber,
    /// A number outside the range that the item states.
    OutOfRange {
        /// The least that is plausible.
        least: i64,
        /// The most that is plausible.
        most: i64,
    },
    /// A number with decimals, for an item that counts in whole numbers.
    NotWhole,
    /// Not text: bytes that are not UTF-8, or a byte that no text holds.
    NotText,
    /// Not a time.
    NotATime,
    /// A time that cannot be meant: before the first year that is read, or far in the future.
    ImplausibleTime,
    /// Not a deadline: `kind=time` is written, several joined by `;`.
    NotADeadline,
    /// More deadlines in one record than are kept.
    TooMany {
        /// The most that are kept.
        limit: usize,
    },
    /// Longer than a key or name may be.
    TooLong {
        /// The most bytes.
        limit: usize,
    },
    /// A list or a map where an answer belongs.
    NotAnAnswer,
    /// An item that the codebook does not list.
    UnlistedItem {
        /// The listed item with the nearest name, where one is near enough to propose.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nearest: Option<String>,
    },
    /// The record answers the item twice and differently; the more dangerous answer counts.
    Twice,
    /// A flag of a report that is not known here; it may speak of danger.
    UnknownFlag,
    /// An entity that is not one of XML's own, which is never resolved.
    Entity,
    /// The document breaks off or is refused there. What was read before counts, and flags were
    /// searched for by name in the whole of it.
    BrokenOff {
        /// What is wrong with the document, and the way out.
        fault: String,
    },
    /// Details of files whose report did not come.
    WithoutReport,
    /// Something known that stands where it is not read, or in another shape. What it says of danger counts where it can be told.
    Misplaced,
    /// No time of receipt could be read; the time of intake that the caller gave stands in for it.
    ReceivedAtIntake,
}

impl fmt::Display for WhyNotUnderstood {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotListed { nearest: Some(nearest) } => {
                write!(formatter, "not a listed answer (did you mean `{nearest}`?)")
            }
            Self::NotListed { nearest: None } => formatter.write_str("not a listed answer"),
            Self::MissingWord => formatter.write_str(
                "reads like a missing value: declare it as missing if it is one, else correct it",
            ),
            Self::NotANumber => formatter
                .write_str("not a number that can be read in one way: write digits alone"),
            Self::OutOfRange { least, most: i64::MAX } => {
                write!(formatter, "a number below {least}: correct it, or declare it as missing")
            }
            Self::OutOfRange { least, most } => write!(
                formatter,
                "not from {least} to {most}: correct it, or declare it as missing"
            ),
            Self::NotWhole => formatter.write_str("not a whole number: write one without decimals"),
            Self::NotText => formatter.write_str(
                "not UTF-8 text, or with letters that no text holds: save the file as UTF-8 without them",
            ),
            Self::NotATime => formatter.write_str(
                "not a time: write RFC 3339 such as 2026-04-17T09:30:00Z, or a date such as 2026-04-17",
            ),
            Self::ImplausibleTime => {
                formatter.write_str("a time that cannot be meant: correct the year")
            }
            Self::NotADeadline => {
                formatter.write_str("not a deadline: write kind=time, several joined by `;`")
            }
            Self::TooMany { limit } => write!(formatter, "more than {limit}: the rest is left out"),
            Self::TooLong { limit } => write!(formatter, "longer than {limit} bytes"),
            Self::NotAnAnswer => formatter.write_str("a list or a map where an answer belongs"),
            Self::UnlistedItem { nearest: Some(nearest) } => {
                write!(formatter, "not an item of the codebook (did you mean `{nearest}`?)")
            }
            Self::UnlistedItem { nearest: None } => {
                formatter.write_str("not an item of the codebook")
            }
            Self::Twice => {
                formatter.write_str("answered twice and differently: the more dangerous one counts")
            }
            Self::UnknownFlag => formatter
                .write_str("a flag not known here: look at it, and add a row to the mapping"),
            Self::Entity => formatter.write_str("an entity that is not resolved"),
            Self::BrokenOff { fault } => formatter.write_str(fault),
            Self::WithoutReport => formatter.write_str(
                "the report they belong to did not come: read it together with them",
            ),
            Self::Misplaced => formatter
                .write_str("stands where it is not read, or in another shape: look at the report"),
            Self::ReceivedAtIntake => formatter
                .write_str("no time of receipt can be read: the time of intake stands in for it"),
        }
    }
}

/// Something in a record that could not be understood. The complaint is ranked without it, and
/// carries it along so that a person can see it.
///
/// ```
/// use caserank::Complaint;
/// use caserank::complaint::{NotUnderstood, WhyNotUnderstood};
/// let mut complaint = Complaint::new("a", "2026-04-17".parse()?)?;
/// let why = WhyNotUnderstood::NotListed { nearest: Some("yes".to_owned()) };
/// complaint.add_not_understood(NotUnderstood::new("urgent", "yess", why).at_line(7));
/// assert_eq!(
///     complaint.not_understood()[0].to_string(),
///     "`urgent` holds `yess`: not a listed answer (did you mean `yes`?)"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotUnderstood {
    item: String,
    text: String,
    why: WhyNotUnderstood,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    column: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
}

impl NotUnderstood {
    /// What an item, or one of a complaint's own fields such as `unit`, was given. Text is kept
    /// on one line, with hidden letters escaped, cut after [`MOST_TEXT_KEPT`] letters as shown.
    #[must_use]
    pub fn new(item: &str, text: &str, why: WhyNotUnderstood) -> Self {
        NotUnderstood {
            item: cut(item, MOST_TEXT_KEPT),
            text: cut(text, MOST_TEXT_KEPT),
            why,
            column: None,
            line: None,
        }
    }

    /// With the line of the source, from 1.
    #[must_use]
    pub fn at_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// With the source's own name for the column or field, where it is another than the item's.
    #[must_use]
    pub fn in_column(mut self, column: &str) -> Self {
        self.column = Some(cut(column, MOST_TEXT_KEPT));
        self
    }

    /// The item, or one of a complaint's own fields such as `unit`.
    #[must_use]
    pub fn item(&self) -> &str {
        &self.item
    }

    /// The text as it came, made safe to show and cut.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Why it was not understood.
    #[must_use]
    pub fn why(&self) -> &WhyNotUnderstood {
        &self.why
    }

    /// The source's own name for the column or field, where it is another than the item's.
    #[must_use]
    pub fn column(&self) -> Option<&str> {
        self.column.as_deref()
    }

    /// The line of the source, from 1, where it was read from lines.
    #[must_use]
    pub fn line(&self) -> Option<u64> {
        self.line
    }
}

impl fmt::Display for NotUnderstood {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` holds `{}`: {}", self.item, self.text, self.why)
    }
}

impl WhyNotUnderstood {
    /// Every [`WhyNotUnderstood::code`].
    pub(crate) const CODES: [&str; 20] = [
        "not_listed",
        "missing_word",
        "not_a_number",
        "out_of_range",
        "not_whole",
        "not_text",
        "not_a_time",
        "implausible_time",
        "not_a_deadline",
        "too_many",
        "too_long",
        "not_an_answer",
        "unlisted_item",
        "twice",
        "unknown_flag",
        "entity",
        "broken_off",
        "without_report",
        "misplaced",
        "received_at_intake",
    ];

    /// The reason as one word, as records and files have it: the name of the variant in `snake_case`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotListed { .. } => "not_listed",
            Self::MissingWord => "missing_word",
            Self::NotANumber => "not_a_number",
            Self::OutOfRange { .. } => "out_of_range",
            Self::NotWhole => "not_whole",
            Self::NotText => "not_text",
            Self::NotATime => "not_a_time",
            Self::ImplausibleTime => "implausible_time",
            Self::NotADeadline => "not_a_deadline",
            Self::TooMany { .. } => "too_many",
            Self::TooLong { .. } => "too_long",
            Self::NotAnAnswer => "not_an_answer",
            Self::UnlistedItem { .. } => "unlisted_item",
            Self::Twice => "twice",
            Self::UnknownFlag => "unknown_flag",
            Self::Entity => "entity",
            Self::BrokenOff { .. } => "broken_off",
            Self::WithoutReport => "without_report",
            Self::Misplaced => "misplaced",
            Self::ReceivedAtIntake => "received_at_intake",
        }
    }

    /// The same kind of reason without what it proposes.
    pub(crate) fn without_proposal(&self) -> Self {
        match self {
            Self::NotListed { .. } => Self::NotListed { nearest: None },
            Self::UnlistedItem { .. } => Self::UnlistedItem { nearest: None },
            other => other.clone(),
        }
    }
}

impl NotUnderstood {
    /// As made by [`NotUnderstood::new`], whatever a file holds.
    pub(crate) fn made_safe(&self) -> Self {
        let safe = NotUnderstood::new(&self.item, &self.text, self.why.clone());
        let safe = self.column.iter().fold(safe, |safe, column| safe.in_column(column));
        self.line.into_iter().fold(safe, NotUnderstood::at_line)
    }

    /// The same about the item under another name.
    pub(crate) fn of_item(&self, item: &str) -> Self {
        NotUnderstood { item: cut(item, MOST_TEXT_KEPT), ..self.clone() }
    }

    pub(crate) fn without_line(&self) -> Self {
        NotUnderstood { line: None, ..self.clone() }
    }

    /// Without its text, where too many different ones came.
    pub(crate) fn without_text(&self) -> Self {
        let why = self.why.without_proposal();
        NotUnderstood { text: "…".to_owned(), why, ..self.clone() }
    }
}
