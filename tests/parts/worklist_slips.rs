//! Slips of the pen and numbers without bound: refused, told, or planned from.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use crate::common::live::{random_complaint, random_model, random_shares, start, toy};
use caserank::complaint::DeadlineKind;
use caserank::simulate::{Arrival, SimulateError, Simulation};
use caserank::worklist::{
    AuditError, AuditLog, AuditOutcome, Carries, Carry, Period, Plan, PlanError, Planner, Request,
    RuleKind, Shares,
};
use caserank::{BacklogBuilder, Complaint, Ranking, Seed, Timestamp, Triage};

fn day(day: i64) -> Period {
    Period { start: start().plus_days(day), end: start().plus_days(day + 1) }
}

fn ranking(triage: &Triage, complaints: impl IntoIterator<Item = Complaint>) -> Ranking {
    let mut backlog = BacklogBuilder::new(triage.codebook());
    for complaint in complaints {
        backlog.push(&complaint).unwrap();
    }
    triage.rank(&backlog.freeze()).unwrap()
}

fn ids(plan: &Plan) -> Vec<&str> {
    plan.entries().iter().map(|entry| entry.id()).collect()
}

#[test]
fn capacity_without_bound_is_capacity_for_all() {
    for seed in 0..30 {
        let triage = random_model(seed);
        let mut stream = Seed(seed).stream(12);
        let complaints: Vec<Complaint> = (0..25)
            .map(|number| random_complaint(&mut stream, &triage, &format!("c{number}"), start()))
            .map(|mut complaint| {
                complaint.set_unit(None::<String>).unwrap();
                complaint
            })
            .collect();
        let ranking = ranking(&triage, complaints);
        let planner = Planner::with_shares(random_shares(&mut stream), Seed(seed)).unwrap();
        for capacity in [25, 26, 1_000_000_000, usize::MAX] {
            let request = Request::new(day(30), capacity);
            let plan = planner.plan(&ranking, &request, &Carry::default()).unwrap();
            assert_eq!(plan.entries().len(), 25);
            assert_eq!(plan.waiting().iter().map(|band| band.complaints()).sum::<usize>(), 0);
            for bound in plan.bounds() {
                drop((bound.periods(0), bound.periods(usize::MAX), bound.to_string()));
            }
        }
    }
}

#[test]
fn units_without_a_name_or_that_look_alike_are_refused_and_the_rest_is_told() {
    let triage = toy();
    let complaint = |id: &str, unit: Option<&str>| {
        let mut complaint = Complaint::new(id, start()).unwrap().with_answer("prior_reports", 5);
        complaint.set_unit(unit).unwrap();
        complaint
    };
    let ranking = ranking(
        &triage,
        [
            complaint("a", Some("North")),
            complaint("b", Some("north")),
            complaint("c", Some("NORTH")),
            complaint("d", Some("west")),
            complaint("e", None),
        ],
    );
    let planner = Planner::new(&triage, Seed(1)).unwrap();
    let plan = |units: &[&str], in_hand: &[&str]| {
        let capacities: BTreeMap<String, usize> =
            units.iter().map(|unit| ((*unit).to_owned(), 5)).collect();
        let in_hand: BTreeSet<String> = in_hand.iter().map(|id| (*id).to_owned()).collect();
        planner.plan_units(&ranking, day(1), &capacities, &in_hand, &mut Carries::new())
    };
    for blank in ["", " ", "\u{200b}"] {
        assert_eq!(plan(&["north", blank], &[]).unwrap_err(), PlanError::BlankUnit);
        let request = Request::new(day(1), 5).with_unit(blank);
        let refused = planner.plan(&ranking, &request, &Carry::default()).unwrap_err();
        assert_eq!(refused, PlanError::BlankUnit);
    }
    let alike = plan(&["north", "North"], &[]).unwrap_err();
    assert!(matches!(&alike, PlanError::UnitsAlike { .. }), "{alike}");

    let plans = plan(&["north"], &["b", "B", "nobody"]).unwrap();
    let last = plans.last().unwrap();
    let told: Vec<String> = last.unplanned().iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "1 without a unit",
            "1 of unit NORTH: is that north?",
            "1 of unit North: is that north?",
            "1 of unit west"
        ]
    );
    assert_eq!(last.in_hand_unknown(), ["B", "nobody"]);
    for sheet in [last.planner_sheet(), last.morning_sheet(&ranking, None).to_string()] {
        assert!(sheet.contains("is that north?") && sheet.contains("- nobody"), "{sheet}");
    }
    assert!(plans[0].unplanned().is_empty() && plans[0].in_hand_unknown().is_empty());
}

#[test]
fn evidence_that_expires_unworked_is_named() {
    let triage = toy();
    let complaints = (0..6).map(|number| {
        let due = start().plus_days(1).plus_seconds(3_600 * i64::from(6 - number));
        let complaint = Complaint::new(format!("c{number}"), start()).unwrap();
        complaint.with_deadline(DeadlineKind::Preservation, due).unwrap()
    });
    let ranking = ranking(&triage, complaints);
    let planner = Planner::with_shares(Shares::none(), Seed(1)).unwrap();
    let request = Request::new(day(1), 2);
    let plan = planner.plan(&ranking, &request, &Carry::default()).unwrap();
    let left = plan.load().due_soon_left();
    assert_eq!((ids(&plan).len(), left, plan.expiring().len()), (2, 4, 4));
    assert!(plan.expiring().is_sorted_by_key(|one| one.deadline().due));
    for sheet in [plan.planner_sheet(), plan.morning_sheet(&ranking, None).to_string()] {
        assert!(sheet.contains("## Expires unworked: 4"), "{sheet}");
        for one in plan.expiring() {
            assert!(sheet.contains(&format!("- {}; preservation 2026-01-02", one.id())), "{sheet}");
            assert!(!ids(&plan).contains(&one.id()));
        }
    }
    // Investigators are not told what waits.
    assert!(!plan.investigator_sheet().to_string().contains("Expires"));
}

