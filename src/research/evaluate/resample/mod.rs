//! Resampling: bootstrap, folds, splits and optimism.
//!
//! Every replicate draws from its own numbered stream of the caller's seed, so results do not depend on the number of
//! threads. Complaints that belong together (one subject) are drawn and left out together where clusters are given.

mod bootstrap;
mod bootstrap_auc;
mod folds;
mod optimism;
mod replicates;

pub use crate::research::numeric::QuantileRule;
pub use bootstrap::Bootstrap;
pub use bootstrap_auc::jackknife_auc;
pub use folds::{
    Split, Splits, clustered_folds, leave_one_unit_out, split_by_date, stratified_folds,
};
pub use optimism::{Optimism, Performance};
pub use replicates::{BcaParts, BootstrapInterval, Replicates, jackknife};
