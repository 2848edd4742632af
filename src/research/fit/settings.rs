//! What both regressions are told: constraints, errors, intervals, limits.

use serde::Serialize;

use super::FitError;
use crate::research::evaluate::Confidence;

/// The sign a coefficient may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// 0 or more: the answer raises the outcome or says nothing.
    NonNegative,
    /// 0 or less: the answer lowers the outcome or says nothing.
    NonPositive,
}

/// Settings that every regression has.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settings {
    pub(crate) intercept: bool,
    pub(crate) signs: Vec<(String, Sign)>,
    pub(crate) robust: bool,
    pub(crate) profile: bool,
    pub(crate) confidence: Confidence,
    pub(crate) max_iterations: usize,
    pub(crate) tolerance: f64,
}

impl Settings {
    /// An intercept, no sign constraints, 95% intervals, tolerance 1e-10.
    pub(crate) fn new(max_iterations: usize) -> Self {
        Self {
            intercept: true,
            signs: Vec::new(),
            robust: false,
            profile: false,
            confidence: Confidence::P95,
            max_iterations,
            tolerance: 1e-10,
        }
    }

    pub(crate) fn check(&self) -> Result<(), FitError> {
        let refuse = |setting, value, allowed| Err(FitError::Setting { setting, value, allowed });
        if !(self.tolerance > 0.0 && self.tolerance <= 1e-3) {
            return refuse("tolerance", self.tolerance, "above 0 and at most 0.001");
        }
        if self.max_iterations == 0 {
            return refuse("max_iterations", 0.0, "1 or more");
        }
        Ok(())
    }

    /// 1 where there is an intercept.
    pub(crate) fn lead(&self) -> usize {
        usize::from(self.intercept)
    }

    pub(crate) fn constrain(&mut self, column: &str, sign: Sign) {
        self.signs.retain(|(name, _)| name != column);
        self.signs.push((column.to_owned(), sign));
    }

    /// Sign constraints by the place of their coefficients.
    pub(crate) fn signs_of(&self, names: &[String]) -> Result<Vec<Option<Sign>>, FitError> {
        let mut signs = vec![None; names.len() + self.lead()];
        for (name, sign) in &self.signs {
            let column = names.iter().position(|known| known == name);
            let column = column.ok_or_else(|| FitError::NoSuchColumn { column: name.clone() })?;
            signs[column + self.lead()] = Some(*sign);
        }
        Ok(signs)
    }
}

/// The setters that every regression has.
macro_rules! common_setters {
    ($method:ident) => {
        impl $method {
            /// No intercept: where all columns are 0 the log-odds are the offset, or 0.
            #[must_use]
            pub fn without_intercept(mut self) -> Self {
                self.0.common.intercept = false;
                self
            }

            /// Constrains the sign of one column's coefficient.
            #[must_use]
            pub fn sign(mut self, column: &str, sign: Sign) -> Self {
                self.0.common.constrain(column, sign);
                self
            }

            /// Reports sandwich standard errors HC0 and HC1 too.
            #[must_use]
            pub fn with_robust_errors(mut self) -> Self {
                self.0.common.robust = true;
                self
            }

            /// Reports a profile-likelihood interval and a likelihood-ratio test for each coefficient, from the penalised
            /// likelihood where there is one.
            ///
            /// Costs about ten refits a coefficient.
            #[must_use]
            pub fn with_profile(mut self) -> Self {
                self.0.common.profile = true;
                self
            }

            /// How sure all intervals are meant to be; 95% by default.
            #[must_use]
            pub fn confidence(mut self, confidence: crate::research::evaluate::Confidence) -> Self {
                self.0.common.confidence = confidence;
                self
            }

            /// Steps allowed, 1 or more.
            #[must_use]
            pub fn max_iterations(mut self, steps: usize) -> Self {
                self.0.common.max_iterations = steps;
                self
            }

            /// Largest distance to the optimum, in standard errors, that counts as converged; 1e-10 by default.
            #[must_use]
            pub fn tolerance(mut self, tolerance: f64) -> Self {
                self.0.common.tolerance = tolerance;
                self
            }

            /// As `fit_sample`; `observer` hears of every step and every few profile intervals, and may stop the fit.
            ///
            /// # Errors
            /// As `fit_sample`, and [`FitError::Cancelled`] where the observer breaks.
            pub fn fit_sample_observed(
                &self,
                sample: &Sample<'_>,
                observer: &mut dyn FnMut(&FitProgress) -> ControlFlow<()>,
            ) -> Result<LogisticModel, FitError> {
                self.validated()?.fit_sample_observed(sample, observer)
            }
        }
    };
}
pub(crate) use common_setters;
