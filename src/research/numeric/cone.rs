//! Whether a vector lies in the cone of others: linear programming, phase one.

/// Entries below this are rounding, for vectors of length about 1.
const NOTHING: f64 = 1e-10;
/// Pivots below this are not taken.
const LEAST_PIVOT: f64 = 1e-9;
/// Pivots between two recomputed inverses.
const RENEWED: usize = 40;

/// Where a target lies.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cone {
    /// These amounts of the vectors, none below 0, add up to the target.
    Inside(Vec<f64>),
    /// This direction has a product of at most 0 with every vector and above 0 with the target; entries within ±1.
    Outside(Vec<f64>),
    /// Rounding or cycling: no answer.
    Unsettled,
}

/// Looks for amounts of 0 or more of `vectors` (each `target.len()` long, one after another) that add up to `target`.
///
/// The revised simplex method with artificial variables (Chvátal 1983, "Linear Programming", chapters 7 and 8). The largest
/// gain enters, and the first after a run of steps without gain (Bland 1977), so that it ends. Each step takes
/// O(vectors x length). For equal input equal bits.
pub(crate) fn cone(vectors: &[f64], target: &[f64]) -> Cone {
    let largest = target.iter().fold(0.0_f64, |top, value| top.max(value.abs()));
    let count = vectors.len() / target.len().max(1);
    if largest == 0.0 {
        return Cone::Inside(vec![0.0; count]);
    }
    let mut tableau = Tableau::new(vectors, target, largest);
    let most = 2_000 + 60 * target.len();
    let mut without_gain = 0;
    for step in 0..most {
        if step % RENEWED == RENEWED - 1 && !tableau.renew() {
            return Cone::Unsettled;
        }
        let prices = tableau.prices();
        let Some(entering) = tableau.entering(&prices, without_gain > 3 * target.len()) else {
            return tableau.answer(&prices, largest, count);
        };
        match tableau.pivot(entering) {
            Some(gain) if gain > 1e-13 => without_gain = 0,
            Some(_) => without_gain += 1,
            None => return Cone::Unsettled,
        }
    }
    Cone::Unsettled
}

struct Tableau<'a> {
    vectors: &'a [f64],
    size: usize,
    /// The target, no entry below 0, the largest 1.
    target: Vec<f64>,
    /// 1 or -1 an entry: what made the target's entries positive.
    turned: Vec<f64>,
    /// The vector in each place of the basis; artificial ones from the number of vectors on.
    basis: Vec<usize>,
    /// Row by row.
    inverse: Vec<f64>,
    amounts: Vec<f64>,
}

impl<'a> Tableau<'a> {
    fn new(vectors: &'a [f64], target: &[f64], largest: f64) -> Self {
        let size = target.len();
        let count = vectors.len() / size;
        let turned: Vec<f64> = target.iter().map(|value| f64::copysign(1.0, *value)).collect();
        let target: Vec<f64> = target.iter().map(|value| value.abs() / largest).collect();
        let mut inverse = vec![0.0; size * size];
        for position in 0..size {
            inverse[position * size + position] = 1.0;
        }
        let basis = (0..size).map(|position| count + position).collect();
        Self { vectors, size, amounts: target.clone(), target, turned, basis, inverse }
    }

    fn count(&self) -> usize {
        self.vectors.len() / self.size
    }

    /// A vector of the basis or beside it, turned like the target.
    fn vector(&self, number: usize) -> Vec<f64> {
        if number >= self.count() {
            let mut unit = vec![0.0; self.size];
            unit[number - self.count()] = 1.0;
            return unit;
        }
        let given = &self.vectors[number * self.size..(number + 1) * self.size];
        given.iter().zip(&self.turned).map(|(x, turned)| x * turned).collect()
    }

    /// The sum of the inverse's rows at artificial vectors: the direction that tells target from cone, in turned entries.
    fn prices(&self) -> Vec<f64> {
        let mut prices = vec![0.0; self.size];
        for (position, number) in self.basis.iter().enumerate() {
            if *number >= self.count() {
                let row = &self.inverse[position * self.size..(position + 1) * self.size];
                for (price, value) in prices.iter_mut().zip(row) {
                    *price += value;
                }
            }
        }
        prices
    }

    fn entering(&self, prices: &[f64], first: bool) -> Option<usize> {
        let turned: Vec<f64> = prices.iter().zip(&self.turned).map(|(p, t)| p * t).collect();
        let mut best: Option<(f64, usize)> = None;
        for (number, vector) in self.vectors.chunks_exact(self.size).enumerate() {
            let gain: f64 = vector.iter().zip(&turned).map(|(x, p)| x * p).sum();
            if gain > NOTHING
                && best.is_none_or(|(most, _)| gain > most)
                && !self.basis.contains(&number)
            {
                best = Some((gain, number));
                if first {
                    break;
                }
            }
        }
        best.map(|(_, number)| number)
    }

