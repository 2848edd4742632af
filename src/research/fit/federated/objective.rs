//! The likelihood of all agencies together, as far as their sums are known.

use std::sync::{Mutex, OnceLock, PoisonError};

use ndarray::Array2;

use super::messages::{Ask, Sums, SumsMessage};
use super::plan::Method;
use crate::research::fit::objective::{Expansion, Objective};
use crate::research::numeric::{Factor, Sum};

/// A question with everybody's answers.
#[derive(Debug, Clone)]
pub(super) struct Asked<'a> {
    pub(super) coefficients: &'a [f64],
    pub(super) ask: &'a Ask,
    pub(super) answers: &'a [SumsMessage],
    /// The answers to a question for the likelihood added up, once they have been.
    pub(super) whole: &'a OnceLock<Option<Whole>>,
}

/// Sums over all agencies at one point.
#[derive(Debug, Clone)]
pub(super) struct Whole {
    pub(super) log_likelihood: f64,
    pub(super) gradient: Vec<f64>,
    pub(super) information: Array2<f64>,
    pub(super) certain_of_none: bool,
    /// Factor of the information with its penalty, once it was asked for.
    factor: OnceLock<Option<Factor>>,
}

/// What has been asked so far; a point that has not stops the climb, and becomes the next question.
pub(super) struct Pooled<'a> {
    pub(super) method: Method,
    pub(super) width: usize,
    pub(super) asked: Vec<Asked<'a>>,
    pub(super) open: Mutex<Option<(Vec<f64>, Ask)>>,
}

