//! The factor of a covariance matrix from which weights are drawn.

use ndarray::{Array2, ArrayView2};

use super::StudyError;
use super::parameters::Parameter;

/// Lower factor of a positive semidefinite matrix; a pivot that is 0 within rounding leaves its
/// column at 0.
pub(super) fn factor(
    parameters: &[Parameter],
    covariance: ArrayView2<'_, f64>,
) -> Result<Array2<f64>, StudyError> {
    let size = parameters.len();
    let fault = |row: usize, fault| {
        Err(StudyError::Covariance { parameter: parameters[row].name.clone(), fault })
    };
    let mut lower = Array2::<f64>::zeros((size, size));
    for j in 0..size {
        for k in 0..=j {
            let (above, below) = (covariance[[j, k]], covariance[[k, j]]);
            if !above.is_finite() || (above - below).abs() > 1e-8 * above.abs().max(1e-12) {
                return fault(j, "an entry that is not finite or not the same on both sides");
            }
            let mut rest = above;
            for i in 0..k {
                rest -= lower[[j, i]] * lower[[k, i]];
            }
            let rounding = 1e-10 * covariance[[j, j]].abs().max(f64::MIN_POSITIVE);
            if k == j {
                if rest < -rounding {
                    return fault(j, "a negative variance given the parameters before it");
                }
                lower[[j, j]] = rest.max(0.0).sqrt();
                if rest <= rounding {
                    lower[[j, j]] = 0.0;
                }
            } else if lower[[k, k]] > 0.0 {
                lower[[j, k]] = rest / lower[[k, k]];
            } else if rest.abs() > 1e-5 * (covariance[[j, j]] * covariance[[k, k]]).abs().sqrt() {
                return fault(j, "a covariance with a parameter that has no variance left");
            }
        }
    }
    Ok(lower)
}
