//! Reading complaints: how it is done, and what became of every record.

mod causes;
mod danger;
mod display;
mod heading_names;
mod machine;
mod mapping;
mod not_rankable;
mod reading;
mod report;
mod told;

pub use causes::{Cause, IdAt, RenamedColumn, RepeatedId, Span, UnmatchedColumn};
pub use danger::DangerAnswers;
pub(crate) use heading_names::HeadingNames;
pub use mapping::MappingName;
pub(crate) use not_rankable::shown;
pub use not_rankable::{NotRankable, WhyNotRankable, write_not_rankable};
pub use reading::{Reading, Repeated};
pub use report::{IntakeReport, MOST_CAUSES};
pub use told::{MOST_TOLD, Told};

use super::Backlog;
use crate::codebook::Codebook;

/// The most bytes of records that cannot be ranked that one reading keeps.
pub const MOST_BYTES_KEPT: usize = 1 << 28;

/// What a source came to: a backlog, the records that cannot be ranked, and the report over both.
#[derive(Debug, Clone)]
pub struct Intake {
    pub(crate) backlog: Backlog,
    pub(crate) report: IntakeReport,
}

impl Intake {
    /// From parts that a reader of another kind made.
    #[must_use]
    pub fn new(backlog: Backlog, report: IntakeReport) -> Self {
        Intake { backlog, report }
    }

    /// The complaints that can be ranked.
    #[must_use]
    pub fn backlog(&self) -> &Backlog {
        &self.backlog
    }

    /// What became of the records.
    #[must_use]
    pub fn report(&self) -> &IntakeReport {
        &self.report
    }

    /// The records that cannot be ranked: those with an answer that alone would put them into
    /// `must` first, where the reading was told which answers do; else in order. They belong
    /// **above the first place** of a ranking, since nobody knows where they would stand.
    #[must_use]
    pub fn not_rankable(&self) -> &[NotRankable] {
        self.report.records_not_rankable()
    }

    /// Puts first what could hide danger; see [`Triage::danger_answers`](crate::Triage::danger_answers).
    pub fn put_danger_first(&mut self, codebook: &Codebook, danger: &DangerAnswers) {
        self.report.put_danger_first(codebook, danger);
    }

    /// The backlog alone.
    #[must_use]
    pub fn into_backlog(self) -> Backlog {
        self.backlog
    }

    /// Backlog and report; the report holds the records that cannot be ranked.
    #[must_use]
    pub fn into_parts(self) -> (Backlog, IntakeReport) {
        (self.backlog, self.report)
    }
}
