//! No fit without a finite maximum: random small, sparse, skewed samples, decided by linear programming in exact fractions.

use crate::ndarray::{Array1, Array2};
use crate::research::fit::{Columns, FitError, Logistic, Sample};
use crate::research::numeric::{LogisticError, LogisticProblem};
use crate::{Seed, Stream};

/// A fraction in lowest terms, its denominator above 0.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Fraction(i128, i128);

impl Fraction {
    const ZERO: Self = Self(0, 1);

    fn new(top: i128, bottom: i128) -> Self {
        let (mut a, mut b) = (top.abs(), bottom.abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let sign = if bottom < 0 { -1 } else { 1 };
        Self(sign * top / a.max(1), sign * bottom / a.max(1))
    }

    fn whole(value: i64) -> Self {
        Self(i128::from(value), 1)
    }

    fn minus(self, other: Self) -> Self {
        let cross = |a: i128, b: i128| a.checked_mul(b).expect("small numbers");
        Self::new(cross(self.0, other.1) - cross(other.0, self.1), cross(self.1, other.1))
    }

    fn times(self, other: Self) -> Self {
        let cross = |a: i128, b: i128| a.checked_mul(b).expect("small numbers");
        Self::new(cross(self.0, other.0), cross(self.1, other.1))
    }

    fn over(self, other: Self) -> Self {
        self.times(Self::new(other.1, other.0))
    }

    fn below(self, other: Self) -> bool {
        self.minus(other).0 < 0
    }
}

/// Whether amounts of 0 or more of `vectors` add up to `target`: the simplex method with Bland's rule on a whole tableau.
fn reachable(vectors: &[Vec<i64>], target: &[i64]) -> bool {
    let (size, count) = (target.len(), vectors.len());
    let mut rows: Vec<Vec<Fraction>> = (0..size)
        .map(|k| {
            let sign = if target[k] < 0 { -1 } else { 1 };
            let mut row: Vec<Fraction> =
                vectors.iter().map(|vector| Fraction::whole(sign * vector[k])).collect();
            row.push(Fraction::whole(sign * target[k]));
            row
        })
        .collect();
    let mut basis: Vec<usize> = (count..count + size).collect();
    loop {
        let artificial: Vec<usize> = (0..size).filter(|row| basis[*row] >= count).collect();
        let sum = |column: usize| {
            artificial.iter().fold(Fraction::ZERO, |sum, row| {
                sum.minus(Fraction::ZERO.minus(rows[*row][column]))
            })
        };
        if sum(count).0 == 0 {
            return true;
        }
        let Some(entering) = (0..count).find(|column| sum(*column).0 > 0) else { return false };
        let mut leaving: Option<(Fraction, usize)> = None;
        for row in (0..size).filter(|row| rows[*row][entering].0 > 0) {
            let ratio = rows[row][count].over(rows[row][entering]);
            if leaving.is_none_or(|(least, other)| {
                ratio.below(least) || ratio == least && basis[row] < basis[other]
            }) {
                leaving = Some((ratio, row));
            }
        }
        let (_, out) = leaving.expect("the sum of artificial amounts is bounded");
        let pivot = rows[out][entering];
        rows[out].iter_mut().for_each(|value| *value = value.over(pivot));
        let pivoted = rows[out].clone();
        for row in (0..size).filter(|row| *row != out) {
            let factor = rows[row][entering];
            for (value, other) in rows[row].iter_mut().zip(&pivoted) {
                *value = value.minus(factor.times(*other));
            }
        }
        basis[out] = entering;
    }
}

/// Whether some direction lets no row get worse and one get better: by Stiemke, whether no positive amounts of the turned
/// rows add up to nothing.
fn separated(rows: &[Vec<i64>], labels: &[bool]) -> bool {
    let turned: Vec<Vec<i64>> = rows
        .iter()
        .zip(labels)
        .map(|(row, label)| {
            let side = if *label { 1 } else { -1 };
            std::iter::once(side).chain(row.iter().map(|x| side * x)).collect()
        })
        .collect();
    let target: Vec<i64> =
        (0..turned[0].len()).map(|k| -turned.iter().map(|row| row[k]).sum::<i64>()).collect();
    !reachable(&turned, &target)
}

pub(crate) fn has_full_rank(rows: &[Vec<i64>]) -> bool {
    let mut matrix: Vec<Vec<Fraction>> = rows
        .iter()
        .map(|row| std::iter::once(1).chain(row.iter().copied()).map(Fraction::whole).collect())
        .collect();
    let width = matrix[0].len();
    for column in 0..width {
        let Some(at) = (column..matrix.len()).find(|row| matrix[*row][column].0 != 0) else {
            return false;
        };
        matrix.swap(at, column);
        let pivot = matrix[column].clone();
        for row in matrix.iter_mut().skip(column + 1) {
            let factor = row[column].over(pivot[column]);
            if factor.0 != 0 {
                for (value, other) in row.iter_mut().zip(&pivot) {
                    *value = value.minus(factor.times(*other));
                }
            }
        }
    }
    true
}

/// A small sample of sparse yes/no columns and perhaps one skewed count; in half of them a sum of columns hides the events.
pub(crate) fn drawn(stream: &mut Stream) -> (Vec<Vec<i64>>, Vec<bool>) {
    let rows = 8 + stream.below(25) as usize;
    let columns = 1 + stream.below(5) as usize;
    let shares: Vec<u64> = (0..columns).map(|_| 5 + stream.below(45)).collect();
    let skewed = stream.below(3) == 0;
    let table: Vec<Vec<i64>> = (0..rows)
        .map(|_| {
            (0..columns)
                .map(|column| {
                    if skewed && column == 0 {
                        (stream.below(6) * stream.below(6) * stream.below(3)) as i64
                    } else {
                        i64::from(stream.below(100) < shares[column])
                    }
                })
                .collect()
        })
        .collect();
    let events = 1 + stream.below(4);
    let hidden = stream.below(2) == 0;
    let of: Vec<usize> = (0..columns).filter(|_| stream.below(2) == 0).collect();
    let sum = |row: &[i64]| of.iter().map(|column| row[*column]).sum::<i64>();
    let labels: Vec<bool> = table
        .iter()
        .map(|row| {
            let chance = stream.below(rows as u64) < events;
            chance && (!hidden || sum(row) == 0)
        })
        .collect();
    (table, labels)
}

pub(crate) fn matrix(rows: &[Vec<i64>]) -> Array2<f64> {
    Array2::from_shape_fn((rows.len(), rows[0].len()), |(row, column)| rows[row][column] as f64)
}

#[test]
fn a_fit_is_given_exactly_where_a_finite_maximum_exists() {
    let mut stream = Seed(20_260).stream(0);
    let (mut fitted, mut infinite) = (0, 0);
    for number in 0..4_000 {
        let (rows, labels) = drawn(&mut stream);
        if labels.iter().all(|label| *label == labels[0]) {
            continue;
        }
        let values = matrix(&rows);
        let targets: Array1<f64> = labels.iter().map(|label| f64::from(*label)).collect();
        let result = LogisticProblem::new(values.view(), targets.view()).solve();
        let place = format!("sample {number}: {rows:?} {labels:?}");
        if !has_full_rank(&rows) {
            assert!(result.is_err(), "{place}");
            continue;
        }
        if !separated(&rows, &labels) {
            fitted += 1;
            let fit = result.unwrap_or_else(|error| panic!("{place}: {error}"));
            assert!(fit.standard_errors().iter().all(|error| *error < 1e4), "{place}");
            continue;
        }
        infinite += 1;
        let Err(LogisticError::Separated { columns, .. }) = result else {
            panic!("{place}: {result:?}");
        };
        // The columns named carry the separation by themselves.
        let part: Vec<Vec<i64>> =
            rows.iter().map(|row| columns.iter().map(|column| row[*column]).collect()).collect();
        assert!(!columns.is_empty() && separated(&part, &labels), "{place}: {columns:?}");
        // By name, from packed columns, too.
        let names: Vec<String> = (0..rows[0].len()).map(|column| format!("x{column}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let packed = Columns::from_matrix(&names, values.view()).unwrap();
        let error =
            Logistic::new().fit_sample(&Sample::new(&packed, &labels).unwrap()).unwrap_err();
        assert!(matches!(error, FitError::Separated { .. }), "{place}: {error}");
    }
    assert!(fitted > 300 && infinite > 700, "{fitted} fitted, {infinite} without a maximum");
}

#[test]
fn separation_of_many_rows_is_found_and_its_absence_too() {
    let mut stream = Seed(7).stream(1);
    let rows = 20_000;
    let values = Array2::from_shape_fn((rows, 6), |(_, column)| {
        f64::from(stream.below(1_000) < if column == 5 { 2 } else { 200 })
    });
    let mut labels: Vec<f64> =
        (0..rows).map(|row| f64::from(values[[row, 5]] == 0.0 && stream.below(50) == 0)).collect();
    // Nobody with the rare answer has the outcome.
    let error = LogisticProblem::new(values.view(), Array1::from(labels.clone()).view())
        .solve()
        .unwrap_err();
    assert_eq!(error, LogisticError::Separated { columns: vec![5], complete: false });
    // One with it makes the maximum finite.
    let first = (0..rows).find(|row| values[[*row, 5]] == 1.0).unwrap();
    labels[first] = 1.0;
    let fit = LogisticProblem::new(values.view(), Array1::from(labels).view()).solve().unwrap();
    assert!(fit.decrement < 1e-10);
}

#[test]
fn a_fit_does_not_hang_on_the_scale_of_its_weights() {
    let values =
        Array2::from_shape_fn((60, 2), |(row, column)| ((row * (3 + column) + row / 7) % 5) as f64);
    let labels: Array1<f64> = (0..60).map(|row| f64::from((row * row + row / 3) % 7 < 3)).collect();
    let solve = |scale: f64| {
        let weights: Array1<f64> = (0..60).map(|row| scale * (1.0 + f64::from(row % 3))).collect();
        LogisticProblem::new(values.view(), labels.view()).weights(weights.view()).solve().unwrap()
    };
    let plain = solve(1.0);
    for scale in [1e-12, 1e-100, 1e12] {
        let scaled = solve(scale);
        for (a, b) in scaled.coefficients.iter().zip(&plain.coefficients) {
            assert!((a - b).abs() <= 1e-10 * b.abs(), "{scale:e}: {a} {b}");
        }
        for (a, b) in scaled.standard_errors().iter().zip(&plain.standard_errors()) {
            assert!((a * scale.sqrt() / b - 1.0).abs() <= 1e-9, "{scale:e}: {a} {b}");
        }
    }
}
