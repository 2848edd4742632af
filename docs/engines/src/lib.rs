#![doc = include_str!("../README.md")]

mod error;
mod frames;
mod function;
mod model;
mod register;
mod relation;
mod rewrite;

pub use error::EngineError;
pub use register::Functions;
