//! Times of the standard library turned into the crate's, and back. No clock is read.
#![allow(clippy::disallowed_types, reason = "times are turned into others; none is asked for")]

use std::time::{Duration, SystemTime};

use super::{TimeError, Timestamp};

impl TryFrom<SystemTime> for Timestamp {
    type Error = TimeError;

    /// The second that a time lies in; what comes after the second is left out.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use caserank::Timestamp;
    /// let time = SystemTime::UNIX_EPOCH + Duration::from_millis(86_400_999);
    /// assert_eq!(Timestamp::try_from(time)?, "1970-01-02".parse()?);
    /// let back = SystemTime::try_from("1970-01-02".parse::<Timestamp>()?)?;
    /// assert_eq!(back, SystemTime::UNIX_EPOCH + Duration::from_secs(86_400));
    /// # Ok::<(), caserank::TimeError>(())
    /// ```
    ///
    /// # Errors
    /// As [`Timestamp::from_unix_seconds`], for times outside the years 0000 to 9999.
    fn try_from(time: SystemTime) -> Result<Self, TimeError> {
        let seconds = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
            Err(before) => {
                let before = before.duration();
                let whole = i64::try_from(before.as_secs()).unwrap_or(i64::MAX);
                -(whole.saturating_add(i64::from(before.subsec_nanos() > 0)))
            }
        };
        Timestamp::from_unix_seconds(seconds)
    }
}

impl TryFrom<Timestamp> for SystemTime {
    type Error = TimeError;

    /// # Errors
    /// [`TimeError::OutOfRange`] where the platform's times do not reach so far.
    fn try_from(time: Timestamp) -> Result<SystemTime, TimeError> {
        let seconds = time.unix_seconds();
        let size = Duration::from_secs(seconds.unsigned_abs());
        let found = match seconds < 0 {
            true => SystemTime::UNIX_EPOCH.checked_sub(size),
            false => SystemTime::UNIX_EPOCH.checked_add(size),
        };
        found.ok_or(TimeError::OutOfRange { seconds })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_second_comes_back() {
        for seconds in [-86_401, -1, 0, 1, 1_776_418_200] {
            let time = Timestamp::from_unix_seconds(seconds).unwrap();
            let back = SystemTime::try_from(time).unwrap();
            assert_eq!(Timestamp::try_from(back).unwrap(), time);
        }
        let half = SystemTime::UNIX_EPOCH - Duration::from_millis(500);
        assert_eq!(Timestamp::try_from(half).unwrap().unix_seconds(), -1);
        if let Ok(last) = SystemTime::try_from(Timestamp::MAX) {
            assert_eq!(Timestamp::try_from(last).unwrap(), Timestamp::MAX);
            assert!(Timestamp::try_from(last + Duration::from_secs(1)).is_err());
        }
    }
}
