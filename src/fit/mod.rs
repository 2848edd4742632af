//! Learning weights from complaints with known outcomes.

mod columns;
mod error;

pub use columns::{Columns, ColumnsBuilder};
pub use error::FitError;
