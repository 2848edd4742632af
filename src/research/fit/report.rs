//! What a fit says about itself.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::settings::Sign;
use super::warning::FitWarning;
use crate::complaint::Origin;
use crate::research::evaluate::{Confidence, Interval, Method as IntervalMethod};
use crate::research::numeric::distributions::{chi_square_upper, normal_two_sided};

/// Name of the intercept among the estimates.
pub(crate) const INTERCEPT: &str = "(intercept)";

/// A test statistic with its degrees of freedom and p-value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TestResult {
    /// The statistic, referred to the chi-square distribution.
    pub statistic: f64,
    /// Degrees of freedom.
    pub degrees: usize,
    /// Upper tail area; never 0: what is smaller than floating point has room for is the least number above 0.
    pub p: f64,
}

impl TestResult {
    /// A likelihood ratio, 0 where rounding took it below.
    pub(super) fn of(statistic: f64, degrees: usize) -> Self {
        let statistic = statistic.max(0.0);
        // Nothing was asked: nothing speaks against it.
        let p = match degrees {
            0 => 1.0,
            _ => chi_square_upper(statistic, degrees as f64).max(f64::MIN_POSITIVE),
        };
        Self { statistic, degrees, p }
    }
}

/// One coefficient with everything known about it, on the scale of its column.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Estimate {
    /// Name of the column, `(intercept)` for the intercept.
    pub name: String,
    /// Log-odds per unit of the column.
    pub estimate: f64,
    /// The side of 0 that a sign constraint allows, where there is one.
    ///
    /// An estimate of exactly 0 with a sign and without a standard error is held at its bound. Standard errors of the
    /// others are those of the fit without it.
    pub sign: Option<Sign>,
    /// From the inverse of the observed (penalised) information; `None` at a sign bound.
    ///
    /// For [`Firth`](super::Firth): from the information itself, as brglm2 and SAS report it.
    pub standard_error: Option<f64>,
    /// Firth only: from the weights `w (1 + h)`, as logistf 1.24 and later report it.
    pub augmented_standard_error: Option<f64>,
    /// Sandwich without correction (White 1980), where asked for.
    pub robust_hc0: Option<f64>,
    /// The same times `sqrt(n / (n - k))` as R's sandwich has it, where asked for.
    pub robust_hc1: Option<f64>,
    /// Sandwich over clusters, where clusters were given and can tell: an answer that fewer than ten clusters carry, or
    /// fewer than five complaints with or without the outcome, has none where it would be smaller than the model's error.
    pub clustered: Option<f64>,
    /// `estimate / standard error`; the clustered error where there is one, the model's otherwise.
    pub z: Option<f64>,
    /// Two-sided normal p-value of `z`; never 0.
    pub p: Option<f64>,
    /// `estimate ± quantile * standard error`, with the error that `z` uses; none where it would have no width.
    pub wald: Option<Interval>,
    /// Values not refused by the (penalised) likelihood-ratio test, where asked for.
    ///
    /// It takes rows for independent and case weights for repeated rows, as the likelihood does: where there are
    /// clusters or sampling weights it is too narrow, and the Wald interval with the clustered error is the one to use.
    ///
    /// Under sign constraints, of this or of other coefficients, every value is held against the best fit that
    /// keeps all signs. An interval then stays on the allowed side, and a limit of exactly 0 beside a
    /// [`sign`](Self::sign) is the bound, not a finding: the interval is one-sided.
    pub profile: Option<Interval>,
    /// Likelihood-ratio test of the coefficient being 0, where asked for.
    ///
    /// Referred to the chi-square distribution also beside a sign constraint, where the true p-value is smaller, about
    /// half (Self and Liang 1987); 1 at the bound itself.
    pub likelihood_ratio: Option<TestResult>,
    /// Variance inflation of the column among the columns, `1 / (1 - R²)`.
    pub vif: Option<f64>,
    /// Variance inflation from the correlations of the coefficients (car's).
    pub vif_of_coefficients: Option<f64>,
    /// What must be said wherever this coefficient is shown.
    pub cautions: Vec<FitWarning>,
}

