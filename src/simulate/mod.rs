//! What a policy, a planner and a capacity would have done with a stream of complaints.
//!
//! Complaints come, are planned and are touched, period by period, without any chance but the
//! planner's seed. Two policies are compared on the same arrivals. A simulation shows what a queue
//! does with its inputs; it says nothing about whether the model is right.

mod compare;
mod figures;
mod getters;

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

pub use compare::{Earlier, SimulationComparison};
pub use figures::{Group, PromiseKept, Simulated, Touch, UnderTriage, Waits};

use crate::Timestamp;
use crate::backlog::{BacklogBuilder, BacklogError, Reading};
use crate::codebook::CodebookError;
use crate::complaint::Complaint;
use crate::policy::Band;
use crate::triage::{Ranking, Triage};
use crate::worklist::{Carries, Period, PlanEntry, PlanError, Planner};

/// A complaint that comes in, with what was found out about it afterwards. The simulated unit does
/// not see the outcomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// The complaint; it comes in when it was received.
    pub complaint: Complaint,
    /// Ids of the outcomes that it turned out to have.
    pub outcomes: BTreeSet<String>,
}

/// Why nothing was simulated, or not what was promised.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SimulateError {
    /// An arrival that the codebook does not take, or an id that stands twice.
    #[error(transparent)]
    Arrival(#[from] BacklogError),
    /// A model of another codebook.
    #[error(transparent)]
    Codebook(#[from] CodebookError),
    /// A plan that cannot be made.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A simulation without periods, or with periods without length.
    #[error("{periods} periods of {seconds} seconds simulate nothing: give at least one of each")]
    Empty {
        /// How many periods.
        periods: usize,
        /// How long each is.
        seconds: u32,
    },
    /// Periods beyond the last second that a timestamp holds.
    #[error("{periods} periods of {seconds} seconds end after the year 9999: give fewer")]
    BeyondTime {
        /// How many periods.
        periods: usize,
        /// How long each is.
        seconds: u32,
    },
    /// The promised action times cannot be met with this capacity.
    #[error(
        "the action time of band {band} ({days} days) was missed by {missed} of {of} complaints: raise capacity, or promise less; `measure` gives the figures all the same"
    )]
    ActionTimesMissed {
        /// The highest band whose promise was broken.
        band: Band,
        /// What was promised.
        days: u32,
        /// How many complaints of that band were late.
        missed: usize,
        /// How many there were.
        of: usize,
        /// All figures.
        simulated: Box<Simulated>,
    },
}

/// A model, a planner and a capacity, over time.
///
/// ```
/// use std::collections::BTreeSet;
/// use caserank::Seed;
/// use caserank::simulate::{Arrival, Simulation};
/// use caserank::worklist::Planner;
/// use caserank::{Complaint, Triage};
/// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
/// let triage = Triage::from_json(json)?;
/// let start = "2026-01-01".parse()?;
/// let arrivals: Vec<Arrival> = (0..60_i64).map(|number| {
///     let received = caserank::Timestamp::plus_seconds(start, number * 43_200);
///     let complaint = Complaint::new(format!("c{number:02}"), received)?.with_unit("north")?.with_answer("prior_reports", number % 6);
///     Ok(Arrival { complaint, outcomes: BTreeSet::new() })
/// }).collect::<Result<_, caserank::complaint::ComplaintError>>()?;
/// let simulation = Simulation::new(&triage, Planner::new(&triage, Seed(1))?, start, 40).with_unit("north", 2);
/// assert_eq!(simulation.run(&arrivals)?.touched(), 60);
/// assert!(simulation.with_unit("north", 1).run(&arrivals).is_err()); // two come every day
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Simulation {
    triage: Triage,
    planner: Planner,
    start: Timestamp,
    periods: usize,
    seconds: u32,
    capacities: BTreeMap<String, usize>,
}

impl Simulation {
    /// A simulation of this many days from `start` on, without any capacity yet.
    #[must_use]
    pub fn new(triage: &Triage, planner: Planner, start: Timestamp, periods: usize) -> Self {
        Simulation {
            triage: triage.clone(),
            planner,
            start,
            periods,
            seconds: 86_400,
            capacities: BTreeMap::new(),
        }
    }

    /// How many complaints a unit can take up in a period. Complaints of other units, and of none,
    /// are never touched, and are counted as waiting.
    #[must_use]
    pub fn with_unit(mut self, unit: impl Into<String>, capacity: usize) -> Self {
        self.capacities.insert(unit.into(), capacity);
        self
    }

    /// How long a period is; a day without it.
    #[must_use]
    pub fn with_seconds(mut self, seconds: u32) -> Self {
        self.seconds = seconds;
        self
    }

    /// Runs it and holds the action times against their promise.
    ///
    /// # Errors
    /// [`SimulateError::ActionTimesMissed`] with all figures where a band's action time was missed
    /// by anybody; and what [`Simulation::measure`] refuses.
    pub fn run(&self, arrivals: &[Arrival]) -> Result<Simulated, SimulateError> {
        let simulated = self.measure(arrivals)?;
        match simulated.promises.iter().find(|promise| promise.missed > 0).copied() {
            None => Ok(simulated),
            Some(PromiseKept { band, days, missed, kept, open }) => {
                Err(SimulateError::ActionTimesMissed {
                    band,
                    days,
                    missed,
                    of: missed + kept + open,
                    simulated: Box::new(simulated),
                })
            }
        }
    }

