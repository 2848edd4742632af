//! How long complaints were followed, as labels say: a *no* of one day is not a *no* of a year.

use serde::Serialize;

use super::{Found, Label, Labels};
use crate::Backlog;

const DAY: f64 = 86_400.0;

/// How long the complaints without the outcome were followed, as their labels say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FollowUp {
    /// Labels *no*.
    pub without: usize,
    /// Those among them that do not say until when their complaint was followed.
    pub unsaid: usize,
    /// The shortest and the longest time from receipt to the end of following, in days, of those that say it.
    pub days: Option<(f64, f64)>,
}

/// The labels of an outcome.
pub(crate) fn of_outcome<'a>(
    labels: &'a Labels,
    outcome: &'a str,
) -> impl Iterator<Item = &'a Label> {
    labels.labels().iter().filter(move |label| label.outcome == outcome)
}

impl FollowUp {
    pub(crate) fn of(backlog: &Backlog, labels: &Labels, outcomes: &[&str]) -> Self {
        let mut found = Self::default();
        for label in outcomes.iter().flat_map(|outcome| of_outcome(labels, outcome)) {
            let (Found::No, Some(row)) = (label.result, backlog.row_of(&label.complaint)) else {
                continue;
            };
            found.without += 1;
            let Some(until) = label.followed_until else {
                found.unsaid += 1;
                continue;
            };
            let days = until.seconds_since(backlog.received(row)) as f64 / DAY;
            let (least, most) = found.days.unwrap_or((days, days));
            found.days = Some((least.min(days), most.max(days)));
        }
        found
    }

    /// What a reader must know where every *no* counts alike.
    pub(crate) fn note(self) -> Option<String> {
        if self.unsaid > 0 {
            return Some(format!(
                "Of {} of {} findings of no outcome nobody says until when the complaint was followed: a no of one day counts as a no of a year.",
                self.unsaid, self.without
            ));
        }
        let (least, most) = self.days?;
        (most > 2.0 * least).then(|| {
            format!(
                "Complaints without the outcome were followed for {least:.0} to {most:.0} days, and each counts as a no: figures at a horizon count those that were lost before it for what they are."
            )
        })
    }
}
