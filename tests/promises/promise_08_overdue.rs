//! Promise 8: once overdue, a complaint is reached within the bound.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use crate::common::live::{random_shares, start, toy};
use caserank::Seed;
use caserank::complaint::DeadlineKind;
use caserank::worklist::{Carry, Period, Planner, Request, RuleKind};
use caserank::{
    ActiveOverrides, BacklogBuilder, Band, Complaint, Fixed, Lane, Ranking, Timestamp, Triage,
};

fn rank<'a>(
    triage: &Triage,
    complaints: impl IntoIterator<Item = &'a Complaint>,
    overrides: &ActiveOverrides,
) -> Ranking {
    let mut builder = BacklogBuilder::new(triage.codebook());
    for complaint in complaints {
        builder.push(complaint).unwrap();
    }
    triage.rank_with(&builder.freeze(), overrides).unwrap()
}

fn day(number: i64) -> Period {
    Period { start: start().plus_days(number), end: start().plus_days(number + 1) }
}

/// What is followed of a complaint from the period in which it is first overdue.
struct Wait {
    older: usize,
    periods: u64,
    fewest_places: u64,
    least_earned: u64,
}

#[test]
fn nobody_overdue_waits_beyond_the_bound() {
    let triage = toy();
    let mut bounded = (0, 0);
    for seed in 0..60 {
        let mut stream = Seed(seed).stream(6);
        let planner = Planner::with_shares(random_shares(&mut stream), Seed(seed)).unwrap();
        let (arrivals, capacity) = (stream.below(9), stream.below(12));
        let mut open: BTreeMap<String, Complaint> = BTreeMap::new();
        let mut waits: BTreeMap<String, Wait> = BTreeMap::new();
        let mut carry = Carry::default();
        let mut without = 0;
        for period in 0..120 {
            for place in 0..stream.below(arrivals + 1) {
                let id = format!("p{period}_{place}");
                let at = start().plus_days(period).plus_seconds(-(stream.below(86_400) as i64));
                let mut complaint = Complaint::new(id.clone(), at).unwrap();
                complaint.set_answer("prior_reports", stream.below(5) as u32);
                complaint.set_answer("urgent", stream.chance(0.3));
                if stream.chance(0.2) {
                    complaint.set_answer(
                        "access_route",
                        *["none", "household", "work"].get(stream.below(3) as usize).unwrap(),
                    );
                }
                if stream.chance(0.2) {
                    complaint = complaint
                        .with_deadline(
                            DeadlineKind::Preservation,
                            at.plus_days(stream.below(40) as i64),
                        )
                        .unwrap();
                }
                open.insert(id, complaint);
            }
            let ranking = rank(&triage, open.values(), &ActiveOverrides::none());
            // Capacity comes and goes, and some days there is none.
            let today = if stream.chance(0.1) { 0 } else { stream.below(capacity + 1) as usize };
            let now = day(period);
            let days = &triage.policy().bands().action_days;
            let mut overdue: BTreeMap<Band, Vec<(Timestamp, String)>> = BTreeMap::new();
            for entry in ranking.iter().filter(|entry| entry.lane() == Lane::Open) {
                let received = open[entry.id()].received();
                if days.due(entry.band(), received) < now.start {
                    overdue
                        .entry(entry.band())
                        .or_default()
                        .push((received, entry.id().to_owned()));
                }
            }
            for list in overdue.values_mut() {
                list.sort();
                for (older, (_, id)) in list.iter().enumerate() {
                    waits.entry(id.clone()).or_insert(Wait {
                        older,
                        periods: 0,
                        fewest_places: u64::MAX,
                        least_earned: u64::MAX,
                    });
                }
            }
            let plan = planner.plan(&ranking, &Request::new(now, today), &carry).unwrap();
            let beyond = today.saturating_sub(
                plan.entries().iter().filter(|one| one.rule() == RuleKind::Must).count(),
            );
            without += u64::from(beyond == 0);
            let chosen: BTreeSet<&str> = plan.entries().iter().map(|entry| entry.id()).collect();
            for (band, list) in &overdue {
                let bound = plan.bounds().find(|bound| bound.band() == *band).unwrap();
                assert_eq!(bound.beyond(), beyond);
                if bound.share() == Fixed::ZERO {
                    assert!(
                        bound.periods(0).is_none() && bound.to_string().contains("nothing bounds")
                    );
                }
                for (_, id) in list {
                    let wait = waits.get_mut(id).unwrap();
                    if beyond > 0 {
                        wait.periods += 1;
                        wait.fewest_places = wait.fewest_places.min(bound.places() as u64);
                        let earned = bound.share().steps() as u64 * beyond as u64;
                        wait.least_earned = wait.least_earned.min(earned);
                    }
                    if !chosen.contains(id.as_str()) && wait.periods > 0 {
                        let older = wait.older as u64;
                        if wait.fewest_places > 0 {
                            let most = (older + 1).div_ceil(wait.fewest_places);
                            assert!(
                                wait.periods < most,
                                "seed {seed}: {id} waits {} of {most}",
                                wait.periods
                            );
                            bounded.0 += 1;
                        }
                        if wait.least_earned > 0 {
                            let most = ((older + 2) * 1_000_000).div_ceil(wait.least_earned);
                            assert!(
                                wait.periods < most,
                                "seed {seed}: {id} waits {} of {most}",
                                wait.periods
                            );
                            bounded.1 += 1;
                        }
                    }
                }
            }
            carry = plan.carry().clone();
            for id in chosen {
                open.remove(id);
            }
        }
        assert_eq!((carry.periods(), carry.periods_without_capacity()), (120, without));
    }
    // Both bounds were put to the test.
    assert!(bounded.0 > 200 && bounded.1 > 1_000, "{bounded:?}");
}
