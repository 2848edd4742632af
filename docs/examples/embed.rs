//! A small case system: a day, a crash, an upgrade of the model, a retention date.
//!
//! Complaints come in, are assessed, answered, sent again, decided about, planned for two units and
//! taken up. The host writes each event to its log before the queue takes it in, saves the queue
//! now and then, and after a crash restores it and replays what came since.
//!
//! ```text
//! cargo run --release --example embed
//! ```
//!
//! The complaints are made up, and the reference model is not validated.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use caserank::Seed;
use caserank::policy::{Override, OverrideEffect};
use caserank::queue::{Queue, Snapshot};
use caserank::record::{Record, verify_chain};
use caserank::synthetic::Generator;
use caserank::worklist::{AuditLog, Carries, Period, Planner, Shares};
use caserank::{Band, Complaint, Lane, Timestamp, Triage, reference};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("caserank-embed-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let result = run(&mut std::io::stdout().lock(), &folder);
    fs::remove_dir_all(&folder)?;
    result
}

/// What happens to the queue, as the host's own log holds it.
enum Event {
    Sent(Box<Complaint>),
    Answered(String, Vec<(&'static str, bool)>, Timestamp),
    Decided(Box<Override>),
    Removed(String),
    Time(Timestamp),
}

/// The host: a log of events, numbered from 1, and the queue that follows it. In a real system the
/// log is a table of its store.
struct Host {
    log: Vec<Event>,
    queue: Queue,
}

impl Host {
    /// Tries an event on a copy of the queue, which costs next to nothing, writes it down, and only
    /// then lets the queue be the copy. What is refused stands in no log, and what could not be
    /// written down never happened.
    fn take(&mut self, event: Event) -> Result<String, Box<dyn Error>> {
        let mut tried = self.queue.clone();
        let answer = follow(&mut tried, &event)?;
        self.log.push(event);
        tried.set_sequence(self.log.len() as u64);
        self.queue = tried;
        Ok(answer)
    }
}

fn follow(queue: &mut Queue, event: &Event) -> Result<String, Box<dyn Error>> {
    Ok(match event {
        Event::Sent(complaint) => {
            let moved = queue.receive(&**complaint)?;
            let told: String = moved.changes().iter().map(|one| format!("\n  {one}")).collect();
            format!("{moved}{told}")
        }
        Event::Answered(id, answers, at) => {
            let moved = queue.amend(id, |complaint| {
                for (item, yes) in answers {
                    complaint.set_answer_known_at(*item, *yes, *at);
                }
            })?;
            moved.to_string()
        }
        Event::Decided(decision) => queue.apply((**decision).clone())?.to_string(),
        Event::Removed(id) => queue.remove(id)?.to_string(),
        Event::Time(now) => queue.advance(*now)?.to_string(),
    })
}

/// Saves a snapshot so that a crash at any moment leaves the old file or the new one: written
/// beside, synced, renamed. The queue is not locked meanwhile.
fn save(snapshot: &Snapshot, folder: &Path) -> Result<(), Box<dyn Error>> {
    let (beside, path) = (folder.join("queue.new"), folder.join("queue.saved"));
    let file = File::create(&beside)?;
    snapshot.save(&file)?;
    file.sync_all()?;
    fs::rename(beside, path)?;
    // On Unix the folder is synced too, so that the new name outlasts a loss of power.
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

/// The queue after a crash: the saved one, and the events since.
fn restore(triage: &Triage, folder: &Path, log: &[Event]) -> Result<Queue, Box<dyn Error>> {
    let mut queue = Queue::load(triage, File::open(folder.join("queue.saved"))?)?.whole()?;
    let seen = usize::try_from(queue.sequence().unwrap_or(0))?;
    for (event, number) in log.iter().zip(1..).skip(seen) {
        follow(&mut queue, event)?;
        queue.set_sequence(number);
    }
    Ok(queue)
}

/// One day and the next morning.
pub fn run(out: &mut impl Write, folder: &Path) -> Result<(), Box<dyn Error>> {
    writeln!(out, "SYNTHETIC: made-up complaints. This tests software and says nothing else.\n")?;
    let triage = reference::published()?;
    let monday: Timestamp = "2026-03-02T08:00:00Z".parse()?;

    // A week of complaints has come in. The host keeps its own store; the queue keeps the order.
    let generator = Generator::new(Seed(11)).with_start(monday.plus_days(-7));
    let week = generator.cases().map(|case| case.complaint);
    let mut host = Host { log: Vec::new(), queue: Queue::new(&triage, monday) };
    for complaint in week.take_while(|complaint| complaint.received() < monday) {
        host.take(Event::Sent(Box::new(complaint)))?;
    }
    // What a report says in its first lines can be entered by hand, too.
    let sent = Complaint::new("2026-0417", monday.plus_seconds(-600))?
        .with_unit("north")?
        .reported(monday.plus_days(-1))
        .with_answer("tip_source", "platform_or_clearinghouse")
        .with_answer("concern", "communication");
    writeln!(out, "Received: {}", host.take(Event::Sent(Box::new(sent.clone())))?)?;
    for count in host.queue.counts().into_iter().filter(|count| count.count() > 0) {
        writeln!(out, "  {:>4} {}, {}", count.count(), count.lane(), count.band())?;
    }
    let north = host.queue.view().unit(Some("north")).position("2026-0417");
    writeln!(out, "  of its unit: {}", north.unwrap_or_default())?;
    save(&host.queue.snapshot(), folder)?;

    // Band first, then reasons, then numbers.
    let before = host.queue.assess("2026-0417")?;
    writeln!(out, "\n{before}\n")?;

    // Somebody asks the question that is worth most, and the answer moves the complaint.
    let answers = vec![("communication_with_minor", true), ("meeting_proposed", true)];
    let moved = host.take(Event::Answered("2026-0417".to_owned(), answers, monday))?;
    writeln!(out, "Answered: {moved}")?;
    let after = host.queue.assess("2026-0417")?;
    writeln!(out, "{}\n", after.why_since(&before)?)?;

    // The sender sends it again, and knows nothing of that. What the officer found stands.
    let again = sent.with_answer("concern", "both").with_answer("communication_with_minor", "no");
    writeln!(out, "Sent again: {}\n", host.take(Event::Sent(Box::new(again)))?)?;

    // A log of what was shown, each record chained to the one before.
    let first = Record::new(&before, monday)?;
    let second = Record::new(&after, monday)?.after(&first);
    let head = verify_chain([&first, &second], None)?;
    second.verify(&triage)?;
    let head = head.map_or_else(String::new, |one| one.short());
    writeln!(out, "Logged: two records, head {head}\n")?;

    // A supervisor raises another one until tomorrow. The model's own result stays beside it.
    let low = |lane, band| lane == Lane::Open && band == Band::Low;
    let raised = host.queue.iter().find(|entry| low(entry.lane(), entry.band()));
    if let Some(id) = raised.map(|entry| entry.id().to_owned()) {
        let effect = OverrideEffect::Raise(Band::High);
        let decision =
            Override::new(&id, effect, "officer-12", "supervisor", "new_information", monday)
                .with_id("decision-1")
                .with_note("note-881")
                .with_expires(monday.plus_days(1));
        let moved = host.take(Event::Decided(Box::new(decision.clone())))?;
        writeln!(out, "Decided: {moved}")?;
        // Delivered twice, it counts once.
        host.take(Event::Decided(Box::new(decision)))?;
        if let Some(placement) = host.queue.entry(&id).map(|entry| entry.placement()) {
            let (people, model) = (placement.standing().band(), placement.model_standing().band());
            writeln!(out, "  {people} by people, {model} by the model\n")?;
        }
    }

    // Night falls; readers keep what they were looking at.
    let evening = host.queue.snapshot();
    let tuesday = monday.plus_days(1);
    for case in generator.cases().skip_while(|case| case.complaint.received() < monday) {
        if case.complaint.received() >= tuesday {
            break;
        }
        host.take(Event::Sent(Box::new(case.complaint)))?;
    }
    writeln!(out, "Overnight: {}\n", host.take(Event::Time(tuesday))?)?;

    // The machine stops. What the file holds and what the log holds since give the same queue.
    let restored = restore(&triage, folder, &host.log)?;
    let is_same = restored.moves_since(host.queue.view())?.is_empty();
    writeln!(
        out,
        "Restored: {} complaints, {}\n",
        restored.len(),
        if is_same { "none stands elsewhere" } else { "NOT as it was" }
    )?;
    host.queue = restored;

    // The day's plan for two units, and what the morning needs to know.
    let ranking = host.queue.view().ranking()?;
    let shares = Shares::suggested("0.1".parse()?);
    let planner = Planner::with_shares(shares, Seed(2026))?.audit(3, Some("tip_source"));
    let capacities: BTreeMap<String, usize> =
        [("north", 12), ("south", 8)].map(|(unit, capacity)| (unit.to_owned(), capacity)).into();
    let period = Period { start: tuesday, end: tuesday.plus_days(1) };
    let mut carries = Carries::new();
    let plans =
        planner.plan_units(&ranking, period, &capacities, &BTreeSet::new(), &mut carries)?;
    let moves = host.queue.moves_since(&evening)?;
    let mut audits = AuditLog::new();
    for plan in &plans {
        audits.add(plan)?;
        if plan.unit().is_some() || plan.load().needed() > 0 {
            writeln!(out, "{}", plan.morning_sheet(&ranking, Some(&moves)))?;
        }
    }
    // Investigators see who is worked, never why: an audit looks like any other entry.
    writeln!(out, "{}", plans[0].investigator_sheet())?;
    writeln!(out, "{}\n", audits.summary())?;

    // Whoever is taken up leaves the order; the host keeps the complaint.
    for entry in plans.iter().flat_map(|plan| plan.entries()).filter(|one| !one.beyond_capacity()) {
        host.take(Event::Removed(entry.id().to_owned()))?;
    }
    let summary = host.queue.overrides().summary(monday, tuesday);
    writeln!(out, "Taken up; {} wait. {summary}", host.queue.len())?;

    // Another model of the same codebook: tried on a copy first, and then for good.
    let other = reference::unit()?;
    let moves = host.queue.clone().replace_model(&other)?;
    writeln!(
        out,
        "\nUnder the unit's weights {} would move, {} not",
        moves.len(),
        moves.unmoved()
    )?;

    // What ended before the retention date is forgotten in the queue, and counted.
    let forgotten = host.queue.forget_ended(tuesday.plus_days(1));
    writeln!(out, "Retention: {forgotten}")?;
    host.take(Event::Time(tuesday.plus_days(30)))?;
    let forgotten = host.queue.forget_ended(tuesday.plus_days(30));
    writeln!(out, "Thirty days on: {forgotten}")?;
    Ok(())
}
