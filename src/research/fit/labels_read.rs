//! Labels from CSV and newline-delimited JSON.

use std::io::{BufRead, BufReader, Read};

#[cfg(feature = "csv")]
use super::labels::{Depth, Found, Label, ReferenceStandard, WhyWorked};
use super::labels::{LabelError, LabelReport, Labels, ReadLabels};
#[cfg(feature = "csv")]
use crate::complaint::Origin;

impl Labels {
    /// Reads newline-delimited JSON, a [`Label`](super::Label) a line. Blank lines are passed over.
    ///
    /// # Errors
    /// [`LabelError::Io`] where the source fails. A line that does not serve is refused in the report.
    pub fn read_ndjson(source: impl Read) -> Result<(Self, LabelReport), LabelError> {
        let mut lines = Vec::new();
        for (number, line) in BufReader::new(source).lines().enumerate() {
            let line = line?;
            let text = line.trim_start_matches('\u{feff}').trim();
            if !text.is_empty() {
                lines.push((number + 1, serde_json::from_str(text).map_err(LabelError::from)));
            }
        }
        let read: ReadLabels = lines.into_iter().collect();
        Ok((read.labels, read.report))
    }

    /// Reads CSV. Columns go by name, in any order: `complaint`, `outcome` and `result` must be there; `standard`,
    /// `found`, `followed_until`, `depth`, `why_worked`, `weight` and `origin` may be; others are reported.
    ///
    /// # Errors
    /// [`LabelError`] where the source fails or a column is missing. A line that does not serve is refused in the report.
    #[cfg(feature = "csv")]
    pub fn read_csv(source: impl Read) -> Result<(Self, LabelReport), LabelError> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(source);
        let heading = reader.headers()?.clone();
        let name = |field: &str| field.trim_start_matches('\u{feff}').to_owned();
        let names: Vec<String> = heading.iter().map(name).collect();
        for column in ["complaint", "outcome", "result"] {
            if !names.iter().any(|name| name == column) {
                return Err(LabelError::MissingColumn { column });
            }
        }
        let lines = reader.into_records().enumerate().map(|(number, record)| {
            let label =
                record.map_err(LabelError::from).and_then(|record| label_of(&names, &record));
            // The heading is line 1.
            (number + 2, label)
        });
        let mut read: ReadLabels = lines.collect();
        read.report.unlisted =
            names.into_iter().filter(|name| !FIELDS.contains(&name.as_str())).collect();
        Ok((read.labels, read.report))
    }
}

#[cfg(feature = "csv")]
const FIELDS: [&str; 10] = [
    "complaint",
    "outcome",
    "result",
    "standard",
    "found",
    "followed_until",
    "depth",
    "why_worked",
    "weight",
    "origin",
];

#[cfg(feature = "csv")]
fn label_of(names: &[String], record: &csv::StringRecord) -> Result<Label, LabelError> {
    let field = |name: &str| {
        let place = names.iter().position(|known| known == name)?;
        record.get(place).filter(|text| !text.is_empty())
    };
    let time = |name: &'static str| {
        let text = field(name);
        text.map(|text| text.parse().map_err(|cause| LabelError::Time { field: name, cause }))
            .transpose()
    };
    let weight = match field("weight") {
        None => 1.0,
        Some(text) => text.parse().map_err(|_| LabelError::Word {
            field: "weight",
            value: text.to_owned(),
            listed: "a number above 0",
        })?,
    };
    let result = word(
        "result",
        field("result"),
        "yes, no, not_investigated or not_applicable",
        &[
            ("yes", Found::Yes),
            ("no", Found::No),
            ("not_investigated", Found::NotInvestigated),
            ("not_applicable", Found::NotApplicable),
        ],
    )?;
    let blank = || LabelError::Word {
        field: "result",
        value: String::new(),
        listed: "yes, no, not_investigated or not_applicable",
    };
    let needed = |name: &'static str| {
        let missing = || LabelError::Word { field: name, value: String::new(), listed: "an id" };
        field(name).map(str::to_owned).ok_or_else(missing)
    };
    Ok(Label {
        complaint: needed("complaint")?,
        outcome: needed("outcome")?,
        result: result.ok_or_else(blank)?,
        standard: word(
            "standard",
            field("standard"),
            "conviction, charge, victim_identified or admission",
            &[
                ("conviction", ReferenceStandard::Conviction),
                ("charge", ReferenceStandard::Charge),
                ("victim_identified", ReferenceStandard::VictimIdentified),
                ("admission", ReferenceStandard::Admission),
            ],
        )?,
        found: time("found")?,
        followed_until: time("followed_until")?,
        depth: word(
            "depth",
            field("depth"),
            "desk, field or search",
            &[("desk", Depth::Desk), ("field", Depth::Field), ("search", Depth::Search)],
        )?,
        why_worked: word(
            "why_worked",
            field("why_worked"),
            "chosen or audit",
            &[("chosen", WhyWorked::Chosen), ("audit", WhyWorked::Audit)],
        )?,
        weight,
        origin: word(
            "origin",
            field("origin"),
            "prospective, retrospective or synthetic",
            &[
                ("prospective", Origin::Prospective),
                ("retrospective", Origin::Retrospective),
                ("synthetic", Origin::Synthetic),
            ],
        )?,
    })
}

/// The value of a listed word; `None` for a blank field.
#[cfg(feature = "csv")]
fn word<T: Copy>(
    field: &'static str,
    text: Option<&str>,
    listed: &'static str,
    words: &[(&str, T)],
) -> Result<Option<T>, LabelError> {
    let Some(text) = text else { return Ok(None) };
    match words.iter().find(|(word, _)| *word == text) {
        Some((_, value)) => Ok(Some(*value)),
        None => Err(LabelError::Word { field, value: text.to_owned(), listed }),
    }
}
