//! The likelihood that Firth's method maximises.

use ndarray::Array2;

use super::objective::{Expansion, Objective};
use crate::research::numeric::{Design, Factor, Point, Scaling, Task, evaluate};

/// Log-likelihood plus half the log determinant of the information.
pub(super) struct PenalisedLikelihood<'a> {
    pub(super) design: &'a dyn Design,
    pub(super) scaling: &'a Scaling,
    pub(super) task: &'a Task<'a>,
}

/// Everything at one point.
pub(super) struct State {
    pub(super) value: f64,
    pub(super) gradient: Vec<f64>,
    pub(super) information: Array2<f64>,
    factor: Factor,
    pub(super) point: Point,
}

impl PenalisedLikelihood<'_> {
    /// Everything at one point, or the place of the column that adds nothing.
    pub(super) fn state(&self, theta: &[f64]) -> Result<State, usize> {
        let point = evaluate(self.design, self.scaling, self.task, theta);
        let information = self.design.information(self.scaling, &point.curvature);
        let factor = Factor::new(&information, 1e-13).map_err(|small| small.pivot_index)?;
        let mut leverage = vec![0.0; self.design.rows()];
        self.design.quadratic(self.scaling, &factor.inverse(), &mut leverage);
        let residual: Vec<f64> = (0..leverage.len())
            .map(|row| {
                let half_less = -0.5 * (0.5 * point.linear[row]).tanh();
                point.residual[row] + point.curvature[row] * leverage[row] * half_less
            })
            .collect();
        let gradient = self.design.gradient(self.scaling, &residual);
        let value = point.log_likelihood + 0.5 * factor.log_determinant();
        Ok(State { value, gradient, information, factor, point })
    }

    /// The information with the weights `w (1 + h)`.
    pub(super) fn augmented(&self, state: &State) -> Array2<f64> {
        let curvature = &state.point.curvature;
        let mut leverage = vec![0.0; curvature.len()];
        self.design.quadratic(self.scaling, &state.factor.inverse(), &mut leverage);
        let weights: Vec<f64> =
            curvature.iter().zip(&leverage).map(|(w, h)| w * (1.0 + w * h)).collect();
        self.design.information(self.scaling, &weights)
    }

    /// A matrix that minus the second derivatives are nowhere below: the information less what the second derivative of
    /// its own weights may take away. What is left out of the determinant's part curves downward.
    pub(super) fn least_curvature(&self, state: &State) -> Array2<f64> {
        let curvature = &state.point.curvature;
        let mut leverage = vec![0.0; curvature.len()];
        self.design.quadratic(self.scaling, &state.factor.inverse(), &mut leverage);
        let weights: Vec<f64> = (0..curvature.len())
            .map(|row| {
                let weight = self.task.weights.map_or(1.0, |weights| weights[row]);
                let plain = if weight > 0.0 { curvature[row] / weight } else { 0.0 };
                curvature[row] * (1.0 - 0.5 * leverage[row] * (1.0 - 6.0 * plain))
            })
            .collect();
        self.design.information(self.scaling, &weights)
    }

    /// Half the log determinant of the change from standardised to given columns.
    pub(super) fn scale_term(&self, intercept: bool) -> f64 {
        self.scaling.scale[usize::from(intercept)..].iter().map(|scale| scale.ln()).sum()
    }
}

impl Objective for PenalisedLikelihood<'_> {
    fn value(&self, theta: &[f64]) -> Option<f64> {
        let point = evaluate(self.design, self.scaling, self.task, theta);
        let information = self.design.information(self.scaling, &point.curvature);
        let factor = Factor::new(&information, 1e-14).ok()?;
        let value = point.log_likelihood + 0.5 * factor.log_determinant();
        value.is_finite().then_some(value)
    }

    fn expand(&self, theta: &[f64]) -> Option<Expansion> {
        let State { value, gradient, information, .. } = self.state(theta).ok()?;
        Some(Expansion { value, gradient, information })
    }

    fn is_exact(&self) -> bool {
        false
    }
}
