//! From answers to scores: one kernel for one complaint and for many.
mod link;
pub use link::{BILLION, Probability, logistic};
