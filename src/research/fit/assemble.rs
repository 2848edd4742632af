//! From a solved problem to a model with its report.

use ndarray::Array2;

use super::diagnostics;
use super::logistic::Sign;
use super::objective::Objective;
use super::profile::profiled;
use super::progress::Observer;
use super::report::{Estimate, FitReport, FitWarning, INTERCEPT, Interval, Method, TestResult};
use super::sample::effective_count;
use super::{FitError, LogisticModel, Sample};
use crate::research::numeric::distributions::{
    chi_square_upper, normal_quantile, normal_two_sided,
};
use crate::research::numeric::{
    DenseDesign, Design, DesignProblem, NewtonOptions, Solved, Task, evaluate, sandwich,
};

/// What the method knows of its optimum, on the standardised scale.
pub(crate) struct Fitted<'a> {
    pub(crate) method: Method,
    pub(crate) solved: &'a Solved,
    /// Places that were free; the information has these alone.
    pub(crate) kept: &'a [usize],
    /// The side of 0 that each coefficient may be on.
    pub(crate) signs: &'a [Option<Sign>],
    /// A gradient below this is rounding.
    pub(crate) floor: f64,
    pub(crate) robust: bool,
    pub(crate) profile: Option<&'a dyn Objective>,
    /// Firth's second covariance.
    pub(crate) augmented: Option<Array2<f64>>,
    pub(crate) penalized_log_likelihood: Option<f64>,
    pub(crate) level: f64,
    pub(crate) options: NewtonOptions,
}

impl Fitted<'_> {
    /// A covariance of the kept places, widened and brought to the given scale.
    fn on_given_scale(&self, covariance: &Array2<f64>) -> Array2<f64> {
        let width = self.solved.scaling.scale.len();
        let mut wide = Array2::zeros((width, width));
        for (j, place) in self.kept.iter().enumerate() {
            for (k, other) in self.kept.iter().enumerate() {
                wide[[*place, *other]] = covariance[[j, k]];
            }
        }
        sandwich(&self.solved.scaling.to_given(self.solved.intercept), &wide)
    }

    fn keep(&self, matrix: &Array2<f64>) -> Array2<f64> {
        Array2::from_shape_fn((self.kept.len(), self.kept.len()), |(j, k)| {
            matrix[[self.kept[j], self.kept[k]]]
        })
    }
}

/// The sum over clusters of the outer product of their scores.
fn clustered_meat(
    design: &dyn Design,
    solved: &Solved,
    residual: &[f64],
    clusters: &[u32],
) -> (Array2<f64>, usize) {
    let width = design.width();
    let mut order: Vec<usize> = (0..clusters.len()).collect();
    order.sort_by_key(|row| (clusters[*row], *row));
    let mut meat = Array2::<f64>::zeros((width, width));
    let (mut row, mut score) = (vec![0.0; width], vec![0.0; width]);
    let mut count = 0;
    for group in order.chunk_by(|a, b| clusters[*a] == clusters[*b]) {
        score.fill(0.0);
        for at in group {
            design.row(&solved.scaling, *at, &mut row);
            for (sum, x) in score.iter_mut().zip(&row) {
                *sum += residual[*at] * x;
            }
        }
        for (j, a) in score.iter().enumerate() {
            for (k, b) in score.iter().enumerate() {
                meat[[j, k]] += a * b;
            }
        }
        count += 1;
    }
    (meat, count)
}

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
        let events: f64 = match task.weights {
            None => task.labels.iter().sum(),
            Some(weights) => weights.iter().zip(task.labels).map(|(w, label)| w * label).sum(),
        };
        let rest = total - events;
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

