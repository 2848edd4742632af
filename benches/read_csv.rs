//! Reading a backlog from CSV in memory, per byte of text.
//!
//! *reference job*: two keys and 40 short answers a line, no quote. *reference codebook*: the
//! synthetic fixture, with units, subjects, deadlines and long answers. *quoted*: the same job
//! with one quoted field in its first line, so that all of it goes through the csv crate; the
//! ratio of the two is what reading without quotes saves.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::hint::black_box;

use caserank::complaint::Unlisted;
use caserank::{Backlog, Codebook};
use common::{Columns, model, pool, sizes};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// The same text with the first id in quotes.
fn quoted(text: &[u8]) -> Vec<u8> {
    let line = text.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    let comma = text[line..].iter().position(|&byte| byte == b',').unwrap() + line;
    [&text[..line], b"\"", &text[line..comma], b"\"", &text[comma..]].concat()
}

fn read_csv(criterion: &mut Criterion) {
    let job = model(1, false);
    let reference = Codebook::from_json(include_str!("../fixtures/models/codebook.json")).unwrap();
    for rows in sizes(&[10_000, 200_000]) {
        let text = Columns::new(rows).csv();
        let fixture = include_bytes!("../fixtures/backlog.csv").to_vec();
        let mut cases = vec![
            ("reference job", job.codebook(), text.clone()),
            ("reference job, quoted", job.codebook(), quoted(&text)),
        ];
        if rows == 10_000 {
            cases.push(("reference codebook", &reference, fixture));
        }
        let mut group = criterion.benchmark_group("read_csv");
        group.sample_size(10);
        for (what, codebook, text) in cases {
            group.throughput(Throughput::Bytes(text.len() as u64));
            for threads in [1, 2] {
                let pool = pool(threads);
                let name = format!("{what}, {threads} thread(s)");
                group.bench_function(BenchmarkId::new(name, rows), |bencher| {
                    bencher.iter(|| {
                        pool.install(|| {
                            let text = black_box(text.as_slice());
                            Backlog::read_csv(codebook, text, Unlisted::Refuse).unwrap()
                        })
                    });
                });
            }
        }
        group.finish();
    }
}

criterion_group!(benches, read_csv);
criterion_main!(benches);
