//! From facts of a report to answers: a table in a file, held against a codebook.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::facts::{Counts, Fact};
use crate::base::json;
use crate::codebook::{Codebook, Item, Kind};
use crate::complaint::{AnswerSource, Speaker};
use crate::intake::REPORT_MAPPING_FORMAT;
pub use crate::intake::report_error::ReportMappingError;
use crate::triage::Fingerprint;

/// A row that cannot speak to a codebook.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkippedRow {
    /// Place of the row, from 1.
    pub(crate) row: usize,
    /// Its item.
    pub(crate) item: String,
    /// The answers it would give; none of a number.
    pub(crate) answers: Vec<String>,
}

impl SkippedRow {
    /// Place of the row, from 1.
    #[must_use]
    pub fn row(&self) -> usize {
        self.row
    }

    /// Its item.
    #[must_use]
    pub fn item(&self) -> &str {
        &self.item
    }

    /// The answers it would give; none of a number.
    #[must_use]
    pub fn answers(&self) -> &[String] {
        &self.answers
    }
}

/// What is read before all else.
#[derive(Deserialize)]
struct AnyFormat {
    format_version: Option<u32>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct MappingFile {
    #[serde(default, rename = "format_version")]
    _format_version: Option<u32>,
    id: String,
    version: semver::Version,
    description: String,
    rows: Vec<Row>,
    #[serde(default, deserialize_with = "crate::base::unique_map")]
    least_dangerous_first: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    item: String,
    #[serde(default)]
    answer: Vec<String>,
    #[serde(default)]
    number: Option<Number>,
    said_by: Speaker,
    #[serde(default)]
    when: When,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Number {
    /// How often a fact was found; 0 is no answer.
    Count(Fact),
    /// Whole days from the last known activity to the receipt.
    DaysSinceActivity,
    /// Whole days from the newest connection data of a person to the receipt.
    DaysSinceConnection,
    /// Age of the youngest victim at the incident, as asserted.
    YoungestVictim,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct When {
    /// Holds for every report.
    #[serde(default)]
    always: bool,
    /// One of these facts at least.
    #[serde(default)]
    any: Vec<Fact>,
    /// And one of these too.
    #[serde(default)]
    and: Vec<Fact>,
    /// A fact of at least this share of the reported files.
    #[serde(default)]
    share: Option<Share>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Share {
    fact: Fact,
    percent: u32,
}

/// What fields of a report say about items: rows of a file, which a host may replace.
///
/// A row names an item, an answer or a number, the speaker, and the facts that must be there. Facts
/// have names such as `report.sextortion` or `file.infant`; [`ReportMapping::facts`] lists them.
/// There is no way to write a row that gives an answer where a field is absent.
#[derive(Debug, Clone)]
pub struct ReportMapping {
    file: MappingFile,
    fingerprint: Fingerprint,
}

impl ReportMapping {
    /// The table that is shipped, for the reference codebook.
    ///
    /// # Errors
    /// [`ReportMappingError`] where the shipped file was changed.
    pub fn shipped() -> Result<Self, ReportMappingError> {
        ReportMapping::from_json(include_str!("../../../fixtures/reports/mapping.json"))
    }

    /// Reads a table.
    ///
    /// # Errors
    /// [`ReportMappingError::Format`] for a later format, whatever else stands in it;
    /// [`ReportMappingError`] names the line or the row, and what is wrong.
    pub fn from_json(text: &str) -> Result<Self, ReportMappingError> {
        let format =
            serde_json::from_str::<AnyFormat>(text).ok().and_then(|any| any.format_version);
        if let Some(found) = format.filter(|format| *format != REPORT_MAPPING_FORMAT) {
            return Err(ReportMappingError::Format { found });
        }
        let file: MappingFile = json::read(text).map_err(ReportMappingError::Json)?;
        for (position, row) in file.rows.iter().enumerate() {
            let fault = match (&row.number, row.answer.is_empty()) {
                (Some(_), false) => "gives both an answer and a number: keep one",
                (None, true) => "gives neither an answer nor a number: add one",
                (Some(_), true) if row.when.is_something() => {
                    "gives a number under a condition: a number holds where it is known"
                }
                (None, false) if !row.when.is_something() => {
                    "holds under no condition: name facts, or write `always`"
                }
                (None, false) if row.when.any.is_empty() && !row.when.and.is_empty() => {
                    "has `and` without `any`: write the facts of `and` as `any`"
                }
                _ => continue,
            };
            return Err(ReportMappingError::Row {
                row: position + 1,
                item: row.item.clone(),
                fault,
            });
        }
        Ok(ReportMapping { file, fingerprint: Fingerprint::of(text.as_bytes()) })
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.file.id
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> &semver::Version {
        &self.file.version
    }

    /// SHA-256 of the file's text, byte for byte.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// What it is for.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.file.description
    }

    /// Names of all facts that rows can ask for, each with the field that says it.
    pub fn facts() -> impl Iterator<Item = (&'static str, &'static str)> {
        Fact::all().map(|fact| (fact.name(), fact.field()))
    }

    /// Holds the rows against a codebook.
    pub(super) fn bind(&self, codebook: &Codebook) -> BoundMapping {
        let mut bound = BoundMapping {
            rows: Vec::new(),
            skipped: Vec::new(),
            unasked: Vec::new(),
            danger: codebook.items().iter().map(|item| self.danger(item)).collect(),
        };
        let mut asked: Vec<Fact> = Vec::new();
        for (position, row) in self.file.rows.iter().enumerate() {
            let item = codebook.item_position(&row.item);
            let gives = item.and_then(|item| row.gives(&codebook.items()[item]));
            let (Some(item), Some(gives)) = (item, gives) else {
                bound.skipped.push(SkippedRow {
                    row: position + 1,
                    item: row.item.clone(),
                    answers: row.answer.clone(),
                });
                continue;
            };
            asked.extend(row.facts());
            bound.rows.push(BoundRow { item, gives, speaker: row.said_by, when: row.when.clone() });
        }
        let is_unasked = |fact: &Fact| !fact.is_of_file() && !asked.contains(fact);
        bound.unasked = Fact::all().filter(is_unasked).collect();
        bound
    }

    /// How dangerous each answer of an item is among the others, by code.
    fn danger(&self, item: &Item) -> Vec<u8> {
        let order = self.file.least_dangerous_first.get(&item.id);
        let answers = item.answers.iter().enumerate();
        let ranks = answers.map(|(position, answer)| {
            let listed = order.and_then(|order| order.iter().position(|id| *id == answer.id));
            // What the order does not name comes after it: the safe side.
            let after = order.map_or(0, Vec::len);
            u8::try_from(listed.unwrap_or(after + position) + 1).unwrap_or(u8::MAX)
        });
        std::iter::once(0).chain(ranks).collect()
    }
}

impl When {
    fn is_something(&self) -> bool {
        self.always || !self.any.is_empty() || !self.and.is_empty() || self.share.is_some()
    }

    /// The fact by which it holds, `None` where it does not; for `always`, no fact.
    fn holds(&self, facts: &Known<'_>, speaker: Speaker) -> Option<Option<Fact>> {
        if self.always {
            return Some(None);
        }
        if let Some(share) = self.share {
            let files = u64::from(facts.of(Fact::FileReported, Speaker::Provider));
            let having = u64::from(facts.of(share.fact, speaker));
            let enough = files > 0 && having * 100 >= files * u64::from(share.percent);
            return enough.then_some(Some(share.fact));
        }
        let found = |facts_asked: &[Fact]| {
            facts_asked.iter().copied().find(|&fact| facts.of(fact, speaker) > 0)
        };
        let fact = found(&self.any)?;
        (self.and.is_empty() || found(&self.and).is_some()).then_some(Some(fact))
    }
}

impl Row {
    fn gives(&self, item: &Item) -> Option<Gives> {
        match self.number {
            Some(number) => {
                matches!(item.kind, Kind::Binned { .. }).then_some(Gives::Number(number))
            }
            None => self.answer.iter().find_map(|answer| item.code_of(answer)).map(Gives::Code),
        }
    }

    fn facts(&self) -> impl Iterator<Item = Fact> {
        let counted = match self.number {
            Some(Number::Count(fact)) => Some(fact),
            _ => None,
        };
        let share = self.when.share.map(|share| share.fact);
        self.when.any.iter().chain(&self.when.and).copied().chain(counted).chain(share)
    }
}

#[derive(Debug, Clone, Copy)]
enum Gives {
    Code(u8),
    Number(Number),
}

#[derive(Debug, Clone)]
struct BoundRow {
    item: usize,
    gives: Gives,
    speaker: Speaker,
    when: When,
}

/// A table held against a codebook.
#[derive(Debug, Clone)]
pub(super) struct BoundMapping {
    rows: Vec<BoundRow>,
    skipped: Vec<SkippedRow>,
    unasked: Vec<Fact>,
    danger: Vec<Vec<u8>>,
}

/// What is known of one person and of the report.
pub(super) struct Known<'f> {
    pub(super) report: &'f Counts,
    pub(super) files: [&'f Counts; 2],
    pub(super) person: Option<&'f Counts>,
    pub(super) days_since_activity: Option<i64>,
    pub(super) days_since_connection: Option<i64>,
    pub(super) youngest_victim: Option<i64>,
}

impl Known<'_> {
    fn of(&self, fact: Fact, speaker: Speaker) -> u32 {
        if fact.is_of_file() {
            return match speaker {
                Speaker::Clearinghouse => self.files[1].of(fact),
                _ => self.files[0].of(fact),
            };
        }
        let person = self.person.map_or(0, |person| person.of(fact));
        self.report.of(fact).saturating_add(person)
    }
}

/// An answer, and who gave it.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) item: usize,
    pub(super) code: u8,
    pub(super) number: Option<i64>,
    pub(super) source: AnswerSource,
}

impl BoundMapping {
    pub(super) fn skipped(&self) -> &[SkippedRow] {
        &self.skipped
    }

    /// Facts of reports and people that no row asks for.
    pub(super) fn unasked(&self) -> &[Fact] {
        &self.unasked
    }

    /// How dangerous an answer is among those of its item; 0 for *unknown*.
    pub(super) fn danger(&self, item: usize, code: u8) -> u8 {
        self.danger[item].get(usize::from(code)).copied().unwrap_or(0)
    }

    /// What every row says; of each item and speaker the first that holds.
    pub(super) fn say(&self, codebook: &Codebook, facts: &Known<'_>, said: &mut Vec<Said>) {
        let before = said.len();
        for row in &self.rows {
            let spoken = said[before..].iter();
            if spoken
                .clone()
                .any(|earlier| earlier.item == row.item && earlier.source.speaker() == row.speaker)
            {
                continue;
            }
            let (code, number, fact) = match row.gives {
                Gives::Code(code) => match row.when.holds(facts, row.speaker) {
                    Some(fact) => (code, None, fact),
                    None => continue,
                },
                Gives::Number(number) => {
                    let (value, fact) = match number {
                        Number::Count(fact) => {
                            let count = i64::from(facts.of(fact, row.speaker));
                            (Some(count).filter(|count| *count > 0), Some(fact))
                        }
                        Number::DaysSinceActivity => (facts.days_since_activity, None),
                        Number::DaysSinceConnection => {
                            (facts.days_since_connection, Some(Fact::SuspectIp))
                        }
                        Number::YoungestVictim => (facts.youngest_victim, Some(Fact::ChildBelow18)),
                    };
                    let Some(value) = value else { continue };
                    let Some(code) = codebook.items()[row.item].code_of_number(value) else {
                        continue;
                    };
                    (code, Some(value), fact)
                }
            };
            let of_file = fact.is_some_and(Fact::is_of_file);
            let field = match (fact, row.gives) {
                _ if of_file && row.speaker == Speaker::Clearinghouse => "ncmecTags",
                (Some(fact), _) => fact.field(),
                (None, Gives::Number(_)) => "dateTime",
                (None, Gives::Code(_)) => "report",
            };
            said.push(Said {
                item: row.item,
                code,
                number,
                source: AnswerSource::new(row.speaker, field),
            });
        }
    }
}
