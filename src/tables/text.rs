//! Single values of arrays: as the text that a CSV field would hold, and as times.

use std::io::Write;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type,
    Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, TimeUnit};

use super::columns::{is_time, per_second};
use crate::Timestamp;
use crate::backlog::CellTime;
use crate::base::SECONDS_PER_DAY;

/// The kind of a deadline of which a table says nothing but the time.
const UNNAMED_DEADLINE: &str = "deadline";

/// How values are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// Words for true and false.
    pub(super) booleans: [&'static str; 2],
    /// What stands between the values of a list.
    pub(super) between: char,
    /// Seconds that clocks on walls are ahead of UTC, where that is known.
    pub(super) wall_clock: Option<i64>,
    /// Whether times by themselves are deadlines.
    pub(super) deadlines: bool,
}

impl Default for Style {
    fn default() -> Self {
        Style { booleans: ["yes", "no"], between: ';', wall_clock: None, deadlines: false }
    }
}

/// The place of a key's value in the values of a dictionary; the key must not be null.
pub(super) fn key_at(array: &dyn Array, row: usize) -> usize {
    macro_rules! key {
        ($($key:ident $type:ty)+) => {
            match array.data_type() {
                DataType::Dictionary(keys, _) => match &**keys {
                    $(DataType::$key => usize::try_from(array.as_dictionary::<$type>().keys().value(row)).ok(),)+
                    _ => None,
                },
                _ => None,
            }
        };
    }
    key!(Int8 Int8Type Int16 Int16Type Int32 Int32Type Int64 Int64Type UInt8 UInt8Type UInt16 UInt16Type UInt32 UInt32Type UInt64 UInt64Type)
        .unwrap_or(usize::MAX)
}

/// What stands in a row of lists or of maps.
fn list_at(array: &dyn Array, row: usize) -> Option<ArrayRef> {
    Some(match array.data_type() {
        DataType::List(_) => array.as_list::<i32>().value(row),
        DataType::LargeList(_) => array.as_list::<i64>().value(row),
        DataType::ListView(_) => array.as_list_view::<i32>().value(row),
        DataType::LargeListView(_) => array.as_list_view::<i64>().value(row),
        DataType::FixedSizeList(..) => array.as_fixed_size_list().value(row),
        DataType::Map(..) => std::sync::Arc::new(array.as_map().value(row)),
        _ => return None,
    })
}

/// Writes a value as text; nothing where it is null.
pub(super) fn write_value(array: &dyn Array, row: usize, style: Style, out: &mut Vec<u8>) {
    if array.is_null(row) {
        return;
    }
    if let Some(values) = list_at(array, row) {
        let start = out.len();
        for entry in 0..values.len() {
            let before = out.len();
            if before > start {
                let _ = write!(out, "{}", style.between);
            }
            let begun = out.len();
            write_value(&*values, entry, style, out);
            if out.len() == begun {
                out.truncate(before);
            }
        }
        return;
    }
    if style.deadlines && is_time(array.data_type()) {
        let _ = write!(out, "{UNNAMED_DEADLINE}=");
    }
    write_single(array, row, style, out);
}

