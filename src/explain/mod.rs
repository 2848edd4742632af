//! Why a complaint stands where it stands, what could change that, and what to ask next.

mod assessment;
mod completions;
mod display;
mod machine;
mod questions;
mod reach;
mod why;

pub use assessment::{Assessment, Contribution, OutcomeResult, Reason};
pub use completions::{CompletionShares, SmallestChange};
pub use questions::NextQuestion;
pub use reach::{Answered, Bound};
pub use why::{Cause, Change, Why, WhyError};
