//! Measures on plain slices of labels and scores: a figure with its interval out.

mod capacity;
mod data;
mod discrimination;
mod figure;
mod groups;
mod operating;
mod proportions;
mod ties;

pub use capacity::{
    Capacity, CapacityCurve, CapacityPoint, capacity_curve, sensitivity_at_capacity,
};
pub use data::{
    EvaluateError, InputError, MaybeWeighted, Predicted, Score, Scored, Weighted, Weights,
};
pub use discrimination::{
    Auc, AucDifference, AucWithin, auc, auc_paired, auc_unpaired, auc_within,
};
pub use figure::{Because, Caution, Confidence, Figure, Interval, Method, NotEstimable};
pub use operating::{AtBaseRate, Confusion, confusion};
pub use proportions::{ShareInterval, odds_ratio, share, share_difference};
