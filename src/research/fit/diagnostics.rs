//! Collinearity and support of columns.

use linfa_linalg::eigh::EighInto;
use ndarray::Array2;

use super::Columns;
use crate::research::numeric::{Design, Factor, Scaling};

/// Below this share of its diagonal a pivot counts as a repeated column.
const PIVOT_LIMIT: f64 = 1e-13;

/// Brings a covariance-like matrix to a unit diagonal.
fn unit_diagonal(matrix: &Array2<f64>) -> Array2<f64> {
    let root: Vec<f64> = matrix.diag().iter().map(|value| value.max(0.0).sqrt()).collect();
    Array2::from_shape_fn(matrix.dim(), |(j, k)| matrix[[j, k]] / (root[j] * root[k]))
}

/// `1 / (1 - R²)` of each column on the others and a constant; `None` for the intercept and repeated columns.
pub(crate) fn inflation(design: &dyn Design, _scaling: &Scaling) -> Vec<Option<f64>> {
    let scaling = design.scaling(None);
    let lead = usize::from(design.has_intercept());
    let gram = design.information(&scaling, &vec![1.0; design.rows()]);
    let size = design.width() - lead;
    let correlation =
        unit_diagonal(&Array2::from_shape_fn((size, size), |(j, k)| gram[[j + lead, k + lead]]));
    let values = match Factor::new(&correlation, PIVOT_LIMIT) {
        Ok(factor) => factor.inverse().diag().iter().map(|value| Some(*value)).collect(),
        Err(_) => vec![None; size],
    };
    std::iter::repeat_n(None, lead).chain(values).collect()
}

/// The diagonal of the inverse correlation matrix of the coefficients without the intercept.
pub(crate) fn inflation_of_coefficients(
    covariance: &Array2<f64>,
    kept: &[usize],
    width: usize,
    lead: usize,
) -> Vec<Option<f64>> {
    let inner: Vec<usize> = (0..kept.len()).filter(|j| kept[*j] >= lead).collect();
    let part = Array2::from_shape_fn((inner.len(), inner.len()), |(j, k)| {
        covariance[[inner[j], inner[k]]]
    });
    let mut values = vec![None; width];
    if let Ok(factor) = Factor::new(&unit_diagonal(&part), PIVOT_LIMIT) {
        for (j, value) in inner.iter().zip(factor.inverse().diag()) {
            values[kept[*j]] = Some(*value);
        }
    }
    values
}

/// Square root of the largest over the smallest eigenvalue of the information at unit diagonal.
pub(crate) fn condition_number(information: &Array2<f64>) -> f64 {
    match unit_diagonal(information).eigh_into() {
        Ok((values, _)) => {
            let least = values.iter().copied().fold(f64::INFINITY, f64::min);
            let most = values.iter().copied().fold(0.0, f64::max);
            (most / least.max(0.0)).sqrt()
        }
        Err(_) => f64::NAN,
    }
}

/// The value that stands for *given* among the rising values of a column, if it tells one answer from the rest.
///
/// 0 and one other; or, centred, one below 0, that plus 1, and perhaps 0 for *unknown*.
fn answered(values: &[f64]) -> Option<f64> {
    let known: Vec<f64> = values.iter().copied().filter(|value| *value != 0.0).collect();
    match known[..] {
        [other] if values.len() == 2 => Some(other),
        [low, high] if low < 0.0 && (high - low - 1.0).abs() < 1e-9 => Some(high),
        _ => None,
    }
}

impl Columns {
    /// For each column that says whether an answer was given: its place, rows with the answer, and events among them; the
    /// rows without it where those are fewer, since the weight is a contrast and rests on its rarer side.
    pub(crate) fn support(&self, labels: &[f64]) -> Vec<(usize, usize, usize)> {
        let mut found = Vec::new();
        for pack in self.packs() {
            let (rows, events) = (&pack.counts, pack.sums(labels));
            for (at, column) in pack.columns.iter().enumerate() {
                let value = |pattern: usize| pack.table[pattern * pack.columns.len() + at];
                let mut values: Vec<f64> = (0..pack.patterns).map(value).collect();
                values.sort_by(f64::total_cmp);
                values.dedup();
                let Some(other) = answered(&values) else { continue };
                let count = |sums: &[f64], with: bool| {
                    (0..pack.patterns)
                        .filter(|pattern| (value(*pattern) == other) == with)
                        .map(|pattern| sums[pattern])
                        .sum::<f64>()
                };
                let with = count(rows, true) <= count(rows, false);
                found.push((*column, count(rows, with) as usize, count(&events, with) as usize));
            }
        }
        found.sort_unstable();
        found
    }

    /// For each column, the clusters that have a row with the answer, or one without it where those are fewer; for columns
    /// that do not tell one answer from the rest, with another value than the commonest. `order` has the rows of a cluster side by side.
    pub(crate) fn carriers(&self, clusters: &[u32], order: &[usize]) -> Vec<usize> {
        let all = order.chunk_by(|a, b| clusters[*a] == clusters[*b]).count();
        let mut found = vec![all; self.names().len()];
        for pack in self.packs() {
            for (at, column) in pack.columns.iter().enumerate() {
                let value = |pattern: usize| pack.table[pattern * pack.columns.len() + at];
                let mut values: Vec<f64> = (0..pack.patterns).map(value).collect();
                values.sort_by(f64::total_cmp);
                values.dedup();
                let count = |wanted: f64| {
                    (0..pack.patterns)
                        .filter(|pattern| value(*pattern) == wanted)
                        .map(|pattern| pack.counts[pattern])
                        .sum::<f64>()
                };
                let given = answered(&values);
                let commonest =
                    values.iter().copied().max_by(|a, b| count(*a).total_cmp(&count(*b)));
                let carries: Vec<bool> = (0..pack.patterns)
                    .map(|pattern| match given {
                        Some(given) => value(pattern) == given,
                        None => Some(value(pattern)) != commonest,
                    })
                    .collect();
                let with = |wanted: bool| {
                    order
                        .chunk_by(|a, b| clusters[*a] == clusters[*b])
                        .filter(|group| {
                            let has =
                                |row: &usize| carries[usize::from(pack.codes[*row])] == wanted;
                            group.iter().any(has)
                        })
                        .count()
                };
                found[*column] = with(true).min(with(false));
            }
        }
        found
    }
}
