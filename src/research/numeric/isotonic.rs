//! Isotonic regression: the best non-decreasing step through labelled scores.

use super::quantile::between;
use super::sums::Sum;

/// A non-decreasing function fitted by pooling adjacent violators (Ayer et al. 1955).
///
/// Equal inputs are pooled first, so the fit does not depend on the order of rows. Between fitted points it
/// is linear; outside their range it is flat.
///
/// ```
/// use caserank::research::fit::Isotonic;
/// let fit = Isotonic::fit(&[1.0, 2.0, 3.0], &[0.0, 1.0, 0.5], None).unwrap();
/// assert_eq!(fit.predict(2.0), 0.75);
/// assert_eq!(fit.predict(1.5), 0.375);
/// assert_eq!(fit.predict(9.0), 0.75);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Isotonic {
    inputs: Vec<f64>,
    fitted: Vec<f64>,
}

struct Block {
    total: Sum,
    weight: f64,
    inputs: usize,
}

impl Block {
    fn mean(&self) -> f64 {
        self.total.value() / self.weight
    }
}

impl Isotonic {
    /// Fits outcomes to inputs; O(n log n). Weights, where given, must be positive.
    ///
    /// `None` when the slices are empty or differ in length, a value is not finite or a weight not positive, or when the
    /// weighted outcomes or the weights together leave the range of numbers.
    #[must_use]
    pub fn fit(inputs: &[f64], outcomes: &[f64], weights: Option<&[f64]>) -> Option<Self> {
        let count = inputs.len();
        let sized = outcomes.len() == count && weights.is_none_or(|w| w.len() == count);
        let finite = inputs.iter().chain(outcomes).all(|value| value.is_finite());
        let positive = weights.is_none_or(|w| w.iter().all(|&v| v.is_finite() && v > 0.0));
        if count == 0 || !sized || !finite || !positive {
            return None;
        }
        let weight = |row: usize| weights.map_or(1.0, |w| w[row]);
        let size: f64 = (0..count).map(|row| weight(row) * outcomes[row].abs()).sum();
        let all: f64 = (0..count).map(weight).sum();
        if !size.is_finite() || !all.is_finite() {
            return None;
        }
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by(|&a, &b| (inputs[a] + 0.0).total_cmp(&(inputs[b] + 0.0)));
        let mut distinct: Vec<f64> = Vec::new();
        let mut blocks: Vec<Block> = Vec::new();
        let mut start = 0;
        while start < count {
            let input = inputs[order[start]] + 0.0;
            let mut block = Block { total: Sum::new(), weight: 0.0, inputs: 1 };
            let mut end = start;
            while end < count && inputs[order[end]] == input {
                let weight = weights.map_or(1.0, |w| w[order[end]]);
                block.total.add(weight * outcomes[order[end]]);
                block.weight += weight;
                end += 1;
            }
            distinct.push(input);
            while let Some(before) = blocks.last() {
                if before.mean() < block.mean() {
                    break;
                }
                block.total.add(before.total.value());
                block.weight += before.weight;
                block.inputs += before.inputs;
                blocks.pop();
            }
            blocks.push(block);
            start = end;
        }
        let mut fitted = Vec::with_capacity(distinct.len());
        for block in &blocks {
            fitted.resize(fitted.len() + block.inputs, block.mean());
        }
        Some(Self { inputs: distinct, fitted })
    }

    /// The distinct inputs, ascending.
    #[must_use]
    pub fn inputs(&self) -> &[f64] {
        &self.inputs
    }

    /// The fitted value at each distinct input.
    #[must_use]
    pub fn fitted(&self) -> &[f64] {
        &self.fitted
    }

    /// The fitted function at a point; NaN gives NaN. O(log n).
    #[must_use]
    pub fn predict(&self, input: f64) -> f64 {
        if input.is_nan() {
            return f64::NAN;
        }
        let after = self.inputs.partition_point(|&known| known < input);
        if after == 0 {
            return self.fitted[0];
        }
        if after == self.inputs.len() {
            return self.fitted[after - 1];
        }
        let (x0, x1) = (self.inputs[after - 1], self.inputs[after]);
        let (y0, y1) = (self.fitted[after - 1], self.fitted[after]);
        if input == x1 || y0 == y1 {
            return y1;
        }
        // Halved, two inputs of opposite signs have a difference that is in range.
        let span = x1 - x0;
        let share = if span.is_finite() {
            (input - x0) / span
        } else {
            (0.5 * input - 0.5 * x0) / (0.5 * x1 - 0.5 * x0)
        };
        between(y0, y1, share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pools_ties_whatever_their_order() {
        let first = Isotonic::fit(&[1.0, 1.0, 2.0], &[1.0, 0.0, 0.0], None).unwrap();
        let second = Isotonic::fit(&[2.0, 1.0, 1.0], &[0.0, 0.0, 1.0], None).unwrap();
        assert_eq!(first, second);
        assert_eq!(first.fitted(), [1.0 / 3.0, 1.0 / 3.0]);
    }

    #[test]
    fn refuses_what_it_cannot_fit() {
        assert_eq!(Isotonic::fit(&[], &[], None), None);
        assert_eq!(Isotonic::fit(&[1.0], &[f64::NAN], None), None);
        assert_eq!(Isotonic::fit(&[1.0], &[1.0], Some(&[0.0])), None);
        assert_eq!(Isotonic::fit(&[1.0, 1.0], &[1.5e308, 1.5e308], None), None);
        let wide = Isotonic::fit(&[-1e308, 1e308], &[0.0, 1.0], None).unwrap();
        assert_eq!((wide.predict(0.0), wide.predict(5e307)), (0.5, 0.75));
    }
}
