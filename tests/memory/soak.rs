//! A live queue under random work for as long as it is let: it equals a fresh ranking throughout, and what it
//! holds in memory does not grow. A short run is part of every test run; `CASERANK_SOAK_SECONDS=3600` with
//! `cargo test --release --all-features --test memory soak` is the long one.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use caserank::queue::QueueError;
use caserank::{BacklogBuilder, Complaint, Queue, Seed, Stream, Triage};

use super::{COUNTED, alone};
use crate::common::live::{
    random_complaint, random_decision, random_model, random_model_like, start,
};

/// Ids in use: complaints come, go and come again.
const IDS: u64 = 400;
/// Work between two comparisons with a fresh ranking.
const STEPS: usize = 500;
/// Comparisons of the short run.
const SHORT_ROUNDS: usize = 24;
/// Rounds after which memory is held against what it was.
const WARM: usize = 8;

fn id(stream: &mut Stream) -> String {
    format!("c{}", stream.below(IDS))
}

/// One thing that a host does. What it refuses, it refuses by name and leaves as it was.
fn work(
    queue: &mut Queue,
    contents: &mut BTreeMap<String, Complaint>,
    stream: &mut Stream,
    shape: u64,
) {
    let triage = queue.view().triage().clone();
    let id = id(stream);
    match stream.below(100) {
        0..=34 => {
            let complaint = random_complaint(stream, &triage, &id, start());
            queue.replace(&complaint).unwrap();
            contents.insert(id, complaint);
        }
        35..=49 => {
            let complaint = random_complaint(stream, &triage, &id, start());
            queue.receive(&complaint).unwrap();
            contents.insert(id.clone(), queue.complaint(&id).unwrap());
        }
        50..=64 => match queue.remove(&id) {
            Ok(_) => assert!(contents.remove(&id).is_some()),
            Err(QueueError::NotHere { .. }) => assert!(!contents.contains_key(&id)),
            Err(other) => panic!("{other}"),
        },
        65..=89 => {
            let made = random_decision(stream, &id, queue.now());
            let would = queue.would_apply(&made).map(|moved| moved.to());
            match (queue.apply(made), would) {
                (Ok(moved), Ok(would)) => assert_eq!(moved.to(), would),
                (Err(QueueError::NotHere { .. } | QueueError::Over { .. }), Err(_)) => {}
                (done, would) => panic!("{done:?}, foretold {would:?}"),
            }
        }
        90..=93 => {
            let earlier = queue.snapshot();
            let advanced =
                queue.advance(queue.now().plus_seconds(stream.below(86_400) as i64)).unwrap();
            let moves = queue.moves_since(&earlier).unwrap();
            assert_eq!(moves.changed().count(), advanced.moves.changed().count());
        }
        94 => {
            let later = random_model_like(shape, stream.below(1_000));
            let moves = queue.replace_model(&later).unwrap();
            assert_eq!(moves.len() + moves.unmoved(), contents.len());
        }
        95 => {
            let mut file = Vec::new();
            queue.save(&mut file).unwrap();
            *queue = Queue::load(queue.view().triage(), &*file).unwrap().whole().unwrap();
            let mut again = Vec::new();
            queue.save(&mut again).unwrap();
            assert_eq!(file, again);
        }
        _ => {
            // What retention law asks for, or decisions would grow for ever.
            let before = queue.now().plus_days(-30);
            queue.forget_absent(before);
            queue.forget_ended(before);
        }
    }
}

fn assert_equals_fresh(queue: &Queue, contents: &BTreeMap<String, Complaint>) {
    let triage: &Triage = queue.view().triage();
    let mut builder = BacklogBuilder::new(triage.codebook());
    contents.values().for_each(|complaint| drop(builder.push(complaint).unwrap()));
    let active = queue.overrides().at(queue.now());
    let fresh = triage.rank_with(&builder.freeze(), &active).unwrap();
    assert_eq!(queue.len(), contents.len());
    let live = queue.iter().map(|entry| (entry.id().to_owned(), entry.rank()));
    assert!(live.eq(fresh.iter().map(|entry| (entry.id().to_owned(), entry.rank()))));
}

#[test]
fn soak() {
    let _alone = alone();
    let seconds = std::env::var("CASERANK_SOAK_SECONDS").ok().and_then(|text| text.parse().ok());
    let until = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let shape = 11;
    let mut stream = Seed(20_261_129).stream(0);
    let mut queue = Queue::new(&random_model(shape), start());
    let mut contents = BTreeMap::new();
    let (mut rounds, mut warm, mut most) = (0_usize, 0, 0);
    loop {
        for _ in 0..STEPS {
            work(&mut queue, &mut contents, &mut stream, shape);
        }
        assert_equals_fresh(&queue, &contents);
        rounds += 1;
        let held = COUNTED.current_usage();
        match rounds {
            ..=WARM => warm = warm.max(held),
            _ => most = most.max(held),
        }
        let is_over = until.map_or(rounds >= SHORT_ROUNDS, |until| Instant::now() >= until);
        if is_over && rounds > WARM {
            break;
        }
    }
    println!(
        "{rounds} rounds of {STEPS} steps; held {warm} bytes after {WARM} of them, later at most {most}"
    );
    assert!(most < warm * 2, "{warm} bytes after {WARM} rounds, later {most}");
}
