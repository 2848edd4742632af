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
use caserank::research::numeric::Isotonic;
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

criterion_group!(benches, million, bootstrap);
criterion_main!(benches);
