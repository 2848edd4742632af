//! The file of rules and declared figures from which every number is computed.

use super::change::Varied;
use std::collections::BTreeMap;

use serde::Deserialize;

use super::ReferenceError;
use crate::Fixed;
use crate::codebook::{Basis, Codebook, Item};
use crate::instrument::{
    Answering, Channel, Denominator, Figure, Population, PopulationItem, Rule, Studied,
};
use crate::policy::ActionDays;

/// Rules, declared figures and constants, as they stand in `fixtures/models/rules.json`.
///
/// ```
/// use caserank::Fixed;
/// use caserank::reference::{RuleChange, Rules};
/// let rules = Rules::shipped()?.with(&RuleChange::Overlap(Fixed::ZERO))?;
/// # let _ = rules;
/// # Ok::<(), caserank::reference::ReferenceError>(())
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    pub(super) format_version: u32,
    #[serde(rename = "description")]
    pub(super) _description: String,
    pub(super) rules: Vec<Rule>,
    /// Whom and what the evidence is about.
    pub(super) studied: Studied,
    /// ln 1.75: the weight of an item whose direction is known and whose size is not.
    pub(super) step: Fixed,
    /// ln 6: the cap on a domain.
    pub(super) most: Fixed,
    pub(super) overlap: Fixed,
    pub(super) drawn: Drawn,
    /// What the answers of `half_named` take.
    pub(super) half: Fixed,
    pub(super) half_named: BTreeMap<String, Vec<String>>,
    pub(super) outcomes: Vec<DeclaredOutcome>,
    pub(super) population: DeclaredPopulation,
    /// With fewer weighted items left, an outcome is not estimable.
    pub(super) fewest_items: usize,
    pub(super) bands: DeclaredBands,
    pub(super) unit: Unit,
    /// Every declared number put another way.
    vary: Vec<Varied>,
    /// What the declared rates, the odds of *unknown* and the odds of every answer but the first
    /// are multiplied by.
    #[serde(skip, default = "one")]
    pub(super) declared_times: Fixed,
    #[serde(skip, default = "one")]
    pub(super) unknown_times: Fixed,
    #[serde(skip, default = "one")]
    pub(super) answers_times: Fixed,
    /// Harm weights in place of those in the file of gates.
    #[serde(skip)]
    pub(super) harm: BTreeMap<String, Fixed>,
}

fn one() -> Fixed {
    Fixed::from_steps(crate::base::STEPS_PER_UNIT)
}

