//! Numerical building blocks with a fixed order of operations.

#[cfg(feature = "fit")]
pub mod distributions;
mod isotonic;
mod quantile;
mod streams;
mod sums;

pub use isotonic::Isotonic;
pub use quantile::{QuantileRule, quantile};
pub use streams::{Seed, Stream};
pub use sums::{Sum, mean, sum};
