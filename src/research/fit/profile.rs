//! Profile-likelihood intervals and tests, free or under sign constraints.

use ndarray::Array2;

use super::FitError;
use super::fitted::Fitted;
use super::objective::{Constrained, Held, Objective, constrained, product};
use super::progress::{FitProgress, Observer};
use super::report::{INTERCEPT, TestResult};
use super::settings::Sign;
use super::signs::{Trial, active_set};
use crate::base::in_order;
use crate::research::evaluate::{Confidence, Interval, Method};

/// A maximum to profile around.
pub(crate) struct Profile<'a> {
    pub(crate) objective: &'a dyn Objective,
    pub(crate) best: f64,
    pub(crate) theta: &'a [f64],
    /// Square root of the chi-square limit.
    pub(crate) critical: f64,
    pub(crate) confidence: Confidence,
    /// The side of 0 that each coefficient may be on.
    pub(crate) signs: &'a [Option<Sign>],
    /// A gradient below this is rounding.
    pub(crate) floor: f64,
}

/// One coefficient to profile: `functional . theta`, which the coefficient at `place` alone may move at will.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Profiled<'a> {
    pub(crate) name: &'a str,
    pub(crate) parameter: usize,
    pub(crate) functional: &'a [f64],
    /// A first guess of its standard error.
    pub(crate) error: f64,
}

impl Profile<'_> {
    /// Both limits. Under a sign constraint the interval ends at 0 where the likelihood has not fallen far enough there.
    pub(crate) fn interval(&self, of: Profiled<'_>) -> Result<Interval, FitError> {
        let (lower, upper) = (self.limit(of, -1.0)?, self.limit(of, 1.0)?);
        Interval::new(lower, upper, self.confidence, Method::ProfileLikelihood)
            .map_err(|_| FitError::NoWidth { column: of.name.to_owned(), value: lower })
    }

    /// Twice the fall of the log-likelihood when the coefficient is held at 0.
    pub(crate) fn test_of_zero(&self, of: Profiled<'_>) -> Result<TestResult, FitError> {
        let at_zero = self
            .best_at(of, 0.0, self.theta)
            .ok_or(FitError::NotConverged { what: "the likelihood-ratio test", iterations: 200 })?;
        Ok(TestResult::of(2.0 * (self.best - at_zero.value), 1))
    }

    /// The best value with `functional . theta = level`, all others free or on their allowed sides.
    fn best_at(&self, of: Profiled<'_>, level: f64, start: &[f64]) -> Option<Constrained> {
        if self.signs.iter().all(Option::is_none) {
            return constrained(self.objective, of.functional, level, start);
        }
        let mut signs = self.signs.to_vec();
        signs[of.parameter] = None;
        // Onto the constraint by this coefficient alone, so that the others stay on their sides.
        let mut theta = start.to_vec();
        theta[of.parameter] +=
            (level - product(of.functional, &theta)) / of.functional[of.parameter];
        let unbound =
            (0..theta.len()).filter(|k| signs[*k].is_none() || theta[*k] != 0.0).collect();
        let width = theta.len();
        let none = || FitError::NotConverged { what: "the profile likelihood", iterations: 200 };
        let solve = |free: &[usize], near: &[f64]| {
            let held = Held { objective: self.objective, free, width };
            let (functional, start) = (held.pick(of.functional), held.pick(near));
            let found = constrained(&held, &functional, level, &start).ok_or_else(none)?;
            let theta = held.spread(&found.theta);
            let gradient = self.objective.expand(&theta).ok_or_else(none)?.gradient;
            let pull = gradient.iter().zip(of.functional).map(|(g, f)| g - found.slope * f);
            Ok(Trial { pull: pull.collect(), theta, rest: (found.value, found.slope) })
        };
        let (trial, _) = active_set(&signs, self.floor, unbound, theta, &Vec::new, solve).ok()?;
        Some(Constrained { value: trial.rest.0, slope: trial.rest.1, theta: trial.theta })
    }

    /// Where the signed root of the likelihood ratio reaches the critical value.
    ///
    /// The root is close to linear, so Newton steps on it settle in a few rounds; a bracket keeps them honest.
    fn limit(&self, of: Profiled<'_>, side: f64) -> Result<f64, FitError> {
        const REACH: f64 = 1e4;
        let center = product(of.functional, self.theta);
        let none = || FitError::NoProfileLimit {
            column: of.name.to_owned(),
            level: self.confidence.level(),
            reach: REACH,
        };
        let root_of = |point: &Constrained| (2.0 * (self.best - point.value)).max(0.0).sqrt();
        let (mut inner, mut outer) = (0.0, f64::INFINITY);
        let toward_bound = match self.signs[of.parameter] {
            None => false,
            Some(Sign::NonNegative) => side < 0.0,
            Some(Sign::NonPositive) => side > 0.0,
        };
        if toward_bound {
            outer = center.abs();
            let bound = if outer > 0.0 { self.best_at(of, 0.0, self.theta) } else { None };
            if outer == 0.0 || bound.is_some_and(|point| root_of(&point) <= self.critical) {
                return Ok(0.0);
            }
        }
        let mut step = (self.critical * of.error).min(0.5 * outer);
        let mut theta = self.theta.to_vec();
        for _ in 0..100 {
            let Some(point) = self.best_at(of, center + side * step, &theta) else {
                outer = step;
                step = 0.5 * (inner + outer);
                continue;
            };
            let root = root_of(&point);
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
            let next = if newton > inner && newton < outer && newton < 10.0 * step + of.error {
                newton
            } else if outer.is_finite() {
                0.5 * (inner + outer)
            } else {
                2.0 * step
            };
            if (next - step).abs() <= 1e-12 * (center.abs() + step) {
                return Ok(center + side * next);
            }
            if next > REACH * of.error {
                return Err(none());
            }
            step = next;
            theta = point.theta;
        }
        Err(none())
    }
}

