//! What a reader of a fit should know.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Something a reader of the fit should know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "warning")]
#[non_exhaustive]
pub enum FitWarning {
    /// Totals of a card tell the outcomes apart: the log-odds a point have no finite best value.
    TotalsSeparate,
    /// A yes/no column with fewer than five rows of one outcome among its rows.
    ///
    /// Rows with weights count for as many as their effective number has whole ones (Kish 1965), those of next to no weight
    /// for none.
    ThinAnswer {
        /// Its name.
        column: String,
        /// Rows that have the answer.
        rows: usize,
        /// Those among them with the outcome.
        events: usize,
    },
    /// A column that is a combination of others: only a penalty holds its weight and theirs apart.
    Repeated {
        /// Its name.
        column: String,
    },
    /// A column explained by the others to nine tenths or more.
    Collinear {
        /// Its name.
        column: String,
        /// Its variance inflation.
        vif: f64,
    },
    /// The condition number is above 30 (Belsley, Kuh and Welsch 1980).
    IllConditioned {
        /// The condition number.
        condition_number: f64,
    },
    /// Fewer than ten effective events for each coefficient. A rule of thumb (Peduzzi et al. 1996).
    FewEvents {
        /// Effective events for each coefficient.
        events_per_parameter: f64,
    },
    /// Fewer than 40 clusters: clustered errors are too small on average, and p-values and intervals from them too bold.
    FewClusters {
        /// Clusters.
        clusters: usize,
    },
    /// No more clusters than coefficients: some combination of coefficients has no clustered error at all.
    ClustersBelowParameters {
        /// Clusters.
        clusters: usize,
        /// Coefficients.
        parameters: usize,
    },
    /// The clustered error rests on next to nothing and is below the model's, which is used instead.
    ClusteredErrorNotEstimable {
        /// The column.
        column: String,
        /// Clusters that carry the answer.
        clusters: usize,
        /// The clustered error that is not used.
        clustered: f64,
        /// The model's error that is.
        model: f64,
    },
    /// A coefficient that its sign bound holds at 0.
    AtBound {
        /// Its name.
        column: String,
    },
    /// Case weights that do not add up to the number of complaints: the model's errors, tests and likelihood count each
    /// weight as so many complaints.
    WeightScale {
        /// Sum of the weights.
        total: f64,
        /// Complaints with a weight above 0.
        rows: usize,
    },
    /// The penalty stands against such weights as against so many complaints: estimates move with the scale of the weights.
    PenaltyScale {
        /// Sum of the weights.
        total: f64,
        /// Complaints with a weight above 0.
        rows: usize,
    },
    /// Complaints that weigh less than a millionth of the mean: that a finite estimate exists may hang on them alone.
    NegligibleWeights {
        /// Complaints concerned.
        rows: usize,
    },
    /// Weights that count one outcome's complaints for more than the other's, given as class weights or as case weights that
    /// differ between the outcomes alone: intercept, probabilities, and the model's errors and tests do not hold as they stand.
    ClassWeights,
    /// Likelihoods take the complaints of one cluster for independent, so that everything made from one is too bold.
    LikelihoodIgnoresClusters {
        /// Complaints with a weight above 0.
        rows: usize,
        /// Clusters among them.
        clusters: usize,
    },
    /// Some fitted probabilities are within 1e-8 of 0 or 1: close to separation.
    ExtremeProbabilities {
        /// Rows concerned.
        rows: usize,
    },
    /// Something the caller's design wants its readers to know.
    Design {
        /// In words.
        note: String,
    },
}

impl FitWarning {
    /// The column that it is about, where it is about one.
    #[must_use]
    pub fn column(&self) -> Option<&str> {
        match self {
            Self::ThinAnswer { column, .. }
            | Self::Collinear { column, .. }
            | Self::Repeated { column }
            | Self::ClusteredErrorNotEstimable { column, .. }
            | Self::AtBound { column } => Some(column),
            _ => None,
        }
    }

