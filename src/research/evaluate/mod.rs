//! Measures on plain slices of labels and scores: a figure with its interval out.
//!
//! Nothing here knows what a complaint is: a label says whether the outcome was found, a score says how early one would
//! look (larger is earlier), and rows belong together by their place.
//!
//! # What comes out
//!
//! A [`Figure`]: the value, its interval by a named [`Method`], how many complaints it rests on, and the [`Caution`]s that
//! belong beside it in print. What cannot be had is a [`NotEstimable`] that says why; faulty slices are an [`InputError`].
//! Where a value exists and its interval does not, [`Figure::interval`] holds the reason;
//! [`Because::NoFormula`] says that only [resampling](resample) gives one.
//!
//! ```
//! use caserank::research::evaluate::{Capacity, Confidence, Scored, auc, sensitivity_at_capacity};
//! let found = [true, false, true, false, false, true, false, false];
//! let scores = [812, 640, 640, 310, 305, 290, 120, 4];
//! let data = Scored::new(&found, &scores)?;
//! let reached = sensitivity_at_capacity(data, Capacity::Complaints(3), Confidence::P95)?;
//! assert_eq!(reached.value, 2.0 / 3.0);
//! let area = auc(data, Confidence::P95)?;
//! assert!(area.figure.interval?.contains(area.figure.value));
//! # Ok::<(), caserank::research::evaluate::EvaluateError>(())
//! ```
//!
//! # What is certain
//!
//! Nothing that was counted or drawn. No interval has a width of 0 and no p value is 0: constant scores, a perfect order,
//! perfect forecasts and resamples that never differ give their value and the reason why there is no interval, or a method
//! that is honest there (Wilson's for shares, exact ones for counts, [`auc_score_interval`] for areas). Numbers of bins,
//! groups and replicates beyond what can be held are refused. In files a number that JSON has no word for is a word.
//!
//! # Ties
//!
//! One rule everywhere: **complaints with equal scores are in random order.** A measure of places gives the expected value
//! over all orders of the tied ones: mid-ranks in the AUC, straight lines across a tied group in the capacity curve, shared
//! precision, shared discounts in NDCG. A measure of thresholds (ROC points, average precision, decision curves, cut-offs)
//! moves a tied group as a whole, since no threshold parts it. To measure a total order instead, such as a ranking's
//! positions or *score, then id*, put rows in that order and measure [`total_order`]: it has no ties.
//!
//! # Weights
//!
//! Sampling [`Weights`] let an audit slice stand for what it was drawn from. A measure that can use them takes
//! [`MaybeWeighted`] data; the others take [`Scored`] or [`Predicted`] and cannot be called with weights.
//!
//! | With weights | Without |
//! |---|---|
//! | [`auc`], [`auc_within`], [`roc_curve`], [`partial_auc`], [`ks_statistic`], [`average_precision`] | [`auc_paired`], [`auc_unpaired`], [`auc_clustered`], [`mann_whitney`], [`youden`] |
//! | [`capacity_curve`], [`sensitivity_at_capacity`], [`at_top`] | [`ndcg`], [`reciprocal_rank`], rank agreement |
//! | [`confusion`] and all that is read off it | [`bands_table`] |
//! | [`brier`], [`log_loss`] | [`skill`], [`brier_murphy`], [`brier_corp`] |
//! | [`expected_observed`], [`calibration_line`], [`calibration_in_the_large`] | [`platt`], [`calibration_error`], [`hosmer_lemeshow`], [`spiegelhalter`] |
//! | [`calibration_bins`], [`calibration_smooth`], [`calibration_index`] | [`group_audit`], [`mean_by_group`], [`group_from_items`] |
//! | [`decision_curve`] | [`net_benefit_difference`], [`reclassification`] |
//! | [`audited_rate`] | drift, coder agreement, [`conformal_p_values`] |
//!
//! Intervals under weights take the weights as known and complaints as drawn independently. Equal weights of any size
//! change nothing. Where several complaints are about one subject, these count subjects: [`auc_clustered`],
//! [`calibration_line_clustered`], [`calibration_in_the_large_clustered`], [`expected_observed_clustered`],
//! [`confusion_clustered`]; for all others resample subjects ([`resample`]).
//!
//! ```compile_fail
//! use caserank::research::evaluate::{Scored, Weights, ndcg};
//! let weights = Weights::inverse_probability(&[0.5, 1.0])?;
//! // Places in a list have no weighted form, so this does not compile.
//! let gain = ndcg(Scored::new(&[true, false], &[2, 1])?.weighted(&weights)?, None)?;
//! # Ok::<(), caserank::research::evaluate::EvaluateError>(())
//! ```
//!
//! # Which definition
//!
//! Names are used by others for different things. Here: the *calibration intercept* is fitted together with the slope,
//! *in the large* with the slope held at 1; *average precision* is a step sum, not a trapezoid; E/O is expected over
//! observed; partial areas come raw and by McClish; the direction of an AUC is never flipped; Hosmer-Lemeshow cuts at linear
//! quantiles, merges equal cuts and counts the groups that hold somebody; DeLong's variance has divisors `m - 1` and `n - 1`; quantiles of replicates follow a
//! named [`QuantileRule`](crate::research::evaluate::resample::QuantileRule).

