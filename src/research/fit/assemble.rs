//! From a solved problem to a model with its report.

use std::hash::Hasher;

use ndarray::Array2;
use twox_hash::XxHash3_64;

use super::cautions::warn;
use super::diagnostics;
use super::fitted::Fitted;
use super::profile::profiled;
use super::progress::Observer;
use super::report::{Estimate, FitReport, INTERCEPT, Method, TestResult};
use super::sample::effective_count;
use super::sandwich::{Clustered, clustered, heteroskedastic};
use super::warning::FitWarning;
use super::{FitError, LogisticModel, Sample};
use crate::research::numeric::{
    DenseDesign, Design, DesignProblem, LogisticError, NewtonOptions, Task, evaluate,
};

/// Effective number of the rows with the outcome or of those without.
fn effective(sample: &Sample<'_>, label: f64) -> f64 {
    let rows = (0..sample.labels.len()).filter(|row| sample.labels[*row] == label);
    effective_count(
        rows.map(|row| (sample.clusters.map(|clusters| clusters[row]), sample.weight(row))),
    )
}

fn null_log_likelihood(
    design: &dyn Design,
    sample: &Sample<'_>,
    task: &Task<'_>,
    options: NewtonOptions,
) -> Result<f64, FitError> {
    let empty = Array2::zeros((design.rows(), 0));
    let null = DenseDesign::new(empty.view(), design.has_intercept());
    if design.has_intercept() && task.offset.is_none() {
        let total: f64 =
            task.weights.map_or(task.labels.len() as f64, |weights| weights.iter().sum());
        // Both added up by themselves: a difference of two large sums loses the smaller part.
        let of = |kind: f64| -> f64 {
            let rows = task.labels.iter().enumerate().filter(|(_, label)| **label == kind);
            rows.map(|(row, _)| task.weights.map_or(1.0, |weights| weights[row])).sum()
        };
        let (events, rest) = (of(1.0), of(0.0));
        return Ok(events * (events / total).ln() + rest * (rest / total).ln());
    }
    if design.has_intercept() {
        let problem = DesignProblem {
            labels: task.labels,
            weights: task.weights,
            offset: task.offset,
            ridge: vec![0.0],
            start: None,
            options,
        };
        let solved = problem.solve(&null, &mut |_| std::ops::ControlFlow::Continue(()));
        Ok(solved
            .map_err(|error| FitError::named(error, sample.columns.names()))?
            .optimum
            .point
            .log_likelihood)
    } else {
        let scaling = null.scaling(None);
        Ok(evaluate(&null, &scaling, task, &[]).log_likelihood)
    }
}

/// Tells rows from other rows, and from the same in another order.
fn digest_of(task: &Task<'_>) -> u64 {
    let mut digest = XxHash3_64::new();
    for numbers in [Some(task.labels), task.weights, task.offset] {
        for number in numbers.unwrap_or_default() {
            digest.write(&number.to_le_bytes());
        }
        digest.write(b"|");
    }
    digest.finish()
}

/// What everything in a report is computed from.
struct Account<'a, 'b> {
    design: &'a dyn Design,
    sample: &'a Sample<'b>,
    task: &'a Task<'a>,
    fitted: &'a Fitted<'a>,
    /// Estimates on the given scale.
    given: Vec<f64>,
    /// Inverse information of the kept places, standardised.
    bread: Array2<f64>,
    /// On the given scale.
    covariance: Array2<f64>,
    /// Rows with weight, and those among them with the outcome.
    rows: usize,
    events: usize,
}

/// The model with its report.
pub(crate) fn assemble(
    design: &dyn Design,
    sample: &Sample<'_>,
    task: &Task<'_>,
    fitted: &Fitted<'_>,
    observer: &mut Observer<'_>,
) -> Result<LogisticModel, FitError> {
    let solved = fitted.solved;
    let bread = solved.optimum.factor.inverse();
    let used = (0..sample.labels.len()).filter(|row| sample.weight(*row) > 0.0);
    let account = Account {
        design,
        sample,
        task,
        fitted,
        given: solved.scaling.given(&solved.optimum.coefficients, solved.intercept),
        covariance: fitted.on_given_scale(&bread),
        bread,
        rows: used.clone().count(),
        events: used.filter(|row| sample.labels[*row] > 0.5).count(),
    };
    let clustered = clustered(design, sample, fitted, &account.bread, account.rows);
    let inflation = diagnostics::inflation(design, sample.weights);
    let estimates = account.estimates(clustered.as_ref(), &inflation.values, observer)?;
    let mut report = account.report(estimates)?;
    report.clusters = clustered.as_ref().map(|clustered| clustered.clusters);
    warn(&mut report, sample, task, fitted, clustered.as_ref(), &inflation.repeated);
    let notes = sample.notes.iter().map(|note| FitWarning::Design { note: note.clone() });
    report.warnings.extend(notes);
    let lead = usize::from(solved.intercept);
    let given = account.given;
    Ok(LogisticModel {
        names: sample.columns.names().to_vec(),
        intercept: if lead == 1 { given[0] } else { 0.0 },
        weights: given[lead..].to_vec(),
        covariance: account.covariance,
        clustered_covariance: clustered.map(|clustered| clustered.covariance),
        rows_digest: digest_of(task),
        report,
    })
}

