//! Sums in the order given, with the rounding error carried along.

/// A running sum with compensation (Neumaier 1974): the error of adding `n` numbers does not grow with `n`.
///
/// The order of additions is the caller's, so that equal input gives equal bits.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Sum {
    total: f64,
    lost: f64,
}

impl Sum {
    /// An empty sum: 0.
    #[must_use]
    pub(crate) const fn new() -> Self {
        Self { total: 0.0, lost: 0.0 }
    }

    /// Adds one value.
    pub(crate) fn add(&mut self, value: f64) {
        let next = self.total + value;
        // What rounding took, whichever is the larger (Knuth's TwoSum): without a branch, many sums grow side by side.
        let taken = next - self.total;
        self.lost += (self.total - (next - taken)) + (value - taken);
        self.total = next;
    }

    /// The sum so far.
    ///
    /// Infinite where the values leave the range of numbers, in which case what was lost says nothing.
    #[must_use]
    pub(crate) fn value(self) -> f64 {
        if self.total.is_finite() { self.total + self.lost } else { self.total }
    }
}

/// The compensated sum of the values, in their order; 0 for none.
pub(crate) fn sum(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut total = Sum::new();
    for value in values {
        total.add(value);
    }
    total.value()
}

/// The mean of the values; `None` for none.
#[must_use]
pub(crate) fn mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let count = values.len() as f64;
    let total = sum(values.iter().copied());
    if total.is_infinite() && values.iter().all(|value| value.is_finite()) {
        // Divided first, large values stay in range.
        return Some(sum(values.iter().map(|value| value / count)));
    }
    Some(total / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_terms_survive_large_ones() {
        let values = [1.0, 1e100, 1.0, -1e100];
        assert_eq!(sum(values), 2.0);
        assert_eq!(mean(&values), Some(0.5));
        assert_eq!(mean(&[]), None);
        assert_eq!(mean(&[1.5e308, 1.5e308]), Some(1.5e308));
        assert_eq!(sum([f64::INFINITY, 1.0]), f64::INFINITY);
    }

    #[test]
    fn what_rounding_took_does_not_hang_on_which_is_larger() {
        let mut stream = crate::base::Seed(3).stream(0);
        for _ in 0..10_000 {
            let mut drawn = || {
                let size = 10.0_f64.powi(stream.below(60) as i32 - 30);
                size * (stream.below(1 << 40) as f64 - f64::from(1 << 30))
            };
            let (a, b) = (drawn(), drawn());
            let (large, small) = if a.abs() >= b.abs() { (a, b) } else { (b, a) };
            let mut both = Sum { total: a, lost: 0.0 };
            both.add(b);
            assert_eq!(both, Sum { total: a + b, lost: (large - (a + b)) + small });
        }
    }
}
