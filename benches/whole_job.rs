//! The whole job: from answers to a total order.
//!
//! *cold* starts from one byte per cell, ids and dates; *re-rank* from a packed backlog with new
//! weights; *read once* only reads the bytes that cold starts from, as a floor.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::hint::black_box;

use common::{Columns, model, pool, sizes};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn whole_job(criterion: &mut Criterion) {
    let plain = model(1, false);
    let gated = model(1, true);
    for rows in sizes(&[1_000, 10_000, 100_000, 1_000_000, 10_000_000]) {
        let columns = Columns::new(rows);
        let backlog = columns.backlog(plain.codebook());
        let mut group = criterion.benchmark_group("whole_job");
        group.throughput(Throughput::Elements(rows as u64));
        group.sample_size(if rows >= 1_000_000 { 10 } else { 20 });
        group.bench_function(BenchmarkId::new("read the bytes once", rows), |bencher| {
            bencher.iter(|| columns.read_once());
        });
        for threads in [1, 2] {
            let pool = pool(threads);
            let name = |what: &str| format!("{what}, {threads} thread(s)");
            // All within the pool: what a thread makes, it drops.
            group.bench_function(BenchmarkId::new(name("cold"), rows), |bencher| {
                pool.install(|| {
                    bencher.iter(|| {
                        let backlog = columns.backlog(plain.codebook());
                        plain.rank(black_box(&backlog)).unwrap()
                    });
                });
            });
            for (what, triage) in [("re-rank", &plain), ("re-rank with gates", &gated)] {
                group.bench_function(BenchmarkId::new(name(what), rows), |bencher| {
                    pool.install(|| {
                        bencher.iter(|| triage.rank(black_box(&backlog)).unwrap());
                    });
                });
            }
            group.bench_function(BenchmarkId::new(name("top 1000"), rows), |bencher| {
                pool.install(|| {
                    bencher.iter(|| plain.top(black_box(&backlog), 1_000).unwrap());
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, whole_job);
criterion_main!(benches);
