//! The columns of a backlog, while it grows and once it is frozen.

use super::ids::Interner;
use super::names::Names;
use super::packing::Packing;
use super::said::{Said, Saying, Sayings};
use super::unclear::{Causes, Unclear};
use crate::Timestamp;
use crate::codebook::Stage;
use crate::complaint::{
    Complaint, ComplaintError, Deadline, DeadlineKind, Encoded, NotUnderstood, Origin,
};

/// Stands for *no deadline*, after every real one.
pub(super) const NO_DEADLINE: i64 = i64::MAX;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KnownAt {
    pub(super) row: u32,
    pub(super) item: u32,
    pub(super) time: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LaterDeadline {
    pub(super) row: u32,
    pub(super) kind: u32,
    pub(super) due: i64,
}

/// A column that takes no memory while every value is the usual one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sparing<T> {
    usual: T,
    values: Vec<T>,
}

impl<T: Copy + PartialEq> Sparing<T> {
    pub(super) fn new(usual: T) -> Self {
        Sparing { usual, values: Vec::new() }
    }

    pub(super) fn get(&self, row: usize) -> T {
        self.values.get(row).copied().unwrap_or(self.usual)
    }

    pub(super) fn set(&mut self, row: usize, value: T) {
        if value != self.usual || row < self.values.len() {
            if self.values.len() <= row {
                self.values.resize(row + 1, self.usual);
            }
            self.values[row] = value;
        }
    }

    /// Adds the values of some rows of another column behind the first `rows` of this one.
    pub(super) fn append(&mut self, rows: usize, more: impl Iterator<Item = T>) {
        self.values.resize(rows, self.usual);
        self.values.extend(more);
    }

    fn truncate(&mut self, rows: usize) {
        self.values.truncate(rows);
    }

    pub(super) fn is_usual(&self, row: usize) -> bool {
        self.get(row) == self.usual
    }

    /// Whether every value is the usual one, as far as was ever set.
    pub(super) fn is_plain(&self) -> bool {
        self.values.is_empty()
    }
}

/// How far columns went at some time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) rows: usize,
    texts: [usize; 5],
    causes: usize,
    sayings: usize,
}

/// One entry per complaint in each column, in the order of arrival.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    pub(super) ids: Names,
    /// Packed answers; taken out when the backlog is frozen, since those stand in tie order.
    pub(super) packed: Vec<u8>,
    pub(super) received: Vec<Timestamp>,
    /// Earliest deadline, or [`NO_DEADLINE`].
    pub(super) deadline: Sparing<i64>,
    /// Kind of the earliest deadline: its number in `kinds` from 1, 0 for none.
    pub(super) deadline_kind: Sparing<u32>,
    pub(super) unit: Sparing<u32>,
    pub(super) subject: Sparing<u32>,
    pub(super) bundle: Sparing<u32>,
    pub(super) stage: Sparing<Stage>,
    pub(super) origin: Sparing<Origin>,
    pub(super) units: Interner,
    pub(super) subjects: Interner,
    pub(super) bundles: Interner,
    pub(super) kinds: Interner,
    /// Second and later deadlines, by arrival.
    pub(super) later: Vec<LaterDeadline>,
    /// Times at which answers became known, by arrival, where they were given.
    pub(super) known: Vec<KnownAt>,
    /// What was not understood, by arrival.
    pub(super) unclear: Vec<Unclear>,
    pub(super) causes: Causes,
    /// Who said answers, by arrival, where that is known.
    pub(super) said: Vec<Said>,
    pub(super) sayings: Sayings,
    /// Names of sources, and by row the number of its own from 1, 0 where none was named.
    pub(super) sources: Interner,
    pub(super) source: Sparing<u32>,
    /// By row its first line there; the greatest number also for those beyond it.
    pub(super) line: Sparing<u32>,
}

impl Default for Columns {
    fn default() -> Self {
        Columns {
            ids: Names::default(),
            packed: Vec::new(),
            received: Vec::new(),
            deadline: Sparing::new(NO_DEADLINE),
            deadline_kind: Sparing::new(0),
            unit: Sparing::new(0),
            subject: Sparing::new(0),
            bundle: Sparing::new(0),
            stage: Sparing::new(Stage::Intake),
            origin: Sparing::new(Origin::NotStated),
            units: Interner::default(),
            subjects: Interner::default(),
            bundles: Interner::default(),
            kinds: Interner::default(),
            later: Vec::new(),
            known: Vec::new(),
            unclear: Vec::new(),
            causes: Causes::default(),
            said: Vec::new(),
            sayings: Sayings::default(),
            sources: Interner::default(),
            source: Sparing::new(0),
            line: Sparing::new(0),
        }
    }
}

