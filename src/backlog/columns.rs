//! The columns of a backlog, while it grows and once it is frozen.

use super::names::{Interner, Names};
use super::packing::Packing;
use crate::Timestamp;
use crate::codebook::Stage;
use crate::complaint::{Complaint, Deadline, DeadlineKind, Encoded, Origin};

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
    pub(super) kind: u16,
    pub(super) due: i64,
}

/// One entry per complaint in each column, in the order of arrival or in tie order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) ids: Names,
    pub(super) packed: Vec<u8>,
    pub(super) received: Vec<Timestamp>,
    /// Earliest deadline, or [`NO_DEADLINE`].
    pub(super) deadline: Vec<i64>,
    /// Kind of the earliest deadline: its number in `kinds` from 1, 0 for none.
    pub(super) deadline_kind: Vec<u16>,
    pub(super) unit: Vec<u32>,
    pub(super) subject: Vec<u32>,
    pub(super) bundle: Vec<u32>,
    /// Stage in the low two bits, origin in the next two.
    pub(super) tags: Vec<u8>,
    pub(super) units: Interner,
    pub(super) subjects: Interner,
    pub(super) bundles: Interner,
    pub(super) kinds: Interner,
    /// Second and later deadlines, by row.
    pub(super) later: Vec<LaterDeadline>,
    /// Times at which answers became known, by row, where they were given.
    pub(super) known: Vec<KnownAt>,
}

impl Columns {
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Adds a row that has been checked and encoded.
    pub(super) fn push(&mut self, row: &Row<'_>, packing: &Packing) {
        let place = self.len() as u32;
        self.ids.push(row.id);
        let start = self.packed.len();
        self.packed.resize(start + packing.width(), 0);
        packing.pack(row.codes, &mut self.packed[start..]);
        self.received.push(row.received);
        let earliest = row.deadlines.first();
        self.deadline.push(earliest.map_or(NO_DEADLINE, |first| first.due.unix_seconds()));
        let kind_number = |kinds: &mut Interner, deadline: &Deadline| {
            kinds.number(Some(&deadline.kind.to_string())) as u16
        };
        let kind = earliest.map_or(0, |first| kind_number(&mut self.kinds, first));
        self.deadline_kind.push(kind);
        for deadline in row.deadlines.iter().skip(1) {
            let kind = kind_number(&mut self.kinds, deadline);
            let due = deadline.due.unix_seconds();
            self.later.push(LaterDeadline { row: place, kind, due });
        }
        self.unit.push(self.units.number(row.unit));
        self.subject.push(self.subjects.number(row.subject));
        self.bundle.push(self.bundles.number(row.bundle));
        self.tags.push(tag(row.stage, row.origin));
    }

    pub(super) fn stage(&self, row: usize) -> Stage {
        match self.tags[row] & 3 {
            0 => Stage::Intake,
            1 => Stage::Field,
            _ => Stage::PostSearch,
        }
    }

    pub(super) fn origin(&self, row: usize) -> Origin {
        match (self.tags[row] >> 2) & 3 {
            0 => Origin::Prospective,
            1 => Origin::Retrospective,
            _ => Origin::Synthetic,
        }
    }

    pub(super) fn earliest_deadline(&self, row: usize) -> Option<Timestamp> {
        let due = self.deadline[row];
        if due == NO_DEADLINE { None } else { Timestamp::from_unix_seconds(due).ok() }
    }

    pub(super) fn deadlines(&self, row: usize) -> impl Iterator<Item = Deadline> {
        let kind = |number: u16| {
            DeadlineKind::from(self.kinds.text(number.into()).unwrap_or_default().to_owned())
        };
        let first = self
            .earliest_deadline(row)
            .map(|due| Deadline { due, kind: kind(self.deadline_kind[row]) });
        let start = self.later.partition_point(|later| (later.row as usize) < row);
        let rest = self.later[start..]
            .iter()
            .take_while(move |later| later.row as usize == row)
            .filter_map(move |later| {
                let due = Timestamp::from_unix_seconds(later.due).ok()?;
                Some(Deadline { due, kind: kind(later.kind) })
            });
        first.into_iter().chain(rest)
    }

    /// The same rows in another order: row `i` of the result is row `order[i]` of this.
    pub(super) fn permuted(&self, order: &[u32], width: usize) -> Columns {
        fn picked<T: Copy>(column: &[T], order: &[u32]) -> Vec<T> {
            order.iter().map(|&row| column[row as usize]).collect()
        }
        let mut packed = Vec::with_capacity(self.packed.len());
        for &row in order {
            let start = row as usize * width;
            packed.extend_from_slice(&self.packed[start..start + width]);
        }
        let mut later = self.later.clone();
        let mut known = self.known.clone();
        if !later.is_empty() || !known.is_empty() {
            let places = inverse(order);
            for deadline in &mut later {
                deadline.row = places[deadline.row as usize];
            }
            for time in &mut known {
                time.row = places[time.row as usize];
            }
            later.sort_by_key(|deadline| deadline.row);
            known.sort_by_key(|time| time.row);
        }
        Columns {
            ids: self.ids.permuted(order),
            packed,
            received: picked(&self.received, order),
            deadline: picked(&self.deadline, order),
            deadline_kind: picked(&self.deadline_kind, order),
            unit: picked(&self.unit, order),
            subject: picked(&self.subject, order),
            bundle: picked(&self.bundle, order),
            tags: picked(&self.tags, order),
            units: self.units.clone(),
            subjects: self.subjects.clone(),
            bundles: self.bundles.clone(),
            kinds: self.kinds.clone(),
            later,
            known,
        }
    }
}

/// Where each row went: `inverse(order)[order[i]] == i`.
pub(super) fn inverse(order: &[u32]) -> Vec<u32> {
    let mut places = vec![0; order.len()];
    for (place, &row) in order.iter().enumerate() {
        places[row as usize] = place as u32;
    }
    places
}

fn tag(stage: Stage, origin: Origin) -> u8 {
    let stage = match stage {
        Stage::Intake => 0,
        Stage::Field => 1,
        Stage::PostSearch => 2,
    };
    let origin = match origin {
        Origin::Prospective => 0,
        Origin::Retrospective => 1,
        Origin::Synthetic => 2,
    };
    stage | origin << 2
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
    pub(super) deadlines: &'a [Deadline],
    pub(super) codes: &'a [u8],
}

impl<'a> Row<'a> {
    pub(super) fn of(complaint: &'a Complaint, encoded: &'a Encoded) -> Self {
        Row {
            id: complaint.id(),
            received: complaint.received(),
            unit: complaint.unit_name(),
            subject: complaint.subject_key(),
            bundle: complaint.bundle_key(),
            stage: encoded.stage,
            origin: complaint.origin_kind(),
            deadlines: complaint.deadlines(),
            codes: &encoded.codes,
        }
    }
}
