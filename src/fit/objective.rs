//! Log-likelihoods as the profile search sees them, and the search itself.

use crate::numeric::distributions::chi_square_upper;
use crate::numeric::{Design, Factor, Scaling, Task, evaluate};

use super::FitError;
use super::report::{Interval, TestResult};

/// A smooth function to maximise, with a matrix that stands for its curvature.
pub(crate) trait Objective: Sync {
    /// Value only.
    fn value(&self, theta: &[f64]) -> Option<f64>;
    /// Value, gradient and curvature.
    fn expand(&self, theta: &[f64]) -> Option<(f64, Vec<f64>, Factor)>;
}

/// The (ridge-penalised) log-likelihood.
pub(crate) struct Likelihood<'a> {
    pub(crate) design: &'a dyn Design,
    pub(crate) scaling: &'a Scaling,
    pub(crate) task: &'a Task<'a>,
}

impl Likelihood<'_> {
    fn penalty(&self, theta: &[f64]) -> f64 {
        0.5 * self.task.penalty.iter().zip(theta).map(|(penalty, t)| penalty * t * t).sum::<f64>()
    }
}

impl Objective for Likelihood<'_> {
    fn value(&self, theta: &[f64]) -> Option<f64> {
        let value = evaluate(self.design, self.scaling, self.task, theta).log_likelihood
            - self.penalty(theta);
        value.is_finite().then_some(value)
    }

    fn expand(&self, theta: &[f64]) -> Option<(f64, Vec<f64>, Factor)> {
        let point = evaluate(self.design, self.scaling, self.task, theta);
        let mut gradient = self.design.gradient(self.scaling, &point.residual);
        let mut information = self.design.information(self.scaling, &point.curvature);
        for (j, penalty) in self.task.penalty.iter().enumerate() {
            gradient[j] -= penalty * theta[j];
            information[[j, j]] += penalty;
        }
        let factor = Factor::new(&information, 1e-14).ok()?;
        Some((point.log_likelihood - self.penalty(theta), gradient, factor))
    }
}

/// The best value under `functional . theta = level`.
#[derive(Debug, Clone)]
pub(crate) struct Constrained {
    pub(crate) value: f64,
    /// Change of the best value per unit of `level`.
    pub(crate) slope: f64,
    pub(crate) theta: Vec<f64>,
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Maximises under one linear constraint, by Newton steps along it.
pub(crate) fn constrained(
    objective: &dyn Objective,
    functional: &[f64],
    level: f64,
    start: &[f64],
) -> Option<Constrained> {
    let mut theta = start.to_vec();
    let mut feasible = false;
    let mut before = f64::INFINITY;
    for _ in 0..200 {
        let (value, gradient, factor) = objective.expand(&theta)?;
        let along = factor.solve(functional);
        let reach = product(functional, &along);
        let gap = level - product(functional, &theta);
        if !feasible {
            // First onto the constraint, the shortest way in standard errors.
            for (t, d) in theta.iter_mut().zip(&along) {
                *t += d * gap / reach;
            }
            feasible = true;
            continue;
        }
        let free = factor.solve(&gradient);
        let multiplier = (gap - product(functional, &free)) / reach;
        let step: Vec<f64> = free.iter().zip(&along).map(|(f, a)| f + multiplier * a).collect();
        let gain = product(&step, &gradient);
        let distance = gain.max(0.0).sqrt();
        if distance <= 1e-10 || (distance <= 1e-6 && distance > 0.5 * before) {
            return Some(Constrained { value, slope: -multiplier, theta });
        }
        before = distance;
        let mut length = 1.0;
        let slack = 1e-12 * value.abs().max(1e-3);
        let next = loop {
            let next: Vec<f64> = theta.iter().zip(&step).map(|(t, s)| t + length * s).collect();
            if objective
                .value(&next)
                .is_some_and(|after| after >= value + 1e-4 * length * gain - slack)
            {
                break next;
            }
            length *= 0.5;
            if length < 1e-10 {
                return None;
            }
        };
        theta = next;
    }
    None
}

/// A maximum to profile around.
pub(crate) struct Profile<'a> {
    pub(crate) objective: &'a dyn Objective,
    pub(crate) best: f64,
    pub(crate) theta: &'a [f64],
    /// Square root of the chi-square limit.
    pub(crate) critical: f64,
    pub(crate) level: f64,
}

impl Profile<'_> {
    /// Both limits of `functional . theta`, whose standard error is near `error`.
    pub(crate) fn interval(
        &self,
        name: &str,
        functional: &[f64],
        error: f64,
    ) -> Result<Interval, FitError> {
        Ok(Interval {
            lower: self.limit(name, functional, error, -1.0)?,
            upper: self.limit(name, functional, error, 1.0)?,
        })
    }

    /// Twice the fall of the log-likelihood when `functional . theta` is held at 0.
    pub(crate) fn test_of_zero(&self, functional: &[f64]) -> Result<TestResult, FitError> {
        let at_zero = constrained(self.objective, functional, 0.0, self.theta)
            .ok_or(FitError::NotConverged { what: "the likelihood-ratio test", iterations: 200 })?;
        let statistic = (2.0 * (self.best - at_zero.value)).max(0.0);
        Ok(TestResult { statistic, degrees: 1, p: chi_square_upper(statistic, 1.0) })
    }

    /// Where the signed root of the likelihood ratio reaches the critical value.
    ///
    /// The root is close to linear, so Newton steps on it settle in a few rounds; a bracket keeps them honest.
    fn limit(
        &self,
        name: &str,
        functional: &[f64],
        error: f64,
        side: f64,
    ) -> Result<f64, FitError> {
        const REACH: f64 = 1e4;
        let center = product(functional, self.theta);
        let none = || FitError::NoProfileLimit {
            column: name.to_owned(),
            level: self.level,
            reach: REACH,
        };
        let (mut inner, mut outer) = (0.0, f64::INFINITY);
        let mut step = self.critical * error;
        let mut theta = self.theta.to_vec();
        for _ in 0..100 {
            let Some(point) = constrained(self.objective, functional, center + side * step, &theta)
            else {
                outer = step;
                step = 0.5 * (inner + outer);
                continue;
            };
            let root = (2.0 * (self.best - point.value)).max(0.0).sqrt();
            if (root - self.critical).abs() <= 1e-12 * self.critical {
                return Ok(center + side * step);
            }
            if root < self.critical {
                inner = step;
            } else {
                outer = step;
            }
            let slope = -side * point.slope / root;
            let newton = step + (self.critical - root) / slope;
            let next = if newton > inner && newton < outer && newton < 10.0 * step + error {
                newton
            } else if outer.is_finite() {
                0.5 * (inner + outer)
            } else {
                2.0 * step
            };
            if (next - step).abs() <= 1e-12 * (center.abs() + step) {
                return Ok(center + side * next);
            }
            if next > REACH * error {
                return Err(none());
            }
            step = next;
            theta = point.theta;
        }
        Err(none())
    }
}
