//! What a federated fit gives.

use std::collections::BTreeMap;
use std::fmt;

use ndarray::Array2;
use serde::Serialize;

use super::plan::{Method, Plan};
use super::warning::FederatedWarning;
use crate::complaint::Origin;
use crate::research::evaluate::{Interval, Method as IntervalMethod};
use crate::research::fit::{LinearWeights, Penalty};

/// A coefficient of a federated fit, on the scale of its column.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FederatedEstimate {
    /// Name of the column, `(intercept)` for the intercept.
    pub name: String,
    /// Log-odds per unit of the column.
    pub estimate: f64,
    /// From the inverse of the (penalised) information.
    pub standard_error: f64,
    /// Over subjects within agencies, where any agency has subjects that repeat.
    pub clustered: Option<f64>,
    /// By the clustered error where it is the wider one, by the other otherwise.
    pub interval: Interval,
}

/// Weights that all agencies learnt together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FederatedFit {
    pub(super) study: String,
    pub(super) outcome: String,
    pub(super) method: Method,
    pub(super) estimates: Vec<FederatedEstimate>,
    #[serde(skip)]
    pub(super) covariance: Array2<f64>,
    pub(super) log_likelihood: f64,
    pub(super) null_log_likelihood: f64,
    pub(super) decrement: f64,
    pub(super) rounds: usize,
    /// The largest origin of all agencies.
    pub(super) origin: Origin,
    /// Complaints of each agency.
    pub(super) agencies: BTreeMap<String, u64>,
    pub(super) weight: f64,
    pub(super) events: f64,
    pub(super) warnings: Vec<FederatedWarning>,
}

impl FederatedFit {
    /// Name of the study.
    #[must_use]
    pub fn study(&self) -> &str {
        &self.study
    }

    /// Id of the outcome.
    #[must_use]
    pub fn outcome(&self) -> &str {
        &self.outcome
    }

    /// How the weights were learnt.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// What holds the coefficients back, in the words of any fit.
    #[must_use]
    pub fn penalty(&self) -> Penalty {
        match self.method {
            Method::Logistic { ridge: 0.0 } => Penalty::None,
            Method::Logistic { ridge } => Penalty::RidgeStandardised(ridge),
            Method::Firth => Penalty::Firth,
        }
    }

    /// Complaints with the outcome, or without it where fewer, for each coefficient other than the intercept; weighted, and
    /// weights that add up to more than the complaints shrunk to their number.
    #[must_use]
    pub fn events_per_parameter(&self) -> f64 {
        let share = (self.complaints() as f64 / self.weight).min(1.0);
        share * self.events.min(self.weight - self.events)
            / (self.estimates.len() - 1).max(1) as f64
    }

    /// Whether a warning is about this column, so that its weight is never shown without a mark.
    #[must_use]
    pub fn is_thin(&self, column: &str) -> bool {
        self.warnings.iter().any(|warning| warning.column() == Some(column))
    }

    fn complaints(&self) -> u64 {
        self.agencies.values().sum()
    }

    /// Coefficients, the intercept first.
    #[must_use]
    pub fn estimates(&self) -> &[FederatedEstimate] {
        &self.estimates
    }

    /// Covariance of the coefficients in their order, from the (penalised) information.
    #[must_use]
    pub fn covariance(&self) -> &Array2<f64> {
        &self.covariance
    }

    /// The weights by column of the shared design.
    #[must_use]
    pub fn weights(&self) -> LinearWeights {
        let rest = &self.estimates[1..];
        LinearWeights {
            names: rest.iter().map(|estimate| estimate.name.clone()).collect(),
            intercept: self.estimates[0].estimate,
            weights: rest.iter().map(|estimate| estimate.estimate).collect(),
        }
    }

    /// Log-likelihood without penalty.
    #[must_use]
    pub fn log_likelihood(&self) -> f64 {
        self.log_likelihood
    }

    /// Log-likelihood of the intercept alone.
    #[must_use]
    pub fn null_log_likelihood(&self) -> f64 {
        self.null_log_likelihood
    }

    /// Distance to the exact optimum, in standard errors.
    #[must_use]
    pub fn decrement(&self) -> f64 {
        self.decrement
    }

    /// Proposals that every agency answered.
    #[must_use]
    pub fn rounds(&self) -> usize {
        self.rounds
    }

    /// Complaints of each agency.
    #[must_use]
    pub fn agencies(&self) -> &BTreeMap<String, u64> {
        &self.agencies
    }

    /// How many agencies, with the word for so many.
    pub(crate) fn agencies_counted(&self) -> String {
        let count = self.agencies.len();
        format!("{count} {}", if count == 1 { "agency" } else { "agencies" })
    }

    /// Where the complaints come from: the largest origin of all agencies, so that one synthetic file stamps the whole.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Case weights added up: the number of complaints where they are not weighted.
    #[must_use]
    pub fn total_weight(&self) -> f64 {
        self.weight
    }

    /// Those with the outcome, weighted.
    #[must_use]
    pub fn events(&self) -> f64 {
        self.events
    }

    /// What a reader should know.
    #[must_use]
    pub fn warnings(&self) -> &[FederatedWarning] {
        &self.warnings
    }
}

impl fmt::Display for FederatedFit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.estimates.iter().map(|estimate| estimate.name.chars().count());
        let width = names.max().unwrap_or(0).max(6);
        writeln!(
            f,
            "{:<width$} {:>10} {:>9} {:>10} {:>10}",
            "column", "log-odds", "s.e.", "lower", "upper"
        )?;
        for estimate in &self.estimates {
            let error = estimate.clustered.map_or(estimate.standard_error, |clustered| {
                clustered.max(estimate.standard_error)
            });
            writeln!(
                f,
                "{:<width$} {:>10.4} {:>9.4} {:>10.4} {:>10.4}{}",
                estimate.name,
                estimate.estimate,
                error,
                estimate.interval.lower,
                estimate.interval.upper,
                if self.is_thin(&estimate.name) { "  !" } else { "" },
            )?;
        }
        if self.estimates.iter().any(|estimate| self.is_thin(&estimate.name)) {
            writeln!(f, "! see the warnings below before reading this row")?;
        }
        write!(f, "{}, {} complaints", self.agencies_counted(), self.complaints())?;
        // Only sums of weights have left the agencies: how many complaints have the outcome is not known of weighted ones.
        if self.weight == self.complaints() as f64 {
            write!(f, ", {:.0} with the outcome", self.events)?;
        } else {
            write!(f, " of weight {:.1}, {:.1} of it with the outcome", self.weight, self.events)?;
        }
        write!(
            f,
            ", {:.1} of the rarer kind for each weight; {}; {} rounds; {:.1e} standard errors from the optimum",
            self.events_per_parameter(),
            self.penalty(),
            self.rounds,
            self.decrement
        )?;
        for warning in &self.warnings {
            write!(f, "\nwarning: {warning}")?;
        }
        Ok(())
    }
}

/// The interval by the wider error.
pub(super) fn interval(plan: &Plan, estimate: f64, model: f64, clustered: Option<f64>) -> Interval {
    let error = clustered.map_or(model, |clustered| clustered.max(model));
    let method = if error > model { IntervalMethod::Linearized } else { IntervalMethod::Wald };
    Interval::wald(estimate, error, plan.confidence(), method)
}