impl Estimate {
    /// Tests the estimate by this error; none without an error, or by one of 0.
    pub(super) fn test_by(&mut self, error: Option<f64>, confidence: Confidence) {
        let error = error.filter(|error| *error > 0.0);
        self.z = error.map(|error| self.estimate / error);
        self.p = self.z.map(|z| normal_two_sided(z).max(f64::MIN_POSITIVE));
        let half = |error: f64| confidence.z() * error;
        self.wald = error.and_then(|error| {
            let (lower, upper) = (self.estimate - half(error), self.estimate + half(error));
            Interval::new(lower, upper, confidence, IntervalMethod::Wald).ok()
        });
    }
}

/// Which method learnt the weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Method {
    /// Logistic regression, penalised where a ridge was given.
    Logistic,
    /// Firth's bias-reduced logistic regression.
    Firth,
}

/// What holds the coefficients back.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Penalty {
    /// Nothing.
    None,
    /// Half of this times the sum of squared coefficients, as given. Intervals and p-values take it for known.
    Ridge(f64),
    /// The same for coefficients per standard deviation of their column.
    RidgeStandardised(f64),
    /// Firth's: half the log determinant of the information.
    Firth,
}

impl fmt::Display for Penalty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("no penalty"),
            Self::Ridge(penalty) => {
                write!(
                    f,
                    "ridge penalty {penalty}; intervals take no account of the bias it brings"
                )
            }
            Self::RidgeStandardised(penalty) => write!(
                f,
                "ridge penalty {penalty} per standard deviation; intervals take no account of the bias it brings"
            ),
            Self::Firth => f.write_str("Firth's penalty"),
        }
    }
}

/// The whole account of a fit.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FitReport {
    /// The method.
    pub method: Method,
    /// What holds the coefficients back.
    pub penalty: Penalty,
    /// Where complaints and labels come from; not stated where the sample does not say it.
    pub origin: Origin,
    /// Coefficients, the intercept first where there is one.
    pub estimates: Vec<Estimate>,
    /// Of all intervals.
    pub confidence: Confidence,
    /// Rows with a weight above 0.
    pub rows: usize,
    /// Rows among them with the outcome.
    pub events: usize,
    /// Events after weighting and clustering: `(sum w)² / sum w²` over clusters (Kish 1965).
    pub effective_events: f64,
    /// Effective events, or effective non-events where fewer.
    pub effective_rarer: f64,
    /// [`Self::effective_rarer`] for each coefficient other than the intercept.
    pub events_per_parameter: f64,
    /// Clusters among the rows with a weight above 0, where clusters were given.
    pub clusters: Option<usize>,
    /// Log-likelihood without penalty.
    pub log_likelihood: f64,
    /// Firth only: log-likelihood plus half the log determinant of the information.
    pub penalized_log_likelihood: Option<f64>,
    /// Log-likelihood of the intercept alone (of the offset alone where there is no intercept).
    pub null_log_likelihood: f64,
    /// All columns against none, by the likelihood without penalty.
    pub likelihood_ratio: TestResult,
    /// Firth only: all columns against none by the penalised likelihood, both with the determinant of the full
    /// information, as logistf reports it.
    pub penalized_likelihood_ratio: Option<TestResult>,
    /// McFadden's R², `1 - log-likelihood / null`.
    pub mcfadden: f64,
    /// Cox and Snell's R².
    pub cox_snell: f64,
    /// Nagelkerke's R².
    pub nagelkerke: f64,
    /// `-2 log-likelihood`.
    pub deviance: f64,
    /// Akaike's criterion.
    pub aic: f64,
    /// Bayesian criterion with the logarithm of the total weight.
    pub bic: f64,
    /// Largest over smallest singular value of the weighted design with columns of unit length, standardised.
    pub condition_number: f64,
    /// Newton steps taken.
    pub iterations: usize,
    /// Largest entry of the final gradient, on the standardised scale.
    pub final_gradient: f64,
    /// Distance to the exact optimum, in standard errors.
    pub decrement: f64,
    /// What a reader should know.
    pub warnings: Vec<FitWarning>,
}

impl FitReport {
    /// The estimate of this name.
    #[must_use]
    pub fn estimate(&self, name: &str) -> Option<&Estimate> {
        self.estimates.iter().find(|estimate| estimate.name == name)
    }
}

