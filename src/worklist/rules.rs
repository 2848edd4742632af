//! Who is worked next: the rules in their order.

use std::collections::{BTreeMap, BTreeSet};

use super::attention::{PartlyUnderstood, ScaleBeside};
use super::carry::Carry;
use super::entry::{PlanEntry, acts_first};
use super::plan::{Expiring, Load, Period, Plan, RuleUse, Waiting};
use super::planner::{Planner, Request};
use super::sample::{Inclusion, Stratum, Unit, draw};
use super::shares::{RuleKind, SHARING};
use crate::backlog::Backlog;
use crate::base::json::Format;
use crate::base::{STEPS_PER_UNIT, Stream};
use crate::codebook::Process;
use crate::complaint::{Deadline, DeadlineKind, Deconfliction};
use crate::policy::{Band, Lane, SetBy};
use crate::triage::{Fingerprint, Ranking, RankingEntry};
use crate::{Timestamp, UtcOffset};

/// One complaint that may be chosen.
struct Member<'a> {
    entry: RankingEntry<'a>,
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

impl Member<'_> {
    /// Whether connection data that leads to a person is deleted before the next period.
    fn lead_expires(&self) -> bool {
        let connection = |next: &Deadline| next.kind == DeadlineKind::ConnectionData;
        self.due_soon && self.next.as_ref().is_some_and(connection)
    }
}

