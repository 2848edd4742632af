//! What a proposal could not decide.

use std::fmt;

use serde::Serialize;

use crate::codebook::nearest;
use crate::intake::mapping::Encoding;

/// Something about a sample that a person has to decide before its mapping is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Question {
    /// No column was recognised as a part that every complaint needs.
    NoColumnFor {
        /// `id` or `received`.
        part: &'static str,
        /// The columns of the source.
        columns: Vec<String>,
    },
    /// A column was taken for a part of a complaint by a name that is usual for it.
    LikelyPart {
        /// The column.
        column: String,
        /// The part.
        part: &'static str,
    },
    /// A column was taken for an item by a name that is near.
    NearItem {
        /// The column.
        column: String,
        /// The item.
        item: String,
    },
    /// A column was not taken for anything.
    UnmatchedColumn {
        /// The column.
        column: String,
        /// How many records of the sample fill it in.
        filled: u64,
        /// The items whose names are nearest, nearest first.
        resembles: Vec<String>,
        /// The words seen most often.
        words: Vec<String>,
    },
    /// Words of an item's column that mean nothing yet; they will be told as not understood.
    UnknownWords {
        /// The column.
        column: String,
        /// The item.
        item: String,
        /// Words and how often each was seen, the most frequent first.
        words: Vec<(String, u64)>,
        /// The answers that the item lists.
        answers: Vec<String>,
    },
    /// Dates that could be read with the day or the month first.
    DayOrMonthFirst {
        /// The column.
        column: String,
        /// One of them.
        example: String,
    },
    /// Times that say no zone; the draft says UTC.
    NoZone {
        /// The column.
        column: String,
        /// One of them.
        example: String,
    },
    /// Years of two digits; the draft puts them into this century.
    TwoDigitYears {
        /// The column.
        column: String,
        /// One of them.
        example: String,
    },
    /// Plain numbers where times belong.
    NumbersAsTimes {
        /// The column.
        column: String,
        /// One of them.
        example: String,
        /// How the draft reads them.
        read_as: &'static str,
    },
    /// Texts where times belong that have no known form.
    UnreadTimes {
        /// The column.
        column: String,
        /// Some of them.
        examples: Vec<String>,
    },
    /// Numbers with a mark that may stand before decimals or between thousands.
    DecimalsOrThousands {
        /// The column.
        column: String,
        /// One of them.
        example: String,
    },
    /// Words that the draft reads as *unknown*.
    MissingWords {
        /// Words and how many cells hold them, the most frequent first.
        words: Vec<(String, u64)>,
        /// The columns of these cells.
        columns: Vec<String>,
    },
    /// Numbers that often stand for *unknown*; the draft takes them as numbers.
    MissingNumbers {
        /// The column.
        column: String,
        /// The numbers.
        numbers: Vec<i64>,
    },
    /// Bytes that are no UTF-8; the draft takes the older encoding that is most used.
    Encoding {
        /// What the draft says.
        encoding: Encoding,
    },
    /// Rows that stand above the heading and are skipped.
    RowsAboveHeading {
        /// How many.
        rows: u32,
    },
    /// Rows below the heading that look like another heading and are skipped.
    RowsBelowHeading {
        /// How many.
        rows: u32,
    },
    /// Records without a time that can be read, such as rows of totals; they cannot be ranked.
    RecordsWithoutTime {
        /// How many.
        records: u64,
        /// Some of their ids.
        ids: Vec<String>,
    },
    /// Ids that stand in several records; the draft merges them.
    RepeatedIds {
        /// How many records repeat an id.
        records: u64,
        /// Some of the ids.
        ids: Vec<String>,
    },
}

impl Question {
    /// What keeps complaints from being read comes first, then what keeps answers from it.
    pub(super) fn urgency(&self) -> u8 {
        match self {
            Question::NoColumnFor { .. } => 0,
            Question::DayOrMonthFirst { .. } | Question::UnreadTimes { .. } => 1,
            Question::RecordsWithoutTime { .. } => 2,
            Question::UnmatchedColumn { resembles, .. } if !resembles.is_empty() => 3,
            Question::UnknownWords { .. } | Question::DecimalsOrThousands { .. } => 4,
            Question::NearItem { .. } | Question::LikelyPart { .. } => 5,
            Question::MissingWords { .. }
            | Question::MissingNumbers { .. }
            | Question::RepeatedIds { .. } => 6,
            Question::NoZone { .. }
            | Question::TwoDigitYears { .. }
            | Question::NumbersAsTimes { .. } => 7,
            Question::Encoding { .. }
            | Question::RowsAboveHeading { .. }
            | Question::RowsBelowHeading { .. } => 8,
            Question::UnmatchedColumn { .. } => 9,
        }
    }
}

/// The most names that a list shows; the rest is counted.
const MOST_LISTED: usize = 30;

fn list(names: &[String]) -> String {
    let shown = names.iter().take(MOST_LISTED).map(|name| format!("`{}`", shown(name)));
    let mut shown: Vec<String> = shown.collect();
    if names.len() > MOST_LISTED {
        shown.push(format!("and {} more", names.len() - MOST_LISTED));
    }
    if shown.is_empty() { "none".to_owned() } else { shown.join(", ") }
}

