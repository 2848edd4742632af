//! Who is worked next: what a planner is told, and what it refuses.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use super::carry::{Carries, Carry};
use super::plan::{Period, Plan, UnplannedUnit};
use super::shares::{Shares, SharesError};
use crate::Fixed;
use crate::base::STEPS_PER_UNIT;
use crate::base::{Seed, escaped, folded};
use crate::triage::{Ranking, RankingEntry, Triage};

/// Why nothing is planned.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PlanError {
    /// Shares that do not fit.
    #[error(transparent)]
    Shares(#[from] SharesError),
    /// A period that ends before it begins.
    #[error("the period {period} has no length: give an end after its start")]
    Period {
        /// As given.
        period: Period,
    },
    /// The first part of a ranking: complaints beyond it would be out of sight.
    #[error("the ranking holds {ranked} of {complaints} complaints: plan from a whole ranking")]
    Partial {
        /// How many the ranking holds.
        ranked: usize,
        /// How many its backlog holds.
        complaints: usize,
    },
    /// A unit without a name.
    #[error("a unit has no name: plan complaints of no unit without one")]
    BlankUnit,
    /// Two units whose names look alike.
    #[error(
        "the units `{}` and `{}` differ only in case, blanks or invisible marks: give each complaint and each capacity one of the names",
        escaped(.first), escaped(.second)
    )]
    UnitsAlike {
        /// The first.
        first: String,
        /// The second.
        second: String,
    },
    /// An item that the codebook does not list.
    #[error("the codebook does not list the item `{item}`, {used}", item = escaped(.item))]
    UnlistedItem {
        /// As given.
        item: String,
        /// What it was given for.
        used: &'static str,
    },
}

/// Plans worklists. The same ranking, settings, carry and seed give the same plan.
///
/// Rules, in this order: every `must`, outside all shares; then by rank, overdue in each band
/// oldest first, evidence that expires before the next period earliest first, thin reports that
/// one quick lawful check could lift, each within its share; what those could not use goes by
/// rank; last the blind audit, drawn from whoever is still left. A complaint is chosen once. The
/// ranking itself is never touched, and holds and routes take nobody off the list.
///
/// ```
/// use caserank::Seed;
/// use caserank::worklist::{Carry, Period, Planner, Request};
/// use caserank::{ActiveOverrides, BacklogBuilder, Complaint, Triage};
/// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
/// let triage = Triage::from_json(json)?;
/// let mut backlog = BacklogBuilder::new(triage.codebook());
/// for (id, reports) in [("a", 0), ("b", 5), ("c", 1)] {
///     backlog.push(&Complaint::new(id, "2026-04-17".parse()?)?.with_unit("north")?.with_answer("prior_reports", reports))?;
/// }
/// let ranking = triage.rank(&backlog.freeze())?;
/// let period = Period { start: "2026-04-18".parse()?, end: "2026-04-19".parse()? };
/// let planner = Planner::new(&triage, Seed(7))?;
/// let plan = planner.plan(&ranking, &Request::new(period, 2).with_unit("north"), &Carry::default())?;
/// assert_eq!(plan.entries().iter().map(|entry| entry.id()).collect::<Vec<_>>(), ["b", "c"]);
/// assert_eq!(plan.waiting().iter().map(|band| band.complaints()).sum::<usize>(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planner {
    pub(super) shares: Shares,
    pub(super) most_minutes: u32,
    pub(super) most_known: Fixed,
    pub(super) channel: Option<String>,
    pub(super) capped_weight: u32,
    pub(super) lead_days: u32,
    pub(super) scale: Option<String>,
    pub(super) seed: Seed,
}

/// What is asked of one plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub(super) period: Period,
    pub(super) capacity: usize,
    pub(super) unit: Option<String>,
    pub(super) arrivals: Option<usize>,
    pub(super) in_hand: BTreeSet<String>,
}

impl Request {
    /// A plan for a period in which this many complaints can be worked, for complaints without a
    /// unit.
    #[must_use]
    pub fn new(period: Period, capacity: usize) -> Self {
        Request { period, capacity, unit: None, arrivals: None, in_hand: BTreeSet::new() }
    }

