//! Learning weights from complaints with known outcomes.

mod advice;
mod assemble;
mod calibrate;
mod columns;
mod design;
mod diagnostics;
mod error;
mod firth;
mod instrument;
mod labels;
mod labels_read;
mod linear;
mod linfa_traits;
mod logistic;
mod objective;
mod points;
mod report;
mod risk_score;
mod sample;
mod signs;
mod subset;

pub use advice::{Advice, Riley};
pub use calibrate::{GroupRecalibration, GroupShift, Recalibration, Scores};
pub use columns::{Columns, ColumnsBuilder};
pub use design::{Coding, Design, Designed, DropReason, Dropped};
pub use error::FitError;
pub use firth::Firth;
pub use instrument::{CalibrationContext, FittedInstrument, Naming, OutcomeFit};
pub use labels::{
    Depth, Found, JoinReport, Joined, Label, LabelError, LabelReport, Labels, ReferenceStandard,
    WhyWorked,
};
pub use linear::LinearWeights;
pub use linfa_traits::LinfaFitError;
pub use logistic::{ClassWeights, Logistic, LogisticModel, Sign, ValidLogistic};
pub use points::{
    Bivariate, BivariateWeights, Burgess, Nuffield, PointCard, RoundedWeights, Total,
};
pub use report::{Estimate, FitReport, FitWarning, Interval, Method, TestResult};
pub use risk_score::{RiskCard, RiskScore};
pub use sample::Sample;
