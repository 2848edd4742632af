//! Numerical building blocks with a fixed order of operations.

mod radix;
mod streams;

pub(crate) use radix::sort_by_bits;
pub use streams::{Seed, Stream};
