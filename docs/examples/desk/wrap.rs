//! Lines for people: at most 100 columns, broken between words.

use std::io::{self, Write};

/// Columns that a line may take.
const WIDTH: usize = 100;
/// How much further than its line's beginning the rest of a line stands.
const INDENT: usize = 2;

/// Breaks lines that are too long between words and sets what goes on in a little further. A word that is longer by itself, such as
/// a path or an id, stays whole.
#[derive(Debug)]
pub(crate) struct Wrapped<W: Write> {
    out: W,
    line: Vec<u8>,
}

impl<W: Write> Wrapped<W> {
    pub(crate) fn new(out: W) -> Self {
        Wrapped { out, line: Vec::new() }
    }

    fn end_line(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&line);
        let body = text.trim_end_matches('\n');
        if body.chars().count() <= WIDTH {
            return self.out.write_all(&line);
        }
        let words = body.trim_start_matches(' ');
        let indent = body.len() - words.len();
        write!(self.out, "{:indent$}", "")?;
        let mut column = indent;
        for (place, word) in words.split(' ').enumerate() {
            let length = word.chars().count();
            if place > 0 && column + 1 + length > WIDTH {
                let indent = indent + INDENT;
                write!(self.out, "\n{:indent$}{word}", "")?;
                column = indent + length;
            } else if place > 0 {
                write!(self.out, " {word}")?;
                column += 1 + length;
            } else {
                self.out.write_all(word.as_bytes())?;
                column += length;
            }
        }
        if text.ends_with('\n') { writeln!(self.out) } else { Ok(()) }
    }
}

impl<W: Write> Write for Wrapped<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|&byte| byte == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                self.end_line()?;
            }
        }
        Ok(bytes.len())
    }

    /// Ends the line that is begun, so nothing but the last part of an output should be flushed.
    fn flush(&mut self) -> io::Result<()> {
        if !self.line.is_empty() {
            self.end_line()?;
        }
        self.out.flush()
    }
}
