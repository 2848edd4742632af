//! What plans, sheets and bounds say, by name.

use super::attention::{PartlyUnderstood, ScaleBeside, ScaleRow};
use super::entry::{ActsFirst, PlanEntry};
use super::investigators::{InvestigatorEntry, InvestigatorSheet};
use super::plan::{Expiring, Load, Period, RuleUse, UnplannedUnit, WaitBound, Waiting};
use super::sample::{Inclusion, Stratum};
use super::shares::RuleKind;
use crate::complaint::{Deadline, Deconfliction, NotUnderstood};
use crate::policy::Band;
use crate::rank::Rank;
use crate::{Fixed, Timestamp};

impl PlanEntry {
    /// Id of the complaint.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its rank in the ranking that was planned from.
    #[must_use]
    pub fn rank(&self) -> Rank {
        self.rank
    }

    /// The rule that chose it.
    #[must_use]
    pub fn rule(&self) -> RuleKind {
        self.rule
    }

    /// Who must act before the investigator; empty where nobody must.
    #[must_use]
    pub fn acts_first(&self) -> &[ActsFirst] {
        &self.acts_first
    }

    /// Whether another agency works on it.
    #[must_use]
    pub fn deconfliction(&self) -> Deconfliction {
        self.deconfliction
    }

    /// Its next deadline.
    #[must_use]
    pub fn next_deadline(&self) -> Option<&Deadline> {
        self.next_deadline.as_ref()
    }

    /// The latest of its deadlines that have passed.
    #[must_use]
    pub fn missed_deadline(&self) -> Option<&Deadline> {
        self.missed_deadline.as_ref()
    }

    /// Whether its next deadline falls before the next period.
    #[must_use]
    pub fn due_soon(&self) -> bool {
        self.due_soon
    }

    /// Since when its band's action time is over.
    #[must_use]
    pub fn overdue_since(&self) -> Option<Timestamp> {
        self.overdue_since
    }

    /// For `ask_first`: the item to ask.
    #[must_use]
    pub fn ask(&self) -> Option<&str> {
        self.ask.as_deref()
    }

    /// For an audit: what it was drawn from.
    #[must_use]
    pub fn stratum(&self) -> Option<&Stratum> {
        self.stratum.as_ref()
    }

    /// For an audit: the chance with which it was drawn.
    #[must_use]
    pub fn inclusion(&self) -> Option<Inclusion> {
        self.inclusion
    }

    /// It must be worked, and there is no capacity left for it.
    #[must_use]
    pub fn beyond_capacity(&self) -> bool {
        self.beyond_capacity
    }
}

impl RuleUse {
    /// The rule.
    #[must_use]
    pub fn rule(&self) -> RuleKind {
        self.rule
    }

    /// Its share of the capacity beyond `must`.
    #[must_use]
    pub fn share(&self) -> Fixed {
        self.share
    }

    /// Places it had, carried fractions included.
    #[must_use]
    pub fn places(&self) -> usize {
        self.places
    }

    /// Places it used; what it could not use went by rank.
    #[must_use]
    pub fn used(&self) -> usize {
        self.used
    }
}

impl Waiting {
    /// The band.
    #[must_use]
    pub fn band(&self) -> Band {
        self.band
    }

    /// How many wait.
    #[must_use]
    pub fn complaints(&self) -> usize {
        self.complaints
    }

    /// How many of them are overdue.
    #[must_use]
    pub fn overdue(&self) -> usize {
        self.overdue
    }

    /// How many more will be overdue when the period ends.
    #[must_use]
    pub fn falling_due(&self) -> usize {
        self.falling_due
    }

    /// When the oldest of them came in.
    #[must_use]
    pub fn oldest(&self) -> Option<Timestamp> {
        self.oldest
    }
}

impl Load {
    /// Complaints to be worked in this period if every promise is to be kept: `must`, overdue,
    /// overdue by its end, evidence that expires before the next.
    #[must_use]
    pub fn needed(&self) -> usize {
        self.needed
    }

