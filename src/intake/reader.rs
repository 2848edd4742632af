//! From the fields of one record to a complaint: what is understood, and what is told.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::cache::{CellCache, CellCode};
use super::mapping::Take;
use super::plan::{BETWEEN_VALUES, ItemSource, KeySource, Plan, TimeSource, origin_of, stage_of};
use super::times::{NotATime, TimeRead};
use crate::Timestamp;
use crate::backlog::{
    CellTime, EARLIEST_RECEIVED, LATEST_RECEIVED, MOST_DEADLINES, MappedRow, Reading,
    WhyNotRankable, id_fault, key, more_dangerous,
};
use crate::base::SECONDS_PER_DAY;
use crate::base::text::cut;
use crate::codebook::Stage;
use crate::complaint::{Deadline, DeadlineKind, NotUnderstood, Origin, WhyNotUnderstood};

/// The most letters of a text in a message.
const MOST_SHOWN: usize = 40;

/// The fields of a record, by place in [`Plan::names`]; blank where the source has none.
pub(super) trait Cells {
    fn cell(&self, column: usize) -> &[u8];

    /// The code of the cell that the reader's `number`-th use of a column asks for, where the source has worked it
    /// out and all of the cell was understood.
    fn code(&self, _number: usize) -> Option<u8> {
        None
    }

    /// The key of the short cell (`cache::short_key_at`) that the reader's `number`-th use asks for, where the source
    /// can give it at once; 0 for a blank one.
    fn short_key(&self, _number: usize) -> Option<u64> {
        None
    }

    /// Whether something stands in the field.
    fn is_filled(&self, column: usize) -> bool {
        !self.cell(column).trim_ascii().is_empty()
    }

    /// The time in the field, where the source holds times as such.
    fn time(&self, _column: usize) -> Option<CellTime> {
        None
    }

    /// The times in the field, where the source holds lists of them.
    fn times(&self, _column: usize) -> Option<Vec<CellTime>> {
        None
    }
}

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
}

