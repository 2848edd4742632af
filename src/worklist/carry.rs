//! What one plan hands to the next, and what became of audits.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::plan::{Period, Plan};
use super::sample::{CERTAIN, Inclusion, Stratum};
use super::shares::Earned;
use crate::Timestamp;
use crate::base::escaped;
use crate::base::words;

/// What the next plan of a unit starts from: fractions of places, and the chances that audits
/// passed complaints over. Keep it with the plan; without it fractions are lost and cumulative
/// chances begin anew.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carry {
    pub(super) earned: Earned,
    /// Billionths of the chance that no audit has drawn a complaint so far, while it waits.
    #[serde(default, deserialize_with = "crate::base::unique_map")]
    pub(super) passed_over: BTreeMap<String, u32>,
    pub(super) periods: u64,
    pub(super) without_capacity: u64,
}

impl Carry {
    /// How many periods were planned.
    #[must_use]
    pub fn periods(&self) -> u64 {
        self.periods
    }

    /// How many of them left no capacity beyond `must`; bounds on waiting do not count them.
    #[must_use]
    pub fn periods_without_capacity(&self) -> u64 {
        self.without_capacity
    }

    /// Updates the chance that a complaint was passed over; gives back both chances of inclusion.
    pub(super) fn pass(&mut self, id: &str, now: u32) -> Inclusion {
        let before = self.passed_over.get(id).copied().unwrap_or(CERTAIN).min(CERTAIN);
        let after = u64::from(before) * u64::from(CERTAIN - now) / u64::from(CERTAIN);
        if now > 0 {
            self.passed_over.insert(id.to_owned(), after as u32);
        }
        Inclusion { now, cumulative: CERTAIN - after as u32 }
    }
}

/// Carries by unit; the one without a name is for complaints of no planned unit.
pub type Carries = BTreeMap<String, Carry>;

/// What became of one audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditState {
    /// Not finished: missing, never counted as *nothing found*.
    Open,
    /// Worked as deeply as a complaint of the highest band, and something was found.
    Found(Timestamp),
    /// Worked as deeply, and nothing was found.
    NothingFound(Timestamp),
}

/// One audit with the chance by which it was drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Audit {
    /// Id of the complaint.
    pub(crate) complaint: String,
    /// The period it was planned for.
    pub(crate) period: Period,
    /// What it was drawn from.
    pub(crate) stratum: Stratum,
    /// The chance with which it was drawn.
    pub(crate) inclusion: Inclusion,
    /// What became of it.
    pub(crate) state: AuditState,
}

impl Audit {
    /// Id of the complaint.
    #[must_use]
    pub fn complaint(&self) -> &str {
        &self.complaint
    }

    /// The period it was planned for.
    #[must_use]
    pub fn period(&self) -> Period {
        self.period
    }

    /// What it was drawn from.
    #[must_use]
    pub fn stratum(&self) -> &Stratum {
        &self.stratum
    }

    /// The chance with which it was drawn.
    #[must_use]
    pub fn inclusion(&self) -> Inclusion {
        self.inclusion
    }

    /// What became of it.
    #[must_use]
    pub fn state(&self) -> AuditState {
        self.state
    }
}

/// Why a finished audit is not recorded.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AuditError {
    /// No open audit of that complaint.
    #[error(
        "complaint `{}` has no open audit: it was not drawn, or it is finished",
        escaped(.complaint)
    )]
    NotOpen {
        /// The complaint.
        complaint: String,
    },
    /// Finished before the period for which it was drawn began.
    #[error(
        "the audit of complaint `{}` was drawn for {period} and cannot be finished at {at}",
        escaped(.complaint)
    )]
    BeforeDrawn {
        /// The complaint.
        complaint: String,
        /// The period for which it was drawn.
        period: Period,
        /// When it was said to be finished.
        at: Timestamp,
    },
    /// A plan that was added before.
    #[error(
        "the audit of complaint `{}` for {period} is in the log: the plan was added before",
        escaped(.complaint)
    )]
    Repeated {
        /// The first complaint of the plan that is there.
        complaint: String,
        /// The period.
        period: Period,
    },
}

/// What a finished audit came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AuditOutcome {
    /// Something was found.
    Found,
    /// Nothing was found.
    NothingFound,
}

words! {
    AuditOutcome, "an outcome of an audit",
    Found => "found",
    NothingFound => "nothing_found",
}

/// All audits of a unit, in the order in which they were drawn. For the planner's eyes only.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AuditLog {
    audits: Vec<Audit>,
}

impl AuditLog {
    /// An empty log.
    #[must_use]
    pub fn new() -> Self {
        AuditLog::default()
    }

