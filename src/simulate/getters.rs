//! What a simulation found, by name.

use std::collections::BTreeSet;

use super::compare::{Earlier, SimulationComparison};
use super::figures::{Group, PromiseKept, Simulated, Touch, UnderTriage, Waits};
use crate::Timestamp;
use crate::policy::Band;
use crate::rank::Standing;

impl Touch {
    /// Id of the complaint.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its unit.
    #[must_use]
    pub fn unit(&self) -> Option<&str> {
        self.unit.as_deref()
    }

    /// Where it stood.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// When it came in.
    #[must_use]
    pub fn received(&self) -> Timestamp {
        self.received
    }

    /// When it was first touched; `None` while it waits.
    #[must_use]
    pub fn touched(&self) -> Option<Timestamp> {
        self.touched
    }

    /// What it turned out to have.
    #[must_use]
    pub fn outcomes(&self) -> &BTreeSet<String> {
        &self.outcomes
    }
}

impl Waits {
    /// Who.
    #[must_use]
    pub fn group(&self) -> &Group {
        &self.group
    }

    /// How many came.
    #[must_use]
    pub fn arrived(&self) -> usize {
        self.arrived
    }

    /// How many still wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting
    }

    /// Half waited no longer than this.
    #[must_use]
    pub fn median(&self) -> Option<i64> {
        self.median
    }

    /// Nine in ten waited no longer than this.
    #[must_use]
    pub fn ninth_decile(&self) -> Option<i64> {
        self.ninth_decile
    }

    /// The longest wait of those touched.
    #[must_use]
    pub fn longest(&self) -> Option<i64> {
        self.longest
    }
}

impl PromiseKept {
    /// The band.
    #[must_use]
    pub fn band(&self) -> Band {
        self.band
    }

    /// Days that the policy promises.
    #[must_use]
    pub fn days(&self) -> u32 {
        self.days
    }

    /// Touched in time.
    #[must_use]
    pub fn kept(&self) -> usize {
        self.kept
    }

    /// Touched late, or still waiting after it.
    #[must_use]
    pub fn missed(&self) -> usize {
        self.missed
    }

    /// Still waiting within it.
    #[must_use]
    pub fn open(&self) -> usize {
        self.open
    }
}

impl UnderTriage {
    /// The outcome.
    #[must_use]
    pub fn outcome(&self) -> &str {
        &self.outcome
    }

    /// How many were placed too low.
    #[must_use]
    pub fn low(&self) -> usize {
        self.low
    }

    /// How many have the outcome.
    #[must_use]
    pub fn of(&self) -> usize {
        self.of
    }
}

impl SimulationComparison {
    /// The first.
    #[must_use]
    pub fn first(&self) -> &Simulated {
        &self.first
    }

    /// The second.
    #[must_use]
    pub fn second(&self) -> &Simulated {
        &self.second
    }
}

impl Earlier {
    /// Touched earlier in the first simulation, or only there.
    #[must_use]
    pub fn first(&self) -> usize {
        self.first
    }

    /// Touched earlier in the second, or only there.
    #[must_use]
    pub fn second(&self) -> usize {
        self.second
    }

    /// Touched at the same time, or in neither.
    #[must_use]
    pub fn same(&self) -> usize {
        self.same
    }
}
