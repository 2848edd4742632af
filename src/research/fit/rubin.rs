//! One answer from several completed samples.

use serde::Serialize;

use super::{FitError, FitReport, LogisticModel};
use crate::research::evaluate::{Confidence, Interval, Method};
use crate::research::numeric::distributions::{student_quantile, student_two_sided};
use crate::research::numeric::mean;

/// A coefficient over completed samples, by Rubin's rules (1987, "Multiple Imputation for Nonresponse in Surveys").
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ImputedEstimate {
    /// Name of the column, `(intercept)` for the intercept.
    pub name: String,
    /// Mean of the estimates.
    pub estimate: f64,
    /// Root of the mean variance within samples and the variance between them, the latter enlarged by their number.
    pub standard_error: f64,
    /// Variance within samples: what would be left were every answer known.
    pub within: f64,
    /// Variance between samples: what the unknown answers add.
    pub between: f64,
    /// Degrees of freedom (Barnard and Rubin 1999); those of complete samples are complaints less coefficients, or clusters
    /// less one where complaints share clusters and that is fewer.
    pub degrees: f64,
    /// Share of what is not known because answers are missing, 0 to 1.
    pub missing_information: f64,
    /// Student's interval with these degrees.
    pub interval: Interval,
    /// Two-sided p-value with these degrees; never 0.
    pub p: f64,
}

impl ImputedEstimate {
    /// 1 or -1 where the interval lies on one side of 0, 0 where it does not.
    #[must_use]
    pub fn verdict(&self) -> i8 {
        i8::from(self.interval.lower > 0.0) - i8::from(self.interval.upper < 0.0)
    }
}

/// A coefficient that its sign constraint holds at 0 in some completed sample: Rubin's rules have no error of it to pool.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HeldEstimate {
    /// Name of the column.
    pub name: String,
    /// Mean of the estimates, 0 where it is held.
    pub estimate: f64,
    /// Completed samples in which it is held.
    pub samples: usize,
}

/// Each coefficient of fits to completed samples, by the clustered error where it is the wider one; apart from them those
/// that a sign constraint holds at 0 in any of them. Errors of the others are those of fits without the ones that are held.
///
/// # Errors
/// [`FitError`] for fewer than two fits, or fits of other columns.
pub(super) fn pooled(
    models: &[LogisticModel],
    confidence: Confidence,
) -> Result<(Vec<ImputedEstimate>, Vec<HeldEstimate>), FitError> {
    let Some(first) = models.first().filter(|_| models.len() > 1) else {
        let (value, allowed) = (models.len() as f64, "2 or more");
        return Err(FitError::Setting { setting: "imputations", value, allowed });
    };
    let (mut found, mut held) = (Vec::new(), Vec::new());
    let complete = complete_degrees(first.report());
    for (number, estimate) in first.report().estimates.iter().enumerate() {
        let mut values = Vec::with_capacity(models.len());
        let mut variances = Vec::with_capacity(models.len());
        for model in models {
            let same = model.report().estimates.get(number).filter(|e| e.name == estimate.name);
            let same = same.ok_or_else(|| FitError::OtherColumns {
                expected: first.names().to_vec(),
                found: model.names().to_vec(),
            })?;
            values.push(same.estimate);
            let error = [same.standard_error, same.clustered].into_iter().flatten();
            variances.extend(error.reduce(f64::max).map(|error| error * error));
        }
        let name = &estimate.name;
        if variances.len() < values.len() {
            let samples = values.len() - variances.len();
            let estimate = mean(&values).unwrap_or(f64::NAN);
            held.push(HeldEstimate { name: name.clone(), estimate, samples });
        } else {
            found.push(by_rubin(name, &values, &variances, complete, confidence));
        }
    }
    Ok((found, held))
}

/// Degrees of freedom were every answer known: of the rows; of the clusters, where complaints share some, since only those
/// are independent.
fn complete_degrees(report: &FitReport) -> f64 {
    let of_rows = report.rows as f64 - report.estimates.len() as f64;
    let of_clusters = report.clusters.map_or(f64::INFINITY, |clusters| clusters as f64 - 1.0);
    of_rows.min(of_clusters).max(1.0)
}

fn by_rubin(
    name: &str,
    values: &[f64],
    variances: &[f64],
    complete: f64,
    confidence: Confidence,
) -> ImputedEstimate {
    let many = values.len() as f64;
    let center = mean(values).unwrap_or(f64::NAN);
    let within = mean(variances).unwrap_or(f64::NAN);
    let between = values.iter().map(|v| (v - center).powi(2)).sum::<f64>() / (many - 1.0);
    let added = (1.0 + 1.0 / many) * between;
    let total = within + added;
    let (ratio, share) = (added / within, added / total);
    let observed = (complete + 1.0) / (complete + 3.0) * complete * (1.0 - share);
    let degrees = if share > 0.0 {
        let by_number = (many - 1.0) / (share * share);
        by_number * observed / (by_number + observed)
    } else {
        observed
    };
    let standard_error = total.sqrt();
    let reach = student_quantile(0.5 + 0.5 * confidence.level(), degrees) * standard_error;
    let p = student_two_sided(center / standard_error, degrees).max(f64::MIN_POSITIVE);
    ImputedEstimate {
        name: name.to_owned(),
        estimate: center,
        standard_error,
        within,
        between,
        degrees,
        missing_information: (ratio + 2.0 / (degrees + 3.0)) / (1.0 + ratio),
        interval: Interval {
            lower: center - reach,
            upper: center + reach,
            confidence,
            method: Method::Student,
        },
        p,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_by_hand() {
        let found = by_rubin("a", &[1.0, 2.0, 3.0], &[0.5; 3], 97.0, Confidence::P95);
        assert_eq!((found.estimate, found.within, found.between), (2.0, 0.5, 1.0));
        assert!((found.standard_error - (0.5_f64 + 4.0 / 3.0).sqrt()).abs() < 1e-14);
        // Share 8/11 of the variance is between: 2 / (8/11)² and 98/100 * 97 * 3/11 degrees.
        let (number, observed) = (2.0 * 121.0 / 64.0, 0.98 * 97.0 * 3.0 / 11.0);
        assert!((found.degrees - number * observed / (number + observed)).abs() < 1e-10);
        assert!(found.interval.upper - found.interval.lower > 2.0 * 1.96 * found.standard_error);
        assert_eq!(found.verdict(), 0);
        // Without unknown answers nothing is added.
        let all = by_rubin("a", &[2.0, 2.0], &[0.25; 2], 1e6, Confidence::P95);
        assert!((all.interval.lower - (2.0 - 1.959_964 * 0.5)).abs() < 1e-4 && all.verdict() == 1);
    }
}