    /// Adds the audits of a plan, all of them open; gives back how many.
    ///
    /// # Errors
    /// [`AuditError::Repeated`] for a plan that was added before; nothing of it is then added.
    pub fn add(&mut self, plan: &Plan) -> Result<usize, AuditError> {
        let period = plan.period;
        let drawn = plan.entries.iter().filter_map(|entry| {
            Some(Audit {
                complaint: entry.id.clone(),
                period,
                stratum: entry.stratum.clone()?,
                inclusion: entry.inclusion?,
                state: AuditState::Open,
            })
        });
        let drawn: Vec<Audit> = drawn.collect();
        let here: BTreeSet<&str> = self
            .audits
            .iter()
            .filter(|audit| audit.period == period)
            .map(|audit| audit.complaint.as_str())
            .collect();
        if let Some(audit) = drawn.iter().find(|audit| here.contains(audit.complaint.as_str())) {
            return Err(AuditError::Repeated { complaint: audit.complaint.clone(), period });
        }
        let count = drawn.len();
        self.audits.extend(drawn);
        Ok(count)
    }

    /// Records that an audit is finished.
    ///
    /// # Errors
    /// [`AuditError::NotOpen`] where the complaint has no open audit,
    /// [`AuditError::BeforeDrawn`] for a time before the period for which it was drawn.
    pub fn complete(
        &mut self,
        complaint: &str,
        at: Timestamp,
        outcome: AuditOutcome,
    ) -> Result<(), AuditError> {
        let open = self
            .audits
            .iter_mut()
            .rev()
            .find(|audit| audit.complaint == complaint && audit.state == AuditState::Open);
        let audit = open.ok_or_else(|| AuditError::NotOpen { complaint: complaint.to_owned() })?;
        if at < audit.period.start {
            let (complaint, period) = (complaint.to_owned(), audit.period);
            return Err(AuditError::BeforeDrawn { complaint, period, at });
        }
        audit.state = match outcome {
            AuditOutcome::Found => AuditState::Found(at),
            AuditOutcome::NothingFound => AuditState::NothingFound(at),
        };
        Ok(())
    }

    /// The audits, in the order in which they were drawn.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Audit> {
        self.audits.iter()
    }

    /// What the audits show together.
    #[must_use]
    pub fn summary(&self) -> AuditSummary {
        let count = |wanted: fn(&AuditState) -> bool| {
            self.audits.iter().filter(|audit| wanted(&audit.state)).count()
        };
        AuditSummary {
            drawn: self.audits.len(),
            open: count(|state| *state == AuditState::Open),
            found: count(|state| matches!(state, AuditState::Found(_))),
            nothing_found: count(|state| matches!(state, AuditState::NothingFound(_))),
        }
    }
}

/// Counts of audits; see [`AuditLog::summary`].
///
/// A slice of *n* finished audits shows little when *n* is small: where nothing was found in *n*
/// drawn with equal chances, up to 3/*n* of the complaints they were drawn from may still hold
/// something (95%, Hanley and Lippman-Hand, 1983, "If nothing goes wrong, is everything all
/// right?"). With 30 audits that is one in ten. Chances differ between strata, so shares over all
/// of them need weights of one over the chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct AuditSummary {
    /// How many were drawn.
    pub(crate) drawn: usize,
    /// How many are not finished: missing, not negative.
    pub(crate) open: usize,
    /// How many found something.
    pub(crate) found: usize,
    /// How many found nothing.
    pub(crate) nothing_found: usize,
}

impl AuditSummary {
    /// How many were drawn.
    #[must_use]
    pub fn drawn(&self) -> usize {
        self.drawn
    }

    /// How many are not finished: missing, not negative.
    #[must_use]
    pub fn open(&self) -> usize {
        self.open
    }

    /// How many found something.
    #[must_use]
    pub fn found(&self) -> usize {
        self.found
    }

    /// How many found nothing.
    #[must_use]
    pub fn nothing_found(&self) -> usize {
        self.nothing_found
    }
}

impl AuditSummary {
    /// How many of every thousand complaints may still hold something where the finished audits
    /// found nothing: 3/n, rounded up, at most 1000. `None` where something was found or nothing
    /// is finished.
    #[must_use]
    pub fn still_possible_per_thousand(&self) -> Option<usize> {
        (self.found == 0 && self.nothing_found > 0)
            .then(|| 3_000_usize.div_ceil(self.nothing_found).min(1_000))
    }
}

impl fmt::Display for AuditSummary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let AuditSummary { drawn, open, found, nothing_found } = self;
        write!(
            formatter,
            "{drawn} audits drawn: {found} found something, {nothing_found} found nothing, {open} unfinished (missing, not negative)"
        )?;
        match self.still_possible_per_thousand() {
            Some(share) => {
                write!(formatter, "; up to {share} in 1000 may still hold something (3/n)")
            }
            None => Ok(()),
        }
    }
}
impl<'a> IntoIterator for &'a AuditLog {
    type Item = &'a Audit;
    type IntoIter = std::slice::Iter<'a, Audit>;

    fn into_iter(self) -> Self::IntoIter {
        self.audits.iter()
    }
}
