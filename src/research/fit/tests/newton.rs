//! The Newton solver: certified optimum, same bits for any number of threads, typed refusals.

use std::ops::ControlFlow;

use crate::ndarray::{Array1, Array2, ShapeBuilder, array};
use crate::research::fit::{Columns, FitError, FitProgress, Logistic, LogisticModel, Sample};
use crate::research::numeric::{LogisticError, LogisticProblem, NewtonOptions};
use crate::{Seed, Stream};

fn uniform(stream: &mut Stream) -> f64 {
    (stream.bits() >> 11) as f64 / (1u64 << 53) as f64
}

/// Rows with `columns` mixed columns and labels drawn from a logistic model.
fn draw(rows: usize, columns: usize, seed: u64) -> (Array2<f64>, Array1<f64>) {
    let mut stream = Seed(seed).stream(0);
    let mut design = Array2::zeros((rows, columns));
    let mut labels = Array1::zeros(rows);
    for i in 0..rows {
        let mut eta = -1.0;
        for j in 0..columns {
            let value = if j % 2 == 0 {
                uniform(&mut stream)
            } else {
                f64::from(uniform(&mut stream) < 0.3)
            };
            design[[i, j]] = value;
            eta += value * (0.2 + 0.1 * j as f64) * if j % 3 == 0 { -1.0 } else { 1.0 };
        }
        labels[i] = f64::from(uniform(&mut stream) < 1.0 / (1.0 + (-eta).exp()));
    }
    (design, labels)
}

#[test]
fn gradient_at_the_optimum_is_zero_on_the_given_scale() {
    let (design, labels) = draw(3_001, 7, 1);
    let fit = LogisticProblem::new(design.view(), labels.view()).solve().unwrap();
    for j in 0..7 {
        let sum: f64 = (0..3_001)
            .map(|i| {
                let eta = fit.coefficients[0]
                    + (0..7).map(|k| design[[i, k]] * fit.coefficients[k + 1]).sum::<f64>();
                (labels[i] - 1.0 / (1.0 + (-eta).exp())) * design[[i, j]]
            })
            .sum();
        assert!(sum.abs() < 1e-9, "column {j}: {sum:e}");
    }
    assert!(fit.decrement <= 1e-10);
    let product = fit.information.dot(&fit.covariance);
    assert!((product - Array2::<f64>::eye(8)).iter().all(|x| x.abs() < 1e-9));
}

#[cfg(feature = "parallel")]
#[test]
fn any_number_of_threads_gives_the_same_bits() {
    // The caller's pool decides the number of threads.
    let (design, labels) = draw(40_000, 5, 2);
    let fits: Vec<_> = [1, 2, 8]
        .map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| LogisticProblem::new(design.view(), labels.view()).solve().unwrap())
        })
        .into();
    assert_eq!(fits[0], fits[1]);
    assert_eq!(fits[0], fits[2]);
}

#[test]
fn memory_order_changes_nothing_and_row_order_next_to_nothing() {
    let (design, labels) = draw(9_000, 5, 3);
    let fit = LogisticProblem::new(design.view(), labels.view()).solve().unwrap();
    let mut columns_first = Array2::zeros((9_000, 5).f());
    columns_first.assign(&design);
    let other = LogisticProblem::new(columns_first.view(), labels.view()).solve().unwrap();
    assert_eq!(fit, other);
    let (mut backwards, mut labels) = (design, labels);
    backwards.invert_axis(crate::ndarray::Axis(0));
    labels.invert_axis(crate::ndarray::Axis(0));
    let turned = LogisticProblem::new(backwards.view(), labels.view()).solve().unwrap();
    for (a, b) in fit.coefficients.iter().zip(&turned.coefficients) {
        assert!((a - b).abs() <= 1e-12 * a.abs().max(1.0), "{a} {b}");
    }
}

#[test]
fn scaling_the_columns_scales_the_coefficients() {
    let (design, labels) = draw(5_000, 4, 4);
    let fit = LogisticProblem::new(design.view(), labels.view()).solve().unwrap();
    let factors = [1e-6, 1e5, 3e8, 1e-3];
    let mut scaled = design;
    for (mut column, factor) in scaled.columns_mut().into_iter().zip(factors) {
        column.mapv_inplace(|x| x * factor + 100.0 * factor);
    }
    let other = LogisticProblem::new(scaled.view(), labels.view()).solve().unwrap();
    for (j, factor) in factors.into_iter().enumerate() {
        let (a, b) = (fit.coefficients[j + 1], other.coefficients[j + 1] * factor);
        assert!((a - b).abs() < 1e-10 * a.abs().max(1.0), "{a} {b}");
    }
}

