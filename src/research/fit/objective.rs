//! Log-likelihoods as searches see them, and the search under one linear constraint.

use ndarray::Array2;

use crate::research::numeric::{Design, Factor, Scaling, Task, evaluate};

/// A smooth function to maximise, with a matrix that stands for its curvature.
pub(crate) trait Objective: Sync {
    /// Value only.
    fn value(&self, theta: &[f64]) -> Option<f64>;
    /// Value, gradient and a positive definite matrix that stands for minus the curvature.
    fn expand(&self, theta: &[f64]) -> Option<Expansion>;
    /// Whether that matrix is minus the curvature itself.
    fn is_exact(&self) -> bool;
}

/// An objective around one point.
#[derive(Debug, Clone)]
pub(crate) struct Expansion {
    pub(crate) value: f64,
    pub(crate) gradient: Vec<f64>,
    pub(crate) information: Array2<f64>,
}

/// The (ridge-penalised) log-likelihood.
pub(crate) struct Likelihood<'a> {
    pub(crate) design: &'a dyn Design,
    pub(crate) scaling: &'a Scaling,
    pub(crate) task: &'a Task<'a>,
}

impl Likelihood<'_> {
    fn penalty(&self, theta: &[f64]) -> f64 {
        0.5 * self.task.penalty.iter().zip(theta).map(|(penalty, t)| penalty * t * t).sum::<f64>()
    }
}

impl Objective for Likelihood<'_> {
    fn value(&self, theta: &[f64]) -> Option<f64> {
        let value = evaluate(self.design, self.scaling, self.task, theta).log_likelihood
            - self.penalty(theta);
        value.is_finite().then_some(value)
    }

    fn expand(&self, theta: &[f64]) -> Option<Expansion> {
        let point = evaluate(self.design, self.scaling, self.task, theta);
        let mut gradient = self.design.gradient(self.scaling, &point.residual);
        let mut information = self.design.information(self.scaling, &point.curvature);
        for (j, penalty) in self.task.penalty.iter().enumerate() {
            gradient[j] -= penalty * theta[j];
            information[[j, j]] += penalty;
        }
        let value = point.log_likelihood - self.penalty(theta);
        Some(Expansion { value, gradient, information })
    }

    fn is_exact(&self) -> bool {
        true
    }
}

/// Another objective with all but some of its coefficients held at 0.
pub(crate) struct Held<'a> {
    pub(crate) objective: &'a dyn Objective,
    /// Places that are free, rising.
    pub(crate) free: &'a [usize],
    /// Coefficients of the other objective.
    pub(crate) width: usize,
}

impl Held<'_> {
    /// The entries of the free places.
    pub(crate) fn pick(&self, all: &[f64]) -> Vec<f64> {
        self.free.iter().map(|parameter| all[*parameter]).collect()
    }

    /// All coefficients, those held at 0.
    pub(crate) fn spread(&self, free: &[f64]) -> Vec<f64> {
        let mut all = vec![0.0; self.width];
        for (parameter, value) in self.free.iter().zip(free) {
            all[*parameter] = *value;
        }
        all
    }
}

impl Objective for Held<'_> {
    fn value(&self, theta: &[f64]) -> Option<f64> {
        self.objective.value(&self.spread(theta))
    }

    fn expand(&self, theta: &[f64]) -> Option<Expansion> {
        let Expansion { value, gradient, information } =
            self.objective.expand(&self.spread(theta))?;
        let size = self.free.len();
        let information =
            Array2::from_shape_fn((size, size), |(j, k)| information[[self.free[j], self.free[k]]]);
        Some(Expansion { value, gradient: self.pick(&gradient), information })
    }

    fn is_exact(&self) -> bool {
        self.objective.is_exact()
    }
}

/// What past steps tell of the curvature where a matrix only stands for it (Liu and Nocedal 1989).
///
/// Without it, steps along a direction in which the true curvature is twice the matrix's jump to and fro for ever.
#[derive(Debug)]
pub(crate) struct Secants {
    /// Step, fall of the gradient over it, and their product; the oldest first.
    pairs: Vec<(Vec<f64>, Vec<f64>, f64)>,
    last: Option<(Vec<f64>, Vec<f64>)>,
    exact: bool,
}