impl Columns {
    /// Sets the seed by which keys are found.
    pub(super) fn set_seed(&mut self, seed: u64) {
        for keys in [&mut self.units, &mut self.subjects, &mut self.bundles, &mut self.kinds] {
            keys.set_seed(seed);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Packs the codes of whole rows; see [`Packing::pack_rows`].
    pub(super) fn pack(&mut self, codes: &[u8], packing: &Packing) {
        let rows = codes.len() / packing.items().max(1);
        let start = self.packed.len();
        self.packed.resize(start + rows * packing.width(), 0);
        packing.pack_rows(codes, &mut self.packed[start..]);
    }

    /// Adds a row that has been checked and encoded; its id has been added already, and its codes
    /// are packed apart.
    pub(super) fn push(&mut self, row: &Row<'_>) {
        let number = self.received.len();
        self.received.push(row.received);
        self.set_deadlines(number, row.deadlines.iter().copied());
        // No call where there is nothing to number: what is not set is 0.
        if row.unit.is_some() {
            self.unit.set(number, self.units.number(row.unit));
        }
        if row.subject.is_some() {
            self.subject.set(number, self.subjects.number(row.subject));
        }
        if row.bundle.is_some() {
            self.bundle.set(number, self.bundles.number(row.bundle));
        }
        self.stage.set(number, row.stage);
        self.origin.set(number, row.origin);
        let known = row.known.iter().map(|&(item, time)| KnownAt {
            row: number as u32,
            item: item as u32,
            time,
        });
        self.known.extend(known);
        for what in row.not_understood {
            self.add_unclear(number, what);
        }
        if !row.said.is_empty() {
            let list = self.sayings.number(row.said);
            self.said.push(Said { row: number as u32, list });
        }
    }

    /// Keeps what was not understood in the row that is last.
    pub(super) fn add_unclear(&mut self, row: usize, what: &NotUnderstood) {
        let (cause, line) = self.causes.number(what);
        self.unclear.push(Unclear { row: row as u32, cause, line });
    }

    /// What was not understood in a row.
    pub(super) fn unclear(&self, row: usize) -> impl Iterator<Item = NotUnderstood> {
        self.unclear_of(row).map(|unclear| self.causes.get(*unclear))
    }

    pub(super) fn unclear_of(&self, row: usize) -> impl Iterator<Item = &Unclear> {
        let start = self.unclear.partition_point(|unclear| (unclear.row as usize) < row);
        self.unclear[start..].iter().take_while(move |unclear| unclear.row as usize == row)
    }

    /// Who said the answers of a row, by item, as far as that is known.
    pub(super) fn sayings(&self, row: usize) -> &[Saying] {
        let found = self.said.binary_search_by_key(&row, |said| said.row as usize);
        found.map_or(&[], |position| self.sayings.get(self.said[position].list))
    }

    /// Where the columns end now, to come back to.
    pub(super) fn mark(&self) -> Mark {
        let texts = [&self.units, &self.subjects, &self.bundles, &self.kinds, &self.sources];
        Mark {
            rows: self.received.len(),
            texts: texts.map(|texts| texts.texts().len()),
            causes: self.causes.len(),
            sayings: self.sayings.len(),
        }
    }

    /// Takes off every row that came after a mark.
    pub(super) fn truncate(&mut self, mark: Mark, width: usize) {
        let rows = mark.rows;
        self.ids.truncate(rows);
        self.packed.truncate(rows * width);
        self.received.truncate(rows);
        self.deadline.truncate(rows);
        for column in [&mut self.deadline_kind, &mut self.unit, &mut self.subject, &mut self.bundle]
        {
            column.truncate(rows);
        }
        self.source.truncate(rows);
        self.line.truncate(rows);
        self.stage.truncate(rows);
        self.origin.truncate(rows);
        self.later.truncate(self.later.partition_point(|later| (later.row as usize) < rows));
        self.known.truncate(self.known.partition_point(|known| (known.row as usize) < rows));
        let unclear = self.unclear.partition_point(|unclear| (unclear.row as usize) < rows);
        self.unclear.truncate(unclear);
        let texts = [
            &mut self.units,
            &mut self.subjects,
            &mut self.bundles,
            &mut self.kinds,
            &mut self.sources,
        ];
        for (texts, length) in texts.into_iter().zip(mark.texts) {
            texts.truncate(length);
        }
        self.causes.truncate(mark.causes);
        self.said.truncate(self.said.partition_point(|said| (said.row as usize) < rows));
        self.sayings.truncate(mark.sayings);
    }

    /// Deadlines, earliest first, of the row that is last.
    pub(super) fn set_deadlines<'a>(
        &mut self,
        row: usize,
        deadlines: impl Iterator<Item = Due<'a>>,
    ) {
        for (position, deadline) in deadlines.enumerate() {
            let kind = self.kinds.number(Some(deadline.kind.name()));
            let due = deadline.due.unix_seconds();
            if position == 0 {
                self.deadline.set(row, due);
                self.deadline_kind.set(row, kind);
            } else {
                self.later.push(LaterDeadline { row: row as u32, kind, due });
            }
        }
    }

    pub(super) fn earliest_deadline(&self, row: usize) -> Option<Timestamp> {
        let due = self.deadline.get(row);
        if due == NO_DEADLINE { None } else { Timestamp::from_unix_seconds(due).ok() }
    }

    pub(super) fn deadlines(&self, row: usize) -> impl Iterator<Item = Deadline> {
        let kind = |number: u32| {
            DeadlineKind::from(self.kinds.text(number).unwrap_or_default().to_owned())
        };
        let first = self
            .earliest_deadline(row)
            .map(|due| Deadline { due, kind: kind(self.deadline_kind.get(row)) });
        let rest = self.later(row).filter_map(move |later| {
            let due = Timestamp::from_unix_seconds(later.due).ok()?;
            Some(Deadline { due, kind: kind(later.kind) })
        });
        first.into_iter().chain(rest)
    }

    /// Second and later deadlines of a row.
    pub(super) fn later(&self, row: usize) -> impl Iterator<Item = &LaterDeadline> {
        let start = self.later.partition_point(|later| (later.row as usize) < row);
        self.later[start..].iter().take_while(move |later| later.row as usize == row)
    }

    /// Times at which answers of a row became known.
    pub(super) fn known(&self, row: usize) -> impl Iterator<Item = &KnownAt> {
        let start = self.known.partition_point(|known| (known.row as usize) < row);
        self.known[start..].iter().take_while(move |known| known.row as usize == row)
    }
}

/// What a deadline is about, borrowed; in the order of [`DeadlineKind`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum DueKind<'a> {
    ConnectionData,
    Preservation,
    Statutory,
    Custom(&'a str),
}

impl<'a> DueKind<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        match text {
            "connection_data" => DueKind::ConnectionData,
            "preservation" => DueKind::Preservation,
            "statutory" => DueKind::Statutory,
            _ => DueKind::Custom(text),
        }
    }

    pub(super) fn name(self) -> &'a str {
        match self {
            DueKind::ConnectionData => "connection_data",
            DueKind::Preservation => "preservation",
            DueKind::Statutory => "statutory",
            DueKind::Custom(name) => name,
        }
    }
}

