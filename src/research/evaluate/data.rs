//! Checked views of the caller's slices.

use super::figure::{Because, NotEstimable};
use super::weights::{Weighted, Weights};

/// The slices do not fit together, or hold a value no measure can use.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// Two slices that belong together differ in length.
    #[error("{what} has {found} values for {expected} labels; give one for each")]
    Length {
        /// Which slice.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The number of labels.
        expected: usize,
    },
    /// A score is NaN or infinite.
    #[error("the score at row {row} is {value}; scores must be finite")]
    Score {
        /// The row, from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// A number that is neither score nor probability (a gain, a wait, an entry of a design) is of no use.
    #[error("{what} at row {row} is {value}; it must be {range}")]
    Value {
        /// What it is.
        what: &'static str,
        /// The row, from 0.
        row: usize,
        /// The value.
        value: f64,
        /// What is allowed.
        range: &'static str,
    },
    /// A number of things beyond what can be held.
    #[error("{what}: {found} were asked for; give {least} to {limit}")]
    Limit {
        /// Of what.
        what: &'static str,
        /// As asked.
        found: u64,
        /// The fewest.
        least: u64,
        /// The most.
        limit: u64,
    },
    /// A probability is outside `[0, 1]`.
    #[error("the probability at row {row} is {value}; it must lie in [0, 1]")]
    Probability {
        /// The row, from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// A weight is no positive number that can be computed with.
    #[error("the weight at row {row} is {value}; weights must lie between 1e-100 and 1e100")]
    Weight {
        /// The row, from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// A probability of inclusion is outside `(0, 1]`.
    #[error("the inclusion probability at row {row} is {value}; it must lie in (0, 1]")]
    Inclusion {
        /// The row, from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// An id comes twice where it may come once.
    #[error("the id at row {row} is already at row {first}; ids must be unique")]
    Duplicate {
        /// The later row, from 0.
        row: usize,
        /// The earlier row.
        first: usize,
    },
    /// A category is not below the number of categories.
    #[error("the category at row {row} is {value}; there are {categories}, counted from 0")]
    Category {
        /// The row, from 0.
        row: usize,
        /// The value.
        value: usize,
        /// How many categories there are.
        categories: usize,
    },
}

/// Either kind of failure, for callers who treat them alike.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// The input is faulty.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The input is sound, but the measure has no value on it.
    #[error(transparent)]
    NotEstimable(#[from] NotEstimable),
}

pub(crate) mod sealed {
    /// Keeps traits of this module from being implemented elsewhere.
    pub trait Sealed {}
}

/// A type of score: `f64`, `f32` or an integer. Larger means looked at earlier.
pub trait Score: Copy + PartialOrd + Sync + sealed::Sealed {
    /// A whole number in the same order as the score; equal for equal scores (`-0.0` and `0.0` among them).
    fn key(self) -> u64;
    /// The score as a double.
    fn value(self) -> f64;
    /// The double of the score that has this key.
    fn value_of_key(key: u64) -> f64;
    /// Whether the score is at or above a threshold; exact also for whole numbers that no double holds. Never for NaN.
    #[inline]
    fn at_least(self, threshold: f64) -> bool {
        self.value() >= threshold
    }
}

impl sealed::Sealed for f64 {}
impl Score for f64 {
    #[inline]
    fn key(self) -> u64 {
        let bits = (self + 0.0).to_bits();
        bits ^ (((bits as i64) >> 63) as u64 | 1 << 63)
    }
    #[inline]
    fn value(self) -> f64 {
        self
    }
    #[inline]
    fn value_of_key(key: u64) -> f64 {
        f64::from_bits(if key >> 63 == 1 { key ^ (1 << 63) } else { !key })
    }
}

impl sealed::Sealed for f32 {}
impl Score for f32 {
    #[inline]
    fn key(self) -> u64 {
        f64::from(self).key()
    }
    #[inline]
    fn value(self) -> f64 {
        f64::from(self)
    }
    #[inline]
    fn value_of_key(key: u64) -> f64 {
        f64::value_of_key(key)
    }
}

macro_rules! integer_scores {
    ($($type:ty),*) => {$(
        impl sealed::Sealed for $type {}
        impl Score for $type {
            #[inline]
            fn key(self) -> u64 {
                i64::from(self) as u64 ^ (1 << 63)
            }
            #[inline]
            fn value(self) -> f64 {
                i64::from(self) as f64
            }
            #[inline]
            fn value_of_key(key: u64) -> f64 {
                (key ^ (1 << 63)) as i64 as f64
            }
            #[inline]
            fn at_least(self, threshold: f64) -> bool {
                // A cast saturates, and 2^63 itself is above every score.
                !threshold.is_nan()
                    && threshold < 9_223_372_036_854_775_808.0
                    && i64::from(self) >= threshold.ceil() as i64
            }
        }
    )*};
}
integer_scores!(i8, i16, i32, i64, u8, u16, u32);

/// Labels (`true`: the outcome) and scores (larger: more likely), one each a complaint.
#[derive(Debug)]
pub struct Scored<'a, S = f64> {
    labels: &'a [bool],
    scores: &'a [S],
}

impl<S> Clone for Scored<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<S> Copy for Scored<'_, S> {}

impl<'a, S: Score> Scored<'a, S> {
    /// Checks that there is one finite score for each label. O(n).
    ///
    /// # Errors
    /// [`InputError::Length`], [`InputError::Score`].
    ///
    /// ```
    /// use caserank::research::evaluate::Scored;
    /// assert!(Scored::new(&[true, false], &[2.5, 1.0]).is_ok());
    /// assert!(Scored::new(&[true, false], &[f64::NAN, 1.0]).is_err());
    /// assert!(Scored::new(&[true, false], &[7_i64, 3]).is_ok());
    /// ```
    pub fn new(labels: &'a [bool], scores: &'a [S]) -> Result<Self, InputError> {
        same_length("scores", scores.len(), labels.len())?;
        match scores.iter().position(|score| !score.value().is_finite()) {
            Some(row) => Err(InputError::Score { row, value: scores[row].value() }),
            None => Ok(Self { labels, scores }),
        }
    }

    /// The labels.
    #[must_use]
    pub fn labels(&self) -> &'a [bool] {
        self.labels
    }

    /// The scores.
    #[must_use]
    pub fn scores(&self) -> &'a [S] {
        self.scores
    }

    /// How many complaints there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// How many complaints have the outcome.
    #[must_use]
    pub fn events(&self) -> usize {
        events(self.labels)
    }

    /// Counts of complaints with and without the outcome, both above 0.
    pub(crate) fn both_classes(&self) -> Result<(usize, usize), NotEstimable> {
        both_classes(self.labels)
    }

    /// The same with sampling weights.
    ///
    /// # Errors
    /// [`InputError::Length`].
    pub fn weighted(self, weights: &'a Weights) -> Result<Weighted<'a, Self>, InputError> {
        Weighted::new(self, self.len(), weights)
    }
}

/// Labels and predicted probabilities, one each a complaint.
#[derive(Debug, Clone, Copy)]
pub struct Predicted<'a> {
    labels: &'a [bool],
    probabilities: &'a [f64],
}

