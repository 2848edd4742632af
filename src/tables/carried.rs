//! What was not understood when complaints were read, carried along in a column of its own.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, StringArray};
use arrow_schema::DataType;

use super::columns::ColumnType;
use crate::complaint::{NotUnderstood, WhyNotUnderstood};

pub(super) const NAME: &str = "not_understood";

/// Fields of an entry; `why` is JSON, `reason` the same in words.
pub(super) const FIELDS: [&str; 5] = ["item", "text", "reason", "why", "column"];

/// Whether a column is one that [`backlog`](super::backlog()) wrote.
pub(super) fn is_carried(column: &ColumnType) -> bool {
    let DataType::List(field) = &column.data_type else { return false };
    let DataType::Struct(fields) = field.data_type() else { return false };
    let has = |name: &&str| {
        fields.find(name).is_some_and(|(_, field)| *field.data_type() == DataType::Utf8)
    };
    column.name == NAME && FIELDS.iter().all(has)
}

/// The entries of a row.
pub(super) fn read(carried: &ArrayRef, row: usize) -> Vec<NotUnderstood> {
    if carried.is_null(row) {
        return Vec::new();
    }
    let entries = carried.as_list::<i32>().value(row);
    let entries = entries.as_struct();
    let column = |name: &str| entries.column_by_name(name).and_then(|array| array.as_string_opt());
    let [item, text, _, why, source] = FIELDS.map(column);
    let get = |array: Option<&StringArray>, entry: usize| {
        let array = array.filter(|array| !array.is_null(entry));
        array.map(|array| array.value(entry).to_owned())
    };
    let read = |entry: usize| {
        // Whatever its reason, or without one that this release knows: what was not understood is told.
        let why = get(why, entry).and_then(|why| serde_json::from_str(&why).ok());
        let why = why.unwrap_or(WhyNotUnderstood::NotAnAnswer);
        let [item, text] = [item, text].map(|of| get(of, entry).unwrap_or_default());
        let item = if item.is_empty() { NAME } else { &item };
        let what = NotUnderstood::new(item, &text, why);
        match get(source, entry) {
            Some(column) => what.in_column(&column),
            None => what,
        }
    };
    (0..entries.len()).map(read).collect()
}
