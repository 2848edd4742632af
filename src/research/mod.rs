//! Learning weights and judging them: measures, fits, studies and reports.
//!
//! For researchers and analysts who hold complaints with known outcomes. The rest of the crate never
//! uses this wing: a queue's upgrade does not hang on a change in an interval's method.

pub mod evaluate;
pub mod fit;
pub(crate) mod numeric;
#[cfg(feature = "report")]
pub mod report;
pub mod study;

/// The code of the guide to fitting, run as a test.
#[cfg(all(doctest, feature = "csv"))]
#[doc = include_str!("../../docs/guide-fitting.md")]
struct FittingGuide;

/// The code of the guide to evaluation, run as a test.
#[cfg(all(doctest, feature = "csv", feature = "report"))]
#[doc = include_str!("../../docs/guide-evaluation.md")]
struct EvaluationGuide;
