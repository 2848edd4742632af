//! Rows of a table held in memory: where they end, and what fields they have.
//!
//! Fields are read as the csv crate reads them (a test holds the two together), but for a quote
//! that is left open: that row is read as if its quotes were letters, and the rows behind it stay
//! rows. Nothing is copied but fields with doubled quotes.

use std::ops::Range;

use memchr::{memchr, memchr2, memchr3};

use super::cache::short_key_at;
use super::mapping::{Quote, Separator};
use super::marks::{Marks, add_offsets};

/// The most bytes that one field in quotes may have: far more than any that is read here.
const MOST_QUOTED: usize = 1 << 16;

/// Where a field of a row stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Field {
    /// In the source.
    Source(Range<usize>),
    /// Among the fields that had to be put together.
    Joined(Range<usize>),
}

/// One row of a table.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    /// Of a row without quotes: the place before its first byte, and where each field ends.
    bounds: Vec<usize>,
    /// Of a row with quotes.
    fields: Vec<Field>,
    joined: Vec<u8>,
    /// All of it in the source, without the line end.
    pub(super) bytes: Range<usize>,
    /// Its first and last line, from 1.
    pub(super) lines: [u64; 2],
    /// Whether a quote in it is left open.
    pub(super) open_quote: bool,
}

impl Row {
    pub(super) fn len(&self) -> usize {
        self.bounds.len().saturating_sub(1) + self.fields.len()
    }

    #[inline]
    pub(super) fn field<'a>(&'a self, number: usize, source: &'a [u8]) -> &'a [u8] {
        if let Some(&[before, end]) = self.bounds.get(number..number + 2) {
            return &source[before.wrapping_add(1)..end];
        }
        match self.fields.get(number) {
            Some(Field::Source(range)) => &source[range.clone()],
            Some(Field::Joined(range)) => &self.joined[range.clone()],
            None => b"",
        }
    }

    /// The key of a short field (`cache::short_key_at`) of a row without quotes; 0 for a blank one.
    #[inline(always)]
    pub(super) fn short_key(&self, number: usize, source: &[u8]) -> Option<u64> {
        let &[before, end] = self.bounds.get(number..number + 2)? else { return None };
        let start = before.wrapping_add(1);
        short_key_at(source, start, end - start)
    }

    pub(super) fn is_blank(&self, source: &[u8]) -> bool {
        (0..self.len()).all(|number| self.field(number, source).trim_ascii().is_empty())
    }

    fn clear(&mut self) {
        self.bounds.clear();
        self.fields.clear();
        self.joined.clear();
        self.open_quote = false;
    }
}

/// What a quote must not do: it is then taken as left open.
pub(super) struct Guard<'a> {
    /// Whether a line by itself is a row of the table, which no field may swallow.
    pub(super) is_row: &'a dyn Fn(&Row, &[u8]) -> bool,
    /// Whether a field of this column may go over several lines: what is read holds short words.
    pub(super) may_span: &'a dyn Fn(usize) -> bool,
}

impl Guard<'_> {
    /// Lets every quote go on until it is closed.
    pub(super) const NONE: Guard<'static> = Guard { is_row: &|_, _| false, may_span: &|_| true };
}