/// How far a visible size is followed, from 0 (the common step) to 1 (the size).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Drawn {
    pub(super) with_interval: Fixed,
    pub(super) without_interval: Fixed,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeclaredOutcome {
    pub(super) outcome: String,
    pub(super) definition: String,
    #[serde(default)]
    pub(super) denominator: Option<Denominator>,
    /// The rate in every channel without a published one, among those it applies to.
    pub(super) declared: Figure,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeclaredPopulation {
    pub(super) description: String,
    pub(super) channel_item: String,
    pub(super) channels: Vec<DeclaredChannel>,
    pub(super) items: Vec<DeclaredItem>,
    pub(super) draws: u32,
    pub(super) seed: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeclaredChannel {
    pub(super) answer: String,
    pub(super) share: Figure,
    /// Published rates by outcome, among the complaints to which it applies.
    pub(super) rates: BTreeMap<String, Figure>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeclaredItem {
    pub(super) item: String,
    pub(super) unknown: Fixed,
    #[serde(default)]
    pub(super) by_channel: BTreeMap<String, InChannel>,
    pub(super) note: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InChannel {
    #[serde(default)]
    pub(super) unknown: Option<Fixed>,
    #[serde(default)]
    pub(super) shares: Option<BTreeMap<String, Fixed>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeclaredBands {
    /// Shares of the population by score alone: very high, high or above, medium or above.
    pub(super) shares: [Fixed; 3],
    pub(super) rationale: String,
    pub(super) action_days: ActionDays,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unit {
    /// What a point multiplies the odds by.
    pub(super) factor: Fixed,
    /// Points beyond which nothing changes, either way.
    pub(super) ends: i32,
}

const FORMAT: u32 = 2;

impl Rules {
    /// The shipped rules.
    ///
    /// # Errors
    /// [`ReferenceError::Rules`] where the shipped file was changed.
    pub fn shipped() -> Result<Self, ReferenceError> {
        Rules::load()
    }

    /// The changes that make up the sensitivity sets, in the order of the file.
    #[must_use]
    pub fn vary(&self) -> &[Varied] {
        &self.vary
    }

    pub(super) fn load() -> Result<Self, ReferenceError> {
        Rules::from_json(include_str!("../../fixtures/models/rules.json"))
    }

    /// Reads rules of one's own: the shipped file with other figures.
    ///
    /// # Errors
    /// [`ReferenceError::Rules`] for a file of another shape or format.
    pub fn from_json(text: &str) -> Result<Self, ReferenceError> {
        let rules: Rules = serde_json::from_str(text)
            .map_err(|cause| ReferenceError::Rules { fault: cause.to_string() })?;
        if rules.format_version == FORMAT {
            Ok(rules)
        } else {
            let found = rules.format_version;
            Err(ReferenceError::Rules { fault: format!("is of format {found}, not {FORMAT}") })
        }
    }

    pub(super) fn outcome(&self, outcome: &str) -> Result<&DeclaredOutcome, ReferenceError> {
        self.outcomes
            .iter()
            .find(|declared| declared.outcome == outcome)
            .ok_or_else(|| ReferenceError::missing("outcome", outcome))
    }

    /// The rate of an outcome in a channel among the complaints to which it applies.
    fn rate(&self, channel: &DeclaredChannel, outcome: &str) -> Result<Figure, ReferenceError> {
        let figure = match channel.rates.get(outcome) {
            Some(of_channel) => of_channel,
            None => &self.outcome(outcome)?.declared,
        };
        let factor = match figure.basis {
            Basis::Published => 1.0,
            Basis::Assumption => self.declared_times.to_f64(),
        };
        let value = Fixed::nearest((figure.value.to_f64() * factor).min(0.95))
            .ok_or_else(|| ReferenceError::missing("rate of", outcome))?;
        Ok(Figure { value, ..figure.clone() })
    }

    /// The declared population with its base rates among all complaints of each channel.
    pub(super) fn population(&self, codebook: &Codebook) -> Result<Population, ReferenceError> {
        let items = self
            .population
            .items
            .iter()
            .map(|declared| {
                let item = super::item_of(codebook, &declared.item)?;
                Ok(self.population_item(item, declared))
            })
            .collect::<Result<Vec<_>, ReferenceError>>()?;
        let mut population = Population {
            description: self.population.description.clone(),
            channel_item: self.population.channel_item.clone(),
            channels: Vec::new(),
            items,
            draws: self.population.draws,
            seed: self.population.seed,
        };
        self.vary_answers(&mut population, |id| {
            codebook.item(id).and_then(|item| item.answers.first()).map(|answer| answer.id.clone())
        });
        for channel in &self.population.channels {
            let mut base_rates = BTreeMap::new();
            for declared in &self.outcomes {
                let rate = self.rate(channel, &declared.outcome)?;
                let applies =
                    share_applying(&population, &channel.answer, declared.denominator.as_ref());
                let value = Fixed::nearest(rate.value.to_f64() * applies)
                    .ok_or_else(|| ReferenceError::missing("rate of", &declared.outcome))?;
                let note = if declared.denominator.is_some() {
                    format!(
                        "{} among those it applies to ({}), times the declared share of those, {applies:.6}",
                        rate.value, rate.note
                    )
                } else {
                    rate.note.clone()
                };
                let scaled = |end: Fixed| Fixed::nearest(end.to_f64() * applies).unwrap_or(end);
                let range = rate.range.map(|range| range.map(scaled));
                base_rates.insert(declared.outcome.clone(), Figure { value, note, range, ..rate });
            }
            population.channels.push(Channel {
                answer: channel.answer.clone(),
                share: channel.share.clone(),
                base_rates,
            });
        }
        Ok(population)
    }

    fn population_item(&self, item: &Item, declared: &DeclaredItem) -> PopulationItem {
        let prevalence = item.prevalence.as_ref();
        let usual = Answering {
            unknown: declared.unknown,
            shares: prevalence.map(|shares| shares.shares.clone()).unwrap_or_default(),
            basis: prevalence.map_or(Basis::Assumption, |shares| shares.basis),
            source: prevalence.and_then(|shares| shares.source.clone()),
            note: format!("unknown: assumed; shares: {}", declared.note),
        };
        let by_channel = declared
            .by_channel
            .iter()
            .map(|(channel, of_channel)| {
                let answering = Answering {
                    unknown: of_channel.unknown.unwrap_or(usual.unknown),
                    shares: of_channel.shares.clone().unwrap_or_else(|| usual.shares.clone()),
                    basis: Basis::Assumption,
                    source: None,
                    note: declared.note.clone(),
                };
                (channel.clone(), answering)
            })
            .collect();
        PopulationItem { item: declared.item.clone(), usual, by_channel }
    }
}

/// How an item is answered in a channel.
pub(super) fn answering<'a>(item: &'a PopulationItem, channel: &str) -> &'a Answering {
    item.by_channel.get(channel).unwrap_or(&item.usual)
}

/// The true share of a channel's complaints whose answer to `item` is among `answers`.
fn share_of(population: &Population, channel: &str, item: &str, answers: &[String]) -> f64 {
    let Some(item) = population.items.iter().find(|listed| listed.item == item) else { return 0.0 };
    let shares = &answering(item, channel).shares;
    answers.iter().filter_map(|answer| shares.get(answer)).map(|share| share.to_f64()).sum()
}

/// The share of a channel's complaints to which an outcome applies in truth, items being
/// independent within a channel: one less those excluded by some item and established by none.
pub(super) fn share_applying(
    population: &Population,
    channel: &str,
    denominator: Option<&Denominator>,
) -> f64 {
    let Some(denominator) = denominator else { return 1.0 };
    let none = |named: &[crate::codebook::ItemAnswers]| {
        named.iter().fold(1.0, |none, named| {
            none * (1.0 - share_of(population, channel, &named.item, &named.is))
        })
    };
    1.0 - (1.0 - none(&denominator.not_when)) * none(&denominator.established_by)
}
