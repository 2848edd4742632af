//! Making batches: columns of words, times and lists, and what a schema says of itself.

use std::collections::BTreeMap;
use std::ops::{Bound, Range, RangeBounds};
use std::sync::Arc;

use arrow_array::types::{Int32Type, TimestampMillisecondType, UInt8Type};
use arrow_array::{
    ArrayRef, DictionaryArray, Int32Array, ListArray, PrimitiveArray, RecordBatch,
    RecordBatchOptions, StringArray, StructArray, UInt8Array,
};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{ArrowError, Field, Fields, Schema};

use super::TableError;
use super::carried;
use crate::Timestamp;
use crate::codebook::Codebook;
use crate::complaint::{Deadline, NotUnderstood};
use crate::triage::Triage;

impl From<ArrowError> for TableError {
    fn from(error: ArrowError) -> Self {
        TableError::Arrow { fault: error.to_string() }
    }
}

/// A table that is being made, column by column.
#[derive(Debug)]
pub(super) struct Made {
    rows: usize,
    fields: Vec<Field>,
    columns: Vec<ArrayRef>,
    metadata: BTreeMap<String, String>,
}

impl Made {
    pub(super) fn new(
        kind: &str,
        codebook: &Codebook,
        model: Option<&Triage>,
        rows: usize,
    ) -> Self {
        let mut said = vec![
            ("table", kind.to_owned()),
            ("codebook", codebook.identity().to_string()),
            ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ];
        if let Some(model) = model {
            said.push(("model", model.identity().to_string()));
            said.push(("fingerprint", model.fingerprint().to_string()));
        }
        let said = said.into_iter().map(|(key, value)| (format!("caserank.{key}"), value));
        Made { rows, fields: Vec::new(), columns: Vec::new(), metadata: said.collect() }
    }

    /// Adds a column that may hold nulls.
    pub(super) fn add(&mut self, name: impl Into<String>, column: ArrayRef) {
        self.add_field(name, column, true);
    }

    /// Adds a column without nulls.
    pub(super) fn add_whole(&mut self, name: impl Into<String>, column: ArrayRef) {
        self.add_field(name, column, false);
    }

    fn add_field(&mut self, name: impl Into<String>, column: ArrayRef, nullable: bool) {
        self.fields.push(Field::new(name, column.data_type().clone(), nullable));
        self.columns.push(column);
    }

    pub(super) fn batch(self) -> Result<RecordBatch, TableError> {
        let schema = Schema::new_with_metadata(self.fields, self.metadata.into_iter().collect());
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        Ok(RecordBatch::try_new_with_options(Arc::new(schema), self.columns, &options)?)
    }
}

/// A range of so many rows.
pub(super) fn within(range: &impl RangeBounds<usize>, rows: usize) -> Range<usize> {
    let start = match range.start_bound() {
        Bound::Included(&start) => start,
        Bound::Excluded(&before) => before.saturating_add(1),
        Bound::Unbounded => 0,
    };
    let end = match range.end_bound() {
        Bound::Included(&last) => last.saturating_add(1),
        Bound::Excluded(&end) => end,
        Bound::Unbounded => rows,
    };
    let end = end.min(rows);
    start.min(end)..end
}

/// Texts, as long as one array can hold them.
pub(super) fn texts<'a, T: AsRef<str> + 'a>(
    texts: impl Iterator<Item = Option<T>> + Clone,
) -> Result<ArrayRef, TableError> {
    let limit = i32::MAX as usize;
    let bytes: usize = texts.clone().flatten().map(|text| text.as_ref().len()).sum();
    if bytes > limit {
        return Err(TableError::TooMuch { limit });
    }
    Ok(Arc::new(texts.collect::<StringArray>()))
}

/// Words of a short list, by place.
pub(super) fn listed<'a>(
    words: impl IntoIterator<Item = &'a str>,
    positions: impl Iterator<Item = Option<u8>>,
) -> Result<ArrayRef, TableError> {
    let words: StringArray = words.into_iter().map(Some).collect();
    let keys: UInt8Array = positions.collect();
    Ok(Arc::new(DictionaryArray::<UInt8Type>::try_new(keys, Arc::new(words))?))
}

/// Words that many rows share, numbered as they are met.
#[derive(Debug, Default)]
pub(super) struct Words {
    key_of: BTreeMap<String, i32>,
    words: Vec<String>,
    keys: Vec<Option<i32>>,
}

impl Words {
    pub(super) fn push(&mut self, word: Option<&str>) {
        let key = word.map(|word| match self.key_of.get(word) {
            Some(&key) => key,
            None => {
                let key = i32::try_from(self.words.len()).unwrap_or(i32::MAX);
                self.key_of.insert(word.to_owned(), key);
                self.words.push(word.to_owned());
                key
            }
        });
        self.keys.push(key);
    }

