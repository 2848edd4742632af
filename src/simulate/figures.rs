//! Figures of one simulation: how long everybody waited, who still waits, what was promised.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use super::Run;
use crate::Timestamp;
use crate::base::SECONDS_PER_DAY;
use crate::complaint::Origin;
use crate::policy::{Band, Lane};
use crate::rank::Standing;
use crate::triage::Triage;

/// What became of one complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Touch {
    /// Id of the complaint.
    pub(crate) id: String,
    /// Its unit.
    pub(crate) unit: Option<String>,
    /// Where it stood.
    #[serde(flatten)]
    pub(crate) standing: Standing,
    /// When it came in.
    pub(crate) received: Timestamp,
    /// When it was first touched; `None` while it waits.
    pub(crate) touched: Option<Timestamp>,
    /// What it turned out to have.
    pub(crate) outcomes: BTreeSet<String>,
}

/// Which complaints a row of figures is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// All.
    All,
    /// Those in the `must` lane.
    Must,
    /// Those of a band in the open lane.
    Band(Band),
    /// Those that turned out to have an outcome.
    Outcome(String),
}

impl fmt::Display for Group {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Group::All => formatter.pad("all"),
            Group::Must => formatter.pad("must"),
            Group::Band(band) => band.fmt(formatter),
            Group::Outcome(outcome) => formatter.pad(outcome),
        }
    }
}

/// How long a group waited for its first touch, in seconds. Those still waiting have waited at
/// least until the end; a quantile that falls among them is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Waits {
    /// Who.
    pub(crate) group: Group,
    /// How many came.
    pub(crate) arrived: usize,
    /// How many still wait.
    pub(crate) waiting: usize,
    /// Half waited no longer than this.
    pub(crate) median: Option<i64>,
    /// Nine in ten waited no longer than this.
    pub(crate) ninth_decile: Option<i64>,
    /// The longest wait of those touched.
    pub(crate) longest: Option<i64>,
}

impl Waits {
    fn of(group: Group, touches: &[&Touch]) -> Self {
        let waits =
            touches.iter().filter_map(|touch| Some(touch.touched?.seconds_since(touch.received)));
        let mut waits: Vec<i64> = waits.collect();
        waits.sort_unstable();
        // The least wait that this share of all, those waiting among them, did not exceed.
        let quantile = |tenths: usize| {
            let rank = (touches.len() * tenths).div_ceil(10);
            waits.get(rank.checked_sub(1)?).copied()
        };
        Waits {
            group,
            arrived: touches.len(),
            waiting: touches.len() - waits.len(),
            median: quantile(5),
            ninth_decile: quantile(9),
            longest: waits.last().copied(),
        }
    }
}

/// How a band's action time was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PromiseKept {
    /// The band.
    pub(crate) band: Band,
    /// Days that the policy promises.
    pub(crate) days: u32,
    /// Touched in time.
    pub(crate) kept: usize,
    /// Touched late, or still waiting after it.
    pub(crate) missed: usize,
    /// Still waiting within it.
    pub(crate) open: usize,
}

/// Complaints with an outcome that stood in band `medium` or `low` and not in the `must` lane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UnderTriage {
    /// The outcome.
    pub(crate) outcome: String,
    /// How many were placed too low.
    pub(crate) low: usize,
    /// How many have the outcome.
    pub(crate) of: usize,
}

/// What came out of one simulation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Simulated {
    pub(super) touches: Vec<Touch>,
    pub(super) waits: Vec<Waits>,
    pub(super) promises: Vec<PromiseKept>,
    pub(super) under_triage: Vec<UnderTriage>,
    most_waiting: usize,
    periods_short: usize,
    most_short: usize,
    origin: Origin,
}