fn write_single(array: &dyn Array, row: usize, style: Style, out: &mut Vec<u8>) {
    /// Writing to memory cannot fail.
    macro_rules! digits {
        ($type:ty) => {{
            let _ = write!(out, "{}", array.as_primitive::<$type>().value(row));
        }};
    }
    macro_rules! decimal {
        ($type:ty, $scale:expr) => {{
            let digits = array.as_primitive::<$type>().value(row).to_string();
            out.extend_from_slice(decimal(&digits, *$scale).as_bytes());
        }};
    }
    match array.data_type() {
        DataType::Boolean => {
            let [yes, no] = style.booleans;
            out.extend_from_slice(if array.as_boolean().value(row) { yes } else { no }.as_bytes());
        }
        DataType::Int8 => digits!(Int8Type),
        DataType::Int16 => digits!(Int16Type),
        DataType::Int32 => digits!(Int32Type),
        DataType::Int64 => digits!(Int64Type),
        DataType::UInt8 => digits!(UInt8Type),
        DataType::UInt16 => digits!(UInt16Type),
        DataType::UInt32 => digits!(UInt32Type),
        DataType::UInt64 => digits!(UInt64Type),
        DataType::Float16 => {
            let value = array.as_primitive::<Float16Type>().value(row).to_f32();
            out.extend_from_slice(float(&value.to_string()).as_bytes());
        }
        DataType::Float32 => {
            let value = array.as_primitive::<Float32Type>().value(row);
            out.extend_from_slice(float(&value.to_string()).as_bytes());
        }
        DataType::Float64 => {
            let value = array.as_primitive::<Float64Type>().value(row);
            out.extend_from_slice(float(&value.to_string()).as_bytes());
        }
        DataType::Decimal32(_, scale) => decimal!(Decimal32Type, scale),
        DataType::Decimal64(_, scale) => decimal!(Decimal64Type, scale),
        DataType::Decimal128(_, scale) => decimal!(Decimal128Type, scale),
        DataType::Decimal256(_, scale) => decimal!(Decimal256Type, scale),
        DataType::Utf8 => out.extend_from_slice(array.as_string::<i32>().value(row).as_bytes()),
        DataType::LargeUtf8 => {
            out.extend_from_slice(array.as_string::<i64>().value(row).as_bytes());
        }
        DataType::Utf8View => out.extend_from_slice(array.as_string_view().value(row).as_bytes()),
        DataType::Binary => out.extend_from_slice(array.as_binary::<i32>().value(row)),
        DataType::LargeBinary => out.extend_from_slice(array.as_binary::<i64>().value(row)),
        DataType::BinaryView => out.extend_from_slice(array.as_binary_view().value(row)),
        DataType::FixedSizeBinary(_) => {
            out.extend_from_slice(array.as_fixed_size_binary().value(row));
        }
        DataType::Dictionary(..) => {
            if let Some(values) = array.as_any_dictionary_opt().map(|array| array.values()) {
                let key = key_at(array, row);
                if key < values.len() && !values.is_null(key) {
                    write_single(values, key, style, out);
                }
            }
        }
        DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 => {
            write_time(array, row, style, out);
        }
        DataType::Struct(_) => {
            // What a time is for stands before the time.
            let array = array.as_struct();
            let (times, others): (Vec<&ArrayRef>, Vec<&ArrayRef>) =
                array.columns().iter().partition(|column| is_time(column.data_type()));
            for (position, column) in others.into_iter().chain(times).enumerate() {
                if position > 0 {
                    out.push(b'=');
                }
                write_value(&**column, row, Style { deadlines: false, ..style }, out);
            }
        }
        DataType::Null => {}
        other => {
            let _ = write!(out, "({other})");
        }
    }
}

/// A number with decimals. One with three of them gets a zero more: where points stand between thousands, they
/// would make another number of it.
fn fraction(whole: &str, decimals: &str) -> String {
    let decimals = decimals.trim_end_matches('0');
    match decimals.len() {
        0 => whole.to_owned(),
        3 => format!("{whole}.{decimals}0"),
        _ => format!("{whole}.{decimals}"),
    }
}

fn float(shortest: &str) -> String {
    match shortest.split_once('.') {
        Some((whole, decimals)) => fraction(whole, decimals),
        None if shortest == "-0" => "0".to_owned(),
        None => shortest.to_owned(),
    }
}

/// A decimal by its digits and how many of them are decimals.
fn decimal(digits: &str, scale: i8) -> String {
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", digits),
    };
    let decimal_count = usize::from(scale.unsigned_abs());
    if scale <= 0 {
        let zeros = if digits == "0" { 0 } else { decimal_count };
        return format!("{sign}{digits}{}", "0".repeat(zeros));
    }
    let padded = format!("{digits:0>width$}", width = decimal_count + 1);
    let (whole, decimals) = padded.split_at(padded.len() - decimal_count);
    format!("{sign}{}", fraction(whole, decimals))
}