/// What a record says besides its answers.
#[derive(Debug)]
pub(super) struct Head<'c> {
    pub(super) id: Cow<'c, str>,
    pub(super) trimmed: bool,
    pub(super) received: Timestamp,
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
        self.answers(cells);
        self.known_times(cells);
        self.read_deadlines(cells);
        let (id, trimmed) = self.id(cells)?;
        let received = self.received(cells)?;
        let head = Head {
            id,
            trimmed,
            received,
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
            return Err(WhyNotRankable::Strict { what: what.clone() });
        }
        Ok(Head { stage, ..head })
    }

    /// By number of use: the column that is read, and whether a code alone says what a cell says, so that a source
    /// may work out codes beforehand.
    #[cfg(feature = "arrow-59")]
    pub(super) fn coded_uses(&self) -> Vec<(usize, bool)> {
        let plan = self.plan;
        let is_plain = |source: usize| plan.items[source].constant.is_none();
        self.uses.iter().map(|used| (used.column, is_plain(used.source))).collect()
    }

    /// The code of a cell for the use of this number, where all of it is understood.
    #[cfg(feature = "arrow-59")]
    pub(super) fn code_of(&mut self, number: usize, cell: &[u8]) -> Option<u8> {
        let RecordReader { plan, reading, uses, .. } = self;
        let used = &mut uses[number];
        let source = &plan.items[used.source];
        let work_out = |cell: &[u8]| cell_code(plan, reading, source, cell);
        let found = match &mut used.cache {
            Some(cache) => cache.get(cell, work_out),
            None => work_out(cell),
        };
        found.understood.then_some(found.code)
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

    fn answers(&mut self, cells: &(impl Cells + ?Sized)) {
        self.codes.fill(0);
        for &(item, code) in &self.constants {
            self.codes[item] = code;
        }
        let RecordReader { plan, reading, uses, codes, not_understood, .. } = self;
        for (number, used) in uses.iter_mut().enumerate() {
            if used.is_plain
                && let Some(cache) = &used.cache
                && let Some(key) = cells.short_key(number)
                && let Some(code) = cache.get_short(key)
            {
                codes[used.item] = code;
                continue;
            }
            let source = &plan.items[used.source];
            let found = if let Some(code) = cells.code(number) {
                CellCode { code, understood: true }
            } else {
                let cell = cells.cell(used.column);
                if cell.is_empty() {
                    continue;
                }
                let work_out = |cell: &[u8]| cell_code(plan, reading, source, cell);
                let found = match &mut used.cache {
                    Some(cache) => cache.get(cell, work_out),
                    None => work_out(cell),
                };
                if !found.understood {
                    tell(plan, source, used.column, cell, not_understood);
                }
                found
            };
            let code = &mut codes[source.item];
            if used.alone || *code == 0 {
                *code = found.code;
            } else if found.code != 0 && source.take == Take::MostDangerous {
                *code = stronger(plan, reading, source, *code, found.code);
            }
        }
    }

    fn known_times(&mut self, cells: &(impl Cells + ?Sized)) {
        for source in self.dated.iter().map(|&position| &self.plan.items[position]) {
            let Some(known_at) = &source.known_at else { continue };
            let item = self.plan.item(source);
            match read_time(known_at, cells) {
                Some(Ok(read)) if self.codes[source.item] != 0 => {
                    self.known.push((source.item, read.time));
                }
                Some(Ok(_)) | None => {}
                Some(Err((text, fault))) => {
                    let name = format!("{}.known_at", item.id);
                    self.not_understood.push(NotUnderstood::new(&name, &text, why_of(fault)));
                }
            }
        }
        self.known.sort_unstable_by_key(|&(item, _)| item);
    }

    fn read_deadlines(&mut self, cells: &(impl Cells + ?Sized)) {
        for source in &self.plan.deadlines {
            for read in read_times(&source.time, cells) {
                match read {
                    Ok(read) => {
                        let due = end_of(read).plus_days(source.plus_days);
                        self.deadlines.push(Deadline { due, kind: source.kind.clone() });
                    }
                    Err((text, fault)) => {
                        let name = source.kind.to_string();
                        self.not_understood.push(NotUnderstood::new(&name, &text, why_of(fault)));
                    }
                }
            }
        }
        let lists = &self.plan.deadline_lists;
        for &column in &lists.columns {
            let text = String::from_utf8_lossy(cells.cell(column));
            for part in
                text.split([';', BETWEEN_VALUES]).map(str::trim).filter(|part| !part.is_empty())
            {
                let read = part.split_once('=').and_then(|(kind, due)| {
                    let read = lists.rule.read(due).ok()?;
                    let kind = DeadlineKind::from(kind.trim().to_owned());
                    let deadline = Deadline { due: end_of(read), kind };
                    deadline.check().is_ok().then_some(deadline)
                });
                match read {
                    Some(deadline) => self.deadlines.push(deadline),
                    None => self.not_understood.push(NotUnderstood::new(
                        "deadlines",
                        part,
                        WhyNotUnderstood::NotADeadline,
                    )),
                }
            }
        }
        self.deadlines.sort();
        self.deadlines.dedup();
        if self.deadlines.len() > MOST_DEADLINES {
            let why = WhyNotUnderstood::TooMany { limit: MOST_DEADLINES };
            let text = self.deadlines.len().to_string();
            self.not_understood.push(NotUnderstood::new("deadlines", &text, why));
            // The earliest stay.
            self.deadlines.truncate(MOST_DEADLINES);
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

    fn received(&mut self, cells: &(impl Cells + ?Sized)) -> Result<Timestamp, WhyNotRankable> {
        let (text, why) = match read_time(&self.plan.received, cells) {
            Some(Ok(read)) if (EARLIEST_RECEIVED..=LATEST_RECEIVED).contains(&read.time) => {
                return Ok(read.time);
            }
            Some(Ok(_)) => {
                let text = first_filled(&self.plan.received.columns, cells).unwrap_or_default();
                let text = shown(text);
                let fault = "lies outside the years 1970 to 2199";
                (text.clone(), WhyNotRankable::Time { text, fault })
            }
            None => (String::new(), WhyNotRankable::NoTime),
            Some(Err((text, fault))) => {
                let fault = match fault {
                    NotATime::Form => "is in none of the forms that the mapping states",
                    NotATime::NoZone => "names no zone, and the mapping states none",
                    NotATime::Implausible => "is outside the times that the mapping believes",
                };
                let text = cut(&text, MOST_SHOWN);
                (text.clone(), WhyNotRankable::Time { text, fault })
            }
        };
        let Some(now) = self.reading.time_of_intake else { return Err(why) };
        let why = WhyNotUnderstood::ReceivedAtIntake;
        self.not_understood.push(NotUnderstood::new("received", &text, why));
        Ok(now)
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

fn shown(bytes: &[u8]) -> String {
    cut(&String::from_utf8_lossy(&bytes[..bytes.len().min(4 * MOST_SHOWN)]), MOST_SHOWN)
}

/// The first of some columns that is filled in.
fn first_filled<'c>(columns: &[usize], cells: &'c (impl Cells + ?Sized)) -> Option<&'c [u8]> {
    first_filled_column(columns, cells).map(|column| cells.cell(column))
}

fn first_filled_column(columns: &[usize], cells: &(impl Cells + ?Sized)) -> Option<usize> {
    columns.iter().copied().find(|&column| cells.is_filled(column))
}

/// The text of a cell, with a mark for every byte of it that is no text.
fn text_of(cell: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(cell).map_or_else(|_| String::from_utf8_lossy(cell), Cow::Borrowed)
}

/// A time that was read, or a text that is none, and why.
type Read = Result<TimeRead, (String, NotATime)>;

/// The first of some columns that is filled in, as a time.
fn read_time(source: &TimeSource, cells: &(impl Cells + ?Sized)) -> Option<Read> {
    let column = first_filled_column(&source.columns, cells)?;
    let text = || text_of(cells.cell(column));
    Some(match cells.time(column) {
        Some(time) => source.rule.read_cell(time).map_err(|fault| (text().into_owned(), fault)),
        None => {
            let text = text();
            source.rule.read(&text).map_err(|fault| (text.into_owned(), fault))
        }
    })
}

/// The first of some columns that is filled in, as one time or several.
fn read_times(source: &TimeSource, cells: &(impl Cells + ?Sized)) -> Vec<Read> {
    let Some(column) = first_filled_column(&source.columns, cells) else { return Vec::new() };
    if let Some(times) = cells.times(column) {
        let text = || String::from_utf8_lossy(cells.cell(column)).into_owned();
        let read = |time| source.rule.read_cell(time).map_err(|fault| (text(), fault));
        return times.into_iter().map(read).collect();
    }
    let cell = cells.cell(column);
    if cells.time(column).is_some() || !cell.contains(&(BETWEEN_VALUES as u8)) {
        return read_time(source, cells).into_iter().collect();
    }
    let text = String::from_utf8_lossy(cell);
    let values = text.split(BETWEEN_VALUES).filter(|value| !value.trim().is_empty());
    values.map(|value| source.rule.read(value).map_err(|fault| (value.to_owned(), fault))).collect()
}

/// A day by itself ends with its last second.
fn end_of(read: TimeRead) -> Timestamp {
    if read.is_day { read.time.plus_seconds(SECONDS_PER_DAY - 1) } else { read.time }
}

fn why_of(fault: NotATime) -> WhyNotUnderstood {
    match fault {
        NotATime::Implausible => WhyNotUnderstood::ImplausibleTime,
        NotATime::Form | NotATime::NoZone => WhyNotUnderstood::NotATime,
    }
}

/// Of two known answers the one that points more strongly to danger.
fn stronger(plan: &Plan, reading: &Reading, source: &ItemSource, first: u8, second: u8) -> u8 {
    let item = plan.item(source);
    let order = more_dangerous(item, source.item, first, second, &reading.danger);
    if order == Ordering::Greater { second } else { first }
}

/// What a cell says about an item: the most dangerous of its words.
pub(super) fn cell_code(
    plan: &Plan,
    reading: &Reading,
    source: &ItemSource,
    cell: &[u8],
) -> CellCode {
    let Ok(text) = std::str::from_utf8(cell) else {
        return CellCode { code: 0, understood: false };
    };
    let item = plan.item(source);
    let mut found = CellCode { code: 0, understood: true };
    for word in source.words_of(text) {
        match source.meaning(word, item) {
            Ok(0) => {}
            Ok(code) if found.code == 0 => found.code = code,
            Ok(code) => found.code = stronger(plan, reading, source, found.code, code),
            Err(_) => found.understood = false,
        }
    }
    found
}

/// Tells what in a cell was not understood.
#[cold]
fn tell(
    plan: &Plan,
    source: &ItemSource,
    column: usize,
    cell: &[u8],
    told: &mut Vec<NotUnderstood>,
) {
    let item = plan.item(source);
    let name = &plan.names[column].name;
    let mut add = |text: &str, why| {
        let what = NotUnderstood::new(&item.id, text, why);
        told.push(if *name == item.id { what } else { what.in_column(name) });
    };
    match std::str::from_utf8(cell) {
        Err(_) => add(&String::from_utf8_lossy(cell), WhyNotUnderstood::NotText),
        Ok(text) => {
            for word in source.words_of(text) {
                if let Err(why) = source.meaning(word, item) {
                    add(word.trim(), why);
                }
            }
        }
    }
}
