//! Times as people on the spot read them: at an offset from UTC that the caller gives.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::time::{TimeError, Timestamp};

/// How far local time is ahead of UTC: whole minutes, less than a day. Only what people read is
/// shown at an offset; files stay in UTC. No time zone is looked up: the caller knows its offset on
/// the day.
///
/// ```
/// use caserank::{Timestamp, UtcOffset};
/// let time: Timestamp = "2026-04-17T09:30:00Z".parse()?;
/// let berlin: UtcOffset = "+02:00".parse()?;
/// assert_eq!(time.at_offset(berlin).to_string(), "2026-04-17T11:30:00+02:00");
/// assert_eq!(time.at_offset(UtcOffset::UTC).to_string(), time.to_string());
/// # Ok::<(), caserank::TimeError>(())
/// ```
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct UtcOffset {
    minutes: i16,
}

/// Minutes in a day, which no offset reaches.
const DAY: i32 = 1_440;

impl UtcOffset {
    /// No offset: UTC itself.
    pub const UTC: UtcOffset = UtcOffset { minutes: 0 };

    /// So many minutes ahead of UTC; behind it, when negative.
    ///
    /// # Errors
    /// [`TimeError::NotAnOffset`] for a day or more.
    pub fn from_minutes(minutes: i32) -> Result<Self, TimeError> {
        match i16::try_from(minutes) {
            Ok(minutes) if i32::from(minutes).abs() < DAY => Ok(UtcOffset { minutes }),
            _ => Err(TimeError::NotAnOffset { text: format!("{minutes} minutes") }),
        }
    }

    /// Minutes ahead of UTC.
    #[must_use]
    pub fn minutes(self) -> i32 {
        i32::from(self.minutes)
    }
}

impl fmt::Display for UtcOffset {
    /// As `+02:00`; `Z` for UTC.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.minutes == 0 {
            return formatter.pad("Z");
        }
        let sign = if self.minutes < 0 { '-' } else { '+' };
        let minutes = self.minutes.unsigned_abs();
        formatter.pad(&format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60))
    }
}

impl FromStr for UtcOffset {
    type Err = TimeError;

    /// Reads `+02:00`, `+0200`, `-05:30` and `Z`.
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let refused = || TimeError::NotAnOffset { text: super::text::cut(text, 40) };
        if matches!(text, "Z" | "z") {
            return Ok(UtcOffset::UTC);
        }
        let (sign, digits) = match text.split_at_checked(1) {
            Some(("+", digits)) => (1, digits),
            Some(("-", digits)) => (-1, digits),
            _ => return Err(refused()),
        };
        let (hours, minutes) = match digits.len() {
            5 => digits.split_once(':'),
            4 => digits.split_at_checked(2),
            _ => None,
        }
        .ok_or_else(refused)?;
        let number = |digits: &str| {
            let all = digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_digit());
            digits.parse::<i32>().ok().filter(|_| all).ok_or_else(refused)
        };
        let (hours, minutes) = (number(hours)?, number(minutes)?);
        match hours < 24 && minutes < 60 {
            true => UtcOffset::from_minutes(sign * (60 * hours + minutes)),
            false => Err(refused()),
        }
    }
}

impl TryFrom<String> for UtcOffset {
    type Error = TimeError;

    fn try_from(text: String) -> Result<Self, TimeError> {
        text.parse()
    }
}

impl From<UtcOffset> for String {
    fn from(offset: UtcOffset) -> String {
        offset.to_string()
    }
}

/// A time at an offset, to be shown; see [`Timestamp::at_offset`].
#[derive(Debug, Clone, Copy)]
struct AtOffset {
    time: Timestamp,
    offset: UtcOffset,
}

impl Timestamp {
    /// The time as clocks at an offset show it, such as `2026-04-17T11:30:00+02:00`. It is the same
    /// point in time, and can be read back. Within a day of [`Timestamp::MIN`] and
    /// [`Timestamp::MAX`] it is shown in UTC.
    pub fn at_offset(self, offset: UtcOffset) -> impl fmt::Display {
        let moved = self.plus_seconds(i64::from(offset.minutes) * 60);
        let is_moved = moved.seconds_since(self) == i64::from(offset.minutes) * 60;
        AtOffset { time: self, offset: if is_moved { offset } else { UtcOffset::UTC } }
    }
}

impl fmt::Display for AtOffset {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = self.time.plus_seconds(i64::from(self.offset.minutes) * 60).to_string();
        write!(formatter, "{}{}", local.trim_end_matches('Z'), self.offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn offsets_are_read_and_refused() {
        for (text, minutes) in
            [("+02:00", 120), ("-0530", -330), ("Z", 0), ("+00:00", 0), ("-23:59", -1_439)]
        {
            assert_eq!(text.parse::<UtcOffset>().unwrap().minutes(), minutes, "{text}");
        }
        for text in ["", "+", "2:00", "+2:00", "+24:00", "+02:60", "+02-00", "+é0", "Europe/Berlin"]
        {
            let fault = text.parse::<UtcOffset>().unwrap_err();
            assert!(fault.to_string().contains("+02:00"), "{fault}");
        }
        assert!(
            UtcOffset::from_minutes(1_440).is_err() && UtcOffset::from_minutes(-70_000).is_err()
        );
    }

    proptest! {
        #[test]
        fn what_is_shown_at_an_offset_is_the_same_time(
            seconds in -62_167_219_200_i64..=253_402_300_799, minutes in -1_439..=1_439,
        ) {
            let time = Timestamp::from_unix_seconds(seconds).unwrap();
            let offset = UtcOffset::from_minutes(minutes).unwrap();
            let shown = time.at_offset(offset).to_string();
            prop_assert_eq!(shown.parse::<Timestamp>().unwrap(), time, "{}", shown);
            prop_assert_eq!(offset.to_string().parse::<UtcOffset>().unwrap(), offset);
        }
    }
}
