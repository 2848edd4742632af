//! Who is worked next, per unit, given capacity; and what a morning needs to know.
//!
//! A [`Planner`] makes a [`Plan`] from a ranking. The plan has two sheets: the planner's, with the
//! rule that chose each entry, and the investigators', on which nothing tells audits from the
//! rest.

mod attention;
mod carry;
mod document;
mod entry;
mod expected;
mod getters;
mod investigators;
mod page;
mod plan;
mod plan_file;
mod planner;
mod rules;
mod sample;
mod shares;
mod sheet_file;
mod sheets;

pub use attention::{PartlyUnderstood, ScaleBeside, ScaleRow};
pub use carry::{
    Audit, AuditError, AuditLog, AuditOutcome, AuditState, AuditSummary, Carries, Carry,
};
pub use document::SheetForm;
pub use entry::{ActsFirst, PlanEntry};
pub use expected::ExpectedYield;
pub use investigators::{InvestigatorEntry, InvestigatorSheet};
pub use plan::{Expiring, Load, Period, Plan, RuleUse, UnplannedUnit, WaitBound, Waiting};
pub use plan_file::{PLAN_FORMAT, WorklistFileError};
pub use planner::{PlanError, Planner, Request};
pub use sample::{Inclusion, Stratum};
pub use shares::{RuleKind, Shares, SharesError};
pub use sheet_file::SHEET_FORMAT;
pub use sheets::MorningSheet;
