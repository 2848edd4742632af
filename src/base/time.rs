//! Points in time: whole seconds, given by the caller, never read from a clock.

use std::fmt::{self, Write as _};

use crate::base::escaped;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

use super::calendar::{civil_from_days, midnight};
use super::digits::two_digits;

/// Seconds in a day of the civil calendar (leap seconds are not counted).
pub(crate) const SECONDS_PER_DAY: i64 = 86_400;

/// First second that can be written: 0000-01-01T00:00:00Z.
const FIRST: i64 = -62_167_219_200;
/// Last second that can be written: 9999-12-31T23:59:59Z.
const LAST: i64 = 253_402_300_799;

/// A point in time: whole seconds since 1970-01-01T00:00:00Z, years 0000 to 9999.
///
/// In files a time is RFC 3339 text (`2026-04-17T09:30:00Z`, `2026-04-17T11:30:00+02:00`);
/// a bare date means its first second in UTC, a minute without seconds (`2026-04-17T09:30Z`) its first second; an offset may stand
/// without its colon. Fractions of a second are dropped.
/// It is always printed in UTC.
///
/// ```
/// use caserank::Timestamp;
/// let time: Timestamp = "2026-04-17T11:30:00.75+02:00".parse()?;
/// assert_eq!(time.to_string(), "2026-04-17T09:30:00Z");
/// assert_eq!(time, "2026-04-17".parse::<Timestamp>()?.plus_days(0).plus_seconds(34_200));
/// # Ok::<(), caserank::TimeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// Why a text or a number is not a time.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TimeError {
    /// The text is not an RFC 3339 time or a date.
    #[error(
        "`{text}` is not a time: write RFC 3339 such as 2026-04-17T09:30:00Z, or a date such as 2026-04-17", text = escaped(.text))]
    NotATime {
        /// The text as it was given, cut after 40 characters.
        text: String,
    },
    /// The time lies outside the years 0000 to 9999.
    #[error("{seconds} seconds since 1970 lies outside the years 0000 to 9999")]
    OutOfRange {
        /// The seconds as they were given.
        seconds: i64,
    },
    /// The text is no offset from UTC, or one of a day or more.
    #[error("`{text}` is no offset from UTC: write hours and minutes, such as +02:00, or Z", text = escaped(.text))]
    NotAnOffset {
        /// The text as it was given, cut after 40 characters.
        text: String,
    },
}

impl Timestamp {
    /// The earliest time that can be written.
    pub const MIN: Timestamp = Timestamp(FIRST);
    /// The latest time that can be written.
    pub const MAX: Timestamp = Timestamp(LAST);

    pub(crate) const EPOCH: Timestamp = Timestamp(0);
    pub(crate) const END_OF_2199: Timestamp = Timestamp(7_258_118_399);

    /// Reads a time by which something must have happened: as [`Timestamp::parse_bytes`], but a
    /// bare date means the last second of that day.
    ///
    /// # Errors
    /// As [`Timestamp::parse_bytes`].
    pub fn parse_end(text: &[u8]) -> Result<Self, TimeError> {
        let time = Timestamp::parse_bytes(text)?;
        let bare_date = text.len() == "2026-04-17".len();
        Ok(if bare_date { time.plus_seconds(SECONDS_PER_DAY - 1) } else { time })
    }

    /// The time this many seconds after 1970-01-01T00:00:00Z (before it, when negative).
    ///
    /// # Errors
    /// [`TimeError::OutOfRange`] outside the years 0000 to 9999.
    pub fn from_unix_seconds(seconds: i64) -> Result<Self, TimeError> {
        if (FIRST..=LAST).contains(&seconds) {
            Ok(Timestamp(seconds))
        } else {
            Err(TimeError::OutOfRange { seconds })
        }
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.0
    }

    /// This time moved by seconds, kept within [`Timestamp::MIN`] and [`Timestamp::MAX`].
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Timestamp(self.0.saturating_add(seconds).clamp(FIRST, LAST))
    }

    /// This time moved by days of 86,400 seconds, kept within the same limits.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        self.plus_seconds(days.saturating_mul(SECONDS_PER_DAY))
    }

    /// Seconds from `earlier` to this time; negative when `earlier` is later.
    #[must_use]
    pub const fn seconds_since(self, earlier: Timestamp) -> i64 {
        self.0 - earlier.0
    }

    /// Reads RFC 3339 text or a date from bytes; see [`Timestamp`].
    ///
    /// # Errors
    /// [`TimeError::NotATime`] for anything else.
    pub fn parse_bytes(text: &[u8]) -> Result<Self, TimeError> {
        parse(text).ok_or_else(|| TimeError::NotATime {
            text: super::text::cut(&String::from_utf8_lossy(&text[..text.len().min(160)]), 40),
        })
    }
}

/// Eight bytes of a form with zeros for its digits.
struct Plain {
    form: u64,
    /// What makes a byte that is too great have its highest bit set.
    limits: u64,
}

impl Plain {
    const fn new(form: [u8; 8]) -> Self {
        let mut limits = [0; 8];
        let mut at = 0;
        while at < 8 {
            limits[at] = 0x7F - if form[at] == b'0' { 9 } else { 0 };
            at += 1;
        }
        Plain { form: u64::from_le_bytes(form), limits: u64::from_le_bytes(limits) }
    }

