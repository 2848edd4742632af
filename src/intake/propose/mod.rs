//! A first mapping from a sample of a source, and the questions that it leaves.

mod names;
mod question;
mod sample;
mod times;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use semver::Version;

pub use question::Question;

use super::error::SourceError;
use super::mapping::{
    ComplaintDraft, IdDraft, ItemDraft, KeyDraft, MAPPING_FORMAT, Mapping, MappingDraft,
    MappingError, Names, NumbersDraft, TimeDraft, TimesDraft,
};
use super::times::TimeRule;
use crate::backlog::{IntakeReport, Repeated};
use crate::codebook::{Codebook, Item, NEAR, nearness};
use names::{Sure, item_of, part_of};
use sample::{Sample, SampleColumn, is_one};

/// By how much it must be nearer to that item than to any other.
const AHEAD: u32 = 50;
/// How many ids and items a question names.
const MOST_NAMED: usize = 5;

/// The end of the name of a column with the times at which answers became known.
const KNOWN_AT: &str = ".known_at";

/// A draft of a mapping, and what a person has to decide before it is used.
///
/// ```
/// use caserank::Codebook;
/// use caserank::intake::Mapping;
/// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy-codebook.json"));
/// # let codebook = Codebook::from_json(json)?;
/// let sample = b"Case No;Date Received;Urgent?\n7;01/04/2026;Y\n8;02/04/2026;n/a\n";
/// let proposal = Mapping::propose(sample, &codebook)?;
/// let questions: Vec<String> = proposal.questions().iter().map(ToString::to_string).collect();
/// assert!(questions.iter().any(|question| question.contains("the day or with the month")));
/// // Once they are answered, the draft is a mapping.
/// let mut draft = proposal.into_draft();
/// draft.times.forms = vec![caserank::intake::TimeForm::DayFirst];
/// let mapping = Mapping::from_draft(draft)?;
/// assert_eq!(mapping.draft().items["urgent"].words["Y"].as_deref(), Some("yes"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    draft: MappingDraft,
    questions: Vec<Question>,
}

impl Proposal {
    /// What the sample shows. Where a column for id or time was not found its `from` is empty, and
    /// the draft is no mapping yet.
    #[must_use]
    pub fn draft(&self) -> &MappingDraft {
        &self.draft
    }

    /// The draft, to be edited.
    #[must_use]
    pub fn into_draft(self) -> MappingDraft {
        self.draft
    }

    /// What is left open, in the order in which it matters.
    #[must_use]
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// Lets items be read that came up behind the sample: keys of JSON under an item's own name, which few records have.
    /// `report` is that of a reading by this draft; gives back how many there are. Read again where there are any.
    ///
    /// ```
    /// use caserank::Codebook;
    /// use caserank::backlog::Reading;
    /// use caserank::intake::Mapping;
    /// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy-codebook.json"));
    /// # let codebook = Codebook::from_json(json)?;
    /// let sample = b"{\"id\": 1, \"received\": \"2026-04-17\", \"prior_reports\": 3}\n";
    /// let whole = [&sample[..], b"{\"id\": 2, \"received\": \"2026-04-17\", \"urgent\": \"yes\"}\n"].concat();
    /// let mut proposal = Mapping::propose(sample, &codebook)?;
    /// let intake = proposal.mapping()?.read(&codebook, &whole[..], &Reading::new())?;
    /// assert_eq!(proposal.add_late_items(intake.report(), &codebook), 1);
    /// let intake = proposal.mapping()?.read(&codebook, &whole[..], &Reading::new())?;
    /// assert_eq!(intake.backlog().codes()[[1, 0]], 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn add_late_items(&mut self, report: &IntakeReport, codebook: &Codebook) -> usize {
        let mut added = 0;
        for column in report.unmatched() {
            let Some(item) = item_of(codebook, Draft::own_name(column.name())) else { continue };
            let entry = self.draft.items.entry(item.id.clone()).or_default();
            entry.from.0.push(column.name().to_owned());
            added += 1;
        }
        added
    }

    /// The draft as a mapping, whatever is left open.
    ///
    /// # Errors
    /// [`MappingError`] where a part is missing that every mapping needs.
    pub fn mapping(&self) -> Result<Mapping, MappingError> {
        Mapping::from_draft(self.draft.clone())
    }
}

impl fmt::Display for Proposal {
    /// The questions, one a line.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (items, open) = (self.draft.items.len(), self.questions.len());
        write!(out, "{items} items found, {open} questions")?;
        self.questions.iter().try_for_each(|question| write!(out, "\n  {question}"))
    }
}

