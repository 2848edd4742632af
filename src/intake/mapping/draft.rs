//! A mapping as it stands in its file: plain data, not yet checked.

use std::collections::BTreeMap;
use std::fmt;

use semver::Version;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::source::SourceForm;
use crate::backlog::Repeated;
use crate::base::unique_map;
use crate::base::words;

/// The version of the mapping file format that this release reads and writes.
pub const MAPPING_FORMAT: u32 = 1;

pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A mapping as it is written: which field of a source becomes which part of a complaint.
///
/// [`Mapping::from_draft`](super::Mapping::from_draft) checks it. The same shape is described by
/// `docs/formats/mapping.schema.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappingDraft {
    /// [`MAPPING_FORMAT`].
    pub format_version: u32,
    /// Short name in `snake_case`.
    pub id: String,
    /// Version of the mapping.
    pub version: Version,
    /// What it is for, in plain words.
    #[serde(default, skip_serializing_if = "is_default")]
    pub description: String,
    /// How the source is written.
    pub source: SourceForm,
    /// Words that mean *unknown* in every column, besides blank and `unknown`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub missing: Vec<String>,
    /// Numbers that mean *unknown* in every column of numbers, such as -9 or 999.
    #[serde(default, skip_serializing_if = "is_default")]
    pub missing_numbers: Vec<i64>,
    /// Words for answers, in every column whose item lists the answer.
    #[serde(default, deserialize_with = "unique_map", skip_serializing_if = "is_default")]
    pub words: BTreeMap<String, String>,
    /// How times are written, where a column does not say otherwise.
    #[serde(default, skip_serializing_if = "is_default")]
    pub times: TimesDraft,
    /// How numbers are written, where an item does not say otherwise.
    #[serde(default, skip_serializing_if = "is_default")]
    pub numbers: NumbersDraft,
    /// What is known of a complaint besides its answers.
    pub complaint: ComplaintDraft,
    /// By item of the codebook: where its answer comes from.
    #[serde(deserialize_with = "unique_map")]
    pub items: BTreeMap<String, ItemDraft>,
    /// Columns that are known and not read.
    #[serde(default, skip_serializing_if = "is_default")]
    pub ignore: Vec<String>,
    /// What becomes of a second row of an id.
    #[serde(default, skip_serializing_if = "is_default")]
    pub second_row: Repeated,
}

/// How times are written. A part that is left out is taken from the mapping's own `times`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimesDraft {
    /// Forms, tried in this order; without any, [`TimeForm::Iso`].
    #[serde(default, skip_serializing_if = "is_default")]
    pub forms: Vec<TimeForm>,
    /// For times that name no zone: `utc`, or the offset of standard time such as `-06:00`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// When clocks stand an hour ahead of `zone`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summer_time: Option<SummerTime>,
    /// The century of years of two digits, such as 2000; without it such years are not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub two_digit_years: Option<u16>,
    /// Times before this are not believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earliest: Option<crate::Timestamp>,
    /// Times after this are not believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest: Option<crate::Timestamp>,
}

/// A way to write a time. Whether day or month comes first is stated, never guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeForm {
    /// `2026-04-17`, `2026-04-17T09:30:00Z`, and the SQL form `2026-04-17 09:30:00.000`.
    Iso,
    /// `17/4/2026`, `17.04.2026 09:30`, `17-04-2026 9:30:05 PM`.
    DayFirst,
    /// `4/17/2026 9:30 PM`.
    MonthFirst,
    /// `2026/4/17`, `2026.04.17 09:30`, `20260417`.
    YearFirst,
    /// `17-Apr-2026`, `17 April 2026`, `Apr 17 2026 9:30PM`; English names of months.
    MonthNamed,
    /// Days since 1900 as spreadsheets count them, from 61 (1 March 1900) on; parts of a day after
    /// the point.
    Serial1900,
    /// Days since 1 January 1904.
    Serial1904,
    /// Seconds since 1970 in UTC.
    UnixSeconds,
    /// Milliseconds since 1970 in UTC.
    UnixMilliseconds,
}

words! {
    TimeForm, "a form of times",
    Iso => "iso",
    DayFirst => "day_first",
    MonthFirst => "month_first",
    YearFirst => "year_first",
    MonthNamed => "month_named",
    Serial1900 => "serial_1900",
    Serial1904 => "serial_1904",
    UnixSeconds => "unix_seconds",
    UnixMilliseconds => "unix_milliseconds",
}

/// The law by which clocks are put forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SummerTime {
    /// Second Sunday of March to first Sunday of November, at 02:00 of local time (15 U.S.C. 260a).
    UnitedStates,
    /// Last Sunday of March to last Sunday of October, at 01:00 UTC (Directive 2000/84/EC).
    EuropeanUnion,
}

words! {
    SummerTime, "a law of summer time",
    UnitedStates => "united_states",
    EuropeanUnion => "european_union",
}

/// How numbers are written. A part that is left out is taken from the mapping's own `numbers`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumbersDraft {
    /// What stands before decimals; without it a point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimal: Option<DecimalMark>,
    /// What stands between groups of three digits; without it nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thousands: Option<ThousandsMark>,
}

