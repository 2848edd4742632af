//! Groups of packs that together hold every two of them, for sums over few rows.
//!
//! Seven items of yes, no and unknown have 2,187 joint patterns and 21 pairs: one addition a row to the sum of its pattern
//! gives the sums of all 21, which the patterns then add up to. Sums of that size stay in the nearest cache, and what is
//! done for each pattern is little beside what is done for each row.

mod counts;
mod group;

use std::cmp::Reverse;

use super::pack::Pack;
use counts::Counts;
use group::{Group, Room};

/// Joint patterns of a group; two packs are never too many.
const MOST_CELLS: usize = 2_187;
/// With fewer patterns than these a group hardly holds more than two packs.
const LEAST_CELLS: usize = 81;
/// Packs of a design that is covered: groups are chosen in O(packs³).
pub(super) const MOST_COVERED: usize = 200;
/// Codes of a source in such a design: pairs of larger ones have more joint patterns than there are rows.
pub(super) const MOST_COVERED_CODES: usize = 48;

/// The groups. The first of them hold every pack once.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cover {
    groups: Vec<Group>,
    leading: usize,
}

/// Which pairs of packs no group holds yet.
struct Open {
    pairs: Vec<Vec<bool>>,
    /// How many of each pack.
    left: Vec<usize>,
}

impl Open {
    fn new(packs: usize) -> Self {
        let pairs = (0..packs).map(|a| (0..packs).map(|b| a != b).collect()).collect();
        Self { pairs, left: vec![packs.saturating_sub(1); packs] }
    }

    /// The pack of the most open pairs and, one after another, those that share the most with it and its likes.
    fn next_members(&self, patterns: &[usize], most: usize) -> Vec<usize> {
        let packs = patterns.len();
        let Some(first) = (0..packs).max_by_key(|pack| (self.left[*pack], Reverse(*pack))) else {
            return Vec::new();
        };
        let (mut members, mut cells) = (vec![first], patterns[first]);
        let mut gains: Vec<usize> =
            self.pairs[first].iter().map(|is_open| usize::from(*is_open)).collect();
        let mut is_member = vec![false; packs];
        is_member[first] = true;
        // What gains most, has most open pairs, the fewest patterns, and comes first: in one number, and the place after it.
        let worth = |pack: usize, gain: usize| {
            let [gain, left, patterns] = [gain, self.left[pack], patterns[pack]].map(|n| n as u64);
            ((gain << 32) + (left << 16) - patterns, Reverse(pack))
        };
        loop {
            let mut best = None;
            for (pack, gain) in gains.iter().enumerate() {
                let fits = members.len() == 1 || cells * patterns[pack] <= most;
                if *gain > 0 && fits && !is_member[pack] {
                    best = best.max(Some(worth(pack, *gain)));
                }
            }
            let Some((_, Reverse(next))) = best else { break };
            is_member[next] = true;
            members.push(next);
            cells *= patterns[next];
            for (gain, is_open) in gains.iter_mut().zip(&self.pairs[next]) {
                *gain += usize::from(*is_open);
            }
        }
        members.sort_unstable();
        members
    }

    /// Takes a pair that a group now holds; whether it was open.
    fn take(&mut self, a: usize, b: usize) -> bool {
        if !self.pairs[a][b] {
            return false;
        }
        (self.pairs[a][b], self.pairs[b][a]) = (false, false);
        self.left[a] -= 1;
        self.left[b] -= 1;
        true
    }
}

impl Cover {
    /// Groups for so many rows of packs with so many patterns each, as few as a greedy choice finds.
    pub(super) fn new(rows: usize, packs: &[Pack]) -> Self {
        let most = (rows / 2).clamp(LEAST_CELLS, MOST_CELLS);
        let patterns: Vec<usize> = packs.iter().map(|pack| pack.patterns).collect();
        let mut open = Open::new(packs.len());
        let mut is_met = vec![false; packs.len()];
        let (mut groups, mut leading) = (Vec::new(), 0);
        while is_met.contains(&false) || open.left.iter().any(|left| *left > 0) {
            let members = open.next_members(&patterns, most);
            let mut pairs = Vec::new();
            for (b, second) in members.iter().enumerate() {
                for (a, first) in members[..b].iter().enumerate() {
                    if open.take(*first, *second) {
                        pairs.push([a, b]);
                    }
                }
            }
            let met = |member: &usize| !std::mem::replace(&mut is_met[members[*member]], true);
            let alone: Vec<usize> = (0..members.len()).filter(met).collect();
            if !alone.is_empty() {
                leading = groups.len() + 1;
            }
            groups.push(Group::new(&members, &patterns, alone, pairs));
        }
        Self { groups, leading }
    }

    /// Adds to `out` what the pattern of each pack stands for in `values`.
    pub(super) fn add_looked_up(&self, packs: &[Pack], values: &[Vec<f64>], out: &mut [f64]) {
        let mut room = Room::default();
        for group in &self.groups[..self.leading] {
            group.add_looked_up(packs, values, &mut room, out);
        }
    }

    /// Sum of `values` over the rows of each pattern, for every pack.
    pub(super) fn sums(&self, packs: &[Pack], values: &[f64]) -> Vec<Vec<f64>> {
        let mut sums = vec![Vec::new(); packs.len()];
        let mut room = Room::default();
        for group in &self.groups[..self.leading] {
            group.sum_up(packs, values, &mut room);
            group.each_alone(&mut room, &mut |pack, alone| sums[pack] = alone.to_vec());
        }
        sums
    }

