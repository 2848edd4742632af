//! What is refused, and in which words.

#[path = "../common/mod.rs"]
mod common;

mod accepted;
mod codebook;
mod instrument;
mod model_file;
mod model_mistakes;
mod numbers;
mod other_codebook;
#[cfg(feature = "csv")]
mod other_heading;
mod policy;
mod protected;
