//! A host's own record: one call from any value to a complaint.

use serde::Serialize;

use super::importer::Importer;
use super::read_json::Fields;
use super::reader::{Head, RecordReader, Remembers};
use crate::backlog::{NotRankable, Reading, WhyNotRankable};
use crate::base::text::cut;
use crate::complaint::{CheckedKeys, Complaint};

/// What became of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordEnd {
    /// All of it was understood.
    Understood(Complaint),
    /// It can be ranked; [`Complaint::not_understood`] has what was not understood.
    PartlyUnderstood(Complaint),
    /// It has no id or no time that can be read. It belongs above the first place of a ranking.
    NotRankable(Box<NotRankable>),
}

impl RecordEnd {
    /// The complaint, where there is one.
    #[must_use]
    pub fn complaint(&self) -> Option<&Complaint> {
        match self {
            RecordEnd::Understood(complaint) | RecordEnd::PartlyUnderstood(complaint) => {
                Some(complaint)
            }
            RecordEnd::NotRankable(_) => None,
        }
    }
}

impl Importer {
    /// Turns a host's own record into a complaint. Its fields are named in the mapping by their
    /// keys, joined by dots; the elements of a list have the path of the list, and where there are
    /// several the most dangerous answer counts.
    ///
    /// ```
    /// use caserank::backlog::Reading;
    /// use caserank::Codebook;
    /// use caserank::intake::{Importer, Mapping, RecordEnd};
    /// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy-codebook.json"));
    /// # let codebook = Codebook::from_json(json)?;
    /// #[derive(serde::Serialize)]
    /// struct Case {
    ///     number: u32,
    ///     opened: &'static str,
    ///     flags: Vec<&'static str>,
    /// }
    /// let mapping = Mapping::from_json(r#"{
    ///     "format_version": 1, "id": "our-cases", "version": "1.0.0", "source": { "json": {} },
    ///     "complaint": { "id": { "from": "number", "prefix": "C-" }, "received": { "from": "opened" } },
    ///     "items": { "urgent": { "from": "flags", "words": { "immediate": "yes", "routine": null } } }
    /// }"#)?;
    /// let importer = Importer::new(&mapping, &codebook)?;
    /// let case = Case { number: 417, opened: "2026-04-17", flags: vec!["routine", "immediate"] };
    /// let RecordEnd::Understood(complaint) = importer.record(&case, &Reading::new()) else { panic!() };
    /// assert_eq!(complaint.id(), "C-417");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn record(&self, record: &impl Serialize, reading: &Reading) -> RecordEnd {
        let mut fields = Fields::new(&self.plan);
        match serde_json::to_string(record) {
            Ok(json) => {
                let filled = fields.fill(&json);
                self.end(&fields, filled, json.as_bytes(), reading)
            }
            Err(error) => {
                let why = WhyNotRankable::Json { fault: cut(&error.to_string(), 200) };
                self.end(&fields, Err(why), b"", reading)
            }
        }
    }

    /// Turns fields, each a name and a text, into a complaint. A name that comes twice holds several
    /// values.
    #[must_use]
    pub fn fields<'a>(
        &self,
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
        reading: &Reading,
    ) -> RecordEnd {
        let (mut fields, mut bytes) = (Fields::new(&self.plan), String::new());
        for (name, text) in pairs {
            fields.add(name, text);
            bytes += &format!("{name}={text}\n");
        }
        self.end(&fields, Ok(()), bytes.as_bytes(), reading)
    }

    fn end(
        &self,
        fields: &Fields<'_>,
        filled: Result<(), WhyNotRankable>,
        bytes: &[u8],
        reading: &Reading,
    ) -> RecordEnd {
        let mut reader = RecordReader::new(&self.plan, reading, Remembers::Nothing);
        let read = reader.read(fields);
        match filled.and(read) {
            Ok(head) => self.complaint(&reader, &head),
            Err(why) => RecordEnd::NotRankable(Box::new(reader.set_aside(bytes, [0, 0], why))),
        }
    }

    fn complaint(&self, reader: &RecordReader<'_>, head: &Head<'_>) -> RecordEnd {
        let keys = CheckedKeys { unit: head.unit, subject: head.subject, bundle: head.bundle };
        let deadlines = reader.deadlines.iter().cloned();
        let mut complaint = Complaint::of_checked(&head.id, head.received, keys, deadlines)
            .with_stage(head.stage)
            .with_origin(head.origin);
        let items = self.plan.codebook.items();
        for (item, &code) in items.iter().zip(&reader.codes) {
            if let Some(answer) = item.answer(code) {
                complaint.set_answer(item.id.as_str(), answer.id.as_str());
            }
        }
        for &(item, time) in &reader.known {
            let answer = items[item].answer_id(reader.codes[item]);
            complaint.set_answer_known_at(items[item].id.as_str(), answer, time);
        }
        if reader.not_understood.is_empty() {
            return RecordEnd::Understood(complaint);
        }
        for what in &reader.not_understood {
            complaint.add_not_understood(what.clone());
        }
        RecordEnd::PartlyUnderstood(complaint)
    }
}
