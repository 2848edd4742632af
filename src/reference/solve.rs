//! Intercepts and channel weights, solved in the declared population; E/O in it.

use super::draws::Draws;
use super::rules::share_applying;
use super::{ReferenceError, logit};
use crate::Fixed;
use crate::base::Seed;
use crate::codebook::Codebook;
use crate::instrument::{
    Denominator, Instrument, InstrumentDraft, ItemWeights, NumberProvenance, Population,
};
use crate::policy::Combiner;
use crate::score::{BILLION, LinkTable};

/// Scores beyond this many steps are not searched: the link is flat there.
const WIDEST: i32 = 20_000_000;

/// Expected and declared events of one outcome in one channel of a declared population.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ChannelFit {
    /// The channel.
    pub(crate) channel: String,
    /// The outcome.
    pub(crate) outcome: String,
    /// Mean probability by the instrument, among all complaints of the channel.
    pub(crate) expected: f64,
    /// Base rate of the channel among the drawn complaints.
    pub(crate) observed: f64,
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
pub(super) struct Part {
    /// By row; `None` where the outcome does not apply by what is known.
    base: Vec<Option<i32>>,
    /// By channel: the different scores among its rows, each with how often it stands there.
    pub(super) counted: Vec<Vec<(i32, u32)>>,
    /// By channel: how many rows it has.
    rows: Vec<usize>,
    /// Base rate by channel among the drawn complaints.
    targets: Vec<f64>,
}

pub(super) fn part(
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
            codes.map(|code| instrument.weight_at(outcome, item, code).steps()).collect()
        })
        .collect();
    let weighed: Vec<usize> =
        (0..weights.len()).filter(|&item| weights[item].iter().any(|&steps| steps != 0)).collect();
    let base: Vec<Option<i32>> = (0..draws.len())
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
        let declared = share_applying(population, &channel.answer, drafted.denominator.as_ref());
        let rate = channel.base_rates.get(&drafted.outcome).map_or(0.0, |rate| rate.value.to_f64());
        rate / declared * drawn
    });
    let targets = targets.collect();
    let (mut counted, mut rows) = (Vec::new(), Vec::new());
    for channel in 0..draws.channels() {
        let of = draws.rows_of(channel);
        rows.push(of.len());
        let mut scores: Vec<i32> = base[of].iter().flatten().copied().collect();
        scores.sort_unstable();
        let groups = scores.chunk_by(|score, next| score == next);
        counted.push(groups.map(|group| (group[0], group.len() as u32)).collect());
    }
    Part { base, counted, rows, targets }
}