impl Planner {
    pub(super) fn plan_for(
        &self,
        ranking: &Ranking,
        request: &Request,
        carry: &Carry,
        wanted: impl Fn(&RankingEntry<'_>) -> bool,
    ) -> Plan {
        let period = request.period;
        let of_unit = || ranking.iter().filter(&wanted);
        let free = of_unit().filter(|entry| !request.in_hand.contains(entry.id()));
        let mut members: Vec<Member<'_>> =
            free.map(|entry| self.member(ranking, entry, period)).collect();
        let mut carry = carry.clone();
        let mut stream = self.stream(request);

        let must = choose(&mut members, usize::MAX, RuleKind::Must, |member| {
            member.entry.lane() == Lane::Must
        });
        // Places beyond what is there would go to nobody.
        let beyond = request.capacity.saturating_sub(must).min(members.len() - must);
        carry.periods = carry.periods.saturating_add(1);
        let without = u64::from(request.capacity <= must);
        carry.without_capacity = carry.without_capacity.saturating_add(without);
        let handed = carry.earned.hand_out(&self.shares, beyond);
        let places = |rule: RuleKind| {
            SHARING.iter().position(|member| *member == rule).map_or(0, |position| handed[position])
        };

        let mut used = BTreeMap::new();
        used.insert(
            RuleKind::Rank,
            choose(&mut members, places(RuleKind::Rank), RuleKind::Rank, |_| true),
        );
        for band in Band::ALL {
            let rule = RuleKind::Overdue(band);
            let oldest =
                by_age(&members, |member| member.entry.band() == band && member.due < period.start);
            used.insert(rule, take(&mut members, &oldest, places(rule), rule));
        }
        let mut expiring: Vec<usize> = (0..members.len())
            .filter(|&member| members[member].chosen.is_none() && members[member].due_soon)
            .collect();
        expiring
            .sort_by_key(|&member| (members[member].next.as_ref().map(|next| next.due), member));
        let rule = RuleKind::DueSoon;
        used.insert(rule, take(&mut members, &expiring, places(rule), rule));
        let asked = self.ask(ranking, &mut members, places(RuleKind::AskFirst));
        used.insert(RuleKind::AskFirst, asked);
        let left: usize = used.iter().map(|(rule, used)| places(*rule) - used).sum();
        choose(&mut members, left, RuleKind::LeftOver, |_| true);
        let audit_places = places(RuleKind::Audit);
        let drawn = self.draw_audits(ranking, &mut members, audit_places, &mut carry, &mut stream);
        used.insert(RuleKind::Audit, drawn);

        let all = of_unit().count();
        let present: BTreeSet<&str> = of_unit().map(|entry| entry.id()).collect();
        carry.passed_over.retain(|id, _| present.contains(id.as_str()));
        for member in members.iter().filter(|member| member.audit.is_some()) {
            carry.passed_over.remove(member.entry.id());
        }
        let in_hand = all - members.len();
        let rules = SHARING.iter().map(|&rule| RuleUse {
            rule,
            share: self.shares.of(rule),
            places: places(rule),
            used: used.get(&rule).copied().unwrap_or(0),
        });
        Plan {
            format_version: Format,
            origin: ranking.backlog().origin(),
            unit: request.unit.clone(),
            period,
            waiting: Band::ALL.map(|band| waiting(&members, band, period)),
            load: load(&members, request, must, in_hand),
            rules: rules.collect(),
            entries: self.entries(ranking, &members, request),
            expiring: expiring_left(&members),
            partly_understood: PartlyUnderstood::all(of_unit()),
            scale: self.scale.as_deref().and_then(|item| ScaleBeside::of(item, ranking, of_unit())),
            in_hand_unknown: Vec::new(),
            unplanned: Vec::new(),
            carry,
            sheet_seed: stream.bits(),
            offset: UtcOffset::UTC,
        }
    }

    fn member<'a>(&self, ranking: &Ranking, entry: RankingEntry<'a>, period: Period) -> Member<'a> {
        let backlog = ranking.backlog();
        let (missed, coming): (Vec<Deadline>, Vec<Deadline>) = backlog
            .deadlines(entry.row())
            .into_iter()
            .partition(|deadline| deadline.is_past(period.start));
        let next = coming.into_iter().next();
        let horizon = period.end.plus_days(i64::from(self.lead_days));
        let received = backlog.received(entry.row());
        Member {
            due: ranking.triage().policy().bands().action_days.due(entry.band(), received),
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
            .filter(|&item| {
                let effort = items[item].effort;
                effort.process == Process::None && effort.minutes <= self.most_minutes
            })
            .collect();
        quick.sort_by_key(|&item| (items[item].effort.minutes, item));
        let mut codes = vec![0; items.len()];
        let mut used = 0;
        let mut open: Vec<&mut Member<'_>> = members
            .iter_mut()
            .filter(|member| member.chosen.is_none() && member.entry.band() < Band::VeryHigh)
            .collect();
        // A lead that expires before the next period can be asked about now or never; the sort is
        // stable, so the order of the ranking holds within both groups.
        open.sort_by_key(|member| !member.lead_expires());
        for member in open {
            if used == places {
                break;
            }
            ranking.backlog().codes_of(member.entry.row(), &mut codes);
            if let Some(item) = self.lifting(ranking, member.entry.row(), &codes, &quick) {
                (member.chosen, member.ask) = (Some(RuleKind::AskFirst), Some(item));
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
        let in_reach = |item: &usize| items[*item].stage <= stage;
        let asked = (0..items.len()).filter(in_reach);
        let (known, all) = asked.fold((0_i64, 0_i64), |(known, all), item| {
            (known + i64::from(codes[item] != 0), all + 1)
        });
        if known * i64::from(STEPS_PER_UNIT) > all * i64::from(self.most_known.steps()) {
            return None;
        }
        let engine = triage.engine();
        let tally = engine.tally_codes(codes);
        let now = engine.standing(&tally);
        let mut then = engine.empty_tally();
        quick.iter().copied().filter(in_reach).filter(|&item| codes[item] == 0).find(|&item| {
            (1..items[item].code_count()).filter_map(|code| u8::try_from(code).ok()).any(|code| {
                engine.matters(item, 0, code) && {
                    engine.change(&tally, item, (0, code), &mut then);
                    engine.standing(&then).is_before(now)
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
            (0..members.len()).filter(|&member| members[member].chosen.is_none()).collect();
        let units: Vec<Unit> =
            frame.iter().map(|&member| self.audit_unit(ranking, &members[member].entry)).collect();
        let (drawn, chances) = draw(&units, places, stream);
        for (unit, (&member, chance)) in frame.iter().zip(chances).enumerate() {
            let inclusion = carry.pass(members[member].entry.id(), chance);
            if drawn.binary_search(&unit).is_ok() {
                members[member].chosen = Some(RuleKind::Audit);
                members[member].audit = Some((units[unit].stratum.clone(), inclusion));
            }
        }
        drawn.len()
    }

    fn audit_unit(&self, ranking: &Ranking, entry: &RankingEntry<'_>) -> Unit {
        let (triage, backlog) = (ranking.triage(), ranking.backlog());
        let mut tally = triage.engine().empty_tally();
        triage.engine().tally_into(backlog.packed_row(entry.row()), &mut tally);
        // By the model alone: a cap is looked behind whatever people decided since.
        let capped = matches!(triage.placement(&tally, None).set_by(), SetBy::Cap(_));
        let channel = self.channel.as_deref().unwrap_or_default();
        let stratum = Stratum {
            band: entry.band(),
            capped,
            channel: answer(backlog, entry.row(), channel).to_owned(),
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
        let declared = ranking.triage().codebook().deconfliction();
        let mut codes = vec![0; items.len()];
        let chosen = members.iter().filter_map(|member| Some((member, member.chosen?)));
        chosen
            .enumerate()
            .map(|(position, (member, rule))| {
                let entry = &member.entry;
                backlog.codes_of(entry.row(), &mut codes);
                PlanEntry {
                    id: entry.id().to_owned(),
                    rank: entry.rank(),
                    rule,
                    acts_first: acts_first(ranking, entry, &codes),
                    deconfliction: declared.map_or(Deconfliction::NotChecked, |declared| {
                        let checked = answer(backlog, entry.row(), &declared.item);
                        Deconfliction::of_answer(checked, declared)
                    }),
                    next_deadline: member.next.clone(),
                    missed_deadline: member.missed.clone(),
                    due_soon: member.due_soon,
                    overdue_since: (member.due < request.period.start).then_some(member.due),
                    ask: member.ask.map(|item| items[item].id.clone()),
                    stratum: member.audit.as_ref().map(|(stratum, _)| stratum.clone()),
                    inclusion: member.audit.as_ref().map(|(_, inclusion)| *inclusion),
                    // `must` stands first in every ranking, so it fills the capacity in order.
                    beyond_capacity: position >= request.capacity,
                }
            })
            .collect()
    }
}

/// A row's answer to an item, `unknown` where there is no such item.
fn answer<'a>(backlog: &'a Backlog, row: usize, item: &str) -> &'a str {
    let codebook = backlog.codebook();
    codebook.item_position(item).map_or(crate::codebook::UNKNOWN, |position| {
        codebook.items()[position].answer_id(backlog.code_at(row, position))
    })
}

/// Chooses the first in the order of the ranking that nobody has chosen yet.
fn choose(
    members: &mut [Member<'_>],
    places: usize,
    rule: RuleKind,
    wanted: impl Fn(&Member<'_>) -> bool,
) -> usize {
    let free = members.iter_mut().filter(|member| member.chosen.is_none() && wanted(member));
    free.take(places).map(|member| member.chosen = Some(rule)).count()
}

fn take(members: &mut [Member<'_>], order: &[usize], places: usize, rule: RuleKind) -> usize {
    order.iter().take(places).map(|&member| members[member].chosen = Some(rule)).count()
}

/// Those not yet chosen, oldest first.
fn by_age(members: &[Member<'_>], wanted: impl Fn(&Member<'_>) -> bool) -> Vec<usize> {
    let mut oldest: Vec<usize> = (0..members.len())
        .filter(|&member| members[member].chosen.is_none() && wanted(&members[member]))
        .collect();
    oldest.sort_by_key(|&member| (members[member].received, members[member].entry.id()));
    oldest
}

fn waiting(members: &[Member<'_>], band: Band, period: Period) -> Waiting {
    let left =
        || members.iter().filter(|member| member.chosen.is_none() && member.entry.band() == band);
    Waiting {
        band,
        complaints: left().count(),
        overdue: left().filter(|member| member.due < period.start).count(),
        falling_due: left()
            .filter(|member| (period.start..period.end).contains(&member.due))
            .count(),
        oldest: left().map(|member| member.received).min(),
    }
}

/// Whoever was not chosen although evidence expires, earliest first.
fn expiring_left(members: &[Member<'_>]) -> Vec<Expiring> {
    let left = members.iter().filter(|member| member.chosen.is_none() && member.due_soon);
    let mut left: Vec<Expiring> = left
        .filter_map(|member| {
            let (id, rank) = (member.entry.id().to_owned(), member.entry.rank());
            Some(Expiring { id, rank, deadline: member.next.clone()? })
        })
        .collect();
    left.sort_by(|first, second| first.deadline.cmp(&second.deadline));
    left
}

fn load(members: &[Member<'_>], request: &Request, must: usize, in_hand: usize) -> Load {
    let promised = |member: &&Member<'_>| member.due < request.period.end || member.due_soon;
    let open = || members.iter().filter(|member| member.entry.lane() != Lane::Must);
    Load {
        needed: must + open().filter(promised).count(),
        capacity: request.capacity,
        arrivals: request.arrivals,
        must_beyond: must.saturating_sub(request.capacity),
        due_soon_left: open().filter(|member| member.chosen.is_none() && member.due_soon).count(),
        in_hand,
    }
}
