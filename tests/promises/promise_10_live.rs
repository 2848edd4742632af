//! Promise 10, for what hosts keep: damaged saved queues, records and carries never panic.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use crate::common::live::{decision, random_complaint, start, toy};
use caserank::policy::OverrideEffect;
use caserank::queue::{QueueError, SavedQueue};
use caserank::record::Record;
use caserank::worklist::{AuditLog, Carries, Period, Planner, Shares};
use caserank::{Band, Queue, Timestamp};
use caserank::{Seed, Stream};
use sha2::Digest;

/// A text with a few bytes replaced, cut or doubled.
fn damaged(stream: &mut Stream, text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..1 + stream.below(3) {
        let place = stream.below(bytes.len() as u64) as usize;
        match stream.below(4) {
            0 => drop(bytes.remove(place)),
            1 => bytes.insert(place, bytes[place]),
            2 => bytes[place] = b"0123456789-{}[]\",:.aeE"[stream.below(22) as usize],
            // Digits for digits keep the shape, and reach what comes after parsing.
            _ => {
                let digits: Vec<usize> =
                    (0..bytes.len()).filter(|&at| bytes[at].is_ascii_digit()).collect();
                if let Some(&at) = digits.get(stream.below(digits.len().max(1) as u64) as usize) {
                    bytes[at] = b'0' + stream.below(10) as u8;
                }
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn queue() -> Queue {
    let mut queue = Queue::new(&toy(), start().plus_days(20));
    let mut stream = Seed(1).stream(0);
    for place in 0..12 {
        queue
            .replace(random_complaint(&mut stream, &toy(), &format!("c{place}"), start()))
            .unwrap();
    }
    let mut lift = decision("c1", OverrideEffect::LiftMust, start());
    lift.expires = Some(start().plus_days(40));
    queue.apply(lift).unwrap();
    queue.apply(decision("c2", OverrideEffect::Raise(Band::High), start().plus_days(30))).unwrap();
    queue
}

fn saved(queue: &Queue) -> String {
    let mut file = Vec::new();
    queue.save(&mut file).unwrap();
    String::from_utf8(file).unwrap()
}

/// A saved queue with the digest that fits what stands in it.
fn sealed(body: &str) -> String {
    let digest = sha2::Sha256::digest(body.as_bytes());
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{body}{{\"sha256\":\"{digits}\"}}\n")
}

#[test]
fn damaged_queues_are_refused() {
    let text = saved(&queue());
    let original = SavedQueue::load(text.as_bytes()).unwrap();
    let mut stream = Seed(2).stream(0);
    for _ in 0..3_000 {
        let damaged = damaged(&mut stream, &text);
        match SavedQueue::load(damaged.as_bytes()) {
            // The same again: a digit replaced by itself.
            Ok(saved) => assert!(damaged == text && saved == original),
            Err(error) => drop(error.to_string()),
        }
    }
    for cut in 0..text.len() {
        let error = SavedQueue::load(&text.as_bytes()[..cut]).unwrap_err();
        let is_named = matches!(error, QueueError::Cut { .. } | QueueError::NotASavedQueue);
        assert!(is_named, "cut at {cut}: {error}");
    }
    for place in 0..text.len() {
        let mut flipped = text.clone().into_bytes();
        flipped[place] ^= 1 << stream.below(8);
        SavedQueue::load(&*flipped).unwrap_err();
    }
}

#[test]
fn forged_queues_are_refused_or_work() {
    let text = saved(&queue());
    let body = &text[..text.trim_end().rfind('\n').unwrap() + 1];
    assert_eq!(sealed(body), text);
    let mut stream = Seed(2).stream(0);
    let mut restored = 0;
    for _ in 0..1_500 {
        let forged = sealed(&damaged(&mut stream, body));
        let in_one_pass = Queue::load(&toy(), forged.as_bytes());
        let in_two = SavedQueue::load(forged.as_bytes());
        let filled = match in_two.and_then(|saved| Queue::restore(&toy(), saved)) {
            Ok(filled) => filled,
            Err(_) => {
                assert!(in_one_pass.is_err(), "{forged}");
                continue;
            }
        };
        let in_one_pass = in_one_pass.unwrap();
        assert_eq!(in_one_pass.to_string(), filled.to_string());
        assert_eq!(saved(in_one_pass.queue()), saved(filled.queue()));
        assert_eq!(filled.given(), filled.queue().len() + filled.not_taken().len());
        let (mut queue, ..) = filled.into_parts();
        restored += 1;
        for now in [queue.now(), queue.now().plus_days(15), Timestamp::MAX] {
            queue.advance(now).unwrap();
        }
        assert_eq!(queue.iter().count(), queue.view().ranking().unwrap().len());
        for id in queue.iter().map(|entry| entry.id().to_owned()).collect::<Vec<_>>() {
            queue.assess(&id).unwrap();
            queue.remove(&id).unwrap();
        }
    }
    assert!(restored > 100, "{restored}");
    // One complaint twice, under a digest that fits.
    let last = body.trim_end().rsplit('\n').next().unwrap();
    let twice = body.replacen("\"complaints\":12", "\"complaints\":13", 1) + last + "\n";
    let error = SavedQueue::load(sealed(&twice).as_bytes()).unwrap_err();
    assert!(error.to_string().contains("stands twice"), "{error}");
}

#[test]
fn damaged_records_never_verify() {
    let queue = queue();
    let text = Record::new(&queue.assess("c1").unwrap(), queue.now()).unwrap().to_json();
    let original = Record::from_json(&text).unwrap();
    let mut stream = Seed(3).stream(0);
    let mut read = 0;
    for _ in 0..3_000 {
        let Ok(record) = Record::from_json(&damaged(&mut stream, &text)) else { continue };
        read += 1;
        // The same again (a digit replaced by itself) verifies; nothing else does.
        assert_eq!(record.verify(&toy()).is_ok(), record == original);
    }
    assert!(read > 300, "{read}");
}

#[test]
fn damaged_carries_are_refused_or_planned_from() {
    let queue = queue();
    let ranking = queue.view().ranking().unwrap();
    let planner = Planner::with_shares(Shares::suggested("0.2".parse().unwrap()), Seed(1)).unwrap();
    let units = ["north", "south", "a, b"];
    let capacities: BTreeMap<String, usize> = units.map(|unit| (unit.to_owned(), 3)).into();
    let plan = |carries: &mut Carries, start: Timestamp| {
        let period = Period { start, end: start.plus_days(1) };
        planner.plan_units(&ranking, period, &capacities, &BTreeSet::new(), carries)
    };
    let mut carries = Carries::new();
    let mut log = AuditLog::new();
    for plan in plan(&mut carries, queue.now()).unwrap() {
        log.add(&plan).unwrap();
    }
    let text = serde_json::to_string(&carries).unwrap();
    let logged = serde_json::to_string(&log).unwrap();
    assert!(text.len() > 60 && logged.len() > 60, "nothing to damage: {text} {logged}");
    let mut stream = Seed(4).stream(0);
    for _ in 0..2_000 {
        let logged = damaged(&mut stream, &logged);
        let summary = serde_json::from_str(&logged).map(|log: AuditLog| log.summary().to_string());
        drop(summary);
        let Ok(mut carries) = serde_json::from_str(&damaged(&mut stream, &text)) else { continue };
        let plans = plan(&mut carries, queue.now()).unwrap();
        let counted = plans.iter().map(|plan| {
            let waiting = plan.waiting().iter().map(|band| band.complaints());
            plan.entries().len() + waiting.sum::<usize>()
        });
        assert_eq!(counted.sum::<usize>(), 12);
    }
    assert!(plan(&mut carries, Timestamp::MAX).is_err());
    plan(&mut carries, Timestamp::MAX.plus_days(-1)).unwrap();
    plan(&mut carries, Timestamp::MIN).unwrap();
}
