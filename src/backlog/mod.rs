//! Many complaints, encoded and column-stored, rows in tie order.
//!
//! [`BacklogBuilder`] collects complaints (by [`push`](BacklogBuilder::push), from CSV or from
//! NDJSON) and freezes them into an immutable [`Backlog`].

mod batch;
mod blocks;
mod builder;
mod coded;
mod columns;
#[cfg(any(feature = "csv", feature = "arrow-59"))]
mod csv;
mod error;
mod glance;
mod ids;
mod intake;
mod keys;
mod kind;
mod likeness;
mod mapped;
mod merge;
mod names;
mod ndjson;
mod order;
mod packing;
mod report;
mod said;
#[cfg(feature = "arrow-59")]
mod separate;
pub mod snapshot;
mod source;
mod table;
mod unclear;
mod waves;
mod words;

use std::sync::{Arc, OnceLock};

use ndarray::Array2;

#[cfg(feature = "research")]
pub(crate) use blocks::each_line;
pub(crate) use builder::CodedRow;
pub use builder::{BacklogBuilder, Pushed};
pub use coded::Coded;
#[cfg(feature = "arrow-59")]
pub(crate) use csv::RowForm;
#[cfg(all(feature = "csv", feature = "research"))]
pub(crate) use csv::Table;
pub use error::BacklogError;
pub(crate) use glance::{Glance, Glances};
pub(crate) use intake::HeadingNames;
pub use intake::{
    Cause, DangerAnswers, IdAt, Intake, IntakeReport, MOST_BYTES_KEPT, MOST_CAUSES, MOST_TOLD,
    MappingName, NotRankable, Reading, RenamedColumn, Repeated, RepeatedId, Span, Told,
    UnmatchedColumn, WhyNotRankable, write_not_rankable,
};
#[cfg(feature = "research")]
pub(crate) use keys::likeness;
pub(crate) use keys::{EARLIEST_RECEIVED, LATEST_RECEIVED, id_fault, key};
pub(crate) use mapped::{MappedIntake, MappedRow, MappedRows};
pub(crate) use merge::more_dangerous;
pub(crate) use ndjson::JsonEntries;
pub(crate) use packing::Packing;
pub use report::ReadError;
pub(crate) use said::Saying;
#[cfg(feature = "arrow-59")]
pub(crate) use separate::SeparateRows;
pub use snapshot::SnapshotError;
pub(crate) use snapshot::{Group, SnapshotReader};
pub use source::SourceLine;
pub(crate) use table::CellTime;
#[cfg(feature = "arrow-59")]
pub(crate) use table::{ColumnUse, NO_CODE, TableCells, csv_line};
pub(crate) use waves::in_waves;

use crate::Timestamp;
use crate::codebook::{Codebook, ItemIndex, Stage};
use crate::complaint::{CheckedKeys, Complaint, Deadline, NotUnderstood, Origin, Provenance};
use columns::{Columns, KnownAt};
use ids::IdIndex;

/// The most complaints in one backlog, so that a row number and a sort key share 64 bits.
pub const MOST_COMPLAINTS: usize = (1 << 31) - 1;

/// The most deadlines that are read from one record; the rest is told.
pub const MOST_DEADLINES: usize = 64;

/// A frozen backlog. Cheap to clone; `Send + Sync`.
///
/// Rows are numbered from 0 in tie order: earliest deadline (none comes last), then time
/// received, then id by bytes.
#[derive(Clone)]
pub struct Backlog {
    inner: Arc<Frozen>,
}

impl std::fmt::Debug for Backlog {
    /// Without ids and keys: these are about people, and debug text ends up in logs.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Backlog")
            .field("codebook", self.codebook().identity())
            .field("complaints", &self.len())
            .finish_non_exhaustive()
    }
}

struct Frozen {
    codebook: Codebook,
    packing: Packing,
    as_of: Option<Timestamp>,
    origin: Origin,
    /// In the order of arrival, but for the packed answers.
    columns: Columns,
    /// Packed answers, rows in tie order.
    packed: Vec<u8>,
    /// The arrival of each row; empty where complaints came in tie order.
    arrivals: Vec<u32>,
    /// The row of each arrival, made when first asked for.
    rows: OnceLock<Vec<u32>>,
    /// Arrivals by id, made when first asked for.
    ids: OnceLock<IdIndex>,
    /// The seed of that index.
    id_seed: u64,
}

impl Frozen {
    fn arrival(&self, row: usize) -> usize {
        if self.arrivals.is_empty() { row } else { self.arrivals[row] as usize }
    }

    fn row(&self, arrival: usize) -> usize {
        if self.arrivals.is_empty() {
            return arrival;
        }
        let rows = self.rows.get_or_init(|| {
            let mut rows = vec![0; self.arrivals.len()];
            for (row, &arrival) in self.arrivals.iter().enumerate() {
                rows[arrival as usize] = row as u32;
            }
            rows
        });
        rows[arrival] as usize
    }
}

