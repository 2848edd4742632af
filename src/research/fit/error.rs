//! What can go wrong while learning weights.

use thiserror::Error;

use super::Sample;
use crate::base::escaped;
use crate::research::numeric::LogisticError;

/// Why a fit, a card or a calibration was refused.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum FitError {
    /// The regression itself failed.
    #[error(transparent)]
    Logistic(#[from] LogisticError),
    /// Columns separate the labels, so that the estimate is infinite.
    #[error(
        "columns {columns:?} separate the labels {}; use Firth, add a ridge penalty or merge answers",
        if *.complete { "completely" } else { "in part" }
    )]
    Separated {
        /// Names of the columns that carry the separation, strongest first.
        columns: Vec<String>,
        /// Whether every row is told apart.
        complete: bool,
    },
    /// A column adds nothing to the columns before it.
    #[error(
        "column `{column}` repeats a combination of the columns before it; drop it or add a ridge penalty", column = escaped(.column))]
    Collinear {
        /// Its name.
        column: String,
    },
    /// A column with one value in all rows that count.
    #[error(
        "column `{column}` has the value {value} in every row with weight: nothing can be learnt from it; leave it out", column = escaped(.column))]
    Constant {
        /// Its name.
        column: String,
        /// The value.
        value: f64,
    },
    /// A number in a column is NaN or infinite.
    #[error("column `{column}` has {value} in row {row}; code unknown answers before fitting", column = escaped(.column))]
    NotFinite {
        /// Name of the column.
        column: String,
        /// Row, from 0.
        row: usize,
        /// The value found.
        value: f64,
    },
    /// A column has another length than the design.
    #[error("column `{column}` has {found} rows, the design has {expected}", column = escaped(.column))]
    Rows {
        /// Name of the column.
        column: String,
        /// Rows found.
        found: usize,
        /// Rows needed.
        expected: usize,
    },
    /// Names and columns differ in number.
    #[error("{names} names from `{column}` on for {found} columns; give each column one name", column = escaped(.column))]
    TableWidth {
        /// First name.
        column: String,
        /// Names given.
        names: usize,
        /// Columns found.
        found: usize,
    },
    /// A row has a code that the table does not explain.
    #[error(
        "column `{column}` has code {code} in row {row}, but its table explains only codes below {codes}", column = escaped(.column))]
    CodeWithoutMeaning {
        /// Name of the first column of the source.
        column: String,
        /// Row, from 0.
        row: usize,
        /// The code found.
        code: u8,
        /// Codes explained.
        codes: usize,
    },
    /// A name comes twice.
    #[error("column `{column}` comes twice; column names must differ", column = escaped(.column))]
    DuplicateName {
        /// The name.
        column: String,
    },
    /// A column that is not there.
    #[error("there is no column `{column}` in this design", column = escaped(.column))]
    NoSuchColumn {
        /// The name asked for.
        column: String,
    },
    /// The columns to predict with are not those of the fit.
    #[error(
        "the fit has columns {expected:?}, the data has {found:?}; give the same columns in the same order"
    )]
    OtherColumns {
        /// Names in the fit.
        expected: Vec<String>,
        /// Names in the data.
        found: Vec<String>,
    },
    /// Columns that were made from another codebook than the one given.
    #[error(
        "item `{item}` has another place or other answers in the codebook given than in the backlog that the columns were made from; give that backlog's codebook", item = escaped(.item))]
    OtherCodebook {
        /// The first item that differs.
        item: String,
    },
    /// A setting lies outside its range.
    #[error("{setting} is {value}; it must be {allowed}")]
    Setting {
        /// Which setting.
        setting: &'static str,
        /// The value given.
        value: f64,
        /// The range in words.
        allowed: &'static str,
    },
    /// Two inputs that must have one length do not.
    #[error("{what} has {found} entries, {expected} are needed; give one each")]
    Length {
        /// Which input.
        what: &'static str,
        /// Entries found.
        found: usize,
        /// Entries needed.
        expected: usize,
    },
    /// A calibration judged on what it was learnt from.
    #[error(
        "the calibration was learnt from these very complaints: expected equals observed there whatever the model is worth; judge it on complaints of another time or place"
    )]
    SameComplaints,
    /// An item that nobody answered.
    #[error("`{item}` has no known answer, so that nothing can be filled in; leave the item out", item = escaped(.item))]
    NothingKnown {
        /// Its id.
        item: String,
    },
    /// A check of an import failed.
    #[error(
        "row {row}: the imported weights give {found:.6}, the other program {expected:.6}; check the intercept, the order and signs of the weights, and whether columns were raw or centred"
    )]
    ImportDiffers {
        /// Row of the backlog.
        row: usize,
        /// What the other program gives.
        expected: f64,
        /// What the weights give here.
        found: f64,
    },
    /// Two fits that no likelihood ratio compares.
    #[error("the fits cannot be held against each other: {reason}")]
    NotNested {
        /// Why.
        reason: &'static str,
    },
    /// A coefficient that its sign constraint holds at 0 has no error to test it with.
    #[error(
        "`{column}` is held at 0 by its declared direction and has no standard error; fit without its sign, or leave it out", column = escaped(.column))]
    HeldAtBound {
        /// Its name.
        column: String,
    },
    /// A cluster in several folds.
    #[error(
        "cluster {cluster} has rows in folds {first} and {second}; keep a subject's complaints in one fold, or the penalty is chosen on complaints that were learnt from"
    )]
    SplitCluster {
        /// The cluster.
        cluster: u32,
        /// One fold.
        first: usize,
        /// Another.
        second: usize,
    },
    /// A case weight out of range.
    #[error(
        "the case weight of row {row} is {value}; it must be 0, or from 1e-100 to 1e100: one over the chance that the complaint was worked, or 1"
    )]
    Weight {
        /// Row, from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// A known part of a row's log-odds out of range.
    #[error(
        "the offset of row {row} is {value}; it must be within ±{most}, beyond which a probability is 0 or 1 and the row tells nothing"
    )]
    Offset {
        /// Row, from 0.
        row: usize,
        /// The value.
        value: f64,
        /// The largest size allowed.
        most: f64,
    },
    /// A profile-likelihood interval whose ends are one number.
    #[error(
        "both ends of the interval of `{column}` are {value}, which would claim a certainty that no sample gives; check the scale of the weights", column = escaped(.column))]
    NoWidth {
        /// Name of the column.
        column: String,
        /// Both ends.
        value: f64,
    },
    /// A column too large or too small to compute with.
    #[error(
        "column `{column}` has {value:e} in row {row}; numbers must be 0 or of a size from 1e-100 to 1e100: put the column into another unit", column = escaped(.column))]
    Size {
        /// Name of the column.
        column: String,
        /// Row, from 0.
        row: usize,
        /// The value found.
        value: f64,
    },
    /// Every label is the same.
    #[error(
        "every label of a row with weight is {label}; complaints with the outcome and without it are needed"
    )]
    OneClass {
        /// The single value.
        label: bool,
    },
    /// All rows are in one cluster.
    #[error(
        "all {rows} complaints are in one cluster: errors between clusters cannot be learnt from one; leave clusters out, or give each subject its own (a placeholder such as `unknown` is not a subject)"
    )]
    OneCluster {
        /// Rows.
        rows: usize,
    },
    /// A limit of a profile-likelihood interval could not be found.
    #[error(
        "the profile likelihood of `{column}` does not fall to the {level} level within {reach:.0} standard errors; the data do not bound it on that side", column = escaped(.column))]
    NoProfileLimit {
        /// Name of the column.
        column: String,
        /// Confidence level asked for.
        level: f64,
        /// How far the search went.
        reach: f64,
    },
    /// The iterations ended too early.
    #[error(
        "{what} did not converge after {iterations} iterations; allow more, or drop near-duplicate columns"
    )]
    NotConverged {
        /// Which search.
        what: &'static str,
        /// Iterations taken.
        iterations: usize,
    },
    /// The imported model does not know the class of the outcome.
    #[error(
        "the fitted model does not know the class given as the outcome; pass one of its two classes"
    )]
    UnknownClass,
    /// No column tells complaints with the outcome from those without.
    #[error(
        "no column helps to tell the outcome within the bounds given; widen the bounds or add columns"
    )]
    NothingHelps,
    /// A column that must be yes/no has other values.
    #[error(
        "column `{column}` has the value {value}; this method counts answers, so code each answer as 0 or 1", column = escaped(.column))]
    NotIndicator {
        /// Its name.
        column: String,
        /// A value that is neither 0 nor 1.
        value: f64,
    },
    /// An outcome that is not there.
    #[error("there is no outcome `{outcome}` in this codebook or instrument", outcome = escaped(.outcome))]
    NoSuchOutcome {
        /// The id asked for.
        outcome: String,
    },
    /// No complaint has a label of this outcome.
    #[error(
        "no complaint of the backlog has a yes or no for `{outcome}`; check ids and outcome names in the join report", outcome = escaped(.outcome))]
    NoLabels {
        /// The outcome.
        outcome: String,
    },
    /// Retrospective answers without a time limit.
    #[error(
        "the complaints are of closed files, or nobody said that they are not, and their answers are not cut at a time: answers learnt because a case was worked would leak its outcome; read the backlog `as_of` a time, or accept the leakage and its warning"
    )]
    Leakage,
    /// A weight outside the range of fixed-point numbers.
    #[error("{what} has the value {value}, outside -2147 to 2147; shrink the fit or rescale", what = escaped(.what))]
    OutOfFixedRange {
        /// Which number.
        what: String,
        /// Its value.
        value: f64,
    },
    /// Log-odds were needed, the outcome has points.
    #[error("outcome `{outcome}` has a table of points; only log-odds can be shifted or scaled", outcome = escaped(.outcome))]
    NotLogistic {
        /// The outcome.
        outcome: String,
    },
    /// The instrument's own checks refused it.
    #[error("the learnt instrument was refused: {reason}", reason = escaped(.reason))]
    Refused {
        /// What the check said.
        reason: String,
    },
    /// The caller's observer asked to stop.
    #[error("stopped by the caller")]
    Cancelled,
}