    /// Sum of `weight` over the rows of each pattern of every pack, then of each joint pattern of every two: the first pack's
    /// patterns are lines, the second's columns.
    pub(super) fn each_pair(
        &self,
        packs: &[Pack],
        weight: &[f64],
        alone: &mut dyn FnMut(usize, &[f64]),
        pair: &mut dyn FnMut([usize; 2], &[f64]),
    ) {
        if let Some((first, others)) = weight.split_first()
            && others.iter().all(|other| other == first)
            && let Some(counts) = Counts::new(packs, weight.len())
        {
            return counts.each_pair(*first, alone, pair);
        }
        let mut rooms = [Room::default(), Room::default()];
        for groups in self.groups.chunks(2) {
            match groups {
                [first, second] => Group::sum_up_two([first, second], packs, weight, &mut rooms),
                others => {
                    others.iter().for_each(|group| group.sum_up(packs, weight, &mut rooms[0]));
                }
            }
            for (group, room) in groups.iter().zip(&mut rooms) {
                group.each_alone(room, alone);
                group.each_pair(room, pair);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Seed;

    fn drawn(rows: usize, patterns: &[usize]) -> Vec<Pack> {
        let mut stream = Seed(rows as u64).stream(0);
        let pack = |(column, patterns): (usize, &usize)| Pack {
            columns: vec![column],
            codes: (0..rows).map(|_| stream.below(*patterns as u64) as u8).collect(),
            patterns: *patterns,
            counts: Vec::new(),
            table: vec![0.0; *patterns],
        };
        patterns.iter().enumerate().map(pack).collect()
    }

    #[test]
    fn every_pack_and_every_two_come_once_with_their_sums() {
        let mut forty = vec![3; 34];
        forty.extend([7; 6]);
        let designs: [&[usize]; 7] =
            [&[4], &[1, 1], &[256, 256, 2], &[200, 3, 90, 1, 5], &[2; 13], &[96; 5], &forty];
        for patterns in designs {
            // Weights that differ are summed; where all are alike, rows are counted.
            for (rows, kinds) in [(0, 1), (1, 1), (700, 5), (2_500, 5), (63, 1), (2_500, 1)] {
                let packs = drawn(rows, patterns);
                let weight: Vec<f64> = (0..rows).map(|row| 0.25 + (row % kinds) as f64).collect();
                let cover = Cover::new(rows, &packs);
                let sum = |wanted: &dyn Fn(usize) -> bool| -> f64 {
                    (0..rows).filter(|row| wanted(*row)).map(|row| weight[row]).sum()
                };
                let (mut alone, mut pairs) = (Vec::new(), Vec::new());
                cover.each_pair(
                    &packs,
                    &weight,
                    &mut |pack, sums| {
                        for (code, found) in sums.iter().enumerate() {
                            let codes = &packs[pack].codes;
                            // Quarters: exact in any order.
                            assert_eq!(*found, sum(&|row| usize::from(codes[row]) == code));
                        }
                        assert_eq!(sums.len(), patterns[pack]);
                        alone.push(pack);
                    },
                    &mut |[a, b], sums| {
                        assert_eq!(sums.len(), patterns[a] * patterns[b]);
                        let mut expected = vec![0.0; sums.len()];
                        for (row, weight) in weight.iter().enumerate() {
                            let [x, y] = [a, b].map(|pack| usize::from(packs[pack].codes[row]));
                            expected[x * patterns[b] + y] += weight;
                        }
                        assert_eq!(sums, expected);
                        pairs.push((a, b));
                    },
                );
                alone.sort_unstable();
                pairs.sort_unstable();
                let all = 0..patterns.len();
                assert_eq!(alone, all.clone().collect::<Vec<_>>());
                let every = all.clone().flat_map(|a| (a + 1..patterns.len()).map(move |b| (a, b)));
                assert_eq!(pairs, every.collect::<Vec<_>>());
                let sums = cover.sums(&packs, &weight);
                assert!(sums.iter().zip(patterns).all(|(sums, count)| sums.len() == *count));
                let value = |pack: usize, code: usize| (code * 3 + pack) as f64 * 0.5;
                let values: Vec<Vec<f64>> = all
                    .map(|pack| (0..patterns[pack]).map(|code| value(pack, code)).collect())
                    .collect();
                let mut out = vec![1.0; rows];
                cover.add_looked_up(&packs, &values, &mut out);
                for (row, found) in out.iter().enumerate() {
                    let known = packs.iter().zip(&values);
                    let looked_up =
                        known.map(|(pack, values)| values[usize::from(pack.codes[row])]);
                    assert_eq!(*found, 1.0 + looked_up.sum::<f64>());
                }
            }
        }
    }

    #[test]
    fn forty_items_take_some_seventy_groups() {
        let mut patterns = vec![3; 34];
        patterns.extend([7; 6]);
        let cover = Cover::new(5_000, &drawn(0, &patterns));
        // 780 pairs: the fewest that could hold them all are forty or so.
        assert!(cover.groups.len() < 75 && cover.leading <= 8, "{}", cover.groups.len());
    }
}
