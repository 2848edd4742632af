//! What the fields of one line say.

use super::line::Line;
use super::short::ShortAnswers;
use super::values::{deadlines, id, key, known_at, origin, received, stage};
use crate::Timestamp;
use crate::backlog::intake::{HeadingNames, NotRankable, WhyNotRankable};
use crate::backlog::words::Answers;
use crate::backlog::{BacklogBuilder, Packing, Reading};
use crate::codebook::{Codebook, Item, Stage};
use crate::complaint::{NotUnderstood, WhyNotUnderstood};

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

/// Why a field alone does not serve.
#[derive(Debug)]
pub(super) enum FieldError {
    /// The record can be ranked without it.
    Unclear(WhyNotUnderstood),
    /// It cannot.
    Needed(WhyNotRankable),
}

impl From<WhyNotUnderstood> for FieldError {
    fn from(why: WhyNotUnderstood) -> Self {
        FieldError::Unclear(why)
    }
}

impl From<WhyNotRankable> for FieldError {
    fn from(why: WhyNotRankable) -> Self {
        FieldError::Needed(why)
    }
}

/// The heading, held against the codebook, and what is needed to read lines under it.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) columns: Vec<Column>,
    pub(super) steps: Vec<Step>,
    /// Names of columns that the codebook does not list.
    pub(super) unlisted: Vec<String>,
    /// Names of columns as they stand in the heading.
    pub(super) names: Vec<String>,
    heading: HeadingNames,
    pub(super) codebook: Codebook,
    pub(super) packing: Packing,
    pub(super) reading: Reading,
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
    /// For columns of these names.
    pub(super) fn new(
        builder: &BacklogBuilder,
        columns: Vec<Column>,
        names: Vec<String>,
        unlisted: Vec<String>,
    ) -> Self {
        let items = builder.codebook.items();
        let is_later = |item: &Item| item.stage != Stage::Intake;
        let later = items.iter().position(is_later).unwrap_or(items.len());
        let of = |wanted| columns.iter().position(|&column| column == wanted).into_iter().collect();
        Form {
            heading: HeadingNames::new(&names, of(Column::Id), of(Column::Received)),
            steps: Step::of(&columns),
            columns,
            names,
            unlisted,
            codebook: builder.codebook.clone(),
            packing: builder.packing.clone(),
            reading: builder.reading.clone(),
            as_of: builder.as_of,
            answers: items.iter().map(Answers::of).collect(),
            short: items.iter().map(ShortAnswers::of).collect(),
            stages: items.iter().map(|item| 1 << item.stage as u8).collect(),
            later: later..items.iter().rposition(is_later).map_or(later, |last| last + 1),
        }
    }

    /// A line with nothing in it.
    pub(super) fn line(&self) -> Line<'static> {
        Line::empty(self.codebook.items().len())
    }

    /// Reads all fields of a record; what is not understood is kept with it.
    pub(super) fn read<'a>(
        &self,
        fields: &[&'a [u8]],
        line: &mut Line<'a>,
    ) -> Result<(), WhyNotRankable> {
        let (found, expected) = (fields.len(), self.columns.len());
        if found != expected {
            return Err(WhyNotRankable::Fields { found, expected });
        }
        let mut fault = None;
        for (position, (&column, &field)) in self.columns.iter().zip(fields).enumerate() {
            if let Column::Item(item) = column {
                line.codes[item] = 0;
            }
            match self.field(column, field, line) {
                Ok(()) => {}
                Err(FieldError::Unclear(why)) => {
                    line.not_understood.push(self.not_understood(position, field, why));
                }
                Err(FieldError::Needed(_))
                    if column == Column::Received
                        && self
                            .heading
                            .are_not_those_of(fields.iter().copied(), &self.codebook) =>
                {
                    return Err(WhyNotRankable::OtherHeading);
                }
                Err(FieldError::Needed(why)) => match (column, self.reading.time_of_intake) {
                    (Column::Received, Some(now)) => {
                        line.received = now;
                        let why = WhyNotUnderstood::ReceivedAtIntake;
                        line.not_understood.push(self.not_understood(position, field, why));
                    }
                    _ => fault = fault.or(Some(why)),
                },
            }
        }
        self.complete(line);
        match line.not_understood.first() {
            _ if fault.is_some() => Err(fault.unwrap_or(WhyNotRankable::NoId)),
            Some(what) if self.reading.strict => Err(WhyNotRankable::Strict { what: what.clone() }),
            _ => Ok(()),
        }
    }

    #[cold]
    fn not_understood(
        &self,
        position: usize,
        field: &[u8],
        why: WhyNotUnderstood,
    ) -> NotUnderstood {
        // Little more than what is kept in the end.
        let field = field.trim_ascii();
        let text = String::from_utf8_lossy(&field[..field.len().min(400)]);
        let what = NotUnderstood::new(self.column_name(self.columns[position]), &text, why);
        let name = self.names[position].as_str();
        if name == what.item() { what } else { what.in_column(name) }
    }

    /// What a column is read as.
    pub(super) fn column_name(&self, column: Column) -> &str {
        match column {
            Column::Id => "id",
            Column::Received => "received",
            Column::Unit => "unit",
            Column::Subject => "subject",
            Column::Bundle => "bundle",
            Column::Stage => "stage",
            Column::Origin => "origin",
            Column::Deadlines => "deadlines",
            Column::Item(item) | Column::KnownAt(item) => &self.codebook.items()[item].id,
            Column::Unlisted(position) => &self.unlisted[position],
        }
    }

    /// A record that cannot be ranked, with every answer that one of its cells may be.
    #[cold]
    pub(super) fn set_aside(
        &self,
        bytes: &[u8],
        fields: &[&[u8]],
        why: WhyNotRankable,
    ) -> NotRankable {
        let mut record = NotRankable::new(bytes.to_vec(), why);
        let of_id = self.columns.iter().position(|column| *column == Column::Id);
        // Where cells are missing or too many, only what stands first stands where it should, and what stands alone may be cut.
        let is_sure = |position: &usize| {
            fields.len() == self.columns.len() || *position == 0 && fields.len() > 1
        };
        let field = of_id.filter(is_sure).and_then(|position| fields.get(position));
        let field = field.filter(|field| !field.contains(&b'"'));
        if let Some(Ok((id, _))) = field.map(|field| id(field)) {
            record = record.with_id(id);
        }
        if bytes.contains(&b'\n') {
            return self.any_answer(record);
        }
        let (found, expected) = (fields.len(), self.columns.len());
        // Where cells are missing or too many, each may stand that many places off.
        let off = found.abs_diff(expected).min(fields.len());
        for (position, &column) in self.columns.iter().enumerate() {
            let Column::Item(item) = column else { continue };
            let from = position.saturating_sub(if found < expected { off } else { 0 });
            let to =
                (position + if found > expected { off } else { 0 }).min(found.saturating_sub(1));
            let mut seen = Vec::new();
            for field in fields.get(from..=to).unwrap_or_default() {
                // A stray quote does not hide an answer.
                let field = field.trim_ascii();
                let field = field.strip_prefix(b"\"").unwrap_or(field);
                let field = field.strip_suffix(b"\"").unwrap_or(field);
                match self.code(item, field) {
                    Some(code) if code != 0 && !seen.contains(&code) => {
                        seen.push(code);
                        record = record.with_answer_at(item, code);
                    }
                    _ => {}
                }
                // Hostile lines have many cells; what they may be is known by then.
                if seen.len() >= self.codebook.items()[item].answers.len() {
                    break;
                }
            }
        }
        record
    }

    /// Every answer that any part of a record over several lines may be.
    fn any_answer(&self, record: NotRankable) -> NotRankable {
        let bytes = record.bytes.clone();
        let parts = bytes.split(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'));
        let short = parts.map(<[u8]>::trim_ascii).filter(|part| (1..=64).contains(&part.len()));
        let parts: std::collections::BTreeSet<&[u8]> = short.collect();
        let items = self.columns.iter().filter_map(|column| match column {
            Column::Item(item) => Some(*item),
            _ => None,
        });
        let answers = items.flat_map(|item| {
            let codes = parts.iter().filter_map(move |part| self.code(item, part));
            let codes: std::collections::BTreeSet<u8> = codes.filter(|code| *code != 0).collect();
            codes.into_iter().map(move |code| (item, code))
        });
        answers.fold(record, |record, (item, code)| record.with_answer_at(item, code))
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
            Column::Item(item) => match self.code(item, field) {
                Some(code) => line.codes[item] = code,
                None => return Err(self.unclear(item, field)),
            },
            Column::Id => (line.id, line.trimmed) = id(field)?,
            Column::Received => line.received = received(field)?,
            Column::Unit => line.unit = key(field)?,
            Column::Subject => line.subject = key(field)?,
            Column::Bundle => line.bundle = key(field)?,
            Column::Stage => line.stage = stage(field)?,
            Column::Origin => line.origin = origin(field)?,
            Column::Deadlines => {
                let found = &mut line.not_understood;
                deadlines(field, &mut line.deadlines, |part, why| {
                    found.push(NotUnderstood::new("deadlines", part, why));
                })?;
            }
            Column::KnownAt(item) => {
                if !field.trim_ascii().is_empty() {
                    line.known.push((item, known_at(field)?));
                }
            }
            Column::Unlisted(position) => {
                if !field.trim_ascii().is_empty() {
                    line.unlisted.push(position);
                }
            }
        }
        Ok(())
    }

    #[cold]
    fn unclear(&self, item: usize, field: &[u8]) -> FieldError {
        let why = self.codebook.items()[item].understand(field).err();
        FieldError::Unclear(why.unwrap_or(WhyNotUnderstood::NotListed { nearest: None }))
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
        line.unlisted.iter().map(|&position| &*self.unlisted[position])
    }
}
