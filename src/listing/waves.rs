//! Lines written as text by several threads, in order, in memory that does not grow with the ranking.

use std::io::{self, Write};
use std::sync::Arc;

use super::Listing;
use super::line::{Line, Reader};
use crate::base::{in_order, threads};

/// Lines that one thread writes at a time.
const LINES: usize = 2_048;

/// Writes every line of a listing by `write`, which is given the line and its id, first to last.
pub(super) fn write_all(
    listing: &Listing<'_>,
    mut sink: impl Write,
    write: impl Fn(&Line<'_>, &str, &mut Vec<u8>) + Sync,
) -> io::Result<()> {
    let lines = listing.ranking.len();
    let triage = listing.ranking.triage();
    let single = Arc::new(triage.engine().single_answers(triage.codebook()));
    let wave = LINES * threads();
    let mut texts: Vec<Vec<u8>> = Vec::new();
    for first in (0..lines).step_by(wave) {
        texts.resize(threads(), Vec::new());
        let starts = (first..lines.min(first + wave)).step_by(LINES);
        let jobs: Vec<(usize, Vec<u8>)> = starts.zip(texts.drain(..)).collect();
        texts = in_order(jobs, |(start, mut text)| {
            text.clear();
            let mut reader = Reader::with(listing.ranking, Arc::clone(&single));
            for before in start..lines.min(start + LINES) {
                if let Some((line, id)) = reader.read_with_id(before + 1) {
                    write(line, id, &mut text);
                }
            }
            text
        });
        for text in &texts {
            sink.write_all(text)?;
        }
    }
    sink.flush()
}

/// A whole number in decimal digits.
pub(super) fn number(value: i64, out: &mut Vec<u8>) {
    let mut digits = [0_u8; 20];
    let mut start = digits.len();
    let mut rest = value.unsigned_abs();
    loop {
        start -= 1;
        digits[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[start..]);
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_written_as_rust_writes_them() {
        for value in [0, 1, -1, 10, -999, 1_000_000_000, i64::MAX, i64::MIN] {
            let mut text = Vec::new();
            number(value, &mut text);
            assert_eq!(String::from_utf8(text).unwrap(), value.to_string());
        }
    }
}
