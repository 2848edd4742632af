//! Firth's estimate is a maximum: no point nearby, and none that a search from elsewhere finds, is higher.

use crate::Seed;
use crate::ndarray::Array2;
use crate::research::fit::{Columns, Firth, Sample};

use super::separation::{drawn, has_full_rank, matrix};

/// Log-likelihood plus half the log determinant of the information, row by row.
fn penalised(rows: &Array2<f64>, labels: &[bool], beta: &[f64]) -> f64 {
    let width = beta.len();
    let mut information = vec![vec![0.0; width]; width];
    let mut value = 0.0;
    for (row, label) in rows.rows().into_iter().zip(labels) {
        let x: Vec<f64> = std::iter::once(1.0).chain(row.iter().copied()).collect();
        let eta: f64 = x.iter().zip(beta).map(|(x, b)| x * b).sum();
        value -= (if *label { -eta } else { eta }).exp().ln_1p();
        let p = 1.0 / (1.0 + (-eta).exp());
        for j in 0..width {
            for k in 0..width {
                information[j][k] += p * (1.0 - p) * x[j] * x[k];
            }
        }
    }
    // The determinant by elimination.
    for j in 0..width {
        let pivot = information[j][j];
        if pivot <= 0.0 {
            return f64::NEG_INFINITY;
        }
        value += 0.5 * pivot.ln();
        let above = information[j].clone();
        for row in information.iter_mut().skip(j + 1) {
            let factor = row[j] / pivot;
            for (x, y) in row.iter_mut().zip(&above) {
                *x -= factor * y;
            }
        }
    }
    value
}

#[test]
fn nothing_nearby_is_higher_in_random_small_samples() {
    let mut stream = Seed(31).stream(0);
    let unit = |bits: u64| (bits >> 11) as f64 / (1_u64 << 53) as f64;
    let (mut fitted, mut failed) = (0, Vec::new());
    for number in 0..300 {
        let (rows, labels) = drawn(&mut stream);
        if labels.iter().all(|label| *label == labels[0]) || !has_full_rank(&rows) {
            continue;
        }
        let values = matrix(&rows);
        let names: Vec<String> = (0..rows[0].len()).map(|column| format!("x{column}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let columns = Columns::from_matrix(&names, values.view()).unwrap();
        let sample = Sample::new(&columns, &labels).unwrap();
        let model = match Firth::new().fit_sample(&sample) {
            Ok(model) => model,
            Err(error) => {
                failed.push(format!("sample {number}: {error}"));
                continue;
            }
        };
        fitted += 1;
        let report = model.report();
        let beta: Vec<f64> = report.estimates.iter().map(|estimate| estimate.estimate).collect();
        let errors: Vec<f64> =
            report.estimates.iter().map(|estimate| estimate.standard_error.unwrap()).collect();
        let best = penalised(&values, &labels, &beta);
        assert!((best - report.penalized_log_likelihood.unwrap()).abs() < 1e-7, "sample {number}");
        for _ in 0..60 {
            let reach = 3.0 * unit(stream.bits()).powi(3);
            let near: Vec<f64> = beta
                .iter()
                .zip(&errors)
                .map(|(b, error)| b + reach * error * (2.0 * unit(stream.bits()) - 1.0))
                .collect();
            let value = penalised(&values, &labels, &near);
            assert!(value <= best + 1e-9, "sample {number}: {value} at {near:?} above {best}");
        }
        // The intercept alone is one of the points that the overall ratio is held against.
        let overall = report.penalized_likelihood_ratio.unwrap();
        assert_eq!(overall.degrees, rows[0].len());
        if rows[0].len() == 1 {
            let profiled = Firth::new().with_profile().fit_sample(&sample).unwrap();
            let single = profiled.report().estimates[1].likelihood_ratio.unwrap();
            assert!((single.statistic - overall.statistic).abs() < 1e-6, "sample {number}");
        }
    }
    assert!(fitted > 100 && failed.len() * 100 < fitted, "{fitted} fitted; {failed:?}");
}

#[test]
fn the_penalised_overall_ratio_is_the_fall_to_the_best_intercept() {
    let labels = [true, true, true, false, false, true, false, false];
    let values = Array2::from_shape_vec((8, 1), vec![1., 1., 0., 0., 0., 0., 0., 0.]).unwrap();
    let columns = Columns::from_matrix(&["answer"], values.view()).unwrap();
    let model = Firth::new().fit_sample(&Sample::new(&columns, &labels).unwrap()).unwrap();
    let report = model.report();
    let full = penalised(&values, &labels, &[model.intercept(), model.weights()[0]]);
    // The best intercept by ternary search.
    let (mut low, mut high) = (-5.0, 5.0);
    for _ in 0..200 {
        let (a, b) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
        if penalised(&values, &labels, &[a, 0.0]) < penalised(&values, &labels, &[b, 0.0]) {
            low = a;
        } else {
            high = b;
        }
    }
    let empty = penalised(&values, &labels, &[low, 0.0]);
    let test = report.penalized_likelihood_ratio.unwrap();
    assert!((test.statistic - 2.0 * (full - empty)).abs() < 1e-9, "{test:?}");
    assert!(report.to_string().contains("penalised likelihood ratio"), "{report}");
    assert!((test.statistic - report.likelihood_ratio.statistic).abs() > 0.1);
}
