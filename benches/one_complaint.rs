//! One complaint at a time, under the shipped reference model with its gates, on the synthetic fixture.
//!
//! *score* is lane, band and priority from codes; *assess* adds reasons, what is reachable, bounds and
//! questions; *assess, shown* also makes the sentences. *from answers* starts from a `Complaint`.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::hint::black_box;

use caserank::complaint::Unlisted;
use caserank::{Backlog, Complaint, Triage};
use common::{Columns, model};
use criterion::{Criterion, criterion_group, criterion_main};

/// How many complaints the benches go round.
const ROUND: usize = 1_000;

fn one_complaint(criterion: &mut Criterion) {
    let published = Triage::from_json(include_str!("../fixtures/models/published.json")).unwrap();
    let text = include_bytes!("../fixtures/backlog.csv").as_slice();
    let intake = Backlog::read_csv(published.codebook(), text, Unlisted::Refuse).unwrap();
    let fixture = intake.into_backlog();
    let job = model(1, true);
    let made_up = Columns::new(ROUND).backlog(job.codebook());
    for (what, triage, backlog) in
        [("reference model", &published, &fixture), ("reference job", &job, &made_up)]
    {
        let codes = backlog.codes();
        let complaints: Vec<Complaint> = backlog.complaints().take(ROUND).collect();
        let mut group = criterion.benchmark_group(format!("one_complaint, {what}"));
        let mut rows = (0..ROUND).cycle();
        let mut next = move || rows.next().unwrap();
        let mut scorer = triage.scorer();
        group.bench_function("score", |bencher| {
            bencher.iter(|| {
                let row = codes.row(next());
                scorer.score(black_box(row.as_slice().unwrap())).unwrap()
            });
        });
        group.bench_function("score, from answers", |bencher| {
            bencher.iter(|| {
                let complaint = &complaints[next()];
                let encoded =
                    black_box(complaint).encode(triage.codebook(), None, Unlisted::Refuse).unwrap();
                scorer.score(encoded.codes()).unwrap()
            });
        });
        group.bench_function("assess", |bencher| {
            bencher.iter(|| triage.assess_row(black_box(backlog), next()).unwrap());
        });
        group.bench_function("assess, from answers", |bencher| {
            bencher.iter(|| triage.assess(black_box(&complaints[next()])).unwrap());
        });
        group.bench_function("assess, shown", |bencher| {
            bencher.iter(|| triage.assess_row(black_box(backlog), next()).unwrap().to_string());
        });
        group.finish();
    }
}

criterion_group!(benches, one_complaint);
criterion_main!(benches);
