//! What a listing needs of many rows in any order, fetched so that one wait for memory serves many.

use super::{Backlog, SourceLine};
use crate::Timestamp;
use crate::codebook::Stage;
use crate::complaint::Origin;

/// One row's facts, but for its texts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Glance {
    pub(crate) row: usize,
    arrival: usize,
    pub(crate) received: Timestamp,
    pub(crate) deadline: Option<Timestamp>,
    deadline_kind: u32,
    unit: u32,
    source: u32,
    line: u32,
    pub(crate) origin: Origin,
    /// As declared; answers of a later stage are not looked at.
    pub(crate) declared: Stage,
}

/// The rows of one fetch.
#[derive(Debug, Clone, Default)]
pub(crate) struct Glances {
    arrivals: Vec<usize>,
    facts: Vec<Glance>,
    packed: Vec<u8>,
    width: usize,
    /// Ids one after another, and where each ends.
    ids: String,
    id_ends: Vec<usize>,
}

impl Glances {
    /// Fetches rows. Each loop touches one column, so that the processor asks for many rows at once.
    pub(crate) fn fetch(&mut self, backlog: &Backlog, rows: &[usize]) {
        let (columns, width) = (&backlog.inner.columns, backlog.inner.packing.width());
        self.width = width;
        self.arrivals.clear();
        self.arrivals.extend(rows.iter().map(|&row| backlog.inner.arrival(row)));
        self.packed.clear();
        for &row in rows {
            self.packed.extend_from_slice(backlog.packed_row(row));
        }
        self.ids.clear();
        self.id_ends.clear();
        for &arrival in &self.arrivals {
            self.ids.push_str(columns.ids.get(arrival));
            self.id_ends.push(self.ids.len());
        }
        self.facts.clear();
        self.facts.extend(rows.iter().zip(&self.arrivals).map(|(&row, &arrival)| Glance {
            row,
            arrival,
            received: columns.received[arrival],
            deadline: columns.earliest_deadline(arrival),
            deadline_kind: columns.deadline_kind.get(arrival),
            unit: columns.unit.get(arrival),
            source: columns.source.get(arrival),
            line: columns.line.get(arrival),
            origin: columns.origin.get(arrival),
            declared: columns.stage.get(arrival),
        }));
    }

    pub(crate) fn facts(&self, position: usize) -> Glance {
        self.facts[position]
    }

    /// The id of a fetched row.
    pub(crate) fn id(&self, position: usize) -> &str {
        let start = position.checked_sub(1).map_or(0, |before| self.id_ends[before]);
        &self.ids[start..self.id_ends[position]]
    }

    /// The answer codes of a fetched row.
    pub(crate) fn codes(&self, backlog: &Backlog, position: usize, codes: &mut [u8]) {
        backlog.inner.packing.unpack(&self.packed[position * self.width..][..self.width], codes);
    }
}

impl Glance {
    pub(crate) fn id(self, backlog: &Backlog) -> &str {
        backlog.inner.columns.ids.get(self.arrival)
    }

    pub(crate) fn unit(self, backlog: &Backlog) -> Option<&str> {
        backlog.inner.columns.units.text(self.unit)
    }

    /// Where it was read, where that was kept.
    pub(crate) fn source(self, backlog: &Backlog) -> Option<SourceLine<'_>> {
        backlog.inner.columns.source_of(self.source, self.line)
    }

    /// What the earliest deadline is about; blank where there is none.
    pub(crate) fn deadline_kind(self, backlog: &Backlog) -> &str {
        backlog.inner.columns.kinds.text(self.deadline_kind).unwrap_or_default()
    }
}
