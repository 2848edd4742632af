//! The shipped codebook, models and synthetic data, and the link against other people's values.

mod codebook;
mod link;
mod model;
mod provenance;
mod synthetic;
