//! How well the answers give a group away: a regression of the group on coded answers, judged on held-out complaints.

use ndarray::Array2;

use super::StudyError;
use crate::Backlog;
use crate::codebook::Domain;
use crate::research::evaluate::resample::Split;
use crate::research::evaluate::{
    Auc, Because, Confidence, EvaluateError, NotEstimable, Scored, auc_within,
};
use crate::research::fit::{Columns, FitError, LeaveOut};

/// One column for every answer that some but not all of the rows have; *unknown* is what remains. The columns of an item
/// stand as codes, a byte a complaint.
pub(super) fn answer_columns(
    backlog: &Backlog,
    rows: &[usize],
    keep: impl Fn(Domain) -> bool,
) -> Result<Columns, FitError> {
    let mut builder = Columns::builder(rows.len());
    for (position, item) in backlog.codebook().items().iter().enumerate() {
        if !keep(item.domain) {
            continue;
        }
        let codes: Vec<u8> = rows.iter().map(|&row| backlog.code_at(row, position)).collect();
        let mut counts = vec![0_usize; item.code_count()];
        for &code in &codes {
            counts[usize::from(code)] += 1;
        }
        let varies: Vec<usize> =
            (1..counts.len()).filter(|&code| (1..rows.len()).contains(&counts[code])).collect();
        if varies.is_empty() {
            continue;
        }
        let names: Vec<String> = varies.iter().map(|code| format!("{}={code}", item.id)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let table = Array2::from_shape_fn((counts.len(), varies.len()), |(code, column)| {
            f64::from(u8::from(varies[column] == code))
        });
        builder = builder.codes(&names, codes, &table)?;
    }
    Ok(builder.build())
}

/// The area under the ROC curve of *belongs to the group*, each fold judged by weights learnt on the others.
///
/// Pairs of complaints are compared inside a fold alone, as in
/// [`group_from_items`](crate::research::evaluate::group_from_items), which does the same on any matrix.
pub(super) fn told_by(
    columns: &Columns,
    belongs: &[bool],
    folds: &[Split],
    ridge: f64,
    confidence: Confidence,
) -> Result<Result<Auc, NotEstimable>, StudyError> {
    if !(ridge > 0.0 && ridge.is_finite()) {
        return Ok(Err(out_of_range(ridge)));
    }
    let left_out = LeaveOut::new(columns, belongs, ridge);
    let (mut labels, mut scores, mut strata) = (Vec::new(), Vec::new(), Vec::new());
    for (fold, split) in folds.iter().enumerate() {
        match left_out.log_odds(&split.train, &split.test) {
            Ok(found) => scores.extend(found),
            Err(_) => return Ok(Err(not_converged())),
        }
        labels.extend(split.test.iter().map(|&row| belongs[row]));
        strata.extend(std::iter::repeat_n(fold, split.test.len()));
    }
    let found = Scored::new(&labels, &scores).map_err(EvaluateError::from);
    match found.and_then(|scored| auc_within(scored, &strata, confidence)) {
        Ok(found) => Ok(Ok(found.pooled)),
        Err(EvaluateError::NotEstimable(why)) => Ok(Err(why)),
        Err(EvaluateError::Input(error)) => Err(error.into()),
    }
}

fn not_converged() -> NotEstimable {
    let what = "the regression of the group on the items";
    NotEstimable { because: Because::NotConverged { what } }
}

fn out_of_range(value: f64) -> NotEstimable {
    NotEstimable { because: Because::Argument { argument: "ridge", value, range: "above 0" } }
}
