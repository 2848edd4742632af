//! One complaint's place in a live queue.

use super::Snapshot;
use super::held::{Held, Placed};
use crate::Timestamp;
use crate::complaint::{Complaint, Deadline, NotUnderstood};
use crate::explain::{Arrival, Assessment};
use crate::policy::{Band, Lane, Placement, Priority};
use crate::rank::Rank;

/// One complaint's place in a live queue.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    snapshot: &'a Snapshot,
    placed: &'a Placed,
    position: usize,
}

impl<'a> Entry<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, placed: &'a Placed, position: usize) -> Self {
        Entry { snapshot, placed, position }
    }

    /// What the model makes of it, under the decisions in force, with its position.
    #[must_use]
    pub fn assess(&self) -> Assessment {
        let (snapshot, held) = (self.snapshot, &*self.placed.held);
        let mut codes = vec![0; snapshot.codebook().items().len()];
        snapshot.unpack(held, &mut codes);
        let active = snapshot.active_override(&held.id);
        let arrival = Arrival {
            received: held.received,
            unit: held.unit.as_deref().map(str::to_owned),
            deadlines: held.deadlines.to_vec(),
            not_understood: held.not_understood.to_vec(),
            provenance: held.provenances(),
            speakers: held.speakers(),
        };
        let kind = (held.origin, held.stages.1);
        let assessment =
            snapshot.triage.assess_coded(&held.id, arrival, kind, codes, active.as_ref());
        assessment.placed(self.position, snapshot.len())
    }

    /// What was not understood in what was sent, for a person to look at.
    #[must_use]
    pub fn not_understood(&self) -> &'a [NotUnderstood] {
        &self.placed.held.not_understood
    }

    /// The host's opaque key of the person complained about.
    #[must_use]
    pub fn subject(&self) -> Option<&'a str> {
        self.placed.held.subject.as_deref()
    }

    /// Place in the order, from 1.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// Id of the complaint.
    #[must_use]
    pub fn id(&self) -> &'a str {
        &self.placed.held.id
    }

    /// Which queue it stands in.
    #[must_use]
    pub fn lane(&self) -> Lane {
        self.placed.key.lane()
    }

    /// Its band.
    #[must_use]
    pub fn band(&self) -> Band {
        self.placed.key.band()
    }

    /// Its priority index.
    #[must_use]
    pub fn priority(&self) -> Priority {
        self.placed.key.priority()
    }

    /// Position, lane, band and priority.
    #[must_use]
    pub fn rank(&self) -> Rank {
        self.placed.rank(self.position)
    }

    /// When it came in.
    #[must_use]
    pub fn received(&self) -> Timestamp {
        self.placed.held.received
    }

    /// The unit that works it.
    #[must_use]
    pub fn unit(&self) -> Option<&'a str> {
        self.placed.held.unit.as_deref()
    }

    /// Its deadlines, earliest first.
    #[must_use]
    pub fn deadlines(&self) -> &'a [Deadline] {
        &self.placed.held.deadlines
    }

    /// The complaint as it was last given or amended.
    #[must_use]
    pub fn complaint(&self) -> Complaint {
        self.snapshot.complaint_of(&self.placed.held)
    }

    /// As the queue keeps it.
    pub(super) fn held(&self) -> &'a Held {
        &self.placed.held
    }

    /// Lane and band with what set them, and the model's own result beside an override's.
    #[must_use]
    pub fn placement(&self) -> Placement {
        self.snapshot.placement_of(&self.placed.held)
    }
}