    /// Whether another warning is of the same kind, and about the same column where it is about one; notes of a design differ
    /// by their words.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
            && self.column() == other.column()
            && (self == other || !matches!(self, Self::Design { .. }))
    }

    /// Whether it bears on the weights and probabilities themselves, and not on errors and tests, or on what was declared: an instrument made of
    /// the fit must say it, too.
    pub(super) fn bears_on_weights(&self) -> bool {
        !matches!(
            self,
            Self::AtBound { .. }
                | Self::FewClusters { .. }
                | Self::ClustersBelowParameters { .. }
                | Self::ClusteredErrorNotEstimable { .. }
                | Self::LikelihoodIgnoresClusters { .. }
                | Self::WeightScale { .. }
        )
    }
}

impl fmt::Display for FitWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ThinAnswer { column, rows, events } => write!(
                f,
                "`{column}` rests on {rows} complaint{}, {events} with the outcome; its weight is hardly known",
                if *rows == 1 { "" } else { "s" }
            ),
            Self::Collinear { column, vif } => {
                write!(
                    f,
                    "`{column}` is mostly explained by other columns (VIF {vif:.1}); its own weight is hardly known"
                )
            }
            Self::Repeated { column } => write!(
                f,
                "`{column}` repeats a combination of other columns: the penalty alone divides the weight between them, and none of them has one of its own"
            ),
            Self::IllConditioned { condition_number } if *condition_number > 1e9 => {
                write!(f, "the columns are dependent (condition number above 1e9; 30 is high)")
            }
            Self::IllConditioned { condition_number } => {
                write!(
                    f,
                    "the columns are close to dependent (condition number {condition_number:.0}, above 30)"
                )
            }
            Self::FewEvents { events_per_parameter } => write!(
                f,
                "{events_per_parameter:.1} effective events for each coefficient (rule of thumb: 10); shrink, or use fewer items"
            ),
            Self::FewClusters { clusters } => write!(
                f,
                "{clusters} clusters (subjects); with fewer than 40, clustered errors are too small on average: read p-values and intervals as too bold"
            ),
            Self::ClustersBelowParameters { clusters, parameters } => write!(
                f,
                "{clusters} clusters for {parameters} coefficients: clustered errors are not estimable for all of them; use fewer columns or more subjects"
            ),
            Self::ClusteredErrorNotEstimable { column, clusters, clustered, model } => write!(
                f,
                "`{column}`: a clustered error from {clusters} clusters would be {clustered:.3}; the model's, {model:.3}, is used because it is wider"
            ),
            Self::TotalsSeparate => write!(
                f,
                "the card's totals tell the outcomes apart on this sample: the log-odds a point are as large as the search lets them be; read the table, and expect less on other complaints"
            ),
            Self::AtBound { column } => {
                write!(f, "`{column}` is held at 0 by its declared direction")
            }
            Self::WeightScale { total, rows } => write!(
                f,
                "the weights of {rows} complaints add up to {total:.4e}, and the model's errors, tests and likelihood take them for so many complaints: where weights are no counts, divide them by their mean and read robust errors"
            ),
            Self::PenaltyScale { total, rows } => write!(
                f,
                "the penalty stands against weights of {total:.4e} in all as against so many complaints, and there are {rows}: at another scale of the weights the estimates are others; divide weights by their mean unless each counts complaints"
            ),
            Self::NegligibleWeights { rows } => write!(
                f,
                "{rows} complaints weigh less than a millionth of the mean: the fit is that of the others, and where these alone keep columns from separating the outcomes, its estimates are as large as their weights are small; leave them out and see whether it stands"
            ),
            Self::ClassWeights => f.write_str(
                "the weights count the complaints of one outcome for more than those of the other: intercept and probabilities are shifted, and standard errors, intervals, tests and the likelihood do not hold as they stand; calibrate before reading a probability, and take errors from robust or clustered ones",
            ),
            Self::LikelihoodIgnoresClusters { rows, clusters } => write!(
                f,
                "likelihood-ratio tests, profile intervals, AIC and BIC take {rows} complaints about {clusters} clusters (subjects) for independent, and are too bold; read Wald's intervals and tests, which use the clustered error"
            ),
            Self::ExtremeProbabilities { rows } => {
                write!(
                    f,
                    "{rows} complaints have fitted probabilities within 1e-8 of 0 or 1; check for separation"
                )
            }
            Self::Design { note } => f.write_str(note),
        }
    }
}
