//! Promises of `docs/design.md`, each a property of random models and complaints.

#[path = "../common/mod.rs"]
mod common;

#[cfg(feature = "research")]
#[path = "../fit_support/federation.rs"]
mod federation;

mod fingerprints;
mod fuzz_targets;
mod promise_01_same_bits;
mod promise_02_sums;
mod promise_03_order;
mod promise_04_ranges;
mod promise_05_monotone;
mod promise_06_nothing_disappears;
mod promise_07_counts;
mod promise_08_overdue;
mod promise_09_round_trips;
#[cfg(feature = "csv")]
mod promise_10_csv;
mod promise_10_json;
mod promise_10_live;
mod promise_10_mapping;
mod promise_10_ndjson;
mod promise_11_nothing_hidden;
mod promise_13_danger_is_not_lost;
mod promise_13_mapped_danger;
#[cfg(feature = "csv")]
mod promise_14_mapped_equals_clean;
#[cfg(all(feature = "arrow-59", feature = "csv"))]
mod promise_15_tables;
#[cfg(feature = "research")]
mod promise_16_federated_is_pooled;
#[cfg(feature = "research")]
mod promise_17_no_certainty;
mod random_cases;
