//! What a plan holds: the entries, what waits, how much is missing.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::attention::{PartlyUnderstood, ScaleBeside};
use super::carry::Carry;
use super::entry::PlanEntry;
use super::plan_file::PLAN_FORMAT;
use super::shares::RuleKind;
use crate::base::escaped;
use crate::base::json::Format;
use crate::complaint::{Deadline, Origin};
use crate::policy::Band;
use crate::rank::Rank;
use crate::{Fixed, Timestamp, UtcOffset};

/// From when to when a plan is for: its first second, and the first second after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// Its first second.
    pub start: Timestamp,
    /// The first second of the next period.
    pub end: Timestamp,
}

impl Period {
    /// The period as clocks at an offset show it.
    pub fn at_offset(self, offset: UtcOffset) -> impl fmt::Display {
        PeriodAt { period: self, offset }
    }
}

/// A period at an offset, to be shown.
struct PeriodAt {
    period: Period,
    offset: UtcOffset,
}

impl fmt::Display for PeriodAt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [start, end] =
            [self.period.start, self.period.end].map(|time| time.at_offset(self.offset));
        write!(formatter, "{start} to {end}")
    }
}

impl fmt::Display for Period {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.at_offset(UtcOffset::UTC).fmt(formatter)
    }
}

/// What a rule had and used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RuleUse {
    /// The rule.
    pub(crate) rule: RuleKind,
    /// Its share of the capacity beyond `must`.
    pub(crate) share: Fixed,
    /// Places it had, carried fractions included.
    pub(crate) places: usize,
    /// Places it used; what it could not use went by rank.
    pub(crate) used: usize,
}

/// Complaints of one band that are not in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Waiting {
    /// The band.
    pub(crate) band: Band,
    /// How many wait.
    pub(crate) complaints: usize,
    /// How many of them are overdue.
    pub(crate) overdue: usize,
    /// How many more will be overdue when the period ends.
    pub(crate) falling_due: usize,
    /// When the oldest of them came in.
    pub(crate) oldest: Option<Timestamp>,
}

/// Whether the load fits the capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Load {
    /// Complaints to be worked in this period if every promise is to be kept: `must`, overdue,
    /// overdue by its end, evidence that expires before the next.
    pub(crate) needed: usize,
    /// Capacity of the unit.
    pub(crate) capacity: usize,
    /// How many came since the last plan, where the caller said so.
    pub(crate) arrivals: Option<usize>,
    /// `must` complaints for which there is no capacity. They are in the plan all the same.
    pub(crate) must_beyond: usize,
    /// Complaints whose evidence expires before the next period, and which are not in the plan.
    pub(crate) due_soon_left: usize,
    /// Complaints in hand, left out of the plan.
    pub(crate) in_hand: usize,
}

impl Load {
    /// By how many complaints the load exceeds the capacity; 0 where it does not.
    #[must_use]
    pub fn short_by(&self) -> usize {
        self.needed.saturating_sub(self.capacity)
    }

    /// By how many the arrivals exceed the capacity; 0 where they do not, or are not known.
    #[must_use]
    pub fn arrivals_beyond(&self) -> usize {
        self.arrivals.unwrap_or(0).saturating_sub(self.capacity)
    }
}

impl fmt::Display for Load {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Load { needed, capacity, must_beyond, due_soon_left, .. } = self;
        match self.short_by() {
            0 => write!(formatter, "load {needed} fits capacity {capacity}")?,
            short => write!(formatter, "load {needed} exceeds capacity {capacity} by {short}")?,
        }
        if self.arrivals_beyond() > 0 {
            let arrivals = self.arrivals.unwrap_or(0);
            let beyond = self.arrivals_beyond();
            write!(formatter, "; {arrivals} came, {beyond} more than can be worked")?;
        }
        if *must_beyond > 0 {
            write!(formatter, "; no capacity for {must_beyond} that must be worked")?;
        }
        if *due_soon_left > 0 {
            write!(formatter, "; evidence of {due_soon_left} expires unworked")?;
        }
        Ok(())
    }
}

