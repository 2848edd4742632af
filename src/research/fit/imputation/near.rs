//! Models that answers are drawn from: near enough to their optimum for a draw about it.

use std::ops::ControlFlow;

use crate::research::fit::columns::ChangingCodes;
use crate::research::fit::{Columns, FitError};
use crate::research::numeric::{
    Design, Factor, LogisticError, NewtonOptions, Point, Scaling, Task, maximise,
};

/// Penalty of the models, per standard deviation of a column: keeps rare answers finite.
const RIDGE: f64 = 1.0;
/// Closer to the optimum than this, in standard errors, is far within what coefficients are then drawn by: it adds one in
/// ten thousand to their variance.
const CLOSE: f64 = 0.01;
/// The information is kept while a step leaves less than this share of the distance.
const GOOD_CONTRACTION: f64 = 0.2;
/// Steps before Newton's method with step control takes over.
const MOST_STEPS: usize = 20;

/// Coefficients near an optimum, and the factor of the information there; both for standardised columns.
#[derive(Debug)]
pub(super) struct Near {
    pub(super) coefficients: Vec<f64>,
    pub(super) factor: Factor,
}

/// Learns models of one item on all others, with memory that serves all of them.
#[derive(Debug)]
pub(super) struct Learner {
    /// Spread of every column; infinite for those of the item in turn, which are then 0 everywhere.
    pub(super) scaling: Scaling,
    plain: Scaling,
    rows: Columns,
    weights: Vec<f64>,
    point: Point,
    pub(super) log_odds: Vec<f64>,
}

impl Learner {
    pub(super) fn new(codes: &ChangingCodes, scaling: Scaling) -> Self {
        Self {
            plain: scaling.clone(),
            scaling,
            rows: codes.columns().clone(),
            weights: Vec::new(),
            point: Point::default(),
            log_odds: Vec::new(),
        }
    }

    /// Makes these columns 0 in every row, and only these.
    pub(super) fn leave_out(&mut self, columns: &[usize]) {
        self.scaling.scale.copy_from_slice(&self.plain.scale);
        for column in columns {
            self.scaling.scale[column + 1] = f64::INFINITY;
        }
    }

    /// The model of the labels of these rows, 0 or 1 each; `weights` are those of all rows.
    pub(super) fn learn(
        &mut self,
        codes: &ChangingCodes,
        rows: &[u32],
        labels: &[f64],
        weights: Option<&[f64]>,
        start: Option<Vec<f64>>,
    ) -> Result<Near, FitError> {
        codes.copy_rows(rows, &mut self.rows);
        self.weights.clear();
        if let Some(weights) = weights {
            self.weights.extend(rows.iter().map(|row| weights[*row as usize]));
        }
        let design = self.rows.design(true);
        let mut penalty = vec![RIDGE; design.width()];
        penalty[0] = 0.0;
        let weights = weights.is_some().then_some(self.weights.as_slice());
        let task = Task { labels, weights, offset: None, penalty };
        let start = match start {
            Some(start) => start,
            None => self.intercept_alone(&task)?,
        };
        let found = climb(&design, &self.scaling, &task, start, &mut self.point);
        let found = found.map_or_else(|| with_step_control(&design, &self.scaling, &task), Ok);
        found.map_err(|error| FitError::named(error, self.rows.names()))
    }

    /// The optimum where no column weighs anything.
    fn intercept_alone(&self, task: &Task<'_>) -> Result<Vec<f64>, FitError> {
        let weight = |row: usize| task.weights.map_or(1.0, |weights| weights[row]);
        let (mut all, mut with) = (0.0, 0.0);
        for (row, label) in task.labels.iter().enumerate() {
            all += weight(row);
            with += weight(row) * label;
        }
        if !(with > 0.0 && with < all) {
            let label = f64::from(u8::from(with > 0.0));
            return Err(FitError::named(LogisticError::OneClass { label }, self.rows.names()));
        }
        let mut start = vec![0.0; self.scaling.scale.len()];
        start[0] = (with / (all - with)).ln();
        Ok(start)
    }
}

/// Newton's steps, with the information of an earlier point while that serves; `None` where they lead nowhere.
///
/// With such information each step leaves about the same share of the distance, so that the last need not be looked at.
fn climb(
    design: &dyn Design,
    scaling: &Scaling,
    task: &Task<'_>,
    mut theta: Vec<f64>,
    point: &mut Point,
) -> Option<Near> {
    let mut kept: Option<Factor> = None;
    let mut before = f64::INFINITY;
    for _ in 0..MOST_STEPS {
        point.evaluate(design, scaling, task, &theta);
        let mut gradient = design.gradient(scaling, &point.residual);
        for ((g, penalty), theta) in gradient.iter_mut().zip(&task.penalty).zip(&theta) {
            *g -= penalty * theta;
        }
        let step = |factor: &Factor| {
            let direction = factor.solve(&gradient);
            let square: f64 = direction.iter().zip(&gradient).map(|(d, g)| d * g).sum();
            (direction, square.max(0.0).sqrt())
        };
        let good = kept.as_ref().map(step).filter(|(_, left)| *left <= GOOD_CONTRACTION * before);
        let (direction, distance, share) = if let Some((direction, distance)) = good {
            (direction, distance, distance / before)
        } else {
            let mut information = design.information(scaling, &point.curvature);
            for (j, penalty) in task.penalty.iter().enumerate() {
                information[[j, j]] += penalty;
            }
            let factor = Factor::new(&information, 1e-13).ok()?;
            let (direction, distance) = step(&factor);
            if distance.is_nan() || distance >= before {
                return None;
            }
            kept = Some(factor);
            (direction, distance, 1.0)
        };
        theta.iter_mut().zip(&direction).for_each(|(theta, by)| *theta += by);
        if distance * share <= CLOSE {
            return kept.map(|factor| Near { coefficients: theta, factor });
        }
        before = distance;
    }
    None
}

/// The same with steps shortened where they go too far.
fn with_step_control(
    design: &dyn Design,
    scaling: &Scaling,
    task: &Task<'_>,
) -> Result<Near, LogisticError> {
    let options = NewtonOptions { tolerance: CLOSE, ..NewtonOptions::default() };
    let start = vec![0.0; design.width()];
    let proceed = &mut |_: &_| ControlFlow::Continue(());
    let optimum = maximise(design, scaling, task, start, &options, proceed)?;
    Ok(Near { coefficients: optimum.coefficients, factor: optimum.factor })
}
