//! Firth's bias-reduced logistic regression: finite answers where columns separate the labels.

use ndarray::Array2;

use super::assemble::{Fitted, assemble};
use super::objective::Objective;
use super::report::Method;
use super::{FitError, LogisticModel, Sample};
use crate::numeric::{
    Design, DesignProblem, Factor, NewtonOptions, Optimum, Scaling, Solved, Task, evaluate,
};

/// Logistic regression that maximises the likelihood times the root of the information's determinant (Firth 1993).
///
/// The estimate is finite for separated data (Heinze and Schemper 2002). Two standard errors go by
/// one name in the field; both are reported: [`Estimate::standard_error`](super::Estimate) from the
/// information (brglm2, SAS) and [`Estimate::augmented_standard_error`](super::Estimate) from the
/// weights `w (1 + h)` (logistf since 1.24, firthmodels). Wald intervals use the first. Profile
/// intervals and tests use the penalised likelihood with the determinant of the full information.
///
/// ```
/// use caserank::fit::{Columns, Firth, Sample};
/// // Everyone with the answer has the outcome.
/// let columns = Columns::builder(8).numbers("answer", vec![1., 1., 0., 0., 0., 0., 0., 0.])?.build();
/// let labels = [true, true, true, false, false, true, false, false];
/// let model = Firth::new().fit_sample(&Sample::new(&columns, &labels)?)?;
/// assert!((model.weights()[0] - 2.1972).abs() < 1e-4); // ln((2.5 / 0.5) / (2.5 / 4.5))
/// # Ok::<(), caserank::fit::FitError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Firth {
    pub(crate) intercept: bool,
    pub(crate) profile: bool,
    pub(crate) level: f64,
    pub(crate) max_iterations: usize,
    pub(crate) tolerance: f64,
}

impl Default for Firth {
    fn default() -> Self {
        Self::new()
    }
}

impl Firth {
    /// An intercept, Wald intervals at 95%, 1,000 iterations, tolerance 1e-10.
    #[must_use]
    pub fn new() -> Self {
        Self {
            intercept: true,
            profile: false,
            level: 0.95,
            max_iterations: 1_000,
            tolerance: 1e-10,
        }
    }

    /// Whether to fit an intercept; yes by default. It is part of the determinant like every other coefficient.
    #[must_use]
    pub fn intercept(mut self, intercept: bool) -> Self {
        self.intercept = intercept;
        self
    }

    /// Whether to report penalised profile intervals and likelihood-ratio tests; no by default.
    #[must_use]
    pub fn profile(mut self, profile: bool) -> Self {
        self.profile = profile;
        self
    }

    /// Confidence level of all intervals, between 0 and 1.
    #[must_use]
    pub fn level(mut self, level: f64) -> Self {
        self.level = level;
        self
    }