fn counted(words: &[(String, u64)]) -> String {
    let words = words.iter().map(|(word, count)| format!("`{}` ({count})", shown(word)));
    words.collect::<Vec<_>>().join(", ")
}

/// A text of others, on one line, with hidden letters escaped, and not too long.
fn shown(text: &str) -> String {
    crate::base::text::cut(text, 60)
}

impl fmt::Display for Question {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Question::NoColumnFor { part, columns } => {
                write!(
                    out,
                    "no column was recognised as `{part}`: name it in `complaint.{part}.from`; "
                )?;
                if let Some(near) = nearest(part, columns.iter().map(String::as_str)) {
                    write!(out, "is it `{}`? ", shown(near))?;
                }
                write!(out, "there are {}", list(columns))
            }
            Question::LikelyPart { column, part } => {
                write!(out, "column `{}` was taken as `{part}`: is it?", shown(column))
            }
            Question::NearItem { column, item } => {
                write!(out, "column `{}` was taken as the item `{item}`: is it?", shown(column))
            }
            Question::UnmatchedColumn { column, filled, resembles, words } => {
                if column.is_empty() {
                    write!(out, "a column without a name ({filled} filled in) is not read: ")?;
                } else {
                    let column = shown(column);
                    write!(out, "column `{column}` ({filled} filled in) is not read: ")?;
                }
                if column.is_empty() {
                    write!(out, "give it a name in the file")?;
                } else if resembles.is_empty() {
                    write!(out, "name its item in `items`, or list it in `ignore`")?;
                } else {
                    write!(out, "is it {}? Else list it in `ignore`", list(resembles))?;
                }
                if words.is_empty() { Ok(()) } else { write!(out, "; it holds {}", list(words)) }
            }
            Question::UnknownWords { column, item, words, answers } => {
                write!(
                    out,
                    "column `{}`: what do {} mean? Say so in `items.{item}.words`; the answers are {}, or null for unknown",
                    shown(column),
                    counted(words),
                    list(answers)
                )
            }
            Question::MissingWords { words, columns } => write!(
                out,
                "{} in {} are read as unknown: are they? One that says something goes from `missing` into the `words` of its items",
                counted(words),
                list(columns)
            ),
            Question::DayOrMonthFirst { column, example } => write!(
                out,
                "column `{}`: does `{}` begin with the day or with the month? Write `day_first` or `month_first` in the forms of its times; until then they are not read",
                shown(column),
                shown(example)
            ),
            Question::NoZone { column, example } => write!(
                out,
                "column `{}`: in which zone is `{}`? The draft says `utc`; write the offset of standard time such as `-06:00` in `times.zone`, and `summer_time` if clocks are put forward",
                shown(column),
                shown(example)
            ),
            Question::TwoDigitYears { column, example } => write!(
                out,
                "column `{}`: of which century is `{}`? The draft says 2000 in `two_digit_years`",
                shown(column),
                shown(example)
            ),
            Question::NumbersAsTimes { column, example, read_as } => write!(
                out,
                "column `{}`: `{}` is a number, which the draft reads as {read_as}: is it?",
                shown(column),
                shown(example)
            ),
            Question::UnreadTimes { column, examples } => write!(
                out,
                "column `{}`: {} cannot be read as times: correct them, or export the column as YYYY-MM-DD HH:MM",
                shown(column),
                list(examples)
            ),
            Question::DecimalsOrThousands { column, example } => write!(
                out,
                "column `{}`: is the mark in `{}` one of decimals or of thousands? Say so in `numbers`; until then such numbers are not understood",
                shown(column),
                shown(example)
            ),
            Question::MissingNumbers { column, numbers } => {
                let numbers: Vec<String> = numbers.iter().map(i64::to_string).collect();
                write!(
                    out,
                    "column `{}`: do {} stand for unknown? If so list them in `missing_numbers`",
                    shown(column),
                    numbers.join(", ")
                )
            }
            Question::Encoding { encoding } => write!(
                out,
                "the source is not UTF-8: the draft says `{encoding}`; do letters with accents look right?"
            ),
            Question::RowsAboveHeading { rows } => {
                write!(out, "{rows} row(s) above the heading are skipped: are they no complaints?")
            }
            Question::RowsBelowHeading { rows } => write!(
                out,
                "{rows} row(s) below the heading look like a second heading and are skipped: are they no complaints?"
            ),
            Question::RecordsWithoutTime { records, ids } => write!(
                out,
                "{records} record(s) have no time that can be read and cannot be ranked (ids {}): are they totals, or complaints to be mended?",
                list(ids)
            ),
            Question::RepeatedIds { records, ids } => write!(
                out,
                "{records} record(s) repeat an id ({}): the draft merges them, the more dangerous answer counts; else write `first` or `last` in `second_row`",
                list(ids)
            ),
        }
    }
}
