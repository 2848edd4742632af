//! Time of a logistic fit with standard errors, beside the time to read its bytes once.
//!
//! Data: drawn here, or read from `target/fit-compare/data.bin` where `benches/fit/compare.py` has put it.
#![allow(missing_docs)]

use std::hint::black_box;

use caserank::fit::{Columns, Logistic, RiskScore, Sample};
use caserank::ndarray::Array2;
use caserank::numeric::Seed;
use criterion::{Criterion, criterion_group, criterion_main};

/// Forty items, 34 yes/no and 6 counts, a fifth of the answers unknown; then forty unknown flags.
fn drawn(rows: usize) -> (Array2<f64>, Vec<bool>) {
    let mut stream = Seed(17).stream(0);
    let mut matrix = Array2::zeros((rows, 80));
    let mut labels = Vec::with_capacity(rows);
    for mut row in matrix.rows_mut() {
        let mut eta = -2.5;
        for j in 0..40 {
            if stream.below(1_000) < 197 {
                row[40 + j] = 1.0;
                eta += 0.02 * (j % 5) as f64;
            } else if j < 34 {
                row[j] = f64::from(stream.below(1_000) < 50 + 10 * j as u64);
            } else {
                row[j] = stream.below(6).min(stream.below(6)) as f64;
            }
            eta += row[j] * 0.1 * ((j % 7) as f64 - 2.0);
        }
        labels.push(
            (stream.below(1 << 32) as f64) / (1u64 << 32) as f64 * (1.0 + (-eta).exp()) < 1.0,
        );
    }
    (matrix, labels)
}

/// Rows and columns as two `u32`, one byte a label, then the matrix row by row as `f64`, all little-endian.
fn read(bytes: &[u8]) -> Option<(Array2<f64>, Vec<bool>)> {
    let size =
        |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize);
    let (rows, columns) = (size(0)?, size(4)?);
    let labels = bytes.get(8..8 + rows)?.iter().map(|label| *label == 1).collect();
    let values = bytes
        .get(8 + rows..)?
        .chunks_exact(8)
        .filter_map(|eight| Some(f64::from_le_bytes(eight.try_into().ok()?)));
    Some((Array2::from_shape_vec((rows, columns), values.collect()).ok()?, labels))
}

fn fits(criterion: &mut Criterion) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/target/fit-compare/data.bin");
    let given = std::fs::read(path).ok().and_then(|bytes| read(&bytes));
    let (matrix, labels) = given.unwrap_or_else(|| drawn(200_000));
    let names: Vec<String> = (0..matrix.ncols()).map(|j| format!("x{j}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut group =
        criterion.benchmark_group(format!("fit {} x {}", matrix.nrows(), matrix.ncols()));
    group.sample_size(10);
    group.bench_function("read the matrix once", |bench| bench.iter(|| black_box(&matrix).sum()));
    group.bench_function("pack the matrix", |bench| {
        bench.iter(|| Columns::from_matrix(&names, black_box(matrix.view())));
    });
    let Ok(columns) = Columns::from_matrix(&names, matrix.view()) else { return };
    let Ok(sample) = Sample::new(&columns, &labels) else { return };
    group.bench_function("fit packed columns with report", |bench| {
        bench.iter(|| Logistic::new().fit_sample(black_box(&sample)));
    });
    group.bench_function("pack and fit with report", |bench| {
        bench.iter(|| {
            let columns = Columns::from_matrix(&names, black_box(matrix.view())).ok()?;
            Logistic::new().fit_sample(&Sample::new(&columns, &labels).ok()?).ok()
        });
    });
    group.finish();
    let few: Vec<usize> = (0..matrix.nrows().min(20_000)).collect();
    let columns = columns.select_rows(&few);
    let Ok(sample) = Sample::new(&columns, &labels[..few.len()]) else { return };
    let mut group = criterion.benchmark_group("cards");
    group.sample_size(10);
    group.bench_function("ten items of eighty on 20,000 complaints", |bench| {
        bench.iter(|| RiskScore::new(10).fit_sample(black_box(&sample)));
    });
}

criterion_group!(benches, fits);
criterion_main!(benches);
