//! One error for callers who do not need to tell the parts apart.

use thiserror::Error;

/// Any error of the tower, whatever features are on. Every part has its own enum with typed fields;
/// this one wraps them for callers who pass them on with `?`. Research has errors of its own.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A time that is not one.
    #[error(transparent)]
    Time(#[from] crate::base::TimeError),
    /// A number that is not an exact decimal.
    #[error(transparent)]
    Fixed(#[from] crate::base::FixedError),
    /// A text that is not the JSON it should be.
    #[error(transparent)]
    Json(#[from] crate::base::JsonError),
    /// A codebook that is refused, or something made for another codebook.
    #[error(transparent)]
    Codebook(#[from] crate::codebook::CodebookError),
    /// A migration between codebooks that does not fit.
    #[error(transparent)]
    Migrate(#[from] crate::codebook::MigrateError),
    /// A complaint that does not hold together.
    #[error(transparent)]
    Complaint(#[from] crate::complaint::ComplaintError),
    /// Answers that do not fit the codebook.
    #[error(transparent)]
    Encode(#[from] crate::complaint::EncodeError),
    /// A complaint that a backlog does not take.
    #[error(transparent)]
    Backlog(#[from] crate::backlog::BacklogError),
    /// A file that cannot be read.
    #[error(transparent)]
    Read(#[from] crate::backlog::ReadError),
    /// A snapshot that is refused.
    #[error(transparent)]
    Snapshot(#[from] crate::backlog::SnapshotError),
    /// An instrument that is refused.
    #[error(transparent)]
    Instrument(#[from] crate::instrument::InstrumentError),
    /// A policy that is refused.
    #[error(transparent)]
    Policy(#[from] crate::policy::PolicyError),
    /// An override that is refused.
    #[error(transparent)]
    Override(#[from] crate::policy::OverrideError),
    /// A priority beyond the index.
    #[error(transparent)]
    Priority(#[from] crate::policy::PriorityError),
    /// Assessments that are not compared.
    #[error(transparent)]
    Why(#[from] crate::explain::WhyError),
    /// Languages that are not read.
    #[error(transparent)]
    Language(#[from] crate::explain::LanguageError),
    /// A key that identifiers are not put under.
    #[error(transparent)]
    DigestKey(#[from] crate::intake::DigestKeyError),
    /// A source that cannot be read through a mapping.
    #[error(transparent)]
    Source(#[from] crate::intake::SourceError),
    /// A mapping that is refused.
    #[error(transparent)]
    Mapping(#[from] crate::intake::MappingError),
    /// A report that cannot be read, or not to its end.
    #[error(transparent)]
    Report(#[from] crate::intake::ReportError),
    /// A table that cannot be read or made.
    #[error(transparent)]
    Table(#[from] crate::tables::TableError),
    /// Rows for reports that are refused.
    #[error(transparent)]
    ReportMapping(#[from] crate::intake::ReportMappingError),
    /// Complaints that are not bundled.
    #[error(transparent)]
    Bundle(#[from] crate::intake::BundleError),
    /// Rankings that are not compared.
    #[error(transparent)]
    Compare(#[from] crate::triage::CompareError),
    /// Answer codes that cannot be scored.
    #[error(transparent)]
    Codes(#[from] crate::triage::CodesError),
    /// A change that a live queue refuses.
    #[error(transparent)]
    Queue(#[from] crate::queue::QueueError),
    /// A record that does not hold.
    #[error(transparent)]
    Record(#[from] crate::record::RecordError),
    /// A chain of records that does not hold.
    #[error(transparent)]
    Chain(#[from] crate::record::ChainError),
    /// Shares of capacity that do not fit.
    #[error(transparent)]
    Shares(#[from] crate::worklist::SharesError),
    /// A worklist that cannot be planned.
    #[error(transparent)]
    Plan(#[from] crate::worklist::PlanError),
    /// A text is not a plan.
    #[error(transparent)]
    WorklistFile(#[from] crate::worklist::WorklistFileError),
    /// An audit that cannot be recorded.
    #[error(transparent)]
    Audit(#[from] crate::worklist::AuditError),
    /// A simulation that is refused, or that broke a promise.
    #[error(transparent)]
    Simulate(#[from] crate::simulate::SimulateError),
    /// A model file that is refused.
    #[error(transparent)]
    Model(#[from] crate::triage::ModelError),
    /// A list of accepted findings that is refused.
    #[error(transparent)]
    Accepted(#[from] crate::triage::AcceptedError),
    /// A text that is not the word of an enum.
    #[error(transparent)]
    Word(#[from] crate::base::WordError),
    /// A text that is no name with a version.
    #[error(transparent)]
    Identity(#[from] crate::codebook::IdentityError),
    /// A text that is not a fingerprint.
    #[error(transparent)]
    Fingerprint(#[from] crate::triage::FingerprintError),
    /// A backlog that is not ranked under other weights.
    #[error(transparent)]
    Rerank(#[from] crate::triage::RerankError),
    /// Rules or a codebook from which no model is derived.
    #[error(transparent)]
    Reference(#[from] crate::reference::ReferenceError),
}
