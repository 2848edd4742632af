//! Logistic regression by Newton's method, on plain arrays.
//!
//! Columns are standardised inside and results reported on the caller's scale. Sums
//! run over parts of the rows that depend on the number of rows alone, so a fit has
//! the same bits for any number of threads. Convergence is certified by the Newton
//! decrement, the distance to the optimum in units of the standard error, which does
//! not change when columns are rescaled or recombined (Boyd and Vandenberghe 2004,
//! "Convex Optimization", 9.5.1).

use std::ops::ControlFlow;

use ndarray::{Array1, ArrayView1, ArrayView2};

use super::logistic_algebra::{sandwich, times};
use super::logistic_dense::DenseDesign;
use super::logistic_design::{Design, Scaling};
use super::logistic_error::LogisticError;
use super::logistic_fit::LogisticFit;
use super::logistic_newton::{Optimum, maximise};
use super::logistic_point::Task;

/// Limits for the iterations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NewtonOptions {
    /// Newton steps allowed; default 100.
    pub(crate) max_iterations: usize,
    /// Largest distance to the optimum that counts as converged, in standard errors; default 1e-10.
    ///
    /// Where rounding stops the progress earlier, up to 1e-6 is accepted and the
    /// distance reached is reported in [`LogisticFit::decrement`].
    pub(crate) tolerance: f64,
    /// Whether an end counts only once a finite maximum was shown to exist; where it is but a start for other
    /// iterations, these show it. Default true.
    pub(crate) shows_existence: bool,
}

impl Default for NewtonOptions {
    fn default() -> Self {
        Self { max_iterations: 100, tolerance: 1e-10, shows_existence: true }
    }
}

/// Where a fit stands; given to the observer before every step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NewtonProgress {
    /// Steps taken so far.
    pub(crate) iteration: usize,
    /// Log-likelihood now, without the penalty.
    pub(crate) log_likelihood: f64,
    /// Estimated distance to the optimum, in standard errors.
    pub(crate) decrement: f64,
}

/// A logistic regression to solve: `P(label = 1) = 1 / (1 + exp(-(offset + intercept + row . coefficients)))`.
#[derive(Debug, Clone)]
pub(crate) struct LogisticProblem<'a> {
    design: ArrayView2<'a, f64>,
    labels: ArrayView1<'a, f64>,
    weights: Option<ArrayView1<'a, f64>>,
    offset: Option<ArrayView1<'a, f64>>,
    ridge: Option<ArrayView1<'a, f64>>,
    options: NewtonOptions,
}

impl<'a> LogisticProblem<'a> {
    /// A problem with an intercept, no weights, no offset and no penalty.
    ///
    /// `design` is rows x columns, any memory order, and may have no columns; `labels`
    /// has one entry a row, from 0 to 1 (fractions serve smoothed targets).
    #[must_use]
    pub(crate) fn new(design: ArrayView2<'a, f64>, labels: ArrayView1<'a, f64>) -> Self {
        Self {
            design,
            labels,
            weights: None,
            offset: None,
            ridge: None,
            options: NewtonOptions::default(),
        }
    }

    /// Case weights, one a row, 0 or more. They multiply each row's log-likelihood.
    #[must_use]
    pub(crate) fn weights(mut self, weights: ArrayView1<'a, f64>) -> Self {
        self.weights = Some(weights);
        self
    }

    /// A known part of the linear predictor, one entry a row, whose coefficient is fixed at 1.
    #[must_use]
    pub(crate) fn offset(mut self, offset: ArrayView1<'a, f64>) -> Self {
        self.offset = Some(offset);
        self
    }

    /// Ridge penalties, one a column, 0 or more: the objective loses `ridge / 2 * coefficient^2`.
    ///
    /// Coefficients are taken on the scale of the columns as given; the intercept is never penalised.
    #[must_use]
    pub(crate) fn ridge(mut self, ridge: ArrayView1<'a, f64>) -> Self {
        self.ridge = Some(ridge);
        self
    }

    /// Limits for the iterations.
    #[cfg(test)]
    #[must_use]
    pub(crate) fn options(mut self, options: NewtonOptions) -> Self {
        self.options = options;
        self
    }

    /// Finds the maximum of the (penalised) log-likelihood.
    ///
    /// Takes O(rows x columns^2) a step for the few steps that renew the information
    /// and O(rows x columns) for the others; 24 bytes a row beside the design.
    ///
    /// # Errors
    /// [`LogisticError`] says what is wrong with the input, or why there is no certified optimum:
    /// too few rows, one class only, columns that separate the labels or repeat each other, too few iterations.
    pub(crate) fn solve(&self) -> Result<LogisticFit, LogisticError> {
        self.solve_observed(&mut |_| ControlFlow::Continue(()))
    }

