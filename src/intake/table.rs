//! The top of a table: what stands above its rows, and its heading.

use std::ops::Range;

use super::headings::folded;
use super::mapping::{Separator, TableForm};
use super::plan::Plan;
use super::rows::{Guard, Row, Rows};

/// The heading of a table, and its rows behind it.
#[derive(Debug, Clone)]
pub(super) struct Table<'a> {
    pub(super) source: &'a [u8],
    /// The names of the columns, blank ones among them.
    pub(super) names: Vec<String>,
    /// The heading as it stands in the source; blank where the mapping states the names.
    pub(super) heading: &'a [u8],
    /// Lines with neither a record nor nothing: the heading and what stands around it.
    pub(super) heading_lines: u64,
    pub(super) blank_lines: u64,
    pub(super) separator: Separator,
    pub(super) rows: Rows<'a>,
    comment: Option<Vec<u8>>,
    after_heading: u32,
    /// Rows that the mapping passes over, as they stand, each with its lines.
    passed_over: Vec<(Range<usize>, [u64; 2])>,
}

/// The separator that a first line `sep=;` states, as some spreadsheet programs write it.
pub(super) fn stated_separator(line: &[u8]) -> Option<Separator> {
    let line = line.trim_ascii_start();
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    let sign =
        line.get(..4).filter(|start| start.eq_ignore_ascii_case(b"sep=")).map(|_| &line[4..])?;
    Separator::ALL.into_iter().find(|separator| sign == [separator.byte()])
}

/// By what a line is known, with a mapping, that no quote left open above it may swallow.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs<'p>(pub(super) Option<&'p Plan>);

impl Signs<'_> {
    /// Whether a line names columns for the id and the time of receipt.
    fn is_heading(self, row: &Row, text: &[u8]) -> bool {
        let Some(plan) = self.0 else { return false };
        let names: Vec<String> = (0..row.len())
            .map(|field| folded(&String::from_utf8_lossy(row.field(field, text))))
            .collect();
        let is_named = |name: &usize| names.contains(&plan.names[*name].folded);
        [&plan.id, &plan.received.columns].iter().all(|of| of.iter().any(is_named))
    }

    /// Whether a line has so many fields, and a time of receipt may stand in one.
    fn is_row(self, row: &Row, text: &[u8], width: usize) -> bool {
        let Some(plan) = self.0.filter(|_| width > 1 && row.len() == width) else { return false };
        let texts = (0..width).filter_map(|field| std::str::from_utf8(row.field(field, text)).ok());
        let mut texts = texts.map(|text| text.trim_matches(['"', '\'']));
        texts.any(|text| plan.received.rule.may_mean(text))
    }
}

impl<'a> Table<'a> {
    /// Reads up to the heading; `None` where there is none.
    pub(super) fn open(source: &'a [u8], form: &TableForm, signs: Signs<'_>) -> Option<Self> {
        let (mut separator, mut heading_lines, mut blank_lines) = (form.separator, 0, 0);
        let mut rows = Rows::new(source, separator, form.quote);
        while !rows.is_at_end() && rows.peek_line().trim_ascii().is_empty() {
            rows.skip_line();
            blank_lines += 1;
        }
        if let Some(stated) = stated_separator(rows.peek_line()) {
            separator = stated;
            rows = rows.with_separator(stated);
            rows.skip_line();
            heading_lines += 1;
        }
        let mut table = Table {
            source,
            names: form.headings.clone(),
            heading: b"",
            heading_lines,
            blank_lines,
            separator,
            rows,
            comment: form.comment.as_ref().map(|comment| comment.clone().into_bytes()),
            after_heading: form.rows_after_heading,
            passed_over: Vec::new(),
        };
        let mut row = Row::default();
        for _ in 0..form.rows_before_heading {
            let is_row = |row: &Row, source: &[u8]| signs.is_heading(row, source);
            let guard = Guard { is_row: &is_row, may_span: &|_| true };
            if !table.next(&mut row, &guard) {
                return None;
            }
            table.pass_over(row.bytes.clone(), row.lines);
        }
        if form.headings.is_empty() {
            let width = table.width_of_line();
            let is_row = |row: &Row, source: &[u8]| signs.is_row(row, source, width);
            if !table.next(&mut row, &Guard { is_row: &is_row, may_span: &|_| true }) {
                return None;
            }
            table.heading_lines += row.lines[1] - row.lines[0] + 1;
            table.heading = &source[row.bytes.clone()];
            let names = (0..row.len()).map(|field| row.field(field, source));
            table.names =
                names.map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
        }
        Some(table)
    }

    /// How many fields the next line has that is neither blank nor a comment, whatever its quotes are.
    fn width_of_line(&self) -> usize {
        let (mut next, mut row) = (self.clone(), Row::default());
        next.rows = next.rows.without_quotes();
        if next.next(&mut row, &Guard::NONE) { row.len() } else { 0 }
    }

    /// Reads the next row that is neither blank nor a comment.
    pub(super) fn next(&mut self, row: &mut Row, guard: &Guard<'_>) -> bool {
        loop {
            let comment = self.comment.as_ref();
            if comment.is_some_and(|comment| self.rows.peek_line().starts_with(comment)) {
                let line = self.rows.peek_line();
                let start = line.as_ptr() as usize - self.source.as_ptr() as usize;
                let (bytes, number) = (start..start + line.len(), self.rows.line());
                self.rows.skip_line();
                self.pass_over(bytes, [number; 2]);
                continue;
            }
            if !self.rows.read(row, guard) {
                return false;
            }
            if !row.is_blank(self.source) {
                return true;
            }
            self.blank_lines += row.lines[1] - row.lines[0] + 1;
        }
    }

    /// A part of the rows, by itself: lines are counted anew, from 0.
    pub(super) fn part(&self, part: Range<usize>) -> Self {
        Table {
            source: &self.source[..part.end],
            names: Vec::new(),
            heading: b"",
            heading_lines: 0,
            blank_lines: 0,
            separator: self.separator,
            rows: self.rows.of_part(part),
            comment: self.comment.clone(),
            after_heading: 0,
            passed_over: Vec::new(),
        }
    }

    fn pass_over(&mut self, bytes: Range<usize>, lines: [u64; 2]) {
        self.heading_lines += lines[1] - lines[0] + 1;
        self.passed_over.push((bytes, lines));
    }

    /// The rows that the mapping passed over since this was asked for.
    pub(super) fn take_passed_over(&mut self) -> Vec<(Range<usize>, [u64; 2])> {
        std::mem::take(&mut self.passed_over)
    }

    /// Skips the rows below the heading that are no records.
    pub(super) fn skip_below_heading(&mut self, signs: Signs<'_>) {
        let (mut row, width) = (Row::default(), self.names.len());
        let is_row = |row: &Row, source: &[u8]| signs.is_row(row, source, width);
        for _ in 0..self.after_heading {
            if self.next(&mut row, &Guard { is_row: &is_row, may_span: &|_| true }) {
                self.pass_over(row.bytes.clone(), row.lines);
            }
        }
    }
}