pub(crate) fn assemble(
    design: &dyn Design,
    sample: &Sample<'_>,
    task: &Task<'_>,
    fitted: &Fitted<'_>,
    observer: &mut Observer<'_>,
) -> Result<LogisticModel, FitError> {
    let solved = fitted.solved;
    let (optimum, scaling) = (&solved.optimum, &solved.scaling);
    let lead = usize::from(solved.intercept);
    let names = sample.columns.names();
    let given = scaling.given(&optimum.coefficients, solved.intercept);
    let bread = optimum.factor.inverse();
    let covariance = fitted.on_given_scale(&bread);
    let rows = (0..sample.labels.len()).filter(|row| sample.weight(*row) > 0.0);
    let events = rows.clone().filter(|row| sample.labels[*row] > 0.5).count();
    let rows = rows.count();
    let parameters = fitted.kept.len();

    let sandwiched =
        |meat: &Array2<f64>| fitted.on_given_scale(&sandwich(&bread, &fitted.keep(meat)));
    let hc0 = fitted.robust.then(|| {
        let squares: Vec<f64> = optimum.point.residual.iter().map(|r| r * r).collect();
        sandwiched(&design.information(scaling, &squares))
    });
    let hc1_factor = rows as f64 / (rows as f64 - parameters as f64).max(1.0);
    let clustered = sample.clusters.map(|clusters| {
        let (meat, groups) = clustered_meat(design, solved, &optimum.point.residual, clusters);
        let groups = groups as f64;
        // The correction of statsmodels and Stata.
        let factor = groups / (groups - 1.0).max(1.0) * (rows as f64 - 1.0)
            / (rows as f64 - parameters as f64).max(1.0);
        sandwiched(&meat).mapv(|value| value * factor)
    });
    let augmented = fitted.augmented.as_ref().map(|matrix| fitted.on_given_scale(matrix));

    let critical = normal_quantile(0.5 + 0.5 * fitted.level);
    let profiles = profiled(fitted, names, &given, &covariance, critical, observer)?;

    let inflation = diagnostics::inflation(design, scaling);
    let of_coefficients =
        diagnostics::inflation_of_coefficients(&bread, fitted.kept, given.len(), lead);
    let mut estimates = Vec::with_capacity(given.len());
    for (j, estimate) in given.iter().enumerate() {
        let free = fitted.kept.contains(&j);
        let root = |matrix: &Array2<f64>| free.then(|| matrix[[j, j]].max(0.0).sqrt());
        let standard_error = root(&covariance);
        let clustered = clustered.as_ref().and_then(root);
        let used = clustered.or(standard_error);
        let z = used.map(|error| estimate / error);
        let profile = profiles.get(j);
        estimates.push(Estimate {
            name: if j < lead { INTERCEPT.to_owned() } else { names[j - lead].clone() },
            estimate: *estimate,
            sign: fitted.signs[j],
            standard_error,
            augmented_standard_error: augmented.as_ref().and_then(root),
            robust_hc0: hc0.as_ref().and_then(root),
            robust_hc1: hc0.as_ref().and_then(root).map(|error| error * hc1_factor.sqrt()),
            clustered,
            z,
            p: z.map(normal_two_sided),
            wald: used.map(|error| Interval {
                lower: estimate - critical * error,
                upper: estimate + critical * error,
            }),
            profile: profile.map(|(interval, _)| *interval),
            likelihood_ratio: profile.map(|(_, test)| *test),
            vif: if j < lead { None } else { inflation[j] },
            vif_of_coefficients: of_coefficients[j],
        });
    }

    let log_likelihood = optimum.point.log_likelihood;
    let null = null_log_likelihood(design, sample, task, fitted.options)?;
    let statistic = (2.0 * (log_likelihood - null)).max(0.0);
    let degrees = parameters.saturating_sub(lead);
    let total: f64 =
        task.weights.map_or(sample.labels.len() as f64, |weights| weights.iter().sum());
    let cox_snell = 1.0 - (2.0 * (null - log_likelihood) / total).exp();
    let effective_events = effective(sample, 1.0);
    let scarcer = effective_events.min(effective(sample, 0.0));
    let report = FitReport {
        method: fitted.method,
        level: fitted.level,
        rows,
        events,
        effective_events,
        events_per_parameter: scarcer / degrees.max(1) as f64,
        log_likelihood,
        penalized_log_likelihood: fitted.penalized_log_likelihood,
        null_log_likelihood: null,
        likelihood_ratio: TestResult {
            statistic,
            degrees,
            p: chi_square_upper(statistic, degrees as f64),
        },
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
    };
    let mut model = LogisticModel {
        names: names.to_vec(),
        intercept: if lead == 1 { given[0] } else { 0.0 },
        weights: given[lead..].to_vec(),
        covariance,
        report,
    };
    model.report.warnings = warnings(sample, task, fitted, &model.report);
    Ok(model)
}

fn warnings(
    sample: &Sample<'_>,
    task: &Task<'_>,
    fitted: &Fitted<'_>,
    report: &FitReport,
) -> Vec<FitWarning> {
    let mut warnings = Vec::new();
    if report.events_per_parameter < 10.0 {
        warnings.push(FitWarning::FewEvents { events_per_parameter: report.events_per_parameter });
    }
    if report.condition_number > 30.0 {
        warnings.push(FitWarning::IllConditioned { condition_number: report.condition_number });
    }
    for estimate in &report.estimates {
        if let Some(vif) = estimate.vif.filter(|vif| *vif >= 10.0) {
            warnings.push(FitWarning::Collinear { column: estimate.name.clone(), vif });
        }
        if estimate.standard_error.is_none() {
            warnings.push(FitWarning::AtBound { column: estimate.name.clone() });
        }
    }
    for (column, rows, events) in sample.columns.support(&sample.labels) {
        if events < 5 || rows - events < 5 {
            warnings.push(FitWarning::ThinAnswer {
                column: sample.columns.names()[column].clone(),
                rows,
                events,
            });
        }
    }
    let curvature = &fitted.solved.optimum.point.curvature;
    let extreme = |row: usize| {
        let weight = task.weights.map_or(1.0, |weights| weights[row]);
        weight > 0.0 && curvature[row] < 1e-8 * weight
    };
    let rows = (0..curvature.len()).filter(|row| extreme(*row)).count();
    if rows > 0 {
        warnings.push(FitWarning::ExtremeProbabilities { rows });
    }
    warnings
}
