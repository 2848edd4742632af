use ndarray::{Array1, array};

use super::*;
use crate::base::Seed;
use crate::research::numeric::{DenseDesign, Design};

/// Mixed columns: flags, counts, an answer with its unknown flag, two of many values.
fn mixed(rows: usize) -> Array2<f64> {
    let mut stream = Seed(11).stream(0);
    let mut matrix =
        Array2::from_shape_simple_fn((rows, 9), || stream.below(1_000) as f64 / 1_000.0);
    for mut row in matrix.rows_mut() {
        row[0] = f64::from(row[0] < 0.3);
        row[1] = (row[1] * 5.0).floor();
        row[2] = f64::from(row[2] < 0.1);
        row[4] = if row[2] == 1.0 { 0.0 } else { f64::from(row[4] < 0.5) };
        row[6] = f64::from(row[6] < 0.9) * 1e4;
    }
    matrix
}

const NAMES: [&str; 9] = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];

#[test]
fn packed_columns_write_out_the_matrix_they_came_from() {
    let matrix = mixed(2_345);
    let columns = Columns::from_matrix(&NAMES, matrix.view()).unwrap();
    assert_eq!(columns.to_matrix(), matrix);
    assert!(
        columns.dense_columns == [3, 5, 7, 8] && columns.packs.len() <= 5,
        "{:?}",
        columns.dense_columns
    );
    let rows = [7, 7, 0, 2_344];
    assert_eq!(columns.select_rows(&rows).to_matrix(), matrix.select(ndarray::Axis(0), &rows));
}

#[test]
fn every_sum_agrees_with_the_plain_matrix() {
    // Few rows are summed in groups of packs, many in pairs of larger ones.
    for (rows, covered) in [(40, true), (5_000, true), (9_000, false)] {
        assert_eq!(sums_agree(rows), covered);
    }
}

/// Whether the packs were covered by groups.
fn sums_agree(rows: usize) -> bool {
    let matrix = mixed(rows);
    // Thirty flags more, so that there are several packs.
    let mut stream = Seed(12).stream(0);
    let flags = Array2::from_shape_simple_fn((rows, 30), || f64::from(stream.below(10) < 3));
    let matrix = ndarray::concatenate(ndarray::Axis(1), &[matrix.view(), flags.view()]).unwrap();
    let names: Vec<String> = (0..39).map(|j| format!("x{j}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let columns = Columns::from_matrix(&names, matrix.view()).unwrap();
    assert!(columns.packs.len() >= 5);
    let weights = Array1::from_shape_fn(rows, |i| 0.1 + (i % 7) as f64);
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-10 * a.abs().max(1.0);
    for intercept in [true, false] {
        let (packed, plain) =
            (columns.design(intercept), DenseDesign::new(matrix.view(), intercept));
        let scaling = plain.scaling(weights.as_slice());
        let other = packed.scaling(weights.as_slice());
        assert!(scaling.scale.iter().zip(&other.scale).all(|(a, b)| close(*a, *b)));
        assert!(scaling.center.iter().zip(&other.center).all(|(a, b)| close(*a, *b)));
        let w = weights.as_slice().unwrap();
        let (a, b) = (packed.gradient(&scaling, w), plain.gradient(&scaling, w));
        // Sums that cancel are as exact as what cancels in them: some 15,000 of weight.
        let apart = a.iter().zip(&b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(apart <= 1e-13 * w.iter().sum::<f64>(), "{apart:e}");
        let (a, b) = (packed.information(&scaling, w), plain.information(&scaling, w));
        let apart = a.iter().zip(&b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(apart <= 1e-13 * w.iter().sum::<f64>(), "{apart:e}");
        let theta: Vec<f64> = (0..packed.width()).map(|j| (j as f64).sin()).collect();
        let (mut a, mut b) = (vec![0.0; rows], vec![0.0; rows]);
        packed.linear(&scaling, &theta, &mut a);
        plain.linear(&scaling, &theta, &mut b);
        assert!(a.iter().zip(&b).all(|(a, b)| close(*a, *b)));
        let matrix = packed.information(&scaling, w);
        packed.quadratic(&scaling, &matrix, &mut a);
        plain.quadratic(&scaling, &matrix, &mut b);
        assert!(a.iter().zip(&b).all(|(a, b)| close(*a, *b)));
    }
    columns.cover.is_some()
}

#[test]
fn wrong_columns_are_refused_by_name() {
    let builder = Columns::builder(2).numbers("a", vec![0.0, 1.0]).unwrap();
    assert!(matches!(
        builder.clone().numbers("a", vec![0.0, 1.0]),
        Err(FitError::DuplicateName { .. })
    ));
    assert!(matches!(
        builder.clone().numbers("b", vec![0.0]),
        Err(FitError::Rows { found: 1, .. })
    ));
    assert!(matches!(
        builder.clone().numbers("b", vec![0.0, f64::NAN]),
        Err(FitError::NotFinite { row: 1, .. })
    ));
    assert!(matches!(
        builder.codes(&["b"], vec![0, 2], &array![[0.0], [1.0]]),
        Err(FitError::CodeWithoutMeaning { row: 1, code: 2, codes: 2, .. })
    ));
    let nan = array![[0.0, f64::NAN]];
    assert!(matches!(
        Columns::from_matrix(&["a", "b"], nan.view()),
        Err(FitError::NotFinite { .. })
    ));
}

#[test]
fn codes_that_stand_for_no_column_take_no_part() {
    let none = Array2::zeros((2, 0));
    for rows in [0, 3] {
        let codes = || vec![1; rows];
        let builder = Columns::builder(rows).codes(&[], codes(), &none).unwrap();
        let builder = builder.codes(&["a"], codes(), &array![[0.0], [2.0]]).unwrap();
        let columns = builder.codes(&["b"], codes(), &array![[1.0], [3.0]]).unwrap().build();
        let scaling = Scaling { center: vec![0.0; 3], scale: vec![1.0; 3] };
        let information = columns.design(true).information(&scaling, &vec![1.0; rows]);
        let count = rows as f64;
        assert_eq!(information, array![[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [3.0, 6.0, 9.0]] * count);
        assert_eq!(columns.design(true).gradient(&scaling, &vec![1.0; rows])[1], 2.0 * count);
    }
}
