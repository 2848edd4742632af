//! AUC with DeLong's variance on a million scores; 2,000 bootstrap AUCs of 5,000 complaints.
//!
//! `cargo bench --bench evaluate`; `benches/peers_evaluate.py` runs these and their peers together.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;

use caserank::Seed;
use caserank::research::evaluate::resample::Bootstrap;
use caserank::research::evaluate::{
    Confidence, Predicted, Scored, auc, auc_paired, average_precision, brier, kendall,
};
use caserank::research::fit::Isotonic;
use caserank::research::fit::{Found, Label, Labels};
use caserank::research::study::{GroupPlan, Groups, Known, Target};
use caserank::synthetic::Generator;
use caserank::{BacklogBuilder, reference};
use criterion::{Criterion, criterion_group, criterion_main};

fn data(count: usize, rate: f64) -> (Vec<bool>, Vec<f64>, Vec<f64>) {
    let mut stream = Seed(1).stream(0);
    let mut labels = Vec::with_capacity(count);
    let (mut first, mut second) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for _ in 0..count {
        let label = stream.chance(rate);
        let shift = if label { 1.0 } else { 0.0 };
        let logistic = |x: f64| 1.0 / (1.0 + (-x).exp());
        labels.push(label);
        first.push(logistic(stream.nearly_normal() + shift - 2.0));
        second.push(logistic(stream.nearly_normal() + 0.8 * shift - 2.0));
    }
    (labels, first, second)
}

fn million(c: &mut Criterion) {
    let (labels, first, second) = data(1_000_000, 0.1);
    let mut group = c.benchmark_group("million");
    group.sample_size(10);
    group.bench_function("read_once", |b| {
        b.iter(|| labels.iter().zip(&first).map(|(&l, s)| if l { *s } else { 0.0 }).sum::<f64>());
    });
    group.bench_function("auc_delong", |b| {
        b.iter(|| auc(Scored::new(black_box(&labels), &first).unwrap(), Confidence::P95).unwrap());
    });
    group.bench_function("auc_paired", |b| {
        b.iter(|| auc_paired(black_box(&labels), &first, &second, Confidence::P95).unwrap());
    });
    group.bench_function("average_precision", |b| {
        b.iter(|| average_precision(Scored::new(black_box(&labels), &first).unwrap()).unwrap());
    });
    group.bench_function("brier", |b| {
        b.iter(|| {
            brier(Predicted::new(black_box(&labels), &first).unwrap(), Confidence::P95).unwrap()
        });
    });
    group.bench_function("kendall", |b| {
        b.iter(|| kendall(black_box(&first), &second).unwrap());
    });
    let outcomes: Vec<f64> = labels.iter().map(|&l| f64::from(u8::from(l))).collect();
    group.bench_function("isotonic", |b| {
        b.iter(|| Isotonic::fit(black_box(&first), &outcomes, None).unwrap());
    });
    group.finish();
}

fn bootstrap(c: &mut Criterion) {
    let (labels, scores, _) = data(5_000, 0.2);
    let mut group = c.benchmark_group("bootstrap");
    group.sample_size(20);
    group.bench_function("auc_2000_of_5000", |b| {
        let plan = Bootstrap::new(labels.len(), 2_000, Seed(7)).expect("fits");
        b.iter(|| plan.auc(Scored::new(black_box(&labels), &scores).unwrap()).unwrap());
    });
    group.finish();
}

/// An audit by group of 100,000 synthetic complaints under the shipped model, beside reading their codes once.
fn groups(c: &mut Criterion) {
    let triage = reference::published().unwrap();
    let generator = Generator::new(Seed(1));
    let mut builder = BacklogBuilder::new(triage.codebook());
    let (mut labels, mut number) = (Labels::new(), 0_u32);
    for case in generator.cases().take(100_000) {
        builder.push(&case.complaint).unwrap();
        number += 1;
        let result = if number % 11 == 0 { Found::Yes } else { Found::No };
        labels.push(Label::new(case.complaint.id(), "contact_offending", result)).unwrap();
    }
    let backlog = builder.freeze();
    let target = Target::Outcome("contact_offending".to_owned());
    let known = Known::new(&backlog, &labels, target, None).unwrap();
    let codebook = backlog.codebook();
    let fourth = codebook.item_indices().nth(3).unwrap();
    let mut group = c.benchmark_group("groups");
    group.sample_size(10);
    group.bench_function("read_codes_once", |b| {
        b.iter(|| {
            let code = |row, item| u64::from(backlog.code(row, item));
            let row = |row| codebook.item_indices().map(|item| code(row, item)).sum::<u64>();
            (0..backlog.len()).map(row).sum::<u64>()
        });
    });
    for count in [2, 6] {
        let of =
            |row: usize| format!("g{}", (usize::from(backlog.code(row, fourth)) + row) % count);
        let groups: Groups = (0..backlog.len()).map(|row| (backlog.id(row), of(row))).collect();
        let plan = GroupPlan::new(&triage, &groups).top(10_000).seed(Seed(2));
        group.bench_function(format!("audit_of_100000_in_{count}_groups"), |b| {
            b.iter(|| plan.run(black_box(&backlog), &known).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, million, bootstrap, groups);
criterion_main!(benches);
