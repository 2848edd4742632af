//! The solver on plain arrays: certified optima, separation, Firth's maximum.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]

mod firth_maximum;
mod newton;
mod separation;
