//! Reading a table through a mapping, beside the plain reader on the same complaints.
//!
//! *clean*: the reference job, two keys and 40 short answers a line, by the plain reader on one thread. *mapped*: the same
//! file through a mapping that names its columns. *messy*: other words, day first, semicolons.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::hint::black_box;

use caserank::Backlog;
use caserank::backlog::Reading;
use caserank::intake::{Importer, Mapping};
use common::{Columns, model, pool, sizes};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use serde_json::{Map, Value, json};

fn mapping(separator: &str, items: &[String], words: &Value, forms: &Value) -> Mapping {
    let items: Map<String, Value> =
        items.iter().map(|item| (item.clone(), json!({ "from": item }))).collect();
    let text = json!({
        "format_version": 1, "id": "bench", "version": "1.0.0",
        "source": { "table": { "separator": separator } }, "words": words, "missing": ["n/k"],
        "times": { "forms": forms, "zone": "utc" },
        "complaint": { "id": { "from": "id" }, "received": { "from": "received" } },
        "items": items
    });
    Mapping::from_json(&text.to_string()).unwrap()
}

/// The same complaints as an office might export them.
fn messy(text: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(text).unwrap();
    let mut messy = String::with_capacity(text.len() * 2);
    for (place, line) in text.lines().enumerate() {
        for (column, cell) in line.split(',').enumerate() {
            let separator = if column == 0 { "" } else { ";" };
            messy.push_str(separator);
            match (place, column, cell) {
                (1.., 1, time) => {
                    let (date, clock) = time.split_at(10);
                    let clock = if clock.is_empty() { "00:00" } else { &clock[1..6] };
                    messy += &format!("{}.{}.{} {clock}", &date[8..10], &date[5..7], &date[..4]);
                }
                (1.., _, "yes") => messy.push('Y'),
                (1.., _, "no") => messy.push('N'),
                (1.., _, "") => messy.push_str("n/k"),
                _ => messy.push_str(cell),
            }
        }
        messy.push('\n');
    }
    messy.into_bytes()
}

fn read_mapped(criterion: &mut Criterion) {
    let job = model(1, false);
    let codebook = job.codebook();
    let items: Vec<String> = codebook.items().iter().map(|item| item.id.clone()).collect();
    let (none, words) = (json!({}), json!({ "Y": "yes", "N": "no" }));
    let plain = Importer::new(&mapping(",", &items, &none, &json!(["iso"])), codebook).unwrap();
    let other =
        Importer::new(&mapping(";", &items, &words, &json!(["day_first"])), codebook).unwrap();
    for rows in sizes(&[10_000, 200_000]) {
        let text = Columns::new(rows).csv();
        let messy = messy(&text);
        let mut group = criterion.benchmark_group("mapping");
        group.sample_size(10);
        group.throughput(Throughput::Elements(rows as u64));
        let one = pool(1);
        group.bench_function(BenchmarkId::new("clean", rows), |bencher| {
            bencher.iter(|| {
                one.install(|| {
                    Backlog::read_csv(codebook, black_box(&text[..]), Reading::new()).unwrap()
                })
            });
        });
        for (name, importer, text) in [("mapped", &plain, &text), ("messy", &other, &messy)] {
            group.bench_function(BenchmarkId::new(name, rows), |bencher| {
                bencher.iter(|| importer.read_bytes(black_box(text), &Reading::new()).unwrap());
            });
        }
        group.finish();
    }
}

criterion_group!(benches, read_mapped);
criterion_main!(benches);
