//! From complaints to packed codes, per complaint.
//!
//! *complaint* encodes owned complaints against the reference codebook; *push* also adds them to a
//! builder; *from codes* packs a table of codes of the reference job and puts it in tie order.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::hint::black_box;

use caserank::Seed;
use caserank::complaint::Unlisted;
use caserank::synthetic::Generator;
use caserank::{BacklogBuilder, Codebook, Complaint};
use common::{Columns, model, pool, sizes};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn encode(criterion: &mut Criterion) {
    let job = model(1, false);
    let json = include_str!("../fixtures/models/codebook.json");
    let codebook = Codebook::from_json(json).unwrap();
    let pool = pool(1);
    for rows in sizes(&[1_000, 100_000]) {
        let complaints: Vec<Complaint> =
            Generator::new(Seed(1)).cases().take(rows).map(|case| case.complaint).collect();
        let columns = Columns::new(rows);
        let mut group = criterion.benchmark_group("encode");
        group.sample_size(10);
        group.throughput(Throughput::Elements(rows as u64));
        group.bench_function(BenchmarkId::new("complaint", rows), |bencher| {
            bencher.iter(|| {
                for complaint in &complaints {
                    black_box(complaint.encode(&codebook, None, Unlisted::Refuse).unwrap());
                }
            });
        });
        group.bench_function(BenchmarkId::new("push", rows), |bencher| {
            bencher.iter(|| {
                let mut builder = BacklogBuilder::new(&codebook);
                for complaint in &complaints {
                    builder.push(black_box(complaint)).unwrap();
                }
                builder
            });
        });
        group.bench_function(BenchmarkId::new("from codes", rows), |bencher| {
            bencher.iter(|| pool.install(|| black_box(&columns).backlog(job.codebook())));
        });
        group.finish();
    }
}

criterion_group!(benches, encode);
criterion_main!(benches);
