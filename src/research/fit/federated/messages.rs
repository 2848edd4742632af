//! What goes between agencies and coordinator. Sizes depend on the number of columns alone.

use serde::{Deserialize, Serialize};

use super::coarsen::Coarsened;
use super::design::SharedDesign;
use super::error::FederatedError;
use super::plan::fingerprint_of;
use crate::complaint::Origin;
use crate::triage::Fingerprint;

/// How often an answer was given at an agency, after coarsening.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AnswerCount {
    /// Complaints.
    pub complaints: u64,
    /// Their case weights added up.
    pub weight: f64,
    /// Those among them with the outcome; not counted by releases before this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<OutcomeCount>,
}

/// How many complaints with an answer have the outcome. A sum over all complaints with the answer, as everything in a
/// message: the same can be worked out of an answer's gradient.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct OutcomeCount {
    /// Complaints with the outcome.
    pub complaints: u64,
    /// Their case weights added up.
    pub weight: f64,
    /// Squares of their case weights added up.
    pub squares: f64,
    /// Squares of the case weights of complaints without the outcome added up.
    pub squares_without: f64,
}

/// Complaints whose subject key stands for nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Placeholders {
    /// How many; `None` where that would tell of a group below the minimum.
    pub complaints: Option<u64>,
}

/// An agency's first message: how often each answer was given. From all of them comes the design.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Counts {
    /// Format of the message.
    pub format: u32,
    /// Fingerprint of the plan.
    pub plan: Fingerprint,
    /// Who sends it.
    pub agency: String,
    /// Complaints with a known outcome.
    pub complaints: u64,
    /// Subjects, where the rows have them.
    pub subjects: Option<u64>,
    /// Complaints whose subject key is a placeholder such as `unknown`, each counted as a subject of its own; none where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placeholders: Option<Placeholders>,
    /// Where the complaints and their outcomes come from.
    #[serde(default)]
    pub origin: Origin,
    /// For each item, for each code: the first is *unknown*.
    pub answers: Vec<Vec<AnswerCount>>,
    /// Answers taken for *unknown* because too few had them, and how many.
    pub coarsened: Vec<Coarsened>,
}

/// What a proposal asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Ask {
    /// Log-likelihood, gradient and information.
    Likelihood,
    /// Log-likelihood and gradient: the information of the point before serves for the next step.
    Gradient,
    /// Firth's part of the gradient, and the augmented information, for this inverse information (row by row).
    Leverage {
        /// Coefficients × coefficients.
        inverse: Vec<f64>,
    },
    /// Squares of each coefficient's influence, added over subjects, for this matrix from scores to coefficients as given.
    ClusterErrors {
        /// Coefficients × coefficients, row by row.
        influence: Vec<f64>,
    },
}

/// A question to all agencies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Proposal {
    /// Format of the message.
    pub format: u32,
    /// Fingerprint of the plan.
    pub plan: Fingerprint,
    /// Number of the round, from 1.
    pub round: u32,
    /// The columns.
    pub design: SharedDesign,
    /// Coefficients on the standardised scale, the intercept first.
    pub coefficients: Vec<f64>,
    /// What is asked for.
    pub ask: Ask,
}

impl Proposal {
    /// Digest of all of it, the columns by [their own](SharedDesign::fingerprint). An answer carries it, so that sums at other
    /// coefficients, or over other columns under the same plan, are never taken for those asked for.
    ///
    /// # Errors
    /// [`FederatedError`] for numbers that are not finite.
    pub fn fingerprint(&self) -> Result<Fingerprint, FederatedError> {
        self.fingerprint_under(self.design.fingerprint()?)
    }

    /// The same where the digest of the columns is known: they are most of a proposal, and seldom change.
    pub(super) fn fingerprint_under(
        &self,
        design: Fingerprint,
    ) -> Result<Fingerprint, FederatedError> {
        let Self { format, plan, round, design: _, coefficients, ask } = self;
        fingerprint_of(&(format, plan, round, design, coefficients, ask))
    }
}

/// Sums over an agency's complaints at the proposed coefficients.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Sums {
    /// To [`Ask::Likelihood`].
    Likelihood {
        /// Log-likelihood.
        log_likelihood: f64,
        /// One entry a coefficient.
        gradient: Vec<f64>,
        /// The lower triangle, row by row.
        information: Vec<f64>,
        /// Whether no complaint is fitted within one in a million of certainty.
        certain_of_none: bool,
    },
    /// To [`Ask::Gradient`].
    Gradient {
        /// Log-likelihood.
        log_likelihood: f64,
        /// One entry a coefficient.
        gradient: Vec<f64>,
    },
    /// To [`Ask::Leverage`].
    Leverage {
        /// One entry a coefficient.
        gradient: Vec<f64>,
    },
    /// To [`Ask::ClusterErrors`].
    ClusterErrors {
        /// One entry a coefficient.
        squares: Vec<f64>,
        /// Subjects.
        clusters: u64,
    },
}

/// An agency's answer to a proposal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SumsMessage {
    /// Format of the message.
    pub format: u32,
    /// Fingerprint of the plan.
    pub plan: Fingerprint,
    /// Who sends it.
    pub agency: String,
    /// Fingerprint of the proposal that it answers, columns and coefficients included.
    pub proposal: Fingerprint,
    /// Number of the round it answers.
    pub round: u32,
    /// The sums.
    pub sums: Sums,
}
