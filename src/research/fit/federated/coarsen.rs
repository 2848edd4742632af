//! Answers that too few complaints share become *unknown* before any sum is made.

use serde::{Deserialize, Serialize};

use super::plan::{Groups, Plan};

/// An answer that was taken for *unknown* in some complaints of an agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Coarsened {
    /// The item.
    pub item: String,
    /// The answer.
    pub answer: String,
    /// How many complaints lost it; `None` where that would tell of a group below the minimum.
    pub complaints: Option<u64>,
}

/// Rows by what counts as one: a subject, or a complaint where subjects are not known.
pub(super) struct Units {
    /// Rows, those of a subject side by side.
    order: Vec<usize>,
    /// The unit of each row.
    unit: Vec<u32>,
    pub(super) count: usize,
}

impl Units {
    pub(super) fn new(rows: usize, clusters: Option<&[u32]>) -> Self {
        let mut order: Vec<usize> = (0..rows).collect();
        let mut unit: Vec<u32> = (0..rows as u32).collect();
        let mut count = rows;
        if let Some(clusters) = clusters {
            order.sort_by_key(|row| (clusters[*row], *row));
            count = 0;
            let mut last = None;
            for row in &order {
                if last.replace(clusters[*row]) != Some(clusters[*row]) {
                    count += 1;
                }
                unit[*row] = count as u32 - 1;
            }
        }
        Self { order, unit, count }
    }

    /// How many units have a row in each cell.
    fn counted(&self, cells: usize, cell: impl Fn(usize) -> usize) -> Vec<usize> {
        let mut counts = vec![0; cells];
        let mut last = vec![u32::MAX; cells];
        for row in &self.order {
            let at = cell(*row);
            if last[at] != self.unit[*row] {
                last[at] = self.unit[*row];
                counts[at] += 1;
            }
        }
        counts
    }
}

/// Takes answers for *unknown* until every group that the plan speaks of is empty or large enough; what was taken.
///
/// Only ever from an answer to *unknown*, so it ends. O(items² x rows) a round for pairs, and a few rounds.
pub(super) fn coarsen(plan: &Plan, codes: &mut [Vec<u8>], units: &Units) -> Vec<Coarsened> {
    let before: Vec<Vec<u8>> = codes.to_vec();
    loop {
        let mut changed = false;
        for (item, codes) in plan.items().iter().zip(codes.iter_mut()) {
            changed |= coarsen_item(codes, item.codes(), units, plan.minimum());
        }
        if plan.groups() == Groups::Pairs {
            for second in 1..codes.len() {
                let (head, tail) = codes.split_at_mut(second);
                for (first, earlier) in head.iter_mut().enumerate() {
                    let sizes = [plan.items()[first].codes(), plan.items()[second].codes()];
                    changed |= coarsen_pair(earlier, &mut tail[0], sizes, units, plan.minimum());
                }
            }
        }
        if !changed {
            break;
        }
    }
    let mut taken = Vec::new();
    for ((item, before), after) in plan.items().iter().zip(&before).zip(codes.iter()) {
        for code in 1..item.codes() as u8 {
            let lost = before.iter().zip(after).filter(|(b, a)| **b == code && a != b).count();
            if lost > 0 {
                taken.push(Coarsened {
                    item: item.id.clone(),
                    answer: item.answers[usize::from(code) - 1].clone(),
                    complaints: (lost >= plan.minimum()).then_some(lost as u64),
                });
            }
        }
    }
    taken
}

fn is_small(count: usize, minimum: usize) -> bool {
    count > 0 && count < minimum
}

/// Takes every answer that too few share; where too few are then unknown, the rarest other answer too.
fn coarsen_item(codes: &mut [u8], size: usize, units: &Units, minimum: usize) -> bool {
    let mut changed = false;
    loop {
        let counts = units.counted(size, |row| usize::from(codes[row]));
        let mut out: Vec<usize> =
            (1..size).filter(|code| is_small(counts[*code], minimum)).collect();
        if out.is_empty() && is_small(counts[0], minimum) {
            out.extend((1..size).filter(|code| counts[*code] > 0).min_by_key(|code| counts[*code]));
        }
        if out.is_empty() {
            return changed;
        }
        for code in codes.iter_mut().filter(|code| out.contains(&usize::from(**code))) {
            *code = 0;
        }
        changed = true;
    }
}

/// Takes the second answer of complaints in small cells of two items, the first where the second is unknown already.
fn coarsen_pair(
    first: &mut [u8],
    second: &mut [u8],
    [first_size, second_size]: [usize; 2],
    units: &Units,
    minimum: usize,
) -> bool {
    let mut changed = false;
    loop {
        let cell = |a: u8, b: u8| usize::from(a) * second_size + usize::from(b);
        let counts = units.counted(first_size * second_size, |row| cell(first[row], second[row]));
        let small: Vec<bool> = counts.iter().map(|count| is_small(*count, minimum)).collect();
        if !small.contains(&true) {
            return changed;
        }
        changed = true;
        if small[1..].contains(&true) {
            for (a, b) in first.iter_mut().zip(second.iter_mut()) {
                if small[cell(*a, *b)] {
                    if *b > 0 { *b = 0 } else { *a = 0 }
                }
            }
        } else {
            // Too few have neither answer: the rarest cell beside it joins them.
            let beside = (1..first_size).map(|a| a * second_size).chain(1..second_size);
            let joined = beside.filter(|at| counts[*at] > 0).min_by_key(|at| counts[*at]);
            for (a, b) in first.iter_mut().zip(second.iter_mut()) {
                if joined.is_none_or(|joined| cell(*a, *b) == joined) {
                    (*a, *b) = (0, 0);
                }
            }
        }
    }
}
