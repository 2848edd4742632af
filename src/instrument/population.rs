//! The declared population in which an instrument's intercepts are solved.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Fixed;
use crate::codebook::Basis;

/// A share or a rate with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// From 0 to 1.
    pub value: Fixed,
    /// Whether it was read or chosen.
    pub basis: Basis,
    /// Id of the codebook's source, where it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Whom it describes, or why it was chosen.
    pub note: String,
}

/// One way in which complaints come in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// The answer of the channel item.
    pub answer: String,
    /// Its share of all complaints; the shares of all channels add up to 1.
    pub share: Figure,
    /// Base rate by outcome id, among all complaints of the channel.
    #[serde(deserialize_with = "crate::unique::map")]
    pub base_rates: BTreeMap<String, Figure>,
}

/// How one item is answered in the population.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answering {
    /// How often it is unknown.
    pub unknown: Fixed,
    /// Share of each answer where it is known, adding up to 1.
    #[serde(deserialize_with = "crate::unique::map")]
    pub shares: BTreeMap<String, Fixed>,
    /// Whether the figures were read or chosen.
    pub basis: Basis,
    /// Id of the codebook's source, where they were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Why these figures.
    pub note: String,
}

/// How one item is answered, in every channel or per channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PopulationItem {
    /// Id of the item.
    pub item: String,
    /// In channels that have no entry of their own.
    pub usual: Answering,
    /// By answer of the channel item.
    #[serde(
        default,
        deserialize_with = "crate::unique::map",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub by_channel: BTreeMap<String, Answering>,
}

/// A population of complaints, declared rather than observed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Population {
    /// What it stands for, and that it is declared.
    pub description: String,
    /// The item that tells channels apart.
    pub channel_item: String,
    /// The channels.
    pub channels: Vec<Channel>,
    /// The other items; one not listed is always unknown.
    pub items: Vec<PopulationItem>,
    /// How many complaints were drawn.
    pub draws: u32,
    /// The seed of the draws.
    pub seed: u64,
}