    /// Runs it, whatever becomes of the action times. A complaint joins the first period that
    /// begins after it came in, and counts as touched at the end of the period that it is planned
    /// for. Those that come in after the last period has begun are left out.
    ///
    /// # Errors
    /// [`SimulateError`] for arrivals that do not fit, or nothing to simulate.
    pub fn measure(&self, arrivals: &[Arrival]) -> Result<Simulated, SimulateError> {
        if self.periods == 0 || self.seconds == 0 {
            let (periods, seconds) = (self.periods, self.seconds);
            return Err(SimulateError::Empty { periods, seconds });
        }
        let last = self.period(self.periods - 1);
        if last.end <= last.start {
            let (periods, seconds) = (self.periods, self.seconds);
            return Err(SimulateError::BeyondTime { periods, seconds });
        }
        let joins = |arrival: &&Arrival| arrival.complaint.received() < last.start;
        let mut builder =
            BacklogBuilder::new(self.triage.codebook()).with_reading(Reading::new().strict());
        let mut outcomes: BTreeMap<&str, &BTreeSet<String>> = BTreeMap::new();
        for arrival in arrivals.iter().filter(joins) {
            if builder.push(&arrival.complaint)?.is_repeated() {
                let id = arrival.complaint.id().to_owned();
                return Err(BacklogError::RepeatedId { id }.into());
            }
            outcomes.insert(arrival.complaint.id(), &arrival.outcomes);
        }
        let ranking = self.triage.rank(&builder.freeze())?;
        let touched = self.touch(&ranking)?;
        let touches = ranking.iter().map(|entry| Touch {
            id: entry.id().to_owned(),
            unit: ranking.backlog().unit(entry.row()).map(str::to_owned),
            standing: entry.standing(),
            received: ranking.backlog().received(entry.row()),
            touched: touched.touched[entry.row()],
            outcomes: outcomes.get(entry.id()).map(|found| (*found).clone()).unwrap_or_default(),
        });
        Ok(Simulated::new(
            touches.collect(),
            &self.triage,
            last.end,
            &touched,
            ranking.backlog().origin(),
        ))
    }

    /// Runs two simulations on the same arrivals.
    ///
    /// # Errors
    /// As [`Simulation::measure`], for either.
    pub fn compare(
        &self,
        other: &Simulation,
        arrivals: &[Arrival],
    ) -> Result<SimulationComparison, SimulateError> {
        Ok(SimulationComparison {
            first: self.measure(arrivals)?,
            second: other.measure(arrivals)?,
        })
    }

    fn period(&self, number: usize) -> Period {
        let start = |number: usize| {
            let seconds =
                i64::try_from(number).unwrap_or(i64::MAX).saturating_mul(self.seconds.into());
            self.start.plus_seconds(seconds)
        };
        Period { start: start(number), end: start(number + 1) }
    }

    /// Plans period after period. Nothing about a complaint changes, so one ranking serves all;
    /// periods in which nothing can happen any more are counted and not planned.
    fn touch(&self, ranking: &Ranking) -> Result<Run, SimulateError> {
        let backlog = ranking.backlog();
        let mut run = Run { touched: vec![None; backlog.len()], ..Run::default() };
        let mut carries = Carries::new();
        let in_hand = BTreeSet::new();
        let mut coming: Vec<Timestamp> =
            (0..backlog.len()).map(|row| backlog.received(row)).collect();
        coming.sort_unstable();
        let mut touched = 0;
        let mut number = 0;
        while number < self.periods {
            let period = self.period(number);
            let joined = coming.partition_point(|received| *received < period.start);
            let waiting = joined - touched;
            if waiting == 0 {
                // On to the first period that begins after the next has come.
                let Some(next) = coming.get(joined) else { break };
                let seconds = next.seconds_since(period.start).max(0);
                let skipped = seconds / i64::from(self.seconds) + 1;
                number = number.saturating_add(usize::try_from(skipped).unwrap_or(usize::MAX));
                continue;
            }
            let open =
                |row: usize| run.touched[row].is_none() && backlog.received(row) < period.start;
            let plans = self.planner.plan_among(
                ranking,
                period,
                &self.capacities,
                &in_hand,
                &mut carries,
                |entry| open(entry.row()),
            )?;
            run.most_waiting = run.most_waiting.max(waiting);
            let short: usize = plans.iter().map(|plan| plan.load().short_by()).sum();
            run.periods_short += usize::from(short > 0);
            run.most_short = run.most_short.max(short);
            let entries = plans.iter().flat_map(|plan| plan.entries());
            // The plan was made from this ranking: every position is one of its own.
            let row =
                |entry: &PlanEntry| ranking.at(entry.rank.position()).map(|entry| entry.row());
            let rows: Vec<usize> =
                entries.filter(|entry| !entry.beyond_capacity).filter_map(row).collect();
            for &row in &rows {
                run.touched[row] = Some(period.end);
            }
            touched += rows.len();
            number += 1;
            let overdue: usize =
                plans.iter().flat_map(|plan| plan.waiting()).map(|band| band.overdue).sum();
            let listed: usize = plans.iter().map(|plan| plan.entries().len()).sum();
            if rows.is_empty() && joined == coming.len() && overdue + listed == waiting {
                // Nobody comes, nobody is worked, and nobody can fall overdue any more.
                run.periods_short += if short > 0 { self.periods - number } else { 0 };
                break;
            }
        }
        Ok(run)
    }
}

/// What happened, before it is counted.
#[derive(Debug, Default)]
struct Run {
    touched: Vec<Option<Timestamp>>,
    most_waiting: usize,
    periods_short: usize,
    most_short: usize,
}
