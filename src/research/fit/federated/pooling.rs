//! Pooling in one go: each agency fits alone and sends estimates; and a start for an agency that can hardly fit.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::design::SharedDesign;
use super::error::FederatedError;
use super::plan::{FORMAT, Plan};
use super::warning::FederatedWarning;
use crate::complaint::Origin;
use crate::research::fit::{FitWarning, LinearWeights, LogisticModel, Penalty};
use crate::research::numeric::distributions::chi_square_upper;
use crate::triage::Fingerprint;

/// What an agency that fitted alone sends: estimates and their variances.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Contribution {
    /// Format of the message.
    pub format: u32,
    /// Who sends it.
    pub agency: String,
    /// Which outcome was fitted; not stated where a message does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Fingerprint of the columns that it was fitted to; not stated where a message does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub design: Option<Fingerprint>,
    /// Complaints with a known outcome.
    pub complaints: u64,
    /// Where they and their outcomes come from; not stated where a message does not say it.
    #[serde(default)]
    pub origin: Origin,
    /// What held the coefficients back; not stated where a message does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub penalty: Option<Penalty>,
    /// What the agency's fit says its reader should know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<FitWarning>,
    /// Names of the coefficients, the intercept first.
    pub names: Vec<String>,
    /// One entry a coefficient; `None` where the agency has no estimate of it.
    pub estimates: Vec<Option<f64>>,
    /// Variances of the estimates, above 0.
    pub variances: Vec<Option<f64>>,
}

impl Contribution {
    /// From a fit to the agency's own rows under the shared columns; errors over clusters where they are the wider ones.
    /// Where the rows come from is what the fit's sample says; [`Self::with_origin`] says it otherwise.
    #[must_use]
    pub fn new(agency: &str, model: &LogisticModel) -> Self {
        let report = model.report();
        let error = |estimate: &crate::research::fit::Estimate| {
            let errors = [estimate.standard_error, estimate.clustered];
            errors.into_iter().flatten().reduce(f64::max).filter(|error| *error > 0.0)
        };
        Self {
            format: FORMAT,
            agency: agency.to_owned(),
            outcome: None,
            design: None,
            complaints: report.rows as u64,
            origin: report.origin,
            penalty: Some(report.penalty),
            warnings: report.warnings.clone(),
            names: report.estimates.iter().map(|estimate| estimate.name.clone()).collect(),
            estimates: report
                .estimates
                .iter()
                .map(|estimate| error(estimate).map(|_| estimate.estimate))
                .collect(),
            variances: report
                .estimates
                .iter()
                .map(|estimate| error(estimate).map(|error| error * error))
                .collect(),
        }
    }

    /// Which outcome was fitted, and to which columns: estimates of other outcomes, or of columns that are coded otherwise, are
    /// refused beside these, whatever their names. Without it nobody can tell, and what is pooled says so.
    ///
    /// # Errors
    /// As [`SharedDesign::fingerprint`].
    pub fn under(mut self, plan: &Plan, design: &SharedDesign) -> Result<Self, FederatedError> {
        self.outcome = Some(plan.outcome().to_owned());
        self.design = Some(design.fingerprint()?);
        Ok(self)
    }

    /// Where the rows come from, such as [`Agency::origin`](super::Agency::origin).
    #[must_use]
    pub fn with_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }
}

/// A coefficient pooled over agencies.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PooledWeight {
    /// Its name.
    pub name: String,
    /// Agencies that have an estimate.
    pub agencies: usize,
    /// Inverse-variance mean: right where all agencies share one weight.
    pub fixed: f64,
    /// Its standard error.
    pub fixed_error: f64,
    /// Mean of the agencies' weights, which may differ (DerSimonian and Laird 1986).
    pub random: f64,
    /// Its standard error.
    pub random_error: f64,
    /// Cochran's Q: weighted squares of the distances to the fixed mean.
    pub q: f64,
    /// Upper tail of Q with agencies - 1 degrees of freedom; `None` for one agency.
    pub q_p: Option<f64>,
    /// Share of the spread that sampling does not explain, 0 to 1 (Higgins and Thompson 2002); `None` for one agency.
    pub i_squared: Option<f64>,
    /// Variance of the true weights between agencies; `None` for one agency.
    pub tau_squared: Option<f64>,
}

/// All coefficients pooled over agencies.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PooledWeights {
    weights: Vec<PooledWeight>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    design: Option<Fingerprint>,
    origin: Origin,
    warnings: Vec<FederatedWarning>,
}

