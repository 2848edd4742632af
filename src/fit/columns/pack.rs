//! Columns that share one byte a row.

use super::Coded;

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

/// Packs sources in their order, as many as fit, then starts the next byte.
pub(crate) fn pack_all(rows: usize, sources: Vec<Coded>) -> Vec<Pack> {
    let mut packs: Vec<Pack> = Vec::new();
    for source in sources {
        let source = used_only(source);
        match packs.last_mut().and_then(|last| joined(last, &source)) {
            Some(pack) => {
                packs.pop();
                packs.push(pack);
            }
            None => packs.push(source),
        }
    }
    debug_assert!(packs.iter().all(|pack| pack.codes.len() == rows));
    packs
}

/// Drops codes that no row has.
fn used_only(source: Coded) -> Pack {
    let mut used = [false; 256];
    for code in &source.row_codes {
        used[usize::from(*code)] = true;
    }
    let width = source.columns.len();
    let mut renamed = [0u8; 256];
    let mut table = Vec::new();
    let mut patterns = 0usize;
    for code in 0..source.codes {
        if used[code] {
            renamed[code] = patterns as u8;
            patterns += 1;
            table.extend_from_slice(&source.table[code * width..(code + 1) * width]);
        }
    }
    let mut codes = source.row_codes;
    if patterns < source.codes {
        for code in &mut codes {
            *code = renamed[usize::from(*code)];
        }
    }
    Pack { columns: source.columns, codes, patterns, table }
}

/// The two in one byte, or `None` where too many patterns occur together.
pub(crate) fn joined(a: &Pack, b: &Pack) -> Option<Pack> {
    if a.patterns.max(b.patterns) > MOST_PATTERNS {
        return None;
    }
    let mut seen = vec![false; a.patterns * b.patterns];
    for (x, y) in a.codes.iter().zip(&b.codes) {
        seen[usize::from(*x) * b.patterns + usize::from(*y)] = true;
    }
    let count = seen.iter().filter(|seen| **seen).count();
    if count > MOST_PATTERNS {
        return None;
    }
    let mut renamed = vec![0u8; seen.len()];
    let mut table = Vec::new();
    let mut next = 0u8;
    for x in 0..a.patterns {
        for y in 0..b.patterns {
            if seen[x * b.patterns + y] {
                renamed[x * b.patterns + y] = next;
                next = next.wrapping_add(1);
                table.extend_from_slice(&a.table[x * a.columns.len()..(x + 1) * a.columns.len()]);
                table.extend_from_slice(&b.table[y * b.columns.len()..(y + 1) * b.columns.len()]);
            }
        }
    }
    let codes = a
        .codes
        .iter()
        .zip(&b.codes)
        .map(|(x, y)| renamed[usize::from(*x) * b.patterns + usize::from(*y)])
        .collect();
    let columns = a.columns.iter().chain(&b.columns).copied().collect();
    Some(Pack { columns, codes, patterns: count, table })
}
