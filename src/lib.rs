//! Orders complaints about technology-facilitated crimes against children.
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "fit")]
pub mod evaluate;
#[cfg(feature = "fit")]
pub mod fit;
pub mod numeric;

#[cfg(feature = "fit")]
pub use linfa;
pub use ndarray;