impl fmt::Display for FitReport {
    /// An aligned table of the estimates, then the figures of the whole fit, then the warnings.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.estimates.iter().map(|e| e.name.chars().count()).max().unwrap_or(0).max(6);
        let number = |value: Option<f64>| {
            value.map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"))
        };
        let chance = |value: Option<f64>| match value {
            Some(p) if p < 1e-300 => "<1e-300".to_owned(),
            Some(p) if p < 1e-4 => format!("{p:.1e}"),
            other => number(other),
        };
        let percent = self.confidence.level() * 100.0;
        writeln!(
            f,
            "{:<width$} {:>10} {:>9} {:>8} {:>9} {:>10} {:>10}   ({percent:.0}% intervals)",
            "column", "log-odds", "s.e.", "z", "p", "lower", "upper"
        )?;
        for estimate in &self.estimates {
            // Likelihoods know nothing of clusters: where there are any, Wald's interval stands.
            let interval = match self.clusters {
                Some(_) => estimate.wald,
                None => estimate.profile.or(estimate.wald),
            };
            writeln!(
                f,
                "{:<width$} {:>10.4} {:>9} {:>8} {:>9} {:>10} {:>10}{}",
                estimate.name,
                estimate.estimate,
                number(estimate.clustered.or(estimate.standard_error)),
                number(estimate.z),
                chance(estimate.p),
                number(interval.map(|interval| interval.lower)),
                number(interval.map(|interval| interval.upper)),
                if estimate.cautions.is_empty() { "" } else { "  !" },
            )?;
        }
        if self.estimates.iter().any(|estimate| !estimate.cautions.is_empty()) {
            writeln!(f, "! see the warnings below before reading this row")?;
        }
        writeln!(
            f,
            "{} complaints, {} with the outcome ({:.1} effective, {:.1} for each coefficient)",
            self.rows, self.events, self.effective_events, self.events_per_parameter
        )?;
        writeln!(
            f,
            "log-likelihood {:.4} (null {:.4}); likelihood ratio {:.3} on {}, p {:.2e}; Nagelkerke R² {:.4}; AIC {:.2}; BIC {:.2}",
            self.log_likelihood,
            self.null_log_likelihood,
            self.likelihood_ratio.statistic,
            self.likelihood_ratio.degrees,
            self.likelihood_ratio.p,
            self.nagelkerke,
            self.aic,
            self.bic
        )?;
        if let Some(test) = self.penalized_likelihood_ratio {
            writeln!(
                f,
                "penalised likelihood ratio {:.3} on {}, p {:.2e}; the likelihood ratio above is without penalty",
                test.statistic, test.degrees, test.p
            )?;
        }
        write!(
            f,
            "{}; {} steps; {:.1e} standard errors from the optimum; condition number {:.1}",
            self.penalty, self.iterations, self.decrement, self.condition_number
        )?;
        match self.origin {
            Origin::Synthetic => {
                write!(f, "\nmade-up complaints: it says nothing about the world")?;
            }
            Origin::NotStated => {
                write!(f, "\nnobody said where the complaints come from (`Sample::with_origin`)")?;
            }
            Origin::Prospective | Origin::Retrospective => {}
        }
        // Many columns may share one of these: one line names them all.
        let all = |is: fn(&FitWarning) -> bool| -> Vec<&str> {
            let about = self.warnings.iter().filter(|warning| is(warning));
            about.filter_map(FitWarning::column).collect()
        };
        let held = all(|warning| matches!(warning, FitWarning::AtBound { .. }));
        if !held.is_empty() {
            write!(f, "\nwarning: held at 0 by their declared directions: {}", held.join(", "))?;
        }
        let repeated = all(|warning| matches!(warning, FitWarning::Repeated { .. }));
        if !repeated.is_empty() {
            write!(
                f,
                "\nwarning: these repeat combinations of one another, and the penalty alone divides the weight between them: {}",
                repeated.join(", ")
            )?;
        }
        for warning in &self.warnings {
            if !matches!(warning, FitWarning::AtBound { .. } | FitWarning::Repeated { .. }) {
                write!(f, "\nwarning: {warning}")?;
            }
        }
        Ok(())
    }
}
