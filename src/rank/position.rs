//! A place in an order: a position and where a complaint stands.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Standing;
use crate::policy::{Band, Lane, Priority};

/// A complaint's place in an order: its position, from 1, and where it stands.
///
/// In files it is one flat map of `position`, `lane`, `band` and `priority_billionths`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "Flat", try_from = "Flat")]
pub struct Rank {
    position: usize,
    standing: Standing,
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "Rank", deny_unknown_fields)]
struct Flat {
    position: usize,
    lane: Lane,
    band: Band,
    #[serde(rename = "priority_billionths")]
    priority: Priority,
}

impl Rank {
    pub(crate) fn new(position: usize, standing: Standing) -> Self {
        debug_assert!(position > 0, "positions are counted from 1");
        Rank { position, standing }
    }

    /// Place in the order, from 1.
    #[must_use]
    pub const fn position(self) -> usize {
        self.position
    }

    /// Lane, band and priority.
    #[must_use]
    pub const fn standing(self) -> Standing {
        self.standing
    }

    /// Which queue.
    #[must_use]
    pub const fn lane(self) -> Lane {
        self.standing.lane()
    }

    /// Which band.
    #[must_use]
    pub const fn band(self) -> Band {
        self.standing.band()
    }

    /// The priority index.
    #[must_use]
    pub const fn priority(self) -> Priority {
        self.standing.priority()
    }
}

impl From<Rank> for Flat {
    fn from(rank: Rank) -> Self {
        Flat {
            position: rank.position,
            lane: rank.lane(),
            band: rank.band(),
            priority: rank.priority(),
        }
    }
}

impl TryFrom<Flat> for Rank {
    type Error = &'static str;

    fn try_from(flat: Flat) -> Result<Self, &'static str> {
        match flat.position {
            0 => Err("a position of 0 was given: positions are counted from 1"),
            position => Ok(Rank::new(position, Standing::new(flat.lane, flat.band, flat.priority))),
        }
    }
}

impl fmt::Display for Rank {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.position, self.standing)
    }
}

/// How many complaints of an order stand in one lane and band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct BandCount {
    /// The lane.
    pub(crate) lane: Lane,
    /// The band.
    pub(crate) band: Band,
    /// How many complaints stand there.
    pub(crate) count: usize,
}

impl BandCount {
    /// The lane.
    #[must_use]
    pub fn lane(&self) -> Lane {
        self.lane
    }

    /// The band.
    #[must_use]
    pub fn band(&self) -> Band {
        self.band
    }

    /// How many complaints stand there.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }
}
