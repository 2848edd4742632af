//! One group of packs: sums by joint pattern, and what they add up to.

use std::ops::Range;

use crate::base::widest;
use crate::research::fit::columns::pack::Pack;

/// Rows whose joint patterns are worked out together.
const TILE: usize = 1_024;
/// Sums that stay in the nearest cache: a power of 2.
const NEAR: usize = 4_096;

/// A pack of a group.
#[derive(Debug, Clone, PartialEq)]
struct Member {
    pack: usize,
    patterns: usize,
    /// Its pattern in each joint pattern of its half.
    digits: Vec<u8>,
    /// Patterns of the members before it.
    before: usize,
    /// Whether its pairs with members of the other half, and with those of its own, are asked for.
    pairs_across: bool,
    pairs_within: bool,
}

/// Packs whose joint patterns are summed together. The first of them make the lines of a table, the others its columns.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Group {
    members: Vec<Member>,
    /// Patterns of each member.
    counts: Vec<usize>,
    /// Members that make lines.
    half: usize,
    lines: usize,
    width: usize,
    /// Patterns of all members.
    patterns: usize,
    /// Members that no group before this has.
    alone: Vec<usize>,
    /// Pairs of members that no group before this has, the first the smaller.
    pairs: Vec<[usize; 2]>,
}

/// Memory that every group uses in turn.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// Lines × width, and what was there before.
    cells: Vec<f64>,
    /// Sums over lines, and over columns.
    halves: [Vec<f64>; 2],
    /// A member's patterns × width.
    partly: Vec<f64>,
    /// A line for each pattern of each member, a column for each of each: their joint sums, where the line's member comes first.
    joint: Vec<f64>,
    result: Vec<f64>,
}

/// All rows, some at a time.
fn tiles(rows: usize) -> impl Iterator<Item = Range<usize>> {
    (0..rows).step_by(TILE).map(move |start| start..rows.min(start + TILE))
}

/// The pattern of each member in each joint pattern of some, the last of which changes fastest.
fn digits(patterns: &[usize]) -> Vec<Vec<u8>> {
    let cells: usize = patterns.iter().product();
    let mut below = cells;
    let of_one = |count: &usize| {
        below /= count;
        let mut digits = Vec::with_capacity(cells);
        while digits.len() < cells {
            for digit in 0..*count {
                digits.resize(digits.len() + below, digit as u8);
            }
        }
        digits
    };
    patterns.iter().map(of_one).collect()
}

