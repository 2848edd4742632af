//! Sampling weights, and which measures accept them.

use serde::Serialize;

use super::data::sealed::Sealed;
use super::data::{InputError, Predicted, Scored, same_length};
use super::figure::{Because, NotEstimable};

/// Sampling weights: each complaint stands for this many of those it was drawn from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Weights {
    values: Vec<f64>,
}

impl Weights {
    /// Weights as they are.
    ///
    /// # Errors
    /// [`InputError::Weight`] for one outside 1e-100 to 1e100, whose squares are no numbers.
    pub fn sampling(values: Vec<f64>) -> Result<Self, InputError> {
        match values.iter().position(|weight| !(1e-100..=1e100).contains(weight)) {
            Some(row) => Err(InputError::Weight { row, value: values[row] }),
            None => Ok(Self { values }),
        }
    }

    /// One over the probability with which each complaint was chosen, as an audit slice records it.
    ///
    /// # Errors
    /// [`InputError::Inclusion`] for one outside `(0, 1]`, or below 1e-100.
    pub fn inverse_probability(inclusion: &[f64]) -> Result<Self, InputError> {
        match inclusion.iter().position(|chance| !(1e-100..=1.0).contains(chance)) {
            Some(row) => Err(InputError::Inclusion { row, value: inclusion[row] }),
            None => Ok(Self { values: inclusion.iter().map(|p| 1.0 / p).collect() }),
        }
    }

    /// The weights.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The number of unweighted complaints that would be as informative (Kish 1965).
    #[must_use]
    pub fn effective_count(&self) -> f64 {
        let total: f64 = self.values.iter().sum();
        let squares: f64 = self.values.iter().map(|w| w * w).sum();
        if squares > 0.0 { total * total / squares } else { 0.0 }
    }
}

/// How many unweighted complaints would be as informative (Kish 1965), to the nearest whole one; never more than there are.
pub(super) fn effective_rows(weights: impl Iterator<Item = f64>) -> usize {
    let (count, total, squares) = weights.fold((0, 0.0, 0.0), |(count, total, squares), weight| {
        (count + 1, total + weight, squares + weight * weight)
    });
    if squares > 0.0 { usize::min(count, (total * total / squares).round() as usize) } else { 0 }
}

/// Refuses an interval where the weights leave one complaint of several, or fewer than ten and less than half: the spread
/// that a formula finds there is that of a few that may be alike, while the others hardly count.
pub(super) fn carried_by_several(weights: Option<&[f64]>) -> Result<(), NotEstimable> {
    let Some(weights) = weights else { return Ok(()) };
    let found = effective_rows(weights.iter().copied());
    let needed = needed_of(found, weights.len());
    if found >= needed {
        return Ok(());
    }
    let what = "complaints, counted by their weight,";
    NotEstimable::because(Because::TooFew { what, found, needed })
}

/// How many complaints by weight an interval needs where weights leave so many of so many rows.
pub(super) fn needed_of(found: usize, rows: usize) -> usize {
    const ENOUGH: usize = 10;
    if 2 * found < rows { ENOUGH } else { 2 }
}

/// Data with sampling weights; made by [`Scored::weighted`] and [`Predicted::weighted`].
#[derive(Debug, Clone, Copy)]
pub struct Weighted<'a, D> {
    data: D,
    weights: &'a Weights,
}

impl<'a, D> Weighted<'a, D> {
    pub(crate) fn new(data: D, count: usize, weights: &'a Weights) -> Result<Self, InputError> {
        same_length("weights", weights.values.len(), count)?;
        Ok(Self { data, weights })
    }
}

/// What a measure that can use weights accepts: the data alone, or the data with weights.
///
/// A measure whose argument is [`Scored`] or [`Predicted`] itself has no weighted form and refuses weights by type.
pub trait MaybeWeighted: Copy + Sealed {
    /// [`Scored`] or [`Predicted`].
    type Data;
    /// The data without weights.
    fn data(&self) -> Self::Data;
    /// The weights, where there are any.
    fn weights(&self) -> Option<&[f64]>;
}

impl<S> Sealed for Scored<'_, S> {}
impl<S> MaybeWeighted for Scored<'_, S> {
    type Data = Self;
    fn data(&self) -> Self {
        *self
    }
    fn weights(&self) -> Option<&[f64]> {
        None
    }
}

impl Sealed for Predicted<'_> {}
impl MaybeWeighted for Predicted<'_> {
    type Data = Self;
    fn data(&self) -> Self {
        *self
    }
    fn weights(&self) -> Option<&[f64]> {
        None
    }
}

impl<D> Sealed for Weighted<'_, D> {}
impl<D: Copy> MaybeWeighted for Weighted<'_, D> {
    type Data = D;
    fn data(&self) -> D {
        self.data
    }
    fn weights(&self) -> Option<&[f64]> {
        Some(&self.weights.values)
    }
}
