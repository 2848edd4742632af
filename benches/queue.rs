//! A live queue of a million complaints: changes one by one, against ranking everything again; saved
//! to memory and restored from there, per byte of file, with SHA-256 of the file as the floor.
//!
//! Complaints are made up: 40 items (34 yes or no, 6 counts), about half of them answered.

use std::hint::black_box;
use std::time::Duration;

use caserank::complaint::Unlisted;
use caserank::queue::SavedQueue;
use caserank::{Complaint, Overrides, Queue, Timestamp, Triage};
use caserank::{Seed, Stream};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const YES_NO: u64 = 34;
const ITEMS: u64 = 40;

fn model() -> Triage {
    let outcomes = ["first", "second", "third"];
    let bears: serde_json::Map<String, Value> =
        outcomes.iter().map(|id| ((*id).to_owned(), json!({"direction": "raises"}))).collect();
    let items: Vec<Value> = (0..ITEMS)
        .map(|item| {
            let answers = if item < YES_NO { 2 } else { 4 };
            let ids: Vec<Value> = (0..answers)
                .map(|answer| json!({"id": format!("a{answer}"), "label": "x"}))
                .collect();
            json!({
                "id": format!("item_{item}"), "question": "?", "kind": "ordinal", "answers": ids,
                "absent": "a0", "stage": "intake", "domain": "network", "about": "complaint",
                "effort": {"minutes": 5}, "bears_on": bears, "design": "made up",
            })
        })
        .collect();
    let provenance = json!({"rules": ["made_up"]});
    let parts: Vec<Value> = (0_u64..)
        .zip(outcomes)
        .map(|(place, id)| {
            let weights: Vec<Value> = (0..ITEMS)
                .map(|item| {
                    let most = (item * 7 + place * 13) % 90;
                    json!({"item": format!("item_{item}"), "provenance": provenance,
                        "weights": {"a0": "-0.1", "a1": format!("0.{most:02}")}})
                })
                .map(|mut entry: Value| {
                    let item =
                        entry["item"].as_str().unwrap_or_default()[5..].parse().unwrap_or(0_u64);
                    if item >= YES_NO {
                        entry["weights"]["a2"] = json!("0.91");
                        entry["weights"]["a3"] = json!("0.95");
                    }
                    entry
                })
                .collect();
            json!({"outcome": id, "definition": "x", "weights": weights,
                "intercept": {"value": "-6", "provenance": provenance}})
        })
        .collect();
    let gate = |id: &str, effect: Value, item: u64| {
        json!({"id": id, "title": "x", "effect": effect, "citation": "x",
            "when": {"all": [{"item": format!("item_{item}"), "is": ["a1"]},
                             {"item": format!("item_{}", item + 1), "is": ["a1"]}]}})
    };
    let model = json!({
        "format_version": 1, "id": "bench", "version": "0.1.0", "description": "Made up.",
        "codebook": {"format_version": 1, "id": "bench", "version": "0.1.0", "title": "x",
            "description": "x", "items": items, "sources": [],
            "outcomes": outcomes.map(|id| json!({"id": id, "title": "x", "ahead_of": "x"}))},
        "instrument": {"id": "bench", "version": "0.1.0", "description": "x", "outcomes": parts,
            "codebook": {"id": "bench", "version": "0.1.0"},
            "rules": [{"id": "made_up", "text": "x", "ground": "assumption"}]},
        "policy": {"description": "x", "audit_share": "0.02", "combination": "max",
            "bands": {"very_high": "0.7", "high": "0.5", "medium": "0.25", "rationale": "x",
                "action_days": {"very_high": 1, "high": 7, "medium": 14, "low": 30, "rationale": "x"}},
            "danger_signs": [{"item": "item_0", "is": ["a1"]}],
            "gates": [gate("first", json!("must"), 3), gate("second", json!({"floor": "high"}), 7),
                gate("third", json!({"cap": "low"}), 11)]},
    });
    Triage::from_json(&model.to_string()).expect("the model is sound")
}

