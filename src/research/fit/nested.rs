//! One fit against another with fewer columns.

use ndarray::Array2;

use super::objective::product;
use super::report::{FitReport, Method, Penalty, TestResult};
use super::{FitError, LogisticModel};
use crate::research::numeric::Factor;

impl LogisticModel {
    /// The likelihood-ratio test of the columns that this fit has and `smaller` has not.
    ///
    /// Takes rows for independent and case weights for repeated rows. Where complaints share clusters it would be too bold
    /// and is refused: [`Self::wald_test`] is the test then.
    ///
    /// # Errors
    /// [`FitError::NotNested`] where `smaller` has other columns or none fewer, either fit is penalised or has clusters
    /// that complaints share, or labels, weights or offsets differ in any row.
    ///
    /// ```
    /// use caserank::research::fit::{Columns, Logistic, Sample};
    /// let x: Vec<f64> = (0..40).map(|row| f64::from(row % 7)).collect();
    /// let z: Vec<f64> = (0..40).map(|row| f64::from(row % 3)).collect();
    /// let labels: Vec<bool> = (0..40).map(|row| row % 7 > 3 || row % 5 == 0).collect();
    /// let both = Columns::builder(40).numbers("x", x.clone())?.numbers("z", z)?.build();
    /// let one = Columns::builder(40).numbers("x", x)?.build();
    /// let full = Logistic::new().fit_sample(&Sample::new(&both, &labels)?)?;
    /// let test = full.against(&Logistic::new().fit_sample(&Sample::new(&one, &labels)?)?)?;
    /// assert_eq!(test.degrees, 1);
    /// # Ok::<(), caserank::research::fit::FitError>(())
    /// ```
    pub fn against(&self, smaller: &Self) -> Result<TestResult, FitError> {
        let refuse = |reason| Err(FitError::NotNested { reason });
        let (full, part) = (self.report(), smaller.report());
        let plain = |report: &FitReport| {
            report.method == Method::Logistic && report.penalty == Penalty::None
        };
        if !plain(full) || !plain(part) {
            return refuse(
                "likelihood ratios are for fits without a penalty; Firth's report has its own penalised tests",
            );
        }
        let shared = |report: &FitReport| report.clusters.is_some_and(|all| all < report.rows);
        if shared(full) || shared(part) {
            return refuse(
                "complaints share clusters, and a likelihood ratio takes them for independent; use the Wald test of the larger fit, which is made over clusters",
            );
        }
        if part.estimates.len() >= full.estimates.len()
            || part.estimates.iter().any(|estimate| full.estimate(&estimate.name).is_none())
        {
            return refuse("the smaller one must have some of the larger one's columns, and fewer");
        }
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(1.0);
        if full.rows != part.rows
            || full.events != part.events
            || !near(full.null_log_likelihood, part.null_log_likelihood)
            || self.rows_digest != smaller.rows_digest
        {
            return refuse(
                "they were made on different complaints, weights or offsets, or on the same in another order",
            );
        }
        let lost = part.log_likelihood - full.log_likelihood;
        if lost > 1e-6 * full.log_likelihood.abs().max(1.0) {
            return refuse(
                "the smaller one fits better, so that its columns are others under the names of the larger one's",
            );
        }
        let degrees = full.estimates.len() - part.estimates.len();
        Ok(TestResult::of(2.0 * (full.log_likelihood - part.log_likelihood), degrees))
    }

    /// Wald's test that all of these coefficients are 0, by the clustered covariance where the fit has one.
    ///
    /// Where clusters cannot tell the error of one of them, or there are no more clusters than coefficients, the test is made
    /// with both covariances and the less certain one is given. Under a penalty the errors take no account of its bias.
    ///
    /// # Errors
    /// [`FitError::NoSuchColumn`] for a column that is not in the fit, [`FitError::DuplicateName`] for one named twice,
    /// [`FitError::HeldAtBound`] for one without an error, [`FitError::Collinear`] where the covariance of these
    /// coefficients leaves a combination of them without one, and [`FitError::Setting`] for none.
    ///
    /// ```
    /// use caserank::research::fit::{Columns, Logistic, Sample};
    /// let x: Vec<f64> = (0..40).map(|row| f64::from(row % 7)).collect();
    /// let labels: Vec<bool> = (0..40).map(|row| row % 7 > 3 || row % 5 == 0).collect();
    /// let subjects: Vec<u32> = (0..40).map(|row| row / 2).collect();
    /// let columns = Columns::builder(40).numbers("x", x)?.build();
    /// let fit = Logistic::new().fit_sample(&Sample::new(&columns, &labels)?.clusters(&subjects)?)?;
    /// let test = fit.wald_test(&["x"])?;
    /// let z = fit.report().estimate("x").and_then(|estimate| estimate.z).expect("it has an error");
    /// assert!((test.statistic - z * z).abs() < 1e-9 && test.degrees == 1);
    /// # Ok::<(), caserank::research::fit::FitError>(())
    /// ```
    pub fn wald_test(&self, columns: &[&str]) -> Result<TestResult, FitError> {
        let estimates = &self.report.estimates;
        let mut places = Vec::with_capacity(columns.len());
        for name in columns {
            let column = || (*name).to_owned();
            let place = estimates.iter().position(|estimate| estimate.name == *name);
            let place = place.ok_or_else(|| FitError::NoSuchColumn { column: column() })?;
            if places.contains(&place) {
                return Err(FitError::DuplicateName { column: column() });
            }
            if estimates[place].standard_error.is_none() {
                return Err(FitError::HeldAtBound { column: column() });
            }
            places.push(place);
        }
        if places.is_empty() {
            let (setting, allowed) = ("columns of a Wald test", "1 or more");
            return Err(FitError::Setting { setting, value: 0.0, allowed });
        }
        let by = |covariance: &Array2<f64>| {
            // At unit diagonal, so that the scale of columns does not matter.
            let root = |at: usize| covariance[[places[at], places[at]]].sqrt();
            let size = places.len();
            let unit = Array2::from_shape_fn((size, size), |(j, k)| {
                covariance[[places[j], places[k]]] / (root(j) * root(k))
            });
            let z: Vec<f64> =
                (0..size).map(|at| estimates[places[at]].estimate / root(at)).collect();
            let factor = Factor::new(&unit, 1e-12).map_err(|small| FitError::Collinear {
                column: estimates[places[small.pivot_index.min(size - 1)]].name.clone(),
            })?;
            Ok::<f64, FitError>(product(&factor.solve(&z), &z))
        };
        let statistic = match &self.clustered_covariance {
            None => by(&self.covariance)?,
            Some(clustered) if self.clusters_tell(&places) => by(clustered)?,
            Some(clustered) => by(clustered)?.min(by(&self.covariance)?),
        };
        Ok(TestResult::of(statistic, places.len()))
    }
}