impl Backlog {
    fn freeze(
        codebook: Codebook,
        packing: Packing,
        as_of: Option<Timestamp>,
        columns: Columns,
        (ids, id_seed): (Option<IdIndex>, u64),
    ) -> Self {
        // Ids need no index while they arrive in ascending order.
        let order = order::tie_order(&columns, ids.is_none());
        Backlog::in_order(codebook, packing, as_of, columns, order, (ids, id_seed))
    }

    /// Puts packed answers in the order given, or leaves them in that of arrival.
    fn in_order(
        codebook: Codebook,
        packing: Packing,
        as_of: Option<Timestamp>,
        mut columns: Columns,
        order: Option<Vec<u32>>,
        (ids, id_seed): (Option<IdIndex>, u64),
    ) -> Self {
        let mut packed = std::mem::take(&mut columns.packed);
        if let Some(order) = &order {
            packed = packing.permute(&packed, order);
        }
        let origin = (0..columns.len()).map(|row| columns.origin.get(row)).max();
        Backlog {
            inner: Arc::new(Frozen {
                codebook,
                packing,
                as_of,
                origin: origin.unwrap_or(Origin::NotStated),
                columns,
                packed,
                arrivals: order.unwrap_or_default(),
                rows: OnceLock::new(),
                ids: ids.map_or_else(OnceLock::new, OnceLock::from),
                id_seed,
            }),
        }
    }

    /// How many complaints it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.inner.columns.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The codebook that the answers are coded by.
    #[must_use]
    pub fn codebook(&self) -> &Codebook {
        &self.inner.codebook
    }

    /// The time as of which answers were taken, where one was set.
    #[must_use]
    pub fn as_of(&self) -> Option<Timestamp> {
        self.inner.as_of
    }

