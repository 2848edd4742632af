//! The same complaints under 100 sets of weights, per complaint and set.
//!
//! *in one pass* reads the answers once per block for all sets; *one by one* goes over all
//! of them for each set. *rank each* also orders under ten of them.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::hint::black_box;

use caserank::Triage;
use common::{Columns, model, pool, sizes};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn rescore_many(criterion: &mut Criterion) {
    let models: Vec<Triage> = (0..100).map(|seed| model(seed, false)).collect();
    let models: Vec<&Triage> = models.iter().collect();
    for rows in sizes(&[1_000, 100_000]) {
        let backlog = Columns::new(rows).backlog(models[0].codebook());
        let mut group = criterion.benchmark_group("rescore_many");
        group.sample_size(10);
        for threads in [1, 2] {
            let pool = pool(threads);
            let name = |what: &str| format!("{what}, {threads} thread(s)");
            group.throughput(Throughput::Elements(100 * rows as u64));
            group.bench_function(BenchmarkId::new(name("in one pass"), rows), |bencher| {
                bencher.iter(|| {
                    pool.install(|| Triage::priorities_of(&models, black_box(&backlog)).unwrap())
                });
            });
            group.bench_function(BenchmarkId::new(name("one by one"), rows), |bencher| {
                bencher.iter(|| {
                    pool.install(|| {
                        let each = models.chunks(1);
                        each.map(|one| Triage::priorities_of(one, black_box(&backlog)).unwrap())
                            .collect::<Vec<_>>()
                    })
                });
            });
            group.throughput(Throughput::Elements(10 * rows as u64));
            group.bench_function(BenchmarkId::new(name("rank each"), rows), |bencher| {
                bencher
                    .iter(|| pool.install(|| Triage::rank_each(&models[..10], &backlog).unwrap()));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, rescore_many);
criterion_main!(benches);
