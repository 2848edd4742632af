//! Weights alone: ridge fits without the account of a report, for audits that make hundreds of them.

use std::ops::ControlFlow;

use super::{Columns, FitError, LinearWeights};
use crate::research::numeric::{
    Design, DesignProblem, Factor, NewtonOptions, Solved, Task, evaluate,
};

/// Closer to the optimum than this, in standard errors, no order of complaints changes that an audit could see.
const CLOSE: f64 = 1e-3;
/// From this many rows on, a first guess from every eighth saves whole passes over all.
const MANY: usize = 20_000;

/// The ridge fit of labels on columns, with an intercept. `ridge` is half the weight of the sum of squared coefficients
/// as given, above 0. O(steps x rows x columns), the columns read as codes.
///
/// # Errors
/// [`FitError`] as [`Logistic`](super::Logistic).
fn ridge_weights(
    columns: &Columns,
    labels: &[bool],
    ridge: f64,
) -> Result<LinearWeights, FitError> {
    let labels: Vec<f64> = labels.iter().map(|label| f64::from(u8::from(*label))).collect();
    let solved = solved(columns, &labels, ridge)?;
    let given = solved.scaling.given(&solved.optimum.coefficients, true);
    let (intercept, weights) = (given[0], given[1..].to_vec());
    Ok(LinearWeights { names: columns.names().to_vec(), intercept, weights })
}

/// The fit to all rows, from a first guess where there are many.
fn solved(columns: &Columns, labels: &[f64], ridge: f64) -> Result<Solved, FitError> {
    let start = if labels.len() < MANY {
        None
    } else {
        let some: Vec<usize> = (0..labels.len()).step_by(8).collect();
        let known: Vec<f64> = some.iter().map(|&row| labels[row]).collect();
        // One kind alone, or too few for the guess, is a matter for all rows.
        let guess = fitted(&columns.select_rows(&some), &known, ridge / 8.0, 0.5, None).ok();
        guess.map(|guess| guess.scaling.given(&guess.optimum.coefficients, true))
    };
    fitted(columns, labels, ridge, CLOSE, start)
}

/// A fit whose coefficients start on the given scale, the intercept first.
fn fitted(
    columns: &Columns,
    labels: &[f64],
    ridge: f64,
    tolerance: f64,
    start: Option<Vec<f64>>,
) -> Result<Solved, FitError> {
    let mut penalties = vec![ridge; columns.names().len() + 1];
    penalties[0] = 0.0;
    let problem = DesignProblem {
        labels,
        weights: None,
        offset: None,
        ridge: penalties,
        start,
        options: NewtonOptions { tolerance, ..NewtonOptions::default() },
    };
    problem
        .solve(&columns.design(true), &mut |_| ControlFlow::Continue(()))
        .map_err(|error| FitError::named(error, columns.names()))
}

/// Ridge fits that leave out some rows in turn, each judged on those rows.
///
/// All start from the fit to all rows and step with its curvature: passes over rows and columns, none over pairs of columns.
pub(crate) struct LeaveOut<'a> {
    columns: &'a Columns,
    labels: &'a [bool],
    numbers: Vec<f64>,
    ridge: f64,
    whole: Option<Solved>,
}

impl<'a> LeaveOut<'a> {
    /// `ridge` as in [`ridge_weights`].
    pub(crate) fn new(columns: &'a Columns, labels: &'a [bool], ridge: f64) -> Self {
        let numbers: Vec<f64> = labels.iter().map(|label| f64::from(u8::from(*label))).collect();
        let whole = (labels.len() >= MANY).then(|| solved(columns, &numbers, ridge).ok()).flatten();
        Self { columns, labels, numbers, ridge, whole }
    }

