//! Bands, their cut-offs and action times, and lanes.

use serde::{Deserialize, Serialize};

use crate::base::words;
use crate::{Fixed, Timestamp};

/// How soon a complaint is worked, highest first in every ranking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// Everything else. Never out of sight: audits reach it too.
    Low,
    /// After `high`.
    Medium,
    /// After `very_high`.
    High,
    /// First.
    VeryHigh,
}

impl Band {
    /// All bands, highest first.
    pub const ALL: [Band; 4] = [Band::VeryHigh, Band::High, Band::Medium, Band::Low];

    pub(crate) const fn from_level(level: u32) -> Band {
        match level {
            0 => Band::Low,
            1 => Band::Medium,
            2 => Band::High,
            _ => Band::VeryHigh,
        }
    }

    /// 0 for `low` to 3 for `very_high`.
    pub(crate) const fn level(self) -> u32 {
        self as u32
    }
}

words! {
    Band, "a band",
    Low => "low",
    Medium => "medium",
    High => "high",
    VeryHigh => "very_high",
}

/// Which queue a complaint stands in. Every complaint of an earlier lane comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Must be looked at, whatever its score.
    Must,
    /// By band and priority.
    Open,
}

words! {
    Lane, "a lane",
    Must => "must",
    Open => "open",
}

/// Cut-offs of the priority index and action times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bands {
    /// `very_high` from this index on (0 to 1, six decimals).
    pub very_high: Fixed,
    /// `high` from this index on.
    pub high: Fixed,
    /// `medium` from this index on; below it is `low`.
    pub medium: Fixed,
    /// Why these cut-offs.
    pub rationale: String,
    /// Days within which a complaint of each band should be acted on.
    pub action_days: ActionDays,
}

/// Days within which complaints of each band should be acted on; they never enter the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionDays {
    /// For `very_high`.
    pub very_high: u32,
    /// For `high`.
    pub high: u32,
    /// For `medium`.
    pub medium: u32,
    /// For `low`.
    pub low: u32,
    /// Why these times.
    pub rationale: String,
}

impl ActionDays {
    /// Days for a band.
    #[must_use]
    pub fn for_band(&self, band: Band) -> u32 {
        match band {
            Band::VeryHigh => self.very_high,
            Band::High => self.high,
            Band::Medium => self.medium,
            Band::Low => self.low,
        }
    }

    /// The time by which a complaint of a band that came in at a time should be acted on; it is
    /// overdue after that.
    #[must_use]
    pub fn due(&self, band: Band, received: Timestamp) -> Timestamp {
        received.plus_days(i64::from(self.for_band(band)))
    }
}

/// Cut-offs in billionths of the index, lowest band first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CutOffs([u32; 3]);

impl CutOffs {
    pub(super) fn of(bands: &Bands) -> Self {
        // A check at load holds the cut-offs within 0 to 1, so the product fits.
        let billionths = |cut: Fixed| cut.steps().unsigned_abs() * 1_000;
        CutOffs([billionths(bands.medium), billionths(bands.high), billionths(bands.very_high)])
    }

    /// Level of the band that a priority falls into by itself; a plain sum, so loops vectorise.
    #[inline(always)]
    pub(crate) fn level(self, priority: u32) -> u32 {
        let [medium, high, very_high] = self.0;
        u32::from(priority >= medium)
            + u32::from(priority >= high)
            + u32::from(priority >= very_high)
    }
}
