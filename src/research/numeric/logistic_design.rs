//! What the Newton solver asks of a design matrix, however it is stored.

use ndarray::Array2;

/// Centre and scale of each coefficient's column; the intercept has centre 0 and scale 1.
#[derive(Debug, Clone)]
pub(crate) struct Scaling {
    pub(crate) center: Vec<f64>,
    pub(crate) scale: Vec<f64>,
}

/// A design whose columns are seen standardised: `(x - center) / scale`.
///
/// With an intercept, coefficient 0 belongs to a column of ones. Every sum runs in
/// an order that does not depend on the number of threads.
pub(crate) trait Design: Sync {
    /// Number of rows.
    fn rows(&self) -> usize;
    /// Number of coefficients, the intercept included.
    fn width(&self) -> usize;
    /// Whether coefficient 0 is an intercept.
    fn has_intercept(&self) -> bool;
    /// Weighted mean and population standard deviation of each column.
    ///
    /// Without an intercept the centre is 0 and the scale the root mean square.
    fn scaling(&self, weights: Option<&[f64]>) -> Scaling;
    /// Writes the linear predictor of every row.
    fn linear(&self, scaling: &Scaling, coefficients: &[f64], out: &mut [f64]);
    /// Sum over rows of `residual * row`.
    fn gradient(&self, scaling: &Scaling, residual: &[f64]) -> Vec<f64>;
    /// Sum over rows of `weight * row * row'`, both triangles.
    fn information(&self, scaling: &Scaling, weight: &[f64]) -> Array2<f64>;
    /// `row' * matrix * row` of every row, for a symmetric matrix.
    fn quadratic(&self, scaling: &Scaling, matrix: &Array2<f64>, out: &mut [f64]);
    /// Writes one standardised row.
    fn row(&self, scaling: &Scaling, row: usize, out: &mut [f64]);
}

/// Turns weighted sums of a column into its centre and scale.
pub(crate) fn center_and_scale(
    mean: f64,
    mean_square_about_mean: f64,
    intercept: bool,
) -> (f64, f64) {
    let center = if intercept { mean } else { 0.0 };
    let variance =
        if intercept { mean_square_about_mean } else { mean_square_about_mean + mean * mean };
    // A constant column keeps its own scale: the factorization then finds that it adds nothing.
    let scale = variance.sqrt();
    if scale > 1e-13 * mean.abs() && scale.is_normal() { (center, scale) } else { (center, 1.0) }
}

impl Scaling {
    /// Coefficients on the given scale, from standardised ones.
    pub(crate) fn given(&self, standardised: &[f64], intercept: bool) -> Vec<f64> {
        let mut given: Vec<f64> =
            standardised.iter().zip(&self.scale).map(|(theta, scale)| theta / scale).collect();
        if intercept {
            given[0] = standardised[0]
                - given.iter().zip(&self.center).map(|(b, center)| b * center).sum::<f64>();
        }
        given
    }

    /// Standardised coefficients, from ones on the given scale.
    pub(crate) fn standardised(&self, given: &[f64], intercept: bool) -> Vec<f64> {
        let mut standardised: Vec<f64> =
            given.iter().zip(&self.scale).map(|(b, scale)| b * scale).collect();
        if intercept {
            standardised[0] = given[0]
                + given.iter().zip(&self.center).map(|(b, center)| b * center).sum::<f64>();
        }
        standardised
    }

    /// The matrix that takes standardised coefficients to given ones.
    pub(crate) fn to_given(&self, intercept: bool) -> Array2<f64> {
        let width = self.scale.len();
        let mut matrix = Array2::zeros((width, width));
        for j in 0..width {
            matrix[[j, j]] = 1.0 / self.scale[j];
            if intercept && j > 0 {
                matrix[[0, j]] = -self.center[j] / self.scale[j];
            }
        }
        matrix
    }

    /// The matrix that takes given coefficients to standardised ones.
    pub(crate) fn to_standardised(&self, intercept: bool) -> Array2<f64> {
        let width = self.scale.len();
        let mut matrix = Array2::zeros((width, width));
        for j in 0..width {
            matrix[[j, j]] = self.scale[j];
            if intercept && j > 0 {
                matrix[[0, j]] = self.center[j];
            }
        }
        matrix
    }
}
