//! Learning weights from complaints with known outcomes.

mod advice;
mod assemble;
mod calibrate;
mod calibrated;
mod columns;
mod dataset;
mod design;
mod design_coding;
mod diagnostics;
mod error;
mod firth;
mod firth_likelihood;
mod instrument;
mod label_origin;
mod labels;
mod labels_read;
mod linear;
mod linfa_traits;
mod logistic;
mod marginal;
mod model;
mod objective;
mod points;
mod points_counted;
mod profile;
mod progress;
mod report;
mod risk_score;
mod sample;
mod signs;
mod subset;

pub use advice::{Advice, Riley};
pub use calibrate::{GroupRecalibration, GroupShift, Recalibration, Scores};
pub use calibrated::{CalibrationContext, Recalibrate};
pub use columns::{Columns, ColumnsBuilder};
pub use dataset::ToDataset;
pub use design::{Coding, Design, Designed, DropReason, Dropped};
pub use error::FitError;
pub use firth::{Firth, ValidFirth};
pub use instrument::{FittedInstrument, Naming, OutcomeFit};
pub use labels::{
    Depth, Found, JoinReport, Joined, Label, LabelError, LabelReport, Labels, ReferenceStandard,
    WhyWorked,
};
pub use linear::LinearWeights;
pub use linfa_traits::LinfaFitError;
pub use logistic::{ClassWeights, Logistic, Sign, ValidLogistic};
pub use marginal::MarginalEffect;
pub use model::LogisticModel;
pub use points::{PointCard, RoundedWeights, Total};
pub use points_counted::{Bivariate, BivariateWeights, Burgess, Nuffield};
pub use progress::FitProgress;
pub use report::{Estimate, FitReport, FitWarning, Interval, Method, TestResult};
pub use risk_score::{Counted, RiskCard, RiskScore};
pub use sample::Sample;
