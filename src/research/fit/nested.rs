//! One fit against another with fewer columns.

use super::report::{FitReport, Method, Penalty, TestResult};
use super::{FitError, LogisticModel};

impl LogisticModel {
    /// The likelihood-ratio test of the columns that this fit has and `smaller` has not.
    ///
    /// Takes rows for independent: beside clusters or sampling weights it refuses too often.
    ///
    /// # Errors
    /// [`FitError::NotNested`] where `smaller` has other columns or none fewer, either fit is penalised, or the samples
    /// differ.
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
        if part.estimates.len() >= full.estimates.len()
            || part.estimates.iter().any(|estimate| full.estimate(&estimate.name).is_none())
        {
            return refuse("the smaller one must have some of the larger one's columns, and fewer");
        }
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(1.0);
        if full.rows != part.rows
            || full.events != part.events
            || !near(full.null_log_likelihood, part.null_log_likelihood)
        {
            return refuse("they were made on different complaints, weights or offsets");
        }
        let degrees = full.estimates.len() - part.estimates.len();
        Ok(TestResult::of(2.0 * (full.log_likelihood - part.log_likelihood), degrees))
    }
}
