//! What a reader of a fit must know, of the whole and beside each coefficient.

use super::Sample;
use super::fitted::Fitted;
use super::report::{FitReport, Penalty};
use super::sandwich::{Clustered, FEW_CARRIERS};
use super::warning::FitWarning;
use crate::research::numeric::Task;

/// Fewer clusters than this are few: sandwiches over them are too small on average, and tests by them refuse too often
/// (Angrist and Pischke 2009 put it at 42; Cameron and Miller 2015 speak of 20 to 50).
pub(super) const FEW_CLUSTERS: usize = 40;

/// A clustered error smaller than the model's by this factor is made of next to nothing.
const FAR_BELOW: f64 = 3.0;

/// Writes every warning into the report, each beside the coefficient that it is about, and takes the wider error where
/// clusters cannot tell.
pub(super) fn warn(
    report: &mut FitReport,
    sample: &Sample<'_>,
    task: &Task<'_>,
    fitted: &Fitted<'_>,
    clustered: Option<&Clustered>,
    repeated: &[usize],
) {
    let mut warnings = of_the_whole(report, fitted);
    warnings.extend(of_the_weights(sample, fitted));
    let thin = thin_answers(sample);
    if let Some(clustered) = clustered {
        if clustered.clusters < FEW_CLUSTERS {
            warnings.push(FitWarning::FewClusters { clusters: clustered.clusters });
        }
        warnings.extend(wider_errors(report, fitted, clustered, &thin));
    }
    for (parameter, estimate) in report.estimates.iter().enumerate() {
        if let Some(vif) = estimate.vif.filter(|vif| *vif >= 10.0) {
            warnings.push(FitWarning::Collinear { column: estimate.name.clone(), vif });
        }
        if repeated.contains(&parameter) {
            warnings.push(FitWarning::Repeated { column: estimate.name.clone() });
        }
        if estimate.standard_error.is_none() {
            warnings.push(FitWarning::AtBound { column: estimate.name.clone() });
        }
    }
    warnings.extend(thin);
    let curvature = &fitted.solved.optimum.point.curvature;
    let extreme = |row: usize| {
        let weight = task.weights.map_or(1.0, |weights| weights[row]);
        weight > 0.0 && curvature[row] < 1e-8 * weight
    };
    let rows = (0..curvature.len()).filter(|row| extreme(*row)).count();
    if rows > 0 {
        warnings.push(FitWarning::ExtremeProbabilities { rows });
    }
    for estimate in &mut report.estimates {
        let about = warnings.iter().filter(|warning| warning.column() == Some(&estimate.name));
        estimate.cautions = about.cloned().collect();
        // Its own profile interval and test are made from the likelihood.
        if estimate.profile.is_some() {
            let bold = |warning: &&FitWarning| {
                matches!(warning, FitWarning::LikelihoodIgnoresClusters { .. })
            };
            estimate.cautions.extend(warnings.iter().find(bold).cloned());
        }
    }
    report.warnings = warnings;
}

fn of_the_whole(report: &FitReport, fitted: &Fitted<'_>) -> Vec<FitWarning> {
    let mut warnings = Vec::new();
    if report.events_per_parameter < 10.0 {
        warnings.push(FitWarning::FewEvents { events_per_parameter: report.events_per_parameter });
    }
    // What could not be computed is no better than what is beyond all numbers, and is written in files as one.
    let condition_number = report.condition_number.min(f64::MAX);
    if condition_number > 30.0 {
        warnings.push(FitWarning::IllConditioned { condition_number });
    }
    // Sums of clusters' scores that are fewer than the coefficients leave some combination of them without any error.
    let parameters = fitted.kept.len();
    if let Some(clusters) = report.clusters.filter(|clusters| *clusters <= parameters) {
        warnings.push(FitWarning::ClustersBelowParameters { clusters, parameters });
    }
    if let Some(clusters) = report.clusters.filter(|clusters| *clusters < report.rows) {
        warnings.push(FitWarning::LikelihoodIgnoresClusters { rows: report.rows, clusters });
    }
    warnings
}

/// Weights that count for noticeably more, or fewer, complaints than there are; that hardly count; that rebalance outcomes.
fn of_the_weights(sample: &Sample<'_>, fitted: &Fitted<'_>) -> Vec<FitWarning> {
    let Some(weights) = sample.weights else { return Vec::new() };
    let (total, rows) =
        (weights.iter().sum::<f64>(), weights.iter().filter(|weight| **weight > 0.0).count());
    let mean = total / rows.max(1) as f64;
    let mut warnings = Vec::new();
    if !(0.9..=1.1).contains(&mean) {
        warnings.push(FitWarning::WeightScale { total, rows });
        if fitted.penalty != Penalty::None {
            warnings.push(FitWarning::PenaltyScale { total, rows });
        }
    }
    let light = (0..weights.len()).filter(|row| sample.is_negligible(*row, mean)).count();
    if light > 0 {
        warnings.push(FitWarning::NegligibleWeights { rows: light });
    }
    if sample.weights_rebalance() {
        warnings.push(FitWarning::ClassWeights);
    }
    warnings
}

/// Answers that hardly occur with one of the outcomes.
pub(super) fn thin_answers(sample: &Sample<'_>) -> Vec<FitWarning> {
    let support = sample.columns.support(sample).into_iter();
    support
        .filter(|(_, rows, events)| *events < 5 || rows - events < 5)
        .map(|(column, rows, events)| FitWarning::ThinAnswer {
            column: sample.columns.names()[column].clone(),
            rows,
            events,
        })
        .collect()
}

/// Takes the model's error for answers whose clustered one rests on next to nothing and is the smaller of the two.
fn wider_errors(
    report: &mut FitReport,
    fitted: &Fitted<'_>,
    clustered: &Clustered,
    thin: &[FitWarning],
) -> Vec<FitWarning> {
    let singular = clustered.clusters <= fitted.kept.len();
    let mut warnings = Vec::new();
    let lead = usize::from(fitted.solved.intercept);
    // The intercept last: it stands for the rows without any answer, and is no better known than the thinnest of them.
    let intercept_last = (lead..report.estimates.len()).chain(0..lead);
    for parameter in intercept_last {
        let (estimate, carriers) =
            (&mut report.estimates[parameter], &clustered.carriers[parameter]);
        let singular = singular || (parameter < lead && !warnings.is_empty());
        let is_thin = thin.iter().any(|warning| warning.column() == Some(&estimate.name));
        let (Some(error), Some(model)) = (estimate.clustered, estimate.standard_error) else {
            continue;
        };
        // Subjects whose complaints make up for each other halve an error; what is far below the model's comes from rows that
        // the fit meets nearly exactly, as where a penalty alone keeps columns from separating the outcomes.
        let is_nothing = error < model / FAR_BELOW;
        if is_nothing || (is_thin || *carriers < FEW_CARRIERS || singular) && error < model {
            estimate.clustered = None;
            estimate.test_by(Some(model), report.confidence);
            warnings.push(FitWarning::ClusteredErrorNotEstimable {
                column: estimate.name.clone(),
                clusters: *carriers,
                clustered: error,
                model,
            });
        }
    }
    warnings
}
