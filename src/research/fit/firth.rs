//! Firth's bias-reduced logistic regression: finite answers where columns separate the labels.

use std::ops::ControlFlow;

use ndarray::Array2;

use super::assemble::{Fitted, assemble};
use super::firth_likelihood::PenalisedLikelihood;
use super::logistic::{Sign, sign_places};
use super::objective::{Expansion, Held, Objective, Secants, product};
use super::progress::{FitProgress, Observer, unobserved};
use super::report::Method;
use super::signs::{Trial, active_set, free_at_first};
use super::{FitError, LogisticModel, Sample};
use crate::research::numeric::{DesignProblem, Factor, NewtonOptions, Optimum, Solved, Task};

/// Settings of Firth's regression whose ranges have been checked; see [`Firth`].
#[derive(Debug, Clone, PartialEq)]
pub struct ValidFirth {
    pub(crate) intercept: bool,
    pub(crate) signs: Vec<(String, Sign)>,
    pub(crate) robust: bool,
    pub(crate) profile: bool,
    pub(crate) level: f64,
    pub(crate) max_iterations: usize,
    pub(crate) tolerance: f64,
}

/// Logistic regression that maximises the likelihood times the root of the information's determinant (Firth 1993).
///
/// The estimate is finite for separated data (Heinze and Schemper 2002). Two standard errors go by
/// one name in the field; both are reported: [`Estimate::standard_error`](super::Estimate) from the
/// information (brglm2, SAS) and [`Estimate::augmented_standard_error`](super::Estimate) from the
/// weights `w (1 + h)` (logistf since 1.24, firthmodels). Wald intervals use the first, or the clustered
/// error where the sample has clusters. Robust and clustered errors are sandwiches of the plain scores
/// at Firth's estimate. Profile intervals and tests use the penalised likelihood with the determinant
/// of the full information, also where a sign constraint holds a coefficient at 0.
///
/// ```
/// use caserank::research::fit::{Columns, Firth, Sample};
/// // Everyone with the answer has the outcome.
/// let columns = Columns::builder(8).numbers("answer", vec![1., 1., 0., 0., 0., 0., 0., 0.])?.build();
/// let labels = [true, true, true, false, false, true, false, false];
/// let model = Firth::new().fit_sample(&Sample::new(&columns, &labels)?)?;
/// assert!((model.weights()[0] - 2.1972).abs() < 1e-4); // ln((2.5 / 0.5) / (2.5 / 4.5))
/// # Ok::<(), caserank::research::fit::FitError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Firth(pub(crate) ValidFirth);

impl Default for Firth {
    fn default() -> Self {
        Self::new()
    }
}

impl Firth {
    /// An intercept, no sign constraints, Wald intervals at 95%, 1,000 iterations, tolerance 1e-10.
    #[must_use]
    pub fn new() -> Self {
        Self(ValidFirth {
            intercept: true,
            signs: Vec::new(),
            robust: false,
            profile: false,
            level: 0.95,
            max_iterations: 1_000,
            tolerance: 1e-10,
        })
    }

    /// Whether to fit an intercept; yes by default. It is part of the determinant like every other coefficient.
    #[must_use]
    pub fn intercept(mut self, intercept: bool) -> Self {
        self.0.intercept = intercept;
        self
    }

    /// Constrains the sign of one column's coefficient.
    #[must_use]
    pub fn sign(mut self, column: &str, sign: Sign) -> Self {
        self.0.signs.retain(|(name, _)| name != column);
        self.0.signs.push((column.to_owned(), sign));
        self
    }

    /// Whether to report sandwich standard errors HC0 and HC1; no by default.
    #[must_use]
    pub fn robust(mut self, robust: bool) -> Self {
        self.0.robust = robust;
        self
    }

    /// Whether to report penalised profile intervals and likelihood-ratio tests; no by default.
    #[must_use]
    pub fn profile(mut self, profile: bool) -> Self {
        self.0.profile = profile;
        self
    }

    /// Confidence level of all intervals, between 0 and 1.
    #[must_use]
    pub fn level(mut self, level: f64) -> Self {
        self.0.level = level;
        self
    }

