//! Named columns for a fit, kept in the form that serves speed.
//!
//! A column with few distinct values is kept as one byte a row; several such columns
//! share a byte where their joint patterns are few. Sums over rows then become sums
//! over patterns, so that the information matrix of forty yes/no/unknown items costs
//! one addition a row for each pair of bytes instead of one multiplication a row for
//! each pair of columns.

mod changing;
mod cover;
mod detect;
mod joint;
mod operator;
mod pack;

use std::collections::BTreeSet;
use std::sync::Arc;

use ndarray::{Array2, ArrayView2};

use super::FitError;
use crate::research::numeric::{Design, Scaling};
pub(crate) use changing::ChangingCodes;
use cover::{Cover, MOST_COVERED, MOST_COVERED_CODES};
pub(crate) use pack::counted;
use pack::{FEW_ROWS, Pack, all_sums, each_packed, pack_all};

/// One coded source before packing: a byte a row and what each code means in each of its columns.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Coded {
    /// Places of its columns in the design.
    pub(crate) columns: Vec<usize>,
    /// One code a row, each below `codes`.
    pub(crate) row_codes: Vec<u8>,
    /// Number of codes.
    pub(crate) codes: usize,
    /// `codes` x `columns`, row by row.
    pub(crate) table: Vec<f64>,
}

/// Collects columns; [`ColumnsBuilder::build`] packs them.
///
/// ```
/// use caserank::research::fit::Columns;
/// use caserank::ndarray::array;
///
/// let columns = Columns::builder(4)
///     .numbers("reports", vec![0.0, 2.5, 1.0, 7.0])?
///     // Answers as codes: 0 unknown, 1 no, 2 yes; unknown and no weigh alike.
///     .codes(&["access_yes"], vec![0, 1, 2, 2], &array![[0.0], [0.0], [1.0]])?
///     .build();
/// assert_eq!(columns.names(), ["reports", "access_yes"]);
/// assert_eq!(columns.to_matrix().row(2).to_vec(), [1.0, 1.0]);
/// # Ok::<(), caserank::research::fit::FitError>(())
/// ```
#[derive(Debug, Clone)]
pub struct ColumnsBuilder {
    rows: usize,
    names: Vec<String>,
    taken: BTreeSet<String>,
    items: Vec<usize>,
    coded: Vec<Coded>,
    dense: Vec<(usize, Vec<f64>)>,
}

/// Numbers whose squares and sums stay numbers: 0, or of a size from 1e-100 to 1e100.
fn usable(value: f64) -> bool {
    value == 0.0 || (1e-100..=1e100).contains(&value.abs())
}

/// Why a number cannot stand in a column.
fn unusable(column: &str, row: usize, value: f64) -> FitError {
    let column = column.to_owned();
    if value.is_finite() {
        FitError::Size { column, row, value }
    } else {
        FitError::NotFinite { column, row, value }
    }
}

impl ColumnsBuilder {
    /// Adds a column of numbers, one a row.
    ///
    /// # Errors
    /// [`FitError`] when the length is wrong, the name is taken or a value is not finite.
    pub fn numbers(mut self, name: &str, values: Vec<f64>) -> Result<Self, FitError> {
        self.check_rows(name, values.len())?;
        if let Some(row) = values.iter().position(|value| !usable(*value)) {
            return Err(unusable(name, row, values[row]));
        }
        let column = self.add_name(name, self.next_item())?;
        match detect::small_alphabet(&values) {
            Some((row_codes, table)) => {
                self.coded.push(Coded {
                    columns: vec![column],
                    row_codes,
                    codes: table.len(),
                    table,
                });
            }
            None => self.dense.push((column, values)),
        }
        Ok(self)
    }

