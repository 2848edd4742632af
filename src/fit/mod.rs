//! Learning weights from complaints with known outcomes.

mod assemble;
mod columns;
mod diagnostics;
mod distributions;
mod error;
mod firth;
mod linear;
mod linfa_traits;
mod logistic;
mod objective;
mod report;
mod sample;
mod signs;
mod subset;

pub use columns::{Columns, ColumnsBuilder};
pub use error::FitError;
pub use firth::Firth;
pub use linear::LinearWeights;
pub use linfa_traits::LinfaFitError;
pub use logistic::{ClassWeights, Logistic, LogisticModel, Sign, ValidLogistic};
pub use report::{Estimate, FitReport, FitWarning, Interval, Method, TestResult};
pub use sample::Sample;
