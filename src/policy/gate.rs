//! Gates: rules outside the score, each with a citation.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::band::Band;
use super::condition::Condition;

/// What a gate does when its condition holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateEffect {
    /// Into the `must` lane, before every open complaint.
    Must,
    /// At least this band.
    Floor(Band),
    /// At most this band, unless a danger sign is present; no lower than `medium` while one is
    /// unknown. A floor is stronger.
    Cap(Band),
    /// Somebody must act first, for the reason named. Lane, band and clock stay.
    Hold(String),
    /// The complaint belongs to the pathway named. Lane, band and clock stay.
    Route(String),
}

impl fmt::Display for GateEffect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GateEffect::Must => formatter.write_str("must"),
            GateEffect::Floor(band) => write!(formatter, "at least {band}"),
            GateEffect::Cap(band) => write!(formatter, "at most {band}"),
            GateEffect::Hold(reason) => write!(formatter, "hold: {reason}"),
            GateEffect::Route(pathway) => write!(formatter, "route: {pathway}"),
        }
    }
}

/// Which gate of a [`Policy`](super::Policy), in the order of
/// [`Policy::gates`](super::Policy::gates).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct GateIndex(u32);

impl GateIndex {
    pub(super) fn new(position: usize) -> Self {
        GateIndex(position as u32)
    }

    /// Where the gate stands among the policy's, from 0.
    #[must_use]
    pub fn position(self) -> usize {
        self.0 as usize
    }
}

/// A rule outside the score. All gates are evaluated and every firing is reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// Short name, stable across versions.
    pub id: String,
    /// What it says, in plain words.
    pub title: String,
    /// What it does.
    pub effect: GateEffect,
    /// When it fires.
    pub when: Condition,
    /// The law, practice or research it rests on.
    pub citation: String,
    /// Whether it protects a victim, and so may ask items about one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub safeguarding: bool,
}
