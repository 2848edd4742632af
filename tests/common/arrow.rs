//! Tables of text as record batches, each column of a type drawn at random among those that can hold it.

use std::sync::Arc;

use caserank::Timestamp;
use caserank::arrow_array::builder::{
    ListBuilder, MapBuilder, StringBuilder, StringDictionaryBuilder, TimestampSecondBuilder,
};
use caserank::arrow_array::types::{
    Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use caserank::arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array,
    Int8Array, Int32Array, Int64Array, LargeStringArray, RecordBatch, StringArray, StringViewArray,
    TimestampMicrosecondArray, TimestampMillisecondArray, TimestampNanosecondArray,
    TimestampSecondArray, UInt16Array, UInt64Array,
};

use super::Draw;

/// A table of text: names of columns, and cells row by row.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) names: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    /// As CSV.
    pub(crate) fn csv(&self) -> String {
        let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
        let line =
            |cells: &Vec<String>| cells.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n";
        line(&self.names) + &self.rows.iter().map(line).collect::<String>()
    }

    /// As one batch.
    pub(crate) fn batch(&self, draw: &mut Draw) -> RecordBatch {
        let columns = self.names.iter().enumerate().map(|(place, name)| {
            let cells: Vec<&str> = self.rows.iter().map(|row| &*row[place]).collect();
            (name.as_str(), column(draw, &cells, name), true)
        });
        RecordBatch::try_from_iter_with_nullable(columns.collect::<Vec<_>>()).unwrap()
    }

    /// As batches of one schema, cut at random.
    pub(crate) fn batches(&self, draw: &mut Draw) -> Vec<RecordBatch> {
        let whole = self.batch(draw);
        cut(draw, &whole)
    }
}

/// Cuts a batch at random, some pieces without rows.
pub(crate) fn cut(draw: &mut Draw, batch: &RecordBatch) -> Vec<RecordBatch> {
    let (mut batches, mut at) = (Vec::new(), 0);
    loop {
        let length = draw.below(batch.num_rows() - at + 1);
        batches.push(batch.slice(at, length));
        at += length;
        if at == batch.num_rows() {
            return batches;
        }
        if draw.chance(30) {
            batches.push(batch.slice(at, batch.num_rows() - at));
            return batches;
        }
    }
}

/// A blank cell is null, or blank text.
fn nullable<'a>(draw: &mut Draw, cells: &[&'a str]) -> Vec<Option<&'a str>> {
    let null = draw.chance(70);
    cells.iter().map(|&cell| (!cell.is_empty() || !null).then_some(cell)).collect()
}

fn column(draw: &mut Draw, cells: &[&str], name: &str) -> ArrayRef {
    let filled = || cells.iter().copied().filter(|cell| !cell.is_empty());
    let whole = |cell: &str| cell.parse::<i64>().is_ok_and(|number| number.to_string() == *cell);
    if draw.chance(70) && filled().next().is_some() {
        if filled().all(|cell| ["yes", "no"].contains(&cell)) && name != "id" {
            let given = cells.iter().map(|cell| (!cell.is_empty()).then_some(*cell == "yes"));
            return Arc::new(BooleanArray::from(given.collect::<Vec<_>>()));
        }
        if filled().all(whole) {
            return numbers(draw, cells);
        }
        if filled().all(|cell| cell.len() == 20 && cell.parse::<Timestamp>().is_ok()) {
            return times(draw, cells);
        }
        if filled().all(|cell| cell.len() == 10 && cell.parse::<Timestamp>().is_ok()) {
            let days = cells
                .iter()
                .map(|cell| Some((cell.parse::<Timestamp>().ok()?.unix_seconds() / 86_400) as i32));
            return Arc::new(Date32Array::from(days.collect::<Vec<_>>()));
        }
        if name == "deadlines" && filled().all(|cell| cell.split(';').all(is_deadline)) {
            return deadlines(draw, cells);
        }
    }
    texts(draw, cells)
}

fn is_deadline(part: &str) -> bool {
    part.split_once('=').is_some_and(|(_, due)| due.len() == 20 && due.parse::<Timestamp>().is_ok())
}

