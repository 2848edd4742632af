//! Reading a backlog from newline-delimited JSON in memory, per byte of text.
//!
//! *reference job*: up to 40 short answers a line. *escaped*: the same with an escape in every
//! id, which sends each line the long way over an owned complaint; the ratio of the two is what
//! borrowing saves.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::hint::black_box;

use caserank::Backlog;
use caserank::complaint::Unlisted;
use common::{Columns, model, pool, sizes};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn escaped(text: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(text).replace("{\"id\":\"c", "{\"id\":\"\\u0063").into_bytes()
}

fn read_ndjson(criterion: &mut Criterion) {
    let job = model(1, false);
    for rows in sizes(&[10_000, 100_000]) {
        let text = Columns::new(rows).ndjson();
        let mut group = criterion.benchmark_group("read_ndjson");
        group.sample_size(10);
        for (what, text) in [("reference job, escaped", escaped(&text)), ("reference job", text)] {
            group.throughput(Throughput::Bytes(text.len() as u64));
            for threads in [1, 2] {
                let pool = pool(threads);
                let name = format!("{what}, {threads} thread(s)");
                group.bench_function(BenchmarkId::new(name, rows), |bencher| {
                    bencher.iter(|| {
                        pool.install(|| {
                            let text = black_box(text.as_slice());
                            Backlog::read_ndjson(job.codebook(), text, Unlisted::Refuse).unwrap()
                        })
                    });
                });
            }
        }
        group.finish();
    }
}

criterion_group!(benches, read_ndjson);
criterion_main!(benches);