    /// For the complaints of this unit.
    #[must_use]
    pub fn with_unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = Some(unit.into());
        self
    }

    /// How many came since the last plan, so that the plan can tell whether the unit keeps up.
    #[must_use]
    pub fn with_arrivals(mut self, arrivals: usize) -> Self {
        self.arrivals = Some(arrivals);
        self
    }

    /// Complaints that somebody is working on, and that are not planned again.
    #[must_use]
    pub fn with_in_hand(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.in_hand = ids.into_iter().map(Into::into).collect();
        self
    }
}

impl Planner {
    /// A planner with suggested shares, the policy's audit share and the caller's seed.
    ///
    /// # Errors
    /// [`SharesError::TooMuch`] for a policy whose audit share leaves no room: give shares of
    /// your own with [`Planner::with_shares`].
    pub fn new(triage: &Triage, seed: Seed) -> Result<Self, SharesError> {
        Planner::with_shares(Shares::suggested(triage.policy().draft().audit_share), seed)
    }

    /// A planner with these shares. Quick checks take at most 15 minutes and no legal process,
    /// thin reports have at most half of their items answered, capped complaints are audited at
    /// three times the chance of others.
    ///
    /// # Errors
    /// [`SharesError`] for a share below 0, or more than 1 in all.
    pub fn with_shares(shares: Shares, seed: Seed) -> Result<Self, SharesError> {
        shares.check()?;
        Ok(Planner {
            shares,
            most_minutes: 15,
            most_known: Fixed::from_steps(STEPS_PER_UNIT / 2),
            channel: None,
            capped_weight: 3,
            lead_days: 0,
            scale: None,
            seed,
        })
    }

    /// What counts as a quick check (minutes) and as a thin report (share of the items open to it
    /// by its stage that are answered, at most).
    #[must_use]
    pub fn ask_first(mut self, most_minutes: u32, most_known: Fixed) -> Self {
        (self.most_minutes, self.most_known) = (most_minutes, most_known);
        self
    }

    /// How many times the ordinary chance a capped complaint has of being audited, at least 1;
    /// and the item whose answers tell channels apart.
    #[must_use]
    pub fn audit(mut self, capped_weight: u32, channel: Option<&str>) -> Self {
        (self.capped_weight, self.channel) = (capped_weight.max(1), channel.map(str::to_owned));
        self
    }

    /// Days that securing evidence takes: what expires within them after the period is due soon.
    #[must_use]
    pub fn with_lead_days(mut self, days: u32) -> Self {
        self.lead_days = days;
        self
    }

    /// Lays the answers to an item, such as the level that the clearing house gave, beside our bands: one table in
    /// each plan, on the planner's and the morning sheet.
    #[must_use]
    pub fn with_scale(mut self, item: impl Into<String>) -> Self {
        self.scale = Some(item.into());
        self
    }

    /// Plans the complaints of one unit. O(n log n).
    ///
    /// # Errors
    /// [`PlanError`] names what does not fit; nothing is planned in part.
    pub fn plan(
        &self,
        ranking: &Ranking,
        request: &Request,
        carry: &Carry,
    ) -> Result<Plan, PlanError> {
        self.check(ranking, request.period)?;
        let unit = request.unit.as_deref();
        if unit.is_some_and(|unit| folded(unit).is_empty()) {
            return Err(PlanError::BlankUnit);
        }
        let of_unit = |entry: &RankingEntry<'_>| ranking.backlog().unit(entry.row()) == unit;
        let mut plan = self.plan_for(ranking, request, carry, of_unit);
        plan.in_hand_unknown = in_hand_unknown(ranking, &request.in_hand);
        Ok(plan)
    }

    /// Plans every unit, by name, and last whatever belongs to none of them: complaints without a
    /// unit or of a unit that is not listed, with no capacity, so that none is out of sight.
    ///
    /// `capacities` gives each unit's capacity; `in_hand` the complaints that somebody is working
    /// on. Carries are read and replaced.
    ///
    /// # Errors
    /// As [`Planner::plan`].
    pub fn plan_units(
        &self,
        ranking: &Ranking,
        period: Period,
        capacities: &BTreeMap<String, usize>,
        in_hand: &BTreeSet<String>,
        carries: &mut Carries,
    ) -> Result<Vec<Plan>, PlanError> {
        let mut plans = self.plan_among(ranking, period, capacities, in_hand, carries, |_| true)?;
        if let Some(last) = plans.last_mut() {
            last.in_hand_unknown = in_hand_unknown(ranking, in_hand);
            last.unplanned = unplanned(ranking, capacities);
        }
        Ok(plans)
    }