fn texts(draw: &mut Draw, cells: &[&str]) -> ArrayRef {
    let cells = nullable(draw, cells);
    macro_rules! dictionary {
        ($type:ty) => {{
            let mut builder = StringDictionaryBuilder::<$type>::new();
            cells.iter().for_each(|cell| builder.append_option(*cell));
            Arc::new(builder.finish())
        }};
    }
    let different = cells.iter().flatten().collect::<std::collections::BTreeSet<_>>().len();
    match draw.below(if different < 100 { 12 } else { 4 }) {
        0 => Arc::new(StringArray::from(cells)),
        1 => Arc::new(LargeStringArray::from(cells)),
        2 => Arc::new(StringViewArray::from(cells)),
        3 => Arc::new(BinaryArray::from(
            cells.iter().map(|cell| cell.map(str::as_bytes)).collect::<Vec<_>>(),
        )),
        4 => dictionary!(Int8Type),
        5 => dictionary!(Int16Type),
        6 => dictionary!(Int32Type),
        7 => dictionary!(Int64Type),
        8 => dictionary!(UInt8Type),
        9 => dictionary!(UInt16Type),
        10 => dictionary!(UInt32Type),
        _ => dictionary!(UInt64Type),
    }
}

fn numbers(draw: &mut Draw, cells: &[&str]) -> ArrayRef {
    let numbers: Vec<Option<i64>> = cells.iter().map(|cell| cell.parse().ok()).collect();
    macro_rules! all {
        ($type:ty) => {
            numbers
                .iter()
                .map(|number| match number {
                    Some(number) => <$type>::try_from(*number).ok().map(Some),
                    None => Some(None),
                })
                .collect::<Option<Vec<Option<$type>>>>()
        };
    }
    let small = numbers.iter().flatten().all(|number| number.abs() < 1 << 20);
    match draw.below(7) {
        0 if all!(i8).is_some() => Arc::new(Int8Array::from(all!(i8).unwrap())),
        1 if all!(u16).is_some() => Arc::new(UInt16Array::from(all!(u16).unwrap())),
        2 if all!(i32).is_some() => Arc::new(Int32Array::from(all!(i32).unwrap())),
        3 if all!(u64).is_some() => Arc::new(UInt64Array::from(all!(u64).unwrap())),
        4 if small => {
            let floats = numbers.iter().map(|number| number.map(|number| number as f64));
            Arc::new(Float64Array::from(floats.collect::<Vec<_>>()))
        }
        5 if small => {
            let scaled =
                numbers.iter().map(|number| number.map(|number| i128::from(number) * 1_000));
            let array = Decimal128Array::from(scaled.collect::<Vec<_>>());
            Arc::new(array.with_precision_and_scale(30, 3).unwrap())
        }
        6 if small => {
            let floats = numbers.iter().map(|number| number.map(|number| number as f32));
            Arc::new(Float32Array::from(floats.collect::<Vec<_>>()))
        }
        _ => Arc::new(Int64Array::from(numbers)),
    }
}

/// Times of any unit and zone, with parts of a second that do not count.
fn times(draw: &mut Draw, cells: &[&str]) -> ArrayRef {
    let seconds: Vec<Option<i64>> =
        cells.iter().map(|cell| Some(cell.parse::<Timestamp>().ok()?.unix_seconds())).collect();
    let zone = draw.pick(&["UTC", "+05:30", "-06:00", "America/Chicago"]);
    let mut units = |per_second: i64| -> Vec<Option<i64>> {
        let mut scaled =
            |seconds: i64| seconds * per_second + draw.below(per_second as usize) as i64;
        seconds.iter().map(|seconds| seconds.map(&mut scaled)).collect()
    };
    match zone.len() % 4 {
        0 => Arc::new(TimestampSecondArray::from(seconds).with_timezone(zone)),
        1 => Arc::new(TimestampMillisecondArray::from(units(1_000)).with_timezone(zone)),
        2 => Arc::new(TimestampMicrosecondArray::from(units(1_000_000)).with_timezone(zone)),
        _ => Arc::new(TimestampNanosecondArray::from(units(1_000_000_000)).with_timezone(zone)),
    }
}

/// Lists of text, or maps from kind to time.
fn deadlines(draw: &mut Draw, cells: &[&str]) -> ArrayRef {
    let lists: Vec<Vec<&str>> = cells
        .iter()
        .map(|cell| cell.split(';').filter(|part| !part.is_empty()).collect())
        .collect();
    if draw.chance(50) {
        let mut builder = ListBuilder::new(StringBuilder::new());
        for list in lists {
            list.iter().for_each(|part| builder.values().append_value(part));
            builder.append(!list.is_empty());
        }
        return Arc::new(builder.finish());
    }
    let times = TimestampSecondBuilder::new().with_timezone("UTC");
    let mut builder = MapBuilder::new(None, StringBuilder::new(), times);
    for list in lists {
        for part in &list {
            let (kind, due) = part.split_once('=').unwrap();
            builder.keys().append_value(kind);
            builder.values().append_value(due.parse::<Timestamp>().unwrap().unix_seconds());
        }
        builder.append(!list.is_empty()).unwrap();
    }
    Arc::new(builder.finish())
}
