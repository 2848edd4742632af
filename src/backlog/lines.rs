//! Hands a source out a line at a time, so that whoever parses it can say on which line it is.

use std::io::{BufRead, BufReader, Read};

/// The most bytes handed out at once; longer lines come in parts.
const PART: u64 = 1 << 16;

/// A source that never hands out more than the rest of one line.
#[derive(Debug)]
pub(super) struct Lines<R> {
    source: BufReader<R>,
    part: Vec<u8>,
    given: usize,
    number: u64,
    /// Whether the next part begins a line.
    begins: bool,
    ended: bool,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(source: R) -> Self {
        let source = BufReader::with_capacity(PART as usize, source);
        Lines { source, part: Vec::new(), given: 0, number: 0, begins: true, ended: false }
    }

    /// The number, from 1, of the line handed out last.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The number of the line that reading has come to: one after the last, where a source that
    /// ends with a line end was read to its end.
    pub(super) fn reached(&self) -> u64 {
        self.number + u64::from(self.ended && self.begins)
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.given == self.part.len() {
            self.part.clear();
            self.given = 0;
            self.source.by_ref().take(PART).read_until(b'\n', &mut self.part)?;
            self.ended = self.part.is_empty();
            if !self.ended {
                self.number += u64::from(self.begins);
                self.begins = self.part.ends_with(b"\n");
            }
        }
        let rest = &self.part[self.given..];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.given += length;
        Ok(length)
    }
}
