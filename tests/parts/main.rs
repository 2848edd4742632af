//! The parts of the tower one by one, the layers, the examples and what people read.

#[path = "../common/mod.rs"]
mod common;
#[path = "../live/mod.rs"]
mod live;

mod architecture;
#[cfg(feature = "csv")]
mod golden;
mod queue;
#[cfg(feature = "csv")]
mod queue_examples;
mod queue_migrate;
mod queue_moves;
mod record;
mod snapshot;
mod stream_many;
mod stream_top;
mod worklist;
mod worklist_leads;
mod worklist_simulate;
