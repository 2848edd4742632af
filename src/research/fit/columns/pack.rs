//! Columns that share one byte a row.

use super::Coded;
use crate::base::{in_order, widest};

/// Patterns in one byte; the joint table of two packs then stays within the second-level cache.
pub(super) const MOST_PATTERNS: usize = 96;

/// The same where there are few rows: the joint table of two packs should not take longer than the rows.
const FEW_PATTERNS: usize = 32;
/// Below this many rows other threads take longer to wake than the work takes.
pub(super) const FEW_ROWS: usize = 8_192;

/// Columns in one byte: each that joins copies the table of those before it.
const MOST_COLUMNS: usize = 64;

/// A byte a row, and the values that each pattern stands for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pack {
    /// Places of its columns in the design.
    pub(crate) columns: Vec<usize>,
    pub(crate) codes: Vec<u8>,
    pub(crate) patterns: usize,
    /// Rows of each pattern; empty until the pack is finished.
    pub(crate) counts: Vec<f64>,
    /// `patterns` x `columns`, row by row.
    pub(crate) table: Vec<f64>,
}

impl Pack {
    fn of(source: Coded) -> Self {
        Self {
            columns: source.columns,
            codes: source.row_codes,
            patterns: source.codes,
            counts: Vec::new(),
            table: source.table,
        }
    }

    pub(crate) fn value(&self, code: u8, at: usize) -> f64 {
        self.table[usize::from(code) * self.columns.len() + at]
    }

    pub(crate) fn select(&self, rows: &[usize]) -> Self {
        let codes: Vec<u8> = rows.iter().map(|row| self.codes[*row]).collect();
        let counts = counted(&codes, self.patterns);
        Self {
            codes,
            counts,
            columns: self.columns.clone(),
            patterns: self.patterns,
            table: self.table.clone(),
        }
    }

