//! Firth's bias-reduced logistic regression: finite answers where columns separate the labels.

use std::ops::ControlFlow;

use ndarray::Array2;

use super::ascent::{Ascent, Reached};
use super::assemble::assemble;
use super::firth_likelihood::PenalisedLikelihood;
use super::firth_maximum::{certified, without_columns};
use super::fitted::{Fitted, Penalised};
use super::objective::{Held, Objective};
use super::progress::{FitProgress, Observer, unobserved};
use super::report::{Method, Penalty};
use super::settings::{Settings, Sign, common_setters};
use super::signs::{Trial, active_set, free_at_first};
use super::{FitError, LogisticModel, Sample};
use crate::research::numeric::{DesignProblem, Factor, NewtonOptions, Optimum, Solved, Task};

/// Settings of Firth's regression whose ranges have been checked; see [`Firth`].
#[derive(Debug, Clone, PartialEq)]
pub struct ValidFirth {
    pub(crate) common: Settings,
}

/// Logistic regression that maximises the likelihood times the root of the information's determinant (Firth 1993).
///
/// The estimate is finite for separated data (Heinze and Schemper 2002), and a maximum: the curvature is checked, saddle
/// points are left, and where the data do not outweigh the penalty the climb is repeated from other points. Two standard errors go by
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
        Self(ValidFirth { common: Settings::new(1_000) })
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// [`FitError::Setting`] names the first one outside its range.
    pub fn validated(&self) -> Result<&ValidFirth, FitError> {
        self.0.common.check()?;
        Ok(&self.0)
    }

    /// Fits the sample. Takes O(rows x columns²) a step and some ten to thirty steps.
    ///
    /// # Errors
    /// [`FitError`] for settings out of range, one class only, too few rows, repeated columns, too few iterations.
    pub fn fit_sample(&self, sample: &Sample<'_>) -> Result<LogisticModel, FitError> {
        self.validated()?.fit_sample_observed(sample, &mut unobserved)
    }
}

common_setters!(Firth);

impl ValidFirth {
    pub(crate) fn fit_sample_observed(
        &self,
        sample: &Sample<'_>,
        observer: &mut Observer<'_>,
    ) -> Result<LogisticModel, FitError> {
        self.maximum(sample, observer).map_err(|error| error.about(sample))
    }

    fn maximum(
        &self,
        sample: &Sample<'_>,
        observer: &mut Observer<'_>,
    ) -> Result<LogisticModel, FitError> {
        let names = sample.columns.names();
        let settings = &self.common;
        let lead = settings.lead();
        let design = sample.columns.design(settings.intercept);
        let width = names.len() + lead;
        let signs = settings.signs_of(names)?;
        sample.check_clusters()?;
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
        let ascent = Ascent {
            what: "Firth's method",
            max_iterations: settings.max_iterations,
            tolerance: settings.tolerance,
        };
        let (empty, at_empty) = without_columns(&penalised, ascent, lead)?;
        let (reached, kept) = maximise(&penalised, ascent, &signs, floor, &at_empty, observer)?;
        let stopped = || ascent.not_converged(reached.iterations);
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
        let solved = Solved { optimum, scaling: scaling.clone(), intercept: settings.intercept };
        let scale_term = penalised.scale_term(settings.intercept);
        let fitted = Fitted {
            method: Method::Firth,
            penalty: Penalty::Firth,
            solved: &solved,
            kept: &kept,
            signs: &signs,
            floor,
            settings,
            profile: settings.profile.then_some(&penalised as _),
            augmented: Some(augmented),
            penalised: Some(Penalised { value: value + scale_term, empty: empty + scale_term }),
            options: NewtonOptions::default(),
        };
        assemble(&design, sample, &task, &fitted, observer)
    }
}

/// The maximum under the sign constraints, and the places that are not held at 0.
fn maximise(
    penalised: &PenalisedLikelihood<'_>,
    ascent: Ascent,
    signs: &[Option<Sign>],
    floor: f64,
    at_empty: &[f64],
    observer: &mut Observer<'_>,
) -> Result<(Reached, Vec<usize>), FitError> {
    let width = signs.len();
    let all: Vec<usize> = (0..width).collect();
    let whole = ascent.climb(penalised, vec![0.0; width], observer)?;
    if signs.iter().all(Option::is_none) {
        let others = [at_empty.to_vec()];
        return Ok((certified(penalised, ascent, &all, whole, &others, observer)?, all));
    }
    let first_free = free_at_first(signs, Some(&whole.theta));
    let pull_at = |theta: &[f64]| {
        Ok(penalised.expand(theta).ok_or_else(|| ascent.not_converged(0))?.gradient)
    };
    let solve = |free: &[usize], near: &[f64]| {
        let held = Held { objective: penalised, free, width };
        let reached = ascent.climb(&held, held.pick(near), observer)?;
        let mut reached = certified(penalised, ascent, free, reached, &[], observer)?;
        reached.theta = held.spread(&reached.theta);
        Ok(Trial { pull: pull_at(&reached.theta)?, theta: reached.theta.clone(), rest: reached })
    };
    let at_zero = || pull_at(&vec![0.0; width]).unwrap_or_else(|_: FitError| vec![0.0; width]);
    let (trial, kept) = active_set(signs, floor, first_free, vec![0.0; width], &at_zero, solve)?;
    Ok((trial.rest, kept))
}