    /// Scoring steps allowed, 1 or more.
    #[must_use]
    pub fn max_iterations(mut self, steps: usize) -> Self {
        self.0.max_iterations = steps;
        self
    }

    /// Largest distance to the optimum, in standard errors, that counts as converged; 1e-10 by default.
    #[must_use]
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.0.tolerance = tolerance;
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// [`FitError::Setting`] names the first one outside its range.
    pub fn validated(&self) -> Result<&ValidFirth, FitError> {
        let settings = &self.0;
        check_common(settings.level, settings.tolerance, settings.max_iterations)?;
        Ok(settings)
    }

    /// Fits the sample. Takes O(rows x columns²) a step and some ten to thirty steps.
    ///
    /// # Errors
    /// [`FitError`] for settings out of range, one class only, too few rows, repeated columns, too few iterations.
    pub fn fit_sample(&self, sample: &Sample<'_>) -> Result<LogisticModel, FitError> {
        self.validated()?.fit_sample_observed(sample, &mut unobserved)
    }

    /// As [`Self::fit_sample`]; `observer` hears of every step and may stop the fit.
    ///
    /// # Errors
    /// As [`Self::fit_sample`], and [`FitError::Cancelled`] where the observer breaks.
    pub fn fit_sample_observed(
        &self,
        sample: &Sample<'_>,
        observer: &mut dyn FnMut(&FitProgress) -> ControlFlow<()>,
    ) -> Result<LogisticModel, FitError> {
        self.validated()?.fit_sample_observed(sample, observer)
    }
}

/// The settings that both regressions share.
pub(super) fn check_common(
    level: f64,
    tolerance: f64,
    max_iterations: usize,
) -> Result<(), FitError> {
    let refuse = |setting, value, allowed| Err(FitError::Setting { setting, value, allowed });
    if !(level > 0.0 && level < 1.0) {
        return refuse("level", level, "between 0 and 1");
    }
    if !(tolerance > 0.0 && tolerance <= 1e-3) {
        return refuse("tolerance", tolerance, "above 0 and at most 0.001");
    }
    if max_iterations == 0 {
        return refuse("max_iterations", 0.0, "1 or more");
    }
    Ok(())
}

