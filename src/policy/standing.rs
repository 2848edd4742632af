//! Where a complaint stands: lane, band and priority, the three parts of every order.

use std::cmp::Reverse;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::band::{Band, Lane};
use super::combination::Priority;

/// Where a complaint stands: lane, then band, then priority. What comes first in a ranking is the
/// least; two that are equal are told apart by deadline, time received and id.
///
/// ```
/// use caserank::policy::{Band, Lane, Priority};
/// use caserank::rank::Standing;
/// let standing = |lane, band| Standing::new(lane, band, Priority::from_billionths(41_000_000));
/// let must = standing(Lane::Must, Band::Low);
/// let open = standing(Lane::Open, Band::VeryHigh);
/// assert!(must < open && must.is_before(open));
/// assert_eq!(open.to_string(), "open, very_high, 41");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    lane: Lane,
    band: Band,
    #[serde(rename = "priority_billionths")]
    priority: Priority,
}

impl Standing {
    /// Puts the three together.
    #[must_use]
    pub const fn new(lane: Lane, band: Band, priority: Priority) -> Self {
        Standing { lane, band, priority }
    }

    /// Which queue.
    #[must_use]
    pub const fn lane(self) -> Lane {
        self.lane
    }

    /// Which band.
    #[must_use]
    pub const fn band(self) -> Band {
        self.band
    }

    /// The priority index, which orders a lane's band.
    #[must_use]
    pub const fn priority(self) -> Priority {
        self.priority
    }

    /// Whether it comes before another in every ranking by lane and band alone, whatever their
    /// priorities.
    #[must_use]
    pub fn is_before(self, other: Standing) -> bool {
        (self.lane, Reverse(self.band)) < (other.lane, Reverse(other.band))
    }

    /// Whether lane and band are those of another, whatever their priorities.
    #[must_use]
    pub fn has_band_of(self, other: Standing) -> bool {
        (self.lane, self.band) == (other.lane, other.band)
    }

    /// Lane and band in a word or two for people, without the priority: `must (high)`, `high`.
    pub(crate) fn lane_and_band(self) -> String {
        match self.lane {
            Lane::Must => format!("must ({})", self.band),
            Lane::Open => self.band.to_string(),
        }
    }
}

impl Ord for Standing {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let order = |standing: &Standing| {
            (standing.lane, Reverse(standing.band), Reverse(standing.priority))
        };
        order(self).cmp(&order(other))
    }
}

impl PartialOrd for Standing {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}, {}, {}", self.lane, self.band, self.priority)
    }
}
