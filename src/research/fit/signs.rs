//! Maxima under sign constraints, by active sets.

use super::FitError;
use super::progress::Observer;
use super::settings::Sign;
use super::subset::Subset;
use crate::research::numeric::{Design, DesignProblem, NewtonProgress, Solved};

/// Most changes of the active set before the search is given up.
const MOST_CHANGES: usize = 1_000;

fn allowed(sign: Option<Sign>, value: f64) -> bool {
    match sign {
        None => true,
        Some(Sign::NonNegative) => value >= 0.0,
        Some(Sign::NonPositive) => value <= 0.0,
    }
}

/// Places without a sign constraint, and those whose value keeps theirs.
pub(crate) fn free_at_first(signs: &[Option<Sign>], values: Option<&[f64]>) -> Vec<usize> {
    let kept = |parameter: &usize| {
        signs[*parameter].is_none()
            || values.is_some_and(|values| allowed(signs[*parameter], values[*parameter]))
    };
    (0..signs.len()).filter(kept).collect()
}

/// The optimum of some places while the others are held at 0.
pub(crate) struct Trial<T> {
    /// Coefficients of all places.
    pub(crate) theta: Vec<f64>,
    /// Gradient of all places, less what a constraint of the caller's own takes up.
    pub(crate) pull: Vec<f64>,
    /// What else the caller wants to know of it.
    pub(crate) rest: T,
}

/// The optimum with every constrained coefficient on its side of 0, and the places that are not held at 0.
///
/// Lawson and Hanson's scheme (1974, "Solving Least Squares Problems", chapter 23) with `solve` in
/// the place of the least-squares solve: coefficients are freed one at a time where the gradient
/// points into the allowed side, and held where they would cross 0. `places` are free at first;
/// `current` is on the allowed sides and 0 at all others; `pull_at_zero` is asked only where no place is free at first.
pub(crate) fn active_set<T>(
    signs: &[Option<Sign>],
    floor: f64,
    mut parameters: Vec<usize>,
    mut current: Vec<f64>,
    pull_at_zero: &dyn Fn() -> Vec<f64>,
    mut solve: impl FnMut(&[usize], &[f64]) -> Result<Trial<T>, FitError>,
) -> Result<(Trial<T>, Vec<usize>), FitError> {
    let mut solved: Option<Trial<T>> = None;
    let mut begun = false;
    for _ in 0..MOST_CHANGES {
        if begun || parameters.is_empty() {
            let at_zero;
            let pull = match &solved {
                Some(solved) => &solved.pull,
                None => {
                    at_zero = pull_at_zero();
                    &at_zero
                }
            };
            // The steepest way into the allowed side, in units of the column's own spread.
            let candidate = (0..signs.len())
                .filter(|parameter| {
                    !parameters.contains(parameter) && pull[*parameter].abs() > floor
                })
                .filter(|parameter| allowed(signs[*parameter], pull[*parameter]))
                .max_by(|a, b| pull[*a].abs().total_cmp(&pull[*b].abs()).then(b.cmp(a)));
            let Some(candidate) = candidate else {
                return solved.map(|solved| (solved, parameters)).ok_or(FitError::NothingHelps);
            };
            parameters.push(candidate);
            parameters.sort_unstable();
        }
        begun = true;
        loop {
            let trial = solve(&parameters, &current)?;
            let next = &trial.theta;
            let crossing: Vec<usize> = parameters
                .iter()
                .copied()
                .filter(|parameter| !allowed(signs[*parameter], next[*parameter]))
                .collect();
            if crossing.is_empty() {
                current.clone_from(next);
                solved = Some(trial);
                break;
            }
            // Go towards the trial point as far as all signs hold, and hold there what reaches 0.
            let share =
                |parameter: usize| current[parameter] / (current[parameter] - next[parameter]);
            let least = crossing.iter().map(|parameter| share(*parameter)).fold(1.0, f64::min);
            let held: Vec<usize> =
                crossing.iter().copied().filter(|parameter| share(*parameter) <= least).collect();
            for parameter in &parameters {
                current[*parameter] += least * (next[*parameter] - current[*parameter]);
            }
            for parameter in &held {
                current[*parameter] = 0.0;
            }
            parameters.retain(|parameter| !held.contains(parameter));
        }
    }
    Err(FitError::NotConverged {
        what: "the search under sign constraints",
        iterations: MOST_CHANGES,
    })
}

/// Maximum likelihood under sign constraints, and the places that are not held at 0.
pub(crate) fn maximise_with_signs(
    problem: &DesignProblem<'_>,
    design: &dyn Design,
    signs: &[Option<Sign>],
    names: &[String],
    observer: &mut Observer<'_>,
) -> Result<(Solved, Vec<usize>), FitError> {
    let named = |error| FitError::named(error, names);
    let width = design.width();
    let all: Vec<usize> = (0..width).collect();
    let mut observer = |progress: &NewtonProgress| observer(&progress.into());
    if signs.iter().all(Option::is_none) {
        return Ok((problem.solve(design, &mut observer).map_err(named)?, all));
    }
    let scaling = problem.checked_scaling(design).map_err(named)?;
    let lead = usize::from(design.has_intercept());
    let mut solve = |parameters: &[usize], near: &[f64]| {
        let subset = Subset { design, parameters: parameters.to_vec(), full: scaling.clone() };
        let mut part = problem.restricted(parameters);
        let own_scaling = subset.scaling(None);
        let start: Vec<f64> = parameters.iter().map(|parameter| near[*parameter]).collect();
        part.start = Some(own_scaling.given(&start, design.has_intercept()));
        let solved = part.solve(&subset, &mut observer).map_err(|error| {
            let kept = parameters.iter().filter(|parameter| **parameter >= lead);
            let kept: Vec<String> = kept.map(|parameter| names[parameter - lead].clone()).collect();
            FitError::named(error, &kept)
        })?;
        let mut theta = vec![0.0; width];
        for (parameter, value) in parameters.iter().zip(&solved.optimum.coefficients) {
            theta[*parameter] = *value;
        }
        let pull = design.gradient(&scaling, &solved.optimum.point.residual);
        Ok(Trial { theta, pull, rest: solved })
    };
    // Start from what the unconstrained fit leaves on its side, or, where there is none, from the unconstrained places.
    let parameters = match solve(&all, &vec![0.0; width]) {
        Ok(whole) => free_at_first(signs, Some(&whole.theta)),
        Err(FitError::Cancelled) => return Err(FitError::Cancelled),
        Err(_) => free_at_first(signs, None),
    };
    let at_zero = || design.gradient(&scaling, &problem.residual_at_zero(design));
    let floor = problem.gradient_floor();
    let (trial, parameters) =
        active_set(signs, floor, parameters, vec![0.0; width], &at_zero, &mut solve)?;
    // The information stays that of the free places.
    let mut solved = trial.rest;
    solved.optimum.coefficients = trial.theta;
    solved.scaling = scaling.clone();
    solved.intercept = design.has_intercept();
    Ok((solved, parameters))
}
