//! Scores combined into one priority, per complaint: all that comes before the order.
//!
//! *three outcomes* is the expected harm of three; *one outcome* is what a single logistic costs.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::hint::black_box;

use caserank::Triage;
use common::{Columns, model, points_model, pool, sizes};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn priority(criterion: &mut Criterion) {
    let three = model(1, false);
    let gated = model(1, true);
    let one = points_model(1);
    for rows in sizes(&[10_000, 1_000_000]) {
        let backlog = Columns::new(rows).backlog(three.codebook());
        let mut group = criterion.benchmark_group("priority");
        group.sample_size(20);
        group.throughput(Throughput::Elements(rows as u64));
        for threads in [1, 2] {
            let pool = pool(threads);
            for (what, triage) in
                [("three outcomes", &three), ("three outcomes and gates", &gated), ("points", &one)]
            {
                let name = format!("{what}, {threads} thread(s)");
                group.bench_function(BenchmarkId::new(name, rows), |bencher| {
                    bencher.iter(|| {
                        pool.install(|| {
                            Triage::priorities_of(&[triage], black_box(&backlog)).unwrap()
                        })
                    });
                });
            }
        }
        group.finish();
    }
}

criterion_group!(benches, priority);
criterion_main!(benches);
