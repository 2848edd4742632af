//! Numerical building blocks with a fixed order of operations.

#[cfg(feature = "fit")]
pub mod distributions;
mod isotonic;
#[cfg(feature = "fit")]
mod logistic;
#[cfg(feature = "fit")]
mod logistic_algebra;
#[cfg(feature = "fit")]
mod logistic_dense;
#[cfg(feature = "fit")]
mod logistic_design;
#[cfg(feature = "fit")]
mod logistic_error;
#[cfg(feature = "fit")]
mod logistic_fit;
#[cfg(feature = "fit")]
mod logistic_newton;
#[cfg(feature = "fit")]
mod parts;
mod quantile;
mod radix;
mod streams;
mod sums;
mod widest;

pub use isotonic::Isotonic;
#[cfg(feature = "fit")]
pub(crate) use logistic::{DesignProblem, Solved};
#[cfg(feature = "fit")]
pub(crate) use logistic_algebra::{Factor, sandwich};
#[cfg(feature = "fit")]
pub(crate) use logistic_dense::DenseDesign;
#[cfg(feature = "fit")]
pub(crate) use logistic_design::{Design, Scaling, center_and_scale};
#[cfg(feature = "fit")]
pub(crate) use logistic_newton::{Optimum, Point, Task, evaluate};
#[cfg(feature = "fit")]
pub(crate) use parts::{in_order, parts, threads};

#[cfg(feature = "fit")]
pub use logistic::{LogisticProblem, NewtonOptions, NewtonProgress};
#[cfg(feature = "fit")]
pub use logistic_error::LogisticError;
#[cfg(feature = "fit")]
pub use logistic_fit::LogisticFit;
pub use quantile::{QuantileRule, quantile};
pub(crate) use radix::{DIGIT_BITS, order_by_digit, sort_by_bits};
pub use streams::{Seed, Stream};
pub use sums::{Sum, mean, sum};
pub(crate) use widest::widest;
