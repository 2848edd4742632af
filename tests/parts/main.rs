//! The parts of the tower one by one, the layers, the examples and what people read.

#[path = "../common/mod.rs"]
mod common;

mod architecture;
mod binary;
mod bundle;
mod compare;
#[cfg(feature = "cybertipline")]
mod cybertipline;
#[cfg(feature = "cybertipline")]
mod cybertipline_broken;
#[cfg(feature = "cybertipline")]
mod cybertipline_hostile;
#[cfg(feature = "cybertipline")]
mod cybertipline_misplaced;
#[cfg(feature = "cybertipline")]
mod cybertipline_police;
#[cfg(feature = "cybertipline")]
mod cybertipline_sample;
#[cfg(feature = "cybertipline")]
mod cybertipline_slips;
#[cfg(feature = "csv")]
mod desk_moves;
#[cfg(feature = "csv")]
mod desk_packed;
#[cfg(feature = "csv")]
mod desk_plan;
#[cfg(feature = "csv")]
mod desk_sheets;
#[cfg(feature = "csv")]
mod desk_sources;
mod documents;
mod faults;
mod formats;
#[cfg(feature = "research")]
mod formats_federated;
mod formats_models;
#[cfg(feature = "cybertipline")]
mod formats_reports;
#[cfg(feature = "research")]
mod formats_study;
#[cfg(feature = "csv")]
mod golden;
mod hidden_text;
mod language;
mod listing;
#[cfg(feature = "csv")]
mod mapping_files;
mod mapping_host;
mod mapping_nested;
mod mapping_slips;
mod mapping_tables;
mod moves;
mod museum;
mod museum_snapshots;
#[cfg(feature = "csv")]
mod not_understood;
mod queue;
mod queue_answers;
mod queue_decisions;
#[cfg(feature = "csv")]
mod queue_examples;
mod queue_migrate;
mod queue_moves;
mod queue_receive;
mod queue_saved;
mod queue_units;
mod record;
mod said_by;
mod set_aside_ids;
mod snapshot;
#[cfg(feature = "csv")]
mod sources;
mod stream_many;
mod stream_top;
#[cfg(feature = "arrow-59")]
mod tables;
#[cfg(feature = "arrow-59")]
mod tables_carried;
#[cfg(feature = "arrow-59")]
mod tables_rows;
mod worklist;
mod worklist_forms;
mod worklist_leads;
mod worklist_simulate;
mod worklist_slips;
