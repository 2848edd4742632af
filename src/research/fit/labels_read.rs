//! Labels from CSV and newline-delimited JSON.

use std::io::Read;

use super::label_error::{LabelError, LabelReport};
#[cfg(feature = "csv")]
use super::labels::{Depth, Found, Label, ReferenceStandard, WhyWorked};
use super::labels::{Labels, ReadLabels};
#[cfg(feature = "csv")]
use crate::Timestamp;
#[cfg(feature = "csv")]
use crate::backlog::Table;
use crate::backlog::each_line;
use crate::base::text::cut;
#[cfg(feature = "csv")]
use crate::codebook::plain_name;
#[cfg(feature = "csv")]
use crate::complaint::Origin;

/// The most bytes of one line.
const MOST_LINE_BYTES: usize = 1 << 20;

impl Labels {
    /// Reads newline-delimited JSON, a [`Label`](super::Label) a line. Blank lines are passed over.
    ///
    /// # Errors
    /// [`LabelError::Io`] where the source fails. A line that does not serve is refused in the report.
    pub fn read_ndjson(source: impl Read) -> Result<(Self, LabelReport), LabelError> {
        let mut read = ReadLabels::default();
        each_line(source, MOST_LINE_BYTES, |number, line| {
            let line =
                if number == 1 { line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line) } else { line };
            let line = line.trim_ascii();
            if line.is_empty() {
                return;
            }
            let fault = |fault: String| LabelError::Json { fault: cut(&fault, 120) };
            let label = if line.len() > MOST_LINE_BYTES {
                Err(fault(format!("the line has more than {MOST_LINE_BYTES} bytes")))
            } else {
                serde_json::from_slice(line).map_err(|error| {
                    // Every line would be `line 1`: the report says which it is.
                    fault(error.to_string().replacen(" at line 1 column ", " at column ", 1))
                })
            };
            read.take(number, label);
        })
        .map_err(|(line, cause)| LabelError::Io { line, cause })?;
        Ok((read.labels, read.report))
    }

    /// Reads CSV. Columns go by name, in any order, without case, blanks and marks: `complaint`, `outcome` and `result` must
    /// be there; `standard`, `found`, `followed_until`, `depth`, `why_worked`, `weight` and `origin` may be; others are reported.
    ///
    /// # Errors
    /// [`LabelError`] where the source fails, or a column is missing or stands twice. A record that does not serve is refused in
    /// the report.
    #[cfg(feature = "csv")]
    pub fn read_csv(source: impl Read) -> Result<(Self, LabelReport), LabelError> {
        let mut table = Table::new(source);
        let mut read = ReadLabels::default();
        let mut names: Option<Vec<String>> = None;
        loop {
            let line = table.line();
            let record = table.next().map_err(|cause| LabelError::Io { line, cause })?;
            let Some(record) = record else { break };
            let fields = record.fields.map_err(|why| LabelError::Record { fault: why.to_string() });
            let Some(names) = &names else {
                names = Some(heading(&fields?, &mut read.report)?);
                continue;
            };
            let label = fields.and_then(|fields| {
                let texts = fields.iter().zip(names).map(|(field, name)| {
                    // Blanks around an id are taken off and told with the label.
                    let trim = if name == "complaint" { |text| text } else { str::trim };
                    std::str::from_utf8(field).map(trim)
                });
                let texts: Result<Vec<&str>, _> = texts.collect();
                let fault = || "it is not UTF-8 text: save the file as UTF-8".to_owned();
                label_of(names, &texts.map_err(|_| LabelError::Record { fault: fault() })?)
            });
            read.take(record.line, label);
        }
        if names.is_none() {
            return Err(LabelError::MissingColumn { column: "complaint", heading: String::new() });
        }
        Ok((read.labels, read.report))
    }
}

/// The names of the columns, those of labels as labels write them.
#[cfg(feature = "csv")]
fn heading(fields: &[&[u8]], report: &mut LabelReport) -> Result<Vec<String>, LabelError> {
    let mut names: Vec<String> = Vec::new();
    for field in fields {
        let text = String::from_utf8_lossy(field);
        let given = text.trim();
        let plain = plain_name(given);
        let name = FIELDS.into_iter().find(|field| plain_name(field) == plain).unwrap_or(given);
        if !name.is_empty() && names.iter().any(|other| other == name) {
            return Err(LabelError::RepeatedColumn { column: cut(given, 64) });
        }
        if !FIELDS.contains(&name) {
            report.unlisted.push(cut(given, 64));
        } else if name != given {
            report.renamed.push((cut(given, 64), name.to_owned()));
        }
        names.push(name.to_owned());
    }
    for column in ["complaint", "outcome", "result"] {
        if !names.iter().any(|name| name == column) {
            let heading = cut(&String::from_utf8_lossy(&fields.join(&b',')), 80);
            return Err(LabelError::MissingColumn { column, heading });
        }
    }
    Ok(names)
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
fn label_of(names: &[String], fields: &[&str]) -> Result<Label, LabelError> {
    let field = |name: &str| {
        let column = names.iter().position(|known| known == name)?;
        fields.get(column).copied().filter(|text| !text.is_empty())
    };
    let time = |name: &'static str| {
        let text = field(name);
        text.map(|text| text.parse().map_err(|cause| LabelError::Time { field: name, cause }))
            .transpose()
    };
    // A bare date is followed to its end.
    let end = |name: &'static str| {
        let time = field(name).map(|text| Timestamp::parse_end(text.as_bytes()));
        time.transpose().map_err(|cause| LabelError::Time { field: name, cause })
    };
    let weight = match field("weight") {
        None => 1.0,
        Some(text) => text.parse().map_err(|_| LabelError::Word {
            field: "weight",
            value: cut(text, 40),
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
        followed_until: end("followed_until")?,
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
    match words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text)) {
        Some((_, value)) => Ok(Some(*value)),
        None => Err(LabelError::Word { field, value: cut(text, 40), listed }),
    }
}
