//! What every part stands on and no part of the field owns: exact decimals, points in time, seeded
//! streams, sorts, threads, names as people read them, and maps that refuse a repeated key.

mod calendar;
#[cfg(feature = "chrono")]
mod chrono_time;
mod digits;
mod fixed;
#[cfg(feature = "jiff")]
mod jiff_time;
pub(crate) mod json;
mod names;
pub(crate) mod number;
#[cfg(feature = "research")]
mod parts;
mod positions;
mod radix;
mod streams;
mod system_time;
pub(crate) mod text;
mod threads;
mod time;
mod unique;
mod widest;
mod words;
mod zone;

pub(crate) use calendar::{midnight, year_of_day};
pub(crate) use digits::two_digits;
pub use fixed::{Fixed, FixedError, STEPS_PER_UNIT};
pub use json::JsonError;
pub(crate) use names::{escaped, folded, seen_as};
#[cfg(feature = "research")]
pub(crate) use parts::parts;
pub(crate) use positions::PositionRoom;
pub(crate) use radix::{DIGIT_BITS, order_by_digit, sort_by_bits};
pub use streams::{Seed, Stream};
pub(crate) use threads::{SHARE, beside, both, in_order, threads};
pub(crate) use time::SECONDS_PER_DAY;
pub use time::{TimeError, Timestamp};
pub(crate) use unique::map as unique_map;
pub(crate) use widest::widest;
pub use words::WordError;
pub(crate) use words::words;
pub use zone::UtcOffset;