    /// Scoring steps allowed, 1 or more.
    #[must_use]
    pub fn max_iterations(mut self, steps: usize) -> Self {
        self.max_iterations = steps;
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// [`FitError::Setting`] names the first one outside its range.
    pub fn validated(&self) -> Result<&Self, FitError> {
        if !(self.level > 0.0 && self.level < 1.0) {
            return Err(FitError::Setting {
                setting: "level",
                value: self.level,
                allowed: "between 0 and 1",
            });
        }
        if self.max_iterations == 0 {
            return Err(FitError::Setting {
                setting: "max_iterations",
                value: 0.0,
                allowed: "1 or more",
            });
        }
        Ok(self)
    }

    /// Fits the sample. Takes O(rows x columns²) a step and some ten to thirty steps.
    ///
    /// # Errors
    /// [`FitError`] for settings out of range, one class only, too few rows, repeated columns, too few iterations.
    pub fn fit_sample(&self, sample: &Sample<'_>) -> Result<LogisticModel, FitError> {
        self.validated()?;
        let names = sample.columns.names();
        let design = sample.columns.design(self.intercept);
        let width = names.len() + usize::from(self.intercept);
        let options =
            NewtonOptions { max_iterations: self.max_iterations, tolerance: self.tolerance };
        let problem = DesignProblem {
            labels: &sample.labels,
            weights: sample.weights,
            offset: sample.offset,
            ridge: vec![0.0; width],
            start: None,
            options,
        };
        let scaling =
            problem.checked_scaling(&design).map_err(|error| FitError::named(error, names))?;
        let task = Task {
            labels: &sample.labels,
            weights: sample.weights,
            offset: sample.offset,
            penalty: vec![0.0; width],
        };
        let penalised = PenalisedLikelihood { design: &design, scaling: &scaling, task: &task };
        let optimum = self.maximise(&penalised, names)?;
        let value = penalised.value(&optimum.coefficients);
        let augmented = penalised.augmented(&optimum)?;
        let solved = Solved { optimum, scaling: scaling.clone(), intercept: self.intercept };
        let kept: Vec<usize> = (0..width).collect();
        let fitted = Fitted {
            method: Method::Firth,
            solved: &solved,
            kept: &kept,
            robust: false,
            profile: self.profile.then_some(&penalised as _),
            augmented: Some(augmented),
            penalized_log_likelihood: value
                .map(|value| value + penalised.scale_term(self.intercept)),
            level: self.level,
            options: NewtonOptions::default(),
        };
        assemble(&design, sample, &task, &fitted)
    }

    fn maximise(
        &self,
        penalised: &PenalisedLikelihood<'_>,
        names: &[String],
    ) -> Result<Optimum, FitError> {
        let width = penalised.design.width();
        let lead = width - names.len();
        let mut coefficients = vec![0.0; width];
        let mut before = f64::INFINITY;
        for iterations in 0..=self.max_iterations {
            let state = penalised.state(&coefficients).map_err(|place| FitError::Collinear {
                column: names.get(place.saturating_sub(lead)).cloned().unwrap_or_default(),
            })?;
            let step = state.factor.solve(&state.gradient);
            let gain: f64 = step.iter().zip(&state.gradient).map(|(s, g)| s * g).sum();
            let decrement = gain.max(0.0).sqrt();
            if decrement <= self.tolerance
                || (decrement <= 1e-8 && decrement > 0.5 * before && iterations > 20)
            {
                return Ok(Optimum {
                    coefficients,
                    point: state.point,
                    gradient: state.gradient,
                    information: state.information,
                    factor: state.factor,
                    decrement,
                    iterations,
                });
            }
            before = decrement;
            // Long steps leave the region where the information stands for the curvature.
            let longest = step.iter().fold(0.0_f64, |top, s| top.max(s.abs()));
            let mut length = (5.0 / longest).min(1.0);
            let slack = 1e-12 * state.value.abs().max(1e-3);
            let next = loop {
                let next: Vec<f64> =
                    coefficients.iter().zip(&step).map(|(b, s)| b + length * s).collect();
                if penalised
                    .value(&next)
                    .is_some_and(|value| value >= state.value + 1e-4 * length * gain - slack)
                {
                    break next;
                }
                length *= 0.5;
                if length < 1e-10 {
                    return Err(FitError::NotConverged { what: "Firth's method", iterations });
                }
            };
            coefficients = next;
        }
        Err(FitError::NotConverged { what: "Firth's method", iterations: self.max_iterations })
    }
}

/// Log-likelihood plus half the log determinant of the information.
struct PenalisedLikelihood<'a> {
    design: &'a dyn Design,
    scaling: &'a Scaling,
    task: &'a Task<'a>,
}

struct State {
    value: f64,
    gradient: Vec<f64>,
    information: Array2<f64>,
    factor: Factor,
    point: crate::numeric::Point,
}

impl PenalisedLikelihood<'_> {
    /// Everything at one point, or the place of the column that adds nothing.
    fn state(&self, theta: &[f64]) -> Result<State, usize> {
        let point = evaluate(self.design, self.scaling, self.task, theta);
        let information = self.design.information(self.scaling, &point.curvature);
        let factor = Factor::new(&information, 1e-13).map_err(|small| small.place)?;
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

    /// Covariance from the weights `w (1 + h)`.
    fn augmented(&self, optimum: &Optimum) -> Result<Array2<f64>, FitError> {
        let curvature = &optimum.point.curvature;
        let mut leverage = vec![0.0; curvature.len()];
        self.design.quadratic(self.scaling, &optimum.factor.inverse(), &mut leverage);
        for (h, w) in leverage.iter_mut().zip(curvature) {
            *h *= w;
        }
        let weights: Vec<f64> =
            curvature.iter().zip(&leverage).map(|(w, h)| w * (1.0 + h)).collect();
        let information = self.design.information(self.scaling, &weights);
        match Factor::new(&information, 1e-14) {
            Ok(factor) => Ok(factor.inverse()),
            Err(_) => {
                Err(FitError::NotConverged { what: "Firth's augmented covariance", iterations: 0 })
            }
        }
    }

    /// Half the log determinant of the change from standardised to given columns.
    fn scale_term(&self, intercept: bool) -> f64 {
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

    fn expand(&self, theta: &[f64]) -> Option<(f64, Vec<f64>, Factor)> {
        let state = self.state(theta).ok()?;
        Some((state.value, state.gradient, state.factor))
    }
}