impl Secants {
    pub(crate) fn new(objective: &dyn Objective) -> Self {
        Self { pairs: Vec::new(), last: None, exact: objective.is_exact() }
    }

    /// Takes note of the gradient at a point.
    pub(crate) fn learn(&mut self, theta: &[f64], gradient: &[f64]) {
        const MOST: usize = 8;
        if self.exact {
            return;
        }
        let last = self.last.replace((theta.to_vec(), gradient.to_vec()));
        let Some((before, steeper)) = last else { return };
        let step: Vec<f64> = theta.iter().zip(&before).map(|(a, b)| a - b).collect();
        let fall: Vec<f64> = steeper.iter().zip(gradient).map(|(a, b)| a - b).collect();
        let curve = product(&step, &fall);
        if curve > 1e-8 * (product(&step, &step) * product(&fall, &fall)).sqrt() {
            if self.pairs.len() == MOST {
                self.pairs.remove(0);
            }
            self.pairs.push((step, fall, curve));
        }
    }

    /// The step that a gradient asks for: the matrix's solution, corrected by what was learnt.
    pub(crate) fn solve(&self, factor: &Factor, gradient: &[f64]) -> Vec<f64> {
        let mut rest = gradient.to_vec();
        let mut shares = Vec::with_capacity(self.pairs.len());
        for (step, fall, curve) in self.pairs.iter().rev() {
            let share = product(step, &rest) / curve;
            for (r, f) in rest.iter_mut().zip(fall) {
                *r -= share * f;
            }
            shares.push(share);
        }
        let mut solution = factor.solve(&rest);
        for ((step, fall, curve), share) in self.pairs.iter().zip(shares.into_iter().rev()) {
            let ratio = product(fall, &solution) / curve;
            for (r, s) in solution.iter_mut().zip(step) {
                *r += (share - ratio) * s;
            }
        }
        solution
    }
}

/// The best value under `functional . theta = level`.
#[derive(Debug, Clone)]
pub(crate) struct Constrained {
    pub(crate) value: f64,
    /// Change of the best value per unit of `level`.
    pub(crate) slope: f64,
    pub(crate) theta: Vec<f64>,
}

pub(crate) fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Maximises under one linear constraint, by Newton steps along it.
pub(crate) fn constrained(
    objective: &dyn Objective,
    functional: &[f64],
    level: f64,
    start: &[f64],
) -> Option<Constrained> {
    let mut theta = start.to_vec();
    let mut feasible = false;
    let mut before = f64::INFINITY;
    let mut secants = Secants::new(objective);
    for _ in 0..200 {
        let Expansion { value, gradient, information } = objective.expand(&theta)?;
        let factor = Factor::new(&information, 1e-14).ok()?;
        secants.learn(&theta, &gradient);
        let along = secants.solve(&factor, functional);
        let reach = product(functional, &along);
        let gap = level - product(functional, &theta);
        if !feasible {
            // First onto the constraint, the shortest way in standard errors.
            for (t, d) in theta.iter_mut().zip(&along) {
                *t += d * gap / reach;
            }
            feasible = true;
            continue;
        }
        let free = secants.solve(&factor, &gradient);
        let multiplier = (gap - product(functional, &free)) / reach;
        let step: Vec<f64> = free.iter().zip(&along).map(|(f, a)| f + multiplier * a).collect();
        let gain = product(&step, &gradient);
        let distance = gain.max(0.0).sqrt();
        if distance <= 1e-10 || (distance <= 1e-6 && distance > 0.5 * before) {
            return Some(Constrained { value, slope: -multiplier, theta });
        }
        before = distance;
        let mut length = 1.0;
        let slack = 1e-12 * value.abs().max(1e-3);
        let next = loop {
            let next: Vec<f64> = theta.iter().zip(&step).map(|(t, s)| t + length * s).collect();
            if objective
                .value(&next)
                .is_some_and(|after| after >= value + 1e-4 * length * gain - slack)
            {
                break next;
            }
            length *= 0.5;
            if length < 1e-10 {
                return None;
            }
        };
        theta = next;
    }
    None
}