/// A time of a column of times; `None` where it is null or beyond the years that there are.
pub(super) fn time_at(array: &dyn Array, row: usize, style: Style) -> Option<CellTime> {
    if array.is_null(row) {
        return None;
    }
    let of_seconds = |seconds: i64| Timestamp::from_unix_seconds(seconds).ok();
    match array.data_type() {
        DataType::Timestamp(unit, zone) => {
            let seconds = units_at(array, row, *unit).div_euclid(per_second(*unit));
            match (zone, style.wall_clock) {
                (Some(_), _) => of_seconds(seconds).map(CellTime::Moment),
                (None, Some(ahead)) => {
                    of_seconds(seconds.checked_sub(ahead)?).map(CellTime::Moment)
                }
                // Only what is a time in some zone is one on a wall.
                (None, None) => of_seconds(seconds).map(|_| CellTime::Wall(seconds)),
            }
        }
        DataType::Date32 => {
            let days = i64::from(array.as_primitive::<Date32Type>().value(row));
            of_seconds(days * SECONDS_PER_DAY).map(CellTime::Day)
        }
        DataType::Date64 => {
            let milliseconds = array.as_primitive::<Date64Type>().value(row);
            let time = of_seconds(milliseconds.div_euclid(1_000))?;
            let is_day = milliseconds.rem_euclid(1_000 * SECONDS_PER_DAY) == 0;
            Some(if is_day { CellTime::Day(time) } else { CellTime::Moment(time) })
        }
        DataType::Dictionary(..) => {
            let values = array.as_any_dictionary_opt()?.values();
            let key = key_at(array, row);
            (key < values.len()).then(|| time_at(values, key, style))?
        }
        _ => None,
    }
}

/// The times of a list; `None` where the column holds none.
pub(super) fn times_at(array: &dyn Array, row: usize, style: Style) -> Option<Vec<CellTime>> {
    if !is_time(super::columns::element(array.data_type())) || array.is_null(row) {
        return None;
    }
    let values = list_at(array, row)?;
    let times: Vec<CellTime> =
        (0..values.len()).filter_map(|entry| time_at(&*values, entry, style)).collect();
    // One that cannot be read is told by its text.
    (times.len() == values.len() - values.null_count()).then_some(times)
}

fn units_at(array: &dyn Array, row: usize, unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => array.as_primitive::<TimestampSecondType>().value(row),
        TimeUnit::Millisecond => array.as_primitive::<TimestampMillisecondType>().value(row),
        TimeUnit::Microsecond => array.as_primitive::<TimestampMicrosecondType>().value(row),
        TimeUnit::Nanosecond => array.as_primitive::<TimestampNanosecondType>().value(row),
    }
}

fn write_time(array: &dyn Array, row: usize, style: Style, out: &mut Vec<u8>) {
    match time_at(array, row, style) {
        Some(CellTime::Moment(time)) => out.extend_from_slice(&time.letters()),
        Some(CellTime::Day(day)) => out.extend_from_slice(&day.letters()[..10]),
        Some(CellTime::Wall(seconds)) => {
            if let Ok(time) = Timestamp::from_unix_seconds(seconds) {
                out.extend_from_slice(&time.letters()[..19]);
            }
        }
        // A number that is no time, with what it counts.
        None => {
            let (number, unit) = match array.data_type() {
                DataType::Timestamp(unit, _) => {
                    (units_at(array, row, *unit), format!("{unit:?}s").to_lowercase())
                }
                DataType::Date32 => {
                    (i64::from(array.as_primitive::<Date32Type>().value(row)), "days".to_owned())
                }
                _ => (array.as_primitive::<Date64Type>().value(row), "milliseconds".to_owned()),
            };
            let _ = write!(out, "{number} {unit} from 1970");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_text_that_no_mark_changes() {
        for (digits, scale, text) in [
            ("700", 2, "7"),
            ("-700", 2, "-7"),
            ("705", 2, "7.05"),
            ("7", 2, "0.07"),
            ("-7", 1, "-0.7"),
            ("0", 3, "0"),
            ("7", -2, "700"),
            ("0", -2, "0"),
            ("1200", 3, "1.2"),
            ("1234", 3, "1.2340"),
        ] {
            assert_eq!(decimal(digits, scale), text, "{digits} {scale}");
        }
        for (value, text) in [
            (7.0, "7"),
            (-0.0, "0"),
            (7.5, "7.5"),
            (1.234, "1.2340"),
            (f64::NAN, "NaN"),
            (1e17, "100000000000000000"),
        ] {
            assert_eq!(float(&value.to_string()), text, "{value}");
        }
    }
}