/// Goes through a table row by row.
#[derive(Debug, Clone)]
pub(super) struct Rows<'a> {
    source: &'a [u8],
    separator: u8,
    quote: Option<u8>,
    at: usize,
    line: u64,
    /// Of a part in which no quote stands: where fields and lines end.
    marks: Option<Marks>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(source: &'a [u8], separator: Separator, quote: Quote) -> Self {
        let (separator, quote) = (separator.byte(), quote.byte());
        Rows { source, separator, quote, at: 0, line: 1, marks: None }
    }

    pub(super) fn with_separator(self, separator: Separator) -> Self {
        Rows { separator: separator.byte(), ..self }
    }

    /// The same rows, with quotes that are letters.
    pub(super) fn without_quotes(self) -> Self {
        Rows { quote: None, ..self }
    }

    /// The next lines of about so many bytes as a part by itself, which is passed over; `None` at the end, and where
    /// a quote could take a row beyond its line. Lines are not counted.
    pub(super) fn next_part(&mut self, bytes: usize) -> Option<Range<usize>> {
        let (start, source) = (self.at, self.source);
        if self.is_at_end() {
            return None;
        }
        let least = source.len().min(start + bytes);
        let end = memchr2(b'\n', b'\r', &source[least..]).map_or(source.len(), |line_end| {
            let end = least + line_end;
            end + if source[end..].starts_with(b"\r\n") { 2 } else { 1 }
        });
        let part = start..end;
        if self.quote.is_some_and(|quote| memchr(quote, &source[part.clone()]).is_some()) {
            return None;
        }
        self.at = end;
        Some(part)
    }

    /// The rows of a part, lines counted from 0.
    pub(super) fn of_part(&self, part: Range<usize>) -> Self {
        let marks = Some(Marks::new(part.start));
        let source = &self.source[..part.end];
        Rows { source, separator: self.separator, quote: None, at: part.start, line: 0, marks }
    }

    /// The line that begins here, counted from 1, or in a part from 0.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    pub(super) fn set_line(&mut self, line: u64) {
        self.line = line;
    }

    /// The line that begins here, without its end.
    pub(super) fn peek_line(&self) -> &'a [u8] {
        let rest = &self.source[self.at..];
        &rest[..memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())]
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.source.len()
    }

    /// Goes behind the line that begins here.
    pub(super) fn skip_line(&mut self) {
        self.at += self.peek_line().len();
        self.skip_line_end();
    }

    fn skip_line_end(&mut self) {
        match &self.source[self.at..] {
            [b'\r', b'\n', ..] => self.at += 2,
            [b'\r' | b'\n', ..] => self.at += 1,
            _ => return,
        }
        self.line += 1;
    }

    /// Reads the next row, blank or not; `false` at the end.
    pub(super) fn read(&mut self, row: &mut Row, guard: &Guard<'_>) -> bool {
        row.clear();
        if self.is_at_end() {
            return false;
        }
        let (start, first) = (self.at, self.line);
        if let Some(marks) = &mut self.marks {
            row.bounds.push(start.wrapping_sub(1));
            self.at = marks.row(self.source, self.separator, start, &mut row.bounds);
            row.bytes = start..self.at;
            row.lines = [first, first];
            self.skip_line_end();
            return true;
        }
        let plain_end = start + self.peek_line().len();
        let quoted =
            self.quote.is_some_and(|quote| memchr(quote, &self.source[start..plain_end]).is_some());
        if !quoted {
            self.split_plain(row, start..plain_end);
        } else if let Some(end) = self.split_quoted(row, start, guard) {
            self.count_lines(start..end);
            self.at = end;
            row.bytes = start..end;
            row.lines = [first, self.line];
            self.skip_line_end();
            return true;
        } else {
            row.clear();
            row.open_quote = true;
            self.split_plain(row, start..plain_end);
        }
        self.at = plain_end;
        row.bytes = start..plain_end;
        row.lines = [first, first];
        self.skip_line_end();
        true
    }

    fn count_lines(&mut self, inside: Range<usize>) {
        let text = &self.source[inside];
        let mut at = 0;
        while let Some(found) = memchr2(b'\n', b'\r', &text[at..]) {
            let two = text[at + found..].starts_with(b"\r\n");
            at += found + 1 + usize::from(two);
            self.line += 1;
        }
    }

    fn split_plain(&self, row: &mut Row, line: Range<usize>) {
        row.bytes = line.clone();
        row.bounds.push(line.start.wrapping_sub(1));
        add_offsets(&self.source[line.clone()], self.separator, line.start, &mut row.bounds);
        row.bounds.push(line.end);
    }

    /// Splits a row with quotes; gives back where it ends, or `None` if a quote is left open.
    fn split_quoted(&self, row: &mut Row, start: usize, guard: &Guard<'_>) -> Option<usize> {
        let quote = self.quote?;
        let source = self.source;
        let mut at = start;
        loop {
            if source.get(at) == Some(&quote) {
                let begin = at + 1;
                let (joined, mut end) = self.quoted(row.fields.len(), quote, begin, guard)?;
                // What stands behind the closing quote belongs to the field.
                let rest = &source[end..];
                let tail = memchr3(self.separator, b'\n', b'\r', rest).unwrap_or(rest.len());
                if joined || tail > 0 {
                    let from = row.joined.len();
                    let content = &source[begin..end - 1];
                    let mut pieces = content;
                    while let Some(offset) = memchr(quote, pieces) {
                        row.joined.extend_from_slice(&pieces[..=offset]);
                        pieces = pieces.get(offset + 2..).unwrap_or_default();
                    }
                    row.joined.extend_from_slice(pieces);
                    row.joined.extend_from_slice(&rest[..tail]);
                    row.fields.push(Field::Joined(from..row.joined.len()));
                } else {
                    row.fields.push(Field::Source(begin..end - 1));
                }
                end += tail;
                at = end;
            } else {
                let rest = &source[at..];
                let length = memchr3(self.separator, b'\n', b'\r', rest).unwrap_or(rest.len());
                row.fields.push(Field::Source(at..at + length));
                at += length;
            }
            if source.get(at) != Some(&self.separator) {
                return Some(at);
            }
            at += 1;
        }
    }

    /// Whether a field in quotes has doubled ones, and where it ends: behind its closing quote.
    fn quoted(
        &self,
        column: usize,
        quote: u8,
        begin: usize,
        guard: &Guard<'_>,
    ) -> Option<(bool, usize)> {
        let (mut doubled, mut at) = (false, begin);
        let most = self.source.len().min(begin + MOST_QUOTED + 1);
        let end = loop {
            let found = at + memchr(quote, self.source.get(at..most)?)?;
            if self.source.get(found + 1) != Some(&quote) {
                break found;
            }
            doubled = true;
            at = found + 2;
        };
        let content = &self.source[begin..end];
        if memchr2(b'\n', b'\r', content).is_some() {
            if !(guard.may_span)(column) {
                return None;
            }
            // The first line belongs to this row in any case; of the last, only a part is inside.
            let mut inner = Rows { at: begin, quote: None, marks: None, ..*self };
            let mut swallowed = Row::default();
            inner.skip_line();
            while inner.at <= end && !inner.is_at_end() {
                let line = inner.peek_line();
                inner.split_plain(&mut swallowed, inner.at..inner.at + line.len());
                if (guard.is_row)(&swallowed, self.source) {
                    return None;
                }
                swallowed.clear();
                inner.skip_line();
            }
        }
        Some((doubled, end + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(Vec<String>, [u64; 2], bool)> {
        let source = text.as_bytes();
        let mut rows = Rows::new(source, Separator::Comma, Quote::Double);
        let (mut row, mut found) = (Row::default(), Vec::new());
        let is_row = |row: &Row, source: &[u8]| row.len() == 3 && row.field(1, source) == b"t";
        let guard = Guard { is_row: &is_row, may_span: &|_| true };
        while rows.read(&mut row, &guard) {
            let fields = (0..row.len()).map(|number| row.field(number, source));
            let fields = fields.map(|field| String::from_utf8_lossy(field).into_owned());
            found.push((fields.collect(), row.lines, row.open_quote));
        }
        found
    }

    #[test]
    fn rows_keep_their_lines() {
        let text = "a,t,\"x\"\"y,z\"\r\n\"b\",t,\"two\nlines\"\rc,t,d\n\ne,t,f";
        let read = rows(text);
        let expected: [(&[&str], [u64; 2]); 5] = [
            (&["a", "t", "x\"y,z"], [1, 1]),
            (&["b", "t", "two\nlines"], [2, 3]),
            (&["c", "t", "d"], [4, 4]),
            (&[""], [5, 5]),
            (&["e", "t", "f"], [6, 6]),
        ];
        assert_eq!(read.len(), expected.len());
        for ((fields, lines, open), (wanted, at)) in read.iter().zip(expected) {
            assert_eq!(
                (&fields[..], *lines, *open),
                (&wanted.iter().map(|&field| field.to_owned()).collect::<Vec<_>>()[..], at, false)
            );
        }
    }

    #[test]
    fn an_open_quote_swallows_no_row() {
        let read = rows("a,t,\"open\nb,t,c\nd,t,\"e\"\n");
        assert_eq!(read.len(), 3);
        assert!(read[0].2 && !read[1].2);
        assert_eq!(read[0].0, ["a", "t", "\"open"]);
        assert_eq!(read[2].0, ["d", "t", "e"]);
        let read = rows("a,t,\"open\nb,t,c\n");
        assert_eq!((read.len(), read[0].2, read[1].2), (2, true, false));
    }

    /// Whatever the fields, they are those of the csv crate as long as no quote swallows a row.
    #[cfg(feature = "csv")]
    #[test]
    fn fields_are_those_of_the_csv_crate() {
        use proptest::prelude::*;
        let letter =
            prop::sample::select(vec!["a", "b", ",", "\"", "\"\"", "\n", "\r\n", " ", "ü"]);
        let text = prop::collection::vec(letter, 0..40).prop_map(|letters| letters.concat());
        proptest!(ProptestConfig::with_cases(2_000), |(text in text)| {
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(text.as_bytes());
            let theirs: Vec<Vec<String>> = reader
                .records()
                .map(|record| record.unwrap().iter().map(str::to_owned).collect())
                .collect();
            let ours = rows(&text);
            if ours.iter().all(|(_, _, open)| !open) {
                let ours = ours.into_iter().map(|(fields, ..)| fields);
                let ours: Vec<_> = ours.filter(|fields| fields[..] != [""]).collect();
                let theirs: Vec<_> = theirs.into_iter().filter(|fields| fields[..] != [""]).collect();
                prop_assert_eq!(ours, theirs, "{:?}", text);
            }
        });
    }
}