    /// Where the complaints come from: synthetic if any is, else retrospective if any is.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.inner.origin
    }

    /// Id of a row.
    ///
    /// # Panics
    /// As indexing a slice does, where `row` is not below [`Backlog::len`]; so do the other
    /// look-ups by row.
    #[must_use]
    pub fn id(&self, row: usize) -> &str {
        self.inner.columns.ids.get(self.inner.arrival(row))
    }

    /// The row of an id. Constant time, after the first call has made the index.
    #[must_use]
    pub fn row_of(&self, id: &str) -> Option<usize> {
        let ids = &self.inner.columns.ids;
        let index = self.inner.ids.get_or_init(|| IdIndex::of_first(ids, self.inner.id_seed));
        Some(self.inner.row(index.find(ids, id)?))
    }

    /// When the complaint came in.
    #[must_use]
    pub fn received(&self, row: usize) -> Timestamp {
        self.inner.columns.received[self.inner.arrival(row)]
    }

    /// The earliest time at which one of its deadlines is due.
    #[must_use]
    pub fn earliest_deadline(&self, row: usize) -> Option<Timestamp> {
        self.inner.columns.earliest_deadline(self.inner.arrival(row))
    }

    /// Its deadlines, earliest first.
    #[must_use]
    pub fn deadlines(&self, row: usize) -> Vec<Deadline> {
        self.inner.columns.deadlines(self.inner.arrival(row)).collect()
    }

    /// The unit that works it.
    #[must_use]
    pub fn unit(&self, row: usize) -> Option<&str> {
        let columns = &self.inner.columns;
        columns.units.text(columns.unit.get(self.inner.arrival(row)))
    }

    /// The names of all units, in the order in which they were first seen.
    #[must_use]
    pub fn units(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.inner.columns.units.texts().iter()
    }

    /// The opaque key of the person complained about.
    #[must_use]
    pub fn subject(&self, row: usize) -> Option<&str> {
        let columns = &self.inner.columns;
        columns.subjects.text(columns.subject.get(self.inner.arrival(row)))
    }

    /// The opaque key of its bundle.
    #[must_use]
    pub fn bundle(&self, row: usize) -> Option<&str> {
        let columns = &self.inner.columns;
        columns.bundles.text(columns.bundle.get(self.inner.arrival(row)))
    }

    /// The stage reached: the declared one, or that of the latest item answered.
    #[must_use]
    pub fn stage(&self, row: usize) -> Stage {
        let declared = self.inner.columns.stage.get(self.inner.arrival(row));
        let items = self.codebook().items().iter().enumerate();
        let answered = items.filter(|(position, _)| self.code_at(row, *position) != 0);
        answered.map(|(_, item)| item.stage).fold(declared, Stage::max)
    }

    /// Where this complaint comes from.
    #[must_use]
    pub fn origin_of(&self, row: usize) -> Origin {
        self.inner.columns.origin.get(self.inner.arrival(row))
    }

    /// The answer codes of a row, in codebook order; `codes` has one byte per item.
    ///
    /// # Panics
    /// Where there is no such row, or `codes` is shorter than the codebook.
    pub fn codes_of(&self, row: usize, codes: &mut [u8]) {
        self.inner.packing.unpack(self.packed_row(row), codes);
    }

    /// The code of an item's answer in a row; 0 is *unknown*.
    ///
    /// # Panics
    /// Where there is no such row, or the item is of another codebook, with more items.
    #[must_use]
    pub fn code(&self, row: usize, item: ItemIndex) -> u8 {
        self.code_at(row, item.position())
    }

    pub(crate) fn code_at(&self, row: usize, item: usize) -> u8 {
        self.inner.packing.code(self.packed_row(row), item)
    }

    /// All answer codes: complaints × items, rows in tie order, items in codebook order.
    #[must_use]
    pub fn codes(&self) -> Array2<u8> {
        let mut codes = Array2::zeros((self.len(), self.inner.packing.items()));
        for (row, mut line) in codes.outer_iter_mut().enumerate() {
            if let Some(line) = line.as_slice_mut() {
                self.codes_of(row, line);
            }
        }
        codes
    }

    /// A row as a complaint again: the same but for numbers, which come back as their bin.
    #[must_use]
    pub fn complaint(&self, row: usize) -> Complaint {
        let keys = CheckedKeys {
            unit: self.unit(row),
            subject: self.subject(row),
            bundle: self.bundle(row),
        };
        let mut complaint =
            Complaint::of_checked(self.id(row), self.received(row), keys, self.deadlines(row))
                .with_stage(self.stage(row))
                .with_origin(self.origin_of(row));
        let items = self.inner.codebook.items();
        for (position, item) in items.iter().enumerate() {
            if let Some(answer) = item.answer(self.code_at(row, position)) {
                complaint.set_answer(item.id.as_str(), answer.id.as_str());
            }
        }
        for known in self.known_times(row) {
            let item = &items[known.item as usize];
            let answer = item.answer_id(self.code_at(row, known.item as usize));
            complaint.set_answer_known_at(item.id.as_str(), answer, known.time);
        }
        for saying in self.sayings(row) {
            let item = &items[saying.item as usize];
            if let Some(speaker) = saying.speaker {
                complaint.set_said_by(&item.id, speaker);
            }
            if let Some(provenance) = &saying.provenance {
                complaint.set_provenance(&item.id, provenance.clone());
            }
        }
        for what in self.not_understood(row) {
            complaint.add_not_understood(what);
        }
        complaint
    }

    /// Every row as a complaint, in tie order.
    pub fn complaints(&self) -> impl ExactSizeIterator<Item = Complaint> {
        (0..self.len()).map(|row| self.complaint(row))
    }

    /// What the record of a row said and could not be understood; empty for most rows.
    #[must_use]
    pub fn not_understood(&self, row: usize) -> Vec<NotUnderstood> {
        self.inner.columns.unclear(self.inner.arrival(row)).collect()
    }

    /// Who gave the answer of a row to an item, and who said otherwise, where its record told that. O(log n).
    #[must_use]
    pub fn provenance(&self, row: usize, item: &str) -> Option<&Provenance> {
        let position = self.inner.codebook.item_position(item)?;
        let of_item = |saying: &&Saying| saying.item as usize == position;
        self.sayings(row).iter().find(of_item)?.provenance.as_ref()
    }

    /// Who said the answers of a row, by item, as far as that is known.
    pub(crate) fn sayings(&self, row: usize) -> &[Saying] {
        self.inner.columns.sayings(self.inner.arrival(row))
    }

    /// The rows with something that was not understood, in tie order.
    #[must_use]
    pub fn partly_understood(&self) -> Vec<usize> {
        let arrivals = self.inner.columns.unclear.iter();
        let mut rows: Vec<usize> =
            arrivals.map(|unclear| self.inner.row(unclear.row as usize)).collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// The packed rows, one after another, each as wide as its packing.
    pub(crate) fn packed(&self) -> &[u8] {
        &self.inner.packed
    }

    pub(crate) fn packed_row(&self, row: usize) -> &[u8] {
        let width = self.inner.packing.width();
        &self.inner.packed[row * width..][..width]
    }

    /// Items, by place, of which some answer says when it became known; ascending.
    #[cfg(feature = "arrow-59")]
    pub(crate) fn dated_items(&self) -> Vec<usize> {
        let known = self.inner.columns.known.iter().map(|known| known.item as usize);
        known.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
    }

    /// When answers of a row became known, by item.
    #[cfg(feature = "arrow-59")]
    pub(crate) fn known_at(&self, row: usize) -> impl Iterator<Item = (usize, Timestamp)> {
        self.known_times(row).map(|known| (known.item as usize, known.time))
    }

    fn known_times(&self, row: usize) -> impl Iterator<Item = &KnownAt> {
        self.inner.columns.known(self.inner.arrival(row))
    }
}