#[test]
fn weights_equal_repeated_rows_and_offsets_shift_the_intercept() {
    let (design, labels) = draw(400, 3, 5);
    let weights = Array1::from_shape_fn(400, |i| (i % 3) as f64);
    let rows: Vec<usize> = (0..400).flat_map(|i| std::iter::repeat_n(i, i % 3)).collect();
    let repeated = design.select(crate::ndarray::Axis(0), &rows);
    let repeated_labels = labels.select(crate::ndarray::Axis(0), &rows);
    let weighted =
        LogisticProblem::new(design.view(), labels.view()).weights(weights.view()).solve().unwrap();
    let plain = LogisticProblem::new(repeated.view(), repeated_labels.view()).solve().unwrap();
    for (a, b) in weighted.coefficients.iter().zip(&plain.coefficients) {
        assert!((a - b).abs() < 1e-10);
    }
    let offset = Array1::from_elem(400, 0.75);
    let moved =
        LogisticProblem::new(design.view(), labels.view()).offset(offset.view()).solve().unwrap();
    let still = LogisticProblem::new(design.view(), labels.view()).solve().unwrap();
    assert!((moved.coefficients[0] + 0.75 - still.coefficients[0]).abs() < 1e-10);
    assert!((moved.coefficients[1] - still.coefficients[1]).abs() < 1e-10);
}

#[test]
fn no_columns_gives_the_log_odds_of_the_rate() {
    let design = Array2::zeros((10, 0));
    let labels = array![1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    let fit = LogisticProblem::new(design.view(), labels.view()).solve().unwrap();
    assert!((fit.coefficients[0] - (0.2_f64 / 0.8).ln()).abs() < 1e-12);
}

#[test]
fn separation_is_an_error_that_names_the_columns() {
    let (mut design, mut labels) = draw(200, 3, 6);
    for i in 0..200 {
        labels[i] = f64::from(design[[i, 2]] > 0.5);
    }
    let error = LogisticProblem::new(design.view(), labels.view()).solve().unwrap_err();
    assert!(
        matches!(&error, LogisticError::Separated { columns, complete: true } if columns[0] == 2),
        "{error}"
    );
    // In part: nobody with the answer lacks the outcome, the rest overlap.
    let (_, mixed) = draw(200, 3, 7);
    labels = mixed;
    for i in 0..200 {
        design[[i, 1]] = f64::from(i % 10 == 0);
        if i % 10 == 0 {
            labels[i] = 1.0;
        }
    }
    let error = LogisticProblem::new(design.view(), labels.view()).solve().unwrap_err();
    assert!(
        matches!(&error, LogisticError::Separated { columns, complete: false } if columns == &[1]),
        "{error}"
    );
    let ridge = array![0.0, 1.0, 0.0];
    assert!(LogisticProblem::new(design.view(), labels.view()).ridge(ridge.view()).solve().is_ok());
}

#[test]
fn repeated_and_constant_columns_are_named() {
    let (mut design, labels) = draw(300, 4, 8);
    let sum = &design.column(0) + &design.column(1);
    design.column_mut(3).assign(&sum);
    let error = LogisticProblem::new(design.view(), labels.view()).solve().unwrap_err();
    assert!(matches!(error, LogisticError::Collinear { column: 3, .. }), "{error}");
    design.column_mut(3).fill(0.1);
    let error = LogisticProblem::new(design.view(), labels.view()).solve().unwrap_err();
    assert!(matches!(error, LogisticError::Collinear { column: 3, .. }), "{error}");
}

#[test]
fn bad_input_is_refused_by_name() {
    let (mut design, mut labels) = draw(50, 2, 9);
    let solve = |d: &Array2<f64>, l: &Array1<f64>| LogisticProblem::new(d.view(), l.view()).solve();
    assert!(matches!(
        solve(&design, &Array1::zeros(50)),
        Err(LogisticError::OneClass { label: 0.0 })
    ));
    assert!(matches!(solve(&design, &Array1::zeros(49)), Err(LogisticError::Length { .. })));
    assert!(matches!(
        solve(&design.select(crate::ndarray::Axis(0), &[0, 1]), &array![0.0, 1.0]),
        Err(LogisticError::TooFewRows { rows: 2, coefficients: 3 })
    ));
    labels[3] = f64::NAN;
    assert!(matches!(solve(&design, &labels), Err(LogisticError::OutOfRange { place: 3, .. })));
    labels[3] = 1.0;
    design[[4, 1]] = f64::INFINITY;
    assert!(matches!(
        solve(&design, &labels),
        Err(LogisticError::NotFinite { row: 4, column: 1, .. })
    ));
    design[[4, 1]] = 1.0;
    let options = NewtonOptions { max_iterations: 1, ..NewtonOptions::default() };
    assert!(matches!(
        LogisticProblem::new(design.view(), labels.view()).options(options).solve(),
        Err(LogisticError::NotConverged { iterations: 1, .. })
    ));
    let stopped = LogisticProblem::new(design.view(), labels.view())
        .solve_observed(&mut |_| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(LogisticError::Cancelled { iterations: 0 })));
}

