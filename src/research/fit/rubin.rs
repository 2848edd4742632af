//! One answer from several completed samples.

use serde::Serialize;

use super::{FitError, LogisticModel};
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
    /// Degrees of freedom (Barnard and Rubin 1999).
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

/// Pools each coefficient of fits to completed samples; by the clustered error where it is the wider one.
///
/// # Errors
/// [`FitError`] for fewer than two fits, fits of other columns, or a coefficient without a standard error.
pub(super) fn pooled(
    models: &[LogisticModel],
    confidence: Confidence,
) -> Result<Vec<ImputedEstimate>, FitError> {
    let Some(first) = models.first().filter(|_| models.len() > 1) else {
        let (value, allowed) = (models.len() as f64, "2 or more");
        return Err(FitError::Setting { setting: "imputations", value, allowed });
    };
    let mut found = Vec::new();
    for (number, estimate) in first.report().estimates.iter().enumerate() {
        let mut values = Vec::with_capacity(models.len());
        let mut variances = Vec::with_capacity(models.len());
        for model in models {
            let same = model.report().estimates.get(number).filter(|e| e.name == estimate.name);
            let same = same.ok_or_else(|| FitError::OtherColumns {
                expected: first.names().to_vec(),
                found: model.names().to_vec(),
            })?;
            let error = [same.standard_error, same.clustered].into_iter().flatten();
            let error = error.reduce(f64::max).ok_or(FitError::NothingHelps)?;
            values.push(same.estimate);
            variances.push(error * error);
        }
        let complete =
            (first.report().rows as f64 - first.report().estimates.len() as f64).max(1.0);
        found.push(by_rubin(&estimate.name, &values, &variances, complete, confidence));
    }
    Ok(found)
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
