//! Newton's method with step control for a penalised binomial log-likelihood.

use std::ops::ControlFlow;

use ndarray::Array2;

use super::logistic_algebra::{Factor, SmallPivot};
use super::logistic_design::{Design, Scaling};
use super::logistic_error::LogisticError;
use super::logistic_point::{Point, Task, evaluate};
use super::logistic_separation::{Existence, existence, existence_at};
use super::{NewtonOptions, NewtonProgress};

/// A pivot below this share of its diagonal entry is a repeated column.
const PIVOT_LIMIT: f64 = 1e-13;
/// Where rounding stops further progress, this distance (in standard errors) still counts as converged.
const ROUNDING_FLOOR: f64 = 1e-6;
/// The information is reused while a step shrinks the distance at least this much.
const GOOD_CONTRACTION: f64 = 0.1;

/// Where the iterations ended, on the standardised scale.
#[derive(Debug)]
pub(crate) struct Optimum {
    pub(crate) coefficients: Vec<f64>,
    pub(crate) point: Point,
    pub(crate) gradient: Vec<f64>,
    pub(crate) information: Array2<f64>,
    pub(crate) factor: Factor,
    pub(crate) decrement: f64,
    pub(crate) iterations: usize,
}

impl Optimum {
    /// The optimum of the same problem with all weights and penalties this many times as large.
    pub(super) fn weigh(&mut self, unit: f64) {
        self.point.log_likelihood *= unit;
        for values in [&mut self.point.residual, &mut self.point.curvature, &mut self.gradient] {
            values.iter_mut().for_each(|value| *value *= unit);
        }
        self.information.mapv_inplace(|value| value * unit);
        self.factor.scale(unit);
        self.decrement *= unit.sqrt();
    }
}

/// Iterates to the optimum, or says why there is none.
pub(crate) fn maximise(
    design: &dyn Design,
    scaling: &Scaling,
    task: &Task<'_>,
    start: Vec<f64>,
    options: &NewtonOptions,
    observer: &mut dyn FnMut(&NewtonProgress) -> ControlFlow<()>,
) -> Result<Optimum, LogisticError> {
    let mut search = Search::new(design, scaling, task, options, start);
    loop {
        let gradient = search.gradient();
        let step = search.step(&gradient)?;
        let progress = NewtonProgress {
            iteration: search.iterations,
            log_likelihood: search.point.log_likelihood,
            decrement: step.decrement,
        };
        if observer(&progress).is_break() {
            return Err(LogisticError::Cancelled { iterations: search.iterations });
        }
        if search.has_arrived(&step) {
            return search.finish(gradient, step.decrement);
        }
        search.watch(&step)?;
        if search.iterations >= options.max_iterations {
            return Err(search.gave_up(step.decrement));
        }
        search.advance(&step)?;
    }
}

/// The information without the penalty, and the factor of the information with it.
type Curvature = (Array2<f64>, Factor);

/// A Newton step and the distance that it stands for.
struct Step {
    direction: Vec<f64>,
    decrement: f64,
    /// Whether the information is that of this very point.
    fresh: bool,
}

/// Newton's method on its way.
struct Search<'a> {
    design: &'a dyn Design,
    scaling: &'a Scaling,
    task: &'a Task<'a>,
    options: &'a NewtonOptions,
    coefficients: Vec<f64>,
    point: Point,
    /// Memory for the next point.
    spare: Point,
    curvature: Option<Curvature>,
    /// The distance before the last step.
    previous: f64,
    iterations: usize,
    /// Whether a finite maximum has been shown to exist.
    is_finite: bool,
}

impl<'a> Search<'a> {
    fn new(
        design: &'a dyn Design,
        scaling: &'a Scaling,
        task: &'a Task<'a>,
        options: &'a NewtonOptions,
        start: Vec<f64>,
    ) -> Self {
        Self {
            design,
            scaling,
            task,
            options,
            point: evaluate(design, scaling, task, &start),
            coefficients: start,
            spare: Point::default(),
            curvature: None,
            previous: f64::INFINITY,
            iterations: 0,
            is_finite: false,
        }
    }

    fn gradient(&self) -> Vec<f64> {
        let mut gradient = self.design.gradient(self.scaling, &self.point.residual);
        for ((g, penalty), theta) in
            gradient.iter_mut().zip(&self.task.penalty).zip(&self.coefficients)
        {
            *g -= penalty * theta;
        }
        gradient
    }

    /// The step from here: with the information at hand while that serves, with a new one otherwise.
    fn step(&mut self, gradient: &[f64]) -> Result<Step, LogisticError> {
        if let Some((_, factor)) = &self.curvature {
            let step = step_with(factor, gradient, false);
            if step.decrement <= GOOD_CONTRACTION * self.previous
                && step.decrement > self.options.tolerance
            {
                return Ok(step);
            }
        }
        let raw = self.design.information(self.scaling, &self.point.curvature);
        let mut penalised = raw.clone();
        for (j, penalty) in self.task.penalty.iter().enumerate() {
            penalised[[j, j]] += penalty;
        }
        let factor = Factor::new(&penalised, PIVOT_LIMIT).map_err(|small| self.singular(small))?;
        let step = step_with(&factor, gradient, true);
        self.curvature = Some((raw, factor));
        Ok(step)
    }

    /// Whether this is the optimum, or as near to it as rounding lets any step come.
    fn has_arrived(&self, step: &Step) -> bool {
        let stalled = step.decrement <= ROUNDING_FLOOR && step.decrement > 0.5 * self.previous;
        step.fresh && (step.decrement <= self.options.tolerance || stalled)
    }

