//! The first line of a file that is not blank, held against the codebook.

use std::collections::BTreeMap;

use memchr::memchr;

use super::fields::{Column, Form};
use super::lines::without_carriage_return;
use super::{COMMA, KNOWN_AT, MOST_RECORD_BYTES};
use crate::backlog::blocks::LINE_END;
use crate::backlog::intake::{IntakeReport, RenamedColumn, shown};
use crate::backlog::{BacklogBuilder, ReadError};
use crate::base::text::cut;
use crate::codebook::{Codebook, nearest, plain_name};
use crate::complaint::Unlisted;

pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

const FIELDS: [(&str, Column); 8] = [
    ("id", Column::Id),
    ("received", Column::Received),
    ("unit", Column::Unit),
    ("subject", Column::Subject),
    ("bundle", Column::Bundle),
    ("stage", Column::Stage),
    ("origin", Column::Origin),
    ("deadlines", Column::Deadlines),
];

/// The heading of a file, once it has been read.
#[derive(Debug, Default)]
pub(super) struct Heading {
    form: Option<Form>,
    /// Whether the beginning of the file has been looked at.
    begun: bool,
}

impl Heading {
    pub(super) fn is_missing(&self) -> bool {
        self.form.is_none()
    }

    pub(super) fn form(&self) -> Option<&Form> {
        self.form.as_ref()
    }

    /// Whether the beginning of the file has been looked at.
    pub(super) fn has_begun(&self) -> bool {
        self.begun
    }

    /// Takes the byte-order mark, blank lines and the heading off the beginning of a block, and
    /// counts their lines.
    pub(super) fn find(
        &mut self,
        builder: &BacklogBuilder,
        block: &mut Vec<u8>,
        line: &mut u64,
        report: &mut IntakeReport,
    ) -> Result<(), ReadError> {
        let mut at = 0;
        if !self.begun && block.starts_with(BYTE_ORDER_MARK) {
            at = BYTE_ORDER_MARK.len();
        }
        self.begun |= !block.is_empty();
        while at < block.len() && self.form.is_none() {
            let end = memchr(LINE_END, &block[at..]).map_or(block.len(), |end| at + end);
            let text = without_carriage_return(&block[at..end]);
            if text.trim_ascii().is_empty() {
                report.blank_lines += 1;
            } else {
                let fields: Vec<&[u8]> = text.split(|&byte| byte == COMMA).collect();
                self.set(builder, text, &fields, report)?;
                report.heading_lines = 1;
            }
            at = (end + 1).min(block.len());
            *line += 1;
            report.lines += 1;
        }
        block.drain(..at);
        Ok(())
    }

    /// Takes a heading: its text as it came, and its fields.
    pub(super) fn set(
        &mut self,
        builder: &BacklogBuilder,
        text: &[u8],
        fields: &[&[u8]],
        report: &mut IntakeReport,
    ) -> Result<(), ReadError> {
        if text.len() > MOST_RECORD_BYTES {
            return Err(ReadError::HeadingTooLong { limit: MOST_RECORD_BYTES });
        }
        report.heading = Some(text.to_vec());
        self.form = Some(form(builder, text, fields, report)?);
        Ok(())
    }
}

/// Columns by their names without case, blanks, marks and separators. Items that are alike so are
/// found by their exact names only.
fn plain_names(codebook: &Codebook) -> BTreeMap<String, Option<Column>> {
    let mut names: BTreeMap<String, Option<Column>> = BTreeMap::new();
    let fields = FIELDS.into_iter().map(|(name, column)| (name.to_owned(), column));
    let items = codebook.items().iter().enumerate();
    let items = items.flat_map(|(position, item)| {
        let known_at = format!("{}{KNOWN_AT}", item.id);
        [(item.id.clone(), Column::Item(position)), (known_at, Column::KnownAt(position))]
    });
    for (name, column) in fields.chain(items) {
        let entry = names.entry(plain_name(&name));
        entry.and_modify(|column| *column = None).or_insert(Some(column));
    }
    names
}

fn exact(codebook: &Codebook, name: &str) -> Option<Column> {
    if let Some((_, column)) = FIELDS.iter().find(|(field, _)| *field == name) {
        return Some(*column);
    }
    let known_at = || codebook.item_position(name.strip_suffix(KNOWN_AT)?).map(Column::KnownAt);
    codebook.item_position(name).map(Column::Item).or_else(known_at)
}

