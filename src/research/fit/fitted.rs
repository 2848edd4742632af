//! What a method knows of its optimum, before it is told.

use ndarray::Array2;

use super::objective::Objective;
use super::report::{Method, Penalty};
use super::settings::{Settings, Sign};
use crate::research::numeric::{NewtonOptions, Solved, sandwich};

/// Penalised log-likelihoods of the fit and of its intercept alone, under one determinant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Penalised {
    pub(crate) value: f64,
    pub(crate) empty: f64,
}

/// What the method knows of its optimum, on the standardised scale.
pub(crate) struct Fitted<'a> {
    pub(crate) method: Method,
    pub(crate) penalty: Penalty,
    pub(crate) solved: &'a Solved,
    /// Places that were free; the information has these alone.
    pub(crate) kept: &'a [usize],
    /// The side of 0 that each coefficient may be on.
    pub(crate) signs: &'a [Option<Sign>],
    /// A gradient below this is rounding.
    pub(crate) floor: f64,
    pub(crate) settings: &'a Settings,
    pub(crate) profile: Option<&'a dyn Objective>,
    /// Firth's second covariance.
    pub(crate) augmented: Option<Array2<f64>>,
    pub(crate) penalised: Option<Penalised>,
    pub(crate) options: NewtonOptions,
}

impl Fitted<'_> {
    /// A covariance of the kept places, widened and brought to the given scale.
    pub(super) fn on_given_scale(&self, covariance: &Array2<f64>) -> Array2<f64> {
        let width = self.solved.scaling.scale.len();
        let mut wide = Array2::zeros((width, width));
        for (j, parameter) in self.kept.iter().enumerate() {
            for (k, other) in self.kept.iter().enumerate() {
                wide[[*parameter, *other]] = covariance[[j, k]];
            }
        }
        sandwich(&self.solved.scaling.to_given(self.solved.intercept), &wide)
    }

    /// The sandwich of a sum over all places between the bread of the kept ones, on the given scale.
    pub(super) fn sandwiched(&self, bread: &Array2<f64>, meat: &Array2<f64>) -> Array2<f64> {
        let kept = Array2::from_shape_fn((self.kept.len(), self.kept.len()), |(j, k)| {
            meat[[self.kept[j], self.kept[k]]]
        });
        self.on_given_scale(&sandwich(bread, &kept))
    }
}