    /// The optimum, once its existence has been shown: separated data, too, end at a small distance.
    fn finish(self, gradient: Vec<f64>, decrement: f64) -> Result<Optimum, LogisticError> {
        if !self.is_finite && self.options.shows_existence {
            let found = existence_at(
                self.design,
                self.scaling,
                self.task,
                &self.point,
                &self.coefficients,
                decrement,
            );
            match found {
                Existence::Finite => {}
                Existence::Infinite(error) => return Err(error),
                Existence::Unknown => return Err(self.not_converged(decrement)),
            }
        }
        let Some((information, factor)) = self.curvature else {
            return Err(self.not_converged(decrement));
        };
        Ok(Optimum {
            coefficients: self.coefficients,
            point: self.point,
            gradient,
            information,
            factor,
            decrement,
            iterations: self.iterations,
        })
    }

    /// Newton's steps keep their length when the optimum lies at infinity: then asks whether there is one.
    fn watch(&mut self, step: &Step) -> Result<(), LogisticError> {
        let slow = self.iterations >= 4 && step.decrement > 0.2 * self.previous;
        if slow && !self.is_finite && self.hardly_worse_along(&step.direction) {
            match existence(self.design, self.scaling, self.task, &self.coefficients) {
                Existence::Infinite(error) => return Err(error),
                Existence::Finite => self.is_finite = true,
                Existence::Unknown => {}
            }
        }
        Ok(())
    }

    /// Whether a direction lets no row get much worse: the sign of separation, not the proof.
    fn hardly_worse_along(&self, direction: &[f64]) -> bool {
        const MUCH: f64 = 1e-3;
        let mut change = vec![0.0; self.design.rows()];
        self.design.linear(self.scaling, direction, &mut change);
        let limit = MUCH * change.iter().fold(0.0_f64, |top, c| top.max(c.abs()));
        let weight = |row: usize| self.task.weights.map_or(1.0, |weights| weights[row]);
        change.iter().enumerate().filter(|(row, _)| weight(*row) > 0.0).all(|(row, change)| {
            match self.task.labels[row] {
                1.0 => *change >= -limit,
                0.0 => *change <= limit,
                _ => change.abs() <= limit,
            }
        })
    }

    /// Takes the step, halved until the penalised log-likelihood rises.
    fn advance(&mut self, step: &Step) -> Result<(), LogisticError> {
        self.previous = step.decrement;
        self.iterations += 1;
        match self.line_search(step) {
            Some(next) => {
                self.coefficients = next;
                std::mem::swap(&mut self.point, &mut self.spare);
                Ok(())
            }
            // Rounding hides the gain of so small a step: settle here with fresh information.
            None if step.decrement <= ROUNDING_FLOOR && !step.fresh => {
                self.curvature = None;
                Ok(())
            }
            None => Err(self.gave_up(step.decrement)),
        }
    }

    fn line_search(&mut self, step: &Step) -> Option<Vec<f64>> {
        let before = self.value(&self.point, &self.coefficients);
        let slack = 1e-12 * before.abs().max(1e-3);
        let gain = step.decrement * step.decrement;
        let mut length = 1.0;
        for _ in 0..40 {
            let next: Vec<f64> = self
                .coefficients
                .iter()
                .zip(&step.direction)
                .map(|(b, d)| b + length * d)
                .collect();
            self.spare.evaluate(self.design, self.scaling, self.task, &next);
            let after = self.value(&self.spare, &next);
            if after.is_finite() && after >= before + 1e-4 * length * gain - slack {
                return Some(next);
            }
            length *= 0.5;
        }
        None
    }

    /// The penalised log-likelihood.
    fn value(&self, point: &Point, coefficients: &[f64]) -> f64 {
        let penalties = self.task.penalty.iter().zip(coefficients);
        point.log_likelihood
            - 0.5 * penalties.map(|(penalty, theta)| penalty * theta * theta).sum::<f64>()
    }

    fn not_converged(&self, decrement: f64) -> LogisticError {
        LogisticError::NotConverged {
            iterations: self.iterations,
            decrement,
            tolerance: self.options.tolerance,
        }
    }

    /// Why no step helps: separation where there is any, too few iterations otherwise.
    fn gave_up(&self, decrement: f64) -> LogisticError {
        if !self.is_finite
            && let Existence::Infinite(error) =
                existence(self.design, self.scaling, self.task, &self.coefficients)
        {
            return error;
        }
        self.not_converged(decrement)
    }

    /// A vanished pivot means repeated columns, or separation that has flattened the curvature.
    fn singular(&self, small: SmallPivot) -> LogisticError {
        let lead = usize::from(self.design.has_intercept());
        let collinear = |small: SmallPivot| LogisticError::Collinear {
            column: small.pivot_index.saturating_sub(lead),
            pivot: small.pivot,
        };
        let plain = vec![1.0; self.design.rows()];
        let mut gram = self.design.information(self.scaling, self.task.weights.unwrap_or(&plain));
        for (j, penalty) in self.task.penalty.iter().enumerate() {
            gram[[j, j]] += penalty;
        }
        // Columns that repeat each other do so whatever the probabilities are.
        if let Err(repeated) = Factor::new(&gram, PIVOT_LIMIT) {
            return collinear(repeated);
        }
        match existence(self.design, self.scaling, self.task, &self.coefficients) {
            Existence::Infinite(error) => error,
            Existence::Finite | Existence::Unknown => collinear(small),
        }
    }
}

fn step_with(factor: &Factor, gradient: &[f64], fresh: bool) -> Step {
    let direction = factor.solve(gradient);
    let square: f64 = direction.iter().zip(gradient).map(|(s, g)| s * g).sum();
    Step { direction, decrement: square.max(0.0).sqrt(), fresh }
}