impl Mapping {
    /// Drafts a mapping from a sample of a source: its form, the columns with the names of items or
    /// names near them, the words seen, how times are written; and asks what it cannot decide.
    /// Whether day or month comes first is taken from dates that can be read in one way alone,
    /// never guessed.
    ///
    /// The sample is the source, or its beginning: some hundred rows show most of what there is.
    ///
    /// # Errors
    /// [`SourceError::Kind`] for a file that is neither table nor JSON, with the way out.
    pub fn propose(sample: &[u8], codebook: &Codebook) -> Result<Proposal, SourceError> {
        let weight = |name: &str| {
            let item = item_of(codebook, name);
            let near = || codebook.items().iter().any(|item| nearness(name, item) >= NEAR);
            match (part_of(name), item) {
                (_, Some(_)) | (Some((_, Sure::Exact)), _) => 4,
                (Some(_), None) => 3,
                (None, None) => usize::from(near()),
            }
        };
        let sample = Sample::read(sample, &weight)?;
        Ok(Draft::new(codebook, sample).finish())
    }
}

/// A draft in the making.
struct Draft<'a> {
    codebook: &'a Codebook,
    sample: Sample,
    /// By place of the column: whether something reads it.
    read: Vec<bool>,
    parts: BTreeMap<&'static str, usize>,
    items: BTreeMap<String, ItemDraft>,
    missing: words::Missing,
    times: TimesDraft,
    questions: Vec<Question>,
}

impl<'a> Draft<'a> {
    fn new(codebook: &'a Codebook, sample: Sample) -> Self {
        let read = vec![false; sample.columns.len()];
        Draft {
            codebook,
            sample,
            read,
            parts: BTreeMap::new(),
            items: BTreeMap::new(),
            missing: words::Missing::default(),
            times: TimesDraft::default(),
            questions: Vec::new(),
        }
    }

    /// The last key of a path, and the name without a list that answers are kept in.
    fn own_name(name: &str) -> &str {
        name.strip_prefix("answers.")
            .map_or(name, |name| name.strip_suffix(".value").unwrap_or(name))
    }

    fn find_parts(&mut self) {
        let parts = ["id", "received", "unit", "subject", "bundle", "stage", "origin", "deadlines"];
        for part in parts {
            let columns = self.sample.columns.iter();
            let exact = columns.clone().position(|column| is_one(&column.name, part));
            let usual = || {
                columns.clone().position(|column| {
                    part_of(&column.name).is_some_and(|(found, _)| found == part)
                })
            };
            let Some(column_position) = exact.or_else(usual) else { continue };
            if exact.is_none() {
                let column = self.sample.columns[column_position].name.clone();
                self.questions.push(Question::LikelyPart { column, part });
            }
            self.read[column_position] = true;
            self.parts.insert(part, column_position);
        }
        for part in ["id", "received"] {
            if !self.parts.contains_key(part) {
                let columns = self.sample.columns.iter().map(|column| column.name.clone());
                let columns = columns.filter(|name| !name.is_empty()).collect();
                self.questions.push(Question::NoColumnFor { part, columns });
            }
        }
    }

    fn find_items(&mut self) {
        let columns = self.sample.columns.clone();
        let mut taken = BTreeSet::new();
        for (column_position, column) in columns.iter().enumerate() {
            if let Some(item) = item_of(self.codebook, Self::own_name(&column.name))
                && !self.read[column_position]
            {
                self.read[column_position] = true;
                taken.insert(item.id.clone());
                self.add_item(item, column);
            }
        }
        for (column_position, column) in columns.iter().enumerate() {
            let known = column.name.strip_suffix(KNOWN_AT);
            let known = known.and_then(|name| item_of(self.codebook, Self::own_name(name)));
            if let Some(entry) = known.and_then(|item| self.items.get_mut(&item.id)) {
                self.read[column_position] = true;
                let times = times::times_of(column, &mut self.questions);
                entry.known_at = Some(TimeDraft { from: Names::from(&*column.name), times });
            }
        }
        for (column_position, column) in columns.iter().enumerate() {
            if self.read[column_position] || column.filled == 0 {
                continue;
            }
            let near = self.near_items(column);
            let fitting: Vec<&(u32, &Item)> =
                near.iter().filter(|(_, item)| words::fits(item, column)).collect();
            if let Some(&&(nearness, item)) = fitting.first()
                && nearness >= NEAR
                && fitting.get(1).is_none_or(|next| next.0 + AHEAD <= nearness)
            {
                self.read[column_position] = true;
                let (column_name, item_id) = (column.name.clone(), item.id.clone());
                self.questions.push(Question::NearItem { column: column_name, item: item_id });
                self.add_item(item, column);
                continue;
            }
            let resembles = near.iter().take(MOST_NAMED).map(|(_, item)| item.id.clone());
            self.questions.push(Question::UnmatchedColumn {
                column: column.name.clone(),
                filled: column.filled,
                resembles: resembles.collect(),
                words: column.most_frequent(MOST_NAMED).into_iter().map(|(word, _)| word).collect(),
            });
        }
    }

