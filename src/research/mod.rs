//! Learning weights and judging them: measures, fits, studies and reports.
//!
//! For researchers and analysts who hold complaints with known outcomes. The rest of the crate never
//! uses this wing: a queue's upgrade does not hang on a change in an interval's method.

pub mod evaluate;
pub mod fit;
pub mod numeric;
#[cfg(feature = "report")]
pub mod report;
pub mod study;
