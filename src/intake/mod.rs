//! Complaints as they really arrive: tables, JSON and a host's own records through a [`Mapping`], clearinghouse
//! reports (feature `cybertipline`), and what belongs together: keyed traces, bundles, links.
//!
//! A mapping says which field of a source becomes which answer; [`Mapping::propose`] drafts one from
//! a sample.

mod bundle;
mod bundle_keys;
mod bundle_links;
mod cache;
mod cells;
#[cfg(feature = "cybertipline")]
pub mod cybertipline;
mod error;
mod flatten;
mod headings;
mod host;
mod importer;
mod json;
mod kind;
mod mapping;
mod marks;
mod numbers;
mod plan;
mod propose;
#[cfg(feature = "arrow-59")]
mod read_cells;
mod read_json;
mod read_table;
mod reader;
mod report_error;
mod rows;
mod set_aside;
mod table;
mod text;
mod time_parts;
mod times;

pub use bundle::{Bundle, BundleError, BundleKind, Bundles, bundle};
pub use bundle_keys::{DigestKey, DigestKeyError, KeyedDigest, Traces};
pub use bundle_links::{LinkRules, Linked, Links, link};
pub use error::SourceError;
pub use host::RecordEnd;
pub use importer::Importer;
pub use kind::SourceKind;
pub use mapping::{
    ComplaintDraft, DeadlineDraft, DecimalMark, Encoding, IdDraft, ItemDraft, JsonForm, KeyDraft,
    MAPPING_FORMAT, Mapping, MappingDraft, MappingError, MappingFault, MappingProblem, Names,
    NumbersDraft, Quote, Separator, SourceForm, SummerTime, TableForm, Take, ThousandsMark,
    TimeDraft, TimeForm, TimesDraft,
};
#[cfg(feature = "arrow-59")]
pub(crate) use plan::BETWEEN_VALUES;
pub use propose::{Proposal, Question};
#[cfg(feature = "arrow-59")]
pub(crate) use read_cells::MappedForm;
pub use report_error::{REPORT_MAPPING_FORMAT, ReportError, ReportMappingError};
#[cfg(feature = "arrow-59")]
pub(crate) use times::zone_seconds;

/// The code on the page for analysts, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guide-intake.md")]
struct Guide;
