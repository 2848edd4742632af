//! Columns that share one byte a row.

use super::Coded;
use crate::numeric::in_order;

/// Patterns in one byte; the joint table of two packs then stays within the second-level cache.
const MOST_PATTERNS: usize = 96;

/// A byte a row, and the values that each pattern stands for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pack {
    /// Places of its columns in the design.
    pub(crate) columns: Vec<usize>,
    pub(crate) codes: Vec<u8>,
    pub(crate) patterns: usize,
    /// `patterns` x `columns`, row by row.
    pub(crate) table: Vec<f64>,
}

impl Pack {
    pub(crate) fn value(&self, code: u8, at: usize) -> f64 {
        self.table[usize::from(code) * self.columns.len() + at]
    }

    pub(crate) fn select(&self, rows: &[usize]) -> Self {
        Self { codes: rows.iter().map(|row| self.codes[*row]).collect(), ..self.clone() }
    }

    /// Drops patterns that no row has.
    fn compact(self) -> Self {
        let mut used = [false; 256];
        for code in &self.codes {
            used[usize::from(*code)] = true;
        }
        let width = self.columns.len();
        let mut renamed = [0u8; 256];
        let mut table = Vec::new();
        let mut patterns = 0usize;
        for (code, row) in self.table.chunks_exact(width.max(1)).enumerate() {
            if used[code] {
                renamed[code] = patterns as u8;
                patterns += 1;
                table.extend_from_slice(row);
            }
        }
        let mut codes = self.codes;
        if patterns < self.patterns {
            for code in &mut codes {
                *code = renamed[usize::from(*code)];
            }
        }
        Self { columns: self.columns, codes, patterns, table }
    }

    /// Sum of `values` over the rows of each pattern.
    pub(crate) fn sums(&self, values: &[f64]) -> Vec<f64> {
        // Two tables, so that neighbours with one pattern do not wait for each other.
        let mut even = [0.0; 256];
        let mut odd = [0.0; 256];
        let codes = self.codes.chunks_exact(2);
        let (code_rest, pairs) = (codes.remainder(), values.chunks_exact(2));
        let rest = pairs.remainder();
        for (code, value) in codes.zip(pairs) {
            even[usize::from(code[0])] += value[0];
            odd[usize::from(code[1])] += value[1];
        }
        for (code, value) in code_rest.iter().zip(rest) {
            even[usize::from(*code)] += value;
        }
        (0..self.patterns).map(|pattern| even[pattern] + odd[pattern]).collect()
    }
}

/// Rows looked at to decide what goes together.
const SAMPLE: usize = 4_096;

/// Packs sources in their order: as many as share few patterns, then the next byte.
pub(crate) fn pack_all(rows: usize, sources: Vec<Coded>) -> Vec<Pack> {
    let step = rows.div_ceil(SAMPLE).max(1);
    let mut groups: Vec<Vec<Coded>> = Vec::new();
    let mut sampled: Vec<usize> = Vec::new();
    for source in sources {
        let own: Vec<usize> =
            source.row_codes.iter().step_by(step).map(|code| usize::from(*code)).collect();
        let joint =
            renumbered(sampled.iter().zip(&own).map(|(a, b)| a * source.codes + b).collect());
        match groups.last_mut() {
            Some(group) if source.codes <= MOST_PATTERNS && joint.1 <= MOST_PATTERNS => {
                group.push(source);
                sampled = joint.0;
            }
            _ => {
                groups.push(vec![source]);
                sampled = own;
            }
        }
    }
    in_order(groups, merged).into_iter().flatten().collect()
}

/// Numbers the distinct codes from 0 in their order; with their count.
fn renumbered(codes: Vec<usize>) -> (Vec<usize>, usize) {
    let mut distinct = codes.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let place = |code: &usize| distinct.binary_search(code).unwrap_or_default();
    (codes.iter().map(place).collect(), distinct.len())
}

/// One pack from sources that the sample found to fit together; those that do not after all get bytes of their own.
fn merged(sources: Vec<Coded>) -> Vec<Pack> {
    let mut packs: Vec<Pack> = Vec::new();
    for source in sources {
        let next = Pack {
            columns: source.columns,
            codes: source.row_codes,
            patterns: source.codes,
            table: source.table,
        };
        match packs.pop() {
            None => packs.push(next),
            Some(last) => match joined(last, next) {
                Ok(pack) => packs.push(pack),
                Err(two) => packs.extend(two),
            },
        }
    }
    packs.into_iter().map(Pack::compact).collect()
}

/// Both in one byte where that is possible.
fn joined(a: Pack, b: Pack) -> Result<Pack, [Pack; 2]> {
    let (a, b) = if a.patterns * b.patterns > 256 { (a.compact(), b.compact()) } else { (a, b) };
    if a.patterns * b.patterns > 256 {
        return Err([a, b]);
    }
    let times = b.patterns as u8;
    let mut codes = a.codes;
    for (x, y) in codes.iter_mut().zip(&b.codes) {
        *x = x.wrapping_mul(times).wrapping_add(*y);
    }
    let mut table =
        Vec::with_capacity(a.patterns * b.patterns * (a.columns.len() + b.columns.len()));
    for left in a.table.chunks_exact(a.columns.len()) {
        for right in b.table.chunks_exact(b.columns.len()) {
            table.extend_from_slice(left);
            table.extend_from_slice(right);
        }
    }
    let columns = a.columns.iter().chain(&b.columns).copied().collect();
    Ok(Pack { columns, codes, patterns: a.patterns * b.patterns, table })
}