/// A complaint that waits although its evidence expires before the next period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Expiring {
    /// Id of the complaint.
    pub(crate) id: String,
    /// Its rank in the ranking that was planned from.
    #[serde(flatten)]
    pub(crate) rank: Rank,
    /// The deadline.
    pub(crate) deadline: Deadline,
}

/// Complaints of a unit that no plan was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UnplannedUnit {
    /// Name of the unit; `None` for complaints without one.
    pub(crate) unit: Option<String>,
    /// How many complaints it has.
    pub(crate) complaints: usize,
    /// The planned unit whose name differs only in case, blanks, invisible marks or normal form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) resembles: Option<String>,
}

impl fmt::Display for UnplannedUnit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let UnplannedUnit { unit, complaints, resembles } = self;
        match unit {
            Some(unit) => write!(formatter, "{complaints} of unit {}", escaped(unit))?,
            None => write!(formatter, "{complaints} without a unit")?,
        }
        match resembles {
            Some(planned) => write!(formatter, ": is that {}?", escaped(planned)),
            None => Ok(()),
        }
    }
}

/// Who is worked in a period by one unit; see [`Planner`](super::Planner).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub(super) format_version: Format<PLAN_FORMAT>,
    pub(super) unit: Option<String>,
    pub(super) period: Period,
    /// Of all complaints that were planned from; files from before it was kept do not say.
    #[serde(default)]
    pub(super) origin: Origin,
    pub(super) entries: Vec<PlanEntry>,
    pub(super) rules: Vec<RuleUse>,
    pub(super) waiting: [Waiting; 4],
    pub(super) load: Load,
    /// Who is not in the plan though evidence expires, earliest first.
    pub(super) expiring: Vec<Expiring>,
    /// Whose records were not wholly understood, in the order of the ranking.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) partly_understood: Vec<PartlyUnderstood>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) scale: Option<ScaleBeside>,
    /// Ids in hand that no complaint of the ranking has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) in_hand_unknown: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) unplanned: Vec<UnplannedUnit>,
    pub(super) carry: Carry,
    pub(super) sheet_seed: u64,
    /// At which offset sheets show times; files stay in UTC.
    #[serde(skip)]
    pub(super) offset: UtcOffset,
}

impl Plan {
    /// Sets the offset from UTC at which the plan's sheets and pages show times; without it they
    /// show UTC. The plan's file does not keep it.
    pub fn set_offset(&mut self, offset: UtcOffset) {
        self.offset = offset;
    }

    /// With another offset; see [`Plan::set_offset`].
    #[must_use]
    pub fn with_offset(mut self, offset: UtcOffset) -> Self {
        self.offset = offset;
        self
    }

    /// The offset from UTC at which its sheets show times.
    #[must_use]
    pub fn offset(&self) -> UtcOffset {
        self.offset
    }

    /// The unit; `None` for complaints that no planned unit works.
    #[must_use]
    pub fn unit(&self) -> Option<&str> {
        self.unit.as_deref()
    }

    /// From when to when.
    #[must_use]
    pub fn period(&self) -> Period {
        self.period
    }

    /// Where the complaints come from that it was made of, those of other units among them:
    /// [`Backlog::origin`](crate::Backlog::origin). Every sheet says so where they are made up or nobody said.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Who is worked: `must` first, then the rest in the order of the ranking.
    #[must_use]
    pub fn entries(&self) -> &[PlanEntry] {
        &self.entries
    }

    /// What each rule had and used.
    #[must_use]
    pub fn rules(&self) -> &[RuleUse] {
        &self.rules
    }

    /// What is not in the plan, by band, highest first. With the entries and those in hand it adds
    /// up to every complaint of the unit.
    #[must_use]
    pub fn waiting(&self) -> &[Waiting; 4] {
        &self.waiting
    }

    /// Complaints that are not in the plan although their evidence expires before the next period,
    /// the earliest first: all of [`Load::due_soon_left`].
    #[must_use]
    pub fn expiring(&self) -> &[Expiring] {
        &self.expiring
    }

