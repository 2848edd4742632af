//! Clocks that run on a complaint, read against a time that the caller gives.

use super::{Complaint, Deadline, DeadlineKind};
use crate::Timestamp;

/// 2024-05-07T00:00:00Z: the day on which the REPORT Act (Public Law 118-59) became law.
const REPORT_ACT: i64 = 1_715_040_000;
/// Days for which a provider keeps what it reported from that day on: one year.
const DAYS_KEPT: i64 = 365;
/// Days for which it kept what it reported before.
const DAYS_KEPT_BEFORE: i64 = 90;

/// The time until which a United States provider must keep what it reported: 365 days from a
/// report of 2024-05-07 or later, 90 days from an earlier one (18 U.S.C. 2258A(h), as amended by
/// the REPORT Act, Public Law 118-59).
///
/// It counts from the provider's report, not from its arrival at the unit. A provider may keep
/// things longer, and a request for preservation starts a clock of its own: give that as a
/// deadline instead.
///
/// ```
/// use caserank::complaint::preservation_due;
/// assert_eq!(preservation_due("2024-05-06T23:59:59Z".parse()?), "2024-08-04T23:59:59Z".parse()?);
/// assert_eq!(preservation_due("2024-05-07".parse()?), "2025-05-07".parse()?);
/// # Ok::<(), caserank::TimeError>(())
/// ```
#[must_use]
pub fn preservation_due(reported: Timestamp) -> Timestamp {
    let kept = if reported.unix_seconds() < REPORT_ACT { DAYS_KEPT_BEFORE } else { DAYS_KEPT };
    reported.plus_days(kept)
}

impl Deadline {
    /// Whether the time has passed: due at `now` is not yet past.
    #[must_use]
    pub fn is_past(&self, now: Timestamp) -> bool {
        self.due < now
    }

    /// Seconds left; below 0 once it is past.
    #[must_use]
    pub fn seconds_left(&self, now: Timestamp) -> i64 {
        self.due.seconds_since(now)
    }
}

impl Complaint {
    /// With the preservation deadline that follows from the time of the provider's report; see
    /// [`preservation_due`].
    #[must_use]
    pub fn reported(mut self, reported: Timestamp) -> Self {
        let due = preservation_due(reported);
        self.insert_deadline(Deadline { due, kind: DeadlineKind::Preservation });
        self
    }

    /// The deadlines that have passed, and those still to come, each earliest first.
    ///
    /// ```
    /// use caserank::Complaint;
    /// use caserank::complaint::DeadlineKind;
    /// let complaint = Complaint::new("a", "2026-01-01".parse()?)?
    ///     .reported("2025-12-31".parse()?)
    ///     .with_deadline(DeadlineKind::Statutory, "2026-01-31".parse()?)?;
    /// let (past, coming) = complaint.clocks("2026-02-01".parse()?);
    /// assert_eq!((past.len(), coming.len()), (1, 1));
    /// assert_eq!(coming[0].due, "2026-12-31".parse()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn clocks(&self, now: Timestamp) -> (&[Deadline], &[Deadline]) {
        let deadlines = self.deadlines();
        deadlines.split_at(deadlines.partition_point(|deadline| deadline.is_past(now)))
    }
}