/// A large sample of yes/no columns and two of many values, fitted through packed columns.
fn packed(order: impl Fn(usize) -> usize) -> LogisticModel {
    let (mut design, labels) = draw(60_000, 14, 10);
    for j in (0..12).step_by(2) {
        design.column_mut(j).mapv_inplace(|x| f64::from(x < 0.4));
    }
    let rows: Vec<usize> = (0..60_000).map(order).collect();
    let design = design.select(crate::ndarray::Axis(0), &rows);
    let labels: Vec<bool> = rows.iter().map(|row| labels[*row] == 1.0).collect();
    let names: Vec<String> = (0..14).map(|j| format!("x{j}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let columns = Columns::from_matrix(&names, design.view()).unwrap();
    assert!(columns.bytes() < 60_000 * 14 * 8 / 2, "yes/no columns are not written out");
    Logistic::new().fit_sample(&Sample::new(&columns, &labels).unwrap()).unwrap()
}

#[cfg(feature = "parallel")]
#[test]
fn packed_columns_give_the_same_bits_for_any_number_of_threads() {
    let models = [1, 2, 8].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| packed(|row| row))
    });
    assert_eq!(models[0], models[1]);
    assert_eq!(models[0], models[2]);
}

#[test]
fn packed_columns_agree_with_the_plain_matrix_in_any_row_order() {
    let forwards = packed(|row| row);
    // 7,919 and 60,000 have no common divisor, so every row comes once.
    let shuffled = packed(|row| row * 7_919 % 60_000);
    for (a, b) in forwards.weights().iter().zip(shuffled.weights()) {
        assert!((a - b).abs() <= 1e-12 * a.abs().max(1.0), "{a} {b}");
    }
    let (mut design, labels) = draw(60_000, 14, 10);
    for j in (0..12).step_by(2) {
        design.column_mut(j).mapv_inplace(|x| f64::from(x < 0.4));
    }
    let plain = LogisticProblem::new(design.view(), labels.view()).solve().unwrap();
    for (j, a) in forwards.weights().iter().enumerate() {
        assert!((a - plain.coefficients[j + 1]).abs() < 1e-11);
    }
    for (estimate, error) in forwards.report().estimates.iter().zip(plain.standard_errors()) {
        assert!((estimate.standard_error.unwrap() - error).abs() < 1e-11);
    }
}

#[test]
fn a_long_fit_tells_its_progress_and_can_be_stopped() {
    let (design, labels) = draw(500, 3, 11);
    let labels: Vec<bool> = labels.iter().map(|label| *label == 1.0).collect();
    let columns = Columns::from_matrix(&["a", "b", "c"], design.view()).unwrap();
    let sample = Sample::new(&columns, &labels).unwrap();
    let mut seen = Vec::new();
    let model = Logistic::new().fit_sample_observed(&sample, &mut |progress| {
        if let FitProgress::Step { log_likelihood, .. } = progress {
            seen.push(*log_likelihood);
        }
        ControlFlow::Continue(())
    });
    assert!(model.is_ok() && seen.len() > 2);
    assert!(seen.windows(2).all(|pair| pair[0] <= pair[1] + 1e-9), "{seen:?}");
    let stopped = Logistic::new().fit_sample_observed(&sample, &mut |progress| match progress {
        FitProgress::Step { iteration: 1, .. } => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    assert_eq!(stopped, Err(FitError::Cancelled));
}

#[test]
fn separation_is_told_exactly_where_a_vanishing_penalty_lets_coefficients_run_away() {
    let mut stream = Seed(77).stream(0);
    let (mut separated, mut settled) = (0, 0);
    for trial in 0..400 {
        let rows = 12 + trial % 30;
        let design = Array2::from_shape_simple_fn((rows, 3), || f64::from(stream.below(100) < 35));
        let labels = Array1::from_shape_simple_fn(rows, || f64::from(stream.below(100) < 30));
        let penalised = |penalty: f64| {
            let ridge = Array1::from_elem(3, penalty);
            let fit = LogisticProblem::new(design.view(), labels.view())
                .ridge(ridge.view())
                .solve()
                .ok()?;
            Some(fit.coefficients.iter().skip(1).fold(0.0_f64, |top, b| top.max(b.abs())))
        };
        match LogisticProblem::new(design.view(), labels.view()).solve() {
            Ok(fit) => {
                settled += 1;
                assert!(
                    fit.coefficients.iter().all(|b| b.abs() < 8.0),
                    "{trial}: {:?}",
                    fit.coefficients
                );
            }
            Err(LogisticError::Separated { .. }) => {
                separated += 1;
                let (weak, weaker) = (penalised(1e-4).unwrap(), penalised(1e-7).unwrap());
                assert!(weaker > weak + 2.0, "{trial}: {weak} {weaker}");
            }
            Err(LogisticError::OneClass { .. } | LogisticError::Collinear { .. }) => {}
            Err(other) => panic!("{trial}: {other}"),
        }
    }
    assert!(separated > 40 && settled > 150, "{separated} {settled}");
}
