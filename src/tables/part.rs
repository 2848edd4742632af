//! A batch as a reader sees it: cells by column and row.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_buffer::{ArrowNativeType, NullBuffer};
use arrow_schema::DataType;

use super::carried;
use super::columns::{ColumnType, arrays_of, element, is_time};
use super::text::{Style, key_at, time_at, times_at, write_value};
use crate::backlog::{CellTime, NO_CODE, TableCells};
use crate::codebook::plain_name;
use crate::complaint::NotUnderstood;

/// Texts one behind another.
#[derive(Debug, Default)]
struct Texts {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Texts {
    fn of(array: &dyn Array, style: Style) -> Self {
        let mut texts = Texts::default();
        for row in 0..array.len() {
            write_value(array, row, style, &mut texts.bytes);
            texts.ends.push(texts.bytes.len());
        }
        texts
    }

    fn get(&self, row: usize) -> &[u8] {
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[row]]
    }
}

/// The codes of a dictionary's values, by the number of the reader that found them.
type ValueCodes = Vec<(usize, Arc<[u8]>)>;

/// The values of a dictionary, which batches share, and what was found out about them.
#[derive(Debug)]
struct Dictionary {
    values: ArrayRef,
    texts: OnceLock<Texts>,
    codes: Mutex<ValueCodes>,
}

impl Dictionary {
    fn texts(&self, style: Style) -> &Texts {
        self.texts.get_or_init(|| Texts::of(&*self.values, style))
    }

    /// The code of every value.
    fn codes(
        &self,
        reader: usize,
        style: Style,
        mut of: impl FnMut(&[u8]) -> Option<u8>,
    ) -> Arc<[u8]> {
        // Whoever held it and failed has not changed it.
        let mut known = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, codes)) = known.iter().find(|(number, _)| *number == reader) {
            return Arc::clone(codes);
        }
        let texts = self.texts(style);
        let codes = (0..self.values.len()).map(|key| of(texts.get(key)).unwrap_or(NO_CODE));
        let codes: Arc<[u8]> = codes.collect();
        known.push((reader, Arc::clone(&codes)));
        codes
    }
}

#[derive(Debug)]
struct Column {
    array: ArrayRef,
    /// Where it, or a struct around it, is null.
    nulls: Option<NullBuffer>,
    style: Style,
    is_time: bool,
    dictionary: Option<Arc<Dictionary>>,
    /// Texts of what is no text, made when first asked for.
    texts: OnceLock<Texts>,
}

/// Some rows of a table.
#[derive(Debug, Default)]
pub(super) struct Part {
    rows: usize,
    columns: Vec<Column>,
    /// What another reader did not understand.
    carried: Option<ArrayRef>,
}

/// Makes parts of batches, and keeps what one batch shares with the next.
#[derive(Debug)]
pub(super) struct Parts {
    /// The columns that are read, in order.
    pub(super) columns: Vec<ColumnType>,
    style: Style,
    /// Place of the column of what was not understood, among all.
    carried: Option<usize>,
    dictionaries: Vec<Option<Arc<Dictionary>>>,
}

impl Parts {
    pub(super) fn new(mut columns: Vec<ColumnType>, style: Style) -> Self {
        let carried = columns.iter().position(carried::is_carried);
        if let Some(position) = carried {
            columns.remove(position);
        }
        Parts { dictionaries: vec![None; columns.len()], columns, style, carried }
    }