/// What stands before the decimals of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DecimalMark {
    /// A point.
    #[serde(rename = ".")]
    Point,
    /// A comma.
    #[serde(rename = ",")]
    Comma,
}

/// What stands between groups of three digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ThousandsMark {
    /// Nothing.
    #[serde(rename = "none")]
    None,
    /// A point.
    #[serde(rename = ".")]
    Point,
    /// A comma.
    #[serde(rename = ",")]
    Comma,
    /// A blank of any width.
    #[serde(rename = " ")]
    Blank,
    /// An apostrophe.
    #[serde(rename = "'")]
    Apostrophe,
}

/// Where the parts of a complaint come from that are not answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComplaintDraft {
    /// Its id.
    pub id: IdDraft,
    /// When it was received.
    pub received: TimeDraft,
    /// The unit that works it; words are aliases, other texts stay as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<KeyDraft>,
    /// The opaque key of the person complained about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<KeyDraft>,
    /// The opaque key of its bundle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle: Option<KeyDraft>,
    /// The stage reached: words for `intake`, `field`, `post_search`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<KeyDraft>,
    /// Where it comes from: words for `prospective`, `retrospective`, `synthetic`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<KeyDraft>,
    /// Clocks that run on it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub deadlines: Vec<DeadlineDraft>,
    /// Columns that hold deadlines as `kind=time`, several joined by `;`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub deadline_lists: Names,
}

/// Where an id comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdDraft {
    /// Columns; the first that is filled in counts.
    pub from: Names,
    /// Put before every id, to keep the ids of several sources apart.
    #[serde(default, skip_serializing_if = "is_default")]
    pub prefix: String,
}

/// Where a time comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeDraft {
    /// Columns; the first that is filled in counts.
    pub from: Names,
    /// How it is written, where not as the mapping says.
    #[serde(default, skip_serializing_if = "is_default")]
    pub times: TimesDraft,
}

/// Where a key or a word comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyDraft {
    /// Columns; the first that is filled in counts.
    #[serde(default, skip_serializing_if = "is_default")]
    pub from: Names,
    /// What holds for every record, in place of columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constant: Option<String>,
    /// Other words for it.
    #[serde(default, deserialize_with = "unique_map", skip_serializing_if = "is_default")]
    pub words: BTreeMap<String, String>,
}

/// Where a deadline comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeadlineDraft {
    /// `preservation`, `statutory`, or a plain name of the host's own.
    pub kind: String,
    /// Columns; the first that is filled in counts.
    pub from: Names,
    /// How it is written, where not as the mapping says. A date by itself is the end of that day.
    #[serde(default, skip_serializing_if = "is_default")]
    pub times: TimesDraft,
    /// Days that are added to what the column says.
    #[serde(default, skip_serializing_if = "is_default")]
    pub plus_days: u32,
}

/// Where the answer to an item comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemDraft {
    /// Columns that hold the answer.
    #[serde(default, skip_serializing_if = "is_default")]
    pub from: Names,
    /// The answer of every record, in place of columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constant: Option<String>,
    /// Which of several columns counts.
    #[serde(default, skip_serializing_if = "is_default")]
    pub take: Take,
    /// Words and the answers that they mean; `null` is *unknown*. The ids of the answers are
    /// understood without being listed.
    #[serde(default, deserialize_with = "unique_map", skip_serializing_if = "is_default")]
    pub words: BTreeMap<String, Option<String>>,
    /// The answer where the column holds anything else that is not missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present: Option<String>,
    /// What stands between several words in one field; the most dangerous answer counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<String>,
    /// Numbers that mean *unknown* here.
    #[serde(default, skip_serializing_if = "is_default")]
    pub missing_numbers: Vec<i64>,
    /// How numbers are written, where not as the mapping says.
    #[serde(default, skip_serializing_if = "is_default")]
    pub numbers: NumbersDraft,
    /// When the answer became known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_at: Option<TimeDraft>,
}

/// Which of several columns counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Take {
    /// The answer that points most strongly to danger.
    #[default]
    MostDangerous,
    /// The first, in the order given, that is known.
    FirstKnown,
}

words! {
    Take, "which of several columns counts",
    MostDangerous => "most_dangerous",
    FirstKnown => "first_known",
}

/// Names of columns: in JSON one text, or a list of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names(pub Vec<String>);

impl From<&str> for Names {
    fn from(name: &str) -> Self {
        Names(vec![name.to_owned()])
    }
}

impl Serialize for Names {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0[..] {
            [name] => serializer.serialize_str(name),
            names => names.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMore;
        impl<'de> Visitor<'de> for OneOrMore {
            type Value = Names;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("the name of a column, or a list of names")
            }

            fn visit_str<E>(self, name: &str) -> Result<Names, E> {
                Ok(name.into())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut names: A) -> Result<Names, A::Error> {
                let mut list = Vec::new();
                while let Some(name) = names.next_element()? {
                    list.push(name);
                }
                Ok(Names(list))
            }
        }
        deserializer.deserialize_any(OneOrMore)
    }
}