    /// Adds one or more columns that depend on one code a row: entry `[code, column]` of `table` is the value.
    ///
    /// Together they count as one item, such as the indicators of a nominal item's answers.
    ///
    /// # Errors
    /// [`FitError`] when the length is wrong, a name is taken, a code has no row in `table` or a value is not finite.
    pub fn codes(
        mut self,
        names: &[&str],
        row_codes: Vec<u8>,
        table: &Array2<f64>,
    ) -> Result<Self, FitError> {
        let first = names.first().copied().unwrap_or("");
        self.check_rows(first, row_codes.len())?;
        if table.ncols() != names.len() {
            return Err(FitError::TableWidth {
                column: first.to_owned(),
                names: names.len(),
                found: table.ncols(),
            });
        }
        let codes = table.nrows();
        let beyond = |code: &u8| usize::from(*code) >= codes;
        // The largest is found many at a time; where it stands is asked only of what is refused.
        if beyond(&row_codes.iter().fold(0, |top, code| top.max(*code)))
            && let Some(row) = row_codes.iter().position(beyond)
        {
            return Err(FitError::CodeWithoutMeaning {
                column: first.to_owned(),
                row,
                code: row_codes[row],
                codes,
            });
        }
        if let Some(((row, column), value)) =
            table.indexed_iter().find(|(_, value)| !usable(**value))
        {
            return Err(unusable(names[column], row, *value));
        }
        let item = self.next_item();
        let columns =
            names.iter().map(|name| self.add_name(name, item)).collect::<Result<_, _>>()?;
        let table = table.iter().copied().collect();
        self.coded.push(Coded { columns, row_codes, codes, table });
        Ok(self)
    }

    /// Packs the columns. Takes O(rows) a column.
    #[must_use]
    pub fn build(mut self) -> Columns {
        self.coded.retain(|source| !source.columns.is_empty());
        let covered = self.rows < FEW_ROWS
            && (1..=MOST_COVERED).contains(&self.coded.len())
            && self.coded.iter().all(|source| source.codes <= MOST_COVERED_CODES);
        let packs = if covered { each_packed(self.coded) } else { pack_all(self.rows, self.coded) };
        let cover = covered.then(|| Arc::new(Cover::new(self.rows, &packs)));
        let Self { rows, names, items, dense, .. } = self;
        let (dense_columns, values): (Vec<usize>, Vec<Vec<f64>>) = dense.into_iter().unzip();
        let mut dense = Array2::zeros((values.len(), rows));
        for (mut row, column) in dense.rows_mut().into_iter().zip(values) {
            for (target, value) in row.iter_mut().zip(column) {
                *target = value;
            }
        }
        Columns { rows, names, items, packs, cover, dense_columns, dense }
    }

    fn next_item(&self) -> usize {
        self.items.last().map_or(0, |last| last + 1)
    }

    fn add_name(&mut self, name: &str, item: usize) -> Result<usize, FitError> {
        if !self.taken.insert(name.to_owned()) {
            return Err(FitError::DuplicateName { column: name.to_owned() });
        }
        self.names.push(name.to_owned());
        self.items.push(item);
        Ok(self.names.len() - 1)
    }

    fn check_rows(&self, column: &str, found: usize) -> Result<(), FitError> {
        if found == self.rows {
            Ok(())
        } else {
            Err(FitError::Rows { column: column.to_owned(), found, expected: self.rows })
        }
    }
}

/// A design of named columns, packed and read-only. The intercept is not a column: fits add it.
#[derive(Debug, Clone, PartialEq)]
pub struct Columns {
    rows: usize,
    names: Vec<String>,
    /// The item that each column belongs to, numbered from 0 without gaps.
    items: Vec<usize>,
    packs: Vec<Pack>,
    /// How sums over few rows are made; where there is none, packs hold several sources each.
    cover: Option<Arc<Cover>>,
    /// Design places of the rows of `dense`.
    dense_columns: Vec<usize>,
    /// Columns that have many distinct values: columns x rows.
    dense: Array2<f64>,
}

impl Columns {
    /// Starts a design of this many rows.
    #[must_use]
    pub fn builder(rows: usize) -> ColumnsBuilder {
        ColumnsBuilder {
            rows,
            names: Vec::new(),
            taken: BTreeSet::new(),
            items: Vec::new(),
            coded: Vec::new(),
            dense: Vec::new(),
        }
    }

