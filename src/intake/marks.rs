//! Where fields and lines end, found for many bytes at once.

/// Bytes looked at together.
const GROUP: usize = 64;

/// Bytes of a part that are looked through before its rows are taken.
const AHEAD: usize = 16 << 10;

/// Moves the lowest bit of each byte of a word into its highest byte, in order.
const GATHER: u64 = 0x0102_0408_1020_4080;

/// A bit for each byte of a group that is looked for, the first byte lowest.
#[inline]
fn bits_of(group: &[u8; GROUP], is_wanted: impl Fn(u8) -> bool) -> u64 {
    let mut wanted = [0; GROUP];
    for (wanted, &byte) in wanted.iter_mut().zip(group) {
        *wanted = u8::from(is_wanted(byte));
    }
    let eights = wanted.as_chunks().0.iter().enumerate();
    eights.fold(0, |bits, (number, eight)| {
        bits | u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56 << (8 * number)
    })
}

/// Calls back with each group of a text and where it begins; the last is filled up with zeros.
#[inline]
fn for_groups(text: &[u8], mut each: impl FnMut(&[u8; GROUP], usize, usize)) {
    let (groups, rest) = text.as_chunks::<GROUP>();
    for (number, group) in groups.iter().enumerate() {
        each(group, number * GROUP, GROUP);
    }
    if !rest.is_empty() {
        let mut group = [0; GROUP];
        group[..rest.len()].copy_from_slice(rest);
        each(&group, groups.len() * GROUP, rest.len());
    }
}

/// Adds the offsets of a byte in a text that begins at `start`. Fields are short: many bytes are compared at once.
pub(super) fn add_offsets(text: &[u8], wanted: u8, start: usize, offsets: &mut Vec<usize>) {
    for_groups(text, |group, from, length| {
        let mut bits = bits_of(group, |byte| byte == wanted);
        if length < GROUP {
            bits &= (1 << length) - 1;
        }
        while bits != 0 {
            offsets.push(start + from + bits.trailing_zeros() as usize);
            bits &= bits - 1;
        }
    });
}

/// Ends of fields and of lines in a source without quotes, looked for a piece ahead of the rows.
#[derive(Debug, Clone)]
pub(super) struct Marks {
    /// Of separators, line feeds and carriage returns alike.
    offsets: Vec<usize>,
    /// Which of them end a line, as indices of `offsets`.
    line_ends: Vec<usize>,
    next_offset: usize,
    next_line_end: usize,
    /// How far the source was looked through.
    looked_to: usize,
}

impl Marks {
    pub(super) fn new(start: usize) -> Self {
        Marks {
            offsets: Vec::new(),
            line_ends: Vec::new(),
            next_offset: 0,
            next_line_end: 0,
            looked_to: start,
        }
    }

    /// Adds the ends of the fields of the row that begins here, and gives back the end of its line.
    pub(super) fn row(
        &mut self,
        source: &[u8],
        separator: u8,
        start: usize,
        bounds: &mut Vec<usize>,
    ) -> usize {
        loop {
            // Line ends before the row are those of lines gone by: the second of two, or skipped.
            while let Some(&index) = self.line_ends.get(self.next_line_end) {
                self.next_line_end += 1;
                let end = self.offsets[index];
                let fields = self.next_offset..index;
                self.next_offset = index + 1;
                if end < start {
                    continue;
                }
                let ends = &self.offsets[fields.start..=index];
                let gone_by = ends.iter().take_while(|&&offset| offset < start).count();
                bounds.extend_from_slice(&ends[gone_by..]);
                return end;
            }
            if self.looked_to == source.len() {
                let rest = self.offsets.get(self.next_offset..).unwrap_or_default();
                let gone_by = rest.iter().take_while(|&&offset| offset < start).count();
                bounds.extend_from_slice(&rest[gone_by..]);
                bounds.push(source.len());
                self.next_offset = self.offsets.len();
                return source.len();
            }
            self.look_ahead(source, separator);
        }
    }

    fn look_ahead(&mut self, source: &[u8], separator: u8) {
        self.offsets.drain(..self.next_offset);
        self.line_ends.clear();
        (self.next_offset, self.next_line_end) = (0, 0);
        let start = self.looked_to;
        self.looked_to = source.len().min(start + AHEAD);
        let Marks { offsets, line_ends, .. } = self;
        for_groups(&source[start..self.looked_to], |group, from, length| {
            let mut bits =
                bits_of(group, |byte| (byte == separator) | (byte == b'\n') | (byte == b'\r'));
            if length < GROUP {
                bits &= (1 << length) - 1;
            }
            while bits != 0 {
                let bit = bits.trailing_zeros() as usize;
                if group[bit] != separator {
                    line_ends.push(offsets.len());
                }
                offsets.push(start + from + bit);
                bits &= bits - 1;
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Seed;

    #[test]
    fn rows_are_those_of_a_plain_search() {
        let mut stream = Seed(20_261_129).stream(0);
        for case in 0..400 {
            let length = [30, 200, AHEAD - 1, AHEAD + 70][case % 4] + case % 7;
            let rare = 2 + stream.below(60);
            let letters: Vec<u8> = (0..length)
                .map(|_| match stream.below(rare) {
                    0 => [b'\n', b'\r', b','][stream.below(3) as usize],
                    1 => b',',
                    _ => b'x',
                })
                .collect();
            let mut marks = Marks::new(0);
            let mut at = 0;
            while at < letters.len() {
                let mut bounds = Vec::new();
                let end = marks.row(&letters, b',', at, &mut bounds);
                let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
                let expected_end =
                    letters[at..].iter().position(is_end).map_or(letters.len(), |found| at + found);
                let mut expected: Vec<usize> =
                    (at..expected_end).filter(|&offset| letters[offset] == b',').collect();
                expected.push(expected_end);
                assert_eq!((end, &bounds), (expected_end, &expected), "case {case} at {at}");
                let two = letters[end..].starts_with(b"\r\n");
                at = end + 1 + usize::from(two);
                // Now and then a line is skipped, as a comment is.
                if stream.below(5) == 0 && at < letters.len() {
                    let rest = letters[at..].iter().position(is_end);
                    at = rest.map_or(letters.len(), |found| at + found + 1);
                }
            }
        }
    }

    #[test]
    fn offsets_are_those_of_a_plain_search() {
        for length in 0..200 {
            let text: Vec<u8> = (0..length).map(|at| [b',', b'x'][at * at % 5 % 2]).collect();
            let mut found = vec![3];
            add_offsets(&text, b',', 5, &mut found);
            let expected = (0..length).filter(|&at| text[at] == b',').map(|at| at + 5);
            assert_eq!(found, [3].into_iter().chain(expected).collect::<Vec<_>>(), "{length}");
        }
    }
}
