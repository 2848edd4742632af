//! Scores and probabilities of three outcomes, per complaint, from packed answers.
//!
//! *read the bytes once* goes over the one-byte answers that the packed ones were made from, as a
//! yardstick of the machine in the same run.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::hint::black_box;

use common::{Columns, model, pool, sizes};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn score(criterion: &mut Criterion) {
    let plain = model(1, false);
    let gated = model(1, true);
    for rows in sizes(&[10_000, 1_000_000]) {
        let columns = Columns::new(rows);
        let backlog = columns.backlog(plain.codebook());
        let mut group = criterion.benchmark_group("score");
        group.sample_size(20);
        group.throughput(Throughput::Elements(rows as u64));
        group.bench_function(BenchmarkId::new("read the bytes once", rows), |bencher| {
            bencher.iter(|| columns.read_once());
        });
        for threads in [1, 2] {
            let pool = pool(threads);
            for (what, triage) in [("score", &plain), ("score beside gates", &gated)] {
                let name = format!("{what}, {threads} thread(s)");
                group.bench_function(BenchmarkId::new(name, rows), |bencher| {
                    bencher.iter(|| pool.install(|| triage.score(black_box(&backlog)).unwrap()));
                });
            }
        }
        group.finish();
    }
}

criterion_group!(benches, score);
criterion_main!(benches);
