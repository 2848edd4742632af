//! Whether a logistic likelihood has a finite maximum, decided by linear programming.
//!
//! It has none where some direction lets no row get worse and one get better (Albert and Anderson 1984). By Stiemke's
//! theorem there is either such a direction or amounts above 0 of the rows, turned by their labels, that add up to
//! nothing; the program finds one or the other, and either is checked on the rows before it is believed (Konis 2007,
//! "Linear programming algorithms for detecting separated data in binary logistic regression models").

use super::cone::{Cone, cone};
use super::logistic_algebra::Factor;
use super::logistic_design::{Design, Scaling};
use super::logistic_error::LogisticError;
use super::logistic_point::{Point, Task};

/// Rows that a program starts with; more come in where they contradict its answer.
const FIRST_ROWS: usize = 2_000;
/// A share of the sum of absolute terms below which a margin is rounding.
const ROUNDING: f64 = 1e-9;

/// What is known of the maximum.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Existence {
    /// There is a finite maximum.
    Finite,
    /// There is none.
    Infinite(LogisticError),
    /// The program gave no answer that could be checked.
    Unknown,
}

/// The rows of a problem, turned so that a separating direction has no product below 0 with any.
struct Turned<'a> {
    design: &'a dyn Design,
    scaling: &'a Scaling,
    task: &'a Task<'a>,
    /// Coefficients that may go to infinity.
    free: Vec<usize>,
    /// Rows with weight.
    rows: Vec<usize>,
}

/// A separating direction in the free coefficients.
struct Direction {
    values: Vec<f64>,
    /// Whether every row gets better.
    every: bool,
}

/// Decides by the residuals where they tell, and by linear programming otherwise.
///
/// `point` is where an iteration ended with this distance to its optimum; `theta` says which columns are named first.
pub(crate) fn existence_at(
    design: &dyn Design,
    scaling: &Scaling,
    task: &Task<'_>,
    point: &Point,
    theta: &[f64],
    decrement: f64,
) -> Existence {
    if residuals_bound(design, scaling, task, point, decrement) {
        return Existence::Finite;
    }
    existence(design, scaling, task, theta)
}

/// Whether residuals at a point close to the optimum rule separation out.
///
/// Along a separating direction with a largest margin of 1, the gradient is the sum of absolute residuals times margins,
/// and at most the square of the Newton decrement. A row that gets better has therefore next to no residual; where the
/// other rows determine all coefficients, there is no such direction.
fn residuals_bound(
    design: &dyn Design,
    scaling: &Scaling,
    task: &Task<'_>,
    point: &Point,
    decrement: f64,
) -> bool {
    let lead = usize::from(design.has_intercept());
    if task.penalty[lead..].iter().all(|penalty| *penalty > 0.0) {
        // An intercept alone separates one class only, which is refused before.
        return true;
    }
    if decrement > 1e-5 {
        return false;
    }
    let heaviest = task.weights.map_or(1.0, |weights| weights.iter().copied().fold(0.0, f64::max));
    let clear = |row: usize, share: f64| point.residual[row].abs() > share * heaviest;
    let used = |row: &usize| task.weights.is_none_or(|weights| weights[*row] > 0.0);
    let rows = point.residual.len();
    if (0..rows).filter(used).all(|row| clear(row, 1e-6)) {
        return true;
    }
    let kept: Vec<f64> =
        (0..rows).map(|row| if clear(row, 1e-4) { point.curvature[row] } else { 0.0 }).collect();
    let mut information = design.information(scaling, &kept);
    for (j, penalty) in task.penalty.iter().enumerate() {
        information[[j, j]] += penalty;
    }
    let whole = design.information(scaling, &point.curvature);
    let held = (0..design.width()).all(|j| information[[j, j]] > 1e-6 * whole[[j, j]]);
    held && Factor::new(&information, 1e-7).is_ok()
}

/// Decides by linear programming. Time O(rows x columns) a step of the program, a few steps a column.
pub(crate) fn existence(
    design: &dyn Design,
    scaling: &Scaling,
    task: &Task<'_>,
    theta: &[f64],
) -> Existence {
    let used = |row: &usize| task.weights.is_none_or(|weights| weights[*row] > 0.0);
    let mut turned = Turned {
        design,
        scaling,
        task,
        free: (0..design.width()).filter(|j| task.penalty[*j] == 0.0).collect(),
        rows: (0..design.rows()).filter(used).collect(),
    };
    if turned.free.is_empty() {
        return Existence::Finite;
    }
    let direction = match turned.search(false) {
        Ok(Some(direction)) => direction,
        Ok(None) => return Existence::Finite,
        Err(Unchecked) => return Existence::Unknown,
    };
    let complete = direction.every || matches!(turned.search(true), Ok(Some(_)));
    let lead = usize::from(design.has_intercept());
    let strength = |column: usize| theta.get(column).map_or(0.0, |theta| theta.abs());
    let largest = direction.values.iter().fold(0.0_f64, |top, value| top.max(value.abs()));
    let mut columns: Vec<usize> = turned
        .free
        .iter()
        .zip(&direction.values)
        .filter(|(column, value)| **column >= lead && value.abs() > 1e-7 * largest)
        .map(|(column, _)| *column)
        .collect();
    columns.sort_by(|a, b| strength(*b).total_cmp(&strength(*a)).then(a.cmp(b)));
    if complete {
        columns = turned.needed(columns, lead);
    }
    let columns = columns.into_iter().map(|column| column - lead).collect();
    Existence::Infinite(LogisticError::Separated { columns, complete })
}

/// An answer that the rows do not bear out.
struct Unchecked;