impl ValidFirth {
    pub(crate) fn fit_sample_observed(
        &self,
        sample: &Sample<'_>,
        observer: &mut Observer<'_>,
    ) -> Result<LogisticModel, FitError> {
        let names = sample.columns.names();
        let design = sample.columns.design(self.intercept);
        let lead = usize::from(self.intercept);
        let width = names.len() + lead;
        let signs = sign_places(&self.signs, names, lead)?;
        let problem = DesignProblem {
            labels: &sample.labels,
            weights: sample.weights,
            offset: sample.offset,
            ridge: vec![0.0; width],
            start: None,
            options: NewtonOptions::default(),
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
        // Columns that repeat each other do so everywhere: find and name them before the first step.
        penalised.state(&vec![0.0; width]).map_err(|place| FitError::Collinear {
            column: names.get(place.saturating_sub(lead)).cloned().unwrap_or_default(),
        })?;
        let floor = problem.gradient_floor();
        let (reached, kept) = self.maximise(&penalised, &signs, floor, observer)?;
        let stopped = || not_converged(reached.iterations);
        let state = penalised.state(&reached.theta).map_err(|_| stopped())?;
        let value = state.value;
        let part = Held { objective: &penalised, free: &kept, width };
        let keep = |matrix: &Array2<f64>| {
            Array2::from_shape_fn((kept.len(), kept.len()), |(j, k)| matrix[[kept[j], kept[k]]])
        };
        let augmented = penalised.augmented(&state);
        let augmented = Factor::new(&keep(&augmented), 1e-14).map_err(|_| stopped())?.inverse();
        let information = keep(&state.information);
        let optimum = Optimum {
            coefficients: reached.theta,
            gradient: part.pick(&state.gradient),
            factor: Factor::new(&information, 1e-14).map_err(|_| stopped())?,
            information,
            point: state.point,
            decrement: reached.decrement,
            iterations: reached.iterations,
        };
        let solved = Solved { optimum, scaling: scaling.clone(), intercept: self.intercept };
        let fitted = Fitted {
            method: Method::Firth,
            solved: &solved,
            kept: &kept,
            signs: &signs,
            floor,
            robust: self.robust,
            profile: self.profile.then_some(&penalised as _),
            augmented: Some(augmented),
            penalized_log_likelihood: Some(value + penalised.scale_term(self.intercept)),
            level: self.level,
            options: NewtonOptions::default(),
        };
        assemble(&design, sample, &task, &fitted, observer)
    }

    /// The maximum under the sign constraints, and the places that are not held at 0.
    fn maximise(
        &self,
        penalised: &PenalisedLikelihood<'_>,
        signs: &[Option<Sign>],
        floor: f64,
        observer: &mut Observer<'_>,
    ) -> Result<(Reached, Vec<usize>), FitError> {
        let width = signs.len();
        let all: Vec<usize> = (0..width).collect();
        let whole = self.ascend(penalised, vec![0.0; width], observer)?;
        if signs.iter().all(Option::is_none) {
            return Ok((whole, all));
        }
        let places = free_at_first(signs, Some(&whole.theta));
        let pull_at =
            |theta: &[f64]| Ok(penalised.expand(theta).ok_or_else(|| not_converged(0))?.gradient);
        let solve = |free: &[usize], near: &[f64]| {
            let held = Held { objective: penalised, free, width };
            let mut reached = self.ascend(&held, held.pick(near), observer)?;
            reached.theta = held.spread(&reached.theta);
            Ok(Trial {
                pull: pull_at(&reached.theta)?,
                theta: reached.theta.clone(),
                rest: reached,
            })
        };
        let at_zero = || pull_at(&vec![0.0; width]).unwrap_or_else(|_: FitError| vec![0.0; width]);
        let (trial, kept) = active_set(signs, floor, places, vec![0.0; width], &at_zero, solve)?;
        Ok((trial.rest, kept))
    }

    /// Steps with the information in the place of the curvature, corrected by what earlier steps have shown of it.
    fn ascend(
        &self,
        objective: &dyn Objective,
        mut theta: Vec<f64>,
        observer: &mut Observer<'_>,
    ) -> Result<Reached, FitError> {
        let mut before = f64::INFINITY;
        let mut secants = Secants::new(objective);
        for iterations in 0..=self.max_iterations {
            let Expansion { value, gradient, information } =
                objective.expand(&theta).ok_or_else(|| not_converged(iterations))?;
            let factor = Factor::new(&information, 1e-13).map_err(|_| not_converged(iterations))?;
            let plain = factor.solve(&gradient);
            let decrement = product(&plain, &gradient).max(0.0).sqrt();
            let progress =
                FitProgress::Step { iteration: iterations, log_likelihood: value, decrement };
            if observer(&progress).is_break() {
                return Err(FitError::Cancelled);
            }
            if decrement <= self.tolerance || (decrement <= 1e-8 && decrement > 0.5 * before) {
                return Ok(Reached { theta, decrement, iterations });
            }
            before = decrement;
            secants.learn(&theta, &gradient);
            let corrected = secants.solve(&factor, &gradient);
            let up = product(&corrected, &gradient);
            let (step, gain) =
                if up > 0.0 { (corrected, up) } else { (plain, decrement * decrement) };
            // Long steps leave the region where the information stands for the curvature.
            let longest = step.iter().fold(0.0_f64, |top, s| top.max(s.abs()));
            let mut length = (5.0 / longest).min(1.0);
            let slack = 1e-12 * value.abs().max(1e-3);
            theta = loop {
                let next: Vec<f64> = theta.iter().zip(&step).map(|(b, s)| b + length * s).collect();
                if objective
                    .value(&next)
                    .is_some_and(|after| after >= value + 1e-4 * length * gain - slack)
                {
                    break next;
                }
                length *= 0.5;
                if length < 1e-10 {
                    return Err(not_converged(iterations));
                }
            };
        }
        Err(not_converged(self.max_iterations))
    }
}

fn not_converged(iterations: usize) -> FitError {
    FitError::NotConverged { what: "Firth's method", iterations }
}

/// Where the steps ended, on the standardised scale.
struct Reached {
    theta: Vec<f64>,
    decrement: f64,
    iterations: usize,
}
