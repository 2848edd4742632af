//! `research::{fit,study,report}`: fits, studies and pages.

#[cfg(feature = "research")]
#[path = "../fit_support/mod.rs"]
mod fit_support;

#[cfg(feature = "research")]
#[path = "../fit_support/federation.rs"]
mod federation;

#[cfg(feature = "research")]
mod fit_calibrate;
#[cfg(feature = "research")]
mod fit_cards;
#[cfg(feature = "research")]
mod fit_clusters;
#[cfg(all(feature = "research", feature = "csv"))]
mod fit_design;
#[cfg(feature = "research")]
mod fit_federated;
#[cfg(all(feature = "report", feature = "csv"))]
mod fit_federated_origin;
#[cfg(all(feature = "report", feature = "csv"))]
mod fit_federated_told;
#[cfg(feature = "research")]
mod fit_firth;
#[cfg(feature = "research")]
#[cfg(all(feature = "research", feature = "csv"))]
mod fit_honest;
#[cfg(all(feature = "research", feature = "csv"))]
mod fit_imputation;
#[cfg(all(feature = "research", feature = "csv"))]
mod fit_layer;
#[cfg(feature = "linfa-logistic")]
mod fit_linfa;
#[cfg(feature = "research")]
mod fit_marginal;
#[cfg(feature = "research")]
#[cfg(feature = "research")]
mod fit_recalibrate;
#[cfg(feature = "research")]
mod fit_reference;
#[cfg(feature = "research")]
mod fit_ridge_path;
#[cfg(feature = "research")]
#[cfg(feature = "research")]
mod fit_signs;
#[cfg(all(feature = "research", feature = "csv"))]
mod fit_told;
#[cfg(feature = "research")]
mod fit_weights;
#[cfg(all(feature = "research", feature = "csv"))]
mod labels_hostile;
#[cfg(feature = "report")]
mod report_charts;
#[cfg(feature = "report")]
mod report_independent;
#[cfg(feature = "report")]
mod report_parts;
#[cfg(feature = "report")]
mod report_unseen;
#[cfg(all(feature = "report", feature = "csv"))]
mod report_walk;
#[cfg(feature = "report")]
mod report_weights;
#[cfg(all(feature = "research", feature = "csv"))]
mod study_beside;
#[cfg(all(feature = "research", feature = "csv"))]
mod study_compare;
#[cfg(feature = "research")]
mod study_groups;
#[cfg(feature = "research")]
mod study_horizon;
#[cfg(feature = "research")]
mod study_reference;
#[cfg(feature = "research")]
mod study_stability;
#[cfg(all(feature = "research", feature = "csv"))]
mod study_subjects;