impl Simulated {
    pub(super) fn new(
        touches: Vec<Touch>,
        triage: &Triage,
        end: Timestamp,
        run: &Run,
        origin: Origin,
    ) -> Self {
        let outcomes: BTreeSet<&String> =
            touches.iter().flat_map(|touch| &touch.outcomes).collect();
        let chosen = |wanted: &dyn Fn(&Touch) -> bool| -> Vec<&Touch> {
            touches.iter().filter(|touch| wanted(touch)).collect()
        };
        let mut waits = vec![
            Waits::of(Group::All, &chosen(&|_| true)),
            Waits::of(Group::Must, &chosen(&|touch| touch.standing.lane() == Lane::Must)),
        ];
        let days = &triage.policy().bands().action_days;
        let mut promises = Vec::new();
        for band in Band::ALL {
            let open = chosen(&|touch| {
                touch.standing.lane() == Lane::Open && touch.standing.band() == band
            });
            waits.push(Waits::of(Group::Band(band), &open));
            let mut promise =
                PromiseKept { band, days: days.for_band(band), kept: 0, missed: 0, open: 0 };
            // A promise holds for everyone of the band, whatever their lane.
            for touch in chosen(&|touch| touch.standing.band() == band) {
                let due = days.due(band, touch.received);
                match touch.touched {
                    Some(touched) if touched <= due => promise.kept += 1,
                    None if end <= due => promise.open += 1,
                    _ => promise.missed += 1,
                }
            }
            promises.push(promise);
        }
        let mut under_triage = Vec::new();
        for outcome in outcomes {
            let with_outcome = chosen(&|touch| touch.outcomes.contains(outcome));
            let low = with_outcome.iter().filter(|touch| {
                touch.standing.lane() == Lane::Open && touch.standing.band() <= Band::Medium
            });
            let low = low.count();
            under_triage.push(UnderTriage {
                outcome: outcome.clone(),
                low,
                of: with_outcome.len(),
            });
            waits.push(Waits::of(Group::Outcome(outcome.clone()), &with_outcome));
        }
        Simulated {
            waits,
            promises,
            under_triage,
            touches,
            most_waiting: run.most_waiting,
            periods_short: run.periods_short,
            most_short: run.most_short,
            origin,
        }
    }

    /// What became of every complaint, in the order of the ranking.
    #[must_use]
    pub fn touches(&self) -> &[Touch] {
        &self.touches
    }

    /// Waits of all, of the `must` lane, of each band in the open lane, of each outcome.
    #[must_use]
    pub fn waits(&self) -> &[Waits] {
        &self.waits
    }

    /// The waits of one group.
    #[must_use]
    pub fn waits_of(&self, group: &Group) -> Option<&Waits> {
        self.waits.iter().find(|waits| waits.group == *group)
    }

    /// How each band's action time was kept.
    #[must_use]
    pub fn promises(&self) -> &[PromiseKept] {
        &self.promises
    }

    /// How many with each outcome were placed too low.
    #[must_use]
    pub fn under_triage(&self) -> &[UnderTriage] {
        &self.under_triage
    }

    /// How many were touched.
    #[must_use]
    pub fn touched(&self) -> usize {
        self.touches.iter().filter(|touch| touch.touched.is_some()).count()
    }

    /// How many wait at the end with at least one outcome.
    #[must_use]
    pub fn dangerous_waiting(&self) -> usize {
        let waiting = self.touches.iter().filter(|touch| touch.touched.is_none());
        waiting.filter(|touch| !touch.outcomes.is_empty()).count()
    }

    /// The most that waited at the beginning of a period.
    #[must_use]
    pub fn most_waiting(&self) -> usize {
        self.most_waiting
    }

    /// Periods whose load exceeded the capacity, and by how much at most.
    #[must_use]
    pub fn shortfall(&self) -> (usize, usize) {
        (self.periods_short, self.most_short)
    }

    /// Where the arrivals came from.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }
}

/// Whole days, rounded up: what people mean by a wait.
pub(super) fn days(seconds: Option<i64>) -> String {
    let whole = |seconds: i64| {
        seconds.div_euclid(SECONDS_PER_DAY) + i64::from(seconds.rem_euclid(SECONDS_PER_DAY) > 0)
    };
    seconds.map_or_else(|| "not reached".to_owned(), |seconds| whole(seconds).to_string())
}

impl fmt::Display for Simulated {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.origin == Origin::Synthetic {
            writeln!(
                out,
                "Synthetic arrivals: nothing here is a finding about real complaints.\n"
            )?;
        }
        writeln!(
            out,
            "| group | arrived | waiting | median days | nine in ten, days | longest, days |"
        )?;
        writeln!(out, "| --- | --- | --- | --- | --- | --- |")?;
        for Waits { group, arrived, waiting, median, ninth_decile, longest } in &self.waits {
            let [median, ninth, longest] = [*median, *ninth_decile, *longest].map(days);
            writeln!(out, "| {group} | {arrived} | {waiting} | {median} | {ninth} | {longest} |")?;
        }
        writeln!(out)?;
        for PromiseKept { band, days, kept, missed, open } in &self.promises {
            writeln!(
                out,
                "- {band}, within {days} days: {kept} kept, {missed} missed, {open} open"
            )?;
        }
        for UnderTriage { outcome, low, of } in &self.under_triage {
            writeln!(out, "- {outcome}: {low} of {of} placed in medium or low")?;
        }
        let (periods, most) = self.shortfall();
        write!(
            out,
            "- at most {} waited; load exceeded capacity in {periods} periods, by up to {most}",
            self.most_waiting
        )
    }
}