    /// The same for some of the complaints.
    pub(crate) fn plan_among(
        &self,
        ranking: &Ranking,
        period: Period,
        capacities: &BTreeMap<String, usize>,
        in_hand: &BTreeSet<String>,
        carries: &mut Carries,
        among: impl Fn(&RankingEntry<'_>) -> bool,
    ) -> Result<Vec<Plan>, PlanError> {
        self.check(ranking, period)?;
        let mut names: BTreeMap<String, &str> = BTreeMap::new();
        for unit in capacities.keys() {
            let name = folded(unit);
            if name.is_empty() {
                return Err(PlanError::BlankUnit);
            }
            if let Some(first) = names.insert(name, unit) {
                let (first, second) = (first.to_owned(), unit.clone());
                return Err(PlanError::UnitsAlike { first, second });
            }
        }
        let request =
            |capacity| Request::new(period, capacity).with_in_hand(in_hand.iter().cloned());
        let carry = |unit: &str| carries.get(unit).cloned().unwrap_or_default();
        let unit_of = |entry: &RankingEntry<'_>| ranking.backlog().unit(entry.row());
        let mut plans: Vec<Plan> = capacities
            .iter()
            .map(|(name, &capacity)| {
                let request = request(capacity).with_unit(name);
                self.plan_for(ranking, &request, &carry(name), |entry| {
                    unit_of(entry) == Some(name) && among(entry)
                })
            })
            .collect();
        plans.push(self.plan_for(ranking, &request(0), &carry(""), |entry| {
            unit_of(entry).is_none_or(|unit| !capacities.contains_key(unit)) && among(entry)
        }));
        for plan in &plans {
            carries.insert(plan.unit().unwrap_or_default().to_owned(), plan.carry.clone());
        }
        Ok(plans)
    }

    fn check(&self, ranking: &Ranking, period: Period) -> Result<(), PlanError> {
        if period.end <= period.start {
            return Err(PlanError::Period { period });
        }
        let (ranked, complaints) = (ranking.len(), ranking.backlog().len());
        if ranked != complaints {
            return Err(PlanError::Partial { ranked, complaints });
        }
        let codebook = ranking.triage().codebook();
        let channel = (&self.channel, "by which audits tell channels apart");
        for (item, used) in [channel, (&self.scale, "which is laid beside our bands")] {
            match item.as_deref().filter(|item| codebook.item_position(item).is_none()) {
                Some(item) => {
                    return Err(PlanError::UnlistedItem { item: item.to_owned(), used });
                }
                None => continue,
            }
        }
        Ok(())
    }
}

/// Ids in hand that no complaint of the ranking has.
fn in_hand_unknown(ranking: &Ranking, in_hand: &BTreeSet<String>) -> Vec<String> {
    let unknown = in_hand.iter().filter(|id| ranking.backlog().row_of(id).is_none());
    unknown.cloned().collect()
}

/// Units of the ranking that no capacity names, complaints without a unit first.
fn unplanned(ranking: &Ranking, capacities: &BTreeMap<String, usize>) -> Vec<UnplannedUnit> {
    let backlog = ranking.backlog();
    let mut counts: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for row in 0..backlog.len() {
        let unit = backlog.unit(row);
        if unit.is_none_or(|unit| !capacities.contains_key(unit)) {
            *counts.entry(unit).or_default() += 1;
        }
    }
    let planned: BTreeMap<String, &String> =
        capacities.keys().map(|unit| (folded(unit), unit)).collect();
    let units = counts.into_iter().map(|(unit, complaints)| UnplannedUnit {
        unit: unit.map(str::to_owned),
        complaints,
        resembles: unit.and_then(|unit| planned.get(&folded(unit)).map(|unit| (*unit).clone())),
    });
    units.collect()
}
