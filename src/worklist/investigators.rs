//! The investigators' worklist: who is worked, and nothing of why.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::document::{Document, SheetForm, Table};
use super::entry::ActsFirst;
use super::plan::Period;
use super::sheet_file::SHEET_FORMAT;
use super::sheets::{deadline, list};
use crate::UtcOffset;
use crate::base::json::Format;
use crate::complaint::{Deadline, Deconfliction, Origin};

/// One line for investigators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InvestigatorEntry {
    /// Id of the complaint.
    pub(crate) id: String,
    /// Whether it must be looked at before all others.
    pub(crate) must: bool,
    /// Who must act before the investigator; empty where nobody must.
    pub(crate) acts_first: Vec<ActsFirst>,
    /// Whether another agency works on it.
    pub(crate) deconfliction: Deconfliction,
    /// Its next deadline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_deadline: Option<Deadline>,
}

/// A worklist for investigators; see [`Plan::investigator_sheet`](super::Plan::investigator_sheet).
///
/// Every entry is to be worked to the same depth. An audit that is worked less deeply because
/// somebody guessed that it is one shows nothing.
///
/// As JSON: [`InvestigatorSheet::to_json`], `docs/formats/investigator_sheet.schema.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InvestigatorSheet {
    format_version: Format<SHEET_FORMAT>,
    /// The unit.
    pub(crate) unit: Option<String>,
    /// From when to when.
    pub(crate) period: Period,
    /// Of all complaints that were planned from; files from before it was kept do not say.
    #[serde(default)]
    origin: Origin,
    /// Who is worked, `must` first.
    pub(crate) entries: Vec<InvestigatorEntry>,
    #[serde(skip)]
    offset: UtcOffset,
}

impl InvestigatorSheet {
    pub(super) fn new(
        unit: Option<String>,
        period: Period,
        origin: Origin,
        entries: Vec<InvestigatorEntry>,
        offset: UtcOffset,
    ) -> Self {
        InvestigatorSheet { format_version: Format, unit, period, origin, entries, offset }
    }

    /// Where the complaints come from that its plan was made of; see [`Plan::origin`](super::Plan::origin).
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Sets the offset from UTC at which it shows times: that of its plan, or UTC where it was read
    /// from a file.
    pub fn set_offset(&mut self, offset: UtcOffset) {
        self.offset = offset;
    }

    /// The sheet in a form. As CSV it is the list, with the unit in front and where the complaints come from at the end.
    ///
    /// ```
    /// use caserank::worklist::{InvestigatorSheet, SheetForm};
    /// let sheet = InvestigatorSheet::from_json(r#"{"format_version": 1, "unit": "north",
    ///     "period": {"start": "2026-04-18T00:00:00Z", "end": "2026-04-19T00:00:00Z"}, "origin": "synthetic",
    ///     "entries": [{"id": "=a", "must": true, "acts_first": [], "deconfliction": "clear"}]}"#)?;
    /// assert_eq!(sheet.in_form(SheetForm::Csv), "\
    /// unit,number,complaint,must,acts_first,deconfliction,deadline,origin
    /// north,1,\"'=a\",yes,,clear,,synthetic
    /// ");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn in_form(&self, form: SheetForm) -> String {
        match form {
            SheetForm::Text => self.document().to_text(),
            SheetForm::Markdown => self.document().to_markdown(),
            SheetForm::Html => self.document().to_page(),
            SheetForm::Csv => {
                let heads = [
                    "unit",
                    "number",
                    "complaint",
                    "must",
                    "acts_first",
                    "deconfliction",
                    "deadline",
                    "origin",
                ];
                let unit = vec![self.unit.clone().unwrap_or_default()];
                let origin = vec![self.origin.word().to_owned()];
                let rows = self.rows("yes");
                let rows = rows.map(|cells| [unit.clone(), cells, origin.clone()].concat());
                Table::new(&heads, rows).to_csv()
            }
        }
    }

    fn rows<'a>(&'a self, must: &'a str) -> impl Iterator<Item = Vec<String>> + 'a {
        self.entries.iter().zip(1..).map(move |(entry, number): (_, usize)| {
            vec![
                number.to_string(),
                entry.id.clone(),
                if entry.must { must.to_owned() } else { String::new() },
                list(&entry.acts_first),
                entry.deconfliction.to_string(),
                deadline(entry.next_deadline.as_ref(), self.offset),
            ]
        })
    }

    fn document(&self) -> Document {
        let unit = self.unit.as_deref().unwrap_or("no planned unit");
        let period = self.period.at_offset(self.offset);
        let mut out = Document::new(format!("Worklist: {unit}, {period}"));
        out.origin(self.origin);
        let heads = ["", "complaint", "", "acts first", "deconfliction", "deadline"];
        out.table(Table::new(&heads, self.rows("must")));
        out
    }
}

impl fmt::Display for InvestigatorSheet {
    /// In Markdown.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.document().to_markdown())
    }
}
