//! The logistic regression that users get by default.

use std::ops::ControlFlow;

use super::assemble::assemble;
use super::fitted::Fitted;
use super::model::LogisticModel;
use super::objective::Likelihood;
use super::progress::{FitProgress, Observer, unobserved};
use super::report::{Method, Penalty};
use super::settings::{Settings, Sign, common_setters};
use super::signs::maximise_with_signs;
use super::warning::FitWarning;
use super::{FitError, Sample};
use crate::research::numeric::{DesignProblem, NewtonOptions, Task};

/// A rough start is worth its while above a few times this many rows.
const SMALL_SAMPLE: usize = 10_000;

/// A penalty beyond this leaves nothing of the data in floating point.
const MOST_RIDGE: f64 = 1e100;

/// Weights for the two classes, times the case weights.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum ClassWeights {
    /// 1 for both.
    #[default]
    Equal,
    /// Total weight over twice the weight of the class, as scikit-learn's `balanced`.
    Balanced,
    /// As given.
    Given {
        /// For rows with the outcome.
        with: f64,
        /// For rows without it.
        without: f64,
    },
}

/// How the ridge penalty reads the coefficients.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Ridge {
    /// On the scale of the columns as given.
    Given(f64),
    /// For columns brought to standard deviation 1.
    Standardised(f64),
}

/// Settings of a logistic regression whose ranges have been checked; see [`Logistic`].
#[derive(Debug, Clone, PartialEq)]
pub struct ValidLogistic {
    pub(crate) common: Settings,
    pub(crate) ridge: Ridge,
    pub(crate) class_weights: ClassWeights,
}

/// Logistic regression by Newton's method with certified convergence.
///
/// The estimate maximises `sum w (y eta - ln(1 + exp(eta))) - ridge / 2 * sum coefficient²`; the
/// intercept is not penalised. Columns are standardised inside, coefficients reported on the
/// scale of the columns. Separated or repeated columns and fits that do not converge are errors.
///
/// ```
/// use caserank::research::fit::{Columns, Logistic, Sample};
/// let x = vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
/// let columns = Columns::builder(6).numbers("reports", x)?.build();
/// let sample = Sample::new(&columns, &[false, false, true, false, true, true])?;
/// let model = Logistic::new().with_profile().fit_sample(&sample)?;
/// let reports = model.report().estimate("reports").expect("the column is there");
/// assert!(reports.estimate > 0.0);
/// assert!(reports.profile.is_some_and(|interval| interval.lower < reports.estimate));
/// # Ok::<(), caserank::research::fit::FitError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Logistic(pub(crate) ValidLogistic);

impl Default for Logistic {
    fn default() -> Self {
        Self::new()
    }
}

impl Logistic {
    /// No penalty, an intercept, equal class weights, no sign constraints, 95% intervals.
    #[must_use]
    pub fn new() -> Self {
        Self(ValidLogistic {
            common: Settings::new(NewtonOptions::default().max_iterations),
            ridge: Ridge::Given(0.0),
            class_weights: ClassWeights::Equal,
        })
    }

    /// Ridge penalty on coefficients as given; linfa's `alpha`, scikit-learn's `1 / C`. 0 or more.
    #[must_use]
    pub fn ridge(mut self, penalty: f64) -> Self {
        self.0.ridge = Ridge::Given(penalty);
        self
    }

    /// Ridge penalty on coefficients per standard deviation of their column. 0 or more.
    #[must_use]
    pub fn ridge_standardised(mut self, penalty: f64) -> Self {
        self.0.ridge = Ridge::Standardised(penalty);
        self
    }

    /// Weights for the two classes. They shift intercept and probabilities, and the model's errors and tests do not hold
    /// then, which the report says.
    #[must_use]
    pub fn class_weights(mut self, class_weights: ClassWeights) -> Self {
        self.0.class_weights = class_weights;
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// [`FitError::Setting`] names the first one outside its range.
    pub fn validated(&self) -> Result<&ValidLogistic, FitError> {
        let settings = &self.0;
        let (Ridge::Given(ridge) | Ridge::Standardised(ridge)) = settings.ridge;
        let refuse = |setting, value, allowed| Err(FitError::Setting { setting, value, allowed });
        if !(0.0..=MOST_RIDGE).contains(&ridge) {
            return refuse("ridge", ridge, "from 0 to 1e100");
        }
        settings.common.check()?;
        if let ClassWeights::Given { with, without } = settings.class_weights {
            for weight in [with, without] {
                if !(1e-100..=1e100).contains(&weight) {
                    return refuse("class weight", weight, "from 1e-100 to 1e100");
                }
            }
        }
        Ok(settings)
    }

    /// Fits the sample.
    ///
    /// # Errors
    /// [`FitError`] for settings out of range, unknown column names, and every reason why there is no
    /// certified optimum: one class only, too few rows, separation, repeated columns, too few iterations.
    pub fn fit_sample(&self, sample: &Sample<'_>) -> Result<LogisticModel, FitError> {
        self.validated()?.fit_sample_observed(sample, &mut unobserved)
    }
}

common_setters!(Logistic);

impl ValidLogistic {
    /// Case weights times class weights, or `None` where all are 1.
    fn weights(&self, sample: &Sample<'_>) -> Option<Vec<f64>> {
        let (with, without) = match self.class_weights {
            ClassWeights::Equal => return sample.weights.map(|weights| weights.to_vec()),
            ClassWeights::Given { with, without } => (with, without),
            ClassWeights::Balanced => {
                let total = sample.total_weight();
                let events: f64 = sample
                    .labels
                    .iter()
                    .enumerate()
                    .map(|(row, label)| label * sample.weight(row))
                    .sum();
                (total / (2.0 * events), total / (2.0 * (total - events)))
            }
        };
        let weight = |(row, label): (usize, &f64)| {
            sample.weight(row) * if *label > 0.5 { with } else { without }
        };
        Some(sample.labels.iter().enumerate().map(weight).collect())
    }