impl Part {
    /// Mean probability in a channel when `added` is added to every score.
    fn mean(&self, channel: usize, link: &LinkTable, added: i32) -> f64 {
        let sum: u64 = self.counted[channel]
            .iter()
            .map(|&(base, count)| {
                u64::from(count) * u64::from(link.apply(base.saturating_add(added)))
            })
            .sum();
        sum as f64 / (self.rows[channel].max(1) as f64 * f64::from(BILLION))
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

pub(super) fn population(instrument: &Instrument) -> Result<&Population, ReferenceError> {
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

/// Expected over observed events, by channel and outcome, among complaints drawn (see [`draws`])
/// from the population that an instrument declares.
///
/// # Errors
/// [`ReferenceError::Missing`] where it declares no population, or another one than was drawn from.
pub fn expected_over_observed(
    instrument: &Instrument,
    draws: &Draws,
) -> Result<Vec<ChannelFit>, ReferenceError> {
    let population = population(instrument)?;
    let outcomes = instrument.outcomes().len();
    let fits = draws.width == instrument.codebook().items().len()
        && draws.channels() == population.channels.len()
        && draws.applies.len() == outcomes;
    if !fits {
        return Err(ReferenceError::missing("drawn population of", &instrument.identity().id));
    }
    let mut all = Vec::new();
    for (position, drafted) in instrument.outcomes().iter().enumerate() {
        let part = part(instrument, population, draws, position);
        let link = LinkTable::new(&drafted.link);
        for (number, channel) in population.channels.iter().enumerate() {
            let code = draws.channel_codes[number];
            let added = instrument
                .intercept_at(position)
                .checked_add(instrument.weight_at(position, draws.channel_item, code))
                .unwrap_or(Fixed::MAX);
            all.push(ChannelFit {
                channel: channel.answer.clone(),
                outcome: drafted.outcome.clone(),
                expected: part.mean(number, &link, added.steps()),
                observed: part.targets[number],
            });
        }
    }
    Ok(all)
}

/// The priority index, in billionths, of every drawn complaint with its share of the stream.
pub(super) fn priorities(
    instrument: &Instrument,
    combiner: &Combiner,
    seed: Seed,
) -> Result<Vec<(u32, f64)>, ReferenceError> {
    let population = population(instrument)?;
    let draws = draws(instrument, seed)?;
    let outcomes = instrument.outcomes();
    let parts: Vec<(Part, LinkTable)> = (0..outcomes.len())
        .map(|position| {
            let link = LinkTable::new(&outcomes[position].link);
            (part(instrument, population, &draws, position), link)
        })
        .collect();
    let mut all = Vec::with_capacity(draws.len());
    for (number, share) in draws.shares.iter().enumerate() {
        let rows = draws.rows_of(number);
        let weight = share / rows.len().max(1) as f64;
        let code = draws.channel_codes[number];
        for row in rows {
            let probability = |position: usize| {
                let (part, link) = &parts[position];
                part.base[row].map_or(0, |base| {
                    let channel = instrument.weight_at(position, draws.channel_item, code).steps();
                    link.apply(base + instrument.intercept_at(position).steps() + channel)
                })
            };
            all.push((combiner.priority(probability, outcomes.len()), weight));
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
    for (position, outcome) in draft.outcomes.iter_mut().enumerate() {
        let part = part(&blank, &population, &draws, position);
        let link = LinkTable::new(&outcome.link);
        let stream = |by_channel: &dyn Fn(usize) -> f64| -> f64 {
            draws.shares.iter().enumerate().map(|(number, share)| share * by_channel(number)).sum()
        };
        let target = stream(&|number| part.targets[number]);
        let intercept = search(|steps| stream(&|number| part.mean(number, &link, steps)) >= target);
        outcome.intercept.value = Fixed::from_steps(intercept);
        outcome.weights.push(channel_weights(
            &population,
            &outcome.outcome,
            outcome.denominator.as_ref(),
            |number| {
                let target = part.targets[number];
                let solved = search(|steps| part.mean(number, &link, steps) >= target);
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
    denominator: Option<&Denominator>,
    solved: impl Fn(usize) -> i32,
) -> ItemWeights {
    let (mut applying, mut events) = (Vec::new(), Vec::new());
    for channel in &population.channels {
        applying.push(share_applying(population, &channel.answer, denominator));
        events.push(channel.base_rates.get(outcome).map_or(0.0, |rate| rate.value.to_f64()));
    }
    let over_stream = |each: &[f64]| -> f64 {
        population
            .channels
            .iter()
            .zip(each)
            .map(|(channel, each)| channel.share.value.to_f64() * each)
            .sum()
    };
    let stream = over_stream(&events) / over_stream(&applying);
    let mut notes = Vec::new();
    let mut weights = std::collections::BTreeMap::new();
    for (number, channel) in population.channels.iter().enumerate() {
        let weight = Fixed::from_steps(solved(number));
        let group = logit(events[number] / applying[number]) - logit(stream);
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
        provenance: NumberProvenance {
            rules: ["starting_group", "published_rate", "declared_rate", "channel_correction"]
                .map(str::to_owned)
                .to_vec(),
            note: Some(notes.join("; ")),
        },
    }
}
