//! The first k of a packed backlog by selection, per complaint, beside the whole order.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::hint::black_box;

use common::{Columns, model, points_model, pool, sizes};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn top_k(criterion: &mut Criterion) {
    let plain = model(1, false);
    let points = points_model(1);
    for rows in sizes(&[10_000, 1_000_000]) {
        let backlog = Columns::new(rows).backlog(plain.codebook());
        let mut group = criterion.benchmark_group("top_k");
        group.sample_size(20);
        group.throughput(Throughput::Elements(rows as u64));
        for threads in [1, 2] {
            let pool = pool(threads);
            for k in [20, 1_000, 100_000] {
                let name = format!("top {k}, {threads} thread(s)");
                group.bench_function(BenchmarkId::new(name, rows), |bencher| {
                    bencher.iter(|| pool.install(|| plain.top(black_box(&backlog), k).unwrap()));
                });
            }
            let name = format!("top 1000 of points, {threads} thread(s)");
            group.bench_function(BenchmarkId::new(name, rows), |bencher| {
                bencher.iter(|| pool.install(|| points.top(black_box(&backlog), 1_000).unwrap()));
            });
            let name = format!("whole order, {threads} thread(s)");
            group.bench_function(BenchmarkId::new(name, rows), |bencher| {
                bencher.iter(|| pool.install(|| plain.rank(black_box(&backlog)).unwrap()));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, top_k);
criterion_main!(benches);
