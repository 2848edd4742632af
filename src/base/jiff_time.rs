//! Times of the crate `jiff` turned into this crate's, and back. No clock is read.

use super::{TimeError, Timestamp};

impl TryFrom<jiff::Timestamp> for Timestamp {
    type Error = TimeError;

    /// The second that a time lies in; what comes after the second is left out.
    ///
    /// ```
    /// use caserank::Timestamp;
    /// let time = jiff::Timestamp::new(86_400, 999_000_000).expect("within its years");
    /// assert_eq!(Timestamp::try_from(time)?, "1970-01-02".parse()?);
    /// # Ok::<(), caserank::TimeError>(())
    /// ```
    ///
    /// # Errors
    /// As [`Timestamp::from_unix_seconds`], for times outside the years 0000 to 9999.
    fn try_from(time: jiff::Timestamp) -> Result<Self, TimeError> {
        // Parts of a second carry the sign of the time there.
        let earlier = i64::from(time.subsec_nanosecond() < 0);
        Timestamp::from_unix_seconds(time.as_second() - earlier)
    }
}

impl TryFrom<Timestamp> for jiff::Timestamp {
    type Error = TimeError;

    /// # Errors
    /// [`TimeError::OutOfRange`] for the last hours of the year 9999, which `jiff` does not hold.
    fn try_from(time: Timestamp) -> Result<jiff::Timestamp, TimeError> {
        let seconds = time.unix_seconds();
        jiff::Timestamp::from_second(seconds).map_err(|_| TimeError::OutOfRange { seconds })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_second_comes_back() {
        for seconds in [-86_401, -1, 0, 1, 1_776_418_200] {
            let time = Timestamp::from_unix_seconds(seconds).unwrap();
            let back = jiff::Timestamp::try_from(time).unwrap();
            assert_eq!(Timestamp::try_from(back).unwrap(), time);
        }
        let half = jiff::Timestamp::new(0, -500_000_000).unwrap();
        assert_eq!(Timestamp::try_from(half).unwrap().unix_seconds(), -1);
        let text = "2026-04-17T09:30:00+02:00";
        let (theirs, ours): (jiff::Timestamp, Timestamp) =
            (text.parse().unwrap(), text.parse().unwrap());
        assert_eq!(Timestamp::try_from(theirs).unwrap(), ours);
        assert!(jiff::Timestamp::try_from(Timestamp::MAX).is_err());
        assert!(Timestamp::try_from(jiff::Timestamp::MIN).is_err());
    }
}
