//! Newton's climb over agencies' sums, which leaves the information out where that costs no round.
//!
//! After a Newton step of distance `d` to the optimum the next is `k d²` away, with a `k` that hardly changes from step to step. A
//! step with the matrix of the point before leaves `2 k d` times the distance instead. So the point between may do without a matrix of
//! its own where the next step makes up for it: fewer sums leave the agencies, in as many rounds.

use super::objective::Pooled;
use crate::research::fit::FitError;
use crate::research::fit::ascent::{Ascent, LONGEST_STEP, Reached};
use crate::research::fit::objective::{Objective, product};
use crate::research::numeric::Factor;

/// What is asked of the agencies at the next point.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Wanted {
    All,
    Slope,
}

/// Whether the point after one at this distance, and `before` one step earlier, can do without its matrix.
fn next_wanted(before: f64, distance: f64, tolerance: f64) -> Wanted {
    let shrink = distance / (before * before);
    let next = shrink * distance * distance;
    let with_old = 2.0 * shrink * distance * next;
    let is_last_but_one = shrink * next * next <= tolerance;
    // A tenth: what is foreseen is not exact.
    let makes_up = shrink * with_old * with_old <= 0.1 * tolerance;
    if makes_up && !is_last_but_one { Wanted::Slope } else { Wanted::All }
}

/// Climbs as [`Ascent::climb`] does an objective whose matrix is its curvature.
pub(super) fn climb(
    pooled: &Pooled<'_>,
    ascent: &Ascent,
    mut theta: Vec<f64>,
) -> Result<Reached, FitError> {
    let mut before = f64::INFINITY;
    let mut wanted = Wanted::All;
    let mut known: Option<&Factor> = None;
    for iterations in 0..=ascent.max_iterations {
        let stopped = || ascent.not_converged(iterations);
        let is_fresh = wanted == Wanted::All;
        if is_fresh {
            known = Some(pooled.factor(&theta).ok_or_else(stopped)?);
        }
        let (value, gradient) = pooled.slope(&theta).ok_or_else(stopped)?;
        let factor = known.ok_or_else(stopped)?;
        let step = factor.solve(&gradient);
        let distance = product(&step, &gradient).max(0.0).sqrt();
        let has_stalled = distance <= 1e-8 && distance > 0.5 * before;
        if is_fresh && (distance <= ascent.tolerance || has_stalled) {
            return Ok(Reached { theta, value, decrement: distance, iterations });
        }
        let longest = step.iter().fold(0.0_f64, |top, s| top.max(s.abs()));
        let mut length = (LONGEST_STEP / longest).min(1.0);
        wanted = if is_fresh && length == 1.0 {
            next_wanted(before, distance, ascent.tolerance)
        } else {
            Wanted::All
        };
        let slack = 1e-12 * value.abs().max(1e-3);
        theta = loop {
            if length < 1e-10 {
                return Err(stopped());
            }
            let next: Vec<f64> = theta.iter().zip(&step).map(|(b, s)| b + length * s).collect();
            let after = match wanted {
                Wanted::Slope => pooled.slope(&next).map(|(value, _)| value),
                Wanted::All => pooled.value(&next),
            };
            let least = value + 1e-4 * length * distance * distance - slack;
            if after.is_some_and(|after| after >= least) {
                break next;
            }
            // An open question ends here too: no shorter step is known.
            length *= 0.5;
            wanted = Wanted::All;
        };
        // Distances compare where each is by its own point's matrix, after a whole step with it.
        before = if is_fresh && length == 1.0 { distance } else { f64::INFINITY };
    }
    Err(ascent.not_converged(ascent.max_iterations))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_is_left_out_only_where_the_next_step_makes_up_for_it() {
        // 40, 2, 5e-3, 3e-8, 1e-18: with the old matrix the fourth is 2.4e-5, and the fifth 7e-13.
        assert_eq!(next_wanted(40.0, 2.0, 1e-10), Wanted::Slope);
        // One step on, the point after is the last, whose matrix gives the errors.
        assert_eq!(next_wanted(2.0, 5e-3, 1e-10), Wanted::All);
        // Far away nothing is foreseen, nor after a step that was cut.
        assert_eq!(next_wanted(10.0, 9.0, 1e-10), Wanted::All);
        assert_eq!(next_wanted(f64::INFINITY, 2.0, 1e-10), Wanted::All);
        assert_eq!(next_wanted(0.0, 0.0, 1e-10), Wanted::All);
    }
}
