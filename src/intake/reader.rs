//! From the fields of one record to a complaint: what is understood, and what is told.

mod answers;
mod dates;

use std::borrow::Cow;

use super::cache::CellCache;
use super::cells::{Cells, first_filled, shown};
use super::plan::{KeySource, Plan, origin_of, stage_of};
use crate::Timestamp;
use crate::backlog::{MappedRow, Reading, WhyNotRankable, id_fault, key};
use crate::codebook::Stage;
use crate::complaint::{Deadline, NotUnderstood, Origin, WhyNotUnderstood};

pub(super) use answers::cell_code;

/// One column that one item is read from.
#[derive(Debug)]
struct Use {
    column: usize,
    /// Place in [`Plan::items`].
    source: usize,
    /// Place in the codebook of the item that it answers.
    item: usize,
    /// Whether no other column answers the item.
    alone: bool,
    /// Whether nothing else does, a constant neither: what the cell says is all there is.
    is_plain: bool,
    /// Without it every cell is worked out anew.
    cache: Option<CellCache>,
}

/// Reads records one after another, with the memory of those before.
#[derive(Debug)]
pub(super) struct RecordReader<'p> {
    pub(super) plan: &'p Plan,
    pub(super) reading: &'p Reading,
    uses: Vec<Use>,
    constants: Vec<(usize, u8)>,
    /// Places in [`Plan::items`] of those that say when they became known.
    dated: Vec<usize>,
    /// Items of the codebook that can be known from a later stage on than the first, each with that stage.
    later: Vec<(usize, Stage)>,
    /// By item of the codebook.
    pub(super) codes: Vec<u8>,
    pub(super) known: Vec<(usize, Timestamp)>,
    pub(super) deadlines: Vec<Deadline>,
    pub(super) not_understood: Vec<NotUnderstood>,
    /// Of a record that cannot be ranked for another reason.
    pub(super) id_set_aside: Option<String>,
}

/// What a record says besides its answers.
#[derive(Debug)]
pub(super) struct Head<'c> {
    pub(super) id: Cow<'c, str>,
    pub(super) trimmed: bool,
    pub(super) received: Timestamp,
    /// Whether that is what it says, and does not stand in for it.
    pub(super) has_time: bool,
    pub(super) unit: Option<&'c str>,
    pub(super) subject: Option<&'c str>,
    pub(super) bundle: Option<&'c str>,
    pub(super) stage: Stage,
    pub(super) origin: Origin,
}

impl<'p> RecordReader<'p> {
    /// For many records; without `remembers`, for one.
    pub(super) fn new(plan: &'p Plan, reading: &'p Reading, remembers: Remembers) -> Self {
        let mut uses = Vec::new();
        for (source, item) in plan.items.iter().enumerate() {
            for &column in &item.columns {
                let cache = (remembers == Remembers::Cells).then(CellCache::new);
                let alone = item.columns.len() == 1;
                let is_plain = alone && item.constant.is_none();
                uses.push(Use { column, source, item: item.item, alone, is_plain, cache });
            }
        }
        let constants = plan.items.iter().filter_map(|item| Some((item.item, item.constant?)));
        let items = plan.items.iter().enumerate();
        let dated = items.filter(|(_, item)| item.known_at.is_some()).map(|(position, _)| position);
        let stages = plan.codebook.items().iter().map(|item| item.stage).enumerate();
        let later = stages.filter(|(_, stage)| *stage > Stage::default());
        RecordReader {
            plan,
            reading,
            uses,
            constants: constants.collect(),
            dated: dated.collect(),
            later: later.collect(),
            codes: vec![0; plan.codebook.items().len()],
            known: Vec::new(),
            deadlines: Vec::new(),
            not_understood: Vec::new(),
            id_set_aside: None,
        }
    }

    /// By number of use: the column that is read, as a place in [`Plan::names`].
    pub(super) fn columns_of_uses(plan: &Plan) -> impl Iterator<Item = usize> {
        plan.items.iter().flat_map(|item| item.columns.iter().copied())
    }

