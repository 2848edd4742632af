//! What the fields of one line say.

use super::KNOWN_AT;
use super::short::ShortAnswers;
use super::values::{LineError, deadlines, key, origin, stage, text, time};
use crate::Timestamp;
use crate::backlog::columns::{Due, DueKind, Row};
use crate::backlog::words::Answers;
use crate::backlog::{BacklogBuilder, Packing, ReadError};
use crate::codebook::{Codebook, Item, Stage};
use crate::complaint::{Origin, Unlisted, check_name, unlisted_answer};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Id,
    Received,
    Unit,
    Subject,
    Bundle,
    Stage,
    Origin,
    Deadlines,
    Item(usize),
    KnownAt(usize),
    /// Not in the codebook, and reported: its place in the list of such columns.
    Unlisted(usize),
}

/// What to do with the next fields of a line.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// They answer so many items, in the order of the codebook, from this one on.
    Items {
        first: usize,
        count: usize,
    },
    Field(Column),
}

impl Step {
    /// The steps for all columns but the last, behind which there is no comma.
    fn of(columns: &[Column]) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        for &column in columns.split_last().map_or(columns, |(_, before)| before) {
            match (column, steps.last_mut()) {
                (Column::Item(item), Some(Step::Items { first, count }))
                    if item == *first + *count =>
                {
                    *count += 1;
                }
                (Column::Item(first), _) => steps.push(Step::Items { first, count: 1 }),
                _ => steps.push(Step::Field(column)),
            }
        }
        steps
    }
}

/// Why a field is refused.
#[derive(Debug)]
pub(super) enum FieldError {
    /// It is not among the answers of this item.
    Answer(usize),
    Line(LineError),
}

impl From<LineError> for FieldError {
    fn from(error: LineError) -> Self {
        FieldError::Line(error)
    }
}

/// What one line says, borrowed from the text.
#[derive(Debug)]
pub(super) struct Line<'a> {
    id: &'a str,
    received: Timestamp,
    unit: Option<&'a str>,
    subject: Option<&'a str>,
    bundle: Option<&'a str>,
    stage: Stage,
    origin: Origin,
    deadlines: Vec<Due<'a>>,
    pub(super) codes: Vec<u8>,
    known: Vec<(usize, Timestamp)>,
    /// Places in the list of unlisted columns.
    unlisted: Vec<usize>,
}

impl<'a> Line<'a> {
    /// Makes the line blank but for its codes: each line sets those of every column that there
    /// is, and the others stay 0.
    pub(super) fn clear(&mut self) {
        self.deadlines.clear();
        self.known.clear();
        self.unlisted.clear();
        (self.unit, self.subject, self.bundle) = (None, None, None);
        (self.stage, self.origin) = (Stage::Intake, Origin::NotStated);
    }

    /// A line with nothing in it, for this many items.
    fn empty(items: usize) -> Self {
        Line {
            id: "",
            received: Timestamp::MIN,
            unit: None,
            subject: None,
            bundle: None,
            stage: Stage::Intake,
            origin: Origin::NotStated,
            deadlines: Vec::new(),
            codes: vec![0; items],
            known: Vec::new(),
            unlisted: Vec::new(),
        }
    }

    /// A blank line that uses the memory of another.
    pub(super) fn blank(other: Line<'_>) -> Self {
        let Line { mut deadlines, mut codes, mut known, mut unlisted, .. } = other;
        deadlines.clear();
        codes.fill(0);
        known.clear();
        unlisted.clear();
        Line {
            // Nothing is in it; collecting in place keeps the memory for another lifetime.
            deadlines: deadlines
                .into_iter()
                .map(|Due { due, .. }| Due { due, kind: DueKind::Statutory })
                .collect(),
            codes,
            known,
            unlisted,
            ..Line::empty(0)
        }
    }

    pub(super) fn row(&self) -> Row<'_> {
        Row {
            id: self.id,
            received: self.received,
            unit: self.unit,
            subject: self.subject,
            bundle: self.bundle,
            stage: self.stage,
            origin: self.origin,
            deadlines: &self.deadlines,
            codes: &self.codes,
            known: &self.known,
        }
    }
}

/// The heading, held against the codebook, and what is needed to read lines under it.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) columns: Vec<Column>,
    pub(super) steps: Vec<Step>,
    /// Names of columns that the codebook does not list.
    pub(super) unlisted: Vec<String>,
    codebook: Codebook,
    pub(super) packing: Packing,
    as_of: Option<Timestamp>,
    /// By item.
    answers: Vec<Answers>,
    /// By item.
    pub(super) short: Vec<ShortAnswers>,
    /// By item, one bit each.
    stages: Vec<u8>,
    /// From the first item to the last that is not answered at intake.
    later: std::ops::Range<usize>,
}