impl PooledWeights {
    /// Pools each coefficient by inverse variance.
    ///
    /// Warnings of the agencies' own fits, and the penalties that they were made under, are among [`Self::warnings`].
    /// Biased towards 0 weight for agencies of few events, whose own fits are: a federated fit has no such bias.
    ///
    /// # Errors
    /// [`FederatedError`] for no contribution, one of another format, an agency that comes twice, outcomes, designs or names that
    /// differ, numbers that are not finite or a coefficient that no agency has.
    pub fn new(contributions: &[Contribution]) -> Result<Self, FederatedError> {
        let Some(first) = contributions.first() else {
            return Err(FederatedError::Nothing {
                what: "no agency has sent estimates",
                way_out: "pool at least one",
            });
        };
        // What the first that states it says; a message that states nothing is told of below.
        let outcome = contributions.iter().find_map(|part| part.outcome.clone());
        let design = contributions.iter().find_map(|part| part.design);
        for (number, part) in contributions.iter().enumerate() {
            check(part, &first.names)?;
            same_question(part, outcome.as_ref(), design.as_ref())?;
            once(&part.agency, contributions[..number].iter().map(|earlier| &*earlier.agency))?;
        }
        let weights = first.names.iter().enumerate().map(|(column, name)| {
            let known: Vec<(f64, f64)> = contributions
                .iter()
                .filter_map(|part| part.estimates[column].zip(part.variances[column]))
                .collect();
            pooled(name, &known)
        });
        let weights = weights.collect::<Result<_, _>>()?;
        let origin = contributions.iter().map(|part| part.origin).max().unwrap_or_default();
        let own = own_fits(contributions);
        let silent =
            contributions.iter().filter(|part| part.outcome.is_none() || part.design.is_none());
        let agencies: Vec<String> = silent.map(|part| part.agency.clone()).collect();
        let unstated =
            (!agencies.is_empty()).then_some(FederatedWarning::DesignNotStated { agencies });
        let of_origin = FederatedWarning::of_origin(origin).into_iter();
        let warnings = of_origin.chain(unstated).chain(own).collect();
        Ok(Self { weights, outcome, design, origin, warnings })
    }

    /// The coefficients, the intercept first.
    #[must_use]
    pub fn weights(&self) -> &[PooledWeight] {
        &self.weights
    }

    /// Which outcome they are of; `None` where no agency states it.
    #[must_use]
    pub fn outcome(&self) -> Option<&str> {
        self.outcome.as_deref()
    }

    /// Where the complaints come from: the largest origin of all agencies, so that one synthetic file stamps the whole.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// What a reader should know.
    #[must_use]
    pub fn warnings(&self) -> &[FederatedWarning] {
        &self.warnings
    }

    /// Weights for an agency to start with: each drawn from the mean of all toward the agency's own by how well it knows it,
    /// against how much agencies differ. Without estimates of its own, the mean.
    ///
    /// # Errors
    /// As [`Self::new`] for the agency's contribution.
    pub fn start_for(&self, alone: Option<&Contribution>) -> Result<LinearWeights, FederatedError> {
        let names: Vec<String> = self.weights.iter().map(|weight| weight.name.clone()).collect();
        if let Some(alone) = alone {
            check(alone, &names)?;
            same_question(alone, self.outcome.as_ref(), self.design.as_ref())?;
        }
        let drawn: Vec<f64> = self
            .weights
            .iter()
            .enumerate()
            .map(|(column, weight)| {
                let known =
                    alone.and_then(|alone| alone.estimates[column].zip(alone.variances[column]));
                let spread = weight.tau_squared.unwrap_or(0.0);
                match known {
                    Some((estimate, variance)) if spread > 0.0 => {
                        let share = spread / (spread + variance);
                        share * estimate + (1.0 - share) * weight.random
                    }
                    _ => weight.random,
                }
            })
            .collect();
        Ok(LinearWeights::new(&names[1..], drawn[0], &drawn[1..])?)
    }
}

impl fmt::Display for PooledWeights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.weights.iter().map(|weight| weight.name.chars().count());
        let width = names.max().unwrap_or(0).max(6);
        write!(
            f,
            "{:<width$} {:>8} {:>10} {:>9} {:>10} {:>9} {:>5}",
            "column", "agencies", "one weight", "s.e.", "mean", "s.e.", "I²"
        )?;
        for weight in &self.weights {
            write!(
                f,
                "\n{:<width$} {:>8} {:>10.4} {:>9.4} {:>10.4} {:>9.4} {:>5}",
                weight.name,
                weight.agencies,
                weight.fixed,
                weight.fixed_error,
                weight.random,
                weight.random_error,
                weight.i_squared.map_or("-".to_owned(), |share| format!("{:.0}%", 100.0 * share))
            )?;
        }
        for warning in &self.warnings {
            write!(f, "\nwarning: {warning}")?;
        }
        Ok(())
    }
}

