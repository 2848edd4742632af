//! Splits rows into parts that do not depend on the number of threads.

use std::ops::Range;

/// Rows in a part never fall below this, so that small jobs stay in one piece.
const SMALLEST_PART: usize = 4_096;
/// Parts never exceed this number, so that per-part results stay small beside the data.
const MOST_PARTS: usize = 64;

/// Cuts `0..rows` into contiguous parts by `rows` alone.
pub(crate) fn parts(rows: usize) -> Vec<Range<usize>> {
    let count = rows.div_ceil(SMALLEST_PART).clamp(1, MOST_PARTS);
    let size = rows.div_ceil(count).max(1);
    (0..count)
        .map(|part| (part * size).min(rows)..((part + 1) * size).min(rows))
        .filter(|range| !range.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_every_row_once_in_order() {
        for rows in [0, 1, 4_096, 4_097, 100_000, 262_144, 262_145, 1_000_003] {
            let mut next = 0;
            for range in parts(rows) {
                assert_eq!(range.start, next);
                next = range.end;
            }
            assert_eq!(next, rows);
            assert!(parts(rows).len() <= MOST_PARTS);
        }
    }
}
