//! Collinearity and support of columns.

use linfa_linalg::eigh::EighInto;
use ndarray::Array2;

use super::{Columns, Sample};
use crate::research::numeric::{Design, Factor};

/// Below this share of its diagonal a pivot counts as a repeated column.
const PIVOT_LIMIT: f64 = 1e-13;

/// Brings a covariance-like matrix to a unit diagonal.
fn unit_diagonal(matrix: &Array2<f64>) -> Array2<f64> {
    let root: Vec<f64> = matrix.diag().iter().map(|value| value.max(0.0).sqrt()).collect();
    Array2::from_shape_fn(matrix.dim(), |(j, k)| matrix[[j, k]] / (root[j] * root[k]))
}

/// What the other columns say of each.
pub(crate) struct Inflation {
    /// `1 / (1 - R²)` of each column on the others and a constant; `None` for the intercept and for repeated columns.
    pub(crate) values: Vec<Option<f64>>,
    /// Places of columns that are a combination of others, as far as numbers can tell.
    pub(crate) repeated: Vec<usize>,
}

/// Inflation above this is that of a combination of other columns, seen through `SLIGHT_RIDGE`.
const REPEATED: f64 = 1e8;
/// Makes the correlations of repeated columns invertible; changes no other inflation that matters.
const SLIGHT_RIDGE: f64 = 1e-10;

/// What the other columns say of each among the rows with weight.
pub(crate) fn inflation(design: &dyn Design, weights: Option<&[f64]>) -> Inflation {
    let used: Option<Vec<f64>> =
        weights.map(|all| all.iter().map(|weight| f64::from(u8::from(*weight > 0.0))).collect());
    let scaling = design.scaling(used.as_deref());
    let lead = usize::from(design.has_intercept());
    let gram = design.information(&scaling, &used.unwrap_or_else(|| vec![1.0; design.rows()]));
    let size = design.width() - lead;
    let gram = Array2::from_shape_fn((size, size), |(j, k)| gram[[j + lead, k + lead]]);
    // A column that does not vary repeats the intercept, and has no correlation with anything.
    let flat: Vec<bool> = gram.diag().iter().map(|square| *square <= 1e-20).collect();
    let correlation = unit_diagonal(&gram);
    let correlation = Array2::from_shape_fn((size, size), |(j, k)| match j == k {
        true => 1.0,
        false if flat[j] || flat[k] => 0.0,
        false => correlation[[j, k]],
    });
    let inverse = |slight: f64| {
        let added = Array2::from_shape_fn((size, size), |(j, k)| {
            correlation[[j, k]] + if j == k { slight } else { 0.0 }
        });
        Factor::new(&added, PIVOT_LIMIT).ok().map(|factor| factor.inverse().diag().to_vec())
    };
    let (found, most) = match inverse(0.0) {
        Some(found) => (found, f64::INFINITY),
        None => (inverse(SLIGHT_RIDGE).unwrap_or_default(), REPEATED),
    };
    let mut result = Inflation { values: vec![None; size + lead], repeated: Vec::new() };
    for (column, flat) in flat.iter().enumerate() {
        match found.get(column) {
            Some(value) if !flat && *value < most => {
                result.values[column + lead] = Some(*value);
            }
            Some(_) => result.repeated.push(column + lead),
            None => {}
        }
    }
    result
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
    ///
    /// Weighted rows count for the whole part of their effective number, those of next to no weight for none.
    pub(crate) fn support(&self, sample: &Sample<'_>) -> Vec<(usize, usize, usize)> {
        let unit = sample.complaint_weight();
        let weight = |row: usize| match sample.is_negligible(row, unit) {
            true => 0.0,
            false => sample.weight(row) / unit,
        };
        let of_outcome = |power: i32, outcome: f64| -> Vec<f64> {
            let rows = sample.labels.iter().enumerate();
            rows.map(|(row, label)| if *label == outcome { weight(row).powi(power) } else { 0.0 })
                .collect()
        };
        // Sums of weights and of their squares, with the outcome and without.
        let weighted = sample
            .weights
            .map(|_| [(1, 1.0), (1, 0.0), (2, 1.0), (2, 0.0)].map(|(p, y)| of_outcome(p, y)));
        let mut found = Vec::new();
        for pack in self.packs() {
            let sums: [Vec<f64>; 4] = match &weighted {
                Some(values) => values.each_ref().map(|values| pack.sums(values)),
                None => {
                    let events = pack.sums(&sample.labels);
                    let rest: Vec<f64> =
                        pack.counts.iter().zip(&events).map(|(all, with)| all - with).collect();
                    [events.clone(), rest.clone(), events, rest]
                }
            };
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
                // Kish's number of the rows with this outcome on this side; what rounding leaves of it is none.
                let effective = |outcome: usize, with: bool| {
                    let (sum, squares) =
                        (count(&sums[outcome], with), count(&sums[outcome + 2], with));
                    if squares > 0.0 { (sum * sum / squares + 1e-9).floor() as usize } else { 0 }
                };
                let rows = |with: bool| effective(0, with) + effective(1, with);
                let with = rows(true) <= rows(false);
                found.push((*column, rows(with), effective(0, with)));
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
