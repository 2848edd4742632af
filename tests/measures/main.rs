//! `research::evaluate` against values of other people's software.

#[cfg(feature = "research")]
#[path = "../evaluate_support/mod.rs"]
mod evaluate_support;

#[cfg(feature = "research")]
mod calibration;
#[cfg(feature = "research")]
mod certainty;
#[cfg(feature = "research")]
mod clustered;
#[cfg(feature = "research")]
mod coders;
#[cfg(feature = "research")]
mod discrimination;
#[cfg(feature = "research")]
mod groups;
#[cfg(feature = "research")]
mod known_answers;
#[cfg(feature = "research")]
mod measures;
#[cfg(feature = "research")]
mod properties;
#[cfg(feature = "research")]
mod ranking;
#[cfg(feature = "research")]
mod resampling;
#[cfg(feature = "research")]
mod selection;
#[cfg(feature = "research")]
mod weighted;
