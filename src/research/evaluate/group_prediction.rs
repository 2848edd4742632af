//! Group audits: how well group membership can be told from the items.

use ndarray::{Array1, ArrayView1, ArrayView2, Axis};

use super::data::{EvaluateError, InputError, Scored, same_length};
use super::figure::{Because, Confidence, NotEstimable};
use super::groups::part;
use super::resample::Split;
use super::within::{AucWithin, auc_within};
use crate::research::numeric::LogisticProblem;

/// How well *belongs to the group* is predicted from the items: cross-validated area under the ROC curve of a ridge
/// logistic regression. One half: the items say nothing of the group; near 1: they can stand in for it.
///
/// `design` is complaints x columns (indicators of answers, say), `belongs` has one entry a complaint. For each fold the
/// regression learns on `train` and predicts `test`; pairs of complaints are compared inside a fold alone, since
/// different fits have different levels, and the interval is DeLong's over those pairs. It takes the fits as given
/// (LeDell, Petersen and van der Laan 2015 show that this holds in large samples). `ridge` is half the weight of the
/// sum of squared coefficients, above 0; the intercept is not penalised. Make `folds` by
/// [`clustered_folds`](super::resample::clustered_folds) with one repetition, so that complaints about one subject, who
/// belongs to one group, are never on both sides. Takes no weights.
///
/// Compare the area with and without a block of items: what falls away is what that block tells of the group.
/// A high area does not say that a score treats groups differently; a low one does not say that it treats them alike.
///
/// # Errors
/// Input faults: a row that two folds judge on is a [`InputError::Duplicate`]. [`Because::OneClass`] when no fold has both
/// kinds, [`Because::Argument`] for a ridge that is not above 0, [`Because::NotConverged`]. O(folds x n x columns²).
///
/// ```
/// use caserank::research::evaluate::resample::stratified_folds;
/// use caserank::research::evaluate::{Confidence, group_from_items};
/// use caserank::ndarray::Array2;
/// use caserank::Seed;
/// // The one column is the group itself in three rows of four.
/// let belongs: Vec<bool> = (0..80).map(|row| row % 2 == 0).collect();
/// let column = (0..80).map(|row| f64::from(u8::from((row % 2 == 0) == (row % 8 < 6)))).collect();
/// let design = Array2::from_shape_vec((80, 1), column)?;
/// let folds = stratified_folds(&belongs, 5, 1, Seed(7))?;
/// let told = group_from_items(design.view(), &belongs, &folds, 1.0, Confidence::P95)?;
/// assert!((told.pooled.figure.value - 0.75).abs() < 0.05);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn group_from_items(
    design: ArrayView2<'_, f64>,
    belongs: &[bool],
    folds: &[Split],
    ridge: f64,
    confidence: Confidence,
) -> Result<AucWithin<usize>, EvaluateError> {
    same_length("columns of items", design.nrows(), belongs.len())?;
    if !(ridge > 0.0 && ridge.is_finite()) {
        let because = Because::Argument { argument: "ridge", value: ridge, range: "above 0" };
        return Err(NotEstimable { because }.into());
    }
    if let Some(((row, _), value)) = design.indexed_iter().find(|(_, value)| !value.is_finite()) {
        let (what, value, range) = ("an entry of the design", *value, "finite");
        return Err(InputError::Value { what, row, value, range }.into());
    }
    let penalties = Array1::from_elem(design.ncols(), ridge);
    let (mut labels, mut scores, mut strata) = (Vec::new(), Vec::new(), Vec::new());
    let mut judged: Vec<Option<usize>> = vec![None; belongs.len()];
    for (fold, split) in folds.iter().enumerate() {
        for &row in split.train.iter().chain(&split.test) {
            if row >= belongs.len() {
                let (what, found, expected) = ("rows of a fold", row + 1, belongs.len());
                return Err(InputError::Length { what, found, expected }.into());
            }
        }
        for (offset, &row) in split.test.iter().enumerate() {
            if let Some(first) = judged[row].replace(labels.len() + offset) {
                return Err(InputError::Duplicate { row: labels.len() + offset, first }.into());
            }
        }
        let known: Vec<f64> =
            split.train.iter().map(|&row| f64::from(u8::from(belongs[row]))).collect();
        let given = design.select(Axis(0), &split.train);
        let coefficients = if known.iter().all(|label| *label == known[0]) {
            // Nothing to learn from: every complaint of the fold is as likely as the next.
            Array1::zeros(design.ncols())
        } else {
            let problem = LogisticProblem::new(given.view(), ArrayView1::from(&known))
                .ridge(penalties.view());
            let fit = problem.solve().map_err(|_| NotEstimable {
                because: Because::NotConverged { what: "the regression of the group on the items" },
            })?;
            fit.coefficients.iter().skip(1).copied().collect()
        };
        let of_test = design.select(Axis(0), &split.test).dot(&coefficients);
        labels.extend(part(belongs, &split.test));
        scores.extend(of_test);
        strata.extend(std::iter::repeat_n(fold, split.test.len()));
    }
    auc_within(Scored::new(&labels, &scores)?, &strata, confidence)
}