    /// Items with a name near that of a column, nearest first.
    fn near_items(&self, column: &SampleColumn) -> Vec<(u32, &'a Item)> {
        let name = Self::own_name(&column.name);
        let items = self.codebook.items().iter();
        let mut near: Vec<_> = items.map(|item| (nearness(name, item), item)).collect();
        near.retain(|(nearness, _)| *nearness >= NEAR);
        near.sort_by_key(|(nearness, _)| std::cmp::Reverse(*nearness));
        near
    }

    /// Lets an item be read from a column; from several the most dangerous answer counts.
    fn add_item(&mut self, item: &Item, column: &SampleColumn) {
        let entry =
            words::entry_of(item, column, self.codebook, &mut self.missing, &mut self.questions);
        match self.items.get_mut(&item.id) {
            None => drop(self.items.insert(item.id.clone(), entry)),
            Some(known) => {
                known.from.0.extend(entry.from.0);
                known.words.extend(entry.words);
            }
        }
    }

    fn find_times(&mut self) {
        if let Some(&column_position) = self.parts.get("received") {
            self.times =
                times::times_of(&self.sample.columns[column_position], &mut self.questions);
        }
    }

    /// Records that the draft could not rank, and ids that stand twice.
    fn look_at_records(&mut self) {
        let (Some(&id), Some(&received)) = (self.parts.get("id"), self.parts.get("received"))
        else {
            return;
        };
        let rule = TimeRule::new(&self.times, &TimesDraft::default());
        let any_is_read =
            self.sample.columns[received].words.keys().any(|word| rule.read(word).is_ok());
        let (mut without, mut without_ids) = (0, Vec::new());
        let (mut repeated, mut repeated_ids) = (0, Vec::new());
        let mut seen = BTreeSet::new();
        for record in &self.sample.records {
            let field =
                |column_position: usize| record.get(column_position).map_or("", |field| field);
            let own_id = field(id);
            if any_is_read && rule.read(field(received)).is_err() {
                without += 1;
                without_ids.push(own_id.to_owned());
            }
            if !own_id.is_empty() && !seen.insert(own_id) {
                repeated += 1;
                repeated_ids.push(own_id.to_owned());
            }
        }
        without_ids.truncate(MOST_NAMED);
        repeated_ids.truncate(MOST_NAMED);
        if without > 0 {
            let ids = without_ids;
            self.questions.push(Question::RecordsWithoutTime { records: without, ids });
        }
        if repeated > 0 {
            let ids = repeated_ids;
            self.questions.push(Question::RepeatedIds { records: repeated, ids });
        }
    }

    fn look_at_form(&mut self) {
        if let Some(encoding) = self.sample.guessed_encoding {
            self.questions.push(Question::Encoding { encoding });
        }
        if let super::mapping::SourceForm::Table(table) = &self.sample.form {
            let (above, below) = (table.rows_before_heading, table.rows_after_heading);
            if above > 0 {
                self.questions.push(Question::RowsAboveHeading { rows: above });
            }
            if below > 0 {
                self.questions.push(Question::RowsBelowHeading { rows: below });
            }
        }
    }

    fn finish(mut self) -> Proposal {
        self.find_parts();
        self.find_times();
        self.find_items();
        self.look_at_records();
        self.look_at_form();
        let missing = self.missing.words.clone();
        self.questions.extend(std::mem::take(&mut self.missing).question());
        let name = |part: &str| {
            let column_position = self.parts.get(part)?;
            Some(Names::from(&*self.sample.columns[*column_position].name))
        };
        let key = |part: &str| Some(KeyDraft { from: name(part)?, ..KeyDraft::default() });
        let draft = MappingDraft {
            format_version: MAPPING_FORMAT,
            id: "draft".to_owned(),
            version: Version::new(0, 1, 0),
            description: "Drafted from a sample; not yet looked at by a person.".to_owned(),
            missing_numbers: Vec::new(),
            words: BTreeMap::new(),
            numbers: NumbersDraft::default(),
            complaint: ComplaintDraft {
                id: IdDraft { from: name("id").unwrap_or_default(), prefix: String::new() },
                received: TimeDraft {
                    from: name("received").unwrap_or_default(),
                    times: TimesDraft::default(),
                },
                unit: key("unit"),
                subject: key("subject"),
                bundle: key("bundle"),
                stage: key("stage"),
                origin: key("origin"),
                deadlines: Vec::new(),
                deadline_lists: name("deadlines").unwrap_or_default(),
            },
            ignore: Vec::new(),
            second_row: Repeated::Merge,
            source: self.sample.form,
            missing,
            times: self.times,
            items: self.items,
        };
        let mut questions = self.questions;
        questions.sort_by_key(Question::urgency);
        Proposal { draft, questions }
    }
}
