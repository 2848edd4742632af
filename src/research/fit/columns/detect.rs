//! Finds the columns of a matrix that have few distinct values.

use ndarray::ArrayView2;

use super::super::FitError;
use super::{Coded, unusable, usable};
use crate::base::{in_order, threads};

/// A column with more distinct values than this stays a column of numbers.
const MOST_VALUES: usize = 24;
/// Rows looked at to find columns that exclude each other.
const SAMPLE: usize = 1_024;
/// Rows read at a time.
const BLOCK: usize = 64;
/// Distance of columns in the buffer; not a power of two, so that they do not fall on the same cache sets.
const STRIDE: usize = BLOCK + 8;

/// Codes and their values, or `None` where there are too many values.
pub(super) fn small_alphabet(values: &[f64]) -> Option<(Vec<u8>, Vec<f64>)> {
    let mut alphabet = Vec::new();
    let mut codes = vec![0u8; values.len()];
    for (target, block) in codes.chunks_mut(BLOCK).zip(values.chunks(BLOCK)) {
        if !encode(block, &mut alphabet, target) {
            return None;
        }
    }
    Some((codes, alphabet))
}

/// Writes the code of each value, adding new values to the alphabet; false where it grows too large or is not finite.
fn encode(block: &[f64], alphabet: &mut Vec<f64>, codes: &mut [u8]) -> bool {
    if let [first, second, ..] = alphabet[..] {
        // Most columns are yes/no: two comparisons a value, no branch.
        let mut other = false;
        for (code, value) in codes.iter_mut().zip(block) {
            let (is_first, is_second) = (*value == first, *value == second);
            *code = u8::from(!is_first);
            other |= !(is_first | is_second);
        }
        if !other {
            return true;
        }
    }
    // Small whole numbers, which most others are, by a table; everything else by a search.
    const NONE: u8 = u8::MAX;
    let mut codes_of = [NONE; 256];
    for (code_of_value, known) in alphabet.iter().enumerate() {
        if f64::from(*known as u8) == *known {
            codes_of[usize::from(*known as u8)] = code_of_value as u8;
        }
    }
    for (code, value) in codes.iter_mut().zip(block) {
        let whole = *value as u8;
        let code_of_value = codes_of[usize::from(whole)];
        if code_of_value != NONE && f64::from(whole) == *value {
            *code = code_of_value;
            continue;
        }
        let code_of_value = match alphabet.iter().position(|known| known == value) {
            Some(code_of_value) => code_of_value,
            None if alphabet.len() == MOST_VALUES || !usable(*value) => return false,
            None => {
                alphabet.push(*value);
                if f64::from(whole) == *value {
                    codes_of[usize::from(whole)] = alphabet.len() as u8 - 1;
                }
                alphabet.len() - 1
            }
        };
        *code = code_of_value as u8;
    }
    true
}

type Split = (Vec<Coded>, Vec<(usize, Vec<f64>)>);

/// Splits a matrix into coded columns and columns of numbers.
pub(super) fn split(names: &[&str], matrix: ArrayView2<'_, f64>) -> Result<Split, FitError> {
    let rows = matrix.nrows();
    // As many columns at a time as there are threads to share them, so that a row-major matrix is read but once a thread.
    // What comes of a column does not depend on its neighbours.
    const MOST_TOGETHER: usize = 128;
    let together = matrix.ncols().div_ceil(threads()).clamp(1, MOST_TOGETHER);
    let groups: Vec<usize> = (0..matrix.ncols()).step_by(together).collect();
    let results = in_order(groups, |first| {
        let columns: Vec<usize> = (first..(first + together).min(matrix.ncols())).collect();
        let mut state: Vec<(Vec<f64>, Vec<u8>, bool)> =
            columns.iter().map(|_| (Vec::new(), vec![0u8; rows], true)).collect();
        let mut buffer = vec![0.0; columns.len() * STRIDE];
        for start in (0..rows).step_by(BLOCK) {
            let end = (start + BLOCK).min(rows);
            for row in start..end {
                let line = matrix.row(row);
                match line.as_slice() {
                    Some(line) => {
                        for (at, value) in line[first..first + columns.len()].iter().enumerate() {
                            buffer[at * STRIDE + row - start] = *value;
                        }
                    }
                    None => {
                        for (at, column) in columns.iter().enumerate() {
                            buffer[at * STRIDE + row - start] = line[*column];
                        }
                    }
                }
            }
            for (at, (alphabet, codes, small)) in state.iter_mut().enumerate() {
                let block = &buffer[at * STRIDE..at * STRIDE + end - start];
                *small = *small && encode(block, alphabet, &mut codes[start..end]);
                if !*small && let Some(offset) = block.iter().position(|value| !usable(*value)) {
                    return Err(unusable(names[columns[at]], start + offset, block[offset]));
                }
            }
        }
        Ok(columns.into_iter().zip(state).collect::<Vec<_>>())
    });
    let (mut coded, mut dense) = (Vec::new(), Vec::new());
    for group in results {
        for (column, (table, row_codes, small)) in group? {
            if small {
                coded.push(Coded { columns: vec![column], row_codes, codes: table.len(), table });
            } else {
                dense.push((column, matrix.column(column).to_vec()));
            }
        }
    }
    Ok((coded, dense))
}

/// Pairs of columns looked at in all; beyond it each column is held against fewer of those after it.
const MOST_PAIRS: usize = 1_000_000;

/// Puts sources next to each other that occur in few joint patterns, such as an answer and its unknown flag.
pub(super) fn pair_up(sources: Vec<Coded>) -> Vec<Coded> {
    let rows = sources.first().map_or(0, |source| source.row_codes.len());
    let step = (rows / SAMPLE).max(1);
    let reach = (MOST_PAIRS / sources.len().max(1)).max(1);
    let sampled: Vec<Vec<u8>> = sources
        .iter()
        .map(|source| source.row_codes.iter().copied().step_by(step).take(SAMPLE).collect())
        .collect();
    let mut partner = vec![None; sources.len()];
    let mut taken = vec![false; sources.len()];
    for a in 0..sources.len() {
        if taken[a] {
            continue;
        }
        let mut best: Option<(f64, usize)> = None;
        for b in a + 1..sources.len().min(a + 1 + reach) {
            if taken[b] {
                continue;
            }
            let mut seen = [0u32; MOST_VALUES];
            for (x, y) in sampled[a].iter().zip(&sampled[b]) {
                seen[usize::from(*x)] |= 1 << y;
            }
            let joint: u32 = seen.iter().map(|bits| bits.count_ones()).sum();
            let share = f64::from(joint) / (sources[a].codes * sources[b].codes) as f64;
            if share < 0.8 && best.is_none_or(|(least, _)| share < least) {
                best = Some((share, b));
            }
        }
        if let Some((_, b)) = best {
            partner[a] = Some(b);
            taken[a] = true;
            taken[b] = true;
        }
    }
    let mut slots: Vec<Option<Coded>> = sources.into_iter().map(Some).collect();
    let mut ordered = Vec::new();
    for a in 0..slots.len() {
        ordered.extend(slots[a].take());
        if let Some(b) = partner[a] {
            ordered.extend(slots[b].take());
        }
    }
    ordered
}