    /// Brings a vector into the basis; how much the sum of artificial amounts may have fallen.
    fn pivot(&mut self, entering: usize) -> Option<f64> {
        let vector = self.vector(entering);
        let size = self.size;
        let along: Vec<f64> = self
            .inverse
            .chunks_exact(size)
            .map(|row| row.iter().zip(&vector).map(|(a, b)| a * b).sum())
            .collect();
        let mut leaving: Option<(f64, usize)> = None;
        for (position, value) in along.iter().enumerate().filter(|(_, value)| **value > LEAST_PIVOT)
        {
            let ratio = self.amounts[position].max(0.0) / value;
            let better = leaving.is_none_or(|(least, other)| {
                // Among equals artificial vectors leave first, then the first of the others.
                ratio < least - 1e-14
                    || ratio <= least + 1e-14 && self.basis[position] > self.basis[other]
            });
            if better {
                leaving = Some((ratio, position));
            }
        }
        let (ratio, out) = leaving?;
        let pivot = along[out];
        for value in &mut self.inverse[out * size..(out + 1) * size] {
            *value /= pivot;
        }
        let row = self.inverse[out * size..(out + 1) * size].to_vec();
        for (position, factor) in along.iter().enumerate().filter(|(position, _)| *position != out)
        {
            let target = &mut self.inverse[position * size..(position + 1) * size];
            for (value, other) in target.iter_mut().zip(&row) {
                *value -= factor * other;
            }
            self.amounts[position] -= factor * ratio;
        }
        self.amounts[out] = ratio;
        self.basis[out] = entering;
        Some(ratio)
    }

    /// Computes inverse and amounts from the basis; false where it is singular.
    fn renew(&mut self) -> bool {
        let size = self.size;
        let mut matrix = vec![0.0; size * size];
        for (column, number) in self.basis.iter().enumerate() {
            for (row, value) in self.vector(*number).into_iter().enumerate() {
                matrix[row * size + column] = value;
            }
        }
        let Some(inverse) = inverted(matrix, size) else { return false };
        self.amounts = inverse
            .chunks_exact(size)
            .map(|row| row.iter().zip(&self.target).map(|(a, b)| a * b).sum())
            .collect();
        self.inverse = inverse;
        true
    }

    fn answer(&self, prices: &[f64], largest: f64, count: usize) -> Cone {
        let left: f64 = prices.iter().zip(&self.target).map(|(p, t)| p * t).sum();
        if left <= 1e-9 {
            let mut amounts = vec![0.0; count];
            for (number, amount) in self.basis.iter().zip(&self.amounts) {
                if *number < count {
                    amounts[*number] = amount.max(0.0) * largest;
                }
            }
            return Cone::Inside(amounts);
        }
        Cone::Outside(prices.iter().zip(&self.turned).map(|(p, t)| p * t).collect())
    }
}

/// The inverse by Gauss and Jordan with row exchanges.
fn inverted(mut matrix: Vec<f64>, size: usize) -> Option<Vec<f64>> {
    let mut inverse = vec![0.0; size * size];
    for position in 0..size {
        inverse[position * size + position] = 1.0;
    }
    for column in 0..size {
        let best = (column..size).max_by(|a, b| {
            matrix[a * size + column].abs().total_cmp(&matrix[b * size + column].abs())
        })?;
        let pivot = matrix[best * size + column];
        if pivot.abs() < 1e-13 {
            return None;
        }
        for k in 0..size {
            matrix.swap(best * size + k, column * size + k);
            inverse.swap(best * size + k, column * size + k);
            matrix[column * size + k] /= pivot;
            inverse[column * size + k] /= pivot;
        }
        for row in (0..size).filter(|row| *row != column) {
            let factor = matrix[row * size + column];
            if factor != 0.0 {
                for k in 0..size {
                    matrix[row * size + k] -= factor * matrix[column * size + k];
                    inverse[row * size + k] -= factor * inverse[column * size + k];
                }
            }
        }
    }
    Some(inverse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_inside_a_cone_or_a_direction_shows_that_it_is_not() {
        let vectors = [1.0, 0.0, 1.0, 1.0];
        let Cone::Inside(amounts) = cone(&vectors, &[3.0, 1.0]) else { panic!("inside") };
        assert!((amounts[0] - 2.0).abs() < 1e-12 && (amounts[1] - 1.0).abs() < 1e-12);
        let Cone::Outside(direction) = cone(&vectors, &[1.0, 3.0]) else { panic!("outside") };
        assert!(direction[0] <= 1e-12 && direction[0] + direction[1] <= 1e-12);
        assert!(direction[0] + 3.0 * direction[1] > 0.1);
        assert!(matches!(cone(&vectors, &[-1.0, 0.0]), Cone::Outside(_)));
        assert_eq!(cone(&vectors, &[0.0, 0.0]), Cone::Inside(vec![0.0, 0.0]));
    }
}