impl Account<'_, '_> {
    fn estimates(
        &self,
        clustered: Option<&Clustered>,
        inflation: &[Option<f64>],
        observer: &mut Observer<'_>,
    ) -> Result<Vec<Estimate>, FitError> {
        let (fitted, given) = (self.fitted, &self.given);
        let lead = usize::from(fitted.solved.intercept);
        let names = self.sample.columns.names();
        let hc0 = fitted.settings.robust.then(|| heteroskedastic(self.design, fitted, &self.bread));
        let hc1_factor = self.rows as f64 / (self.rows as f64 - fitted.kept.len() as f64).max(1.0);
        let augmented = fitted.augmented.as_ref().map(|matrix| fitted.on_given_scale(matrix));
        let confidence = fitted.settings.confidence;
        let profiles = profiled(fitted, names, given, &self.covariance, observer)?;
        let of_coefficients =
            diagnostics::inflation_of_coefficients(&self.bread, fitted.kept, given.len(), lead);
        let mut estimates = Vec::with_capacity(given.len());
        for (j, estimate) in given.iter().enumerate() {
            let free = fitted.kept.contains(&j);
            let root = |matrix: &Array2<f64>| free.then(|| matrix[[j, j]].max(0.0).sqrt());
            let standard_error = root(&self.covariance);
            let clustered = clustered.and_then(|clustered| root(&clustered.covariance));
            // An error of 0 would be a certainty that no sample gives.
            let robust = hc0.as_ref().and_then(root).filter(|error| *error > 0.0);
            let profile = profiles.get(j);
            let mut row = Estimate {
                name: if j < lead { INTERCEPT.to_owned() } else { names[j - lead].clone() },
                estimate: *estimate,
                sign: fitted.signs[j],
                standard_error,
                augmented_standard_error: augmented.as_ref().and_then(root),
                robust_hc0: robust,
                robust_hc1: robust.map(|error| error * hc1_factor.sqrt()),
                clustered,
                z: None,
                p: None,
                wald: None,
                profile: profile.map(|(interval, _)| *interval),
                likelihood_ratio: profile.map(|(_, test)| *test),
                vif: if j < lead { None } else { inflation[j] },
                vif_of_coefficients: of_coefficients[j],
                cautions: Vec::new(),
            };
            row.test_by(clustered.or(standard_error), confidence);
            estimates.push(row);
        }
        Ok(estimates)
    }

    fn report(&self, estimates: Vec<Estimate>) -> Result<FitReport, FitError> {
        let (sample, task, fitted) = (self.sample, self.task, self.fitted);
        let optimum = &fitted.solved.optimum;
        let log_likelihood = optimum.point.log_likelihood;
        let null = null_log_likelihood(self.design, sample, task, fitted.options)?;
        // Worse than no coefficients at all is no optimum: weights so unlike that steps toward it are lost in rounding.
        let lost = null - log_likelihood > 1e-6 * null.abs().max(1.0);
        if fitted.method == Method::Logistic && (!null.is_finite() || lost) {
            return Err(LogisticError::NotConverged {
                iterations: optimum.iterations,
                decrement: optimum.decrement,
                tolerance: fitted.options.tolerance,
            }
            .into());
        }
        let parameters = fitted.kept.len();
        let degrees = parameters.saturating_sub(usize::from(fitted.solved.intercept));
        let total: f64 =
            task.weights.map_or(sample.labels.len() as f64, |weights| weights.iter().sum());
        let cox_snell = 1.0 - (2.0 * (null - log_likelihood) / total).exp();
        let effective_events = effective(sample, 1.0);
        let scarcer = effective_events.min(effective(sample, 0.0));
        Ok(FitReport {
            method: fitted.method,
            penalty: fitted.penalty,
            origin: sample.origin,
            confidence: fitted.settings.confidence,
            rows: self.rows,
            events: self.events,
            effective_events,
            effective_rarer: scarcer,
            events_per_parameter: scarcer / degrees.max(1) as f64,
            clusters: None,
            log_likelihood,
            penalized_log_likelihood: fitted.penalised.map(|penalised| penalised.value),
            null_log_likelihood: null,
            likelihood_ratio: TestResult::of(2.0 * (log_likelihood - null), degrees),
            penalized_likelihood_ratio: fitted.penalised.map(|penalised| {
                TestResult::of(2.0 * (penalised.value - penalised.empty), degrees)
            }),
            mcfadden: 1.0 - log_likelihood / null,
            cox_snell,
            nagelkerke: cox_snell / (1.0 - (2.0 * null / total).exp()),
            deviance: -2.0 * log_likelihood,
            aic: -2.0 * log_likelihood + 2.0 * parameters as f64,
            bic: -2.0 * log_likelihood + parameters as f64 * total.ln(),
            condition_number: diagnostics::condition_number(&optimum.information),
            iterations: optimum.iterations,
            final_gradient: optimum.gradient.iter().fold(0.0_f64, |top, g| top.max(g.abs())),
            decrement: optimum.decrement,
            warnings: Vec::new(),
            estimates,
        })
    }
}