/// The sum, in eight sums side by side that any processor adds up in the same order.
#[inline(always)]
fn total(values: &[f64]) -> f64 {
    let (eights, rest) = values.as_chunks::<8>();
    let rest: f64 = rest.iter().sum();
    if eights.is_empty() {
        return rest;
    }
    let mut lanes = [0.0; 8];
    for eight in eights {
        for (lane, value) in lanes.iter_mut().zip(eight) {
            *lane += value;
        }
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    (((a + b) + (c + d)) + ((e + f) + (g + h))) + rest
}

#[inline(always)]
fn add(sums: &mut [f64], values: &[f64]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}

/// Adds parts of this length up into the first of them.
#[inline(always)]
fn fold(cells: &mut [f64], length: usize, part: usize) {
    let (first, others) = cells[..length].split_at_mut(part);
    for other in others.chunks_exact(part) {
        add(first, other);
    }
}

/// Sums by the pattern of each member in turn over joint patterns of members with so many patterns each; the joint sums are
/// used up.
#[inline(always)]
fn each_margin(cells: &mut [f64], counts: &[usize], out: &mut [f64]) {
    let mut left = cells.len();
    let mut out = out.iter_mut();
    for count in counts {
        let part = left / count;
        for (cells, out) in cells[..left].chunks_exact(part).zip(out.by_ref().take(*count)) {
            *out = total(cells);
        }
        fold(cells, left, part);
        left = part;
    }
}

impl Group {
    /// `members` are packs, of which at most two where their joint patterns are more than a 16-bit number counts.
    pub(super) fn new(
        members: &[usize],
        patterns: &[usize],
        alone: Vec<usize>,
        pairs: Vec<[usize; 2]>,
    ) -> Self {
        // Fewer lines than columns: what is done line by line is done to many columns at once.
        let half = (members.len() / 2).max(1);
        let counts: Vec<usize> = members.iter().map(|pack| patterns[*pack].max(1)).collect();
        let (first, second) = counts.split_at(half);
        let digits = digits(first).into_iter().chain(digits(second));
        let (lines, width) = (first.iter().product(), second.iter().product());
        let mut all = 0;
        let members = members.iter().zip(&counts).zip(digits).enumerate();
        let member =
            |(position, ((pack, patterns), digits)): (usize, ((&usize, &usize), Vec<u8>))| {
                let before = all;
                all += patterns;
                let has_pair = |across: bool| {
                    let is_across = |[a, b]: &[usize; 2]| (*a < half && *b >= half) == across;
                    pairs.iter().any(|pair| pair[0] == position && is_across(pair))
                };
                let [pairs_across, pairs_within] = [true, false].map(has_pair);
                let (pack, patterns) = (*pack, *patterns);
                Member { pack, patterns, digits, before, pairs_across, pairs_within }
            };
        let members = members.map(member).collect();
        Self { members, counts, half, lines, width, patterns: all, alone, pairs }
    }

    /// Joint patterns of some rows.
    #[inline(always)]
    fn join_codes(&self, packs: &[Pack], rows: &Range<usize>, codes: &mut [u16]) {
        codes.fill(0);
        for member in &self.members {
            let times = member.patterns as u16;
            for (code, digit) in codes.iter_mut().zip(&packs[member.pack].codes[rows.clone()]) {
                *code = code.wrapping_mul(times).wrapping_add(u16::from(*digit));
            }
        }
    }

    /// Adds `values` up by joint pattern.
    pub(super) fn sum_up(&self, packs: &[Pack], values: &[f64], room: &mut Room) {
        widest!(self.summed(packs, values, room));
    }

    #[inline(always)]
    fn summed(&self, packs: &[Pack], values: &[f64], room: &mut Room) {
        let cells = self.cleared(room);
        let mut codes = [0; TILE];
        for rows in tiles(values.len()) {
            let codes = &mut codes[..rows.len()];
            self.join_codes(packs, &rows, codes);
            let pairs = codes.iter().zip(&values[rows]);
            match cells.first_chunk_mut::<NEAR>() {
                // A fixed length needs no check of bounds.
                Some(near) if self.is_near() => {
                    pairs.for_each(|(code, value)| near[usize::from(*code) & (NEAR - 1)] += value);
                }
                _ => pairs.for_each(|(code, value)| cells[usize::from(*code)] += value),
            }
        }
        self.halve(room);
    }

    /// The same for two groups: what one sum waits for leaves time for the other.
    pub(super) fn sum_up_two(
        groups: [&Self; 2],
        packs: &[Pack],
        values: &[f64],
        rooms: &mut [Room; 2],
    ) {
        if groups.iter().all(|group| group.is_near()) {
            widest!(Self::summed_two(groups, packs, values, rooms));
        } else {
            for (group, room) in groups.into_iter().zip(rooms) {
                group.sum_up(packs, values, room);
            }
        }
    }

    #[inline(always)]
    fn summed_two(
        [first, second]: [&Self; 2],
        packs: &[Pack],
        values: &[f64],
        [first_room, second_room]: &mut [Room; 2],
    ) {
        let near = [first.cleared(first_room), second.cleared(second_room)]
            .map(|cells| cells.first_chunk_mut());
        let [Some(near_one), Some(near_other)]: [Option<&mut [f64; NEAR]>; 2] = near else {
            return;
        };
        let mut codes = [[0; TILE]; 2];
        for rows in tiles(values.len()) {
            let [codes_one, codes_other] = codes.each_mut().map(|codes| &mut codes[..rows.len()]);
            first.join_codes(packs, &rows, codes_one);
            second.join_codes(packs, &rows, codes_other);
            for ((x, y), value) in codes_one.iter().zip(codes_other).zip(&values[rows]) {
                near_one[usize::from(*x) & (NEAR - 1)] += value;
                near_other[usize::from(*y) & (NEAR - 1)] += value;
            }
        }
        first.halve(first_room);
        second.halve(second_room);
    }

    fn is_near(&self) -> bool {
        self.lines * self.width <= NEAR
    }

    /// Room for the group's sums, all 0, and to a length that a constant bounds.
    fn cleared<'a>(&self, room: &'a mut Room) -> &'a mut Vec<f64> {
        let count = self.lines * self.width;
        room.cells.resize(count.max(NEAR), 0.0);
        room.cells[..count].fill(0.0);
        &mut room.cells
    }

    /// Adds the sums up by line and by column.
    #[inline(always)]
    fn halve(&self, room: &mut Room) {
        let Room { cells, halves: [by_line, by_column], .. } = room;
        by_line.clear();
        by_column.clear();
        by_column.resize(self.width, 0.0);
        for line in cells[..self.lines * self.width].chunks_exact(self.width) {
            by_line.push(total(line));
            add(by_column, line);
        }
    }

    /// The half that a member is in.
    fn half_of(&self, member: usize) -> usize {
        usize::from(member >= self.half)
    }

    /// Sums of each pack that no group before this has; [`Self::sum_up`] must have been run.
    pub(super) fn each_alone(&self, room: &mut Room, job: &mut dyn FnMut(usize, &[f64])) {
        let Room { halves, result, .. } = room;
        for position in &self.alone {
            let member = &self.members[*position];
            result.clear();
            result.resize(member.patterns, 0.0);
            for (digit, sum) in member.digits.iter().zip(&halves[self.half_of(*position)]) {
                result[usize::from(*digit)] += sum;
            }
            job(member.pack, result);
        }
    }

    /// Sums of each pair of packs that no group before this has; [`Self::sum_up`] must have been run.
    pub(super) fn each_pair(&self, room: &mut Room, job: &mut dyn FnMut([usize; 2], &[f64])) {
        widest!(self.join(room));
        let Room { joint, result, .. } = room;
        for [a, b] in &self.pairs {
            let (first, second) = (&self.members[*a], &self.members[*b]);
            result.clear();
            for line in joint.chunks_exact(self.patterns).skip(first.before).take(first.patterns) {
                result.extend_from_slice(&line[second.before..][..second.patterns]);
            }
            job([first.pack, second.pack], result);
        }
    }

    /// Joint sums of every two members.
    #[inline(always)]
    fn join(&self, room: &mut Room) {
        let Room { cells, halves: [by_line, by_column], partly, joint, .. } = room;
        // What is read of it is written first.
        joint.resize(self.patterns * self.patterns, 0.0);
        let (first, second) = self.members.split_at(self.half);
        let (first_counts, second_counts) = self.counts.split_at(self.half);
        let across = second.first().map_or(self.patterns, |member| member.before);
        for member in first.iter().filter(|member| member.pairs_across) {
            partly.clear();
            partly.resize(member.patterns * self.width, 0.0);
            for (digit, line) in member.digits.iter().zip(cells.chunks_exact(self.width)) {
                add(&mut partly[usize::from(*digit) * self.width..][..self.width], line);
            }
            let lines = joint.chunks_exact_mut(self.patterns).skip(member.before);
            for (line, partly) in lines.zip(partly.chunks_exact_mut(self.width)) {
                each_margin(partly, second_counts, &mut line[across..]);
            }
        }
        for (members, counts, cells) in
            [(first, first_counts, by_line), (second, second_counts, by_column)]
        {
            let mut left = cells.len();
            for (position, member) in members.iter().enumerate() {
                let below = left / member.patterns;
                if member.pairs_within {
                    let lines = joint.chunks_exact_mut(self.patterns).skip(member.before);
                    partly.clear();
                    partly.extend_from_slice(&cells[..left]);
                    for (line, partly) in lines.zip(partly.chunks_exact_mut(below)) {
                        let after = &mut line[member.before + member.patterns..];
                        each_margin(partly, &counts[position + 1..], after);
                    }
                }
                fold(cells, left, below);
                left = below;
            }
        }
    }

    /// Adds what the pattern of each pack stands for that no group before this has.
    pub(super) fn add_looked_up(
        &self,
        packs: &[Pack],
        values: &[Vec<f64>],
        room: &mut Room,
        out: &mut [f64],
    ) {
        let Room { cells, halves, .. } = room;
        for (half, sums) in halves.iter_mut().enumerate() {
            sums.clear();
            sums.resize(if half == 0 { self.lines } else { self.width }, 0.0);
        }
        for position in &self.alone {
            let member = &self.members[*position];
            let values = &values[member.pack];
            for (sum, digit) in halves[self.half_of(*position)].iter_mut().zip(&member.digits) {
                *sum += values[usize::from(*digit)];
            }
        }
        cells.resize((self.lines * self.width).max(NEAR), 0.0);
        let [by_line, by_column] = halves;
        for (line, first) in cells.chunks_exact_mut(self.width).zip(by_line) {
            for (cell, second) in line.iter_mut().zip(&*by_column) {
                *cell = *first + second;
            }
        }
        widest!(self.add_cells(packs, cells, out));
    }

    #[inline(always)]
    fn add_cells(&self, packs: &[Pack], cells: &[f64], out: &mut [f64]) {
        let mut codes = [0; TILE];
        for rows in tiles(out.len()) {
            let codes = &mut codes[..rows.len()];
            self.join_codes(packs, &rows, codes);
            let pairs = codes.iter().zip(&mut out[rows]);
            match cells.first_chunk::<NEAR>() {
                Some(near) if self.is_near() => {
                    pairs.for_each(|(code, sum)| *sum += near[usize::from(*code) & (NEAR - 1)]);
                }
                _ => pairs.for_each(|(code, sum)| *sum += cells[usize::from(*code)]),
            }
        }
    }
}
