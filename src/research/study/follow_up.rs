//! Outcomes at a horizon: a *no* of one day is not a *no* of a year.

use std::collections::BTreeMap;

use serde::Serialize;

use super::StudyError;
use super::known::Known;
use super::target::Target;
use crate::Backlog;
use crate::research::evaluate::{Weights, at_horizon};
use crate::research::fit::{FollowUp, Found, Label, Labels, of_outcome};

const DAY: f64 = 86_400.0;

/// What a horizon left out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Horizon {
    /// Days from receipt within which an outcome counts as found.
    pub days: f64,
    /// Complaints lost from sight before it without a find: those that were followed stand for them by weight.
    pub censored: usize,
    /// Complaints whose label says neither when the outcome was found nor until when they were followed, as far as the
    /// horizon needs it: nobody stands for them.
    pub undated: usize,
}

impl Horizon {
    pub(super) fn note(self) -> String {
        let mut note = format!(
            "An outcome counts where it was found within {} days of receipt, and a no where the complaint was followed that long; {} were lost from sight before, and those that were followed stand for them.",
            self.days, self.censored
        );
        if self.undated > 0 {
            note += &format!(
                " {} more are left out: their labels do not say when the outcome was found or until when they were followed.",
                self.undated
            );
        }
        note
    }
}

impl Known {
    /// Brings labels to a backlog at a horizon: an outcome counts where it was found within so many days of receipt, and a *no*
    /// only where the complaint was followed that long. Those lost from sight before are stood for by weights of those that were
    /// not, as [`at_horizon`] makes them, times the labels' own.
    ///
    /// A *yes* without a date of the find counts where its complaint was followed no longer than to the horizon, and is left out
    /// otherwise, as is a *no* without an end of following: see [`Known::horizon`]. What was found before receipt counts as
    /// found on receipt.
    ///
    /// # Errors
    /// As [`Known::new`]; [`StudyError::NotEstimable`] for a horizon that is not above 0, or where nothing is known at it.
    ///
    /// ```
    /// use caserank::complaint::Origin;
    /// use caserank::research::fit::Labels;
    /// use caserank::research::study::Known;
    /// use caserank::{BacklogBuilder, Complaint, reference};
    /// let triage = reference::published()?;
    /// let mut backlog = BacklogBuilder::new(triage.codebook());
    /// for id in ["a", "b", "c"] {
    ///     backlog.push(&Complaint::new(id, "2025-01-01".parse()?)?.with_origin(Origin::Prospective))?;
    /// }
    /// let text = "complaint,outcome,result,found,followed_until\n\
    ///     a,contact_offending,yes,2025-02-01,2026-01-01\n\
    ///     b,contact_offending,no,,2025-01-02\n\
    ///     c,contact_offending,no,,2026-01-01\n";
    /// let (labels, _) = Labels::read_csv(text.as_bytes())?;
    /// let known = Known::at_horizon(&backlog.freeze(), &labels, "contact_offending", 90.0, None)?;
    /// assert_eq!(known.labels(), [true, false], "b was lost on its second day");
    /// assert_eq!(known.horizon().map(|horizon| horizon.censored), Some(1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn at_horizon(
        backlog: &Backlog,
        labels: &Labels,
        outcome: &str,
        days: f64,
        channel_item: Option<&str>,
    ) -> Result<Self, StudyError> {
        let target = Target::Outcome(outcome.to_owned());
        let known = Self::new(backlog, labels, target, channel_item)?;
        let by_id: BTreeMap<&str, &Label> =
            of_outcome(labels, outcome).map(|label| (label.complaint.as_str(), label)).collect();
        let (mut places, mut found, mut followed) = (Vec::new(), Vec::new(), Vec::new());
        for (place, &row) in known.rows().iter().enumerate() {
            let Some(label) = by_id.get(backlog.id(row)) else { continue };
            let since = |time: crate::Timestamp| {
                (time.seconds_since(backlog.received(row)) as f64 / DAY).max(0.0)
            };
            let until = label.followed_until.map(since);
            let times = match (label.result, label.found.map(since), until) {
                (Found::Yes, Some(at), until) => Some((Some(at), until.unwrap_or(at))),
                (Found::Yes, None, Some(until)) if until <= days => Some((Some(until), until)),
                (Found::No, _, Some(until)) => Some((None, until)),
                _ => None,
            };
            let Some((at, until)) = times else { continue };
            places.push(place);
            found.push(at);
            followed.push(until);
        }
        let undated = known.len() - places.len();
        let at = at_horizon(&found, &followed, days).map_err(|error| match error {
            crate::research::evaluate::EvaluateError::NotEstimable(why) => StudyError::from(why),
            crate::research::evaluate::EvaluateError::Input(fault) => fault.into(),
        })?;
        let kept: Vec<usize> = at.rows.iter().map(|&row| places[row]).collect();
        let given = known.weights().map(Weights::values);
        let weights = kept.iter().zip(at.weights.values());
        let weights: Vec<f64> =
            weights.map(|(&place, weight)| weight * given.map_or(1.0, |all| all[place])).collect();
        let mut known = known.of_places(&kept, at.labels);
        if weights.iter().any(|&weight| weight != 1.0) {
            known.weights = Some(Weights::sampling(weights)?);
        }
        known.horizon = Some(Horizon { days, censored: at.censored, undated });
        Ok(known)
    }

    /// The horizon at which outcomes count, and what it left out; `None` where every *no* counts, however long it was followed.
    #[must_use]
    pub fn horizon(&self) -> Option<Horizon> {
        self.horizon
    }

    /// How long complaints without the outcome were followed, where labels were brought to a backlog.
    #[must_use]
    pub fn follow_up(&self) -> Option<FollowUp> {
        self.follow_up
    }
}
