//! Simulations touch what plans choose, count everybody, and fail loudly.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use crate::common::live::{random_complaint, random_model, random_shares, start, toy};
use caserank::Seed;
use caserank::policy::Band;
use caserank::simulate::{Arrival, Group, SimulateError, Simulation};
use caserank::worklist::{Planner, Shares};
use caserank::{Complaint, Triage};

fn arrivals(count: i64, a_day: i64) -> Vec<Arrival> {
    (0..count)
        .map(|number| {
            let at = start().plus_seconds(number * 86_400 / a_day);
            let complaint = Complaint::new(format!("c{number:03}"), at).unwrap().with_unit("north");
            let outcomes = if number % 6 >= 3 {
                BTreeSet::from(["danger".to_owned()])
            } else {
                BTreeSet::new()
            };
            Arrival {
                complaint: complaint.unwrap().with_answer("prior_reports", number % 6),
                outcomes,
            }
        })
        .collect()
}

fn simulation(triage: &Triage, capacity: usize, periods: usize) -> Simulation {
    let planner = Planner::with_shares(Shares::none(), Seed(1)).unwrap();
    Simulation::new(triage, planner, start(), periods).with_unit("north", capacity)
}

#[test]
fn with_room_to_spare_everybody_is_touched_in_the_next_period() {
    let simulated = simulation(&toy(), 10, 12).run(&arrivals(30, 3)).unwrap();
    assert_eq!(
        (simulated.touched(), simulated.dangerous_waiting(), simulated.shortfall()),
        (30, 0, (0, 0))
    );
    for touch in simulated.touches() {
        let waited = touch.touched().unwrap().seconds_since(touch.received());
        assert!((86_400..=2 * 86_400).contains(&waited), "{}: {waited}", touch.id());
    }
    let all = simulated.waits_of(&Group::All).unwrap();
    assert_eq!((all.arrived(), all.waiting(), all.longest()), (30, 0, Some(2 * 86_400)));
    let danger = simulated.waits_of(&Group::Outcome("danger".to_owned())).unwrap();
    assert_eq!(danger.arrived(), 15);
}

#[test]
fn missed_action_times_fail_loudly_with_all_figures() {
    let error = simulation(&toy(), 1, 60).run(&arrivals(150, 3)).unwrap_err();
    let SimulateError::ActionTimesMissed { band, days, missed, of, simulated } = error else {
        panic!("{error}")
    };
    let promise = simulated.promises().iter().find(|promise| promise.band() == band).unwrap();
    assert_eq!((promise.days(), promise.missed()), (days, missed));
    assert!(missed > 0 && missed <= of);
    // One a day is touched from the first complaint on.
    assert_eq!(simulated.touched(), 59);
    assert!(simulated.shortfall().0 > 0 && simulated.most_waiting() > 80);
    let counted: usize = simulated
        .promises()
        .iter()
        .map(|promise| promise.kept() + promise.missed() + promise.open())
        .sum();
    assert_eq!(counted, 150);
}

#[test]
fn by_rank_the_dangerous_wait_less_than_first_come_first_served() {
    // A model that knows nothing leaves only the time received to go by.
    let text = include_str!("../../fixtures/models/toy.json")
        .replace("\"0.25\"", "\"0\"")
        .replace("\"0.8\"", "\"0\"")
        .replace("\"-0.3\"", "\"0\"")
        .replace("\"-0.1\"", "\"0\"")
        .replace("\"0.5\"", "\"0\"");
    let blind = Triage::from_json(&text).unwrap();
    let arrivals = arrivals(150, 3);
    let comparison =
        simulation(&toy(), 2, 60).compare(&simulation(&blind, 2, 60), &arrivals).unwrap();
    let earlier = comparison.earlier();
    assert!(earlier.first() > 50 && earlier.second() == 0, "{earlier:?}");
    let waits = |one: &caserank::simulate::Simulated| {
        one.waits_of(&Group::Outcome("danger".to_owned())).unwrap().median().unwrap()
    };
    assert!(waits(comparison.first()) < waits(comparison.second()));
    assert_eq!(comparison.first().under_triage()[0].of(), 75);
    assert!(comparison.to_string().contains("touched earlier in the first"));
}

#[test]
fn everybody_is_counted_whatever_the_model_and_the_units() {
    for seed in 0..25 {
        let triage = random_model(seed);
        let mut stream = Seed(seed).stream(11);
        let arrivals: Vec<Arrival> = (0..80)
            .map(|place| Arrival {
                complaint: random_complaint(&mut stream, &triage, &format!("c{place}"), start()),
                outcomes: BTreeSet::new(),
            })
            .collect();
        // The audit share that a random policy suggests may leave no room for the other shares.
        let planner = Planner::with_shares(random_shares(&mut stream), Seed(seed)).unwrap();
        let simulation = Simulation::new(&triage, planner, start(), 30)
            .with_unit("north", stream.below(6) as usize);
        let simulated = simulation.measure(&arrivals).unwrap();
        assert_eq!(simulated.touches().len(), 80);
        // Units without capacity are never touched, and nobody before coming in.
        for touch in simulated.touches() {
            assert!(touch.touched().is_none() || touch.unit() == Some("north"));
            assert!(touch.touched().is_none_or(|at| at > touch.received()));
        }
        let by_band: usize = simulated
            .waits()
            .iter()
            .filter(|waits| matches!(waits.group(), Group::Band(_) | Group::Must))
            .map(|waits| waits.arrived())
            .sum();
        assert_eq!(by_band, 80);
        assert_eq!(simulation.measure(&arrivals).unwrap(), simulated);
    }
}

#[test]
fn nothing_to_simulate_is_refused() {
    assert!(matches!(simulation(&toy(), 1, 0).measure(&[]), Err(SimulateError::Empty { .. })));
    assert!(matches!(
        simulation(&toy(), 1, 3).with_seconds(0).measure(&[]),
        Err(SimulateError::Empty { .. })
    ));
    let twice = [arrivals(1, 1), arrivals(1, 1)].concat();
    assert!(matches!(simulation(&toy(), 1, 3).measure(&twice), Err(SimulateError::Arrival(_))));
    let none = simulation(&toy(), 1, 3).run(&[]).unwrap();
    assert_eq!((none.touched(), none.promises()[0].band()), (0, Band::VeryHigh));
}
