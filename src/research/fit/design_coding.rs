//! One item as columns: contrasts, steps, centring and declared signs.

use ndarray::Array2;

use super::design::{Coding, Design};
use super::{FitError, Sign};
use crate::codebook::{Direction, Item, Kind};

impl Design {
    /// Names, values by code, and declared signs of an item's columns.
    #[allow(clippy::type_complexity)] // Three parts of one answer, used once.
    pub(super) fn code_item(
        &self,
        item: &Item,
        outcome: &str,
        codes: &[u8],
        weights: &[f64],
    ) -> Result<(Vec<String>, Array2<f64>, Vec<Option<Sign>>), FitError> {
        let stated = self.references.iter().rev().find(|(id, _)| *id == item.id);
        let reference = match stated {
            Some((_, answer)) => item.code_of(answer),
            None => item.absent_code(),
        };
        let ordered = !matches!(item.kind, Kind::Nominal);
        let aside = |code: u8| item.answer(code).is_some_and(|answer| answer.aside);
        let first =
            (1..item.code_count() as u8).find(|code| !(ordered && aside(*code))).unwrap_or(1);
        // The absent answer of a found/not-found item stays at 0, whatever reference is stated.
        let reference =
            if item.found_or_not { item.absent_code() } else { reference }.unwrap_or(first);
        let steps = ordered
            && (self.coding == Coding::Steps
                || (self.directions && self.coding != Coding::Answers));
        let mut names = Vec::new();
        let mut columns: Vec<Vec<f64>> = Vec::new();
        let mut signs = Vec::new();
        let sign_of = |code: u8| declared_sign(item, outcome, reference, code);
        for code in 1..item.code_count() as u8 {
            let answer = item.answer_id(code);
            let all = self.coding == Coding::Answers && !(item.found_or_not && code == reference);
            if code == reference && !all {
                continue;
            }
            let reached = |other: u8| {
                if steps && !aside(code) && !aside(other) && other > 0 {
                    // Beyond the reference a step is reached from below, before it from above.
                    f64::from(if code > reference { other >= code } else { other <= code })
                } else {
                    f64::from(other == code)
                }
            };
            let sign = if code > reference { ">=" } else { "<=" };
            names.push(if steps && !aside(code) {
                format!("{}{sign}{answer}", item.id)
            } else {
                format!("{}={answer}", item.id)
            });
            columns.push((0..item.code_count() as u8).map(reached).collect());
            signs.push(sign_of(code));
        }
        if self.unknown_indicators && !item.found_or_not && self.coding != Coding::Answers {
            names.push(format!("{}=unknown", item.id));
            columns.push((0..item.code_count()).map(|code| f64::from(code == 0)).collect());
            signs.push(None);
        } else if !item.found_or_not && self.coding != Coding::Answers {
            center(&mut columns, codes, weights);
        }
        let table = Array2::from_shape_fn((item.code_count(), columns.len()), |(code, column)| {
            columns[column][code]
        });
        Ok((names, table, signs))
    }
}

/// Takes the mean over known answers from the values of known answers, so that *unknown* sits at the average.
fn center(columns: &mut [Vec<f64>], codes: &[u8], weights: &[f64]) {
    for column in columns {
        let (mut sum, mut total) = (0.0, 0.0);
        for (code, weight) in codes.iter().zip(weights).filter(|(code, _)| **code != 0) {
            sum += weight * column[usize::from(*code)];
            total += weight;
        }
        if total > 0.0 {
            for value in &mut column[1..] {
                *value -= sum / total;
            }
        }
    }
}

/// The sign that the codebook's direction gives an answer's contrast with the reference.
fn declared_sign(item: &Item, outcome: &str, reference: u8, code: u8) -> Option<Sign> {
    let bearing = item.bears_on.get(outcome)?;
    if item.answer(code)?.aside {
        return None;
    }
    let raises = match bearing.direction {
        Direction::None => return None,
        Direction::Raises => true,
        Direction::Lowers => false,
    };
    let up = if bearing.answers.is_empty() {
        if matches!(item.kind, Kind::Nominal) {
            return None;
        }
        code > reference
    } else {
        let named =
            |code: u8| bearing.answers.iter().any(|answer| item.code_of(answer) == Some(code));
        // Both beyond the reference and beside it: together they keep the named ones above all others.
        named(code)
    };
    Some(if up == raises { Sign::NonNegative } else { Sign::NonPositive })
}