/// What the agencies' fits were held back by and warn of; one entry for each kind, with the agencies that it comes from.
fn own_fits(contributions: &[Contribution]) -> Vec<FederatedWarning> {
    let mut penalties: Vec<(Option<Penalty>, Vec<String>)> = Vec::new();
    let mut warnings: Vec<(&FitWarning, Vec<String>)> = Vec::new();
    for part in contributions {
        let agency = || part.agency.clone();
        match penalties.iter_mut().find(|(known, _)| *known == part.penalty) {
            Some((_, agencies)) => agencies.push(agency()),
            None => penalties.push((part.penalty, vec![agency()])),
        }
        for warning in &part.warnings {
            match warnings.iter_mut().find(|(known, _)| known.is_like(warning)) {
                // A fit that says the same twice is one fit.
                Some((_, agencies)) if agencies.last() == Some(&part.agency) => {}
                Some((_, agencies)) => agencies.push(agency()),
                None => warnings.push((warning, vec![agency()])),
            }
        }
    }
    let stated = penalties.iter().filter(|(penalty, _)| penalty.is_some()).count();
    let differ = (stated > 1).then_some(FederatedWarning::PenaltiesDiffer);
    let of_penalties = penalties.into_iter().filter_map(|(penalty, agencies)| match penalty {
        None => Some(FederatedWarning::PenaltyNotStated { agencies }),
        Some(penalty @ (Penalty::Ridge(_) | Penalty::RidgeStandardised(_))) => {
            Some(FederatedWarning::Shrunk { penalty, agencies })
        }
        Some(Penalty::None | Penalty::Firth) => None,
    });
    let of_fits = warnings
        .into_iter()
        .map(|(warning, agencies)| FederatedWarning::OwnFits { told: warning.clone(), agencies });
    differ.into_iter().chain(of_penalties).chain(of_fits).collect()
}

fn check(part: &Contribution, names: &[String]) -> Result<(), FederatedError> {
    let agency = || part.agency.clone();
    if part.format != FORMAT {
        return Err(FederatedError::Format { found: part.format, read: FORMAT });
    }
    if part.names != names {
        return Err(FederatedError::Other {
            from: agency(),
            what: "columns",
            found: part.names.join(", "),
            expected: names.join(", "),
        });
    }
    for (what, found) in [("estimates", part.estimates.len()), ("variances", part.variances.len())]
    {
        if found != names.len() {
            let (what, expected) = (what.to_owned(), names.len());
            return Err(FederatedError::Length { agency: agency(), what, found, expected });
        }
    }
    let number =
        |what, value, positive| FederatedError::Number { from: agency(), what, value, positive };
    if let Some(value) = part.estimates.iter().flatten().find(|value| !value.is_finite()) {
        return Err(number("an estimate", *value, false));
    }
    let wrong = |value: &&f64| !(value.is_finite() && **value > 0.0);
    if let Some(value) = part.variances.iter().flatten().find(wrong) {
        return Err(number("a variance", *value, true));
    }
    Ok(())
}

/// Refuses estimates of another outcome or of other columns than those that were stated before.
fn same_question(
    part: &Contribution,
    outcome: Option<&String>,
    design: Option<&Fingerprint>,
) -> Result<(), FederatedError> {
    let other = |what, found: String, expected: String| {
        Err(FederatedError::Other { from: part.agency.clone(), what, found, expected })
    };
    match (&part.outcome, outcome) {
        (Some(found), Some(expected)) if found != expected => {
            return other("the outcome", found.clone(), expected.clone());
        }
        _ => {}
    }
    match (&part.design, design) {
        (Some(found), Some(expected)) if found != expected => {
            other("columns of the design", found.to_string(), expected.to_string())
        }
        _ => Ok(()),
    }
}

/// An agency whose message counts twice would make everything look better known than it is.
pub(super) fn once<'a>(
    agency: &str,
    mut earlier: impl Iterator<Item = &'a str>,
) -> Result<(), FederatedError> {
    if earlier.any(|other| other == agency) {
        let (fault, agency) = ("two messages of", agency.to_owned());
        return Err(FederatedError::Round { round: 0, fault, agency });
    }
    Ok(())
}

fn pooled(name: &str, known: &[(f64, f64)]) -> Result<PooledWeight, FederatedError> {
    if known.is_empty() {
        return Err(FederatedError::Nothing {
            what: "a coefficient has no estimate at any agency",
            way_out: "take its column out",
        });
    }
    let mean = |spread: f64| {
        let precision: f64 = known.iter().map(|(_, variance)| 1.0 / (variance + spread)).sum();
        let sum: f64 = known.iter().map(|(b, variance)| b / (variance + spread)).sum();
        (sum / precision, precision.recip().sqrt())
    };
    let (fixed, fixed_error) = mean(0.0);
    let q: f64 = known.iter().map(|(b, variance)| (b - fixed) * (b - fixed) / variance).sum();
    let degrees = known.len() as f64 - 1.0;
    // Weights less their squares over their sum, by pairs: a difference would lose them where one weight is far the largest.
    let (mut precision, mut pairs) = (0.0, 0.0);
    for (_, variance) in known {
        pairs += precision / variance;
        precision += 1.0 / variance;
    }
    let several = degrees > 0.0;
    let tau_squared = several.then(|| ((q - degrees) * precision / (2.0 * pairs)).max(0.0));
    let (random, random_error) = mean(tau_squared.unwrap_or(0.0));
    Ok(PooledWeight {
        name: name.to_owned(),
        agencies: known.len(),
        fixed,
        fixed_error,
        random,
        random_error,
        q,
        q_p: several.then(|| chi_square_upper(q, degrees).max(f64::MIN_POSITIVE)),
        i_squared: several.then(|| if q > 0.0 { ((q - degrees) / q).max(0.0) } else { 0.0 }),
        tau_squared,
    })
}
