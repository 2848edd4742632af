//! Complaints with equal scores, grouped: the one place where the tie rule lives.

use super::data::{Score, Scored};

/// Complaints that share a score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Tied {
    pub(crate) score: f64,
    /// Weight of those with the outcome (their number without weights).
    pub(crate) events: f64,
    /// Weight of those without.
    pub(crate) others: f64,
}

impl Tied {
    pub(crate) fn all(&self) -> f64 {
        self.events + self.others
    }
}

/// Groups of equal scores, highest score first. O(n log n).
pub(crate) fn tied_groups<S: Score>(data: Scored<'_, S>, weights: Option<&[f64]>) -> Vec<Tied> {
    let (labels, scores) = (data.labels(), data.scores());
    if weights.is_none() {
        let (with, without) = sorted_keys(data);
        let mut groups = Vec::new();
        let (mut i, mut j) = (0, 0);
        merge_keys(&with, &without, |events, others| {
            let key = if events > 0 { with[i] } else { without[j] };
            groups.push(Tied {
                score: S::value_of_key(key),
                events: events as f64,
                others: others as f64,
            });
            i += events as usize;
            j += others as usize;
        });
        groups.reverse();
        return groups;
    }
    let mut order: Vec<(u64, u32)> =
        scores.iter().enumerate().map(|(row, score)| (!score.key(), row as u32)).collect();
    order.sort_unstable();
    let mut groups: Vec<Tied> = Vec::new();
    let mut current = None;
    for (key, row) in order {
        let row = row as usize;
        if current != Some(key) {
            current = Some(key);
            groups.push(Tied { score: scores[row].value(), events: 0.0, others: 0.0 });
        }
        let weight = weights.map_or(1.0, |w| w[row]);
        if let Some(group) = groups.last_mut() {
            if labels[row] {
                group.events += weight;
            } else {
                group.others += weight;
            }
        }
    }
    groups
}

/// The keys of complaints with and without the outcome, each ascending.
pub(crate) fn sorted_keys<S: Score>(data: Scored<'_, S>) -> (Vec<u64>, Vec<u64>) {
    let events = data.events();
    let mut with = Vec::with_capacity(events);
    let mut without = Vec::with_capacity(data.len() - events);
    for (&label, score) in data.labels().iter().zip(data.scores()) {
        if label {
            with.push(score.key());
        } else {
            without.push(score.key());
        }
    }
    sort_keys(&mut with);
    sort_keys(&mut without);
    (with, without)
}

fn sort_keys(keys: &mut [u64]) {
    // Equal keys are the same number, so the threads cannot show in the result.
    #[cfg(feature = "parallel")]
    if keys.len() > 1 << 15 {
        use rayon::slice::ParallelSliceMut;
        keys.par_sort_unstable();
        return;
    }
    keys.sort_unstable();
}

/// Walks both ascending lists together: `visit(equal events, equal others)` for every distinct key.
pub(crate) fn merge_keys(with: &[u64], without: &[u64], mut visit: impl FnMut(u64, u64)) {
    let (mut i, mut j) = (0, 0);
    while i < with.len() || j < without.len() {
        let key = match (with.get(i), without.get(j)) {
            (Some(&a), Some(&b)) => a.min(b),
            (Some(&a), None) => a,
            (None, Some(&b)) => b,
            (None, None) => return,
        };
        let (from_i, from_j) = (i, j);
        while with.get(i) == Some(&key) {
            i += 1;
        }
        while without.get(j) == Some(&key) {
            j += 1;
        }
        visit((i - from_i) as u64, (j - from_j) as u64);
    }
}

/// Mid-ranks doubled, so that they stay whole: 2 for the smallest of distinct values. O(n log n).
pub(crate) fn doubled_mid_ranks(keys: &[u64]) -> Vec<u64> {
    let mut order: Vec<(u64, u32)> =
        keys.iter().enumerate().map(|(row, &key)| (key, row as u32)).collect();
    order.sort_unstable();
    let mut ranks = vec![0; keys.len()];
    let mut start = 0;
    while start < order.len() {
        let mut end = start + 1;
        while end < order.len() && order[end].0 == order[start].0 {
            end += 1;
        }
        for &(_, row) in &order[start..end] {
            ranks[row as usize] = (start + end + 1) as u64;
        }
        start = end;
    }
    ranks
}

/// For every complaint twice the number of the other kind that it is on the right side of, ties counting one.
///
/// Events are on the right side of others with lower scores, others of events with higher ones. O(n log n).
pub(crate) fn placements<S: Score>(data: Scored<'_, S>) -> Vec<u64> {
    let labels = data.labels();
    let mut order: Vec<(u64, u32)> =
        data.scores().iter().enumerate().map(|(row, score)| (score.key(), row as u32)).collect();
    order.sort_unstable();
    let (mut events_above, mut others_below) = (data.events() as u64, 0);
    let mut halves = vec![0; labels.len()];
    let mut start = 0;
    while start < order.len() {
        let (mut end, mut events) = (start, 0);
        while end < order.len() && order[end].0 == order[start].0 {
            events += u64::from(labels[order[end].1 as usize]);
            end += 1;
        }
        let others = (end - start) as u64 - events;
        events_above -= events;
        for &(_, row) in &order[start..end] {
            let row = row as usize;
            halves[row] =
                if labels[row] { 2 * others_below + others } else { 2 * events_above + events };
        }
        others_below += others;
        start = end;
    }
    halves
}
