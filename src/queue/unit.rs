//! The complaints of one unit, in the order of the whole queue.

use std::cmp::Ordering;
use std::ops::RangeBounds;

use super::Entry;
use super::held::InUnit;
use super::snapshot::{Snapshot, before_and_through, counts};
use crate::rank::BandCount;

/// The complaints of one unit in a [`Snapshot`], or those that have none; see [`Snapshot::unit`].
#[derive(Debug, Clone, Copy)]
pub struct UnitView<'a> {
    snapshot: &'a Snapshot,
    unit: Option<&'a str>,
    /// How many complaints of other units come before all of its own.
    start: usize,
    len: usize,
}

impl Snapshot {
    /// The complaints of a unit, by its exact name; `None` for those without one. O(log n).
    ///
    /// ```
    /// use caserank::{Complaint, Queue, Triage};
    /// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
    /// # let triage = Triage::from_json(json)?;
    /// let mut queue = Queue::new(&triage, "2026-04-18".parse()?);
    /// for (id, unit, reports) in [("a", "north", 5), ("b", "south", 3), ("c", "north", 1)] {
    ///     let complaint = Complaint::new(id, "2026-04-17".parse()?)?.with_unit(unit)?;
    ///     queue.receive(complaint.with_answer("prior_reports", reports))?;
    /// }
    /// let north = queue.view().unit(Some("north"));
    /// assert_eq!((north.len(), north.position("c"), queue.position("c")), (2, Some(2), Some(3)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn unit<'a>(&'a self, unit: Option<&'a str>) -> UnitView<'a> {
        let start = self.by_unit.count_before(|found| found.compared(unit, None));
        let through =
            self.by_unit.count_before(|found| match found.0.held.unit.as_deref() <= unit {
                true => Ordering::Less,
                false => Ordering::Greater,
            });
        UnitView { snapshot: self, unit, start, len: through - start }
    }

    /// Every unit that has complaints here, in order of their names; `None` first, for complaints
    /// without one. O(u log n) for u units.
    pub fn units(&self) -> impl Iterator<Item = UnitView<'_>> {
        let mut next = 0;
        std::iter::from_fn(move || {
            let first = self.by_unit.iter_from(next).next()?;
            let view = self.unit(first.0.held.unit.as_deref());
            next = view.start + view.len;
            Some(view)
        })
    }
}

impl<'a> UnitView<'a> {
    /// Name of the unit.
    #[must_use]
    pub fn unit(&self) -> Option<&'a str> {
        self.unit
    }

    /// How many complaints it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The position of a complaint among those of the unit, from 1; `None` where it is not one of
    /// them. O(log n).
    #[must_use]
    pub fn position(&self, id: &str) -> Option<usize> {
        let placed = self.snapshot.find(id)?;
        if placed.held.unit.as_deref() != self.unit {
            return None;
        }
        let before = |found: &InUnit| found.compared(self.unit, Some(placed));
        Some(self.snapshot.by_unit.count_before(before) - self.start + 1)
    }

    /// How many stand in each lane and band, in order. O(log n).
    #[must_use]
    pub fn counts(&self) -> Vec<BandCount> {
        counts(|last| {
            let through = self.snapshot.by_unit.count_before(|found| {
                let by_unit = found.0.held.unit.as_deref().cmp(&self.unit);
                by_unit.then(match found.0.key <= last {
                    true => Ordering::Less,
                    false => Ordering::Greater,
                })
            });
            through - self.start
        })
    }

    /// Its first `k` entries, or all where there are fewer, each with its position in the whole
    /// queue. O(log n) each.
    pub fn top(&self, k: usize) -> impl ExactSizeIterator<Item = Entry<'a>> + use<'a> {
        self.after(0, k)
    }

    /// All its entries, first to last.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Entry<'a>> + use<'a> {
        self.after(0, self.len)
    }

    /// The entries at these positions among those of the unit, counted from 1, as
    /// [`Snapshot::range`] counts them among all. O(log n) each.
    pub fn range<R: RangeBounds<usize>>(
        &self,
        positions: R,
    ) -> impl ExactSizeIterator<Item = Entry<'a>> + use<'a, R> {
        let (skip, end) = before_and_through(&positions);
        self.after(skip, end.saturating_sub(skip))
    }

    /// At most `most` of its entries after the first `skip`.
    fn after(
        &self,
        skip: usize,
        most: usize,
    ) -> impl ExactSizeIterator<Item = Entry<'a>> + use<'a> {
        let skip = skip.min(self.len);
        let found = self.snapshot.by_unit.iter_from(self.start + skip);
        let snapshot = self.snapshot;
        found
            .take(most.min(self.len - skip))
            .map(move |found| Entry::new(snapshot, &found.0, snapshot.position_of(&found.0)))
    }
}