    pub(super) fn part(&mut self, batch: &RecordBatch) -> Part {
        let mut arrays = arrays_of(batch);
        let carried = self.carried.map(|position| arrays.remove(position).0);
        let columns = arrays.into_iter().enumerate().map(|(position, (array, nulls))| {
            let bare = element(&self.columns[position].data_type);
            let deadlines =
                is_time(bare) && plain_name(&self.columns[position].name) == "deadlines";
            let style = Style { deadlines, ..self.style };
            let dictionary = array.as_any_dictionary_opt().map(|dictionary| {
                let values = dictionary.values();
                let before = self.dictionaries[position].as_ref();
                match before.filter(|before| is_same(&before.values, values)) {
                    Some(before) => Arc::clone(before),
                    None => Arc::new(Dictionary {
                        values: Arc::clone(values),
                        texts: OnceLock::new(),
                        codes: Mutex::default(),
                    }),
                }
            });
            self.dictionaries[position].clone_from(&dictionary);
            Column {
                is_time: is_time(array.data_type()),
                array,
                nulls,
                style,
                dictionary,
                texts: OnceLock::new(),
            }
        });
        Part { rows: batch.num_rows(), columns: columns.collect(), carried }
    }
}

/// Whether two arrays are one in memory.
fn is_same(first: &ArrayRef, second: &ArrayRef) -> bool {
    Arc::ptr_eq(first, second) || first.to_data().ptr_eq(&second.to_data())
}

impl Column {
    fn is_null(&self, row: usize) -> bool {
        self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row))
    }

    fn text(&self, row: usize) -> &[u8] {
        if self.is_null(row) {
            return b"";
        }
        let array = &*self.array;
        match array.data_type() {
            DataType::Utf8 => array.as_string::<i32>().value(row).as_bytes(),
            DataType::LargeUtf8 => array.as_string::<i64>().value(row).as_bytes(),
            DataType::Utf8View => array.as_string_view().value(row).as_bytes(),
            DataType::Binary => array.as_binary::<i32>().value(row),
            DataType::LargeBinary => array.as_binary::<i64>().value(row),
            DataType::BinaryView => array.as_binary_view().value(row),
            _ => match &self.dictionary {
                Some(dictionary) => {
                    let key = key_at(array, row);
                    let known = key < dictionary.values.len();
                    if known { dictionary.texts(self.style).get(key) } else { b"" }
                }
                None => self.texts.get_or_init(|| Texts::of(array, self.style)).get(row),
            },
        }
    }

    /// Puts the code of each row, by what `code` gives for those that are not null.
    fn put(&self, codes: &mut [u8], stride: usize, mut code: impl FnMut(usize) -> u8) -> bool {
        let mut without = false;
        let cells = codes.iter_mut().step_by(stride).take(self.array.len());
        match &self.nulls {
            None => {
                for (row, cell) in cells.enumerate() {
                    *cell = code(row);
                    without |= *cell == NO_CODE;
                }
            }
            Some(nulls) => {
                for (row, cell) in cells.enumerate() {
                    *cell = if nulls.is_null(row) { 0 } else { code(row) };
                    without |= *cell == NO_CODE;
                }
            }
        }
        without
    }

    fn codes(
        &self,
        reader: usize,
        mut of: impl FnMut(&[u8]) -> Option<u8>,
        codes: &mut [u8],
        stride: usize,
    ) -> bool {
        let array = &*self.array;
        let mut found = |text: &[u8]| of(text).unwrap_or(NO_CODE);
        macro_rules! texts {
            ($array:expr) => {{
                let array = $array;
                self.put(codes, stride, |row| found(array.value(row).as_ref()))
            }};
        }
        macro_rules! numbers {
            ($type:ty) => {{
                let values = array.as_primitive::<$type>().values();
                let mut known = SmallNumbers::new();
                self.put(codes, stride, |row| known.code(values[row], &mut found))
            }};
        }
        macro_rules! keys {
            ($table:expr, $($key:ident $type:ty)+) => {
                match key_type(array.data_type()) {
                    $(Some(DataType::$key) => {
                        let keys = array.as_dictionary::<$type>().keys().values();
                        self.put(codes, stride, |row| {
                            $table.get(keys[row].as_usize()).copied().unwrap_or(0)
                        })
                    })+
                    _ => false,
                }
            };
        }
        if let Some(dictionary) = &self.dictionary {
            let table = dictionary.codes(reader, self.style, of);
            return keys!(table, Int8 Int8Type Int16 Int16Type Int32 Int32Type Int64 Int64Type
                UInt8 UInt8Type UInt16 UInt16Type UInt32 UInt32Type UInt64 UInt64Type);
        }
        match array.data_type() {
            DataType::Utf8 => texts!(array.as_string::<i32>()),
            DataType::LargeUtf8 => texts!(array.as_string::<i64>()),
            DataType::Utf8View => texts!(array.as_string_view()),
            DataType::Boolean => {
                let [yes, no] = self.style.booleans.map(|word| found(word.as_bytes()));
                let values = array.as_boolean().values();
                self.put(codes, stride, |row| if values.value(row) { yes } else { no })
            }
            DataType::Int8 => numbers!(Int8Type),
            DataType::Int16 => numbers!(Int16Type),
            DataType::Int32 => numbers!(Int32Type),
            DataType::Int64 => numbers!(Int64Type),
            DataType::UInt8 => numbers!(UInt8Type),
            DataType::UInt16 => numbers!(UInt16Type),
            DataType::UInt32 => numbers!(UInt32Type),
            DataType::UInt64 => numbers!(UInt64Type),
            DataType::Null => self.put(codes, stride, |_| 0),
            _ => self.put(codes, stride, |row| found(self.text(row))),
        }
    }
}

