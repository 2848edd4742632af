//! From priorities to the total order, per complaint: what ranking takes beyond `priority`.
//!
//! *ranked* and *priorities* are whole passes; the difference of the two is the order. *points* is
//! an instrument of whole points, under which complaints tie by the ten thousand.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::hint::black_box;

use caserank::Triage;
use common::{Columns, model, points_model, pool, sizes};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn order(criterion: &mut Criterion) {
    let models = [("weights", model(1, false)), ("points", points_model(1))];
    for rows in sizes(&[10_000, 1_000_000]) {
        let backlog = Columns::new(rows).backlog(models[0].1.codebook());
        let mut group = criterion.benchmark_group("order");
        group.sample_size(20);
        group.throughput(Throughput::Elements(rows as u64));
        for threads in [1, 2] {
            let pool = pool(threads);
            for (what, triage) in &models {
                let name = |step: &str| format!("{what}: {step}, {threads} thread(s)");
                group.bench_function(BenchmarkId::new(name("priorities"), rows), |bencher| {
                    bencher.iter(|| {
                        pool.install(|| {
                            Triage::priorities_of(&[triage], black_box(&backlog)).unwrap()
                        })
                    });
                });
                group.bench_function(BenchmarkId::new(name("ranked"), rows), |bencher| {
                    bencher.iter(|| pool.install(|| triage.rank(black_box(&backlog)).unwrap()));
                });
            }
        }
        group.finish();
    }
}

criterion_group!(benches, order);
criterion_main!(benches);