impl Form {
    pub(super) fn new<'a>(
        builder: &BacklogBuilder,
        heading: impl Iterator<Item = &'a [u8]>,
    ) -> Result<Self, ReadError> {
        let items = builder.codebook.items();
        let is_later = |item: &Item| item.stage != Stage::Intake;
        let later = items.iter().position(is_later).unwrap_or(items.len());
        let mut form = Form {
            columns: Vec::new(),
            steps: Vec::new(),
            unlisted: Vec::new(),
            codebook: builder.codebook.clone(),
            packing: builder.packing.clone(),
            as_of: builder.as_of,
            answers: items.iter().map(Answers::of).collect(),
            short: items.iter().map(ShortAnswers::of).collect(),
            stages: items.iter().map(|item| 1 << item.stage as u8).collect(),
            later: later..items.iter().rposition(is_later).map_or(later, |last| last + 1),
        };
        let mut seen = std::collections::BTreeSet::new();
        for name in heading {
            let name = std::str::from_utf8(name).map_err(|_| ReadError::HeadingNotText)?.trim();
            if !seen.insert(name) {
                return Err(ReadError::RepeatedColumn { column: name.to_owned() });
            }
            let column = form.column(name, builder.unlisted)?;
            form.columns.push(column);
        }
        for (needed, column) in [(Column::Id, "id"), (Column::Received, "received")] {
            if !form.columns.contains(&needed) {
                return Err(ReadError::MissingColumn { column });
            }
        }
        form.steps = Step::of(&form.columns);
        Ok(form)
    }

    fn column(&mut self, name: &str, unlisted: Unlisted) -> Result<Column, ReadError> {
        let item = |name: &str| self.codebook.item_place(name);
        let known_at = || item(name.strip_suffix(KNOWN_AT)?).map(Column::KnownAt);
        Ok(match name {
            "id" => Column::Id,
            "received" => Column::Received,
            "unit" => Column::Unit,
            "subject" => Column::Subject,
            "bundle" => Column::Bundle,
            "stage" => Column::Stage,
            "origin" => Column::Origin,
            "deadlines" => Column::Deadlines,
            _ => match item(name).map(Column::Item).or_else(known_at) {
                Some(column) => column,
                None if unlisted == Unlisted::Report => {
                    self.unlisted.push(name.to_owned());
                    Column::Unlisted(self.unlisted.len() - 1)
                }
                None => {
                    return Err(ReadError::UnlistedColumn {
                        column: name.chars().take(80).collect(),
                        nearest: self.codebook.nearest_item(name).map(str::to_owned),
                    });
                }
            },
        })
    }

    /// A line with nothing in it.
    pub(super) fn line(&self) -> Line<'static> {
        Line::empty(self.codebook.items().len())
    }

    /// Reads all fields of a line.
    pub(super) fn read<'a>(
        &self,
        fields: &(impl ExactSizeIterator<Item = &'a [u8]> + Clone),
        line: &mut Line<'a>,
    ) -> Result<(), LineError> {
        let (found, expected) = (fields.len(), self.columns.len());
        if found != expected {
            return Err(LineError::Fields { found, expected });
        }
        for (&column, field) in self.columns.iter().zip(fields.clone()) {
            self.field(column, field, line).map_err(|error| match error {
                FieldError::Line(error) => error,
                FieldError::Answer(item) => self.unlisted_answer(item, field, fields.clone()),
            })?;
        }
        self.complete(line);
        Ok(())
    }

    /// The error for a field that is not among an item's answers.
    #[cold]
    fn unlisted_answer<'a>(
        &self,
        item: usize,
        field: &[u8],
        mut fields: impl Iterator<Item = &'a [u8]>,
    ) -> LineError {
        let id = self.columns.iter().position(|&column| column == Column::Id);
        let id = id.and_then(|place| fields.nth(place)).unwrap_or_default();
        let item = &self.codebook.items()[item];
        let (id, field) = (String::from_utf8_lossy(id), String::from_utf8_lossy(field));
        unlisted_answer(&id, item, &field).into()
    }

    /// Reads one field.
    #[inline]
    pub(super) fn field<'a>(
        &self,
        column: Column,
        field: &'a [u8],
        line: &mut Line<'a>,
    ) -> Result<(), FieldError> {
        match column {
            Column::Item(item) => {
                line.codes[item] = self.code(item, field).ok_or(FieldError::Answer(item))?;
            }
            Column::Id => {
                line.id = text("id", field)?;
                check_name("id", line.id).map_err(LineError::from)?;
            }
            Column::Received => line.received = time("received", field)?,
            Column::Unit => line.unit = key("unit", field)?,
            Column::Subject => line.subject = key("subject", field)?,
            Column::Bundle => line.bundle = key("bundle", field)?,
            Column::Stage => line.stage = stage(field)?,
            Column::Origin => line.origin = origin(field)?,
            Column::Deadlines => deadlines(field, &mut line.deadlines)?,
            Column::KnownAt(item) => {
                if !field.trim_ascii().is_empty() {
                    line.known.push((item, time("known_at", field)?));
                }
            }
            Column::Unlisted(place) => {
                if !field.trim_ascii().is_empty() {
                    line.unlisted.push(place);
                }
            }
        }
        Ok(())
    }

    /// The code of an answer, if the item has it.
    #[inline]
    pub(super) fn code(&self, item: usize, field: &[u8]) -> Option<u8> {
        self.answers[item].code(&self.codebook.items()[item], field)
    }

    /// What all fields of a line say together.
    #[inline]
    pub(super) fn complete(&self, line: &mut Line<'_>) {
        if !line.known.is_empty() {
            if let Some(as_of) = self.as_of {
                for &(item, known_at) in &line.known {
                    if known_at > as_of {
                        line.codes[item] = 0;
                    }
                }
            }
            let codes = &line.codes;
            line.known.retain(|&(item, _)| codes[item] != 0);
            line.known.sort_unstable_by_key(|&(item, _)| item);
        }
        let later = self.later.clone();
        let answered = line.codes[later.clone()].iter().zip(&self.stages[later]);
        // A bit per stage, in plain steps, so that many items are looked at together.
        let stages = answered.fold(0, |stages, (&code, &stage)| {
            stages | stage & 0_u8.wrapping_sub(u8::from(code != 0))
        });
        for stage in [Stage::Field, Stage::PostSearch] {
            if stages >> stage as u8 & 1 == 1 {
                line.stage = line.stage.max(stage);
            }
        }
    }

    /// The unlisted columns that a line fills in.
    pub(super) fn unlisted_of<'a>(&'a self, line: &'a Line<'_>) -> impl Iterator<Item = &'a str> {
        line.unlisted.iter().map(|&place| &*self.unlisted[place])
    }
}
