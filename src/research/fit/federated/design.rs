//! The columns that all agencies share, made from their counts.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::error::FederatedError;
use super::messages::Counts;
use super::plan::{Plan, fingerprint_of};
use crate::research::fit::{Columns, FitError};
use crate::research::numeric::{Scaling, center_and_scale};
use crate::triage::Fingerprint;

/// A column: the contrast of an answer with its item's reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SharedColumn {
    /// Its name, `item=answer`.
    pub name: String,
    /// Place of the item in the plan.
    pub item: usize,
    /// Its value for each code of the item, *unknown* first.
    pub values: Vec<f64>,
    /// Weighted mean over all agencies.
    pub center: f64,
    /// Weighted standard deviation over all agencies.
    pub scale: f64,
}

/// Columns, means and standard deviations over all agencies together.
///
/// Values are centred on the shares of known answers, so that *unknown* sits at the average, except at items whose
/// *unknown* weighs what their reference weighs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedDesign {
    columns: Vec<SharedColumn>,
    /// Columns that no complaint, or every one, would have had a value of.
    dropped: Vec<String>,
}

impl SharedDesign {
    pub(super) fn new(plan: &Plan, counts: &[Counts]) -> Result<Self, FederatedError> {
        let (mut columns, mut dropped) = (Vec::new(), Vec::new());
        for (position, item) in plan.items().iter().enumerate() {
            let weights: Vec<f64> = (0..item.codes())
                .map(|code| counts.iter().map(|counts| counts.answers[position][code].weight).sum())
                .collect();
            let known: f64 = weights[1..].iter().sum();
            let all = known + weights[0];
            for code in (1..item.codes()).filter(|code| *code != usize::from(item.reference)) {
                let name = format!("{}={}", item.id, item.answers[code - 1]);
                let mut values = vec![0.0; item.codes()];
                values[code] = 1.0;
                if !item.found_or_not && known > 0.0 {
                    let share = weights[code] / known;
                    values[1..].iter_mut().for_each(|value| *value -= share);
                }
                let sum = |f: &dyn Fn(f64) -> f64| {
                    weights.iter().zip(&values).map(|(w, x)| w * f(*x)).sum::<f64>() / all
                };
                let mean = sum(&|x| x);
                let square = sum(&|x| (x - mean) * (x - mean));
                if square <= 1e-18 {
                    dropped.push(name);
                    continue;
                }
                let (center, scale) = center_and_scale(mean, square, true);
                columns.push(SharedColumn { name, item: position, values, center, scale });
            }
        }
        if columns.is_empty() {
            return Err(FederatedError::Nothing {
                what: "no answer is left that varies between complaints",
                way_out: "lower the minimum, or take fewer questions",
            });
        }
        Ok(Self { columns, dropped })
    }

    /// The columns.
    #[must_use]
    pub fn columns(&self) -> &[SharedColumn] {
        &self.columns
    }

    /// Names of columns left out because no complaint of any agency, or every one, has the answer.
    #[must_use]
    pub fn dropped(&self) -> &[String] {
        &self.dropped
    }

    /// Digest of the columns.
    ///
    /// # Errors
    /// None for finite values.
    pub fn fingerprint(&self) -> Result<Fingerprint, FederatedError> {
        fingerprint_of(self)
    }

    /// Rows of codes, a column of them for each item of the plan, as columns to fit.
    ///
    /// # Errors
    /// [`FitError`] for codes that the design does not explain, or items that are not there.
    pub fn code(&self, codes: &[Vec<u8>]) -> Result<Columns, FitError> {
        let rows = codes.first().map_or(0, Vec::len);
        let mut builder = Columns::builder(rows);
        for group in self.columns.chunk_by(|a, b| a.item == b.item) {
            let names: Vec<&str> = group.iter().map(|column| column.name.as_str()).collect();
            let size = group[0].values.len();
            if group.iter().any(|column| column.values.len() != size) {
                return Err(FitError::TableWidth {
                    column: group[0].name.clone(),
                    names: names.len(),
                    found: size,
                });
            }
            let table = Array2::from_shape_fn((size, group.len()), |(code, column)| {
                group[column].values[code]
            });
            let item = codes.get(group[0].item).cloned().unwrap_or_default();
            builder = builder.codes(&names, item, &table)?;
        }
        Ok(builder.build())
    }

    /// Coefficients, the intercept among them.
    pub(super) fn width(&self) -> usize {
        self.columns.len() + 1
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    pub(super) fn scaling(&self) -> Scaling {
        let centers = self.columns.iter().map(|column| column.center);
        let scales = self.columns.iter().map(|column| column.scale);
        Scaling {
            center: std::iter::once(0.0).chain(centers).collect(),
            scale: std::iter::once(1.0).chain(scales).collect(),
        }
    }
}
