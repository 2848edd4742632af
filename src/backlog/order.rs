//! Tie order: earliest deadline, then received, then id. Rows stand in it, so that a ranking is a
//! stable sort of the priority alone.

use super::columns::Columns;

/// The order of rows, or `None` where they stand in it already.
pub(super) fn tie_order(columns: &Columns) -> Option<Vec<u32>> {
    let key = |row: u32| {
        let row = row as usize;
        (columns.deadline[row], columns.received[row], columns.ids.get(row))
    };
    let rows = 0..columns.len() as u32;
    if rows.clone().is_sorted_by_key(key) {
        return None;
    }
    let mut order: Vec<u32> = rows.collect();
    // Ids are unique, so no two rows are equal and an unstable sort is safe.
    order.sort_unstable_by(|&first, &second| key(first).cmp(&key(second)));
    Some(order)
}