    pub(super) fn of<'a>(
        words: impl Iterator<Item = Option<&'a str>>,
    ) -> Result<ArrayRef, TableError> {
        let mut all = Words::default();
        words.for_each(|word| all.push(word));
        all.column()
    }

    pub(super) fn column(self) -> Result<ArrayRef, TableError> {
        let words = texts(self.words.iter().map(|word| Some(word.as_str())))?;
        let keys = Int32Array::from(self.keys);
        Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(keys, words)?))
    }
}

/// Times in UTC, in milliseconds: Parquet knows no seconds, and gives numbers back for them.
pub(super) fn times(times: impl Iterator<Item = Option<Timestamp>>) -> ArrayRef {
    let milliseconds = times.map(|time| time.map(|time| time.unix_seconds() * 1_000));
    let milliseconds: PrimitiveArray<TimestampMillisecondType> = milliseconds.collect();
    Arc::new(milliseconds.with_timezone("UTC"))
}

/// How many values each row's list holds; a list of none is null.
#[derive(Debug, Default)]
pub(super) struct Lengths(Vec<usize>);

impl Lengths {
    pub(super) fn push(&mut self, length: usize) {
        self.0.push(length);
    }

    /// Lists of values.
    pub(super) fn lists(self, values: ArrayRef) -> Result<ArrayRef, TableError> {
        let limit = i32::MAX as usize;
        if values.len() > limit {
            return Err(TableError::TooMuch { limit });
        }
        let offsets = OffsetBuffer::<i32>::from_lengths(self.0.iter().copied());
        // A list of nothing says no more than none does, and takes no room in a file.
        let nulls: NullBuffer = self.0.iter().map(|&length| length > 0).collect();
        let field = Arc::new(Field::new_list_field(values.data_type().clone(), true));
        Ok(Arc::new(ListArray::try_new(field, offsets, values, Some(nulls))?))
    }

    /// Lists of structs.
    pub(super) fn structs(self, columns: Vec<(&str, ArrayRef)>) -> Result<ArrayRef, TableError> {
        let fields: Fields = columns
            .iter()
            .map(|(name, column)| Field::new(*name, column.data_type().clone(), true))
            .collect();
        let columns = columns.into_iter().map(|(_, column)| column).collect();
        self.lists(Arc::new(StructArray::try_new(fields, columns, None)?))
    }
}

/// Deadlines of each row: lists of `kind` and `due`.
pub(super) fn deadlines(of: impl Iterator<Item = Vec<Deadline>>) -> Result<ArrayRef, TableError> {
    let (mut kinds, mut due, mut lengths) = (Words::default(), Vec::new(), Lengths::default());
    for deadlines in of {
        lengths.push(deadlines.len());
        for deadline in deadlines {
            kinds.push(Some(&deadline.kind.to_string()));
            due.push(Some(deadline.due));
        }
    }
    lengths.structs(vec![("kind", kinds.column()?), ("due", times(due.into_iter()))])
}

/// What was not understood in each row, as [`carried`] reads it.
pub(super) fn not_understood(
    of: impl Iterator<Item = Vec<NotUnderstood>>,
) -> Result<ArrayRef, TableError> {
    let (mut all, mut lengths) = (Vec::new(), Lengths::default());
    for entries in of {
        lengths.push(entries.len());
        for what in entries {
            // A reason left blank would read back as none: a warning less.
            let why = crate::base::json::value(what.why()).to_string();
            all.push((what, why));
        }
    }
    let reasons: Vec<String> = all.iter().map(|(what, _)| what.why().to_string()).collect();
    let columns = [
        texts(all.iter().map(|(what, _)| Some(what.item())))?,
        texts(all.iter().map(|(what, _)| Some(what.text())))?,
        texts(reasons.iter().map(Some))?,
        texts(all.iter().map(|(_, why)| Some(why)))?,
        texts(all.iter().map(|(what, _)| what.column()))?,
    ];
    lengths.structs(carried::FIELDS.into_iter().zip(columns).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_schema::DataType;

    #[test]
    fn what_was_not_understood_is_written_as_it_is_read() {
        use crate::complaint::WhyNotUnderstood;
        let what = NotUnderstood::new("urgent", "yess", WhyNotUnderstood::MissingWord);
        let column =
            not_understood([vec![], vec![what.clone().in_column("U"), what.clone()]].into_iter());
        let column = column.unwrap();
        assert!(carried::is_carried(&super::super::columns::ColumnType {
            name: carried::NAME.to_owned(),
            data_type: column.data_type().clone(),
        }));
        assert!(matches!(column.data_type(), DataType::List(_)));
        assert_eq!(carried::read(&column, 0), []);
        assert_eq!(carried::read(&column, 1), [what.clone().in_column("U"), what]);
    }
}
