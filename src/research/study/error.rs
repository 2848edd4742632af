//! Why a study cannot be run.

use thiserror::Error;

use crate::base::{JsonError, escaped};
use crate::codebook::CodebookError;
use crate::instrument::InstrumentError;
use crate::reference::ReferenceError;
use crate::research::evaluate::{EvaluateError, InputError, NotEstimable};
use crate::research::fit::FitError;
use crate::triage::{ModelError, RerankError};

/// Why a study cannot be run.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StudyError {
    /// A backlog or an instrument of another codebook.
    #[error(transparent)]
    Codebook(#[from] CodebookError),
    /// Slices that do not fit together.
    #[error(transparent)]
    Input(#[from] InputError),
    /// Nothing can be estimated.
    #[error(transparent)]
    NotEstimable(#[from] NotEstimable),
    /// A fit inside a study.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// A changed instrument is refused.
    #[error(transparent)]
    Instrument(#[from] InstrumentError),
    /// A changed model is refused.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A part of the reference model cannot be had.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// A number of replicates that the counts cannot hold, or none.
    #[error("{found} replicates were asked for: give 1 to {limit}")]
    Replicates {
        /// As asked.
        found: usize,
        /// The most.
        limit: usize,
    },
    /// A draw of weights with which a score could leave the range of scores.
    #[error("draw {draw} has weights whose sums leave the range of scores: state a smaller error")]
    Overflow {
        /// Number of the draw, from 0.
        draw: usize,
    },
    /// The backlog cannot be ranked again and again.
    #[error(transparent)]
    Rerank(RerankError),
    /// Uncertainty about weights that are not the model's.
    #[error(
        "the uncertainty is about other weights than those of `{id}`: make it from the instrument of the model that is ranked", id = escaped(.id))]
    OtherInstrument {
        /// The model's instrument.
        id: String,
    },
    /// A part that cannot be written as JSON, so that it has no fingerprint.
    #[error(
        "{what} has a number that is not finite, so that it has no fingerprint: give finite numbers"
    )]
    NoJson {
        /// Which part.
        what: &'static str,
    },
    /// A plan in a format that is not read here.
    #[error(
        "the plan of a study has format {found}, this version reads {supported}: read it with the version that wrote it"
    )]
    PlanFormat {
        /// Found in the file.
        found: u32,
        /// Read here.
        supported: u32,
    },
    /// A file that is no plan of a study.
    #[error("the plan of a study cannot be read")]
    PlanFile(#[from] JsonError),
    /// A relative error that is no size.
    #[error("a relative error of {share} is not a size: give a finite number above 0")]
    RelativeError {
        /// As given.
        share: f64,
    },
    /// A factor for weights that is no number.
    #[error("weights cannot be taken {factor} times: give a finite number")]
    Factor {
        /// As given.
        factor: f64,
    },
    /// A covariance of another size than its parameters.
    #[error(
        "the covariance has {rows} × {columns} entries for {parameters} parameters: give a row and a column for each"
    )]
    CovarianceShape {
        /// Rows given.
        rows: usize,
        /// Columns given.
        columns: usize,
        /// Parameters named.
        parameters: usize,
    },
    /// A covariance that no distribution has.
    #[error("the covariance is not that of any distribution: `{parameter}` has {fault}", parameter = escaped(.parameter))]
    Covariance {
        /// The parameter at which it shows.
        parameter: String,
        /// What is wrong.
        fault: &'static str,
    },
    /// A parameter that names something the instrument does not have.
    #[error("parameter `{parameter}` names {what} `{name}`, which the instrument does not have", name = escaped(.name), parameter = escaped(.parameter))]
    Parameter {
        /// The parameter.
        parameter: String,
        /// Outcome, item or answer.
        what: &'static str,
        /// As named.
        name: String,
    },
    /// No refitted instruments, or one alone.
    #[error(
        "a bootstrap needs refitted instruments, at least two, since one alone never differs from itself; assumptions need one set"
    )]
    NoRefits,
    /// An instrument with other outcomes than the one studied.
    #[error(
        "`{id}` has other outcomes, or in another order: study instruments with the same outcomes together", id = escaped(.id))]
    OtherOutcomes {
        /// Its id.
        id: String,
    },
    /// A design that was not declared.
    #[error("the study lacks {what}: {remedy}")]
    Undeclared {
        /// What is missing.
        what: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// Known outcomes of another backlog than the one given.
    #[error(
        "the known outcomes were made from another backlog (of {known} complaints; this one has {found}): make them from the backlog that is scored, or give scores with `Arm::of_scores`"
    )]
    OtherBacklog {
        /// Complaints of the backlog that they were made from.
        known: usize,
        /// Complaints of the backlog given.
        found: usize,
    },
    /// A name that stands twice.
    #[error("`{name}` stands twice among the {what}: give each its own name", name = escaped(.name))]
    Repeated {
        /// Among what.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A table of groups that cannot be read.
    #[error("line {line} of the groups: {fault}; give columns `complaint` and `group`", fault = escaped(.fault))]
    GroupFile {
        /// The line, the heading being 1.
        line: usize,
        /// What is wrong.
        fault: String,
    },
    /// Something by a name that is not there.
    #[error("there is no {what} `{name}`", name = escaped(.name))]
    Unknown {
        /// What was looked for.
        what: &'static str,
        /// Its name.
        name: String,
    },
}

impl From<EvaluateError> for StudyError {
    fn from(error: EvaluateError) -> Self {
        match error {
            EvaluateError::Input(error) => error.into(),
            EvaluateError::NotEstimable(error) => error.into(),
        }
    }
}

impl From<RerankError> for StudyError {
    /// A backlog of another codebook is refused as everywhere in a study.
    fn from(fault: RerankError) -> Self {
        match fault {
            RerankError::Codebook(fault) => fault.into(),
            fault => StudyError::Rerank(fault),
        }
    }
}
