//! Who is worked next: the rules in their order.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use super::carry::{Carries, Carry};
use super::entry::{PlanEntry, acts_first};
use super::plan::{Load, Period, Plan, RuleUse, Waiting};
use super::sample::{Inclusion, Stratum, Unit, draw};
use super::shares::{RuleKind, SHARING, Shares, SharesError};
use crate::backlog::Backlog;
use crate::codebook::Process;
use crate::complaint::{DECONFLICTION_ITEM, Deadline, Deconfliction};
use crate::fixed::STEPS_PER_UNIT;
use crate::numeric::{Seed, Stream};
use crate::policy::{Band, Lane, SetBy};
use crate::triage::{Entry, Fingerprint, Ranking, Triage};
use crate::{Fixed, Timestamp};

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
    /// An item to tell channels apart that the codebook does not list.
    #[error("the codebook does not list the item `{item}`, by which audits tell channels apart")]
    UnlistedItem {
        /// As given.
        item: String,
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
/// use caserank::numeric::Seed;
/// use caserank::worklist::{Carry, Period, Planner, Request};
/// use caserank::{ActiveOverrides, BacklogBuilder, Complaint, Triage};
/// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
/// let triage = Triage::from_json(json)?;
/// let mut backlog = BacklogBuilder::new(triage.codebook());
/// for (id, reports) in [("a", 0), ("b", 5), ("c", 1)] {
///     backlog.push(&Complaint::new(id, "2026-04-17".parse()?)?.unit("north").answer("prior_reports", reports))?;
/// }
/// let ranking = triage.rank(&backlog.freeze(), &ActiveOverrides::none())?;
/// let period = Period { start: "2026-04-18".parse()?, end: "2026-04-19".parse()? };
/// let planner = Planner::new(&triage, Seed(7))?;
/// let plan = planner.plan(&ranking, &Request::new(period, 2).unit("north"), &Carry::default())?;
/// assert_eq!(plan.entries().iter().map(|entry| &*entry.id).collect::<Vec<_>>(), ["b", "c"]);
/// assert_eq!(plan.waiting().iter().map(|band| band.complaints).sum::<usize>(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planner {
    shares: Shares,
    most_minutes: u32,
    most_known: Fixed,
    channel: Option<String>,
    capped_weight: u32,
    lead_days: u32,
    seed: Seed,
}

/// What is asked of one plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    period: Period,
    capacity: usize,
    unit: Option<String>,
    arrivals: Option<usize>,
    in_hand: BTreeSet<String>,
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
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = Some(unit.into());
        self
    }

    /// How many came since the last plan, so that the plan can tell whether the unit keeps up.
    #[must_use]
    pub fn arrivals(mut self, arrivals: usize) -> Self {
        self.arrivals = Some(arrivals);
        self
    }

    /// Complaints that somebody is working on, and that are not planned again.
    #[must_use]
    pub fn in_hand(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.in_hand = ids.into_iter().map(Into::into).collect();
        self
    }
}

