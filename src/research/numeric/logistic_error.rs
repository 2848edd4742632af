//! What can go wrong in a logistic regression.

use thiserror::Error;

/// Why a logistic regression gave no result.
///
/// Every variant says what to do next; none of them is ever hidden behind an `Ok`.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum LogisticError {
    /// Two inputs that must have one length do not.
    #[error("{what} has {found} entries, the design needs {expected}; pass one entry each")]
    Length {
        /// Which input.
        what: &'static str,
        /// Entries found.
        found: usize,
        /// Entries needed.
        expected: usize,
    },
    /// A number is NaN or infinite.
    #[error(
        "{what} at row {row}, column {column} is {value}; only finite numbers can be fitted: code unknown answers before fitting"
    )]
    NotFinite {
        /// Which input.
        what: &'static str,
        /// Row, from 0 (the column's own place for inputs with one entry a column).
        row: usize,
        /// Column, from 0; 0 for inputs with one entry a row.
        column: usize,
        /// The value found.
        value: f64,
    },
    /// A label, case weight or penalty lies outside its range.
    #[error("{what} at place {place} is {value}; it must be {allowed}")]
    OutOfRange {
        /// Which input.
        what: &'static str,
        /// Place in the input, from 0.
        place: usize,
        /// The value found.
        value: f64,
        /// The range in words.
        allowed: &'static str,
    },
    /// Neither a column nor an intercept to fit.
    #[error("there is nothing to fit: give the design a column or ask for an intercept")]
    NoColumns,
    /// Fewer rows than coefficients without a penalty.
    #[error(
        "{rows} rows with a weight above 0 cannot carry {coefficients} unpenalised coefficients; add rows, drop columns or add a ridge penalty"
    )]
    TooFewRows {
        /// Rows whose weight is above 0.
        rows: usize,
        /// Coefficients without a penalty.
        coefficients: usize,
    },
    /// All labels are alike.
    #[error("every label is {label}; a fit needs complaints with the outcome and without it")]
    OneClass {
        /// The single value found.
        label: f64,
    },
    /// A combination of columns tells the labels apart perfectly, so the maximum likelihood estimate is infinite.
    #[error(
        "columns {columns:?} separate the labels {kind}: the estimate is infinite; use Firth's method, add a ridge penalty or merge answers",
        kind = if *.complete { "completely" } else { "in part" }
    )]
    Separated {
        /// Columns that carry the separating direction, from 0 without counting the intercept, strongest first.
        columns: Vec<usize>,
        /// Whether every row is told apart, or only some.
        complete: bool,
    },
    /// Columns are so close to linear dependence that the coefficients are not determined.
    #[error(
        "column {column} repeats a combination of the columns before it (pivot {pivot:.1e}); drop it or add a ridge penalty"
    )]
    Collinear {
        /// The first column that adds nothing, from 0 without counting the intercept.
        column: usize,
        /// What is left of its unit variance after the columns before it.
        pivot: f64,
    },
    /// The iterations ended before the gradient was small enough.
    #[error(
        "not converged after {iterations} iterations: the optimum is still {decrement:.1e} standard errors away, the limit is {tolerance:.1e}; allow more iterations, drop near-duplicate columns or add a ridge penalty"
    )]
    NotConverged {
        /// Newton steps taken.
        iterations: usize,
        /// Distance to the optimum in units of the standard error (the Newton decrement).
        decrement: f64,
        /// The limit asked for.
        tolerance: f64,
    },
    /// The caller's observer asked to stop.
    #[error("stopped by the caller after {iterations} iterations")]
    Cancelled {
        /// Newton steps taken.
        iterations: usize,
    },
}
