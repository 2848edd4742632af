//! The functions in DataFusion against the library: orders to the last tie, whatever the partitions, types and damage.
#![allow(clippy::unwrap_used, missing_docs)]

mod columns;
mod common;
mod orders;
mod refusals;
