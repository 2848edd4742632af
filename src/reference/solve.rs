//! Intercepts and channel weights, solved in the declared population; E/O in it.

use super::draws::Draws;
use super::rules::share_applying;
use super::{ReferenceError, logit};
use crate::Fixed;
use crate::codebook::Codebook;
use crate::instrument::{
    Denominator, Instrument, InstrumentDraft, ItemWeights, Population, Provenance,
};
use crate::numeric::Seed;
use crate::score::{BILLION, LinkTable};

/// Scores beyond this many steps are not searched: the link is flat there.
const WIDEST: i32 = 20_000_000;

/// Expected and declared events of one outcome in one channel of a declared population.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelFit {
    /// The channel.
    pub channel: String,
    /// The outcome.
    pub outcome: String,
    /// Mean probability by the instrument, among all complaints of the channel.
    pub expected: f64,
    /// Base rate of the channel among the drawn complaints.
    pub observed: f64,
}

impl ChannelFit {
    /// E/O: 1 is perfect, above 1 over-predicts.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        self.expected / self.observed
    }
}

/// Drawn complaints of an instrument's population with what they score for one outcome apart from
/// intercept and channel.
struct Part {
    /// By row; `None` where the outcome does not apply by what is known.
    base: Vec<Option<i32>>,
    /// Base rate by channel among the drawn complaints.
    targets: Vec<f64>,
}

fn part(
    instrument: &Instrument,
    population: &Population,
    draws: &Draws,
    outcome: usize,
) -> Part {
    let drafted = &instrument.outcomes()[outcome];
    let weights: Vec<Vec<i32>> = instrument
        .codebook()
        .items()
        .iter()
        .enumerate()
        .map(|(item, listed)| {
            let codes = 0..listed.code_count() as u8;
            codes.map(|code| instrument.weight(outcome, item, code).steps()).collect()
        })
        .collect();
    let weighed: Vec<usize> =
        (0..weights.len()).filter(|&item| weights[item].iter().any(|&steps| steps != 0)).collect();
    let base = (0..draws.len())
        .map(|row| {
            let codes = draws.row(row);
            let any = |named: &[crate::instrument::Answers]| {
                named.iter().any(|answers| answers.codes.contains(&codes[answers.item]))
            };
            let applies =
                !any(instrument.not_when(outcome)) || any(instrument.established_by(outcome));
            let sum = || weighed.iter().map(|&item| weights[item][usize::from(codes[item])]).sum();
            applies.then(sum)
        })
        .collect();
    let targets = population.channels.iter().enumerate().map(|(number, channel)| {
        let rows = draws.rows_of(number);
        let applying = draws.applies[outcome][rows.clone()].iter().filter(|&&applies| applies);
        // The drawn share stands in for the declared one, so that its noise cancels.
        let drawn = applying.count() as f64 / rows.len().max(1) as f64;
        let declared =
            share_applying(population, &channel.answer, drafted.denominator.as_ref());
        let rate = channel.base_rates.get(&drafted.outcome).map_or(0.0, |rate| rate.value.to_f64());
        rate / declared * drawn
    });
    Part { base, targets: targets.collect() }
}

impl Part {
    /// Mean probability over some rows when `added` is added to every score.
    fn mean(&self, rows: std::ops::Range<usize>, link: &LinkTable, added: i32) -> f64 {
        let count = rows.len().max(1) as f64;
        let sum: u64 = self.base[rows]
            .iter()
            .flatten()
            .map(|&base| u64::from(link.apply(base.saturating_add(added))))
            .sum();
        sum as f64 / (count * f64::from(BILLION))
    }
}

/// The smallest number of steps from which `reached` holds.
fn search(reached: impl Fn(i32) -> bool) -> i32 {
    let (mut below, mut from) = (-WIDEST, WIDEST);
    while from - below > 1 {
        let middle = below + (from - below) / 2;
        if reached(middle) { from = middle } else { below = middle }
    }
    from
}

fn denominators(draft: &InstrumentDraft) -> Vec<Option<Denominator>> {
    draft.outcomes.iter().map(|part| part.denominator.clone()).collect()
}

fn population(instrument: &Instrument) -> Result<&Population, ReferenceError> {
    let population = instrument.draft().population.as_ref();
    population.ok_or_else(|| ReferenceError::missing("population of", &instrument.identity().id))
}

