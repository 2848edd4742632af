//! One declared number of the reference rules put another way.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ReferenceError;
use super::rules::Rules;
use crate::Fixed;
use crate::codebook::Basis;
use crate::instrument::{Figure, Population};

/// What is set to another value in the rules, all else as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RuleChange {
    /// The weight of an item whose direction is known and whose size is not.
    Step(Fixed),
    /// How far a size with its interval is followed, from 0 (the common step) to 1 (the size).
    DrawnWithInterval(Fixed),
    /// The same for a size without an interval.
    DrawnWithoutInterval(Fixed),
    /// The overlap of the items of one domain.
    Overlap(Fixed),
    /// The cap on a domain.
    Cap(Fixed),
    /// What answers take that the evidence names only as well.
    Half(Fixed),
    /// The rate of an outcome: in one channel, or in all that have none of their own.
    Rate {
        /// The outcome.
        outcome: String,
        /// The channel, if one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<String>,
        /// The rate among the complaints to which the outcome applies.
        to: Fixed,
    },
    /// Every rate that is declared rather than published, times this.
    DeclaredRates(Fixed),
    /// The share of one channel; the others keep their proportions.
    ChannelShare {
        /// The channel.
        channel: String,
        /// Its share of the stream.
        to: Fixed,
    },
    /// The odds that an item is unknown, times this, for every item.
    Unknown(Fixed),
    /// The odds of every answer but an item's first, times this, for every item.
    Answers(Fixed),
    /// The harm weight of one outcome.
    Harm {
        /// The outcome.
        outcome: String,
        /// Its weight.
        to: Fixed,
    },
    /// The shares of the population that reach very high, high and medium by score alone.
    BandShares([Fixed; 3]),
}

/// A change with its name: one sensitivity set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Varied {
    /// Short name in `snake_case`.
    pub id: String,
    /// What is changed, and why to that value.
    pub what: String,
    /// The change.
    pub change: RuleChange,
}

impl Rules {
    /// The rules with one number changed.
    ///
    /// # Errors
    /// [`ReferenceError::Missing`] for an outcome or a channel that the rules do not name,
    /// [`ReferenceError::Rules`] for a value out of its range.
    pub fn with(&self, change: &RuleChange) -> Result<Rules, ReferenceError> {
        let mut rules = self.clone();
        let unit = |value: Fixed| within(value, 0.0, 1.0);
        let positive = |value: Fixed| within(value, 0.000_001, 1_000.0);
        match change {
            RuleChange::Step(to) => rules.step = within(*to, 0.0, 10.0)?,
            RuleChange::DrawnWithInterval(to) => rules.drawn.with_interval = unit(*to)?,
            RuleChange::DrawnWithoutInterval(to) => rules.drawn.without_interval = unit(*to)?,
            RuleChange::Overlap(to) => rules.overlap = unit(*to)?,
            RuleChange::Cap(to) => rules.most = positive(*to)?,
            RuleChange::Half(to) => rules.half = unit(*to)?,
            RuleChange::Rate { outcome, channel, to } => {
                let to = within(*to, 0.000_001, 0.999_999)?;
                self.outcome(outcome)?;
                rules.set_rate(outcome, channel.as_deref(), to)?;
            }
            RuleChange::DeclaredRates(factor) => rules.declared_times = positive(*factor)?,
            RuleChange::ChannelShare { channel, to } => rules.set_share(channel, unit(*to)?)?,
            RuleChange::Unknown(factor) => rules.unknown_times = positive(*factor)?,
            RuleChange::Answers(factor) => rules.answers_times = positive(*factor)?,
            RuleChange::Harm { outcome, to } => {
                self.outcome(outcome)?;
                rules.harm.insert(outcome.clone(), within(*to, 0.0, 1_000.0)?);
            }
            RuleChange::BandShares(shares) => {
                let [first, second, third] = shares.map(|share| share.to_f64());
                if !(0.0 < first && first < second && second < third && third < 1.0) {
                    let fault = "has shares of bands that do not rise between 0 and 1".to_owned();
                    return Err(ReferenceError::Rules { fault });
                }
                rules.bands.shares = *shares;
            }
        }
        Ok(rules)
    }

