//! Saving and loading a backlog as a snapshot in memory, per byte of file.
//!
//! *read the bytes once* sums the file's words, *checksum* only takes XXH3-64 over it, and
//! *SHA-256* shows what a cryptographic digest would cost: floors in the same run.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::hint::black_box;

use caserank::Backlog;
use common::{Columns, model, sizes};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sha2::{Digest, Sha256};
use twox_hash::XxHash3_64;

fn snapshot(criterion: &mut Criterion) {
    let job = model(1, false);
    for rows in sizes(&[10_000, 1_000_000]) {
        let backlog = Columns::new(rows).backlog(job.codebook());
        let mut file = Vec::new();
        backlog.save(&mut file).unwrap();
        let mut group = criterion.benchmark_group("snapshot");
        group.sample_size(10);
        group.throughput(Throughput::Bytes(file.len() as u64));
        group.bench_function(BenchmarkId::new("read the bytes once", rows), |bencher| {
            bencher.iter(|| {
                let words = black_box(&file).chunks_exact(8);
                words.fold(0_u64, |sum, word| {
                    sum.wrapping_add(u64::from_le_bytes(word.try_into().unwrap()))
                })
            });
        });
        group.bench_function(BenchmarkId::new("checksum", rows), |bencher| {
            bencher.iter(|| XxHash3_64::oneshot(black_box(&file)));
        });
        group.bench_function(BenchmarkId::new("SHA-256", rows), |bencher| {
            bencher.iter(|| Sha256::digest(black_box(&file)));
        });
        group.bench_function(BenchmarkId::new("load", rows), |bencher| {
            bencher.iter(|| Backlog::load(job.codebook(), black_box(file.as_slice())).unwrap());
        });
        group.bench_function(BenchmarkId::new("save", rows), |bencher| {
            bencher.iter(|| {
                let mut sink = Vec::with_capacity(file.len());
                black_box(&backlog).save(&mut sink).unwrap();
                sink
            });
        });
        group.finish();
    }
}

criterion_group!(benches, snapshot);
criterion_main!(benches);