#[test]
fn audits_are_logged_once_and_not_before_they_are_drawn() {
    let triage = toy();
    let complaints = (0..20).map(|number| {
        Complaint::new(format!("c{number:02}"), start())
            .unwrap()
            .with_answer("prior_reports", number % 3)
    });
    let ranking = ranking(&triage, complaints);
    let shares = Shares::none().with_share(RuleKind::Audit, "0.5".parse().unwrap()).unwrap();
    let planner = Planner::with_shares(shares, Seed(1)).unwrap();
    let plan = planner.plan(&ranking, &Request::new(day(1), 8), &Carry::default()).unwrap();
    let mut log = AuditLog::new();
    let drawn = log.add(&plan).unwrap();
    assert_eq!((drawn, log.iter().count()), (4, 4));
    assert!(matches!(log.add(&plan), Err(AuditError::Repeated { .. })));
    assert_eq!(log.iter().count(), 4);
    let first = log.iter().next().unwrap().complaint().to_owned();
    let early = log.complete(&first, start(), AuditOutcome::NothingFound).unwrap_err();
    assert!(matches!(early, AuditError::BeforeDrawn { .. }), "{early}");
    assert_eq!(log.summary().open(), 4);
    log.complete(&first, day(1).start, AuditOutcome::Found).unwrap();
    assert_eq!((log.summary().open(), log.summary().found()), (3, 1));
}

#[test]
fn a_simulation_is_bounded_by_what_is_there() {
    let triage = toy();
    let arrivals: Vec<Arrival> = (0..40)
        .map(|number| Arrival {
            complaint: Complaint::new(format!("c{number:02}"), start().plus_days(number * 30))
                .unwrap()
                .with_unit(if number % 4 == 0 { "south" } else { "north" })
                .unwrap(),
            outcomes: BTreeSet::new(),
        })
        .collect();
    let simulation = |periods: usize, capacity: usize| {
        let planner = Planner::new(&triage, Seed(1)).unwrap();
        Simulation::new(&triage, planner, start(), periods).with_unit("north", capacity)
    };
    // Nobody works in the south: it waits to the end, whenever that is.
    for capacity in [1, 1_000_000_000, usize::MAX] {
        for periods in [3_000, 2_900_000] {
            let simulated = simulation(periods, capacity).measure(&arrivals).unwrap();
            assert_eq!(simulated.touched(), 30);
        }
    }
    let none = simulation(2_900_000, 0).measure(&arrivals).unwrap();
    assert_eq!(none.touched(), 0);
    for periods in [3_000_000, usize::MAX] {
        let error = simulation(periods, 1).measure(&arrivals).unwrap_err();
        assert!(matches!(error, SimulateError::BeyondTime { .. }), "{error}");
    }
    let late = Simulation::new(&triage, Planner::new(&triage, Seed(1)).unwrap(), Timestamp::MAX, 1);
    assert!(matches!(late.measure(&arrivals), Err(SimulateError::BeyondTime { .. })));
}

#[test]
fn deconfliction_is_read_where_the_codebook_says() {
    let model: serde_json::Value =
        serde_json::from_str(include_str!("../../fixtures/models/toy.json")).unwrap();
    let with = |declared: serde_json::Value| {
        let mut model = model.clone();
        model["codebook"]["deconfliction"] = declared;
        model["policy"]["gates"].as_array_mut().unwrap().push(serde_json::json!({
            "id": "deconfliction", "title": "made up", "effect": {"hold": "deconfliction"},
            "when": {"item": "urgent", "is": ["yes"]}, "citation": "made up",
        }));
        if model["codebook"]["deconfliction"].is_null() {
            model["codebook"].as_object_mut().unwrap().remove("deconfliction");
        }
        Triage::from_json(&model.to_string())
    };
    let shown = |triage: &Triage| -> Vec<String> {
        let complaints = ["yes", "no", "unknown"]
            .map(|answer| Complaint::new(answer, start()).unwrap().with_answer("urgent", answer));
        let ranking = ranking(triage, complaints);
        let planner = Planner::new(triage, Seed(1)).unwrap();
        let plan = planner.plan(&ranking, &Request::new(day(1), 5), &Carry::default()).unwrap();
        plan.entries().iter().map(|one| format!("{}: {}", one.id(), one.deconfliction())).collect()
    };
    let is_told = |triage: &Triage| triage.lint().to_string().contains("names no item for it");
    let none = with(serde_json::Value::Null).unwrap();
    assert!(shown(&none).iter().all(|line| line.ends_with("not checked")));
    assert!(is_told(&none) && !is_told(&toy()));
    let declared = serde_json::json!({"item": "urgent", "clear": ["no"], "conflict": ["yes"]});
    let named = with(declared).unwrap();
    let mut lines = shown(&named);
    lines.sort();
    assert_eq!(lines, ["no: clear", "unknown: not checked", "yes: conflict"]);
    assert!(!is_told(&named));
    for faulty in [
        serde_json::json!({"item": "nothing", "clear": [], "conflict": ["yes"]}),
        serde_json::json!({"item": "urgent", "clear": ["no"], "conflict": ["hit"]}),
        serde_json::json!({"item": "urgent", "clear": ["yes"], "conflict": ["yes"]}),
        serde_json::json!({"item": "urgent", "clear": ["no"], "conflict": []}),
    ] {
        let error = with(faulty).unwrap_err();
        let mut text = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(error) = cause {
            text.push_str(&error.to_string());
            cause = error.source();
        }
        assert!(text.contains("deconfliction"), "{text}");
    }
}
