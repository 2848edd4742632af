//! A small case system in memory: complaints come in, are assessed, answered, decided about,
//! planned for two units and taken up.
//!
//! ```text
//! cargo run --release --example embed
//! ```
//!
//! The complaints are made up, and the reference model is not validated.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::Write;

use caserank::Seed;
use caserank::policy::{Override, OverrideEffect};
use caserank::record::{Record, verify_chain};
use caserank::synthetic::Generator;
use caserank::worklist::{AuditLog, Carries, Period, Planner, Shares};
use caserank::{Band, Complaint, Lane, Queue, Timestamp, reference};

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut std::io::stdout().lock())
}

/// One day and the next morning.
pub fn run(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    writeln!(out, "SYNTHETIC: made-up complaints. This tests software and says nothing else.\n")?;
    let triage = reference::published()?;
    let monday: Timestamp = "2026-03-02T08:00:00Z".parse()?;

    // A week of complaints has come in. The host keeps its own store; the queue keeps the order.
    let generator = Generator::new(Seed(11)).start(monday.plus_days(-7));
    let week = generator.cases().map(|case| case.complaint);
    let mut queue = Queue::new(&triage, monday);
    for complaint in week.take_while(|complaint| complaint.received() < monday) {
        queue.upsert(complaint)?;
    }
    // What a report says in its first lines can be entered by hand, too.
    let complaint = Complaint::new("2026-0417", monday.plus_seconds(-600))?
        .unit("north")
        .reported(monday.plus_days(-1))
        .answer("tip_source", "platform_or_clearinghouse")
        .answer("concern", "communication");
    writeln!(out, "Received: {}", queue.upsert(complaint)?)?;
    for run in queue.counts().into_iter().filter(|run| run.count > 0) {
        writeln!(out, "  {:>4} {}, {}", run.count, run.lane, run.band)?;
    }

    // Band first, then reasons, then numbers.
    let before = queue.assess("2026-0417")?;
    writeln!(out, "\n{before}\n")?;

    // Somebody asks the question that is worth most, and the answer moves the complaint.
    let moved = queue.amend("2026-0417", |complaint| {
        complaint.set_known_at("communication_with_minor", true, monday);
        complaint.set_known_at("meeting_proposed", true, monday);
    })?;
    writeln!(out, "Answered: {moved}")?;
    let after = queue.assess("2026-0417")?;
    writeln!(out, "{}\n", after.why_since(&before)?)?;

    // A log of what was shown, each record chained to the one before.
    let first = Record::new(&before, monday);
    let second = Record::new(&after, monday).after(&first);
    let head = verify_chain([&first, &second], None)?;
    second.verify(&triage)?;
    writeln!(
        out,
        "Logged: two records, head {}\n",
        head.map_or_else(String::new, |one| one.short())
    )?;

    // A supervisor raises another one until tomorrow. The model's own result stays beside it.
    let raised = queue.iter().find(|entry| entry.lane() == Lane::Open && entry.band() == Band::Low);
    if let Some(id) = raised.map(|entry| entry.id().to_owned()) {
        let decision = Override {
            complaint: id.clone(),
            effect: OverrideEffect::Raise(Band::High),
            actor: "officer-12".to_owned(),
            second_actor: None,
            role: "supervisor".to_owned(),
            reason: "new_information".to_owned(),
            note: Some("note-881".to_owned()),
            made: monday,
            expires: Some(monday.plus_days(1)),
        };
        writeln!(out, "Decided: {}", queue.apply(decision)?)?;
        if let Some(placement) = queue.entry(&id).map(|entry| entry.placement()) {
            writeln!(
                out,
                "  {} by people, {} by the model\n",
                placement.standing().band(),
                placement.model_standing().band()
            )?;
        }
    }

    // Night falls; readers keep what they were looking at.
    let evening = queue.snapshot();
    let tuesday = monday.plus_days(1);
    for case in generator.cases().skip_while(|case| case.complaint.received() < monday) {
        if case.complaint.received() >= tuesday {
            break;
        }
        queue.upsert(case.complaint)?;
    }
    writeln!(out, "Overnight: {}\n", queue.advance(tuesday)?)?;

    // The day's plan for two units, and what the morning needs to know.
    let ranking = queue.ranking()?;
    let shares = Shares::suggested("0.1".parse()?);
    let planner = Planner::with_shares(shares, Seed(2026))?.audit(3, Some("tip_source"));
    let capacities: BTreeMap<String, usize> =
        [("north", 12), ("south", 8)].map(|(unit, capacity)| (unit.to_owned(), capacity)).into();
    let period = Period { start: tuesday, end: tuesday.plus_days(1) };
    let mut carries = Carries::new();
    let plans =
        planner.plan_units(&ranking, period, &capacities, &BTreeSet::new(), &mut carries)?;
    let moves = queue.moves_since(&evening);
    let mut audits = AuditLog::new();
    for plan in &plans {
        audits.add(plan);
        if plan.unit().is_some() || plan.load().needed > 0 {
            writeln!(out, "{}", plan.morning_sheet(&ranking, Some(&moves)))?;
        }
    }
    // Investigators see who is worked, never why: an audit looks like any other entry.
    writeln!(out, "{}", plans[0].investigator_sheet())?;
    writeln!(out, "{}\n", audits.summary())?;

    // Whoever is taken up leaves the order; the host keeps the complaint.
    for entry in plans.iter().flat_map(|plan| plan.entries()).filter(|one| !one.beyond_capacity) {
        queue.remove(&entry.id)?;
    }
    writeln!(
        out,
        "Taken up; {} wait. {}",
        queue.len(),
        queue.overrides().summary(monday, tuesday)
    )?;
    Ok(())
}
