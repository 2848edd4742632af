//! From what really arrives to complaints: reports, keyed traces, bundles and links.

mod bundle;
mod bundle_keys;
mod bundle_links;
#[cfg(feature = "cybertipline")]
pub mod cybertipline;
mod report_error;

pub use bundle::{Bundle, BundleError, BundleKind, Bundles, bundle};
pub use bundle_keys::{DigestKey, DigestKeyError, KeyedDigest, Traces};
pub use bundle_links::{LinkRules, Linked, Links, link};
pub use report_error::{ReportError, ReportMappingError};
