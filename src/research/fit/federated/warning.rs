//! What a reader of federated results should know.

use std::fmt;

use serde::Serialize;

use crate::base::escaped;
use crate::complaint::Origin;
use crate::research::fit::{FitWarning, Penalty};

/// What a reader of a federated fit should know.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "warning")]
#[non_exhaustive]
pub enum FederatedWarning {
    /// An agency took answers for *unknown* because too few of its complaints shared them.
    Coarsened {
        /// The agency.
        agency: String,
        /// How many different answers.
        answers: usize,
    },
    /// No complaint of any agency, or every one, has the answer.
    Dropped {
        /// The column.
        column: String,
    },
    /// An answer with fewer than five complaints of one outcome among its complaints, over all agencies; or, where those
    /// are fewer, among the complaints without it.
    ThinAnswer {
        /// The column.
        column: String,
        /// Complaints with the answer. Weighted ones count for as many as their effective number has whole ones.
        complaints: u64,
        /// Those among them with the outcome.
        events: u64,
    },
    /// An agency has not said how many complaints of each answer have the outcome, so that nobody can tell which answers are
    /// thin.
    OutcomesNotCounted {
        /// The agency.
        agency: String,
    },
    /// Subject keys of an agency that stand for nobody, such as `unknown`: each of their complaints counts as a subject of
    /// its own.
    Placeholders {
        /// The agency.
        agency: String,
        /// How many complaints; `None` where that would tell of a group below the minimum.
        complaints: Option<u64>,
    },
    /// Case weights that do not add up to the number of complaints: errors, and a penalty if there is one, take each weight
    /// for so many complaints.
    WeightScale {
        /// Sum of the weights.
        weight: f64,
        /// Complaints.
        complaints: u64,
    },
    /// Agencies that fitted alone under a ridge penalty: their estimates are drawn towards 0, and so is what is pooled.
    Shrunk {
        /// The penalty.
        penalty: Penalty,
        /// The agencies.
        agencies: Vec<String>,
    },
    /// Agencies fitted alone under different penalties, so that their estimates are not of one kind.
    PenaltiesDiffer,
    /// Agencies that have not said under what penalty they fitted.
    PenaltyNotStated {
        /// The agencies.
        agencies: Vec<String>,
    },
    /// Agencies that have not said which outcome they fitted, or to which columns: nobody can tell that it was the others'.
    DesignNotStated {
        /// The agencies.
        agencies: Vec<String>,
    },
    /// What agencies' own fits warn of.
    OwnFits {
        /// As the first of them says it; figures differ between agencies.
        told: FitWarning,
        /// The agencies.
        agencies: Vec<String>,
    },
    /// Fewer than 40 subjects: clustered errors are too small on average.
    FewClusters {
        /// Subjects.
        clusters: u64,
    },
    /// Fewer than ten events for each coefficient. A rule of thumb (Peduzzi et al. 1996).
    FewEvents {
        /// Complaints with the outcome, or without it where fewer; weights that add up to more than the complaints are
        /// shrunk to their number.
        events: u64,
        /// Coefficients other than the intercept.
        weights: usize,
    },
    /// Some complaints are made up.
    Synthetic,
    /// An agency has not said where its complaints come from.
    NotStated,
    /// The plan takes answers that may have been learnt because a complaint was worked.
    Leakage,
}

impl FederatedWarning {
    /// The column that it is about, where it is about one.
    #[must_use]
    pub fn column(&self) -> Option<&str> {
        match self {
            Self::ThinAnswer { column, .. } => Some(column),
            Self::OwnFits { told, .. } => told.column(),
            _ => None,
        }
    }

    /// What an origin has to say.
    pub(super) fn of_origin(origin: Origin) -> Option<Self> {
        match origin {
            Origin::Synthetic => Some(Self::Synthetic),
            Origin::NotStated => Some(Self::NotStated),
            Origin::Prospective | Origin::Retrospective => None,
        }
    }
}

impl fmt::Display for FederatedWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Coarsened { agency, answers } => write!(
                f,
                "`{agency}` took {answers} different answers for unknown where too few of its complaints shared them"
            ),
            Self::Dropped { column } => {
                write!(
                    f,
                    "`{}` is left out: it does not vary between the complaints as their agencies count them (answers that too few share count as unknown)",
                    escaped(column)
                )
            }
            Self::ThinAnswer { column, complaints, events } => write!(
                f,
                "`{}` rests on {complaints} complaints of all agencies, {events} with the outcome; its weight is hardly known",
                escaped(column)
            ),
            Self::OutcomesNotCounted { agency } => write!(
                f,
                "`{}` has not counted outcomes by answer (an older release): answers that hardly occur with or without the outcome cannot be told",
                escaped(agency)
            ),
            Self::Placeholders { agency, complaints } => write!(
                f,
                "subject keys of `{}` that stand for nobody were not taken for one person: {} complaints count as subjects of their own",
                escaped(agency),
                complaints.map_or_else(|| "a few".to_owned(), |complaints| complaints.to_string())
            ),
            Self::WeightScale { weight, complaints } => write!(
                f,
                "the weights of {complaints} complaints add up to {weight:.4e}, and errors, and the penalty if there is one, take them for so many complaints: where weights are no counts, let agencies divide them by the mean of all"
            ),
            Self::Shrunk { penalty, agencies } => write!(
                f,
                "estimates drawn towards 0, which pooling does not undo ({penalty}), from {}",
                listed(agencies)
            ),
            Self::PenaltiesDiffer => f.write_str(
                "agencies fitted under different penalties: their estimates are not of one kind, and part of what they differ by is that",
            ),
            Self::PenaltyNotStated { agencies } => {
                write!(f, "the penalty is not stated of the fits of {}", listed(agencies))
            }
            Self::DesignNotStated { agencies } => write!(
                f,
                "outcome or columns are not stated of the fits of {}: that they are those of the others nobody can tell",
                listed(agencies)
            ),
            Self::OwnFits { told, agencies } => {
                write!(f, "{} (so the first; of the fits of {})", Inline(told), listed(agencies))
            }
            Self::FewClusters { clusters } => {
                write!(
                    f,
                    "{clusters} subjects; clustered errors from fewer than 40 are too small on average"
                )
            }
            Self::FewEvents { events, weights } => write!(
                f,
                "{events} complaints of the rarer kind for {weights} weights; fewer than ten for each are too few for weights to hold elsewhere"
            ),
            Self::Synthetic => {
                f.write_str("learnt from synthetic complaints: it says nothing about the world")
            }
            Self::NotStated => {
                f.write_str("the origin of some complaints is not stated: no verdict until it is")
            }
            Self::Leakage => f.write_str(
                "the plan takes closed files without a time limit on answers: some were learnt because the case was worked",
            ),
        }
    }
}

/// Names of agencies, the first eight of many.
fn listed(agencies: &[String]) -> String {
    const SHOWN: usize = 8;
    let shown = agencies.iter().take(SHOWN).map(|agency| format!("`{}`", escaped(agency)));
    let shown: Vec<String> = shown.collect();
    match agencies.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// A warning from a message, on one line whatever its names hold.
struct Inline<'a>(&'a FitWarning);

impl fmt::Display for Inline<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&escaped(&self.0.to_string()))
    }
}
