//! Studies of instruments: how far ranks can be trusted, and which instrument serves better.
//!
//! [`Stability`] draws weights from their [`Uncertainty`], ranks again and gives every complaint an
//! interval of positions and every band a probability. [`Study`] compares instruments on complaints
//! with known outcomes, by one measure declared beforehand. Whatever rests on synthetic
//! complaints carries [`STAMP`] and gets no verdict.

mod beside;
mod bounds;
mod circularity;
mod compare;
mod covariance;
mod drift;
mod error;
mod group_audit;
mod groups;
mod known;
mod measure;
mod paired;
mod parameters;
mod positions;
mod rank_stability;
mod rerank;
mod result;
mod sample_size;
mod sensitivity;
mod stability;
mod tally;
mod uncertainty;
mod verdict;
mod weight_set;

pub use beside::{BY_INDEX, Beside, Cell, Parting, Reached, answers_by_place};
pub use bounds::bounds_at_capacity;
pub use circularity::without_overlap;
pub use compare::Study;
pub use drift::{ItemDrift, item_drift};
pub use error::StudyError;
pub use group_audit::{GroupFindings, GroupPlan, GroupTold};
pub use groups::Groups;
pub use known::{Arm, Known, STAMP, Target};
pub use measure::{Better, Measure};
pub use parameters::{Moved, Parameter};
pub use positions::{Departure, PositionsUnder};
pub use rank_stability::{BandMoves, Churn, RankInterval, RankStability};
pub use result::{ArmResult, Comparison, MeasureRow, StudyResult};
pub use sample_size::{auc_standard_error, complaints_for_auc, events_for_share};
pub use sensitivity::{Change, Sensitivity};
pub use stability::{MOST_REPLICATES, Stability};
pub use uncertainty::{Basis, Uncertainty};
pub use verdict::{Verdict, holm};
