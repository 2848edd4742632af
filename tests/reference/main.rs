//! The shipped codebook, models and synthetic data, and the link against other people's values.

mod codebook;
mod form;
mod icac;
mod link;
mod model;
mod museum;
mod paper;
mod provenance;
mod synthetic;
