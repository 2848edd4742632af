//! Worklists: nobody is out of sight, nobody waits beyond the bound, audits are blind and counted.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use crate::common::live::{
    decision, random_complaint, random_decision, random_model, random_shares, start, toy,
};
use caserank::Seed;
use caserank::complaint::{DeadlineKind, Deconfliction};
use caserank::policy::OverrideEffect;
use caserank::worklist::{
    ActsFirst, AuditLog, AuditOutcome, Carries, Carry, Period, Plan, PlanError, Planner, Request,
    RuleKind, Shares,
};
use caserank::{
    ActiveOverrides, BacklogBuilder, Band, Complaint, Fixed, Lane, Overrides, Ranking, Timestamp,
    Triage,
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

#[test]
fn every_complaint_is_somewhere_and_every_must_is_on_a_list() {
    for seed in 0..80 {
        let triage = random_model(seed);
        let mut stream = Seed(seed).stream(5);
        let complaints: Vec<Complaint> = (0..stream.below(150))
            .map(|place| random_complaint(&mut stream, &triage, &format!("c{place}"), start()))
            .collect();
        let mut overrides = Overrides::new();
        for _ in 0..10 {
            let about = format!("c{}", stream.below(150));
            overrides.add(random_decision(&mut stream, &about, start().plus_days(20))).unwrap();
        }
        let ranking = rank(&triage, &complaints, &overrides.at(start().plus_days(20)));
        let capacities: BTreeMap<String, usize> = [("north", 40), ("south", 7)]
            .into_iter()
            .take(1 + stream.below(2) as usize)
            .map(|(unit, most)| (unit.to_owned(), stream.below(most) as usize))
            .collect();
        let in_hand: BTreeSet<String> =
            (0..stream.below(4)).map(|place| format!("c{place}")).collect();
        let planner = Planner::with_shares(random_shares(&mut stream), Seed(seed)).unwrap();
        let mut carries = Carries::new();
        let plans =
            planner.plan_units(&ranking, day(20), &capacities, &in_hand, &mut carries).unwrap();
        assert_eq!(plans.len(), capacities.len() + 1);
        let mut listed = BTreeSet::new();
        let mut counted = 0;
        for plan in &plans {
            let waiting: usize = plan.waiting().iter().map(|band| band.complaints()).sum();
            counted += plan.entries().len() + waiting + plan.load().in_hand();
            let must = plan.entries().iter().filter(|one| one.rank().lane() == Lane::Must).count();
            let capacity = plan.load().capacity();
            assert_eq!(plan.load().must_beyond(), must.saturating_sub(capacity));
            assert_eq!(
                plan.entries().iter().filter(|one| one.beyond_capacity()).count(),
                plan.load().must_beyond()
            );
            // Nothing is left idle while something waits.
            assert!(waiting == 0 || plan.entries().len() == capacity.max(must));
            assert!(plan.entries().len() <= capacity.max(must));
            let positions: Vec<usize> =
                plan.entries().iter().map(|one| one.rank().position()).collect();
            assert!(positions.is_sorted_by(|before, after| before < after));
            for one in plan.rules() {
                assert!(one.used() <= one.places());
            }
            let places: usize = plan.rules().iter().map(|one| one.places()).sum();
            // No more places than there are complaints to fill them.
            let there = plan.entries().len() + waiting - must;
            assert_eq!(places, capacity.saturating_sub(must).min(there));
            for entry in plan.entries() {
                assert!(listed.insert(entry.id()), "{} twice", entry.id());
            }
        }
        assert_eq!(counted, complaints.len());
        for entry in ranking.iter().filter(|entry| entry.lane() == Lane::Must) {
            assert!(
                listed.contains(entry.id()) || in_hand.contains(entry.id()),
                "{} is on no list",
                entry.id()
            );
        }
        // The same again, and the carry survives a file.
        let text = serde_json::to_string(&carries).unwrap();
        assert_eq!(serde_json::from_str::<Carries>(&text).unwrap(), carries);
        assert_eq!(
            planner
                .plan_units(&ranking, day(20), &capacities, &in_hand, &mut Carries::new())
                .unwrap(),
            plans
        );
    }
}

fn toy_plan(complaints: &[Complaint], shares: Shares, capacity: usize) -> Plan {
    let planner = Planner::with_shares(shares, Seed(3)).unwrap();
    let ranking = rank(&toy(), complaints, &ActiveOverrides::none());
    planner.plan(&ranking, &Request::new(day(40), capacity), &Carry::default()).unwrap()
}

fn one(text: &str) -> Fixed {
    text.parse().unwrap()
}

fn rules(plan: &Plan) -> BTreeMap<&str, RuleKind> {
    plan.entries().iter().map(|entry| (entry.id(), entry.rule())).collect()
}

#[test]
fn each_rule_chooses_what_it_is_for() {
    let complaint = |id: &str, days: i64| Complaint::new(id, start().plus_days(days)).unwrap();
    let complaints = [
        complaint("must", 39).with_answer("prior_reports", 5).with_answer("access_route", "work"),
        complaint("first", 39).with_answer("prior_reports", 5).with_answer("urgent", "yes"),
        complaint("older", 1)
            .with_answer("prior_reports", 0)
            .with_answer("urgent", "yes")
            .with_answer("access_route", "none"),
        complaint("old", 2)
            .with_answer("prior_reports", 0)
            .with_answer("urgent", "yes")
            .with_answer("access_route", "none"),
        complaint("expires", 39)
            .with_answer("prior_reports", 0)
            .with_answer("urgent", "no")
            .with_deadline(DeadlineKind::Preservation, start().plus_days(39))
            .unwrap()
            .with_deadline(DeadlineKind::Preservation, start().plus_days(40).plus_seconds(60))
            .unwrap(),
        complaint("missed", 39)
            .with_answer("prior_reports", 0)
            .with_answer("urgent", "no")
            .with_deadline(DeadlineKind::Preservation, start().plus_days(39))
            .unwrap(),
        complaint("thin", 39),
        complaint("thick", 39).with_answer("prior_reports", 0).with_answer("urgent", "no"),
    ];
    let mut shares = Shares::none();
    shares.set_share(RuleKind::Overdue(Band::Medium), one("0.2")).unwrap();
    shares.set_share(RuleKind::DueSoon, one("0.2")).unwrap();
    shares.set_share(RuleKind::AskFirst, one("0.2")).unwrap();
    shares.set_share(RuleKind::Audit, one("0.2")).unwrap();
    let plan = toy_plan(&complaints, shares, 6);
    let chosen = rules(&plan);
    assert_eq!(chosen["must"], RuleKind::Must);
    assert_eq!(chosen["first"], RuleKind::Rank);
    assert_eq!(chosen["older"], RuleKind::Overdue(Band::Medium));
    assert_eq!(chosen["expires"], RuleKind::DueSoon);
    assert_eq!(chosen["thin"], RuleKind::AskFirst);
    assert_eq!(chosen.values().filter(|rule| **rule == RuleKind::Audit).count(), 1);
    let by_id = |id: &str| plan.entries().iter().find(|entry| entry.id() == id).unwrap();
    assert_eq!(by_id("thin").ask(), Some("urgent"));
    let expires = by_id("expires");
    assert!(expires.due_soon() && expires.missed_deadline().is_some());
    assert_eq!(by_id("older").overdue_since(), Some(start().plus_days(15)));

    // Rules without anything to choose hand their places on, by rank.
    let plan = toy_plan(&complaints[6..], shares, 6);
    assert_eq!(plan.entries().len(), 2);
    let mut shares = Shares::none();
    shares.set_share(RuleKind::DueSoon, one("1")).unwrap();
    let plan = toy_plan(&complaints[..2], shares, 2);
    assert_eq!(rules(&plan)["first"], RuleKind::LeftOver);
    // More must than capacity: all are listed, and the shortfall is told.
    let plan = toy_plan(&complaints[..1], Shares::none(), 0);
    assert!(plan.entries()[0].beyond_capacity());
    assert_eq!(
        plan.load().to_string(),
        "load 1 exceeds capacity 0 by 1; no capacity for 1 that must be worked"
    );
}

#[test]
fn arrivals_beyond_capacity_are_told() {
    let complaints: Vec<Complaint> =
        (0..30).map(|place| Complaint::new(format!("c{place}"), start()).unwrap()).collect();
    let ranking = rank(&toy(), &complaints, &ActiveOverrides::none());
    let planner = Planner::with_shares(Shares::none(), Seed(1)).unwrap();
    let request = Request::new(day(40), 20).with_arrivals(28);
    let plan = planner.plan(&ranking, &request, &Carry::default()).unwrap();
    assert_eq!(
        plan.load().to_string(),
        "load 30 exceeds capacity 20 by 10; 28 came, 8 more than can be worked"
    );
    assert!(plan.planner_sheet().contains("load 30 exceeds capacity 20 by 10"));
}

#[test]
fn investigators_cannot_tell_audits_from_the_rest() {
    let complaints: Vec<Complaint> = (0..60)
        .map(|place| {
            Complaint::new(format!("c{place:02}"), start().plus_days(39))
                .unwrap()
                .with_answer("prior_reports", place % 5)
        })
        .collect();
    let mut shares = Shares::none();
    shares.set_share(RuleKind::Audit, one("0.3")).unwrap();
    let plan = toy_plan(&complaints, shares, 20);
    let audits: BTreeSet<&str> = plan
        .entries()
        .iter()
        .filter(|entry| entry.rule() == RuleKind::Audit)
        .map(|entry| entry.id())
        .collect();
    assert_eq!(audits.len(), 6);
    let sheet = plan.investigator_sheet();
    assert_eq!(sheet.entries().len(), 20);
    let listed: BTreeSet<&str> = sheet.entries().iter().map(|entry| entry.id()).collect();
    assert!(audits.is_subset(&listed));
    // Not all at the end, where the ranking has them.
    let last: BTreeSet<&str> =
        sheet.entries().iter().rev().take(6).map(|entry| entry.id()).collect();
    assert_ne!(last, audits);
    let json = serde_json::to_value(&sheet).unwrap();
    let keys: BTreeSet<&String> = json["entries"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|entry| entry.as_object().unwrap().keys())
        .collect();
    assert_eq!(keys.into_iter().collect::<Vec<_>>(), ["acts_first", "deconfliction", "id", "must"]);
    let ranking = rank(&toy(), &complaints, &ActiveOverrides::none());
    for text in [sheet.to_string(), plan.morning_sheet(&ranking, None).to_string()] {
        assert!(!text.contains("audit") && !text.contains("chance"), "{text}");
    }
    assert!(plan.planner_sheet().contains("audit"));
}

#[test]
fn chances_add_up_over_periods_and_unfinished_audits_are_missing() {
    let complaints: Vec<Complaint> = (0..40)
        .map(|place| {
            Complaint::new(format!("c{place:02}"), start().plus_days(39))
                .unwrap()
                .with_answer("prior_reports", 0)
                .with_answer("urgent", if place < 10 { "no" } else { "yes" })
                .with_answer("access_route", "none")
        })
        .collect();
    let mut shares = Shares::none();
    shares.set_share(RuleKind::Audit, one("1")).unwrap();
    let planner = Planner::with_shares(shares, Seed(3)).unwrap();
    // With a higher intercept the cap holds the first ten down.
    let text = include_str!("../../fixtures/models/toy.json").replace("\"-2.5\"", "\"-2\"");
    let triage = Triage::from_json(&text).unwrap();
    let ranking = rank(&triage, &complaints, &ActiveOverrides::none());
    let mut log = AuditLog::new();
    let mut carry = Carry::default();
    let mut passed = BTreeMap::new();
    for period in 0..4 {
        let plan = planner.plan(&ranking, &Request::new(day(40 + period), 4), &carry).unwrap();
        for entry in plan.entries() {
            let inclusion = entry.inclusion().unwrap();
            // 10 capped at three times the chance of 30 others: 4 × 3 / 60 and 4 × 1 / 60.
            let capped = entry.stratum().as_ref().unwrap().capped();
            assert_eq!(inclusion.now(), if capped { 200_000_000 } else { 66_666_666 });
            let before: f64 = passed.get(entry.id()).copied().unwrap_or(1.0);
            let expected = 1.0 - before * (1.0 - f64::from(inclusion.now()) / 1e9);
            assert!((f64::from(inclusion.cumulative()) / 1e9 - expected).abs() < 1e-8);
        }
        let drawn: BTreeSet<&str> = plan.entries().iter().map(|entry| entry.id()).collect();
        for (place, complaint) in complaints.iter().enumerate() {
            let chance = if place < 10 { 0.2 } else { 4.0 / 60.0 };
            let before = passed.entry(complaint.id().to_owned()).or_insert(1.0);
            // Drawn complaints begin anew.
            *before = if drawn.contains(complaint.id()) { 1.0 } else { *before * (1.0 - chance) };
        }
        log.add(&plan).unwrap();
        carry = plan.carry().clone();
    }
    assert_eq!(log.summary().drawn(), 16);
    let ids: BTreeSet<String> = log.iter().map(|audit| audit.complaint().to_owned()).collect();
    let some: Vec<&String> = ids.iter().take(3).collect();
    for id in &some {
        log.complete(id, start().plus_days(50), AuditOutcome::NothingFound).unwrap();
    }
    assert_eq!(
        log.summary().to_string(),
        "16 audits drawn: 0 found something, 3 found nothing, 13 unfinished (missing, not negative); up to 1000 in 1000 may still hold something (3/n)"
    );
    assert!(log.complete("nobody", start(), AuditOutcome::Found).is_err());
    let text = serde_json::to_string(&log).unwrap();
    assert_eq!(serde_json::from_str::<AuditLog>(&text).unwrap(), log);
}

#[test]
fn holds_and_routes_stay_in_place_with_who_acts_first() {
    let complaint = |id: &str| Complaint::new(id, start()).unwrap();
    let complaints = [
        complaint("must").with_answer("prior_reports", 5).with_answer("access_route", "work"),
        complaint("open").with_answer("prior_reports", 5),
        complaint("freed").with_answer("prior_reports", 5),
    ];
    let mut overrides = Overrides::new();
    for id in ["must", "open", "freed"] {
        overrides
            .add(decision(id, OverrideEffect::Hold("deconfliction".to_owned()), start()))
            .unwrap();
    }
    overrides.add(decision("freed", OverrideEffect::Release, start().plus_days(1))).unwrap();
    let ranking = rank(&toy(), &complaints, &overrides.at(start().plus_days(2)));
    let free = rank(&toy(), &complaints, &ActiveOverrides::none());
    assert!(ranking.iter().map(|one| one.id()).eq(free.iter().map(|one| one.id())));
    let planner = Planner::with_shares(Shares::none(), Seed(1)).unwrap();
    let plan = planner.plan(&ranking, &Request::new(day(3), 3), &Carry::default()).unwrap();
    let acts: BTreeMap<&str, &[ActsFirst]> =
        plan.entries().iter().map(|entry| (entry.id(), entry.acts_first())).collect();
    assert_eq!(acts["must"], [ActsFirst::Supervisor("deconfliction".to_owned())]);
    assert_eq!(acts["open"], [ActsFirst::Hold("deconfliction".to_owned())]);
    assert_eq!(acts["freed"], []);
    // The toy codebook asks nothing about deconfliction: that is not checked, never clear.
    assert!(plan.entries().iter().all(|entry| entry.deconfliction() == Deconfliction::NotChecked));
    let morning = plan.morning_sheet(&ranking, None).to_string();
    assert!(
        morning.contains(
            "- must; supervisor at once (hold: deconfliction); deconfliction not checked"
        ),
        "{morning}"
    );
}

#[test]
fn what_does_not_fit_is_refused() {
    let complaints: Vec<Complaint> =
        (0..3).map(|place| Complaint::new(format!("c{place}"), start()).unwrap()).collect();
    let ranking = rank(&toy(), &complaints, &ActiveOverrides::none());
    let top = toy().top(ranking.backlog(), 2).unwrap();
    let planner = Planner::new(&toy(), Seed(1)).unwrap();
    let request = |period| Request::new(period, 1);
    let refused = planner.plan(&top, &request(day(1)), &Carry::default());
    assert_eq!(refused, Err(PlanError::Partial { ranked: 2, complaints: 3 }));
    let empty = Period { start: start(), end: start() };
    assert_eq!(
        planner.plan(&ranking, &request(empty), &Carry::default()),
        Err(PlanError::Period { period: empty })
    );
    let planner = planner.audit(3, Some("no_such_item"));
    assert!(matches!(
        planner.plan(&ranking, &request(day(1)), &Carry::default()),
        Err(PlanError::UnlistedItem { .. })
    ));
}

#[test]
fn sheets_cannot_be_broken_by_an_id() {
    let complaints = [Complaint::new("a|b\u{202e}[2J# c", start()).unwrap()];
    let plan = toy_plan(&complaints, Shares::none(), 1);
    let ranking = rank(&toy(), &complaints, &ActiveOverrides::none());
    for text in [
        plan.planner_sheet(),
        plan.investigator_sheet().to_string(),
        plan.morning_sheet(&ranking, None).to_string(),
    ] {
        assert!(!text.contains('\u{202e}') && !text.contains("a|b"), "{text}");
    }
}

/// The page is for one or two sheets of paper: long lists are cut, and never without saying how many more there are and where
/// they stand; of those who must act every one is named.
#[test]
fn the_page_is_cut_with_a_count_and_names_all_who_must_act() {
    let complaint = |id: String, days: i64| Complaint::new(id, start().plus_days(days)).unwrap();
    let mut complaints: Vec<Complaint> = (0..100)
        .map(|number| {
            let complaint = complaint(format!("must-{number:03}"), 39);
            complaint.with_answer("prior_reports", 5).with_answer("access_route", "work")
        })
        .collect();
    complaints.extend((0..30).map(|number| {
        let complaint = complaint(format!("old-{number:03}"), 1);
        complaint
            .with_answer("prior_reports", 0)
            .with_answer("urgent", "yes")
            .with_answer("access_route", "none")
    }));
    let mut shares = Shares::none();
    shares.set_share(RuleKind::Overdue(Band::Medium), one("1")).unwrap();
    let plan = toy_plan(&complaints, shares, 130);
    let ranking = rank(&toy(), &complaints, &ActiveOverrides::none());
    let page = plan.morning_page(&ranking, None);
    for number in 0..100 {
        assert!(page.contains(&format!(">must-{number:03}<")), "{number}");
    }
    assert!(page.contains("<h2>Must act: 100</h2>"));
    assert!(page.contains("And 20 more that must act"));
    let (all, shown) = (30, page.matches(">old-").count());
    assert!(shown < all && page.contains(&format!("not named above: {all}</h2>")), "{shown}");
    let told = format!("<p>And {} more, at positions ", all - shown);
    assert!(page.contains(&told), "{page}");
    let sheet = plan.planner_sheet();
    assert!((0..30).all(|number| sheet.contains(&format!("old-{number:03}"))));
}

/// Sheets show every time at the offset that the plan was given, and the plan's file stays as it is.
#[test]
fn sheets_show_times_as_clocks_on_the_spot_do() {
    use caserank::complaint::DeadlineKind;

    let complaints: Vec<Complaint> = (0..6)
        .map(|number| {
            let received = start().plus_days(number).plus_seconds(3 * 3_600);
            Complaint::new(format!("c{number}"), received)
                .unwrap()
                .with_answer("prior_reports", 5)
                .with_deadline(DeadlineKind::Statutory, start().plus_days(41))
                .unwrap()
        })
        .collect();
    let mut shares = Shares::none();
    shares.set_share(RuleKind::Overdue(Band::Medium), one("1")).unwrap();
    let in_utc = toy_plan(&complaints, shares, 4);
    let offset = "-03:30".parse().unwrap();
    let plan = in_utc.clone().with_offset(offset);
    assert_eq!(plan.to_json(), in_utc.to_json());
    let ranking = rank(&toy(), &complaints, &ActiveOverrides::none());
    let sheets = |plan: &caserank::worklist::Plan| {
        [
            plan.planner_sheet(),
            plan.investigator_sheet().to_string(),
            plan.morning_sheet(&ranking, None).to_string(),
        ]
    };
    // Whatever reads as a time in the sheets of one stands at its place in the other, moved.
    let times = |text: &str| -> Vec<Timestamp> {
        let words = text.split(|letter: char| letter.is_whitespace() || "|;,".contains(letter));
        words.filter(|word| word.contains("T")).filter_map(|word| word.parse().ok()).collect()
    };
    for (moved, utc) in sheets(&plan).iter().zip(&sheets(&in_utc)) {
        assert_eq!(times(moved), times(utc));
        assert!(times(moved).len() > 1, "{moved}");
        assert!(utc.contains(":00Z") && !moved.contains(":00Z"), "{moved}");
        assert!(moved.contains("-03:30"), "{moved}");
    }
    let (moved, utc) = (plan.morning_page(&ranking, None), in_utc.morning_page(&ranking, None));
    assert!(utc.contains("00Z") && !moved.contains("00Z"), "{moved}");
    // Due since the fifteenth at three in UTC.
    assert!(moved.contains("<span>2026-01-14 23:30-03:30</span>"), "{moved}");
}
