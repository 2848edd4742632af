//! Tie order: earliest deadline, then received, then id. Rows stand in it, so that a ranking is a
//! stable sort of the priority alone.

use super::columns::{Columns, NO_DEADLINE};
use crate::numeric::sort_by_bits;

/// Bits of a row number in a sort word.
const ROW_BITS: u32 = 31;
/// Bits left for what is sorted by.
const MOST_BITS: u32 = 64 - ROW_BITS;

/// The arrivals in tie order, or `None` where they came in it. `ascend` says that ids came in
/// ascending order, so that arrival breaks the last ties.
pub(super) fn tie_order(columns: &Columns, ascend: bool) -> Option<Vec<u32>> {
    let times = |row: u32| (columns.deadline.get(row as usize), columns.received[row as usize]);
    let key = |row: u32| (times(row), columns.ids.get(row as usize));
    let rows = 0..columns.len() as u32;
    let sorted =
        rows.clone().is_sorted_by_key(times) && (ascend || rows.clone().is_sorted_by_key(key));
    if sorted {
        return None;
    }
    let order = by_radix(columns, ascend).unwrap_or_else(|| {
        let mut order: Vec<u32> = rows.collect();
        // Ids are unique, so no two rows are equal and an unstable sort is safe.
        order.sort_unstable_by(|&first, &second| key(first).cmp(&key(second)));
        order
    });
    Some(order)
}

/// The same by radix sorts of received and then of deadline, where their spans are short enough
/// to share a word with the row number; `None` where they are not.
fn by_radix(columns: &Columns, ascend: bool) -> Option<Vec<u32>> {
    let rows = 0..columns.len();
    let received = |row: usize| columns.received[row].unix_seconds();
    let span = Span::of(rows.clone().map(received))?;
    let mut words: Vec<u64> = rows.clone().map(|row| span.word(received(row), row)).collect();
    sort_by_bits(&mut words, ROW_BITS, span.bits);
    let row_of = |word: u64| (word & ((1 << ROW_BITS) - 1)) as usize;
    if !columns.deadline.is_plain() {
        let due = rows.map(|row| columns.deadline.get(row));
        let span = Span::of(due.filter(|&due| due != NO_DEADLINE))?;
        for word in &mut words {
            let row = row_of(*word);
            *word = span.word(columns.deadline.get(row), row);
        }
        sort_by_bits(&mut words, ROW_BITS, span.bits);
    }
    let mut order: Vec<u32> = words.into_iter().map(|word| row_of(word) as u32).collect();
    if ascend {
        return Some(order);
    }
    // What is left are runs with the same times, still in the order of arrival.
    let times = |row: u32| (columns.deadline.get(row as usize), columns.received[row as usize]);
    let id = |row: u32| columns.ids.get(row as usize);
    for run in order.chunk_by_mut(|&first, &second| times(first) == times(second)) {
        if !run.is_sorted_by_key(|&row| id(row)) {
            run.sort_unstable_by_key(|&row| id(row));
        }
    }
    Some(order)
}

/// The range of some times, and the bits that tell them apart.
struct Span {
    least: i64,
    most: i64,
    bits: u32,
}

impl Span {
    fn of(times: impl Iterator<Item = i64>) -> Option<Self> {
        let (least, most) = times
            .fold((i64::MAX, i64::MIN), |(least, most), time| (least.min(time), most.max(time)));
        // Without any time, one place stands for *none* all the same.
        let (least, most) = if least > most { (0, 0) } else { (least, most) };
        // One place beyond the latest time stands for *none*.
        let places = u64::try_from(most.checked_sub(least)?).ok()?.checked_add(1)?;
        let bits = u64::BITS - places.leading_zeros();
        (bits <= MOST_BITS).then_some(Span { least, most, bits })
    }

    fn word(&self, time: i64, row: usize) -> u64 {
        let time = time.min(self.most + 1);
        ((time - self.least) as u64) << ROW_BITS | row as u64
    }
}
