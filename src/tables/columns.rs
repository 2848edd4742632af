//! The columns of a schema, structs taken apart into their fields.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, Field, Fields, TimeUnit};

use super::TableError;
use crate::backlog::ColumnUse;

/// Structs are taken apart so deep; what lies deeper stays a value.
const DEEPEST: usize = 8;

/// One column, by its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ColumnType {
    /// Names of structs and field, joined by dots.
    pub(super) name: String,
    pub(super) data_type: DataType,
}

/// All columns of a schema, in order.
pub(super) fn columns_of(fields: &Fields) -> Vec<ColumnType> {
    fn add(field: &Field, before: &str, depth: usize, columns: &mut Vec<ColumnType>) {
        let name = format!("{before}{}", field.name());
        match field.data_type() {
            DataType::Struct(inner) if depth < DEEPEST => {
                for field in inner {
                    add(field, &format!("{name}."), depth + 1, columns);
                }
            }
            data_type => columns.push(ColumnType { name, data_type: data_type.clone() }),
        }
    }
    let mut columns = Vec::new();
    for field in fields {
        add(field, "", 0, &mut columns);
    }
    columns
}

/// The arrays of a batch in the order of [`columns_of`], each with where it or a struct around it is null.
pub(super) fn arrays_of(batch: &RecordBatch) -> Vec<(ArrayRef, Option<NullBuffer>)> {
    type Arrays = Vec<(ArrayRef, Option<NullBuffer>)>;
    fn add(array: &ArrayRef, around: Option<&NullBuffer>, depth: usize, arrays: &mut Arrays) {
        let nulls = NullBuffer::union(array.nulls(), around);
        match array.as_struct_opt() {
            Some(inner) if depth < DEEPEST => {
                for column in inner.columns() {
                    add(column, nulls.as_ref(), depth + 1, arrays);
                }
            }
            _ => arrays.push((Arc::clone(array), nulls)),
        }
    }
    let mut arrays = Vec::new();
    for column in batch.columns() {
        add(column, None, 0, &mut arrays);
    }
    arrays
}

impl ColumnType {
    /// Whether it can be read as what it is needed for.
    pub(super) fn check(&self, needed: ColumnUse, has_clock: bool) -> Result<(), TableError> {
        let refused = |expected| TableError::Type {
            column: crate::base::text::cut(&self.name, 64),
            data_type: crate::base::text::cut(&self.data_type.to_string(), 200),
            expected,
        };
        let serves = match needed {
            ColumnUse::Value => is_value(&self.data_type),
            ColumnUse::Answers => is_value(element(&self.data_type)),
            ColumnUse::Time => is_value(&self.data_type) && self.data_type != DataType::Boolean,
            ColumnUse::Deadlines => match element(&self.data_type) {
                DataType::Struct(fields) => {
                    fields.len() == 2 && fields.iter().all(|field| is_value(field.data_type()))
                }
                whole => is_value(whole),
            },
        };
        if !serves {
            return Err(refused(match needed {
                ColumnUse::Value => "text, a number, a boolean or a time",
                ColumnUse::Answers => "text, a number, a boolean, or a list of such",
                ColumnUse::Time => "a timestamp, a date or text",
                ColumnUse::Deadlines => {
                    "a time, text, a list of such, or a list of structs of a text and a time"
                }
            }));
        }
        let timed = matches!(needed, ColumnUse::Time | ColumnUse::Deadlines);
        if timed && !has_clock && has_wall_clock(&self.data_type) {
            return Err(TableError::NoZone {
                column: crate::base::text::cut(&self.name, 64),
                data_type: self.data_type.to_string(),
            });
        }
        Ok(())
    }
}

/// The type of what a list holds, or the type itself.
pub(super) fn element(data_type: &DataType) -> &DataType {
    match data_type {
        DataType::List(field)
        | DataType::LargeList(field)
        | DataType::ListView(field)
        | DataType::LargeListView(field)
        | DataType::FixedSizeList(field, _)
        | DataType::Map(field, _) => field.data_type(),
        other => other,
    }
}

fn is_value(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => is_value(values),
        DataType::Time32(_)
        | DataType::Time64(_)
        | DataType::Duration(_)
        | DataType::Interval(_)
        | DataType::Union(..)
        | DataType::RunEndEncoded(..) => false,
        other => !other.is_nested(),
    }
}

pub(super) fn is_time(data_type: &DataType) -> bool {
    match data_type {
        DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 => true,
        DataType::Dictionary(_, values) => is_time(values),
        _ => false,
    }
}

fn has_wall_clock(data_type: &DataType) -> bool {
    match data_type {
        DataType::Timestamp(_, zone) => zone.is_none(),
        DataType::Dictionary(_, values) => has_wall_clock(values),
        DataType::Struct(fields) => fields.iter().any(|field| has_wall_clock(field.data_type())),
        list if list.is_nested() && element(list) != list => has_wall_clock(element(list)),
        _ => false,
    }
}

/// Units of a type of timestamps that make a second.
pub(super) fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}