    /// Capacity of the unit.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// How many came since the last plan, where the caller said so.
    #[must_use]
    pub fn arrivals(&self) -> Option<usize> {
        self.arrivals
    }

    /// `must` complaints for which there is no capacity. They are in the plan all the same.
    #[must_use]
    pub fn must_beyond(&self) -> usize {
        self.must_beyond
    }

    /// Complaints whose evidence expires before the next period, and which are not in the plan.
    #[must_use]
    pub fn due_soon_left(&self) -> usize {
        self.due_soon_left
    }

    /// Complaints in hand, left out of the plan.
    #[must_use]
    pub fn in_hand(&self) -> usize {
        self.in_hand
    }
}

impl Expiring {
    /// Id of the complaint.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its rank in the ranking that was planned from.
    #[must_use]
    pub fn rank(&self) -> Rank {
        self.rank
    }

    /// The deadline.
    #[must_use]
    pub fn deadline(&self) -> &Deadline {
        &self.deadline
    }
}

impl UnplannedUnit {
    /// Name of the unit; `None` for complaints without one.
    #[must_use]
    pub fn unit(&self) -> Option<&str> {
        self.unit.as_deref()
    }

    /// How many complaints it has.
    #[must_use]
    pub fn complaints(&self) -> usize {
        self.complaints
    }

    /// The planned unit whose name differs only in case, blanks, invisible marks or normal form.
    #[must_use]
    pub fn resembles(&self) -> Option<&str> {
        self.resembles.as_deref()
    }
}

impl WaitBound {
    /// The band.
    #[must_use]
    pub fn band(&self) -> Band {
        self.band
    }

    /// Its share.
    #[must_use]
    pub fn share(&self) -> Fixed {
        self.share
    }

    /// Places it had.
    #[must_use]
    pub fn places(&self) -> usize {
        self.places
    }

    /// Capacity beyond `must`.
    #[must_use]
    pub fn beyond(&self) -> usize {
        self.beyond
    }
}

impl InvestigatorEntry {
    /// Id of the complaint.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether it must be looked at before all others.
    #[must_use]
    pub fn must(&self) -> bool {
        self.must
    }

    /// Who must act before the investigator; empty where nobody must.
    #[must_use]
    pub fn acts_first(&self) -> &[ActsFirst] {
        &self.acts_first
    }

    /// Whether another agency works on it.
    #[must_use]
    pub fn deconfliction(&self) -> Deconfliction {
        self.deconfliction
    }

    /// Its next deadline.
    #[must_use]
    pub fn next_deadline(&self) -> Option<&Deadline> {
        self.next_deadline.as_ref()
    }
}

impl InvestigatorSheet {
    /// The unit.
    #[must_use]
    pub fn unit(&self) -> Option<&str> {
        self.unit.as_deref()
    }

    /// From when to when.
    #[must_use]
    pub fn period(&self) -> Period {
        self.period
    }

    /// Who is worked, `must` first.
    #[must_use]
    pub fn entries(&self) -> &[InvestigatorEntry] {
        &self.entries
    }
}

impl PartlyUnderstood {
    /// Id of the complaint.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its rank in the ranking that was planned from.
    #[must_use]
    pub fn rank(&self) -> Rank {
        self.rank
    }

    /// What was not understood.
    #[must_use]
    pub fn not_understood(&self) -> &[NotUnderstood] {
        &self.not_understood
    }
}

impl ScaleRow {
    /// The answer.
    #[must_use]
    pub fn answer(&self) -> &str {
        &self.answer
    }

    /// How many stand in `must`.
    #[must_use]
    pub fn must(&self) -> usize {
        self.must
    }

    /// How many stand in each band outside `must`, highest first.
    #[must_use]
    pub fn bands(&self) -> &[usize; 4] {
        &self.bands
    }
}

impl ScaleBeside {
    /// The item.
    #[must_use]
    pub fn item(&self) -> &str {
        &self.item
    }

    /// One row an answer, as the codebook orders them, then *unknown*.
    #[must_use]
    pub fn rows(&self) -> &[ScaleRow] {
        &self.rows
    }
}