    /// Complaints of the unit, planned or waiting, of which something was not understood when they were read: danger
    /// may stand in what was not understood, so that a person looks at them. In the order of the ranking.
    #[must_use]
    pub fn partly_understood(&self) -> &[PartlyUnderstood] {
        &self.partly_understood
    }

    /// The unit's complaints by another scale and by our bands, where
    /// [`Planner::with_scale`](super::Planner::with_scale) asked for it.
    #[must_use]
    pub fn scale(&self) -> Option<&ScaleBeside> {
        self.scale.as_ref()
    }

    /// Ids that were given as in hand, and that no complaint of the ranking has: a slip of the pen
    /// leaves a complaint on the list that somebody works on. Of several plans the last tells them.
    #[must_use]
    pub fn in_hand_unknown(&self) -> &[String] {
        &self.in_hand_unknown
    }

    /// Units whose complaints stand in this plan because no plan of their own was asked for.
    #[must_use]
    pub fn unplanned(&self) -> &[UnplannedUnit] {
        &self.unplanned
    }

    /// Whether the load fits the capacity.
    #[must_use]
    pub fn load(&self) -> Load {
        self.load
    }

    /// What the next plan of this unit starts from.
    #[must_use]
    pub fn carry(&self) -> &Carry {
        &self.carry
    }

    /// Places that each overdue band had, its share, and whether there is a bound on waiting.
    ///
    /// Once overdue, a complaint with *m* older overdue complaints of its band and unit is chosen
    /// within ⌈(m+1)/s⌉ periods that leave capacity beyond `must`, where *s*, at least 1, is the
    /// smallest number of places its band had in any of them; and always within ⌈(m+2)/c⌉ of
    /// them, where *c*, above 0, is the share times the smallest capacity beyond `must`. *m* counts
    /// everyone who stands before it at any time until then, so complaints that come in late or
    /// change band can add to it.
    pub fn bounds(&self) -> impl Iterator<Item = WaitBound> {
        let beyond = self.load.capacity.saturating_sub(self.must());
        let overdue = self.rules.iter().filter_map(|used| match used.rule {
            RuleKind::Overdue(band) => Some((band, used)),
            _ => None,
        });
        overdue.map(move |(band, used)| WaitBound {
            band,
            share: used.share,
            places: used.places,
            beyond,
        })
    }

    pub(super) fn must(&self) -> usize {
        self.entries.iter().filter(|entry| entry.rule == RuleKind::Must).count()
    }
}

/// How long an overdue complaint of a band may wait, were every period like this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WaitBound {
    /// The band.
    pub(crate) band: Band,
    /// Its share.
    pub(crate) share: Fixed,
    /// Places it had.
    pub(crate) places: usize,
    /// Capacity beyond `must`.
    pub(crate) beyond: usize,
}

impl WaitBound {
    /// Periods within which a complaint with `older` overdue ones before it is chosen, were every
    /// period to leave as much capacity; `None` where there is no bound: the share is 0, or no
    /// capacity was left.
    #[must_use]
    pub fn periods(&self, older: usize) -> Option<u64> {
        let earned = u128::try_from(self.share.steps()).ok()? * self.beyond as u128;
        let whole = u128::from(crate::base::STEPS_PER_UNIT.unsigned_abs());
        let periods = (earned > 0).then(|| ((older as u128 + 2) * whole).div_ceil(earned))?;
        Some(u64::try_from(periods).unwrap_or(u64::MAX))
    }
}

impl fmt::Display for WaitBound {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.periods(0) {
            Some(periods) => write!(
                formatter,
                "{}: the oldest overdue complaint is worked within {periods} such periods",
                self.band
            ),
            None if self.share == Fixed::ZERO => write!(
                formatter,
                "{}: no share for overdue complaints, so nothing bounds their wait",
                self.band
            ),
            None => write!(
                formatter,
                "{}: no capacity beyond must, so nothing bounds the wait",
                self.band
            ),
        }
    }
}
