//! Complaints as they really arrive: tables, JSON and a host's own records, read through a
//! [`Mapping`].
//!
//! A mapping says which field of a source becomes which answer; [`Mapping::propose`] drafts one from
//! a sample.

mod cache;
mod error;
mod flatten;
mod headings;
mod host;
mod importer;
mod json;
mod kind;
mod mapping;
mod numbers;
mod plan;
mod propose;
mod read_json;
mod read_table;
mod reader;
mod rows;
mod table;
mod text;
mod times;

pub use error::SourceError;
pub use host::RecordEnd;
pub use importer::Importer;
pub use kind::SourceKind;
pub use mapping::{
    ComplaintDraft, DeadlineDraft, DecimalMark, Encoding, IdDraft, ItemDraft, JsonForm, KeyDraft,
    MAPPING_FORMAT, Mapping, MappingDraft, MappingError, MappingFault, MappingProblem, Names,
    NumbersDraft, Quote, SecondRowDraft, Separator, SourceForm, SummerTime, TableForm, Take,
    ThousandsMark, TimeDraft, TimeForm, TimesDraft,
};
pub use propose::{Proposal, Question};

/// The code on the page for analysts, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guide-intake.md")]
struct Guide;
