//! Do any number of coders give the same answers: Krippendorff's alpha.

use std::collections::BTreeMap;

use super::agreement::{Disagreement, few};
use super::data::{EvaluateError, InputError, same_length};
use super::figure::{Because, Confidence, Figure, Interval, Method, NotEstimable};
use crate::research::numeric::sum;

/// Krippendorff's alpha for any number of coders, `None` for an answer not given. No interval: see
/// [`krippendorff_alpha_interval`].
///
/// `answers[coder][unit]` is a category number below `categories`; the number itself is the value on interval scales.
///
/// # Errors
/// Input faults; [`Because::TooFew`] when no unit has two answers; [`Because::NoVariation`] when all answers are equal;
/// [`Because::Argument`] for more categories than 1,000.
pub fn krippendorff_alpha(
    answers: &[Vec<Option<usize>>],
    categories: usize,
    disagreement: Disagreement,
) -> Result<Figure, EvaluateError> {
    let units = Units::new(answers, categories)?;
    let alpha = alpha(&units.pairs(), disagreement)?;
    Ok(Figure::plain(alpha, units.judged))
}

/// The same with an interval: estimate ± z × the jackknife's standard error, each unit left out in turn, cut to -1 and 1.
///
/// Units (complaints) are taken as independent. O(units × coders + distinct units × categories²).
///
/// # Errors
/// As [`krippendorff_alpha`].
///
/// ```
/// use caserank::research::evaluate::{Confidence, Disagreement, krippendorff_alpha_interval};
/// let first = [0, 0, 1, 1, 0, 1, 0, 1].map(Some).to_vec();
/// let mut second = first.clone();
/// (second[0], second[7]) = (Some(1), None);
/// let found = krippendorff_alpha_interval(&[first, second], 2, Disagreement::Any, Confidence::P95)?;
/// assert_eq!(found.count, 7, "the last unit has one answer alone");
/// assert!(found.interval?.contains(found.value));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn krippendorff_alpha_interval(
    answers: &[Vec<Option<usize>>],
    categories: usize,
    disagreement: Disagreement,
    confidence: Confidence,
) -> Result<Figure, EvaluateError> {
    let units = Units::new(answers, categories)?;
    let pairs = units.pairs();
    let value = alpha(&pairs, disagreement)?;
    let variance = units.jackknife(&pairs, disagreement);
    let interval = match variance {
        Some(variance) if variance > 0.0 => {
            let error = variance.sqrt();
            Ok(Interval::wald(value, error, confidence, Method::Jackknife).within(-1.0, 1.0))
        }
        Some(_) => NotEstimable::because(Because::ZeroVariance { what: "alpha" }),
        // All that differs is in one unit.
        None => {
            NotEstimable::because(Because::NoVariation { what: "the answers but for one unit" })
        }
    };
    let mut figure = Figure::new(value, units.judged, interval).with_range(-1.0, 1.0);
    figure.standard_error = variance.filter(|variance| *variance > 0.0).map(f64::sqrt);
    Ok(figure)
}

/// Units with two answers or more, counted by what was answered.
struct Units {
    /// How often each category was given, by how many units.
    alike: BTreeMap<Vec<(usize, u32)>, usize>,
    categories: usize,
    judged: usize,
}

impl Units {
    fn new(answers: &[Vec<Option<usize>>], categories: usize) -> Result<Self, EvaluateError> {
        let units = answers.first().map_or(0, Vec::len);
        few(categories)?;
        for coder in answers {
            same_length("a coder's answers", coder.len(), units)?;
            if let Some(row) = coder.iter().position(|a| a.is_some_and(|a| a >= categories)) {
                let value = coder[row].unwrap_or(0);
                return Err(InputError::Category { row, value, categories }.into());
            }
        }
        let (mut alike, mut judged) = (BTreeMap::new(), 0);
        for unit in 0..units {
            let mut given: BTreeMap<usize, u32> = BTreeMap::new();
            for answer in answers.iter().filter_map(|coder| coder[unit]) {
                *given.entry(answer).or_default() += 1;
            }
            if given.values().sum::<u32>() < 2 {
                continue;
            }
            judged += 1;
            *alike.entry(given.into_iter().collect::<Vec<_>>()).or_insert(0) += 1;
        }
        if judged == 0 {
            let because = Because::TooFew { what: "units with two answers", found: 0, needed: 1 };
            return Err(NotEstimable { because }.into());
        }
        Ok(Self { alike, categories, judged })
    }

    /// How often each pair of categories meets in a unit, a unit counting for as many as it has answers.
    fn pairs(&self) -> Vec<Vec<f64>> {
        let mut pairs = vec![vec![0.0; self.categories]; self.categories];
        for (given, units) in &self.alike {
            add(&mut pairs, given, *units as f64);
        }
        pairs
    }

    /// Variance by leaving out each unit in turn; `None` where alpha cannot be had without one of them.
    fn jackknife(&self, pairs: &[Vec<f64>], disagreement: Disagreement) -> Option<f64> {
        let mut without = pairs.to_vec();
        let mut left_out = Vec::with_capacity(self.alike.len());
        for (given, units) in &self.alike {
            add(&mut without, given, -1.0);
            left_out.push((alpha(&without, disagreement).ok()?, *units as f64));
            // Sums of shares do not go back to the bit.
            for (of_all, changed) in pairs.iter().zip(&mut without) {
                changed.copy_from_slice(of_all);
            }
        }
        let judged = self.judged as f64;
        let mean = sum(left_out.iter().map(|(value, units)| value * units)) / judged;
        let squares = left_out.iter().map(|(value, units)| units * (value - mean).powi(2));
        // What rounding makes of equal values is no spread.
        let variance = (judged - 1.0) / judged * sum(squares);
        Some(if variance < 1e-24 { 0.0 } else { variance })
    }
}

fn add(pairs: &mut [Vec<f64>], given: &[(usize, u32)], units: f64) {
    let answers: f64 = given.iter().map(|(_, count)| f64::from(*count)).sum();
    for &(i, count) in given {
        for &(j, other) in given {
            let same = if i == j { 1.0 } else { 0.0 };
            let meet = f64::from(count) * (f64::from(other) - same) / (answers - 1.0);
            pairs[i][j] += units * meet;
        }
    }
}

fn alpha(pairs: &[Vec<f64>], disagreement: Disagreement) -> Result<f64, NotEstimable> {
    let categories = pairs.len();
    let totals: Vec<f64> = pairs.iter().map(|row| row.iter().sum()).collect();
    let all: f64 = totals.iter().sum();
    let distance = |i: usize, j: usize| -> f64 {
        let apart = i.abs_diff(j) as f64;
        match disagreement {
            Disagreement::Any => f64::from(u8::from(i != j)),
            Disagreement::Distance => apart,
            Disagreement::SquaredDistance => apart * apart,
            Disagreement::Ranks => {
                let (low, high) = (i.min(j), i.max(j));
                let between: f64 = totals[low..=high].iter().sum();
                (between - 0.5 * (totals[low] + totals[high])).powi(2)
            }
        }
    };
    let cells = || (0..categories).flat_map(|i| (0..categories).map(move |j| (i, j)));
    let observed = sum(cells().map(|(i, j)| pairs[i][j] * distance(i, j)));
    let expected = sum(cells().map(|(i, j)| totals[i] * totals[j] * distance(i, j)));
    if expected <= 1e-9 {
        return Err(NotEstimable { because: Because::NoVariation { what: "the answers" } });
    }
    Ok(1.0 - (all - 1.0) * observed / expected)
}
