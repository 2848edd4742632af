//! From evidence rows and rules to the weights of one outcome, before anything is solved.

use std::collections::BTreeMap;

use super::ReferenceError;
use super::rules::{Rules, answering};
use crate::Fixed;
use crate::codebook::{Codebook, Direction, Domain, Item, Kind, Sizing};
use crate::instrument::{ItemWeights, NumberProvenance, Population};

/// What one item weighs for one outcome, by answer in codebook order.
#[derive(Debug, Clone)]
pub(super) struct Weighed<'a> {
    pub(super) item: &'a Item,
    pub(super) weights: Vec<f64>,
    rules: Vec<String>,
    note: Option<String>,
}

/// Whether an item's direction for an outcome rests on a row that can carry a weight.
pub(super) fn carries(item: &Item, outcome: &str) -> bool {
    let directed =
        item.bears_on.get(outcome).is_some_and(|bearing| bearing.direction != Direction::None);
    directed && item.evidence.iter().any(|row| row.outcome == outcome && row.carries_direction())
}

/// The weight from its lowest to its highest answer, undivided, with the rule and what it rests on.
fn size(rules: &Rules, item: &Item, outcome: &str) -> (f64, &'static str, Option<String>) {
    let step = rules.step.to_f64();
    let rows = || item.evidence.iter().filter(|row| row.outcome == outcome);
    let sized = |wanted: Sizing| rows().find(|row| row.sizing() == Some(wanted));
    let (row, drawn, rule) = match (sized(Sizing::WithInterval), sized(Sizing::WithoutInterval)) {
        (Some(row), _) => (row, &rules.drawn.with_interval, "size_with_interval"),
        (None, Some(row)) => (row, &rules.drawn.without_interval, "size_without_interval"),
        (None, None) => return (step, "common_step", None),
    };
    let Some(ratio) = &row.odds_ratio else { return (step, "common_step", None) };
    let size = step + drawn.to_f64() * (ratio.value.to_f64().ln() - step);
    let interval = match (ratio.low, ratio.high) {
        (Some(low), Some(high)) => format!(" ({low} to {high})"),
        _ => String::new(),
    };
    let overlap =
        row.overlap.as_ref().map_or(String::new(), |overlap| format!("; overlap: {overlap}"));
    let said = format!(
        "odds ratio {}{interval}, {} ({}), {}{overlap}",
        ratio.value, row.contrast, row.source, row.comparison
    );
    (size, rule, Some(said))
}

/// The weights by rule, undivided and unshifted: the lowest answer (or those not named) at 0.
pub(super) fn by_rule<'a>(
    rules: &Rules,
    codebook: &'a Codebook,
    outcome: &str,
) -> Result<Vec<Weighed<'a>>, ReferenceError> {
    let starting =
        |item: &Item| item.id == rules.population.channel_item || item.id == super::CONCERN;
    let mut all = Vec::new();
    for item in codebook.items() {
        if starting(item) || !carries(item, outcome) {
            continue;
        }
        let Some(bearing) = item.bears_on.get(outcome) else { continue };
        let (mut size, rule, note) = size(rules, item, outcome);
        let mut named = vec![rule.to_owned()];
        if bearing.direction == Direction::Lowers {
            size = -size;
        }
        named.push("ordered_steps".to_owned());
        let halves = rules.half_named.get(&item.id);
        let ordered = item.answers.iter().filter(|answer| !answer.aside).count();
        let weights = item.answers.iter().enumerate().map(|(step, answer)| match item.kind {
            Kind::Nominal if !bearing.answers.contains(&answer.id) => 0.0,
            Kind::Nominal if halves.is_some_and(|halves| halves.contains(&answer.id)) => {
                size * rules.half.to_f64()
            }
            Kind::Nominal => size,
            _ if answer.aside || ordered < 2 => 0.0,
            _ => size * step as f64 / (ordered - 1) as f64,
        });
        let weights = weights.collect();
        if halves.is_some() {
            named.push("half_named".to_owned());
        }
        all.push(Weighed { item, weights, rules: named, note });
    }
    Ok(all)
}

fn reach(weights: &[f64]) -> f64 {
    let most = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let least = weights.iter().copied().fold(f64::INFINITY, f64::min);
    most - least
}

/// Divides the weights of each domain by its overlap and holds its total below the cap.
pub(super) fn divide(all: &mut [Weighed<'_>], overlap: f64, most: f64) {
    let mut domains: BTreeMap<Domain, (f64, f64)> = BTreeMap::new();
    for weighed in all.iter() {
        let (items, total) = domains.entry(weighed.item.domain).or_default();
        *items += 1.0;
        *total += reach(&weighed.weights);
    }
    for weighed in all.iter_mut() {
        let (items, total) = domains[&weighed.item.domain];
        let mut divisor = 1.0 + (items - 1.0) * overlap;
        weighed.rules.push("overlap".to_owned());
        if total / divisor >= most {
            divisor = total / (0.999 * most);
            weighed.rules.push("domain_cap".to_owned());
        }
        let note = format!("{items} weighted items in its domain");
        weighed.note = Some(match weighed.note.take() {
            Some(first) => format!("{first}; {note}"),
            None => note,
        });
        for weight in &mut weighed.weights {
            *weight /= divisor;
        }
    }
}

/// How often each answer of an item is given where it is known, over the whole stream; the
/// codebook's shares for an item that is always unknown in the population.
fn shares(item: &Item, population: &Population) -> Vec<f64> {
    let mut shares = vec![0.0; item.answers.len()];
    if let Some(listed) = population.items.iter().find(|listed| listed.item == item.id) {
        for channel in &population.channels {
            let answering = answering(listed, &channel.answer);
            let known = channel.share.value.to_f64() * (1.0 - answering.unknown.to_f64());
            for (share, answer) in shares.iter_mut().zip(&item.answers) {
                *share +=
                    known * answering.shares.get(&answer.id).map_or(0.0, |share| share.to_f64());
            }
        }
    } else if let Some(prevalence) = &item.prevalence {
        for (share, answer) in shares.iter_mut().zip(&item.answers) {
            *share = prevalence.shares.get(&answer.id).map_or(0.0, |share| share.to_f64());
        }
    }
    let total: f64 = shares.iter().sum();
    shares.iter().map(|share| share / total).collect()
}

impl Weighed<'_> {
    /// Moves the answers so that *unknown* is their average in odds, unless the item is
    /// found-or-not.
    pub(super) fn shift(&mut self, population: &Population) {
        if self.item.found_or_not {
            self.rules.push("found_or_not".to_owned());
            return;
        }
        self.rules.push("shift".to_owned());
        let shares = shares(self.item, population);
        let mean: f64 =
            shares.iter().zip(&self.weights).map(|(share, weight)| share * weight.exp()).sum();
        for weight in &mut self.weights {
            *weight -= mean.ln();
        }
    }

    /// As it stands in an instrument, rounded to the millionth.
    pub(super) fn entry(&self) -> Result<ItemWeights, ReferenceError> {
        let weights = self
            .item
            .answers
            .iter()
            .zip(&self.weights)
            .map(|(answer, &weight)| {
                let weight = Fixed::nearest(weight)
                    .ok_or_else(|| ReferenceError::missing("weight of", &self.item.id))?;
                Ok((answer.id.clone(), weight))
            })
            .collect::<Result<BTreeMap<_, _>, ReferenceError>>()?;
        let provenance = NumberProvenance { rules: self.rules.clone(), note: self.note.clone() };
        Ok(ItemWeights { item: self.item.id.clone(), weights, provenance })
    }
}