    /// Reads a record. Its answers are read in any case.
    pub(super) fn read<'c>(
        &mut self,
        cells: &'c (impl Cells + ?Sized),
    ) -> Result<Head<'c>, WhyNotRankable>
    where
        'p: 'c,
    {
        self.known.clear();
        self.deadlines.clear();
        self.not_understood.clear();
        self.id_set_aside = None;
        self.answers(cells);
        self.known_times(cells);
        self.read_deadlines(cells);
        let (id, trimmed) = self.id(cells)?;
        let marks = self.not_understood.len();
        let received = match self.received(cells) {
            Ok(received) => received,
            Err(why) => {
                self.id_set_aside = Some(id.into_owned());
                return Err(why);
            }
        };
        let head = Head {
            id,
            trimmed,
            received,
            has_time: self.not_understood.len() == marks,
            unit: self.key("unit", &self.plan.unit, cells),
            subject: self.key("subject", &self.plan.subject, cells),
            bundle: self.key("bundle", &self.plan.bundle, cells),
            stage: self.word("stage", &self.plan.stage, stage_of, cells).unwrap_or_default(),
            origin: self.word("origin", &self.plan.origin, origin_of, cells).unwrap_or_default(),
        };
        let answered = self.later.iter().filter(|(item, _)| self.codes[*item] != 0);
        let stage = answered.fold(head.stage, |stage, (_, of_item)| stage.max(*of_item));
        if self.reading.strict
            && let Some(what) = self.not_understood.first()
        {
            let why = WhyNotRankable::Strict { what: what.clone() };
            self.id_set_aside = Some(head.id.into_owned());
            return Err(why);
        }
        Ok(Head { stage, ..head })
    }

    /// A record that was read, as a row.
    pub(super) fn row<'a>(&'a self, head: &'a Head<'_>) -> MappedRow<'a> {
        MappedRow {
            id: &head.id,
            received: head.received,
            unit: head.unit,
            subject: head.subject,
            bundle: head.bundle,
            stage: head.stage,
            origin: head.origin,
            deadlines: &self.deadlines,
            codes: &self.codes,
            known: &self.known,
            not_understood: &self.not_understood,
        }
    }

    fn id<'c>(
        &self,
        cells: &'c (impl Cells + ?Sized),
    ) -> Result<(Cow<'c, str>, bool), WhyNotRankable> {
        let filled = first_filled(&self.plan.id, cells).ok_or(WhyNotRankable::NoId)?;
        let unreadable = |fault| WhyNotRankable::Id { id: shown(filled), fault };
        let text = std::str::from_utf8(filled).map_err(|_| unreadable("is not UTF-8 text"))?;
        if !text.is_ascii() && text.contains(char::REPLACEMENT_CHARACTER) {
            return Err(unreadable("holds letters that could not be read"));
        }
        let (id, trimmed) = id_fault(text)?;
        if self.plan.id_prefix.is_empty() {
            return Ok((Cow::Borrowed(id), trimmed));
        }
        let id = format!("{}{id}", self.plan.id_prefix);
        id_fault(&id)?;
        Ok((Cow::Owned(id), trimmed))
    }

    fn key<'c>(
        &mut self,
        name: &str,
        source: &'p KeySource,
        cells: &'c (impl Cells + ?Sized),
    ) -> Option<&'c str>
    where
        'p: 'c,
    {
        let Some(filled) = first_filled(&source.columns, cells) else {
            return source.constant.as_deref();
        };
        let read = std::str::from_utf8(filled).map_err(|_| WhyNotUnderstood::NotText);
        match read.and_then(|text| key(source.meaning(text))) {
            Ok(read) => read,
            Err(why) => {
                self.not_understood.push(NotUnderstood::new(name, &shown(filled), why));
                None
            }
        }
    }

    fn word<T>(
        &mut self,
        name: &str,
        source: &KeySource,
        read: fn(&str) -> Option<T>,
        cells: &(impl Cells + ?Sized),
    ) -> Option<T> {
        let Some(filled) = first_filled(&source.columns, cells) else {
            return source.constant.as_deref().and_then(read);
        };
        let text = String::from_utf8_lossy(filled);
        let found = read(source.meaning(&text));
        if found.is_none() {
            let why = WhyNotUnderstood::NotListed { nearest: None };
            self.not_understood.push(NotUnderstood::new(name, &text, why));
        }
        found
    }
}

/// Whether a reader keeps what cells said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remembers {
    Cells,
    Nothing,
}
