//! Do two coders give the same answers: Cohen's kappa, weighted kappa.

use serde::{Deserialize, Serialize};

use super::data::{EvaluateError, InputError, same_length};
use super::figure::{Because, Confidence, Figure, Interval, Method, NotEstimable};
use crate::research::numeric::sum;

/// How much two different answers disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Disagreement {
    /// All different answers alike (nominal).
    Any,
    /// By the distance of their numbers (linear weights of kappa).
    Distance,
    /// By the square of it (quadratic weights of kappa; interval scale of alpha).
    SquaredDistance,
    /// By the ranks between them (ordinal scale of alpha).
    Ranks,
}

/// Refuses more categories than a table of pairs should hold.
pub(super) fn few(categories: usize) -> Result<(), NotEstimable> {
    if categories <= 1_000 {
        return Ok(());
    }
    let (argument, value, range) = ("categories", categories as f64, "1 to 1,000");
    NotEstimable::because(Because::Argument { argument, value, range })
}

/// Cohen's kappa of two coders (1960; weighted 1968), with the large-sample interval of Fleiss, Cohen and Everitt (1969).
///
/// Answers are category numbers below `categories`. [`Disagreement::Ranks`] weighs as [`Disagreement::Distance`] does.
///
/// # Errors
/// Input faults; [`Because::Empty`]; [`Because::NoVariation`] when chance alone agrees fully; [`Because::Argument`] for more
/// categories than 1,000.
///
/// ```
/// use caserank::research::evaluate::{Confidence, Disagreement, cohen_kappa};
/// let kappa = cohen_kappa(&[0, 0, 1, 1], &[0, 1, 1, 1], 2, Disagreement::Any, Confidence::P95)?;
/// assert_eq!(kappa.value, 0.5);
/// # Ok::<(), caserank::research::evaluate::EvaluateError>(())
/// ```
pub fn cohen_kappa(
    first: &[usize],
    second: &[usize],
    categories: usize,
    disagreement: Disagreement,
    confidence: Confidence,
) -> Result<Figure, EvaluateError> {
    same_length("second answers", second.len(), first.len())?;
    few(categories)?;
    for answers in [first, second] {
        if let Some(row) = answers.iter().position(|&answer| answer >= categories) {
            return Err(InputError::Category { row, value: answers[row], categories }.into());
        }
    }
    if first.is_empty() {
        return Err(NotEstimable { because: Because::Empty }.into());
    }
    let n = first.len() as f64;
    let mut table = vec![vec![0.0; categories]; categories];
    for (&a, &b) in first.iter().zip(second) {
        table[a][b] += 1.0;
    }
    for cell in table.iter_mut().flatten() {
        *cell /= n;
    }
    let rows: Vec<f64> = table.iter().map(|row| row.iter().sum()).collect();
    let columns: Vec<f64> = (0..categories).map(|j| table.iter().map(|row| row[j]).sum()).collect();
    let widest = (categories.max(2) - 1) as f64;
    // Agreement weights: 1 for equal answers.
    let weight = |i: usize, j: usize| {
        let distance = i.abs_diff(j) as f64 / widest;
        match disagreement {
            Disagreement::Any => f64::from(u8::from(i == j)),
            Disagreement::SquaredDistance => 1.0 - distance * distance,
            Disagreement::Distance | Disagreement::Ranks => 1.0 - distance,
        }
    };
    let cells = || (0..categories).flat_map(|i| (0..categories).map(move |j| (i, j)));
    // Through disagreement, since agreement is close to 1 when most answers are alike.
    let apart = sum(cells().map(|(i, j)| (1.0 - weight(i, j)) * table[i][j]));
    let apart_by_chance = sum(cells().map(|(i, j)| (1.0 - weight(i, j)) * rows[i] * columns[j]));
    let chance = 1.0 - apart_by_chance;
    if apart_by_chance < 1e-15 {
        return Err(NotEstimable { because: Because::NoVariation { what: "the answers" } }.into());
    }
    let kappa = 1.0 - apart / apart_by_chance;
    let by_row: Vec<f64> =
        (0..categories).map(|i| sum((0..categories).map(|j| weight(i, j) * columns[j]))).collect();
    let by_column: Vec<f64> =
        (0..categories).map(|j| sum((0..categories).map(|i| weight(i, j) * rows[i]))).collect();
    let spread = sum(cells().map(|(i, j)| {
        table[i][j] * (weight(i, j) - (by_row[i] + by_column[j]) * (1.0 - kappa)).powi(2)
    }));
    let variance =
        (spread - (kappa - chance * (1.0 - kappa)).powi(2)) / n / apart_by_chance.powi(2);
    let interval = if variance > 0.0 {
        Ok(Interval::wald(kappa, variance.sqrt(), confidence, Method::Wald).within(-1.0, 1.0))
    } else {
        NotEstimable::because(Because::ZeroVariance { what: "kappa" })
    };
    let mut figure = Figure::new(kappa, first.len(), interval).with_range(-1.0, 1.0);
    figure.standard_error = (variance > 0.0).then(|| variance.sqrt());
    Ok(figure)
}