fn start() -> Timestamp {
    "2026-01-01".parse().expect("a date")
}

fn complaint(stream: &mut Stream, number: u64) -> Complaint {
    let received = start().plus_seconds(stream.below(31_536_000) as i64);
    let id = format!("2026-{number:08}");
    let mut complaint =
        Complaint::new(id, received).expect("a short id").with_unit("north").expect("a unit");
    for item in 0..ITEMS {
        if stream.chance(0.5) {
            let answers = if item < YES_NO { 2 } else { 4 };
            complaint.set_answer(format!("item_{item}"), format!("a{}", stream.below(answers)));
        }
    }
    complaint
}

/// How many complaints are in it: few where benches are only tried out.
fn live_complaints() -> u64 {
    let is_tried = std::env::args().any(|argument| argument == "--test");
    if is_tried { 10_000 } else { 1_000_000 }
}

fn live(criterion: &mut Criterion) {
    let (triage, live) = (model(), live_complaints());
    let mut stream = Seed(1).stream(0);
    let complaints = (0..live).map(|number| complaint(&mut stream, number));
    let mut queue = Queue::fill(&triage, start(), Unlisted::Refuse, &Overrides::new(), complaints)
        .whole()
        .expect("all fit");
    let backlog = queue.view().backlog().expect("it fits");
    let mut group = criterion.benchmark_group(format!("queue/{live}"));
    group.measurement_time(Duration::from_secs(4));
    group.bench_function("baseline: rank everything again", |bencher| {
        bencher.iter(|| triage.rank(&backlog).map(|ranking| ranking.len()));
    });
    let mut stream = Seed(2).stream(0);
    let mut next = move || {
        let number = stream.below(live);
        complaint(&mut stream, number)
    };
    group.bench_function("replace one", |bencher| {
        bencher.iter_batched_ref(
            &mut next,
            |one| queue.replace(&*one).is_ok(),
            BatchSize::SmallInput,
        );
    });
    let mut stream = Seed(3).stream(0);
    let mut named = move || format!("2026-{:08}", stream.below(live));
    group.bench_function("amend: one answer", |bencher| {
        bencher.iter_batched(
            &mut named,
            |id| queue.amend(&id, |complaint| complaint.set_answer("item_3", "a1")).is_ok(),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("replace one while a snapshot lives", |bencher| {
        let snapshot = queue.snapshot();
        bencher.iter_batched_ref(
            &mut next,
            |one| queue.replace(&*one).is_ok(),
            BatchSize::SmallInput,
        );
        black_box(snapshot.len());
    });
    group.bench_function("snapshot", |bencher| bencher.iter(|| queue.snapshot().len()));
    group.bench_function("top(100)", |bencher| {
        bencher.iter(|| {
            queue.top(100).map(|entry| entry.id().len() + entry.position()).sum::<usize>()
        });
    });
    group.bench_function("position", |bencher| {
        bencher.iter_batched(&mut named, |id| queue.position(&id), BatchSize::SmallInput);
    });
    group.finish();

    let mut file = Vec::new();
    queue.save(&mut file).expect("memory takes all");
    let mut group = criterion.benchmark_group(format!("queue/{live}/file"));
    group.sample_size(10).throughput(Throughput::Bytes(file.len() as u64));
    group.bench_function("SHA-256", |bencher| bencher.iter(|| Sha256::digest(black_box(&file))));
    group.bench_function("save", |bencher| {
        bencher.iter(|| {
            let mut sink = Vec::with_capacity(file.len());
            queue.save(&mut sink).is_ok()
        });
    });
    group.bench_function("load", |bencher| {
        bencher.iter(|| SavedQueue::load(black_box(&*file)).is_ok());
    });
    group.bench_function("load into a queue", |bencher| {
        // A host keeps what it loads: taking it apart is not part of it.
        bencher.iter_with_large_drop(|| Queue::load(&triage, black_box(&*file)));
    });
    group.finish();
}

criterion_group!(benches, live);
criterion_main!(benches);
