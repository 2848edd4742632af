//! What a sample of a source holds: its form, its columns, and the words in them.

use std::collections::BTreeMap;

use crate::intake::error::SourceError;
use crate::intake::flatten::flatten;
use crate::intake::headings::{folded, folded_word};
use crate::intake::json::{path_of_records, records};
use crate::intake::kind::SourceKind;
use crate::intake::mapping::{Encoding, JsonForm, Quote, Separator, SourceForm, TableForm};
use crate::intake::rows::{Guard, Row};
use crate::intake::table::{Signs, Table, stated_separator};
use crate::intake::text::{decoded, guessed};

/// The most different words that are kept of a column.
const MOST_WORDS: usize = 1_000;
/// Rows in which the heading is looked for.
const ROWS_ABOVE: usize = 10;
/// Lines by which the separator is told.
const LINES_COUNTED: usize = 50;

/// One column of the sample.
#[derive(Debug, Clone, Default)]
pub(super) struct SampleColumn {
    pub(super) name: String,
    /// Records that fill it in.
    pub(super) filled: u64,
    /// Words as they came, and how often; the first [`MOST_WORDS`] that differ.
    pub(super) words: BTreeMap<String, u64>,
}

impl SampleColumn {
    fn add(&mut self, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        self.filled += 1;
        if let Some(count) = self.words.get_mut(text) {
            *count += 1;
        } else if self.words.len() < MOST_WORDS {
            self.words.insert(text.to_owned(), 1);
        }
    }

    /// The words seen most often.
    pub(super) fn most_frequent(&self, most: usize) -> Vec<(String, u64)> {
        let mut words: Vec<_> =
            self.words.iter().map(|(word, &count)| (word.clone(), count)).collect();
        words.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        words.truncate(most);
        words
    }
}

/// A sample, read as far as it can be without knowing what its columns mean.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    pub(super) form: SourceForm,
    pub(super) columns: Vec<SampleColumn>,
    /// By record, in the order of the columns; those of a record may be fewer.
    pub(super) records: Vec<Vec<String>>,
    pub(super) guessed_encoding: Option<Encoding>,
}

impl Sample {
    /// Reads a sample; `weight` says how much a row of names looks like a heading.
    pub(super) fn read(sample: &[u8], weight: &dyn Fn(&str) -> usize) -> Result<Self, SourceError> {
        let kind = SourceKind::of(sample);
        let encoding = guessed(sample);
        let text = decoded(sample, encoding);
        match kind {
            SourceKind::Table => Sample::of_table(&text, encoding, weight),
            SourceKind::Json | SourceKind::NdJson => {
                Ok(Sample::of_json(&String::from_utf8_lossy(&text), kind))
            }
            kind => Err(SourceError::Kind { kind }),
        }
    }

    fn of_table(
        text: &[u8],
        encoding: Encoding,
        weight: &dyn Fn(&str) -> usize,
    ) -> Result<Self, SourceError> {
        let mut form = TableForm {
            separator: separator(text),
            quote: Quote::Double,
            encoding,
            ..TableForm::default()
        };
        // A draft leaves out no line but those above the heading: an id may begin with `#`, too.
        form.rows_before_heading = rows_above(text, &form, weight);
        let table = Table::open(text, &form, Signs(None))
            .ok_or(SourceError::Kind { kind: SourceKind::Empty })?;
        form.separator = table.separator;
        let mut columns: Vec<SampleColumn> = table
            .names
            .iter()
            .map(|name| SampleColumn { name: name.clone(), ..SampleColumn::default() })
            .collect();
        let (mut table, mut row, mut all) = (table, Row::default(), Vec::new());
        while table.next(&mut row, &Guard::NONE) {
            let fields = (0..row.len()).map(|field| row.field(field, text));
            let fields: Vec<String> =
                fields.map(|field| String::from_utf8_lossy(field).trim().to_owned()).collect();
            all.push(fields);
        }
        // A sample cuts through its last row.
        if all.len() > 1
            && !text.ends_with(b"\n")
            && all.last().is_some_and(|last| last.len() < columns.len())
        {
            all.pop();
        }
        form.rows_after_heading = rows_below(&all);
        all.drain(..form.rows_after_heading as usize);
        for record in &all {
            for (column, field) in columns.iter_mut().zip(record) {
                column.add(field);
            }
        }
        let guessed_encoding = (encoding == Encoding::Windows1252).then_some(encoding);
        let form = SourceForm::Table(form);
        Ok(Sample { form, columns, records: all, guessed_encoding })
    }

