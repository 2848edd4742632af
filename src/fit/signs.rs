//! Maximum likelihood under sign constraints, by active sets.

use std::ops::ControlFlow;

use super::FitError;
use super::logistic::Sign;
use super::subset::Subset;
use crate::numeric::{Design, DesignProblem, NewtonProgress, Solved};

/// Most changes of the active set before the search is given up.
const MOST_CHANGES: usize = 1_000;

fn allowed(sign: Option<Sign>, value: f64) -> bool {
    match sign {
        None => true,
        Some(Sign::NonNegative) => value >= 0.0,
        Some(Sign::NonPositive) => value <= 0.0,
    }
}

/// The optimum with every constrained coefficient on its side of 0, and the places that are not held at 0.
///
/// Lawson and Hanson's scheme (1974, "Solving Least Squares Problems", chapter 23) with a
/// Newton fit in the place of the least-squares solve: coefficients are freed one at a time
/// where the gradient points into the allowed side, and held where they would cross 0.
pub(crate) fn maximise_with_signs(
    problem: &DesignProblem<'_>,
    design: &dyn Design,
    signs: &[Option<Sign>],
    names: &[String],
    observer: &mut dyn FnMut(&NewtonProgress) -> ControlFlow<()>,
) -> Result<(Solved, Vec<usize>), FitError> {
    let named = |error| FitError::named(error, names);
    let width = design.width();
    let all: Vec<usize> = (0..width).collect();
    if signs.iter().all(Option::is_none) {
        return Ok((problem.solve(design, observer).map_err(named)?, all));
    }
    let scaling = problem.checked_scaling(design).map_err(named)?;
    let lead = usize::from(design.has_intercept());
    let mut solve = |places: &[usize], near: &[f64]| {
        let subset = Subset { design, places: places.to_vec(), full: scaling.clone() };
        let mut part = problem.restricted(places);
        let own = subset.scaling(None);
        let start: Vec<f64> = places.iter().map(|place| near[*place]).collect();
        part.start = Some(own.given(&start, design.has_intercept()));
        part.solve(&subset, observer).map_err(|error| {
            let kept = places.iter().filter(|place| **place >= lead);
            let kept: Vec<String> = kept.map(|place| names[place - lead].clone()).collect();
            FitError::named(error, &kept)
        })
    };
    let spread = |places: &[usize], values: &[f64]| {
        let mut wide = vec![0.0; width];
        for (place, value) in places.iter().zip(values) {
            wide[*place] = *value;
        }
        wide
    };
    let mut current = vec![0.0; width];
    // Start from what the unconstrained fit leaves on its side, or, where there is none, from the unconstrained places.
    let free = |signs: &[Option<Sign>], values: Option<&[f64]>| -> Vec<usize> {
        let kept = |place: &usize| {
            signs[*place].is_none()
                || values.is_some_and(|values| allowed(signs[*place], values[*place]))
        };
        (0..width).filter(kept).collect()
    };
    let mut places = match solve(&all, &current) {
        Ok(whole) => free(signs, Some(&whole.optimum.coefficients)),
        Err(FitError::Cancelled) => return Err(FitError::Cancelled),
        Err(_) => free(signs, None),
    };
    let mut solved: Option<Solved> = None;
    let mut begun = false;
    for _ in 0..MOST_CHANGES {
        if begun || places.is_empty() {
            let gradient = match &solved {
                Some(solved) => design.gradient(&scaling, &solved.optimum.point.residual),
                None => design.gradient(&scaling, &problem.residual_at_zero(design)),
            };
            // The steepest way into the allowed side, in units of the column's own spread.
            let candidate = all
                .iter()
                .copied()
                .filter(|place| {
                    !places.contains(place) && gradient[*place].abs() > problem.gradient_floor()
                })
                .filter(|place| allowed(signs[*place], gradient[*place]))
                .max_by(|a, b| gradient[*a].abs().total_cmp(&gradient[*b].abs()).then(b.cmp(a)));
            let Some(candidate) = candidate else {
                return match solved {
                    Some(solved) => Ok((
                        widened(solved, &places, &scaling, width, design.has_intercept()),
                        places,
                    )),
                    None => Err(FitError::NothingHelps),
                };
            };
            places.push(candidate);
            places.sort_unstable();
        }
        begun = true;
        loop {
            let trial = solve(&places, &current)?;
            let next = spread(&places, &trial.optimum.coefficients);
            let crossing: Vec<usize> = places
                .iter()
                .copied()
                .filter(|place| !allowed(signs[*place], next[*place]))
                .collect();
            if crossing.is_empty() {
                current = next;
                solved = Some(trial);
                break;
            }
            // Go towards the trial point as far as all signs hold, and hold there what reaches 0.
            let share = |place: usize| current[place] / (current[place] - next[place]);
            let least = crossing.iter().map(|place| share(*place)).fold(1.0, f64::min);
            let held: Vec<usize> =
                crossing.iter().copied().filter(|place| share(*place) <= least).collect();
            for place in &places {
                current[*place] += least * (next[*place] - current[*place]);
            }
            for place in &held {
                current[*place] = 0.0;
            }
            places.retain(|place| !held.contains(place));
        }
    }
    Err(FitError::NotConverged {
        what: "the search under sign constraints",
        iterations: MOST_CHANGES,
    })
}

/// Coefficients and gradient of all places again; the information stays that of the free places.
fn widened(
    mut solved: Solved,
    places: &[usize],
    scaling: &crate::numeric::Scaling,
    width: usize,
    intercept: bool,
) -> Solved {
    let mut coefficients = vec![0.0; width];
    for (place, value) in places.iter().zip(&solved.optimum.coefficients) {
        coefficients[*place] = *value;
    }
    solved.optimum.coefficients = coefficients;
    solved.scaling = scaling.clone();
    solved.intercept = intercept;
    solved
}
