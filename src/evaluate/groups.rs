//! Rows by a key, in the order of the keys.

use std::collections::BTreeMap;

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