    /// Log-odds of the rows left out, by weights learnt on the others; the two lists are all rows. Rows of one kind alone
    /// teach nothing: then all are 0.
    ///
    /// # Errors
    /// [`FitError`] as [`Logistic`](super::Logistic).
    pub(crate) fn log_odds(&self, train: &[usize], test: &[usize]) -> Result<Vec<f64>, FitError> {
        let known: Vec<bool> = train.iter().map(|&row| self.labels[row]).collect();
        if known.iter().all(|label| Some(label) == known.first()) {
            return Ok(vec![0.0; test.len()]);
        }
        if let Some(found) = self.whole.as_ref().and_then(|whole| self.stepped(whole, train, test))
        {
            return Ok(found);
        }
        ridge_weights(&self.columns.select_rows(train), &known, self.ridge)?
            .log_odds(&self.columns.select_rows(test))
    }

    /// The same from the fit to all rows; `None` where its curvature does not lead to the optimum soon.
    fn stepped(&self, whole: &Solved, train: &[usize], test: &[usize]) -> Option<Vec<f64>> {
        const STEPS: usize = 12;
        let (design, scaling) = (self.columns.design(true), &whole.scaling);
        let mut penalty: Vec<f64> = scaling.scale.iter().map(|s| self.ridge / (s * s)).collect();
        penalty[0] = 0.0;
        let share = train.len() as f64 / self.labels.len() as f64;
        let mut information = whole.optimum.information.mapv(|value| share * value);
        for (j, penalty) in penalty.iter().enumerate() {
            information[[j, j]] += penalty;
        }
        let factor = Factor::new(&information, 1e-13).ok()?;
        let none = vec![0.0; penalty.len()];
        let task = Task { labels: &self.numbers, weights: None, offset: None, penalty: none };
        let mut theta = whole.optimum.coefficients.clone();
        let mut before = f64::INFINITY;
        for _ in 0..STEPS {
            let mut point = evaluate(&design, scaling, &task, &theta);
            for &row in test {
                point.residual[row] = 0.0;
            }
            let mut gradient = design.gradient(scaling, &point.residual);
            for ((g, penalty), t) in gradient.iter_mut().zip(&penalty).zip(&theta) {
                *g -= penalty * t;
            }
            let step = factor.solve(&gradient);
            let square: f64 = step.iter().zip(&gradient).map(|(s, g)| s * g).sum();
            let distance = square.max(0.0).sqrt();
            if distance <= CLOSE {
                return Some(test.iter().map(|&row| point.linear[row]).collect());
            }
            // Steps that do not shrink well are not those of this curvature.
            if distance.is_nan() || distance > 0.5 * before {
                return None;
            }
            before = distance;
            theta.iter_mut().zip(&step).for_each(|(t, s)| *t += s);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::base::Seed;

    #[test]
    fn rows_left_out_are_judged_as_by_a_fit_to_the_others() {
        let mut stream = Seed(4).stream(0);
        let rows = MANY + 1_000;
        let matrix = Array2::from_shape_simple_fn((rows, 12), || f64::from(stream.below(3) as u8));
        let names: Vec<String> = (0..12).map(|j| format!("x{j}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let columns = Columns::from_matrix(&names, matrix.view()).unwrap();
        let labels: Vec<bool> = matrix
            .rows()
            .into_iter()
            .map(|row| stream.unit() * (1.0 + (2.0 - row[0] - 0.5 * row[1]).exp()) < 1.0)
            .collect();
        let left = LeaveOut::new(&columns, &labels, 1.0);
        let whole = left.whole.as_ref().unwrap();
        for fold in 0..3 {
            let (test, train): (Vec<usize>, Vec<usize>) =
                (0..rows).partition(|row| row % 3 == fold);
            let found = left.stepped(whole, &train, &test).unwrap();
            let known: Vec<bool> = train.iter().map(|&row| labels[row]).collect();
            let plain = ridge_weights(&columns.select_rows(&train), &known, 1.0).unwrap();
            let plain = plain.log_odds(&columns.select_rows(&test)).unwrap();
            let apart = found.iter().zip(&plain).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(apart < 1e-3, "{apart}");
        }
    }
}