    /// Coefficients from every so many-th row, which save whole passes over large samples.
    fn rough_start(
        &self,
        sample: &Sample<'_>,
        weights: Option<&[f64]>,
        problem: &DesignProblem<'_>,
    ) -> Option<Vec<f64>> {
        let rows = sample.labels.len();
        let step = rows / SMALL_SAMPLE.max(40 * problem.ridge.len());
        if step < 4 || !self.common.signs.is_empty() {
            return None;
        }
        let kept: Vec<usize> = (0..rows).step_by(step).collect();
        let pick = |values: &[f64]| kept.iter().map(|row| values[*row]).collect::<Vec<f64>>();
        let columns = sample.columns.select_rows(&kept);
        let (labels, weights, offset) =
            (pick(&sample.labels), weights.map(pick), sample.offset.map(pick));
        let options = NewtonOptions { tolerance: 0.1, shows_existence: false, ..problem.options };
        let rough = DesignProblem {
            labels: &labels,
            weights: weights.as_deref(),
            offset: offset.as_deref(),
            ridge: problem.ridge.iter().map(|ridge| ridge / step as f64).collect(),
            start: None,
            options,
        };
        let solved = rough
            .solve(&columns.design(self.common.intercept), &mut |_| ControlFlow::Continue(()))
            .ok()?;
        Some(solved.scaling.given(&solved.optimum.coefficients, self.common.intercept))
    }

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
        let design = sample.columns.design(settings.intercept);
        let lead = settings.lead();
        sample.check_clusters()?;
        if let Some(label) = sample.single_class() {
            return Err(FitError::OneClass { label });
        }
        let weights = self.weights(sample);
        let options = NewtonOptions {
            max_iterations: settings.max_iterations,
            tolerance: settings.tolerance,
            shows_existence: true,
        };
        let mut ridge = vec![0.0; names.len() + lead];
        let mut problem = DesignProblem {
            labels: &sample.labels,
            weights: weights.as_deref(),
            offset: sample.offset,
            ridge: ridge.clone(),
            start: None,
            options,
        };
        match self.ridge {
            Ridge::Given(penalty) => ridge[lead..].fill(penalty),
            Ridge::Standardised(penalty) if penalty > 0.0 => {
                let scaling = problem
                    .checked_scaling(&design)
                    .map_err(|error| FitError::named(error, names))?;
                for (ridge, scale) in ridge[lead..].iter_mut().zip(&scaling.scale[lead..]) {
                    *ridge = penalty * scale * scale;
                }
            }
            Ridge::Standardised(_) => {}
        }
        problem.ridge = ridge;
        problem.start = self.rough_start(sample, weights.as_deref(), &problem);
        let signs = settings.signs_of(names)?;
        let (solved, kept) = maximise_with_signs(&problem, &design, &signs, names, observer)?;
        let penalty = problem
            .ridge
            .iter()
            .zip(&solved.scaling.scale)
            .map(|(ridge, scale)| ridge / (scale * scale))
            .collect();
        let task = Task {
            labels: problem.labels,
            weights: problem.weights,
            offset: problem.offset,
            penalty,
        };
        let likelihood = Likelihood { design: &design, scaling: &solved.scaling, task: &task };
        let fitted = Fitted {
            method: Method::Logistic,
            penalty: match self.ridge {
                Ridge::Given(0.0) | Ridge::Standardised(0.0) => Penalty::None,
                Ridge::Given(penalty) => Penalty::Ridge(penalty),
                Ridge::Standardised(penalty) => Penalty::RidgeStandardised(penalty),
            },
            solved: &solved,
            kept: &kept,
            signs: &signs,
            floor: problem.gradient_floor(),
            settings,
            profile: settings.profile.then_some(&likelihood as _),
            augmented: None,
            penalised: None,
            options,
        };
        let mut model = assemble(&design, sample, &task, &fitted, observer)?;
        if self.class_weights != ClassWeights::Equal
            && !model.report.warnings.contains(&FitWarning::ClassWeights)
        {
            model.report.warnings.push(FitWarning::ClassWeights);
        }
        Ok(model)
    }
}
