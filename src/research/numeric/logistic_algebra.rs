//! Small dense linear algebra for fits: Cholesky factor with named pivots, solves, inverse.

use linfa_linalg::triangular::{SolveTriangularInplace, UPLO};
use ndarray::{Array1, Array2, Axis};

/// The lower Cholesky factor of a symmetric positive definite matrix.
#[derive(Debug, Clone)]
pub(crate) struct Factor {
    lower: Array2<f64>,
}

/// The first pivot that fell below the limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SmallPivot {
    pub(crate) pivot_index: usize,
    pub(crate) pivot: f64,
}

impl Factor {
    /// Factors `matrix`; a pivot at or below `limit` times its diagonal entry is refused.
    ///
    /// The loop is written here, not taken from linfa-linalg, because the caller has to
    /// name the column whose pivot vanished.
    pub(crate) fn new(matrix: &Array2<f64>, limit: f64) -> Result<Self, SmallPivot> {
        let size = matrix.nrows();
        // A column without any spread has nothing but rounding on the diagonal.
        let floor = 1e-24 * matrix.diag().iter().fold(0.0_f64, |top, value| top.max(*value));
        let mut lower = Array2::<f64>::zeros((size, size));
        for j in 0..size {
            for k in 0..=j {
                let mut sum = matrix[[j, k]];
                for i in 0..k {
                    sum -= lower[[j, i]] * lower[[k, i]];
                }
                if k < j {
                    lower[[j, k]] = sum / lower[[k, k]];
                } else {
                    let diagonal = matrix[[j, j]];
                    let share = if diagonal > floor { sum / diagonal } else { 0.0 };
                    if share > limit && sum.is_finite() {
                        lower[[j, j]] = sum.sqrt();
                    } else {
                        return Err(SmallPivot { pivot_index: j, pivot: share });
                    }
                }
            }
        }
        Ok(Self { lower })
    }

    /// Solves `A x = b`.
    pub(crate) fn solve(&self, right: &[f64]) -> Vec<f64> {
        let mut column = Array1::from(right.to_vec()).insert_axis(Axis(1));
        self.solve_in_place(&mut column);
        column.column(0).to_vec()
    }

    /// The inverse, made exactly symmetric.
    pub(crate) fn inverse(&self) -> Array2<f64> {
        let size = self.lower.nrows();
        let mut inverse = Array2::eye(size);
        self.solve_in_place(&mut inverse);
        for j in 0..size {
            for k in 0..j {
                let mean = 0.5 * (inverse[[j, k]] + inverse[[k, j]]);
                inverse[[j, k]] = mean;
                inverse[[k, j]] = mean;
            }
        }
        inverse
    }

    /// Natural logarithm of the determinant.
    pub(crate) fn log_determinant(&self) -> f64 {
        2.0 * self.lower.diag().iter().map(|pivot| pivot.ln()).sum::<f64>()
    }

    /// Solves `L' x = z`: where `z` has the identity for its covariance, `x` has the inverse of the matrix.
    pub(crate) fn spread(&self, z: &[f64]) -> Vec<f64> {
        let size = z.len();
        let mut x = z.to_vec();
        for j in (0..size).rev() {
            let below: f64 = (j + 1..size).map(|i| self.lower[[i, j]] * x[i]).sum();
            x[j] = (x[j] - below) / self.lower[[j, j]];
        }
        x
    }

    /// Makes this the factor of the matrix times `factor`, which is above 0.
    pub(crate) fn scale(&mut self, factor: f64) {
        let root = factor.sqrt();
        self.lower.mapv_inplace(|value| value * root);
    }

    fn solve_in_place(&self, right: &mut Array2<f64>) {
        // Shapes agree by construction, so neither solve can fail.
        let lower = self.lower.solve_triangular_inplace(right, UPLO::Lower);
        debug_assert!(lower.is_ok());
        let upper = self.lower.t().solve_triangular_inplace(right, UPLO::Upper);
        debug_assert!(upper.is_ok());
    }
}

/// `matrix * vector`, summed from left to right.
pub(crate) fn times(matrix: &Array2<f64>, vector: &[f64]) -> Vec<f64> {
    matrix.rows().into_iter().map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum()).collect()
}

/// `outer * inner * outer'` for a symmetric `inner`, in a fixed order and exactly symmetric.
///
/// Written out because ndarray's matrix product picks its order by the processor.
pub(crate) fn sandwich(outer: &Array2<f64>, inner: &Array2<f64>) -> Array2<f64> {
    let half: Vec<Vec<f64>> =
        outer.rows().into_iter().map(|row| times(inner, &row.to_vec())).collect();
    let mut result = Array2::zeros((outer.nrows(), outer.nrows()));
    for (j, left) in half.iter().enumerate() {
        for (k, right) in outer.rows().into_iter().enumerate().take(j + 1) {
            let sum = left.iter().zip(right).map(|(a, b)| a * b).sum();
            result[[j, k]] = sum;
            result[[k, j]] = sum;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn factor_solves_inverts_and_names_the_dependent_column() {
        let matrix = array![[25.0, 15.0, -5.0], [15.0, 18.0, 0.0], [-5.0, 0.0, 11.0]];
        let factor = Factor::new(&matrix, 1e-12).unwrap();
        let solved = factor.solve(&[35.0, 33.0, 6.0]);
        assert!(solved.iter().all(|x| (x - 1.0).abs() < 1e-14), "{solved:?}");
        // L'x = z makes x'Ax = z'z.
        let z = [1.0, -2.0, 0.5];
        let x = Array1::from(factor.spread(&z));
        assert!((x.dot(&matrix.dot(&x)) - 5.25).abs() < 1e-12);
        let product = matrix.dot(&factor.inverse());
        assert!((product - Array2::<f64>::eye(3)).iter().all(|x| x.abs() < 1e-14));
        assert!((factor.log_determinant() - 2025.0_f64.ln()).abs() < 1e-12);

        let dependent = array![[1.0, 1.0], [1.0, 1.0]];
        assert_eq!(Factor::new(&dependent, 1e-12).unwrap_err().pivot_index, 1);
    }
}
