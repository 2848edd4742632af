//! What a long fit tells its caller.

use std::ops::ControlFlow;

use crate::research::numeric::NewtonProgress;

/// Where a fit stands; given to the caller's observer, which may stop the fit with [`ControlFlow::Break`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum FitProgress {
    /// Before a step toward the optimum.
    Step {
        /// Steps taken so far. Starts again where a sign constraint changes what is held at 0.
        iteration: usize,
        /// Log-likelihood now; for [`Firth`](super::Firth) the penalised one on standardised columns.
        log_likelihood: f64,
        /// Estimated distance to the optimum, in standard errors.
        decrement: f64,
    },
    /// Before the profile intervals and tests of the next few coefficients.
    Profile {
        /// Coefficients done.
        done: usize,
        /// Coefficients in all.
        of: usize,
    },
    /// Cards: before supports of one more item are tried.
    Supports {
        /// Items in the supports so far.
        items: usize,
        /// Items allowed.
        of: usize,
        /// Log loss of the best support with real weights.
        log_loss: f64,
    },
    /// Cards: before a round of improvements.
    Cards {
        /// Log loss of the best card so far, or of the best support with real weights before there is one.
        log_loss: f64,
    },
}

impl From<&NewtonProgress> for FitProgress {
    fn from(progress: &NewtonProgress) -> Self {
        Self::Step {
            iteration: progress.iteration,
            log_likelihood: progress.log_likelihood,
            decrement: progress.decrement,
        }
    }
}

/// The caller's observer.
pub(crate) type Observer<'a> = dyn FnMut(&FitProgress) -> ControlFlow<()> + 'a;

/// An observer that never stops a fit.
pub(crate) fn unobserved(_: &FitProgress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}
