//! The first k keys without a full sort, in memory that does not grow with the number of keys.

use super::key::Key;

/// Keeps the first `k` of the keys pushed into it, whatever their order of arrival.
#[derive(Debug, Clone)]
pub(crate) struct Top {
    k: usize,
    /// Never more than twice `k` keys; those beyond `k` are cut by selection now and then.
    keys: Vec<Key>,
    /// Keys after this one are not among the first `k`.
    threshold: Option<Key>,
}

impl Top {
    pub(crate) fn new(k: usize) -> Self {
        Top { k, keys: Vec::new(), threshold: None }
    }

    pub(crate) fn extend(&mut self, keys: impl IntoIterator<Item = Key>) {
        if self.k == 0 {
            return;
        }
        for key in keys {
            if self.threshold.is_none_or(|threshold| key < threshold) {
                self.keys.push(key);
                if self.keys.len() >= self.k.max(512).saturating_mul(2) {
                    self.cut();
                }
            }
        }
    }

    fn cut(&mut self) {
        if self.keys.len() > self.k {
            let (_, last, _) = self.keys.select_nth_unstable(self.k - 1);
            self.threshold = Some(*last);
            self.keys.truncate(self.k);
        }
    }

    /// The first `k` keys, sorted.
    pub(crate) fn finish(mut self) -> Vec<Key> {
        self.cut();
        self.keys.sort_unstable();
        self.keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Seed;

    #[test]
    fn equals_sorting_all_and_cutting() {
        let mut stream = Seed(5).stream(0);
        let keys: Vec<Key> = (0..9_000)
            .map(|row| Key::new(1, stream.below(4) as u32, stream.below(50) as u32, row))
            .collect();
        let mut sorted = keys.clone();
        sorted.sort();
        for k in [0, 1, 2, 511, 512, 513, 5_000, 8_999, 9_000, 20_000] {
            let mut top = Top::new(k);
            top.extend(keys.iter().copied().rev());
            assert_eq!(top.finish(), sorted[..k.min(9_000)], "k = {k}");
        }
    }
}
