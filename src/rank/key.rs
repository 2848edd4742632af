//! The sort key: lane, band and priority in 33 bits, with the row in the other 31.

use super::Standing;
use crate::policy::{Band, Lane, Priority};

/// Bits of the row number.
pub(super) const ROW_BITS: u32 = 31;
/// Bits of lane, band and priority, above those of the row.
pub(super) const SORT_BITS: u32 = 33;
/// Bits of the priority: billionths of the index stay below 2^30.
const PRIORITY_BITS: u32 = 30;
const PRIORITY_MASK: u64 = (1 << PRIORITY_BITS) - 1;

/// Where a complaint sorts, first to last, with its row number; see the module's summary.
///
/// Rows stand in tie order (earliest deadline, received, id), so that comparing the row numbers
/// breaks every tie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key(u64);

impl Key {
    /// Lane 0 for `must` and 1 for `open`, band level 0 to 3, priority in billionths, row.
    #[inline(always)]
    pub(crate) fn new(open: u32, level: u32, priority: u32, row: u32) -> Self {
        let first_is_least = (u64::from(open) << 2 | u64::from(3 - level)) << PRIORITY_BITS
            | (PRIORITY_MASK - u64::from(priority));
        Key(first_is_least << ROW_BITS | u64::from(row))
    }

    pub(crate) fn of(standing: Standing, row: usize) -> Self {
        let open = u32::from(standing.lane() == Lane::Open);
        let (level, priority) = (standing.band().level(), standing.priority().billionths());
        Key::new(open, level, priority, row as u32)
    }

    pub(crate) fn standing(self) -> Standing {
        Standing::new(self.lane(), self.band(), self.priority())
    }

    pub(crate) fn row(self) -> usize {
        (self.0 & ((1 << ROW_BITS) - 1)) as usize
    }

    pub(crate) fn lane(self) -> Lane {
        if self.0 >> (ROW_BITS + PRIORITY_BITS + 2) == 0 { Lane::Must } else { Lane::Open }
    }

    pub(crate) fn band(self) -> Band {
        Band::from_level(3 - (self.0 >> (ROW_BITS + PRIORITY_BITS) & 3) as u32)
    }

    pub(crate) fn priority(self) -> Priority {
        let billionths = PRIORITY_MASK - (self.0 >> ROW_BITS & PRIORITY_MASK);
        Priority::from_billionths(billionths as u32)
    }

    /// Lane, band and priority alone: equal for ties.
    #[inline(always)]
    pub(crate) const fn rowless(self) -> Self {
        Key(self.0 >> ROW_BITS << ROW_BITS)
    }

    /// The key as it is sorted.
    #[inline(always)]
    pub(crate) const fn word(self) -> u64 {
        self.0
    }

    /// Lane, band and priority as they are sorted, without the row.
    #[cfg(feature = "arrow-59")]
    pub(crate) const fn sort_word(self) -> u64 {
        self.0 >> ROW_BITS
    }

    #[cfg(feature = "arrow-59")]
    pub(crate) const fn from_sort_word(word: u64) -> Self {
        Key(word << ROW_BITS)
    }

    pub(crate) const fn from_word(word: u64) -> Self {
        Key(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn keys_hold_what_was_put_in_and_sort_first_to_last(
            first in (any::<bool>(), 0_u32..4, 0_u32..=1_000_000_000, 0_u32..1 << 31),
            second in (any::<bool>(), 0_u32..4, 0_u32..=1_000_000_000, 0_u32..1 << 31),
        ) {
            let key = |(open, level, priority, row): (bool, u32, u32, u32)| {
                Key::new(open.into(), level, priority, row)
            };
            let packed = key(first);
            prop_assert_eq!(packed.row(), first.3 as usize);
            prop_assert_eq!(packed.lane() == Lane::Open, first.0);
            prop_assert_eq!(packed.band().level(), first.1);
            prop_assert_eq!(packed.priority().billionths(), first.2);
            let order = |(open, level, priority, row): (bool, u32, u32, u32)| {
                (open, std::cmp::Reverse(level), std::cmp::Reverse(priority), row)
            };
            prop_assert_eq!(packed.cmp(&key(second)), order(first).cmp(&order(second)));
        }
    }
}