impl From<crate::instrument::InstrumentError> for FitError {
    fn from(error: crate::instrument::InstrumentError) -> Self {
        Self::Refused { reason: error.to_string() }
    }
}

impl FitError {
    /// Says *constant* of a column that repeats nothing but itself.
    pub(crate) fn about(self, sample: &Sample<'_>) -> Self {
        let Self::Collinear { column } = &self else { return self };
        let position = sample.columns.names().iter().position(|name| name == column);
        let Some(values) = position.and_then(|position| sample.columns.column(position)) else {
            return self;
        };
        let mut used = values.iter().enumerate().filter(|(row, _)| sample.weight(*row) > 0.0);
        match used.next() {
            Some((_, first)) if used.all(|(_, value)| value == first) => {
                Self::Constant { column: column.clone(), value: *first }
            }
            _ => self,
        }
    }

    /// Puts the names of columns in the place of their numbers.
    pub(crate) fn named(error: LogisticError, names: &[String]) -> Self {
        let name =
            |number: usize| names.get(number).cloned().unwrap_or_else(|| format!("#{number}"));
        match error {
            LogisticError::Separated { columns, complete } => {
                Self::Separated { columns: columns.into_iter().map(name).collect(), complete }
            }
            LogisticError::Collinear { column, .. } => Self::Collinear { column: name(column) },
            LogisticError::OneClass { label } => Self::OneClass { label: label == 1.0 },
            LogisticError::Cancelled { .. } => Self::Cancelled,
            other => Self::Logistic(other),
        }
    }
}