    /// Drops patterns that no row has.
    fn compact(self) -> Self {
        let width = self.columns.len();
        let mut counts = counted(&self.codes, self.patterns);
        let mut renamed = [0_u8; 256];
        let mut table = Vec::new();
        let mut patterns = 0_usize;
        for ((code, row), count) in self.table.chunks_exact(width.max(1)).enumerate().zip(&counts) {
            if *count > 0.0 {
                renamed[code] = patterns as u8;
                patterns += 1;
                table.extend_from_slice(row);
            }
        }
        counts.retain(|count| *count > 0.0);
        let mut codes = self.codes;
        if patterns < self.patterns {
            for code in &mut codes {
                *code = renamed[usize::from(*code)];
            }
        }
        Self { columns: self.columns, codes, patterns, counts, table }
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

/// How many rows have each code.
pub(crate) fn counted(codes: &[u8], patterns: usize) -> Vec<f64> {
    // A row waits for the one before where both have one code: a few codes are looked for one after another instead.
    if patterns <= 8 {
        return widest!(compared(codes, patterns));
    }
    let mut counts = [0_u32; 256];
    for code in codes {
        counts[usize::from(*code)] += 1;
    }
    counts[..patterns].iter().map(|count| f64::from(*count)).collect()
}

#[inline(always)]
fn compared(codes: &[u8], patterns: usize) -> Vec<f64> {
    let mut counts = vec![0_u32; patterns];
    // As many as a byte counts.
    for codes in codes.chunks(255) {
        for (wanted, count) in (0_u8..).zip(&mut counts) {
            *count +=
                u32::from(codes.iter().fold(0_u8, |sum, code| sum + u8::from(*code == wanted)));
        }
    }
    counts.into_iter().map(f64::from).collect()
}

/// Sums of `values` over the rows of each pattern, for several packs; two packs at a time keep the adders busy.
pub(crate) fn all_sums(packs: &[Pack], values: &[f64]) -> Vec<Vec<f64>> {
    let sums_of = |pair: &[Pack]| match pair {
        [a, b] => {
            let mut sums = [[0.0; 256]; 4];
            let halves = values.len() / 2;
            let [even_a, odd_a, even_b, odd_b] = &mut sums;
            let codes = a.codes.chunks_exact(2).zip(b.codes.chunks_exact(2));
            for ((x, y), value) in codes.zip(values.chunks_exact(2)) {
                even_a[usize::from(x[0])] += value[0];
                even_b[usize::from(y[0])] += value[0];
                odd_a[usize::from(x[1])] += value[1];
                odd_b[usize::from(y[1])] += value[1];
            }
            for at in 2 * halves..values.len() {
                even_a[usize::from(a.codes[at])] += values[at];
                even_b[usize::from(b.codes[at])] += values[at];
            }
            let joined = |even: &[f64; 256], odd: &[f64; 256], count: usize| {
                even[..count].iter().zip(odd).map(|(x, y)| x + y).collect()
            };
            vec![joined(even_a, odd_a, a.patterns), joined(even_b, odd_b, b.patterns)]
        }
        alone => alone.iter().map(|pack| pack.sums(values)).collect(),
    };
    if values.len() < FEW_ROWS {
        return packs.chunks(2).flat_map(sums_of).collect();
    }
    in_order(packs.chunks(2), sums_of).into_iter().flatten().collect()
}

/// Rows looked at to decide what goes together.
const SAMPLE: usize = 4_096;
/// The same where there are few.
const FEW_SAMPLED: usize = 512;

/// Each source in a pack of its own.
pub(super) fn each_packed(sources: Vec<Coded>) -> Vec<Pack> {
    sources.into_iter().map(|source| Pack::of(source).compact()).collect()
}

/// Packs sources in their order: as many as share few patterns, then the next byte.
pub(crate) fn pack_all(rows: usize, sources: Vec<Coded>) -> Vec<Pack> {
    let (most, sample) =
        if rows < FEW_ROWS { (FEW_PATTERNS, FEW_SAMPLED) } else { (MOST_PATTERNS, SAMPLE) };
    let step = rows.div_ceil(sample).max(1);
    let mut groups: Vec<Vec<Coded>> = Vec::new();
    let mut sampled: Vec<usize> = Vec::new();
    for source in sources {
        let of_pack: Vec<usize> =
            source.row_codes.iter().step_by(step).map(|code| usize::from(*code)).collect();
        let joint = groups
            .last()
            .filter(|group| {
                let columns: usize = group.iter().map(|other| other.columns.len()).sum();
                source.codes <= most && columns < MOST_COLUMNS
            })
            .and_then(|_| joint_numbers(&sampled, &of_pack, source.codes, most));
        match (groups.last_mut(), joint) {
            (Some(group), Some(joint)) => {
                group.push(source);
                sampled = joint;
            }
            _ => {
                groups.push(vec![source]);
                sampled = of_pack;
            }
        }
    }
    if rows < FEW_ROWS {
        return groups.into_iter().flat_map(merged).collect();
    }
    in_order(groups, merged).into_iter().flatten().collect()
}

/// Numbers the joint patterns of what is packed already and another source from 0; `None` where there are more than `most`.
fn joint_numbers(
    packed: &[usize],
    other: &[usize],
    codes: usize,
    most: usize,
) -> Option<Vec<usize>> {
    const NEW: usize = usize::MAX;
    let patterns = packed.iter().max().map_or(0, |most| most + 1);
    let mut numbers = vec![NEW; patterns * codes];
    let mut count = 0;
    let joint = packed.iter().zip(other).map(|(a, b)| {
        let number = &mut numbers[a * codes + b];
        if *number == NEW {
            *number = count;
            count += 1;
        }
        (*number < most).then_some(*number)
    });
    joint.collect()
}

/// One pack from sources that the sample found to fit together; those that do not after all get bytes of their own.
fn merged(sources: Vec<Coded>) -> Vec<Pack> {
    let mut packs: Vec<Pack> = Vec::new();
    for source in sources {
        let next = Pack::of(source);
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
    Ok(Pack { columns, codes, patterns: a.patterns * b.patterns, counts: Vec::new(), table })
}