/// Complaints drawn from the population that an instrument declares.
///
/// # Errors
/// [`ReferenceError::Missing`] where it declares none, or one that its codebook does not fit.
pub fn draws(instrument: &Instrument, seed: Seed) -> Result<Draws, ReferenceError> {
    let population = population(instrument)?;
    Draws::new(instrument.codebook(), population, &denominators(instrument.draft()), seed)
}

/// Expected over observed events, by channel and outcome, in the population that an instrument
/// declares, drawn anew with this seed.
///
/// # Errors
/// [`ReferenceError::Missing`] where it declares no population.
pub fn expected_over_observed(
    instrument: &Instrument,
    seed: Seed,
) -> Result<Vec<ChannelFit>, ReferenceError> {
    let population = population(instrument)?;
    let draws = draws(instrument, seed)?;
    let mut all = Vec::new();
    for (place, drafted) in instrument.outcomes().iter().enumerate() {
        let part = part(instrument, population, &draws, place);
        let link = LinkTable::new(&drafted.link);
        for (number, channel) in population.channels.iter().enumerate() {
            let code = draws.channel_codes[number];
            let added = instrument
                .intercept(place)
                .checked_add(instrument.weight(place, draws.channel_item, code))
                .unwrap_or(Fixed::MAX);
            all.push(ChannelFit {
                channel: channel.answer.clone(),
                outcome: drafted.outcome.clone(),
                expected: part.mean(draws.rows_of(number), &link, added.steps()),
                observed: part.targets[number],
            });
        }
    }
    Ok(all)
}

/// Solves every intercept and channel weight of a draft in the population that it declares.
pub(super) fn solve(
    codebook: &Codebook,
    mut draft: InstrumentDraft,
) -> Result<Instrument, ReferenceError> {
    let Some(population) = draft.population.clone() else {
        return Err(ReferenceError::missing("population of", &draft.id));
    };
    for part in &mut draft.outcomes {
        part.weights.retain(|entry| entry.item != population.channel_item);
        part.intercept.value = Fixed::ZERO;
    }
    let blank = Instrument::new(codebook, draft.clone())?;
    let seed = Seed(population.seed);
    let draws = Draws::new(codebook, &population, &denominators(&draft), seed)?;
    for (place, outcome) in draft.outcomes.iter_mut().enumerate() {
        let part = part(&blank, &population, &draws, place);
        let link = LinkTable::new(&outcome.link);
        let stream = |by_channel: &dyn Fn(usize) -> f64| -> f64 {
            draws.shares.iter().enumerate().map(|(number, share)| share * by_channel(number)).sum()
        };
        let target = stream(&|number| part.targets[number]);
        let intercept = search(|steps| {
            stream(&|number| part.mean(draws.rows_of(number), &link, steps)) >= target
        });
        outcome.intercept.value = Fixed::from_steps(intercept);
        outcome.weights.push(channel_weights(
            &population,
            &outcome.outcome,
            |number| {
                let rows = draws.rows_of(number);
                let target = part.targets[number];
                let solved = search(|steps| part.mean(rows.clone(), &link, steps) >= target);
                solved - intercept
            },
        ));
    }
    Ok(Instrument::new(codebook, draft)?)
}

/// The weights of the channels with the starting group and the correction told apart.
fn channel_weights(
    population: &Population,
    outcome: &str,
    solved: impl Fn(usize) -> i32,
) -> ItemWeights {
    let rate = |number: usize| {
        let channel = &population.channels[number];
        channel.base_rates.get(outcome).map_or(0.0, |rate| rate.value.to_f64())
    };
    let stream: f64 = (0..population.channels.len())
        .map(|number| population.channels[number].share.value.to_f64() * rate(number))
        .sum();
    let mut notes = Vec::new();
    let mut weights = std::collections::BTreeMap::new();
    for (number, channel) in population.channels.iter().enumerate() {
        let weight = Fixed::from_steps(solved(number));
        let group = logit(rate(number)) - logit(stream);
        notes.push(format!(
            "{}: starting group {group:.6}, correction {:.6}",
            channel.answer,
            weight.to_f64() - group
        ));
        weights.insert(channel.answer.clone(), weight);
    }
    ItemWeights {
        item: population.channel_item.clone(),
        weights,
        provenance: Provenance {
            rules: ["starting_group", "published_rate", "declared_rate", "channel_correction"]
                .map(str::to_owned)
                .to_vec(),
            note: Some(notes.join("; ")),
        },
    }
}
