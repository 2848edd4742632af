//! Times of the crate `chrono` turned into this crate's, and back. No clock is read.

use chrono::{DateTime, TimeZone, Utc};

use super::{TimeError, Timestamp};

impl<Zone: TimeZone> TryFrom<DateTime<Zone>> for Timestamp {
    type Error = TimeError;

    /// The second that a time of any zone lies in; what comes after the second is left out.
    ///
    /// ```
    /// use caserank::Timestamp;
    /// let time = chrono::DateTime::from_timestamp(86_400, 999_000_000).expect("within its years");
    /// assert_eq!(Timestamp::try_from(time)?, "1970-01-02".parse()?);
    /// # Ok::<(), caserank::TimeError>(())
    /// ```
    ///
    /// # Errors
    /// As [`Timestamp::from_unix_seconds`], for times outside the years 0000 to 9999.
    fn try_from(time: DateTime<Zone>) -> Result<Self, TimeError> {
        Timestamp::from_unix_seconds(time.timestamp())
    }
}

impl From<Timestamp> for DateTime<Utc> {
    fn from(time: Timestamp) -> DateTime<Utc> {
        // Its years reach further than ours.
        DateTime::from_timestamp(time.unix_seconds(), 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_second_comes_back() {
        let first = "0000-01-01".parse::<Timestamp>().unwrap().unix_seconds();
        let last = Timestamp::MAX.unix_seconds();
        for seconds in [first, -86_401, -1, 0, 1, 1_776_418_200, last] {
            let time = Timestamp::from_unix_seconds(seconds).unwrap();
            assert_eq!(Timestamp::try_from(DateTime::from(time)).unwrap(), time);
            assert_eq!(DateTime::from(time).timestamp(), seconds);
        }
        let half = DateTime::from_timestamp(-1, 500_000_000).unwrap();
        assert_eq!(Timestamp::try_from(half).unwrap().unix_seconds(), -1);
        let text = "2026-04-17T09:30:00+02:00";
        let theirs = DateTime::parse_from_rfc3339(text).unwrap();
        assert_eq!(Timestamp::try_from(theirs).unwrap(), text.parse().unwrap());
        assert!(Timestamp::try_from(DateTime::<Utc>::MAX_UTC).is_err());
    }
}