    /// Reads a matrix (rows x columns, any memory order); columns with few distinct values are coded, and each
    /// counts as an item.
    ///
    /// # Errors
    /// [`FitError`] when names and columns differ in number, a name comes twice or a value is not finite.
    pub fn from_matrix(names: &[&str], matrix: ArrayView2<'_, f64>) -> Result<Self, FitError> {
        if names.len() != matrix.ncols() {
            return Err(FitError::TableWidth {
                column: names.first().copied().unwrap_or("").to_owned(),
                names: names.len(),
                found: matrix.ncols(),
            });
        }
        let mut builder = Self::builder(matrix.nrows());
        for name in names {
            builder.add_name(name, builder.next_item())?;
        }
        let (coded, dense) = detect::split(names, matrix)?;
        builder.coded = detect::pair_up(coded);
        builder.dense = dense;
        Ok(builder.build())
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Names of the columns, in order.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    pub(crate) fn items(&self) -> &[usize] {
        &self.items
    }

    pub(crate) fn packs(&self) -> &[Pack] {
        &self.packs
    }

    /// Sum of `values` over the rows of each pattern, for every pack.
    pub(crate) fn pattern_sums(&self, values: &[f64]) -> Vec<Vec<f64>> {
        match &self.cover {
            Some(cover) => cover.sums(&self.packs, values),
            None => all_sums(&self.packs, values),
        }
    }

    /// Intercept plus the weighted sum of each row.
    pub(crate) fn log_odds(&self, intercept: f64, weights: &[f64]) -> Vec<f64> {
        let scaling =
            Scaling { center: vec![0.0; weights.len() + 1], scale: vec![1.0; weights.len() + 1] };
        let coefficients: Vec<f64> =
            std::iter::once(intercept).chain(weights.iter().copied()).collect();
        let mut out = vec![0.0; self.rows];
        self.design(true).linear(&scaling, &coefficients, &mut out);
        out
    }

    /// Bytes held for the values, names aside.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.packs.iter().map(|pack| pack.codes.len() + 8 * pack.table.len()).sum::<usize>()
            + 8 * self.dense.len()
    }

    pub(crate) fn dense_places(&self) -> &[usize] {
        &self.dense_columns
    }

    /// One column written out, or `None` where there is no such column.
    #[must_use]
    pub fn column(&self, number: usize) -> Option<Vec<f64>> {
        if let Some(row) = self.dense_columns.iter().position(|p| *p == number) {
            return Some(self.dense.row(row).to_vec());
        }
        self.packs.iter().find_map(|pack| {
            let at = pack.columns.iter().position(|p| *p == number)?;
            Some(pack.codes.iter().map(|code| pack.value(*code, at)).collect())
        })
    }

    /// The whole design written out, rows x columns. For small designs and for other libraries.
    #[must_use]
    pub fn to_matrix(&self) -> Array2<f64> {
        let mut matrix = Array2::zeros((self.rows, self.names.len()));
        for number in 0..self.names.len() {
            if let Some(values) = self.column(number) {
                for (target, value) in matrix.column_mut(number).iter_mut().zip(values) {
                    *target = value;
                }
            }
        }
        matrix
    }

    /// The rows at these places, in this order; a place may come more than once.
    ///
    /// Places beyond the last row are left out.
    #[must_use]
    pub fn select_rows(&self, rows: &[usize]) -> Self {
        let rows: Vec<usize> = rows.iter().copied().filter(|row| *row < self.rows).collect();
        let packs = self.packs.iter().map(|pack| pack.select(&rows)).collect();
        let dense =
            Array2::from_shape_fn((self.dense_columns.len(), rows.len()), |(column, row)| {
                self.dense[[column, rows[row]]]
            });
        Self {
            rows: rows.len(),
            names: self.names.clone(),
            items: self.items.clone(),
            packs,
            cover: self.cover.clone(),
            dense_columns: self.dense_columns.clone(),
            dense,
        }
    }
}

#[cfg(test)]
mod tests;