/// One complaint that may be chosen.
struct Member<'a> {
    entry: Entry<'a>,
    received: Timestamp,
    next: Option<Deadline>,
    missed: Option<Deadline>,
    due_soon: bool,
    /// When its band's action time is over.
    due: Timestamp,
    chosen: Option<RuleKind>,
    ask: Option<usize>,
    audit: Option<(Stratum, Inclusion)>,
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
    pub fn lead_days(mut self, days: u32) -> Self {
        self.lead_days = days;
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
        let of_unit = |entry: &Entry<'_>| ranking.backlog().unit(entry.row) == unit;
        Ok(self.plan_for(ranking, request, carry, of_unit))
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
        self.plan_among(ranking, period, capacities, in_hand, carries, |_| true)
    }

    /// The same for some of the complaints.
    pub(crate) fn plan_among(
        &self,
        ranking: &Ranking,
        period: Period,
        capacities: &BTreeMap<String, usize>,
        in_hand: &BTreeSet<String>,
        carries: &mut Carries,
        among: impl Fn(&Entry<'_>) -> bool,
    ) -> Result<Vec<Plan>, PlanError> {
        self.check(ranking, period)?;
        let request = |capacity| Request::new(period, capacity).in_hand(in_hand.iter().cloned());
        let carry = |unit: &str| carries.get(unit).cloned().unwrap_or_default();
        let unit_of = |entry: &Entry<'_>| ranking.backlog().unit(entry.row);
        let mut plans: Vec<Plan> = capacities
            .iter()
            .map(|(name, &capacity)| {
                let request = request(capacity).unit(name);
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
        match self.channel.as_deref().filter(|item| codebook.item_place(item).is_none()) {
            Some(item) => Err(PlanError::UnlistedItem { item: item.to_owned() }),
            None => Ok(()),
        }
    }

    fn plan_for(
        &self,
        ranking: &Ranking,
        request: &Request,
        carry: &Carry,
        wanted: impl Fn(&Entry<'_>) -> bool,
    ) -> Plan {
        let period = request.period;
        let own = || ranking.iter().filter(&wanted);
        let free = own().filter(|entry| !request.in_hand.contains(entry.id));
        let mut members: Vec<Member<'_>> =
            free.map(|entry| self.member(ranking, entry, period)).collect();
        let mut carry = carry.clone();
        let mut stream = self.stream(request);

        let must =
            choose(&mut members, usize::MAX, RuleKind::Must, |one| one.entry.lane == Lane::Must);
        let beyond = request.capacity.saturating_sub(must);
        carry.periods = carry.periods.saturating_add(1);
        let without = u64::from(beyond == 0);
        carry.without_capacity = carry.without_capacity.saturating_add(without);
        let handed = carry.earned.hand_out(&self.shares, beyond);
        let places = |rule: RuleKind| {
            SHARING.iter().position(|one| *one == rule).map_or(0, |place| handed[place])
        };

        let mut used = BTreeMap::new();
        used.insert(
            RuleKind::Rank,
            choose(&mut members, places(RuleKind::Rank), RuleKind::Rank, |_| true),
        );
        for band in Band::ALL {
            let rule = RuleKind::Overdue(band);
            let oldest = by_age(&members, |one| one.entry.band == band && one.due < period.start);
            used.insert(rule, take(&mut members, &oldest, places(rule), rule));
        }
        let mut expiring: Vec<usize> = (0..members.len())
            .filter(|&one| members[one].chosen.is_none() && members[one].due_soon)
            .collect();
        expiring.sort_by_key(|&one| (members[one].next.as_ref().map(|next| next.due), one));
        let rule = RuleKind::DueSoon;
        used.insert(rule, take(&mut members, &expiring, places(rule), rule));
        let asked = self.ask(ranking, &mut members, places(RuleKind::AskFirst));
        used.insert(RuleKind::AskFirst, asked);
        let left: usize = used.iter().map(|(rule, used)| places(*rule) - used).sum();
        choose(&mut members, left, RuleKind::LeftOver, |_| true);
        let audit_places = places(RuleKind::Audit);
        let drawn = self.draw_audits(ranking, &mut members, audit_places, &mut carry, &mut stream);
        used.insert(RuleKind::Audit, drawn);

        let present: BTreeSet<&str> = own().map(|entry| entry.id).collect();
        carry.passed_over.retain(|id, _| present.contains(id.as_str()));
        for one in members.iter().filter(|one| one.audit.is_some()) {
            carry.passed_over.remove(one.entry.id);
        }
        let in_hand = present.len() - members.len();
        let rules = SHARING.iter().map(|&rule| RuleUse {
            rule,
            share: self.shares.of(rule),
            places: places(rule),
            used: used.get(&rule).copied().unwrap_or(0),
        });
        Plan {
            unit: request.unit.clone(),
            period,
            waiting: Band::ALL.map(|band| waiting(&members, band, period)),
            load: load(&members, request, must, in_hand),
            rules: rules.collect(),
            entries: self.entries(ranking, &members, request),
            carry,
            sheet_seed: stream.bits(),
        }
    }

    fn member<'a>(&self, ranking: &Ranking, entry: Entry<'a>, period: Period) -> Member<'a> {
        let backlog = ranking.backlog();
        let (missed, coming): (Vec<Deadline>, Vec<Deadline>) =
            backlog.deadlines(entry.row).into_iter().partition(|one| one.is_past(period.start));
        let next = coming.into_iter().next();
        let horizon = period.end.plus_days(i64::from(self.lead_days));
        let received = backlog.received(entry.row);
        Member {
            due: ranking.triage().policy().bands().action_days.due(entry.band, received),
            due_soon: next.as_ref().is_some_and(|next| next.due < horizon),
            missed: missed.into_iter().last(),
            received,
            entry,
            next,
            chosen: None,
            ask: None,
            audit: None,
        }
    }

    /// A stream of its own for each unit and period.
    fn stream(&self, request: &Request) -> Stream {
        let name = request.unit.as_deref().unwrap_or_default();
        let digest = Fingerprint::of(name.as_bytes());
        let first = digest.as_bytes().iter().take(8);
        let number = first.fold(0_u64, |number, &byte| number << 8 | u64::from(byte));
        self.seed.stream(number ^ request.period.start.unix_seconds() as u64)
    }

    /// Thin reports in the order of the ranking, each with the quickest check that could lift it.
    fn ask(&self, ranking: &Ranking, members: &mut [Member<'_>], places: usize) -> usize {
        let items = ranking.triage().codebook().items();
        let mut quick: Vec<usize> = (0..items.len())
            .filter(|&place| {
                let effort = items[place].effort;
                effort.process == Process::None && effort.minutes <= self.most_minutes
            })
            .collect();
        quick.sort_by_key(|&place| (items[place].effort.minutes, place));
        let mut codes = vec![0; items.len()];
        let mut used = 0;
        let open = members
            .iter_mut()
            .filter(|one| one.chosen.is_none() && one.entry.band < Band::VeryHigh);
        for one in open {
            if used == places {
                break;
            }
            ranking.backlog().codes_of(one.entry.row, &mut codes);
            if let Some(item) = self.lifting(ranking, one.entry.row, &codes, &quick) {
                (one.chosen, one.ask) = (Some(RuleKind::AskFirst), Some(item));
                used += 1;
            }
        }
        used
    }

    /// The quickest check whose answer could put a thin report into an earlier lane or a higher
    /// band.
    fn lifting(
        &self,
        ranking: &Ranking,
        row: usize,
        codes: &[u8],
        quick: &[usize],
    ) -> Option<usize> {
        let triage = ranking.triage();
        let stage = ranking.backlog().stage(row);
        let items = triage.codebook().items();
        let in_reach = |place: &usize| items[*place].stage <= stage;
        let asked = (0..items.len()).filter(in_reach);
        let (known, all) = asked.fold((0_i64, 0_i64), |(known, all), place| {
            (known + i64::from(codes[place] != 0), all + 1)
        });
        if known * i64::from(STEPS_PER_UNIT) > all * i64::from(self.most_known.steps()) {
            return None;
        }
        let engine = triage.engine();
        let tally = engine.tally_codes(codes);
        let order = |(lane, band): (Lane, Band)| (lane, Reverse(band));
        let now = order(engine.lane_and_band(&tally));
        let mut then = engine.empty_tally();
        quick.iter().copied().filter(in_reach).filter(|&place| codes[place] == 0).find(|&place| {
            (1..items[place].code_count()).filter_map(|code| u8::try_from(code).ok()).any(|code| {
                engine.matters(place, 0, code) && {
                    engine.change(&tally, place, (0, code), &mut then);
                    order(engine.lane_and_band(&then)) < now
                }
            })
        })
    }

    fn draw_audits(
        &self,
        ranking: &Ranking,
        members: &mut [Member<'_>],
        places: usize,
        carry: &mut Carry,
        stream: &mut Stream,
    ) -> usize {
        if places == 0 {
            return 0;
        }
        let frame: Vec<usize> =
            (0..members.len()).filter(|&one| members[one].chosen.is_none()).collect();
        let units: Vec<Unit> =
            frame.iter().map(|&one| self.audit_unit(ranking, &members[one].entry)).collect();
        let (drawn, chances) = draw(&units, places, stream);
        for (place, (&one, chance)) in frame.iter().zip(chances).enumerate() {
            let inclusion = carry.pass(members[one].entry.id, chance);
            if drawn.binary_search(&place).is_ok() {
                members[one].chosen = Some(RuleKind::Audit);
                members[one].audit = Some((units[place].stratum.clone(), inclusion));
            }
        }
        drawn.len()
    }

    fn audit_unit(&self, ranking: &Ranking, entry: &Entry<'_>) -> Unit {
        let (triage, backlog) = (ranking.triage(), ranking.backlog());
        let mut tally = triage.engine().empty_tally();
        triage.engine().tally_into(backlog.packed_row(entry.row), &mut tally);
        // By the model alone: a cap is looked behind whatever people decided since.
        let capped = matches!(triage.placement(&tally, None).set_by, SetBy::Cap(_));
        let channel = self.channel.as_deref().unwrap_or_default();
        let stratum = Stratum {
            band: entry.band,
            capped,
            channel: answer(backlog, entry.row, channel).to_owned(),
        };
        Unit { stratum, weight: if capped { u64::from(self.capped_weight) } else { 1 } }
    }

    fn entries(
        &self,
        ranking: &Ranking,
        members: &[Member<'_>],
        request: &Request,
    ) -> Vec<PlanEntry> {
        let backlog = ranking.backlog();
        let items = ranking.triage().codebook().items();
        let mut codes = vec![0; items.len()];
        let chosen = members.iter().filter_map(|one| Some((one, one.chosen?)));
        chosen
            .enumerate()
            .map(|(place, (one, rule))| {
                let entry = &one.entry;
                backlog.codes_of(entry.row, &mut codes);
                let checked = answer(backlog, entry.row, DECONFLICTION_ITEM);
                PlanEntry {
                    id: entry.id.to_owned(),
                    position: entry.position,
                    lane: entry.lane,
                    band: entry.band,
                    priority: entry.priority,
                    rule,
                    acts_first: acts_first(ranking, entry, &codes),
                    deconfliction: Deconfliction::of_answer(checked),
                    next_deadline: one.next.clone(),
                    missed_deadline: one.missed.clone(),
                    due_soon: one.due_soon,
                    overdue_since: (one.due < request.period.start).then_some(one.due),
                    ask: one.ask.map(|item| items[item].id.clone()),
                    stratum: one.audit.as_ref().map(|(stratum, _)| stratum.clone()),
                    inclusion: one.audit.as_ref().map(|(_, inclusion)| *inclusion),
                    // `must` stands first in every ranking, so it fills the capacity in order.
                    beyond_capacity: place >= request.capacity,
                }
            })
            .collect()
    }
}

/// A row's answer to an item, `unknown` where there is no such item.
fn answer<'a>(backlog: &'a Backlog, row: usize, item: &str) -> &'a str {
    let codebook = backlog.codebook();
    codebook.item_place(item).map_or(crate::codebook::UNKNOWN, |place| {
        codebook.items()[place].answer_id(backlog.code(row, place))
    })
}

/// Chooses the first in the order of the ranking that nobody has chosen yet.
fn choose(
    members: &mut [Member<'_>],
    places: usize,
    rule: RuleKind,
    wanted: impl Fn(&Member<'_>) -> bool,
) -> usize {
    let free = members.iter_mut().filter(|one| one.chosen.is_none() && wanted(one));
    free.take(places).map(|one| one.chosen = Some(rule)).count()
}

fn take(members: &mut [Member<'_>], order: &[usize], places: usize, rule: RuleKind) -> usize {
    order.iter().take(places).map(|&one| members[one].chosen = Some(rule)).count()
}

/// Those not yet chosen, oldest first.
fn by_age(members: &[Member<'_>], wanted: impl Fn(&Member<'_>) -> bool) -> Vec<usize> {
    let mut oldest: Vec<usize> = (0..members.len())
        .filter(|&one| members[one].chosen.is_none() && wanted(&members[one]))
        .collect();
    oldest.sort_by_key(|&one| (members[one].received, members[one].entry.id));
    oldest
}

fn waiting(members: &[Member<'_>], band: Band, period: Period) -> Waiting {
    let left = || members.iter().filter(|one| one.chosen.is_none() && one.entry.band == band);
    Waiting {
        band,
        complaints: left().count(),
        overdue: left().filter(|one| one.due < period.start).count(),
        falling_due: left().filter(|one| (period.start..period.end).contains(&one.due)).count(),
        oldest: left().map(|one| one.received).min(),
    }
}

fn load(members: &[Member<'_>], request: &Request, must: usize, in_hand: usize) -> Load {
    let promised = |one: &&Member<'_>| one.due < request.period.end || one.due_soon;
    let open = || members.iter().filter(|one| one.entry.lane != Lane::Must);
    Load {
        needed: must + open().filter(promised).count(),
        capacity: request.capacity,
        arrivals: request.arrivals,
        must_beyond: must.saturating_sub(request.capacity),
        due_soon_left: open().filter(|one| one.chosen.is_none() && one.due_soon).count(),
        in_hand,
    }
}
