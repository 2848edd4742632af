//! Studies of instruments: how far ranks can be trusted, and which instrument serves better.
//!
//! [`Stability`] draws weights from their [`Uncertainty`], ranks again and gives every complaint an
//! interval of positions and every band a probability. [`Study`] compares instruments on complaints
//! with known outcomes, by one measure declared beforehand. Whatever rests on synthetic
//! complaints carries [`STAMP`] and gets no verdict.

mod arm;
mod beside;
mod bounds;
mod circularity;
mod coders;
mod compare;
mod covariance;
mod differences;
mod drift;
mod error;
mod fit_covariance;
mod follow_up;
mod group_audit;
mod group_performance;
mod group_rows;
mod group_told;
mod groups;
mod known;
mod measure;
mod notes;
mod noun;
mod paired;
mod parameters;
mod plan;
mod positions;
mod rank_stability;
mod result;
mod sample_size;
mod sensitivity;
mod stability;
mod subjects;
mod tally;
mod target;
mod uncertainty;
mod verdict;

pub use arm::Arm;
pub use beside::{AnswerStanding, BY_INDEX, Beside, Cell, Parting, Reached, answers_by_standing};
pub use bounds::bounds_at_capacity;
pub use circularity::without_overlap;
pub use coders::{CoderFindings, ItemAgreement, double_coding};
pub use compare::Study;
pub use drift::{ItemDrift, item_drift};
pub use error::StudyError;
pub use follow_up::Horizon;
pub use group_audit::{GroupFindings, GroupPlan, GroupTold};
pub use group_performance::{GroupCapacity, GroupPerformance};
pub use group_rows::GroupRows;
pub use groups::Groups;
pub use known::Known;
pub use measure::{Better, Measure};
pub use noun::Noun;
pub use parameters::{Moved, Parameter};
pub use plan::{Registration, STUDY_PLAN_FORMAT, StudyPlan};
pub use positions::{Departure, PositionsUnder};
pub use rank_stability::{BandMoves, Churn, RankInterval, RankStability};
pub use result::{ArmResult, Comparison, MeasureRow, StudyResult};
pub use sample_size::{auc_standard_error, complaints_for_auc, events_for_share};
pub use sensitivity::{Change, Sensitivity};
pub use stability::{MOST_REPLICATES, Stability};
#[cfg(feature = "report")]
pub(crate) use target::stamp_of;
pub use target::{NOT_STATED_STAMP, STAMP, Target};
pub use uncertainty::{Basis, Uncertainty};
pub use verdict::{Verdict, holm};