/// A deadline, borrowed from wherever it was read; in the order of [`Deadline`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Due<'a> {
    pub(super) due: Timestamp,
    pub(super) kind: DueKind<'a>,
}

impl<'a> Due<'a> {
    pub(super) fn deadline(self) -> Deadline {
        Deadline { due: self.due, kind: DeadlineKind::from(self.kind.name().to_owned()) }
    }

    /// A deadline whose kind has been checked.
    pub(super) fn of(deadline: &'a Deadline) -> Self {
        let kind = match &deadline.kind {
            DeadlineKind::ConnectionData => DueKind::ConnectionData,
            DeadlineKind::Preservation => DueKind::Preservation,
            DeadlineKind::Statutory => DueKind::Statutory,
            DeadlineKind::Custom(name) => DueKind::Custom(name),
        };
        Due { due: deadline.due, kind }
    }

    pub(super) fn check(&self) -> Result<(), ComplaintError> {
        let DueKind::Custom(name) = self.kind else { return Ok(()) };
        Deadline { due: self.due, kind: DeadlineKind::Custom(name.to_owned()) }.check()
    }
}

/// One complaint, checked and encoded, borrowed from wherever it was read.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) id: &'a str,
    pub(super) received: Timestamp,
    pub(super) unit: Option<&'a str>,
    pub(super) subject: Option<&'a str>,
    pub(super) bundle: Option<&'a str>,
    pub(super) stage: Stage,
    pub(super) origin: Origin,
    /// Earliest first.
    pub(super) deadlines: &'a [Due<'a>],
    /// Code per item in codebook order.
    pub(super) codes: &'a [u8],
    /// Times at which answers became known, by item, of items that are not *unknown*.
    pub(super) known: &'a [(usize, Timestamp)],
    /// What was not understood in its record.
    pub(super) not_understood: &'a [NotUnderstood],
    /// Who said its answers, by item, as far as that is known.
    pub(super) said: &'a [Saying],
}

impl<'a> Row<'a> {
    /// Everything but the times at which answers became known, and who said them.
    pub(super) fn of(
        complaint: &'a Complaint,
        encoded: &'a Encoded,
        deadlines: &'a [Due<'a>],
    ) -> Self {
        Row {
            id: complaint.id(),
            received: complaint.received(),
            unit: complaint.unit(),
            subject: complaint.subject(),
            bundle: complaint.bundle(),
            stage: encoded.stage,
            origin: complaint.origin(),
            deadlines,
            codes: &encoded.codes,
            known: &[],
            not_understood: &encoded.not_understood,
            said: &[],
        }
    }
}