mod across_units;
mod agreement;
mod alpha;
mod audit;
mod audit_means;
mod bands;
mod base_rate;
mod because;
mod calibration;
mod calibration_curve;
mod calibration_index;
mod calibration_line;
mod capacity;
mod cells;
mod clustered;
mod clustering;
mod conformal;
mod correlation;
mod data;
mod decision;
mod discrimination;
mod drift;
mod figure;
mod follow_up;
mod group_prediction;
mod groups;
mod likelihood_ratios;
mod mann_whitney;
pub(crate) mod numbers;
mod operating;
mod proportions;
mod ranking;
mod reclassification;
pub mod resample;
mod roc;
mod score_interval;
mod scoring_rules;
mod selection;
mod selection_model;
mod ties;
mod top_weighted;
mod weights;
mod within;

pub use across_units::{AcrossUnits, Scale, across_units};
pub use agreement::{Disagreement, cohen_kappa};
pub use alpha::{krippendorff_alpha, krippendorff_alpha_interval};
pub use audit::{GroupAudit, GroupRates, Spread, auc_by_group, group_audit, join_groups};
pub use audit_means::{GroupMean, mean_by_group};
pub use bands::{BandRow, bands_in_order, bands_table};
pub use base_rate::AtBaseRate;
pub use calibration::{
    ExpectedObserved, Test, expected_observed, expected_observed_by, expected_observed_clustered,
    spiegelhalter,
};
pub use calibration_curve::{
    Bins, CalibrationBin, CalibrationError, HosmerLemeshow, HosmerLemeshowGroup, calibration_bins,
    calibration_error, calibration_smooth, hosmer_lemeshow,
};
pub use calibration_index::{CalibrationIndex, calibration_index};
pub use calibration_line::{
    CalibrationLine, Platt, calibration_in_the_large, calibration_in_the_large_clustered,
    calibration_line, calibration_line_by, calibration_line_clustered, platt,
};
pub use capacity::{
    Capacity, CapacityCurve, CapacityPoint, capacity_curve, sensitivity_at_capacity,
};
pub use clustered::auc_clustered;
pub use conformal::conformal_p_values;
pub use correlation::{Correlation, Kendall, kendall, pearson, spearman};
pub use data::{EvaluateError, InputError, Predicted, Score, Scored};
pub use decision::{NetBenefit, decision_curve, net_benefit_difference};
pub use discrimination::{Auc, AucDifference, auc, auc_paired, auc_unpaired};
pub use drift::{StabilityIndex, UnknownDrift, ks_distance, psi, psi_of_counts, unknown_drift};
pub use figure::{
    Because, ByKey, Caution, Confidence, Figure, Interval, MOST_PARTS, Method, NotEstimable,
};
pub use follow_up::{AtHorizon, at_horizon};
pub use group_prediction::group_from_items;
pub use mann_whitney::{Exactness, MannWhitney, mann_whitney};
pub use operating::{Confusion, confusion, confusion_clustered};
pub use proportions::{ShareInterval, odds_ratio, share, share_difference};
pub use ranking::{AtTop, at_top, ndcg, ndcg_graded, reciprocal_rank, total_order};
pub use reclassification::{Reclassification, reclassification};
pub use roc::{
    EffectSizes, PartialAuc, Region, RocPoint, YoudenPoint, auc_from_cohens_d, average_precision,
    cohens_d_from_auc, ks_statistic, odds_ratio_from_d, partial_auc, precision_recall_trapezoid,
    roc_curve, youden,
};
pub use score_interval::auc_score_interval;
pub use scoring_rules::{BrierParts, Skill, brier, brier_corp, brier_murphy, log_loss, skill};
pub use selection::{Bounds, SelectionBounds, audited_rate, selection_bounds};
pub use selection_model::SelectionModel;
pub use top_weighted::{
    PairWeight, Places, RankBiasedOverlap, rank_biased_overlap, top_overlap, weighted_tau,
};
pub use weights::{MaybeWeighted, Weighted, Weights};
pub use within::{AucWithin, auc_within};
