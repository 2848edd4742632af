//! Why a complaint stands where it stands, what could change that, and what to ask next.

mod assess;
mod assessment;
mod compare;
mod completions;
mod display;
mod form;
mod getters;
mod language;
mod machine;
mod questions;
mod reach;
mod why;

pub(crate) use assess::Arrival;
pub use assessment::{Assessment, Contribution, OutcomeResult, Reason};
pub use compare::{AnswersApart, Comparison, DecidedBy, Side, compare};
pub use completions::{CompletionShares, SmallestChange};
pub use form::{FormItem, IntakeForm};
pub use language::{LANGUAGES_FORMAT, Language, LanguageError, Languages};
pub use machine::ASSESSMENT_FORMAT;
pub use questions::NextQuestion;
pub use reach::{Answered, Bound};
pub use why::{Change, ChangeEffect, Why, WhyError};
