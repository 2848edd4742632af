//! Rows by a key, in the order of the keys.

use std::collections::BTreeMap;

use super::data::sealed::Sealed;
use super::data::{EvaluateError, Predicted, same_length};
use super::figure::{ByKey, NotEstimable};
use super::weights::MaybeWeighted;

/// The rows of each distinct key, keys ascending, rows ascending.
pub(crate) fn by_key<K: Ord + Clone>(keys: &[K]) -> Vec<(K, Vec<usize>)> {
    let mut rows: BTreeMap<&K, Vec<usize>> = BTreeMap::new();
    for (row, key) in keys.iter().enumerate() {
        rows.entry(key).or_default().push(row);
    }
    rows.into_iter().map(|(key, rows)| (key.clone(), rows)).collect()
}

/// The values at some rows.
pub(crate) fn part<T: Copy>(values: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().map(|&row| values[row]).collect()
}

/// Predictions of one channel, with their weights where there are any.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OfChannel<'a> {
    predicted: Predicted<'a>,
    weights: Option<&'a [f64]>,
}

impl Sealed for OfChannel<'_> {}
impl<'a> MaybeWeighted for OfChannel<'a> {
    type Data = Predicted<'a>;
    fn data(&self) -> Predicted<'a> {
        self.predicted
    }
    fn weights(&self) -> Option<&[f64]> {
        self.weights
    }
}

/// A measure of every channel by itself, in the order of the keys.
pub(crate) fn in_each_channel<'a, K: Ord + Clone, T>(
    data: impl MaybeWeighted<Data = Predicted<'a>>,
    channels: &[K],
    measure: impl Fn(OfChannel<'_>) -> Result<T, NotEstimable>,
) -> Result<ByKey<K, T>, EvaluateError> {
    let predicted = data.data();
    same_length("channels", channels.len(), predicted.len())?;
    let of_channel = |(key, rows): (K, Vec<usize>)| {
        let labels = part(predicted.labels(), &rows);
        let of_rows = part(predicted.probabilities(), &rows);
        let weights = data.weights().map(|weights| part(weights, &rows));
        let predicted = Predicted::new(&labels, &of_rows)?;
        Ok((key, measure(OfChannel { predicted, weights: weights.as_deref() })))
    };
    by_key(channels).into_iter().map(of_channel).collect()
}
