//! Tie order: earliest deadline, then received, then id. Rows stand in it, so that a ranking is a
//! stable sort of the priority alone.

use super::columns::{Columns, NO_DEADLINE};
use crate::Timestamp;
use crate::base::{DIGIT_BITS, order_by_digit, sort_by_bits};

/// Bits of a row number in a sort word.
const ROW_BITS: u32 = 31;
/// Bits left for what is sorted by.
const MOST_BITS: u32 = 64 - ROW_BITS;

/// The arrivals in tie order, or `None` where they came in it. `ascend` says that ids came in
/// ascending order, so that arrival breaks the last ties.
pub(super) fn tie_order(columns: &Columns, ascend: bool) -> Option<Vec<u32>> {
    break_ties(order_by_time(columns), columns, ascend)
}

fn times(columns: &Columns, row: u32) -> (i64, Timestamp) {
    (columns.deadline.get(row as usize), columns.received[row as usize])
}

/// The arrivals by earliest deadline and received, else in the order in which they came; `None`
/// where they came so. Asks for no ids.
pub(super) fn order_by_time(columns: &Columns) -> Option<Vec<u32>> {
    let rows = 0..columns.received.len() as u32;
    if rows.clone().is_sorted_by_key(|row| times(columns, row)) {
        return None;
    }
    let order = by_radix(columns).unwrap_or_else(|| {
        let mut order: Vec<u32> = rows.collect();
        order.sort_by_key(|&row| times(columns, row));
        order
    });
    Some(order)
}

/// Puts arrivals of one time in the order of their ids.
pub(super) fn break_ties(
    order: Option<Vec<u32>>,
    columns: &Columns,
    ascend: bool,
) -> Option<Vec<u32>> {
    let rows = 0..columns.received.len() as u32;
    let id = |row: u32| columns.ids.get(row as usize);
    let sorted = || rows.clone().is_sorted_by_key(|row| (times(columns, row), id(row)));
    if ascend || order.is_none() && sorted() {
        return order;
    }
    let mut order = order.unwrap_or_else(|| rows.collect());
    let ties = |&first: &u32, &second: &u32| times(columns, first) == times(columns, second);
    for run in order.chunk_by_mut(ties) {
        if !run.is_sorted_by_key(|&row| id(row)) {
            // Ids are unique, so no two rows are equal and an unstable sort is safe.
            run.sort_unstable_by_key(|&row| id(row));
        }
    }
    Some(order)
}

/// By radix sorts of received and then of deadline, where their spans are short enough to share a
/// word with the row number; `None` where they are not.
fn by_radix(columns: &Columns) -> Option<Vec<u32>> {
    let received: &[Timestamp] = &columns.received;
    let seconds = |time: &Timestamp| time.unix_seconds();
    let scale = Scale::of(&received.iter().map(seconds))?;
    let has_deadlines = !columns.deadline.is_plain();
    if !has_deadlines && scale.bits() <= DIGIT_BITS {
        return Some(order_by_digit(received, |time| scale.step(seconds(time))));
    }
    let rows = received.iter().enumerate();
    let mut words: Vec<u64> = rows.map(|(row, time)| scale.word(seconds(time), row)).collect();
    sort_by_bits(&mut words, ROW_BITS, scale.bits());
    let row_of = |word: u64| (word & ((1 << ROW_BITS) - 1)) as usize;
    if has_deadlines {
        let due = |row: usize| columns.deadline.get(row);
        let known = (0..received.len()).map(due).filter(|&due| due != NO_DEADLINE);
        let scale = Scale::of(&known)?;
        for word in &mut words {
            let row = row_of(*word);
            *word = scale.word(due(row), row);
        }
        sort_by_bits(&mut words, ROW_BITS, scale.bits());
    }
    Some(words.into_iter().map(|word| row_of(word) as u32).collect())
}

/// Times as whole numbers from 0 on, in the longest unit that tells them apart: hosts that keep
/// dates alone give whole days, and few of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Scale {
    least: i64,
    unit: Unit,
    /// Stands for *none*, after every time.
    none: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Day,
    Minute,
    Second,
}

impl Unit {
    /// With the divisor known, a division is a multiplication.
    #[inline(always)]
    fn divide(self, seconds: u64) -> (u64, u64) {
        match self {
            Unit::Day => (seconds / 86_400, seconds % 86_400),
            Unit::Minute => (seconds / 60, seconds % 60),
            Unit::Second => (seconds, 0),
        }
    }
}

impl Scale {
    fn of(times: &(impl Iterator<Item = i64> + Clone)) -> Option<Self> {
        let (least, most) = times
            .clone()
            .fold((i64::MAX, i64::MIN), |(least, most), time| (least.min(time), most.max(time)));
        // Without any time, one place stands for *none* all the same.
        let (least, most) = if least > most { (0, 0) } else { (least, most) };
        let seconds = u64::try_from(most.checked_sub(least)?).ok()?;
        let whole = |unit: Unit| {
            times.clone().all(|time| unit.divide((time - least) as u64).1 == 0).then_some(unit)
        };
        let unit = whole(Unit::Day).or_else(|| whole(Unit::Minute)).unwrap_or(Unit::Second);
        let scale = Scale { least, unit, none: unit.divide(seconds).0.checked_add(1)? };
        (scale.bits() <= MOST_BITS).then_some(scale)
    }

    /// Bits that tell all places apart.
    fn bits(&self) -> u32 {
        u64::BITS - self.none.leading_zeros()
    }

    #[inline(always)]
    fn step(&self, time: i64) -> u64 {
        self.unit.divide((time - self.least) as u64).0
    }

    fn word(&self, time: i64, row: usize) -> u64 {
        let step = if time == NO_DEADLINE { self.none } else { self.step(time) };
        step << ROW_BITS | row as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Seed;

    /// Times in whole days, minutes or seconds, few or many, near or too far apart for a word.
    #[test]
    fn any_unit_gives_the_order_of_a_plain_sort() {
        let mut stream = Seed(9).stream(0);
        let units = [(86_400, 40), (86_400, 2_900), (60, 2_900), (1, 2_900), (1, 200_000_000_000)];
        for (unit, values) in units {
            for has_deadlines in [false, true] {
                for ascend in [false, true] {
                    let rows = 3_000;
                    let mut columns = Columns::default();
                    for row in 0..rows {
                        let number = if ascend { row } else { row * 7 % rows };
                        columns.ids.push(&format!("c{number:05}"));
                        // A local midnight is not one of UTC.
                        let seconds = stream.below(values) as i64 * unit - 5_000_000_000 + 3_600;
                        columns.received.push(Timestamp::from_unix_seconds(seconds).unwrap());
                        if has_deadlines && stream.below(3) > 0 {
                            columns.deadline.set(row, stream.below(values) as i64 * unit);
                        }
                    }
                    let mut plain: Vec<u32> = (0..rows as u32).collect();
                    plain.sort_by_key(|&row| {
                        let id = columns.ids.get(row as usize);
                        (columns.deadline.get(row as usize), columns.received[row as usize], id)
                    });
                    let case = format!("{unit} {values} {has_deadlines} {ascend}");
                    assert_eq!(tie_order(&columns, ascend), Some(plain.clone()), "{case}");
                    columns.received.sort();
                    if !has_deadlines && ascend {
                        assert_eq!(tie_order(&columns, ascend), None, "{case}");
                    }
                }
            }
        }
    }
}
