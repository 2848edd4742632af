//! Measures on plain slices of labels and scores: a figure with its interval out.

mod agreement;
mod audit;
mod bands;
mod calibration;
mod calibration_curve;
mod capacity;
mod conformal;
mod correlation;
mod data;
mod decision;
mod discrimination;
mod drift;
mod figure;
mod groups;
mod operating;
mod proportions;
mod ranking;
mod reclassification;
pub mod resample;
mod roc;
mod scoring_rules;
mod selection;
mod ties;
mod top_weighted;

pub use agreement::{Disagreement, cohen_kappa, krippendorff_alpha};
pub use audit::{GroupAudit, GroupRates, Spread, auc_by_group, group_audit, mean_by_group};
pub use bands::{BandRow, bands_in_order, bands_table};
pub use calibration::{
    CalibrationLine, ExpectedObserved, Platt, Test, calibration_in_the_large, calibration_line,
    expected_observed, expected_observed_by, platt, spiegelhalter,
};
pub use calibration_curve::{
    Bins, CalibrationBin, CalibrationError, calibration_bins, calibration_error,
    calibration_smooth, hosmer_lemeshow,
};
pub use capacity::{
    Capacity, CapacityCurve, CapacityPoint, capacity_curve, sensitivity_at_capacity,
};
pub use conformal::conformal_p_values;
pub use correlation::{Correlation, Kendall, kendall, pearson, spearman};
pub use data::{
    EvaluateError, InputError, MaybeWeighted, Predicted, Score, Scored, Weighted, Weights,
};
pub use decision::{NetBenefit, decision_curve, net_benefit_difference};
pub use discrimination::{
    Auc, AucDifference, AucWithin, auc, auc_paired, auc_unpaired, auc_within,
};
pub use drift::{UnknownDrift, ks_distance, psi, psi_of_counts, unknown_drift};
pub use figure::{Because, ByKey, Caution, Confidence, Figure, Interval, Method, NotEstimable};
pub use operating::{AtBaseRate, Confusion, confusion};
pub use proportions::{ShareInterval, odds_ratio, share, share_difference};
pub use ranking::{AtTop, at_top, ndcg, ndcg_graded, reciprocal_rank, total_order};
pub use reclassification::{Reclassification, reclassification};
pub use roc::{
    EffectSizes, PartialAuc, Region, RocPoint, YoudenPoint, auc_from_cohens_d, average_precision,
    cohens_d_from_auc, ks_statistic, odds_ratio_from_d, partial_auc, precision_recall_trapezoid,
    roc_curve, youden,
};
pub use scoring_rules::{BrierParts, Skill, brier, brier_corp, brier_murphy, log_loss, skill};
pub use selection::{Bounds, SelectionBounds, audited_rate, selection_bounds};
pub use top_weighted::{
    PairWeight, Places, RankBiasedOverlap, rank_biased_overlap, top_overlap, weighted_tau,
};