impl Turned<'_> {
    /// The free entries of a row; `true` beside it where the row must not move either way.
    fn row(&self, row: usize, buffer: &mut [f64], out: &mut Vec<f64>) -> bool {
        self.design.row(self.scaling, row, buffer);
        let label = self.task.labels[row];
        let side = if label == 0.0 { -1.0 } else { 1.0 };
        out.extend(self.free.iter().map(|column| side * buffer[*column]));
        label != 0.0 && label != 1.0
    }

    /// A direction along which no row gets worse and one (or, for `every`, each) gets better; `None` where there is none.
    fn search(&self, every: bool) -> Result<Option<Direction>, Unchecked> {
        let mut among: Vec<usize> = if self.rows.len() <= 2 * FIRST_ROWS {
            self.rows.clone()
        } else {
            self.rows.iter().copied().step_by(self.rows.len() / FIRST_ROWS).collect()
        };
        loop {
            let all = among.len() == self.rows.len();
            match self.program(&among, every)? {
                Some(values) => {
                    let (worse, better) = self.margins(&values);
                    let holds = worse.is_empty()
                        && if every { better == self.rows.len() } else { better > 0 };
                    if holds {
                        return Ok(Some(Direction { values, every: better == self.rows.len() }));
                    }
                    if all {
                        return Err(Unchecked);
                    }
                    let before = among.len();
                    among.extend(worse.into_iter().take(FIRST_ROWS));
                    among.sort_unstable();
                    among.dedup();
                    if among.len() == before {
                        among.clone_from(&self.rows);
                    }
                }
                // Some of the rows overlap: so do all, if these determine every coefficient.
                None if all || every || self.determines(&among) => return Ok(None),
                None => {
                    let step = (self.rows.len() / (2 * among.len())).max(1);
                    among = self.rows.iter().copied().step_by(step).collect();
                }
            }
        }
    }

    /// The direction that the program finds for these rows.
    fn program(&self, among: &[usize], every: bool) -> Result<Option<Vec<f64>>, Unchecked> {
        let size = self.free.len() + usize::from(every);
        let mut buffer = vec![0.0; self.design.width()];
        let mut vectors = Vec::with_capacity(among.len() * size);
        let mut target = vec![0.0; size];
        for row in among {
            let start = vectors.len();
            let fixed = self.row(*row, &mut buffer, &mut vectors);
            if every {
                if fixed {
                    return Ok(None);
                }
                vectors.push(1.0);
            } else if fixed {
                let other: Vec<f64> = vectors[start..].iter().map(|x| -x).collect();
                vectors.extend(other);
            } else {
                for (sum, x) in target.iter_mut().zip(&vectors[start..]) {
                    *sum -= x;
                }
            }
        }
        if every {
            target[size - 1] = 1.0;
        }
        match cone(&vectors, &target) {
            Cone::Inside(amounts) if every || balanced(&vectors, &target, &amounts) => Ok(None),
            Cone::Outside(prices) => {
                Ok(Some(prices[..self.free.len()].iter().map(|price| -price).collect()))
            }
            Cone::Inside(_) | Cone::Unsettled => Err(Unchecked),
        }
    }

    /// Rows that get worse along a direction, the worst first, and how many get better.
    fn margins(&self, values: &[f64]) -> (Vec<usize>, usize) {
        let mut buffer = vec![0.0; self.design.width()];
        let (mut worse, mut better, mut row_values) = (Vec::new(), 0, Vec::new());
        for row in &self.rows {
            row_values.clear();
            let fixed = self.row(*row, &mut buffer, &mut row_values);
            let terms = || row_values.iter().zip(values).map(|(x, d)| x * d);
            let margin: f64 = terms().sum();
            let rounding = ROUNDING * terms().map(f64::abs).sum::<f64>();
            if margin < -rounding || fixed && margin > rounding {
                worse.push((margin, *row));
            } else if margin > rounding {
                better += 1;
            }
        }
        worse.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        (worse.into_iter().map(|(_, row)| row).collect(), better)
    }

    /// Whether these rows leave no direction of the free coefficients without effect.
    fn determines(&self, among: &[usize]) -> bool {
        let mut weight = vec![0.0; self.design.rows()];
        for row in among {
            weight[*row] = 1.0;
        }
        let gram = self.design.information(self.scaling, &weight);
        let size = self.free.len();
        let part = ndarray::Array2::from_shape_fn((size, size), |(j, k)| {
            gram[[self.free[j], self.free[k]]]
        });
        Factor::new(&part, 1e-9).is_ok()
    }

    /// The columns that are left when each that the separation can do without is taken out, the weakest first.
    fn needed(&mut self, mut columns: Vec<usize>, lead: usize) -> Vec<usize> {
        let intercept: Vec<usize> =
            self.free.iter().copied().filter(|column| *column < lead).collect();
        for column in columns.clone().into_iter().rev() {
            if columns.len() == 1 {
                break;
            }
            self.free =
                intercept.iter().chain(&columns).copied().filter(|j| *j != column).collect();
            if matches!(self.search(true), Ok(Some(_))) {
                columns.retain(|j| *j != column);
            }
        }
        columns
    }
}

/// Whether these amounts of the vectors come to the target, up to rounding.
fn balanced(vectors: &[f64], target: &[f64], amounts: &[f64]) -> bool {
    let size = target.len();
    let mut sums: Vec<(f64, f64)> = target.iter().map(|t| (-t, t.abs())).collect();
    for (vector, amount) in vectors.chunks_exact(size).zip(amounts) {
        for ((sum, most), x) in sums.iter_mut().zip(vector) {
            *sum += amount * x;
            *most += (amount + 1.0) * x.abs();
        }
    }
    sums.iter().all(|(sum, most)| sum.abs() <= 1e-7 * most)
}
