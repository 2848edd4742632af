//! Orders complaints about technology-facilitated crimes against children.
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod backlog;
pub mod codebook;
pub mod complaint;
mod error;
#[cfg(feature = "fit")]
pub mod evaluate;
pub mod explain;
#[cfg(feature = "fit")]
pub mod fit;
pub mod fixed;
pub mod instrument;
pub mod numeric;
pub mod policy;
pub mod rank;
pub mod reference;
#[cfg(feature = "report")]
pub mod report;
pub mod score;
#[cfg(feature = "fit")]
pub mod study;
pub mod synthetic;
pub mod time;
pub mod triage;
mod unique;

pub use backlog::{Backlog, BacklogBuilder};
pub use codebook::Codebook;
pub use complaint::Complaint;
pub use error::Error;
pub use explain::Assessment;
pub use fixed::Fixed;
pub use instrument::Instrument;
pub use policy::{ActiveOverrides, Band, Lane, Overrides, Policy};
pub use time::Timestamp;
pub use triage::{Ranking, Triage};

#[cfg(feature = "fit")]
pub use linfa;
pub use ndarray;
