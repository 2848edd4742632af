//! The way up an objective whose curvature is known only about.

use super::FitError;
use super::objective::{Expansion, Objective, Secants, product};
use super::progress::{FitProgress, Observer};
use crate::research::numeric::Factor;

/// Longer steps leave the region where the information stands for the curvature.
pub(super) const LONGEST_STEP: f64 = 5.0;

/// Limits of an ascent, and whose it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ascent {
    pub(crate) what: &'static str,
    pub(crate) max_iterations: usize,
    pub(crate) tolerance: f64,
}

/// Where the steps ended, on the standardised scale.
#[derive(Debug, Clone)]
pub(crate) struct Reached {
    pub(crate) theta: Vec<f64>,
    pub(crate) value: f64,
    pub(crate) decrement: f64,
    pub(crate) iterations: usize,
}

impl Ascent {
    pub(crate) fn not_converged(&self, iterations: usize) -> FitError {
        FitError::NotConverged { what: self.what, iterations }
    }

    /// Steps with the objective's matrix in the place of the curvature, corrected by what earlier steps have shown of it.
    pub(crate) fn climb(
        &self,
        objective: &dyn Objective,
        mut theta: Vec<f64>,
        observer: &mut Observer<'_>,
    ) -> Result<Reached, FitError> {
        let mut before = f64::INFINITY;
        let mut secants = Secants::new(objective);
        for iterations in 0..=self.max_iterations {
            let stopped = || self.not_converged(iterations);
            let Expansion { value, gradient, information } =
                objective.expand(&theta).ok_or_else(stopped)?;
            let factor = Factor::new(&information, 1e-13).map_err(|_| stopped())?;
            let plain = factor.solve(&gradient);
            let decrement = product(&plain, &gradient).max(0.0).sqrt();
            let progress =
                FitProgress::Step { iteration: iterations, log_likelihood: value, decrement };
            if observer(&progress).is_break() {
                return Err(FitError::Cancelled);
            }
            if decrement <= self.tolerance || (decrement <= 1e-8 && decrement > 0.5 * before) {
                return Ok(Reached { theta, value, decrement, iterations });
            }
            before = decrement;
            secants.learn(&theta, &gradient);
            let corrected = secants.solve(&factor, &gradient);
            let up = product(&corrected, &gradient);
            let (step, gain) =
                if up > 0.0 { (corrected, up) } else { (plain, decrement * decrement) };
            theta = self.advanced(objective, &theta, &step, value, gain).ok_or_else(stopped)?;
        }
        Err(self.not_converged(self.max_iterations))
    }

    /// The step, shortened until the objective rises by a part of what it promises.
    fn advanced(
        &self,
        objective: &dyn Objective,
        theta: &[f64],
        step: &[f64],
        value: f64,
        gain: f64,
    ) -> Option<Vec<f64>> {
        let longest = step.iter().fold(0.0_f64, |top, s| top.max(s.abs()));
        let mut length = (LONGEST_STEP / longest).min(1.0);
        let slack = 1e-12 * value.abs().max(1e-3);
        while length >= 1e-10 {
            let next: Vec<f64> = theta.iter().zip(step).map(|(b, s)| b + length * s).collect();
            let after = objective.value(&next);
            if after.is_some_and(|after| after >= value + 1e-4 * length * gain - slack) {
                return Some(next);
            }
            length *= 0.5;
        }
        None
    }
}
