//! The first 1,000 of a snapshot, read from first to last, per complaint.
//!
//! *rank* orders the same backlog in memory, *top* lists the same thousand from it.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::hint::black_box;

use common::{Columns, model, pool, sizes};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn streaming(criterion: &mut Criterion) {
    let job = model(1, true);
    let pool = pool(1);
    for rows in sizes(&[10_000, 1_000_000]) {
        let backlog = Columns::new(rows).backlog(job.codebook());
        let mut file = Vec::new();
        backlog.save(&mut file).unwrap();
        let mut group = criterion.benchmark_group("streaming");
        group.sample_size(10);
        group.throughput(Throughput::Elements(rows as u64));
        group.bench_function(BenchmarkId::new("top 1000 of a snapshot", rows), |bencher| {
            bencher.iter(|| {
                pool.install(|| {
                    let mut list = job.top_list(1_000);
                    list.add_snapshot(black_box(&*file)).unwrap();
                    list.finish()
                })
            });
        });
        group.bench_function(BenchmarkId::new("top 1000 of backlogs", rows), |bencher| {
            bencher.iter(|| {
                let parts = std::iter::once(backlog.clone());
                pool.install(|| {
                    let mut list = job.top_list(1_000);
                    black_box(parts).for_each(|part| list.add_backlog(&part).unwrap());
                    list.finish()
                })
            });
        });
        group.bench_function(BenchmarkId::new("top", rows), |bencher| {
            bencher.iter(|| pool.install(|| job.top(black_box(&backlog), 1_000).unwrap()));
        });
        group.bench_function(BenchmarkId::new("rank", rows), |bencher| {
            bencher.iter(|| pool.install(|| job.rank(black_box(&backlog)).unwrap()));
        });
        group.finish();
    }
}

criterion_group!(benches, streaming);
criterion_main!(benches);