/// Profile interval and test of each coefficient, where asked for.
pub(crate) fn profiled(
    fitted: &Fitted<'_>,
    names: &[String],
    given: &[f64],
    covariance: &Array2<f64>,
    observer: &mut Observer<'_>,
) -> Result<Vec<(Interval, TestResult)>, FitError> {
    /// Coefficients between two words to the observer.
    const TOGETHER: usize = 8;
    let Some(objective) = fitted.profile else { return Ok(Vec::new()) };
    let solved = fitted.solved;
    let optimum = &solved.optimum;
    let to_given = solved.scaling.to_given(solved.intercept);
    let lead = usize::from(solved.intercept);
    let best = objective.value(&optimum.coefficients).unwrap_or(optimum.point.log_likelihood);
    // A coefficient at its bound has no standard error: its own curvature gives the scale to search on.
    let curvature = match objective.expand(&optimum.coefficients) {
        Some(expansion) if fitted.kept.len() < given.len() => {
            expansion.information.diag().to_owned()
        }
        _ => optimum.information.diag().to_owned(),
    };
    let profile = Profile {
        objective,
        best,
        theta: &optimum.coefficients,
        critical: fitted.settings.confidence.z(),
        confidence: fitted.settings.confidence,
        signs: fitted.signs,
        floor: fitted.floor,
    };
    let mut found = Vec::with_capacity(given.len());
    while found.len() < given.len() {
        let done = found.len();
        if observer(&FitProgress::Profile { done, of: given.len() }).is_break() {
            return Err(FitError::Cancelled);
        }
        let parameters: Vec<usize> = (done..(done + TOGETHER).min(given.len())).collect();
        let profiled = |parameter: usize| -> Result<(Interval, TestResult), FitError> {
            let functional = to_given.row(parameter).to_vec();
            let name = if parameter < lead { INTERCEPT } else { &names[parameter - lead] };
            let error = if fitted.kept.contains(&parameter) {
                covariance[[parameter, parameter]].sqrt()
            } else {
                functional[parameter].abs() / curvature[parameter].max(f64::MIN_POSITIVE).sqrt()
            };
            let of = Profiled { name, parameter, functional: &functional, error };
            Ok((profile.interval(of)?, profile.test_of_zero(of)?))
        };
        for result in in_order(parameters, profiled) {
            found.push(result?);
        }
    }
    Ok(found)
}