/// Holds the names of columns against the codebook; `text` is the heading as it came.
pub(super) fn form(
    builder: &BacklogBuilder,
    text: &[u8],
    fields: &[&[u8]],
    report: &mut IntakeReport,
) -> Result<Form, ReadError> {
    let codebook = &builder.codebook;
    let plain = plain_names(codebook);
    let (mut columns, mut names, mut unlisted) = (Vec::new(), Vec::new(), Vec::new());
    let mut seen = std::collections::BTreeSet::new();
    let mut first_unlisted = None;
    for (position, field) in fields.iter().enumerate() {
        let name = std::str::from_utf8(field).map_err(|_| ReadError::HeadingNotText)?.trim();
        let found = exact(codebook, name).or_else(|| *plain.get(&plain_name(name))?);
        let column = found.unwrap_or(Column::Unlisted(unlisted.len()));
        // Spreadsheets leave columns without a name behind; several of them are no fault.
        let key = if found.is_some() { format!("{column:?}") } else { format!("={name}") };
        if !name.is_empty() && !seen.insert(key) {
            return Err(ReadError::RepeatedColumn { column: cut(name, 80) });
        }
        if let Column::Unlisted(_) = column {
            if !name.is_empty() && first_unlisted.is_none() {
                first_unlisted = Some(name);
            }
            let shown = if name.is_empty() {
                format!("(column {}, without a name)", position + 1)
            } else {
                name.to_owned()
            };
            report.add_unmatched(&shown, 0, || resembling(codebook, name));
            unlisted.push(shown);
        }
        columns.push(column);
        names.push(cut(name, 64));
    }
    let given = || fields.iter().filter_map(|field| std::str::from_utf8(field).ok());
    for (needed, column) in [(Column::Id, "id"), (Column::Received, "received")] {
        if !columns.contains(&needed) {
            return Err(missing(text, column, given()));
        }
    }
    if let Some(name) = first_unlisted {
        if !columns.iter().any(|column| matches!(column, Column::Item(_))) {
            return Err(ReadError::NoItems { heading: shown(text), column: cut(name, 80) });
        }
        if builder.reading.unlisted == Unlisted::Refuse {
            let nearest = resembling(codebook, name);
            return Err(ReadError::UnlistedColumn { column: cut(name, 80), nearest });
        }
    }
    let form = Form::new(builder, columns, names, unlisted);
    for (name, &column) in form.names.iter().zip(&form.columns) {
        let read_as = match column {
            Column::KnownAt(_) => format!("{}{KNOWN_AT}", form.column_name(column)),
            _ => form.column_name(column).to_owned(),
        };
        if *name != read_as && !matches!(column, Column::Unlisted(_)) {
            report.renamed.push(RenamedColumn { name: name.clone(), read_as });
        }
    }
    Ok(form)
}

/// The item, or field of a complaint, that a name may stand for.
fn resembling(codebook: &Codebook, name: &str) -> Option<String> {
    let field = nearest(name, FIELDS.into_iter().map(|(field, _)| field));
    let item = codebook.resembling_item(name);
    item.or(field.filter(|_| name.len() > 2)).map(str::to_owned)
}

/// A column that must be there is not: says what the heading looks like, and what may be meant.
fn missing<'a>(
    text: &[u8],
    column: &'static str,
    names: impl Iterator<Item = &'a str> + Clone,
) -> ReadError {
    let heading = shown(text);
    for separator in [b';', b'\t', b'|'] {
        let mut parts = text.split(|&byte| byte == separator);
        let is_id = |part: &[u8]| plain_name(&String::from_utf8_lossy(part.trim_ascii())) == column;
        if text.starts_with(b"sep=") || parts.any(is_id) {
            let separator = match (separator, text.strip_prefix(b"sep=")) {
                (_, Some([given, ..])) => char::from(*given),
                (other, _) => char::from(other),
            };
            return ReadError::Separator { separator, heading };
        }
    }
    let word = |name: &&str| {
        name.split(|letter: char| !letter.is_alphanumeric())
            .any(|part| part.eq_ignore_ascii_case(column))
    };
    let near = names.clone().find(word).or_else(|| nearest(column, names));
    ReadError::MissingColumn { column, heading, nearest: near.map(|name| cut(name.trim(), 80)) }
}