impl<'a> Predicted<'a> {
    /// Checks that there is one probability in `[0, 1]` for each label. O(n).
    ///
    /// # Errors
    /// [`InputError::Length`], [`InputError::Probability`].
    pub fn new(labels: &'a [bool], probabilities: &'a [f64]) -> Result<Self, InputError> {
        same_length("probabilities", probabilities.len(), labels.len())?;
        match probabilities.iter().position(|p| !(0.0..=1.0).contains(p)) {
            Some(row) => Err(InputError::Probability { row, value: probabilities[row] }),
            None => Ok(Self { labels, probabilities }),
        }
    }

    /// The labels.
    #[must_use]
    pub fn labels(&self) -> &'a [bool] {
        self.labels
    }

    /// The probabilities.
    #[must_use]
    pub fn probabilities(&self) -> &'a [f64] {
        self.probabilities
    }

    /// The probabilities as scores.
    #[must_use]
    pub fn scored(&self) -> Scored<'a> {
        Scored { labels: self.labels, scores: self.probabilities }
    }

    /// How many complaints there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// How many complaints have the outcome.
    #[must_use]
    pub fn events(&self) -> usize {
        events(self.labels)
    }

    /// The same with sampling weights.
    ///
    /// # Errors
    /// [`InputError::Length`].
    pub fn weighted(self, weights: &'a Weights) -> Result<Weighted<'a, Self>, InputError> {
        Weighted::new(self, self.len(), weights)
    }

    /// Label (0 or 1) and probability of each row.
    pub(crate) fn rows(&self) -> impl ExactSizeIterator<Item = (f64, f64)> + Clone + 'a {
        self.labels
            .iter()
            .zip(self.probabilities)
            .map(|(&label, &p)| (f64::from(u8::from(label)), p))
    }

    /// The log-odds of every probability.
    pub(crate) fn log_odds(&self) -> Result<Vec<f64>, NotEstimable> {
        if let Some(row) = self.probabilities.iter().position(|&p| p <= 0.0 || p >= 1.0) {
            let value = self.probabilities[row];
            return NotEstimable::because(Because::CertainProbability { row, value });
        }
        Ok(self.probabilities.iter().map(|&p| (p / (1.0 - p)).ln()).collect())
    }
}

pub(crate) fn same_length(
    what: &'static str,
    found: usize,
    expected: usize,
) -> Result<(), InputError> {
    if found == expected { Ok(()) } else { Err(InputError::Length { what, found, expected }) }
}

pub(crate) fn events(labels: &[bool]) -> usize {
    labels.iter().filter(|&&label| label).count()
}

pub(crate) fn both_classes(labels: &[bool]) -> Result<(usize, usize), NotEstimable> {
    let events = events(labels);
    let others = labels.len() - events;
    if labels.is_empty() {
        return NotEstimable::because(Because::Empty);
    }
    if events == 0 || others == 0 {
        return NotEstimable::because(Because::OneClass { events, others });
    }
    Ok((events, others))
}