    /// As [`Self::solve`], telling `observer` the progress before every step; it may stop the fit.
    ///
    /// # Errors
    /// As [`Self::solve`], and [`LogisticError::Cancelled`] where the observer breaks.
    pub(crate) fn solve_observed(
        &self,
        observer: &mut dyn FnMut(&NewtonProgress) -> ControlFlow<()>,
    ) -> Result<LogisticFit, LogisticError> {
        let dense = DenseDesign::new(self.design, true);
        check_finite_matrix(self.design)?;
        let mut ridge = vec![0.0; dense.width()];
        if let Some(given) = self.ridge {
            check_length("ridge", given.len(), self.design.ncols())?;
            for (target, value) in ridge[1..].iter_mut().zip(given) {
                *target = *value;
            }
        }
        let labels = self.labels.to_vec();
        let weights = self.weights.map(|weights| weights.to_vec());
        let offset = self.offset.map(|offset| offset.to_vec());
        let problem = DesignProblem {
            labels: &labels,
            weights: weights.as_deref(),
            offset: offset.as_deref(),
            ridge,
            start: None,
            options: self.options,
        };
        Ok(problem.solve(&dense, observer)?.on_given_scale())
    }
}

/// The same problem over any stored form of the design.
pub(crate) struct DesignProblem<'a> {
    pub(crate) labels: &'a [f64],
    pub(crate) weights: Option<&'a [f64]>,
    pub(crate) offset: Option<&'a [f64]>,
    /// One entry a coefficient, on the given scale.
    pub(crate) ridge: Vec<f64>,
    pub(crate) start: Option<Vec<f64>>,
    pub(crate) options: NewtonOptions,
}

/// An optimum with the scaling that leads back to the caller's columns.
#[derive(Debug)]
pub(crate) struct Solved {
    pub(crate) optimum: Optimum,
    pub(crate) scaling: Scaling,
    pub(crate) intercept: bool,
}