    /// At the first of two neighbouring digits: the number that both make. `None` if the text does
    /// not have this form.
    #[inline(always)]
    fn pairs(&self, text: [u8; 8]) -> Option<[i64; 8]> {
        const HIGHEST: u64 = 0x8080_8080_8080_8080;
        let digits = u64::from_le_bytes(text) ^ self.form;
        let wrong = (((digits & !HIGHEST) + self.limits) | digits) & HIGHEST;
        let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
        (wrong == 0).then(|| pairs.to_le_bytes().map(i64::from))
    }
}

/// The two commonest forms, such as `2026-04-17` and `2026-04-17T09:30:00Z`, eight bytes at once.
/// Whatever else there is, is `None`.
#[inline]
fn parse_plain(text: &[u8]) -> Option<Timestamp> {
    const MONTH: Plain = Plain::new(*b"0000-00-");
    const DAY: Plain = Plain::new(*b"00\0\0\0\0\0\0");
    const MINUTE: Plain = Plain::new(*b"00T00:00");
    const SECOND: Plain = Plain::new(*b":00Z\0\0\0\0");
    let (month, rest) = text.split_first_chunk()?;
    let [century, _, year, _, _, month, ..] = MONTH.pairs(*month)?;
    let (day, clock) = match *rest {
        [tens, ones] => (DAY.pairs([tens, ones, 0, 0, 0, 0, 0, 0])?[0], 0),
        [ref minute @ .., a, b, c, d] => {
            let [day, _, _, hour, _, _, minute, _] = MINUTE.pairs(minute.try_into().ok()?)?;
            let [_, second, ..] = SECOND.pairs([a, b, c, d, 0, 0, 0, 0])?;
            (day, seconds_of_day(hour, minute, second)?)
        }
        _ => return None,
    };
    Timestamp::from_unix_seconds(midnight(100 * century + year, month, day)? + clock).ok()
}

fn parse(text: &[u8]) -> Option<Timestamp> {
    parse_plain(text).or_else(|| parse_any(text))
}

fn digits(text: &[u8]) -> Option<i64> {
    text.iter().try_fold(0_i64, |value, byte| {
        byte.is_ascii_digit().then(|| value * 10 + i64::from(byte - b'0'))
    })
}

/// Second 60, which RFC 3339 allows, is none: no clock of the civil calendar counts it, and moving
/// it would change a time in silence.
fn seconds_of_day(hour: i64, minute: i64, second: i64) -> Option<i64> {
    let there_is = hour <= 23 && minute <= 59 && second <= 59;
    there_is.then(|| hour * 3_600 + minute * 60 + second)
}

/// Every form that is allowed.
fn parse_any(text: &[u8]) -> Option<Timestamp> {
    let date = text.get(..10)?;
    if date[4] != b'-' || date[7] != b'-' {
        return None;
    }
    let (year, month, day) = (digits(&date[..4])?, digits(&date[5..7])?, digits(&date[8..])?);
    let midnight = midnight(year, month, day)?;
    let rest = &text[10..];
    if rest.is_empty() {
        return Timestamp::from_unix_seconds(midnight).ok();
    }
    let (clock, mut zone) = rest.split_at_checked(6)?;
    if !matches!(clock[0], b'T' | b't' | b' ') || clock[3] != b':' {
        return None;
    }
    let (hour, minute) = (digits(&clock[1..3])?, digits(&clock[4..6])?);
    let mut second = 0;
    // A minute without its seconds is its first second, as a date is that of its day.
    if let Some([tens, ones, after @ ..]) = zone.strip_prefix(b":") {
        second = digits(&[*tens, *ones])?;
        zone = after;
        if let Some(fraction) = zone.strip_prefix(b".") {
            let length = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if length == 0 {
                return None;
            }
            zone = &fraction[length..];
        }
    }
    let clock = seconds_of_day(hour, minute, second)?;
    let offset = match zone {
        b"Z" | b"z" => 0,
        // As RFC 3339 has it, and as ISO 8601 has it without the colon.
        [sign @ (b'+' | b'-'), hours @ .., b':', tens, ones]
        | [sign @ (b'+' | b'-'), hours @ .., tens, ones]
            if hours.len() == 2 =>
        {
            let (hours, minutes) = (digits(hours)?, digits(&[*tens, *ones])?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let seconds = hours * 3_600 + minutes * 60;
            if *sign == b'-' { -seconds } else { seconds }
        }
        _ => return None,
    };
    Timestamp::from_unix_seconds(midnight + clock - offset).ok()
}

impl FromStr for Timestamp {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        Timestamp::parse_bytes(text.as_bytes())
    }
}

impl Timestamp {
    /// The twenty letters that [`fmt::Display`] writes; years have four digits.
    pub(crate) fn letters(self) -> [u8; 20] {
        let (days, second) =
            (self.0.div_euclid(SECONDS_PER_DAY), self.0.rem_euclid(SECONDS_PER_DAY));
        let (year, month, day) = civil_from_days(days);
        let mut letters = *b"0000-00-00T00:00:00Z";
        let (year, second) = (year as u32, second as u32);
        let pairs = [
            (0, year / 100),
            (2, year),
            (5, month as u32),
            (8, day as u32),
            (11, second / 3_600),
            (14, second / 60 % 60),
            (17, second % 60),
        ];
        for (at, pair) in pairs {
            letters[at..at + 2].copy_from_slice(&two_digits(pair));
        }
        letters
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.letters().into_iter().try_for_each(|letter| formatter.write_char(char::from(letter)))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Timestamp;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a time in RFC 3339, as text")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests;
