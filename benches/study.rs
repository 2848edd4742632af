//! 1,000 re-rankings of a backlog under uncertain weights, beside reading the packed answers once.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::hint::black_box;

use caserank::ActiveOverrides;
use caserank::Seed;
use caserank::research::study::{Stability, Uncertainty};
use common::{Columns, model, pool, sizes};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn stability(criterion: &mut Criterion) {
    let gated = model(1, true);
    let none = ActiveOverrides::none();
    let uncertainty = Uncertainty::assumed(gated.instrument(), 0.2).unwrap();
    for rows in sizes(&[10_000, 100_000]) {
        let columns = Columns::new(rows);
        let backlog = columns.backlog(gated.codebook());
        let mut group = criterion.benchmark_group("stability");
        group.sample_size(10);
        let replicates = if rows > 10_000 { 1_000 } else { 100 };
        group.throughput(Throughput::Elements((rows * replicates) as u64));
        group.bench_function(BenchmarkId::new("read the bytes once", rows), |bencher| {
            bencher.iter(|| columns.codes.iter().fold(0_u64, |sum, &code| sum + u64::from(code)));
        });
        for threads in [1, 2] {
            let pool = pool(threads);
            let name = format!("{replicates} re-rankings, {threads} thread(s)");
            group.bench_function(BenchmarkId::new(name, rows), |bencher| {
                bencher.iter(|| {
                    let plan = Stability::new(&gated, &uncertainty).replicates(replicates);
                    pool.install(|| plan.run(black_box(&backlog), &none, Seed(1)).unwrap())
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, stability);
criterion_main!(benches);