fn key_type(data_type: &DataType) -> Option<&DataType> {
    match data_type {
        DataType::Dictionary(keys, _) => Some(keys),
        _ => None,
    }
}

/// Codes of small numbers, found once each.
struct SmallNumbers([Option<u8>; 256]);

impl SmallNumbers {
    fn new() -> Self {
        SmallNumbers([None; 256])
    }

    fn code<N: ArrowNativeType + ToString>(
        &mut self,
        number: N,
        found: &mut impl FnMut(&[u8]) -> u8,
    ) -> u8 {
        let small = number.to_i64().and_then(|number| usize::try_from(number).ok());
        match small.and_then(|small| self.0.get_mut(small)) {
            Some(known) => *known.get_or_insert_with(|| found(number.to_string().as_bytes())),
            None => found(number.to_string().as_bytes()),
        }
    }
}

impl TableCells for Part {
    fn rows(&self) -> usize {
        self.rows
    }

    fn text(&self, column: usize, row: usize) -> &[u8] {
        self.columns[column].text(row)
    }

    fn time(&self, column: usize, row: usize) -> Option<CellTime> {
        let column = &self.columns[column];
        if !column.is_time || column.is_null(row) {
            return None;
        }
        time_at(&*column.array, row, column.style)
    }

    fn times(&self, column: usize, row: usize) -> Option<Vec<CellTime>> {
        let column = &self.columns[column];
        if column.is_null(row) {
            return None;
        }
        times_at(&*column.array, row, column.style)
    }

    fn is_filled(&self, column: usize, row: usize) -> bool {
        let column = &self.columns[column];
        let is_text = |data_type: &DataType| {
            use DataType::{Binary, BinaryView, LargeBinary, LargeUtf8, Utf8, Utf8View};
            matches!(data_type, Utf8 | LargeUtf8 | Utf8View | Binary | LargeBinary | BinaryView)
        };
        !column.is_null(row)
            && match column.array.data_type() {
                DataType::Null => false,
                other if is_text(other) || other.is_nested() || column.dictionary.is_some() => {
                    !column.text(row).trim_ascii().is_empty()
                }
                _ => true,
            }
    }

    fn codes(
        &self,
        column: usize,
        reader: usize,
        of: impl FnMut(&[u8]) -> Option<u8>,
        codes: &mut [u8],
        stride: usize,
    ) -> bool {
        self.columns[column].codes(reader, of, codes, stride)
    }

    fn not_understood(&self, row: usize) -> Vec<NotUnderstood> {
        self.carried.as_ref().map_or_else(Vec::new, |carried| carried::read(carried, row))
    }
}
