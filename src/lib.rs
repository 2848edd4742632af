//! Orders complaints about technology-facilitated crimes against children so that the ones most
//! likely to involve a child in danger are looked at first.
//!
//! [`Triage`] is the front door; [`Backlog`], [`Ranking`], [`Queue`] and [`Assessment`] are what
//! most callers meet next. The README follows.
//!
#![cfg_attr(all(feature = "research", feature = "csv"), doc = include_str!("../README.md"))]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
// A library neither prints nor panics on data; tests, benches and examples may.
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr))]
// Nor has it hidden input: the lists are in `clippy.toml`.
#![cfg_attr(
    not(test),
    warn(clippy::disallowed_macros, clippy::disallowed_methods, clippy::disallowed_types)
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod backlog;
mod base;
pub mod codebook;
pub mod complaint;
mod error;
pub mod explain;
pub mod instrument;
pub mod intake;
pub mod listing;
pub mod policy;
pub mod queue;
pub mod rank;
pub mod record;
pub mod reference;
#[cfg(feature = "research")]
pub mod research;
pub mod score;
pub mod simulate;
pub mod synthetic;
pub mod tables;
pub mod triage;
pub mod worklist;

pub use backlog::{Backlog, BacklogBuilder};
pub use base::{
    Fixed, FixedError, JsonError, STEPS_PER_UNIT, Seed, Stream, TimeError, Timestamp, UtcOffset,
    WordError,
};
pub use codebook::Codebook;
pub use complaint::Complaint;
pub use error::Error;
pub use explain::Assessment;
pub use instrument::Instrument;
pub use policy::{ActiveOverrides, Band, Lane, Overrides, Policy};
pub use queue::Queue;
pub use rank::{Rank, Standing};
pub use triage::{Ranking, Triage};

#[cfg(feature = "arrow-59")]
pub use arrow_array;
#[cfg(feature = "arrow-59")]
pub use arrow_schema;
#[cfg(feature = "research")]
pub use linfa;
pub use ndarray;
pub use semver::Version;
