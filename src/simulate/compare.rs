//! Two simulations on the same arrivals, side by side.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

use super::figures::{Simulated, days};
use crate::Timestamp;
use crate::complaint::Origin;

/// Two simulations of the same arrivals; see [`Simulation::compare`](super::Simulation::compare).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SimulationComparison {
    /// The first.
    pub(crate) first: Simulated,
    /// The second.
    pub(crate) second: Simulated,
}

/// How often each came first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Earlier {
    /// Touched earlier in the first simulation, or only there.
    pub(crate) first: usize,
    /// Touched earlier in the second, or only there.
    pub(crate) second: usize,
    /// Touched at the same time, or in neither.
    pub(crate) same: usize,
}

impl SimulationComparison {
    /// Complaint by complaint, among those with an outcome: in which simulation it was touched
    /// earlier.
    #[must_use]
    pub fn earlier(&self) -> Earlier {
        let second: BTreeMap<&str, Option<Timestamp>> =
            self.second.touches().iter().map(|touch| (touch.id.as_str(), touch.touched)).collect();
        let mut earlier = Earlier::default();
        for touch in self.first.touches().iter().filter(|touch| !touch.outcomes.is_empty()) {
            let other = second.get(touch.id.as_str()).copied().flatten();
            let when = |touched: Option<Timestamp>| (touched.is_none(), touched);
            match when(touch.touched).cmp(&when(other)) {
                Ordering::Less => earlier.first += 1,
                Ordering::Greater => earlier.second += 1,
                Ordering::Equal => earlier.same += 1,
            }
        }
        earlier
    }
}

impl fmt::Display for SimulationComparison {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first.origin() == Origin::Synthetic {
            writeln!(
                out,
                "Synthetic arrivals: nothing here is a finding about real complaints.\n"
            )?;
        }
        writeln!(
            out,
            "| group | waiting, first | second | median days, first | second | nine in ten, first | second |"
        )?;
        writeln!(out, "| --- | --- | --- | --- | --- | --- | --- |")?;
        for first in self.first.waits() {
            let Some(second) = self.second.waits_of(&first.group) else { continue };
            writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} | {} |",
                first.group,
                first.waiting,
                second.waiting,
                days(first.median),
                days(second.median),
                days(first.ninth_decile),
                days(second.ninth_decile)
            )?;
        }
        writeln!(out)?;
        for (first, second) in self.first.under_triage().iter().zip(self.second.under_triage()) {
            writeln!(
                out,
                "- {}: {} and {} of {} placed in medium or low",
                first.outcome, first.low, second.low, first.of
            )?;
        }
        for (first, second) in self.first.promises().iter().zip(self.second.promises()) {
            writeln!(
                out,
                "- {}: {} and {} missed their action time",
                first.band, first.missed, second.missed
            )?;
        }
        let earlier = self.earlier();
        write!(
            out,
            "- with an outcome: {} touched earlier in the first, {} in the second, {} alike",
            earlier.first, earlier.second, earlier.same
        )
    }
}