    fn of_json(text: &str, kind: SourceKind) -> Self {
        let path = (kind == SourceKind::Json && text.trim_start().starts_with('{'))
            .then(|| path_of_records(text))
            .flatten();
        let mut columns: Vec<SampleColumn> = Vec::new();
        let mut positions: BTreeMap<String, usize> = BTreeMap::new();
        let mut all = Vec::new();
        // Nothing says yet what a record is: a sample ends at its first fault.
        records(text, kind, path.as_deref(), &|_| false, &mut |record| {
            let mut fields = vec![String::new(); columns.len()];
            let whole = flatten(&text[record.bytes], &mut |path, text| {
                let position = *positions.entry(path.to_owned()).or_insert_with(|| {
                    columns.push(SampleColumn { name: path.to_owned(), ..SampleColumn::default() });
                    columns.len() - 1
                });
                columns[position].add(text);
                fields.resize(columns.len().max(fields.len()), String::new());
                if fields[position].is_empty() {
                    text.trim().clone_into(&mut fields[position]);
                }
            });
            if whole.is_ok() {
                all.push(fields);
            }
            true
        });
        columns.retain(|column| !column.name.is_empty());
        let form = SourceForm::Json(JsonForm { records: path });
        Sample { form, columns, records: all, guessed_encoding: None }
    }
}

/// Comments above the heading. A heading may begin with `#` too, as in `# Priors`; a comment has fewer fields than what is below.
fn comments_above(text: &[u8], separator: Separator) -> u32 {
    let lines = || {
        let lines = text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
        lines.filter(|line| !line.is_empty() && stated_separator(line).is_none())
    };
    let fields = |line: &[u8]| line.iter().filter(|&&byte| byte == separator.byte()).count();
    let is_marked = |line: &&[u8]| line.starts_with(b"#");
    let below = lines().find(|line| !is_marked(line)).map_or(0, fields);
    let above = lines().take_while(|line| is_marked(line) && fields(line) < below);
    u32::try_from(above.take(ROWS_ABOVE).count()).unwrap_or(0)
}

/// The separator that most lines have, and have most alike.
fn separator(text: &[u8]) -> Separator {
    let lines = || {
        let lines = text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
        lines.filter(|line| !line.is_empty()).take(LINES_COUNTED)
    };
    if let Some(stated) = lines().next().and_then(stated_separator) {
        return stated;
    }
    let score = |separator: &Separator| {
        let form = TableForm { separator: *separator, ..TableForm::default() };
        let mut rows = crate::intake::rows::Rows::new(text, form.separator, form.quote);
        let (mut row, mut counts) = (Row::default(), BTreeMap::<usize, usize>::new());
        for _ in 0..LINES_COUNTED {
            if !rows.read(&mut row, &Guard::NONE) {
                break;
            }
            if row.len() > 1 {
                *counts.entry(row.len()).or_default() += 1;
            }
        }
        counts.into_iter().map(|(fields, rows)| (rows, fields)).max().unwrap_or_default()
    };
    // Of equals the first counts: the comma.
    let best = Separator::ALL.into_iter().rev().max_by_key(|separator| score(separator));
    best.unwrap_or_default()
}

/// Rows above the one that looks most like a heading.
fn rows_above(text: &[u8], form: &TableForm, weight: &dyn Fn(&str) -> usize) -> u32 {
    let form = TableForm { rows_before_heading: 0, ..form.clone() };
    let Some(mut table) = Table::open(text, &form, Signs(None)) else { return 0 };
    let mut names = std::mem::take(&mut table.names);
    let (mut row, mut best, mut rows) = (Row::default(), (0, 0), 0);
    for above in 0..ROWS_ABOVE {
        let named: usize = names.iter().map(|name| weight(name)).sum();
        if named > best.0 {
            best = (named, above);
        }
        if !table.next(&mut row, &Guard::NONE) {
            break;
        }
        let fields = (0..row.len()).map(|field| row.field(field, text));
        names = fields.map(|field| String::from_utf8_lossy(field).trim().to_owned()).collect();
        rows += 1;
    }
    if best.0 == 0 {
        // No known name: the first row that is as wide as the rows below it.
        let is_title = rows > 1
            && Table::open(text, &form, Signs(None)).is_some_and(|table| {
                table.names.iter().filter(|name| !name.is_empty()).count() <= 1
                    && table.names.len() > 1
            });
        return comments_above(text, form.separator).max(u32::from(is_title));
    }
    best.1 as u32
}

/// Rows below the heading that have words alone where later rows have numbers.
fn rows_below(records: &[Vec<String>]) -> u32 {
    let has_digits = |text: &String| text.bytes().any(|byte| byte.is_ascii_digit());
    let like_names = |record: &Vec<String>| {
        let filled = record.iter().filter(|field| !field.is_empty()).count();
        let mut seen: Vec<String> = record.iter().map(|field| folded_word(field)).collect();
        seen.retain(|field| !field.is_empty());
        seen.sort();
        seen.dedup();
        // Names differ from each other, and a complaint has a number somewhere: its id or time.
        filled >= 2 && seen.len() == filled && !record.iter().any(has_digits)
    };
    let later = records.iter().skip(1).take(20);
    let later = later.filter(|record| record.iter().any(has_digits)).count();
    u32::from(later > 0 && records.first().is_some_and(like_names))
}

/// Whether two names of columns are one.
pub(super) fn is_one(first: &str, second: &str) -> bool {
    let first = folded(first);
    !first.is_empty() && first == folded(second)
}
