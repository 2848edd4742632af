//! The position of every row from two small keys, in eight bytes a row.

const DIGIT: usize = 1 << 11;

/// Room for ordering rows, kept from one order to the next: eight bytes a row.
#[derive(Debug, Default)]
pub(crate) struct PositionRoom {
    first: Vec<u32>,
    second: Vec<u32>,
}

impl PositionRoom {
    /// The position of every row, from 1, by the low three bits of `above` and then the low 30 bits
    /// of `below`, least first; equal ones stay in the order of their rows. Three stable passes.
    pub(crate) fn positions(&mut self, above: &[u8], below: &[u32]) -> &[u32] {
        let rows = below.len().min(above.len());
        self.first.resize(rows, 0);
        self.second.resize(rows, 0);
        let low = |row: usize| below[row] as usize % DIGIT;
        let middle = |row: usize| below[row] as usize / DIGIT % DIGIT;
        let high =
            |row: usize| (below[row] >> 22 & 0xff) as usize | usize::from(above[row] & 7) << 8;
        let mut counts = [[0_u32; DIGIT]; 3];
        for row in 0..rows {
            counts[0][low(row)] += 1;
            counts[1][middle(row)] += 1;
            counts[2][high(row)] += 1;
        }
        for counts in &mut counts {
            let mut start = 0;
            for count in counts {
                (*count, start) = (start, start + *count);
            }
        }
        let [lows, middles, highs] = &mut counts;
        let take = |counts: &mut [u32; DIGIT], digit: usize| {
            let position = counts[digit];
            counts[digit] += 1;
            position as usize
        };
        for row in 0..rows {
            self.first[take(lows, low(row))] = row as u32;
        }
        for &row in &self.first {
            self.second[take(middles, middle(row as usize))] = row;
        }
        // The last pass would write the order; what is wanted is each row's position in it.
        for &row in &self.second {
            self.first[row as usize] = take(highs, high(row as usize)) as u32 + 1;
        }
        &self.first
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Seed;

    #[test]
    fn equals_a_stable_sort() {
        let mut stream = Seed(9).stream(0);
        let mut room = PositionRoom::default();
        for (rows, range) in [(0, 1), (1, 5), (5_000, 40), (9_000, 1 << 30)] {
            let above: Vec<u8> = (0..rows).map(|_| stream.below(8) as u8).collect();
            let below: Vec<u32> = (0..rows).map(|_| stream.below(range) as u32).collect();
            let mut order: Vec<usize> = (0..rows).collect();
            order.sort_by_key(|&row| (above[row], below[row]));
            let positions = room.positions(&above, &below);
            for (position, row) in order.into_iter().enumerate() {
                assert_eq!(positions[row] as usize, position + 1);
            }
        }
    }
}
