//! Numerical building blocks with a fixed order of operations.

mod streams;

pub use streams::{Seed, Stream};
