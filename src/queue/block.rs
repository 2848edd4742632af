//! Whole lines of a source, taken at once.

use memchr::memchr_iter;

use super::saved::BUFFER;

/// Lines of a source, one after another in memory.
#[derive(Debug, Default)]
pub(super) struct Block {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// Number of its first line, from 1.
    first: usize,
}

impl Block {
    /// Empties it for lines from this number on.
    pub(super) fn begin(&mut self, first: usize) {
        self.bytes.clear();
        self.ends.clear();
        self.first = first;
    }

    /// Whether it has fewer lines than so many, and room, or a line that has not ended.
    pub(super) fn wants_more(&self, most: usize) -> bool {
        self.ends.len() < most && (self.bytes.len() < BUFFER || self.bytes.len() > self.end())
    }

    /// Leaves out what does not end in a line.
    pub(super) fn finish(&mut self) {
        self.bytes.truncate(self.end());
    }

    /// How many lines it holds.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn end(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    /// Takes what comes next, up to the end of so many lines in all; once it is large, whole lines alone.
    pub(super) fn take(&mut self, bytes: &[u8], most: usize) -> usize {
        let (begun, known) = (self.bytes.len(), self.ends.len());
        let ends = memchr_iter(b'\n', bytes).take(most - known);
        self.ends.extend(ends.map(|end| begun + end + 1));
        let is_over = self.ends.len() == most || begun + bytes.len() >= BUFFER;
        let taken = match is_over && self.ends.len() > known {
            true => self.end() - begun,
            false => bytes.len(),
        };
        self.bytes.extend_from_slice(&bytes[..taken]);
        taken
    }

    /// Each line with its number, from 1.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &[u8])> {
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        let lines = begins.zip(&self.ends).map(|(from, &to)| &self.bytes[from..to]);
        (self.first..).zip(lines)
    }
}
