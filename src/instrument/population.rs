//! The declared population in which an instrument's intercepts are solved.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::InstrumentError;
use crate::Fixed;
use crate::base::STEPS_PER_UNIT;
use crate::codebook::{Basis, Codebook, Item};

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
    /// The least and the most that it may well be, where that is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<[Fixed; 2]>,
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
    #[serde(deserialize_with = "crate::base::unique_map")]
    pub base_rates: BTreeMap<String, Figure>,
}

/// How one item is answered in the population.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answering {
    /// How often it is unknown.
    pub unknown: Fixed,
    /// Share of each answer where it is known, adding up to 1.
    #[serde(deserialize_with = "crate::base::unique_map")]
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
        deserialize_with = "crate::base::unique_map",
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

impl Population {
    /// Holds the population against the codebook: what it names is listed, shares and rates lie
    /// within 0 to 1, and shares add up to 1 but for the rounding of their last decimal.
    pub(super) fn check(&self, codebook: &Codebook) -> Result<(), InstrumentError> {
        let item = |id: &str| {
            let position = codebook.item_position(id);
            position.map(|position| &codebook.items()[position]).ok_or_else(|| {
                fault(format!("item `{id}`"), "is not listed by the codebook".to_owned())
            })
        };
        let channels = item(&self.channel_item)?;
        add_up(
            "the shares of its channels",
            self.channels.iter().map(|channel| channel.share.value),
        )?;
        for (number, channel) in self.channels.iter().enumerate() {
            let what = format!("channel `{}`", channel.answer);
            listed(&what, channels, &channel.answer)?;
            if self.channels[..number].iter().any(|before| before.answer == channel.answer) {
                return Err(fault(what, "stands twice: keep one".to_owned()));
            }
            for (outcome, rate) in &channel.base_rates {
                let what = format!("the rate of outcome `{outcome}` in {what}");
                if codebook.outcome_position(outcome).is_none() {
                    return Err(fault(
                        what,
                        "is of an outcome that the codebook does not list".to_owned(),
                    ));
                }
                within(&what, rate.value)?;
            }
        }
        for (number, described) in self.items.iter().enumerate() {
            let what = format!("item `{}`", described.item);
            let item = item(&described.item)?;
            if self.items[..number].iter().any(|before| before.item == described.item) {
                return Err(fault(what, "stands twice: keep one".to_owned()));
            }
            described.usual.check(&what, item)?;
            for (channel, answering) in &described.by_channel {
                let what = format!("{what} in channel `{channel}`");
                listed(&what, channels, channel)?;
                answering.check(&what, item)?;
            }
        }
        Ok(())
    }
}

impl Answering {
    fn check(&self, what: &str, item: &Item) -> Result<(), InstrumentError> {
        within(&format!("how often {what} is unknown"), self.unknown)?;
        for answer in self.shares.keys() {
            listed(what, item, answer)?;
        }
        add_up(&format!("the shares of {what}"), self.shares.values().copied())
    }
}

fn fault(what: String, fault: String) -> InstrumentError {
    InstrumentError::Population { what, fault }
}

fn listed(what: &str, item: &Item, answer: &str) -> Result<(), InstrumentError> {
    match item.code_of(answer) {
        Some(code) if code != 0 => Ok(()),
        _ => Err(fault(
            what.to_owned(),
            format!("names answer `{answer}`, which item `{}` does not list", item.id),
        )),
    }
}

fn within(what: &str, share: Fixed) -> Result<(), InstrumentError> {
    if (0..=STEPS_PER_UNIT).contains(&share.steps()) {
        return Ok(());
    }
    Err(fault(what.to_owned(), format!("is {share}: it must be from 0 to 1")))
}

fn add_up(what: &str, shares: impl Iterator<Item = Fixed>) -> Result<(), InstrumentError> {
    let (mut sum, mut count) = (0_i64, 0_i64);
    for share in shares {
        within(&format!("one of {what}"), share)?;
        sum += i64::from(share.steps());
        count += 1;
    }
    if (sum - i64::from(STEPS_PER_UNIT)).abs() <= count.min(i64::from(STEPS_PER_UNIT) / 2) {
        return Ok(());
    }
    let sum = format!("{}.{:06}", sum / i64::from(STEPS_PER_UNIT), sum % i64::from(STEPS_PER_UNIT));
    Err(fault(what.to_owned(), format!("add up to {sum}: they must add up to 1")))
}