impl Pooled<'_> {
    /// The answers at a point, or `None` with the question noted.
    fn answers(
        &self,
        theta: &[f64],
        ask: impl FnOnce() -> Ask,
        wanted: fn(&Ask) -> bool,
    ) -> Option<&Asked<'_>> {
        let known =
            self.asked.iter().find(|asked| asked.coefficients == theta && wanted(asked.ask));
        if known.is_some() {
            return known;
        }
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.is_none() {
            *open = Some((theta.to_vec(), ask()));
        }
        None
    }

    /// Log-likelihood, gradient and information without any penalty.
    pub(super) fn likelihood(&self, theta: &[f64]) -> Option<&Whole> {
        let asked =
            self.answers(theta, || Ask::Likelihood, |ask| matches!(ask, Ask::Likelihood))?;
        asked.whole.get_or_init(|| self.added_up(asked.answers)).as_ref()
    }

    fn added_up(&self, answers: &[SumsMessage]) -> Option<Whole> {
        let mut log_likelihood = Sum::new();
        let mut gradient = vec![Sum::new(); self.width];
        let mut triangle = vec![Sum::new(); self.width * (self.width + 1) / 2];
        let mut certain = true;
        for answer in answers {
            let Sums::Likelihood {
                log_likelihood: part,
                gradient: g,
                information,
                certain_of_none,
            } = &answer.sums
            else {
                return None;
            };
            log_likelihood.add(*part);
            gradient.iter_mut().zip(g).for_each(|(sum, x)| sum.add(*x));
            triangle.iter_mut().zip(information).for_each(|(sum, x)| sum.add(*x));
            certain &= certain_of_none;
        }
        Some(Whole {
            log_likelihood: log_likelihood.value(),
            gradient: gradient.iter().map(|sum| sum.value()).collect(),
            information: Array2::from_shape_fn((self.width, self.width), |(j, k)| {
                let (high, low) = (j.max(k), j.min(k));
                triangle[high * (high + 1) / 2 + low].value()
            }),
            certain_of_none: certain,
            factor: OnceLock::new(),
        })
    }

    /// Whether at any point asked so far some complaint was fitted within one in a million of certainty.
    pub(super) fn came_near_certainty(&self) -> bool {
        let wholes = self.asked.iter().filter_map(|asked| asked.whole.get()?.as_ref());
        wholes.into_iter().any(|whole| !whole.certain_of_none)
    }

    /// Factor of the penalised information at a point.
    pub(super) fn factor(&self, theta: &[f64]) -> Option<&Factor> {
        let whole = self.likelihood(theta)?;
        let made = || Factor::new(&self.penalised(whole), 1e-13).ok();
        whole.factor.get_or_init(made).as_ref()
    }

    /// Penalised log-likelihood and gradient, from whatever was asked at this point; the matrix is not asked for.
    pub(super) fn slope(&self, theta: &[f64]) -> Option<(f64, Vec<f64>)> {
        let has_slope = |ask: &Ask| matches!(ask, Ask::Likelihood | Ask::Gradient);
        let asked = self.answers(theta, || Ask::Gradient, has_slope)?;
        let (log_likelihood, mut gradient) = match asked.ask {
            Ask::Likelihood => {
                let whole = self.likelihood(theta)?;
                (whole.log_likelihood, whole.gradient.clone())
            }
            _ => self.added_slopes(asked.answers)?,
        };
        for (g, t) in gradient.iter_mut().zip(theta).skip(1) {
            *g -= self.ridge() * t;
        }
        let value = log_likelihood - self.lost_by(theta);
        value.is_finite().then_some((value, gradient))
    }

    fn added_slopes(&self, answers: &[SumsMessage]) -> Option<(f64, Vec<f64>)> {
        let mut log_likelihood = Sum::new();
        let mut gradient = vec![Sum::new(); self.width];
        for answer in answers {
            let Sums::Gradient { log_likelihood: part, gradient: g } = &answer.sums else {
                return None;
            };
            log_likelihood.add(*part);
            gradient.iter_mut().zip(g).for_each(|(sum, x)| sum.add(*x));
        }
        Some((log_likelihood.value(), gradient.iter().map(|sum| sum.value()).collect()))
    }

    /// What the ridge penalty takes from the log-likelihood.
    fn lost_by(&self, theta: &[f64]) -> f64 {
        0.5 * self.ridge() * theta[1..].iter().map(|t| t * t).sum::<f64>()
    }

    /// Firth's part of the gradient.
    fn leverage(&self, theta: &[f64], factor: &Factor) -> Option<Vec<f64>> {
        let ask = || Ask::Leverage { inverse: factor.inverse().into_iter().collect() };
        let answers = self.answers(theta, ask, |ask| matches!(ask, Ask::Leverage { .. }))?.answers;
        let mut gradient = vec![Sum::new(); self.width];
        for answer in answers {
            let Sums::Leverage { gradient: part } = &answer.sums else { return None };
            gradient.iter_mut().zip(part).for_each(|(sum, x)| sum.add(*x));
        }
        Some(gradient.iter().map(|sum| sum.value()).collect())
    }

    /// Squared influences over subjects, and how many subjects there are.
    pub(super) fn cluster_errors(
        &self,
        theta: &[f64],
        influence: &Array2<f64>,
    ) -> Option<(Vec<f64>, u64)> {
        let ask = || Ask::ClusterErrors { influence: influence.iter().copied().collect() };
        let answers =
            self.answers(theta, ask, |ask| matches!(ask, Ask::ClusterErrors { .. }))?.answers;
        let mut squares = vec![Sum::new(); self.width];
        let mut all = 0;
        for answer in answers {
            let Sums::ClusterErrors { squares: part, clusters } = &answer.sums else { return None };
            squares.iter_mut().zip(part).for_each(|(sum, x)| sum.add(*x));
            all += clusters;
        }
        Some((squares.iter().map(|sum| sum.value()).collect(), all))
    }

    fn ridge(&self) -> f64 {
        match self.method {
            Method::Logistic { ridge } => ridge,
            Method::Firth => 0.0,
        }
    }

    /// The matrix whose factor gives steps and covariances.
    pub(super) fn penalised(&self, whole: &Whole) -> Array2<f64> {
        let mut information = whole.information.clone();
        self.penalise(&mut information);
        information
    }

    /// Adds the penalty to an information matrix.
    pub(super) fn penalise(&self, information: &mut Array2<f64>) {
        for j in 1..self.width {
            information[[j, j]] += self.ridge();
        }
    }
}

impl Objective for Pooled<'_> {
    fn value(&self, theta: &[f64]) -> Option<f64> {
        let whole = self.likelihood(theta)?;
        let value = match self.method {
            Method::Logistic { .. } => whole.log_likelihood - self.lost_by(theta),
            Method::Firth => {
                let factor = Factor::new(&whole.information, 1e-14).ok()?;
                whole.log_likelihood + 0.5 * factor.log_determinant()
            }
        };
        value.is_finite().then_some(value)
    }

    fn expand(&self, theta: &[f64]) -> Option<Expansion> {
        let value = self.value(theta)?;
        let whole = self.likelihood(theta)?;
        let information = self.penalised(whole);
        let mut gradient = whole.gradient.clone();
        if self.method == Method::Firth {
            let factor = Factor::new(&information, 1e-13).ok()?;
            let part = self.leverage(theta, &factor)?;
            gradient.iter_mut().zip(part).for_each(|(g, x)| *g += x);
        } else {
            for (g, t) in gradient.iter_mut().zip(theta).skip(1) {
                *g -= self.ridge() * t;
            }
        }
        Some(Expansion { value, gradient, information })
    }

    fn is_exact(&self) -> bool {
        self.method != Method::Firth
    }
}
