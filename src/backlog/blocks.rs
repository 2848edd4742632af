//! A source cut into blocks of whole lines, so that blocks can be worked on at once.

use std::io::{self, Read};

use memchr::{memchr2_iter, memrchr};

/// Bytes read at a time: what is made of a block stays in the second-level cache.
pub(super) const BLOCK_BYTES: usize = 1 << 18;

/// What a block of lines ends in.
pub(super) const LINE_END: u8 = b'\n';

/// Cuts a source into blocks. The cuts depend on its bytes alone, not on how they arrive.
#[derive(Debug)]
pub(super) struct Blocks<R> {
    source: R,
    /// Bytes of a block.
    size: usize,
    /// More of a line than this need not be kept.
    longest: usize,
    /// Read, but not yet part of a block.
    carry: Vec<u8>,
    ended: bool,
    error: Option<io::Error>,
}

impl<R: Read> Blocks<R> {
    pub(super) fn new(source: R, size: usize, longest: usize) -> Self {
        Blocks { source, size, longest, carry: Vec::new(), ended: false, error: None }
    }

    /// The next whole lines, each with its line end but for the last of the source; `None` at the
    /// end. A line longer than `longest` comes back with more than `longest` bytes, but not all.
    /// With `until`, a block may end in an unfinished line that holds one of those bytes.
    ///
    /// An error is told after the whole lines that were read before it. What `block` holds is
    /// lost; its memory serves again.
    pub(super) fn next(
        &mut self,
        mut block: Vec<u8>,
        until: Option<[u8; 2]>,
    ) -> io::Result<Option<Vec<u8>>> {
        let mut start = self.carry.len();
        // Not cleared first: what was there need not be filled with zeros once more.
        block.resize(if self.ended { start } else { start + self.size }, 0);
        block[..start].copy_from_slice(&self.carry);
        self.carry.clear();
        while !self.ended {
            block.resize(start + self.size, 0);
            let read = self.fill(&mut block[start..]);
            block.truncate(start + read);
            let lines = memrchr(LINE_END, &block[start..]).map(|last| start + last + 1);
            if self.ended && self.error.is_none() {
                break;
            }
            if let Some(lines) = lines {
                // What follows a failure is not a whole line and is left out.
                if !self.ended {
                    self.carry.extend_from_slice(&block[lines..]);
                }
                block.truncate(lines);
                return Ok(Some(block));
            }
            if self.error.is_some() {
                block.clear();
            }
            let seen = start.saturating_sub(1);
            if until.is_some_and(|until| stop(&block[seen.min(block.len())..], until).is_some()) {
                return Ok(Some(block));
            }
            block.truncate(self.longest.saturating_add(1));
            start = block.len();
        }
        match self.error.take() {
            Some(error) if block.is_empty() => Err(error),
            error => {
                self.error = error;
                Ok((!block.is_empty()).then_some(block))
            }
        }
    }

    /// Fills a buffer as far as the source goes, and says how far that was.
    fn fill(&mut self, buffer: &mut [u8]) -> usize {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.source.read(&mut buffer[filled..]) {
                Ok(0) => self.ended = true,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => (self.ended, self.error) = (true, Some(error)),
            }
            if self.ended {
                break;
            }
        }
        filled
    }

    /// What is left, behind bytes that were read already.
    #[cfg(any(feature = "csv", feature = "arrow-59"))]
    pub(super) fn rest(self, read: &[u8]) -> Rest<R> {
        let Blocks { source, carry, ended, error, .. } = self;
        Rest { read: [read, &carry].concat(), used: 0, source, ended, error }
    }
}

/// Calls with every line of a source and its number, from 1; a line longer than `longest` comes
/// with a few bytes more than that.
///
/// # Errors
/// Where the source fails, with the line that was being read.
#[cfg(feature = "research")]
pub(crate) fn each_line(
    source: impl Read,
    longest: usize,
    mut call: impl FnMut(u64, &[u8]),
) -> Result<(), (u64, io::Error)> {
    let mut blocks = Blocks::new(source, BLOCK_BYTES, longest);
    let mut number = 0;
    let mut block = Vec::new();
    loop {
        block = match blocks.next(block, None) {
            Ok(Some(block)) => block,
            Ok(None) => return Ok(()),
            Err(error) => return Err((number + 1, error)),
        };
        let lines = block.strip_suffix(&[LINE_END]).unwrap_or(&block);
        for line in lines.split(|&byte| byte == LINE_END) {
            number += 1;
            call(number, line);
        }
    }
}

/// The first quote, or carriage return that is not part of a line end. A last byte that is a
/// carriage return is not judged.
pub(super) fn stop(block: &[u8], [quote, carriage_return]: [u8; 2]) -> Option<usize> {
    memchr2_iter(quote, carriage_return, block)
        .find(|&at| block[at] == quote || block.get(at + 1).is_some_and(|&next| next != LINE_END))
}

/// The rest of a source, not cut into blocks.
#[cfg(any(feature = "csv", feature = "arrow-59"))]
#[derive(Debug)]
pub(super) struct Rest<R> {
    read: Vec<u8>,
    used: usize,
    source: R,
    ended: bool,
    error: Option<io::Error>,
}

#[cfg(any(feature = "csv", feature = "arrow-59"))]
impl<R: Read> Read for Rest<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.used < self.read.len() {
            let given = (&self.read[self.used..]).read(buffer)?;
            self.used += given;
            return Ok(given);
        }
        match self.error.take() {
            Some(error) => Err(error),
            None if self.ended => Ok(0),
            None => self.source.read(buffer),
        }
    }
}
