//! Studies of instruments: how far ranks can be trusted, and which instrument serves better.

mod error;
mod rerank;
mod stability;
mod tally;
mod uncertainty;
mod weight_set;

pub use error::StudyError;
pub use stability::{BandMoves, Churn, MOST_REPLICATES, RankInterval, RankStability, Stability};
pub use uncertainty::{Basis, Moved, Parameter, Uncertainty};
