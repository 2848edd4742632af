//! Why a complaint stands where it stands, what could change that, and what to ask next.

mod assessment;
mod completions;
mod display;
mod form;
mod machine;
mod questions;
mod reach;
mod why;

pub use assessment::{Assessment, Contribution, OutcomeResult, Place, Reason};
pub use completions::{CompletionShares, SmallestChange};
pub use form::{FormItem, IntakeForm};
pub use questions::NextQuestion;
pub use reach::{Answered, Bound, Standing};
pub use why::{Cause, Change, Moment, Why, WhyError};