    fn set_rate(
        &mut self,
        outcome: &str,
        channel: Option<&str>,
        to: Fixed,
    ) -> Result<(), ReferenceError> {
        let note = "varied".to_owned();
        let figure =
            Figure { value: to, basis: Basis::Assumption, source: None, range: None, note };
        match channel {
            Some(channel) => {
                let channels = &mut self.population.channels;
                let found = channels.iter_mut().find(|listed| listed.answer == channel);
                let found = found.ok_or_else(|| ReferenceError::missing("channel", channel))?;
                found.rates.insert(outcome.to_owned(), figure);
            }
            None => {
                let outcomes = self.outcomes.iter_mut();
                outcomes
                    .filter(|declared| declared.outcome == outcome)
                    .for_each(|declared| declared.declared = figure.clone());
            }
        }
        Ok(())
    }

    fn set_share(&mut self, channel: &str, to: Fixed) -> Result<(), ReferenceError> {
        let channels = &mut self.population.channels;
        let changed = channels.iter().position(|listed| listed.answer == channel);
        let changed = changed.ok_or_else(|| ReferenceError::missing("channel", channel))?;
        let shares: Vec<f64> = channels.iter().map(|listed| listed.share.value.to_f64()).collect();
        let others = 1.0 - shares[changed];
        let rest = 1.0 - to.to_f64();
        let mut left = crate::base::STEPS_PER_UNIT - to.steps();
        let last = (0..channels.len()).rev().find(|&number| number != changed);
        for (number, listed) in channels.iter_mut().enumerate() {
            let value = if number == changed {
                to
            } else if Some(number) == last {
                Fixed::from_steps(left)
            } else {
                let share = Fixed::nearest(shares[number] * rest / others)
                    .ok_or_else(|| ReferenceError::missing("share of", &listed.answer))?;
                left -= share.steps();
                share
            };
            listed.share.value = value;
        }
        Ok(())
    }

    /// Puts the odds of *unknown* and of every answer but the first where they are varied.
    pub(super) fn vary_answers(
        &self,
        population: &mut Population,
        first: impl Fn(&str) -> Option<String>,
    ) {
        let (unknown, answers) = (self.unknown_times.to_f64(), self.answers_times.to_f64());
        for item in &mut population.items {
            let first = first(&item.item);
            for answering in std::iter::once(&mut item.usual).chain(item.by_channel.values_mut()) {
                answering.unknown = times(answering.unknown, unknown);
                // What a complaint is about sets denominators, which are varied by their rates.
                if let Some(first) = first.as_ref().filter(|_| item.item != super::CONCERN) {
                    sharpen(&mut answering.shares, first, answers);
                }
            }
        }
    }
}

fn within(value: Fixed, least: f64, most: f64) -> Result<Fixed, ReferenceError> {
    if (least..=most).contains(&value.to_f64()) {
        Ok(value)
    } else {
        let fault = format!("holds {value} where {least} to {most} is allowed");
        Err(ReferenceError::Rules { fault })
    }
}

/// A share whose odds are multiplied.
fn times(share: Fixed, factor: f64) -> Fixed {
    let share_of_one = share.to_f64();
    let odds = share_of_one * factor;
    Fixed::nearest(odds / (1.0 - share_of_one + odds)).unwrap_or(share)
}

fn sharpen(shares: &mut BTreeMap<String, Fixed>, first: &str, factor: f64) {
    let Some(before) = shares.get(first).map(|share| share.to_f64()) else { return };
    let rest = 1.0 - before;
    if rest <= 0.0 || before <= 0.0 || factor == 1.0 {
        return;
    }
    let after = rest * factor / (before + rest * factor);
    let mut left = crate::base::STEPS_PER_UNIT;
    for (answer, share) in shares.iter_mut() {
        if answer != first {
            *share = Fixed::nearest(share.to_f64() * after / rest).unwrap_or(*share);
            left -= share.steps();
        }
    }
    if let Some(share) = shares.get_mut(first) {
        *share = Fixed::from_steps(left);
    }
}
