//! Numerics of research with a fixed order of operations.

mod cone;
pub(crate) mod distributions;
pub(crate) mod exponential;
mod isotonic;
mod logistic;
mod logistic_algebra;
mod logistic_dense;
mod logistic_design;
mod logistic_error;
mod logistic_fit;
mod logistic_newton;
mod logistic_point;
mod logistic_separation;
mod quantile;
mod sums;

pub use isotonic::Isotonic;
pub(crate) use logistic::{DesignProblem, Solved};
pub(crate) use logistic::{LogisticProblem, NewtonOptions, NewtonProgress};
pub(crate) use logistic_algebra::{Factor, sandwich};
pub(crate) use logistic_dense::DenseDesign;
pub(crate) use logistic_design::{Design, Scaling, center_and_scale};
pub use logistic_error::LogisticError;
pub(crate) use logistic_fit::LogisticFit;
pub(crate) use logistic_newton::{Optimum, maximise};
pub(crate) use logistic_point::{Point, Task, evaluate};
pub use quantile::QuantileRule;
pub(crate) use quantile::quantile;
pub(crate) use sums::{Sum, mean, sum};