impl DesignProblem<'_> {
    pub(crate) fn solve(
        &self,
        design: &dyn Design,
        observer: &mut dyn FnMut(&NewtonProgress) -> ControlFlow<()>,
    ) -> Result<Solved, LogisticError> {
        let scaling = self.checked_scaling(design)?;
        let unit = self.weight_unit();
        let weights: Option<Vec<f64>> = (unit != 1.0)
            .then(|| self.weights.unwrap_or(&[]).iter().map(|weight| weight / unit).collect());
        let penalty: Vec<f64> = self
            .ridge
            .iter()
            .zip(&scaling.scale)
            .map(|(ridge, scale)| ridge / (scale * scale) / unit)
            .collect();
        let task = Task {
            labels: self.labels,
            weights: weights.as_deref().or(self.weights),
            offset: self.offset,
            penalty,
        };
        let start = match &self.start {
            Some(start) => {
                check_length("start", start.len(), design.width())?;
                check_finite("start", start.iter())?;
                scaling.standardised(start, design.has_intercept())
            }
            None => vec![0.0; design.width()],
        };
        let mut optimum = maximise(design, &scaling, &task, start, &self.options, observer)?;
        if unit != 1.0 {
            optimum.weigh(unit);
        }
        Ok(Solved { optimum, scaling, intercept: design.has_intercept() })
    }

    /// What the weights are divided by, so that limits in standard errors mean the same at any scale of them: a power of
    /// 4, whose root is exact; 1 for weights of ordinary size.
    fn weight_unit(&self) -> f64 {
        let heaviest = self.weights.map_or(1.0, |w| w.iter().copied().fold(0.0, f64::max));
        if (1.0 / 1024.0..=1024.0).contains(&heaviest) || heaviest == 0.0 {
            return 1.0;
        }
        4.0_f64.powi((0.5 * heaviest.log2()).floor().clamp(-500.0, 500.0) as i32)
    }

    /// Checks the input, then measures the columns.
    pub(crate) fn checked_scaling(&self, design: &dyn Design) -> Result<Scaling, LogisticError> {
        self.check(design)?;
        Ok(design.scaling(self.weights))
    }

    /// The same problem for the coefficients at these places alone.
    pub(crate) fn restricted(&self, columns: &[usize]) -> DesignProblem<'_> {
        DesignProblem {
            ridge: columns.iter().map(|column| self.ridge[*column]).collect(),
            start: None,
            options: self.options,
            ..*self
        }
    }

    /// Weighted label minus probability when all coefficients are 0.
    pub(crate) fn residual_at_zero(&self, design: &dyn Design) -> Vec<f64> {
        (0..design.rows())
            .map(|row| {
                let eta = self.offset.map_or(0.0, |offset| offset[row]);
                let weight = self.weights.map_or(1.0, |weights| weights[row]);
                weight * (self.labels[row] - 1.0 / (1.0 + (-eta).exp()))
            })
            .collect()
    }

    /// A standardised gradient below this is rounding.
    pub(crate) fn gradient_floor(&self) -> f64 {
        1e-9 * (self.labels.len() as f64).sqrt()
    }

    fn check(&self, design: &dyn Design) -> Result<(), LogisticError> {
        let rows = design.rows();
        if design.width() == 0 {
            return Err(LogisticError::NoColumns);
        }
        check_length("labels", self.labels.len(), rows)?;
        check_range("labels", self.labels.iter(), 1.0, "from 0 to 1")?;
        if let Some(weights) = self.weights {
            check_length("weights", weights.len(), rows)?;
            check_range("weights", weights.iter(), f64::MAX, "finite and 0 or more")?;
        }
        if let Some(offset) = self.offset {
            check_length("offset", offset.len(), rows)?;
            check_finite("offset", offset.iter())?;
        }
        check_range("ridge", self.ridge.iter(), f64::MAX, "finite and 0 or more")?;
        let weight = |row: usize| self.weights.map_or(1.0, |weights| weights[row]);
        let used = (0..rows).filter(|row| weight(*row) > 0.0);
        let (mut count, mut zeros, mut ones) = (0, true, true);
        for row in used {
            count += 1;
            zeros &= self.labels[row] == 0.0;
            ones &= self.labels[row] == 1.0;
        }
        let free = self.ridge.iter().filter(|ridge| **ridge == 0.0).count();
        if count < free.max(1) {
            return Err(LogisticError::TooFewRows { rows: count, coefficients: free });
        }
        if zeros || ones {
            return Err(LogisticError::OneClass { label: if ones { 1.0 } else { 0.0 } });
        }
        Ok(())
    }
}

impl Solved {
    /// Everything on the caller's scale.
    pub(crate) fn on_given_scale(self) -> LogisticFit {
        let Self { optimum, scaling, intercept } = self;
        let to_given = scaling.to_given(intercept);
        let to_standardised = scaling.to_standardised(intercept);
        let covariance = sandwich(&to_given, &optimum.factor.inverse());
        let back = to_standardised.t().to_owned();
        let information = sandwich(&back, &optimum.information);
        let gradient = Array1::from(times(&back, &optimum.gradient));
        LogisticFit {
            coefficients: Array1::from(scaling.given(&optimum.coefficients, intercept)),
            covariance,
            information,
            log_likelihood: optimum.point.log_likelihood,
            iterations: optimum.iterations,
            gradient,
            decrement: optimum.decrement,
            intercept,
        }
    }
}

pub(crate) fn check_length(
    what: &'static str,
    found: usize,
    expected: usize,
) -> Result<(), LogisticError> {
    if found == expected { Ok(()) } else { Err(LogisticError::Length { what, found, expected }) }
}

fn check_finite<'a>(
    what: &'static str,
    values: impl Iterator<Item = &'a f64>,
) -> Result<(), LogisticError> {
    for (row, value) in values.enumerate() {
        if !value.is_finite() {
            return Err(LogisticError::NotFinite { what, row, column: 0, value: *value });
        }
    }
    Ok(())
}

pub(crate) fn check_finite_matrix(matrix: ArrayView2<'_, f64>) -> Result<(), LogisticError> {
    for ((row, column), value) in matrix.indexed_iter() {
        if !value.is_finite() {
            return Err(LogisticError::NotFinite { what: "design", row, column, value: *value });
        }
    }
    Ok(())
}

fn check_range<'a>(
    what: &'static str,
    values: impl Iterator<Item = &'a f64>,
    most: f64,
    allowed: &'static str,
) -> Result<(), LogisticError> {
    for (place, value) in values.enumerate() {
        if !(0.0..=most).contains(value) {
            return Err(LogisticError::OutOfRange { what, place, value: *value, allowed });
        }
    }
    Ok(())
}
